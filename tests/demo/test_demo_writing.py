"""The demo city's texts: two real drafts, opinions that read like people, links that are true."""

from collections import Counter

import pytest

from quancheng.demo import writing

DRAFT1, DRAFT2 = writing.text("draft1.txt"), writing.text("draft2.txt")
HOT = {"a10", "a11", "a21", "a22", "a24", "a25", "a27", "a30", "a33", "a41", "a42", "a43"}


@pytest.fixture(scope="module")
def opinions() -> list[writing.DraftOpinion]:
    return writing.write_opinions(7, 3000, [DRAFT1, DRAFT2])


def test_areas_are_the_whole_city():
    kinds = Counter(area.kind for area in writing.areas())
    assert (kinds["city"], kinds["county"] + kinds["district"], kinds["zone"]) == (1, 6, 2)
    assert kinds["town"] + kinds["township"] + kinds["subdistrict"] == 89
    assert kinds["village"] + kinds["community"] == 3197
    codes = [area.code for area in writing.areas()]
    assert len(set(codes)) == len(codes)
    seen: set[str] = {""}
    for area in writing.areas():  # a parent stands before its children, so one pass can load them
        assert area.parent in seen
        seen.add(area.code)


def test_drafts_are_numbered_without_a_gap():
    for source, least in ((DRAFT1, 44), (DRAFT2, 44), (writing.text("draft_b1.txt"), 20)):
        anchors = writing.article_anchors(source)
        assert anchors == [f"a{n}" for n in range(1, len(anchors) + 1)] and len(anchors) >= least
    for source in (DRAFT1, DRAFT2):
        assert all(source.count(f"\n第{n}章　") == 2 for n in "一二三四五六")  # contents and heading
        assert "（征求意见稿）" in source and "\n（一）" in source


def test_same_seed_same_words(opinions):
    assert writing.write_opinions(7, 3000, [DRAFT1]) == opinions
    assert writing.write_opinions(8, 3000, [DRAFT1]) != opinions


def test_they_are_distinct_and_of_all_channels(opinions):
    assert len(opinions) == 3000
    assert len({o.body for o in opinions}) >= 2700
    assert {o.channel for o in opinions} == set(writing.CHANNELS)
    assert all(o.body and len(o.body) <= writing.LONGEST and "{" not in o.body for o in opinions)
    assert sum(len(o.body) >= 15 for o in opinions) > 2950
    starts = Counter(o.body[:8] for o in opinions if o.duplicate_of is None)
    assert starts.most_common(1)[0][1] < 100


def test_anchors_exist_and_hot_clauses_are_hot(opinions):
    counts = Counter(o.anchor for o in opinions)
    assert set(counts) <= {"", *writing.article_anchors(DRAFT1)}
    assert all(counts[anchor] >= 15 for anchor in HOT)
    assert counts["a21"] > 5 * counts["a36"]


def test_area_codes_are_villages_and_communities(opinions):
    known = {area.code for area in writing.areas() if area.kind in ("village", "community")}
    assert {o.area_code for o in opinions} <= known


def test_what_each_channel_carries(opinions):
    for opinion in opinions:
        assert bool(opinion.legal_wording) == (opinion.channel == "site")
        assert bool(opinion.organisation) == (opinion.channel == "organisation")


def test_campaigns_follow_their_first_letter(opinions):
    copies = [(i, o) for i, o in enumerate(opinions) if o.duplicate_of is not None]
    assert 150 <= len(copies) <= 210
    for index, copy in copies:
        leader = opinions[copy.duplicate_of]
        assert copy.duplicate_of < index and leader.duplicate_of is None and leader.anchor == copy.anchor
    assert len({o.duplicate_of for _, o in copies}) == 2


def test_the_hard_ones_are_there(opinions):
    everything = "\n".join(o.body for o in opinions)
    assert all(words in everything for words in ("𠮷", "堽", "<b>", "<script>", "👍", "English", "\n好\n"))


