"""A text as Akoma Ntoso 3.0 (OASIS LegalDocML), valid against the OASIS schema; our anchors travel as wId."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from hashlib import sha256
from typing import Any

from lxml import etree

from quancheng.kernel.numerals import NumeralError, from_chinese
from quancheng.texts.tree import LegalTree, Unit

NAMESPACE = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"
_SHORT = {
    "part": "part", "chapter": "chp", "section": "sec", "article": "art", "point": "lvl", "paragraph": "para",
}  # fmt: skip
_NAMES = {"point": "level"}  # 一、 of a decision; AKN's own point is our item
_DAY = re.compile(r"([\d一二三四五六七八九〇零○]{4})年([\d一二三四五六七八九十]{1,2})月([\d一二三四五六七八九十]{1,3})日")
_BEIJING = timezone(timedelta(hours=8))

Element = Any  # lxml ships no types


def to_akn(tree: LegalTree, *, date: date | None = None, language: str = "zho") -> bytes:
    """Return the text as an Akoma Ntoso act, UTF-8 with declaration.

    `date` is the date of the work; without it the first date of the caption stands, or today in Beijing.
    """
    day = date or _caption_day(tree.caption) or datetime.now(UTC).astimezone(_BEIJING).date()
    root = etree.Element(_q("akomaNtoso"), nsmap={None: NAMESPACE})
    act = _add(root, "act", name="act")
    uri = f"/akn/cn/act/{day.isoformat()}/{sha256(tree.title.encode()).hexdigest()[:10]}"
    _meta(act, uri, day, language, tree.title)
    _preface(act, tree)
    if tree.preamble:
        preamble = _add(act, "preamble")
        for line in tree.preamble:
            _p(preamble, line)
    _body(act, tree)
    if tree.signature:
        conclusions = _add(act, "conclusions")
        for line in tree.signature:
            _p(conclusions, line)
    if tree.annexes:
        attachment = _add(_add(act, "attachments"), "attachment", eId="att_1")
        annex = _add(attachment, "doc", name="annex")
        _meta(annex, uri, day, language, tree.annexes[0], part="/!annex")
        main = _add(annex, "mainBody")
        for line in tree.annexes:
            _p(main, line)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def _q(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _add(parent: Element, tag: str, text: str | None = None, /, **attributes: str) -> Element:
    element = etree.SubElement(parent, _q(tag), attributes)
    if text is not None:
        element.text = text
    return element


def _p(parent: Element, text: str) -> None:
    _add(parent, "p", text)


def _caption_day(lines: Sequence[str]) -> date | None:
    for match in _DAY.finditer("".join(lines)):
        try:
            year = int(match[1]) if match[1].isdigit() else from_chinese(match[1])
            return date(year, from_chinese(match[2]), from_chinese(match[3]))
        except (NumeralError, ValueError):
            continue
    return None


def _meta(parent: Element, uri: str, day: date, language: str, title: str, *, part: str = "/!main") -> None:
    """FRBR: the work, its expression in a language on a day, and this file."""
    meta = _add(parent, "meta")
    identification = _add(meta, "identification", source="#npc")
    on = day.isoformat()
    said = f"{uri}/{language}@{on}"
    for name, base, what in (
        ("FRBRWork", uri, "adopted"), ("FRBRExpression", said, "version"), ("FRBRManifestation", said + ".akn", "file"),
    ):  # fmt: skip
        level = _add(identification, name)
        _add(level, "FRBRthis", value=(base.removesuffix(".akn") + part + (".akn" if base.endswith(".akn") else "")))
        _add(level, "FRBRuri", value=base)
        if name == "FRBRWork":
            _add(level, "FRBRalias", value=title or "无题名", name="title")
        _add(level, "FRBRdate", date=on, name=what)
        _add(level, "FRBRauthor", href="#npc")
        if name == "FRBRWork":
            _add(level, "FRBRcountry", value="cn")
        elif name == "FRBRExpression":
            _add(level, "FRBRlanguage", language=language)
        else:
            _add(level, "FRBRformat", value="application/akn+xml")
    references = _add(meta, "references", source="#npc")
    own = "npc" if part == "/!main" else "att_1__npc"
    _add(references, "TLCOrganization", eId=own, href="/ontology/organization/cn.npc", showAs="人民代表大会及其常务委员会")


def _preface(act: Element, tree: LegalTree) -> None:
    preface = _add(act, "preface")
    line = _add(_add(preface, "longTitle"), "p")
    _add(line, "docTitle", tree.title)
    again = [words for kind, words in tree.head if kind == "title"]
    if "".join(again) != tree.title:  # it stands once more over the text
        _p(preface, "".join(again).removeprefix(tree.title))
    for words in tree.caption:
        _p(preface, words)
    if not any(kind == "toc" for kind, _ in tree.head):
        return
    _p(preface, "目录")
    if tree.toc:
        toc, eids = _add(preface, "toc"), _eids(tree)
        places = {f"{u.label}{u.heading}".replace(" ", ""): eids[id(u)] for u, _ in tree.walk() if u.heading}
        for words in tree.toc:
            _add(toc, "tocItem", words, level="1", href="#" + places.get(words.replace(" ", ""), ""))


def _eids(tree: LegalTree) -> dict[int, str]:
    """Return the eId of every unit by the AKN naming convention: chp_2__sec_1, art_12__para_2__list_1__point_3."""
    found: dict[int, str] = {}
    taken: set[str] = set()
    for unit, parent in tree.walk():
        number = f"{unit.number or 0}" + (f"-{unit.suffix}" if unit.suffix else "")
        if unit.kind in ("item", "subitem"):
            word = "list_1__" + ("point" if unit.kind == "item" and parent is not None else "indent")
        else:
            word = _SHORT[unit.kind]
        above = parent is not None and unit.kind not in ("article", "part", "chapter")  # articles count through the text
        wanted = eid = (f"{found[id(parent)]}__" if above else "") + f"{word}_{number}"
        again = 1
        while eid in taken:
            again += 1
            eid = f"{wanted}.{again}"
        taken.add(eid)
        found[id(unit)] = eid
    return found


def _body(act: Element, tree: LegalTree) -> None:
    body, eids = _add(act, "body"), _eids(tree)
    for unit in tree.body:
        _unit(body, unit, eids)
    if not tree.body:
        _p(_add(_add(body, "hcontainer", name="empty", eId="hcontainer_1"), "content"), "")


def _unit(parent: Element, unit: Unit, eids: dict[int, str]) -> None:
    name = _NAMES.get(unit.kind, unit.kind)
    element = _add(parent, name, eId=eids[id(unit)], wId=unit.anchor)
    if unit.label:
        _add(element, "num", unit.label)
    if unit.catchword or unit.heading:
        _add(element, "heading", unit.catchword or unit.heading)
    if unit.kind in ("paragraph", "item", "subitem"):
        _words(element, unit, eids)
        return
    for child in unit.children:
        _unit(element, child, eids)
    if not unit.children:
        _p(_add(element, "content"), "")


def _words(element: Element, unit: Unit, eids: dict[int, str]) -> None:
    """The words of a 款, 项 or 目: content, or a list with its lead-in and what it leads to."""
    if not unit.children:
        _p(_add(element, "content"), unit.text)
        return
    lines = _add(element, "list", eId=f"{eids[id(unit)]}__list_1")
    _p(_add(lines, "intro"), unit.text)
    for child in unit.children:
        inner = _add(lines, "point" if child.kind == "item" else "indent", eId=eids[id(child)], wId=child.anchor)
        _add(inner, "num", child.label)
        _words(inner, child, eids)
