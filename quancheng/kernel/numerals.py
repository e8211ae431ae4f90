"""Chinese numerals as legal texts write them: 第一百零一条 and 101, both ways.

Source: rulebook C.2 rule 3 (立法技术规范). Whole numbers 1 to 9999.
"""

from __future__ import annotations

import re
import unicodedata

_DIGITS = "零一二三四五六七八九"
_UNITS = ((1000, "千"), (100, "百"), (10, "十"))
_VALUES = {c: i for i, c in enumerate(_DIGITS)} | {"〇": 0, "○": 0, "两": 2}
_UNIT_VALUES = {"千": 1000, "百": 100, "十": 10}
_ASCII = re.compile(r"[0-9]+")

LARGEST = 9999


class NumeralError(ValueError):
    """The text is no number that this module reads, or the number is outside 1..9999."""


def to_chinese(n: int) -> str:
    """Write ``n`` (1..9999) as legal texts do: 10 → 十, 101 → 一百零一, 110 → 一百一十.

    Raises NumeralError outside that range.
    """
    if not 1 <= n <= LARGEST:
        raise NumeralError(f"只能写出 1 至 {LARGEST} 的数，收到的是 {n}。")
    parts: list[str] = []
    rest, gap = n, False
    for value, unit in _UNITS:
        digit, rest = divmod(rest, value)
        if digit:
            if gap:
                parts.append("零")
            parts.append(_DIGITS[digit] + unit)
            gap = False
        elif parts:
            gap = True
    if rest:
        parts.append(("零" if gap else "") + _DIGITS[rest])
    written = "".join(parts)
    return written[1:] if written.startswith("一十") else written


def from_chinese(s: str) -> int:
    """Read a number 1..9999 written with Chinese numerals or with ASCII or full-width digits.

    Accepts 〇 for 零, 一十 for 十, digits in a row (一〇一 for 101) and spaces anywhere.
    Raises NumeralError on anything else, zero and numbers above 9999 included.
    """
    text = "".join(unicodedata.normalize("NFKC", s).split())
    if not text:
        raise NumeralError("这里应当有一个数，但没有写。")
    if _ASCII.fullmatch(text):
        number = int(text) if len(text) <= 12 else LARGEST + 1
    elif any(c in _UNIT_VALUES for c in text):
        number = _with_units(text, s)
    elif all(c in _VALUES for c in text) and len(text) <= 12:
        number = int("".join(str(_VALUES[c]) for c in text))
    else:
        raise NumeralError(f"“{s}”不是可以识别的数。")
    if not 1 <= number <= LARGEST:
        raise NumeralError(f"“{s}”不在 1 至 {LARGEST} 之间。")
    return number


def _with_units(text: str, original: str) -> int:
    """Read 一千零二十三: units must fall, each digit must have a place."""
    wrong = NumeralError(f"“{original}”不是规范的中文数字。")
    total, digit, last, gap = 0, None, 10_000, False
    for c in text:
        if c in _UNIT_VALUES:
            unit = _UNIT_VALUES[c]
            bare = digit is None and not (unit == 10 and (total == 0 or gap))  # 百 alone; 十 alone is 10
            if unit >= last or (gap and unit * 10 >= last) or bare:
                raise wrong
            total += (1 if digit is None else digit) * unit
            digit, last, gap = None, unit, False
        elif c in _VALUES and _VALUES[c] == 0:
            if digit is not None or gap or not total:
                raise wrong
            gap = True
        elif c in _VALUES:
            if digit is not None:
                raise wrong
            digit = _VALUES[c]
        else:
            raise wrong
    if digit is None:
        if gap:
            raise wrong
        return total
    if last > 10 and not gap:  # 一百一 is spoken for 110; a text of law does not write it
        raise wrong
    return total + digit
