"""Reads about cases: what is open, what is due, what happened; parameters and working days."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from quancheng.kernel.calendar import WorkCalendar
from quancheng.kernel.deadlines import lateness
from quancheng.people.models import Area, Organ
from quancheng.people.permissions import PERMISSIONS, Actor, may
from quancheng.procedures import declare
from quancheng.procedures.library import LIBRARY
from quancheng.procedures.models import CalendarDay, Case, CaseEvent, Clock, Job, ParameterValue

_official = WorkCalendar.official()


def _kept() -> dict[str, Any]:
    """Return what was read in the transaction that is open, and goes with it; a fresh dict outside of one.

    An act asks the same parameters and days several times; `forget_kept` is for the acts that change them.
    """
    blocks = connection.atomic_blocks
    return vars(blocks[0]).setdefault("kept_by_procedures", {}) if blocks else {}


def forget_kept() -> None:
    """Forget what was read in the open transaction: parameters or working days are being changed in it."""
    _kept().clear()


def calendar() -> WorkCalendar:
    """Return the working-day calendar: the shipped years and those imported (one statement a transaction)."""
    kept = _kept()
    if "calendar" not in kept:
        rows = list(CalendarDay.objects.values_list("day", "kind", "note"))
        kept["calendar"] = _official.with_table(rows) if rows else _official
    found: WorkCalendar = kept["calendar"]
    return found


def calendar_at_hand() -> WorkCalendar:
    """Return the shipped calendar, without a statement: for lights, which are about days ahead and behind."""
    return _official


def parameter(key: str, *, area: str, on: date) -> int:
    """Return the value of a parameter for an area on a day, by tightest match upwards. Raises KeyError."""
    kept, which = _kept(), f"{key} {area} {on}"
    if which not in kept:
        kept[which] = _in_force((key,), area, on)[key]
    return int(kept[which])


def parameters(*, area: str, on: date) -> dict[str, int]:
    """Return the value of every parameter for an area on a day (at most 5 statements)."""
    return _in_force(tuple(LIBRARY), area, on)


def _in_force(keys: tuple[str, ...], area: str, on: date) -> dict[str, int]:
    """Return key -> value: what was set last for the area, else for the one above it, else the default."""
    values = {key: LIBRARY[key].default for key in keys}
    rows = ParameterValue.objects.filter(key__in=keys, valid_from__lte=on).order_by("valid_from", "id")
    found = {(row.key, row.area_id): row.value for row in rows}
    code: str | None = area
    while found and code is not None:
        for key in [key for key, where in found if where == code]:
            values[key] = found[key, code]
        found = {(key, where): value for (key, where), value in found.items() if (key, code) not in found}
        code = Area.objects.filter(pk=code).values_list("parent_id", flat=True).first()
    return values


def parameter_history(key: str) -> list[ParameterValue]:
    """Return every value that was set, newest first, with who set it."""
    return list(ParameterValue.objects.filter(key=key).select_related("set_by", "area").order_by("-id"))


def case(case_id: int) -> Case:
    """Return a case. Raises Case.DoesNotExist."""
    return Case.objects.select_related("organ").get(pk=case_id)


def open_steps(found: Case, actor: Actor) -> list[declare.Step]:
    """Return the steps that `actor` may take on the case now, as the declaration says."""
    procedure = declare.get(found.procedure, found.version)
    return [
        step for step in procedure.open_steps(found.state) if may(actor, step.permission, organ=found.organ_id)
    ]


@dataclass(frozen=True)
class ThreadStep:
    """One knot of the thread (全程轴)."""

    label: str
    status: str  # 'done' | 'now' | 'next'
    when: datetime | None = None
    due_on: date | None = None
    who: str = ""
    article: str = ""
    note: str = ""
    working: str = ""
    light: str = ""


_CLOCK_OF_STEP = {"close": "window", "publish": "result"}


def events(found: Case) -> list[CaseEvent]:
    """Return what happened on a case, oldest first (1 statement)."""
    return list(CaseEvent.objects.filter(case=found).order_by("at", "id"))


def thread(
    found: Case, today: date, running: Iterable[Clock] | None = None, past: list[CaseEvent] | None = None,
    organs: Mapping[str, str] | None = None,
) -> list[ThreadStep]:
    """Return what happened, what is happening and what comes next on a case.

    Two statements, one less for each of the `running` clocks and the `past` events that are given; one more where
    others than the organ of the case and the `organs` (code -> name) that are given acted.
    """
    procedure = declare.get(found.procedure, found.version)
    if running is None:
        running = Clock.objects.filter(case=found, stopped_at=None)
    clocks = {clock.key: clock for clock in running}
    past = events(found) if past is None else past
    named = _acting(found, past, organs or {})
    steps = [
        ThreadStep(
            label=event_label(procedure, event), status="done", when=event.at, who=named[event.capacity],
            article=event.article, note=event.note,
        )
        for event in past
    ]
    for position, step in enumerate(procedure.path_from(found.state)):
        clock = clocks.get(_CLOCK_OF_STEP.get(step.key, step.key))
        steps.append(
            ThreadStep(
                label=step.label, status="now" if position == 0 else "next", who=_whose(found, step.permission), article=step.article,
                due_on=clock.due_on if clock else None, working=clock.working if clock else "",
                light=lateness(clock.due_on, today, LIBRARY["light.yellow_days"].default, _official) if clock else "",
            )
        )
    return steps


_DEPUTY, _UNIT = "人大代表", "承办单位"


def _acting(found: Case, past: list[CaseEvent], organs: Mapping[str, str]) -> dict[str, str]:
    """Return capacity -> who acted, as people read it: a deputy, or the organ whose office it was; never a name."""
    acted = {event.capacity for event in past if not event.capacity.startswith("deputy@")}
    codes = {capacity.partition("@")[2] for capacity in acted} - {"", found.organ_id} - organs.keys()
    names = {**organs, **(dict(Organ.objects.filter(pk__in=codes).values_list("pk", "name")) if codes else {})}
    return {
        event.capacity: _DEPUTY if event.capacity.startswith("deputy@") else names.get(
            event.capacity.partition("@")[2], found.organ.name
        )
        for event in past
    }  # fmt: skip


def _whose(found: Case, permission: str) -> str:
    """Return who takes a step that comes, by the roles that hold its permission."""
    roles = PERMISSIONS[permission]
    if roles <= {"deputy"}:
        return _DEPUTY
    return _UNIT if roles <= {"unit_clerk", "unit_head"} else found.organ.name


def event_label(procedure: declare.Procedure, event: CaseEvent) -> str:
    """Return what a case event is called: its step's label, or the opening of the case."""
    if not event.from_state:
        return f"{procedure.label}立案"
    try:
        return procedure.step(event.step).label
    except KeyError:  # an event that moved nothing, or a step of an older version of the declaration
        return declare.event_name(event.step)


