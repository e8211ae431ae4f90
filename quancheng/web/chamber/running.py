"""The chair's table: open the meeting, go from item to item, the speaking list with its clock, motions, close."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from quancheng.meetings import acts
from quancheng.meetings import queries as meetings
from quancheng.web import errors
from quancheng.web.chamber.reading import FORMS, Act, faults_of, press
from quancheng.web.parts import now, page
from quancheng.web.parts.showing import actor_of, field, go, show, whole

OUTCOMES = (("on_agenda", "列入议程"), ("referred", "交有关机关办理"), ("declined", "不列入议程"))


def _open(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    made = acts.open_meeting(meeting_id=meeting_id, **who)
    return _("会议已开始，出席%(n)s人，符合法定人数。") % {"n": made.opened_present}


def _item(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    item = acts.open_item(meeting_id=meeting_id, item_id=whole(field(request, "item")), **who)
    return _("正在进行第%(n)s项议程，出席%(p)s人。") % {"n": item.place, "p": item.present}


def _recess(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    acts.recess(meeting_id=meeting_id, **who)
    return _("已休会。继续开会前请重新签到。")


def _close(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    acts.close_meeting(meeting_id=meeting_id, **who)
    return _("已闭会。可以起草会议记录和会议纪要。")


def _list(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    return _("%(name)s已列入发言名单。") % {"name": acts.enter_speaker(attendee_id=whole(field(request, "attendee")), **who).attendee.name}


def _word(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    acts.intervene(attendee_id=whole(field(request, "attendee")), **who)
    return _("正在插话，发言人的计时已暂停。")


def _speech(request: HttpRequest) -> int:
    return whole(field(request, "speech"))


def _up(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    acts.move_request(speech_id=_speech(request), place=whole(field(request, "place"), 1), **who)
    return _("发言顺序已调整。")


def _drop(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    acts.withdraw_request(speech_id=_speech(request), **who)
    return _("已移出发言名单。")


def _start(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    acts.start_speech(speech_id=_speech(request), **who)
    return _("开始计时。")


def _pause(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    acts.pause_speech(speech_id=_speech(request), **who)
    return _("计时已暂停。")


def _resume(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    acts.resume_speech(speech_id=_speech(request), **who)
    return _("继续计时。")


def _more(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    acts.give_time(speech_id=_speech(request), minutes=whole(field(request, "minutes")), **who)
    return _("发言时间已延长。")


def _end(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    acts.end_speech(speech_id=_speech(request), **who)
    return _("发言已结束。")


ACTS: dict[str, Act] = {
    "open": _open, "item": _item, "recess": _recess, "close": _close, "list": _list, "word": _word, "up": _up, "drop": _drop,
    "start": _start, "pause": _pause, "resume": _resume, "more": _more, "end": _end,
}  # fmt: skip


@page("meeting.run", methods=("GET", "POST"))
def run(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Show the running meeting and do what is pressed."""
    actor, refusal = actor_of(request), errors.Refusal()
    meetings.for_office(meeting_id, actor, "meeting.run")
    if request.method == "POST":
        refusal, done = press(request, meeting_id, ACTS)
        if not refusal:
            return go(request, "desk_meeting_run", meeting_id, done=done)
    found, at = meetings.meeting(meeting_id), now()
    floor, words = meetings.floor(found), request.GET.get("q", "").strip()[:20]
    live = floor.now or floor.paused
    return show(
        request, "meeting_run.html", status=refusal.status, meeting=found, state=found.case.state, hall=meetings.hall_of(found),
        quorum=meetings.quorum_words(found), agenda=meetings.agenda(found), floor=floor, spent=meetings.spent(live, at) if live else 0,
        paused_spent=meetings.spent(floor.paused, at) if floor.paused else 0, words=words, forms=dict(FORMS),
        people=meetings.in_hall(found, words) if words and found.case.state == "open" else [], totals=meetings.speaking_totals(found),
        faults=faults_of(refusal),
    )  # fmt: skip


def _decide(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    made = acts.decide_motion(
        motion_id=whole(field(request, "motion")), outcome=field(request, "outcome"), reason=field(request, "reason"), **who
    )
    return _("已记下决定：%(state)s。") % {"state": made.get_state_display()}


@page("meeting.run", methods=("GET", "POST"))
def motions(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Show the motions that were handed in, with who signed; enter what was decided of each."""
    actor, refusal = actor_of(request), errors.Refusal()
    found = meetings.for_office(meeting_id, actor, "meeting.run")
    if request.method == "POST":
        refusal, done = press(request, meeting_id, {"decide": _decide})
        if not refusal:
            return go(request, "desk_meeting_motions", meeting_id, done=done)
    return show(
        request, "meeting_motions.html", status=refusal.status, meeting=found, rows=meetings.motions(found),
        names=meetings.signers_of(found), outcomes=OUTCOMES, faults=faults_of(refusal), typed=request.POST,
    )  # fmt: skip
