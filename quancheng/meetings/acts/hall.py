"""In the hall: who came and left, leave, opening with a quorum, the items one by one, the close (R4.02, R4.22)."""

import csv
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from quancheng.meetings.models import AgendaItem, Arrival, Attendee, Leave, Meeting, Speech
from quancheng.meetings.recording import (
    MeetingRefused,
    NoQuorum,
    demand_state,
    enter,
    line,
    meeting_of,
    note,
    own_seat,
)
from quancheng.people.permissions import Actor, demand
from quancheng.procedures import acts as procedures

IN_HALL = ("called", "open")
DOORS_OPEN = timedelta(hours=12)  # before the hour of the meeting nobody is let in


def _attendee(attendee_id: int, by: Actor) -> Attendee:
    found = Attendee.objects.select_related("meeting__case").get(pk=attendee_id)
    demand(by, "meeting.register", organ=found.meeting.case.organ_id)
    demand_state(found.meeting, *IN_HALL)
    return found


def _doors(meeting: Meeting, at: datetime) -> None:
    if meeting.case.state == "called" and at < meeting.starts_at - DOORS_OPEN:
        raise MeetingRefused("离会议开始还早，会前12小时起才能签到。")


def check_in(*, attendee_id: int, by: Actor, at: datetime) -> Attendee:
    """Enter that somebody is in the hall, for the first time or again. Raises NotAllowed, MeetingRefused (already in)."""
    found = _attendee(attendee_id, by)
    _doors(found.meeting, at)
    return _come(found, by, at)


def check_in_card(*, meeting_id: int, card: str, by: Actor, at: datetime) -> Attendee:
    """Enter the bearer of a check-in card, read by a scanner or typed. Raises NotAllowed, MeetingRefused."""
    meeting = meeting_of(meeting_id, by, "meeting.register", *IN_HALL)
    _doors(meeting, at)
    found = Attendee.objects.filter(meeting=meeting, card=card.strip().upper()).first()
    if found is None:
        raise MeetingRefused("不是这次会议的签到证，请按姓名查找。", "q")
    found.meeting = meeting
    return _come(found, by, at)


def _come(found: Attendee, by: Actor, at: datetime) -> Attendee:
    out = Attendee.objects.filter(pk=found.pk).filter(Q(came_at=None) | Q(left_at__isnull=False))
    with transaction.atomic():
        if not out.update(came_at=at, left_at=None):
            raise MeetingRefused(f"{found.name}已经签到。", "q")
        _log(found, Arrival.What.CAME, by, at)
    found.came_at, found.left_at = at, None
    return found


def _log(found: Attendee, what: str, by: Actor, at: datetime) -> None:
    Arrival.objects.create(attendee=found, what=what, at=at, by_id=by.account_id)
    enter(what, found.meeting, {"attendee": found.pk, "number": found.number}, at)


def undo_check_in(*, attendee_id: int, by: Actor, at: datetime) -> Attendee:
    """Take back an entry made by mistake: the person is not in the hall and did not come. Raises NotAllowed, MeetingRefused."""
    found = _attendee(attendee_id, by)
    if found.arrivals.filter(what=Arrival.What.LEFT).exists():
        raise MeetingRefused(f"{found.name}到过会场又离开，不能更正为未到，请记为离会。")
    with transaction.atomic():
        if not Attendee.objects.filter(pk=found.pk, came_at__isnull=False).update(came_at=None, left_at=None):
            raise MeetingRefused(f"{found.name}还没有签到。")
        _log(found, Arrival.What.UNDONE, by, at)
    found.came_at = None
    return found


def leave_hall(*, attendee_id: int, by: Actor, at: datetime) -> Attendee:
    """Enter that somebody left the hall; presence and quorum count without him. Raises NotAllowed, MeetingRefused."""
    found = _attendee(attendee_id, by)
    with transaction.atomic():
        if not Attendee.objects.filter(pk=found.pk, came_at__isnull=False, left_at=None).update(left_at=at):
            raise MeetingRefused(f"{found.name}不在会场。")
        _log(found, Arrival.What.LEFT, by, at)
    found.left_at = at
    return found


