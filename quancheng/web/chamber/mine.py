"""我的会议 on the member's phone: notices, papers, leave, the floor, motions to sign, notes of one's own speeches."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from quancheng.meetings import acts
from quancheng.meetings import queries as meetings
from quancheng.web import errors
from quancheng.web.chamber.reading import STATES, Act, faults_of, press
from quancheng.web.parts import page, today
from quancheng.web.parts.showing import actor_of, field, go, show, whole

MOTIONS = (("bill", "议案"), ("motion", "动议"), ("interpellation", "质询案"))


@page("meeting.attend")
def listing(request: HttpRequest) -> HttpResponse:
    """List the meetings to which the member is called."""
    return show(request, "meetings_mine.html", rows=meetings.mine(actor_of(request)), states=dict(STATES))


def _confirm(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    acts.acknowledge(meeting_id=meeting_id, **who)
    return _("已确认收到会议通知。")


def _leave(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    acts.ask_leave(meeting_id=meeting_id, reason=field(request, "reason"), **who)
    return _("请假已提交，等会议秘书处答复。")


def _speak(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    acts.ask_to_speak(meeting_id=meeting_id, **who)
    return _("已申请发言，请等候主持人安排。")


def _silent(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    acts.withdraw_request(speech_id=whole(field(request, "speech")), **who)
    return _("发言申请已撤回。")


def _begin(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    paper = acts.MotionPaper(
        kind=field(request, "kind"), title=field(request, "title"), body=request.POST.get("body", ""),
        addressee=field(request, "addressee"),
    )  # fmt: skip
    made = acts.begin_motion(meeting_id=meeting_id, paper=paper, **who)
    return _("已开始征集联名，还需%(n)s人签名。") % {"n": made.needed - 1}


def _sign(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    return _("已签名，现有%(n)s人联名。") % {"n": acts.sign_motion(motion_id=whole(field(request, "motion")), **who)}


def _unsign(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    acts.unsign_motion(motion_id=whole(field(request, "motion")), **who)
    return _("签名已撤回。")


def _submit(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    made = acts.submit_motion(motion_id=whole(field(request, "motion")), **who)
    return _("已提出，%(n)s人联名。") % {"n": made.signed_by}


def _withdraw(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    acts.withdraw_motion(motion_id=whole(field(request, "motion")), **who)
    return _("已撤回。")


def _notes(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    acts.sign_notes(
        speech_id=whole(field(request, "speech")), words=request.POST.get("notes", ""), edits=whole(field(request, "edits")), **who
    )
    return _("发言记录已签名。")


ACTS: dict[str, Act] = {
    "confirm": _confirm, "leave": _leave, "speak": _speak, "silent": _silent, "begin": _begin, "sign": _sign, "unsign": _unsign,
    "submit": _submit, "withdraw": _withdraw, "notes": _notes,
}  # fmt: skip


@page("meeting.attend", methods=("GET", "POST"))
def one(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Show the member his meeting and do what he presses."""
    actor, refusal = actor_of(request), errors.Refusal()
    if request.method == "POST":
        refusal, done = press(request, meeting_id, ACTS)
        if not refusal:
            return go(request, "desk_meeting_mine", meeting_id, done=done)
    mine, on = meetings.my_seat(meeting_id, actor), today()
    found, state = mine.meeting, mine.meeting.case.state
    votes = mine.seat.capacity == "member"
    return show(
        request, "meeting_mine.html", status=refusal.status, meeting=found, seat=mine.seat, leave=mine.leave, state=state,
        states=dict(STATES), agenda=meetings.agenda(found), papers=meetings.papers(found, on), votes=votes,
        request_now=meetings.my_request(mine.seat) if state == "open" else None, notes=meetings.my_notes(mine.seat),
        motions=meetings.motions(found, mine.seat) if votes else [], kinds=MOTIONS,
        needed=meetings.signatures_needed(found, on) if votes and state in ("called", "open") else {},
        typed=request.POST, faults=faults_of(refusal),
    )  # fmt: skip
