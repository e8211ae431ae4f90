"""The careful router of the desk: what `routing` reads, and words, and a sentence encoder, their margins added up.

Late fusion (Kittler et al., On combining classifiers, 1998): each machine learns alone, its margins are divided by their
spread on texts left out of training, and the sum is calibrated like the bulk router's. Some hundred texts a second; a
million texts are for `routing` alone.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
import rjieba
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from quancheng.kernel import keeping
from quancheng.mining import calibration, routing
from quancheng.mining.features import BUCKETS, counts, whole
from quancheng.mining.folding import LONGEST, folded
from quancheng.mining.lookalikes import groups
from quancheng.mining.routing import Hint, Machine
from quancheng.mining.vectors import encoded

SHARES = (1.0, 0.7, 0.6)  # of runs, words, encoder; chosen on the half that was tuned on
PIECE, PIECES = 130, 3  # characters that the encoder reads at once, and how often
COST = 3.0


@dataclass(frozen=True)
class Exact:
    """runs, words: machines on hashed counts; head: (512, c) and (c,) on vectors; scales: (3,), what each is multiplied by."""

    categories: tuple[str, ...]
    runs: Machine
    words: Machine
    head: tuple[NDArray[np.float32], NDArray[np.float32]]
    scales: NDArray[np.float32]
    temperature: float
    threshold: float
    lessons: int
    coverage: float
    made_on: str = ""

    def scores(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the probability of each category for each text, shape (n, c); rows sum to 1."""
        return self._odds(texts)[0]

    def hints(self, texts: Sequence[str]) -> list[Hint]:
        """Return a hint for each text; a text of which no run is known gets one that is never shown."""
        odds, known = self._odds(texts)
        return routing.told(self.categories, odds, known, self.threshold)

    def _odds(self, texts: Sequence[str]) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        if not texts:
            return np.zeros((0, len(self.categories)), dtype=np.float32), np.zeros(0, dtype=bool)
        many = counts(folded(texts))
        parts = (routing.margins(many, self.runs), routing.margins(_words(texts), self.words), _vectors(texts) @ self.head[0] + self.head[1])
        raw = sum(part * scale for part, scale in zip(parts, self.scales, strict=True))
        known = np.asarray((many @ self.runs[1]).max(axis=1)).ravel() > 0
        return calibration.probabilities(np.asarray(raw, dtype=np.float32), self.temperature), known

    def save(self, path: Path) -> None:
        """Write the model to one file, whole or not at all; it holds weights of hashes, no text."""
        out = io.BytesIO()
        np.savez_compressed(
            out, categories=np.array(self.categories), scales=self.scales, made_on=np.array(self.made_on),
            numbers=np.array([self.temperature, self.threshold, self.lessons, self.coverage]),
            runs_weights=self.runs[0], runs_lengths=self.runs[1], runs_bias=self.runs[2], words_weights=self.words[0],
            words_lengths=self.words[1], words_bias=self.words[2], head=self.head[0], head_bias=self.head[1],
        )  # fmt: skip
        keeping.replace(path, out.getvalue())

    @classmethod
    def load(cls, path: Path) -> Exact:
        """Read a model. Raises FileNotFoundError, ValueError."""
        with np.load(path, allow_pickle=False) as held:
            warmth, threshold, lessons, coverage = held["numbers"].tolist()
            a, b, c, d, e, f, g, h = (held[name] for name in _NAMES)
            return cls(
                tuple(held["categories"].tolist()), (a, b, c), (d, e, f), (g, h), held["scales"], warmth, threshold,
                int(lessons), coverage, str(held["made_on"]),
            )  # fmt: skip


_NAMES = ("runs_weights", "runs_lengths", "runs_bias", "words_weights", "words_lengths", "words_bias", "head", "head_bias")


def train(texts: Sequence[str], labels: Sequence[str], *, seeded: bool = False, made_on: str = "") -> Exact:
    """Learn from texts and their categories, look-alikes never on both sides when it is measured.

    Arguments and errors as in `routing.train`; also raises ValueError when a category has fewer than two different texts.
    """
    chosen, wanted, names = routing.lessons_of(texts, labels, seeded)
    runs, words, vectors = counts(folded(chosen)), _words(chosen), _vectors(chosen)
    first, parts = routing.folds(wanted, groups(chosen), len(names))
    if not parts:
        raise ValueError("每个类别至少要有两段不相近的文字，才能检验分类。")
    out = np.zeros((3, len(first), len(names)), dtype=np.float32)
    for test, hidden in parts:
        rows, taught = first[test], ~hidden
        out[0, test] = routing.margins(runs[rows], routing.fit(runs[taught], wanted[taught], len(names)))
        out[1, test] = routing.margins(words[rows], routing.fit(words[taught], wanted[taught], len(names)))
        weights, bias = _head(vectors[taught], wanted[taught])
        out[2, test] = vectors[rows] @ weights + bias
    scales = (np.array(SHARES) / np.maximum(out.std(axis=(1, 2)), 1e-6)).astype(np.float32)
    raw = np.tensordot(scales, out, axes=1)
    warmth = calibration.temperature(raw, wanted[first])
    odds = calibration.probabilities(raw, warmth)
    right = raw.argmax(axis=1) == wanted[first]
    threshold, coverage = calibration.threshold(odds.max(axis=1), right, routing.SURE)
    return Exact(
        names, routing.fit(runs, wanted, len(names)), routing.fit(words, wanted, len(names)), _head(vectors, wanted), scales,
        warmth, threshold, len(chosen), coverage, made_on,
    )  # fmt: skip


def _words(texts: Sequence[str]) -> csr_matrix:
    """Return how often each word and each pair of neighbouring words stands in each text, hashed, shape (n, BUCKETS)."""
    columns, starts = [], [0]
    for text in texts:
        words = [word for word in rjieba.cut(whole(text[:LONGEST])) if word.strip() and (len(word) > 1 or word.isalnum())]
        columns += [crc32(word.encode()) % BUCKETS for word in words]
        columns += [crc32(f"{one}_{two}".encode()) % BUCKETS for one, two in zip(words, words[1:], strict=False)]
        starts.append(len(columns))
    ones = np.ones(len(columns), dtype=np.float32)
    many = csr_matrix((ones, np.array(columns, dtype=np.int32), starts), shape=(len(texts), BUCKETS))
    many.sum_duplicates()
    return many


def _vectors(texts: Sequence[str]) -> NDArray[np.float32]:
    """Return the mean of the encoder's vectors of the first PIECES pieces of each text, of length 1, shape (n, 512)."""
    pieces, owners = [], []
    for i, text in enumerate(texts):
        for at in range(0, max(1, min(len(text), PIECE * PIECES)), PIECE):
            pieces.append(whole(text[at : at + PIECE]))
            owners.append(i)
    out = np.zeros((len(texts), 512), dtype=np.float32)
    np.add.at(out, owners, encoded(pieces))
    found: NDArray[np.float32] = out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-9)
    return found


def _head(vectors: NDArray[np.float32], wanted: NDArray[np.int64]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    machine = LogisticRegression(C=COST, class_weight="balanced", max_iter=300).fit(vectors, wanted)
    weights, bias = machine.coef_.T, machine.intercept_
    if len(bias) == 1:  # one line parts two categories
        weights, bias = np.hstack([-weights, weights]) / 2, np.array([-bias[0], bias[0]]) / 2
    return weights.astype(np.float32), bias.astype(np.float32)
