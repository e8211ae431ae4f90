"""会议意见 at the desk: the list of an office, one remark, its answer or its way through units, publishing (M42, R4.20)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from quancheng.handling import queries as handling
from quancheng.meetings import acts
from quancheng.meetings.queries import remarking
from quancheng.web import errors
from quancheng.web.desk.handling import record_context, take
from quancheng.web.parts import now, page, page_number, today
from quancheng.web.parts.showing import actor_of, field, go, show, whole

STATES = (("received", "待办"), ("assigned", "办理中"), ("answered", "已答复"), ("unreleased", "待公开"))


@page("remark.manage")
def listing(request: HttpRequest) -> HttpResponse:
    """List the written remarks of the office's meetings."""
    state, number = request.GET.get("state", ""), page_number(request)
    meeting = whole(request.GET.get("meeting"))
    wanted = state if state in dict(STATES) else ""
    rows, pages = remarking.desk_list(actor_of(request), meeting, wanted, number)
    return show(
        request, "remarks.html", rows=rows, pages=pages, number=number, state=wanted, states=STATES, meeting=meeting,
        words=dict(STATES),
    )


@page("signed_in", methods=("GET", "POST"))
def one(request: HttpRequest, remark_id: int) -> HttpResponse:
    """Show a remark to its office, to the units that answer it and to the deputy who wrote it; do what is pressed."""
    actor, refusal = actor_of(request), errors.Refusal()
    found = remarking.detail(remark_id, actor, today())
    if request.method == "POST":
        with errors.caught() as refusal:
            done = _done(request, remark_id)
            return go(request, "desk_remark", remark_id, done=done)
        found = remarking.detail(remark_id, actor, today())
    remark, case = found.remark, found.remark.case
    objected = any(o.state == "waiting" for share in found.record.shares for o in share.objections)
    units = handling.units(today()) if found.office and (case.state == "received" or objected) else []
    return show(
        request, "remark.html", status=refusal.status, d=found, r=remark, case=case, typed=request.POST, office=found.office,
        units=[(unit.pk, unit.name) for unit in units], leads=False, whom=_("提意见的人"), author=False,
        faults=[(getattr(refusal.exception, "field", ""), refusal.sentence)] if refusal else [],
        **record_context(request, actor, case, found.record),
    )  # fmt: skip


def _done(request: HttpRequest, remark_id: int) -> str:
    who: dict[str, Any] = {"by": actor_of(request), "at": now()}
    match field(request, "do"):
        case "reply":
            acts.reply_to_remark(remark_id=remark_id, words=request.POST.get("words", ""), **who)
            return _("已书面答复，提意见的人会收到通知。")
        case "release":
            acts.release_remark(remark_id=remark_id, **who)
            return _("意见和答复已公开，不显示是谁写的。")
    done = take(request, who["by"])
    if done is None:
        raise acts.MeetingRefused(_("没有这项操作，请刷新页面后再试。"))
    return done
