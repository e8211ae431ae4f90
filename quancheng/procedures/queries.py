"""Reads about cases: what is open, what is due, what happened; parameters and working days."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from quancheng.kernel.calendar import WorkCalendar
from quancheng.kernel.deadlines import Light, lateness
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


def read_parameters(keys: set[str], *, area: str, on: date) -> None:
    """Read several parameters at once for an act that then asks `parameter` for each (1 statement where nothing was set)."""
    _kept().update({f"{key} {area} {on}": value for key, value in _in_force(tuple(sorted(keys)), area, on).items()})


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
    others than the organ of the case and the `organs` (code -> name) that are given acted or have to act.
    """
    procedure = declare.get(found.procedure, found.version)
    if running is None:
        running = Clock.objects.filter(case=found, stopped_at=None)
    clocks = {clock.key: clock for clock in running}
    past = events(found) if past is None else past
    names = _named(found, past, clocks.values(), organs or {})
    steps = [
        ThreadStep(
            label=event_label(procedure, event), status="done", when=event.at,
            who=_who_did(event, names),
            article=event.article, note=event.note,
        )
        for event in _told_once(past)
    ]
    for position, step in enumerate(procedure.path_from(found.state)):
        clock = _due(step, clocks)
        steps.append(
            ThreadStep(
                label=step.ahead or step.label, status="now" if position == 0 else "next", who=_whose(found, step, clock, names),
                article=step.article, due_on=clock.due_on if clock else None, working=clock.working if clock else "",
                light=light_of(clock.due_on, today, clock.started_on) if clock else "",
            )
        )
    return steps


def public_thread(found: Case, today: date) -> list[ThreadStep]:
    """Return the thread as everybody may read it: the declared steps alone, without anybody's words (3 statements)."""
    past = [event for event in events(found) if event.from_state != event.to_state]
    return [replace(step, note="") for step in thread(found, today, past=past)]


_RATED = "handling.rated"
_BY_AUTHOR = (_RATED, "satisfied", "dissatisfied", "apply_", "withdraw", "petition.graded", "petition.added")


def _told_once(past: list[CaseEvent]) -> list[CaseEvent]:
    """Return the events without the one rating of a round that the next step tells again."""
    shown, ratings = list[CaseEvent](), 0
    for event in past:
        again = event.step.startswith(("satisfied", "dissatisfied")) and ratings == 1
        if again and shown and shown[-1].step == _RATED and shown[-1].at == event.at:
            shown.pop()
        ratings = ratings + 1 if event.step == _RATED else 0 if event.from_state != event.to_state else ratings
        shown.append(event)
    return shown


_DEPUTY, _UNIT, _AUTHOR = "人大代表", "承办单位", "本人"


def light_of(due_on: date, today: date, since: date | None = None, yellow_days: int | None = None) -> Light:
    """Return the light of a due date (R7.18), yellow at most for the second half of the time since `since`."""
    days = LIBRARY["light.yellow_days"].default if yellow_days is None else yellow_days
    if since is not None:
        days = min(days, max((due_on - since).days // 2, 1))
    return lateness(due_on, today, days, calendar_at_hand())


def _due(step: declare.Step, clocks: dict[str, Clock]) -> Clock | None:
    """Return the running clock by which a step is due: the first of the keys that it names, the soonest under a prefix."""
    for key in step.clocks or (_CLOCK_OF_STEP.get(step.key, step.key),):
        under = [clock for name, clock in clocks.items() if name == key or key.endswith(":") and name.startswith(key)]
        if under:
            return min(under, key=lambda clock: clock.due_on)
    return None


def _named(found: Case, past: list[CaseEvent], clocks: Iterable[Clock], organs: Mapping[str, str]) -> dict[str, str]:
    """Return code -> name of the organs that acted or whose clock runs, '' for the organ of the case."""
    acted = {event.capacity.partition("@")[2] for event in past if not event.capacity.startswith("deputy@")}
    codes = (acted | {clock.organ_id for clock in clocks}) - {"", found.organ_id} - organs.keys()
    more = dict(Organ.objects.filter(pk__in=codes).values_list("pk", "name")) if codes else {}
    return {**organs, **more, "": found.organ.name, found.organ_id: found.organ.name}


def _who_did(event: CaseEvent, names: Mapping[str, str]) -> str:
    """Return who acted, as people read it: its author, a deputy, or the organ whose office it was; never a name."""
    if event.capacity == "public" and event.step.startswith(_BY_AUTHOR):
        return _AUTHOR
    if event.capacity.startswith("deputy@"):
        return _DEPUTY
    return names.get(event.capacity.partition("@")[2], names[""])


def _whose(found: Case, step: declare.Step, clock: Clock | None, names: Mapping[str, str]) -> str:
    """Return who takes a step that comes: by the roles that hold its permission, or the organ whose clock runs."""
    roles = PERMISSIONS[step.permission]
    if roles <= {"public"} and step.key.startswith(_BY_AUTHOR):
        return _AUTHOR
    if roles <= {"deputy"}:
        return _DEPUTY
    if {"deputy", "site_staff"} <= roles:
        return "代表或者站点"
    unit = roles <= {"unit_clerk", "unit_head"}
    if clock is not None and (unit or clock.organ_id != found.organ_id):
        return _UNIT if unit and clock.organ_id == found.organ_id else names.get(clock.organ_id, names[""])
    return _UNIT if unit else names[""]


def event_label(procedure: declare.Procedure, event: CaseEvent) -> str:
    """Return what a case event is called: its step's label, or the opening of the case."""
    if not event.from_state:
        return procedure.opening or f"{procedure.label}立案"
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


def inbox(actor: Actor, today: date, limit: int = 200, kinds: tuple[str, ...] = ()) -> list[InboxLine]:
    """Return the running clocks of the actor's organs, soonest first (one statement on one index).

    `kinds`: of these procedures alone.
    """
    organs = {office.organ for office in actor.offices}
    running = Clock.objects.filter(organ_id__in=organs, stopped_at=None)
    running = running.filter(case__procedure__in=kinds) if kinds else running
    clocks = running.select_related("case").order_by("due_on")[:limit]
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
