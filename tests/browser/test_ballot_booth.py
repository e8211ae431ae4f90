"""The booth walked by people: card, choice, review, cast, again, audit, paper, a lost network, the close."""

import functools
import hashlib
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from quancheng.ballots import cards, pages, simulate, verify
from tests.browser.ballot_hall import G, House, serving
from tests.browser.conftest import check_accessible, check_no_overflow, watched

QUESTIONS = [simulate.approval(6, 3, 3), simulate.choice("决议草案", ("赞成", "反对", "弃权"), "majority")]


@pytest.fixture
def house() -> House:
    return House(QUESTIONS)


@pytest.fixture
def booth(browser: Browser, house: House) -> Iterator[Page]:
    """A booth on a telephone-sized screen; whatever goes wrong in it fails the test."""
    with serving(house) as url, watched(browser, url, 390, 844, touch=True) as page:
        yield page


@pytest.fixture
def far_booth(browser: Browser, house: House) -> Iterator[Page]:
    """A booth whose network may fail: the browser logs that as an error of its own; a script's error still fails."""
    faults: list[str] = []
    with serving(house) as url:
        context = browser.new_context(base_url=url, viewport={"width": 390, "height": 844}, locale="zh-CN")
        context.on("weberror", lambda error: faults.append(str(error.error)))
        yield context.new_page()
        context.close()
    assert not faults


def opened(booth: Page) -> None:
    booth.goto("/hall/pages/booth?vote=1")


def put(booth: Page, card: str) -> None:
    booth.get_by_label("表决卡", exact=True).fill(card)
    booth.get_by_role("button", name="读卡").click()


def choose(booth: Page, *titles: str) -> None:
    for title in titles:
        booth.get_by_label(title, exact=True).check()


def title(booth: Page, words: str) -> None:
    expect(booth.get_by_role("heading", level=1)).to_have_text(words)


def code(booth: Page) -> str:
    return booth.locator(".code").inner_text().replace(" ", "")


def press(booth: Page, *titles: str) -> str:
    """From the choice to the receipt. Returns the code."""
    choose(booth, *titles)
    booth.get_by_role("button", name="核对", exact=True).click()
    title(booth, "请核对")
    booth.get_by_role("button", name="投票", exact=True).click()
    title(booth, "已收到您的票")
    return code(booth)


def lookup(booth: Page, text: str) -> str:
    field = booth.get_by_label("查询码（八个字符）")
    if not field.is_visible():
        booth.get_by_text("我的票在不在").click()
    field.fill(text)
    booth.get_by_role("button", name="查", exact=True).click()
    answer = booth.locator("#fate")
    expect(answer).not_to_have_text("正在查表决板……")
    return answer.inner_text()


def totals(house: House) -> list[list[int]]:
    if house.board.phase == "open":
        house.close_now()
    house.decrypt((1, 2, 3))
    found = verify.verify(house.publish())
    assert found.ok, found
    return [one["electronic"] for one in found.result["questions"]]


def test_a_deputy_chooses_presses_and_presses_again(booth: Page, house: House):
    held = house.begun()
    opened(booth)
    put(booth, held[0])
    title(booth, "请选择（共 2 个事项）")
    choose(booth, "项目 1", "项目 2", "项目 4")
    expect(booth.locator("#count0")).to_have_text("最多选 3 项，可以一项都不选　已选 3 项")
    booth.get_by_label("项目 5", exact=True).click()
    assert not booth.get_by_label("项目 5", exact=True).is_checked()
    expect(booth.locator("#fault0")).to_have_text("最多选 3 项，已经选满。要选“项目 5”，请先取消已选的一项。")
    check_accessible(booth)
    check_no_overflow(booth)
    expect(booth.locator("#open")).to_have_text("还有 1 个事项没有选好")
    booth.get_by_role("button", name="核对", exact=True).click()
    expect(booth.locator("#fault1")).to_have_text("请选一项。")
    booth.get_by_label("项目 4", exact=True).uncheck()
    choose(booth, "赞成")
    booth.get_by_role("button", name="核对", exact=True).click()
    title(booth, "请核对")
    assert booth.locator(".review li").all_inner_texts() == ["项目 1", "项目 2", "赞成"]
    shown = code(booth)
    check_accessible(booth)
    booth.get_by_role("button", name="投票", exact=True).click()
    title(booth, "已收到您的票")
    assert code(booth) == shown == house.receipts[next(iter(house.receipts))]["code"]
    words = booth.locator("body").inner_text()
    assert "项目" not in words and "可以重新按，最后一次有效，直到截止" in words
    check_accessible(booth)
    booth.get_by_role("button", name="完成").click()
    title(booth, "请出示表决卡")
    assert lookup(booth, shown.lower()).startswith("在。")
    put(booth, held[0])
    expect(booth.locator("#screen")).to_contain_text(f"这张卡已经按过，查询码 {shown[:4]} {shown[4:]}")
    assert not booth.get_by_role("checkbox", checked=True).count()
    second = press(booth, "项目 6", "反对")
    booth.get_by_role("button", name="完成").click()
    assert "最后一次为准，这一张不计入" in lookup(booth, shown) and lookup(booth, second).startswith("在。")
    assert "没有这个查询码" in lookup(booth, "AAAA AAAA") and "八个字母或者数字" in lookup(booth, "AAA")
    assert totals(house) == [[0, 0, 0, 0, 0, 1], [0, 1, 0]]


