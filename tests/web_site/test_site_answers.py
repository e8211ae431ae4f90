"""What became of it: decision and reason, the changed clause, comparison, the released report (R1.02, R1.13)."""

import re
from datetime import timedelta

import pytest

from quancheng.consultations import acts
from quancheng.consultations import queries as consultations
from quancheng.publications import acts as publications
from quancheng.texts import acts as texts
from quancheng.texts import queries as text_queries
from tests.web_site.conftest import REVISED

REASON = "意见合理。补装时限关系行人安全，已将二十四小时改为十二小时。"


def words(response):
    return response.content.decode()


@pytest.fixture
def answered(city):
    """A consultation that is over: one opinion adopted with its clause changed, one merged into it, all answered."""
    c = city.open("old", days=31, started=40)
    lead, before = city.actors["lead"], city.at - timedelta(days=20)
    anchor = city.article(c.version_id, "第三条")
    first = city.say(c, "二十四小时太长，井盖应当十二小时内补上。", anchor=anchor, at=before)
    second = city.say(c, "补井盖二十四小时太慢了，半天就该补上。", anchor=anchor, at=before)
    acts.close(consultation_id=c.pk, by=lead, at=city.at)
    acts.merge(leader_id=first.pk, opinion_ids=[second.pk], by=lead, at=city.at)
    acts.mark_sorted(consultation_id=c.pk, by=lead, at=city.at)
    acts.decide(opinion_ids=[first.pk], decision="adopted", reason=REASON, by=lead, at=city.at)
    following = texts.draft_next(
        version_id=c.version_id, source=REVISED, label="修改稿", explanation="", by=lead, at=city.at
    )
    for match in text_queries.matches(c.version_id, following.pk, "doubtful"):
        texts.confirm_match(match_id=match.pk, new_anchor=match.new_anchor, by=lead, at=city.at)
    texts.fix_version(version_id=following.pk, by=lead, at=city.at)
    acts.link_change(opinion_ids=[first.pk], version_id=following.pk, anchor=anchor, by=lead, at=city.at)
    acts.mark_decided(consultation_id=c.pk, by=lead, at=city.at)
    return c, first, second


def test_r1_02_nothing_of_the_decision_is_told_before_the_reply(city, answered, client):
    c, first, _ = answered
    page = words(client.get(f"/r/{first.receipt_code}/"))
    assert REASON not in page and "采纳" not in page and "答复提出意见的人" in page
    assert client.get(f"/c/{c.slug}/compare/").status_code == 404


def test_r1_13_the_author_sees_decision_reason_and_changed_clause(city, answered, client):
    c, first, second = answered
    acts.reply_all(consultation_id=c.pk, by=city.actors["lead"], at=city.at)
    page = words(client.get(f"/r/{first.receipt_code}/"))
    assert "采纳" in page and REASON in page and "您的意见改动了第三条" in page
    assert "<del>" in page and "<ins>" in page and "与您意见相同的还有 1 条" in page
    merged = words(client.get(f"/r/{second.receipt_code}/"))
    assert "与其他意见相同" in merged and REASON in merged
    compare = words(client.get(f"/c/{c.slug}/compare/"))
    assert "<del>" in compare and "<ins>" in compare and "改动1条" in compare
    assert "适用本条例" not in compare and "适用本条例" in words(client.get(f"/c/{c.slug}/compare/?all=1"))


def test_r9_05_the_report_is_public_after_release_by_another_person(city, answered, client):
    c, _, _ = answered
    lead, releaser = city.actors["lead"], city.actors["releaser"]
    acts.reply_all(consultation_id=c.pk, by=lead, at=city.at)
    case = consultations.consultation(c.slug).case
    paper = publications.draft(
        case=case, kind="consultation_result", slug="old-result", title="窨井条例征求意见情况的报告",
        body="## 收到的意见\n\n共2条。\n\n| 渠道 | 数量 |\n| 网站 | 2 |", by=lead, at=city.at,
    )
    publications.submit_for_review(publication_id=paper.pk, by=lead, at=city.at)
    assert client.get(f"/c/{c.slug}/result/").status_code == 404
    publications.release(publication_id=paper.pk, by=releaser, at=city.at)
    acts.publish_result(consultation_id=c.pk, publication_slug=paper.slug, by=releaser, at=city.at)
    page = words(client.get(f"/c/{c.slug}/result/"))
    assert "窨井条例征求意见情况的报告" in page and "共2条" in page and "<table" in page
    assert client.get(f"/c/{c.slug}/result.pdf").content.startswith(b"%PDF")
    assert client.get(f"/c/{c.slug}/result.docx").content.startswith(b"PK")
    assert client.get(f"/c/{c.slug}/result.exe").status_code == 404
    for path in ("/", "/feed.xml"):
        assert re.search("窨井条例征求意见情况的报告", words(client.get(path))), path
    assert "已公布结果" in words(client.get(f"/c/{c.slug}/"))
    assert c.title in words(client.get("/consultations/?state=published"))


@pytest.mark.parametrize("count", [1, 20, 200])
def test_pages_cost_the_same_whatever_there_is(city, window, anchor, client, count, django_assert_max_num_queries):
    for number in range(count):
        city.say(window, f"第{number}句：井盖要补。", anchor=anchor)
    acts.refresh_tallies(at=city.at)
    for path, most in ((f"/c/{window.slug}/", 12), (f"/c/{window.slug}/clause/{anchor}/", 12), ("/", 12), ("/consultations/", 12)):
        with django_assert_max_num_queries(most):
            assert client.get(path).status_code == 200
