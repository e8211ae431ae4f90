"""Topics: what many texts are about, as a tree of two levels in which every text has its place; none is called noise.

A sample of at most BUDGET texts is laid out by `vectors.about`; texts are joined to their nearest and parted where few
joins cross (Leiden: Traag, Waltman and van Eck, From Louvain to Leiden, 2019). The rest, and whoever comes later, is
placed by a router learnt from the sample, so that a topic keeps its members from day to day. What staff pinned stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sknetwork.clustering import Leiden

from quancheng.mining import naming, routing
from quancheng.mining.folding import folded
from quancheng.mining.routing import Router
from quancheng.mining.vectors import Told, about

BUDGET = 12_000
NEIGHBOURS = 30
COARSE, FINE = 0.7, 1.0  # resolution of the two levels
PARTED = 60  # texts of the sample that a topic needs to be parted further
SMALLEST = 5
LIES_WELL = 0.5  # fit from which a text is said to lie in its topic
SHOWN = 5
_NAMED_BY = 300
_BLOCK = 2048


@dataclass(frozen=True)
class Topic:
    """One topic. number: its id; parent: the id above or -1; typical, apart: positions of texts that stand for it, and
    of those that say something else in it."""

    number: int
    parent: int
    name: str
    words: tuple[str, ...]
    size: int
    typical: tuple[int, ...]
    apart: tuple[int, ...]


@dataclass(frozen=True)
class Topics:
    """of: the topic of each text, -1 for one without a letter, shape (n,); fit: how well it lies there, 0 to 1, shape
    (n,); router: places newcomers (its categories are topic numbers as words); None with a single topic."""

    topics: tuple[Topic, ...]
    of: NDArray[np.int64]
    fit: NDArray[np.float32]
    router: Router | None

    @property
    def coverage(self) -> float:
        """The share of texts that lie well in their topic."""
        held = self.of >= 0
        return float((self.fit[held] >= LIES_WELL).mean()) if held.any() else 0.0


def tree(
    texts: Sequence[str], counts: Sequence[int] | None = None, *, pinned: Sequence[int] | None = None,
    told: Told = lambda _share: None, budget: int = BUDGET,
) -> Topics:  # fmt: skip
    """Sort texts into topics. counts: how many people each text stands for; pinned: the topic a person keeps a text in,
    -1 where free (numbers of new topics begin above); told hears the share that is done.
    """
    size = np.ones(len(texts), dtype=np.int64) if counts is None else np.asarray(counts, dtype=np.int64)
    kept = np.full(len(texts), -1, dtype=np.int64) if pinned is None else np.asarray(pinned, dtype=np.int64)
    heard = np.flatnonzero(folded(texts).lengths > 0)
    free = heard[kept[heard] < 0]
    sample = np.sort(np.random.default_rng(0).permutation(free)[:budget])
    of, fit = kept.copy(), np.where(kept >= 0, 1.0, 0.0).astype(np.float32)
    parents: dict[int, int] = {}
    if len(sample):
        where = about([texts[i] for i in sample], lambda share: told(0.7 * share))
        of[sample], fit[sample], parents = _parted(where, int(kept.max(initial=-1)) + 1)
    router = _router(texts, of, fit)
    rest = np.setdiff1d(heard, np.flatnonzero(of >= 0))
    if len(rest):
        of[rest], fit[rest] = place(router, [texts[i] for i in rest], int(of.max(initial=0)))
    told(0.95)
    return Topics(tuple(_told_of(texts, size, of, fit, parents)), of, fit, router)


def place(router: Router | None, texts: Sequence[str], only: int = 0) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the topic of each newcomer and how well he lies there; without a router all lie in the `only` topic."""
    if router is None:
        return np.full(len(texts), only, dtype=np.int64), np.ones(len(texts), dtype=np.float32)
    scores = router.scores(texts)
    numbers = np.array([int(name) for name in router.categories])
    return numbers[scores.argmax(axis=1)], scores.max(axis=1)


def _router(texts: Sequence[str], of: NDArray[np.int64], fit: NDArray[np.float32]) -> Router | None:
    """Learn to place what comes later from those that lie well."""
    known = np.flatnonzero((of >= 0) & (fit >= LIES_WELL))
    numbers, held = np.unique(of[known], return_counts=True)
    if (held >= routing.LEAST).sum() < 2:
        return None
    chosen = np.concatenate([known[of[known] == number][:2000] for number in numbers])
    return routing.train([texts[i] for i in chosen], [str(of[i]) for i in chosen], measured=False)


