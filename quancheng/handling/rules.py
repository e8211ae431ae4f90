"""The three clock sets, never mixed (E9), what an answer must hold, and what a matter tells the engine."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from quancheng.kernel.deadlines import Term
from quancheng.people.permissions import Actor
from quancheng.procedures import queries as procedures
from quancheng.procedures.library import LIBRARY
from quancheng.procedures.models import Case

SHORTEST_ANSWER = 20  # characters
SHORTEST_REASON = 5
LONGEST_ANSWER = 20_000
CLOCKS = ("answer:", "assist:", "redo:", "promise:", "report:")  # clocks of units, by their key's beginning


@dataclass(frozen=True)
class ClockSet:
    """The parameters that time one kind of matter, each with its unit, and who assigns and who approves.

    `complex`: the longer term, where the law knows one; `contact_first`: the unit speaks with the author before it
    answers. `longest`: the most that a clock may be extended to, counted from its start; `extension`: the one
    extension of an answer, counted from its first due day. `office` and `approver` are permissions, asked for the
    organ of the case. `redo` and `rate` are None where nobody rates.
    """

    answer: tuple[str, str]
    assist: tuple[str, str]
    objection: tuple[str, str]
    reassign: tuple[str, str]
    redo: tuple[str, str] | None = None
    rate: tuple[str, str] | None = None
    complex: tuple[str, str] | None = None
    contact_first: bool = False
    longest: tuple[tuple[str, tuple[str, str]], ...] = ()
    extension: tuple[str, str] | None = None
    office: str = "handling.assign"
    approver: str = "handling.extend"


CLOCK_SETS = {
    "suggestion": ClockSet(  # R7.05–R7.11 代表法 51
        answer=("suggestion.answer_months", "month"), assist=("suggestion.assist_months", "month"),
        objection=("suggestion.objection_wd", "workday"), reassign=("suggestion.reassign_wd", "workday"),
        redo=("suggestion.redo_months", "month"), rate=("suggestion.deputy_reply_wd", "workday"),
        complex=("suggestion.complex_months", "month"), contact_first=True,
        longest=(
            ("answer", ("suggestion.complex_months", "month")), ("redo", ("suggestion.redo_longest_months", "month")),
        ),
        office="suggestion.assign", approver="suggestion.extend",
    ),
    "resident_opinion": ClockSet(  # R7.21
        answer=("resident_opinion.answer_wd", "workday"), assist=("resident_opinion.assist_wd", "workday"),
        objection=("resident_opinion.objection_wd", "workday"), reassign=("resident_opinion.reassign_wd", "workday"),
        redo=("resident_opinion.redo_wd", "workday"), rate=("resident_opinion.rate_days", "day"),
    ),
    "petition": ClockSet(  # R7.33, R7.36 信访工作条例 23、34
        answer=("petition.handle_days", "day"), assist=("petition.assist_days", "day"),
        objection=("petition.objection_wd", "workday"), reassign=("petition.reassign_wd", "workday"),
        redo=("petition.review_answer_days", "day"), rate=("petition.review_apply_days", "day"),
        extension=("petition.extend_days", "day"), office="petition.assign", approver="petition.extend",
    ),
    "meeting_remark": ClockSet(  # M42, R4.20: answered once; there is no rating
        answer=("meeting_remark.answer_wd", "workday"), assist=("meeting_remark.assist_wd", "workday"),
        objection=("meeting_remark.objection_wd", "workday"), reassign=("meeting_remark.reassign_wd", "workday"),
        office="remark.manage", approver="remark.release",
    ),
}  # fmt: skip


def clock_set(case: Case) -> ClockSet:
    """Return the clock set of a case's procedure. Raises KeyError for a matter that units do not handle."""
    return CLOCK_SETS[case.procedure]


def term(case: Case, which: str, on: date) -> Term:
    """Return the term of a clock (`answer`, `complex`, `assist`, `objection` …) for a case on a day. Raises KeyError."""
    key, unit = getattr(CLOCK_SETS[case.procedure], which) or CLOCK_SETS[case.procedure].answer
    return named_term(case, key, unit, on)


def read_terms(case: Case, which: set[str], on: date) -> None:
    """Read the parameters of several terms at once, for `term`."""
    kinds = CLOCK_SETS[case.procedure]
    procedures.read_parameters({(getattr(kinds, one) or kinds.answer)[0] for one in which}, area=case.organ.area_id, on=on)


def named_term(case: Case, key: str, unit: str, on: date) -> Term:
    """Return the term that a parameter sets for a case on a day. Raises KeyError."""
    return Term(procedures.parameter(key, area=case.organ.area_id, on=on), unit, LIBRARY[key].article)


def _nobody(case: Case) -> list[int]:
    return []


def _anybody(case: Case) -> int | None:
    return None


def _untitled(case_ids: list[int]) -> dict[int, str]:
    return {}


def _nothing(case: Case, by: Actor, at: datetime) -> None:
    return None


def _number(case: Case) -> str:
    return f"{case.number}事项"


def _from_then(case: Case) -> date | None:
    return None


@dataclass(frozen=True)
class Matter:
    """What a matter tells the engine: its authors' accounts (each gets every answer), its name in a heading of an
    answer, the short titles of many cases (one statement), the one account that rates (None: the matter's own act has checked who does), and what it does itself
    once a case is rated, assessed or its last promise kept.

    `counts_from`: the day from which an answer's term counts, if not from the assignment. `answered`: what follows the
    last answer of a round in place of the time for rating.
    """

    authors: Callable[[Case], list[int]] = _nobody
    heading: Callable[[Case], str] = _number
    titles: Callable[[list[int]], dict[int, str]] = _untitled
    rater: Callable[[Case], int | None] = _anybody
    settled: Callable[[Case, Actor, datetime], None] = _nothing
    counts_from: Callable[[Case], date | None] = _from_then
    answered: Callable[[Case, Actor, datetime], None] | None = None


_MATTERS: dict[str, Matter] = {}


def register(procedure: str, matter: Matter) -> None:
    """Enter what a matter tells the engine, by the key of its procedure."""
    _MATTERS[procedure] = matter


def matter(case: Case) -> Matter:
    """Return what the matter of a case told; nothing special for one that told nothing."""
    return _MATTERS.get(case.procedure, Matter())
