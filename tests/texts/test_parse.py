"""Rulebook C.2: a legal text is read into its tree; nothing is dropped, and what has no place is shown."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quancheng.kernel.numerals import to_chinese
from quancheng.kernel.text import normalise
from quancheng.texts.parse import layout, parse, render
from quancheng.texts.tree import LegalTree
from tests.texts import laws


def bare(text: str) -> str:
    return re.sub(r"\s+", "", normalise(text))


def shape(tree: LegalTree) -> list[tuple[str, str, str]]:
    return [(unit.kind, unit.anchor, unit.label + unit.text) for unit, _ in tree.walk()]


@pytest.mark.parametrize("text", laws.ALL.values(), ids=laws.ALL)
def test_a_text_comes_back_whole(text):
    tree = parse(text)
    assert bare(render(tree)) == bare(text)
    assert tree.unplaced == tree.doubts == []
    assert parse(render(tree)).to_json() == tree.to_json()


@pytest.mark.parametrize("name", ["full", "plain", "decision", "amending"])
def test_a_text_in_the_usual_form_comes_back_line_by_line(name):
    assert render(parse(laws.ALL[name])) == normalise(laws.ALL[name])


def test_c2_parts_chapters_sections_articles_paragraphs_items_and_subitems():
    tree = parse(laws.FULL)
    assert tree.title == "濮河市河道管理条例"
    assert len(tree.caption) == 1 and tree.caption[0].startswith("（2019年10月25日") and tree.caption[0].endswith("修正）")
    assert tree.toc[:3] == ["第一编 总 则", "第二编 管理", "第一章 规划"] and len(tree.toc) == 7
    kinds = [unit.kind for unit, _ in tree.walk()]
    assert [kinds.count(k) for k in ("part", "chapter", "section", "article", "item", "subitem")] == [3, 2, 2, 7, 5, 2]
    assert tree.signature == ["濮河市人民代表大会常务委员会", "2024年7月1日"]
    assert tree.annexes == ["附件：", "河道名录", "濮河 从王家闸到入黄河口"]
    third = tree.find("a3")
    assert third and [(c.anchor, c.text) for c in third.children] == [
        ("a3-p1", "编制河道规划，应当遵守下列规定："), ("a3-p2", "前款规定的规划不得擅自修改。"),
    ]  # fmt: skip
    assert [(i.anchor, i.label, i.text) for i in third.children[0].children] == [
        ("a3-p1-i1", "（一）", "符合国土空间规划；"),
        ("a3-p1-i2", "（二）", "听取下列人员的意见："),
        ("a3-p1-i3", "（三）", "经市人民政府批准。"),
    ]
    assert [s.anchor for s in third.children[0].children[1].children] == ["a3-p1-i2-s1", "a3-p1-i2-s2"]
    assert "第三编 附 则" in [f"{u.label} {u.heading}" for u, _ in tree.walk() if u.kind == "part"]


def test_c2_units_are_called_as_a_lawyer_calls_them():
    tree = parse(laws.FULL)
    assert tree.label_of("a3-p1-i2-s1") == "第三条第一款第（二）项第1目"
    assert tree.label_of("a5-p1-i1") == "第五条第（一）项"  # of an article with one paragraph nobody says 第一款
    assert tree.label_of("a3.1") == "第三条之一"
    assert tree.label_of("c1-s2") == "第二节 公布"
    assert tree.label_of("a99") == ""
    assert tree.labels() == {unit.anchor: tree.label_of(unit.anchor) for unit, _ in tree.walk()}


def test_c2_an_inserted_article_and_its_anchor():
    assert [a.anchor for a in parse(laws.FULL).articles()] == ["a1", "a2", "a3", "a3.1", "a4", "a5", "a6"]


def test_c2_1_a_decision_is_numbered_by_points():
    tree = parse(laws.DECISION)
    assert tree.title == "濮河市人民代表大会常务委员会关于加强秸秆综合利用的决定"  # broken over two lines
    assert tree.preamble == ["为了保护大气环境，作如下决定："]
    assert [a.anchor for a in tree.articles()] == ["d1", "d2", "d3"]
    assert tree.label_of("d2-p1-i2") == "第二项第一款第（二）项"
    assert tree.label_of("d3") == "第三项"


def test_quoted_articles_of_an_amending_decision_are_no_articles():
    tree = parse(laws.AMENDING)
    assert [a.anchor for a in tree.articles()] == ["d1", "d2", "d3"]
    assert "“第二条 遛犬应当牵绳、带证。”" in render(tree)


def test_c2_5_catchwords_stand_apart():
    tree = parse(laws.CATCHWORDS)
    assert [(a.catchword, a.children[0].text) for a in tree.articles()] == [
        ("立法目的", "为了方便老年人用餐，制定本条例。"), ("适用范围", "本市社区用餐服务适用本条例。"),
        ("助餐点", "每个社区至少设立一个助餐点。"), ("施行日期", "本条例自2027年1月1日起施行。"),
    ]  # fmt: skip
    assert "第三条 【助餐点】" in render(tree)


def test_brackets_that_are_no_catchword():
    tree = parse("某规定\n第一条　（删去）\n第二条　（一）甲；\n（二）乙。")
    first, second = tree.articles()
    assert (first.catchword, first.children[0].text) == ("", "（删去）")
    assert [item.text for item in second.children[0].children] == ["甲；", "乙。"]


@pytest.mark.parametrize(
    ("line", "anchor", "text"),
    [
        ("第 十 二 条　甲。", "a12", "甲。"), ("第一百〇一条　甲。", "a101", "甲。"), ("第12条　甲。", "a12", "甲。"),
        ("第１２条　甲。", "a12", "甲。"), ("第十二条之一　甲。", "a12.1", "甲。"), ("第十二条　𠮷某😀。", "a12", "𠮷某😀。"),
    ],
)  # fmt: skip
def test_c2_3_numbers_however_they_are_typed(line, anchor, text):
    (article,) = parse(f"某规定\n{line}").articles()
    assert (article.anchor, article.children[0].text) == (anchor, text)


def test_c2_3_items_in_half_width_brackets():
    (article,) = parse("某规定\n第一条　下列事项：\n(一)甲；\n( 二 )乙。").articles()
    assert [(i.label, i.text) for i in article.children[0].children] == [("（一）", "甲；"), ("（二）", "乙。")]


def test_an_article_without_the_space_after_its_number():
    tree = parse("某规定\n第一条为了甲，制定本规定。\n第二条本规定适用于乙。\n第一条规定的事项，另行规定。")
    assert [a.anchor for a in tree.articles()] == ["a1", "a2"]
    assert tree.articles()[1].children[1].text == "第一条规定的事项，另行规定。"  # a reference, no article


def test_the_words_of_an_article_on_the_line_after_its_number():
    (article,) = parse("某规定\n第一条\n为了甲，制定本规定。").articles()
    assert [c.text for c in article.children] == ["为了甲，制定本规定。"]


def test_sections_and_repeated_chapters_have_their_own_anchors():
    tree = parse(
        "某法\n第一编　总则\n第一章　甲\n第一节　子\n第一条　一。\n第二章　乙\n第一节　丑\n第二条　二。\n"
        "第二编　分则\n第一章　丙\n第三条　三。"
    )
    headings = [unit.anchor for unit, _ in tree.walk() if unit.kind in ("part", "chapter", "section")]
    assert headings == ["b1", "c1", "c1-s1", "c2", "c2-s1", "b2", "b2-c1"]


def test_the_last_chapter_without_a_number():
    tree = parse("某条例\n第一章　总则\n第一条　甲。\n附则\n第二条　施行。")
    assert [(u.kind, u.label, u.heading, u.anchor) for u in tree.body] == [
        ("chapter", "第一章", "总则", "c1"), ("chapter", "", "附则", "cz"),
    ]  # fmt: skip
    assert [c.text for c in tree.articles()[0].children] == ["甲。"]
    assert tree.label_of("cz") == "附则"


def test_a_heading_broken_over_two_lines():
    tree = parse("某条例\n第一章\n总则\n第一条　甲。\n第二章　河道管理范围内建设项目和\n活动的许可\n第二条　乙。")
    assert [u.heading for u in tree.body] == ["总则", "河道管理范围内建设项目和活动的许可"]
    assert tree.unplaced == []


def test_the_title_over_four_lines_and_what_stands_above_it():
    tree = parse("附件1：\n濮河市人民代表大会常务委员会\n关于修改《濮河市河道管理条例》\n等三部地方性法规的\n决定\n一、甲。")
    assert tree.title == "濮河市人民代表大会常务委员会关于修改《濮河市河道管理条例》等三部地方性法规的决定"
    assert tree.caption == ["附件1："]


def test_the_title_repeated_over_the_text_is_no_preamble():
    tree = parse("濮河市养犬规定\n（2025年1月1日通过）\n濮河市\n养犬规定\n第一条　甲。")
    assert tree.preamble == [] and tree.title == "濮河市养犬规定"
    assert render(tree).count("养犬规定") == 2


def test_a_text_without_a_title_keeps_its_first_article():
    tree = parse("第一条　甲。\n第二条　乙。")
    assert tree.title == "" and [a.anchor for a in tree.articles()] == ["a1", "a2"] and tree.unplaced == []


def test_a_preamble_before_the_first_chapter():
    tree = parse("某条例\n目录\n序言\n第一章　总则\n序言\n我们决心保护河流。\n第一章　总则\n第一条　甲。")
    assert tree.toc == ["序言", "第一章 总则"] and tree.preamble == ["序言", "我们决心保护河流。"]
    assert [u.anchor for u in tree.body] == ["c1"]


@pytest.mark.parametrize(
    "toc", ["目录\n第一章　总则…………1\n第二章　附则……………3", "目 录\n第一章 总则 1\n第二章 附则 3", "目录\n第一章　总　则\n第二章　附　则"]
)
def test_the_table_of_contents_is_no_chapter(toc):
    tree = parse(f"某条例\n{toc}\n第一章　总则\n第一条　甲。\n第二章　附则\n第二条　乙。")
    assert len(tree.toc) == 2 and [u.anchor for u in tree.body] == ["c1", "c2"]


def test_a_table_of_contents_with_other_words_than_the_chapters():
    tree = parse("某条例\n目录\n第一章　总则\n第二章　管理\n第一章　一般规定\n第一条　甲。\n第二章　管理\n第二条　乙。")
    assert len(tree.toc) == 2 and [u.heading for u in tree.body] == ["一般规定", "管理"]


UNPLACED = {
    "under a heading": ("某条例\n第一章　总则\n本章的说明文字。\n第一条　甲。", ["本章的说明文字。"]),
    "a section without its number": ("某条例\n第一章　总则\n一般规定\n第一条　甲。", ["一般规定"]),
    "an item without an article": ("某条例\n第一章　总则\n（一）甲；\n第一条　乙。", ["（一）甲；"]),
    "the same article twice": ("某条例\n第一条　甲。\n第一条　乙。", ["第一条 乙。"]),
    "the same point twice": ("某决定\n一、甲。\n一、乙。", ["一、乙。"]),
    "articles after the annex": ("某条例\n第一条　甲。\n附件：见下\n第二条　乙。\n第三条　丙。", ["第二条 乙。", "第三条 丙。"]),
    "no articles at all": ("今天天气很好。\n我们去河边走了走。", ["今天天气很好。", "我们去河边走了走。"]),
    "items alone": ("某规定\n（一）甲；\n（二）乙。", ["（一）甲；", "（二）乙。"]),
    "a table of contents alone": ("某规定\n目录\n第一部分\n第二部分", ["目录", "第一部分", "第二部分"]),
    "a sentence in place of a title": ("根据会议安排，现印发如下。\n第一条　甲。", ["根据会议安排，现印发如下。"]),
}


@pytest.mark.parametrize(("text", "shown"), UNPLACED.values(), ids=UNPLACED)
def test_what_has_no_place_is_shown_with_its_line_and_reason_and_stays(text, shown):
    tree = parse(text)
    assert [item.text for item in tree.unplaced] == shown
    lines = normalise(text).split("\n")
    assert [lines[item.line_no - 1] for item in tree.unplaced] == shown
    assert all(item.reason for item in tree.unplaced)
    assert bare(render(tree)) == bare(text)
    assert [entry["text"] for entry in tree.to_json()["unplaced"]] == shown


def test_a_missing_number_is_pointed_out():
    tree = parse("某条例\n第一条　甲。第二条　乙。\n第三条　丙。\n第五条　丁。")
    assert [(d.line_no, d.reason) for d in tree.doubts] == [(3, "条号不连续：前面是第一条"), (4, "条号不连续：前面是第三条")]
    assert tree.unplaced == []


def test_the_json_has_the_keys_that_scripts_rely_on():
    found = parse(laws.FULL).to_json()
    assert {"title", "caption", "articles", "unplaced"} <= set(found)
    third = found["articles"][2]
    assert (third["number"], third["anchor"], third["headings"]) == (3, "a3", ["第二编 管理", "第一章 规划", "第一节 编制"])
    assert third["paragraphs"][0]["text"] == "编制河道规划，应当遵守下列规定："
    assert third["paragraphs"][0]["items"][1]["subitems"][0]["text"] == "沿岸村民；"
    assert (found["articles"][3]["number"], found["articles"][3]["suffix"]) == (3, 1)


def test_anchors_do_not_depend_on_what_stands_around():
    """An anchor names a place by its numbers: words changed, chapters added, paragraphs appended leave it alone."""
    before = parse("某条例\n第一条　甲：\n（一）子；\n（二）丑。\n第二条　乙。")
    after = parse("某条例\n（2025年1月1日通过）\n第一章　总则\n第一条　甲乙丙：\n（一）子子；\n（二）丑。\n另一款。\n第二章　附则\n第二条　乙。")
    kept = {anchor for kind, anchor, _ in shape(before)}
    assert kept <= {anchor for kind, anchor, _ in shape(after)}


@pytest.mark.parametrize("text", ["", "\n\n", "　", "第", "（", "一、", "第条　", "目录", "附件", "第零条　甲", "第百千条 甲", "\ufeff"])
def test_strange_texts_do_not_break_the_parser(text):
    assert bare(render(parse(text))) == bare(text)


def test_a_date_before_a_further_heading_is_no_signature():
    tree = parse("某条例\n第一条　甲。\n2025年1月1日\n第二章　附则")
    assert tree.signature == [] and render(tree).endswith("2025年1月1日\n第二章 附则")


# --- texts made at random ------------------------------------------------------------------------------------------

WORDS = st.text(alphabet="甲乙丙丁戊己𠮷堌的应当不得市县条章项一二三12，、；：“”（）《》 😀aB", min_size=0, max_size=24)
SENTENCE = st.builds(lambda words, end: f"应当{words}{end}", WORDS, st.sampled_from("。；："))
ITEMS = st.lists(SENTENCE, max_size=4)
PARAGRAPH = st.tuples(SENTENCE, ITEMS)
ARTICLE = st.lists(PARAGRAPH, min_size=1, max_size=3)


def written(chapters: list[list[list[tuple[str, list[str]]]]]) -> tuple[str, list[tuple[str, str]]]:
    """Return a text and what its tree must hold: (anchor, words) of every paragraph and item."""
    lines, expected, number = ["某市某条例"], [], 0
    for at, articles in enumerate(chapters, start=1):
        if len(chapters) > 1:
            lines.append(f"第{to_chinese(at)}章 某")
        for paragraphs in articles:
            number += 1
            for p, (sentence, items) in enumerate(paragraphs, start=1):
                mark = f"第{to_chinese(number)}条 " if p == 1 else ""
                lines.append(mark + sentence)
                expected.append((f"a{number}-p{p}", sentence))
                for i, item in enumerate(items, start=1):
                    lines.append(f"（{to_chinese(i)}）{item}")
                    expected.append((f"a{number}-p{p}-i{i}", item))
    return "\n".join(lines), expected


@settings(deadline=None)
@given(st.lists(st.lists(ARTICLE, min_size=1, max_size=4), min_size=1, max_size=3))
def test_random_articles_come_back_at_their_places(chapters):
    text, expected = written(chapters)
    tree = parse(text)
    assert render(tree) == normalise(text)
    found = [(unit.anchor, unit.text) for unit, _ in tree.walk() if unit.kind in ("paragraph", "item")]
    assert found == [(anchor, normalise(words)) for anchor, words in expected]
    assert tree.unplaced == []


LINES = st.lists(
    st.one_of(
        WORDS,
        st.builds(lambda n, words: f"第{to_chinese(n)}条　{words}", st.integers(1, 12), WORDS),
        st.builds(lambda n, words: f"第{to_chinese(n)}章　{words}", st.integers(1, 4), WORDS),
        st.builds(lambda n, words: f"（{to_chinese(n)}）{words}", st.integers(1, 5), WORDS),
        st.builds(lambda n, words: f"{to_chinese(n)}、{words}", st.integers(1, 5), WORDS),
        st.sampled_from(["目录", "附则", "附件：", "2025年1月1日", "某市人民政府", "（2025年1月1日通过）", "1.甲", "第二节　丙"]),
        st.text(max_size=20),
    ),
    max_size=25,
).map("\n".join)


@settings(deadline=None)
@given(LINES)
def test_whatever_comes_in_nothing_is_lost_and_nothing_is_doubled(text):
    tree = parse(text)
    assert bare(render(tree)) == bare(text)
    anchors = [unit.anchor for unit, _ in tree.walk()]
    assert len(anchors) == len(set(anchors)) and all(0 < len(anchor) <= 40 for anchor in anchors)


@settings(deadline=None)
@given(LINES)
def test_the_lines_written_out_are_the_lines_rendered(text):
    tree = parse(text)
    assert render(tree).split("\n") == [(line.mark + line.text).strip() for line in layout(tree)] or not normalise(text).strip()