def test_changes_are_true(opinions):
    one, two = writing.article_anchors(DRAFT1), writing.article_anchors(DRAFT2)
    pairs = {(c.old, c.new) for c in writing.changes()}
    assert all(old in one and new in two for old, new in pairs)
    asked = Counter((o.anchor, o.leads_to) for o in opinions if o.leads_to)
    assert set(asked) == pairs
    topics = {(o.anchor, o.leads_to): o.topic for o in opinions if o.leads_to and o.topic}
    assert {c.topic for c in writing.changes()} <= set(writing.topics(DRAFT1))
    assert topics.keys() == pairs
    for anchor, topic, _ in writing.deletions():
        assert any(o.anchor == anchor and o.topic == topic for o in opinions)
        assert article(DRAFT1, anchor) not in DRAFT2
    for change in writing.changes():  # the new wording stands nowhere in the old draft
        assert article(DRAFT2, change.new) not in DRAFT1


def article(source: str, anchor: str) -> str:
    """Return the words of an article, without its number, up to the next article or chapter."""
    order = writing.article_anchors(source)
    parts = [line for line in source.split("\n") if line]
    starts = [i for i, line in enumerate(parts) if line.startswith("第") and "条　" in line[:8]]
    begin = starts[order.index(anchor)]
    later = [i for i in starts if i > begin]
    words = "\n".join(parts[begin : later[0] if later else None])
    return words.split("条　", 1)[1].split("\n第")[0]


def test_every_unchanged_article_carries_over():
    changed = {c.new for c in writing.changes()}
    untouched = [a for a in writing.article_anchors(DRAFT2) if a not in changed]
    same = [a for a in untouched if article(DRAFT2, a) in "\n".join(line for line in DRAFT1.split("\n") if line)]
    assert set(untouched) - set(same) <= {"a44", "a45", "a46", "a49"}  # only numbers of articles they refer to
    assert len(same) >= 28


@pytest.mark.parametrize("name", ["draft_b1.txt", "draft_c1.txt"])
def test_other_texts_have_their_own_opinions(name):
    source = writing.text(name)
    found = writing.write_opinions(3, 200, [source])
    assert len({o.body for o in found}) >= 180
    assert {o.anchor for o in found} <= {"", *writing.article_anchors(source)}
    assert not any("电动" in o.body or o.leads_to for o in found)


def test_reasons_are_long_enough_and_plain():
    decisions = {t.decision for t in writing.decision_templates()}
    assert decisions == {"adopted", "partly", "covered", "implementation", "not_adopted", "out_of_scope"}
    for decision in decisions:
        for topic in writing.topics(DRAFT1):
            reason = writing.reply_for(decision, topic, "第二十一条")
            assert len(reason) >= 20 and "{" not in reason and "！" not in reason
    with pytest.raises(KeyError):
        writing.reply_for("nonsense", "罚款", "第一条")


def test_people_and_stations_are_different_and_fictitious():
    names = writing.people(1, 80)
    assert len(set(names)) == 80 and names == writing.people(1, 80)
    with pytest.raises(ValueError, match="not"):
        writing.people(1, 10**6)
    sites = writing.site_names(writing.areas())
    known = {area.code for area in writing.areas()}
    assert len(sites) == 24 == len({s.name for s in sites}) == len({s.code for s in sites})
    assert all(s.area_code in known and s.phone.startswith("0393-0000") for s in sites)
    assert {s.kind for s in sites} == {"liaison", "legislation"}
    assert len(set(writing.organisations())) >= 12


def test_nobody_argues_against_himself(opinions):
    """Topics on which people want opposite things keep their observations, wishes and reasons on one side."""
    severe = [o.body for o in opinions if "支持重罚" in o.body or "占楼道的就该罚五百" in o.body]
    assert len(severe) >= 10
    assert not any("罚款不是目的" in body or "我一天挣一百来块" in body for body in severe)
