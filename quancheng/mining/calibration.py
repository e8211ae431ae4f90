"""From scores to probabilities that mean what they say, and the confidence from which hints are right often enough."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

NEVER = 1.01  # a threshold that no confidence reaches
_FEWEST = 20  # hints on which a threshold may rest


def probabilities(raw: NDArray[np.float32], temperature: float) -> NDArray[np.float32]:
    """Return the softmax of scores over a temperature, shape (n, c); rows sum to 1."""
    odds = np.exp((raw - raw.max(axis=1, keepdims=True)) / temperature)
    found: NDArray[np.float32] = (odds / odds.sum(axis=1, keepdims=True)).astype(np.float32)
    return found


def temperature(raw: NDArray[np.float32], wanted: NDArray[np.int64]) -> float:
    """Return the temperature under which left-out texts are most probable (Guo et al., On calibration, 2017)."""
    tried = np.geomspace(0.02, 4.0, 60)
    rows = np.arange(len(wanted))
    losses = []
    for one in tried:
        cooled = (raw - raw.max(axis=1, keepdims=True)) / one
        losses.append(float((np.log(np.exp(cooled).sum(axis=1)) - cooled[rows, wanted]).mean()))
    return float(tried[int(np.argmin(losses))])


def threshold(sure: NDArray[np.float32], right: NDArray[np.bool_], reach: float) -> tuple[float, float]:
    """Return the lowest confidence above which a share `reach` of left-out hints was right, and what share is above it.

    (NEVER, 0.0) where no confidence is enough.
    """
    order = np.argsort(-sure, kind="stable")
    share = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    held = np.flatnonzero((share >= reach) & (np.arange(len(order)) >= _FEWEST))
    if not len(held):
        return NEVER, 0.0
    return float(sure[order[held[-1]]]), float((held[-1] + 1) / len(order))
