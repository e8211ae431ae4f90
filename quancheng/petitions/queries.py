"""Reads of petitions: the petitioner's page, the office's list and record, the level above, figures.

What is sealed is in none of them but the sealed queues, for those whom `vault.reaches` names (S02).
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery

from quancheng.handling import figures as handling_figures
from quancheng.handling import queries as handling
from quancheng.handling.queries import light
from quancheng.kernel.deadlines import Light, Term, due
from quancheng.people.permissions import Actor, NotAllowed, demand, may
from quancheng.petitions import procedure as _declared  # noqa: F401  # registers the procedure
from quancheng.petitions import rules, vault
from quancheng.petitions.models import (
    Addition,
    OversightLead,
    Paper,
    Petition,
    PetitionerReading,
    Reception,
    Review,
    SealedItem,
)
from quancheng.procedures import declare
from quancheng.procedures import queries as procedures
from quancheng.procedures.library import LIBRARY
from quancheng.procedures.models import Case, Clock
from quancheng.procedures.queries import ThreadStep

PAGE = 50
CAP = 10_000
_MOVED = "（已按规定转送）"


def state_label(case: Case) -> str:
    """Return what people read of a case's state."""
    return declare.get(case.procedure, case.version).states[case.state].label


# — the petitioner —


def find_receipt(code: str) -> str:
    """Return the receipt code if something came in under it, be it sealed or not; else '' (≤3 statements)."""
    if Petition.objects.filter(receipt_code=code).exists() or Addition.objects.filter(receipt_code=code).exists():
        return code
    return code if code and SealedItem.objects.filter(receipt_index=rules.receipt_index(code)).exists() else ""


@dataclass(frozen=True)
class ReceiptPage:
    """The petitioner's page. Of what is still sealed it says that it came in, and no more."""

    code: str
    state: str
    received_at: datetime
    petition: Petition | None = None
    papers: list[Paper] = field(default_factory=list)
    additions: list[Addition] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    readings: list[PetitionerReading] = field(default_factory=list)
    thread: list[ThreadStep] = field(default_factory=list)
    clocks: list[Clock] = field(default_factory=list)
    may: frozenset[str] = frozenset()  # supplement, withdraw, grade, review, re_examination
    feedback: str = ""
    nobody: bool = False  # all who might read it have to stand aside


_WITHDRAWABLE = {s for step in declare.get("petition").steps if step.key == "withdraw" for s in step.sources}
_ASKABLE = {"concluded": "review", "reviewed": "re_examination"}


def receipt(code: str, today: date) -> ReceiptPage:
    """Return the page of a receipt code (≤8 statements). Raises SealedItem.DoesNotExist."""
    found = Petition.objects.select_related("case__organ").filter(receipt_code=code).first()
    if found is None:
        added = Addition.objects.select_related("petition__case__organ").filter(receipt_code=code).first()
        if added is not None:
            label = f"{added.get_kind_display()}，归入{added.petition.case.number}"
            return ReceiptPage(code, label, added.received_at)
        return _sealed_receipt(code, today)
    if found.moved_at is not None:
        return _sealed_receipt(code, today)
    clocks = list(Clock.objects.filter(case=found.case, stopped_at=None).select_related("organ").order_by("due_on"))
    papers = list(found.papers.order_by("id"))
    return ReceiptPage(
        code=code, state=state_label(found.case), received_at=found.received_at, petition=found, papers=papers,
        additions=list(found.additions.order_by("id")), reviews=list(found.reviews.select_related("organ").order_by("id")),
        readings=list(found.readings.order_by("id")), thread=procedures.thread(found.case, today, clocks), clocks=clocks,
        may=_open_to(found, papers, clocks, today),
    )


def _open_to(found: Petition, papers: list[Paper], clocks: list[Clock], today: date) -> frozenset[str]:
    """Return what the petitioner can do now."""
    state = found.case.state
    can = set()
    if not declare.get("petition", found.case.version).states[state].final:
        can.add("supplement")
    if state in _WITHDRAWABLE:
        can.add("withdraw")
    if found.graded_at is None and any(paper.kind == Paper.Kind.CONCLUSION for paper in papers):
        can.add("grade")
    if state in _ASKABLE:
        over = any(c.key == f"apply_{_ASKABLE[state]}" and c.due_on < today for c in clocks)
        can |= set() if over else {_ASKABLE[state]}
    return frozenset(can)


