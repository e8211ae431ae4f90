"""Rules of meetings in whole numbers: who is called, how many must be there, how early, how long, how many must sign."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from quancheng.meetings.models import AgendaItem, Meeting, Motion
from quancheng.people.models import Office, Organ, Seat
from quancheng.procedures import queries as procedures

BY_OFFICE = (Meeting.Kind.CONGRESS, Meeting.Kind.STANDING_COMMITTEE)  # who has a vote, the seats and offices say
MOTION_ARTICLES = {"bill": "地方组织法第二十二条、第五十二条", "motion": "地方组织法第二十二条、第五十二条",
                   "interpellation": "地方组织法第二十四条、监督法第五十一条"}  # fmt: skip


def quorum(kind: str, base: int) -> int:
    """Return how many of `base` must be present: R0.1 地方组织法 14 two thirds, R0.5 地方组织法 51 more than half.

    A seminar decides nothing and asks for one.
    """
    if kind == Meeting.Kind.CONGRESS:
        return -(-2 * base // 3)
    return 1 if kind == Meeting.Kind.SEMINAR else base // 2 + 1


def quorum_words(kind: str, base: int) -> str:
    """Return how the quorum was computed, for pages and minutes."""
    if kind == Meeting.Kind.CONGRESS:
        return f"全体代表{base}人，三分之二以上即{quorum(kind, base)}人到会方可开会（地方组织法第十四条）"
    if kind == Meeting.Kind.STANDING_COMMITTEE:
        return f"常委会组成人员{base}人，过半数即{quorum(kind, base)}人到会方可开会（地方组织法第五十一条）"
    if kind == Meeting.Kind.SEMINAR:
        return f"应到{base}人"
    return f"应到{base}人，过半数即{quorum(kind, base)}人到会方可开会"


@dataclass(frozen=True)
class Called:
    """Who is called with a vote."""

    account_id: int
    name: str
    delegation: str


def in_force(on: date) -> Q:
    """Return the condition that a seat or office is held on a day."""
    return Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gte=on))


def roster(kind: str, organ: str, on: date) -> list[Called]:
    """Return who has a vote by his seat or office (E6: seats filled on the day; nobody is left out) (1 statement)."""
    if kind == Meeting.Kind.CONGRESS:
        seats = Seat.objects.filter(in_force(on), term__organ_id=organ, account__closed_at=None)
        found = seats.order_by("electoral_unit", "account_id").values_list("account_id", "account__name", "electoral_unit")
        return list({account: Called(account, name, unit) for account, name, unit in found}.values())
    offices = Office.objects.filter(in_force(on), organ_id=organ, role="sc_member", account__closed_at=None)
    rows = offices.order_by("account_id").values_list("account_id", "account__name")
    return list({account: Called(account, name, "") for account, name in rows}.values())


@dataclass(frozen=True)
class Lateness:
    """How many days lie between the notice and the day of the meeting, and how many the rule asks (R4.04)."""

    days: int
    needed: int

    @property
    def late(self) -> bool:
        """Whether the notice is shorter than the rule."""
        return self.days < self.needed

    @property
    def words(self) -> str:
        """Return the count of days in words."""
        return f"距会议还有{self.days}日，规则要求提前{self.needed}日通知"


def notice(kind: str, area: str, starts_at: datetime, on: date) -> Lateness:
    """Return whether a notice sent on a day is in time. R4.04: parameters of the city."""
    key = {Meeting.Kind.CONGRESS: "congress.notice_days", Meeting.Kind.STANDING_COMMITTEE: "sc.notice_days"}.get(
        Meeting.Kind(kind)
    )
    needed = procedures.parameter(key, area=area, on=on) if key else 0
    return Lateness((timezone.localdate(starts_at) - on).days, needed)


def paper_due(meeting: Meeting, item: AgendaItem | None, on: date) -> date:
    """Return until when a paper should be with the members; one about a case is a bill (R4.05)."""
    key = "paper.bill_days" if item is not None and item.case_id else "paper.members_days"
    days = procedures.parameter(key, area=meeting.case.organ.area_id, on=on)
    return timezone.localdate(meeting.starts_at) - timedelta(days=days)


def speech_limit(meeting: Meeting, form: str, spoke_before: bool, on: date) -> int:
    """Return the seconds of a speech: R4.13 10 minutes; in a group 15, then 10."""
    key = "speech.plenary_minutes"
    if form == AgendaItem.Form.GROUP:
        key = "speech.group_again_minutes" if spoke_before else "speech.group_first_minutes"
    return 60 * procedures.parameter(key, area=meeting.case.organ.area_id, on=on)


def signatures(meeting: Meeting, kind: str, on: date) -> int | None:
    """Return how many must sign a motion; None where the law lets no members move one together.

    R0.20 地方组织法 22: ten deputies, in a township five; R0.21, R0.23 地方组织法 52, 监督法 51: five members of the
    standing committee of a city, three of a county; R0.22 地方组织法 24: ten deputies for an interpellation.
    """
    organ: Organ = meeting.case.organ

    def value(key: str) -> int:
        return procedures.parameter(key, area=organ.area_id, on=on)

    if meeting.kind == Meeting.Kind.STANDING_COMMITTEE:
        return value("motion.sc_signatures_city" if organ.area.kind == "city" else "motion.sc_signatures_county")
    if meeting.kind != Meeting.Kind.CONGRESS:
        return None
    if kind == Motion.Kind.INTERPELLATION:
        return value("interpellation.signatures")
    return value("motion.township_signatures" if organ.kind == Organ.Kind.TOWNSHIP_CONGRESS else "motion.min_signatures")


@dataclass(frozen=True)
class Announced:
    """A result that was announced: of which item, what of, the sentence, when."""

    title: str
    sentence: str
    at: datetime
    item_id: int | None = None


_SOURCES: list[Callable[[int], list[Announced]]] = []


def register_results(source: Callable[[int], list[Announced]]) -> None:
    """Let a package above tell which results were announced at a meeting (its id); meetings know nothing of votes."""
    if source not in _SOURCES:
        _SOURCES.append(source)


def results_of(meeting_id: int) -> list[Announced]:
    """Return every result that was announced at a meeting, in the order of time."""
    return sorted((one for source in _SOURCES for one in source(meeting_id)), key=lambda one: one.at)


@dataclass(frozen=True)
class ScreenBlock:
    """What a package above lets the big screen show instead of the speaker: at most seven words and one number a line."""

    heading: str
    lines: tuple[str, ...]


_SCREEN: list[Callable[[int], ScreenBlock | None]] = []


def register_screen(source: Callable[[int], ScreenBlock | None]) -> None:
    """Let a package above put a block on the screen of a meeting (its id): that a vote runs, its announced result."""
    if source not in _SCREEN:
        _SCREEN.append(source)


def screen_block(meeting_id: int) -> ScreenBlock | None:
    """Return the block of the first source that has one."""
    return next((block for source in _SCREEN if (block := source(meeting_id)) is not None), None)
