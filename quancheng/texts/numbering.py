"""Automatic numbers of a Word document: the words 第一条 that its author sees but that stand in no run of text."""

import re
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


class Numbering:
    """Counts through a document and gives each paragraph its automatic number."""

    def __init__(self, numbering: Any | None, styles: Any | None) -> None:
        """Take the roots of numbering.xml and styles.xml; either may be None."""
        self.levels: dict[str, dict[int, tuple[str, str, int]]] = {}
        self.lists: dict[str, str] = {}
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
            levels = {}
            for level in abstract.findall(qn("w:lvl")):
                start = _value(level, "w:start", "1")
                levels[int(level.get(qn("w:ilvl"), "0"))] = (
                    _value(level, "w:numFmt", "decimal"), _value(level, "w:lvlText"),
                    int(start) if start.isdecimal() else 1,
                )  # fmt: skip
            self.levels[abstract.get(qn("w:abstractNumId"), "")] = levels
        for one in root.findall(qn("w:num")):
            self.lists[one.get(qn("w:numId"), "")] = _value(one, "w:abstractNumId")

    def _place(self, paragraph: Any) -> tuple[str, int] | None:
        """Return (list, level) of a paragraph by its own properties or its style's."""
        own = paragraph.find("w:pPr/w:numPr", paragraph.nsmap)
        style, seen = _value(paragraph, "w:pPr/w:pStyle"), set()
        while own is None and style and style not in seen:
            seen.add(style)
            own, style = self.style_numbers.get(style), self.style_parents.get(style, "")
        if own is None:
            return None
        level = _value(own, "w:ilvl", "0")
        return _value(own, "w:numId", "0"), int(level) if level.isdecimal() else 0

    def of(self, paragraph: Any) -> str:
        """Return the number that stands before a paragraph, '' when it has none, and count on."""
        place = self._place(paragraph)
        if place is None or place[0] not in self.lists:
            return ""
        abstract, level = self.lists[place[0]], place[1]
        levels = self.levels.get(abstract, {})
        if level not in levels or levels[level][0] == "bullet":
            return ""
        counts = self.counts.setdefault(abstract, {})
        counts[level] = counts.get(level, levels[level][2] - 1) + 1
        for deeper in [inner for inner in counts if inner > level]:
            del counts[deeper]

        def place_number(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            form, _, start = levels.get(at, ("decimal", "", 1))
            return write(counts.get(at, start), form)

        return _PLACE.sub(place_number, levels[level][1])
