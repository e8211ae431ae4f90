"""Planning a meeting, its agenda and members, and calling it with lawful notice (R4.01, R4.04, R4.10)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from quancheng.kernel.words import letters
from quancheng.meetings import rules
from quancheng.meetings.agenda import Item, append_item, demand_advice_only, item_values
from quancheng.meetings.models import AgendaItem, Attendee, Meeting
from quancheng.meetings.recording import MeetingRefused, enter, line, meeting_of, note, own_seat
from quancheng.people.models import Account
from quancheng.people.permissions import Actor, demand
from quancheng.procedures import acts as procedures

MOST_NAMED = 300


@dataclass(frozen=True)
class Plan:
    """What is fixed of a meeting when it is planned."""

    kind: str
    title: str
    place: str
    starts_at: datetime
    motions_until: datetime | None = None


def _checked(plan: Plan, at: datetime) -> dict[str, object]:
    if plan.kind not in Meeting.Kind.values:
        raise MeetingRefused("请选择会议的种类。", "kind")
    title = line(plan.title, 4, 80, "请写会议全称", "title")
    place = line(plan.place, 2, 80, "请写会议地点", "place")
    if plan.starts_at <= at:
        raise MeetingRefused("会议时间须晚于现在。", "starts_at")
    return {"kind": plan.kind, "title": title, "place": place, "starts_at": plan.starts_at, "motions_until": plan.motions_until}


def plan(*, plan: Plan, organ: str, by: Actor, at: datetime) -> Meeting:
    """Plan a meeting of an organ; nobody is told of it before it is called. Raises NotAllowed, MeetingRefused."""
    demand(by, "meeting.prepare", organ=organ)
    values = _checked(plan, at)
    with transaction.atomic():
        case = procedures.open_case(procedure="meeting", organ=organ, by=by, at=at)
        return Meeting.objects.create(case=case, base=0, quorum=0, **values)


def replan(*, meeting_id: int, plan: Plan, by: Actor, at: datetime) -> Meeting:
    """Change title, place or time while a meeting is planned. Raises NotAllowed, MeetingRefused."""
    found = meeting_of(meeting_id, by, "meeting.prepare", "planned")
    values = _checked(plan, at)
    if values.pop("kind") != found.kind:
        raise MeetingRefused("会议的种类不能更换，请取消后另行筹备。", "kind")
    with transaction.atomic():
        Meeting.objects.filter(pk=found.pk).update(**values)
        enter("replanned", found, {"place": plan.place, "starts_at": str(plan.starts_at), "title": plan.title}, at)
    found.refresh_from_db()
    return found


def change(*, meeting_id: int, place: str, starts_at: datetime, reason: str, by: Actor, at: datetime) -> Meeting:
    """Move a called meeting to another time or place; the members are told again, the public reads why (R4.01).

    A change of the day counts as a new notice: what members confirmed is asked anew. Raises NotAllowed, MeetingRefused.
    """
    found = meeting_of(meeting_id, by, "meeting.prepare", "called")
    place = line(place, 2, 80, "请写会议地点", "place")
    why = line(reason, 4, 200, "请写明变更的理由", "reason")
    if starts_at <= at:
        raise MeetingRefused("会议时间须晚于现在。", "starts_at")
    if (place, starts_at) == (found.place, found.starts_at):
        raise MeetingRefused("时间和地点都没有变。", "starts_at")
    before = f"{timezone.localtime(found.starts_at):%Y-%m-%d %H:%M}，{found.place}"
    after = f"{timezone.localtime(starts_at):%Y-%m-%d %H:%M}，{place}"
    with transaction.atomic():
        Meeting.objects.filter(pk=found.pk).update(place=place, starts_at=starts_at)
        Attendee.objects.filter(meeting=found).update(acknowledged_at=None)
        note("changed", found, why, by, at, "meeting.prepare", f"原定{before}；改为{after}。{why}")
    found.refresh_from_db()
    return found


def name_members(*, meeting_id: int, account_ids: list[int], by: Actor, at: datetime) -> int:
    """Name who has a seat in a meeting whose members no office names; return how many are new.

    Raises NotAllowed, MeetingRefused.
    """
    found = meeting_of(meeting_id, by, "meeting.prepare", "planned")
    if found.kind in rules.BY_OFFICE:
        raise MeetingRefused("这类会议的成员由代表资格或者职务确定，不能另行指定。")
    known = set(Attendee.objects.filter(meeting=found, account__isnull=False).values_list("account_id", flat=True))
    new = Account.objects.filter(pk__in=account_ids, closed_at=None).exclude(pk__in=known)
    rows = [Attendee(meeting=found, account=one, name=one.name, capacity=Attendee.Capacity.MEMBER) for one in new]
    if len(known) + len(rows) > MOST_NAMED:
        raise MeetingRefused(f"一次会议最多指定{MOST_NAMED}人。")
    with transaction.atomic():
        Attendee.objects.bulk_create(rows)
        enter("named", found, {"accounts": sorted(row.account_id or 0 for row in rows)}, at)
    return len(rows)


def unname_member(*, meeting_id: int, attendee_id: int, by: Actor, at: datetime) -> None:
    """Take a named member off a meeting that is planned. Raises NotAllowed, MeetingRefused."""
    found = meeting_of(meeting_id, by, "meeting.prepare", "planned")
    with transaction.atomic():
        if not Attendee.objects.filter(pk=attendee_id, meeting=found, capacity=Attendee.Capacity.MEMBER).delete()[0]:
            raise MeetingRefused("名单中没有这个人，请刷新后再看。")
        enter("unnamed", found, {"attendee": attendee_id}, at)


_EDITABLE = ("planned", "called", "open")


def add_item(*, meeting_id: int, item: Item, by: Actor, at: datetime) -> AgendaItem:
    """Put an item at the end of the agenda; of a called meeting the public sees it at once.

    Raises NotAllowed, MeetingRefused.
    """
    with transaction.atomic():
        found = meeting_of(meeting_id, by, "meeting.prepare", *_EDITABLE, lock=True)
        return append_item(found, item, at)


def _open_to_change(found: Meeting, item_id: int) -> AgendaItem:
    item = AgendaItem.objects.get(pk=item_id, meeting=found)
    if item.opened_at is not None:
        raise MeetingRefused("这项议程已经开始，不能再改。")
    return item


def edit_item(*, meeting_id: int, item_id: int, item: Item, by: Actor, at: datetime) -> AgendaItem:
    """Change an item that has not begun. Raises NotAllowed, MeetingRefused, AgendaItem.DoesNotExist."""
    found = meeting_of(meeting_id, by, "meeting.prepare", *_EDITABLE)
    row = _open_to_change(found, item_id)
    values = item_values(item)
    demand_advice_only(found, item)
    with transaction.atomic():
        AgendaItem.objects.filter(pk=row.pk).update(**values)
        enter("item_changed", found, {"kind": item.kind, "title": str(values["title"])}, at, place=row.place)
    row.refresh_from_db()
    return row


def remove_item(*, meeting_id: int, item_id: int, by: Actor, at: datetime) -> None:
    """Take an item that has not begun off the agenda; the others move up. Raises NotAllowed, MeetingRefused."""
    with transaction.atomic():
        found = meeting_of(meeting_id, by, "meeting.prepare", *_EDITABLE, lock=True)
        row = _open_to_change(found, item_id)
        if row.papers.filter(removed_at=None).exists() or row.motions.exists() or row.speeches.exists():
            raise MeetingRefused("这项议程还有材料、议案或者发言，请先移开。")
        row.papers.update(item=None)
        row.delete()
        AgendaItem.objects.filter(meeting=found, place__gt=row.place).update(place=F("place") - 1)
        enter("item_removed", found, {"title": row.title}, at, place=row.place)


def move_item(*, meeting_id: int, item_id: int, place: int, by: Actor, at: datetime) -> None:
    """Put an item that has not begun at another place of the agenda. Raises NotAllowed, MeetingRefused."""
    with transaction.atomic():
        found = meeting_of(meeting_id, by, "meeting.prepare", *_EDITABLE, lock=True)
        rows = list(AgendaItem.objects.filter(meeting=found))
        row = _open_to_change(found, item_id)
        begun = sum(one.opened_at is not None for one in rows)
        place = max(begun + 1, min(place, len(rows)))
        order = [one for one in rows if one.pk != row.pk]
        order.insert(place - 1, next(one for one in rows if one.pk == row.pk))
        moved = []
        for number, one in enumerate(order, start=1):
            if one.place != number:
                one.place = number
                moved.append(one)
        AgendaItem.objects.bulk_update(moved, ["place"])
        enter("item_moved", found, {"item": row.pk, "place": place}, at)


def call(*, meeting_id: int, late_reason: str, by: Actor, at: datetime) -> Meeting:
    """Send the notice: members taken from seats and offices in force, base and quorum fixed, the public told.

    R4.04: later than the rule only as a special case with its reason; R0.1, R0.5, E6: base = seats filled.
    Ten statements for any number of members. Raises NotAllowed, MeetingRefused, StepRefused, Conflict.
    """
    with transaction.atomic():
        found = meeting_of(meeting_id, by, "meeting.prepare", "planned", lock=True)
        if not AgendaItem.objects.filter(meeting=found).exists():
            raise MeetingRefused("会议还没有议程，不能发出通知。")
        if found.starts_at <= at:
            raise MeetingRefused("会议时间已经过去，请先改期。", "starts_at")
        day = timezone.localdate(at)
        late = rules.notice(found.kind, found.case.organ.area_id, found.starts_at, day)
        reason = ""
        if late.late:
            if len(late_reason.strip()) < 4:
                raise MeetingRefused(f"{late.words}。确有特殊情况的，请写明理由。", "late_reason")
            reason = line(late_reason, 4, 200, "请写明理由", "late_reason")
        base = _seat_members(found, at)
        Meeting.objects.filter(pk=found.pk).update(
            base=base, quorum=rules.quorum(found.kind, base), called_at=at, late_reason=reason
        )
        procedures.perform(case=found.case, step="call", by=by, at=at, note=f"{late.words}：{reason}" if reason else "")
    found.refresh_from_db()
    return found


def _seat_members(found: Meeting, at: datetime) -> int:
    """Give every member his row, number and card; return how many have a vote."""
    if found.kind in rules.BY_OFFICE:
        called = rules.roster(found.kind, found.case.organ_id, timezone.localdate(found.starts_at))
        members = [
            Attendee(
                meeting=found, account_id=one.account_id, name=one.name, delegation=one.delegation,
                capacity=Attendee.Capacity.MEMBER, number=number, card=letters(10),
            )
            for number, one in enumerate(called, start=1)
        ]  # fmt: skip
        Attendee.objects.bulk_create(members, batch_size=500)
    else:
        members = list(Attendee.objects.filter(meeting=found, capacity=Attendee.Capacity.MEMBER).order_by("delegation", "pk"))
        for number, one in enumerate(members, start=1):
            one.number, one.card = number, letters(10)
        Attendee.objects.bulk_update(members, ["number", "card"], batch_size=200)
    if not members:
        raise MeetingRefused("没有可以通知的人：名单是空的。")
    return len(members)


def cancel(*, meeting_id: int, reason: str, by: Actor, at: datetime) -> Meeting:
    """Cancel a meeting that has not begun; whoever was called is told, and the public. Raises NotAllowed, StepRefused, Conflict."""
    found = meeting_of(meeting_id, by, "meeting.lead", "planned", "called")
    why = line(reason, 4, 200, "请写明取消的理由", "reason")
    with transaction.atomic():
        procedures.perform(case=found.case, step="cancel", by=by, at=at, note=why)
    return found


def acknowledge(*, meeting_id: int, by: Actor, at: datetime) -> None:
    """Confirm as a member that the notice arrived. Raises NotAllowed, MeetingRefused."""
    seat = own_seat(meeting_id, by, "called", "open")
    with transaction.atomic():
        if Attendee.objects.filter(pk=seat.pk, acknowledged_at=None).update(acknowledged_at=at):
            enter("acknowledged", seat.meeting, {"attendee": seat.pk}, at)
