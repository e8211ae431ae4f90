"""Reads of suggestions: a deputy's own, the office's lists, one with everything, proposals of units, what is public."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from quancheng.handling import figures
from quancheng.handling import queries as handling
from quancheng.handling.models import Answer, Assignment, BundleMember, Rating
from quancheng.kernel.similar import look_alikes
from quancheng.kernel.text import fold
from quancheng.people import sealing
from quancheng.people.models import Account, Organ, Seat
from quancheng.people.permissions import PERMISSIONS, Actor, NotAllowed, demand, may
from quancheng.procedures import queries as procedures
from quancheng.procedures.models import CaseEvent
from quancheng.publications.models import Publication
from quancheng.suggestions import rules
from quancheng.suggestions.forms import blank_form, blank_table, read_all
from quancheng.suggestions.models import (
    ImportBatch,
    PressureReport,
    Return,
    Session,
    Sponsor,
    Suggestion,
    UnitProposal,
)
from quancheng.suggestions.packs import kept

__all__ = [
    "Detail", "Filters", "Page", "alike", "asked", "batch", "batches", "blank_form", "blank_table", "catalogue",
    "categories", "deputies", "detail", "grounds", "mine", "month", "my_pressure_reports", "name_of",
    "of_case", "office_list", "offices_of", "pressure_reports", "preview", "proposals", "proposals_for", "published",
    "sessions", "state_counts", "to_rate", "without_sponsor",
]

PAGE = 50
SEAL = "pressure"
name_of = rules.name_of


def sessions(organ: str) -> list[Session]:
    """Return the sessions of an office, newest first."""
    return list(Session.objects.filter(organ_id=organ).order_by("-opens_on"))


def categories() -> list[tuple[str, str]]:
    """Return the categories and what they are called."""
    return [(str(value), str(label)) for value, label in Suggestion.Category.choices]


def grounds() -> list[tuple[str, str]]:
    """Return the closed list of grounds on which a suggestion is given back (R7.02)."""
    return [(str(value), str(label)) for value, label in Return.Ground.choices]


def deputies(on: date, words: str = "", limit: int = 30) -> list[Account]:
    """Return deputies in office whose name holds the words, by name: for asking to co-sign."""
    in_force = Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gte=on))
    held = Seat.objects.filter(in_force).values("account_id")
    return list(Account.objects.filter(pk__in=held, name__contains=words.strip(), closed_at=None).order_by("name")[:limit])


def plain(suggestion_id: int) -> Suggestion:
    """Return a suggestion with its case, for an act that checks by itself who acts (1 statement). Raises Suggestion.DoesNotExist."""
    return Suggestion.objects.select_related("case").get(pk=suggestion_id)


def of_case(case_id: int) -> int:
    """Return the id of the suggestion of a case. Raises Suggestion.DoesNotExist."""
    return Suggestion.objects.values_list("pk", flat=True).get(case_id=case_id)


def _listed() -> QuerySet[Suggestion]:
    return Suggestion.objects.select_related("case", "session", "lead")


def mine(actor: Actor, number: int = 1) -> list[Suggestion]:
    """Return a page of what the actor leads or signed, newest first (1 statement). Raises NotAllowed."""
    demand(actor, "suggestion.write")
    signed = Sponsor.objects.filter(suggestion=OuterRef("pk"), account_id=actor.id, state=Sponsor.State.CONFIRMED)
    found = _listed().filter(Q(lead_id=actor.id) | Exists(signed)).order_by("-id")
    return list(found[(number - 1) * PAGE : number * PAGE])


def asked(actor: Actor) -> list[Sponsor]:
    """Return the requests to co-sign that wait for the actor, oldest first (1 statement). Raises NotAllowed."""
    demand(actor, "suggestion.write")
    found = Sponsor.objects.filter(
        account_id=actor.id, state=Sponsor.State.ASKED, suggestion__case__state__in=("draft", "returned")
    )
    return list(found.select_related("suggestion__case", "suggestion__lead").order_by("asked_at"))


def to_rate(actor: Actor) -> list[Answer]:
    """Return the answers that wait for the actor's rating, as lead sponsor, oldest first (1 statement)."""
    found = Answer.objects.filter(
        assignment__case__suggestion__lead_id=actor.id, rating=None, signed_at__isnull=False,
    ).exclude(assignment__role=Assignment.Role.ASSIST)
    now = Q(assignment__case__state="answered", round=1) | Q(assignment__case__state="answered_again", round=2)
    return list(found.filter(now).select_related("assignment__case__suggestion", "assignment__unit").order_by("signed_at"))


