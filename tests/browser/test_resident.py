"""A resident on a telephone: from the link on the poster to the receipt, and everything that can go wrong on the way."""

import json
import re
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from quancheng.consultations import acts, queries
from tests.browser import steps
from tests.browser.steps import WORDS
from tests.browser.town import PHONE


@pytest.fixture
def window(town):
    """An open consultation."""
    return town.consultation()


def stored(window) -> list:
    """Return the opinions on a consultation, oldest first."""
    return list(type(window).objects.get(pk=window.pk).opinions.order_by("id"))


def test_three_screens_from_the_poster_to_the_receipt(phone: Page, window, assert_accessible, assert_no_overflow):
    phone.goto(f"/c/{window.slug}/poster/")
    assert phone.get_by_role("img", name="扫码打开征求意见页面").is_visible()
    printed = re.search(r"http://\S+", phone.locator("main").inner_text())[0]
    phone.goto(printed)  # what the QR code on the poster holds
    assert urlsplit(phone.url).path == f"/c/{window.slug}/"
    assert_no_overflow(phone)
    steps.clause(phone, "第八条").get_by_role("link", name="对本条提意见").click()  # first screen: the clause
    expect(phone.locator(".clause-quote")).to_contain_text("应当在七日内修复")
    phone.get_by_label("您的意见").fill(WORDS)  # second screen: the words and the number (R1.15)
    phone.get_by_label("公开显示的称呼").fill("老李")
    steps.prove_phone(phone)
    assert phone.get_by_label("您的意见").input_value() == WORDS
    assert_accessible(phone)
    assert_no_overflow(phone)
    code = steps.hand_in(phone)  # third screen: the receipt
    expect(phone.get_by_role("status")).to_contain_text("意见已收到")
    expect(phone.get_by_role("img", name="回执页二维码")).to_be_visible()
    assert_accessible(phone)
    assert_no_overflow(phone)
    (opinion,) = stored(window)
    assert (opinion.receipt_code, opinion.body, opinion.display_name) == (code, WORDS, "老李")
    file = json.loads(steps.saved(phone, phone.get_by_role("link", name="保存回执文件")).read_text())
    assert file["code"] == code and WORDS in file["content"] and PHONE not in json.dumps(file)


def test_the_receipt_is_found_again_by_its_code(phone: Page, town, window):
    code = town.say(window, WORDS, "第八条").receipt_code
    phone.goto("/")
    phone.get_by_label("回执号").fill(f"{code[:4].lower()} {code[4:8]} {code[8:]}")
    steps.press(phone, "查看")
    assert steps.receipt_on(phone) == code
    expect(phone.get_by_text(WORDS)).to_be_visible()
    phone.goto("/r/")
    phone.get_by_label("回执号").fill("0000 0000 0000")
    steps.press(phone, "查看")
    assert "没有这个回执号" in steps.fault_of(phone)


def test_one_number_serves_for_the_whole_text_and_a_question_too(phone: Page, window):
    steps.write_on(phone, window.slug, "第八条", WORDS)
    steps.prove_phone(phone)
    steps.hand_in(phone)
    phone.goto(f"/c/{window.slug}/")
    phone.get_by_role("link", name="对全文提意见").first.click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("对全文提意见")
    expect(phone.get_by_text("138****0001")).to_be_visible()
    phone.get_by_label("您的意见").fill("希望条例写得再通俗一些。")
    phone.get_by_label("只给起草机关看").check()
    steps.hand_in(phone)
    phone.goto(f"/c/{window.slug}/")
    phone.get_by_role("link", name="回答").click()
    expect(phone.get_by_text("七日内修复合适吗")).to_be_visible()
    expect(phone.locator(".clause-quote")).to_contain_text("应当在七日内修复")
    phone.get_by_label("您的意见").fill("不合适，太长。")
    steps.hand_in(phone)
    expect(phone.get_by_text("七日内修复合适吗")).to_be_visible()
    on_clause, whole, answer = stored(window)
    assert (whole.anchor, whole.visibility) == ("", "private")
    assert (answer.question.text, answer.anchor) == ("七日内修复合适吗", on_clause.anchor)


