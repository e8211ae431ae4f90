"""Counting words of the law in exact whole numbers: 过半数, 半数以上, 三分之二以上 (rulebook 0.1).

The base is everyone who holds the seat now, present or not; it is the caller's to supply.
"""

from __future__ import annotations


class CountError(ValueError):
    """Numbers that no vote can have."""


def _check(n: int, base: int) -> None:
    if base <= 0:
        raise CountError(f"基数应当大于零，收到的是 {base}。")
    if n < 0:
        raise CountError(f"人数或者票数不能为负，收到的是 {n}。")
    if n > base:
        raise CountError(f"人数或者票数 {n} 超过了基数 {base}。")


def more_than_half(votes: int, base: int) -> bool:
    """过半数: strictly more than half; exactly half is not enough (地方组织法 25、51).

    Raises CountError if votes < 0, votes > base or base <= 0.
    """
    _check(votes, base)
    return votes * 2 > base


def at_least_half(n: int, base: int) -> bool:
    """半数以上: half or more; 以上 includes the number (代表法 20, 民法典 1259). Raises CountError."""
    return at_least(n, base, 1, 2)


def at_least(n: int, base: int, numerator: int, denominator: int) -> bool:
    """三分之二以上、五分之一以上: n is at least that part of the base (民法典 1259).

    Raises CountError if n < 0, n > base, base <= 0 or the part is not above 0 and at most 1.
    """
    _check(n, base)
    if not 0 < numerator <= denominator:
        raise CountError(f"比例 {numerator}/{denominator} 应当大于零且不超过一。")
    return n * denominator >= base * numerator