def _sealed_receipt(code: str, today: date) -> ReceiptPage:
    """Return the page of what lies under seal: unsorted, accusing and forwarded look alike but for having gone on."""
    item = SealedItem.objects.get(receipt_index=rules.receipt_index(code))
    status = vault.status_of(item)
    gone = status.kind == vault.FORWARDED or status.state in (vault.TRANSFERRED, vault.CLOSED)
    state = "已按规定转送有权处理的机关" if gone else "已收到，正在登记、甄别"
    can = frozenset() if gone else frozenset({"supplement", "withdraw"})
    nobody = not gone and not vault.has_reader(item, status, today)
    return ReceiptPage(
        code=code, state=state, received_at=item.received_at, feedback=status.feedback, may=can, nobody=nobody
    )


@dataclass(frozen=True)
class MyPetition:
    """One line of everything that a person submitted."""

    title: str
    state: str
    at: datetime
    receipt_code: str


def my_petitions(subjects: list[str]) -> list[MyPetition]:
    """Return what stands behind these subjects of a proved number, newest first (≤3 statements)."""
    keys = subjects[:1000]
    found = [
        MyPetition(p.title or "信访来件", state_label(p.case), p.received_at, p.receipt_code)
        for p in Petition.objects.filter(author_key__in=keys).select_related("case")
    ]
    shown = {line.receipt_code for line in found}
    for item in SealedItem.objects.filter(author_index__in=[rules.author_key_index(key) for key in keys]):
        page = vault.status_of(item)
        if page.receipt_code not in shown:
            found.append(MyPetition("信访来件", "已收到", item.received_at, page.receipt_code))
    return sorted(found, key=lambda line: line.at, reverse=True)


def reception(organ: str = "") -> list[Reception]:
    """Return where, when and how petitions are taken (R7.31): of an office, or of all (1 statement)."""
    found = Reception.objects.select_related("organ").order_by("organ_id")
    return list(found.filter(organ_id=organ) if organ else found)


# — the office —


def _organs(actor: Actor, permission: str = "petition.handle") -> set[str]:
    demand(actor, permission)
    return {o.organ for o in actor.offices if may(actor, permission, organ=o.organ)}


@dataclass(frozen=True)
class Filters:
    """What narrows the office's list; empty does not filter. `late`: with a clock that is over."""

    state: str = ""
    kind: str = ""
    about: str = ""
    unit: str = ""
    text: str = ""
    late: bool = False
    sort: str = ""


@dataclass(frozen=True)
class Line:
    """One petition in a list, with the clock that is due first and its light."""

    petition: Petition
    title: str
    state: str
    due_on: date | None = None
    label: str = ""
    light: Light | None = None