@dataclass(frozen=True)
class InboxLine:
    """A running clock of an organ."""

    case_id: int
    number: str
    procedure: str
    label: str
    due_on: date
    light: str
    working: str


def inbox(actor: Actor, today: date, limit: int = 200) -> list[InboxLine]:
    """Return the running clocks of the actor's organs, soonest first (one statement on one index)."""
    organs = {office.organ for office in actor.offices}
    clocks = (
        Clock.objects.filter(organ_id__in=organs, stopped_at=None).select_related("case").order_by("due_on")[:limit]
    )
    yellow = LIBRARY["light.yellow_days"].default
    return [
        InboxLine(
            case_id=clock.case_id, number=clock.case.number, procedure=clock.case.procedure, label=clock.label,
            due_on=clock.due_on, light=lateness(clock.due_on, today, yellow, _official), working=clock.working,
        )
        for clock in clocks
    ]


def job(job_id: int) -> Job:
    """Return a background job with its latest progress. Raises Job.DoesNotExist."""
    found = Job.objects.get(pk=job_id)
    path = progress_file(job_id)
    if found.state == Job.State.RUNNING and path.exists():
        percent, _, found.note = path.read_text(encoding="utf-8").partition(" ")
        found.progress = int(percent or 0)
    return found


def progress_file(job_id: int) -> Path:
    """Return where a job inside one long transaction tells how far it is."""
    folder = Path(settings.DATA) / "progress"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / str(job_id)


def unfinished_jobs(limit: int = 50) -> list[Job]:
    """Return the jobs that wait, run or failed, newest first."""
    return list(Job.objects.exclude(state=Job.State.DONE).exclude(name__startswith="tick:").order_by("-id")[:limit])


def calendar_years() -> dict[int, int]:
    """Return the imported years and how many days each has."""
    years: dict[int, int] = {}
    for day in CalendarDay.objects.values_list("day", flat=True):
        years[day.year] = years.get(day.year, 0) + 1
    return years


def today() -> date:
    """Return today's date in the city's time zone; called by faces and worker only."""
    return timezone.localdate()
