"""Look-alikes: the same groups however the texts arrive; quotations do not join; nothing is kept but hashes (S10)."""

import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quancheng.mining import campaigns, showing
from quancheng.mining.folding import QUOTED_RUN, folded
from quancheng.mining.lookalikes import Base, groups
from quancheng.mining.shingles import contained, likeness, sketch
from tests.mining.voices import nudged, voice

CLAUSE = "住宅小区的公共充电设施发生故障的，管理人应当在七日内修复，并在显著位置公告修复期限"


def crowd(seed: int = 1, campaigns_: int = 12, copies: int = 10, alone: int = 150) -> tuple[list[str], list[int]]:
    """Voices in a mixed order, and the campaign of each (-1: one's own words)."""
    draw = random.Random(seed)
    lines = [(voice(draw, 4), -1) for _ in range(alone)]
    for number in range(campaigns_):
        whole = voice(draw, 4)
        lines += [(nudged(whole, draw, draw.randrange(4)), number) for _ in range(copies)]
    draw.shuffle(lines)
    return [text for text, _ in lines], [number for _, number in lines]


def test_copies_meet_and_ones_own_words_stay_alone():
    texts, campaign = crowd()
    leaders = groups(texts)
    for number in range(12):
        found = [leader for leader, one in zip(leaders, campaign, strict=True) if one == number]
        assert max(found.count(leader) for leader in set(found)) >= 9
    joined = {leader for leader, one in zip(leaders, campaign, strict=True) if one >= 0 and leader >= 0}
    strangers = sum(leader in joined for leader, one in zip(leaders, campaign, strict=True) if one < 0)
    assert strangers == 0


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 270), max_size=6), st.integers(0, 3))
def test_batches_change_nothing(cuts: list[int], seed: int):
    texts, _ = crowd(seed, alone=60)
    whole = Base().add(texts)
    base, edges = Base(), [0, *sorted(min(cut, len(texts)) for cut in cuts), len(texts)]
    parts = [base.add(texts[first:last]) for first, last in zip(edges, edges[1:], strict=False)]
    assert np.concatenate(parts).tolist() == whole.tolist() == base.leader.tolist()


def test_one_by_one_is_the_same_as_all_at_once():
    texts, _ = crowd(5, alone=20)
    base = Base()
    assert [int(base.add([text])[0]) for text in texts] == Base().add(texts).tolist()


def test_what_one_quotes_is_not_what_one_says():
    draw = random.Random(3)
    said = [voice(draw, 1) for _ in range(40)]
    in_marks = [f"“{CLAUSE}”，{words}" for words in said]
    bare = [f"{CLAUSE}，{words}" for words in said]
    assert len({x for x in groups(in_marks) if x >= 0}) <= len({x for x in groups(said) if x >= 0}) + 1
    assert set(groups(bare, quoted=[CLAUSE])) == set(groups(said))
    assert (groups(bare) >= 0).sum() > (groups(said) >= 0).sum()  # without the law at hand it would join them
    alone = groups([f"“{CLAUSE}”", f"“{CLAUSE}”。", voice(draw)])
    assert alone.tolist() == [0, 0, -1]  # who says nothing else is heard with the quotation


def test_the_same_words_on_two_clauses_are_two_things():
    base = Base()
    assert base.add(["同意", "同意", "同意"], apart=["a1", "a2", "a1"]).tolist() == [0, 1, 0]
    texts = [f"{voice(random.Random(2), 3)}"] * 4
    assert base.add(texts, apart=["a1", "a2", "a1", "a2"]).tolist() == [3, 4, 3, 4]
    assert base.find(texts[0] + "请", apart="a2")[0][0] == 4


def test_odd_texts_break_nothing():
    long = "路灯坏了请快修。" * 7000
    odd = ["", "好", "好", "！？…", "👍👍", "👍👍", "\x00\x07", "ok", "OK!", "ｏｋ", long, long + "谢谢", "Ünï 混合 text 123", "\ud800"]
    leaders = groups(odd)
    assert leaders[0] == leaders[3] == leaders[6] == -1
    assert leaders[1] == leaders[2] == 1
    assert leaders[4] == leaders[5]
    assert leaders[7] == leaders[8] == leaders[9] == 7
    assert leaders[10] == leaders[11] == 10
    assert groups([]).tolist() == []
    assert Base().find("什么也没有") == []


