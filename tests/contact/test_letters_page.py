"""A deputy reads what residents wrote, passes it on and advises; no page of his instructs anybody (R7.20)."""

from datetime import timedelta

import pytest
from district import NOW, WORDS
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from quancheng.contact.models import Advice


@pytest.fixture
def deputy(city, monkeypatch) -> Client:
    cache.clear()
    monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(hours=1))
    client = Client()
    assert client.post("/sign-in/", {"username": "deputy", "password": "long-enough-pass-1"}).status_code == 302
    return client


def test_a_letter_is_read_passed_on_and_advised_about(city, deputy):
    made = city.write()
    assert WORDS[:20] in deputy.get("/desk/letters/").content.decode()
    path = f"/desk/matters/{made.pk}/"
    page = deputy.get(path).content.decode()
    assert "转交代表工委" in page and "交办" not in page.split("<main")[1].split("全程轴")[0].replace("交办单位", "")
    assert deputy.post(path, {"do": "forward", "words": "建议先设警示牌，再补装。"}).status_code == 303
    assert "没有等您转交的来信" in deputy.get("/desk/letters/").content.decode()
    assert "已转交" in deputy.get("/desk/letters/?all=1").content.decode()
    assert deputy.post(path, {"do": "advise", "words": "建议同时检查其他井盖。"}).status_code == 303
    assert Advice.objects.count() == 2


def test_words_on_a_pending_case_need_a_second_thought(city, deputy):
    made = city.write()
    path = f"/desk/matters/{made.pk}/"
    touchy = {"do": "forward", "words": "请法院尽快判决这个案件。"}
    answer = deputy.post(path, touchy)
    page = answer.content.decode()
    assert answer.status_code == 400 and touchy["words"] in page and "已知悉" in page and not Advice.objects.exists()
    assert deputy.post(path, touchy | {"warned": "yes"}).status_code == 303
    assert Advice.objects.get().warned_at is not None


def test_another_deputy_sees_nothing_of_it(city, deputy):
    made = city.write(code=city.code("deputy2"))
    assert WORDS[:20] not in deputy.get("/desk/letters/?all=1").content.decode()
    assert deputy.get(f"/desk/matters/{made.pk}/").status_code == 403
    assert deputy.post(f"/desk/matters/{made.pk}/", {"do": "forward"}).status_code == 403


@pytest.mark.parametrize("do", ["assign", "refer", "release", "withhold", "erase", "urge", "extend"])
def test_r7_20_no_button_of_a_deputy_instructs(city, deputy, do):
    made = city.write()
    form = {
        "do": do, "act": do, "case": made.case_id, "lead": "zjj", "way": "other", "where": "某局", "reason": "理由写得很长很长。",
        "title": "标题", "ground": "理由写得很长很长。", "note": "", "moves": 0,
    }  # fmt: skip
    assert deputy.post(f"/desk/matters/{made.pk}/", form).status_code in (400, 403, 404)
    made.case.refresh_from_db()
    assert made.case.state == "registered"
