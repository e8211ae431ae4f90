"""Comparison of two versions of a text (对照表) by article, and how anchors carry over, by content."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher

from quancheng.kernel.align import Pair, Span, align, traces, word_diff
from quancheng.texts.tree import LegalTree, Unit

_HALF_WIDTH = re.compile(r"(?<=[\u4e00-\u9fff）)》”])[:;,?!()]|[(](?=[\u4e00-\u9fff])")
_FULL_WIDTH = {ord(c): ord(c) + 0xFEE0 for c in ":;,?!()"}
_ALIKE = 0.5  # share of letter pairs from which a trace is looked at closely
_HELD = 0.6  # share of its words that an article must have from another one to have come from it
_RUN = 5  # characters in a row that count as the same words
_HEADINGS = ("part", "chapter", "section")

Carried = tuple[str, str | None, float, bool]


@dataclass(frozen=True)
class Row:
    """A row of the comparison table. kind: same | changed | moved | new | deleted | doubtful.

    A new article that was split off, or a deleted one that was merged, names the other article in `related_label`.
    """

    kind: str
    old_anchor: str
    new_anchor: str
    old_label: str
    new_label: str
    old_text: str
    new_text: str
    score: float
    spans: tuple[Span, ...] = ()
    related_anchor: str = ""
    related_label: str = ""

    @property
    def note(self) -> str:
        """Return what stands in the empty cell: 新增 or 删去, and where the words came from or went; '' for a pair."""
        if self.kind == "new":
            return f"（新增，由原{self.related_label}分出）" if self.related_label else "（新增）"
        if self.kind == "deleted":
            return f"（删去，并入{self.related_label}）" if self.related_label else "（删去）"
        return ""


@dataclass
class Comparison:
    """The rows in the order of the new text, with counts by kind."""

    old_title: str
    new_title: str
    rows: list[Row] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """Return how many rows there are of each kind."""
        return dict(Counter(row.kind for row in self.rows))


@dataclass
class _Paired:
    """The articles of both texts, their pairs, and which unpaired one came from or went into which other."""

    before: list[Unit]
    after: list[Unit]
    pairs: list[Pair]
    split: dict[int, int] = field(default_factory=dict)  # new -> the old one that it was part of
    merged: dict[int, tuple[int, float]] = field(default_factory=dict)  # old -> the new one that holds it, share


def _even(words: str) -> str:
    """Return words with the marks between Chinese letters full-width: their width is typing, no amendment."""
    return _HALF_WIDTH.sub(lambda match: match[0].translate(_FULL_WIDTH), words)


def _pair(old: LegalTree, new: LegalTree) -> _Paired:
    before, after = old.articles(), new.articles()
    left, right = [_even(u.words()) for u in before], [_even(u.words()) for u in after]
    found = _Paired(before, after, align(left, right))
    partner = {pair.old: pair.new for pair in found.pairs if pair.old is not None and pair.new is not None}
    partner_of_new = {j: i for i, j in partner.items()}
    deleted = {pair.old for pair in found.pairs if pair.kind == "deleted"}
    for i, j, _ in traces(left, right, found.pairs, share=_ALIKE):
        if i in deleted:  # merged: its words are what came into the article that holds them
            other = partner_of_new.get(j)
            come = _changed(left[other], right[j], "ins") if other is not None else right[j]
            if (share := _held(left[i], come)) >= _HELD:
                found.merged[i] = (j, share)
        if j not in partner_of_new:  # split off: its words are what went from the article that held them
            rest = partner.get(i)
            gone = _changed(left[i], right[rest], "del") if rest is not None else left[i]
            if _held(right[j], gone) >= _HELD:
                found.split[j] = i
    return found


def _changed(old: str, new: str, op: str) -> str:
    return "\n".join(span.text for span in word_diff(old, new) if span.op == op)


def _held(piece: str, whole: str) -> float:
    """Return how much of a piece stands in the whole, in runs of several characters."""
    blocks = SequenceMatcher(None, piece, whole, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks if block.size >= _RUN) / max(len(piece), 1)


def compare(old: LegalTree, new: LegalTree) -> Comparison:
    """Return the comparison table: every article of both texts stands in exactly one row."""
    found = _pair(old, new)
    result = Comparison(old.title, new.title)
    for pair in found.pairs:
        row = _row(pair, found.before, found.after)
        if pair.old is None and pair.new in found.split:
            row = _related(row, found.before[found.split[pair.new]])
        elif pair.new is None and pair.old in found.merged:
            row = _related(row, found.after[found.merged[pair.old][0]])
        result.rows.append(row)
    return result


def _label(unit: Unit | None) -> str:
    return unit.label.rstrip("、") if unit else ""


def _related(row: Row, unit: Unit) -> Row:
    return replace(row, related_anchor=unit.anchor, related_label=_label(unit))


def _row(pair: Pair, before: Sequence[Unit], after: Sequence[Unit]) -> Row:
    was = before[pair.old] if pair.old is not None else None
    now = after[pair.new] if pair.new is not None else None
    old_text, new_text = was.words() if was else "", now.words() if now else ""
    return Row(
        kind=pair.kind,
        old_anchor=was.anchor if was else "",
        new_anchor=now.anchor if now else "",
        old_label=_label(was),
        new_label=_label(now),
        old_text=old_text,
        new_text=new_text,
        score=pair.score,
        spans=(Span("same", new_text),) if pair.kind == "same" else tuple(word_diff(old_text, new_text)),
    )


def carry_anchors(old: LegalTree, new: LegalTree) -> list[Carried]:
    """Return (old anchor, new anchor or None where deleted, score, certain) for every unit of the old text.

    What is not certain waits for a person: doubtful pairs, and articles that were merged into another one.
    """
    found: list[Carried] = []
    paired = _pair(old, new)
    for pair in paired.pairs:
        if pair.old is None:
            continue
        was = paired.before[pair.old]
        if pair.new is not None:
            pieces = [paired.after[j] for j, i in paired.split.items() if i == pair.old]
            certain = pair.kind != "doubtful"
            found.append((was.anchor, paired.after[pair.new].anchor, pair.score, certain))
            _inside(was, paired.after[pair.new], certain, pieces, found)
        elif pair.old in paired.merged:
            j, share = paired.merged[pair.old]
            now = paired.after[j]
            found.append((was.anchor, now.anchor, share, False))
            found += [(unit.anchor, now.anchor, 0.0, False) for unit in _under(was)]
        else:
            found += [(unit.anchor, None, 0.0, True) for unit in (was, *_under(was))]
    known = {carried[0]: carried[1] for carried in found}
    found += _carry_headings(old, new, known)
    found += [(unit.anchor, None, 0.0, True) for unit, _ in old.walk() if unit.kind == "paragraph" and unit.anchor not in known]
    return found


def _under(unit: Unit) -> list[Unit]:
    return [inner for child in unit.children for inner in (child, *_under(child))]


def _own(unit: Unit) -> str:
    """Return the words of a paragraph or item without its own mark, which only counts."""
    return _even(unit.words().removeprefix(unit.label))


def _inside(was: Unit, now: Unit, sure: bool, pieces: list[Unit], found: list[Carried]) -> None:
    """Carry the paragraphs and items of one article.

    A paragraph that is lost from it is looked for in the articles split off from it; failing that it goes to the
    article itself, so that what was said about it is still found there.
    """
    if len(was.children) == len(now.children) == 1 and not pieces:
        pairs = [Pair(0, 0, 1.0, "same")]
    else:
        pairs = align([_own(c) for c in was.children], [_own(c) for c in now.children])
    for pair in pairs:
        if pair.old is None:
            continue
        child = was.children[pair.old]
        if pair.new is not None and pair.kind != "doubtful":
            target = now.children[pair.new]
            found.append((child.anchor, target.anchor, pair.score, sure))
            _inside(child, target, sure, [], found)
            continue
        apart = next((part for piece in pieces for part in piece.children if _own(part) == _own(child)), None)
        if apart is not None:
            found.append((child.anchor, apart.anchor, 1.0, sure))
            _inside(child, apart, sure, [], found)
        else:
            found.append((child.anchor, now.anchor, pair.score, sure))
            found += [(unit.anchor, now.anchor, 0.0, sure) for unit in _under(child)]


def _carry_headings(old: LegalTree, new: LegalTree, known: dict[str, str | None]) -> list[Carried]:
    """Carry parts, chapters and sections: by their names where these occur once, else by where their articles went."""
    before = [unit for unit, _ in old.walk() if unit.kind in _HEADINGS]
    after = [unit for unit, _ in new.walk() if unit.kind in _HEADINGS]
    names = Counter(_name(unit) for unit in before), Counter(_name(unit) for unit in after)
    by_name = {_name(unit): unit.anchor for unit in after}
    home = {(unit.kind, inner.anchor): unit.anchor for unit in after for inner in _under(unit)}
    found: list[Carried] = []
    for unit in before:
        name = _name(unit)
        if names[0][name] == names[1][name] == 1:
            found.append((unit.anchor, by_name[name], 1.0, True))
            continue
        inner = [u.anchor for u in _under(unit) if u.kind in ("article", "point")]
        homes = Counter(where for anchor in inner if (where := home.get((unit.kind, known.get(anchor) or ""))))
        where, times = homes.most_common(1)[0] if homes else (None, 0)
        found.append((unit.anchor, where, times / max(len(inner), 1), where is None or times * 2 > len(inner)))
    return found


def _name(unit: Unit) -> tuple[str, str]:
    return unit.kind, unit.heading.replace(" ", "")
