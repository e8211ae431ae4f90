"""The rule engine: whole numbers only, the base is everybody who holds a seat, a tie across the cut is voted again.

R0.1–R0.15, R7.53 (rulebook). Never random, never by order of the list.
"""

from collections.abc import Sequence
from typing import Any

from quancheng.kernel.counting import CountError, at_least, more_than_half

Outcome = dict[str, Any]


def majority(options: Sequence[str], totals: Sequence[int], base: int, seats: int) -> Outcome:
    """More than half of all vote for the first option (R0.1, R0.5)."""
    return {"passed": more_than_half(totals[0], base), "votes": totals[0], "needed": base // 2 + 1}


def two_thirds(options: Sequence[str], totals: Sequence[int], base: int, seats: int) -> Outcome:
    """Two thirds of all or more vote for the first option."""
    return {"passed": at_least(totals[0], base, 2, 3), "votes": totals[0], "needed": -(-2 * base // 3)}


def grades(options: Sequence[str], totals: Sequence[int], base: int, seats: int) -> Outcome:
    """Satisfied and basically satisfied (the first two options) are more than half of all (R0.15)."""
    votes = totals[0] + totals[1]
    return {"passed": more_than_half(votes, base), "votes": votes, "needed": base // 2 + 1}


def by_votes(totals: Sequence[int]) -> list[int]:
    """Return the places of the options, most votes first; equal ones in the order of the list, which decides nothing."""
    return sorted(range(len(totals)), key=lambda place: (-totals[place], place))


def rank(options: Sequence[str], totals: Sequence[int], base: int, seats: int) -> Outcome:
    """At most `seats` of those above half of all, most votes first (R0.2, R0.14, R7.53).

    `chosen` are in by now; `revote` are tied across the cut: vote again among them for `open` seats; with none tied,
    `open` seats stay empty.
    """
    passed = [(totals[place], place) for place in by_votes(totals) if more_than_half(totals[place], base)]
    chosen = passed[:seats]
    tied: list[tuple[int, int]] = []
    if len(passed) > seats and passed[seats][0] == passed[seats - 1][0]:
        cut = passed[seats][0]
        chosen = [one for one in passed if one[0] > cut]
        tied = [one for one in passed if one[0] == cut]
    return {
        "chosen": [options[place] for _, place in chosen],
        "revote": [options[place] for _, place in tied],
        "open": seats - len(chosen),
    }


RULES = {"majority": majority, "two_thirds": two_thirds, "grades": grades, "rank": rank}


def outcome(rule: str, options: Sequence[str], totals: Sequence[int], base: int, seats: int) -> Outcome:
    """Apply the named rule. Raises CountError for numbers that no vote can have."""
    if len(options) != len(totals):
        raise CountError("票数与选项数目不符。")
    return RULES[rule](options, totals, base, seats)
