"""Many texts at once as arrays of code points: folded for matching, without what they quote.

Folding follows `quancheng.kernel.text.fold` character by character (NFKC, lower case, no punctuation, no spaces); a
character that NFKC writes as several keeps the first. Quotations say what the law says, not what the person says, so
they are left out of every comparison: the passages in quotation marks, and the runs that stand in the law asked about.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from quancheng.kernel.text import fold

QUOTED_RUN = 15  # characters; a shorter quotation may be the person's own words
LONGEST = 4000  # characters of one text that are compared
_CODES = sys.maxunicode + 1
_PAIRS = (("“", "”"), ("《", "》"), ("‘", "’"), ("「", "」"), ("『", "』"))


@dataclass(frozen=True)
class Folded:
    """Folded texts end to end: `codes` of all, text i at `codes[starts[i]:starts[i + 1]]` (`starts` has n + 1 entries)."""

    codes: NDArray[np.uint32]
    starts: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Characters of each text, shape (n,)."""
        return np.diff(self.starts)


@lru_cache(maxsize=20_000)
def _code(code: int) -> int:
    if 0xD800 <= code <= 0xDFFF or unicodedata.category(chr(code))[0] == "C":
        return 0
    bare = fold(chr(code))
    return ord(bare[0]) if bare else 0


def _table(codes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Return what each code point that occurs folds to; 0 where it falls away."""
    table = np.zeros(_CODES, dtype=np.uint32)
    seen = np.zeros(_CODES, dtype=bool)
    seen[codes] = True
    for code in np.flatnonzero(seen).tolist():
        table[code] = _code(code)
    return table


def _quotations(codes: NDArray[np.uint32], starts: NDArray[np.int64]) -> NDArray[np.bool_] | None:
    """Mark what stands in quotation marks, QUOTED_RUN characters or more, inside one text; None: nothing does."""
    marks = None
    for opens, closes in _PAIRS:
        opening = np.flatnonzero(codes == ord(opens))
        closing = np.flatnonzero(codes == ord(closes))
        if not len(opening) or not len(closing):
            continue
        ends = np.sort(np.concatenate([opening, closing]))
        at = np.searchsorted(ends, opening, side="right")
        opening, at = opening[at < len(ends)], at[at < len(ends)]
        until = ends[at]
        one_text = np.searchsorted(starts, opening, side="right") == np.searchsorted(starts, until, side="right")
        whole = (codes[until] == ord(closes)) & (until - opening > QUOTED_RUN) & one_text
        marks = np.zeros(len(codes), dtype=bool) if marks is None and whole.any() else marks
        for first, last in zip(opening[whole].tolist(), until[whole].tolist(), strict=True):
            marks[first:last] = True  # type: ignore[index]  # there is one as soon as there is a quotation
    return marks


def windows(codes: NDArray[np.uint32], size: int) -> NDArray[np.uint64]:
    """Return the 64-bit hash of each run of `size` characters, shape (len(codes) - size + 1,) or (0,)."""
    count = len(codes) - size + 1
    if count <= 0:
        return np.zeros(0, dtype=np.uint64)
    total = np.zeros(count, dtype=np.uint64)
    for k in range(size):
        total *= np.uint64(0x9E3779B97F4A7C15)
        total += codes[k : k + count]
        if k % 3 == 2:
            total ^= total >> np.uint64(29)
    total *= np.uint64(0xBF58476D1CE4E5B9)
    total ^= total >> np.uint64(32)
    return total


def _from_law(codes: NDArray[np.uint32], owner: NDArray[np.int64], quoted: Sequence[str]) -> NDArray[np.bool_]:
    """Mark the runs of QUOTED_RUN characters and more that stand in the quoted texts."""
    marks = np.zeros(len(codes), dtype=bool)
    hashes = [windows(np.array([ord(c) for c in fold(one)], dtype=np.uint32), QUOTED_RUN) for one in quoted]
    law = np.unique(np.concatenate(hashes)) if hashes else np.zeros(0, dtype=np.uint64)
    if not len(law) or len(codes) < QUOTED_RUN:
        return marks
    here = windows(codes, QUOTED_RUN)
    coarse = np.zeros(1 << 20, dtype=bool)
    coarse[law & np.uint64(0xFFFFF)] = True
    maybe = np.flatnonzero(coarse[here & np.uint64(0xFFFFF)] & (owner[: len(here)] == owner[QUOTED_RUN - 1 :]))
    for first in maybe[np.isin(here[maybe], law)].tolist():
        marks[first : first + QUOTED_RUN] = True
    return marks


def folded(texts: Sequence[str], *, quoted: Sequence[str] = ()) -> Folded:
    """Fold many texts and leave their quotations out; a text that holds little else keeps them.

    `quoted`: the laws under consultation, whose wording is no opinion. Only the first LONGEST characters of a text
    count. A text without a letter folds to nothing.
    """
    cut = [one[:LONGEST] if len(one) > LONGEST else one for one in texts]
    codes = np.frombuffer("".join(cut).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    starts = np.concatenate([[0], np.cumsum([len(one) for one in cut])]).astype(np.int64)
    bare = _table(codes)[codes]
    kept = bare != 0
    out = _quotations(codes, starts)
    if quoted:
        place = np.flatnonzero(kept)
        owner = np.searchsorted(starts, place, side="right")
        law = _from_law(bare[place], owner, quoted)
        if law.any():
            out = np.zeros(len(codes), dtype=bool) if out is None else out
            out[place[law]] = True
    if out is not None:  # one who says nothing but the quotation is heard with it
        own = _per_text(kept & ~out, starts)
        kept &= ~(out & np.repeat(own >= 3, np.diff(starts)))
    lengths = _per_text(kept, starts)
    return Folded(bare[kept], np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64))


def _per_text(marks: NDArray[np.bool_], starts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how many characters of each text are marked."""
    sums = np.concatenate([np.zeros(1, dtype=np.int32), np.cumsum(marks, dtype=np.int32)])
    found: NDArray[np.int64] = (sums[starts[1:]] - sums[starts[:-1]]).astype(np.int64)
    return found


def part(texts: Folded, rows: NDArray[np.int64]) -> Folded:
    """Return the folded texts of these rows alone."""
    lengths = texts.lengths[rows]
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    place = np.repeat(texts.starts[rows] - starts[:-1], lengths) + np.arange(starts[-1])
    return Folded(texts.codes[place], starts)