@dataclass(frozen=True)
class Filters:
    """How the office narrows its list; '' and 0 do not narrow."""

    state: str = ""
    session_id: int = 0
    category: str = ""
    unit: str = ""
    words: str = ""
    kind: str = ""
    key: bool = False
    year: int = 0
    lead_id: int = 0


@dataclass(frozen=True)
class Page:
    """A page of a list and how many there are in all."""

    rows: list[Suggestion]
    total: int
    number: int


def _narrowed(found: QuerySet[Suggestion], wanted: Filters) -> QuerySet[Suggestion]:
    for column, value in (
        ("case__state", wanted.state), ("session_id", wanted.session_id), ("category", wanted.category),
        ("kind", wanted.kind), ("submitted_at__year", wanted.year), ("lead_id", wanted.lead_id),
    ):
        if value:
            found = found.filter(**{column: value})
    if wanted.unit:
        share = Assignment.objects.filter(case=OuterRef("case_id"), unit_id=wanted.unit)
        found = found.filter(Exists(share))
    if wanted.key:
        found = found.filter(case__key_file__isnull=False)
    for word in wanted.words.split()[:5]:
        found = found.filter(Q(title__contains=word) | Q(body__contains=word))
    return found


def offices_of(actor: Actor) -> list[str]:
    """Return the offices whose suggestions the actor reads: his own, or those under the organ he serves (1 statement)."""
    own = {office.organ for office in actor.offices if office.role in PERMISSIONS["suggestion.read"]}
    keep = Q(office__role__in=("deputy_office", "deputy_office_lead"))
    found = Organ.objects.filter(keep, Q(pk__in=own) | Q(parent_id__in=own)).distinct().order_by("pk")
    return sorted(found.values_list("pk", flat=True), key=lambda code: (code not in own, code)) or sorted(own)


def _demand_read(actor: Actor, organ: str) -> None:
    """Raise NotAllowed unless the actor reads an office's suggestions, at the office or at the organ above it."""
    if not may(actor, "suggestion.read", organ=organ):
        above = Organ.objects.values_list("parent_id", flat=True).filter(pk=organ).first()
        demand(actor, "suggestion.read", organ=above or organ)


def office_list(organ: str, actor: Actor, wanted: Filters, number: int = 1) -> Page:
    """Return a page of an office's suggestions, newest first; drafts are not its business (2 statements). Raises NotAllowed."""
    _demand_read(actor, organ)
    found = _narrowed(_listed().filter(case__organ_id=organ).exclude(case__state="draft"), wanted)
    rows = found.select_related("case__key_file").order_by("-submitted_at", "-id")[(number - 1) * PAGE : number * PAGE]
    return Page(list(rows), found.count(), number)


def state_counts(organ: str, actor: Actor) -> dict[str, int]:
    """Return how many suggestions an office has in each state (1 statement). Raises NotAllowed."""
    _demand_read(actor, organ)
    found = Suggestion.objects.filter(case__organ_id=organ).exclude(case__state="draft")
    return dict(found.values_list("case__state").annotate(n=Count("id")).order_by())


@dataclass
class Detail:
    """A suggestion with its signatures, returns, proposals and handling."""

    suggestion: Suggestion
    sponsors: list[Sponsor]
    returns: list[Return]
    proposals: list[UnitProposal]
    record: handling.Record
    publication: Publication | None
    past: list[CaseEvent]  # what happened, for the thread
    former_lead: bool = field(default=False)  # the lead sponsor holds no seat today; told to the office


