"""街道议政会 at its office: set up, roster, topics, meetings; everything it says is marked as advice (M44, R4.19, R4.20, S29)."""

import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from quancheng.meetings import acts
from quancheng.meetings.queries import councils
from quancheng.web import errors
from quancheng.web.chamber.reading import Act, faults_of, needed_moment, press
from quancheng.web.parts import now, page, page_number, today
from quancheng.web.parts.showing import actor_of, day, field, go, show, whole


def _day(request: HttpRequest, name: str) -> datetime.date:
    found = day(field(request, name))
    if found is None:
        raise acts.MeetingRefused(_("请填写日期。"), name)
    return found


@page("council.manage", methods=("GET", "POST"))
def listing(request: HttpRequest) -> HttpResponse:
    """List the councils of the actor's organs with the day by which each must meet; set one up."""
    actor, refusal, number = actor_of(request), errors.Refusal(), page_number(request)
    if request.method == "POST":
        with errors.caught() as refusal:
            form = acts.CouncilForm(
                area=field(request, "area"), name=field(request, "name"), basis=field(request, "basis"),
                starts_on=_day(request, "starts_on"), ends_on=_day(request, "ends_on"),
            )  # fmt: skip
            organ = next(o.organ for o in actor.offices if o.role in ("secretariat", "secretariat_lead"))
            made = acts.found_council(form=form, organ=organ, by=actor, at=now())
            return go(request, "desk_council", made.pk, done=_("议政会已设立，请登记议政代表。"))
    rows, pages = councils.councils(today(), actor, number)
    return show(
        request, "councils.html", status=refusal.status, rows=rows, pages=pages, number=number, typed=request.POST,
        streets=councils.streets(today()), faults=faults_of(refusal),
    )  # fmt: skip


def _seat(request: HttpRequest, council_id: int, who: dict[str, Any]) -> str:
    form = acts.MemberForm(
        name=field(request, "name"), source=field(request, "source"), nominated_by=field(request, "nominated_by"),
        nominated_how=field(request, "nominated_how"), nominated_on=_day(request, "nominated_on"),
    )  # fmt: skip
    made = acts.seat_council_member(council_id=council_id, form=form, **who)
    return _("%(name)s已列入议政代表名单。") % {"name": made.name}


def _leave(request: HttpRequest, council_id: int, who: dict[str, Any]) -> str:
    made = acts.end_council_member(member_id=whole(field(request, "member")), reason=field(request, "reason"), **who)
    return _("%(name)s已离任。") % {"name": made.name}


def _topic(request: HttpRequest, council_id: int, who: dict[str, Any]) -> str:
    acts.propose_topic(
        council_id=council_id, title=field(request, "title"), words=field(request, "words"),
        proposed_by=field(request, "proposed_by"), **who,
    )  # fmt: skip
    return _("议题已登记。")


def _decide(request: HttpRequest, council_id: int, who: dict[str, Any]) -> str:
    meeting = whole(field(request, "meeting"))
    made = acts.decide_topic(
        topic_id=whole(field(request, "topic")), meeting_id=meeting or None, reason=field(request, "reason"), **who
    )
    return _("议题已列入会议。") if made.meeting_id else _("已记下不列入的理由。")


def _meet(request: HttpRequest, council_id: int, who: dict[str, Any]) -> str:
    acts.plan_council_meeting(
        council_id=council_id, title=field(request, "title"), place=field(request, "place"),
        starts_at=needed_moment(request, "starts"), **who,
    )  # fmt: skip
    return _("会议已列入筹备，请安排议程、发出通知。")


def _end(request: HttpRequest, council_id: int, who: dict[str, Any]) -> str:
    acts.end_council(council_id=council_id, **who)
    return _("这届议政会已经届满。")


ACTS: dict[str, Act] = {"seat": _seat, "leave": _leave, "topic": _topic, "decide": _decide, "meet": _meet, "end": _end}


@page("council.manage", methods=("GET", "POST"))
def council(request: HttpRequest, council_id: int) -> HttpResponse:
    """Show a council to its office, and do what is pressed."""
    actor, refusal = actor_of(request), errors.Refusal()
    if request.method == "POST":
        refusal, done = press(request, council_id, ACTS)
        if not refusal:
            return go(request, "desk_council", council_id, done=done)
    found = councils.for_office(council_id, today(), actor)
    return show(
        request, "council.html", status=refusal.status, p=found, c=found.council, typed=request.POST, on=today(),
        sources=councils.SOURCES, faults=faults_of(refusal),
    )  # fmt: skip
