"""民生实事, the whole way on one page: a wish, screening, the session, a secret vote, four quarters, the rating, the next year.

Everybody does on his own pages what the walk is about; what thirteen other projects need besides is done by acts. Only the
clock is moved by the test.
"""

import re
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page, expect

from quancheng.ballots import cards, verify
from quancheng.demo.rehearsal import Rehearsal
from quancheng.demo.station_life import picture
from quancheng.meetings import acts as meetings
from quancheng.meetings.models import Meeting
from quancheng.people import acts as people
from quancheng.people import queries as people_queries
from quancheng.people.permissions import Actor
from quancheng.projects import acts
from quancheng.projects.models import Call, Project
from quancheng.voting.models import Board
from tests.browser.conftest import check_accessible, check_no_overflow
from tests.browser.steps import press, prove_phone, sign_in, told
from tests.browser.test_every_page import look_at
from tests.browser.test_matter_walk import do
from tests.browser.town import PASSWORD, SINCE

ZONE = ZoneInfo("Asia/Shanghai")
DEPUTIES, THERE = 36, 34  # all, and those who come: 18 votes are not over half, 19 are
TITLE, BODY = "在人民路口建一处便民菜市场", "老街坊多是老人，买菜要过两条马路，希望就近建一处便民菜市场，三千多户都能受益。"
OTHERS = (
    "城区三处积水点改造", "新修农村公路二十公里", "老旧小区加装电梯", "社区养老食堂五处", "中小学课后服务场地", "公厕新建改造十座",
    "停车位挖潜八百个", "口袋公园六处", "村卫生室设备更新", "饮水安全管网改造", "背街小巷路灯补亮", "残疾人家庭无障碍改造",
    "图书馆夜间开放", "公交首末站遮雨棚",
)  # fmt: skip
STAFF = (
    ("poffice", "周实事", "project_office", "root"), ("pgov", "王督查", "project_government", "gov"),
    ("punit", "贾经办", "unit_clerk", "zjj"), ("secretary", "齐秘书", "secretariat", "root"),
    ("head", "鲁处长", "secretariat_lead", "root"), ("registrar", "楚签到", "registrar", "root"), ("preleaser", "宋审核", "releaser", "root"),
)  # fmt: skip
REASON = "关系多数居民的日常生活，一年内能够完成。"
QUARTERS = (  # when it is written, what is done, what is paid
    (datetime(2027, 4, 8, 9, tzinfo=ZONE), 20, "240"), (datetime(2027, 7, 8, 9, tzinfo=ZONE), 55, "620.5"),
    (datetime(2027, 10, 11, 9, tzinfo=ZONE), 85, "1000"), (datetime(2027, 12, 13, 9, tzinfo=ZONE), 100, "1200"),
)  # fmt: skip


@pytest.fixture
def house(town, clock, settings, tmp_path):
    """A congress of thirty-six with its office, secretariat and registrar; the government, a unit."""
    settings.MEDIA_ROOT, settings.HALL_NETWORKS = tmp_path, "127.0.0.0/8"
    clock.set(datetime(2026, 9, 1, 9, tzinfo=ZONE))
    at = timezone.now()
    for code, name, kind in (
        ("root", "某市人大常委会", "standing_committee"), ("gov", "某市人民政府", "government"), ("zjj", "住房建设局", "government"),
    ):
        people.create_organ(code=code, name=name, kind=kind, area="410900", valid_from=SINCE, at=at)
    term = people.open_term(organ="root", number=8, starts_on=SINCE, at=at)
    seats = tuple((f"d{n}", f"甲代表{n:02}", "deputy", "root") for n in range(1, DEPUTIES + 1))
    for username, name, role, organ in (*STAFF, *seats):
        needs = not username.startswith("d") or username in ("d1", "d2")
        account = people.create_account(username=username, name=name, password=PASSWORD if needs else None, at=at)
        people.give_office(account_id=account.pk, organ=organ, role=role, valid_from=SINCE, at=at)
        if role == "deputy":
            people.seat_deputy(term=term, account_id=account.pk, electoral_unit="东城区", field="", valid_from=SINCE, at=at)
        town.actors[username] = people_queries.actor_for(account.pk, timezone.localdate())
    return town


def who(house, username: str) -> dict:
    """Return the arguments with which somebody acts now."""
    return {"by": house.actors[username], "at": timezone.now()}


