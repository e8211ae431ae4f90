"""A deputy's key suggestion, the whole way on the pages: signed, checked, chosen with four roles, assigned, answered,
supervised, rated, published with both leaders, found by search; and the pages of the office and the units on the way."""

import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from openpyxl import Workbook
from playwright.sync_api import Locator, Page, expect

from quancheng.handling import acts as handling
from quancheng.handling import tasks
from quancheng.suggestions import queries as suggestions
from tests.browser.test_every_page import look_at
from tests.cities import BODY, OFFICE, City, build_city

ANSWER = "我们与代表一起看了现场，已经排定计划：十月底以前修完村口一段，明年汛期以前全部修完，由养护中心每月巡查。"
TITLE = "关于修好村口道路和排水沟的建议"


@pytest.fixture
def city(live_server, settings) -> City:
    """The invented city in the live server's database, its people in office today."""
    settings.PUBLIC_URL = live_server.url
    cache.clear()
    made = build_city()
    for name in made.actors:
        made.again(name, timezone.localdate())
    return made


@pytest.fixture
def act_as(live_server):
    """Let the browser be somebody who signed in, and open a page."""

    def become(page: Page, username: str, path: str) -> None:
        client = Client()
        assert client.post("/sign-in/", {"username": username, "password": "long-enough-pass-1"}).status_code == 302
        page.context.clear_cookies()
        page.context.add_cookies(
            [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
        )
        page.goto(path)

    return become


def opened(page: Page) -> Page:
    """The page with its folded forms open."""
    page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true; })")
    return page


def do(page: Page, button: Locator | str) -> None:
    """Press a button, and wait for the page that it leads to."""
    found = page.get_by_role("button", name=button, exact=True) if isinstance(button, str) else button
    with page.expect_navigation():
        found.first.click()


def follow(link: Locator) -> None:
    """Follow a link, and wait for the page that it leads to: what is opened next is opened there."""
    with link.page.expect_navigation():
        link.first.click()


def told(page: Page, words: str) -> None:
    """What the desk says that it did."""
    expect(page.get_by_role("status")).to_contain_text(words)


def write(phone: Page, act_as) -> str:
    """Write on the telephone, be signed by another, hand in; return the path of the suggestion."""
    act_as(phone, "d1", "/desk/suggestions/mine/")
    phone.get_by_role("link", name="写一件建议").first.click()
    phone.get_by_label("标题").fill(TITLE)
    phone.get_by_label("内容").fill(BODY)
    phone.get_by_label("类别").select_option("urban")
    do(phone, "保存草稿")
    path = re.sub(r"^https?://[^/]+", "", phone.url)
    phone.get_by_label("找代表联名").fill("甲d2")
    do(phone, "查找")
    phone.get_by_label("甲d2").check()
    do(phone, "发出邀请")
    act_as(phone, "d2", "/desk/suggestions/mine/")
    phone.get_by_role("link", name=TITLE).click()
    do(phone, "确认联名")
    act_as(phone, "d1", path)
    expect(phone.get_by_text("甲d2（已确认）")).to_be_visible()
    do(phone, "提交建议")
    told(phone, "已提交")
    return path


def choose(page: Page, act_as, path: str) -> None:
    """Enter that 主任会议 chose it; the four roles are all asked for, and what was typed stays."""
    act_as(page, "chair", path)
    opened(page)
    page.get_by_label("哪次主任会议确定").fill("市八届人大常委会第20次主任会议")
    page.get_by_label("领衔办理的领导").fill("王某")
    page.get_by_label("他的职务").fill("副市长")
    page.get_by_label("具体办理的部门").select_option("zjj")
    page.get_by_label("他的人大职务").fill("市人大常委会副主任")
    page.get_by_label("具体督办的专工委").select_option("cjw")
    do(page, "列为重点督办")
    expect(page.get_by_role("alert")).to_contain_text("四方都要明确")
    expect(page.get_by_label("领衔办理的领导")).to_have_value("王某")
    page.get_by_label("领衔督办的人大领导").fill("李某")
    do(page, "列为重点督办")
    told(page, "四方责任已明确")


def answer(page: Page, act_as, path: str) -> None:
    """Speak with the deputy, draft with a file, and let the head sign on his telephone."""
    act_as(page, "zjj_clerk", path)
    opened(page)
    page.get_by_label("方式").first.select_option("visit")
    page.get_by_label("沟通情况").fill("上门与代表一起看了村口。")
    do(page, "记下沟通")
    opened(page)
    page.get_by_label("办理结果").select_option("B")
    page.get_by_label("答复内容").fill(ANSWER)
    page.get_by_label("B类：承诺做什么").fill("十月底以前修完村口一段")
    page.get_by_label("B类：什么时候做完").fill((timezone.localdate() + timedelta(days=200)).isoformat())
    do(page, "送负责人签发")
    told(page, "已送负责人签发")
    opened(page)
    page.get_by_label("文件", exact=True).set_input_files({"name": "计划.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 plan"})
    page.get_by_label("附在哪里").select_option(label="答复稿")
    do(page, "上传")
    told(page, "附件已保存")


