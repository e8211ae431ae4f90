"""Places a text speaks of: areas of a gazetteer handed in, and roads, which no gazetteer holds.

A name is looked for by the hash of its first two characters at every place of many texts at once; what may begin a name
is compared in full, the longest first, so that a million texts cost seconds (the idea of Karp and Rabin, Efficient
randomized pattern-matching algorithms, 1987; hits are verified, so no hash decides). A name that several areas bear is
settled by what else the text names: the area above or below it. A name without its ending (五星 for 五星乡) counts only
as a word of its own that the dictionary knows as a place, beside 在, 到 … or beside a related area: it is often an
ordinary word (和平).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import rjieba
from numpy.typing import NDArray

from quancheng.mining import roads
from quancheng.mining.features import whole

LONGEST = 17  # characters of a name
_PART = 20_000  # texts at once
_BITS = 20
_MIX = np.uint32(0x9E3779B1)
_ENDINGS = (
    "街道办事处", "居民委员会", "村民委员会", "办事处", "居委会", "村委会", "行政村", "自然村", "民族乡", "街道", "社区",
    "自治县", "自治州", "地区", "新区", "村", "乡", "镇", "县", "区", "市", "省",
)  # fmt: skip
_ALSO = {  # what people say for the full name
    "街道": ("街道办事处", "街道办", "办事处"), "社区": ("居委会", "社区居委会"), "村": ("村委会", "行政村"),
    "街道办事处": ("街道", "办事处"),
}  # fmt: skip
_SIDES = frozenset("东西南北大小")
_BEFORE = re.compile(r"(?:[在到从去往回住至离于是]|来自|位于|路过|我们|我县|我市|我区|我乡|我镇)$")
_AFTER = re.compile(r"(?:这边|这里|这一带|那边|附近|一带|周边|街上|镇上|村里|村上|当地|老百姓|群众|村民|居民)")


@dataclass(frozen=True)
class Area:
    """An area handed in: its key, full name (王庄村), other names, the key of the area above."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    parent: str | None = None


@dataclass(frozen=True)
class Place:
    """`text[start:end]` names a place: `area` if it is settled which, else "" with the areas it may be; roads have neither."""

    start: int
    end: int
    name: str
    area: str = ""
    choices: tuple[str, ...] = ()
    road: bool = False


@dataclass(frozen=True)
class _Length:
    """All names of one length: letters (k, L), their hashes sorted, in the same order."""

    letters: NDArray[np.uint32]
    hashes: NDArray[np.uint64]
    numbers: NDArray[np.int64]


