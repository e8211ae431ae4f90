"""Station staff enter a villager's words from a paper form, and see what became of them; a deputy speaks."""

import re

import pytest
from playwright.sync_api import Page, expect

from quancheng.consultations import acts
from tests.browser import steps
from tests.browser.town import REASON

SPOKEN = "俺家那充电的坏了半个月没人管，七天修好就中。"
WRITTEN = "建议第八条增加逾期不修复时的临时替代措施。"


@pytest.fixture
def window(town):
    """An open consultation at the station."""
    return town.consultation()


@pytest.fixture
def station(desktop: Page, window) -> Page:
    """The form for a paper opinion, opened from the station's page."""
    steps.sign_in(desktop, "station", "/desk/site/")
    desktop.get_by_role("link", name="录入一份意见").click()
    expect(desktop.get_by_role("heading", level=1)).to_have_text("录入一份意见")
    return desktop


def fill_form(page: Page, body: str = SPOKEN) -> None:
    """Type a paper form in, consent included."""
    page.get_by_label("针对哪一条").select_option("a8")
    page.get_by_label(re.compile("^群言群语")).fill(body)
    page.get_by_label(re.compile("^法言法语")).fill(WRITTEN)
    page.get_by_label(re.compile("^公开显示的称呼")).fill("张大爷")
    page.get_by_label("本人当面口头同意").check()
    page.get_by_label(re.compile("^在场见证人")).fill("李邻居")
    page.get_by_label("本人同意由站点代为录入").check()


def enter(page: Page) -> str:
    """Press the button; return the receipt code to hand to the villager."""
    page.get_by_role("button", name="代为提交意见").click()
    steps.told(page, "已录入")
    return re.sub(r"\s", "", page.locator(".receipt-note .code").inner_text())


def test_a_villagers_words_enter_with_his_consent(station: Page, window, phone, assert_accessible, assert_no_overflow):
    fill_form(station)
    assert_accessible(station)
    assert_no_overflow(station)
    code = enter(station)
    assert_accessible(station)
    (opinion,) = window.opinions.all()
    assert (opinion.channel, opinion.site_id, opinion.body, opinion.legal_wording) == ("site", "zd1", SPOKEN, WRITTEN)
    assert (opinion.receipt_code, opinion.anchor, opinion.display_name) == (code, "a8", "张大爷")
    assert (opinion.consent_how, opinion.witness) == ("spoken", "李邻居")
    phone.goto(f"/r/{code}/")  # the villager at home
    expect(phone.get_by_text(SPOKEN)).to_be_visible()
    expect(phone.get_by_text(WRITTEN)).to_be_visible()
    expect(phone.get_by_text("中原路联络站").first).to_be_visible()


def test_the_next_form_begins_empty_at_the_same_clause(station: Page, window):
    fill_form(station)
    first = enter(station)
    expect(station.get_by_label("针对哪一条")).to_have_value("a8")
    expect(station.get_by_label(re.compile("^群言群语"))).to_have_value("")
    fill_form(station, "楼下没地方晒被子。")
    assert enter(station) != first
    assert window.opinions.count() == 2


@pytest.mark.parametrize("left_out", ["本人同意由站点代为录入", "本人当面口头同意"])
def test_without_consent_nothing_enters_and_nothing_typed_is_lost(station: Page, window, left_out):
    fill_form(station)
    box = station.get_by_label(left_out)
    if left_out.startswith("本人同意"):
        box.uncheck()
    else:
        box.evaluate("radio => radio.checked = false")
    steps.press(station, "代为提交意见")
    assert "同意" in steps.fault_of(station)
    station.locator("#faults a").click()
    expect(station.locator("fieldset#f-consent")).to_be_focused()
    expect(station.get_by_label(re.compile("^群言群语"))).to_have_value(SPOKEN)
    expect(station.get_by_label(re.compile("^法言法语"))).to_have_value(WRITTEN)
    assert not window.opinions.exists()
    station.get_by_label("本人在纸质表上签字").check()
    station.get_by_label("本人同意由站点代为录入").check()
    enter(station)


def test_a_double_click_and_a_way_back_enter_one_form_once(station: Page, window):
    fill_form(station)
    station.get_by_role("button", name="代为提交意见").dblclick(no_wait_after=True)
    expect(station.locator(".receipt-note")).to_be_visible()
    assert window.opinions.count() == 1
    station.go_back()
    fill_form(station)
    steps.press(station, "代为提交意见")
    assert "与刚才录入的一份完全相同" in steps.fault_of(station)
    assert window.opinions.count() == 1
    station.get_by_label("这是另一个人的意见").check()  # two neighbours may well say the same
    enter(station)
    assert window.opinions.count() == 2


def test_the_station_sees_what_became_of_it_after_the_answer(station: Page, window, town, clock, assert_accessible):
    fill_form(station)
    enter(station)
    station.goto("/desk/site/sent/")
    row = station.get_by_role("row").filter(has_text=SPOKEN)
    expect(row).to_contain_text("第八条")
    expect(row).not_to_contain_text("采纳")
    clock.forward(days=32)
    town.sorted(window)
    lead, (opinion,) = town.actors["lead"], window.opinions.all()
    acts.decide(opinion_ids=[opinion.pk], decision="adopted", reason=REASON, by=lead, at=clock())
    following = town.revise(window)
    acts.link_change(opinion_ids=[opinion.pk], version_id=following.pk, anchor="a8", by=lead, at=clock())
    acts.mark_decided(consultation_id=window.pk, by=lead, at=clock())
    acts.reply_all(consultation_id=window.pk, by=lead, at=clock())
    steps.sign_in(station, "station", "/desk/")  # a month later
    station.get_by_role("link", name="看每一条的去向").click()
    row = station.get_by_role("row").filter(has_text=SPOKEN)
    for words in ("采纳", REASON, "第八条"):
        expect(row).to_contain_text(words)
    assert_accessible(station)


def test_a_deputy_speaks_under_his_name(phone: Page, window, assert_accessible, assert_no_overflow):
    steps.sign_in(phone, "deputy")
    phone.get_by_role("link", name=window.title).click()
    phone.get_by_label("针对哪一条").select_option("a8")
    phone.get_by_label("意见", exact=True).fill("建议把修复时限改为三日，并公示原因。")
    assert_no_overflow(phone)
    steps.press(phone, "提交意见")
    steps.told(phone, "意见已提交")
    expect(phone.get_by_text("建议把修复时限改为三日")).to_be_visible()
    assert_accessible(phone)
    assert_no_overflow(phone)
    (opinion,) = window.opinions.all()
    assert (opinion.channel, opinion.display_name) == ("deputy", "吴代表")
    phone.go_back()
    phone.get_by_label("针对哪一条").select_option("a8")
    phone.get_by_label("意见", exact=True).fill("建议把修复时限改为三日，并公示原因。")
    steps.press(phone, "提交意见")
    steps.told(phone, "已经提交过")
    assert window.opinions.count() == 1
