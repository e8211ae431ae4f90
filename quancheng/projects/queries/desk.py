"""Reads of wishes at the office's desk: the list with its filters, look-alikes, what a station sent, objections."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from quancheng.kernel.similar import look_alikes as similar
from quancheng.kernel.words import clean
from quancheng.people.permissions import Actor, demand, may
from quancheng.procedures import queries as procedures
from quancheng.procedures.queries import ThreadStep
from quancheng.projects.models import Call, Hiding, Project
from quancheng.projects.queries.wishes import Line, line_of

PAGE = 50
CAP = 10_000
OPEN = "open"  # of the filter by fate: still without one
FATES = [(OPEN, "还没有去向"), *((str(value), str(label)) for value, label in Project.Fate.choices)]
OUT_FATES = [(value, label) for value, label in FATES if value not in (OPEN, "in", "merged")]
GROUNDS = [(str(value), str(label)) for value, label in Hiding.Ground.choices]


@dataclass(frozen=True)
class DeskFilters:
    """What narrows the office's list; empty does not filter."""

    fate: str = ""
    state: str = ""
    door: str = ""
    area: str = ""
    text: str = ""
    sort: str = ""


SORTS = {"": ("-pk",), "old": ("pk",), "voices": ("-voices", "-pk"), "area": ("area_id", "-pk"), "title": ("title", "-pk")}


@dataclass(frozen=True)
class DeskPage:
    """A page of the office's list. `total` is exact up to the cap, then the cap."""

    rows: list[Line]
    total: int
    number: int

    @property
    def pages(self) -> int:
        """How many pages the list has."""
        return max(-(-self.total // PAGE), 1)


def _narrowed(call: Call, filters: DeskFilters) -> QuerySet[Project]:
    found = Project.objects.filter(call=call)
    if filters.fate:
        found = found.filter(fate="" if filters.fate == OPEN else filters.fate)
    if filters.state:
        found = found.filter(case__state=filters.state)
    if filters.door:
        found = found.filter(door=filters.door)
    if filters.area:
        found = found.filter(area__code__startswith=filters.area)
    for word in clean(filters.text).split()[:5]:
        found = found.filter(
            Q(title__contains=word) | Q(body__contains=word) | Q(place__contains=word) | Q(code=word) | Q(council__contains=word)
        )
    found = found.select_related("case", "area__parent", "site", "merged_into", "dossier__owner").defer("salt")
    return found.order_by(*SORTS.get(filters.sort, SORTS[""]))


def desk_list(call_id: int, actor: Actor, filters: DeskFilters, number: int = 1) -> DeskPage:
    """Return 50 wishes of a call (3 statements). Who proposed them is not here (S01). Raises NotAllowed, Call.DoesNotExist."""
    found = _narrowed(_own(call_id, actor), filters)
    total = found.order_by()[:CAP].count()
    number = min(max(number, 1), max(-(-total // PAGE), 1))
    return DeskPage([line_of(row) for row in found[(number - 1) * PAGE : number * PAGE]], total, number)


def _own(call_id: int, actor: Actor) -> Call:
    call = Call.objects.get(pk=call_id)
    demand(actor, "project.manage", organ=call.organ_id)
    return call


def desk_all(call_id: int, actor: Actor, filters: DeskFilters) -> Iterator[Line]:
    """Yield every wish of the list in its order, for the export. Raises NotAllowed."""
    for row in _narrowed(_own(call_id, actor), filters)[:CAP].iterator(chunk_size=1000):
        yield line_of(row)


def leaders(call_id: int) -> list[tuple[int, str]]:
    """Return the wishes of a call into which others may be merged: id, code and title (1 statement)."""
    found = Project.objects.filter(call_id=call_id).exclude(case__state__in=("merged", "dropped", "closed"))
    rows = found.order_by("-voices", "-pk").values_list("pk", "code", "title")[:500]
    return [(pk, f"{code} {title}") for pk, code, title in rows]


def fate_counts(call_id: int) -> dict[str, int]:
    """Return fate -> how many wishes of a call, those without one under 'open' (1 statement)."""
    rows = Project.objects.filter(call_id=call_id).order_by().values_list("fate").annotate(n=Count("id"))
    return {fate or OPEN: number for fate, number in rows}


def alike_groups(call_id: int, actor: Actor) -> list[list[Line]]:
    """Return groups of wishes without a fate, or listed, that say much the same; a person decides (S17; 2 statements)."""
    call = _own(call_id, actor)
    found = Project.objects.filter(call=call, erased_at=None, case__state__in=("proposed", "screened"))
    rows = list(found.select_related("case", "area", "dossier").defer("salt").order_by("pk")[:5000])
    groups = [[rows[i] for i in members] for members in similar([f"{p.title}{p.body}" for p in rows], threshold=0.35)]
    seen = {project.pk for group in groups for project in group}
    rest = [project for project in rows if project.pk not in seen]
    groups += [[rest[i] for i in members] for members in similar([p.title for p in rest], threshold=0.5)]
    return [[line_of(project) for project in group] for group in sorted(groups, key=lambda group: -len(group))]


def of_station(site: str, actor: Actor) -> list[Line]:
    """Return the newest 200 wishes that a station sent, with what became of them (1 statement). Raises NotAllowed."""
    demand(actor, "project.enter", site=site)
    found = Project.objects.filter(site_id=site).select_related("case", "area", "dossier").defer("salt")
    return [line_of(row) for row in found.order_by("-pk")[:200]]


def hidings_waiting(actor: Actor) -> list[Hiding]:
    """Return the objections to hiding that wait in the actor's organs, oldest first (1 statement). Raises NotAllowed."""
    demand(actor, "project.manage")
    organs = [office.organ for office in actor.offices if may(actor, "project.manage", organ=office.organ)]
    found = Hiding.objects.filter(appealed_at__isnull=False, decided_at=None, project__call__organ_id__in=organs)
    return list(found.select_related("project", "by").order_by("appealed_at"))


def call_thread(call: Call, today: date) -> list[ThreadStep]:
    """Return the thread of a call."""
    return procedures.thread(call.case, today)
