"""信访 in the browser: every page looked at on both screens; a resident and an office walk from the form to acceptance."""

import os
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from quancheng.handling import acts as handling
from quancheng.people import acts as people
from quancheng.people import queries as people_queries
from quancheng.people.permissions import Actor
from quancheng.petitions import acts
from quancheng.petitions.models import Petition, SealedItem
from tests.browser.conftest import check_accessible, check_no_overflow
from tests.browser.steps import press, sign_in
from tests.browser.test_every_page import look_at
from tests.browser.town import PASSWORD, PHONE, SINCE

FACTS = "小区二次供水水箱三年没有清洗，水里有沉淀物，多次向物业和街道反映没有结果。"
STAFF = (
    ("pclerk", "周信访", "petition_clerk", "xfs"), ("plead", "郑主任", "petition_lead", "xfs"),
    ("upper", "王上级", "petition_lead", "root"), ("disc", "冯纪检", "discipline", "root"),
    ("zj", "贾经办", "unit_clerk", "zjj"), ("zjh", "冯局长", "unit_head", "zjj"),
)  # fmt: skip


@pytest.fixture
def office(town):
    """The petition office, the level above and a unit, beside the town."""
    at = timezone.now()
    for code, name, kind, parent in (
        ("root", "某市人大常委会", "standing_committee", ""), ("xfs", "某市人大信访室", "working_body", "root"),
        ("zjj", "濮阳市住建局", "government", ""),
    ):
        people.create_organ(code=code, name=name, kind=kind, area="410900", parent=parent, valid_from=SINCE, at=at)
    for username, name, role, organ in STAFF:
        account = people.create_account(username=username, name=name, password=PASSWORD, at=at)
        people.give_office(account_id=account.pk, organ=organ, role=role, valid_from=SINCE, at=at)
        town.actors[username] = people_queries.actor_for(account.pk, timezone.localdate())
    facts = acts.Facts("濮阳市人民路100号", "0393-6660001", "办公楼一楼接待室", "工作日上午九时至十二时", "凭回执号在网上查询，或者打电话。")
    acts.publish_reception(organ="xfs", facts=facts, by=town.actors["plead"], at=at)
    return town


def hand_in(number: int, **changed) -> tuple[str, str]:
    """Hand something in by the act; its receipt code and its item."""
    whole = {
        "request": "请责成清洗水箱", "facts": f"{FACTS}（第{number}件）", "submission_key": f"page-{number:04d}-{'k' * 20}", "names": ("甲某",),
        "address": "某路12号院", "phone": PHONE, "about": "government", **changed,
    }  # fmt: skip
    code = acts.submit(submission=acts.Submission(**whole), by=Actor.public(), at=timezone.now(), organ="xfs")
    return code, SealedItem.objects.order_by("-pk")[0].public_id


def sorted_one(town, number: int) -> Petition:
    """A petition that was classed."""
    _code, item = hand_in(number)
    return acts.sort(
        item_id=item, kind="claim", route="other", about="government", title=f"反映水箱多年未清洗（{number}）",
        by=town.actors["pclerk"], at=timezone.now(),
    )  # fmt: skip


def concluded(town, number: int) -> Petition:
    """A petition with a written conclusion that was delivered."""
    made, at, a = sorted_one(town, number), timezone.now(), town.actors
    acts.accept(petition_id=made.pk, by=a["pclerk"], at=at)
    share = handling.assign(case_id=made.case_id, lead="zjj", assisting=[], note="", by=a["pclerk"], at=at)[0]
    draft = handling.Draft(outcome="A", text="已责成物业于本月十五日前清洗水箱，并公示水质检测报告。")
    answer = handling.draft_answer(assignment_id=share.pk, draft=draft, by=a["zj"], at=at)
    handling.sign_answer(answer_id=answer.pk, by=a["zjh"], at=at)
    acts.deliver(petition_id=made.pk, on=timezone.localdate(), how="当面送达", by=a["pclerk"], at=at)
    return made


def keep(page: Page, path: str, name: str) -> None:
    """Look at a page; where SCREENS names a folder, keep pictures of it."""
    look_at(page, path)
    folder = os.environ.get("SCREENS")
    for width in (1280, 390) if folder else ():
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=Path(folder or "") / f"{name}-{width}.png", full_page=True)


def test_public_pages(desktop: Page, office):
    keep(desktop, "/petitions/", "how")
    keep(desktop, "/petitions/new/", "new")
    keep(desktop, "/petitions/new/?accuse=1", "accuse")
    code, _item = hand_in(1)
    keep(desktop, f"/p/{code}/?new=1", "receipt-sealed")
    made = concluded(office, 2)
    keep(desktop, f"/p/{made.receipt_code}/", "receipt")
    acts.apply_for_review(receipt_code=made.receipt_code, reason="没有公布检测报告", at=timezone.now())
    keep(desktop, f"/p/{made.receipt_code}/", "receipt-review")


def test_pages_of_the_office(desktop: Page, office):
    hand_in(1)
    classed, accepted, done = sorted_one(office, 2), sorted_one(office, 3), concluded(office, 4)
    acts.accept(petition_id=accepted.pk, by=office.actors["pclerk"], at=timezone.now())
    acts.apply_for_review(receipt_code=done.receipt_code, reason="没有公布检测报告", at=timezone.now())
    sign_in(desktop, "plead")
    for name, path in (
        ("desk-list", "/desk/petitions/"), ("desk-incoming", "/desk/petitions/incoming/"), ("desk-enter", "/desk/petitions/enter/"),
        ("desk-reception", "/desk/petitions/reception/"), ("desk-sealed", "/desk/petitions/sealed/"), ("desk-home", "/desk/"),
        ("desk-classed", f"/desk/petitions/{classed.pk}/"), ("desk-accepted", f"/desk/petitions/{accepted.pk}/"),
        ("desk-review", f"/desk/petitions/{done.pk}/"),
    ):
        keep(desktop, path, name)


