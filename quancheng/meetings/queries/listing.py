"""Meetings as lists and as files: of the secretariat, of a member, of the public."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db.models import Count, Q
from django.utils import timezone

from quancheng.kernel.deadlines import Term, due
from quancheng.meetings import rules
from quancheng.meetings.files import path_of
from quancheng.meetings.models import AgendaItem, Attendee, Leave, Meeting, Paper
from quancheng.people.models import Account
from quancheng.people.permissions import PERMISSIONS, Actor, NotAllowed, demand, may
from quancheng.procedures import queries as procedures

PAGE = 30
SHOWN = ("called", "open", "closed", "minuted", "archived")  # what the public sees; a plan is nobody's yet


def organs_of(actor: Actor, permission: str = "meeting.prepare") -> list[str]:
    """Return the organs for which the actor holds a permission of meetings, in the order of his offices."""
    return list(dict.fromkeys(one.organ for one in actor.offices if one.role in PERMISSIONS[permission]))


def meeting(meeting_id: int) -> Meeting:
    """Return a meeting with its case and organ (1 statement). Raises Meeting.DoesNotExist."""
    return Meeting.objects.select_related("case__organ__area").get(pk=meeting_id)


def for_office(meeting_id: int, actor: Actor, permission: str = "meeting.register") -> Meeting:
    """Return a meeting for those who run it. Raises NotAllowed, Meeting.DoesNotExist."""
    found = meeting(meeting_id)
    demand(actor, permission, organ=found.case.organ_id)
    return found


def office_list(actor: Actor, state: str = "", number: int = 1) -> tuple[list[Meeting], int]:
    """Return a page of the meetings of the actor's organs, newest first, and how many there are (2 statements)."""
    found = Meeting.objects.filter(case__organ_id__in=organs_of(actor, "meeting.register")).select_related("case__organ")
    if state:
        found = found.filter(case__state=state)
    rows = found.order_by("-starts_at", "-id")[(number - 1) * PAGE : number * PAGE]
    return list(rows), found.count()


@dataclass(frozen=True)
class Waiting:
    """What waits at the secretariat: meetings planned, called or open, leave to decide, minutes to write or to sign."""

    planned: int
    running: int
    leaves: int
    minutes: int


def waiting(actor: Actor) -> Waiting:
    """Return what waits in the actor's organs (2 statements)."""
    organs = organs_of(actor, "meeting.register")
    counts = Meeting.objects.filter(case__organ_id__in=organs).aggregate(
        planned=Count("id", filter=Q(case__state="planned")),
        running=Count("id", filter=Q(case__state__in=("called", "open"))),
        minutes=Count("id", filter=Q(case__state__in=("closed", "minuted"))),
    )
    asked = Leave.objects.filter(attendee__meeting__case__organ_id__in=organs, granted=None).count()
    return Waiting(counts["planned"], counts["running"], asked, counts["minutes"])


def agenda(found: Meeting) -> list[AgendaItem]:
    """Return the agenda in order (1 statement)."""
    return list(AgendaItem.objects.filter(meeting=found).select_related("case"))


def notice(found: Meeting, on: date) -> rules.Lateness:
    """Return whether a notice sent today would be in time (R4.04; at most 4 statements)."""
    return rules.notice(found.kind, found.case.organ.area_id, found.starts_at, on)


def quorum_words(found: Meeting) -> str:
    """Return how the quorum of a called meeting was computed."""
    return rules.quorum_words(found.kind, found.base)


def roster_size(found: Meeting) -> int:
    """Return how many would be called now: by seat or office, else those who were named (1 statement)."""
    if found.kind in rules.BY_OFFICE:
        return len(rules.roster(found.kind, found.case.organ_id, timezone.localdate(found.starts_at)))
    return Attendee.objects.filter(meeting=found, capacity=Attendee.Capacity.MEMBER).count()


def named_members(found: Meeting) -> list[Attendee]:
    """Return who was named for a meeting whose members no office names (1 statement)."""
    return list(Attendee.objects.filter(meeting=found, capacity=Attendee.Capacity.MEMBER).order_by("id"))


def find_people(words: str, actor: Actor, limit: int = 20) -> list[Account]:
    """Return open accounts whose names hold the words, for naming members (1 statement). Raises NotAllowed."""
    demand(actor, "meeting.prepare")
    if len(words.strip()) < 1:
        return []
    return list(Account.objects.filter(name__contains=words.strip(), closed_at=None).order_by("name", "id")[:limit])


def notice_counts(found: Meeting) -> tuple[int, int]:
    """Return how many were called and how many confirmed the notice; never who read a paper (1 statement)."""
    counts = Attendee.objects.filter(meeting=found).aggregate(
        called=Count("id"), told=Count("id", filter=Q(acknowledged_at__isnull=False))
    )
    return counts["called"], counts["told"]