def test_an_organisation_speaks_in_its_own_name(phone: Page, window):
    phone.goto(f"/c/{window.slug}/write/")
    phone.get_by_role("link", name="代表单位提意见").click()
    phone.get_by_label("单位名称").fill("濮阳市某物业管理协会")
    phone.get_by_label("您的意见").fill("建议明确维修费用由谁承担。")
    steps.prove_phone(phone)
    steps.hand_in(phone)
    (opinion,) = stored(window)
    assert (opinion.channel, opinion.organisation) == ("organisation", "濮阳市某物业管理协会")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"手机号": "12345"}, "手机号"),
        ({"验证码": "000000"}, "验证码不正确"),
        ({"您的意见": "　 \n "}, "请写下您的意见"),
        ({"您的意见": "字" * 10_001}, "最多10000字"),
    ],
    ids=["telephone", "code", "empty", "too-long"],
)
def test_nonsense_is_told_at_the_field_and_nothing_typed_is_lost(phone: Page, window, wrong, told, assert_accessible):
    steps.write_on(phone, window.slug, "第八条", WORDS)
    phone.get_by_label("公开显示的称呼").fill("老李")
    steps.prove_phone(phone)
    for label, words in wrong.items():
        phone.get_by_label(label, exact=label != "您的意见").fill(words)
    phone.locator("form[data-keep]").evaluate("form => form.noValidate = true")  # as a browser that checks nothing
    steps.press(phone, "提交意见")
    assert told in steps.fault_of(phone)
    expect(phone.locator("#faults")).to_be_focused()
    (label,) = wrong
    field = phone.get_by_label(label, exact=label != "您的意见")
    assert field.get_attribute("aria-invalid") == "true" and told in (phone.locator("p.error").inner_text())
    phone.locator("#faults a").click()
    expect(field).to_be_focused()
    assert_accessible(phone)
    assert phone.get_by_label("您的意见").input_value().strip() == wrong.get("您的意见", WORDS).strip()
    assert phone.get_by_label("公开显示的称呼").input_value() == "老李" and not stored(window)


def test_after_a_wrong_code_the_right_one_goes_through(phone: Page, window):
    steps.write_on(phone, window.slug, "第八条", WORDS)
    code = steps.ask_code(phone)
    phone.get_by_label("验证码", exact=True).fill(str((int(code) + 1) % 10**6).zfill(6))
    steps.press(phone, "提交意见")
    assert "验证码不正确" in steps.fault_of(phone)
    phone.get_by_label("验证码", exact=True).fill(code)
    steps.hand_in(phone)
    assert len(stored(window)) == 1


def test_a_double_click_stores_once(phone: Page, window):
    steps.write_on(phone, window.slug, "第八条", WORDS)
    steps.prove_phone(phone)
    phone.get_by_role("button", name="提交意见").dblclick(no_wait_after=True)
    assert steps.receipt_on(phone) == stored(window)[0].receipt_code
    assert len(stored(window)) == 1


def test_going_back_and_sending_again_stores_once(phone: Page, window):
    steps.write_on(phone, window.slug, "第八条", WORDS)
    steps.prove_phone(phone)
    first = steps.hand_in(phone)
    steps.write_on(phone, window.slug, "第九条", "再说一句：晚上也要能报修。")
    second = steps.hand_in(phone)  # the number is known by now: one form, one receipt
    phone.go_back()
    expect(phone.get_by_label("您的意见")).to_have_value("再说一句：晚上也要能报修。")  # the browser put it back
    assert steps.hand_in(phone) == second
    steps.write_on(phone, window.slug, "第八条", WORDS)
    assert steps.hand_in(phone) == first
    assert [o.receipt_code for o in stored(window)] == [first, second]


def test_the_same_words_of_another_person_are_another_opinion(phone: Page, window):
    steps.write_on(phone, window.slug, "第八条", "同意。")
    steps.prove_phone(phone)
    first = steps.hand_in(phone)
    steps.write_on(phone, window.slug, "第八条", "同意。")
    phone.get_by_text("换一个号码").click()
    steps.prove_phone(phone, "13800000002")
    assert steps.hand_in(phone) != first
    assert [o.body for o in stored(window)] == ["同意。", "同意。"]


def test_script_and_html_are_shown_as_typed(phone: Page, window):
    typed = "<script>document.title='坏'</script><img src=x onerror=alert(1)> <b>粗</b> &amp; 𠮷野家😀"
    phone.on("dialog", lambda dialog: pytest.fail("the words ran as a script"))
    steps.write_on(phone, window.slug, "第八条", typed)
    phone.get_by_label("公开显示的称呼").fill("<i>某</i>")
    steps.prove_phone(phone)
    assert phone.get_by_label("您的意见").input_value() == typed
    steps.hand_in(phone)
    expect(phone.get_by_text(typed)).to_be_visible()
    anchor = stored(window)[0].anchor
    phone.goto(f"/c/{window.slug}/clause/{anchor}/")
    expect(phone.get_by_text(typed)).to_be_visible()
    expect(phone.get_by_text("<i>某</i>")).to_be_visible()
    assert "坏" not in phone.title() and not phone.locator("main img, main b, main i").count()


def test_what_was_typed_waits_on_the_telephone_until_it_is_sent(phone: Page, window):
    steps.write_on(phone, window.slug, "第八条", WORDS)
    expect(phone.locator("[data-left]")).to_contain_text("还可以写")
    phone.goto("/")  # the telephone rang, the page was left
    phone.goto(f"/c/{window.slug}/")
    steps.clause(phone, "第八条").get_by_role("link", name="对本条提意见").click()
    expect(phone.get_by_label("您的意见")).to_have_value(WORDS)
    steps.prove_phone(phone)
    steps.hand_in(phone)
    phone.goto(f"/c/{window.slug}/")
    steps.clause(phone, "第八条").get_by_role("link", name="对本条提意见").click()
    expect(phone.get_by_label("您的意见")).to_have_value("")


