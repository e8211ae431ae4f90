"""Alignment of two versions of a text: which provision became which, and what changed inside it.

Numbers are not trusted, content is: a provision renumbered by an insertion stays itself
(rulebook C.2 rule 4). Likeness is Dice's coefficient (1945) over pairs of letters, 0 to 1 without a unit;
positions count provisions from 0.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from .text import fold, normalise

PairKind = Literal["same", "changed", "moved", "new", "deleted", "doubtful"]
SpanOp = Literal["same", "ins", "del"]

_HEADING = re.compile(r"^第[零〇一二三四五六七八九十百千0-9]+条(?:之[一二三四五六七八九十]+)?[ \n]*")
_TOKENS = re.compile(
    r"[A-Za-z]+|[0-9]+(?:\.[0-9]+)?|[零〇一二三四五六七八九十百千万亿]+(?:点[零一二三四五六七八九]+)?|\s+|.", re.DOTALL
)
_SENTENCES = re.compile(r"[^。；\n]*[。；\n]|[^。；\n]+")
_LONG = 4000  # tokens; above, sentences are compared first
_BETTER_ELSEWHERE = 0.2


@dataclass(frozen=True)
class Pair:
    """One row of a comparison: positions in the old and the new sequence, likeness 0..1, kind."""

    old: int | None
    new: int | None
    score: float
    kind: PairKind


@dataclass(frozen=True)
class Span:
    """A stretch of a marked text: ``same`` stands in both, ``del`` only in the old, ``ins`` in the new."""

    op: SpanOp
    text: str


class _Side:
    """One sequence prepared for matching: the words without their number, and their pairs of letters."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.words = [_HEADING.sub("", normalise(t)) for t in texts]
        self.pairs = [_letter_pairs(w) for w in self.words]

    def __len__(self) -> int:
        return len(self.words)


def _letter_pairs(words: str) -> frozenset[str]:
    bare = fold(words) or words
    return frozenset(map("".join, zip("\x02" + bare, bare + "\x03", strict=True))) if bare else frozenset()


def _dice(a: frozenset[str], b: frozenset[str]) -> float:
    if not a or not b:
        return 1.0 if not a and not b else 0.0
    return 2 * len(a & b) / (len(a) + len(b))


def align(
    old: Sequence[str], new: Sequence[str], *, certain: float = 0.6, doubtful: float = 0.35
) -> list[Pair]:
    """Pair the provisions of two versions by content, whatever their numbers.

    ``same``: the words are equal (the number may differ). ``changed``: likeness of at least
    ``certain`` in the running order. ``moved``: the same likeness out of order. ``doubtful``: between
    ``doubtful`` and ``certain``; a person should confirm. ``new`` and ``deleted`` have no partner.
    Every old and every new position occurs exactly once. The order is that of the new text; a
    deleted provision stands where it stood. Raises ValueError unless 0 < doubtful <= certain <= 1.
    """
    if not 0 < doubtful <= certain <= 1:
        raise ValueError("对照的界限应当满足 0 < 存疑 ≤ 确定 ≤ 1。")
    left, right = _Side(old), _Side(new)
    anchors = _exact_in_order(left, right)
    likeness = _likeness(left, right, dict(anchors), doubtful)
    in_order = dict(anchors)
    for rows, columns in _gaps(anchors, len(left), len(right)):
        in_order.update(_best_in_order(rows, columns, likeness))
    moved = _moved(left, right, in_order, certain, (certain + doubtful) / 2)
    return list(_rows(left, right, in_order, moved, certain))


def _exact_in_order(left: _Side, right: _Side) -> list[tuple[int, int]]:
    """The longest rising chain of provisions whose words are equal and occur once on each side."""
    where_old, where_new = _once(left.words), _once(right.words)
    common = sorted((i, where_new[w]) for w, i in where_old.items() if w in where_new)
    tails: list[int] = []
    tail_at: list[int] = []
    before: list[int] = []
    for position, (_, j) in enumerate(common):
        place = bisect_left(tails, j)
        before.append(tail_at[place - 1] if place else -1)
        if place == len(tails):
            tails.append(j)
            tail_at.append(position)
        else:
            tails[place], tail_at[place] = j, position
    chain: list[tuple[int, int]] = []
    position = tail_at[-1] if tail_at else -1
    while position >= 0:
        chain.append(common[position])
        position = before[position]
    return chain[::-1]


