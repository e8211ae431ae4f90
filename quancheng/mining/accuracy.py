"""How right the hints are: against what staff decided, category by category, and whether that gets worse."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

WIDE = 1.96  # standard deviations of the interval: 95 %
DROP = 0.10  # a fall of the share by so much is to be noticed
LIMIT = math.log(1000)  # of the running sum: a false alarm in 31 of 400 steady years of 30 hints a week
EVERY = "*"  # all categories together


@dataclass(frozen=True)
class Accuracy:
    """Of one category: cases decided so, hints shown, and of those the right ones; None where nothing can be divided."""

    category: str
    decided: int
    hinted: int
    right: int
    precision: float | None  # right of hinted
    recall: float | None  # right of decided
    coverage: float | None  # of decided, given any hint at all


@dataclass(frozen=True)
class Week:
    """Hints of a category shown to staff in a week, and how many of them they accepted."""

    week: str  # sorts in time: 2026-W07
    category: str
    shown: int
    accepted: int


@dataclass(frozen=True)
class Share:
    """The share accepted in a week with its interval (Wilson), 0 to 1."""

    week: str
    shown: int
    share: float
    low: float
    high: float


@dataclass(frozen=True)
class Drift:
    """A category over time: its usual share, the weeks, and since when it has been worse ("" never)."""

    category: str
    usual: float
    weeks: tuple[Share, ...]
    fell_in: str


def accuracy_table(pairs: Sequence[tuple[str | None, str]]) -> list[Accuracy]:
    """Return a row for each category and one for all, from (hint or None, what staff decided); largest first, all last."""
    decided = Counter(truth for _, truth in pairs)
    hinted = Counter(hint for hint, _ in pairs if hint)
    right = Counter(truth for hint, truth in pairs if hint == truth)
    covered = Counter(truth for hint, truth in pairs if hint)
    names = sorted({*decided, *hinted}, key=lambda name: (-decided[name], name))
    rows = [_accuracy(name, decided[name], hinted[name], right[name], covered[name]) for name in names]
    return [*rows, _accuracy(EVERY, len(pairs), hinted.total(), right.total(), covered.total())]


def _accuracy(category: str, decided: int, hinted: int, right: int, covered: int) -> Accuracy:
    return Accuracy(category, decided, hinted, right, _share(right, hinted), _share(right, decided), _share(covered, decided))


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def wilson(part: int, whole: int, wide: float = WIDE) -> tuple[float, float]:
    """Return the interval in which the true share lies (Wilson, Probable inference, 1927); (0, 1) when nothing was seen.

    Raises ValueError when `part` is more than `whole` or either is negative.
    """
    if not 0 <= part <= whole:
        raise ValueError(f"接受数（{part}）应当在0和提示数（{whole}）之间。")
    if not whole:
        return 0.0, 1.0
    share, square = part / whole, wide * wide / whole
    middle = (share + square / 2) / (1 + square)
    spread = wide * math.sqrt(share * (1 - share) / whole + square / (4 * whole)) / (1 + square)
    return max(0.0, middle - spread), min(1.0, middle + spread)


def drift(history: Sequence[Week], *, usual_weeks: int = 8, least: int = 30, drop: float = DROP) -> list[Drift]:
    """Return each category's weeks in order and the first week in which acceptance had fallen, all categories (EVERY) last.

    The first weeks, at least `usual_weeks` of them and `least` hints, say what is usual; from then on a running sum of
    how much likelier a share lower by `drop` is (Page, Continuous inspection schemes, 1954) raises the alarm above LIMIT.
    A single bad hint alarms nobody; fifty bad ones in one week do so at once. Raises ValueError for impossible counts.
    """
    by_name: dict[str, dict[str, tuple[int, int]]] = {}
    for one in history:
        wilson(one.accepted, one.shown)
        for name in (one.category, EVERY):
            shown, accepted = by_name.setdefault(name, {}).get(one.week, (0, 0))
            by_name[name][one.week] = (shown + one.shown, accepted + one.accepted)
    names = sorted(by_name, key=lambda name: (name == EVERY, name))
    return [_drift(name, sorted(by_name[name].items()), usual_weeks, least, drop) for name in names]


def _drift(name: str, weeks: list[tuple[str, tuple[int, int]]], usual_weeks: int, least: int, drop: float) -> Drift:
    shares = tuple(Share(week, shown, accepted / shown if shown else 0.0, *wilson(accepted, shown)) for week, (shown, accepted) in weeks)
    begin, shown, accepted = 0, 0, 0
    while begin < len(weeks) and (begin < usual_weeks or shown < least):
        shown, accepted, begin = shown + weeks[begin][1][0], accepted + weeks[begin][1][1], begin + 1
    usual = accepted / shown if shown else 0.0
    expected = min(max(usual, drop + 0.01), 0.99)
    worse = expected - drop
    total = 0.0
    for week, (seen, good) in weeks[begin:]:
        total = max(0.0, total + good * math.log(worse / expected) + (seen - good) * math.log((1 - worse) / (1 - expected)))
        if total > LIMIT:
            return Drift(name, usual, shares, week)
    return Drift(name, usual, shares, "")