def collected(house, phone: Page) -> tuple[Call, Project, list[Project]]:
    """A call; a resident proposes on his telephone, others by their own doors. Return the call, his wish, the others."""
    form = acts.CallForm(
        year=2027, title="征集2027年民生实事项目", words="征集一年内能办成、多数人受益的实事；不征集经营性项目和个案。",
        opens_on=timezone.localdate(), closes_on=timezone.localdate() + timedelta(days=40), government="gov", telephone="0393-6660000",
    )  # fmt: skip
    call = acts.open_call(organ="root", form=form, **who(house, "poffice"))
    phone.goto("/projects/")
    phone.get_by_role("link", name="提一件民生实事").click()
    phone.get_by_label("想办成什么事").fill(TITLE)
    phone.get_by_label("为什么要办，谁受益").fill(BODY)
    press(phone, "下一步")
    phone.locator("input[type=file]").set_input_files([{"name": "路口.png", "mimeType": "image/png", "buffer": picture(1)}])
    prove_phone(phone)
    phone.locator("input[type=file]").set_input_files([{"name": "路口.png", "mimeType": "image/png", "buffer": picture(1)}])
    press(phone, "提交建议")
    expect(phone.get_by_text("已经收到。")).to_be_visible()
    made = []
    for n, title in enumerate((*OTHERS, "人民路口要有个菜市场", "给我家门口装一盏灯"), 1):
        wish = acts.Wish(
            title=title, body=f"{title}，附近居民多次提出，希望今年办成。", submission_key=f"walk-{n:04}-{'k' * 24}", area="410902",
            place="人民路口", phone=f"139000001{n:02}",
        )  # fmt: skip
        made.append(acts.submit(call_id=call.pk, wish=wish, by=Actor.public(), at=timezone.now()))
    return call, Project.objects.get(title=TITLE), made


def screened(house, desk: Page, unit: Page, call: Call, wish: Project, others: list[Project]) -> None:
    """Every wish gets its fate with a reason; the walk's one becomes a candidate by pages, fourteen by acts."""
    alike, own = others[-2], others[-1]
    sign_in(desk, "poffice", f"/desk/projects/calls/{call.pk}/wishes/")
    look_at(desk, f"/desk/projects/{own.pk}/")
    desk.get_by_label("未列入：不属于公共利益事项").check()
    desk.get_by_label(re.compile("^理由")).first.fill("属于一户的个别事项，已转交社区办理。")
    do(desk, desk.get_by_role("button", name="作出决定"))
    told(desk, "已作出决定")
    acts.merge(leader_id=wish.pk, project_ids=[alike.pk], reason="说的是同一处菜市场。", **who(house, "poffice"))
    acts.decide(project_ids=[wish.pk, *(one.pk for one in others[:-2])], fate="in", reason=REASON, **who(house, "poffice"))
    path = f"/desk/projects/{wish.pk}/"
    desk.goto(path)
    for label, words in (
        ("项目名称", "人民路便民菜市场"), ("建设内容", "新建便民菜市场一处，八百平方米，摊位六十个。"), ("建设地点", "人民路与建设路交叉口东南角"),
        ("受益范围", "周边三千二百户"), (re.compile("^总投资"), "1200"), (re.compile("^资金来源"), "市级财政 800\n区级财政 400"),
        ("完成时间", "2027-11-30"), ("可行性", "用地已落实，年内可以完工，不形成政府债务。"),
    ):  # fmt: skip
        desk.get_by_label(label).first.fill(words)
    desk.get_by_label("责任单位").first.select_option("zjj")
    do(desk, desk.locator("button[value=dossier]"))
    told(desk, "论证档案已保存")
    desk.locator("details").evaluate_all("all => all.forEach(one => { one.open = true; })")
    desk.get_by_label(re.compile("^单位")).select_option("zjj")
    do(desk, desk.locator("button[value=ask_units]"))
    sign_in(unit, "punit", "/desk/projects/")
    unit.get_by_role("link", name=TITLE).first.click()
    unit.get_by_label("可行", exact=True).check()
    unit.get_by_label(re.compile("^依据")).fill("用地和资金都有保障，年内可以完成。")
    do(unit, unit.locator("button[value=view]"))
    desk.goto(path)
    do(desk, desk.locator("button[value=list]"))
    told(desk, "已列为候选项目")
    for one in others[:-2]:
        dossier = acts.DossierForm(
            title=one.title, content=f"{one.title}，按方案分步实施。", location="全市", benefit="全市居民", cost="300", owner="zjj",
            finish_on=date(2027, 12, 10), feasibility="资金已落实，年内可以完成。", money=(("市级财政", "300"),),
        )  # fmt: skip
        acts.write_dossier(project_id=one.pk, form=dossier, edits=0, **who(house, "poffice"))
        acts.ask_units(project_id=one.pk, units=["zjj"], **who(house, "poffice"))
        acts.give_view(project_id=one.pk, stand="feasible", words="资金有保障，年内可以完成。", **who(house, "punit"))
        acts.list_candidate(project_id=one.pk, **who(house, "poffice"))


