"""Routing hints: which category of affairs a text is of and who probably leads, learnt from a city's own assignments.

Runs of one to four characters, hashed; each run weighed for each category by how much oftener it stands there than
elsewhere, then one linear machine for each category (Wang and Manning, Baselines and bigrams: simple, good sentiment and
topic classification, 2012, on the machine of Fan et al., LIBLINEAR, 2008); scores turned into probabilities by one
temperature found on texts left out of training. A hint is shown only above the threshold at which, on those texts, at
least SURE of the hints were right (S17: a named person decides). The model holds weights of hashes, no text.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

import numpy as np
import rjieba
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from quancheng.kernel import keeping
from quancheng.mining import calibration
from quancheng.mining.features import BUCKETS, SIZES, buckets, by_size, counts, rarity, whole
from quancheng.mining.folding import folded
from quancheng.mining.lookalikes import groups

VERSION = "2"
SURE = 0.98
LEAST = 2  # lessons of a category before it takes part
FOLDS = 5
PLAIN = 0.35  # temperature where none was measured
MANY = 30  # with more categories than this every run weighs the same for each of them: less memory
FEW = 30  # lessons of a category, on average, before they can say which runs stand oftener in it
SMOOTH = 0.05  # added to the weight of each run in each category
COST = 4.0
_SEEDED = 12  # a category with fewer lessons of its own keeps the shipped sentences
_PART = 4_000
Machine = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]  # weights, lengths, bias
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
    """A trained machine.

    weights: (BUCKETS, c), what each run says for each category; lengths: (BUCKETS, c or 1), squares by which the length
    of a text is measured; bias: (c,); threshold: 0 to 1; coverage: of texts left out of training, the share that was
    given a hint; made_on: the date handed in.
    """

    categories: tuple[str, ...]
    weights: NDArray[np.float32]
    lengths: NDArray[np.float32]
    bias: NDArray[np.float32]
    temperature: float
    threshold: float
    lessons: int
    coverage: float
    made_on: str = ""
    version: str = VERSION

    @property
    def digest(self) -> str:
        """What the model is known by: a digest of everything that decides its answers."""
        found = blake2b(digest_size=16)
        for part in (self.weights, self.lengths, self.bias):
            found.update(np.ascontiguousarray(part).tobytes())
        found.update(repr((self.version, self.categories, self.temperature, self.threshold)).encode())
        return found.hexdigest()

    def raw(self, texts: Sequence[str]) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """Return the margin of each category, shape (n, c), and whether anything of the text is known, shape (n,)."""
        out = np.zeros((len(texts), len(self.categories)), dtype=np.float32)
        known = np.zeros(len(texts), dtype=bool)
        for first in range(0, len(texts), _PART):
            part = slice(first, first + _PART)
            squares = np.zeros((len(texts[part]), self.lengths.shape[1]), dtype=np.float32)
            for many in by_size(folded(texts[part])):
                out[part] += many @ self.weights
                many.data *= many.data
                squares += many @ self.lengths
            out[part] = out[part] / np.sqrt(np.maximum(squares, 1e-12)) + self.bias
            known[part] = squares.max(axis=1) > 0
        return out, known

    def scores(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the probability of each category for each text, shape (n, c); rows sum to 1."""
        return calibration.probabilities(self.raw(texts)[0], self.temperature)

    def hints(self, texts: Sequence[str]) -> list[Hint]:
        """Return a hint for each text; a text of which nothing is known gets one that is never shown."""
        raw, known = self.raw(texts)
        return told(self.categories, calibration.probabilities(raw, self.temperature), known, self.threshold)

    def explain(self, text: str, category: str, most: int = 5) -> list[str]:
        """Return the words of the text that speak most for the category. Raises ValueError for an unknown one."""
        column = self.categories.index(category)
        squares = sum(many.power(2) @ self.lengths for many in by_size(folded([text])))
        scale = np.sqrt(np.maximum(squares, 1e-12))
        gains: dict[str, float] = {}
        for word in rjieba.cut(whole(text)):
            if len(word.strip()) >= 2:
                found = np.concatenate([buckets(folded([word]), size)[0] for size in SIZES])
                each = self.weights[found] / scale
                gains[word] = float((each[:, column] - each.mean(axis=1)).sum() / max(len(found), 1))
        return [word for word in sorted(gains, key=lambda word: (-gains[word], word)) if gains[word] > 0][:most]

    def save(self, path: Path) -> None:
        """Write the model to one file, whole or not at all."""
        out = io.BytesIO()
        np.savez_compressed(
            out, categories=np.array(self.categories), weights=self.weights.astype(np.float16),
            lengths=self.lengths, bias=self.bias, stamp=np.array([self.made_on, self.version]),
            numbers=np.array([self.temperature, self.threshold, self.lessons, self.coverage]),
        )  # fmt: skip
        keeping.replace(path, out.getvalue())

    @classmethod
    def load(cls, path: Path) -> Router:
        """Read a model. Raises FileNotFoundError, ValueError."""
        with np.load(path, allow_pickle=False) as held:
            numbers = held["numbers"].tolist()
            return cls(
                tuple(held["categories"].tolist()), held["weights"].astype(np.float32), held["lengths"], held["bias"],
                numbers[0], numbers[1], int(numbers[2]), numbers[3], *held["stamp"].tolist(),
            )


