"""What nobody planned: the window closes while people type, two decide at once, the server dies after it said yes."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from quancheng.consultations.models import Opinion
from tests.browser import desk_steps as desk
from tests.browser import steps
from tests.browser.server import BUILD, Server
from tests.browser.steps import WORDS
from tests.browser.town import REASON

OTHER_REASON = "施行前需要改造配电设施，三日内修复目前做不到，这是我写了很久的理由。"


def minutes_to_midnight(window, minutes: int) -> datetime:
    """Return the moment that long before the last day of a window is over."""
    end = window.closes_on + timedelta(days=1)
    return datetime(end.year, end.month, end.day, tzinfo=timezone.get_default_timezone()) - timedelta(minutes=minutes)


def test_who_began_before_the_end_may_finish_his_sentence(phone: Page, town, clock):
    window = town.consultation()
    clock.set(minutes_to_midnight(window, 10))
    phone.goto(f"/c/{window.slug}/")
    expect(phone.get_by_text("今天截止")).to_be_visible()
    steps.write_on(phone, window.slug, "第八条", WORDS)
    clock.forward(minutes=25)  # a quarter of an hour past midnight
    steps.prove_phone(phone)
    steps.hand_in(phone)
    assert window.opinions.get().body == WORDS


def test_after_the_grace_the_words_stay_and_other_ways_are_told(
    phone: Page, town, clock, assert_accessible, assert_no_overflow
):
    window = town.consultation()
    clock.set(minutes_to_midnight(window, 10))
    steps.write_on(phone, window.slug, "第八条", WORDS)
    clock.forward(minutes=60)
    steps.prove_phone(phone)
    steps.press(phone, "提交意见")
    expect(phone.get_by_role("alert")).to_contain_text("截止")
    expect(phone.get_by_role("alert")).to_contain_text("0393-6660000")
    expect(phone.get_by_label("您的意见")).to_have_value(WORDS)
    assert_accessible(phone)
    assert_no_overflow(phone)
    assert not window.opinions.exists()


def test_a_form_opened_after_the_end_says_so_before_anybody_types(phone: Page, town, clock):
    window = town.consultation()
    clock.set(minutes_to_midnight(window, -1))
    phone.goto(f"/c/{window.slug}/")
    expect(phone.get_by_role("link", name="对本条提意见")).to_have_count(0)
    phone.goto(f"/c/{window.slug}/write/?anchor=a8")
    expect(phone.get_by_text("现在不在征求意见的时间内")).to_be_visible()
    expect(phone.get_by_role("link", name="0393-6660000")).to_be_visible()


@pytest.fixture
def two(visitors, town) -> tuple[Page, Page, Opinion]:
    """Two clerks before the same opinion."""
    opinion = town.say(town.consultation(), "七日太长，三日内就该修好。", "第八条")
    pages = visitors.desktop(), visitors.desktop()
    for page, username in zip(pages, ("clerk", "clerk2"), strict=True):
        steps.sign_in(page, username)
    return *pages, opinion


def decide(page: Page, decision: str, reason: str) -> None:
    page.get_by_label("怎样处理").select_option(label=decision)
    page.get_by_label("理由（作者会看到）").fill(reason)
    steps.press(page, "记下决定")


def test_the_second_of_two_is_told_who_was_first_and_keeps_his_words(two, assert_accessible):
    first, second, opinion = two
    for page in (first, second):
        page.goto(f"/desk/opinions/{opinion.pk}/")
    decide(first, "采纳", REASON)
    steps.told(first, "决定已记录")
    decide(second, "未采纳", OTHER_REASON)
    fault = steps.fault_of(second)
    assert "王经办" in fault and "采纳" in fault
    expect(second.get_by_label("理由（作者会看到）")).to_have_value(OTHER_REASON)
    expect(second.get_by_label("怎样处理").locator("option:checked")).to_have_text("未采纳")
    assert_accessible(second)
    opinion.refresh_from_db()
    assert (opinion.decision, opinion.reason, opinion.decision_records.count()) == ("adopted", REASON, 1)
    decide(second, "部分采纳", OTHER_REASON)  # he has read what the first decided, and decides anew
    steps.told(second, "决定已记录")
    assert opinion.decision_records.count() == 2


def test_the_same_from_the_list_with_many_selected(two):
    first, second, opinion = two
    path = f"/desk/consultations/{opinion.consultation.slug}/opinions/"
    second.goto(path)
    desk.choose(second, opinion.body)
    second.get_by_text("作出决定", exact=True).click()
    bulk = second.locator(".bulk")
    bulk.locator("[name=decision]").select_option(label="未采纳")
    bulk.get_by_label(re.compile("^理由（")).fill(OTHER_REASON)
    first.goto(f"{path}?open={opinion.pk}")
    decide(first, "采纳", REASON)
    steps.told(first, "决定已记录")
    steps.press(second, "对选中的意见作出决定")
    assert "王经办" in steps.fault_of(second)
    expect(bulk.get_by_label(re.compile("^理由（"))).to_have_value(OTHER_REASON)
    expect(desk.row_of(second, opinion.body).get_by_label("选择这条意见")).to_be_checked()


def test_two_who_mend_the_same_text(two, town):
    first, second, _ = two
    version = town.revision()
    for page in (first, second):
        page.goto(f"/desk/texts/{version.pk}/")
    box = "全文（可直接修改）"
    for page, words in ((first, "第一位的修改"), (second, "第二位的修改")):
        page.get_by_label(box).fill(page.get_by_label(box).input_value().replace("便民", words))
        steps.press(page, "保存并重新识别")
    steps.told(first, "已保存")
    assert "由他人保存" in steps.fault_of(second)
    assert "第二位的修改" in second.get_by_label(box).input_value()
    version.refresh_from_db()
    assert "第一位的修改" in version.source and "第二位" not in version.source


@pytest.fixture
def server(tmp_path) -> Iterator[Server]:
    """A server of its own with the town in it."""
    made = Server(tmp_path)
    try:
        made.slug = made.run("-c", BUILD)
        made.start()
        yield made
    finally:
        made.remove()


def test_what_was_acknowledged_outlives_a_killed_server(visitors, server: Server):
    phone = visitors.phone(server.url)
    steps.write_on(phone, server.slug, "第八条", WORDS)
    steps.prove_phone(phone)
    fields = phone.locator("form[data-keep]").evaluate("form => Object.fromEntries(new FormData(form))")
    said_yes = phone.request.post(f"/c/{server.slug}/write/", form={**fields, "action": "submit"}, max_redirects=0)
    server.kill()
    assert said_yes.status == 303
    receipt = said_yes.headers["location"]
    server.start()
    again = phone.request.post(f"/c/{server.slug}/write/", form={**fields, "action": "submit"}, max_redirects=0)
    assert again.headers["location"] == receipt  # who saw no answer sends it again, and gets the same receipt
    server.quancheng("sweep")
    phone.goto(receipt)
    assert steps.receipt_on(phone) == receipt.split("/")[2]
    expect(phone.get_by_text(WORDS)).to_be_visible()
    expect(phone.get_by_text("已入账")).to_be_visible()
    assert len(phone.request.get(f"/c/{server.slug}/open-data.json").json()) == 1
    assert "全部核验通过" in server.quancheng("ledger", "verify")
