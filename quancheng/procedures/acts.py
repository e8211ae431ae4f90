"""Acts on cases: opening, moving, clocks, links; setting parameters; importing working days."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from quancheng.kernel import calendar as kernel_calendar
from quancheng.kernel.deadlines import Term, due
from quancheng.ledger import acts as ledger
from quancheng.people.permissions import Actor, capacity, demand
from quancheng.procedures import declare, queries
from quancheng.procedures.library import LIBRARY
from quancheng.procedures.models import (
    CalendarDay,
    Case,
    CaseEvent,
    CaseLink,
    Clock,
    ClockExtension,
    ParameterValue,
)


class StepRefused(Exception):
    """The step is not open in this state, or a note is missing."""


class Conflict(Exception):
    """Somebody else moved the case in the meantime."""


class BadParameter(ValueError):
    """A parameter value lacks what the record needs."""


def open_case(*, procedure: str, organ: str, by: Actor, at: datetime) -> Case:
    """Open a case under the newest version of a procedure, numbered by year. Raises KeyError."""
    declared = declare.get(procedure)
    today = timezone.localdate(at)
    year = today.year
    with transaction.atomic():
        case = None
        for attempt in range(20):
            taken = Case.objects.filter(procedure=procedure, opened_on__year=year).count()
            number = f"{declared.prefix}〔{year}〕{taken + 1 + attempt}号"
            try:
                with transaction.atomic():
                    case = Case.objects.create(
                        number=number, procedure=procedure, version=declared.version, state=declared.start,
                        organ_id=organ, opened_on=today,
                    )
                break
            except IntegrityError:
                continue
        if case is None:
            raise Conflict("案号暂时无法分配，请稍后再试。")
        _record(case, "open", "", declared.start, by=by, at=at, held="signed_in")
    return case


def _record(
    case: Case, step: str, before: str, after: str, *, by: Actor, at: datetime, held: str, note: str = "",
    article: str = "",
) -> None:
    CaseEvent.objects.create(
        case=case, at=at, account_id=by.account_id, capacity=capacity(by, held), step=step, from_state=before,
        to_state=after, note=note, article=article,
    )
    ledger.append(
        kind=f"case.{step}", at=at, organ=case.organ_id, subject=case.number, content=note.encode(),
        salt=ledger.new_salt(), detail={"from": before, "procedure": case.procedure, "to": after},
    )


def perform(*, case: Case, step: str, by: Actor, at: datetime, note: str = "", organ: str = "") -> Case:
    """Take a declared step. Raises StepRefused, Conflict, NotAllowed.

    The permission is asked for the case's organ, or for `organ`: a unit that handles it, a deputy's own.
    The update is conditional on the state and the count of moves that the caller saw.
    """
    procedure = declare.get(case.procedure, case.version)
    declared = procedure.step(step)
    demand(by, declared.permission, organ=organ or case.organ_id)
    if case.state not in declared.sources:
        raise StepRefused(f"“{declared.label}”在“{procedure.states[case.state].label}”阶段不能进行。")
    if declared.note_required and not note.strip():
        raise StepRefused(f"“{declared.label}”须写明理由。")
    with transaction.atomic():
        moved = Case.objects.filter(pk=case.pk, state=case.state, moves=case.moves).update(
            state=declared.target, moves=F("moves") + 1
        )
        if not moved:
            raise Conflict("这一案卷刚刚已由他人办理，请刷新后再看。")
        before, case.state, case.moves = case.state, declared.target, case.moves + 1
        _record(
            case, step, before, declared.target, by=by, at=at, held=declared.permission, note=note,
            article=declared.article,
        )
    return case


def note(
    *, case: Case, event: str, words: str, by: Actor, at: datetime, held: str, shown: str = "", article: str = "",
    detail: dict[str, object] | None = None,
) -> CaseEvent:
    """Record what happened on a case without moving it; `words` only as a digest, `shown` for all who see the case.

    `held` is the permission under which the caller let it happen. Raises the ledger's NotInTransaction.
    """
    ledger.append(
        kind=f"case.{event}", at=at, organ=case.organ_id, subject=case.number, content=words.encode(),
        salt=ledger.new_salt(), detail={"procedure": case.procedure, **(detail or {})},
    )
    return CaseEvent.objects.create(
        case=case, at=at, account_id=by.account_id, capacity=capacity(by, held), step=event, from_state=case.state,
        to_state=case.state, note=shown, article=article,
    )


def note_each(
    *, case: Case, event: str, words: str, by: Actor, at: datetime, held: str, each: list[tuple[str, dict[str, object]]]
) -> list[CaseEvent]:
    """Record that the same happened several times at once, (shown, detail) each, as `note` does (2 statements)."""
    ledger.append_many(
        at=at,
        entries=[
            ledger.prepared(
                kind=f"case.{event}", at=at, organ=case.organ_id, subject=case.number, content=words.encode(),
                salt=ledger.new_salt(), detail={"procedure": case.procedure, **detail},
            )
            for _shown, detail in each
        ],
    )
    return CaseEvent.objects.bulk_create(
        CaseEvent(
            case=case, at=at, account_id=by.account_id, capacity=capacity(by, held), step=event, from_state=case.state,
            to_state=case.state, note=shown,
        )
        for shown, _detail in each
    )


def start_clock(
    *, case: Case, key: str, label: str, term: Term, start: date, at: datetime, organ: str = ""
) -> Clock:
    """Start a clock for the case's organ or for `organ`: the due date is computed once, stored, shows its working (S14)."""
    computed = due(start, term, queries.calendar())
    return Clock.objects.create(
        case=case, key=key, label=label, organ_id=organ or case.organ_id, started_on=start, due_on=computed.due_on,
        working=computed.working(), article=term.article,
    )