def _once(words: Sequence[str]) -> dict[str, int]:
    places: dict[str, int] = {}
    repeated: set[str] = set()
    for i, w in enumerate(words):
        if w in places:
            repeated.add(w)
        places[w] = i
    return {w: i for w, i in places.items() if w and w not in repeated}


def _likeness(
    left: _Side, right: _Side, anchored: dict[int, int], floor: float
) -> dict[tuple[int, int], float]:
    """Likeness of every pair not yet settled, without pairs where one side has a far better partner."""
    taken = set(anchored.values())
    columns = [j for j in range(len(right)) if j not in taken]
    found: dict[tuple[int, int], float] = {}
    best_old: dict[int, float] = {}
    best_new: dict[int, float] = {}
    for i in range(len(left)):
        if i in anchored:
            continue
        for j in columns:
            score = _dice(left.pairs[i], right.pairs[j])
            if score >= floor:
                found[i, j] = score
                best_old[i] = max(score, best_old.get(i, 0.0))
                best_new[j] = max(score, best_new.get(j, 0.0))
    return {
        (i, j): score
        for (i, j), score in found.items()
        if score + _BETTER_ELSEWHERE >= max(best_old[i], best_new[j])
    }


def _gaps(anchors: Sequence[tuple[int, int]], rows: int, columns: int) -> Iterator[tuple[range, range]]:
    at_old = at_new = 0
    for i, j in [*anchors, (rows, columns)]:
        if i > at_old and j > at_new:
            yield range(at_old, i), range(at_new, j)
        at_old, at_new = i + 1, j + 1


def _best_in_order(rows: range, columns: range, likeness: dict[tuple[int, int], float]) -> dict[int, int]:
    """The pairing without crossings that has the greatest sum of likeness (dynamic programming)."""
    width = len(columns)
    table = [[0.0] * (width + 1)]
    for i in rows:
        above, line = table[-1], [0.0]
        for c, j in enumerate(columns):
            best = max(above[c + 1], line[c])
            score = likeness.get((i, j))
            if score is not None and above[c] + score > best:
                best = above[c] + score
            line.append(best)
        table.append(line)
    chosen: dict[int, int] = {}
    r, c = len(rows), width
    while r and c:
        here = table[r][c]
        if here == table[r - 1][c]:
            r -= 1
        elif here == table[r][c - 1]:
            c -= 1
        else:
            r, c = r - 1, c - 1
            chosen[rows[r]] = columns[c]
    return chosen


def _moved(
    left: _Side, right: _Side, in_order: dict[int, int], certain: float, floor: float
) -> dict[int, tuple[int, float]]:
    """Second pass: partners out of order among what is left, the likest first."""
    taken = set(in_order.values())
    free_old = [i for i in range(len(left)) if i not in in_order]
    free_new = [j for j in range(len(right)) if j not in taken]
    scored = [
        (1.5 if left.words[i] == right.words[j] else score, i, j)
        for i in free_old
        for j in free_new
        if (score := _dice(left.pairs[i], right.pairs[j])) >= min(floor, certain)
    ]
    scored.sort(key=lambda entry: (-entry[0], entry[1], entry[2]))
    found: dict[int, tuple[int, float]] = {}
    used: set[int] = set()
    for score, i, j in scored:
        if i not in found and j not in used:
            found[i] = (j, min(score, 1.0))
            used.add(j)
    return found


def _rows(
    left: _Side,
    right: _Side,
    in_order: dict[int, int],
    moved: dict[int, tuple[int, float]],
    certain: float,
) -> Iterator[Pair]:
    from_old = {j: i for i, j in in_order.items()}
    from_afar = {j: (i, score) for i, (j, score) in moved.items()}
    at = 0

    def deleted_before(end: int) -> Iterator[Pair]:
        for i in range(at, end):
            if i not in in_order and i not in moved:
                yield Pair(i, None, 0.0, "deleted")

    pending: list[Pair] = []  # provisions without a partner in order, until the next fixed row
    for j in range(len(right)):
        if j in from_old:
            i = from_old[j]
            yield from deleted_before(i)
            yield from pending
            pending, at = [], i + 1
            score = _dice(left.pairs[i], right.pairs[j])
            if left.words[i] == right.words[j]:
                yield Pair(i, j, 1.0, "same")
            else:
                yield Pair(i, j, score, "changed" if score >= certain else "doubtful")
        elif j in from_afar:
            i, score = from_afar[j]
            pending.append(Pair(i, j, score, "moved" if score >= certain else "doubtful"))
        else:
            pending.append(Pair(None, j, 0.0, "new"))
    yield from deleted_before(len(left))
    yield from pending


