"""Routing hints: learnt, calibrated, explained, kept without words; odd texts and faulty lessons (issue 5, part 3)."""

import random
import zipfile
from pathlib import Path

import numpy as np
import pytest

from quancheng.mining import routing
from quancheng.mining.calibration import NEVER, probabilities, temperature, threshold
from quancheng.mining.routing import Router, cold, seeds, train

ABOUT = {
    "供水供热": ("暖气片不热", "自来水发黄", "水压太低", "供热站早停", "水表走得快", "换热站漏水", "阀门冻裂", "二次供水没清洗"),
    "公交出行": ("末班车太早", "站台没有顶棚", "班次间隔长", "司机不停站", "线路绕远", "老年卡刷不上", "车厢太挤", "发车不准时"),
    "园林绿化": ("行道树枯死", "公园草坪踩秃", "树枝挡住窗户", "绿化带堆垃圾", "花坛没人浇水", "飞絮呛人", "古树缺保护", "苗木倒伏"),
}
PLACES = ("东门外", "学校旁边", "老街那头", "我们楼前", "新区北边", "菜场对面", "河堤下面", "厂区家属院")
WISHES = ("请来人看看", "希望早点解决", "反映过两回了", "大家都有意见", "不知道归谁管", "盼望有个答复", "给老人带来不便", "孩子也受影响")


def lessons(count: int, seed: int = 0) -> tuple[list[str], list[str]]:
    draw = random.Random(seed)
    labels = [draw.choice(list(ABOUT)) for _ in range(count)]
    texts = [
        f"{draw.choice(PLACES)}{draw.choice(ABOUT[label])}，{draw.choice(WISHES)}，{draw.choice(ABOUT[label])}，{draw.choice(WISHES)}。"
        for label in labels
    ]
    return texts, labels


@pytest.fixture(scope="module")
def router() -> Router:
    return train(*lessons(240), made_on="2026-11-23")


@pytest.fixture(scope="module")
def beginner() -> Router:
    return cold()


def test_categories_are_learnt(router):
    texts, labels = lessons(200, seed=7)
    hints = router.hints(texts)
    assert sum(hint.category == label for hint, label in zip(hints, labels, strict=True)) >= 195
    assert all(hint.second != hint.category for hint in hints)


def test_shown_hints_are_as_right_as_promised(router):
    texts, labels = lessons(300, seed=8)
    shown = [(hint.category, label) for hint, label in zip(router.hints(texts), labels, strict=True) if hint.shown]
    assert len(shown) > 100
    assert sum(a == b for a, b in shown) / len(shown) >= routing.SURE
    assert 0 < router.coverage <= 1


def test_lessons_without_a_pattern_show_no_hint():
    texts, labels = lessons(200)
    random.Random(3).shuffle(labels)
    blind = train(texts, labels)
    shown = sum(hint.shown for hint in blind.hints(lessons(100, seed=5)[0]))
    assert shown <= 5
    assert blind.coverage < 0.2


def test_probabilities_sum_to_one(router):
    scores = router.scores(lessons(20, seed=2)[0])
    assert scores.shape == (20, 3)
    np.testing.assert_allclose(scores.sum(axis=1), 1, atol=1e-5)


def test_a_text_gets_the_same_answer_alone_and_in_a_crowd(router):
    texts = lessons(routing._PART + 10, seed=4)[0]
    whole = router.scores(texts)
    for i in (0, 17, routing._PART - 1, routing._PART, len(texts) - 1):
        np.testing.assert_allclose(router.scores([texts[i]])[0], whole[i], atol=1e-5)


def test_the_words_that_speak_for_it_are_of_the_text(router):
    text = "学校旁边的暖气片不热，希望早点解决，孩子也受影响"
    words = router.explain(text, "供水供热", most=3)
    assert "暖气片" in words and all(word in text for word in words)
    assert "暖气片" not in router.explain(text, "园林绿化")
    assert router.explain("", "供水供热") == []
    with pytest.raises(ValueError, match="list|tuple"):
        router.explain(text, "没有这一类")


@pytest.mark.parametrize("text", ["", "。", "鑫", "😀😀😀", "\x00\x01\x07", "\ud800", "αβγδ ЖЩ"])
def test_texts_of_which_nothing_is_known_get_no_hint(router, text):
    (hint,) = router.hints([text])
    assert not hint.shown
    assert router.explain(text, "供水供热") == []


def test_a_very_long_text_is_answered(router):
    (hint,) = router.hints(["末班车太早，班次间隔长。" * 4_000])
    assert hint.category == "公交出行"
    assert router.hints([]) == [] and router.scores([]).shape == (0, 3)


@pytest.mark.parametrize(
    ("texts", "labels", "message"),
    [
        ([], [], "至少要有两个类别"),
        (["甲甲"], ["供水"] * 2, "须有一个类别"),
        (["暖气不热", "水发黄"], ["供水", "供水"], "至少要有两个类别"),
        (["暖气不热", "水发黄", "车太挤"], ["供水", "供水", "公交"], "至少要有两个类别"),
        (["暖气不热", "水发黄", "车太挤"], ["供水", "供水", " "], "至少要有两个类别"),
    ],
)
def test_faulty_lessons_are_refused(texts, labels, message):
    with pytest.raises(ValueError, match=message):
        train(texts, labels)


