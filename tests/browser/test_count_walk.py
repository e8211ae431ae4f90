"""A vote by paper with a difference between the tellers, and a recorded vote by two members, walked in browsers."""

import re

import pytest
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Page, expect

from quancheng.people.models import Account
from tests.browser.conftest import check_accessible, check_no_overflow
from tests.voting.test_count import PaperHall

pytestmark = pytest.mark.browser


@pytest.fixture
def become(live_server, settings):
    """Let a browser be somebody who signed in, and open a page."""
    settings.HALL_NETWORKS = "127.0.0.0/8"
    cache.clear()

    def act(page: Page, actor, path: str) -> None:
        client = Client()
        client.force_login(Account.objects.get(pk=actor.id))
        session = client.session
        session["account"] = actor.id
        session.save()
        page.context.clear_cookies()
        page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
        page.goto(path)
        check_accessible(page)
        check_no_overflow(page)

    return act


def press(page: Page, name: str | re.Pattern) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name).first.click()


def count(phone: Page, become, teller, path: str, numbers: dict[str, str]) -> None:
    become(phone, teller, path)
    for label, number in numbers.items():
        phone.get_by_label(label).fill(number)
    press(phone, "交计票单")


def test_paper_is_counted_by_two_apart(desktop: Page, phone: Page, become):
    hall = PaperHall()
    run, duty = f"/desk/votes/{hall.paper.pk}/count/", f"/desk/counting/{hall.paper.pk}/"
    become(desktop, hall.secretary, run)
    with desktop.expect_download() as paper:
        desktop.get_by_role("link", name="打印表决票").click()
    assert paper.value.path().read_bytes().startswith(b"%PDF")
    become(desktop, hall.secretary, run)
    press(desktop, "开始表决")
    press(desktop, "登记发出的选票")
    press(desktop, "截止表决")
    right = {"收回的选票（举手的，填举手的总人数）": "8", "赞成": "6", "反对": "1", "弃权": "0", "有效票": "7", "无效票": "1"}
    count(phone, become, hall.tellers[0], duty, {**right, "有效票": "8"})
    expect(phone.get_by_text("不等于收回的8张")).to_be_visible()
    expect(phone.get_by_label("赞成")).to_have_value("6")  # what was typed is kept
    count(phone, become, hall.tellers[0], duty, right)
    expect(phone.get_by_text("请等另一位计票人")).to_be_visible()
    count(phone, become, hall.tellers[1], duty, {**right, "赞成": "5", "反对": "2"})
    expect(phone.get_by_role("heading", name="两份计票单不一致，请重新数")).to_be_visible()
    check_accessible(phone)
    for teller in hall.tellers:
        count(phone, become, teller, duty, right)
    expect(phone.get_by_role("heading", name="两份计票单一致")).to_be_visible()
    for watcher in hall.watchers[:2]:
        become(phone, watcher, "/desk/counting/")
        phone.get_by_role("link", name="计票和签字").last.click()
        press(phone, "我在场监督了计票，签字")
    become(desktop, hall.head, run)
    press(desktop, "当场宣布结果")
    become(phone, hall.head, "/votes/")
    phone.get_by_role("link", name="决议草案").click()
    expect(phone.get_by_text("通过：6票，须5票")).to_be_visible()
    check_accessible(phone)
    check_no_overflow(phone)


def test_a_recorded_vote_stands_by_name_after_it_is_announced(desktop: Page, phone: Page, become):
    hall = PaperHall(mode="recorded")
    run = f"/desk/votes/{hall.paper.pk}/count/"
    become(desktop, hall.secretary, run)
    press(desktop, "开始表决")
    for watcher, words in ((hall.watchers[0], "赞成"), (hall.watchers[1], "反对"), (hall.watchers[1], "赞成")):
        become(phone, watcher, "/desk/counting/")
        phone.get_by_role("link", name=re.compile("去表决")).click()
        press(phone, "按下表决")
        expect(phone.get_by_text("须选1项")).to_be_visible()  # nothing chosen: nothing is counted
        phone.get_by_label(words).check()
        press(phone, "按下表决")
        expect(phone.get_by_text("已按。截止以前可以再按")).to_be_visible()
    check_accessible(phone)
    become(desktop, hall.secretary, run)
    expect(desktop.get_by_text("已按2人，到会8人")).to_be_visible()
    press(desktop, re.compile("还有6人没有按，仍然截止"))
    become(desktop, hall.head, run)
    press(desktop, "当场宣布结果")
    desktop.goto(f"/votes/{hall.paper.pk}/")
    expect(desktop.get_by_role("row", name="watcher2 赞成")).to_be_visible()
    check_accessible(desktop)