def listed(desk: Page, call: Call) -> None:
    """The call is over; 主任会议 has looked at the list; fifteen candidates for twelve places are put to the congress."""
    path = f"/desk/projects/calls/{call.pk}/"
    sign_in(desk, "poffice", path)
    do(desk, desk.get_by_role("button", name="截止征集，转入筛选"))
    desk.locator("details").evaluate_all("all => all.forEach(one => { one.open = true; })")
    desk.get_by_label("哪一次会议").fill("第四十次主任会议")
    desk.get_by_label(re.compile("^会议的意见")).fill("同意将候选项目提请人民代表大会会议票决。")
    do(desk, desk.get_by_role("button", name="记下会议情况"))
    desk.get_by_label("提请票决多少个").fill("14")
    do(desk, desk.get_by_role("button", name="确定候选项目，提请大会票决"))
    expect(desk.get_by_text(re.compile("差额须在10%至30%之间"))).to_be_visible()  # R7.52
    desk.get_by_label("提请票决多少个").fill("12")
    do(desk, desk.get_by_role("button", name="确定候选项目，提请大会票决"))
    told(desk, "候选项目已确定")
    look_at(desk, path)


def session(house, title: str, days: int = 20, kind: str = "congress") -> Meeting:
    """A meeting that was called with its notice."""
    plan = meetings.Plan(kind=kind, title=title, place="市人民会堂", starts_at=timezone.now() + timedelta(days=days))
    made = meetings.plan(plan=plan, organ="root", **who(house, "secretary"))
    meetings.add_item(
        meeting_id=made.pk, item=meetings.Item(title="民生实事项目", kind="vote"), **who(house, "secretary")
    )
    return meetings.call(meeting_id=made.pk, late_reason="经主任会议决定", **who(house, "secretary"))


def held(house, clock, meeting: Meeting, desk: Page, phone: Page, screen: Page) -> None:
    """Check-in to the quorum, the opening, an item, somebody who asks for the floor on his telephone and has it."""
    clock.set(meeting.starts_at)
    sign_in(desk, "secretary", f"/desk/meetings/{meeting.pk}/run/")
    do(desk, desk.get_by_role("button", name="宣布开会"))
    expect(desk.get_by_text(re.compile("未达法定人数")).first).to_be_visible()  # R0.1: not without the quorum
    sign_in(desk, "registrar", f"/desk/meetings/{meeting.pk}/register/")
    desk.get_by_label(re.compile("^姓名、号码")).fill("甲代表01")
    desk.keyboard.press("Enter")
    do(desk, desk.get_by_role("button", name="签到：甲代表01"))
    for one in meeting.attendees.exclude(name="甲代表01").order_by("pk")[: THERE - 1]:
        meetings.check_in(attendee_id=one.pk, **who(house, "registrar"))
    look_at(desk, f"/desk/meetings/{meeting.pk}/register/")
    screen.goto(f"/hall/screen/{meeting.pk}/")
    expect(screen.locator("[data-key=present]")).to_have_text(str(THERE))
    expect(screen.get_by_text("已达法定人数")).to_be_visible()
    run = f"/desk/meetings/{meeting.pk}/run/"
    sign_in(desk, "secretary", run)
    do(desk, desk.get_by_role("button", name="宣布开会"))
    do(desk, desk.get_by_role("button", name=re.compile("^进行这一项")))
    sign_in(phone, "d1", f"/desk/meetings/mine/{meeting.pk}/")
    do(phone, phone.get_by_role("button", name="申请发言"))
    desk.goto(run)
    do(desk, desk.get_by_role("button", name="开始发言：甲代表01"))
    expect(screen.locator("[data-key=speaker]")).to_have_text("甲代表01", timeout=15_000)
    look_at(desk, run)
    do(desk, desk.get_by_role("button", name="结束发言"))