def test_a_crowd_of_one_text_is_one_group():
    leaders = groups(["同意这一条，写得很好。"] * 50_000)
    assert not leaders.any()


def test_what_others_said_is_found_and_the_nearest_comes_first():
    texts, campaign = crowd(7)
    base = Base()
    base.add(texts)
    first = campaign.index(3)
    draw = random.Random(9)
    found = base.find(nudged(texts[first], draw, 2))
    assert campaign[found[0][0]] == 3 and found[0][1] > 0.6
    assert base.find(texts[first])[0][1] == 1.0
    assert [score for _at, score in found] == sorted((score for _at, score in found), reverse=True)


def test_a_saved_base_goes_on_and_holds_no_word(tmp_path: Path):
    texts, _ = crowd(11)
    base, folder = Base(), tmp_path / "base"
    base.add(texts[:100])
    base.save(folder)
    again = Base.load(folder)
    assert again.add(texts[100:]).tolist() == Base().add(texts)[100:].tolist()
    again.save(folder)
    assert Base.load(folder).leader.tolist() == Base().add(texts).tolist()
    assert [path.name for path in tmp_path.iterdir()] == ["base"]
    whole = b"".join(path.read_bytes() for path in folder.iterdir())
    for text in texts[:20]:
        for encoding in ("utf-8", "utf-16-le", "utf-32-le", "gb18030"):
            assert text[:4].encode(encoding) not in whole


def test_likeness_is_close_to_the_true_share():
    draw = random.Random(2)
    for changes in (0, 2, 6, 15, 40):
        one = voice(draw, 8)
        other = nudged(one, draw, changes)
        many = folded([one, other])
        true = [set(zip(text, text[1:], text[2:], strict=False)) for text in _bare(many)]
        share = len(true[0] & true[1]) / len(true[0] | true[1])
        _keys, bits = sketch(many)
        assert abs(float(likeness(bits[0], bits[1])) - share) < 0.04
    assert float(contained(bits[0], bits[0] | bits[1])) == pytest.approx(1, abs=0.02)


def _bare(many) -> list[str]:
    return ["".join(map(chr, many.codes[a:b])) for a, b in zip(many.starts, many.starts[1:], strict=False)]


def test_a_campaign_text_with_words_of_ones_own_is_linked_not_merged():
    draw = random.Random(4)
    other = voice(draw, 3)
    template = "我是本市居民，坚决支持把夜间施工的时间写进条例。十点以后请不要再浇筑混凝土。工地要装隔音屏障，并公布投诉电话。"
    own = [template + voice(draw, 4) for _ in range(20)]
    free = [voice(draw, 5) for _ in range(200)]
    found = campaigns.carried(own + free, [other[:12], template])
    assert sum(leader == 1 for leader, _share in found[:20]) == 20
    assert sum(leader >= 0 for leader, _share in found[20:]) == 0
    assert campaigns.carried([], [template]) == [] and campaigns.carried(free[:1], []) == [(-1, 0.0)]


def test_what_differs_is_marked_and_nothing_is_lost():
    one, other = "七日太长，三日内就该修好，请写明。", "七日太长了，三日内就该修好。"
    passages = showing.differing(one, other)
    assert "".join(passage.words for passage in passages) == one
    assert [passage.words for passage in passages if passage.own] == ["，请写明"]
    assert showing.alike(one, [one, "毫不相干的另一件事情"]) == [1.0, 0.0]
    assert showing.alike("好", ["好。", "不好"]) == [1.0, 0.0]


def test_the_representative_is_the_one_most_like_the_others():
    draw = random.Random(6)
    whole = voice(draw, 4)
    members = [nudged(whole, draw, 9), whole, nudged(whole, draw, 3), nudged(whole, draw, 3)]
    assert showing.representative(members) == 1
    assert showing.representative(["同一句话在这里"] * 3) == 0


def test_folding_follows_the_kernel():
    from quancheng.kernel.text import fold

    for text in ("Ａｂｃ１２，好！", "第 一 条（一）", "㎡", "ﬁn", "濮阳：市"):
        many = folded([text])
        assert _bare(many)[0][0] == fold(text)[0]
    assert _bare(folded(["甲“" + "字" * (QUOTED_RUN - 1) + "”乙丙丁"]))[0].startswith("甲字")
    assert _bare(folded(["甲“" + "字" * QUOTED_RUN + "”乙丙丁"]))[0] == "甲乙丙丁"
