"""Texts as numbers for linear machines: hashed runs of one to four characters, counted and weighed by rarity.

Hashing (Weinberger et al., Feature hashing for large scale multitask learning, 2009) keeps no word, so an erased text
leaves nothing that could be read. Runs are counted as often as they stand in the text: on messages of some hundred
characters that served better than the logarithm of the count (see docs/analysis.md).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from quancheng.mining.folding import Folded, windows

SIZES = (1, 2, 3, 4)
BUCKETS = 1 << 18
_SHIFT = np.uint64(64 - 18)
_MIX = np.uint64(0x9E3779B97F4A7C15)


def buckets(texts: Folded, size: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the bucket of each run of `size` characters and the text it is of, shapes (m,); runs stay inside a text."""
    here = windows(texts.codes, size)
    owner = np.repeat(np.arange(len(texts)), texts.lengths)
    inside = owner[: len(here)] == owner[size - 1 :] if len(here) else np.zeros(0, dtype=bool)
    hashed = (here[inside] + np.uint64(size)) * _MIX
    return (hashed >> _SHIFT).astype(np.int64), owner[: len(here)][inside]


def whole(text: str) -> str:
    """Return the text, of the same length, without half characters, which the cutter into words refuses."""
    return text.encode("utf-8", "replace").decode("utf-8")


def by_size(texts: Folded) -> list[csr_matrix]:
    """Return how often each bucket occurs in each text, a matrix (n, BUCKETS) for each of SIZES."""
    parts = []
    for size in SIZES:
        columns, owners = buckets(texts, size)
        starts = np.searchsorted(owners, np.arange(len(texts) + 1)).astype(np.int32)
        ones = np.ones(len(columns), dtype=np.float32)
        part = csr_matrix((ones, columns.astype(np.int32), starts), shape=(len(texts), BUCKETS))
        part.sum_duplicates()
        parts.append(part)
    return parts


def counts(texts: Folded) -> csr_matrix:
    """Return how often each bucket occurs in each text, all sizes together, shape (n, BUCKETS)."""
    first, *rest = by_size(texts)
    return sum(rest, first)


def rarity(many: csr_matrix) -> NDArray[np.float32]:
    """Return the weight of each bucket, log((1 + n) / (1 + texts that hold it)) + 1; 0 where none does."""
    held = np.bincount(many.indices, minlength=BUCKETS)
    weights = np.log((1 + many.shape[0]) / (1 + held)) + 1
    return np.where(held > 0, weights, 0).astype(np.float32)


def weighed(many: csr_matrix, rare: NDArray[np.float32]) -> csr_matrix:
    """Return counts times rarity, each row of length 1 (a row without known runs stays 0)."""
    out = many.copy()
    out.data = out.data * rare[out.indices]
    sums = np.concatenate([[0.0], np.cumsum(out.data.astype(np.float64) ** 2)])
    length = np.sqrt(np.maximum(sums[out.indptr[1:]] - sums[out.indptr[:-1]], 1e-12))
    out.data = (out.data / np.repeat(length, np.diff(out.indptr))).astype(np.float32)
    return out


def known(many: csr_matrix) -> NDArray[np.bool_]:
    """Return for each weighed row whether the machine knows any of its runs: without one it has nothing to say, shape (n,)."""
    found: NDArray[np.bool_] = np.asarray(many.sum(axis=1)).ravel() > 0
    return found
