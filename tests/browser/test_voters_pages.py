"""A report to voters on a deputy's phone and at the station's desk."""

import re
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page, expect

from quancheng.contact.models import VotersReport
from tests.browser import steps
from tests.browser.conftest import check_accessible, check_no_overflow
from tests.browser.test_tablet import with_office

BODY = "一年来走访了十二个村，接待群众四十三人次，提出建议三件，其中两件已经落实，村里的路灯都亮了。" * 2


def test_a_deputy_announces_on_his_phone_and_the_station_holds_it(phone: Page, desktop: Page, town):
    with_office(town)
    day = timezone.localdate()
    steps.sign_in(phone, "deputy", "/desk/voters/")
    phone.get_by_text("预告一次述职").click()
    check_accessible(phone)
    phone.get_by_label("标题").fill("向选民报告一年的工作")
    phone.get_by_label("在哪个站点").select_option("zd1")
    phone.get_by_label("述职的日期").fill(day.isoformat())
    phone.get_by_label("提问和测评到哪一天截止").fill((day + timedelta(days=3)).isoformat())
    phone.get_by_label("履职情况").fill(BODY)
    steps.press(phone, "预告")
    steps.told(phone, "已预告")
    check_no_overflow(phone)
    steps.sign_in(desktop, "station", "/desk/voters/")
    desktop.get_by_role("link", name="向选民报告一年的工作").click()
    steps.press(desktop, "已当面述职，开始提问和测评")
    steps.told(desktop, "已记录述职")
    desktop.locator("details").evaluate_all("all => all.forEach(one => { one.open = true; })")
    check_accessible(desktop)
    check_no_overflow(desktop)
    expect(desktop.get_by_text("还没有提问")).to_be_visible()
    made = VotersReport.objects.get()
    assert made.state == "open"
    phone.goto(f"/voters/{made.pk}/")  # what a voter sees
    check_accessible(phone)
    check_no_overflow(phone)
    phone.get_by_label("我想问").fill("村口的桥什么时候修？")
    phone.get_by_label(re.compile("^验证码")).fill(steps.ask_code(phone))
    steps.press(phone, "提问")
    expect(phone.get_by_text("问题已提交")).to_be_visible()
    phone.get_by_label("基本满意").check()
    steps.press(phone, "测评")
    expect(phone.get_by_text("测评已计入")).to_be_visible()
    check_accessible(phone)
