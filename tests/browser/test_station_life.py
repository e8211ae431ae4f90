"""A station's desk in the demo city: every page as each who sees it, and a reception day run on a telephone."""

import re

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from quancheng.contact import acts as contact
from quancheng.contact import queries as contact_queries
from quancheng.demo import roster, stage, station_life
from tests.browser.conftest import check_accessible, check_no_overflow
from tests.browser.steps import press, told
from tests.browser.test_every_page import look_at


@pytest.fixture
def ground(live_server):
    """The demo city's people and stations, with the stations' life and no opinions."""
    cache.clear()
    made = stage.City(today=timezone.localdate(), scale=stage.SMALL)
    roster.build_roster(made)
    with transaction.atomic():
        station_life.build_station_life(
            bench=made.bench, site_staff=dict(list(made.site_staff.items())[:8]), now=timezone.now()
        )
    return made


def sign_in(page: Page, live_server, username: str) -> None:
    client = Client()
    assert client.post("/sign-in/", {"username": username, "password": stage.PASSWORD}).status_code == 302
    page.context.clear_cookies()
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])


def test_every_page_of_a_station(desktop: Page, ground, live_server):
    for username in ("office1", "station2"):
        sign_in(desktop, live_server, username)
        station = "/desk/stations/zd002/"
        paths = ["/desk/stations/", station, station + "days/", station + "activities/", station + "checks/"]
        days = contact_queries.days_of(contact_queries.site_page("zd002", timezone.now()).site, timezone.localdate())
        paths += [f"/desk/receptions/{r.pk}/" for r in [*days.coming[:1], *days.past[:1]]]
        code = contact_queries.site_page("zd002", timezone.now()).code
        paths += [station + "tablets/", f"/desk/codes/{code}/poster/"]
        paths += ["/desk/codes/", "/desk/codes/sheet/", "/desk/grids/"] if username == "office1" else []
        assert len(paths) == (12 if username == "office1" else 9)
        for path in paths:
            look_at(desktop, path)
        desktop.goto(station + "activities/")
        expect(desktop.locator("figure img").first).to_be_visible()


def test_a_reception_day_on_a_telephone(phone: Page, ground, live_server):
    keeper, today = ground.site_staff["zd001"], timezone.localdate()
    now = timezone.localtime()
    form = contact.ReceptionForm(
        site="zd001", day=today, starts=now.time().replace(hour=0, minute=0), ends=now.time().replace(hour=23, minute=59),
        capacity=3, deputies=(ground.deputies[0].id,),
    )
    made = contact.plan_reception(form=form, by=keeper, at=timezone.now())
    sign_in(phone, live_server, "station1")
    phone.goto("/desk/site/")
    phone.get_by_role("link", name="值班和接待日").first.click()
    phone.locator(f"a[href='/desk/receptions/{made.pk}/']").click()
    phone.get_by_label("称呼（可不填）").fill("赵大爷")
    press(phone, "取号")
    told(phone, "取号：1号")
    press(phone, "叫下一位")
    told(phone, "请1号")
    expect(phone.get_by_role("button", name="已接待")).to_be_visible()
    check_accessible(phone)
    check_no_overflow(phone)
    press(phone, "已接待")
    press(phone, f"{ground.deputies[0].name}已到")
    told(phone, "已记入代表履职记录")
    press(phone, "结束这次接待")
    expect(phone.locator("main")).to_contain_text(re.compile("已结束"))
