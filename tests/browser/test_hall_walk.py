"""A secret vote on the real platform: prepared at the desk, two people at real devices, thirty simulated, one paper,
three of five scrutineers, the result on the desk, the archive verified by both verifiers."""

import re

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from quancheng.ballots import cards, verify
from quancheng.demo.rehearsal import Rehearsal
from quancheng.meetings.models import Attendee
from quancheng.people.models import Account
from quancheng.voting import board_queries as queries
from quancheng.voting import device
from quancheng.voting.models import Board
from tests.browser.conftest import check_accessible, check_no_overflow
from tests.voting.device_hall import HALL, DeviceHall

pytestmark = pytest.mark.browser

WISHES = "\n".join(f"第{n}项：{what}" for n, what in enumerate(
    ("城区积水点改造", "农村公路养护", "老旧小区加装电梯", "社区养老食堂", "中小学课后服务场地", "公厕新建改造", "停车位挖潜", "口袋公园",
     "村卫生室设备", "饮水安全管网", "路灯补亮", "免费两癌筛查", "残疾人家庭无障碍改造", "图书馆夜间开放", "公交首末站"), 1))


def sign_in(page: Page, live_server, actor) -> None:
    client = Client()
    client.force_login(Account.objects.get(pk=actor.id))
    session = client.session
    session["account"] = actor.id
    session.save()
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])


def look_at(page: Page) -> None:
    check_accessible(page)
    check_no_overflow(page)


def press(booth: Page, vote_id: int, seed: bytes, titles: list[str]) -> str:
    booth.goto("about:blank")
    booth.goto(f"/hall/booth/?vote={vote_id}#card={cards.text(seed)}")
    for title in titles:
        booth.get_by_label(title, exact=True).check()
    booth.get_by_role("button", name=re.compile("核对|下一步")).first.click()
    look_at(booth)
    booth.get_by_role("button", name="投票", exact=True).click()
    expect(booth.locator(".code")).to_be_visible()
    return booth.locator(".code").inner_text().replace(" ", "")


def test_a_secret_vote_from_the_desk_to_both_verifiers(live_server, settings, desktop: Page, phone: Page, tmp_path):
    settings.HALL_NETWORKS = "127.0.0.0/8"
    cache.clear()
    hall = DeviceHall(members=40, present=36)
    for attendee, who in zip(Attendee.objects.order_by("pk"), hall.watchers, strict=False):
        Attendee.objects.filter(pk=attendee.pk).update(account_id=who.id, name=who.name)
    sign_in(desktop, live_server, hall.secretary)
    desktop.goto("/desk/votes/")
    look_at(desktop)
    desktop.get_by_role("link", name="准备一次表决").click()
    look_at(desktop)
    desktop.get_by_label(re.compile("^名称")).fill("2027年民生实事项目票决")
    desktop.get_by_label("方式").select_option("device")
    desktop.get_by_label("怎样选").select_option("choosing")
    desktop.get_by_label(re.compile("^事项或者选项")).fill(WISHES)
    desktop.get_by_label(re.compile("^名额")).fill("15")
    desktop.get_by_role("button", name="准备好").click()
    expect(desktop.get_by_text("须差额表决")).to_be_visible()  # nothing typed is lost
    desktop.get_by_label(re.compile("^名额")).fill("12")
    desktop.get_by_role("button", name="准备好").click()
    for n, who in enumerate(hall.watchers, 1):
        desktop.get_by_label(f"监票人{n}").fill(who.name)
    look_at(desktop)
    desktop.get_by_role("checkbox").check()
    desktop.get_by_role("button", name="指定这些人员").click()
    vote_id = int(re.search(r"/votes/(\d+)/", desktop.url)[1])
    playing = Rehearsal(vote_id, deputies=30, paper=1, say=lambda words: None)
    playing.step()  # scrutineers and the registrar register their keys
    desktop.reload()
    desktop.get_by_role("button", name="固定表决方案").click()
    expect(desktop.get_by_text("方案已固定")).to_be_visible()
    while playing.step() != "ready":
        pass
    desktop.get_by_role("link", name="刷新").click()
    desktop.get_by_role("button", name="开始表决").click()
    expect(desktop.get_by_text("已投0张，到会36人")).to_be_visible()
    look_at(desktop)
    playing.step()  # thirty press, one takes paper

    titles = WISHES.split("\n")
    first, second = playing.left()[:2]
    press(phone, vote_id, first, titles[:12])
    code = press(phone, vote_id, second, titles[2:14])
    again = press(phone, vote_id, first, titles[:11])  # presses again: the last counts
    assert queries.is_counted(vote_id, code) and queries.is_counted(vote_id, again)
    desktop.get_by_role("link", name="刷新").click()
    expect(desktop.get_by_text("已投32张，到会36人")).to_be_visible()
    desktop.get_by_role("button", name=re.compile("还有4人没有投票，仍然截止")).click()
    root = Board.objects.get(vote_id=vote_id).root
    expect(desktop.get_by_text(root)).to_be_visible()

    marks = [1] * 12 + [0] * 3
    count = {"box": 1, "questions": [{"valid": 1, "void": 0, "marks": marks}]}
    signatures = [playing.trustees[n].sign_paper({"root": root, **count}) for n in (1, 2)]
    device.paper_count(vote_id=vote_id, count=count, signatures=signatures, network=HALL, at=timezone.now())
    playing.trustees = {n: one for n, one in playing.trustees.items() if n in (1, 3, 5)}  # two are lost
    playing.step()
    desktop.get_by_role("link", name="刷新").click()
    look_at(desktop)
    expect(desktop.get_by_text("到会36人，表决器投票32张，发出纸票1张，收回1张，未按3人。")).to_be_visible()
    sign_in(desktop, live_server, hall.head)
    desktop.reload()
    desktop.get_by_role("button", name="当场宣布结果").click()
    expect(desktop.get_by_text("结果已宣布")).to_be_visible()

    with desktop.expect_download() as download:
        desktop.get_by_role("link", name="下载存档").click()
    path = tmp_path / "vote.archive"
    download.value.save_as(path)
    verdict = verify.verify(path.read_bytes(), root=root)
    assert verdict.ok and verdict.result["electronic"] == 32
    phone.goto("/hall/verifier/")
    phone.locator("input[type=file]").set_input_files(path)
    phone.get_by_label(re.compile("^会场公布的根")).fill(root)
    phone.get_by_role("button", name="开始核验").click()
    expect(phone.get_by_text(re.compile("核验通过")).first).to_be_visible(timeout=60_000)
