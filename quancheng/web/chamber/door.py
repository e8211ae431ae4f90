"""签到 at the door: find by name, number or card, one key marks who came; leave, the gate's log, cards to print."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from quancheng.meetings import acts
from quancheng.meetings import queries as meetings
from quancheng.people.permissions import may
from quancheng.web import errors
from quancheng.web.chamber.reading import Act, faults_of, press
from quancheng.web.parts import page, page_number
from quancheng.web.parts.showing import actor_of, field, go, show, whole

CARDS = 24  # on three sheets of A4
CARD_LETTERS = 10


def _find(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    """A scanner types a card and Enter: that checks in. Anything else is a search."""
    words = field(request, "q")
    if len(words) == CARD_LETTERS and words.isascii() and words.isalnum():
        seat = acts.check_in_card(meeting_id=meeting_id, card=words, **who)
        return _("%(name)s（%(n)s号）已签到。") % {"name": seat.name, "n": seat.number}
    return ""


def _came(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    seat = acts.check_in(attendee_id=whole(field(request, "attendee")), **who)
    return _("%(name)s（%(n)s号）已签到。") % {"name": seat.name, "n": seat.number or ""}


def _left(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    return _("%(name)s已离会。") % {"name": acts.leave_hall(attendee_id=whole(field(request, "attendee")), **who).name}


def _undo(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    return _("%(name)s的签到已更正。") % {"name": acts.undo_check_in(attendee_id=whole(field(request, "attendee")), **who).name}


def _gate(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    sent = request.FILES.get("file")
    if sent is None:
        raise acts.MeetingRefused(_("请选择签到机导出的文件。"), "file")
    try:
        table = sent.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise acts.MeetingRefused(_("请导出为 UTF-8 编码的 CSV 文件。"), "file") from None
    return _("签到机的记录已读入：%(n)s人。") % {"n": acts.import_arrivals(meeting_id=meeting_id, table=table, **who)}


ACTS: dict[str, Act] = {"find": _find, "came": _came, "left": _left, "undo": _undo, "gate": _gate}


@page("meeting.register", methods=("GET", "POST"))
def register(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Show who is called and who is in the hall; enter who comes and goes."""
    actor, refusal = actor_of(request), errors.Refusal()
    found = meetings.for_office(meeting_id, actor)
    words, which = request.GET.get("q", "").strip()[:20], request.GET.get("which", "")
    if request.method == "POST":
        refusal, done = press(request, meeting_id, ACTS)
        if not refusal:
            asked = field(request, "q") if field(request, "do") == "find" and not done else ""
            query = f"q={asked}" if asked else (f"which={which}" if which in ("in", "out", "left") else "")
            return go(request, "desk_meeting_register", meeting_id, done=done, query=query)
    rows = meetings.register(found, actor, words, which, page_number(request))
    return show(
        request, "meeting_register.html", status=refusal.status, meeting=found, hall=meetings.hall_of(found), rows=rows,
        words=words, which=which, excused=meetings.excused(found), running=found.case.state in ("called", "open"),
        quorum=meetings.quorum_words(found), faults=faults_of(refusal),
    )  # fmt: skip


def _leave(request: HttpRequest, meeting_id: int, who: dict[str, Any]) -> str:
    granted = field(request, "granted") == "yes"
    acts.decide_leave(leave_id=whole(field(request, "leave")), granted=granted, answer=field(request, "answer"), **who)
    return _("已准假。") if granted else _("已答复不准假，理由本人可以看到。")


@page("meeting.register", methods=("GET", "POST"))
def leaves(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Show the requests for leave; the secretariat decides (R4.22)."""
    actor, refusal = actor_of(request), errors.Refusal()
    found = meetings.for_office(meeting_id, actor)
    if request.method == "POST":
        refusal, done = press(request, meeting_id, {"leave": _leave})
        if not refusal:
            return go(request, "desk_meeting_leaves", meeting_id, done=done)
    return show(
        request, "meeting_leaves.html", status=refusal.status, meeting=found, leaves=meetings.leaves(found, actor),
        decides=may(actor, "meeting.prepare", organ=found.case.organ_id), faults=faults_of(refusal), typed=request.POST,
    )  # fmt: skip


@page("meeting.register")
def cards(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Show check-in cards with their codes, to be printed, a page at a time."""
    actor, number = actor_of(request), page_number(request)
    found = meetings.for_office(meeting_id, actor)
    rows, total = meetings.cards(found, actor, number, CARDS)
    return show(request, "meeting_cards.html", meeting=found, rows=rows, number=number, pages=-(-total // CARDS))
