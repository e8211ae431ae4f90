"""What people do on a page, step by step, by what they see: labels, buttons, links."""

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.browser.town import PASSWORD, PHONE

WORDS = "七日太长了，老人家上下楼全靠它，三日内就应当修好。"


def press(page: Page, name: str) -> None:
    """Press the button of that name, and wait for the page that it leads to."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def sign_in(page: Page, username: str, onward: str = "/desk/") -> None:
    """Sign in as a member of staff and go on to a page of the desk."""
    page.goto(f"/sign-in/?next={onward}")
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    press(page, "登录")
    expect(page).to_have_url(re.compile(re.escape(onward) + "$"))


def clause(page: Page, label: str) -> Locator:
    """Return the article of the public page that begins with a label, as 第八条."""
    return page.locator("article.clause").filter(has=page.locator(".law strong", has_text=re.compile(f"^{label}$")))


def write_on(page: Page, slug: str, label: str, words: str) -> None:
    """Open the consultation, pick a clause and type words."""
    page.goto(f"/c/{slug}/")
    clause(page, label).get_by_role("link", name="对本条提意见").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"对{label}提意见")
    page.get_by_label("您的意见").fill(words)


def ask_code(page: Page, phone: str = PHONE) -> str:
    """Give the telephone number, ask for its code, and return the code that the town shows."""
    page.get_by_label(re.compile("^手机号")).fill(phone)
    press(page, "获取验证码")
    shown = page.locator(".notice strong.code")
    expect(shown).to_be_visible()
    return shown.inner_text().strip()


def prove_phone(page: Page, phone: str = PHONE) -> None:
    """Ask for a code and type it in."""
    page.get_by_label(re.compile("^验证码")).fill(ask_code(page, phone))


def hand_in(page: Page) -> str:
    """Press the button and return the receipt code."""
    press(page, "提交意见")
    return receipt_on(page)


def receipt_on(page: Page) -> str:
    """Return the receipt code of the page at hand."""
    expect(page.get_by_role("heading", level=1)).to_contain_text("回执号")
    return re.sub(r"\s", "", page.locator("h1 .code").inner_text())


def saved(page: Page, link: Locator) -> Path:
    """Press a link that saves a file, and return where it was saved."""
    with page.expect_download() as waiting:
        link.click()
    return Path(waiting.value.path())


def fault_of(page: Page) -> str:
    """Return what the page says is wrong, at the top of the form."""
    expect(page.locator("#faults")).to_be_visible()
    return page.locator("#faults").inner_text()


def told(page: Page, words: str) -> None:
    """See that the desk says what was done."""
    expect(page.locator(".notice.done[role=status]")).to_contain_text(words)
