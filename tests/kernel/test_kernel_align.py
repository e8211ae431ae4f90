"""Alignment of two versions and the marks inside a provision (rulebook C.2 rule 4)."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quancheng.kernel.align import Pair, align, traces, word_diff
from quancheng.kernel.numerals import to_chinese

SUBJECTS = ["市人民政府", "县级以上人民代表大会常务委员会", "物业服务企业", "电动自行车所有人", "教育主管部门", "河道管理机构"]
DUTIES = [
    "应当每年六月底前报告上一年度水源保护情况",
    "对擅自占用消防通道停放车辆的行为予以劝阻并登记",
    "可以委托第三方开展服务质量评估",
    "不得在老旧小区楼梯间为蓄电池充电",
    "负责编制充电设施专项规划并向社会公布",
    "建立投诉受理台账，自收到之日起五个工作日内答复",
    "组织志愿者参加垃圾分类宣传",
]


def articles(count: int, seed: int = 7) -> list[str]:
    """Distinct bodies of articles, as unlike one another as articles of one law are."""
    rng = random.Random(seed)
    made: list[str] = []
    for n in range(count):
        filler = "".join(chr(rng.randint(0x4E00, 0x9000)) for _ in range(30))
        made.append(f"{rng.choice(SUBJECTS)}{rng.choice(DUTIES)}，{filler}第{n}号。")
    return made


def numbered(bodies: list[str]) -> list[str]:
    return [f"第{to_chinese(k)}条　{body}" for k, body in enumerate(bodies, start=1)]


def links(pairs: list[Pair]) -> list[tuple[int | None, int | None, str]]:
    return [(p.old, p.new, p.kind) for p in pairs]


def test_renumbered_articles_stay_the_same() -> None:
    bodies = articles(6)
    new = [*bodies[:2], "新增的一条，谈的是完全不同的事情。", *bodies[2:]]
    expected = [(0, 0, "same"), (1, 1, "same"), (None, 2, "new"), *((k, k + 1, "same") for k in range(2, 6))]
    assert links(align(numbered(bodies), numbered(new))) == expected


def test_a_deleted_article_stands_where_it_stood() -> None:
    bodies = articles(5)
    pairs = align(numbered(bodies), numbered(bodies[:2] + bodies[3:]))
    assert links(pairs) == [(0, 0, "same"), (1, 1, "same"), (2, None, "deleted"), (3, 2, "same"), (4, 3, "same")]


def test_a_changed_article_and_an_inserted_neighbour() -> None:
    bodies = articles(5)
    changed = bodies[2].replace("，", "，会同有关部门，", 1)
    pairs = align(numbered(bodies), numbered([*bodies[:2], "全新的规定在此。", changed, *bodies[3:]]))
    assert (2, 3, "changed") in links(pairs)
    assert (None, 2, "new") in links(pairs)


@pytest.mark.parametrize("edit", ["", "并及时公开"])
def test_a_moved_article_is_found(edit: str) -> None:
    bodies = articles(8)
    moved = bodies[1][:-1] + edit + "。"
    new = [bodies[0], *bodies[2:7], moved, bodies[7]]
    pairs = align(numbered(bodies), numbered(new))
    assert (1, 6, "moved") in links(pairs)
    assert [p.kind for p in pairs].count("same") == 7
    assert [p.new for p in pairs] == list(range(8))


def test_a_likely_partner_is_left_to_a_person() -> None:
    old = ["市人民政府应当加强对物业管理活动的领导，建立综合协调机制。"]
    new = ["市人民政府应当加强对物业管理工作的组织，将其纳入现代服务业发展规划，安排专项资金予以扶持。"]
    (pair,) = align(old, new)
    assert pair.kind == "doubtful"
    assert 0.35 <= pair.score < 0.6


def test_split_and_merged_articles_leave_a_trace() -> None:
    a, b, c = articles(3)
    whole = [a + b, c]
    parts = [a, b, c]
    pairs = align(whole, parts)
    assert sorted(p.kind for p in pairs) == ["changed", "new", "same"]
    lonely = next(p.new for p in pairs if p.kind == "new")
    assert [(i, j) for i, j, _ in traces(whole, parts, pairs)] == [(0, lonely)]
    back = align(parts, whole)
    gone = next(p.old for p in back if p.kind == "deleted")
    assert [(i, j) for i, j, _ in traces(parts, whole, back)] == [(gone, 0)]


def test_a_revision_of_a_whole_law() -> None:
    bodies = articles(120)
    new = bodies[:30] + ["甲乙丙丁戊己庚辛" * 3] + bodies[31:70] + bodies[80:] + [bodies[75]]
    kinds = [p.kind for p in align(numbered(bodies), numbered(new))]
    assert (kinds.count("same"), kinds.count("moved"), kinds.count("new"), kinds.count("deleted")) == (109, 1, 1, 10)


@pytest.mark.parametrize(("old", "new"), [([], []), (["甲"], []), ([], ["甲"]), (["", ""], [""])])
def test_empty_sides(old: list[str], new: list[str]) -> None:
    pairs = align(old, new)
    assert sorted(p.old for p in pairs if p.old is not None) == list(range(len(old)))
    assert sorted(p.new for p in pairs if p.new is not None) == list(range(len(new)))


def test_bounds_are_checked() -> None:
    with pytest.raises(ValueError, match="存疑"):
        align([], [], certain=0.3, doubtful=0.5)


POOL = articles(12, seed=3)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(POOL) | st.text("甲乙丙丁，", max_size=8), max_size=9),
    st.lists(st.sampled_from(POOL) | st.text("甲乙丙丁，", max_size=8), max_size=9),
)
def test_every_provision_occurs_exactly_once_in_the_order_of_the_new_text(old: list[str], new: list[str]) -> None:
    pairs = align(old, new)
    assert [p.new for p in pairs if p.new is not None] == list(range(len(new)))
    assert sorted(p.old for p in pairs if p.old is not None) == list(range(len(old)))
    in_order = [p.old for p in pairs if p.old is not None and p.kind in {"same", "changed", "deleted"}]
    assert in_order == sorted(in_order)
    assert all((p.old is None) == (p.kind == "new") and (p.new is None) == (p.kind == "deleted") for p in pairs)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(POOL), unique=True, min_size=1), st.data())
def test_insertions_and_deletions_are_named(old: list[str], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(old)))
    added = [*old[:at], "夏秋冬春夏秋冬春", *old[at:]]
    assert {p.kind for p in align(old, added)} == {"same", "new"}
    assert [p.new for p in align(old, added) if p.kind == "new"] == [at]
    back = align(added, old)
    assert [k for k, p in enumerate(back) if p.kind == "deleted"] == [at]


def marks(old: str, new: str) -> list[tuple[str, str]]:
    return [(s.op, s.text) for s in word_diff(old, new)]


def test_marks_are_words() -> None:
    assert marks("应当在三十日内公布。", "应当在15个工作日内公布。") == [
        ("same", "应当在"), ("del", "三十"), ("ins", "15个工作"), ("same", "日内公布。"),
    ]  # fmt: skip
    assert marks("使用 WiFi 上网", "使用 WLAN 上网") == [
        ("same", "使用 "), ("del", "WiFi"), ("ins", "WLAN"), ("same", " 上网"),
    ]  # fmt: skip
    assert marks("三十日内，一点五米", "六十日内，一米") == [
        ("del", "三十"), ("ins", "六十"), ("same", "日内，"), ("del", "一点五"), ("ins", "一"), ("same", "米"),
    ]  # fmt: skip
    assert marks("甲乙", "甲乙") == [("same", "甲乙")]
    assert marks("", "新") == [("ins", "新")]


def test_a_single_character_between_changes_is_no_island() -> None:
    assert marks("开头红和绿结尾", "开头黑和白结尾") == [
        ("same", "开头"), ("del", "红和绿"), ("ins", "黑和白"), ("same", "结尾"),
    ]  # fmt: skip


WORDS = st.text(st.sampled_from("市人大应当在三十日内，。ab12 \n😀𠮷"), max_size=40)


@settings(deadline=None)
@given(WORDS, WORDS)
def test_marks_give_back_both_sides(old: str, new: str) -> None:
    spans = word_diff(old, new)
    assert "".join(s.text for s in spans if s.op != "ins") == old
    assert "".join(s.text for s in spans if s.op != "del") == new
    assert all(s.text for s in spans)
    assert all(a.op != b.op for a, b in zip(spans, spans[1:], strict=False))


def test_marks_of_a_very_long_text_give_back_both_sides() -> None:
    rng = random.Random(5)
    sentences = ["".join(chr(rng.randint(0x4E00, 0x4F00)) for _ in range(40)) + "。" for _ in range(300)]
    old = "".join(sentences)
    new = "".join(s.replace(s[10], "改") if k % 50 == 0 else s for k, s in enumerate(sentences))
    spans = word_diff(old, new)
    assert "".join(s.text for s in spans if s.op != "ins") == old
    assert "".join(s.text for s in spans if s.op != "del") == new
    assert sum(len(s.text) for s in spans if s.op == "ins") < 30
