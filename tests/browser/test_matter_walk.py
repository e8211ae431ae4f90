"""群众意见, the whole way: written to a deputy, passed on, assigned, objected to, late, 不满意, redo, 满意, published, found.

Everybody does everything on his own page; only the clock is moved by the test.
"""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from quancheng import worker
from quancheng.contact import acts as contact
from quancheng.contact import queries as contact_queries
from quancheng.people import acts as people
from quancheng.people import queries as people_queries
from quancheng.people.permissions import Actor
from tests.browser.conftest import check_accessible, check_no_overflow
from tests.browser.steps import ask_code, press, saved, sign_in, told
from tests.browser.test_every_page import look_at
from tests.browser.town import PASSWORD, PHONE, SINCE

WORDS = "小区东门口的窨井盖松了，夜里骑车差点摔倒，请住建局派人看看。"
ANSWER = "我们到现场查看，当天更换了窨井盖，并把附近十二处一并检查加固，今后每月巡查一次。"
AGAIN = "再次到现场，旁边一处松动的井盖也已更换，并请附近居民一起验收。"
STAFF = (
    ("office", "何工委", "deputy_office", "dgw"), ("chief", "郭主任", "deputy_office_lead", "dgw"),
    ("zj", "贾经办", "unit_clerk", "zjj"), ("zjh", "冯局长", "unit_head", "zjj"), ("sw", "韩经办", "unit_clerk", "swj"),
    ("swh", "于局长", "unit_head", "swj"), ("jt", "陶经办", "unit_clerk", "jtj"),
    ("secret", "纪主任", "discipline", "dgw"), ("xf", "辛经办", "petition_clerk", "dgw"), ("keeper", "苗站员", "site_staff", "dgw"),
)  # fmt: skip


@pytest.fixture
def office(town):
    """The deputies' affairs office and three units beside the town's deputy and stations."""
    at = timezone.now()
    for code, name, kind in (
        ("dgw", "代表工作委员会", "working_body"), ("zjj", "濮阳市住建局", "government"), ("swj", "濮阳市水务局", "government"),
        ("jtj", "濮阳市交通局", "government"),
    ):
        people.create_organ(code=code, name=name, kind=kind, area="410900", valid_from=SINCE, at=at)
    for username, name, role, organ in STAFF:
        account = people.create_account(username=username, name=name, password=PASSWORD, at=at)
        site = "zd2" if role == "site_staff" else ""
        people.give_office(account_id=account.pk, organ=organ, role=role, site=site, valid_from=SINCE, at=at)
        town.actors[username] = people_queries.actor_for(account.pk, timezone.localdate())
    return town


def share(page: Page, unit: str) -> Locator:
    """The card of a unit's share that runs now; its folded forms are opened."""
    card = page.locator("section.card").filter(has=page.get_by_role("heading", level=2, name=re.compile(f"：{unit}"))).last
    page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true; })")
    return card


def do(page: Page, button: Locator) -> None:
    """Press a button of one card, and wait for the page that it leads to."""
    with page.expect_navigation():
        button.click()


def write_to_deputy(town, words: str = WORDS) -> tuple[str, int]:
    """Hand in an opinion as a resident who scanned the deputy's code; return its receipt code and its number."""
    at = timezone.now()
    code = contact.make_code(account_id=town.actors["deputy"].id, by=town.actors["office"], at=at).pk
    matter = contact.Matter(body=words, submission_key=f"walk-{at.timestamp():.6f}-{'k' * 12}", phone=PHONE, code=code)
    made = contact.submit(matter=matter, by=Actor.public(), at=at)
    return made.receipt_code, made.pk


def answer(page: Page, path: str, unit: str, clerk: str, head: str, text: str) -> None:
    """Let the unit's clerk draft and its head sign."""
    sign_in(page, clerk, path)
    card = share(page, unit)
    card.get_by_label("方式").select_option("visit")
    card.get_by_label("沟通情况").fill("到现场看过，向附近居民了解了情况。")
    do(page, card.get_by_role("button", name="记下沟通"))
    card = share(page, unit)
    card.get_by_label("办理结果").select_option("A")
    card.get_by_label("答复内容").fill(text)
    do(page, card.get_by_role("button", name="送负责人签发"))
    told(page, "已送负责人签发")
    sign_in(page, head, "/desk/inbox/")
    page.goto(path)
    do(page, share(page, unit).get_by_role("button", name="签发", exact=True))
    told(page, "已签发")


