"""Routing hints: which category of affairs a text is of and who probably leads, learnt from a city's own assignments.

Runs of one to four characters, hashed; weights by rarity; one linear machine for each category (Fan et al., LIBLINEAR,
2008); scores turned into probabilities by one temperature (Guo et al., On calibration of modern neural networks, 2017)
found on texts left out of training. A hint is shown only above the threshold at which, on those texts, at least SURE of
the hints were right (S17: a named person decides). The model holds weights of hashes, no text.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import rjieba
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from quancheng.kernel import keeping
from quancheng.mining.folding import Folded, folded, windows
from quancheng.mining.lookalikes import groups

SIZES = (1, 2, 3, 4)
BUCKETS = 1 << 18
SURE = 0.98
LEAST = 2  # lessons of a category before it takes part
FOLDS = 5
PLAIN = 0.35  # temperature where none was measured
_SEEDED = 12  # a category with fewer lessons of its own keeps the shipped sentences
_PART = 20_000
_ROWS = Path(__file__).parent / "seeds.csv"


@dataclass(frozen=True)
class Hint:
    """What the machine suggests: a category, how sure it is (0 to 1), the runner-up; `shown` if above the threshold."""

    category: str
    confidence: float
    second: str
    shown: bool


@dataclass(frozen=True)
class Seed:
    """A sentence written for the shipped taxonomy: what a city without lessons begins with."""

    category: str
    unit: str
    sentence: str


@lru_cache(maxsize=1)
def seeds() -> tuple[Seed, ...]:
    """Return the shipped sentences."""
    return tuple(Seed(**row) for row in csv.DictReader(io.StringIO(_ROWS.read_text(encoding="utf-8"))))


@dataclass(frozen=True)
class Router:
    """weights: (BUCKETS, c) with the rarity of each run folded in; rarity: (BUCKETS,); bias: (c,); threshold: 0 to 1."""

    categories: tuple[str, ...]
    weights: NDArray[np.float32]
    rarity: NDArray[np.float32]
    bias: NDArray[np.float32]
    temperature: float
    threshold: float
    lessons: int
    coverage: float  # of texts left out of training, the share that was given a hint

    def scores(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the probability of each category for each text, shape (n, c); rows sum to 1."""
        out = np.zeros((len(texts), len(self.categories)), dtype=np.float32)
        for first in range(0, len(texts), _PART):
            many = _matrix(folded(texts[first : first + _PART]), self.rarity)
            raw = (many @ self.weights + self.bias) / self.temperature
            raw -= raw.max(axis=1, keepdims=True)
            odds = np.exp(raw)
            out[first : first + _PART] = odds / odds.sum(axis=1, keepdims=True)
        return out

    def hints(self, texts: Sequence[str]) -> list[Hint]:
        """Return a hint for each text; a text without a letter gets one that is never shown."""
        scores = self.scores(texts)
        order = np.argsort(-scores, axis=1, kind="stable")
        bare = folded(texts).lengths > 0
        return [
            Hint(
                self.categories[row[0]], float(score[row[0]]), self.categories[row[1]] if len(row) > 1 else "",
                bool(heard and score[row[0]] >= self.threshold),
            )
            for row, score, heard in zip(order.tolist(), scores, bare.tolist(), strict=True)
        ]  # fmt: skip

    def explain(self, text: str, category: str, most: int = 5) -> list[str]:
        """Return the words of the text that speak most for the category. Raises ValueError for an unknown one."""
        column = self.categories.index(category)
        mean = self.weights.mean(axis=1)
        gains: dict[str, float] = {}
        for word in rjieba.cut(text):
            if len(word.strip()) >= 2:
                found = np.concatenate([_buckets(folded([word]), size)[0] for size in SIZES])
                gains[word] = float((self.weights[found, column] - mean[found]).sum() / max(len(found), 1))
        return [word for word in sorted(gains, key=lambda word: (-gains[word], word)) if gains[word] > 0][:most]

    def save(self, path: Path) -> None:
        """Write the model to one file, whole or not at all."""
        out = io.BytesIO()
        np.savez_compressed(
            out, categories=np.array(self.categories), weights=self.weights.astype(np.float16), rarity=self.rarity,
            bias=self.bias, numbers=np.array([self.temperature, self.threshold, self.lessons, self.coverage]),
        )
        keeping.replace(path, out.getvalue())

    @classmethod
    def load(cls, path: Path) -> Router:
        """Read a model. Raises FileNotFoundError, ValueError."""
        with np.load(path, allow_pickle=False) as held:
            numbers = held["numbers"].tolist()
            return cls(
                tuple(held["categories"].tolist()), held["weights"].astype(np.float32), held["rarity"], held["bias"],
                numbers[0], numbers[1], int(numbers[2]), numbers[3],
            )


def train(texts: Sequence[str], labels: Sequence[str], *, seeded: bool = False, measured: bool = True) -> Router:
    """Learn from texts and their categories; near-copies never stand on both sides when it is measured.

    `seeded`: the shipped sentences stand in for categories that have few lessons. `measured` False saves the time of
    measuring: such a router knows no threshold and shows no hint. Raises ValueError when fewer than two
    categories have LEAST lessons.
    """
    if len(texts) != len(labels):
        raise ValueError("每段文字须有一个类别。")
    own = {label: labels.count(label) for label in set(labels)}
    extra = [seed for seed in seeds() if seeded and own.get(seed.category, 0) < _SEEDED]
    texts, labels = [*texts, *(seed.sentence for seed in extra)], [*labels, *(seed.category for seed in extra)]
    counted = {label: labels.count(label) for label in sorted(set(labels)) if label.strip()}
    kept = [i for i, label in enumerate(labels) if counted.get(label, 0) >= LEAST]
    names = sorted({labels[i] for i in kept})
    if len(names) < 2:
        raise ValueError(f"至少要有两个类别，每类不少于{LEAST}段文字，才能学习分类。")
    chosen = [texts[i] for i in kept]
    wanted = np.array([names.index(labels[i]) for i in kept])
    many = folded(chosen)
    rarity = _rarity(many)
    matrix = _matrix(many, rarity)
    weights, bias = _fit(matrix, wanted, len(names))
    if not measured:
        return Router(tuple(names), weights, rarity, bias, PLAIN, 1.01, len(kept), 0.0)
    left_out, first = _left_out(matrix, wanted, groups(chosen), len(names))
    temperature = _temperature(left_out, wanted[first])
    threshold, coverage = _threshold(left_out / temperature, wanted[first])
    return Router(tuple(names), weights, rarity, bias, temperature, threshold, len(kept), coverage)


