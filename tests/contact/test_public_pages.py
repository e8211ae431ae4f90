"""What everybody sees of contact: released opinions with their ratings, a report to voters with questions and grades."""

import re
from datetime import timedelta

import pytest
from district import ANSWER, NOW, WORDS, later
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quancheng.contact import acts
from quancheng.contact.models import ReportQuestion, ReportVoter, VotersReport

BODY = "一年来走访了十二个村，接待群众四十三人次，提出建议三件，其中两件已经落实，村里的路灯都亮了。" * 2
PHONE = "13800000007"


@pytest.fixture
def visitor(city, monkeypatch, settings) -> Client:
    settings.DEMO = True
    cache.clear()
    monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(hours=1))
    return Client()


@pytest.fixture
def released(city):
    made = city.write()
    answer = city.answer(city.assign(made), at=later(1))
    acts.rate(receipt_code=made.receipt_code, answer_id=answer.pk, grade="satisfied", reason="", at=later(2))
    return acts.release(opinion_id=made.pk, title="村口井盖缺失", by=city["office_lead"], at=later(3))


def test_a_released_opinion_is_found_with_its_answer_and_rating(city, visitor, released):
    for query in ("", "?q=井盖", "?q=补装", "?unit=zjj"):
        page = visitor.get(f"/matters/{query}").content.decode()
        assert "村口井盖缺失" in page and page.count(">满意<") == 1, query
    for query in ("?q=没有这个", "?unit=swj"):
        assert "村口井盖缺失" not in visitor.get(f"/matters/{query}").content.decode(), query
    page = visitor.get(f"/matters/{released.pk}/").content.decode()
    assert WORDS in page and ANSWER in page and "满意" in page
    assert released.receipt_code not in page and released.public_id not in page and PHONE not in page


def test_nothing_is_shown_that_was_not_released(city, visitor, released):
    hidden = city.write("别处的路灯也不亮，请看一看。")
    assert visitor.get(f"/matters/{hidden.pk}/").status_code == 404
    acts.withdraw_release(opinion_id=released.pk, reason="作者要求撤下。", by=city["office_lead"], at=later(4))
    cache.clear()
    assert visitor.get(f"/matters/{released.pk}/").status_code == 404
    assert "村口井盖缺失" not in visitor.get("/matters/").content.decode()


def test_the_statements_do_not_grow(city, visitor, released):
    for path, most in (("/matters/?q=井盖&unit=zjj", 12), (f"/matters/{released.pk}/", 15)):
        with CaptureQueriesContext(connection) as ran:
            assert visitor.get(path).status_code == 200
        assert len(ran) <= most


@pytest.fixture
def report(city) -> VotersReport:
    form = acts.ReportForm("zd1", "向选民报告一年的工作", BODY, NOW.date(), NOW.date() + timedelta(days=3))
    made = acts.announce_report(form=form, by=city["deputy"], at=NOW)
    return acts.open_report(report_id=made.pk, by=city["station"], at=NOW)


def prove(visitor: Client, path: str, phone: str = PHONE, **typed) -> str:
    """Ask for the code; what was typed is on the page still. Return the code."""
    page = visitor.post(path, {"action": "code", "phone": phone, **typed}).content.decode()
    for words in typed.values():
        assert words in page
    return re.search(r'<strong class="code">(\d{6})</strong>', page)[1]


def test_a_voter_asks_and_rates_once(city, visitor, report):
    path = f"/voters/{report.pk}/"
    code = prove(visitor, path, body="村口的桥什么时候修？")
    form = {"phone": PHONE, "code": code, "body": "村口的桥什么时候修？", "key": "k" * 32}
    asked = visitor.post(path, form | {"action": "ask"})
    assert asked.status_code == 303 and "code=" in asked["Location"]
    assert visitor.post(path, form | {"action": "ask"}).status_code == 303  # pressed twice
    assert ReportQuestion.objects.count() == 1
    assert "村口的桥" not in Client().get(path).content.decode()  # not before it is answered
    rated = visitor.post(path, {"action": "rate", "grade": "satisfied"})
    assert rated.status_code == 303 and ReportVoter.objects.count() == 1
    again = visitor.post(path, {"action": "rate", "grade": "dissatisfied"})
    assert again.status_code == 409 and "已经测评过" in again.content.decode()
    report.refresh_from_db()
    assert (report.satisfied, report.dissatisfied) == (1, 0)
    acts.answer_question(question_id=ReportQuestion.objects.get().pk, answer="明年春天动工。", by=city["deputy"], at=later(0, 11))
    page = Client().get(path).content.decode()
    assert "村口的桥" in page and "明年春天动工" in page and PHONE not in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"action": "ask", "phone": PHONE, "code": "000000"}, {"action": "rate", "grade": "best"}, {"action": "ask"},
        {"action": "nothing"}, {"action": "code", "phone": "12"},
    ],
)
def test_a_wrong_form_keeps_what_was_typed_and_stores_nothing(city, visitor, report, wrong):
    answer = visitor.post(f"/voters/{report.pk}/", {"body": "写了很久的问题", "key": "k" * 32, **wrong})
    assert 400 <= answer.status_code < 500 and "写了很久的问题" in answer.content.decode()
    assert not ReportQuestion.objects.exists() and not ReportVoter.objects.exists()
