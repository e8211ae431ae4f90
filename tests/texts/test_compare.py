"""Comparing two versions: numbers are not trusted, words are; every article stands in exactly one row."""

import io
import re
from collections import Counter

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st

from quancheng.kernel.numerals import to_chinese
from quancheng.texts.compare import Comparison, carry_anchors, compare
from quancheng.texts.parse import parse
from quancheng.texts.read import read_file
from quancheng.texts.table import comparison_to_docx, comparison_to_pdf
from quancheng.texts.tree import LegalTree
from tests.texts import laws

SENTENCES = [
    "为了规范本市停车管理，改善出行环境，制定本条例。",
    "公安机关交通管理部门负责道路停车泊位的设置和监督。",
    "新建住宅小区应当按照规划标准配建停车位，并预留充电设施的安装条件。",
    "任何单位和个人不得在道路上设置地桩、地锁或者其他障碍物占用泊位。",
    "医院、学校、车站周边可以设置限时停车泊位，并公示允许停放的时间。",
    "停车收费应当明码标价，收费员应当佩戴标志并出具合法票据。",
    "违反本条例规定占用消防车通道的，由消防救援机构责令改正并处以罚款。",
    "本条例自公布之日起六个月后施行，原有规定同时废止。",
]


def law(*articles: str) -> LegalTree:
    return parse("\n".join(["某市停车管理条例", *(f"第{to_chinese(n)}条　{words}" for n, words in enumerate(articles, start=1))]))


def rows(found: Comparison) -> list[tuple[str, str, str]]:
    return [(row.kind, row.old_label, row.new_label) for row in found.rows if row.kind != "same" or row.old_label != row.new_label]


def whole(old: LegalTree, new: LegalTree, found: Comparison) -> None:
    """Every article of both texts in exactly one row; the marks give back both sides."""
    assert Counter(r.old_anchor for r in found.rows if r.old_anchor) == Counter(a.anchor for a in old.articles())
    assert [r.new_anchor for r in found.rows if r.new_anchor] == [a.anchor for a in new.articles()]
    for row in found.rows:
        assert "".join(s.text for s in row.spans if s.op != "del") == row.new_text
        if row.kind != "same":
            assert "".join(s.text for s in row.spans if s.op != "ins") == row.old_text


def test_renumbered_by_an_insertion():
    old, new = law(*SENTENCES), law(SENTENCES[0], "停车管理应当遵循方便群众的原则。", *SENTENCES[1:])
    found = compare(old, new)
    whole(old, new, found)
    assert rows(found)[0] == ("new", "", "第二条")
    assert rows(found)[1:] == [("same", f"第{to_chinese(n)}条", f"第{to_chinese(n + 1)}条") for n in range(2, 9)]


def test_a_deleted_article():
    old, new = law(*SENTENCES), law(*SENTENCES[:3], *SENTENCES[4:])
    found = compare(old, new)
    whole(old, new, found)
    assert rows(found)[0] == ("deleted", "第四条", "") and found.counts == {"same": 7, "deleted": 1}
    assert {c[0]: c[1] for c in carry_anchors(old, new)}["a4"] is None


def test_a_moved_article():
    old, new = law(*SENTENCES), law(*SENTENCES[:1], SENTENCES[5], *SENTENCES[1:5], *SENTENCES[6:])
    found = compare(old, new)
    whole(old, new, found)
    assert ("moved", "第六条", "第二条") in rows(found)
    carried = {c[0]: c[1:] for c in carry_anchors(old, new)}
    assert carried["a6"][0] == "a2" and carried["a6"][2] is True and carried["a6-p1"][0] == "a2-p1"


def test_a_changed_article_has_marks_on_words():
    old, new = law(*SENTENCES), law(*SENTENCES[:7], SENTENCES[7].replace("六个月", "三十日"))
    found = compare(old, new)
    (changed,) = [row for row in found.rows if row.kind == "changed"]
    assert [(s.op, s.text) for s in changed.spans] == [
        ("same", "本条例自公布之日起"), ("del", "六个月"), ("ins", "三十日"), ("same", "后施行，原有规定同时废止。"),
    ]  # fmt: skip


