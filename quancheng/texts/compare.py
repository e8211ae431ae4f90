"""Comparison of two versions of a text (对照表) by article, and how anchors carry over, by content."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from quancheng.kernel.align import Pair, Span, align, word_diff
from quancheng.texts.tree import LegalTree, Unit

_HALF_WIDTH = re.compile(r"(?<=[\u4e00-\u9fff）》”])[:;,?!()]|[(](?=[\u4e00-\u9fff])")
_FULL_WIDTH = {ord(c): ord(c) + 0xFEE0 for c in ":;,?!()"}


@dataclass(frozen=True)
class Row:
    """A row of the comparison table. kind: same | changed | moved | new | deleted | doubtful."""

    kind: str
    old_anchor: str
    new_anchor: str
    old_label: str
    new_label: str
    old_text: str
    new_text: str
    score: float
    spans: tuple[Span, ...] = ()


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


def _even(unit: Unit) -> str:
    """Return the words with the marks between Chinese letters full-width: their width is typing, no amendment."""
    return _HALF_WIDTH.sub(lambda match: match[0].translate(_FULL_WIDTH), unit.words())


def compare(old: LegalTree, new: LegalTree) -> Comparison:
    """Return the comparison table: every article of both texts stands in exactly one row."""
    before, after = old.articles(), new.articles()
    result = Comparison(old.title, new.title)
    for pair in align([_even(u) for u in before], [_even(u) for u in after]):
        result.rows.append(_row(pair, before, after))
    return result


def _row(pair: Pair, before: Sequence[Unit], after: Sequence[Unit]) -> Row:
    was = before[pair.old] if pair.old is not None else None
    now = after[pair.new] if pair.new is not None else None
    old_text, new_text = was.words() if was else "", now.words() if now else ""
    return Row(
        kind=pair.kind,
        old_anchor=was.anchor if was else "",
        new_anchor=now.anchor if now else "",
        old_label=was.label.rstrip("、") if was else "",
        new_label=now.label.rstrip("、") if now else "",
        old_text=old_text,
        new_text=new_text,
        score=pair.score,
        spans=(Span("same", new_text),) if pair.kind == "same" else tuple(word_diff(old_text, new_text)),
    )


def carry_anchors(old: LegalTree, new: LegalTree) -> list[tuple[str, str | None, float, bool]]:
    """Return (old anchor, new anchor or None where deleted, score, certain) for every unit of the old text."""
    found: list[tuple[str, str | None, float, bool]] = []
    before, after = old.articles(), new.articles()
    _headings(old, new, found)
    for pair in align([_even(u) for u in before], [_even(u) for u in after]):
        if pair.old is None:
            continue
        was = before[pair.old]
        if pair.new is None:
            found.append((was.anchor, None, 0.0, True))
            found += [(unit.anchor, None, 0.0, True) for unit in _under(was)]
            continue
        now = after[pair.new]
        certain = pair.kind != "doubtful"
        found.append((was.anchor, now.anchor, pair.score, certain))
        _inside(was, now, certain, found)
    return found


def _under(unit: Unit) -> list[Unit]:
    return [inner for child in unit.children for inner in (child, *_under(child))]


def _inside(was: Unit, now: Unit, sure: bool, found: list[tuple[str, str | None, float, bool]]) -> None:
    """Carry the paragraphs and items of one article; inside a paired article a lost one goes to the article."""
    if len(was.children) == len(now.children) == 1:
        pairs = [Pair(0, 0, 1.0, "same")]
    else:
        pairs = align([c.words() for c in was.children], [c.words() for c in now.children])
    for pair in pairs:
        if pair.old is None:
            continue
        child = was.children[pair.old]
        if pair.new is None or pair.kind == "doubtful":
            found.append((child.anchor, now.anchor, pair.score, sure))
            found += [(unit.anchor, now.anchor, 0.0, sure) for unit in _under(child)]
        else:
            target = now.children[pair.new]
            found.append((child.anchor, target.anchor, pair.score, sure))
            _inside(child, target, sure, found)


def _headings(old: LegalTree, new: LegalTree, found: list[tuple[str, str | None, float, bool]]) -> None:
    kinds = ("part", "chapter", "section")
    later = {(u.kind, u.heading): u.anchor for u, _ in new.walk() if u.kind in kinds}
    for unit, _ in old.walk():
        if unit.kind in kinds:
            found.append((unit.anchor, later.get((unit.kind, unit.heading)), 1.0, True))