def test_pages_of_unit_and_discipline(desktop: Page, visitors, office):
    code, item = hand_in(1, accuses=True, accused_name="某科长", accused_unit="某某中心")
    made = concluded(office, 2)
    sign_in(desktop, "zj")
    keep(desktop, f"/desk/petitions/{made.pk}/", "unit")
    other = visitors.desktop()
    sign_in(other, "disc")
    keep(other, "/desk/petitions/sealed/", "discipline")
    keep(other, f"/desk/petitions/items/{item}/", "item-closed")
    other.get_by_role("button", name="打开来件").click()
    expect(other.get_by_text("密封记录")).to_be_visible()
    other.get_by_role("button", name="归为检举控告，密封").click()
    expect(other.get_by_role("status")).to_contain_text("已密封")
    assert acts.receipt_of_form and code


def test_a_resident_writes_on_a_telephone_and_the_office_accepts(visitors, office, settings):
    settings.DEMO = True
    resident = visitors.phone()
    resident.goto("/")
    resident.get_by_role("link", name="信访", exact=True).first.click()
    resident.get_by_role("link", name="写信访件").click()
    resident.get_by_label("姓名（名称）").fill("甲某")
    resident.get_by_label("住址").fill("某路12号院")
    resident.get_by_label("您的请求").fill("请责成清洗水箱")
    resident.get_by_label("事实和理由").fill(FACTS)
    resident.get_by_label("手机号").fill(PHONE)
    resident.get_by_role("button", name="获取验证码").click()
    shown = resident.get_by_role("status").locator(".code").inner_text()
    assert resident.get_by_label("事实和理由").input_value() == FACTS
    resident.get_by_label("验证码", exact=True).fill(shown)
    resident.get_by_role("button", name="提交", exact=True).last.click()
    expect(resident.get_by_text("已经收到。")).to_be_visible()
    desk = visitors.desktop()
    sign_in(desk, "pclerk")
    desk.goto("/desk/petitions/incoming/")
    desk.get_by_role("link", name="来件").first.click()
    desk.get_by_role("button", name="打开来件").click()
    expect(desk.get_by_text(FACTS)).to_be_visible()
    desk.get_by_label("类别").select_option("claim")
    desk.get_by_label("申诉求决类的途径").select_option("other")
    desk.get_by_label("标题，不写姓名").fill("反映水箱多年未清洗")
    desk.get_by_role("button", name="归类，转入办理并告知信访人").click()
    desk.get_by_role("button", name="受理", exact=True).click()
    expect(desk.get_by_role("status")).to_contain_text("六十日")
    resident.reload()
    expect(resident.get_by_role("heading", name="受理告知书")).to_be_visible()


def test_a_petition_walks_to_re_examination_by_pages_alone(visitors, office, settings):
    settings.DEMO = True
    made, desk, unit, head, above = sorted_one(office, 9), *(visitors.desktop() for _ in range(4))
    for page, username in ((desk, "plead"), (unit, "zj"), (head, "zjh"), (above, "upper")):
        sign_in(page, username)
    resident, path, mine = visitors.phone(), f"/desk/petitions/{made.pk}/", f"/p/{made.receipt_code}/"
    desk.goto(path)
    press(desk, "受理")
    desk.get_by_label("主办单位").select_option("zjj")
    press(desk, "转送承办单位")
    unit.goto("/desk/inbox/")
    unit.get_by_role("row").filter(has_text=made.case.number).get_by_role("link").first.click()
    unit.get_by_text("起草答复").click()
    unit.get_by_label("办理结果").select_option("A")
    unit.get_by_label("答复内容").fill("经现场检查，已责成物业于本月十五日前清洗水箱，并公示水质检测报告。")
    press(unit, "送负责人签发")
    head.goto(path)
    press(head, "签发")
    for what, way in (("复查", "当面送达"), ("复核", "邮寄送达")):
        desk.goto(path)
        desk.get_by_label("怎样送达").fill(way)
        press(desk, "记下送达")
        resident.goto(mine)
        resident.get_by_label("不服的理由").fill("没有公布检测报告。")
        press(resident, f"请求{what}")
        expect(resident.get_by_role("heading", name=what, exact=True)).to_be_visible()
        if what == "复核":  # the organ above the city is not in this system: named, then its opinion is entered
            desk.goto(path)
            desk.get_by_label("机关名称").fill("省信访事项复查复核办公室")
            press(desk, "登记")
        judge = above if what == "复查" else desk
        judge.goto(path)
        judge.get_by_label("结论", exact=True).select_option("upheld")
        judge.get_by_label("事实、理由和结论").fill("经审查，原意见认定事实清楚，处理适当，予以维持。")
        press(judge, "作出意见，发给信访人")
        resident.goto(mine)
        expect(resident.get_by_role("heading", name=f"{what}意见书")).to_be_visible()
    expect(resident.get_by_text("已办结").first).to_be_visible()
    check_accessible(resident)
    check_no_overflow(resident)
    made.case.refresh_from_db()
    assert made.case.state == "final"