@dataclass(frozen=True)
class Gazetteer:
    """Names ready to be looked for; made by `gazetteer`."""

    names: tuple[str, ...]
    bearers: tuple[tuple[str, ...], ...]  # of each name, the areas that bear it
    short: tuple[bool, ...]  # of each name, whether it lost its ending
    above: dict[str, tuple[str, ...]] = field(repr=False)  # of each area, all areas above it
    begins: NDArray[np.uint32] = field(repr=False)  # (2**_BITS,): bit L is set where a name of length L may begin
    lengths: dict[int, _Length] = field(repr=False)

    def find(self, texts: Sequence[str], *, with_roads: bool = True) -> list[tuple[Place, ...]]:
        """Return the places of each text in reading order; they never overlap."""
        return [places for part in self._parts(texts) for places in self._found(part, with_roads)]

    def areas(self, texts: Sequence[str]) -> list[tuple[str, ...]]:
        """Return the areas each text certainly names, each once, in reading order."""
        found = self.find(texts, with_roads=False)
        return [tuple(dict.fromkeys(place.area for place in places if place.area)) for places in found]

    @staticmethod
    def _parts(texts: Sequence[str]) -> Iterator[Sequence[str]]:
        return (texts[first : first + _PART] for first in range(0, len(texts), _PART))

    def _found(self, texts: Sequence[str], with_roads: bool) -> list[tuple[Place, ...]]:
        hits: list[list[tuple[int, int, int]]] = [[] for _ in texts]
        for row, start, end, number in _hits(self, texts):
            hits[row].append((start, end, number))
        return [
            _with_roads(text, self._settled(text, found)) if with_roads else self._settled(text, found)
            for text, found in zip(texts, hits, strict=True)
        ]

    def _settled(self, text: str, hits: list[tuple[int, int, int]]) -> tuple[Place, ...]:
        if not hits:
            return ()
        full = _apart(hit for hit in hits if not self.short[hit[2]] and not _sided(text, *hit[:2]))
        free = _apart(hit for hit in hits if self.short[hit[2]] and not any(hit[0] < end and start < hit[1] for start, end, _ in full))
        chosen = sorted([*full, *(hit for hit in free if _word(text, *hit[:2]))]) if free else full
        linked = self._linked(chosen)
        places = []
        for (start, end, number), area in zip(chosen, linked, strict=True):
            if self.short[number] and not self._supported(text, start, end, area, linked):
                continue
            choices = () if area else self.bearers[number]
            places.append(Place(start, end, text[start:end], area, choices))
        return tuple(places)

    def _linked(self, hits: list[tuple[int, int, int]]) -> list[str]:
        """Return the area of each name, "" if unsettled: its one bearer, or the one related to what else is named."""
        bearers = [self.bearers[number] for _, _, number in hits]
        linked = [who[0] if len(who) == 1 else "" for who in bearers]
        for _ in range(len(hits) if not all(linked) else 0):
            before = list(linked)
            for i, who in enumerate(bearers):
                linked[i] = linked[i] or self._one_of(who, i, hits, linked)
            if before == linked:
                break
        return linked

    def _one_of(self, who: tuple[str, ...], i: int, hits: list[tuple[int, int, int]], linked: list[str]) -> str:
        """Return the one bearer that what stands right before names, else what is named anywhere, else what may be named."""
        touching = [linked[i - 1]] if i and hits[i - 1][1] == hits[i][0] and linked[i - 1] else []
        certain = [area for j, area in enumerate(linked) if area and not self.short[hits[j][2]]]
        perhaps = [area for hit in hits if self.bearers[hit[2]] != who for area in self.bearers[hit[2]]]
        for others in (touching, certain, perhaps):
            near = [area for area in who if any(self._related(area, other) for other in others)]
            if near:
                return near[0] if len(near) == 1 else ""
        above_all = [area for area in who if all(area in self.above[one] for one in who if one != area)]
        return above_all[0] if above_all and self.short[hits[i][2]] else ""

    def _related(self, one: str, other: str) -> bool:
        return one in self.above[other] or other in self.above[one]

    def _supported(self, text: str, start: int, end: int, area: str, linked: list[str]) -> bool:
        beside = bool(_BEFORE.search(text[max(0, start - 2) : start]) or _AFTER.match(text[end : end + 4]))
        return beside or _word(text, start, end) == "ns" or any(other and other != area and area and self._related(area, other) for other in linked)


def gazetteer(areas: Iterable[Area]) -> Gazetteer:
    """Prepare the names of these areas. Raises ValueError for a key given twice, a name of one letter or too long, a
    parent that is unknown or stands above itself."""
    known: dict[str, Area] = {}
    for area in areas:
        if area.id in known:
            raise ValueError(f"区划代码“{area.id}”出现了两次。")
        known[area.id] = area
    above = {key: _above(key, known) for key in known}
    full: dict[str, list[str]] = {}
    short: dict[str, list[str]] = {}
    for area in known.values():
        sure = dict.fromkeys([area.name, *area.aliases, *_also(area.name)])
        for name in sure:
            if not 2 <= len(name) <= LONGEST:
                raise ValueError(f"地名“{name}”（{area.id}）应当是2至{LONGEST}个字。")
            full.setdefault(name, []).append(area.id)
        stem = _stem(area.name)
        if len(stem) >= 2 and stem not in sure:
            short.setdefault(stem, []).append(area.id)
    held = [*full.items(), *((name, who) for name, who in short.items() if name not in full)]
    names = tuple(name for name, _ in held)
    begins, lengths = _indexed(names)
    return Gazetteer(
        names, tuple(tuple(who) for _, who in held), tuple(i >= len(full) for i in range(len(held))), above, begins, lengths
    )


def _above(key: str, known: dict[str, Area]) -> tuple[str, ...]:
    found: list[str] = []
    parent = known[key].parent
    while parent is not None:
        if parent not in known:
            raise ValueError(f"区划“{key}”的上级“{parent}”不在名录中。")
        if parent == key or parent in found:
            raise ValueError(f"区划“{key}”的上级关系成了环。")
        found.append(parent)
        parent = known[parent].parent
    return tuple(found)


def _stem(name: str) -> str:
    return next((name[: -len(ending)] for ending in _ENDINGS if name.endswith(ending)), "")


