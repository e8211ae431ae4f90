"""The tree of a Chinese legal text: 编章节条款项目 (rulebook C.2), with anchors that name a place, not a position."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from quancheng.kernel.numerals import to_chinese

WORDS = {"part": "编", "chapter": "章", "section": "节", "article": "条", "point": "项"}


@dataclass
class Unit:
    """One unit. An article's words stand in its paragraphs (款); an item's label is apart from its text."""

    kind: str  # part chapter section article paragraph item subitem point
    number: int | None = None
    suffix: int = 0  # 第X条之n
    label: str = ""
    heading: str = ""
    catchword: str = ""
    text: str = ""
    anchor: str = ""
    children: list["Unit"] = field(default_factory=list)

    def words(self) -> str:
        """Return all words under the unit, one line a paragraph or item, without the article's label."""
        own = self.label + self.text if self.kind in ("item", "subitem") else self.text
        return "\n".join(part for part in (own, *(child.words() for child in self.children)) if part)


@dataclass
class Unplaced:
    """A line that the parser could not place; shown to the editor, never dropped."""

    line_no: int
    text: str
    reason: str


@dataclass
class LegalTree:
    """A whole text: head, body, annexes, and what could not be placed (which also stands at its place)."""

    title: str = ""
    caption: list[str] = field(default_factory=list)
    toc: list[str] = field(default_factory=list)
    preamble: list[str] = field(default_factory=list)
    body: list[Unit] = field(default_factory=list)
    signature: list[str] = field(default_factory=list)  # organ and date at the end, if they stand there
    annexes: list[str] = field(default_factory=list)
    unplaced: list[Unplaced] = field(default_factory=list)
    doubts: list[Unplaced] = field(default_factory=list)  # placed, but somebody should look: a number is missing
    head: list[tuple[str, str]] = field(default_factory=list)  # every line before the body, in order, with its kind

    def walk(self) -> Iterator[tuple[Unit, Unit | None]]:
        """Yield every unit with its parent, in reading order."""

        def down(units: list[Unit], parent: Unit | None) -> Iterator[tuple[Unit, Unit | None]]:
            for unit in units:
                yield unit, parent
                yield from down(unit.children, unit)

        yield from down(self.body, None)

    def articles(self) -> list[Unit]:
        """Return the articles, or the numbered points of a decision-style text, in reading order."""
        return [unit for unit, _ in self.walk() if unit.kind in ("article", "point")]

    def find(self, anchor: str) -> Unit | None:
        """Return the unit of that anchor, or None."""
        return next((unit for unit, _ in self.walk() if unit.anchor == anchor), None)

    def labels(self) -> dict[str, str]:
        """Return anchor -> what each unit is called in full, e.g. 第十二条第二款第（三）项."""
        found: dict[str, str] = {}
        path: list[Unit] = []

        def down(units: list[Unit]) -> None:
            for unit in units:
                path.append(unit)
                found[unit.anchor] = name_of(path)
                down(unit.children)
                path.pop()

        down(self.body)
        return found

    def label_of(self, anchor: str) -> str:
        """Return what a unit is called in full; '' when there is none."""
        return self.labels().get(anchor, "")

    def to_json(self) -> dict[str, Any]:
        """Return the tree as plain data; the keys are part of the command line's contract."""
        articles: list[dict[str, Any]] = []

        def down(units: list[Unit], headings: list[str]) -> None:
            for unit in units:
                if unit.kind in ("article", "point"):
                    articles.append(_article_json(unit, headings))
                elif unit.kind in ("part", "chapter", "section"):
                    down(unit.children, [*headings, f"{unit.label} {unit.heading}".strip()])

        down(self.body, [])
        return {
            "title": self.title,
            "caption": self.caption,
            "toc": self.toc,
            "preamble": self.preamble,
            "structure": [_structure_json(u) for u in self.body if u.kind in ("part", "chapter", "section")],
            "articles": articles,
            "signature": self.signature,
            "annexes": self.annexes,
            "unplaced": [{"line": u.line_no, "text": u.text, "reason": u.reason} for u in self.unplaced],
            "doubts": [{"line": u.line_no, "text": u.text, "reason": u.reason} for u in self.doubts],
        }


def name_of(path: list[Unit]) -> str:
    """Return the name of the last unit of a path from the top; chapters are left out of an article's name."""
    start = next((i for i, unit in enumerate(path) if unit.kind in ("article", "point")), None)
    if start is None:
        return f"{path[-1].label} {path[-1].heading}".strip()
    name = path[start].label
    if path[start].kind == "point":
        name = f"第{name.rstrip('、')}项"
    for unit, parent in zip(path[start + 1 :], path[start:], strict=False):
        if unit.kind == "paragraph":
            alone = sum(child.kind == "paragraph" for child in parent.children) == 1
            if not alone:
                name += f"第{to_chinese(unit.number or 1)}款"
        elif unit.kind == "item":
            name += f"第{unit.label}项"
        else:
            name += f"第{unit.number}目"
    return name


def _article_json(unit: Unit, headings: list[str]) -> dict[str, Any]:
    return {
        "number": unit.number,
        "suffix": unit.suffix,
        "label": unit.label,
        "anchor": unit.anchor,
        "headings": headings,
        "catchword": unit.catchword,
        "paragraphs": [
            {
                "anchor": paragraph.anchor,
                "text": paragraph.text,
                "items": [
                    {
                        "anchor": item.anchor,
                        "label": item.label,
                        "text": item.text,
                        "subitems": [{"anchor": s.anchor, "label": s.label, "text": s.text} for s in item.children],
                    }
                    for item in paragraph.children
                ],
            }
            for paragraph in unit.children
        ],
    }


def _structure_json(unit: Unit) -> dict[str, Any]:
    inner = [child for child in unit.children if child.kind in ("part", "chapter", "section")]
    return {
        "kind": unit.kind, "number": unit.number, "label": unit.label, "heading": unit.heading, "anchor": unit.anchor,
        "children": [_structure_json(child) for child in inner],
    }