def import_arrivals(*, meeting_id: int, table: str, by: Actor, at: datetime) -> int:
    """Take in the log of a check-in gate (CSV: card, time); return how many came. A wrong row refuses the whole.

    Six statements for any number of rows. Raises NotAllowed, MeetingRefused (with the row).
    """
    with transaction.atomic():
        meeting = meeting_of(meeting_id, by, "meeting.register", *IN_HALL, lock=True)
        _doors(meeting, at)
        members = {one.card: one for one in Attendee.objects.filter(meeting=meeting) if one.card}
        came: dict[int, tuple[Attendee, datetime]] = {}
        for number, row in enumerate(csv.reader(table.lstrip("\ufeff").splitlines()), start=1):
            if not row or row[0].strip() in ("", "卡号"):
                continue
            found = members.get(row[0].strip().upper())
            if found is None:
                raise MeetingRefused(f"第{number}行：不是这次会议的签到证。", "file")
            if found.is_in and found.pk not in came:
                continue
            moment = _gate_time(row, number, meeting, at)
            found.came_at, found.left_at = moment, None
            came[found.pk] = found, moment
        Attendee.objects.bulk_update([one for one, _ in came.values()], ["came_at", "left_at"], batch_size=200)
        Arrival.objects.bulk_create(
            [Arrival(attendee=one, what=Arrival.What.CAME, at=when, by_id=by.account_id) for one, when in came.values()]
        )
        enter("gate", meeting, {"cards": sorted(one.card or "" for one, _ in came.values())}, at, came=len(came))
    return len(came)


def _gate_time(row: list[str], number: int, meeting: Meeting, at: datetime) -> datetime:
    try:
        found = datetime.fromisoformat(row[1].strip())
    except (IndexError, ValueError):
        raise MeetingRefused(f"第{number}行：时间应写作 2026-03-05 08:41。", "file") from None
    found = found if found.tzinfo else timezone.make_aware(found)
    if not meeting.starts_at - DOORS_OPEN <= found <= at:
        raise MeetingRefused(f"第{number}行：签到时间不在这次会议的时间之内。", "file")
    return found


def ask_leave(*, meeting_id: int, reason: str, by: Actor, at: datetime) -> Leave:
    """Ask for leave as a member, for oneself. R4.22 代表法 62. Raises NotAllowed, MeetingRefused."""
    seat = own_seat(meeting_id, by, *IN_HALL, voting=True)
    why = line(reason, 4, 200, "请写明请假的原因", "reason")
    if seat.leaves.filter(Q(granted=None) | Q(granted=True)).exists():
        raise MeetingRefused("已经请过假，请等候答复。", "reason")
    with transaction.atomic():
        made = Leave.objects.create(attendee=seat, reason=why, asked_at=at)
        enter("leave_asked", seat.meeting, {"attendee": seat.pk, "reason": why}, at)
    return made


def decide_leave(*, leave_id: int, granted: bool, answer: str, by: Actor, at: datetime) -> Leave:
    """Grant or refuse leave; a refusal says why. Raises NotAllowed, MeetingRefused, Leave.DoesNotExist."""
    found = Leave.objects.select_related("attendee__meeting__case").get(pk=leave_id)
    meeting = found.attendee.meeting
    demand(by, "meeting.prepare", organ=meeting.case.organ_id)
    demand_state(meeting, "called", "open", "closed")
    words = line(answer, 4, 200, "不准假须写明理由", "answer") if not granted or answer.strip() else ""
    with transaction.atomic():
        decided = Leave.objects.filter(pk=found.pk, granted=None).update(
            granted=granted, answer=words, decided_by_id=by.id, decided_at=at
        )
        if not decided:
            raise MeetingRefused("这项请假刚刚已由他人答复。")
        enter("leave_decided", meeting, {"answer": words, "leave": found.pk}, at, granted=granted)
    found.refresh_from_db()
    return found


def _present(meeting: Meeting) -> int:
    """Return how many members with a vote are in the hall now (1 statement)."""
    return Attendee.objects.filter(
        meeting=meeting, capacity=Attendee.Capacity.MEMBER, came_at__isnull=False, left_at=None
    ).count()


