"""Look-alike opinions: found by what people wrote, not by the law they quote (S10).

MinHash over runs of three characters, banding for candidates, and an exact check of each candidate
against the first member of its group, so that a chain of small differences joins nothing.
Source: Broder, On the resemblance and containment of documents (1997).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import shake_128
from itertools import islice
from struct import Struct

from .text import fold

_HASHES = 64
_VALUES = Struct(f"<{_HASHES}I")
_QUOTED_RUN = 15
_QUOTATION = re.compile(
    "|".join(
        rf"{a}[^{a}{b}]{{{_QUOTED_RUN},}}{b}" for a, b in ("“”", "《》", "‘’", "「」", "『』", "''", '""')
    )
)


@dataclass
class Group:
    """Positions of texts that say the same; the first is the one the others were checked against."""

    members: list[int] = field(default_factory=list)


def look_alikes(
    texts: Sequence[str], *, quoted: Sequence[str] = (), threshold: float = 0.6
) -> list[list[int]]:
    """Groups of two or more positions whose texts are near-duplicates, in order of first member.

    Quotations of 15 characters or more, and whatever runs of 15 or more stand in ``quoted`` (the law
    under consultation), are left out of the comparison. ``threshold``: share of common three-character
    runs, 0 < threshold <= 1 (else ValueError). Texts without any letter are never grouped. Call it with
    the opinions on one clause: a bare “同意” on two clauses looks alike and is not.
    """
    if not 0 < threshold <= 1:
        raise ValueError("相似度界限应当大于 0 且不超过 1。")
    known = _runs_of(map(fold, quoted), _QUOTED_RUN)
    groups: dict[str, Group] = {}  # equal words share one group at once
    for i, text in enumerate(texts):
        words = _own_words(text, known)
        if words:
            groups.setdefault(words, Group()).members.append(i)
    joined = _join(list(groups.items()), threshold)
    return sorted(sorted(g.members) for g in joined if len(g.members) > 1)


def _own_words(text: str, known: frozenset[str]) -> str:
    """The folded text without its quotations; all of it where it holds nothing else."""
    whole = fold(text)
    own = fold(_QUOTATION.sub(" ", text))
    if known and len(own) >= _QUOTED_RUN:
        keep = [True] * len(own)
        for i in range(len(own) - _QUOTED_RUN + 1):
            if own[i : i + _QUOTED_RUN] in known:
                keep[i : i + _QUOTED_RUN] = [False] * _QUOTED_RUN
        own = "".join(c for c, stays in zip(own, keep, strict=True) if stays)
    return own if own else whole


def _runs_of(texts: Iterable[str], size: int) -> frozenset[str]:
    return frozenset(t[i : i + size] for t in texts for i in range(len(t) - size + 1))


def _join(entries: Sequence[tuple[str, Group]], threshold: float) -> list[Group]:
    """Give each distinct text to the likest leader among its candidates, or make it a leader."""
    rows = 3 if threshold >= 0.5 else 2
    buckets: defaultdict[tuple[int, ...], list[int]] = defaultdict(list)
    leaders: list[tuple[frozenset[str], Group]] = []
    for words, group in entries:
        grams = _runs_of([words], 3) if len(words) > 3 else frozenset([words])
        signature = _signature(grams)
        keys = [(b, *signature[b : b + rows]) for b in range(0, _HASHES - rows + 1, rows)]
        best, home = threshold, None
        for k in {k for key in keys for k in buckets.get(key, ())}:
            score = _jaccard(grams, leaders[k][0], threshold)
            if score > best or (score == best and (home is None or k < home)):
                best, home = score, k
        if home is None:
            for key in keys:
                buckets[key].append(len(leaders))
            leaders.append((grams, group))
        else:
            leaders[home][1].members.extend(group.members)
    return [group for _, group in leaders]


def _jaccard(a: frozenset[str], b: frozenset[str], floor: float) -> float:
    small, large = sorted((len(a), len(b)))
    if small < floor * large:
        return 0.0
    shared = len(a & b)
    return shared / (small + large - shared)


def _signature(grams: frozenset[str]) -> tuple[int, ...]:
    """64 minima, one per hash function; a fixed amount of memory however long the text."""
    lowest: tuple[int, ...] = (0xFFFFFFFF,) * _HASHES
    remaining = iter(grams)
    while chunk := list(islice(remaining, 256)):
        hashed = (_VALUES.unpack(shake_128(g.encode("utf-8", "replace")).digest(_VALUES.size)) for g in chunk)
        lowest = tuple(map(min, lowest, *hashed))
    return lowest


def likest(words: str, texts: Sequence[str], *, floor: float = 0.35, most: int = 5) -> list[int]:
    """Positions of the texts nearest to ``words``, the nearest first: what somebody about to speak may look at.

    Measure: runs of two characters that both hold, over those of the shorter, so that a short wish finds a
    long one (overlap coefficient); below ``floor`` nothing is near.
    """
    mine = _runs_of([fold(words)], 2)
    scored = []
    for i, text in enumerate(texts):
        theirs = _runs_of([fold(text)], 2)
        small = min(len(mine), len(theirs))
        if small and (score := len(mine & theirs) / small) >= floor:
            scored.append((-score, i))
    return [i for _, i in sorted(scored)[:most]]
