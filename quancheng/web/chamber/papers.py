"""会议材料: put to a meeting by the secretariat, read by its members from their day. Nobody sees who read what."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from quancheng.meetings import acts
from quancheng.meetings import queries as meetings
from quancheng.web import errors
from quancheng.web.chamber.reading import Act, faults_of, press
from quancheng.web.parts import page, today
from quancheng.web.parts.showing import actor_of, day, download, field, go, show, whole


def _add(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    sent = request.FILES.get("file")
    if sent is None:
        raise acts.MeetingRefused(_("请选择文件。"), "file")
    acts.add_paper(
        meeting_id=meeting_id, name=sent.name or "", data=sent.read(), item_id=whole(field(request, "item")) or None,
        visible_on=day(field(request, "visible_on")), **who,
    )  # fmt: skip
    return _("材料已上传。到印发日期，通知到的人就能看到。")


def _remove(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    acts.remove_paper(paper_id=whole(field(request, "paper")), **who)
    return _("材料已撤回。")


ACTS: dict[str, Act] = {"add": _add, "remove": _remove}


@page("meeting.prepare", methods=("GET", "POST"))
def papers(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Show the papers of a meeting, put one to it, take one back."""
    actor, refusal = actor_of(request), errors.Refusal()
    found = meetings.for_office(meeting_id, actor, "meeting.prepare")
    if request.method == "POST":
        refusal, done = press(request, meeting_id, ACTS)
        if not refusal:
            return go(request, "desk_meeting_papers", meeting_id, done=done)
    return show(
        request, "meeting_papers.html", status=refusal.status, meeting=found, papers=meetings.papers(found),
        agenda=meetings.agenda(found), on=today(), typed=request.POST, faults=faults_of(refusal),
    )  # fmt: skip


@page("signed_in")
def paper(request: HttpRequest, paper_id: int) -> HttpResponse:
    """Hand out a paper to the secretariat, and from its day to whoever is called. Nothing is noted."""
    found, path = meetings.paper_file(paper_id, actor_of(request), today())
    if not path.exists():
        raise Http404
    return download(path.read_bytes(), found.name, found.media_type)
