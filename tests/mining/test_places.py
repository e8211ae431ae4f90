"""Places: names of a gazetteer in many texts, which area is meant, roads by their shape (issue 5, part 3)."""

import random

import pytest

from quancheng.mining import roads
from quancheng.mining.places import Area, Gazetteer, gazetteer

AREAS = (
    Area("4109", "濮阳市"), Area("410902", "华龙区", parent="4109"), Area("410928", "濮阳县", parent="4109"),
    Area("928-1", "五星乡", parent="410928"), Area("902-1", "岳村镇", parent="410902"), Area("928-1-1", "王庄村", parent="928-1"),
    Area("902-1-1", "王庄村", ("王家老庄",), parent="902-1"), Area("902-2", "任丘路街道", parent="410902"),
    Area("902-3", "和平街道", parent="410902"),
)  # fmt: skip


@pytest.fixture(scope="module")
def held() -> Gazetteer:
    return gazetteer(AREAS)


def found(held: Gazetteer, text: str) -> list[tuple[str, str]]:
    return [(place.name, place.area) for place in held.find([text])[0]]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("五星乡王庄村的灌溉渠坏了", [("五星乡", "928-1"), ("王庄村", "928-1-1")]),
        ("岳村王庄村的灌溉渠坏了", [("岳村", "902-1"), ("王庄村", "902-1-1")]),
        ("王庄村的灌溉渠坏了", [("王庄村", "")]),
        ("华龙区和濮阳县都有王庄村", [("华龙区", "410902"), ("濮阳县", "410928"), ("王庄村", "")]),
        ("王家老庄要一口井", [("王家老庄", "902-1-1")]),
        ("任丘路办事处的窗口排长队", [("任丘路办事处", "902-2")]),
        ("任丘路街道的窗口排长队", [("任丘路街道", "902-2")]),
        ("任丘路的窗口坏了", [("任丘路", "")]),
        ("西王庄村也要通公交", []),
        ("我们在五星办了个合作社", [("五星", "928-1")]),
        ("五星红旗升起来", []),
        ("饭店号称五星级酒店", []),
        ("希望双方和平解决", []),
        ("住在和平的老人没有食堂", [("和平", "902-3")]),
        ("濮阳的空气比去年好", [("濮阳", "4109")]),
    ],
)
def test_names_are_found_and_settled(held, text, places):
    assert found(held, text) == places


def test_a_name_of_two_areas_says_which_they_may_be(held):
    (place,) = held.find(["大伙儿说王庄村缺水"])[0]
    assert (place.start, place.end, place.area) == (4, 7, "")
    assert set(place.choices) == {"928-1-1", "902-1-1"}


def test_two_names_that_both_have_several_bearers_settle_each_other():
    held = gazetteer([
        Area("a", "甲县"), Area("b", "乙县"), Area("a1", "城关镇", parent="a"), Area("b1", "城关镇", parent="b"),
        Area("a1x", "东关村", parent="a1"), Area("b2", "南关镇", parent="b"), Area("b2x", "东关村", parent="b2"),
    ])  # fmt: skip
    assert found(held, "城关镇东关村没有卫生室") == [("城关镇", "a1"), ("东关村", "a1x")]


def test_areas_are_named_once_and_in_order(held):
    assert held.areas(["岳村镇比五星乡好，岳村镇王庄村最好", "没有地名"]) == [("902-1", "928-1", "902-1-1"), ()]


@pytest.mark.parametrize("text", ["", "路", "😀😀", "\x00\x07五", "\ud800", "王" * 50_000, "路" * 50_000])
def test_odd_texts_hold_no_place(held, text):
    assert held.find([text]) == [()]


def test_half_a_character_beside_a_short_name_does_no_harm(held):
    assert found(held, "\ud800我们在五星办社") == [("五星", "928-1")]


def test_no_text_and_no_name():
    assert gazetteer([]).find(["岳村镇"], with_roads=False) == [()]
    assert gazetteer(AREAS).find([]) == []


def test_names_do_not_reach_from_one_text_into_the_next(held):
    assert held.find(["我们五", "星乡的人", "岳村镇"])[:2] == [(), ()]


def test_every_place_is_where_a_plain_search_finds_it():
    draw = random.Random(3)
    names = sorted({"".join(draw.choices("甲乙丙丁戊", k=draw.randint(2, 4))) + draw.choice("村镇") for _ in range(150)})
    held = gazetteer(Area(name, name) for name in names)
    texts = ["".join(draw.choices("甲乙丙丁戊村镇，", k=40)) for _ in range(200)]
    seen = 0
    for text, places in zip(texts, held.find(texts, with_roads=False), strict=True):
        whole = [place for place in places if place.name in names]
        for place in whole:
            assert text[place.start : place.end] == place.name
            longer = [n for n in names if text.startswith(n, place.start) and len(n) > len(place.name)]
            assert not longer
        covered = {at for place in places for at in range(place.start, place.end)}
        for name in names:
            at = text.find(name)
            assert at < 0 or covered & set(range(at, at + len(name))), name
        seen += len(whole)
    assert seen > 200


@pytest.mark.parametrize(
    ("areas", "message"),
    [
        ([Area("1", "甲村"), Area("1", "乙村")], "出现了两次"),
        ([Area("1", "村")], "个字"),
        ([Area("1", "甲" * 30)], "个字"),
        ([Area("1", "甲村", ("",))], "个字"),
        ([Area("1", "甲村", parent="9")], "不在名录中"),
        ([Area("1", "甲村", parent="2"), Area("2", "乙镇", parent="1")], "环"),
    ],
)
def test_a_faulty_gazetteer_is_refused(areas, message):
    with pytest.raises(ValueError, match=message):
        gazetteer(areas)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("我住在人民路", ["人民路"]),
        ("请整修振兴北路和中山大街", ["振兴北路", "中山大街"]),
        ("在和平路与建设一路交叉口装灯", ["和平路", "建设一路"]),
        ("从学院路到黄河大道一直堵", ["学院路", "黄河大道"]),
        ("人民路、胜利路都有坑", ["人民路", "胜利路"]),
        ("门前的马路坏了", []),
        ("思路不对", []),
        ("这条路走不通", []),
        ("住在土路边", []),
        ("小区路灯不亮", []),
        ("高速公路太吵", []),
        ("大家一路辛苦", []),
        ("修路修了三年", []),
        ("他们走路上班", []),
    ],
)
def test_roads_are_known_by_their_shape(text, names):
    assert [text[start:end] for start, end in roads.find(text)] == names


def test_a_road_inside_an_area_name_is_no_road(held):
    assert [place.road for place in held.find(["任丘路街道的人民路"])[0]] == [False, True]
