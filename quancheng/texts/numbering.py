"""Automatic numbers of a Word document: the words 第一条 that its author sees but that stand in no run of text."""

import re
from dataclasses import dataclass
from typing import Any

from docx.oxml.ns import qn

from quancheng.kernel.numerals import LARGEST, to_chinese

_CHINESE = {
    "chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting", "taiwaneseCountingThousand",
    "ideographDigital", "koreanDigital2",
}  # fmt: skip
_PLACE = re.compile(r"%([1-9])")


def _value(element: Any, path: str, default: str = "") -> str:
    found = element.find(path, element.nsmap) if element is not None else None
    return default if found is None else str(found.get(qn("w:val"), default))


def write(number: int, form: str) -> str:
    """Return a number in one of Word's forms; those that no legal text uses come out in Arabic numerals."""
    if form in _CHINESE and 1 <= number <= LARGEST:
        return to_chinese(number)
    if form in ("lowerLetter", "upperLetter") and 1 <= number <= 26:
        return chr((97 if form == "lowerLetter" else 65) + number - 1)
    if form == "decimalEnclosedCircle" and 1 <= number <= 20:
        return chr(0x2460 + number - 1)
    return "" if form == "none" else str(number)


@dataclass(frozen=True)
class _Level:
    form: str
    words: str  # 第%1条
    start: int
    restart: int  # by which levels (counted from 1) it starts again: those up to this one; 0: by none


class Numbering:
    """Counts through a document and gives each paragraph its automatic number.

    Source: ECMA-376 part 1, 17.9 (abstractNum, num, lvlOverride, startOverride, lvlRestart).
    """

    def __init__(self, numbering: Any | None, styles: Any | None) -> None:
        """Take the roots of numbering.xml and styles.xml; either may be None."""
        self.levels: dict[str, dict[int, _Level]] = {}  # of an abstract list, and of a list with its own levels
        self.lists: dict[str, str] = {}
        self.begun: set[str] = set()
        self.starts: dict[str, dict[int, int]] = {}  # list -> level -> where this list starts afresh
        self.style_numbers: dict[str, Any] = {}
        self.style_parents: dict[str, str] = {}
        self.counts: dict[str, dict[int, int]] = {}
        if numbering is not None:
            self._read_lists(numbering)
        for style in [] if styles is None else styles.findall(qn("w:style")):
            name = style.get(qn("w:styleId"), "")
            self.style_parents[name] = _value(style, "w:basedOn")
            found = style.find("w:pPr/w:numPr", style.nsmap)
            if found is not None:
                self.style_numbers[name] = found

    def _read_lists(self, root: Any) -> None:
        for abstract in root.findall(qn("w:abstractNum")):
            levels = dict(_read_level(level) for level in abstract.findall(qn("w:lvl")))
            self.levels[abstract.get(qn("w:abstractNumId"), "")] = levels
        for one in root.findall(qn("w:num")):
            name = one.get(qn("w:numId"), "")
            self.lists[name] = _value(one, "w:abstractNumId")
            for override in one.findall(qn("w:lvlOverride")):
                at = _whole(override.get(qn("w:ilvl")), 0)
                own = override.find(qn("w:lvl"))
                if own is not None:
                    self.levels.setdefault(f"num {name}", {})[at] = _read_level(own)[1]
                    self.starts.setdefault(name, {})[at] = _read_level(own)[1].start
                if start := _value(override, "w:startOverride"):
                    self.starts.setdefault(name, {})[at] = _whole(start, 1)

    def _place(self, paragraph: Any) -> tuple[str, int] | None:
        """Return (list, level) of a paragraph by its own properties, or where those are silent, its style's."""
        name = level = ""
        found = paragraph.find("w:pPr/w:numPr", paragraph.nsmap)
        style, seen = _value(paragraph, "w:pPr/w:pStyle"), set()
        while True:
            if found is not None:
                name, level = name or _value(found, "w:numId"), level or _value(found, "w:ilvl")
            if name or not style or style in seen:
                break
            seen.add(style)
            found, style = self.style_numbers.get(style), self.style_parents.get(style, "")
        return (name, _whole(level, 0)) if name in self.lists else None

    def of(self, paragraph: Any) -> str:
        """Return the number that stands before a paragraph, '' when it has none, and count on."""
        place = self._place(paragraph)
        if place is None:
            return ""
        name, level = place
        abstract = self.lists[name]
        levels = {**self.levels.get(abstract, {}), **self.levels.get(f"num {name}", {})}
        if level not in levels or levels[level].form == "bullet":
            return ""
        counts = self.counts.setdefault(abstract, {})
        starts = {at: one.start for at, one in levels.items()} | self.starts.get(name, {})
        if name not in self.begun:  # where a list has starts of its own it begins afresh
            self.begun.add(name)
            for at in self.starts.get(name, {}):
                counts.pop(at, None)
        counts[level] = counts.get(level, starts[level] - 1) + 1
        for deeper in [inner for inner in counts if inner > level]:
            if _starts_again(levels.get(deeper), level):
                del counts[deeper]

        def number(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            return write(counts.get(at, starts.get(at, 1)), levels[at].form if at in levels else "decimal")

        return _PLACE.sub(number, levels[level].words)


def _starts_again(inner: _Level | None, level: int) -> bool:
    """Tell whether a deeper level starts again after a number of `level` (counted from 0)."""
    return inner is None or inner.restart > level


def _whole(words: str | None, otherwise: int) -> int:
    return int(words) if words and words.isdecimal() and len(words) < 10 else otherwise


def _read_level(level: Any) -> tuple[int, _Level]:
    at = _whole(level.get(qn("w:ilvl")), 0)
    return at, _Level(
        form=_value(level, "w:numFmt", "decimal"), words=_value(level, "w:lvlText"),
        start=_whole(_value(level, "w:start"), 1), restart=_whole(_value(level, "w:lvlRestart"), at),
    )  # fmt: skip
