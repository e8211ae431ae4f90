"""Texts that carry a known group's text and add words of their own: shown as a link, never merged (S10).

What is common to whole texts sinks as one adds sentences of one's own; what part of the group's text stands in the new
one does not. A few long runs of the group's text, chosen by their hash (Schleimer, Wilkerson and Aiken, Winnowing,
2003: here every run whose hash ends in zeros), find the candidates; the bit maps measure them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from quancheng.mining.folding import Folded, folded, part, windows
from quancheng.mining.shingles import contained, sketch

LONG_RUN = 7
EVERY = 2  # of so many long runs one is looked up
CARRIED = 0.6  # of the group's runs of three characters
SHORTEST = 15  # characters of a group's text that may be found in others
COMMON = 30  # a run that stands in so many groups is a way of speaking


def _marks(texts: Folded) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Return the chosen long runs of all texts and the text each is of."""
    here = windows(texts.codes, LONG_RUN)
    owner = np.repeat(np.arange(len(texts)), texts.lengths)
    if not len(here):
        return here, np.zeros(0, dtype=np.int64)
    chosen = np.flatnonzero((owner[: len(here)] == owner[LONG_RUN - 1 :]) & (here % np.uint64(EVERY) == 0))
    return here[chosen], owner[chosen]


def carried(texts: Sequence[str], leaders: Sequence[str], *, quoted: Sequence[str] = ()) -> list[tuple[int, float]]:
    """Return for each text the leader whose text it carries and how much of it (CARRIED to 1); (-1, 0.0) where none.

    texts: those that are in no group; leaders: one text of each group.
    """
    ones, others = folded(texts, quoted=quoted), folded(leaders, quoted=quoted)
    out: list[tuple[int, float]] = [(-1, 0.0)] * len(texts)
    runs, whose = _marks(others)
    fits = (others.lengths >= SHORTEST)[whose]
    runs, whose = runs[fits], whose[fits]
    if not len(runs):
        return out
    order = np.argsort(runs, kind="stable")
    runs, whose = runs[order], whose[order]
    asked, by = _marks(ones)
    low, high = np.searchsorted(runs, asked, "left"), np.searchsorted(runs, asked, "right")
    counts = np.where(high - low > COMMON, 0, high - low)
    place = np.repeat(low - (np.cumsum(counts) - counts), counts) + np.arange(counts.sum())
    codes, hits = np.unique(np.repeat(by, counts) * len(leaders) + whose[place], return_counts=True)
    pairs = np.stack(np.divmod(codes[hits >= 2], len(leaders)), axis=1)
    if not len(pairs):
        return out
    of_texts, of_leaders = _maps(ones, pairs[:, 0]), _maps(others, pairs[:, 1])
    for text, leader in pairs.tolist():
        share = float(contained(of_leaders[leader], of_texts[text]))
        if share >= CARRIED and share > out[text][1]:
            out[text] = (leader, share)
    return out


def _maps(texts: Folded, rows: NDArray[np.int64]) -> dict[int, NDArray[np.uint64]]:
    unique = np.unique(rows)
    unique = unique[texts.lengths[unique] >= 3]
    return dict(zip(unique.tolist(), sketch(part(texts, unique))[1], strict=True))