def prepared(desk: Page, meeting: Meeting, title: str, kind: str) -> int:
    """Prepare a secret vote by device whose questions come from the list of projects; name who watches; return its id."""
    sign_in(desk, "secretary", f"/desk/votes/new/?meeting={meeting.pk}")
    desk.get_by_label(re.compile("^名称")).fill(title)
    desk.get_by_label("方式").select_option("device")
    desk.get_by_label("怎样选").select_option(kind)
    do(desk, desk.get_by_role("button", name="准备好"))
    for n in range(1, 6):
        desk.get_by_label(f"监票人{n}").fill(f"甲代表{n + 20:02}")
    for n in (1, 2):
        desk.get_by_label(f"计票人{n}").fill(f"甲代表{n:02}")
    desk.get_by_role("checkbox").check()
    do(desk, desk.get_by_role("button", name="指定这些人员"))
    return int(re.search(r"/votes/(\d+)/", desk.url)[1])


def opened(desk: Page, playing: Rehearsal) -> None:
    """Keys, roll, the vote opens."""
    playing.step()
    desk.reload()
    do(desk, desk.get_by_role("button", name="固定表决方案"))
    while playing.step() != "ready":
        pass
    desk.reload()
    do(desk, desk.get_by_role("button", name="开始表决"))
    playing.step()


def cast(page: Page, vote_id: int, seed: bytes, titles: list[str]) -> str:
    """Vote at a tablet of the hall; return the code on the receipt."""
    page.goto("about:blank")
    page.goto(f"/hall/booth/?vote={vote_id}#card={cards.text(seed)}")
    for title in titles:
        page.get_by_label(title, exact=True).check()
    page.get_by_role("button", name=re.compile("核对|下一步")).first.click()
    check_accessible(page)
    check_no_overflow(page)
    page.get_by_role("button", name="投票", exact=True).click()
    expect(page.locator(".code")).to_be_visible()
    return page.locator(".code").inner_text()


def counted(page: Page, username: str, vote_id: int, marks: list[int]) -> None:
    """Enter a teller's sheet of one paper."""
    sign_in(page, username, f"/desk/counting/{vote_id}/")
    page.get_by_label(re.compile("^收回的选票")).fill("1")
    for n, mark in enumerate(marks):
        page.locator(f"[name=m-0-{n}]").fill(str(mark))
    page.get_by_label("有效票").fill("1")
    page.get_by_label("无效票").fill("0")
    do(page, page.get_by_role("button", name="交计票单"))


def announced(desk: Page, playing: Rehearsal, paper: tuple[list[int], Page] | None) -> str:
    """The last press is over, two scrutineers are lost, three open the sums; announced. Return the root."""
    desk.get_by_role("link", name="刷新").click()
    do(desk, desk.get_by_role("button", name=re.compile("截止")))
    root = Board.objects.get(vote_id=playing.vote_id).root
    if paper is not None:
        for username in ("d1", "d2"):  # the paper is counted by two, blind to each other
            counted(paper[1], username, playing.vote_id, paper[0])
    playing.trustees = {n: one for n, one in playing.trustees.items() if n in (1, 3, 5)}
    playing.step()
    sign_in(desk, "head", f"/desk/votes/{playing.vote_id}/device/")
    do(desk, desk.get_by_role("button", name="当场宣布结果"))
    return root


