"""The pages of scrutineer, registrar and booth on the real platform: their own keys, their own cards, one paper."""

import io
import re

import pypdfium2
import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect

from quancheng.ballots import pages, verify
from quancheng.demo.rehearsal import Rehearsal
from quancheng.voting import board_queries as queries
from quancheng.voting import device
from tests.browser.conftest import Visitors, check_accessible, check_no_overflow
from tests.browser.test_hall_walk import sign_in
from tests.voting.device_hall import AT, DeviceHall

pytestmark = pytest.mark.browser
PASS = "autumn river, very clear"


@pytest.fixture(autouse=True)
def _patience():
    expect.set_options(timeout=15_000)  # passphrases are stretched on purpose
    yield
    expect.set_options(timeout=5_000)


def key(page: Page, name: str, vote_id: int) -> None:
    page.goto(f"/hall/{name}/?vote={vote_id}")
    page.get_by_label("口令（至少 10 个字符）").fill(PASS)
    page.get_by_label("再输一次口令").fill(PASS)
    page.get_by_role("button", name="生成").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("登记公钥")


def registered(page: Page, words: str) -> None:
    page.get_by_role("button", name="登记公钥").click()
    expect(page.get_by_text(words)).to_be_visible()


def refreshed(page: Page) -> None:
    page.evaluate("() => refresh()")


def printed(page: Page) -> list[str]:
    words = ""
    with pypdfium2.PdfDocument(io.BytesIO(page.pdf(prefer_css_page_size=True))) as paper:
        for sheet in paper:
            words += sheet.get_textpage().get_text_bounded()
    return [re.sub(r"\s", "", one) for one in re.findall(r"(?:[A-Z2-7]{4}\s+){7}[A-Z2-7]{4}", words)]


def test_three_pages_hold_a_vote_on_the_platform(live_server, settings, visitors: Visitors):
    settings.HALL_NETWORKS = "127.0.0.0/8"
    cache.clear()
    hall = DeviceHall(members=5, present=4, options=3, most=2, seats=1, choice=True)
    vote_id = hall.vote.pk
    watcher, desk, booth = visitors.phone(), visitors.desktop(), visitors.phone()
    key(watcher, "scrutineer", vote_id)
    registered(watcher, "请先用您的账号登录")
    for page, who in ((watcher, hall.watchers[0]), (desk, hall.registrar)):
        sign_in(page, live_server, who)
    registered(watcher, "公钥已经登记为第 1 位监票人")
    key(desk, "registrar", vote_id)
    registered(desk, "公钥已经登记。")
    others = Rehearsal(vote_id, scrutineers=(2, 3, 4, 5), plays_registrar=False, deputies=0, paper=0, say=lambda words: None)
    others.step()
    device.freeze(vote_id=vote_id, booth=pages.digest("booth"), by=hall.secretary, at=AT)
    for words in ("登记承诺", "公开系数", "给出份额", "确认公钥"):
        refreshed(watcher)
        watcher.get_by_role("button", name=words).click()
        expect(watcher.get_by_text("您已做完")).to_be_visible()
        others.step()
    refreshed(watcher)
    expect(watcher.get_by_text("四步都已完成")).to_be_visible()

    refreshed(desk)
    desk.get_by_role("button", name="生成", exact=True).click()
    expect(desk.get_by_text("5 张卡已经生成")).to_be_visible()
    held = printed(desk)
    desk.get_by_role("button", name="都打印好了，忘掉这些卡").click()
    desk.get_by_role("button", name="签名并提交名册").click()
    expect(desk.get_by_label("实到人数")).to_have_value("4")
    desk.get_by_role("button", name="签名并登记").click()
    expect(desk.get_by_text("已登记到会 4 人")).to_be_visible()
    device.issue(vote_id=vote_id, network="127.0.0.1", by=hall.secretary, at=AT)

    booth.goto(f"/hall/booth/?vote={vote_id}")
    for card, titles in ((held[0], ("项目1", "项目2", "赞成")), (held[1], ("项目2", "反对")), (held[0], ("项目3", "赞成"))):
        booth.get_by_label("表决卡", exact=True).fill(card)
        booth.keyboard.press("Enter")
        for title in titles:
            booth.get_by_label(title, exact=True).check()
        booth.get_by_role("button", name="核对", exact=True).click()
        booth.get_by_role("button", name="投票", exact=True).click()
        expect(booth.get_by_role("heading", level=1)).to_have_text("已收到您的票")
        booth.get_by_role("button", name="完成").click()
    refreshed(desk)
    desk.get_by_label("表决卡", exact=True).fill(held[2])
    desk.get_by_role("button", name="读卡").click()
    desk.get_by_role("button", name="发出纸票").click()
    expect(desk.get_by_text("已登记发出一张纸票")).to_be_visible()
    check_accessible(desk)
    check_no_overflow(desk)
    device.close(vote_id=vote_id, by=hall.secretary, at=AT)

    refreshed(watcher)
    watcher.get_by_role("button", name="开始核验").click()
    expect(watcher.get_by_role("heading", name="核验通过")).to_be_visible()
    state = queries.device_state(vote_id)
    assert watcher.locator("#root").inner_text().replace(" ", "") == state.root
    watcher.get_by_label("根和合计摘要已与其他监票人当场读出核对").check()
    watcher.get_by_role("button", name="解密合计（只此一次）").click()
    expect(watcher.get_by_text("您已给出解密")).to_be_visible()
    check_accessible(watcher)
    check_no_overflow(watcher)
    assert queries.device_state(vote_id).done == (1,)
    others.step()
    assert len(queries.device_state(vote_id).done) >= 3
    code = verify.verify(queries.archive(vote_id)).code
    assert code == "unfinished"  # the paper is still to be counted
