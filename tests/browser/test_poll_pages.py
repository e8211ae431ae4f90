"""The pages of polls at the desk and in public, looked at on a wide screen and on a telephone."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from quancheng.people.permissions import Actor
from quancheng.voting import acts
from tests.browser.test_every_page import look_at
from tests.browser.test_hall_walk import sign_in
from tests.voting.device_hall import DeviceHall

pytestmark = pytest.mark.browser


def test_polls_are_opened_and_read_by_anybody(live_server, desktop: Page):
    hall = DeviceHall()
    sign_in(desktop, live_server, hall.secretary)
    look_at(desktop, "/desk/polls/new/")
    desktop.get_by_label("谁可以参加，例如", exact=False).fill("和平路街道居民，每个手机号码一次")
    desktop.get_by_label("大约有多少人可以参加").fill("15")
    desktop.get_by_label("截止日期", exact=False).fill((timezone.localdate() + timedelta(days=5)).isoformat())
    desktop.get_by_label(re.compile("^名称")).fill("先办的事")
    desktop.get_by_label("方式").select_option("preference")
    desktop.get_by_label("选项或者事项", exact=False).fill("修路\n建桥\n种树")
    desktop.get_by_label("每人最多选几项", exact=False).fill("2")
    desktop.get_by_role("button", name="先看一看").click()
    assert desktop.get_by_text("大约只有15人可以参加").count() == 1
    desktop.get_by_role("button", name="开始征询").click()
    here = desktop.url.removeprefix(live_server.url)
    vote_id = int(here.strip("/").split("/")[-1])
    look_at(desktop, here)
    look_at(desktop, f"/polls/{vote_id}/")
    for number in range(6):
        acts.answer(vote_id=vote_id, choices=[[1 + number % 2]], phone=f"139{number:08d}", by=Actor.public(), at=timezone.now())
    acts.close_due(at=timezone.now() + timedelta(days=9))
    for path in (here, "/desk/polls/", f"/polls/{vote_id}/", "/polls/"):
        look_at(desktop, path)
