"""Look-alikes: which texts say the same, told from what people wrote and not from the law they quote (S10).

Texts that share a band of minima meet at the first text that came with that band. A text joins the likest leader among
the leaders of those it meets, when at least THRESHOLD of the three-character runs are common; else it leads a group of its
own. Each step looks only at what came before, so texts that arrive one by
one, in batches or all at once are grouped alike. A group is a hint: nothing is deleted, a named person merges.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quancheng.mining.folding import Folded, folded, part
from quancheng.mining.shingles import BANDS, RUN, WORDS, exact, likeness, sketch

THRESHOLD = 0.6
NEAR = 0.35  # what somebody about to speak is shown
_PAIRS = 1 << 14  # compared at once
_NONE = -1
_ARRAYS = ("leader", "same_key", "same_row", "at", "root", "bits")
_BANDED = ("band_key", "band_row")


def _empty(kind: type, *shape: int) -> NDArray:  # type: ignore[type-arg]  # as wide as its kind
    return np.zeros(shape, dtype=kind)


@dataclass
class Base:
    """The texts so far, as hashes only: no word can be read out of it or of its files.

    leader: for each text the position of its group's leader, itself if it leads, -1 if it holds no letter, shape (n,).
    The rest is of the u texts that differ (rows, in order of arrival). at: position of each among all texts; root: row of
    its leader; bits: bit maps, shape (u, WORDS); same_key, same_row: sorted hashes of whole texts and whose they are.
    band_key, band_row: for each band the sorted keys and the first row that came with each (as lists of BANDS arrays).
    """

    leader: NDArray[np.int64] = field(default_factory=lambda: _empty(np.int64, 0))
    same_key: NDArray[np.uint64] = field(default_factory=lambda: _empty(np.uint64, 0))
    same_row: NDArray[np.int32] = field(default_factory=lambda: _empty(np.int32, 0))
    at: NDArray[np.int64] = field(default_factory=lambda: _empty(np.int64, 0))
    root: NDArray[np.int32] = field(default_factory=lambda: _empty(np.int32, 0))
    bits: NDArray[np.uint64] = field(default_factory=lambda: _empty(np.uint64, 0, WORDS))
    band_key: list[NDArray[np.uint64]] = field(default_factory=lambda: [_empty(np.uint64, 0)] * BANDS)
    band_row: list[NDArray[np.int32]] = field(default_factory=lambda: [_empty(np.int32, 0)] * BANDS)

    def __len__(self) -> int:
        return len(self.leader)

    def add(
        self, texts: Sequence[str], *, quoted: Sequence[str] = (), apart: Sequence[str] = ()
    ) -> NDArray[np.int64]:
        """Take texts in, in order of arrival; return each one's leader (position among all texts ever added; -1: none).

        The same texts in any partition give the same leaders. `quoted`: laws whose wording does not count. `apart`: of
        each text what it is about (a clause); texts about different things never meet.
        """
        many, before = folded(texts, quoted=quoted), len(self)
        fields = _fields(apart, len(many))
        whole = exact(many)
        whole[whole != 0] ^= fields[whole != 0]
        unique, first, inverse = np.unique(whole, return_index=True, return_inverse=True)
        rows, known = _held(self.same_key, self.same_row, unique)
        fresh = np.flatnonzero(~known & (unique != 0))
        fresh = fresh[np.argsort(first[fresh], kind="stable")]  # in order of arrival
        rows[fresh] = np.arange(len(fresh)) + len(self.at)
        self._take(part(many, first[fresh]), first[fresh] + before, fields[first[fresh]])
        self.same_key, self.same_row = _inserted(self.same_key, self.same_row, unique[fresh], rows[fresh])
        heard = np.flatnonzero(unique)
        leaders = np.full(len(unique), _NONE, dtype=np.int64)
        leaders[heard] = self.at[self.root[rows[heard]]]
        self.leader = np.concatenate([self.leader, leaders[inverse]])
        return self.leader[before:]

    def find(self, text: str, *, apart: str = "", most: int = 5, floor: float = NEAR) -> list[tuple[int, float]]:
        """Return the leaders nearest to a text that is not in the base, nearest first: (position, likeness 0 to 1)."""
        one, fields = folded([text]), _fields([apart] if apart else (), 1)
        if not len(one.codes) or not len(self.at):
            return []
        rows, known = _held(self.same_key, self.same_row, exact(one) ^ fields)
        scores = {int(self.at[self.root[rows[0]]]): 1.0} if known[0] else {}
        if one.lengths[0] >= RUN:
            keys, bits = sketch(one)
            keys ^= fields
            met = [_held(self.band_key[band], self.band_row[band], keys[:, band]) for band in range(BANDS)]
            roots = np.unique([self.root[row[0]] for row, there in met if there[0]]).astype(np.int64)
            for row, score in zip(roots.tolist(), likeness(bits[0], self.bits[roots]).tolist(), strict=True):
                if score >= floor:
                    scores.setdefault(int(self.at[row]), score)
        return sorted(scores.items(), key=lambda found: (-found[1], found[0]))[:most]

    def _take(self, fresh: Folded, at: NDArray[np.int64], fields: NDArray[np.uint64]) -> None:
        """Give each fresh text, in order of arrival, its leader; texts of one or two characters lead themselves."""
        base, long = len(self.at), np.flatnonzero(fresh.lengths >= RUN)
        bits = _empty(np.uint64, len(at), WORDS)
        keys, bits[long] = sketch(part(fresh, long))
        keys ^= fields[long][:, None]
        heads = np.empty((len(long), BANDS), dtype=np.int32)
        for band in range(BANDS):
            heads[:, band] = self._heads(band, keys[:, band], (long + base).astype(np.int32))
        self.at, self.bits = np.concatenate([self.at, at]), np.concatenate([self.bits, bits])
        self.root = np.concatenate([self.root, np.arange(base, base + len(at), dtype=np.int32)])
        self._join(long + base, heads)

    def _heads(self, band: int, keys: NDArray[np.uint64], rows: NDArray[np.int32]) -> NDArray[np.int32]:
        """Return who came first with each key, and remember who came first with a new one."""
        unique, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
        head, known = _held(self.band_key[band], self.band_row[band], unique)
        head[~known] = rows[first[~known]]
        self.band_key[band], self.band_row[band] = _inserted(
            self.band_key[band], self.band_row[band], unique[~known], head[~known]
        )
        return head[inverse]

    def _join(self, rows: NDArray[np.int64], heads: NDArray[np.int32]) -> None:
        heads.sort(axis=1)
        meets = heads != rows[:, None]
        meets[:, 1:] &= heads[:, 1:] != heads[:, :-1]
        who, column = np.nonzero(meets)
        met, who = heads[who, column], rows[who]
        lead = np.full(len(who), _NONE, dtype=np.int32)  # whom each pair was measured with
        score = np.zeros(len(who))
        stale = np.arange(len(who))
        while len(stale):  # who comes first knows his leader at once; each round settles those who depend on it
            lead[stale] = self.root[met[stale]]
            score[stale] = self._likeness(who[stale], lead[stale])
            touched = np.zeros(len(self.at), dtype=bool)
            touched[who[stale]] = True
            pairs = np.flatnonzero(touched[who])
            order = pairs[np.lexsort((lead[pairs], -score[pairs], who[pairs]))]
            first = order[np.concatenate([[True], who[order][1:] != who[order][:-1]])]
            home = np.where(score[first] >= THRESHOLD, lead[first], who[first])
            moved = np.zeros(len(self.at), dtype=bool)
            moved[who[first]] = home != self.root[who[first]]
            self.root[who[first]] = home
            stale = np.flatnonzero(moved[met])

    def _likeness(self, ones: NDArray[np.int64], others: NDArray[np.int32]) -> NDArray[np.float64]:
        out = np.zeros(len(ones))
        for k in range(0, len(ones), _PAIRS):
            out[k : k + _PAIRS] = likeness(self.bits[ones[k : k + _PAIRS]], self.bits[others[k : k + _PAIRS]])
        return out

    def save(self, folder: Path) -> None:
        """Write the base to a folder, whole or not at all: a kill in the middle leaves the old one."""
        folder.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            for name in _ARRAYS:
                np.save(fresh / f"{name}.npy", getattr(self, name), allow_pickle=False)
            for name in _BANDED:
                np.save(fresh / f"{name}.npy", np.concatenate(getattr(self, name)), allow_pickle=False)
            np.save(fresh / "band_size.npy", [len(one) for one in self.band_key], allow_pickle=False)
            old = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
            if folder.exists():
                os.rename(folder, old / "old")
            os.rename(fresh, folder)
            shutil.rmtree(old)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)

    @classmethod
    def load(cls, folder: Path) -> Base:
        """Read a base from its folder, without copying it into memory. Raises FileNotFoundError, ValueError."""
        held: dict[str, Any] = {
            name: np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in (*_ARRAYS, *_BANDED)
        }
        edges = np.cumsum(np.load(folder / "band_size.npy", allow_pickle=False))[:-1]
        held |= {name: np.split(held[name], edges) for name in _BANDED}
        return cls(**held)


def _fields(apart: Sequence[str], n: int) -> NDArray[np.uint64]:
    """Return for each text the hash of what it is about, 0 where nothing parts them."""
    if not apart:
        return np.zeros(n, dtype=np.uint64)
    known = {name: int.from_bytes(blake2b(name.encode(), digest_size=8).digest()) if name else 0 for name in set(apart)}
    return np.array([known[name] for name in apart], dtype=np.uint64)


def _held(keys: NDArray[np.uint64], rows: NDArray[np.int32], asked: NDArray[np.uint64]) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """Return whose the asked keys are (0 where nobody's), and which are held at all."""
    if not len(keys):
        return np.zeros(len(asked), dtype=np.int32), np.zeros(len(asked), dtype=bool)
    near = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
    known = keys[near] == asked
    return np.where(known, rows[near], 0).astype(np.int32), known


def _inserted(
    keys: NDArray[np.uint64], rows: NDArray[np.int32], fresh: NDArray[np.uint64], whose: NDArray[np.int32]
) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
    """Return sorted keys and rows with those that are new."""
    order = np.argsort(fresh, kind="stable")
    place = np.searchsorted(keys, fresh[order])
    return np.insert(keys, place, fresh[order]), np.insert(rows, place, whose[order])


def groups(texts: Sequence[str], *, quoted: Sequence[str] = ()) -> NDArray[np.int64]:
    """Return for each text the position of the first of its group, -1 for a text that is like no other, shape (n,)."""
    leader = Base().add(texts, quoted=quoted)
    size = np.bincount(leader[leader >= 0], minlength=len(texts) or 1)
    return np.where((leader >= 0) & (size[leader] > 1), leader, _NONE)
