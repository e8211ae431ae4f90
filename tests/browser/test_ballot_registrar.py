"""The registrar at his own device: key, cards on paper, roll, presence, paper handed out; a card goes to the booth."""

import io
import json
import re
from collections.abc import Iterator
from contextlib import ExitStack

import pypdfium2
import pytest
from playwright.sync_api import Browser, Page, expect

from quancheng.ballots import cards, simulate
from tests.browser.ballot_hall import G, House, serving
from tests.browser.conftest import check_accessible, check_no_overflow, watched
from tests.browser.test_ballot_booth import press, put

PASS = "春天的河水很绿很绿"
QUESTIONS = [simulate.approval(3, 2, 2), simulate.choice("决议草案", ("赞成", "反对", "弃权"), "majority")]


@pytest.fixture
def house() -> House:
    house = House(QUESTIONS, base=12)
    house.thaw()
    return house


@pytest.fixture
def pair(browser: Browser, house: House) -> Iterator[tuple[Page, Page]]:
    """The registrar's desk and a booth."""
    expect.set_options(timeout=15_000)  # passphrases are stretched on purpose
    with ExitStack() as stack:
        url = stack.enter_context(serving(house))
        desk = stack.enter_context(watched(browser, url, 1280, 900, touch=False))
        yield desk, stack.enter_context(watched(browser, url, 390, 844, touch=True))
    expect.set_options(timeout=5_000)