def test_the_whole_way_of_a_key_suggestion(phone: Page, desktop: Page, city, act_as):
    path = write(phone, act_as)
    act_as(desktop, "office", "/desk/suggestions/assign/")
    look_at(desktop, "/desk/suggestions/assign/")
    do(desktop, "选中的审核通过，编号")
    told(desktop, "已审核1件")
    choose(desktop, act_as, path)
    look_at(desktop, path)

    act_as(desktop, "office", path)
    expect(desktop.get_by_label("主办单位")).to_have_value("zjj")  # the department that 主任会议 named
    opened(desktop)
    desktop.get_by_role("group", name="协办单位").get_by_label("市水利局").check()
    do(desktop, desktop.get_by_role("button", name="交办", exact=True))
    told(desktop, "已交办")
    look_at(desktop, path)
    answer(desktop, act_as, path)
    act_as(phone, "zjj_head", "/desk/inbox/")
    phone.get_by_role("main").get_by_role("link", name=re.compile("濮人建")).first.click()
    do(phone, "签发")
    told(phone, "已签发")
    look_at(phone, path)

    act_as(desktop, "office", path)
    expect(desktop.get_by_role("button", name="起草公开文稿并送审")).to_have_count(0)  # rating before publication
    phone.set_viewport_size({"width": 390, "height": 844})
    act_as(phone, "d1", "/desk/suggestions/mine/")
    phone.get_by_role("link", name=TITLE).first.click()
    phone.get_by_label("满意", exact=True).check()
    do(phone, "提交测评")
    told(phone, "测评已记下")
    act_as(desktop, "office", path)
    do(desktop, "起草公开文稿并送审")
    expect(desktop.get_by_role("alert")).to_contain_text("督办记录")  # M38: no publication without supervision

    act_as(desktop, "committee", "/desk/key-files/")
    look_at(desktop, "/desk/key-files/")
    follow(desktop.get_by_role("main").get_by_role("table").get_by_role("link"))
    opened(desktop)
    desktop.get_by_label("方式").select_option("site_visit")
    desktop.get_by_label("地点").fill("某村村口")
    desktop.get_by_label("参加的人员").fill("李某、代表两人")
    desktop.get_by_label("督办情况和要求").fill("现场察看，要求汛期以前完工。")
    do(desktop, "记入督办记录")
    told(desktop, "督办记录")
    look_at(desktop, path)

    act_as(desktop, "office", path)
    do(desktop, "起草公开文稿并送审")
    told(desktop, "由另一人审核公开")
    act_as(desktop, "releaser", "/desk/review/")
    desktop.get_by_role("main").get_by_role("link", name=re.compile("村口道路")).click()
    do(desktop, desktop.get_by_role("button", name=re.compile("^公开")))

    phone.context.clear_cookies()
    phone.goto("/suggestions/")
    phone.get_by_label("查找").fill("排水沟")
    do(phone, phone.get_by_role("button", name="查找"))
    phone.get_by_role("link", name=TITLE).click()
    text = phone.get_by_role("main").inner_text()
    for words in ("副市长 王某", "市人大常委会副主任 李某", "市住房和城乡建设局", "某村村口", "代表测评：满意", "十月底以前修完村口一段"):
        assert words in text, words
    assert "甲zjj" not in text and "甲d2" not in text
    look_at(phone, re.sub(r"^https?://[^/]+", "", phone.url))


def forms(folder: Path) -> Path:
    """An .xlsx of three suggestions, as the office gets it after a session."""
    book = Workbook()
    book.active.append(["标题", "建议内容", "领衔代表", "联名代表", "类别", "建议主办单位"])
    for n in range(3):
        book.active.append([f"关于修好第{n}条路的建议", BODY, "甲d1", "甲d2", "城乡建设", "市交通运输局"])
    out = io.BytesIO()
    book.save(out)
    path = folder / "建议.xlsx"
    path.write_bytes(out.getvalue())
    return path