def _demand_quorum(meeting: Meeting) -> int:
    """Return how many are present. Hard stop 1 (R0.1, R0.5, R4.02 地方组织法 14, 51). Raises NoQuorum."""
    now_in = _present(meeting)
    if now_in < meeting.quorum:
        raise NoQuorum(f"出席{now_in}人，法定人数{meeting.quorum}人（应到{meeting.base}人），还差{meeting.quorum - now_in}人，不能开会。")
    return now_in


def open_meeting(*, meeting_id: int, by: Actor, at: datetime) -> Meeting:
    """Open a meeting; without a quorum it is refused (hard stop 1).

    Raises NotAllowed, NoQuorum, StepRefused, Conflict.
    """
    with transaction.atomic():
        found = meeting_of(meeting_id, by, "meeting.run", "called", lock=True)
        now_in = _demand_quorum(found)
        Meeting.objects.filter(pk=found.pk).update(opened_at=at, opened_present=now_in)
        procedures.perform(
            case=found.case, step="open", by=by, at=at, note=f"应到{found.base}人，法定人数{found.quorum}人，出席{now_in}人。"
        )
    found.refresh_from_db()
    return found


def recess(*, meeting_id: int, by: Actor, at: datetime) -> Meeting:
    """Adjourn an open meeting to its next sitting: the hall empties, everybody checks in again before it goes on.

    Raises NotAllowed, MeetingRefused.
    """
    with transaction.atomic():
        found = meeting_of(meeting_id, by, "meeting.run", "open", lock=True)
        if Speech.objects.filter(meeting=found, state__in=("speaking", "paused")).exists():
            raise MeetingRefused("还有人在发言，发言结束后再休会。")
        inside = Attendee.objects.filter(meeting=found, came_at__isnull=False, left_at=None)
        leaving = list(inside)
        Arrival.objects.bulk_create(
            [Arrival(attendee=one, what=Arrival.What.LEFT, at=at, by_id=by.account_id) for one in leaving]
        )
        inside.update(left_at=at)
        members = sum(one.capacity == Attendee.Capacity.MEMBER for one in leaving)
        note("recessed", found, "", by, at, "meeting.run", f"休会时出席{members}人，继续开会前重新签到。", present=members)
    return found


def open_item(*, meeting_id: int, item_id: int, by: Actor, at: datetime) -> AgendaItem:
    """Go on to an item, ending the one before; with a quorum only. Raises NotAllowed, NoQuorum, MeetingRefused."""
    with transaction.atomic():
        found = meeting_of(meeting_id, by, "meeting.run", "open", lock=True)
        item = AgendaItem.objects.get(pk=item_id, meeting=found)
        if item.opened_at is not None:
            raise MeetingRefused("这项议程已经进行过。")
        now_in = _demand_quorum(found)
        _no_speaker(found)
        AgendaItem.objects.filter(meeting=found, opened_at__isnull=False, closed_at=None).update(closed_at=at)
        AgendaItem.objects.filter(pk=item.pk).update(opened_at=at, present=now_in)
        shown = "" if item.withheld else f"第{item.place}项：{item.title}"
        note("item_opened", found, item.title, by, at, "meeting.run", f"{shown}（出席{now_in}人）", place=item.place)
    item.refresh_from_db()
    return item


def _no_speaker(found: Meeting) -> None:
    if Speech.objects.filter(meeting=found, state__in=("speaking", "paused")).exists():
        raise MeetingRefused("还有人在发言，请先结束发言。")


def close_meeting(*, meeting_id: int, by: Actor, at: datetime) -> Meeting:
    """Close a meeting: the open item ends, whoever still waits to speak is let go. Raises NotAllowed, MeetingRefused, StepRefused."""
    with transaction.atomic():
        found = meeting_of(meeting_id, by, "meeting.run", "open", lock=True)
        _no_speaker(found)
        AgendaItem.objects.filter(meeting=found, opened_at__isnull=False, closed_at=None).update(closed_at=at)
        Speech.objects.filter(meeting=found, state=Speech.State.ASKED).update(state=Speech.State.WITHDRAWN, ended_at=at)
        Meeting.objects.filter(pk=found.pk).update(closed_at=at)
        procedures.perform(case=found.case, step="close", by=by, at=at)
    found.refresh_from_db()
    return found