@dataclass(frozen=True)
class ListPage:
    """A page of a list; `total` is exact up to the cap."""

    rows: list[Line]
    total: int
    number: int

    @property
    def pages(self) -> int:
        """How many pages the list has."""
        return max(-(-self.total // PAGE), 1)


_ORDERS = {"": ("-pk",), "old": ("pk",), "due": (F("due").asc(nulls_last=True), "pk")}


def desk_list(actor: Actor, filters: Filters, today: date, number: int = 1) -> ListPage:
    """Return a page of the petitions of the actor's offices (3 statements). Raises NotAllowed."""
    found = Petition.objects.filter(case__organ_id__in=_organs(actor)).select_related("case__organ").defer("salt")
    return _page(_narrowed(found, filters, today), number, today)


def _narrowed(found: QuerySet[Petition], filters: Filters, today: date) -> QuerySet[Petition]:
    for name, value in (("case__state", filters.state), ("kind", filters.kind), ("about", filters.about)):
        found = found.filter(**{name: value}) if value else found
    if filters.unit:
        found = found.filter(case__assignments__unit_id=filters.unit, case__assignments__ended_at=None)
    if filters.late:
        over = Clock.objects.filter(stopped_at=None, due_on__lt=today, case__procedure="petition")
        found = found.filter(case_id__in=over.exclude(key__startswith="apply_").values("case_id"))
    if filters.text:
        words = Q(title__contains=filters.text) | Q(facts__contains=filters.text)
        found = found.filter(words | Q(request__contains=filters.text) | Q(case__number__contains=filters.text))
    if filters.sort == "due":
        running = Clock.objects.filter(case=OuterRef("case_id"), stopped_at=None).order_by("due_on")
        found = found.annotate(due=Subquery(running.values("due_on")[:1]))
    return found.order_by(*_ORDERS.get(filters.sort, _ORDERS[""]))


def _page(found: QuerySet[Petition], number: int, today: date) -> ListPage:
    total = found.order_by()[:CAP].count()
    number = min(max(number, 1), max(-(-total // PAGE), 1))
    return ListPage(_lines(found[(number - 1) * PAGE : number * PAGE], today), total, number)


def _lines(found: Iterable[Petition], today: date) -> list[Line]:
    rows, first = list(found), dict[int, Clock]()
    for clock in Clock.objects.filter(case_id__in=[row.case_id for row in rows], stopped_at=None).order_by("-due_on"):
        first[clock.case_id] = clock
    lines = []
    for row in rows:
        title, due_first = row.title or _MOVED, first.get(row.case_id)
        if due_first is None:
            lines.append(Line(row, title, state_label(row.case)))
            continue
        colour = light(due_first.due_on, today)
        lines.append(Line(row, title, state_label(row.case), due_first.due_on, due_first.label, colour))
    return lines


def state_counts(actor: Actor) -> list[tuple[str, str, int]]:
    """Return (state, what it is called, how many) for the actor's offices, as the procedure orders them (1 statement)."""
    found = Petition.objects.filter(case__organ_id__in=_organs(actor)).order_by()
    counts = dict(found.values_list("case__state").annotate(n=Count("id")))
    states = declare.get("petition").states
    return [(key, state.label, counts[key]) for key, state in states.items() if key in counts]


def reviews_waiting(actor: Actor) -> list[Review]:
    """Return the 复查 and 复核 that wait for the actor's organs, the oldest first (1 statement). Raises NotAllowed."""
    organs = _organs(actor, "petition.review")
    mine = Q(organ_id__in=organs) | Q(organ=None, petition__case__organ_id__in=organs)
    found = Review.objects.filter(mine, decided_at=None, petition__moved_at=None)
    return list(found.select_related("petition__case", "organ").order_by("applied_at")[:200])


@dataclass(frozen=True)
class Detail:
    """One petition whole. Who petitions is not here: it is opened on record."""

    petition: Petition
    state: str
    thread: list[ThreadStep]
    record: handling.Record
    papers: list[Paper]
    additions: list[Addition]
    reviews: list[Review]
    lead: OversightLead | None
    office: bool  # the actor works for the office of the case
    reviewer: bool  # or for the level above


def detail(petition_id: int, actor: Actor, today: date) -> Detail:
    """Return a petition for its office, a unit with a share in it, the level above (≤15 statements).

    Raises NotAllowed, Petition.DoesNotExist.
    """
    return _detail(Petition.objects.select_related("case__organ", "area").get(pk=petition_id), actor, today)


def of_case(case_id: int, actor: Actor, today: date) -> int:
    """Return the id of the petition of a case, for those who see it. Raises as `detail`."""
    found = Petition.objects.select_related("case__organ", "area").get(case_id=case_id)
    return _detail(found, actor, today).petition.pk


def _detail(found: Petition, actor: Actor, today: date) -> Detail:
    reviews = list(found.reviews.select_related("organ", "decided_by").order_by("id"))
    office = may(actor, "petition.handle", organ=found.case.organ_id)
    above = any(one.organ_id and may(actor, "petition.review", organ=one.organ_id) for one in reviews)
    unit = found.moved_at is None and not above and not office and handling.may_see(actor, found.case)
    if not (office or above or unit):
        raise NotAllowed("petition.handle")
    record = handling.record(found.case, today)
    return Detail(
        petition=found, state=state_label(found.case), thread=procedures.thread(found.case, today, record.clocks),
        record=record, papers=list(found.papers.select_related("by").order_by("id")),
        additions=list(found.additions.order_by("id")), reviews=reviews,
        lead=OversightLead.objects.filter(petition=found).first(), office=office, reviewer=above,
    )


# — under seal —


@dataclass(frozen=True)
class SealedLine:
    """One item of a sealed queue, with the light of the 15 days; neither words nor whom it accuses."""

    row: vault.Row
    due_on: date
    light: Light


def unsorted(actor: Actor, today: date) -> list[SealedLine]:
    """Return what waits to be sorted and accuses nobody, as far as its writer said, the soonest due first. Raises NotAllowed."""
    demand(actor, "petition.sort")
    return sorted(_sealed_lines(actor, today, accusing=False), key=lambda line: line.due_on)


def sealed(actor: Actor, today: date) -> list[SealedLine]:
    """Return the accusations that the actor reaches, newest first (S02). Raises NotAllowed."""
    demand(actor, "petition.sealed")
    return _sealed_lines(actor, today, accusing=True)


def _sealed_lines(actor: Actor, today: date, accusing: bool) -> list[SealedLine]:
    days = Term(LIBRARY["petition.notify_days"].default, "day", LIBRARY["petition.notify_days"].article)
    lines = []
    for row in vault.rows(vault.reader(actor), accusing):
        last = due(row.day, days, procedures.calendar_at_hand()).due_on
        lines.append(SealedLine(row, last, light(last, today)))
    return lines


def sealed_line(item_id: str, actor: Actor, today: date) -> SealedLine:
    """Return the line of one item that the actor reaches; alike for what he does not reach and what is not there.

    Raises SealedItem.DoesNotExist.
    """
    item = SealedItem.objects.get(public_id=item_id)
    status = vault.status_of(item)
    if not vault.reaches(vault.reader(actor), item, status):
        raise SealedItem.DoesNotExist
    row = vault.row_of(item, status)
    days = Term(LIBRARY["petition.notify_days"].default, "day", LIBRARY["petition.notify_days"].article)
    last = due(row.day, days, procedures.calendar_at_hand()).due_on
    return SealedLine(row, last, light(last, today))


def earlier(author: str, actor: Actor) -> list[Petition]:
    """Return the petitions of the same author at the actor's offices, for sorting alone (信访工作条例 36; 1 statement)."""
    organs = _organs(actor, "petition.sort")
    found = Petition.objects.filter(author_index=bytes.fromhex(author), case__organ_id__in=organs, moved_at=None)
    return list(found.select_related("case").order_by("-pk")[:20])


def item_of_receipt(code: str) -> str:
    """Return the public id of the sealed item of a receipt code, for whoever handed it in. Raises SealedItem.DoesNotExist."""
    return SealedItem.objects.values_list("public_id", flat=True).get(receipt_index=rules.receipt_index(code))


# — figures —


def month(first: date, until: date, today: date) -> tuple[int, list[handling_figures.MonthLine]]:
    """Return how many petitions came in from `first` to before `until`, and each unit's month (5 statements).

    Of what lies under seal none is counted, sorted or not (S02).
    """
    received = Petition.objects.filter(received_at__date__gte=first, received_at__date__lt=until, moved_at=None)
    open_ones = Q(case__petition__moved_at=None)
    return received.count(), handling_figures.month(first, until, today, "petition", open_ones)


def grades(actor: Actor) -> dict[str, Counter[str]]:
    """Return how petitioners rated the office and the units: which -> grade -> how many (1 statement). Raises NotAllowed."""
    found = Petition.objects.filter(case__organ_id__in=_organs(actor), graded_at__isnull=False)
    counted: dict[str, Counter[str]] = {"office": Counter(), "unit": Counter()}
    for office, unit in found.values_list("office_grade", "unit_grade"):
        counted["office"][office] += 1
        counted["unit"][unit] += 1
    return counted
