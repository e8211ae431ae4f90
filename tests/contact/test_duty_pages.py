"""The deputy's check-in and duty file, and the office that decides on corrections, by the buttons that people press."""

from datetime import time, timedelta

import pytest
from district import NOW, TODAY
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quancheng.contact import acts
from quancheng.contact.models import CheckIn, DutyCorrection, DutyFact, TaskTag
from quancheng.people.models import Area
from quancheng.people.permissions import Actor


@pytest.fixture
def clients(city, monkeypatch) -> dict[str, Client]:
    cache.clear()
    monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(hours=1))
    found = {}
    for name in ("deputy", "deputy2", "office", "station"):
        found[name] = Client()
        assert found[name].post("/sign-in/", {"username": name, "password": "long-enough-pass-1"}).status_code == 302
    return found


def test_m36_both_check_ins_are_recorded_with_place_and_time_alone(city, clients):
    office, deputy = clients["office"], clients["deputy"]
    assert office.post("/desk/duty/office/", {"do": "task", "label": "万人助万企"}).status_code == 303
    task = TaskTag.objects.get().pk
    here = {"site": "zd1", "task": task, "minutes": "90", "words": "走访两家企业"}
    assert deputy.post("/desk/duty/check-in/", here).status_code == 303
    assert deputy.post("/desk/duty/check-in/", here).status_code == 303  # a second time on one day is the first
    home = Area.objects.get(pk=city.village)
    assert home.pk in deputy.get(f"/desk/duty/check-in/?place={home.name}").content.decode()
    assert "没有找到" in deputy.get("/desk/duty/check-in/?place=没有这个村").content.decode()
    assert deputy.post("/desk/duty/check-in/", {"area": city.village}).status_code == 303
    assert sorted(CheckIn.objects.values_list("kind", flat=True)) == ["home", "site"]
    page = deputy.get("/desk/duty/check-in/").content.decode()
    assert "中原路联络站" in page and "90分钟" in page
    totals = office.get("/desk/duty/office/").content.decode()
    assert "万人助万企" in totals and "甲deputy</a>" in totals and "1.5" in totals


def test_a_wrong_check_in_keeps_what_was_typed(city, clients):
    deputy = clients["deputy"]
    for wrong in ({"words": "写了很久"}, {"site": "zd1", "minutes": "9999", "words": "写了很久"}, {"site": "nowhere", "words": "写了很久"}):
        answer = deputy.post("/desk/duty/check-in/", wrong)
        assert answer.status_code == 400 and "写了很久" in answer.content.decode()
    assert not CheckIn.objects.exists()


def test_a_correction_is_asked_decided_by_another_and_told(city, clients):
    office, deputy = clients["office"], clients["deputy"]
    deputy.post("/desk/duty/check-in/", {"site": "zd1"})
    fact = DutyFact.objects.get()
    short = deputy.post("/desk/duty/", {"wish": "strike", "fact": fact.pk, "reason": "短"})
    assert short.status_code == 400 and "短" in short.content.decode()
    assert deputy.post("/desk/duty/", {"wish": "strike", "fact": fact.pk, "reason": "当天没有到站，记错了。"}).status_code == 303
    waiting = DutyCorrection.objects.get()
    assert "当天没有到站" in office.get("/desk/duty/office/").content.decode()
    decide = {"do": "decide", "correction": waiting.pk, "accept": "yes", "reason": "与站点记录核对属实。"}
    assert deputy.post("/desk/duty/office/", decide).status_code == 403
    assert office.post("/desk/duty/office/", decide).status_code == 303
    assert office.post("/desk/duty/office/", decide).status_code == 409
    page = deputy.get("/desk/duty/").content.decode()
    assert "与站点记录核对属实" in page and "<del>" in page
    assert "甲deputy" in office.get(f"/desk/duty/files/{city['deputy'].id}/").content.decode()


def test_the_office_records_what_the_system_cannot_see(city, clients):
    office, deputy = clients["office"], clients["deputy"]
    form = {
        "do": "fact", "deputy": city["deputy"].id, "kind": "inspection", "on": TODAY.isoformat(), "title": "视察黄河滩区迁建",
        "number": "1", "key": "k" * 32,
    }  # fmt: skip
    for _again in range(2):
        assert office.post("/desk/duty/office/", form).status_code == 303
    assert DutyFact.objects.count() == 1 and "视察黄河滩区迁建" in deputy.get("/desk/duty/").content.decode()
    for wrong in ({"on": "nonsense"}, {"kind": "suggestion"}, {"title": "短"}, {"deputy": city["office"].id}):
        answer = office.post("/desk/duty/office/", form | {"key": "z" * 32} | wrong)
        assert answer.status_code in (400, 403), wrong
    assert clients["deputy2"].get(f"/desk/duty/files/{city['deputy'].id}/").status_code == 403


def test_the_statements_do_not_grow(city, clients):
    for number in range(5):
        clients["office"].post("/desk/duty/office/", {
            "do": "fact", "deputy": city["deputy"].id, "kind": "activity", "on": TODAY.isoformat(), "title": f"参加第{number}次活动",
            "key": f"{number}" * 32,
        })  # fmt: skip
    for name, path in (
        ("deputy", "/desk/duty/"), ("deputy", "/desk/duty/check-in/?place=陈"), ("office", "/desk/duty/office/"),
        ("office", f"/desk/duty/files/{city['deputy'].id}/"),
    ):  # fmt: skip
        with CaptureQueriesContext(connection) as ran:
            assert clients[name].get(path).status_code == 200, path
        assert len(ran) <= 15, (path, len(ran))


def test_a_wrong_check_in_at_home_keeps_what_was_typed_in_its_own_form(city, clients):
    home = Area.objects.get(pk=city.village)
    path = f"/desk/duty/check-in/?place={home.name}"
    wrong = {"where": "home", "area": home.pk, "minutes": "9999", "words": "给老人量血压"}
    answer = clients["deputy"].post(path, wrong)
    page = answer.content.decode()
    assert answer.status_code == 400 and page.count("给老人量血压") == 1 and not CheckIn.objects.exists()
    assert 'id="h-words" name="words" maxlength="300" value="给老人量血压"' in page and 'value="9999"' in page
    assert clients["deputy"].post(path, {**wrong, "minutes": "60"}).status_code == 303
    assert CheckIn.objects.get().words == "给老人量血压"


def test_r8_03_my_reception_days_with_who_has_a_turn(city, clients):
    assert "近期没有安排" in clients["deputy"].get("/desk/duty/days/").content.decode()
    form = acts.ReceptionForm(
        site="zd1", day=TODAY + timedelta(days=2), starts=time(14), ends=time(17), capacity=5, topic="秋季道路安全",
        deputies=(city["deputy"].id, city["deputy2"].id),
    )
    made = acts.plan_reception(form=form, by=city["station"], at=NOW)
    turn = acts.BookingForm("d" * 24, phone="13800000001", name="老张", about="问路灯")
    acts.book(reception_id=made.pk, form=turn, by=Actor.public(), at=NOW)
    page = clients["deputy"].get("/desk/duty/days/").content.decode()
    assert all(words in page for words in ("秋季道路安全", "老张", "问路灯", "甲deputy2", "中原路联络站"))
    assert "七天内我的接待" in clients["deputy"].get("/desk/").content.decode()
    assert clients["station"].get("/desk/duty/days/").status_code == 403