def test_an_article_split_in_two_names_where_it_came_from():
    both = SENTENCES[2] + "\n" + SENTENCES[5]
    old, new = law(*SENTENCES[:2], both, SENTENCES[7]), law(*SENTENCES[:2], SENTENCES[2], SENTENCES[5], SENTENCES[7])
    found = compare(old, new)
    whole(old, new, found)
    (apart,) = [row for row in found.rows if row.kind == "new"]
    assert (apart.new_label, apart.related_label, apart.related_anchor) == ("第四条", "第三条", "a3")
    assert apart.note == "（新增，由原第三条分出）"
    carried = {c[0]: c[1:] for c in carry_anchors(old, new)}
    assert (carried["a3-p1"][0], carried["a3-p2"][0]) == ("a3-p1", "a4-p1")


def test_two_articles_merged_into_one_wait_for_a_person():
    old, new = law(*SENTENCES), law(*SENTENCES[:1], SENTENCES[1] + "\n" + SENTENCES[2], *SENTENCES[3:])
    found = compare(old, new)
    whole(old, new, found)
    (gone,) = [row for row in found.rows if row.kind == "deleted"]
    assert (gone.old_label, gone.note) in {("第二条", "（删去，并入第二条）"), ("第三条", "（删去，并入第二条）")}
    carried = {c[0]: c[1:] for c in carry_anchors(old, new)}
    anchor, _, certain = carried[gone.old_anchor]
    assert anchor == "a2" and certain is False


def test_like_words_that_stayed_where_they_were_are_no_split():
    """Two articles about like things: the new one took nothing away from the old one."""
    old = law(*SENTENCES)
    new = law(*SENTENCES[:3], SENTENCES[2].replace("住宅小区", "商业综合体"), *SENTENCES[3:])
    (fresh,) = [row for row in compare(old, new).rows if row.kind == "new"]
    assert fresh.related_label == ""


def test_an_article_mostly_rewritten_is_left_to_a_person():
    old = law(*SENTENCES)
    new = law(*SENTENCES[:5], "停车收费应当明码标价，收费员应当佩戴标志，收费标准由价格主管部门会同有关部门依法制定并公布。", *SENTENCES[6:])
    found = compare(old, new)
    assert rows(found) == [("doubtful", "第六条", "第六条")]
    assert [(c[0], c[3]) for c in carry_anchors(old, new) if not c[3]] == [("a6", False), ("a6-p1", False)]


def test_the_width_of_marks_is_no_amendment():
    old, new = law("下列行为(含擅自停放):应当制止,并予以处罚。"), law("下列行为（含擅自停放）：应当制止，并予以处罚。")
    assert compare(old, new).counts == {"same": 1}
    assert carry_anchors(old, new) == [("a1", "a1", 1.0, True), ("a1-p1", "a1-p1", 1.0, True)]


def test_points_of_decisions():
    old = parse(laws.DECISION)
    new = parse(laws.DECISION.replace("二、县级", "二、秸秆还田应当粉碎深翻。\n三、县级").replace("三、本决定", "四、本决定"))
    found = compare(old, new)
    whole(old, new, found)
    assert rows(found) == [("new", "", "二"), ("same", "二", "三"), ("same", "三", "四")]


def test_paragraphs_and_items_are_carried_inside_an_article():
    items = "下列车辆免费停放：\n（一）警车；\n（二）消防车辆和救护车辆；\n（三）工程抢险车辆。\n前款车辆应当正在执行任务。"
    more = "下列车辆免费停放：\n（一）军车；\n（二）警车；\n（三）消防车辆和救护车辆；\n（四）工程抢险车辆。\n前款车辆应当正在执行任务。"
    carried = {c[0]: c[1] for c in carry_anchors(law(*SENTENCES[:2], items), law(*SENTENCES[:2], more))}
    assert carried["a3-p1-i1"] == "a3-p1-i2" and carried["a3-p1-i3"] == "a3-p1-i4" and carried["a3-p2"] == "a3-p2"


def test_a_lost_paragraph_goes_to_its_article():
    old, new = law(*SENTENCES[:2], SENTENCES[2] + "\n" + SENTENCES[3]), law(*SENTENCES[:2], SENTENCES[2])
    carried = {c[0]: c[1] for c in carry_anchors(old, new)}
    assert carried["a3-p1"] == "a3-p1" and carried["a3-p2"] == "a3"