def detail(suggestion_id: int, actor: Actor, today: date) -> Detail:
    """Return a suggestion with everything, for its authors, its office, units with a share, the supervising committee.

    At most 5 statements, and those of its record.

    A draft is seen by its lead and by whom he asked. Raises NotAllowed, Suggestion.DoesNotExist.
    """
    found = Suggestion.objects.select_related("case__organ", "session", "lead", "entered_by").get(pk=suggestion_id)
    sponsors = list(Sponsor.objects.filter(suggestion=found).select_related("account"))
    past = procedures.events(found.case)
    happened = {event.step for event in past}
    record = handling.record(found.case, today, happened)
    own = actor.account_id is not None and (
        found.lead_id == actor.account_id or any(s.account_id == actor.account_id for s in sponsors)
    )
    readable = found.case.state != "draft" and (
        any(may(actor, "suggestion.read", organ=code) for code in (found.case.organ_id, found.case.organ.parent_id) if code)
        or handling.takes_part(actor, record)
    )
    if not own and not readable:
        raise NotAllowed("suggestion.read")
    office = may(actor, "suggestion.check", organ=found.case.organ_id)
    proposed = found.case.state in ("draft", "returned", "submitted", "checked")
    return Detail(
        suggestion=found, sponsors=sponsors, record=record, past=past,
        returns=list(found.returns.select_related("by").order_by("id")) if happened & {"return", "reject"} else [],
        proposals=list(found.proposals.select_related("unit").order_by("role", "id")) if proposed else [],
        publication=_publication(found) if "suggestion.publication" in happened else None,
        former_lead=office and found.lead_id not in rules.seated({found.lead_id}, today),
    )


def _publication(found: Suggestion) -> Publication | None:
    return Publication.objects.filter(case_id=found.case_id, kind=rules.KIND).order_by("-id").first()


@dataclass(frozen=True)
class Proposal:
    """A unit that could be asked, and why: a proposal, never an assignment (S17)."""

    unit: Organ
    why: str


def proposals(suggestion_id: int, today: date, limit: int = 5) -> list[Proposal]:
    """Return units proposed for a suggestion: by the deputy or the form, named in its text, or by what like ones got.

    A person assigns. (4 statements)
    """
    found = Suggestion.objects.get(pk=suggestion_id)
    return proposals_for([found], today)[found.pk][:limit]


def proposals_for(
    rows: list[Suggestion], today: date, known: list[Organ] | None = None
) -> dict[int, list[Proposal]]:
    """Return for each suggestion of a page the units proposed, best first; a person assigns (3 statements).

    `known`: the units in being, where the page has read them.
    """
    units = {organ.pk: organ for organ in (handling.units(today) if known is None else known)}
    why: dict[int, dict[str, str]] = {row.pk: {} for row in rows}
    for given in UnitProposal.objects.filter(suggestion__in=rows).order_by("role", "id"):
        if given.unit_id in units:
            role = "主办" if given.role == UnitProposal.Role.LEAD else "协办"
            why[given.suggestion_id][given.unit_id] = f"代表或者来件建议{role}"
    earlier = Assignment.objects.filter(
        role=Assignment.Role.LEAD, case__suggestion__category__in={row.category for row in rows}
    ).order_by("-id")
    past = [
        (unit, category, _pairs(title))
        for unit, category, title in earlier.values_list("unit_id", "case__suggestion__category", "case__suggestion__title")[:2000]
    ]
    for row in rows:
        words, ours = fold(row.title + row.body), _pairs(row.title)
        for code, unit in units.items():
            if fold(unit.name) in words:
                why[row.pk].setdefault(code, "文中提到这个单位")
        scores: Counter[str] = Counter()
        for code, category, theirs in past:
            if category == row.category:
                scores[code] += len(ours & theirs)
        for code, score in scores.most_common(3):
            if score and code in units:
                why[row.pk].setdefault(code, "办理过同类建议")
    return {pk: [Proposal(units[code], reason) for code, reason in list(found.items())[:5]] for pk, found in why.items()}


