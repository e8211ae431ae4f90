"""会议记录、会议纪要: drafted, edited, checked by one, signed by another, archived; notes of speeches; files."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from markupsafe import Markup

from quancheng.meetings import acts
from quancheng.meetings import queries as meetings
from quancheng.people.permissions import may
from quancheng.publications import documents
from quancheng.web import errors
from quancheng.web.chamber.reading import Act, faults_of, press
from quancheng.web.parts import page
from quancheng.web.parts.showing import DOCX, PDF, actor_of, download, field, go, show, whole

KINDS = (("record", "会议记录"), ("summary", "会议纪要"))
_MINUTES = "minutes"


def _draft(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    acts.draft_minutes(meeting_id=meeting_id, kind=field(request, "kind"), again=field(request, "again") == "yes", **who)
    return _("已按会议经过起草，请核对修改。")


def _edit(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    acts.edit_minutes(
        minutes_id=whole(field(request, _MINUTES)), body=request.POST.get("body", "").replace("\r\n", "\n"),
        edits=whole(field(request, "edits")), public=field(request, "public") == "yes", **who,
    )  # fmt: skip
    return _("已保存，须重新核对。")


def _check(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    acts.check_minutes(minutes_id=whole(field(request, _MINUTES)), edits=whole(field(request, "edits")), **who)
    return _("已核对，请另一人签署。")


def _sign(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    acts.sign_minutes(minutes_id=whole(field(request, _MINUTES)), edits=whole(field(request, "edits")), **who)
    return _("已签署，内容不能再改。")


def _archive(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    acts.archive(meeting_id=meeting_id, **who)
    return _("会议已归档。可以公开的记录、纪要已在公众网站公布。")


def _notes(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    acts.write_notes(
        speech_id=whole(field(request, "speech")), words=request.POST.get("notes", ""), edits=whole(field(request, "edits")), **who
    )
    return _("发言记录已保存，由发言人本人核对签名。")


ACTS: dict[str, Act] = {
    "draft": _draft, "edit": _edit, "check": _check, "sign": _sign, "archive": _archive, "notes": _notes,
}  # fmt: skip


@page("meeting.prepare", methods=("GET", "POST"))
def minutes(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Show both minutes of a meeting with their state, and do what is pressed."""
    actor, refusal = actor_of(request), errors.Refusal()
    meetings.for_office(meeting_id, actor, "meeting.prepare")
    if request.method == "POST":
        refusal, done = press(request, meeting_id, ACTS)
        if not refusal:
            return go(request, "desk_meeting_minutes", meeting_id, done=done)
    found = meetings.meeting(meeting_id)
    rows = {one.kind: one for one in meetings.minutes(found)}
    return show(
        request, "meeting_minutes.html", status=refusal.status, meeting=found, state=found.case.state, kinds=KINDS, rows=rows,
        bodies={kind: Markup(documents.to_html(one.body)) for kind, one in rows.items()},  # noqa: S704  to_html escapes every word
        leads=may(actor, "meeting.lead", organ=found.case.organ_id), typed=request.POST, faults=faults_of(refusal),
    )  # fmt: skip


@page("meeting.prepare", methods=("GET", "POST"))
def notes(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Write the notes of each speech; the speaker signs them (R4.14)."""
    actor, refusal = actor_of(request), errors.Refusal()
    found = meetings.for_office(meeting_id, actor, "meeting.prepare")
    if request.method == "POST":
        refusal, done = press(request, meeting_id, {"notes": _notes})
        if not refusal:
            return go(request, "desk_meeting_notes", meeting_id, done=done)
    return show(
        request, "meeting_notes.html", status=refusal.status, meeting=found, floor=meetings.floor(found),
        writing=found.case.state in ("open", "closed"), typed=request.POST, faults=faults_of(refusal),
    )  # fmt: skip


@page("meeting.prepare")
def minutes_file(request: HttpRequest, minutes_id: int, form: str) -> HttpResponse:
    """Hand out minutes as PDF or .docx."""
    found = meetings.one_minutes(minutes_id, actor_of(request))
    if form not in ("pdf", "docx"):
        raise Http404
    title = f"{found.meeting.title}{found.get_kind_display()}"
    data = documents.to_pdf(title, found.body) if form == "pdf" else documents.to_docx(title, found.body)
    return download(data, f"{title}.{form}", PDF if form == "pdf" else DOCX)
