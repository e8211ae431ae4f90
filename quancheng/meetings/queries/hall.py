"""Who is in the hall. `Hall` is what a vote must know of its meeting; the registrar's lists stand beside it."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from quancheng.meetings import procedure as _declared  # noqa: F401  # registers the procedure
from quancheng.meetings.models import AgendaItem, Attendee, Leave, Meeting
from quancheng.people.permissions import Actor, demand

MEMBER = Attendee.Capacity.MEMBER
PAGE = 60


@dataclass(frozen=True)
class Hall:
    """Who is in the hall: `base` all who have a vote, `present` those of them now in the hall, `quorum` how many must be."""

    meeting_id: int
    title: str
    organ: str
    is_open: bool
    base: int
    quorum: int
    present: int

    @property
    def has_quorum(self) -> bool:
        """Whether a vote may be opened now (R0.1, R0.5, R4.02 地方组织法 14, 51)."""
        return self.is_open and self.present >= self.quorum

    @property
    def enough(self) -> bool:
        """Whether as many are in the hall as the law asks, open or not."""
        return self.present >= self.quorum


def hall_of(meeting: Meeting) -> Hall:
    """Return who is in the hall of a meeting with its case (1 statement)."""
    present = Attendee.objects.filter(meeting=meeting, capacity=MEMBER, came_at__isnull=False, left_at=None).count()
    return Hall(
        meeting.pk, meeting.title, meeting.case.organ_id, meeting.case.state == "open", meeting.base, meeting.quorum, present
    )


def hall(meeting_id: int) -> Hall:
    """Return who is in the hall of a meeting (2 statements). Raises Meeting.DoesNotExist."""
    return hall_of(Meeting.objects.select_related("case").get(pk=meeting_id))


def is_present(meeting_id: int, account_id: int) -> bool:
    """Tell whether an account is a voting member of the meeting and in the hall now."""
    return Attendee.objects.filter(
        meeting_id=meeting_id, account_id=account_id, capacity=MEMBER, came_at__isnull=False, left_at=None,
    ).exists()


@dataclass(frozen=True)
class Register:
    """A page of the register of a meeting, with counts of its members."""

    rows: list[Attendee]
    total: int
    number: int
    came: int
    excused: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return -(-self.total // PAGE)


def register(meeting: Meeting, actor: Actor, words: str = "", which: str = "", number: int = 1) -> Register:
    """Return who is called, narrowed by name, delegation, number or card, and by where they are (4 statements).

    `which`: in, out (not in the hall), left, or '' for all. Raises NotAllowed.
    """
    demand(actor, "meeting.register", organ=meeting.case.organ_id)
    everybody = Attendee.objects.filter(meeting=meeting)
    found = everybody
    if words:
        by_words = Q(name__contains=words) | Q(delegation__contains=words) | Q(card=words.upper())
        found = found.filter(by_words | Q(number=int(words)) if words.isascii() and words.isdigit() and len(words) < 5 else by_words)
    inside, left = Q(came_at__isnull=False, left_at=None), Q(left_at__isnull=False)
    found = {"in": found.filter(inside), "out": found.exclude(inside), "left": found.filter(left)}.get(which, found)
    start = (number - 1) * PAGE
    rows = list(found.order_by("number", "id")[start : start + PAGE])
    excused = Leave.objects.filter(attendee__meeting=meeting, granted=True).count()
    return Register(
        rows, found.count(), number, everybody.filter(capacity=MEMBER, came_at__isnull=False).count(), excused
    )


def excused(meeting: Meeting) -> set[int]:
    """Return the attendees whose leave was granted (1 statement)."""
    granted = Leave.objects.filter(attendee__meeting=meeting, granted=True)
    return set(granted.values_list("attendee_id", flat=True))


def cards(meeting: Meeting, actor: Actor, number: int, size: int) -> tuple[list[Attendee], int]:
    """Return a page of check-in cards and how many there are (2 statements). Raises NotAllowed."""
    demand(actor, "meeting.register", organ=meeting.case.organ_id)
    found = Attendee.objects.filter(meeting=meeting, card__isnull=False).order_by("number", "id")
    return list(found[(number - 1) * size : number * size]), found.count()


def leaves(meeting: Meeting, actor: Actor) -> list[Leave]:
    """Return the requests for leave, those that wait first (1 statement). Raises NotAllowed."""
    demand(actor, "meeting.register", organ=meeting.case.organ_id)
    found = Leave.objects.filter(attendee__meeting=meeting).select_related("attendee")
    return sorted(found.order_by("asked_at"), key=lambda one: one.granted is not None)


@dataclass(frozen=True)
class Absences:
    """Who was absent without leave: the account, his name, from which meetings (title, day)."""

    account_id: int
    name: str
    meetings: tuple[tuple[str, datetime], ...]


def absent_twice(organ: str, actor: Actor, since: date) -> list[Absences]:
    """Return who was absent from two or more sessions of the congress without leave since a day (1 statement).

    R4.22 代表法 62: the seat ends; the software only says so, the organ decides. Raises NotAllowed.
    """
    demand(actor, "meeting.prepare", organ=organ)
    rows = (
        Attendee.objects.filter(
            meeting__case__organ_id=organ, meeting__kind=Meeting.Kind.CONGRESS, capacity=MEMBER, came_at=None,
            meeting__case__state__in=("closed", "minuted", "archived"), meeting__starts_at__date__gte=since,
            account__isnull=False,
        )
        .exclude(leaves__granted=True)
        .order_by("meeting__starts_at")
        .values_list("account_id", "name", "meeting__title", "meeting__starts_at")
    )  # fmt: skip
    found: dict[int, list[tuple[str, datetime]]] = {}
    names: dict[int, str] = {}
    for account, name, title, starts_at in rows:
        if account is not None:
            names[account] = name
            found.setdefault(account, []).append((title, starts_at))
    return [Absences(key, names[key], tuple(missed)) for key, missed in sorted(found.items()) if len(missed) >= 2]


def current_item(meeting: Meeting) -> AgendaItem | None:
    """Return the item that is open now (1 statement)."""
    return AgendaItem.objects.filter(meeting=meeting, opened_at__isnull=False, closed_at=None).first()
