"""Accuracy of hints by category, and the alarm when it falls (issue 5, part 3)."""

import random

import pytest

from quancheng.mining.accuracy import EVERY, Week, accuracy_table, drift, wilson

PAIRS = [
    ("供水", "供水"), ("供水", "供水"), ("供水", "道路"), (None, "供水"), ("道路", "道路"), (None, "园林"), ("树木", "园林"),
]  # fmt: skip


def weeks(shares: list[float], shown: int, category: str = "供水", seed: int = 1) -> list[Week]:
    draw = random.Random(seed)
    return [
        Week(f"2026-W{i:02d}", category, shown, sum(draw.random() < share for _ in range(shown)))
        for i, share in enumerate(shares, 1)
    ]


def test_the_table_counts_what_staff_decided():
    rows = {row.category: row for row in accuracy_table(PAIRS)}
    water, trees, every = rows["供水"], rows["树木"], rows[EVERY]
    assert (water.decided, water.hinted, water.right) == (3, 3, 2)
    assert water.precision == water.recall == water.coverage == pytest.approx(2 / 3)
    assert (trees.decided, trees.precision, trees.recall) == (0, 0.0, None)
    assert rows["园林"].precision is None
    assert (every.decided, every.hinted, every.right) == (7, 5, 3)
    assert [row.category for row in accuracy_table(PAIRS)] == ["供水", "园林", "道路", "树木", EVERY]


def test_a_table_of_nothing_is_one_row_without_shares():
    (every,) = accuracy_table([])
    assert (every.category, every.decided, every.precision, every.recall, every.coverage) == (EVERY, 0, None, None, None)


def test_wilson_of_a_known_example():
    low, high = wilson(15, 20)
    assert (round(low, 3), round(high, 3)) == (0.531, 0.888)
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(0, 10)[0] == 0.0 and wilson(10, 10)[1] == 1.0
    with pytest.raises(ValueError, match="应当在0"):
        wilson(3, 2)


def test_a_fall_is_noticed_soon_after_it_happened():
    (one, every) = drift(weeks([0.95] * 12 + [0.75] * 6, 40))
    assert "2026-W13" <= one.fell_in <= "2026-W14"
    assert every.category == EVERY and every.fell_in == one.fell_in
    assert one.usual == pytest.approx(0.95, abs=0.03)


def test_steady_weeks_raise_no_alarm():
    alarms = [drift(weeks([0.93] * 52, 30, seed=seed))[0].fell_in for seed in range(40)]
    assert sum(bool(alarm) for alarm in alarms) <= 2


def test_one_bad_hint_in_a_small_category_is_no_fall():
    assert drift(weeks([1.0] * 10, 5) + [Week("2026-W11", "供水", 1, 0)])[0].fell_in == ""


def test_one_category_may_fall_while_another_stands():
    history = weeks([0.95] * 20, 60, "道路") + weeks([0.95] * 10 + [0.6] * 10, 20, "供水")
    found = {one.category: bool(one.fell_in) for one in drift(history)}
    assert found["供水"] and not found["道路"]


def test_too_little_to_say_what_is_usual_raises_no_alarm():
    assert drift(weeks([0.2] * 3, 5))[0].fell_in == ""
    assert drift([]) == []


def test_weeks_come_in_order_with_their_intervals():
    (one, _) = drift([Week("2026-W02", "供水", 10, 5), Week("2026-W01", "供水", 0, 0)])
    assert [(share.week, share.shown) for share in one.weeks] == [("2026-W01", 0), ("2026-W02", 10)]
    assert one.weeks[1].low < 0.5 < one.weeks[1].high


def test_impossible_counts_are_refused():
    with pytest.raises(ValueError, match="应当在0"):
        drift([Week("2026-W01", "供水", 3, 4)])