def _neighbours(where: NDArray[np.float32], count: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the nearest `count` of each row and how near they are, shapes (n, count)."""
    near, score = np.empty((len(where), count), dtype=np.int64), np.empty((len(where), count), dtype=np.float32)
    for first in range(0, len(where), _BLOCK):
        block = where[first : first + _BLOCK] @ where.T
        block[np.arange(len(block)), np.arange(first, first + len(block))] = -2
        rows = np.argpartition(-block, count - 1, axis=1)[:, :count]
        near[first : first + _BLOCK], score[first : first + _BLOCK] = rows, np.take_along_axis(block, rows, axis=1)
    return near, np.maximum(score, 1e-3)


def _parted(where: NDArray[np.float32], number: int) -> tuple[NDArray[np.int64], NDArray[np.float32], dict[int, int]]:
    """Part the sample twice; return the finest topic of each row, its fit, and what topic each topic is under."""
    n, parents = len(where), {}
    if n < 2 * SMALLEST:
        return np.full(n, number, dtype=np.int64), np.ones(n, dtype=np.float32), {number: -1}
    near, score = _neighbours(where, min(NEIGHBOURS, n - 1))
    rows = np.repeat(np.arange(n), near.shape[1])
    graph = csr_matrix((score.ravel(), (rows, near.ravel())), shape=(n, n))
    graph = (graph + graph.T).tocsr()
    coarse, of = _communities(graph, COARSE), np.empty(n, dtype=np.int64)
    for one in range(coarse.max() + 1):
        members = np.flatnonzero(coarse == one)
        top, number = number, number + 1
        parents[top], of[members] = -1, top
        if len(members) < PARTED:
            continue
        fine = _communities(graph[members][:, members], FINE)
        for part in range(fine.max() + 1 if fine.max() else 0):
            of[members[fine == part]], parents[number] = number, top
            number += 1
    fit = (of[near] == of[:, None]).mean(axis=1).astype(np.float32)
    return of, fit, parents


def _communities(graph: csr_matrix, resolution: float) -> NDArray[np.int64]:
    """Return the community of each row, the largest first; those under SMALLEST go to where most of their joins lead."""
    found = np.asarray(Leiden(resolution=resolution, random_state=1).fit_predict(graph), dtype=np.int64)
    size = np.bincount(found)
    large = np.flatnonzero(size >= SMALLEST)
    if not len(large):
        return np.zeros(len(found), dtype=np.int64)
    for row in np.flatnonzero(size[found] < SMALLEST):
        joins = np.bincount(found[graph[row].indices], weights=graph[row].data, minlength=len(size))[large]
        found[row] = large[int(joins.argmax())]
    order = np.argsort(-np.bincount(found, minlength=len(size)), kind="stable")
    rank = np.empty(len(size), dtype=np.int64)
    rank[order] = np.arange(len(size))
    return rank[found]


def _told_of(
    texts: Sequence[str], counts: NDArray[np.int64], of: NDArray[np.int64], fit: NDArray[np.float32], parents: dict[int, int]
) -> list[Topic]:
    """Name and describe the topics; a topic above others is described by all that lie under it."""
    lowest = sorted(set(of[of >= 0].tolist()))
    for number in lowest:
        parents.setdefault(number, -1)
    under = {number: [one for one in lowest if number in (one, parents[one])] for number in parents}
    members = {number: np.flatnonzero(np.isin(of, under[number])) for number in parents if under[number]}
    ordered = {number: rows[np.argsort(-fit[rows], kind="stable")] for number, rows in members.items()}
    words: dict[int, list[str]] = {}
    for above in sorted({parents[number] for number in members}):  # named against their siblings
        siblings = [number for number in members if parents[number] == above]
        words |= naming.words_of({number: [texts[i] for i in ordered[number][:_NAMED_BY]] for number in siblings})
    names = naming.names_of(words, "其他")
    return [
        Topic(
            number, parents[number], names[number], tuple(words[number]), int(counts[rows].sum()),
            tuple(ordered[number][:SHOWN].tolist()), tuple(_apart(rows, fit).tolist()),
        )
        for number, rows in members.items()
    ]  # fmt: skip


def _apart(rows: NDArray[np.int64], fit: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return those that lie worst in a topic, so that what is said by few is read too (S10)."""
    apart = rows[fit[rows] < LIES_WELL]
    return apart[np.argsort(fit[apart], kind="stable")][:SHOWN]
