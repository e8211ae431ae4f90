"""Deadlines that the law sets, counted so that a reader can follow each step.

Sources: 民法典 200–204 and 1259 (by analogy, rulebook 0.1); R7.18 for the lights.
All dates are civil dates in China (Asia/Shanghai).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, date, timedelta
from typing import Literal

from .calendar import WorkCalendar

Light = Literal["green", "yellow", "red"]

_UNITS = {"day": "日", "workday": "个工作日", "month": "个月", "year": "年"}
_DAY = timedelta(days=1)


class DeadlineError(ValueError):
    """A term that cannot be counted."""


@dataclass(frozen=True)
class Term:
    """A period: ``n`` units of day, workday, month or year, and the article that sets it.

    ``roll``: an end on a rest day moves to the next working day. Raises DeadlineError unless
    n >= 1 and the unit is known.
    """

    n: int
    unit: str
    article: str = ""
    roll: bool = True

    def __post_init__(self) -> None:
        if self.unit not in _UNITS:
            raise DeadlineError(f"期限单位“{self.unit}”应为 day、workday、month 或 year。")
        if self.n < 1:
            raise DeadlineError(f"期限应当不少于 1，收到的是 {self.n}。")

    def __str__(self) -> str:
        return f"{self.n}{_UNITS[self.unit]}"


@dataclass(frozen=True)
class Due:
    """A counted deadline. ``start_on`` is the day of the event (day 0), ``due_on`` the last day.

    ``skipped``: rest days not counted (working-day terms) or passed over when the end rolled;
    ``rolled_from``: the end before it rolled; ``estimated``: a year in play has no official table.
    """

    due_on: date
    start_on: date
    term: Term
    skipped: tuple[date, ...]
    rolled_from: date | None
    estimated: bool

    def working(self) -> str:
        """The counting in one Chinese sentence: start, days skipped, roll, article, estimate."""
        parts = [f"自{_full(self.start_on)}起算（当日不计入），期限{self.term}"]
        rest = _ranges(self.skipped, self.start_on.year)
        if self.rolled_from:
            parts.append(f"原应于{_full(self.rolled_from)}届满")
            parts.append(f"遇休息日（{rest}），顺延至其后第一个工作日")
        elif rest:
            parts.append(f"其间休息日{rest}不计，共{len(self.skipped)}天")
        parts.append(f"{'预计' if self.estimated else ''}至{_full(self.due_on)}届满")
        sentence = "，".join(parts) + "。"
        if self.term.article:
            sentence += f"依据：{self.term.article}。"
        if self.estimated:
            sentence += "所涉年份的放假安排尚未录入，暂按周一至周五为工作日计算。"
        return sentence


def due(start: date, term: Term, calendar: WorkCalendar) -> Due:
    """Count ``term`` from ``start`` (the day of the event is day 0, 民法典 201).

    Months and years end on the same day of the month, or on its last day where there is none (民法典 202).
    An end on a rest day moves to the next working day if the term rolls (民法典 203).
    Raises DeadlineError when the end lies beyond the calendar.
    """
    try:
        if term.unit == "workday":
            return _due_in_working_days(start, term, calendar)
        end = start + term.n * _DAY if term.unit == "day" else _months_later(start, term)
        last = calendar.next_working_day(end) if term.roll else end
    except OverflowError:
        raise DeadlineError(f"期限{term}过长，无法推算。") from None
    estimated = term.roll and not all(calendar.covers(d.year) for d in (end, last))
    return Due(last, start, term, tuple(_days(end, last)), end if last != end else None, estimated)


def _due_in_working_days(start: date, term: Term, calendar: WorkCalendar) -> Due:
    day, left, skipped = start, term.n, []
    while left:
        day += _DAY
        if calendar.is_working_day(day):
            left -= 1
        else:
            skipped.append(day)
    years = range((start + _DAY).year, day.year + 1)
    estimated = not all(calendar.covers(year) for year in years)
    return Due(day, start, term, tuple(skipped), None, estimated)


def _months_later(start: date, term: Term) -> date:
    months = term.n * 12 if term.unit == "year" else term.n
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if year > MAXYEAR:
        raise OverflowError
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def days_before(event: date, n: int) -> date:
    """The last day on which an act is still done ``n`` days before the event (X日前).

    ``n`` whole days lie between that day and the day of the event; on doubt the earlier date
    (rulebook 0.1, E17). Raises DeadlineError if n < 0 or the day lies before the calendar.
    """
    if n < 0:
        raise DeadlineError(f"提前的天数不能为负，收到的是 {n}。")
    try:
        return event - (n + 1) * _DAY
    except OverflowError:
        raise DeadlineError(f"提前的天数 {n} 过大，无法推算。") from None


def lateness(due_on: date, today: date, yellow_days: int, calendar: WorkCalendar) -> Light:
    """R7.18 The light of a clock: red after the last day, yellow from ``yellow_days`` before it.

    Where the yellow light would first show on a rest day it shows from the working day before, so
    that somebody sees it. Raises DeadlineError if yellow_days < 0.
    """
    if yellow_days < 0:
        raise DeadlineError(f"黄灯天数不能为负，收到的是 {yellow_days}。")
    if today > due_on:
        return "red"
    warn_from = calendar.previous_working_day(due_on - yellow_days * _DAY)
    return "yellow" if today >= warn_from else "green"


def _days(first: date, end: date) -> list[date]:
    return [first + k * _DAY for k in range((end - first).days)]


def _full(d: date) -> str:
    return f"{d.year}年{d.month}月{d.day}日"


def _ranges(days: Sequence[date], year: int) -> str:
    """2月15日至23日、2月28日; the year is written where it differs from ``year``."""
    runs: list[list[date]] = []
    for d in days:
        if runs and d - runs[-1][-1] == _DAY:
            runs[-1].append(d)
        else:
            runs.append([d])
    written: list[str] = []
    for run in runs:
        a, b = run[0], run[-1]
        text = _full(a) if a.year != year else f"{a.month}月{a.day}日"
        if b.year != a.year:
            text += f"至{_full(b)}"
        elif b.month != a.month:
            text += f"至{b.month}月{b.day}日"
        elif b != a:
            text += f"至{b.day}日"
        written.append(text)
    return "、".join(written)
