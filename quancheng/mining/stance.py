"""For, against, amend or ask, clause by clause: a hint only where staff labelled enough and the held-out figure deserves it.

Stance does not carry over from one clause to the next (NLPCC 2016 task 4: trained on other topics no better than always
guessing the most frequent), so each clause learns from its own labels, and without them nothing is shown. Features and
machine are those of routing (runs of one to four characters), with what folding drops: question and exclamation marks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.svm import LinearSVC

from quancheng.mining.features import BUCKETS, counts, known, rarity, weighed
from quancheng.mining.folding import folded
from quancheng.mining.lookalikes import groups

FOR, AGAINST, AMEND, ASK = STANCES = ("for", "against", "amend", "ask")
LEAST = 200  # labels of a clause before anything is shown
REACH = 0.65  # held-out macro-F1 before anything is shown
EACH = 10  # labels of a stance before it takes part; rarer ones are never hinted
FOLDS = 5
ROUNDS = 3  # the folds are drawn so many times and the figures averaged
_SIGNS = ("?？", "!！")


@dataclass(frozen=True)
class HeldOut:
    """What the machine gets right on labels it did not learn from: macro-F1 over the stances, each one's F1 and labels."""

    macro_f1: float
    f1: dict[str, float]
    labels: dict[str, int]


@dataclass(frozen=True)
class Stance:
    """A hint for one opinion, and by how much it leads the runner-up (no probability)."""

    stance: str
    margin: float


@dataclass(frozen=True)
class Model:
    """weights: (features, c); bias: (c,); holds hashes only, no text."""

    stances: tuple[str, ...]
    rarity: NDArray[np.float32]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    def stance(self, texts: Sequence[str]) -> list[Stance | None]:
        """Return a stance for each text, None for one of which nothing is known."""
        if not texts:
            return []
        matrix = _matrix(texts, self.rarity)
        raw = matrix @ self.weights + self.bias
        order = np.sort(raw, axis=1)
        best, margin, heard = raw.argmax(axis=1).tolist(), (order[:, -1] - order[:, -2]).tolist(), known(matrix[:, :BUCKETS]).tolist()
        return [Stance(self.stances[b], m) if h else None for b, m, h in zip(best, margin, heard, strict=True)]


@dataclass(frozen=True)
class Verdict:
    """Whether hints may be shown for a clause, `why` in words for staff, the figure if there is one, the machine if shown."""

    shown: bool
    why: str
    held_out: HeldOut | None = None
    model: Model | None = None

    def hints(self, texts: Sequence[str]) -> list[Stance | None]:
        """Return a stance for each text; all None where nothing may be shown."""
        return self.model.stance(texts) if self.shown and self.model else [None] * len(texts)


def train(texts: Sequence[str], labels: Sequence[str]) -> Model:
    """Learn from the labelled opinions of one clause. Raises ValueError for unknown stances or fewer than two with two texts."""
    kept, wanted, names = _lessons(texts, labels, 2)
    if len(names) < 2:
        raise ValueError("至少要有两种态度，每种不少于2件，才能学习态度。")
    rare = rarity(counts(folded(kept)))
    weights, bias = _fit(_matrix(kept, rare), wanted)
    return Model(names, rare, weights, bias)


def held_out(texts: Sequence[str], labels: Sequence[str], *, seed: int = 0) -> HeldOut:
    """Measure on FOLDS folds, ROUNDS times, look-alikes always in one fold. Raises ValueError when there are too few."""
    kept, wanted, names = _lessons(texts, labels, FOLDS)
    if len(names) < 2:
        raise ValueError(f"至少要有两种态度，每种不少于{FOLDS}件，才能检验。")
    leader = groups(kept)
    apart = np.where(leader < 0, np.arange(len(kept)) + len(kept), leader)
    plain = counts(folded(kept))
    every: list[NDArray[np.float64]] = []
    for turn in range(ROUNDS):
        said = np.empty(len(kept), dtype=np.int64)
        folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed + turn)
        for lessons, test in folds.split(wanted, wanted, apart):
            matrix = _matrix(kept, rarity(plain[lessons]), plain)
            if len(np.unique(wanted[lessons])) < len(names):
                raise ValueError("各种态度的不同意见太少，多是相近的文字，无法检验。")
            weights, bias = _fit(matrix[lessons], wanted[lessons])
            said[test] = (matrix[test] @ weights + bias).argmax(axis=1)
        every.append(np.asarray(f1_score(wanted, said, average=None, labels=list(range(len(names))), zero_division=0.0)))
    f1 = dict(zip(names, np.mean(every, axis=0).tolist(), strict=True))
    return HeldOut(float(np.mean(list(f1.values()))), f1, dict(Counter(labels)))


