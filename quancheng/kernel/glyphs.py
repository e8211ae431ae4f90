"""Which characters a font file can draw: its `cmap` table, read without a font library.

Source: OpenType 1.9, chapters “Organization of an OpenType Font” and “cmap” (formats 4, 6, 12 and 13).
Offsets are in bytes, characters are Unicode code points.
"""

from __future__ import annotations

import struct
from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

_BEST_FIRST = ((3, 10), (0, 6), (0, 4), (3, 1), (0, 3), (0, 2), (0, 1), (0, 0))  # (platform, encoding): whole Unicode first


class FontUnreadable(ValueError):
    """The file is no OpenType font, or its table of characters is of an unknown form."""


@dataclass(frozen=True)
class Coverage:
    """Runs of code points that have a glyph: the last of each run, in rising order, and the first."""

    lasts: tuple[int, ...]
    firsts: tuple[int, ...]

    def __contains__(self, character: str) -> bool:
        """Tell whether one character has a glyph."""
        point = ord(character)
        at = bisect_left(self.lasts, point)
        return at < len(self.lasts) and self.firsts[at] <= point


@lru_cache(maxsize=128)
def coverage(path: str, index: int = 0) -> Coverage:
    """Return what the font file draws; `index` chooses the font of a collection (.ttc). Raises FontUnreadable, OSError."""
    with Path(path).open("rb") as file:
        try:
            runs = _runs(_cmap(file, index))
        except (struct.error, IndexError) as error:
            raise FontUnreadable(f"cannot read the characters of {Path(path).name}") from error
    joined: list[list[int]] = []
    for first, last in sorted(runs):
        if joined and first <= joined[-1][1] + 1:
            joined[-1][1] = max(joined[-1][1], last)
        else:
            joined.append([first, last])
    return Coverage(tuple(last for _, last in joined), tuple(first for first, _ in joined))


def _read(file: BinaryIO, at: int, size: int) -> bytes:
    file.seek(at)
    return file.read(size)


def _cmap(file: BinaryIO, index: int) -> bytes:
    """Return the table `cmap` of a font, or of one font of a collection."""
    start = 0
    if _read(file, 0, 4) == b"ttcf":
        (start,) = struct.unpack(">I", _read(file, 12 + 4 * index, 4))
    (count,) = struct.unpack(">H", _read(file, start + 4, 2))
    directory = _read(file, start + 12, 16 * count)
    for at in range(0, 16 * count, 16):
        if directory[at : at + 4] == b"cmap":
            offset, size = struct.unpack(">II", directory[at + 8 : at + 16])
            return _read(file, offset, size)
    raise FontUnreadable("the font has no table cmap")


def _runs(table: bytes) -> list[tuple[int, int]]:
    """Return (first, last) of the runs of the best subtable."""
    (count,) = struct.unpack(">H", table[2:4])
    places = {}
    for at in range(4, 4 + 8 * count, 8):
        platform, encoding, offset = struct.unpack(">HHI", table[at : at + 8])
        places[platform, encoding] = offset
    best = next((places[which] for which in _BEST_FIRST if which in places), None)
    if best is None:
        raise FontUnreadable("the font knows no Unicode")
    sub = table[best:]
    (form,) = struct.unpack(">H", sub[:2])
    if form in (12, 13):
        (groups,) = struct.unpack(">I", sub[12:16])
        found = (struct.unpack(">III", sub[at : at + 12]) for at in range(16, 16 + 12 * groups, 12))
        return [(first + (glyph == 0 and form == 12), last) for first, last, glyph in found]
    if form == 6:
        first, length = struct.unpack(">HH", sub[6:10])
        glyphs = struct.unpack(f">{length}H", sub[10 : 10 + 2 * length])
        return [(first + i, first + i) for i, glyph in enumerate(glyphs) if glyph]
    if form == 4:
        return _segments(sub)
    raise FontUnreadable(f"cmap format {form}")


def _segments(sub: bytes) -> list[tuple[int, int]]:
    """Runs of a subtable of format 4; a character that its segment leads to glyph 0 is left out."""
    (twice,) = struct.unpack(">H", sub[6:8])
    count = twice // 2

    def column(number: int, sign: str = "H") -> tuple[int, ...]:
        at = 14 + number * twice + (2 if number else 0)  # two bytes of padding after the first column
        return struct.unpack(f">{count}{sign}", sub[at : at + twice])

    lasts, firsts, deltas, offsets = column(0), column(1), column(2, "h"), column(3)
    runs = []
    for i, (first, last) in enumerate(zip(firsts, lasts, strict=True)):
        for point in range(first, min(last, 0xFFFE) + 1):
            glyph = point
            if offsets[i]:
                at = 16 + 3 * twice + 2 * i + offsets[i] + 2 * (point - first)
                (glyph,) = struct.unpack(">H", sub[at : at + 2])
                if glyph == 0:
                    continue
            if (glyph + deltas[i]) & 0xFFFF:
                runs.append((point, point))
    return runs
