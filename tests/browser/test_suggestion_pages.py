"""代表建议 in the demo city: every page in every state as each who sees it, and a walk on a telephone."""

import re

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from quancheng.demo import city
from quancheng.people import queries as people
from quancheng.suggestions import queries as suggestions
from tests.browser.test_every_page import look_at


@pytest.fixture
def built(live_server):
    cache.clear()
    return city.build_city(opinions=8)


def sign_in(page: Page, live_server, username: str) -> None:
    client = Client()
    assert client.post("/sign-in/", {"username": username, "password": city.PASSWORD}).status_code == 302
    page.context.clear_cookies()
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])


def actor(username: str):
    return people.actor_for(people.account_named(username).pk, timezone.localdate())


def by_state() -> dict[str, int]:
    rows = suggestions.office_list("dbgw", actor("office1"), suggestions.Filters()).rows
    return {row.case.state: row.pk for row in reversed(rows)}


def everything() -> list[int]:
    return [row.pk for row in suggestions.office_list("dbgw", actor("office1"), suggestions.Filters()).rows]


def test_every_page_as_each_who_sees_it(desktop: Page, built, live_server):
    assert set(by_state()) >= {
        "submitted", "returned", "checked", "assigned", "contacting", "answered", "redo", "answered_again", "assessing",
        "tracking", "closed",
    }  # fmt: skip
    seen_by = {
        "office1": ["/desk/suggestions/", "/desk/suggestions/?state=assigned", "/desk/league/"],
        "unit2": ["/desk/inbox/", "/desk/inbox/?which=late"], "head3": ["/desk/inbox/"],
        "deputy1": ["/desk/suggestions/mine/", "/desk/suggestions/new/"],
    }  # fmt: skip
    for username, paths in seen_by.items():
        sign_in(desktop, live_server, username)
        for path in paths:
            look_at(desktop, path)
        seen = 0
        for pk in by_state().values() if username == "office1" else everything():
            answer = Client(headers={"cookie": f"sessionid={desktop.context.cookies()[0]['value']}"}).get(f"/desk/suggestions/{pk}/")
            assert answer.status_code in (200, 403)
            if answer.status_code == 200 and (username == "office1" or seen < 4):
                seen += 1
                look_at(desktop, f"/desk/suggestions/{pk}/")
        assert seen >= (11 if username == "office1" else 1), username


def test_the_public_pages(desktop: Page, built):
    look_at(desktop, "/suggestions/")
    look_at(desktop, "/suggestions/?q=没有这个词")
    desktop.goto("/suggestions/")
    desktop.locator("main a[href*='/suggestions/suggestion-']").first.click()
    look_at(desktop, re.sub(r"^https?://[^/]+", "", desktop.url))


def test_a_deputy_writes_on_the_telephone(phone: Page, built, live_server):
    sign_in(phone, live_server, "deputy1")
    phone.goto("/desk/suggestions/mine/")
    phone.get_by_role("link", name="写一件建议").first.click()
    phone.get_by_label("标题").fill("关于修好村口路灯的建议")
    phone.get_by_label("内容").fill("太短")
    phone.get_by_role("button", name="保存草稿").click()
    expect(phone.get_by_role("alert")).to_be_visible()
    expect(phone.get_by_label("标题")).to_have_value("关于修好村口路灯的建议")
    phone.get_by_label("内容").fill("村口三盏路灯坏了半年，晚上走路看不见，请派人维修，并公布报修电话。")
    phone.get_by_role("button", name="保存草稿").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("关于修好村口路灯的建议")
    phone.get_by_role("button", name="提交建议").click()
    expect(phone.get_by_text("已提交，由代表工委审核后交办。")).to_be_visible()
