"""民生实事 in the browser: every page looked at on both screens; a resident proposes on a telephone, the office decides."""

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from quancheng.demo.station_life import picture
from quancheng.people import acts as people
from quancheng.people import queries as people_queries
from quancheng.people.permissions import Actor
from quancheng.projects import acts
from quancheng.projects.models import Call, Project
from tests.browser.steps import press, prove_phone, sign_in, told
from tests.browser.test_every_page import look_at
from tests.browser.town import PASSWORD, SINCE

STAFF = (
    ("poffice", "周实事", "project_office", "root"), ("poffice2", "吴实事", "project_office", "root"),
    ("pgov", "王督查", "project_government", "gov"), ("punit", "贾经办", "unit_clerk", "zjj"),
    ("punit2", "冯局长", "unit_head", "zjj"), ("pdep", "蔺代表", "deputy", "root"),
)  # fmt: skip
BODY = "老街坊多是老人，买菜要过两条马路，希望就近建一处便民菜市场，三千多户都能受益。"
REASON = "关系多数居民的日常生活，一年内能够完成。"


@pytest.fixture
def house(town):
    """The congress with its office, the government, a unit and a deputy, beside the town."""
    at = timezone.now()
    for code, name, kind in (
        ("root", "某市人大常委会", "standing_committee"), ("gov", "某市人民政府", "government"), ("zjj", "住房建设局", "government"),
    ):
        people.create_organ(code=code, name=name, kind=kind, area="410900", valid_from=SINCE, at=at)
    for username, name, role, organ in STAFF:
        account = people.create_account(username=username, name=name, password=PASSWORD, at=at)
        people.give_office(account_id=account.pk, organ=organ, role=role, valid_from=SINCE, at=at)
        town.actors[username] = people_queries.actor_for(account.pk, timezone.localdate())
    return town


def open_call(house) -> Call:
    """A call that is open now, whatever the season."""
    day = timezone.localdate()
    form = acts.CallForm(
        year=day.year + 1, title=f"征集{day.year + 1}年民生实事项目", words="征集一年内能办成、多数人受益的实事。不征集个案。",
        opens_on=day, closes_on=day + timedelta(days=40), government="gov", telephone="0393-6660000",
        decision="主任会议决定本年度征集时间",
    )  # fmt: skip
    return acts.open_call(organ="root", form=form, by=house.actors["poffice"], at=timezone.now())


def wish(call: Call, number: int, **changed) -> Project:
    """A wish handed in by the act."""
    whole = acts.Wish(
        title=f"在人民路口建便民菜市场（{number}）", body=BODY, submission_key=f"page-{number:04d}-{'k' * 20}", area="410902",
        place="人民路口", phone=f"139000000{number:02d}", latitude="35.76190", longitude="115.02930",
    )  # fmt: skip
    return acts.submit(call_id=call.pk, wish=replace(whole, **changed), by=Actor.public(), at=timezone.now())


def keep(page: Page, path: str, name: str) -> None:
    """Look at a page; where SCREENS names a folder, keep pictures of it."""
    look_at(page, path)
    folder = os.environ.get("SCREENS")
    for width in (1280, 390) if folder else ():
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=Path(folder or "") / f"{name}-{width}.png", full_page=True)


def test_pages_of_wishes(visitors, house, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    public, desk = visitors.desktop(), visitors.desktop()
    keep(public, "/projects/propose/", "propose-closed")
    call = open_call(house)
    made = [wish(call, number, pictures=(picture(number),) if number == 1 else ()) for number in range(1, 5)]
    office = {"by": house.actors["poffice"], "at": timezone.now()}
    acts.merge(leader_id=made[0].pk, project_ids=[made[1].pk], reason=REASON, **office)
    acts.decide(project_ids=[made[2].pk], fate="no_budget", reason="今年预算已经安排完毕，没有资金来源。", **office)
    acts.hide(project_id=made[3].pk, ground="personal_data", words="写了邻居的姓名", **office)
    acts.object_to_hiding(receipt_code=made[3].receipt_code, words="没有写别人的信息", at=timezone.now())
    for name, path in (
        ("list", "/projects/"), ("propose", "/projects/propose/"), ("wish", f"/projects/{made[0].code}/"),
        ("merged", f"/projects/{made[1].code}/"), ("out", f"/projects/{made[2].code}/"), ("hidden", f"/projects/{made[3].code}/"),
        ("receipt-wish", f"/r/{made[0].receipt_code}/?new=1"), ("receipt-hidden", f"/r/{made[3].receipt_code}/"),
    ):
        keep(public, path, name)
    sign_in(desk, "poffice2")
    for name, path in (
        ("desk-projects", "/desk/projects/"), ("desk-call-new", "/desk/projects/calls/new/"),
        ("desk-call", f"/desk/projects/calls/{call.pk}/"), ("desk-wishes", f"/desk/projects/calls/{call.pk}/wishes/"),
        ("desk-alike", f"/desk/projects/calls/{call.pk}/alike/"), ("desk-council", f"/desk/projects/calls/{call.pk}/council/"),
        ("desk-project", f"/desk/projects/{made[0].pk}/"), ("desk-objections", "/desk/projects/objections/"),
    ):
        keep(desk, path, name)
    station, deputy = visitors.desktop(), visitors.desktop()
    sign_in(station, "station")
    keep(station, "/desk/site/wish/", "desk-site-wish")
    sign_in(deputy, "pdep")
    keep(deputy, "/desk/projects/propose/", "desk-deputy-wish")


def test_a_resident_proposes_on_a_telephone_and_the_office_decides(visitors, house):
    wish(open_call(house), 1)
    resident, desk = visitors.phone(), visitors.desktop()
    resident.goto("/")
    resident.get_by_role("link", name="民生实事").first.click()
    resident.get_by_role("link", name="提一件民生实事").click()
    resident.get_by_label("想办成什么事").fill("在人民路口建一处便民菜市场")
    resident.get_by_label("为什么要办，谁受益").fill(BODY)
    press(resident, "下一步")
    expect(resident.get_by_role("heading", name="别人也提过")).to_be_visible()
    press(resident, "仍要提交，下一步")
    prove_phone(resident)
    press(resident, "提交建议")
    expect(resident.get_by_text("已经收到。")).to_be_visible()
    resident.get_by_role("link", name="看它的公开页面").click()
    expect(resident.get_by_role("heading", level=1)).to_have_text("在人民路口建一处便民菜市场")
    sign_in(desk, "poffice")
    desk.get_by_role("navigation", name="主要栏目").get_by_role("link", name="民生实事").click()
    desk.get_by_role("link", name="征集").last.click()
    desk.get_by_role("link", name="全部建议").click()
    desk.get_by_role("checkbox", name="选择这条建议").first.check()
    desk.get_by_label("理由（公开，每一位作者都会看到）").fill(REASON)
    press(desk, "列入筛选论证")
    told(desk, "已对1条作出决定")
    resident.reload()
    expect(resident.get_by_text("已列入筛选论证").first).to_be_visible()
