"""Points into clusters, the same ones every time, at a cost that samples bound."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_PAIRED, _STARTED, _STARTS, _STEPS = 1_500, 5_000, 8, 60


def spread(total: int, most: int) -> NDArray[np.int64]:
    """Return at most `most` of the numbers below total, evenly spread."""
    return np.unique(np.linspace(0, total - 1, min(total, most)).astype(np.int64)) if total else np.zeros(0, np.int64)


def clustered(points: NDArray[np.float64], k: int, *, fewest: int = 1) -> NDArray[np.int64]:
    """Return the cluster of each point, shape (n,): k-means from several starts (k-means++, Arthur and Vassilvitskii 2007)
    on a sample, then on all. A cluster of less than `fewest` points is dissolved among the others, so that fewer than k
    may come out. Raises ValueError if there are less than `fewest` points.
    """
    if len(points) < fewest:
        raise ValueError(f"{len(points)} points make no cluster of {fewest}")
    sample, random = points[spread(len(points), _STARTED)], np.random.default_rng(k)
    tries = [_moved(sample, _started(sample, k, random)) for _ in range(_STARTS)]
    centres = min(tries, key=lambda one: float(_far(sample, one).min(axis=1).sum()))
    centres = _moved(points, centres)
    while True:
        labels: NDArray[np.int64] = _far(points, centres).argmin(axis=1)
        size = np.bincount(labels, minlength=len(centres))
        if size.min() >= fewest:
            return labels
        centres = np.delete(centres, size.argmin(), axis=0)


def _started(points: NDArray[np.float64], k: int, random: np.random.Generator) -> NDArray[np.float64]:
    centres = points[[int(random.integers(len(points)))]]
    while len(centres) < k:
        far = _far(points, centres).min(axis=1)
        if not far.any():
            break
        pick = np.searchsorted(np.cumsum(far) / far.sum(), random.random())
        centres = np.vstack([centres, points[[min(int(pick), len(points) - 1)]]])
    return centres


def _moved(points: NDArray[np.float64], centres: NDArray[np.float64]) -> NDArray[np.float64]:
    for _ in range(_STEPS):
        labels = _far(points, centres).argmin(axis=1)
        size = np.bincount(labels, minlength=len(centres))
        sums = np.stack([np.bincount(labels, weights=axis, minlength=len(centres)) for axis in points.T], axis=1)
        fresh = np.where(size[:, None] > 0, sums / np.maximum(size, 1)[:, None], centres)
        if np.array_equal(fresh, centres):
            break
        centres = fresh
    return centres


def _far(points: NDArray[np.float64], centres: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return squared distances, shape (points, centres)."""
    return np.stack([((points - centre) ** 2).sum(axis=1) for centre in centres], axis=1)


def silhouette(points: NDArray[np.float64], labels: NDArray[np.int64]) -> float:
    """Return the mean silhouette, -1 to 1, of at most _PAIRED points (Rousseeuw 1987); 0 for one cluster."""
    few = spread(len(points), _PAIRED)
    points, (_, labels) = points[few], np.unique(labels[few], return_inverse=True)
    k = int(labels.max()) + 1
    if k < 2:
        return 0.0
    apart = np.sqrt(_far(points, points))
    member = np.eye(k)[labels]
    size = member.sum(axis=0)
    to, own = apart @ member, np.arange(len(points))
    inside = to[own, labels] / np.maximum(size[labels] - 1, 1)
    to = to / size
    to[own, labels] = np.inf
    outside = to.min(axis=1)
    widest = np.maximum(np.maximum(inside, outside), 1e-12)
    return float(np.where(size[labels] > 1, (outside - inside) / widest, 0).mean())