def told(
    categories: Sequence[str], odds: NDArray[np.float32], known: NDArray[np.bool_], threshold: float
) -> list[Hint]:
    """Return probabilities (n, c) as hints."""
    order = np.argsort(-odds, axis=1, kind="stable")
    return [
        Hint(
            categories[row[0]], float(score[row[0]]), categories[row[1]] if len(row) > 1 else "",
            bool(heard and score[row[0]] >= threshold),
        )
        for row, score, heard in zip(order.tolist(), odds, known.tolist(), strict=True)
    ]  # fmt: skip


def train(
    texts: Sequence[str], labels: Sequence[str], *, seeded: bool = False, measured: bool = True, made_on: str = ""
) -> Router:
    """Learn from texts and their categories; near-copies never stand on both sides when it is measured.

    `seeded`: the shipped sentences stand in for categories that have few lessons. `measured` False saves the time of
    measuring: such a router knows no threshold and shows no hint. `made_on`: the date to stamp it with. Raises ValueError
    when fewer than two categories have LEAST lessons.
    """
    chosen, wanted, names = lessons_of(texts, labels, seeded)
    many = counts(folded(chosen))
    weights, lengths, bias = fit(many, wanted, len(names))
    plain = Router(names, weights, lengths, bias, PLAIN, calibration.NEVER, len(chosen), 0.0, made_on)
    if not measured:
        return plain
    left_out, first = _left_out(many, wanted, groups(chosen), len(names))
    warmth = calibration.temperature(left_out, wanted[first])
    odds = calibration.probabilities(left_out, warmth)
    right = left_out.argmax(axis=1) == wanted[first]
    threshold, coverage = calibration.threshold(odds.max(axis=1), right, SURE)
    return Router(names, weights, lengths, bias, warmth, threshold, len(chosen), coverage, made_on)


def lessons_of(
    texts: Sequence[str], labels: Sequence[str], seeded: bool
) -> tuple[list[str], NDArray[np.int64], tuple[str, ...]]:
    """Return the texts that teach, the number of each one's category, and the categories. Raises ValueError as `train`."""
    if len(texts) != len(labels):
        raise ValueError("每段文字须有一个类别。")
    own = Counter(labels)
    extra = [seed for seed in seeds() if seeded and own[seed.category] < _SEEDED]
    texts, labels = [*texts, *(seed.sentence for seed in extra)], [*labels, *(seed.category for seed in extra)]
    counted = Counter(label for label in labels if label.strip())
    kept = [i for i, label in enumerate(labels) if counted[label] >= LEAST]
    names = tuple(sorted({labels[i] for i in kept}))
    if len(names) < 2:
        raise ValueError(f"至少要有两个类别，每类不少于{LEAST}段文字，才能学习分类。")
    number = {name: i for i, name in enumerate(names)}
    return [texts[i] for i in kept], np.array([number[labels[i]] for i in kept]), names