def rate(phone: Page, code: str, grade: str, reason: str = "") -> None:
    """Rate the newest answer on the author's page."""
    phone.goto(f"/r/{code}/")
    phone.get_by_label(grade, exact=True).check()
    phone.get_by_label(re.compile("^理由")).fill(reason)
    press(phone, "提交测评")
    expect(phone.get_by_role("status")).to_contain_text("测评已记下")


def write_on_the_telephone(phone: Page, town) -> str:
    """Scan the deputy's code, write, prove the number, hand in; return the receipt code."""
    code = contact.make_code(account_id=town.actors["deputy"].id, by=town.actors["office"], at=timezone.now()).pk
    phone.goto(f"/d/{code}/")
    phone.get_by_label("要反映的事情").fill(WORDS)
    phone.get_by_label(re.compile("^验证码")).fill(ask_code(phone))
    press(phone, "提交")
    return re.search(r"/r/([0-9A-Z]+)/", phone.url)[1]


def passed_on(page: Page) -> str:
    """Read the letter as the deputy and pass it on with advice; return the path of the matter."""
    sign_in(page, "deputy", "/desk/letters/")
    page.get_by_role("link", name=re.compile("窨井盖")).click()
    expect(page.get_by_role("button", name="交办")).to_have_count(0)  # R7.20: he instructs nobody
    page.get_by_label(re.compile("^我的建议")).fill("建议先设警示牌。")
    press(page, "转交")
    told(page, "已转交代表工委")
    return re.sub(r"^https?://[^/]+", "", page.url)


def assigned(page: Page, path: str, lead: str, assisting: str) -> None:
    """Assign on the office's page, from the proposal."""
    expect(page.get_by_text(f"{lead}（文中提到这个单位）")).to_be_visible()
    card = page.locator("section.card").filter(has=page.get_by_role("heading", name="交办", exact=True))
    expect(card.get_by_label("主办单位").locator("option:checked")).to_have_text(lead)
    card.get_by_label("协办单位（没有可不选）").first.select_option(label=assisting)
    do(page, card.get_by_role("button", name="交办", exact=True))
    told(page, "已交办")
    check_accessible(page)
    check_no_overflow(page)


def test_the_whole_way_of_an_opinion(desktop: Page, phone: Page, office, clock):
    clock.set(timezone.now().replace(year=2026, month=11, day=2, hour=2))  # a Monday morning, far from the holidays
    code = write_on_the_telephone(phone, office)
    path = passed_on(desktop)
    sign_in(desktop, "office", "/desk/matters/")
    look_at(desktop, "/desk/matters/")
    desktop.set_viewport_size({"width": 1280, "height": 900})
    desktop.get_by_role("link", name=re.compile("窨井盖")).click()
    expect(desktop.get_by_text("建议先设警示牌。")).to_be_visible()
    look_at(desktop, path)
    assigned(desktop, path, "濮阳市住建局", "濮阳市水务局")
    sign_in(desktop, "sw", "/desk/inbox/")
    desktop.locator("main table a").first.click()
    card = share(desktop, "濮阳市水务局")
    card.get_by_label("理由和依据").fill("井盖属于道路设施，由交通部门管养。")
    do(desktop, card.get_by_role("button", name="提出退办"))
    told(desktop, "退办意见已提交")
    sign_in(desktop, "office", "/desk/matters/")
    desktop.locator("details.card").filter(has_text="等待研究的退办").get_by_role("link").first.click()
    card = share(desktop, "濮阳市水务局")
    card.get_by_label("研究意见").fill("同意，改由交通部门协办。")
    card.get_by_label("改由哪个单位办理").select_option(label="濮阳市交通局")
    do(desktop, card.get_by_role("button", name="同意退办，改交办"))
    expect(share(desktop, "濮阳市交通局")).to_be_visible()

    clock.forward(days=18)  # yellow, and then red
    sign_in(desktop, "office", path)
    expect(share(desktop, "濮阳市住建局").get_by_text("黄灯")).to_be_visible()
    clock.forward(days=10)
    worker.run(once=True)
    sign_in(desktop, "office", path)
    card = share(desktop, "濮阳市住建局")
    expect(card.get_by_text("红灯：已逾期")).to_be_visible()
    card.get_by_label(re.compile("建议发出督办函")).fill("答复期限已过，请三日内答复，并说明原因。")
    do(desktop, card.get_by_role("button", name="发出督办函"))
    told(desktop, "督办函已发出")
    look_at(desktop, path)
    desktop.set_viewport_size({"width": 1280, "height": 900})
    sign_in(desktop, "zjh", path)
    card = share(desktop, "濮阳市住建局")
    card.get_by_label(re.compile("回复：")).fill("等待定制井盖到货，明日答复。")
    do(desktop, card.get_by_role("button", name="回复督办函"))

    answer(desktop, path, "濮阳市住建局", "zj", "zjh", ANSWER)
    rate(phone, code, "不满意", "旁边一处还松着。")
    sign_in(desktop, "zj", "/desk/inbox/")
    expect(desktop.get_by_text("重新办理").first).to_be_visible()
    answer(desktop, path, "濮阳市住建局", "zj", "zjh", AGAIN)
    rate(phone, code, "满意")
    sign_in(desktop, "chief", "/desk/matters/")
    desktop.locator("details.card").filter(has_text="等待公开审核").get_by_role("link").first.click()
    desktop.get_by_label(re.compile("^标题")).fill("小区东门口窨井盖松动")
    press(desktop, "审核无误，公开")
    told(desktop, "已公开")
    look_at(desktop, path)
    phone.goto("/matters/?q=窨井盖")
    phone.get_by_role("link", name="小区东门口窨井盖松动").click()
    for words in (WORDS, ANSWER, AGAIN, "旁边一处还松着。"):
        expect(phone.locator("main")).to_contain_text(words)
    assert phone.locator("section.card .badge").all_inner_texts() == ["不满意", "满意"]
    phone.goto("/reports/2026/11/")
    row = phone.get_by_role("row").filter(has_text="濮阳市住建局").last
    given, answered, in_time, left = (int(cell) for cell in row.get_by_role("cell").all_inner_texts())
    assert (given, left) == (1, 0) and in_time < answered  # the first answer was late
    check_accessible(phone)


