"""旁听 at the secretariat and at the door: the notice, checks, the list, the draw, cards, who is asked to leave (R4.11)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from quancheng.kernel.words import letters
from quancheng.meetings import acts
from quancheng.meetings import queries as meetings
from quancheng.meetings.queries import observing
from quancheng.people.permissions import may
from quancheng.web import errors
from quancheng.web.chamber.reading import Act, faults_of, needed_moment, press
from quancheng.web.parts import now, page, page_number, today
from quancheng.web.parts.showing import actor_of, field, go, show, whole

STATES = (
    ("applied", "待核对"), ("eligible", "符合条件"), ("refused", "不符合条件"), ("drawn", "已入选"), ("waiting", "候补"),
    ("declined", "已放弃"), ("withdrawn", "已撤回"),
)  # fmt: skip


def _announce(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    form = acts.ObservationForm(
        seats=whole(field(request, "seats")), closes_at=needed_moment(request, "closes"), draw_at=needed_moment(request, "draw"),
        draw_place=field(request, "draw_place"), source=field(request, "source"),
        guidance=request.POST.get("guidance", "").replace("\r\n", "\n"), late_reason=field(request, "late_reason"),
    )  # fmt: skip
    acts.announce_observation(meeting_id=meeting_id, form=form, **who)
    return _("旁听公告已公布，抽签种子的承诺同时入账。")


def _check(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    eligible = field(request, "eligible") == "yes"
    acts.check_observer(observer_id=whole(field(request, "observer")), eligible=eligible, reason=field(request, "reason"), **who)
    return _("已核对：符合条件。") if eligible else _("已记下不符合条件，理由本人可以看到。")


def _of(meeting_id: int, who: dict[str, Any]) -> int:
    found = observing.desk(meeting_id, who["by"])
    if found is None:
        raise acts.MeetingRefused(_("还没有旁听公告。"))
    return found.observation.pk


def _fix(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    acts.fix_list(observation_id=_of(meeting_id, who), **who)
    return _("名单已固定，摘要已公布并入账。")


def _draw(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    acts.draw_observers(observation_id=_of(meeting_id, who), public_value=field(request, "public_value"), **who)
    return _("抽签已经完成，结果按号公布，入选和候补的人都已通知。")


def _cancel(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    acts.cancel_observation(observation_id=_of(meeting_id, who), reason=field(request, "reason"), **who)
    return _("旁听已取消，已申请的人都已通知。")


def _end(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    acts.end_observation(observation_id=_of(meeting_id, who), **who)
    return _("旁听的案卷已办结。")


def _admit(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    found = acts.admit_observer(card=field(request, "card").replace(" ", "").upper(), **who)
    return _("%(name)s可以入场。") % {"name": observing.name_of(found) or found.code}


def _remove(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    acts.remove_observer(observer_id=whole(field(request, "observer")), reason=field(request, "reason"), **who)
    return _("已记录请离场和理由。")


ACTS: dict[str, Act] = {
    "announce": _announce, "check": _check, "fix": _fix, "draw": _draw, "cancel": _cancel, "end": _end, "admit": _admit,
    "remove": _remove,
}  # fmt: skip


@page("observer.admit", methods=("GET", "POST"))
def observers(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Show the notice, the applicants and the draw of a meeting; do what is pressed."""
    actor, refusal, number = actor_of(request), errors.Refusal(), page_number(request)
    meeting = meetings.for_office(meeting_id, actor, "observer.admit")
    if request.method == "POST":
        refusal, done = press(request, meeting_id, ACTS)
        if not refusal:
            query = f"state={request.GET.get('state', '')[:10]}" if request.GET.get("state", "").isalpha() else ""
            return go(request, "desk_observers", meeting_id, done=done, query=query)
    state = request.GET.get("state", "")
    found = observing.desk(meeting_id, actor, number, state)
    current = meetings.current_item(meeting) if meeting.case.state == "open" else None
    return show(
        request, "observers.html", status=refusal.status, meeting=meeting, d=found, o=found.observation if found else None,
        wanted=observing.wanted(meeting, today()) if found is None else None, typed=request.POST, state=state, number=number,
        states=STATES, manages=may(actor, "observer.manage", organ=meeting.case.organ_id), at=now(),
        shut=current is not None and bool(current.withheld), faults=faults_of(refusal),
    )  # fmt: skip


@page("observer.admit", methods=("GET", "POST"))
def card(request: HttpRequest, code: str) -> HttpResponse:
    """What the door sees when it scans a card: whose it is, which meeting; one button lets him in."""
    actor, refusal = actor_of(request), errors.Refusal()
    if request.method == "POST":
        with errors.caught() as refusal:
            acts.admit_observer(card=code, by=actor, at=now())
        if not refusal:
            return go(request, "desk_observer_card", code, done=_("已入场登记。"))
    found = observing.by_card(code, actor)
    return show(
        request, "observer_card.html", status=refusal.status if refusal else 200 if found else 404, found=found, code=code,
        faults=faults_of(refusal),
    )  # fmt: skip


@page("remark.manage", methods=("GET", "POST"))
def said(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Write down what was said at a meeting that only advises, or by who attended; each is handled and answered (M43, M44)."""
    actor, refusal = actor_of(request), errors.Refusal()
    meeting = meetings.for_office(meeting_id, actor, "remark.manage")
    if request.method == "POST":
        with errors.caught() as refusal:
            form = acts.RemarkForm(
                body=request.POST.get("body", ""), submission_key=field(request, "key"), shown=field(request, "shown") == "yes"
            )
            made = acts.record_remark(meeting_id=meeting_id, speaker=field(request, "speaker"), form=form, by=actor, at=now())
            return go(request, "desk_remark", made.pk, done=_("已登记，答复期限开始计算。"))
    key = field(request, "key") if refusal else letters(32)
    return show(
        request, "meeting_said.html", status=refusal.status, meeting=meeting, typed=request.POST, key=key, faults=faults_of(refusal)
    )