def papers(found: Meeting, on: date | None = None) -> list[Paper]:
    """Return the papers that were not taken back; with a day, those that members may see on it (1 statement)."""
    rows = Paper.objects.filter(meeting=found, removed_at=None).select_related("item")
    return list((rows if on is None else rows.filter(visible_on__lte=on)).order_by("id"))


def paper_file(paper_id: int, actor: Actor, on: date) -> tuple[Paper, Path]:
    """Return a paper with the place of its bytes: for the secretariat, and from its day for who is called.

    That he opened it is recorded nowhere. Raises NotAllowed, Paper.DoesNotExist.
    """
    found = Paper.objects.select_related("meeting__case").get(pk=paper_id, removed_at=None)
    if not may(actor, "meeting.prepare", organ=found.meeting.case.organ_id):
        called = found.meeting.case.state in SHOWN and Attendee.objects.filter(
            meeting=found.meeting, account_id=actor.account_id or 0
        ).exists()
        if not called or found.visible_on > on:
            raise NotAllowed("meeting.attend")
    return found, path_of(found.digest)


@dataclass(frozen=True)
class Mine:
    """A meeting to which the actor is called, with his own row there."""

    meeting: Meeting
    seat: Attendee
    leave: Leave | None


def mine(actor: Actor, limit: int = 40) -> list[Mine]:
    """Return the meetings to which the actor is called, newest first (2 statements)."""
    rows = Attendee.objects.filter(account_id=actor.id, meeting__case__state__in=(*SHOWN, "cancelled"))
    seats = list(rows.select_related("meeting__case__organ").order_by("-meeting__starts_at")[:limit])
    asked = Leave.objects.filter(attendee__in=[seat.pk for seat in seats]).order_by("id")
    of = {one.attendee_id: one for one in asked} if seats else {}
    return [Mine(seat.meeting, seat, of.get(seat.pk)) for seat in seats]


def my_seat(meeting_id: int, actor: Actor) -> Mine:
    """Return the actor's own row at a meeting to which he was called (2 statements). Raises Attendee.DoesNotExist."""
    rows = Attendee.objects.select_related("meeting__case__organ__area")
    seat = rows.get(meeting_id=meeting_id, account_id=actor.id, meeting__case__state__in=(*SHOWN, "cancelled"))
    return Mine(seat.meeting, seat, seat.leaves.order_by("-id").first())


def unconfirmed(actor: Actor, on: date) -> int:
    """Return how many coming meetings wait for the actor to confirm their notice (1 statement)."""
    return Attendee.objects.filter(
        account_id=actor.id, acknowledged_at=None, meeting__case__state="called", meeting__starts_at__date__gte=on
    ).count()


def public_list(number: int = 1) -> tuple[list[Meeting], int]:
    """Return a page of the meetings that were called, newest first, and how many there are (2 statements)."""
    found = Meeting.objects.filter(case__state__in=(*SHOWN, "cancelled"), called_at__isnull=False)
    rows = found.select_related("case__organ").order_by("-starts_at", "-id")
    return list(rows[(number - 1) * PAGE : number * PAGE]), found.count()


def public_meeting(meeting_id: int) -> Meeting:
    """Return a meeting that was called. Raises Meeting.DoesNotExist."""
    return Meeting.objects.select_related("case__organ").get(pk=meeting_id, called_at__isnull=False)


def next_due(organ: str, on: date) -> tuple[date, bool] | None:
    """Return by when the next meeting of a standing committee must be, and whether none is called by then.

    R4.03 地方组织法 51: at least every two months. None before the first (at most 6 statements).
    """
    rows = Meeting.objects.filter(case__organ_id=organ, kind=Meeting.Kind.STANDING_COMMITTEE)
    last = rows.filter(closed_at__isnull=False).select_related("case__organ").order_by("-closed_at").first()
    if last is None or last.closed_at is None:
        return None
    months = procedures.parameter("sc.meeting_interval_months", area=last.case.organ.area_id, on=on)
    term = Term(months, "month", "地方组织法第五十一条", roll=False)
    until = due(timezone.localdate(last.closed_at), term, procedures.calendar()).due_on
    coming = rows.filter(case__state__in=("called", "open"), starts_at__date__lte=until).exists()
    return until, not coming


def announced(found: Meeting) -> list[rules.Announced]:
    """Return the results that were announced at a meeting, as the packages above tell them; none of a withheld item."""
    hidden = set(AgendaItem.objects.filter(meeting=found).exclude(withheld="").values_list("id", flat=True))
    return [one for one in rules.results_of(found.pk) if one.item_id not in hidden]
