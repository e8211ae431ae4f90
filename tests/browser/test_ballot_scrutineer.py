"""Scrutineers at their own devices: key, backup, four rounds, the whole board judged, the sums opened once, paper."""

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from quancheng.ballots import cards, simulate, verify
from tests.browser.ballot_hall import G, House, serving
from tests.browser.conftest import check_accessible, check_no_overflow, watched
from tests.browser.test_ballot_verifier import by_page, by_python, verifier  # noqa: F401  # a fixture, used by its name

QUESTIONS = [simulate.approval(3, 2, 2), simulate.choice("决议草案", ("赞成", "反对", "弃权"), "majority")]
PASS = "秋天的河水很清很清"
STEPS = ("登记承诺", "公开系数", "给出份额", "确认公钥")


@pytest.fixture
def house() -> House:
    """Three scrutineers, two of whom open the sums; no manifest yet."""
    house = House(QUESTIONS, trustees=3, threshold=2)
    house.thaw()
    return house


@pytest.fixture
def desks(browser: Browser, house: House) -> Iterator[list[Page]]:
    expect.set_options(timeout=15_000)  # passphrases are stretched on purpose
    with ExitStack() as stack:
        url = stack.enter_context(serving(house))
        yield [stack.enter_context(watched(browser, url, 390, 844, touch=True)) for _ in range(3)]
    expect.set_options(timeout=5_000)


