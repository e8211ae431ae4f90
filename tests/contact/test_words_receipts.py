"""The receipt of a question, of a word on a topic, of advised letters; what was withheld and taken down, counted by month."""

import json
from datetime import timedelta

import pytest
from district import NOW, PHONE, later
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quancheng.contact import acts
from quancheng.contact.models import GroupTopic
from quancheng.ledger import acts as ledger
from quancheng.people.permissions import Actor

KEY = "k" * 32
ASKED = "村口的桥什么时候修好？"
BODY = "一年来走访了十二个村，接待群众四十三人次，提出建议三件，其中两件已经落实，村里的路灯都亮了。" * 2


@pytest.fixture
def visitor(city, monkeypatch, settings) -> Client:
    settings.DEMO = True
    cache.clear()
    monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(hours=1))
    return Client()


@pytest.fixture
def question(city):
    form = acts.ReportForm("zd1", "向选民报告一年的工作", BODY, NOW.date(), NOW.date() + timedelta(days=3))
    made = acts.announce_report(form=form, by=city["deputy"], at=NOW)
    acts.open_report(report_id=made.pk, by=city["station"], at=NOW)
    return acts.ask_on_report(report_id=made.pk, body=ASKED, phone=PHONE, submission_key=KEY, by=Actor.public(), at=NOW)


@pytest.fixture
def topic(city):
    group = acts.make_group(name="东头小组", area=city.village, site="", by=city["office"], at=NOW)
    acts.pair(
        kind="group", organ="dgw", holder_id=city["deputy"].id, other_id=group.pk, valid_from=NOW.date(),
        by=city["office"], at=NOW,
    )
    return acts.open_topic(group_id=group.pk, title="村口路灯装在哪", words="先装哪几处，大家说说看法。", by=city["deputy"], at=NOW)


def shown(visitor: Client, made) -> str:
    return visitor.get(f"/r/{made.receipt_code}/").content.decode()


def test_a_question_shows_its_author_the_answer(city, visitor, question):
    assert ASKED in shown(visitor, question) and "代表回答以后" in shown(visitor, question)
    acts.answer_question(question_id=question.pk, answer="明年春天动工，请放心。", by=city["deputy"], at=later(0, 11))
    page = shown(visitor, question)
    assert "明年春天动工" in page and f"/voters/{question.report_id}/" in page and "代表回答以后" not in page


def test_s11_a_question_that_is_not_shown_tells_its_author_why(city, visitor, question):
    acts.withhold_question(question_id=question.pk, reason="写了邻居的姓名和住址。", by=city["office"], at=later(0, 11))
    assert "写了邻居的姓名和住址" in shown(visitor, question)
    moderation = visitor.get("/moderation/").content.decode()
    assert "述职提问没有公开" in moderation and '<td class="num">1</td>' in moderation
    assert "邻居" not in moderation


def test_what_is_taken_down_or_erased_is_counted_and_not_told(city, visitor):
    assert '<td class="num">1</td>' not in visitor.get("/moderation/").content.decode()
    made = city.write()
    answer = city.answer(city.assign(made), at=later(1))
    acts.rate(receipt_code=made.receipt_code, answer_id=answer.pk, grade="satisfied", reason="", at=later(2))
    acts.release(opinion_id=made.pk, title="村口井盖缺失", by=city["office_lead"], at=later(3))
    acts.withdraw_release(opinion_id=made.pk, reason="作者要求撤下。", by=city["office_lead"], at=later(4))
    page = visitor.get("/moderation/").content.decode()
    assert page.count('<td class="num">1</td>') == 1 and "井盖" not in page


def test_a_word_on_a_topic_has_its_page_and_its_file(city, visitor, topic):
    form = acts.VoiceForm(body="先装学校门口。", submission_key=KEY, phone=PHONE)
    said = acts.say_on_topic(topic_id=topic.pk, form=form, by=Actor.public(), at=NOW)
    assert "先装学校门口" in shown(visitor, said) and f"/topics/{topic.pk}/" in shown(visitor, said)
    acts.close_topic(topic_id=topic.pk, summary="大家同意先装学校门口和桥头两处。", by=city["deputy"], at=later(1))
    assert "先装学校门口和桥头两处" in shown(visitor, said)
    ledger.seal(at=later(1))
    file = json.loads(visitor.get(f"/r/{said.receipt_code}/receipt.json").content)
    assert file["status"] == "sealed" and json.loads(file["content"])["body"] == "先装学校门口。"
    assert "封存" in shown(visitor, said)


def test_topics_are_found_on_their_deputys_page_unless_sealed(city, visitor, topic):
    path = f"/deputies/{city['deputy'].id}/"
    assert f"/topics/{topic.pk}/" in visitor.get(path).content.decode()
    GroupTopic.objects.update(words="")  # as it is left when an accusation was raised from it (S02)
    cache.clear()
    assert "/topics/" not in visitor.get(path).content.decode()


def test_a_questions_file_proves_its_words(city, visitor, question):
    file = json.loads(visitor.get(f"/r/{question.receipt_code}/receipt.json").content)
    assert json.loads(file["content"])["body"] == ASKED and file["code"] == question.receipt_code


def test_r7_20_the_author_reads_what_the_deputy_advised(city, visitor):
    made = city.write()
    acts.advise(opinion_id=made.pk, words="建议先把井口围起来，再补井盖。", by=city["deputy"], at=later(0))
    page = shown(visitor, made)
    assert "建议先把井口围起来" in page and "只提建议" in page
    acts.refer(opinion_id=made.pk, way="accusation", where="", reason="反映的是工作人员的问题。", by=city["office"], at=later(0))
    assert "建议先把井口围起来" not in shown(visitor, made)


def test_my_matters_open_with_a_receipt_code_too(city, visitor, question):
    assert 'action="/r/"' in visitor.get("/my/").content.decode()
    assert visitor.get("/r/", {"code": question.receipt_code.lower()})["Location"] == f"/r/{question.receipt_code}/"


def test_the_statements_do_not_grow(city, visitor, question):
    for path in (f"/r/{question.receipt_code}/", "/moderation/"):
        with CaptureQueriesContext(connection) as ran:
            assert visitor.get(path).status_code == 200
        assert len(ran) <= 12, (path, len(ran))