def test_a_category_with_one_lesson_takes_no_part():
    texts, labels = lessons(60)
    assert train([*texts, "路边摊占道"], [*labels, "城管"]).categories == tuple(sorted(ABOUT))


def test_two_categories_are_enough():
    texts, labels = lessons(120)
    two = [i for i, label in enumerate(labels) if label != "园林绿化"]
    small = train([texts[i] for i in two], [labels[i] for i in two])
    assert [hint.category for hint in small.hints(["自来水发黄水压太低", "司机不停站，车厢太挤"])] == ["供水供热", "公交出行"]


def test_copies_of_lessons_do_not_flatter_the_coverage():
    draw = random.Random(6)
    letters = "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏"
    blocks = ["".join(draw.choices(letters, k=50)) for _ in range(40)]  # nothing to learn but the copy
    texts = [block + draw.choice(PLACES) for block in blocks for _ in range(5)]
    labels = [("供水", "公交")[i % 2] for i in range(40) for _ in range(5)]
    assert train(texts, labels).coverage < 0.5


def test_many_categories_share_one_measure_of_length():
    draw = random.Random(1)
    names = [chr(0x4E00 + 37 * i) * 2 for i in range(routing.MANY + 5)]
    texts = [name + "".join(draw.choices("上下左右前后", k=8)) for name in names for _ in range(4)]
    labels = [name for name in names for _ in range(4)]
    many = train(texts, labels, measured=False)
    assert many.lengths.shape[1] == 1
    assert [hint.category for hint in many.hints(names)] == names
    assert not any(hint.shown for hint in many.hints(names))


def test_a_model_kept_answers_the_same_and_holds_no_words(router, tmp_path: Path):
    file = tmp_path / "router.npz"
    router.save(file)
    again = Router.load(file)
    texts = lessons(50, seed=11)[0]
    assert again.hints(texts) == router.hints(texts)
    assert (again.digest, again.made_on, again.lessons, again.version) == (router.digest, "2026-11-23", 240, routing.VERSION)
    with zipfile.ZipFile(file) as held:
        content = b"".join(held.read(name) for name in held.namelist())
    for word in ("暖气片", "末班车", "希望早点解决"):
        for coding in ("utf-8", "utf-16-le", "utf-32-le", "gb18030"):
            assert word.encode(coding) not in content
    assert "供水供热".encode("utf-32-le") in content  # the categories are there, so the search can find words


def test_a_broken_file_is_no_model(tmp_path: Path):
    (tmp_path / "none.npz").write_bytes(b"PK\x03\x04 broken")
    with pytest.raises((ValueError, zipfile.BadZipFile)):
        Router.load(tmp_path / "none.npz")
    with pytest.raises(FileNotFoundError):
        Router.load(tmp_path / "missing.npz")


def test_the_same_lessons_teach_the_same_and_others_another(router):
    texts, labels = lessons(240)
    assert train(texts, labels).digest == router.digest
    assert train(texts[:-1], labels[:-1]).digest != router.digest


def test_the_shipped_sentences_are_whole():
    held = seeds()
    assert len({seed.sentence for seed in held}) == len(held) >= 150
    assert all(seed.category and seed.unit and len(seed.sentence) >= 8 for seed in held)


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("化工厂夜里排放刺鼻的废气，河水也变黑了", "环境保护"),
        ("老板拖欠我们三个月的工资，没有签劳动合同", "劳动和社会保障"),
        ("孩子上小学划片不合理，补课收费太高", "教育文体"),
        ("出租车拒载，公交班次也太少", "交通运输"),
        ("医院乱收费，新生儿疫苗打不上", "卫生健康"),
    ],
)
def test_a_city_without_lessons_has_a_first_idea(beginner, text, category):
    assert beginner.hints([text])[0].category == category


def test_own_lessons_push_the_shipped_ones_aside():
    texts, labels = lessons(120)
    mixed = train(texts, labels, seeded=True, measured=False)
    assert {"供水供热", "环境保护"} <= set(mixed.categories)
    assert mixed.hints(["站台没有顶棚，班次间隔长"])[0].category == "公交出行"


def test_the_temperature_makes_confidence_honest():
    draw = np.random.default_rng(0)
    wanted = draw.integers(0, 3, 3000)
    raw = draw.normal(0, 1, (3000, 3)).astype(np.float32)
    raw[np.arange(3000), wanted] += 1.5
    odds = probabilities(raw * 0.2, temperature(raw * 0.2, wanted))
    assert abs(odds.max(axis=1).mean() - (odds.argmax(axis=1) == wanted).mean()) < 0.03


def test_the_threshold_is_the_lowest_that_keeps_the_promise():
    sure = np.linspace(1, 0.5, 100, dtype=np.float32)
    right = np.ones(100, dtype=bool)
    right[50:] = False
    bound, share = threshold(sure, right, 0.98)
    assert (bound, share) == (pytest.approx(float(sure[50])), pytest.approx(0.51))
    assert threshold(sure, np.zeros(100, dtype=bool), 0.98) == (NEVER, 0.0)
    assert threshold(sure[:10], right[:10], 0.98) == (NEVER, 0.0)
