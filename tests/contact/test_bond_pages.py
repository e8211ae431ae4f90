"""双联系 by the buttons: the office pairs, both sides note contacts, issues become cases, groups talk topics over."""

import re
from datetime import timedelta

import pytest
from district import NOW, PHONE, TODAY
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quancheng.contact.models import (
    ContactNote,
    GroupTopic,
    Pairing,
    ResidentGroup,
    ResidentOpinion,
    TopicVoice,
)

KEY = "k" * 32


@pytest.fixture
def clients(city, monkeypatch, settings) -> dict[str, Client]:
    settings.DEMO = True
    cache.clear()
    monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(hours=1))
    found = {}
    for name in ("deputy", "deputy2", "member", "office", "auditor"):
        found[name] = Client()
        assert found[name].post("/sign-in/", {"username": name, "password": "long-enough-pass-1"}).status_code == 302
    return found


@pytest.fixture
def group(city, clients) -> int:
    """A residents' group paired with the deputy by the office's pages."""
    office = clients["office"]
    assert office.post("/desk/bonds/office/", {"do": "group", "name": "东头小组", "area": city.village}).status_code == 303
    made = ResidentGroup.objects.get().pk
    form = {"do": "pair", "kind": "group", "deputy": city["deputy"].id, "group": made}
    assert office.post("/desk/bonds/office/", form).status_code == 303
    return made


def test_r8_02_a_member_and_a_deputy_are_paired_and_keep_in_touch(city, clients):
    office, member, deputy = clients["office"], clients["member"], clients["deputy"]
    form = {"do": "pair", "kind": "member", "member": city["member"].id, "deputy": city["deputy"].id}
    assert office.post("/desk/bonds/office/", form).status_code == 303
    assert office.post("/desk/bonds/office/", form).status_code == 409
    pairing = Pairing.objects.get()
    path = f"/desk/bonds/{pairing.pk}/"
    assert "甲deputy" in member.get("/desk/bonds/").content.decode() and "甲member" in deputy.get("/desk/bonds/").content.decode()
    note = {"on": TODAY.isoformat(), "manner": "call", "words": "了解了村里浇地的情况。", "key": KEY}
    for _twice in range(2):
        assert member.post(path, note).status_code == 303
    assert ContactNote.objects.count() == 1 and "浇地" in deputy.get(path).content.decode()
    assert clients["deputy2"].get(path).status_code == clients["auditor"].get(path).status_code == 403
    assert office.post(path, {"do": "end", "reason": "任期调整，另行安排。"}).status_code == 303
    assert member.post(path, note | {"key": "z" * 32}).status_code in (303, 409)


def test_m34_an_issue_heard_becomes_a_case_with_consent(city, clients, group):
    deputy, path = clients["deputy"], f"/desk/bonds/{Pairing.objects.get().pk}/"
    note = {"on": TODAY.isoformat(), "manner": "visit", "words": "走访了三户人家。", "issue": "机井坏了两个月。", "key": KEY}
    refused = deputy.post(path, note)
    assert refused.status_code == 400 and "机井坏了两个月" in refused.content.decode() and not ContactNote.objects.exists()
    assert deputy.post(path, note | {"consent_how": "spoken"}).status_code == 303
    made = ResidentOpinion.objects.get()
    assert made.body == "机井坏了两个月。" and made.case.number in deputy.get(path).content.decode()
    assert deputy.post(path, note | {"on": "nonsense", "key": "z" * 32}).status_code == 400


def test_m53_a_topic_is_talked_over_and_closed(city, clients, group):
    deputy, path = clients["deputy"], f"/desk/groups/{group}/"
    assert deputy.post(path, {"do": "open", "title": "村口路灯装在哪", "words": "先装哪几处，大家说说看法。"}).status_code == 303
    topic = GroupTopic.objects.get()
    visitor, public = Client(), f"/topics/{topic.pk}/"
    page = visitor.post(public, {"action": "code", "phone": PHONE, "body": "先装学校门口。"}).content.decode()
    assert "先装学校门口。" in page
    code = re.search(r'<strong class="code">(\d{6})</strong>', page)[1]
    said = visitor.post(public, {"action": "say", "phone": PHONE, "code": code, "body": "先装学校门口。", "key": KEY})
    assert said.status_code == 303 and "先装学校门口" in visitor.get(said["Location"]).content.decode()
    no_consent = deputy.post(path, {"do": "voice", "topic": topic.pk, "body": "桥头也要装。", "key": "v" * 32})
    assert no_consent.status_code == 400 and "桥头也要装" in no_consent.content.decode()
    voice = {"do": "voice", "topic": topic.pk, "body": "桥头也要装。", "key": "v" * 32, "consent_how": "spoken"}
    assert deputy.post(path, voice).status_code == 303
    page = Client().get(public).content.decode()
    assert "先装学校门口" in page and "桥头也要装" in page and PHONE not in page
    close = {"do": "close", "topic": topic.pk, "summary": "大家同意先装学校门口和桥头两处。", "issue": "请装两处路灯。", "consent_how": "spoken"}
    assert deputy.post(path, close).status_code == 303 and deputy.post(path, close).status_code == 409
    assert "先装学校门口和桥头两处" in Client().get(public).content.decode()
    assert TopicVoice.objects.count() == 2 and ResidentOpinion.objects.get().body == "请装两处路灯。"


def test_another_deputy_does_not_speak_for_the_group(city, clients, group):
    assert clients["deputy2"].get(f"/desk/groups/{group}/").status_code == 403
    assert clients["deputy2"].post(f"/desk/groups/{group}/", {"do": "open", "title": "别人的议题", "words": "x" * 20}).status_code == 403


def test_the_office_sees_who_is_late(city, clients, group, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(days=200))
    office = clients["office"]
    office.post("/sign-in/", {"username": "office", "password": "long-enough-pass-1"})
    page = office.get("/desk/bonds/office/?late=1").content.decode()
    assert "1项逾期未联系" in page and "东头小组" in page and "红灯" in page
    assert "逾期未联系" in office.get("/desk/").content.decode()


def test_the_statements_do_not_grow(city, clients, group):
    clients["deputy"].post(f"/desk/groups/{group}/", {"do": "open", "title": "村口路灯装在哪", "words": "先装哪几处，大家说说看法。"})
    pages = (
        ("deputy", "/desk/bonds/"), ("deputy", f"/desk/bonds/{Pairing.objects.get().pk}/"), ("deputy", f"/desk/groups/{group}/"),
        ("office", "/desk/bonds/office/?place=陈"), ("auditor", f"/topics/{GroupTopic.objects.get().pk}/"),
    )  # fmt: skip
    for name, path in pages:
        with CaptureQueriesContext(connection) as ran:
            assert clients[name].get(path).status_code == 200, path
        assert len(ran) <= 12, (path, len(ran))
