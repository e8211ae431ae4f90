"""Every form of a text holds every word; what a person wrote is data, never markup."""

import io
import json
import re
from collections import Counter

import pytest
from docx import Document
from docx.oxml.ns import qn
from hypothesis import given, settings

from quancheng.kernel import typeset
from quancheng.texts.export import FORMS, UnknownForm, export
from quancheng.texts.parse import parse, render
from quancheng.texts.read import read_file
from quancheng.texts.tree import LegalTree
from tests.texts import laws
from tests.texts.test_parse import LINES, UNPLACED, bare

SHAPES = {**laws.ALL, **{name: text for name, (text, _) in UNPLACED.items()}}


def strings(value) -> str:
    if isinstance(value, dict):
        return "".join(strings(inner) for key, inner in value.items() if key not in ("anchor", "kind", "headings", "catchword"))
    if isinstance(value, list):
        return "".join(map(strings, value))
    return value if isinstance(value, str) else ""


def words_of(tree: LegalTree, form: str) -> str:
    made = export(tree, form)
    if form == "txt":
        return str(made)
    if form == "json":
        found = json.loads(made)
        return strings(found) + "目录" * bool(found["toc"]) + "".join(a["catchword"] for a in found["articles"])
    if form == "akn":
        return re.sub(r"<[^>]*>", "", made.decode()).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return read_file(made, f"a.{form}")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("text", SHAPES.values(), ids=SHAPES)
def test_every_word_is_in_every_form(text, form):
    tree = parse(text)
    missing = Counter(bare(render(tree))) - Counter(bare(words_of(tree, form)))
    assert set(missing) <= (set("【】（）") if form in ("json", "akn") else set())  # round a catchword, which stands apart


@settings(max_examples=40, deadline=None)
@given(LINES)
def test_random_texts_in_plain_text_word_and_json(text):
    tree = parse(text)
    assert bare(words_of(tree, "txt")) == bare(text)
    if bare(text):
        assert bare(words_of(tree, "docx")) == bare(render(tree))
    assert json.loads(export(tree, "json")) == tree.to_json()


def test_an_unknown_form():
    with pytest.raises(UnknownForm, match="没有“doc”这种格式"):
        export(parse(laws.PLAIN), "doc")


def test_word_follows_the_standard_of_official_documents():
    document = Document(io.BytesIO(export(parse(laws.FULL), "docx")))
    page = document.sections[0]
    assert [round(x.mm) for x in (page.page_width, page.page_height, page.top_margin, page.left_margin)] == [210, 297, 37, 28]
    first = next(p for p in document.paragraphs if p.text.startswith("第一条"))
    faces = [run._element.rPr.rFonts.get(qn("w:eastAsia")) for run in first.runs]
    assert faces == ["黑体", "仿宋_GB2312"] and {run.font.size.pt for run in first.runs} == {16}
    assert document.paragraphs[0].text == "濮河市河道管理条例" == document.core_properties.title


def test_word_tells_nothing_of_who_made_it():
    properties = Document(io.BytesIO(export(parse(laws.PLAIN), "docx"))).core_properties
    assert (properties.author, properties.comments, properties.last_modified_by) == ("", "", "")


def test_rare_characters_and_emoji_in_word():
    text = "某条例\n第一条　𠮷某、𬱖某、堌堆、👨‍👩‍👧、\ue123。"
    assert parse(read_file(export(parse(text), "docx"), "a.docx")).to_json() == parse(text).to_json()


def test_rare_characters_in_pdf():
    text = "某条例\n第一条　𠮷某、𬱖某、王称堌镇、白堽乡、喆、昇。"
    assert parse(read_file(export(parse(text), "pdf"), "a.pdf")).to_json() == parse(text).to_json()


def test_a_letter_without_a_font_is_written_out_in_pdf_and_named_at_the_end():
    words = read_file(export(parse("某条例\n第一条　\ue123某、\U0010fff0。"), "pdf"), "a.pdf").replace("\n", "")
    assert "〔U+E123〕某、〔U+10FFF0〕。" in words
    assert "没有下列2个字" in words and "U+E123、U+10FFF0" in words


def test_no_pdf_with_boxes_where_there_is_no_chinese_font(monkeypatch):
    monkeypatch.setattr(typeset, "FONTS", ("A Font That Is Not There",))
    typeset._fonts.cache_clear()
    try:
        with pytest.raises(typeset.FontsMissing, match="fonts-noto-cjk"):
            export(parse(laws.PLAIN), "pdf")
    finally:
        typeset._fonts.cache_clear()


@pytest.mark.parametrize("form", ["pdf", "akn", "docx"])
def test_markup_in_the_words_stays_words(form):
    text = '某条例\n第一条　#import "x": y; *粗* $a$ `b` <c> </w:t> &amp; {d} \\n。'
    assert bare(text.split("　")[1]) in bare(words_of(parse(text), form))


def test_pdf_is_tagged_and_has_a_title():
    made = export(parse(laws.FULL), "pdf")
    assert b"/StructTreeRoot" in made and b"/Lang" in made


def test_text_ends_with_one_line_end():
    assert export(parse(laws.PLAIN), "txt") == render(parse(laws.PLAIN)) + "\n"