def title(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def begun(desk: Page) -> None:
    desk.goto("/hall/pages/registrar?vote=1")
    title(desk, "建立签到组的钥匙")
    desk.get_by_label("口令（至少 10 个字符）").fill(PASS + "啊")
    desk.get_by_label("再输一次口令").fill(PASS + "啊")
    desk.get_by_role("button", name="生成").click()
    title(desk, "登记公钥")
    desk.get_by_role("button", name="登记公钥").click()
    expect(desk.get_by_text("公钥已经登记。")).to_be_visible()


def refreshed(desk: Page) -> None:
    desk.evaluate("() => refresh()")


def printed(desk: Page) -> list[str]:
    """What stands on the paper, card by card."""
    words = ""
    with pypdfium2.PdfDocument(io.BytesIO(desk.pdf(prefer_css_page_size=True))) as paper:
        for page in paper:
            words += page.get_textpage().get_text_bounded()
    return ["QC1" + re.sub(r"\s", "", one) for one in re.findall(r"(?:[A-Z2-7]{4}\s+){7}[A-Z2-7]{4}", words)]


def test_from_the_cards_to_paper_and_the_booth(pair: tuple[Page, Page], house: House):
    desk, booth = pair
    begun(desk)
    house.freeze()
    refreshed(desk)
    title(desk, "签到组")
    expect(desk.get_by_text("监票人生成密钥以后，才能提交名册")).to_be_visible()
    desk.get_by_label("张数").fill("0")
    desk.get_by_role("button", name="生成", exact=True).click()
    expect(desk.get_by_text("张数须在 1 至 5000 之间")).to_be_visible()
    desk.get_by_label("张数").fill("12")
    desk.get_by_role("button", name="生成", exact=True).click()
    expect(desk.get_by_text("12 张卡已经生成")).to_be_visible()
    check_accessible(desk)
    held = printed(desk)
    keys = sorted(G.base(cards.read(G, one)).hex() for one in held)
    assert len(set(held)) == 12
    assert not desk.get_by_role("img", name="表决卡").first.is_visible()
    shown = desk.evaluate("() => [...document.querySelectorAll('#cards .qr path')].map(one => one.getAttribute('d'))")
    assert shown == desk.evaluate("texts => texts.map(text => QrCode.svg(text, '').querySelector('path').getAttribute('d'))", held)
    desk.get_by_role("button", name="都打印好了，忘掉这些卡").click()
    expect(desk.get_by_text("这台设备记着 12 张已打印的卡的公钥")).to_be_visible()
    left = desk.evaluate("() => document.documentElement.outerHTML + JSON.stringify(desk.store.data) + JSON.stringify(localStorage)")
    assert not [one for one in held if one[3:] in left or one[3:7] + " " + one[7:11] in left]
    house.make_keys()
    house.catch_up()
    refreshed(desk)
    desk.get_by_role("button", name="签名并提交名册").click()
    expect(desk.get_by_text("还没有登记到会人数")).to_be_visible()
    assert house.board.of("roll")[0]["credentials"] == keys
    desk.get_by_label("实到人数").fill("13")
    desk.get_by_role("button", name="签名并登记").click()
    expect(desk.get_by_text("到会人数须在 1 至 12 之间")).to_be_visible()
    desk.get_by_label("实到人数").fill("10")
    desk.get_by_role("button", name="签名并登记").click()
    expect(desk.get_by_text("已登记到会 10 人")).to_be_visible()
    house.open_now()
    refreshed(desk)
    check_accessible(desk)
    check_no_overflow(desk)

    booth.goto("/hall/pages/booth?vote=1")
    put(booth, held[0])
    code = press(booth, "项目 1", "赞成")
    hand(desk, held[0], f"已有电子票（查询码 {code[:4]} {code[4:]}）")
    hand(desk, held[1][:-3], "没有读全")
    hand(desk, cards.text(bytes(16)), "不在登记名册中")
    hand(desk, held[1], "")
    desk.get_by_role("button", name="发出纸票").click()
    expect(desk.get_by_text("已登记发出一张纸票")).to_be_visible()
    assert house.board.of("paper")[0]["credential"] == G.base(cards.read(G, held[1])).hex()
    hand(desk, held[1], "已经领过纸票")
    booth.get_by_role("button", name="完成").click()
    put(booth, held[1])
    title(booth, "这张卡已经领取纸票")
    house.close_now()
    refreshed(desk)
    expect(desk.get_by_text("表决已经截止，不能再发纸票")).to_be_visible()


def hand(desk: Page, card: str, said: str) -> None:
    desk.get_by_label("表决卡", exact=True).fill(card)
    desk.get_by_role("button", name="读卡").click()
    expect(desk.locator("#handed")).to_contain_text(said)


def test_a_stranger_signs_nothing_and_a_backup_keeps_the_cards(pair: tuple[Page, Page], house: House):
    desk, other = pair
    begun(desk)
    desk.get_by_label("张数").fill("60")
    desk.get_by_role("button", name="生成", exact=True).click()
    desk.get_by_role("button", name="都打印好了，忘掉这些卡").click()
    expect(desk.get_by_text("这台设备记着 60 张")).to_be_visible()
    house.freeze()
    refreshed(desk)
    house.make_keys()
    house.catch_up()
    refreshed(desk)
    expect(desk.get_by_text("卡有 60 张，多于应到 12 人")).to_be_visible()
    backup = desk.evaluate("() => desk.store.stored()")
    assert json.loads(backup)["role"] == "registrar"
    begun_other(other)
    title(other, "这次表决没有登记您的公钥")
    other.evaluate("() => localStorage.clear()")
    other.reload()
    other.get_by_text("从备份恢复").click()
    other.get_by_label("或者粘贴备份文字").fill(backup)
    other.get_by_label("做备份时的口令").fill(PASS + "啊")
    other.get_by_role("button", name="恢复").click()
    title(other, "签到组")
    expect(other.get_by_text("这台设备记着 60 张")).to_be_visible()
    check_accessible(other)
    check_no_overflow(other)


def begun_other(page: Page) -> None:
    page.goto("/hall/pages/registrar?vote=1")
    page.get_by_label("口令（至少 10 个字符）").fill(PASS + "呀")
    page.get_by_label("再输一次口令").fill(PASS + "呀")
    page.get_by_role("button", name="生成").click()