def test_an_accusation_leaves_every_list(desktop: Page, office):
    code, pk = write_to_deputy(office, "举报某单位张某某收受工程款。")
    sign_in(desktop, "office", f"/desk/matters/{pk}/")
    desktop.get_by_text("不属于这里办理，转其他途径").click()
    desktop.get_by_label("转到哪里").select_option("accusation")
    desktop.get_by_label(re.compile("^为什么")).fill("短")
    press(desktop, "转送并停止计算期限")
    expect(desktop.get_by_role("alert")).to_be_visible()
    expect(desktop.get_by_label("转到哪里")).to_have_value("accusation")
    desktop.get_by_label(re.compile("^为什么")).fill("反映的是具体人员的违法问题。")
    press(desktop, "转送并停止计算期限")
    told(desktop, "已转送")
    expect(desktop.get_by_text("没有符合条件的意见。")).to_be_visible()
    assert contact_queries.receipt_page(code, timezone.localdate()).sealed
    sign_in(desktop, "secret", "/desk/referrals/sealed/")
    look_at(desktop, "/desk/referrals/sealed/")
    look_at(desktop, f"/desk/referrals/sealed/{pk}/")
    press(desktop, "打开阅读，记录在案")
    expect(desktop.locator("main")).to_contain_text("张某某")
    check_accessible(desktop)
    sign_in(desktop, "xf", "/desk/referrals/")
    look_at(desktop, "/desk/referrals/")
    expect(desktop.locator("main")).not_to_contain_text("张某某")


def test_the_list_is_saved_as_a_file(desktop: Page, office):
    write_to_deputy(office)
    sign_in(desktop, "office", "/desk/matters/")
    desktop.goto("/desk/matters/?state=registered&q=窨井盖")
    assert saved(desktop, desktop.get_by_role("link", name="导出表格 .xlsx")).read_bytes()[:2] == b"PK"
    assert WORDS in saved(desktop, desktop.get_by_role("link", name="导出 .csv")).read_text("utf-8-sig")


def test_a_walk_in_gets_a_slip(phone: Page, office):
    sign_in(phone, "keeper", "/desk/site/")
    phone.get_by_role("link", name="录入一件群众意见").click()
    phone.get_by_label("群言群语：本人的原话").fill("渠边护栏断了一截，孩子上学害怕。")
    phone.get_by_label("本人当面口头同意，有人见证").check()
    phone.get_by_label(re.compile("已向本人念过一遍")).check()
    press(phone, "代为提交意见")
    expect(phone.get_by_role("alert")).to_contain_text("谁在场见证")
    expect(phone.get_by_label("群言群语：本人的原话")).to_have_value("渠边护栏断了一截，孩子上学害怕。")
    check_accessible(phone)
    phone.get_by_label(re.compile("在场见证人")).fill("村会计老赵")
    press(phone, "代为提交意见")
    told(phone, "请打印回执")
    expect(phone.locator(".receipt-note .code")).to_be_visible()
    for path in ("/desk/site/matter/new/", "/desk/site/matter/slip/", "/desk/site/matters/", "/desk/site/"):
        look_at(phone, path)
