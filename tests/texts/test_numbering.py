"""Numbers that Word makes: 第一条 stands in no run of text, and still every article comes in with its number."""

import pytest
from docx import Document
from docx.oxml import parse_xml

from quancheng.texts.numbering import write
from quancheng.texts.parse import parse
from quancheng.texts.read import read_file
from tests.texts import docx_files as files
from tests.texts.docx_files import level, numbered

LAW = level(0, "chineseCountingThousand", "第%1章") + level(1, "chineseCountingThousand", "第%2条", '<w:lvlRestart w:val="0"/>')
ITEMS = level(0, "chineseCounting", "（%1）") + level(1, "decimal", "%2.")


def lines(document) -> list[str]:
    return read_file(files.saved(document), "a.docx").split("\n")


@pytest.mark.parametrize(
    ("number", "form", "written"),
    [
        (12, "chineseCounting", "十二"), (101, "chineseCountingThousand", "一百零一"), (3, "decimal", "3"), (2, "lowerLetter", "b"),
        (2, "upperLetter", "B"), (3, "decimalEnclosedCircle", "③"), (30, "decimalEnclosedCircle", "30"), (4, "none", ""),
        (27, "lowerLetter", "27"), (0, "chineseCounting", "0"), (7, "cardinalText", "7"),
    ],
)  # fmt: skip
def test_forms_of_numbers(number, form, written):
    assert write(number, form) == written


def test_articles_count_on_through_the_chapters():
    document = Document()
    files.with_lists(document, {"1": LAW}, {"5": '<w:abstractNumId w:val="1"/>'})
    document.add_paragraph("某条例")
    for at, words in ((0, "总则"), (1, "甲。"), (1, "乙。"), (0, "附则"), (1, "丙。")):
        numbered(document, words, "5", at)
    assert lines(document) == ["某条例", "第一章 总则", "第一条 甲。", "第二条 乙。", "第二章 附则", "第三条 丙。"]
    assert [a.anchor for a in parse("\n".join(lines(document))).articles()] == ["a1", "a2", "a3"]


def test_a_deeper_level_begins_again_under_the_next_higher_number():
    document = Document()
    files.with_lists(document, {"1": ITEMS}, {"5": '<w:abstractNumId w:val="1"/>'})
    for at, words in ((0, "甲"), (1, "子"), (1, "丑"), (0, "乙"), (1, "寅")):
        numbered(document, words, "5", at)
    assert lines(document) == ["（一）甲", "1.子", "2.丑", "（二）乙", "1.寅"]


def test_items_of_each_article_begin_at_one():
    """Word keeps one abstract list and gives each run of items a list of its own that starts at 1."""
    document = Document()
    start = '<w:abstractNumId w:val="1"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    files.with_lists(document, {"1": ITEMS, "2": LAW}, {"5": start, "6": start, "7": '<w:abstractNumId w:val="2"/>'})
    for name, at, words in (("7", 1, "下列："), ("5", 0, "甲；"), ("5", 0, "乙。"), ("7", 1, "下列："), ("6", 0, "丙；"), ("6", 0, "丁。")):
        numbered(document, words, name, at)
    assert lines(document) == ["第一条 下列：", "（一）甲；", "（二）乙。", "第二条 下列：", "（一）丙；", "（二）丁。"]


def test_lists_of_one_abstract_list_count_on():
    document = Document()
    same = '<w:abstractNumId w:val="1"/>'
    files.with_lists(document, {"1": ITEMS}, {"5": same, "6": same})
    for name in ("5", "6"):
        numbered(document, "甲", name)
    assert lines(document) == ["（一）甲", "（二）甲"]


def test_a_list_with_a_level_of_its_own():
    document = Document()
    own = f'<w:abstractNumId w:val="1"/><w:lvlOverride w:ilvl="0">{level(0, "decimal", "%1、")}</w:lvlOverride>'
    files.with_lists(document, {"1": ITEMS}, {"5": own})
    numbered(document, "甲", "5")
    assert lines(document) == ["1、甲"]


def test_the_number_may_come_from_a_style_and_the_level_from_the_paragraph():
    document = Document()
    files.with_lists(document, {"1": LAW}, {"5": '<w:abstractNumId w:val="1"/>'})
    style = document.styles.add_style("Clause", 1)
    style.element.get_or_add_pPr().append(parse_xml(f'<w:numPr {files.W}><w:ilvl w:val="1"/><w:numId w:val="5"/></w:numPr>'))
    child = document.styles.add_style("Clause child", 1)
    child.base_style = style
    document.add_paragraph("甲。", style="Clause")
    document.add_paragraph("乙。", style="Clause child")
    document.add_paragraph("总则", style="Clause")._p.get_or_add_pPr().append(
        parse_xml(f'<w:numPr {files.W}><w:ilvl w:val="0"/></w:numPr>')
    )
    off = document.add_paragraph("第二款。", style="Clause")
    off._p.get_or_add_pPr().append(parse_xml(f'<w:numPr {files.W}><w:numId w:val="0"/></w:numPr>'))
    assert lines(document) == ["第一条 甲。", "第二条 乙。", "第一章 总则", "第二款。"]


def test_bullets_and_unknown_lists_have_no_number():
    document = Document()
    files.with_lists(document, {"1": level(0, "bullet", "●")}, {"5": '<w:abstractNumId w:val="1"/>'})
    numbered(document, "甲", "5")
    numbered(document, "乙", "99")
    numbered(document, "丙", "5", 7)
    assert lines(document) == ["甲", "乙", "丙"]


def test_an_empty_numbered_paragraph_shows_its_number_as_in_word():
    document = Document()
    files.with_lists(document, {"1": ITEMS}, {"5": '<w:abstractNumId w:val="1"/>'})
    for words in ("甲", "", "丙"):
        numbered(document, words, "5")
    assert lines(document) == ["（一）甲", "（二）", "（三）丙"]


def test_numbers_inside_tables():
    document = Document()
    files.with_lists(document, {"1": LAW}, {"5": '<w:abstractNumId w:val="1"/>'})
    numbered(document, "甲。", "5", 1)
    frame = document.add_table(rows=1, cols=1)
    frame.cell(0, 0).text = "乙。"
    place = f'<w:numPr {files.W}><w:ilvl w:val="1"/><w:numId w:val="5"/></w:numPr>'
    frame.cell(0, 0).paragraphs[0]._p.get_or_add_pPr().append(parse_xml(place))
    assert lines(document) == ["第一条 甲。", "第二条 乙。"]
