"""The careful router: runs, words and an encoder together (issue 5, part 3)."""

from pathlib import Path

import numpy as np
import pytest

from quancheng.mining.exact import Exact, train

KINDS = {"供水": ("暖气片不热", "自来水发黄", "水压太低", "水表走得快"), "公交": ("末班车太早", "班次间隔长", "司机不停站", "线路绕远"),
         "园林": ("行道树枯死", "草坪踩秃", "树枝挡住窗户", "花坛没人浇水")}  # fmt: skip
WHERE = ("东门外", "学校旁边", "老街那头", "我们楼前", "新区北边", "菜场对面", "河堤下面", "厂区家属院", "医院后身", "桥头")


def lessons() -> tuple[list[str], list[str]]:
    made = [(f"{place}{fault}，已经好几天了", kind) for kind, faults in KINDS.items() for fault in faults for place in WHERE]
    return [text for text, _ in made], [kind for _, kind in made]


@pytest.fixture(scope="module")
def model() -> Exact:
    return train(*lessons(), made_on="2026-11-23")


def test_the_parts_agree_on_new_sentences(model):
    texts = ["小区里自来水又发黄又没有水压", "等公交等了四十分钟，末班车也收了", "路边的树和草坪全都枯死了"]
    assert [hint.category for hint in model.hints(texts)] == ["供水", "公交", "园林"]
    np.testing.assert_allclose(model.scores(texts).sum(axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("text", ["", "。", "😀😀", "\x00\x07", "\ud800"])
def test_texts_of_which_nothing_is_known_get_no_hint(model, text):
    assert not model.hints([text])[0].shown


def test_long_texts_and_none(model):
    assert model.hints(["末班车太早。" * 9_000])[0].category == "公交"
    assert model.hints([]) == []


def test_a_model_kept_answers_the_same(model, tmp_path: Path):
    model.save(tmp_path / "exact.npz")
    again = Exact.load(tmp_path / "exact.npz")
    assert again.hints(lessons()[0][:20]) == model.hints(lessons()[0][:20])
    assert (again.lessons, again.made_on) == (120, "2026-11-23")
    held = (tmp_path / "exact.npz").read_bytes()
    assert "暖气片".encode() not in held and "暖气片".encode("utf-32-le") not in held


def test_two_categories_and_too_few():
    texts, labels = lessons()
    two = [i for i, label in enumerate(labels) if label != "园林"]
    assert train([texts[i] for i in two], [labels[i] for i in two]).hints(["自来水发黄"])[0].category == "供水"
    with pytest.raises(ValueError, match="不相近"):
        train(["末班车实在是太早了一点"] * 3 + texts[:5], ["公交"] * 3 + labels[:5])