@dataclass(frozen=True)
class Start:
    """A clock to be started: for the case's organ, or for `organ`."""

    key: str
    label: str
    term: Term
    start: date
    organ: str = ""


def start_clocks(*, case: Case, starts: list[Start], at: datetime) -> list[Clock]:
    """Start several clocks of a case at once, as `start_clock` does (2 statements)."""
    calendar, clocks = queries.calendar(), []
    for one in starts:
        counted = due(one.start, one.term, calendar)
        clocks.append(
            Clock(
                case=case, key=one.key, label=one.label, organ_id=one.organ or case.organ_id, started_on=one.start,
                due_on=counted.due_on, working=counted.working(), article=one.term.article,
            )
        )  # fmt: skip
    return Clock.objects.bulk_create(clocks)


def due_day(*, start: date, term: Term) -> date:
    """Return the last day of a term counted from `start`, by the city's working days. Without at: it writes nothing."""
    return due(start, term, queries.calendar()).due_on


def stop_clock(*, case: Case, key: str, at: datetime) -> None:
    """Stop the running clock of that key, if there is one."""
    Clock.objects.filter(case=case, key=key, stopped_at=None).update(stopped_at=at)


def extend_clock(
    *, clock: Clock, new_due_on: date, reason: str, by: Actor, at: datetime, permission: str = "consultation.open"
) -> Clock:
    """Move a due date later, with a reason and a named approver (S14). Raises NotAllowed, StepRefused.

    The approver holds `permission` in the organ of the case, not in that whose clock it is.
    """
    demand(by, permission, organ=clock.case.organ_id)
    if new_due_on <= clock.due_on or clock.stopped_at is not None:
        raise StepRefused("延期须晚于原期限，且期限尚在计算中。")
    if len(reason.strip()) < 5:
        raise StepRefused("延期须写明理由。")
    with transaction.atomic():
        ClockExtension.objects.create(
            clock=clock, old_due_on=clock.due_on, new_due_on=new_due_on, reason=reason.strip(), approver_id=by.id, at=at
        )
        working = f"{clock.working} 延至{new_due_on:%Y-%m-%d}：{reason.strip()}"
        Clock.objects.filter(pk=clock.pk).update(due_on=new_due_on, working=working)
        ledger.append(
            kind="clock.extended", at=at, organ=clock.organ_id, subject=clock.case.number,
            content=reason.strip().encode(), salt=ledger.new_salt(),
            detail={"key": clock.key, "new": str(new_due_on), "old": str(clock.due_on)},
        )
    clock.refresh_from_db()
    return clock


def link_cases(*, source: Case, target: Case, relation: str, at: datetime) -> CaseLink:
    """Record that `source` came of, or serves, `target`; the step that links them is recorded on both by its act."""
    return CaseLink.objects.get_or_create(source=source, target=target, relation=relation)[0]


def set_parameter(
    *, key: str, area: str, value: int, valid_from: date, basis: str, by: Actor, at: datetime
) -> ParameterValue:
    """Set a parameter for an area from a date. Raises NotAllowed, OutOfBounds, BadParameter, KeyError."""
    demand(by, "parameter.set")
    LIBRARY[key].check(value)
    if len(basis.strip()) < 5:
        raise BadParameter("请写明依据（文件名称、条款或者会议决定）。")
    with transaction.atomic():
        queries.forget_kept()
        row = ParameterValue.objects.create(
            key=key, area_id=area, value=value, valid_from=valid_from, basis=basis.strip(), set_by_id=by.id, set_at=at
        )
        ledger.append(
            kind="parameter.set", at=at, subject=f"parameter:{key}", content=basis.strip().encode(),
            salt=ledger.new_salt(), detail={"area": area, "from": str(valid_from), "value": value},
        )
    return row


def import_calendar(*, text: str, by: Actor, at: datetime) -> int:
    """Import a table of rest days and make-up working days (CSV); return how many days it has.

    Raises NotAllowed, and the kernel's ValueError with the row that is wrong. Days already there are replaced.
    """
    demand(by, "calendar.import")
    rows = kernel_calendar.read_table(text)
    with transaction.atomic():
        queries.forget_kept()
        CalendarDay.objects.filter(day__in=[row[0] for row in rows]).delete()
        CalendarDay.objects.bulk_create([CalendarDay(day=d, kind=k, note=n) for d, k, n in rows])
        ledger.append(
            kind="calendar.imported", at=at, subject="calendar", content=text.encode(), salt=ledger.new_salt(),
            detail={"days": len(rows)},
        )
    return len(rows)