def _pairs(title: str) -> set[str]:
    """Return the pairs of neighbouring characters of a title, without those that every title has."""
    words = fold(title)
    return {words[k : k + 2] for k in range(max(len(words) - 1, 0))} - {"关于", "建议", "的建"}


def alike(organ: str, actor: Actor) -> list[list[Suggestion]]:
    """Return groups of like suggestions that are checked or being handled: proposals for a joint answer (S10).

    Raises NotAllowed.
    """
    demand(actor, "suggestion.check", organ=organ)
    states = ("checked", "assigned", "contacting")
    joined = BundleMember.objects.filter(case=OuterRef("case_id"), left_at=None)
    rows = _listed().filter(~Exists(joined), case__organ_id=organ, kind="suggestion", case__state__in=states)
    found = list(rows.order_by("id")[:2000])
    groups = look_alikes([f"{one.title}\n{one.body}" for one in found], threshold=0.5)
    return [[found[position] for position in group] for group in groups]


def without_sponsor(organ: str, actor: Actor, today: date) -> list[Suggestion]:
    """Return the open suggestions whose lead sponsor holds no seat today, for the office (1 statement). Raises NotAllowed."""
    demand(actor, "suggestion.check", organ=organ)
    in_force = Q(valid_from__lte=today) & (Q(valid_to=None) | Q(valid_to__gte=today))
    seat = Seat.objects.filter(in_force, account_id=OuterRef("lead_id"))
    over = ("draft", "withdrawn", "closed", "filed", "became_suggestion")
    return list(_listed().filter(~Exists(seat), case__organ_id=organ).exclude(case__state__in=over).order_by("id"))


def batches(organ: str, actor: Actor) -> list[ImportBatch]:
    """Return the imports of an office, newest first. Raises NotAllowed."""
    demand(actor, "suggestion.import", organ=organ)
    return list(ImportBatch.objects.filter(organ_id=organ).select_related("by", "session").order_by("-id")[:100])


def batch(batch_id: int, actor: Actor) -> ImportBatch:
    """Return an import with its faults. Raises NotAllowed, ImportBatch.DoesNotExist."""
    found = ImportBatch.objects.select_related("by", "session").prefetch_related("faults").get(pk=batch_id)
    demand(actor, "suggestion.import", organ=found.organ_id)
    return found


@dataclass(frozen=True)
class Preview:
    """A line of the dry run: what would be taken in, from where, signed by whom, and which units are proposed."""

    place: str
    title: str
    lead: str
    others: int
    units: tuple[tuple[str, str], ...]


def preview(found: ImportBatch, at: datetime) -> list[Preview]:
    """Return what a checked batch would take in; the caller has shown that he may see it (6 statements).

    Raises BadBatch where its files are gone.
    """
    rows = read_all(kept(found), at)
    names = dict(Account.objects.filter(pk__in={row.lead for row in rows}).values_list("pk", "name"))
    units = dict(Organ.objects.filter(kind=Organ.Kind.GOVERNMENT).values_list("pk", "name"))
    label = {value: str(words) for value, words in UnitProposal.Role.choices}
    return [
        Preview(
            row.place, row.paper.title if row.paper else "", names.get(row.lead, ""), len(row.others),
            tuple((units.get(code, code), label.get(role, role)) for code, role in row.units),
        )
        for row in rows
    ]


@dataclass(frozen=True)
class Published:
    """A published suggestion with the last grade it was given."""

    suggestion: Suggestion
    publication: Publication
    grades: tuple[str, ...]