def test_paper_forms_come_in_and_go_out_to_units(desktop: Page, city, act_as, tmp_path):
    act_as(desktop, "office", "/desk/suggestions/import/")
    look_at(desktop, "/desk/suggestions/import/")
    look_at(desktop, "/desk/suggestions/sessions/")
    desktop.goto("/desk/suggestions/import/")
    desktop.get_by_label("文件").set_input_files(str(forms(tmp_path)))
    do(desktop, "核对文件")
    look_at(desktop, re.sub(r"^https?://[^/]+", "", desktop.url))
    expect(desktop.get_by_text("主办：市交通运输局").first).to_be_visible()
    do(desktop, "确认录入这3件")
    told(desktop, "已录入3件")
    do(desktop, "选中的审核通过，编号")
    look_at(desktop, "/desk/suggestions/assign/")
    desktop.set_viewport_size({"width": 1280, "height": 900})
    do(desktop, "交办选中的建议")
    told(desktop, "已交办3件")
    counts = suggestions.state_counts(OFFICE, city["office"])
    assert counts == {"assigned": 3}


def test_a_motion_on_the_telephone(phone: Page, city, act_as):
    act_as(phone, "d1", "/desk/suggestions/new/?kind=motion")
    look_at(phone, "/desk/suggestions/new/?kind=motion")
    phone.get_by_label("标题").fill("关于制定电动自行车条例的议案")
    phone.get_by_label("案由").fill(BODY)
    phone.get_by_label("案据").fill("消防法第五条规定单位和个人都有消防义务，本市火灾多发。")
    phone.get_by_label("方案").fill("短")
    do(phone, "保存草稿")
    expect(phone.get_by_role("alert")).to_contain_text("案由、案据和方案")
    phone.get_by_label("方案").fill("建议制定电动自行车停放充电管理条例，明确责任。")
    do(phone, "保存草稿")
    expect(phone.get_by_role("heading", name="案据")).to_be_visible()
    do(phone, "提交议案")
    expect(phone.get_by_role("alert")).to_contain_text("截止日")


@pytest.fixture
def busy(city) -> City:
    """The city with something on every page: late, promised, alike, reported, disputed, told."""
    now, month = timezone.now(), timedelta(days=30)
    late, (share,) = city.assigned(at=now - 4 * month)
    tasks.propose_letters()
    for _ in range(2):
        city.assigned(lead="jtj", at=now - month, title="关于加装路灯的建议")
    _, (given,) = city.assigned(at=now - month, cosigners=("d2",))
    day = timezone.localdate() + timedelta(days=300)
    signed = city.answer(given, now - month / 2, outcome="B", promise="修建排水管网三公里", promised_for=day)
    city.rate(signed, at=now - month / 3)
    (promise,) = given.commitments.all()
    handling.plan_milestone(
        commitment_id=promise.pk, words="完成第一公里", planned_for=day, by=city["zjj_clerk"], at=now
    )
    handling.save_template(unit="zjj", title="道路类", text="已经安排修补并养护。", by=city["zjj_clerk"], at=now)
    return city


DESKS = {
    "office": ("/desk/suggestions/?key=yes", "/desk/suggestions/alike/", "/desk/commitments/", "/desk/supervision-letters/",
               "/desk/succession/", "/desk/unit-reports/", "/desk/league/", "/desk/"),
    "approver": ("/desk/suggestions/pressure/", "/desk/suggestions/"), "d1": ("/desk/messages/", "/desk/suggestions/mine/"),
    "zjj_clerk": ("/desk/answer-templates/", "/desk/commitments/", "/desk/unit-reports/", "/desk/inbox/", "/desk/key-files/"),
    "chair": ("/desk/suggestions/", "/desk/key-files/"),
}  # fmt: skip


def test_the_pages_of_each_desk(desktop: Page, busy, act_as):
    look_at(desktop, "/suggestions/catalogue/")
    for who, paths in DESKS.items():
        act_as(desktop, who, "/desk/")
        for path in paths:
            look_at(desktop, path)
        for one in suggestions.office_list(OFFICE, busy["office"], suggestions.Filters()).rows[:4]:
            desktop.goto(f"/desk/suggestions/{one.pk}/")
            if desktop.get_by_role("heading", level=1).inner_text() != "没有权限":
                look_at(desktop, f"/desk/suggestions/{one.pk}/")


def test_a_units_report_on_the_screen(desktop: Page, busy, act_as, clock):
    clock.set(timezone.now().replace(month=6, day=10) + timedelta(days=366))
    made, (share,) = busy.assigned(at=timezone.now())
    [report] = handling.open_reports(year=timezone.localdate().year, organ=OFFICE, by=busy["office"], at=timezone.now())
    act_as(desktop, "zjj_head", f"/desk/unit-reports/{report.pk}/")
    do(desktop, "按数据起草")
    look_at(desktop, f"/desk/unit-reports/{report.pk}/")
    desktop.set_viewport_size({"width": 1280, "height": 900})
    do(desktop, "报送代表工委")
    told(desktop, "已报送")
    act_as(desktop, "office", f"/desk/unit-reports/{report.pk}/")
    look_at(desktop, f"/desk/unit-reports/{report.pk}/")