def traces(
    old: Sequence[str], new: Sequence[str], pairs: Sequence[Pair], *, share: float = 0.7
) -> list[tuple[int, int, float]]:
    """Where the unpaired provisions may come from or have gone: splits and merges.

    Returns (old, new, part) for each new provision of which at least ``share`` stands in one old
    provision (split off), and each deleted one of which as much stands in one new (merged into).
    """
    left, right = _Side(old), _Side(new)
    found: list[tuple[int, int, float]] = []
    for pair in pairs:
        if pair.kind == "new" and pair.new is not None:
            held, i = _holder(right.pairs[pair.new], left.pairs)
            if held >= share:
                found.append((i, pair.new, held))
        elif pair.kind == "deleted" and pair.old is not None:
            held, j = _holder(left.pairs[pair.old], right.pairs)
            if held >= share:
                found.append((pair.old, j, held))
    return found


def _holder(piece: frozenset[str], wholes: Sequence[frozenset[str]]) -> tuple[float, int]:
    if len(piece) < 8:  # too short to say where it comes from
        return 0.0, -1
    held = [len(piece & whole) / len(piece) for whole in wholes]
    place = max(range(len(held)), key=held.__getitem__, default=-1)
    return (held[place], place) if held else (0.0, -1)


def word_diff(old: str, new: str) -> list[Span]:
    """Mark what was struck out and what was added, in words and phrases that read well.

    Joining ``same`` and ``del`` gives ``old``, joining ``same`` and ``ins`` gives ``new``, exactly.
    A single character left standing between two changes is drawn into them.
    """
    before, after = _TOKENS.findall(old), _TOKENS.findall(new)
    if max(len(before), len(after)) > _LONG:
        spans = _by_sentence(old, new)
    else:
        spans = _raw_spans(before, after)
    return _readable(spans)


def _raw_spans(before: Sequence[str], after: Sequence[str]) -> list[Span]:
    spans: list[Span] = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for op, a, b, c, d in matcher.get_opcodes():
        if op == "equal":
            spans.append(Span("same", "".join(before[a:b])))
        else:
            spans.append(Span("del", "".join(before[a:b])))
            spans.append(Span("ins", "".join(after[c:d])))
    return spans


def _by_sentence(old: str, new: str) -> list[Span]:
    before, after = _SENTENCES.findall(old), _SENTENCES.findall(new)
    spans: list[Span] = []
    for op, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        gone, come = "".join(before[a:b]), "".join(after[c:d])
        if op == "equal":
            spans.append(Span("same", gone))
        elif gone and come and max(len(gone), len(come)) <= _LONG:
            spans.extend(_raw_spans(_TOKENS.findall(gone), _TOKENS.findall(come)))
        else:
            spans.extend((Span("del", gone), Span("ins", come)))
    return spans


def _readable(spans: Sequence[Span]) -> list[Span]:
    """Draw islands of one character into the change around them and join neighbours."""
    spans = [s for s in spans if s.text]
    out: list[Span] = []
    gone = come = ""
    for k, span in enumerate(spans):
        if span.op == "del":
            gone += span.text
        elif span.op == "ins":
            come += span.text
        elif len(span.text) < 2 and (gone or come) and k + 1 < len(spans):
            gone += span.text
            come += span.text
        else:
            out.extend(_change(gone, come))
            gone = come = ""
            if out and out[-1].op == "same":
                out[-1] = Span("same", out[-1].text + span.text)
            else:
                out.append(span)
    out.extend(_change(gone, come))
    return out


def _change(gone: str, come: str) -> Iterator[Span]:
    if gone:
        yield Span("del", gone)
    if come:
        yield Span("ins", come)
