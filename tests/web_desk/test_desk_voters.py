"""向选民述职 on the desk: announced by the deputy, held and closed by the station, questions answered, papers counted."""

from datetime import timedelta

import pytest
from django.utils import timezone

from quancheng.contact import acts
from quancheng.contact.models import ReportQuestion, VotersReport
from quancheng.people.permissions import Actor

BODY = "一年来走访了十二个村，接待群众四十三人次，提出建议三件，其中两件已经落实，村里的路灯都亮了。" * 2


@pytest.fixture
def later(monkeypatch):
    real = timezone.now()

    def go(days: int) -> None:
        monkeypatch.setattr(timezone, "now", lambda: real + timedelta(days=days))

    return go


@pytest.fixture
def report(city) -> str:
    """The path of a report announced for today."""
    day = timezone.localdate()
    form = {"title": "向选民报告一年的工作", "site": "zd1", "held_on": day, "closes_on": day + timedelta(days=3), "body": BODY}
    made = city.clients["deputy"].post("/desk/voters/", form)
    assert made.status_code == 303
    return made["Location"]


def ask(report_id: int) -> ReportQuestion:
    return acts.ask_on_report(
        report_id=report_id, body="村口的桥什么时候修？", phone="13800000009", submission_key="q" * 32, by=Actor.public(),
        at=timezone.now(),
    )


def test_from_the_announcement_to_the_published_result(city, report, later):
    deputy, station = city.clients["deputy"], city.clients["site_staff"]
    assert "向选民报告一年的工作" in station.get("/desk/voters/").content.decode()
    assert station.post(report, {"do": "open"}).status_code == 303
    asked = ask(VotersReport.objects.get().pk)
    assert "村口的桥" in deputy.get(report).content.decode()
    refused = deputy.post(report, {"do": "answer", "question": asked.pk, "answer": "短"})
    assert refused.status_code == 400 and ">短</textarea>" in refused.content.decode()
    assert deputy.post(report, {"do": "answer", "question": asked.pk, "answer": "已列入明年的计划。"}).status_code == 303
    paper = {"do": "paper", "count-satisfied": 8, "count-basically": 2, "count-dissatisfied": 1, "count-abstained": 0}
    wrong = station.post(report, paper | {"count-abstained": ""})
    assert wrong.status_code == 400 and 'value="8"' in wrong.content.decode()
    assert station.post(report, paper).status_code == 303
    assert station.post(report, paper).status_code == 409
    assert "测评结果" not in deputy.get(report).content.decode()  # nobody sees it before the end
    later(5)
    for client, name in ((station, "site_staff"), (deputy, "deputy")):  # days later they sign in again
        assert client.post("/sign-in/", {"username": name, "password": "long-enough-pass-1"}).status_code == 302
    assert station.post(report, {"do": "close"}).status_code == 303
    page = deputy.get(report).content.decode()
    assert "测评结果" in page and VotersReport.objects.get().state == "closed"


def test_a_deputy_neither_opens_counts_withholds_nor_closes_his_own(city, report):
    deputy = city.clients["deputy"]
    city.clients["site_staff"].post(report, {"do": "open"})
    asked = ask(VotersReport.objects.get().pk)
    for do in ({"do": "open"}, {"do": "close"}, {"do": "withhold", "question": asked.pk, "reason": "不方便公开这个问题。"}):
        assert deputy.post(report, do).status_code == 403
    office = city.clients["deputy_office"]
    assert office.post(report, {"do": "withhold", "question": asked.pk, "reason": "含他人个人信息。"}).status_code == 303
    assert office.get(report).content.decode().count("含他人个人信息") == 1


def test_a_bad_form_keeps_what_was_typed(city):
    answer = city.clients["deputy"].post("/desk/voters/", {"title": "向选民报告", "body": BODY, "held_on": "nonsense"})
    assert answer.status_code == 400 and BODY in answer.content.decode() and not VotersReport.objects.exists()
    assert city.clients["site_staff"].post("/desk/voters/", {"title": "向选民报告"}).status_code in (400, 403)


def test_strangers_to_the_report_do_not_open_it(city, report):
    assert city.clients["auditor"].get(report).status_code == 403
    assert city.clients["deputy_office"].get("/desk/voters/999999/").status_code == 404


def test_an_old_report_opens_as_well_as_the_newest_fifty(city, report):
    first = VotersReport.objects.get()
    day = timezone.localdate()
    for number in range(51):
        made = VotersReport.objects.get(pk=first.pk)
        made.pk, made.held_on, made.closes_on = None, day + timedelta(days=1 + number), day + timedelta(days=60)
        made.save(force_insert=True)
    for name in ("site_staff", "deputy_office", "deputy"):
        assert city.clients[name].get(report).status_code == 200