def cold() -> Router:
    """Return the router of a city that has no lessons yet: the shipped sentences alone; it knows that it knows little."""
    return train([], [], seeded=True)


def _buckets(texts: Folded, size: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the bucket of each run of `size` characters and the text it is of."""
    here = windows(texts.codes, size)
    owner = np.repeat(np.arange(len(texts)), texts.lengths)
    inside = owner[: len(here)] == owner[size - 1 :] if len(here) else np.zeros(0, dtype=bool)
    hashed = (here[inside] + np.uint64(size)) * np.uint64(0x9E3779B97F4A7C15)
    return (hashed >> np.uint64(46)).astype(np.int64), owner[: len(here)][inside]


def _counts(texts: Folded) -> csr_matrix:
    found = [_buckets(texts, size) for size in SIZES]
    codes = np.concatenate([owner * BUCKETS + bucket for bucket, owner in found])
    unique, times = np.unique(codes, return_counts=True)
    rows, columns = np.divmod(unique, BUCKETS)
    starts = np.searchsorted(rows, np.arange(len(texts) + 1))
    return csr_matrix((times.astype(np.float32), columns, starts), shape=(len(texts), BUCKETS))


def _rarity(texts: Folded) -> NDArray[np.float32]:
    held = np.bincount(_counts(texts).indices, minlength=BUCKETS)
    rarity = np.log((1 + len(texts)) / (1 + held)) + 1
    return np.where(held > 0, rarity, 0).astype(np.float32)


def _matrix(texts: Folded, rarity: NDArray[np.float32]) -> csr_matrix:
    """Return the weighted runs of each text, each row of length 1, shape (n, BUCKETS)."""
    many = _counts(texts)
    many.data = (1 + np.log(many.data)) * rarity[many.indices]
    squares = np.bincount(np.repeat(np.arange(len(texts)), np.diff(many.indptr)), many.data**2, minlength=len(texts))
    many.data /= np.repeat(np.sqrt(np.maximum(squares, 1e-12)), np.diff(many.indptr))
    many.data = many.data.astype(np.float32)
    return many


def _fit(matrix: csr_matrix, wanted: NDArray[np.int64], count: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return weights (BUCKETS, c) and bias (c,)."""
    machine = LinearSVC(C=1.0, class_weight="balanced", random_state=0).fit(matrix, wanted)
    weights, bias = machine.coef_.T, machine.intercept_
    if count == 2:  # one line parts two classes
        weights, bias = np.hstack([-weights, weights]), np.array([-bias[0], bias[0]])
    return weights.astype(np.float32), bias.astype(np.float32)


def _left_out(
    matrix: csr_matrix, wanted: NDArray[np.int64], leaders: NDArray[np.int64], count: int
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return the scores of texts by machines that had not seen them or their copies, and which texts those are."""
    first = np.flatnonzero((leaders < 0) | (leaders == np.arange(len(leaders))))  # one of each group is measured
    folds = min(FOLDS, int(np.bincount(wanted[first], minlength=count).min()))
    if folds < 2:
        return np.zeros((len(first), count), dtype=np.float32), first
    scores = np.zeros((len(first), count), dtype=np.float32)
    for _train, test in StratifiedKFold(folds, shuffle=True, random_state=0).split(first, wanted[first]):
        out = np.isin(np.where(leaders < 0, np.arange(len(leaders)), leaders), first[test])
        weights, bias = _fit(matrix[~out], wanted[~out], count)
        scores[test] = matrix[first[test]] @ weights + bias
    return scores, first


def _temperature(scores: NDArray[np.float32], wanted: NDArray[np.int64]) -> float:
    """Return the temperature under which the left-out texts are most probable."""
    tried = np.geomspace(0.05, 2.0, 40)
    losses = []
    for one in tried:
        raw = scores / one
        raw = raw - raw.max(axis=1, keepdims=True)
        losses.append(float((np.log(np.exp(raw).sum(axis=1)) - raw[np.arange(len(wanted)), wanted]).mean()))
    return float(tried[int(np.argmin(losses))])


def _threshold(raw: NDArray[np.float32], wanted: NDArray[np.int64]) -> tuple[float, float]:
    """Return the lowest confidence above which SURE of the left-out texts are right, and what share that is."""
    odds = np.exp(raw - raw.max(axis=1, keepdims=True))
    sure = (odds / odds.sum(axis=1, keepdims=True)).max(axis=1)
    order = np.argsort(-sure, kind="stable")
    right = np.cumsum(raw.argmax(axis=1)[order] == wanted[order]) / np.arange(1, len(order) + 1)
    held = np.flatnonzero((right >= SURE) & (np.arange(len(order)) >= 20))
    if not len(held):
        return 1.01, 0.0
    return float(sure[order[held[-1]]]), float((held[-1] + 1) / len(order))