def carried_out(house, clock, wish: Project, gov: Page, unit: Page, office: Page, phone: Page) -> None:
    """Tasks, four quarters with pictures, a deputy who looks, a change that is refused, completion."""
    path = f"/desk/projects/{wish.pk}/"
    clock.set(datetime(2027, 3, 10, 9, tzinfo=ZONE))
    sign_in(gov, "pgov", "/desk/projects/")
    gov.goto(path)
    gov.get_by_label("节点").fill("主体完工 2027-08-31\n竣工验收")
    do(gov, gov.get_by_role("button", name="公布任务清单"))
    expect(gov.get_by_text(re.compile("“竣工验收”没有写明日期"))).to_be_visible()  # what was typed is still there
    gov.get_by_label("节点").fill(gov.get_by_label("节点").input_value() + " 2027-11-30")
    do(gov, gov.get_by_role("button", name="公布任务清单"))
    told(gov, "任务清单已公布")
    sign_in(office, "poffice", "/desk/projects/")
    office.goto(path)
    office.get_by_label(re.compile("^代表姓名")).fill("甲代表01、甲代表02")
    do(office, office.get_by_role("button", name="确定", exact=True))
    told(office, "跟踪代表已确定")
    for n, (moment, share, paid) in enumerate(QUARTERS, 1):
        clock.set(moment)
        sign_in(unit, "punit", "/desk/projects/")
        unit.goto(path)
        unit.get_by_label("季度", exact=True).select_option(f"2027-{n}")
        unit.get_by_label("累计完成（%）").fill(str(share))
        unit.get_by_label("累计支付（万元）").fill(paid)
        unit.get_by_label(re.compile("^这个季度办了什么")).fill(f"第{n}季度按计划施工，没有发生安全事故。")
        unit.locator("input[type=file]").first.set_input_files([{"name": "现场.png", "mimeType": "image/png", "buffer": picture(n)}])
        do(unit, unit.get_by_role("button", name="保存进展"))
        told(unit, "进展已送政府办公室")
        sign_in(gov, "pgov", "/desk/projects/")
        gov.get_by_role("link", name="人民路便民菜市场").first.click()
        do(gov, gov.get_by_role("button", name="审核公布"))
        told(gov, "进展已公布")
    sign_in(phone, "d1", "/desk/projects/")
    phone.get_by_role("link", name="人民路便民菜市场").first.click()
    phone.get_by_label(re.compile("^看到了什么")).fill("现场已完工，摊位整齐，通道畅通。")
    do(phone, phone.get_by_role("button", name="记下", exact=True))
    told(phone, "已记下")
    sign_in(unit, "punit", "/desk/projects/")
    for name in ("主体完工", "竣工验收"):
        unit.goto(path)
        do(unit, unit.get_by_role("button", name=f"{name}标明完成"))
    sign_in(gov, "pgov", "/desk/projects/")
    gov.goto(path)
    do(gov, gov.get_by_role("button", name="报告完成"))
    told(gov, "已报告完成")


def verified(desk: Page, booth: Page, archive: Path, root: str) -> None:
    """Download the archive; both verifiers accept it."""
    with desk.expect_download() as download:
        desk.get_by_role("link", name="下载存档").click()
    download.value.save_as(archive)
    assert verify.verify(archive.read_bytes(), root=root).ok
    booth.goto("/hall/verifier/")
    booth.locator("input[type=file]").set_input_files(archive)
    booth.get_by_label(re.compile("^会场公布的根")).fill(root)
    booth.get_by_role("button", name="开始核验").click()
    expect(booth.get_by_text(re.compile("核验通过")).first).to_be_visible(timeout=60_000)


def adopted(call: Call, wish: Project, other: Page, phone: Page) -> None:
    """Take the announced result in; the resolution is reviewed, released, and stands where everybody reads it."""
    sign_in(other, "poffice", f"/desk/projects/calls/{call.pk}/")
    expect(other.get_by_text(re.compile("下面的数目取自宣布的结果"))).to_be_visible()
    do(other, other.get_by_role("button", name="记入票决结果"))
    told(other, "票决结果已记入")
    other.get_by_label(re.compile("^保存后送审核")).check()
    do(other, other.get_by_role("button", name="保存决议"))
    sign_in(other, "preleaser", "/desk/review/")
    other.get_by_role("main").get_by_role("link", name=re.compile("民生实事项目的决议")).first.click()
    do(other, other.get_by_role("button", name="公开这份文件"))
    phone.goto("/projects/?year=2027")
    phone.get_by_role("link", name="关于确定2027年民生实事项目的决议").click()
    expect(phone.get_by_text("人民路便民菜市场")).to_be_visible()
    look_at(phone, re.sub(r"^https?://[^/]+", "", phone.url))
    states = dict(Project.objects.filter(call=call).values_list("pk", "case__state"))
    assert states[wish.pk] == "adopted" and sorted(states.values()).count("adopted") == 12


