"""Working days of the People's Republic of China, with the yearly shifts of rest days (调休).

Source: the yearly notices of the General Office of the State Council; 全国年节及纪念日放假办法.
The committed table covers 2020 to 2026; later years are imported as a table of the same form.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import NamedTuple

HOLIDAY = "holiday"
WORKDAY = "workday"
_KINDS = {
    "holiday": HOLIDAY, "放假": HOLIDAY, "休息": HOLIDAY, "节假日": HOLIDAY, "休": HOLIDAY,
    "workday": WORKDAY, "上班": WORKDAY, "工作日": WORKDAY, "调休上班": WORKDAY, "班": WORKDAY,
}  # fmt: skip
_COLUMNS = {
    "date": "date", "日期": "date",
    "kind": "kind", "类型": "kind", "类别": "kind",
    "note": "note", "说明": "note", "备注": "note",
}  # fmt: skip
_FIRST_YEAR, _LAST_YEAR = 1949, 2200
_DAY = timedelta(days=1)


class TableError(ValueError):
    """A table of working days that cannot be read; ``problems`` names every faulty row in Chinese."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("工作日表未能读入：" + "；".join(problems) + "。")


class Day(NamedTuple):
    """One row of the table: a date that is a rest day (``holiday``) or is worked (``workday``)."""

    date: date
    kind: str
    note: str = ""


class WorkCalendar:
    """Says of any date whether it is worked. Immutable; dates are civil dates in China."""

    def __init__(self, rows: Iterable[Day | tuple[date, str, str]] = ()) -> None:
        """Takes rows (date, 'holiday' or 'workday', note); raises TableError on another kind."""
        self._days: dict[date, Day] = {}
        for row in rows:
            day = Day(*row)
            if day.kind not in (HOLIDAY, WORKDAY):
                raise TableError([f"{day.date.isoformat()} 的类型“{day.kind}”应为 holiday 或 workday"])
            self._days[day.date] = day
        self._years = frozenset(d.year for d in self._days)

    @classmethod
    def official(cls) -> WorkCalendar:
        """The calendar of the committed table (2020 to 2026)."""
        return _official()

    def with_table(self, rows: Iterable[Day | tuple[date, str, str]]) -> WorkCalendar:
        """A new calendar with these rows added; a row for a date already known replaces it."""
        return WorkCalendar([*self._days.values(), *(Day(*row) for row in rows)])

    def covers(self, year: int) -> bool:
        """Whether the table holds the shifts of this year; if not, answers are estimates."""
        return year in self._years

    def is_working_day(self, d: date) -> bool:
        """Whether ``d`` is worked. In a year not covered: Monday to Friday."""
        row = self._days.get(d)
        return row.kind == WORKDAY if row else d.weekday() < 5

    def note(self, d: date) -> str:
        """Why ``d`` is worked or not, in Chinese; empty for an ordinary day."""
        row = self._days.get(d)
        if row:
            return row.note
        return "" if d.weekday() < 5 else ("星期六", "星期日")[d.weekday() - 5]

    def next_working_day(self, d: date) -> date:
        """``d`` itself if worked, else the next worked day after it."""
        while not self.is_working_day(d):
            d += _DAY
        return d

    def previous_working_day(self, d: date) -> date:
        """``d`` itself if worked, else the last worked day before it."""
        while not self.is_working_day(d):
            d -= _DAY
        return d


@cache
def _official() -> WorkCalendar:
    table = resources.files(__package__).joinpath("data/workdays.csv").read_text(encoding="utf-8")
    return WorkCalendar(read_table(table))


def read_table(text: str) -> list[Day]:
    """Read a CSV with the columns date, kind, note (日期、类型、说明), in any order.

    Kind is holiday or workday (放假、上班). Raises TableError naming each faulty row and cell.
    """
    lines = [
        (number, [cell.strip() for cell in row])
        for number, row in enumerate(csv.reader(text.lstrip("\ufeff").splitlines()), start=1)
        if any(cell.strip() for cell in row)
    ]
    if not lines:
        raise TableError(["表是空的，应有“日期,类型,说明”三列"])
    head = [_COLUMNS.get(cell.lower(), "") for cell in lines[0][1]]
    if "date" not in head or "kind" not in head:
        raise TableError(["第一行应为列名：日期,类型,说明（或 date,kind,note）"])
    rows: list[Day] = []
    problems: list[str] = []
    seen: dict[date, int] = {}
    for number, cells in lines[1:]:
        values = dict(zip(head, cells, strict=False))
        row = _read_row(number, values, problems)
        if row is None:
            continue
        if row.date in seen:
            problems.append(f"第 {number} 行：{row.date.isoformat()} 与第 {seen[row.date]} 行重复")
            continue
        seen[row.date] = number
        rows.append(row)
    if problems:
        raise TableError(problems)
    if not rows:
        raise TableError(["只有列名，没有日期"])
    return rows


def _read_row(number: int, values: dict[str, str], problems: list[str]) -> Day | None:
    raw, kind = values.get("date", ""), _KINDS.get(values.get("kind", "").lower())
    day = _read_date(raw)
    if day is None:
        problems.append(f"第 {number} 行：日期“{raw}”读不出，应写成 2026-01-04 这样")
    elif not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        problems.append(f"第 {number} 行：年份 {day.year} 不在 {_FIRST_YEAR} 至 {_LAST_YEAR} 之间")
        return None
    if kind is None:
        problems.append(
            f"第 {number} 行：类型“{values.get('kind', '')}”应为 holiday（放假）或 workday（上班）"
        )
    return Day(day, kind, values.get("note", "")) if day and kind else None


def _read_date(raw: str) -> date | None:
    parts = re.split(r"[-/.年月]", raw.removesuffix("日"))
    if len(parts) != 3 or not all(p.isascii() and p.isdigit() and len(p) <= 4 for p in parts):
        return None
    try:
        return date(int(parts[0]), int(parts[1]), int(parts[2]))
    except ValueError:
        return None