def published(wanted: Filters, grade: str = "", number: int = 1) -> tuple[list[Published], int]:
    """Return a page of the published suggestions, newest first, and how many there are (4 statements)."""
    papers = Publication.objects.filter(kind=rules.KIND, state=Publication.State.RELEASED, case=OuterRef("case_id"))
    found = _narrowed(_listed().filter(Exists(papers)), wanted)
    if grade:
        graded = Rating.objects.filter(answer__assignment__case=OuterRef("case_id"), grade=grade)
        found = found.filter(Exists(graded))
    rows = list(found.order_by("-submitted_at", "-id")[(number - 1) * PAGE : number * PAGE])
    ids = [row.case_id for row in rows]
    papers_by = {
        paper.case_id: paper
        for paper in Publication.objects.filter(kind=rules.KIND, state=Publication.State.RELEASED, case_id__in=ids).order_by("id")
    }
    grades: dict[int, list[str]] = {}
    ratings = Rating.objects.filter(answer__assignment__case_id__in=ids).select_related("answer__assignment")
    for rating in ratings.order_by("id"):
        grades.setdefault(rating.answer.assignment.case_id, []).append(rating.get_grade_display())
    listed = [Published(row, papers_by[row.case_id], tuple(grades.get(row.case_id, ()))) for row in rows]
    return listed, found.count()


@dataclass(frozen=True)
class Listed:
    """A line of the public catalogue: units and state; the title only where the deputy thinks it fit (R7.15, S12)."""

    name: str
    title: str
    state: str
    units: tuple[str, ...]
    why_untitled: str = ""


def catalogue(session_id: int | None, year: int, number: int = 1) -> list[Listed]:
    """Return a page of what was taken and to whom it was assigned, whether published or not (R7.04; 2 statements)."""
    found = _listed().filter(kind="suggestion", number__isnull=False).exclude(case__state="withdrawn")
    found = found.filter(session_id=session_id) if session_id else found.filter(submitted_at__year=year)
    rows = list(found.order_by("series", "number")[(number - 1) * PAGE : number * PAGE])
    shares = Assignment.objects.filter(case_id__in=[row.case_id for row in rows]).exclude(end="objected")
    named: dict[int, list[str]] = {}
    for case_id, unit in shares.exclude(end="replaced").order_by("role", "id").values_list("case_id", "unit__name"):
        named.setdefault(case_id, []).append(unit)
    lines = []
    for row in rows:
        shown = row.openness == Suggestion.Openness.SHOWN
        lines.append(
            Listed(
                rules.name_of(row), row.title if shown else "", row.case.state, tuple(dict.fromkeys(named.get(row.case_id, ()))),
                "" if shown else "领衔代表认为不宜公开",
            )
        )
    return lines


@dataclass(frozen=True)
class Pressure:
    """An opened report of pressure over a rating (R7.16)."""

    report: PressureReport
    words: str
    answer: str


def _opened(rows: QuerySet[PressureReport]) -> list[Pressure]:
    found = rows.select_related("suggestion__case", "by").order_by("-id")[:200]
    opened = sealing.unseal
    return [
        Pressure(row, opened(SEAL, row.sealed), opened(SEAL, row.sealed_answer) if row.answered_at else "") for row in found
    ]


def pressure_reports(organ: str, actor: Actor) -> list[Pressure]:
    """Return what deputies told of pressure, newest first, for the head of the office alone (1 statement). Raises NotAllowed."""
    demand(actor, "suggestion.pressure", organ=organ)
    return _opened(PressureReport.objects.filter(organ_id=organ))


def my_pressure_reports(actor: Actor, suggestion_id: int = 0) -> list[Pressure]:
    """Return what the actor himself told of pressure, newest first (1 statement)."""
    rows = PressureReport.objects.filter(by_id=actor.id)
    return _opened(rows.filter(suggestion_id=suggestion_id) if suggestion_id else rows)


def month(first: date, until: date, today: date) -> tuple[int, list[figures.MonthLine]]:
    """Return how many suggestions were handed in from `first` to before `until`, and each unit's month (5 statements)."""
    received = Suggestion.objects.filter(
        kind=Suggestion.Kind.SUGGESTION, submitted_at__date__gte=first, submitted_at__date__lt=until
    ).count()
    return received, figures.month(first, until, today, "suggestion")