def rated(house, clock, desk: Page) -> None:
    """The deputies rate the projects of the year at their next session, in secret."""
    second_meeting = session(house, "某市第八届人民代表大会第七次会议", days=10)
    clock.set(second_meeting.starts_at)
    for one in second_meeting.attendees.order_by("pk")[:THERE]:
        meetings.check_in(attendee_id=one.pk, **who(house, "registrar"))
    meetings.open_meeting(meeting_id=second_meeting.pk, **who(house, "secretary"))
    meetings.open_item(meeting_id=second_meeting.pk, item_id=second_meeting.items.get().pk, **who(house, "secretary"))
    rating = Rehearsal(prepared(desk, second_meeting, "2027年民生实事项目测评", "rating"), deputies=33, paper=0, say=lambda words: None)
    opened(desk, rating)
    announced(desk, rating, None)


def ended(call: Call, wish: Project, other: Page) -> Project:
    """Take the rating in; what passed is closed, what is unfinished goes on in the next year. Return the latter."""
    sign_in(other, "poffice", f"/desk/projects/calls/{call.pk}/")
    expect(other.get_by_text(re.compile("下面的数目取自宣布的结果"))).to_be_visible()
    do(other, other.get_by_role("button", name="记入测评结果"))
    told(other, "测评结果已记入")
    look_at(other, f"/desk/projects/calls/{call.pk}/")
    other.goto(f"/desk/projects/{wish.pk}/")
    do(other, other.get_by_role("button", name="办结", exact=True))
    told(other, "已办结")
    unfinished = Project.objects.filter(call=call, case__state="evaluated").order_by("pk")[0]
    look_at(other, f"/desk/projects/{unfinished.pk}/")
    other.get_by_label(re.compile("^要整改什么")).fill("明年上半年补齐手续，按月公布进展。")
    other.get_by_label("完成时间").fill("2028-06-30")
    do(other, other.get_by_role("button", name="转入下一年度"))
    told(other, "已转入下一年度继续办理")
    return unfinished


def test_one_project_from_the_first_wish_to_the_rating(visitors, house, clock, tmp_path):
    cache.clear()
    phone, desk, unit, other, screen = visitors.phone(), visitors.desktop(), visitors.desktop(), visitors.desktop(), visitors.desktop()
    call, wish, others = collected(house, phone)
    screened(house, desk, unit, call, wish, others)
    clock.set(datetime(2026, 10, 12, 9, tzinfo=ZONE))
    listed(desk, call)

    clock.set(datetime(2027, 1, 20, 9, tzinfo=ZONE))
    meeting = session(house, "某市第八届人民代表大会第六次会议")
    held(house, clock, meeting, desk, phone, screen)
    vote_id = prepared(desk, meeting, "2027年民生实事项目票决", "ballot")
    playing = Rehearsal(vote_id, deputies=30, paper=1, say=lambda words: None)
    opened(desk, playing)
    titles = ["人民路便民菜市场", *OTHERS]
    first, second = playing.left()[:2]
    booth = visitors.phone()
    cast(booth, vote_id, first, titles[:12])
    cast(booth, vote_id, second, titles[:12])
    root = announced(desk, playing, ([1] * 12 + [0] * 3, phone))
    expect(screen.locator("[data-block]")).to_contain_text("人民路便民菜市场", timeout=15_000)  # the result on the big screen
    verified(desk, booth, tmp_path / "vote.archive", root)
    adopted(call, wish, other, phone)
    carried_out(house, clock, wish, other, unit, desk, phone)
    clock.set(datetime(2027, 12, 14, 9, tzinfo=ZONE))
    rated(house, clock, desk)
    unfinished = ended(call, wish, other)

    public = f"/projects/{wish.code}/"
    look_at(phone, public)
    for words in ("最初是这样提的", "全程轴", "代表票决", "任务清单", "进展和资金", "代表跟踪", "代表测评", "并入的同类建议"):
        expect(phone.get_by_role("heading", name=re.compile(words)).first).to_be_visible()
    expect(phone.get_by_text("已完成100%，已支付1,200万元，总投资1,200万元")).to_be_visible()
    look_at(phone, f"{public}board/")
    look_at(phone, f"/projects/{unfinished.code}/")
    expect(phone.get_by_role("heading", name="转入2028年继续办理")).to_be_visible()
