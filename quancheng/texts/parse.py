"""Reading a Chinese legal text into a tree, line by line, by the forms of rulebook C.2. No line is ever dropped."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from quancheng.kernel.numerals import NumeralError, from_chinese, to_chinese
from quancheng.kernel.text import normalise
from quancheng.texts.tree import LegalTree, Unit, Unplaced

_N = r"(?:[零一二三四五六七八九十百千]+|\d{1,4})"  # drafts write 第12条 too
_HEADING = re.compile(rf"第({_N})(编|章|节) ?([^。；：]{{0,60}})$")
_ARTICLE = re.compile(rf"第({_N})条(?:之({_N}))?( |$|(?=【))(.*)$")
_GLUED = re.compile(rf"第({_N})条(?:之({_N}))?(?![规第所的、和至以或之前后及与中款，])()(.*)$")
_ITEM = re.compile(r"（([零一二三四五六七八九十百]+)）(.*)$")
_SUBITEM = re.compile(r"(\d{1,3})[.．、](?!\d)(.*)$")
_POINT = re.compile(r"([零一二三四五六七八九十百]+)、(.*)$")
_TOC = re.compile(r"目 ?录$")
_ANNEX = re.compile(rf"(?:附 ?(?:件|录|表|图) ?(?:{_N}|\d+)?|附)(?:[:： ].*|$)")
_CATCHWORD = re.compile(r"【([^】]{1,40})】|（(?![零一二三四五六七八九十百]+）)([^（）]{1,20})）(?=.)")
_CAPTION = re.compile(
    r"（|\(|\d{4}年\d{1,2}月|[一二三四五六七八九〇零○]{4}年|根据.*(?:修正|修订|修改)|.*(?:通过|批准|修正|修订|公布|施行|公告)）?$"
)
_LAST_CHAPTER = re.compile(r"附 ?则$")  # some texts leave the number of the last chapter out
_TITLE_ENDS = ("法", "条例", "规定", "办法", "决定", "细则", "规则", "决议", "解释", "）", "方案", "章程", "守则", "草案", "稿")
_OVER_TITLE = re.compile(r"附件 ?\d{0,2}[：:]?$|[（(][^（）()]{2,12}[)）]$")
_STOPS = ("。", "；", "：", "，", "！", "？")
_LONGEST_TITLE = 120
_BROKEN = 12  # characters; a shorter heading is not broken over two lines
_DATE = re.compile(r"(?:\d{4}|[一二三四五六七八九〇零○]{4})年[\d一二三四五六七八九十]{1,2}月[\d一二三四五六七八九十]{1,3}日$")
_ORGAN = re.compile(r"[^。；：，、]{2,40}(?:委员会|人民政府|代表大会|主席团|办公厅|办公室|局|厅)$")
_KINDS = {"编": "part", "章": "chapter", "节": "section"}
_RANK = {"part": 0, "chapter": 1, "section": 2}
_LETTER = {"part": "b", "chapter": "c", "section": "s"}


@dataclass(frozen=True)
class Line:
    """A line of a text written out: its kind (of a unit, or of the head and tail), its mark (第三条, （一）), its words."""

    kind: str
    mark: str
    text: str


def _number(words: str) -> int | None:
    try:
        return from_chinese(words)
    except NumeralError:
        return None


def lines_of(text: str) -> list[tuple[int, str]]:
    """Return the lines of a text that hold anything, normalised, each with its number in the source."""
    found = ((number, line.strip()) for number, line in enumerate(normalise(text).split("\n"), start=1))
    return [(number, line) for number, line in found if line]


def parse(text: str) -> LegalTree:
    """Return the tree of a text. Never raises for strange input: what has no place is listed as unplaced."""
    lines = lines_of(text)
    tree = LegalTree()
    reader = _Reader(tree, _decision_mode(lines))
    start = _read_head(lines, tree, reader.decision)
    for number, line in lines[start:]:
        reader.take(number, line)
    _sign_off(tree)
    if not tree.articles():
        _show_head(lines[:start], tree, "没有识别出条文编号（第几条，或者一、二、三）")
    elif lines[:start] and not tree.title:
        _show_head(lines[:start], tree, "开头没有识别出题名")
    return tree


def _show_head(lines: list[tuple[int, str]], tree: LegalTree, reason: str) -> None:
    """List the lines of the head that found no place of their own: all but title and caption."""
    heads = zip(lines, tree.head, strict=True)
    found = [Unplaced(number, line, reason) for (number, line), (kind, _) in heads if kind in ("preamble", "toc")]
    tree.unplaced = sorted([*found, *tree.unplaced], key=lambda item: item.line_no)


def _sign_off(tree: LegalTree) -> None:
    """Take the issuing organ and the date off the end of the last article: they are no paragraphs of it."""
    articles = tree.articles()
    lines = articles[-1].children if articles else []
    if len(lines) < 2 or not _DATE.match(lines[-1].text) or list(tree.walk())[-1][0] is not lines[-1]:
        return
    start = len(lines) - 1
    while start > 1 and not lines[start - 1].children and _ORGAN.match(lines[start - 1].text):
        start -= 1
    tree.signature = [unit.text for unit in lines[start:]]
    del lines[start:]


def _decision_mode(lines: list[tuple[int, str]]) -> bool:
    """Tell whether the text is numbered 一、二、三 in place of articles: points come before any article line."""
    points = 0
    for _, line in lines:
        if _ARTICLE.match(line):
            return points >= 1 and _first_point_is_one(lines)
        points += bool(_POINT.match(line))
    return points >= 1


def _first_point_is_one(lines: list[tuple[int, str]]) -> bool:
    first = next((match for _, line in lines if (match := _POINT.match(line))), None)
    return first is not None and first[1] == "一"


def _starts_body(line: str, decision: bool) -> bool:
    if _HEADING.match(line) or (not decision and (_ARTICLE.match(line) or _GLUED.match(line))):
        return True
    return decision and bool(_POINT.match(line))


def _is_caption(line: str) -> bool:
    return bool(_CAPTION.match(line)) and not _ITEM.match(line)


def _title_place(lines: list[tuple[int, str]], decision: bool) -> tuple[int, int]:
    """Return where the title begins and ends: one line, or up to four where it is broken over lines.

    附件1 or （征求意见稿） may stand over it. Begin and end are equal where there is no title.
    """
    begin = 0
    while begin < min(2, len(lines) - 1) and _OVER_TITLE.match(lines[begin][1]):
        begin += 1
    end = begin
    for position, (_, line) in enumerate(lines[begin : begin + 4], start=begin):
        if _starts_body(line, decision) or _TOC.match(line) or line.endswith(_STOPS) or len(line) > _LONGEST_TITLE:
            break
        if position > begin and (_is_caption(line) or len(line) > 40):
            break
        if position == begin or line.endswith("》"):  # 关于修改《某条例》 may go on 的决定
            end = position + 1
        if line.endswith(_TITLE_ENDS):
            return begin, position + 1
    return (begin, end) if end > begin else (0, 0)


def _read_head(lines: list[tuple[int, str]], tree: LegalTree, decision: bool) -> int:
    """Read title, caption, table of contents and preamble; return where the body starts."""
    begin, end = _title_place(lines, decision)
    tree.caption = [line for _, line in lines[:begin]]
    tree.title = "".join(line for _, line in lines[begin:end])
    tree.head = [("caption", line) for line in tree.caption] + [("title", line) for _, line in lines[begin:end]]
    in_toc = open_bracket = False
    again = 0  # lines still to come that repeat the title over the text
    for at, (_, line) in enumerate(lines[end:], start=end):
        again = again or (0 if in_toc else _title_again(lines[at : at + 4], tree.title))
        in_toc = in_toc and not _ends_toc(line, tree.toc, decision)
        if in_toc:
            kind = "toc"
            tree.toc.append(line)
        elif _TOC.match(line):
            kind, in_toc = "toc", True
        elif _starts_body(line, decision):
            break
        elif open_bracket or _is_caption(line):
            kind = "caption"
            tree.caption.append(line)
            inner = "".join(tree.caption)
            open_bracket = any(inner.count(a) > inner.count(b) for a, b in ("（）", "《》"))
        elif again:
            kind, again = "title", again - 1
        else:
            kind = "preamble"
            tree.preamble.append(line)
        tree.head.append((kind, line))
    return len(tree.head)


def _title_again(lines: list[tuple[int, str]], title: str) -> int:
    """Return how many of the lines are the title once more, whole or broken over lines; 0 when they are not."""
    words = ""
    for count, (_, line) in enumerate(lines, start=1):
        words += line.replace(" ", "")
        if words == title.replace(" ", ""):
            return count
    return 0


def _ends_toc(line: str, entries: list[str], decision: bool) -> bool:
    """Tell whether the table of contents is over: its first entry or first heading comes again, or a sentence comes."""
    if line.endswith("。") or (not decision and _ARTICLE.match(line)):
        return True
    if entries and _bare(line) == _bare(entries[0]):
        return True
    first = next((match for entry in entries if (match := _HEADING.match(_without_page(entry)))), None)
    here = _HEADING.match(_without_page(line))
    return bool(first and here and first.group(1, 2) == here.group(1, 2))


def _without_page(line: str) -> str:
    return re.sub(r"[\s…·.．\d]+$", "", line)


def _bare(line: str) -> str:
    return _without_page(line).replace(" ", "")


class _Reader:
    """Places one line after the other under the unit where it belongs."""

    def __init__(self, tree: LegalTree, decision: bool) -> None:
        self.tree = tree
        self.decision = decision
        self.headings: list[Unit] = []
        self.article: Unit | None = None
        self.paragraph: Unit | None = None
        self.item: Unit | None = None
        self.last_number = 0
        self.in_annex = False
        self.anchors: set[str] = set()

    def take(self, number: int, line: str) -> None:
        """Place a line of the body."""
        if self.in_annex or (self.article is not None and _ANNEX.match(line) and len(line) <= 60):
            self._annex(number, line)
        elif match := _HEADING.match(line):
            self._heading(match[1], match[2], match[3].strip())
        elif self.article is not None and _LAST_CHAPTER.match(line):
            self._heading("", "章", line)
        elif match := self._article_match(line):
            self._article(number, match)
        elif self.decision and (match := _POINT.match(line)):
            self._point(number, match)
        elif self.article is None:
            self._stray(number, line)
        elif match := _ITEM.match(line):
            self._item(match)
        elif (match := _SUBITEM.match(line)) and self.paragraph is not None:
            self._subitem(match)
        else:
            self._paragraph(line)

    def _article_match(self, line: str) -> re.Match[str] | None:
        if self.decision:
            return None
        if match := _ARTICLE.match(line):
            return match
        match = _GLUED.match(line)
        return match if match and _number(match[1]) == self.last_number + 1 else None

    def _anchor(self, wanted: str) -> str:
        anchor, again = wanted, 1
        while anchor in self.anchors:
            again += 1
            anchor = f"{wanted}_{again}"
        self.anchors.add(anchor)
        return anchor

    def _parent(self) -> list[Unit]:
        return self.headings[-1].children if self.headings else self.tree.body

    def _annex(self, number: int, line: str) -> None:
        """After 附件 everything belongs to the annex; where the articles seem to go on, that is shown."""
        self.in_annex = True
        self.tree.annexes.append(line)
        match = None if self.decision else _ARTICLE.match(line)
        if match and _number(match[1]) == self.last_number + 1:
            self.last_number += 1
            self.tree.unplaced.append(Unplaced(number, line, "附件之后又出现了接着编号的条文"))

    def _heading(self, numeral: str, word: str, heading: str) -> None:
        kind, number = _KINDS[word], _number(numeral)
        while self.headings and _RANK[self.headings[-1].kind] >= _RANK[kind]:
            self.headings.pop()
        own = f"{_LETTER[kind]}{number or 'z'}"
        within = bool(self.headings) and (kind != "chapter" or own in self.anchors)  # chapters count on through the parts, or not
        anchor = self._anchor(f"{self.headings[-1].anchor}-{own}" if within else own)
        unit = Unit(kind, number, label=f"第{numeral}{word}" if numeral else "", heading=heading, anchor=anchor)
        self._parent().append(unit)
        self.headings.append(unit)
        self.article = self.paragraph = self.item = None

    def _article(self, line_no: int, match: re.Match[str]) -> None:
        number, suffix = _number(match[1]), _number(match[2]) if match[2] else 0
        wanted = f"a{number}" + (f".{suffix}" if suffix else "")
        if wanted in self.anchors:
            self.tree.unplaced.append(Unplaced(line_no, match[0], "条号与前面的条文重复"))
        elif not suffix and number != self.last_number + 1:
            self.tree.doubts.append(Unplaced(line_no, match[0], f"条号不连续：前面是第{to_chinese(self.last_number)}条" if self.last_number else "第一条不在开头"))
        label = f"第{match[1]}条" + (f"之{match[2]}" if match[2] else "")
        unit = Unit("article", number, suffix or 0, label, anchor=self._anchor(wanted))
        rest = match[4].strip()
        if found := _CATCHWORD.match(rest):
            unit.catchword, unit.heading = found[1] or found[2], found[0]
            rest = rest[found.end() :].strip()
        self._begin(unit, rest)
        self.last_number = number or self.last_number

    def _point(self, line_no: int, match: re.Match[str]) -> None:
        number = _number(match[1])
        if f"d{number}" in self.anchors:
            self.tree.unplaced.append(Unplaced(line_no, match[0], "序号与前面的重复"))
        self._begin(Unit("point", number, label=f"{match[1]}、", anchor=self._anchor(f"d{number}")), match[2].strip())

    def _begin(self, unit: Unit, rest: str) -> None:
        self._parent().append(unit)
        self.article, self.paragraph, self.item = unit, None, None
        if match := _ITEM.match(rest):
            self._item(match)
        elif rest:
            self._paragraph(rest)

    def _paragraph(self, line: str) -> None:
        assert self.article is not None
        count = len(self.article.children) + 1
        self.paragraph = Unit("paragraph", count, text=line, anchor=self._anchor(f"{self.article.anchor}-p{count}"))
        self.article.children.append(self.paragraph)
        self.item = None

    def _item(self, match: re.Match[str]) -> None:
        if self.paragraph is None:
            self._paragraph("")
        assert self.paragraph is not None
        number = _number(match[1])
        anchor = self._anchor(f"{self.paragraph.anchor}-i{number}")
        self.item = Unit("item", number, label=f"（{match[1]}）", text=match[2].strip(), anchor=anchor)
        self.paragraph.children.append(self.item)

    def _subitem(self, match: re.Match[str]) -> None:
        under = self.item or self.paragraph
        assert under is not None
        number = int(match[1])
        label = match[0][: len(match[0]) - len(match[2])]
        anchor = self._anchor(f"{under.anchor}-s{number}")
        under.children.append(Unit("subitem", number, label=label, text=match[2].strip(), anchor=anchor))

    def _stray(self, line_no: int, line: str) -> None:
        """A line under a heading before any article: the rest of a wrapped heading, or shown as not placed."""
        if self.headings and not self._parent() and len(line) <= 40 and not line.endswith(_STOPS):
            before = self.headings[-1].heading
            if not before or len(before) >= _BROKEN:
                self.headings[-1].heading += line
                return
        self._parent().append(Unit("paragraph", text=line, anchor=self._anchor("x")))
        self.tree.unplaced.append(Unplaced(line_no, line, "章节标题之下、条文之前的内容"))


def layout(tree: LegalTree) -> Iterator[Line]:
    """Yield the lines of a text in reading order, each with what it is and its mark apart; for every way of writing it out."""
    for kind, line in tree.head:
        yield Line(kind, "", line)
    for unit in tree.body:
        yield from _lay(unit, "", "")
    for kind, lines in (("signature", tree.signature), ("annex", tree.annexes)):
        for line in lines:
            yield Line(kind, "", line)


def _lay(unit: Unit, lead: str, kind: str) -> Iterator[Line]:
    if unit.kind in _RANK:
        yield Line(unit.kind, "", f"{unit.label} {unit.heading}".strip())
        for child in unit.children:
            yield from _lay(child, "", "")
    elif unit.kind in ("article", "point"):
        first, *others = unit.children or [Unit("paragraph")]
        mark = unit.label + (" " if unit.kind == "article" else "") + unit.heading
        yield from _lay(first, mark + (" " if unit.heading and first.text else ""), unit.kind)
        for child in others:
            yield from _lay(child, "", "")
    else:
        if lead + unit.label + unit.text:
            yield Line(kind or unit.kind, lead + unit.label, unit.text)
        for child in unit.children:
            yield from _lay(child, "", "")


def render(tree: LegalTree) -> str:
    """Return the text of a tree, one unit a line; parsing it again gives the same tree."""
    return "\n".join((line.mark + line.text).strip() for line in layout(tree))
