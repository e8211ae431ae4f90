"""会议 for everybody: when, where, with which agenda, how it went, and the minutes that were published (R4.10, R9.01)."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from markupsafe import Markup

from quancheng.meetings import queries as meetings
from quancheng.meetings.queries import observing
from quancheng.procedures import declare
from quancheng.procedures import queries as procedures
from quancheng.publications import documents
from quancheng.web.parts import cached, page, page_number, today

TYPES = {
    "pdf": "application/pdf", "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}  # fmt: skip


def _states() -> dict[str, str]:
    return {key: state.label for key, state in declare.get("meeting").states.items()}


@page("public")
@cached
def listing(request: HttpRequest) -> HttpResponse:
    """List the meetings that were called, newest first."""
    number = page_number(request)
    rows, total = meetings.public_list(number)
    context = {"rows": rows, "number": number, "pages": -(-total // meetings.PAGE), "states": _states()}
    return render(request, "site/meetings.html", context)


@page("public")
@cached
def one(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Show one meeting with its agenda, its thread and its public minutes."""
    found = meetings.public_meeting(meeting_id)
    papers = meetings.public_minutes(found)
    context = {
        "meeting": found, "agenda": meetings.agenda(found), "quorum": meetings.quorum_words(found), "states": _states(),
        "thread": procedures.thread(found.case, today()), "announced": meetings.announced(found),
        "observed": observing.offered(found),
        "papers": [(one, Markup(documents.to_html(one.body))) for one in papers],  # noqa: S704  to_html escapes every word
    }  # fmt: skip
    return render(request, "site/meeting.html", context)


@page("public")
@cached
def minutes_file(request: HttpRequest, meeting_id: int, kind: str, form: str) -> HttpResponse:
    """Hand out public minutes as PDF or .docx."""
    if form not in TYPES:
        raise Http404
    found = meetings.public_minutes_of(meeting_id, kind)
    title = f"{found.meeting.title}{found.get_kind_display()}"
    data = documents.to_pdf(title, found.body) if form == "pdf" else documents.to_docx(title, found.body)
    response = HttpResponse(data, content_type=TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="meeting-{meeting_id}-{kind}.{form}"'
    return response