def cold() -> Router:
    """Return the router of a city that has no lessons yet: the shipped sentences alone; it knows that it knows little."""
    return train([], [], seeded=True)


def fit(many: csr_matrix, wanted: NDArray[np.int64], count: int) -> Machine:
    """Return weights (BUCKETS, c), lengths (BUCKETS, c or 1) and bias (c,)."""
    rare = rarity(many)
    seen = np.flatnonzero(rare)
    slim = (many[:, seen] @ diags(rare[seen])).tocsr().astype(np.float32)
    weights = np.zeros((BUCKETS, count), dtype=np.float32)
    each = count <= MANY and len(wanted) >= FEW * count
    lengths = np.zeros((BUCKETS, count if each else 1), dtype=np.float32)
    bias = np.zeros(count, dtype=np.float32)
    held = _of_length_1(slim)
    for one in range(count):
        ratio = _ratio(held, wanted == one) if each else np.ones(len(seen), dtype=np.float32)
        matrix = _of_length_1((slim @ diags(ratio)).tocsr()) if each else held
        machine = LinearSVC(C=COST if each else 1.0, class_weight="balanced", tol=1e-3, random_state=0).fit(matrix, wanted == one)
        weights[seen, one] = machine.coef_[0] * ratio * rare[seen]
        lengths[seen, min(one, lengths.shape[1] - 1)] = (ratio * rare[seen]) ** 2
        bias[one] = machine.intercept_[0]
    return weights.astype(np.float16).astype(np.float32), lengths, bias


def _ratio(held: csr_matrix, inside: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return the logarithm of how much oftener each run stands inside the category than outside, shape (columns,)."""
    here = np.asarray(held[inside].sum(axis=0)).ravel() + SMOOTH
    there = np.asarray(held[~inside].sum(axis=0)).ravel() + SMOOTH
    found: NDArray[np.float32] = (np.log(here / here.sum()) - np.log(there / there.sum())).astype(np.float32)
    return found


def _of_length_1(many: csr_matrix) -> csr_matrix:
    """Return the rows scaled to length 1; an empty row stays empty."""
    length = np.sqrt(np.asarray(many.multiply(many).sum(axis=1)).ravel())
    return (diags(1 / np.maximum(length, 1e-6).astype(np.float32)) @ many).tocsr()


def margins(many: csr_matrix, machine: Machine) -> NDArray[np.float32]:
    """Return the margin of each category for counted texts, shape (n, c)."""
    weights, lengths, bias = machine
    squares = many.power(2) @ lengths
    found: NDArray[np.float32] = (many @ weights) / np.sqrt(np.maximum(squares, 1e-12)) + bias
    return found


def folds(
    wanted: NDArray[np.int64], leaders: NDArray[np.int64], count: int
) -> tuple[NDArray[np.int64], list[tuple[NDArray[np.int64], NDArray[np.bool_]]]]:
    """Return one text of each group, shape (m,), and folds: positions among these, and all texts that must not teach then."""
    first = np.flatnonzero((leaders < 0) | (leaders == np.arange(len(leaders))))
    parts = min(FOLDS, int(np.bincount(wanted[first], minlength=count).min()))
    if parts < 2:
        return first, []
    group = np.where(leaders < 0, np.arange(len(leaders)), leaders)
    drawn = StratifiedKFold(parts, shuffle=True, random_state=0).split(first, wanted[first])
    return first, [(test, np.isin(group, first[test])) for _lessons, test in drawn]


def _left_out(
    many: csr_matrix, wanted: NDArray[np.int64], leaders: NDArray[np.int64], count: int
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return the scores of texts by machines that had not seen them or their copies, and which texts those are."""
    first, parts = folds(wanted, leaders, count)
    scores = np.zeros((len(first), count), dtype=np.float32)
    for test, out in parts:
        scores[test] = margins(many[first[test]], fit(many[~out], wanted[~out], count))
    return scores, first