def title(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def refreshed(page: Page) -> None:
    page.evaluate("() => refresh()")


def made_key(page: Page) -> None:
    page.goto("/hall/pages/scrutineer?vote=1")
    title(page, "建立监票人的钥匙")
    page.get_by_label("口令（至少 10 个字符）").fill(PASS + "啊")
    page.get_by_label("再输一次口令").fill(PASS + "啊")
    page.get_by_role("button", name="生成").click()


def registered(desks: list[Page], house: House) -> None:
    for number, page in enumerate(desks, 1):
        made_key(page)
        page.get_by_role("button", name="登记公钥").click()
        expect(page.get_by_text(f"公钥已经登记为第 {number} 位监票人")).to_be_visible()
    house.freeze()


def step(page: Page, number: int) -> None:
    refreshed(page)
    page.get_by_role("button", name=f"第 {number} 步：{STEPS[number - 1]}").click()
    expect(page.get_by_text(re.compile(f"第 {number} 步您已做完|第 {number + 1} 步：|四步都已完成"))).to_be_visible()


def ceremony(desks: list[Page]) -> None:
    for number in range(1, 5):
        for page in desks:
            step(page, number)


def judged(page: Page) -> list[str]:
    """The root and the digest of the sums, as they stand on the screen."""
    refreshed(page)
    page.get_by_role("button", name="开始核验").click()
    title_ = page.get_by_role("heading", name="核验通过")
    expect(title_).to_be_visible()
    return [page.locator(f"#{name}").inner_text().replace(" ", "") for name in ("root", "aggregate")]


def test_from_the_keys_to_the_result(desks: list[Page], house: House, verifier: Page):  # noqa: F811  # the fixture
    registered(desks, house)
    refreshed(desks[0])
    title(desks[0], "第 1 位监票人")
    check_accessible(desks[0])
    check_no_overflow(desks[0])
    step(desks[0], 1)
    expect(desks[0].get_by_text("第 1 步您已做完，等其他监票人。")).to_be_visible()
    for page in desks[1:]:
        step(page, 1)
    for number in range(2, 5):
        for page in reversed(desks):
            step(page, number)
    assert house.state()["state"] == "ready"
    held = house.begun()
    for card, marks in zip(held, ([[1, 1, 0], [1, 0, 0]], [[0, 1, 0], [0, 1, 0]], [[0, 0, 0], [1, 0, 0]]), strict=False):
        house.vote(cards.read(G, card), marks)
    house.hand_out_paper(cards.read(G, held[3]))
    house.close_now()
    first, second = judged(desks[0]), judged(desks[2])
    reading = house.read_again()
    assert first == second == [reading.root.hex(), reading.aggregate_hash.hex()]
    check_accessible(desks[0])
    check_no_overflow(desks[0])
    for page in (desks[0], desks[2]):
        go = page.get_by_role("button", name="解密合计（只此一次）")
        expect(go).to_be_disabled()
        page.get_by_label("根和合计摘要已与其他监票人当场读出核对").check()
        go.click()
        expect(page.get_by_text("您已给出解密")).to_be_visible()
    house.paper = {"root": house.root.hex(), "box": 1, "questions": [
        {"valid": 1, "void": 0, "marks": [0, 1, 0]}, {"valid": 1, "void": 0, "marks": [0, 0, 1]},
    ]}  # fmt: skip
    for page in desks[:2]:
        refreshed(page)
        expect(page.get_by_text("票箱中共 1 张")).to_be_visible()
        page.get_by_role("button", name="核对无误，签名").click()
        expect(page.get_by_text("已签名").or_(page.get_by_text("纸票的计票已经登记"))).to_be_visible()
    data = house.publish()
    found = verify.verify(data)
    assert found.ok, found
    assert [one["totals"] for one in found.result["questions"]] == [[1, 3, 0], [2, 1, 1]]
    assert by_page(verifier, data) == by_python(data)


def test_nothing_is_opened_from_a_board_that_does_not_hold(desks: list[Page], house: House):
    """A ballot is dropped from the count, the chain is made anew by whoever owns the server: the device says no."""
    registered(desks, house)
    ceremony(desks)
    held = house.begun()
    for card in held[:3]:
        house.vote(cards.read(G, card), [[1, 0, 0], [1, 0, 0]])
    event = house.board.of("cast")[1]["ballot"]
    event["answers"][0]["sum"].reverse()  # no longer what was signed and proved
    rechained(house)
    house.close()
    page = desks[0]
    refreshed(page)
    page.get_by_role("button", name="开始核验").click()
    expect(page.get_by_text("核验没有通过")).to_be_visible()
    expect(page.get_by_text("（ballot）")).to_be_visible()
    assert not page.get_by_role("button", name="解密合计").count()


def rechained(house: House) -> None:
    from quancheng.ballots.board import START, chained

    head, events = START, []
    for event in house.board:
        head = chained(head, event.type, event.body)
        events.append(event._replace(hash=head))
    house.board._events[:] = events  # noqa: SLF001  # the liar owns the board


def test_a_board_that_changes_behind_the_device_is_found(desks: list[Page], house: House):
    registered(desks, house)
    page = desks[0]
    step(page, 1)
    house.board._events[0] = house.board._events[0]._replace(body={**house.manifest.body, "title": "另一次表决"})  # noqa: SLF001  # as above
    rechained(house)
    house.board.append("commit", {**house.board.of("commit")[0], "trustee": 2})
    refreshed(page)
    expect(page.locator("#trouble")).to_contain_text("表决板核对不上")


def test_a_key_is_locked_backed_up_and_restored(desks: list[Page], house: House, tmp_path: Any):
    first, second = desks[:2]
    first.goto("/hall/pages/scrutineer?vote=1")
    title(first, "建立监票人的钥匙")
    check_accessible(first)
    for pass_, twice, said in (("短", "短", "口令至少 10 个字符"), (PASS + "啊", PASS + "呀", "两次口令不一样")):
        first.get_by_label("口令（至少 10 个字符）").fill(pass_)
        first.get_by_label("再输一次口令").fill(twice)
        first.get_by_role("button", name="生成").click()
        expect(first.get_by_text(said, exact=False).last).to_be_visible()
    made_key(first)
    first.get_by_text("监票人的钥匙：公钥、备份、锁上").click()
    public = first.locator("#public").inner_text().replace(" ", "")
    expect(first.get_by_role("img", name="备份的二维码")).to_be_visible()
    check_accessible(first)
    check_no_overflow(first)
    with first.expect_download() as download:
        first.get_by_role("button", name="保存备份文件").click()
    file = tmp_path / "backup.txt"
    download.value.save_as(file)
    kept = json.loads(file.read_text())
    identity = first.evaluate("() => desk.store.data.identity")
    assert identity not in file.read_text() and kept["role"] == "scrutineer" and G.base(G.scalar(identity)).hex() == public
    assert identity not in first.evaluate("() => JSON.stringify(localStorage)")
    first.get_by_role("button", name="锁上").click()
    title(first, "打开监票人的钥匙")
    first.get_by_label("口令", exact=True).fill("不是这个口令啊啊啊")
    first.get_by_role("button", name="打开").click()
    expect(first.get_by_text("口令不对，或者备份有损坏")).to_be_visible()
    first.get_by_label("口令", exact=True).fill(PASS + "啊")
    first.get_by_role("button", name="打开").click()
    title(first, "登记公钥")
    second.goto("/hall/pages/scrutineer?vote=1")
    second.get_by_text("从备份恢复").click()
    second.get_by_label("或者粘贴备份文字").fill("{}")
    second.get_by_label("做备份时的口令").fill(PASS + "啊")
    second.get_by_role("button", name="恢复").click()
    expect(second.get_by_text("没有复制完整")).to_be_visible()
    second.get_by_label("备份文件").set_input_files(file)
    second.get_by_role("button", name="恢复").click()
    title(second, "登记公钥")
    assert second.evaluate("() => desk.store.public") == public


def test_a_restored_key_opens_the_sums_but_cannot_go_on_with_a_polynomial_it_never_had(desks: list[Page], house: House):
    """The identity alone is enough once the key is made: the shares for it stand on the board, hidden from others."""
    registered(desks, house)
    backups = [page.evaluate("() => desk.store.stored()") for page in desks]
    for page in desks:
        step(page, 1)
    other = desks[2].context.new_page()
    desks[2].evaluate("() => localStorage.clear()")
    restored(other, backups[2])
    other.get_by_role("button", name="第 2 步：公开系数").click()
    expect(other.get_by_text("备份是在登记承诺以前做的")).to_be_visible()
    for number in range(2, 5):
        for page in desks:
            step(page, number)
    held = house.begun()
    house.vote(cards.read(G, held[0]), [[1, 0, 1], [0, 1, 0]])
    house.close_now()
    desks[2].evaluate("() => localStorage.clear()")
    restored(other, backups[2])
    judged(other)
    other.get_by_label("根和合计摘要已与其他监票人当场读出核对").check()
    other.get_by_role("button", name="解密合计（只此一次）").click()
    expect(other.get_by_text("您已给出解密")).to_be_visible()
    assert house.board.of("decryption")[0]["trustee"] == 3


def restored(page: Page, backup: str) -> None:
    page.goto("/hall/pages/scrutineer?vote=1")
    page.get_by_text("从备份恢复").click()
    page.get_by_label("或者粘贴备份文字").fill(backup)
    page.get_by_label("做备份时的口令").fill(PASS + "啊")
    page.get_by_role("button", name="恢复").click()
    title(page, "第 3 位监票人")


def test_one_device_opens_one_sum_of_a_vote(desks: list[Page], house: House):
    """The answer is lost and the same is sent again; for another sum of the same vote the device refuses for ever."""
    registered(desks, house)
    ceremony(desks)
    held = house.begun()
    house.vote(cards.read(G, held[0]), [[1, 0, 0], [1, 0, 0]])
    house.close_now()
    page = desks[1]
    judged(page)
    page.evaluate("() => { desk.store.vote(eidText()).opened = { root: '00'.repeat(32), aggregate: '00'.repeat(32) }; }")
    page.get_by_label("根和合计摘要已与其他监票人当场读出核对").check()
    page.get_by_role("button", name="解密合计（只此一次）").click()
    expect(page.get_by_text("已为另一个合计给出过解密")).to_be_visible()
    assert not house.board.of("decryption")
