"""Working days with 调休, deadlines and lights (rulebook 0.1, 民法典 200–204)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quancheng.kernel.calendar import Day, TableError, WorkCalendar, read_table
from quancheng.kernel.deadlines import DeadlineError, Term, days_before, due, lateness

CALENDAR = WorkCalendar.official()
D = date
COVERED = st.dates(D(2020, 1, 1), D(2025, 6, 30))


@pytest.mark.parametrize(
    "day", [D(2026, 1, 4), D(2026, 2, 14), D(2026, 2, 28), D(2026, 5, 9), D(2026, 9, 20), D(2026, 10, 10), D(2020, 1, 19)]
)
def test_shifted_weekends_are_worked(day: date) -> None:
    assert day.weekday() >= 5
    assert CALENDAR.is_working_day(day)
    assert CALENDAR.note(day) == "调休上班"


@pytest.mark.parametrize(
    "day", [D(2026, 1, 1), D(2026, 2, 16), D(2026, 2, 23), D(2026, 10, 7), D(2025, 10, 8), D(2020, 1, 31), D(2026, 2, 22)]
)
def test_holidays_and_ordinary_weekends_are_not_worked(day: date) -> None:
    assert not CALENDAR.is_working_day(day)


@pytest.mark.parametrize(
    ("year", "days"), [(2020, 249), (2021, 250), (2022, 249), (2023, 249), (2024, 251), (2025, 248), (2026, 248)]
)
def test_working_days_of_each_year(year: int, days: int) -> None:
    first = D(year, 1, 1)
    length = (D(year + 1, 1, 1) - first).days
    # 365 or 366 days less weekends, less the statutory holidays of 全国年节及纪念日放假办法
    # (11 until 2024, 13 since 2025); in 2020 two more, the Spring Festival was extended to 2 February
    assert sum(CALENDAR.is_working_day(first + timedelta(k)) for k in range(length)) == days


def test_years_without_a_table_are_said_to_be_so() -> None:
    assert [y for y in range(2018, 2030) if CALENDAR.covers(y)] == list(range(2020, 2027))
    assert CALENDAR.is_working_day(D(2027, 10, 1))  # a Friday, the table for 2027 is not there
    later = CALENDAR.with_table([(D(2027, 10, 1), "holiday", "国庆节")])
    assert later.covers(2027)
    assert not later.is_working_day(D(2027, 10, 1))
    assert not CALENDAR.covers(2027)
    assert later.is_working_day(D(2026, 10, 10))


def test_a_table_is_read() -> None:
    text = "\ufeff类型,日期,说明\r\n放假,2027年1月1日,元旦\r\n\r\n上班,2027/1/3,\n"
    assert read_table(text) == [Day(D(2027, 1, 1), "holiday", "元旦"), Day(D(2027, 1, 3), "workday", "")]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "空"),
        ("甲,乙\n1,2", "列名"),
        ("date,kind\n", "没有日期"),
        ("date,kind\n2027-02-30,holiday", "第 2 行：日期“2027-02-30”"),
        ("date,kind\n2027-01-01,party", "第 2 行：类型“party”"),
        ("date,kind\n2027-01-01", "第 2 行：类型“”"),
        ("date,kind\n0027-01-01,holiday", "年份 27"),
        ("date,kind\n2027-01-01,holiday\n2027-1-1,workday", "第 3 行：2027-01-01 与第 2 行重复"),
    ],
)
def test_a_faulty_table_is_explained(text: str, word: str) -> None:
    with pytest.raises(TableError, match="工作日表未能读入") as caught:
        read_table(text)
    assert word in str(caught.value)


def test_every_faulty_row_is_named() -> None:
    with pytest.raises(TableError) as caught:
        read_table("date,kind\nx,holiday\n2027-01-01,y\n")
    assert len(caught.value.problems) == 2


def test_rows_of_an_unknown_kind_are_refused() -> None:
    with pytest.raises(TableError):
        CALENDAR.with_table([(D(2027, 1, 1), "party", "")])


@pytest.mark.parametrize(
    ("start", "term", "end"),
    [
        (D(2026, 3, 2), Term(30, "day"), D(2026, 4, 1)),
        (D(2026, 3, 2), Term(5, "workday"), D(2026, 3, 9)),
        (D(2026, 2, 12), Term(2, "workday"), D(2026, 2, 14)),  # a Saturday that is worked
        (D(2026, 2, 12), Term(3, "workday"), D(2026, 2, 24)),
        (D(2026, 9, 30), Term(1, "workday"), D(2026, 10, 8)),
        (D(2026, 9, 1), Term(30, "day"), D(2026, 10, 8)),  # ends on 1 October, rolls over the holiday
        (D(2026, 9, 1), Term(30, "day", roll=False), D(2026, 10, 1)),
        (D(2026, 9, 10), Term(10, "day"), D(2026, 9, 20)),  # ends on a Sunday that is worked
        (D(2026, 1, 31), Term(1, "month"), D(2026, 2, 28)),  # a Saturday that is worked
        (D(2024, 1, 31), Term(1, "month"), D(2024, 2, 29)),
        (D(2024, 2, 29), Term(1, "year"), D(2025, 2, 28)),
        (D(2020, 2, 29), Term(4, "year"), D(2024, 2, 29)),
        (D(2024, 2, 28), Term(1, "day"), D(2024, 2, 29)),
        (D(2025, 12, 15), Term(3, "month"), D(2026, 3, 16)),
        (D(2025, 12, 30), Term(3, "workday"), D(2026, 1, 5)),  # across the year, over 4 January worked
    ],
)
def test_r0_1_deadlines(start: date, term: Term, end: date) -> None:
    assert due(start, term, CALENDAR).due_on == end
    assert not due(start, term, CALENDAR).estimated


def test_r0_1_the_counting_is_shown() -> None:
    sentence = due(D(2026, 9, 1), Term(30, "day", "立法法第四十条"), CALENDAR).working()
    assert sentence == (
        "自2026年9月1日起算（当日不计入），期限30日，原应于2026年10月1日届满，"
        "遇休息日（10月1日至7日），顺延至其后第一个工作日，至2026年10月8日届满。依据：立法法第四十条。"
    )
    worked = due(D(2026, 2, 27), Term(5, "workday"), CALENDAR)
    assert worked.skipped == (D(2026, 3, 1),)
    assert "其间休息日3月1日不计，共1天" in worked.working()
    assert "2026年12月31日" in due(D(2026, 12, 30), Term(1, "day"), CALENDAR).working()


def test_r0_1_an_uncovered_year_gives_an_estimate() -> None:
    found = due(D(2030, 9, 1), Term(30, "day"), CALENDAR)
    assert found.estimated
    assert "预计至2030年10月1日届满" in found.working()
    assert due(D(2026, 12, 31), Term(1, "workday"), CALENDAR).estimated
    assert not due(D(2030, 9, 1), Term(30, "day", roll=False), CALENDAR).estimated
    assert due(D(2030, 9, 2), Term(3, "workday"), CALENDAR).due_on == D(2030, 9, 5)


@pytest.mark.parametrize(("n", "unit"), [(0, "day"), (-1, "workday"), (3, "week")])
def test_terms_that_make_no_sense(n: int, unit: str) -> None:
    with pytest.raises(DeadlineError):
        Term(n, unit)


@pytest.mark.parametrize("unit", ["day", "month", "year", "workday"])
def test_ends_beyond_the_calendar(unit: str) -> None:
    with pytest.raises(DeadlineError, match="过长"):
        due(D(9999, 12, 30), Term(10_000, unit), CALENDAR)


@settings(deadline=None)
@given(COVERED, st.integers(1, 200))
def test_r0_1_working_days_are_counted_one_by_one(start: date, n: int) -> None:
    found = due(start, Term(n, "workday"), CALENDAR)
    span = [start + timedelta(k) for k in range(1, (found.due_on - start).days + 1)]
    assert sum(map(CALENDAR.is_working_day, span)) == n
    assert CALENDAR.is_working_day(found.due_on)
    assert found.skipped == tuple(d for d in span if not CALENDAR.is_working_day(d))


@settings(deadline=None)
@given(COVERED, st.integers(1, 300), st.sampled_from(["day", "month", "year"]))
def test_r0_1_an_end_rolls_forward_only_over_rest_days(start: date, n: int, unit: str) -> None:
    term = Term(n, unit)
    found = due(start, term, CALENDAR)
    plain = due(start, Term(n, unit, roll=False), CALENDAR).due_on
    assert found.due_on >= plain > start
    assert CALENDAR.is_working_day(found.due_on)
    assert not any(map(CALENDAR.is_working_day, found.skipped))
    assert found.rolled_from == (plain if found.skipped else None)
    if unit == "day":
        assert (plain - start).days == n
    else:
        assert plain.day == start.day or (plain.day < start.day and (plain + timedelta(1)).day == 1)


@pytest.mark.parametrize(
    ("event", "n", "last"),
    [(D(2026, 3, 10), 7, D(2026, 3, 2)), (D(2024, 3, 1), 1, D(2024, 2, 28)), (D(2026, 3, 10), 0, D(2026, 3, 9))],
)
def test_r0_1_whole_days_before_an_event(event: date, n: int, last: date) -> None:
    assert days_before(event, n) == last
    assert (event - last).days - 1 == n


def test_days_before_refuses_nonsense() -> None:
    with pytest.raises(DeadlineError):
        days_before(D(2026, 1, 1), -1)
    with pytest.raises(DeadlineError):
        days_before(D(2026, 1, 1), 10**7)


@pytest.mark.parametrize(
    ("today", "light"),
    [
        (D(2026, 3, 31), "red"), (D(2026, 3, 30), "yellow"), (D(2026, 3, 20), "yellow"), (D(2026, 3, 19), "green"),
    ],
)  # fmt: skip
def test_r7_18_lights(today: date, light: str) -> None:
    assert lateness(D(2026, 3, 30), today, 10, CALENDAR) == light


def test_r7_18_a_warning_does_not_begin_on_a_rest_day() -> None:
    # 10 days before 11 October 2026 is 1 October, a holiday: it shows from 30 September
    assert lateness(D(2026, 10, 11), D(2026, 9, 30), 10, CALENDAR) == "yellow"
    assert lateness(D(2026, 10, 11), D(2026, 9, 29), 10, CALENDAR) == "green"
    with pytest.raises(DeadlineError):
        lateness(D(2026, 10, 11), D(2026, 9, 29), -1, CALENDAR)