def test_what_is_sent_is_only_ciphers_and_the_card_stays_here(booth: Page, house: House):
    held, sent = house.begun(), []
    booth.on("request", lambda request: sent.append(request.url + (request.post_data or "")))
    booth.goto("/hall/pages/booth?vote=1#card=" + held[1])
    title(booth, "请选择（共 2 个事项）")
    assert "#" not in booth.url
    press(booth, "项目 3", "弃权")
    secret = cards.read(G, held[1])
    for one in (held[1], held[1][3:], str(secret), secret.to_bytes(32, "little").hex(), '"number":1', "openings"):
        assert not [text for text in sent if one in text.split("#")[0]]
    assert {re.sub(r"\?.*|\{.*", "", text).split("/votes/")[-1] for text in sent if "/votes/" in text} == {
        "1/state/", "1/board/", "1/standing/", "1/press/",
    }  # fmt: skip
    assert booth.evaluate("() => [localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]


def test_the_card_is_forgotten_after_twenty_seconds_or_when_nobody_is_there(booth: Page, house: House):
    held = house.begun()
    booth.clock.install()
    opened(booth)
    put(booth, held[0])
    choose(booth, "项目 1", "赞成")
    booth.get_by_role("button", name="核对", exact=True).click()
    booth.clock.run_for(50)
    booth.get_by_role("button", name="投票", exact=True).click()
    title(booth, "已收到您的票")
    booth.clock.run_for(15_000)
    title(booth, "已收到您的票")
    booth.clock.run_for(7_000)
    title(booth, "请出示表决卡")
    assert booth.evaluate("() => [booth.card, booth.marks, booth.prepared]") == [None, None, None]
    put(booth, held[1])
    choose(booth, "项目 2")
    booth.clock.run_for(182_000)
    expect(booth.locator("#idle")).to_contain_text("很久没有操作")
    booth.get_by_label("项目 3", exact=True).check()
    expect(booth.locator("#idle")).to_be_empty()
    booth.clock.run_for(212_000)
    title(booth, "请出示表决卡")
    assert booth.evaluate("() => booth.marks") is None and not house.standings[G.base(cards.read(G, held[1])).hex()].seq


def test_wrong_cards_are_told_apart(booth: Page, house: House):
    held = house.begun()
    opened(booth)
    put(booth, "")
    expect(booth.locator("#card-fault")).to_contain_text("请先扫卡")
    put(booth, held[0][:-2])
    expect(booth.locator("#card-fault")).to_contain_text("没有读全")
    put(booth, held[0][:-1] + ("A" if held[0][-1] != "A" else "B"))
    expect(booth.locator("#card-fault")).to_contain_text("读错了")
    put(booth, cards.text(bytes(16)))
    expect(booth.locator("#card-fault")).to_contain_text("不在这次表决的登记名册中")
    check_accessible(booth)
    house.hand_out_paper(cards.read(G, held[2]))
    put(booth, held[2])
    title(booth, "这张卡已经领取纸票")


def test_an_audit_shows_what_the_device_did_and_voids_the_ballot(booth: Page, house: House):
    held = house.begun()
    opened(booth)
    put(booth, held[0])
    choose(booth, "项目 2", "赞成")
    booth.get_by_role("button", name="核对", exact=True).click()
    title(booth, "请核对")
    shown = code(booth)
    booth.get_by_text("监票人抽查这台设备").click()
    go = booth.get_by_role("button", name="抽查：公开这张票并作废")
    expect(go).to_be_disabled()
    booth.get_by_label("我是抽查设备的工作人员").check()
    go.click()
    title(booth, "抽查票，已经作废")
    assert code(booth) == shown
    posted = house.board.of("audit")[0]
    rows = [row.split("\t") for row in booth.locator("tbody tr").all_inner_texts()]
    assert [row[1] for row in rows] == ["不选", "选", "不选", "不选", "不选", "不选", "选", "不选", "不选"]
    assert [row[2].replace(" ", "") for row in rows] == [one["r"] for opened in posted["openings"] for one in opened]
    check_accessible(booth)
    check_no_overflow(booth)
    booth.get_by_role("button", name="完成").click()
    assert "抽查票，已经作废，不计入" in lookup(booth, shown)
    put(booth, held[0])
    press(booth, "项目 5", "弃权")
    assert totals(house) == [[0, 0, 0, 0, 1, 0], [0, 0, 1]]


def test_a_ballot_is_taken_back_for_paper(booth: Page, house: House):
    held = house.begun()
    opened(booth)
    put(booth, held[0])
    first = press(booth, "项目 1", "赞成")
    booth.get_by_role("button", name="完成").click()
    put(booth, held[0])
    booth.get_by_text("要改用纸票").click()
    booth.get_by_role("button", name="撤回电子票").click()
    title(booth, "电子票已经撤回")
    booth.get_by_role("button", name="完成").click()
    assert "后来由本人撤回" in lookup(booth, first)
    house.hand_out_paper(cards.read(G, held[0]))


def test_without_a_network_the_choice_waits_and_a_lost_answer_is_found(far_booth: Page, house: House):
    held, booth = house.begun(), far_booth
    opened(booth)
    put(booth, held[0])
    choose(booth, "项目 1", "赞成")
    booth.get_by_role("button", name="核对", exact=True).click()
    title(booth, "请核对")
    booth.route("**/press/", lambda route: route.abort())
    booth.get_by_role("button", name="投票", exact=True).click()
    expect(booth.get_by_role("status").filter(has_text="正在重试")).to_contain_text("没有丢失")
    check_accessible(booth)
    booth.get_by_role("button", name="返回修改").click()
    assert booth.get_by_label("项目 1", exact=True).is_checked()
    booth.unroute("**/press/")
    house.lose.append("post_press")
    booth.get_by_role("button", name="核对", exact=True).click()
    title(booth, "请核对")
    booth.get_by_role("button", name="投票", exact=True).click()
    title(booth, "已收到您的票")
    expect(booth.locator("#screen")).to_contain_text("已经从表决板上核对：这张票在")
    assert len(house.board.of("cast")) == 1


def test_a_card_used_elsewhere_meanwhile_is_encrypted_anew(booth: Page, house: House):
    held = house.begun()
    opened(booth)
    put(booth, held[0])
    choose(booth, "项目 1", "赞成")
    booth.get_by_role("button", name="核对", exact=True).click()
    title(booth, "请核对")
    shown = code(booth)
    house.vote(cards.read(G, held[0]), [[0, 0, 0, 0, 0, 0], [0, 1, 0]])
    house.catch_up()
    booth.get_by_role("button", name="投票", exact=True).click()
    title(booth, "已收到您的票")
    assert code(booth) != shown
    assert totals(house) == [[1, 0, 0, 0, 0, 0], [1, 0, 0]]


def test_after_the_close_it_says_that_nothing_was_counted(booth: Page, house: House):
    held = house.begun()
    opened(booth)
    put(booth, held[0])
    first = press(booth, "项目 1", "赞成")
    booth.get_by_role("button", name="完成").click()
    put(booth, held[0])
    choose(booth, "项目 2", "反对")
    booth.get_by_role("button", name="核对", exact=True).click()
    title(booth, "请核对")
    house.close_now()
    booth.get_by_role("button", name="投票", exact=True).click()
    title(booth, "没有计入")
    expect(booth.locator("#screen")).to_contain_text("表决已经截止。您刚才的选择没有计入。")
    expect(booth.locator("#screen")).to_contain_text(f"先前按的一次（查询码 {first[:4]} {first[4:]}）仍然有效")
    check_accessible(booth)
    booth.get_by_role("button", name="完成").click()
    booth.evaluate("() => refresh()")
    title(booth, "表决已经截止")
    assert lookup(booth, first).startswith("在。")
    assert totals(house) == [[1, 0, 0, 0, 0, 0], [1, 0, 0]]


def test_who_is_still_choosing_at_the_close_is_told(booth: Page, house: House):
    held = house.begun()
    opened(booth)
    put(booth, held[0])
    choose(booth, "项目 2")
    house.close_now()
    booth.evaluate("() => refresh()")
    title(booth, "没有计入")
    expect(booth.locator("#screen")).to_contain_text("这张卡没有电子票计入")


@pytest.mark.parametrize("tamper", ["joint", "eid", "receipt"])
def test_a_server_that_lies_is_found_out(booth: Page, house: House, tamper: str):
    held = house.begun()
    if tamper == "joint":
        house.board._events[-4].body["joint"] = G.base(5).hex()  # noqa: SLF001  # the liar owns the board
    if tamper == "eid":
        honest = house.state
        house.state = lambda: {**honest(), "eid": "00" * 32}
    opened(booth)
    if tamper != "receipt":
        expect(booth.locator("#trouble")).to_contain_text("不能在这台设备上表决，请告诉监票人")
        return
    honest_press = house.press
    house.press = lambda body: {**honest_press(body), "number": 3}
    put(booth, held[0])
    choose(booth, "赞成")
    booth.get_by_role("button", name="核对", exact=True).click()
    title(booth, "请核对")
    booth.get_by_role("button", name="投票", exact=True).click()
    title(booth, "回执核对不上")


def test_by_keyboard_alone_with_a_scanner(browser: Browser, house: House):
    """A scanner types the card and Enter; arrows choose; nothing needs a pointer."""
    held = house.begun()
    with serving(house) as url, watched(browser, url, 1280, 900, touch=False) as page:
        opened(page)
        title(page, "请出示表决卡")
        page.evaluate("() => document.activeElement.blur()")
        page.keyboard.type(held[3])
        page.keyboard.press("Enter")
        title(page, "请选择（共 2 个事项）")
        check_accessible(page)
        check_no_overflow(page)
        for key in ("Tab", "Space", "Tab", "Space", *["Tab"] * 5, "ArrowDown", "Tab", "Tab", "Enter"):
            page.keyboard.press(key)
        title(page, "请核对")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        title(page, "已收到您的票")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        title(page, "请出示表决卡")
        assert totals(house) == [[1, 1, 0, 0, 0, 0], [0, 1, 0]]


def test_targets_are_big(booth: Page, house: House):
    held = house.begun()
    opened(booth)

    def small() -> list[str]:
        return booth.evaluate(
            """() => [...document.querySelectorAll('button, summary, .option, input:not([type=checkbox]):not([type=radio])')]
                .filter(one => one.checkVisibility() && one.getBoundingClientRect().height < 44).map(one => one.outerHTML)"""
        )

    assert not small()
    put(booth, held[0])
    assert not small()


def test_the_page_waits_for_the_opening(booth: Page, house: House):
    house.make_keys()
    house.catch_up()
    opened(booth)
    title(booth, "表决还没有开始")
    expect(booth.locator("#status")).to_have_text("尚未开始，请等主持人宣布")
    assert not booth.get_by_label("表决卡", exact=True).count()
    booth.goto("/hall/pages/booth?vote=../1")
    title(booth, "没有指明是哪一次表决")


@pytest.mark.parametrize("name", pages.NAMES)
def test_a_page_is_one_file_with_a_digest_that_stays(name: str):
    made: Callable[[], bytes] = getattr(pages, name)
    data, text = made(), made().decode()
    assert pages.digest(name) == hashlib.sha256(data).hexdigest() and data == made()
    known = ("http-equiv", '"http://www.w3.org/2000/svg"', "请用 https 地址")  # a name of pictures, and words
    assert "unsafe" not in pages.policy(name) and "http" not in functools.reduce(lambda left, one: left.replace(one, ""), known, text)
    assert not re.search(r"\beval\(|Function\(|innerHTML|XMLHttp|\bimport\b|<link|src=|style=|Math\.random\(\)(?! /)", text)
    assert text.count("<script>") == text.count("</script>") == text.count("<style>") == 1
    assert "外部审查" in text