def assess(texts: Sequence[str], labels: Sequence[str], *, least: int = LEAST, reach: float = REACH) -> Verdict:
    """Decide for one clause whether hints deserve to be shown; never raises for too few labels, says so instead.

    A text said twice counts once. Raises ValueError for unknown stances or a label without a text.
    """
    if len(texts) != len(labels):
        raise ValueError("每段文字须有一个态度。")
    own = _once(texts, labels)
    texts, labels = [texts[i] for i in own], [labels[i] for i in own]
    if len(labels) < least:
        return Verdict(False, f"已标注{len(labels)}件不同的意见，满{least}件后才能检验，暂不提示态度。")
    counted = Counter(labels)
    names = [name for name in STANCES if counted[name] >= EACH]
    if len(names) < 2:
        return Verdict(False, f"标注的意见几乎都是一种态度（另一种不足{EACH}件），暂不提示态度。")
    taking = [i for i, label in enumerate(labels) if label in names]
    chosen, said = [texts[i] for i in taking], [labels[i] for i in taking]
    try:
        figure = held_out(chosen, said)
    except ValueError as error:
        return Verdict(False, f"{error}暂不提示态度。")
    if figure.macro_f1 < reach:
        return Verdict(False, f"用未参与学习的标注检验，准确程度（宏平均F1）为{figure.macro_f1:.2f}，不到{reach:.2f}，不提示态度。", figure)
    return Verdict(True, f"用未参与学习的标注检验，准确程度（宏平均F1）为{figure.macro_f1:.2f}（{len(said)}件）。", figure, train(chosen, said))


def _lessons(texts: Sequence[str], labels: Sequence[str], each: int) -> tuple[list[str], NDArray[np.int64], tuple[str, ...]]:
    if len(texts) != len(labels):
        raise ValueError("每段文字须有一个态度。")
    if unknown := sorted(set(labels) - set(STANCES)):
        raise ValueError(f"没有“{unknown[0]}”这种态度。")
    heard = _heard(texts)
    counted = Counter(label for label, one in zip(labels, heard, strict=True) if one)
    names = tuple(name for name in STANCES if counted[name] >= each)
    kept = [i for i, label in enumerate(labels) if heard[i] and label in names]
    return [texts[i] for i in kept], np.array([names.index(labels[i]) for i in kept], dtype=np.int64), names


def _once(texts: Sequence[str], labels: Sequence[str]) -> list[int]:
    """Return the positions of different texts that hold a letter. Raises ValueError for an unknown stance."""
    _lessons(texts, labels, 1)
    many = folded(texts)
    edges = (many.starts * many.codes.itemsize).tolist()
    whole = many.codes.tobytes()
    first = {whole[a:b]: i for i, (a, b) in reversed(list(enumerate(zip(edges[:-1], edges[1:], strict=True)))) if b > a}
    return sorted(first.values())


def _heard(texts: Sequence[str]) -> list[bool]:
    heard: list[bool] = (folded(texts).lengths > 0).tolist()
    return heard


def _matrix(texts: Sequence[str], rare: NDArray[np.float32], plain: csr_matrix | None = None) -> csr_matrix:
    """Return the weighed runs with a column for each sign: 1 where it stands in the text."""
    signs = np.array([[any(sign in text for sign in kind) for kind in _SIGNS] for text in texts], dtype=np.float32)
    runs = weighed(counts(folded(texts)) if plain is None else plain, rare)
    return csr_matrix(hstack([runs, csr_matrix(signs.reshape(len(texts), len(_SIGNS)) * 0.5)]))


def _fit(matrix: csr_matrix, wanted: NDArray[np.int64]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    machine = LinearSVC(C=0.5, class_weight="balanced", random_state=0).fit(matrix, wanted)
    weights, bias = machine.coef_.T, machine.intercept_
    if len(bias) == 1:  # one line parts two stances
        weights, bias = np.hstack([-weights, weights]), np.array([-bias[0], bias[0]])
    return weights.astype(np.float32), bias.astype(np.float32)