@pytest.mark.parametrize("size", ["大", "特大"])
def test_large_type_stays_on_every_page_and_fits_the_screen(
    phone: Page, window, size, assert_accessible, assert_no_overflow
):
    phone.goto(f"/c/{window.slug}/")
    plain = phone.locator("main p.lead").evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    phone.get_by_role("link", name=size, exact=True).click()
    expect(phone.locator("html")).to_have_class(re.compile("type-"))
    assert urlsplit(phone.url).path == f"/c/{window.slug}/"
    large = phone.locator("main p.lead").evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    assert large >= plain * (1.24 if size == "大" else 1.49)
    assert_no_overflow(phone)
    steps.clause(phone, "第八条").get_by_role("link", name="对本条提意见").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("对第八条提意见")
    expect(phone.locator("html")).to_have_class(re.compile("type-"))
    assert_accessible(phone)
    assert_no_overflow(phone)
    phone.get_by_role("link", name="标准", exact=True).click()
    expect(phone.locator("html")).not_to_have_class(re.compile("type-"))


def press_until(page: Page, key: str, label: str, most: int = 80) -> None:
    """Press a key until what has that label or these words is focused, always where one can see it."""
    for _ in range(most):
        page.keyboard.press(key)
        name, visible = page.evaluate(
            """() => {
                const e = document.activeElement, box = e.getBoundingClientRect();
                const label = e.labels && e.labels[0] ? e.labels[0].firstChild.textContent : e.textContent;
                return [label.trim(), box.bottom > 0 && box.top < innerHeight && box.width > 0];
            }"""
        )
        assert visible, f"the focus is out of sight at {name}"
        if name.startswith(label):
            return
    raise AssertionError(f"{key} never led to {label}")


def test_by_keyboard_alone(desktop: Page, window):
    desktop.goto(f"/c/{window.slug}/")
    desktop.keyboard.press("Tab")
    assert desktop.evaluate("() => document.activeElement.textContent") == "跳到正文"
    desktop.keyboard.press("Enter")
    press_until(desktop, "Tab", "对全文提意见")
    desktop.keyboard.press("Enter")
    expect(desktop.get_by_role("heading", level=1)).to_have_text("对全文提意见")
    press_until(desktop, "Tab", "您的意见")
    desktop.keyboard.type(WORDS)
    press_until(desktop, "Tab", "手机号")
    desktop.keyboard.type(PHONE)
    press_until(desktop, "Tab", "获取验证码")
    desktop.keyboard.press("Enter")
    code = desktop.locator(".notice strong.code").inner_text()
    press_until(desktop, "Tab", "验证码")
    desktop.keyboard.type(code)
    press_until(desktop, "Tab", "提交意见")
    desktop.keyboard.press("Enter")
    receipt = steps.receipt_on(desktop)
    assert queries.by_receipt(receipt).opinion.body == WORDS


def test_without_script_everything_still_works(browser, live_server, window):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    steps.write_on(page, window.slug, "第八条", WORDS)
    steps.prove_phone(page)
    code = steps.hand_in(page)
    context.close()
    assert queries.by_receipt(code).opinion.body == WORDS


def test_s11_an_appeal_against_not_being_shown_is_decided_by_another_person(phone: Page, desktop: Page, town, window, assert_accessible):
    said = town.say(window, "这是单位对外公开的电话0393-6660000，充电桩坏了可以打。", "第八条")
    acts.withhold(
        opinion_id=said.pk, ground="personal_data", explanation="含他人电话号码。", by=town.actors["clerk"], at=timezone.now()
    )
    phone.goto(f"/r/{said.receipt_code}/")
    expect(phone.locator("main")).to_contain_text("含他人电话号码。")
    phone.get_by_label("申诉理由").fill("不")
    steps.press(phone, "提交申诉")
    assert "申诉的理由" in steps.fault_of(phone)
    expect(phone.get_by_label("申诉理由")).to_have_value("不")
    assert_accessible(phone)
    phone.get_by_label("申诉理由").fill("这个电话是单位公开的，不是个人的。")
    steps.press(phone, "提交申诉")
    expect(phone.locator("main")).to_contain_text("您的申诉：这个电话是单位公开的，不是个人的。")
    expect(phone.get_by_label("申诉理由")).to_have_count(0)  # once
    steps.sign_in(desktop, "releaser", "/desk/appeals/")
    desktop.get_by_label("复核理由").fill("是单位公开的电话，恢复显示。")
    steps.press(desktop, "恢复显示")
    phone.reload()
    expect(phone.locator("main")).to_contain_text("是单位公开的电话，恢复显示。")
    assert stored(window)[0].visibility == "shown"
