"""What stands for a text when likeness is measured: minima of hashed runs of three characters, and a map of bits.

MinHash: Broder, On the resemblance and containment of documents (1997). The bits are a linear counter of the runs
(Whang, Vander-Zanden and Taylor, A linear-time probabilistic counting algorithm, 1990): sizes and overlaps of sets are
read from how many bits are set, so that likeness is measured without keeping a word.
"""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from quancheng.mining.folding import Folded, windows

RUN = 3
ROWS = 3  # minima of one band
BANDS = 21
HASHES = ROWS * BANDS
BITS = 2048
WORDS = BITS // 64
_PART = 1 << 19  # runs worked on at once
_RANDOM = np.random.default_rng(20_250_101)
_FACTORS = _RANDOM.integers(0, 1 << 32, HASHES, dtype=np.uint32) | np.uint32(1)
_MIXES = _RANDOM.integers(0, 1 << 32, HASHES, dtype=np.uint32)
_BAND = _RANDOM.integers(0, 1 << 64, ROWS, dtype=np.uint64) | np.uint64(1)
_COUNT = np.concatenate([-BITS * np.log1p(-np.arange(BITS) / BITS), [BITS * 8.0]]).astype(np.float32)  # set bits → runs


def exact(texts: Folded) -> NDArray[np.uint64]:
    """Return one hash for each text, shape (n,): equal for equal folded texts, 0 for a text without a letter."""
    whole, edges = texts.codes.tobytes(), (texts.starts * texts.codes.itemsize).tolist()
    digests = b"".join(
        blake2b(whole[first:last], digest_size=8).digest() if last > first else bytes(8)
        for first, last in zip(edges[:-1], edges[1:], strict=True)
    )
    return np.frombuffer(digests, dtype="<u8").astype(np.uint64)


def runs(texts: Folded) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Return the hashes of all runs of three characters and where those of each text start, shapes (m,) and (n + 1,)."""
    here = windows(texts.codes, RUN)
    inside = np.ones(len(here), dtype=bool)
    for back in range(1, RUN):  # a run belongs to one text
        edge = texts.starts[1:-1] - back
        inside[edge[(edge >= 0) & (edge < len(here))]] = False
    counts = np.maximum(texts.lengths - RUN + 1, 0)
    return here[inside], np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def sketch(texts: Folded) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Return band keys, shape (n, BANDS), and bit maps, shape (n, WORDS); texts need at least three characters each."""
    hashes, starts = runs(texts)
    n = len(texts)
    keys, bits = np.zeros((n, BANDS), dtype=np.uint64), np.zeros((n, WORDS), dtype=np.uint64)
    first = 0
    while first < n:
        last = max(int(np.searchsorted(starts, starts[first] + _PART, side="right")) - 1, first + 1)
        last = min(last, first + 4096)
        part, edges = hashes[starts[first] : starts[last]], starts[first:last] - starts[first]
        keys[first:last] = _bands(part, edges)
        bits[first:last] = _bits(part, np.diff(starts[first : last + 1]))
        first = last
    return keys, bits


def _bands(part: NDArray[np.uint64], edges: NDArray[np.int64]) -> NDArray[np.uint64]:
    low = part.astype(np.uint32)
    minima = np.empty((HASHES, len(edges)), dtype=np.uint32)
    turned = np.empty_like(low)
    for k in range(HASHES):
        np.bitwise_xor(low, _MIXES[k], out=turned)
        np.multiply(turned, _FACTORS[k], out=turned)
        np.minimum.reduceat(turned, edges, out=minima[k])
    keys = np.zeros((BANDS, len(edges)), dtype=np.uint64)
    for row in range(ROWS):
        keys = (keys ^ minima[row::ROWS]) * _BAND[row]
        keys ^= keys >> np.uint64(29)
    return keys.T


def _bits(part: NDArray[np.uint64], counts: NDArray[np.int64]) -> NDArray[np.uint64]:
    field = np.zeros((len(counts), BITS), dtype=bool)
    field[np.repeat(np.arange(len(counts)), counts), (part >> np.uint64(40)) & np.uint64(BITS - 1)] = True
    return np.packbits(field, axis=1, bitorder="little").view(np.uint64)


def count(bits: NDArray[np.uint64]) -> NDArray[np.float64]:
    """Return how many different runs the bit maps hold, shape (…, WORDS) → (…)."""
    found: NDArray[np.float64] = _COUNT[np.bitwise_count(bits).sum(axis=-1, dtype=np.int64)]
    return found


def likeness(one: NDArray[np.uint64], others: NDArray[np.uint64]) -> NDArray[np.float64]:
    """Return the share of runs in common, 0 to 1 (Jaccard), of bit maps that broadcast against each other."""
    mine, theirs, both = count(one), count(others), count(one | others)
    return np.clip((mine + theirs - both) / np.maximum(both, 1e-9), 0.0, 1.0)


def contained(small: NDArray[np.uint64], large: NDArray[np.uint64]) -> NDArray[np.float64]:
    """Return what share of the runs of `small` stand in `large`, 0 to 1."""
    mine, theirs, both = count(small), count(large), count(small | large)
    return np.clip((mine + theirs - both) / np.maximum(mine, 1e-9), 0.0, 1.0)
