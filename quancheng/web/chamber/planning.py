"""会议 at the secretariat's desk: the list, planning one, its agenda, calling it, moving and cancelling it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from quancheng.meetings import acts
from quancheng.meetings import queries as meetings
from quancheng.people.permissions import may
from quancheng.procedures import queries as procedures
from quancheng.web import errors
from quancheng.web.chamber.reading import (
    FORMS,
    ITEM_KINDS,
    KINDS,
    STATES,
    Act,
    faults_of,
    moment,
    needed_moment,
    press,
)
from quancheng.web.parts import now, page, page_number, today
from quancheng.web.parts.showing import actor_of, field, go, ids, show, whole

PAGE = 30


@page("meeting.register")
def listing(request: HttpRequest) -> HttpResponse:
    """List the meetings of the actor's organs, when the next is due, and who was absent twice without leave."""
    actor, state, number = actor_of(request), request.GET.get("state", ""), page_number(request)
    rows, total = meetings.office_list(actor, state if state in dict(STATES) else "", number)
    prepares = may(actor, "meeting.prepare")
    organ = meetings.organs_of(actor, "meeting.register")[0]
    on = today()
    return show(
        request, "meetings.html", rows=rows, total=total, number=number, pages=-(-total // PAGE), states=STATES, state=state,
        due=meetings.next_due(organ, on), prepares=prepares,
        absent=meetings.absent_twice(organ, actor, on.replace(year=on.year - 5, day=1)) if prepares else [],
    )  # fmt: skip


def _plan(request: HttpRequest) -> acts.Plan:
    return acts.Plan(
        kind=field(request, "kind"), title=field(request, "title"), place=field(request, "place"),
        starts_at=needed_moment(request, "starts"), motions_until=moment(request, "motions"),
    )  # fmt: skip


@page("meeting.prepare", methods=("GET", "POST"))
def new(request: HttpRequest) -> HttpResponse:
    """Plan a meeting of the actor's organ."""
    actor, refusal = actor_of(request), errors.Refusal()
    if request.method == "POST":
        with errors.caught() as refusal:
            made = acts.plan(plan=_plan(request), organ=meetings.organs_of(actor)[0], by=actor, at=now())
        if not refusal:
            return go(request, "desk_meeting", made.pk, done=_("已开始筹备。请排好议程，再发出会议通知。"))
    return show(
        request, "meeting_new.html", status=refusal.status, kinds=KINDS, typed=request.POST, faults=faults_of(refusal)
    )


def _replan(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    acts.replan(meeting_id=meeting_id, plan=_plan(request), **who)
    return _("会议安排已保存。")


def _item_of(request: HttpRequest) -> acts.Item:
    return acts.Item(
        title=field(request, "title"), kind=field(request, "kind"), form=field(request, "form") or "plenary",
        case_number=field(request, "case_number"), withheld=field(request, "withheld"),
    )  # fmt: skip


def _add(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    acts.add_item(meeting_id=meeting_id, item=_item_of(request), **who)
    return _("议程已加上。")


def _edit(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    acts.edit_item(meeting_id=meeting_id, item_id=whole(field(request, "item")), item=_item_of(request), **who)
    return _("议程已修改。")


def _remove(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    acts.remove_item(meeting_id=meeting_id, item_id=whole(field(request, "item")), **who)
    return _("议程已移除。")


def _move(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    acts.move_item(
        meeting_id=meeting_id, item_id=whole(field(request, "item")), place=whole(field(request, "place"), 1), **who
    )
    return _("议程的顺序已调整。")


def _name(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    count = acts.name_members(meeting_id=meeting_id, account_ids=ids(request, "account"), **who)
    return _("已加入名单：%(n)s人。") % {"n": count}


def _unname(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    acts.unname_member(meeting_id=meeting_id, attendee_id=whole(field(request, "attendee")), **who)
    return _("已移出名单。")


def _call(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    made = acts.call(meeting_id=meeting_id, late_reason=field(request, "late_reason"), **who)
    return _("会议通知已发出：应到%(base)s人，法定人数%(quorum)s人。公众网站已预告。") % {"base": made.base, "quorum": made.quorum}


def _change(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    acts.change(
        meeting_id=meeting_id, place=field(request, "place"), starts_at=needed_moment(request, "starts"),
        reason=field(request, "reason"), **who,
    )  # fmt: skip
    return _("变更已通知，公众网站已写明。")


def _cancel(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    acts.cancel(meeting_id=meeting_id, reason=field(request, "reason"), **who)
    return _("会议已取消。")


ACTS: dict[str, Act] = {
    "replan": _replan, "add": _add, "edit": _edit, "remove": _remove, "move": _move, "name": _name, "unname": _unname,
    "call": _call, "change": _change, "cancel": _cancel,
}  # fmt: skip


@page("meeting.register", methods=("GET", "POST"))
def one(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Show one meeting with its agenda and thread; change and call it."""
    actor, refusal = actor_of(request), errors.Refusal()
    meetings.for_office(meeting_id, actor)
    if request.method == "POST":
        refusal, done = press(request, meeting_id, ACTS)
        if not refusal:
            return go(request, "desk_meeting", meeting_id, done=done)
    found = meetings.meeting(meeting_id)
    state, on = found.case.state, today()
    by_office = found.kind in ("congress", "standing_committee")
    words = request.GET.get("person", "").strip()[:20]
    return show(
        request, "meeting.html", status=refusal.status, meeting=found, state=state, states=dict(STATES), agenda=meetings.agenda(found),
        prepares=may(actor, "meeting.prepare", organ=found.case.organ_id), leads=may(actor, "meeting.lead", organ=found.case.organ_id),
        kinds=KINDS, item_kinds=ITEM_KINDS, forms=FORMS, notice=meetings.notice(found, on) if state == "planned" else None,
        size=meetings.roster_size(found) if state == "planned" else found.base, by_office=by_office, person=words,
        named=meetings.named_members(found) if state == "planned" and not by_office else [],
        people=meetings.find_people(words, actor) if words and state == "planned" and not by_office else [],
        told=meetings.notice_counts(found) if state != "planned" else None, typed=request.POST,
        thread=procedures.thread(found.case, on), quorum=meetings.quorum_words(found) if found.base else "",
        faults=faults_of(refusal),
    )  # fmt: skip
