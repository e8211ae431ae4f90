"""A deputy on a telephone: three tabs at the thumb with the rest under them; on a desk the row of links as before."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import check_accessible, check_no_overflow
from tests.browser.test_every_page import session_of

pytestmark = pytest.mark.browser


def test_three_tabs_lead_everywhere_a_deputy_may_go(town, live_server, phone: Page, desktop: Page):
    for page in (phone, desktop):
        session_of(page, live_server, "deputy")
        page.goto("/desk/")
    row = desktop.get_by_role("navigation", name="主要栏目")
    expect(row.get_by_role("link", name="群众来信")).to_be_visible()
    expect(desktop.get_by_role("navigation", name="手机栏目")).to_have_count(0)
    reachable = {one.get_attribute("href") for one in row.get_by_role("link").all()}

    tabs = phone.get_by_role("navigation", name="手机栏目")
    expect(phone.get_by_role("navigation", name="主要栏目")).to_have_count(0)
    assert [one.inner_text().strip() for one in tabs.locator("> a, summary").all()] == ["今天", "群众", "我的"]
    for one in tabs.locator("> a, summary").all():
        box = one.bounding_box()
        assert box["height"] >= 44 and box["y"] + box["height"] <= 844
    found = {"/desk/"}
    for label in ("群众", "我的"):
        tabs.locator("summary", has_text=label).click()
        found |= {one.get_attribute("href") for one in tabs.get_by_role("link").all()}
        check_accessible(phone)
        check_no_overflow(phone)
    assert found == reachable
    tabs.get_by_role("link", name="我的履职档案").click()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("我的履职档案")
    expect(tabs.locator("details.here summary")).to_contain_text("我的")
    phone.evaluate("scrollTo(0, document.body.scrollHeight)")
    last = phone.get_by_role("button", name="退出登录").bounding_box()
    assert last["y"] + last["height"] <= tabs.bounding_box()["y"]  # nothing lies under the tabs
    tabs.locator("summary", has_text="群众").click()
    phone.get_by_role("heading", level=1).click(force=True)
    expect(tabs.locator("details[open]")).to_have_count(0)
