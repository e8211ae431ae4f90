"""“Who is my deputy” in two taps, a deputy's page of facts, the stations' pages and booking a place."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from district import NOW, PHONE, later, png
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quancheng.contact import acts
from quancheng.contact.models import Booking, SiteProfile
from quancheng.people.models import Area, Site

KEY = "k" * 32


@pytest.fixture
def visitor(city, monkeypatch, settings) -> Client:
    settings.DEMO = True
    cache.clear()
    monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(hours=1))
    return Client()


@pytest.fixture
def village(city) -> Area:
    acts.seat_in_grid(area=city.village, account_id=city["deputy"].id, valid_from=NOW.date(), by=city["office"], at=NOW)
    return Area.objects.select_related("parent").get(pk=city.village)


def test_m55_from_the_town_to_the_deputy_in_two_taps(city, visitor, village):
    code = city.code()
    first = visitor.get("/deputies/").content.decode()
    assert f"?area={village.parent_id}" in first
    second = visitor.get(f"/deputies/?area={village.parent_id}").content.decode()
    assert f"?area={village.pk}" in second and "甲deputy" in second
    third = visitor.get(f"/deputies/?area={village.pk}").content.decode()
    assert "甲deputy" in third and f"/d/{code}/" in third and "甲deputy2" not in third


def test_a_name_or_a_place_is_found(city, visitor, village):
    assert f"/deputies/{city['deputy'].id}/" in visitor.get("/deputies/?q=甲deputy").content.decode()
    assert f"?area={village.pk}" in visitor.get(f"/deputies/?q={village.name[:2]}").content.decode()
    assert "没有找到" in visitor.get("/deputies/?q=没有这个人").content.decode()
    assert visitor.get("/deputies/?area=999999").status_code == 404


def test_r8_06_a_deputys_page_holds_facts_and_no_number(city, visitor):
    acts.check_in(form=acts.CheckInForm(site="zd1", minutes=60), by=city["deputy"], at=NOW)
    page = visitor.get(f"/deputies/{city['deputy'].id}/").content.decode()
    assert "某县选举单位" in page and "双报到" in page and "排名" in page and PHONE not in page
    assert visitor.get(f"/deputies/{city['office'].id}/").status_code == 404  # who is no deputy has no page


@pytest.fixture
def placed(city) -> None:
    for code, north in (("zd1", "35.76"), ("zd2", "35.80")):
        SiteProfile.objects.create(
            site_id=code, latitude=Decimal(north), longitude=Decimal("115.03"), sealed_box="门口的绿色信箱，每周五开启。",
            changed_by_id=city["office"].id, changed_at=NOW,
        )
    acts.set_hours(site="zd1", spans=[(0, later(0, 8).time(), later(0, 12).time())], by=city["station"], at=NOW)


def test_a_stations_page_tells_when_where_and_what(city, visitor, placed):
    form = acts.ActivityForm("zd1", "contact", "村头议事", "大家坐下来商量怎样修路，定了三件事。", NOW.date(), KEY, pictures=((png(), "议事现场"),))
    made = acts.record_activity(form=form, by=city["station"], at=NOW)
    assert "村头议事" not in visitor.get("/sites/zd1/").content.decode()  # not before a second person looked
    acts.show_activity(activity_id=made.pk, by=city["office"], at=NOW)
    cache.clear()
    page = visitor.get("/sites/zd1/").content.decode()
    for words in ("现在开放", "周一 08:00—12:00", "绿色信箱", "村头议事", "<svg", "另一个联络站", "公里"):
        assert words in page, words
    picture = re.search(r'src="(/activities/pictures/\d+/)"', page)[1]
    assert visitor.get(picture)["Content-Type"] == "image/png"
    assert "http" not in page.split("<main")[1].split("</main")[0]  # the map asks nobody


def test_the_directory_narrows(city, visitor, placed):
    assert "现在开放" in visitor.get("/sites/").content.decode()
    county = Site.objects.get(pk="zd1").area.code[:6]
    assert "中原路联络站" in visitor.get(f"/sites/?area={county}&function=liaison").content.decode()
    assert "中原路联络站" not in visitor.get("/sites/?function=legislation").content.decode()
    assert "中原路联络站" not in visitor.get("/sites/?q=另一个").content.decode()
    assert visitor.get("/sites/nowhere/").status_code == 404


@pytest.fixture
def reception(city):
    day = NOW.date() + timedelta(days=2)
    form = acts.ReceptionForm("zd1", day, later(0, 9).time(), later(0, 11).time(), 1, (city["deputy"].id,))
    return acts.plan_reception(form=form, by=city["station"], at=NOW)


def test_a_place_is_booked_once_with_a_proved_number(city, visitor, reception):
    path = f"/receptions/{reception.pk}/"
    assert path in visitor.get("/sites/zd1/").content.decode()
    page = visitor.post(path, {"action": "code", "phone": PHONE, "about": "说说修路的事"}).content.decode()
    assert "说说修路的事" in page
    code = re.search(r'<strong class="code">(\d{6})</strong>', page)[1]
    form = {"action": "book", "phone": PHONE, "code": code, "key": KEY, "about": "说说修路的事", "name": "老李"}
    booked = visitor.post(path, form)
    assert booked.status_code == 303 and "1号" in visitor.get(booked["Location"]).content.decode()
    again = visitor.post(path, {"action": "book", "key": "z" + KEY, "about": "再约一次"})
    assert again.status_code == 400 and "再约一次" in again.content.decode()
    assert Booking.objects.count() == 1


def test_a_full_day_says_that_one_may_come_all_the_same(city, visitor, reception):
    acts.book(reception_id=reception.pk, form=acts.BookingForm(KEY, phone=PHONE), by=city["deputy2"].public(), at=NOW)
    page = visitor.post(f"/receptions/{reception.pk}/", {"action": "code", "phone": "13800000009"}).content.decode()
    code = re.search(r'<strong class="code">(\d{6})</strong>', page)[1]
    answer = visitor.post(
        f"/receptions/{reception.pk}/", {"action": "book", "phone": "13800000009", "code": code, "key": "z" + KEY}
    )
    assert answer.status_code == 400 and "现场取号" in answer.content.decode()


def test_the_statements_do_not_grow(city, visitor, placed, village, reception):
    for path, most in (
        ("/deputies/", 12), (f"/deputies/?area={village.pk}", 12), ("/deputies/?q=甲", 12), ("/sites/", 12),
        ("/sites/zd1/", 15), (f"/deputies/{city['deputy'].id}/", 15), (f"/receptions/{reception.pk}/", 15),
    ):  # fmt: skip
        with CaptureQueriesContext(connection) as ran:
            assert visitor.get(path).status_code == 200, path
        assert len(ran) <= most, (path, len(ran))
