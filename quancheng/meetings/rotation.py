"""Whose turn it is to attend: never invited first, then longest ago; the same for everybody who asks (M41, S18)."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max
from django.utils import timezone

from quancheng.meetings import rules
from quancheng.meetings.models import Attendee, Invitation, Meeting
from quancheng.people.models import Seat


@dataclass(frozen=True)
class Turn:
    """A deputy's place in the turn, and why: when he was last invited, how often."""

    account_id: int
    name: str
    unit: str
    last_on: date | None
    times: int

    @property
    def words(self) -> str:
        """Return the grounds in words."""
        if self.last_on is None:
            return "本届以来没有被邀请过"
        return f"上次被邀请是{self.last_on:%Y年%m月%d日}的会议，共{self.times}次"


def turns(meeting: Meeting, on: date) -> list[Turn]:
    """Return the deputies who may be invited, in turn: by last invitation, then by how often, then by the roll (3 statements).

    Sitting deputies of the organ's congress who are not members of the meeting and were not invited to it yet. An
    invitation counts whether it was accepted or not; one taken back does not.
    """
    seats = Seat.objects.filter(rules.in_force(on), term__organ_id=meeting.case.organ_id, account__closed_at=None)
    roll = list(seats.order_by("electoral_unit", "id").values_list("account_id", "account__name", "electoral_unit"))
    called = {one.account_id for one in rules.roster(meeting.kind, meeting.case.organ_id, timezone.localdate(meeting.starts_at))}
    called |= set(Attendee.objects.filter(meeting=meeting, account__isnull=False).values_list("account_id", flat=True))
    counted = Invitation.objects.filter(account__isnull=False).exclude(answer=Invitation.Answer.WITHDRAWN)
    called |= set(counted.filter(meeting=meeting).values_list("account_id", flat=True))
    past = {
        account: (last, times)
        for account, last, times in counted.order_by().values("account_id").annotate(
            last=Max("meeting__starts_at"), times=Count("id")
        ).values_list("account_id", "last", "times")
    }  # fmt: skip
    found = []
    for account, name, unit in roll:
        last, times = past.get(account, (None, 0))
        if account not in called:
            found.append(Turn(account, name, unit, timezone.localdate(last) if last else None, times))
    never = date.min
    return sorted({one.account_id: one for one in found}.values(), key=lambda one: (one.last_on or never, one.times))
