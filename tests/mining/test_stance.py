"""Stance by clause: shown only where staff labelled enough and the held-out figure deserves it (issue 5, part 5)."""

import random

import pytest

from quancheng.mining.stance import STANCES, Model, assess, held_out, train

WHO = ("我是快递员", "我家有老人", "我开小店", "我住六楼", "我骑车上班", "我是物业保安", "孩子刚上学", "我是楼长")
SAYS = {
    "for": ("完全赞成这一条", "支持这样规定", "这条写得好，拥护", "同意，早就该这样", "举双手赞成", "很好，坚决支持"),
    "against": ("不同意这一条", "坚决反对这样规定", "这条不合理，请删去", "反对，增加负担", "不赞成一刀切", "这样不行，不能接受"),
    "amend": ("建议把三日改为五日", "建议增加一句关于例外的话", "建议修改为由街道负责", "应当补充处罚的办法", "建议写明由谁来管", "可以改成分步实行"),
    "ask": ("请问从什么时候开始？", "这里的场所指哪些？", "违反了怎么办？", "费用由谁出？", "请问老小区怎么算？", "是不是包括车棚？"),
}
AND = ("楼道里太挤", "晚上充电方便", "车棚离得远", "孩子常在那儿玩", "电线拉得到处都是", "冬天风大", "雨天没处停", "保安人少")


def voices(count: int, seed: int = 0, stances: tuple[str, ...] = STANCES) -> tuple[list[str], list[str]]:
    draw = random.Random(seed)
    labels = [draw.choice(stances) for _ in range(count)]
    texts = [
        f"{draw.choice(WHO)}，{draw.choice(AND)}，{draw.choice(AND)}，{draw.choice(SAYS[label])}。{draw.choice(AND)}第{i}次说"
        for i, label in enumerate(labels)
    ]
    return texts, labels


@pytest.fixture(scope="module")
def model() -> Model:
    return train(*voices(240))


def test_stances_are_learnt(model):
    texts, labels = voices(120, seed=9)
    right = sum(found.stance == label for found, label in zip(model.stance(texts), labels, strict=True))
    assert right >= 110


def test_a_question_mark_tells_a_question():
    texts = [f"车棚第{i}排这样算" + ("？" if i % 2 else "") for i in range(60)]
    learnt = train(texts, ["ask" if i % 2 else "for" for i in range(60)])
    assert [found.stance for found in learnt.stance(["车棚那一排这样算？", "车棚那一排这样算"])] == ["ask", "for"]


def test_enough_good_labels_are_shown():
    verdict = assess(*voices(220))
    assert verdict.shown and verdict.held_out is not None and verdict.held_out.macro_f1 >= 0.65
    assert [hint.stance for hint in verdict.hints(["我是楼长，坚决反对这样规定"])] == ["against"]
    assert f"{verdict.held_out.macro_f1:.2f}" in verdict.why


def test_too_few_labels_are_refused_politely():
    verdict = assess(*voices(199))
    assert not verdict.shown and verdict.model is None
    assert "199" in verdict.why and "200" in verdict.why
    assert verdict.hints(["坚决反对"]) == [None]


def test_chance_is_not_shown():
    texts, labels = voices(240)
    random.Random(5).shuffle(labels)
    verdict = assess(texts, labels)
    assert not verdict.shown and verdict.held_out is not None and verdict.held_out.macro_f1 < 0.45
    assert verdict.hints(texts[:2]) == [None, None]


def test_copies_of_one_text_are_one_label():
    texts, labels = voices(150)
    verdict = assess(texts + [texts[0]] * 100, labels + [labels[0]] * 100)
    assert not verdict.shown and "150" in verdict.why


def test_campaign_copies_do_not_flatter_the_figure():
    draw = random.Random(2)
    templates = ["".join(draw.choices("楼道车棚充电停放安全消防电梯通道", k=60)) for _ in range(12)]
    texts = [template + draw.choice(WHO) for template in templates for _ in range(8)]
    labels = [("for", "against")[i % 2] for i, _ in enumerate(templates) for _ in range(8)]
    assert held_out(texts, labels).macro_f1 < 0.8  # a template learnt by heart would give 1


def test_one_stance_alone_is_refused():
    verdict = assess(*voices(260, stances=("for",)))
    assert not verdict.shown and "一种态度" in verdict.why


def test_a_rare_stance_takes_no_part():
    texts, labels = voices(230, stances=("for", "against"))
    more, _ = voices(3, seed=4, stances=("ask",))
    verdict = assess(texts + more, labels + ["ask"] * 3)
    assert verdict.model is not None and verdict.model.stances == ("for", "against")


def test_the_bounds_are_parameters():
    assert assess(*voices(100), least=100, reach=0.5).shown
    assert not assess(*voices(220), reach=1.01).shown


def test_texts_without_a_letter_get_no_stance(model):
    assert model.stance(["", "😀😀", "？！", "\x00\x07"]) == [None] * 4
    assert model.stance([]) == []
    assert model.stance(["赞" * 50_000])[0] is not None


def test_the_same_labels_teach_the_same(model):
    again = train(*voices(240))
    assert (again.weights == model.weights).all() and (again.bias == model.bias).all()


@pytest.mark.parametrize(
    ("texts", "labels", "message"),
    [
        (["甲"], [], "须有一个态度"),
        (["甲甲", "乙乙"], ["for", "maybe"], "没有“maybe”"),
        (["甲甲", "乙乙", "丙丙"], ["for", "for", "ask"], "至少要有两种"),
        ([], [], "至少要有两种"),
    ],
)
def test_faulty_labels_are_refused(texts, labels, message):
    with pytest.raises(ValueError, match=message):
        train(texts, labels)