def chapters(*named: tuple[str, list[str]]) -> LegalTree:
    lines, number = ["某市停车管理条例"], 0
    for at, (name, articles) in enumerate(named, start=1):
        lines.append(f"第{to_chinese(at)}章　{name}")
        for words in articles:
            number += 1
            lines.append(f"第{to_chinese(number)}条　{words}")
    return parse("\n".join(lines))


def test_chapters_are_carried_by_name_or_by_their_articles():
    old = chapters(("总则", SENTENCES[:2]), ("停车场", SENTENCES[2:5]), ("收费", SENTENCES[5:6]), ("附则", SENTENCES[6:]))
    new = chapters(("总则", SENTENCES[:2]), ("规划", ["城市停车规划由市人民政府编制。"]), ("停车设施", SENTENCES[2:5]), ("附则", SENTENCES[6:]))
    carried = {c[0]: c[1:] for c in carry_anchors(old, new)}
    assert [carried[f"c{n}"][0] for n in (1, 2, 3, 4)] == ["c1", "c3", None, "c4"]


def test_chapters_of_one_name_under_several_parts_are_not_mixed_up():
    text = "某法\n第一编　甲\n第一章　一般规定\n第一条　{0}\n第二编　乙\n第一章　一般规定\n第二条　{1}"
    old = parse(text.format(*SENTENCES))
    carried = {c[0]: c[1] for c in carry_anchors(old, parse(text.format(*SENTENCES)))}
    assert carried["c1"] == "c1" and carried["b2-c1"] == "b2-c1"


ARTICLES = st.lists(st.sampled_from(SENTENCES), max_size=8)


@settings(deadline=None)
@given(ARTICLES, ARTICLES)
def test_every_article_in_exactly_one_row_and_every_anchor_carried_once(before, after):
    old, new = law(*before), law(*after)
    whole(old, new, compare(old, new))
    carried = [c[0] for c in carry_anchors(old, new)]
    assert Counter(carried) == Counter(unit.anchor for unit, _ in old.walk())
    known = {unit.anchor for unit, _ in new.walk()}
    assert all(target is None or target in known for _, target, _, _ in carry_anchors(old, new))


def test_stray_lines_are_carried_too():
    old = parse("某条例\n第一章　总则\n本章的说明文字。\n第一条　甲甲甲甲。")
    assert {c[0] for c in carry_anchors(old, old)} == {unit.anchor for unit, _ in old.walk()}


# --- the table as a file -------------------------------------------------------------------------------------------


@pytest.fixture
def table() -> Comparison:
    both = SENTENCES[2] + "\n" + SENTENCES[5]
    old = law(*SENTENCES[:2], both, SENTENCES[4], SENTENCES[7])
    return compare(old, law(SENTENCES[0], SENTENCES[1].replace("道路", "𠮷路"), SENTENCES[2], SENTENCES[5], SENTENCES[7]))


def test_the_table_in_word_has_every_word_and_its_mark(table):
    document = Document(io.BytesIO(comparison_to_docx("对照表", table)))
    (made,) = document.tables
    assert [cell.text for cell in made.rows[0].cells] == ["原条文", "新条文"] and len(made.rows) == len(table.rows) + 1
    for row, line in zip(table.rows, made.rows[1:], strict=True):
        old, new = line.cells
        assert old.text == (f"{row.old_label}　{row.old_text}" if row.old_label else row.note)
        assert new.text == (f"{row.new_label}　{row.new_text}" if row.new_label else row.note)
        runs = [run for paragraph in (*old.paragraphs, *new.paragraphs) for run in paragraph.runs]
        assert "".join(r.text for r in runs if r.font.strike) == "".join(s.text for s in row.spans if s.op == "del")
        assert "".join(r.text for r in runs if r.font.underline and r.bold) == "".join(s.text for s in row.spans if s.op == "ins")


def test_the_table_in_pdf_has_every_word(table):
    words = re.sub(r"\s+", "", read_file(comparison_to_pdf("对照表", table), "a.pdf"))
    for row in table.rows:
        for text in (row.old_text, row.new_text):
            missing = Counter(re.sub(r"\s+", "", text)) - Counter(words)
            assert not missing
    assert "新增，由原第三条分出" in words and "𠮷" in words