def _also(name: str) -> list[str]:
    ending = next((one for one in _ENDINGS if name.endswith(one)), "")
    stem = name[: len(name) - len(ending)]
    return [stem + also for also in _ALSO.get(ending, ()) if len(stem) >= 2 and len(stem + also) <= LONGEST]


def _pair(first: NDArray[np.uint32], second: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Return a number below 2**_BITS for each pair of characters."""
    mixed: NDArray[np.uint32] = ((first * _MIX) ^ (second * np.uint32(0x85EBCA6B))) >> np.uint32(32 - _BITS)
    return mixed


def _hash(codes: NDArray[np.uint32], starts: NDArray[np.int64], length: int) -> NDArray[np.uint64]:
    total = np.zeros(len(starts), dtype=np.uint64)
    for k in range(length):
        total = total * np.uint64(0x100000001B3) + codes[starts + k]
    return total


def _codes(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def _indexed(names: Sequence[str]) -> tuple[NDArray[np.uint32], dict[int, _Length]]:
    begins = np.zeros(1 << _BITS, dtype=np.uint32)
    lengths: dict[int, _Length] = {}
    for length in sorted({len(name) for name in names}):
        numbers = np.array([i for i, name in enumerate(names) if len(name) == length], dtype=np.int64)
        codes = _codes("".join(names[i] for i in numbers.tolist()))
        hashes = _hash(codes, np.arange(len(numbers)) * length, length)
        letters = codes.reshape(-1, length)
        np.bitwise_or.at(begins, _pair(letters[:, 0], letters[:, 1]), np.uint32(1 << length))
        order = np.argsort(hashes, kind="stable")
        lengths[length] = _Length(letters[order], hashes[order], numbers[order])
    return begins, lengths


def _hits(held: Gazetteer, texts: Sequence[str]) -> list[tuple[int, int, int, int]]:
    """Return (text, start, end, name) wherever a name stands, overlaps and all."""
    codes = _codes("".join(texts))
    edges = np.concatenate([[0], np.cumsum([len(text) for text in texts])]).astype(np.int64)
    if len(codes) < 2 or not held.names:
        return []
    may = held.begins[_pair(codes[:-1], codes[1:])]
    places = np.flatnonzero(may)
    rows = np.searchsorted(edges, places, side="right") - 1
    out: list[tuple[int, int, int, int]] = []
    for length, names in held.lengths.items():
        fits = ((may[places] >> np.uint32(length)) & np.uint32(1)).astype(bool) & (places + length <= edges[rows + 1])
        starts, owners = places[fits], rows[fits]
        hashes = _hash(codes, starts, length)
        at = np.minimum(np.searchsorted(names.hashes, hashes), len(names.hashes) - 1)
        same = names.hashes[at] == hashes
        starts, owners, at = starts[same], owners[same], at[same]
        same = (codes[starts[:, None] + np.arange(length)] == names.letters[at]).all(axis=1)
        first = starts[same] - edges[owners[same]]
        out += zip(owners[same].tolist(), first.tolist(), (first + length).tolist(), names.numbers[at[same]].tolist(), strict=True)
    return out


def _apart(hits: Iterable[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Return hits that do not overlap: the leftmost, of those the longest."""
    chosen: list[tuple[int, int, int]] = []
    for hit in sorted(hits, key=lambda hit: (hit[0], -hit[1])):
        if not chosen or hit[0] >= chosen[-1][1]:
            chosen.append(hit)
    return chosen


def _sided(text: str, start: int, end: int) -> bool:
    """Say whether a side stands before a village: 西王庄村 is another one than 王庄村."""
    return bool(start) and text[start - 1] in _SIDES and text[end - 1] in "村庄"


def _word(text: str, start: int, end: int) -> str:
    """Return what kind of word `text[start:end]` is (ns: a place), "" if it is none: 五星 in 五星红旗."""
    first = max(0, start - 8)
    at = first
    for word, kind in rjieba.tag(whole(text[first : end + 8])):
        if (at, at + len(word)) == (start, end):
            return str(kind)
        at += len(word)
    return ""


def _with_roads(text: str, places: tuple[Place, ...]) -> tuple[Place, ...]:
    found = [Place(start, end, text[start:end], road=True) for start, end in roads.find(text)]
    apart = [road for road in found if not any(road.start < one.end and one.start < road.end for one in places)]
    return tuple(sorted((*places, *apart), key=lambda place: place.start)) if apart else places
