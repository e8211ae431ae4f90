"""The office's and the units' pages of suggestions: imports, many at once, motions, key files, reports, files, promises."""

import io
import re
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import Workbook

from quancheng.handling import acts as handling
from quancheng.handling import tasks
from quancheng.handling.models import Letter
from quancheng.people import acts as people
from quancheng.people import queries as people_queries
from quancheng.procedures import acts as procedures
from quancheng.procedures import queries as procedures_queries
from quancheng.procedures.models import Clock
from quancheng.suggestions import acts, queries
from tests.cities import BODY, OFFICE, City, build_city, state

HEADER = ["标题", "建议内容", "领衔代表", "联名代表", "类别", "建议主办单位"]
PDF = b"%PDF-1.7\n" + b"x" * 60
WORDS = "每条巷子先看现场，再分两年装齐路灯，由街道和城管局一起验收。"


class Desk:
    """The city of tests/cities.py today, with a signed-in client for each of its people."""

    def __init__(self, city: City) -> None:
        self.city, self.clients, self.now = city, dict[str, Client](), timezone.now()
        for name in city.actors:
            city.again(name, timezone.localdate())

    def __getitem__(self, name: str) -> Client:
        if name not in self.clients:
            self.clients[name] = Client()
            answer = self.clients[name].post("/sign-in/", {"username": name, "password": "long-enough-pass-1"})
            assert answer.status_code == 302
        return self.clients[name]

    def get(self, name: str, path: str, status: int = 200) -> str:
        """The words of a page as somebody sees it."""
        answer = self[name].get(path)
        assert answer.status_code == status, (path, answer.status_code)
        return answer.content.decode()

    def post(self, name: str, path: str, status: int = 303, /, **data) -> str:
        """Press a button; the words of the answer."""
        answer = self[name].post(path, data)
        assert answer.status_code == status, re.sub(r"<[^>]+>", " ", answer.content.decode())[:900]
        return answer.content.decode() if status != 303 else answer["Location"]


@pytest.fixture
def desk(db):
    cache.clear()
    return Desk(build_city())


def of(made) -> str:
    return f"/desk/suggestions/{made.pk}/"


def handled(desk, days=30, **kwargs):
    """A suggestion in a unit's hands, assigned some days ago."""
    return desk.city.assigned(at=desk.now - timedelta(days=days), **kwargs)


def sheet(number: int, **changed) -> SimpleUploadedFile:
    book = Workbook()
    book.active.append(HEADER)
    for n in range(number):
        row = {"标题": f"关于修好第{n}条路的建议", "建议内容": BODY, "领衔代表": "甲d1", "联名代表": "甲d2",
               "类别": "城乡建设", "建议主办单位": "市住房和城乡建设局", **changed}  # fmt: skip
        book.active.append([row[column] for column in HEADER])
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile("建议.xlsx", out.getvalue())


def test_forms_are_taken_in_after_a_dry_run_and_assigned_many_at_once(desk):
    path = desk.post("office", "/desk/suggestions/import/", files=sheet(30))
    page = desk.get("office", path)
    assert "将要录入的建议" in page and "主办：市住房和城乡建设局" in page and "只作参考" in page
    assert not queries.office_list(OFFICE, desk.city["office"], queries.Filters()).rows  # a dry run
    assert desk.post("office", path) == "/desk/suggestions/assign/"
    page = desk.get("office", "/desk/suggestions/assign/")
    picks = re.findall(r'name="pick" value="(\d+)"', page)
    assert len(picks) == 30
    desk.post("office", "/desk/suggestions/assign/", do="check", pick=picks)
    page = desk.get("office", "/desk/suggestions/assign/")
    assert page.count("代表或者来件建议主办") == 30 and page.count('<option value="zjj" selected>') == 30
    moves = {f"moves-{pk}": re.search(rf'name="moves-{pk}" value="(\d+)"', page)[1] for pk in picks}
    order = {"do": "assign", "pick": picks, "note": "请认真办理", **moves, **{f"lead-{pk}": "zjj" for pk in picks}}
    told = desk.post("office", "/desk/suggestions/assign/", 409, **{**order, f"lead-{picks[3]}": ""})
    assert "有1件没有办成" in told and "另外29件已经办好" in told
    again = desk.post("office2", "/desk/suggestions/assign/", 409, **order)  # two at once: the first one's stand
    assert "有29件没有办成" in again
    assert "关于修好第0条路的建议" in desk.get("office", "/desk/suggestions/?unit=zjj&q=第0条")


def test_a_file_with_faults_says_where_and_takes_nothing_in(desk):
    path = desk.post("office", "/desk/suggestions/import/", files=sheet(2, 领衔代表="无此人"))
    page = desk.get("office", path)
    assert "没有在任代表“无此人”" in page and "建议.xlsx 第3行" in page
    assert "没有通过核对" in desk.post("office", path, 400)
    assert "请选择1至" in desk.post("office", "/desk/suggestions/import/", 400)
    lie = SimpleUploadedFile("建议.xlsx", b"MZ not a sheet")
    assert "不是 .docx 建议专用纸或者 .xlsx 表格" in desk.post("office", "/desk/suggestions/import/", 400, files=lie)
    for form in ("docx", "xlsx"):
        assert desk["office"].get(f"/desk/suggestions/import/blank.{form}").content.startswith(b"PK")
    desk.get("d1", "/desk/suggestions/import/", 403)


def test_bulk_pages_cost_the_same_with_one_and_with_many(desk):
    desk.city.checked()
    desk.get("office", "/desk/suggestions/assign/")
    spent = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries_:
            desk.get("office", "/desk/suggestions/assign/")
        spent.append(len(queries_))
        for _ in range(20):
            desk.city.checked()
    assert spent[0] == spent[1] <= 16


def test_a_motion_is_told_apart_and_becomes_a_suggestion_only_with_consent(desk):
    today = timezone.localdate()
    desk.post("office", "/desk/suggestions/sessions/", 400, name="市八届人大六次会议", opens_on="", closes_on="", motions_until="")
    desk.post(
        "office", "/desk/suggestions/sessions/", name="市八届人大六次会议", opens_on=today, closes_on=today + timedelta(days=4),
        motions_until=today + timedelta(days=2),
    )
    form = {"kind": "motion", "title": "关于制定电动自行车条例的议案", "body": BODY, "category": "law", "key": "m" * 24}
    assert "案据" in desk.get("d1", "/desk/suggestions/new/?kind=motion")
    refused = desk.post("d1", "/desk/suggestions/new/", 400, grounds="", plan="", **form)
    assert BODY in refused and "案由、案据和方案" in refused
    path = desk.post("d1", "/desk/suggestions/new/", grounds="消防法第五条规定单位和个人都有消防义务，本市火灾多发。", plan=WORDS, **form)
    others = [desk.city[f"d{n}"].id for n in range(2, 11)]
    assert "须有10名以上代表联名" in desk.post("d1", path, 400, do="submit", edits="0")
    desk.post("d1", path, do="ask", deputy=others)
    for n in range(2, 11):
        desk.post(f"d{n}", path, do="cosign", edits="0", confirm="yes")
    desk.post("d1", path, do="submit", edits="0")
    page = desk.get("office", path)
    assert "提交大会" in page and "审核通过" not in page
    assert "议案" in desk.get("office", "/desk/suggestions/?kind=motion")
    desk.post("office", path, do="return", ground="level", words="立法权限不在本级，可以作为建议提出。")
    assert "同意转为建议" in desk.get("d1", path) and 'value="become"' not in desk.get("d2", path)
    desk.post("d1", path, do="become", agree="yes")
    assert "请您联名" in desk.get("d2", "/desk/suggestions/mine/")
    other = desk.post("d1", "/desk/suggestions/new/", grounds=WORDS, plan=WORDS, **{**form, "key": "n" * 24})
    desk.post("d1", other, do="ask", deputy=others)
    for n in range(2, 11):
        desk.post(f"d{n}", other, do="cosign", edits="0", confirm="yes")
    desk.post("d1", other, do="submit", edits="0")
    desk.post("office", other, do="file")
    assert "已作为议案提交大会" in desk.get("d1", other)


ROLES = {
    "leader_name": "王某", "leader_post": "副市长", "department": "zjj", "supervisor_name": "李某",
    "supervisor_post": "市人大常委会副主任", "committee": "cjw", "decision": "第20次主任会议",
}  # fmt: skip


def test_a_key_file_names_four_and_its_committee_keeps_the_log(desk):
    made, (share,) = handled(desk)
    page = desk.get("chair", of(made))
    assert "列为重点督办" in page and "交办单位" not in page
    assert "列为重点督办（" not in desk.get("office", of(made))
    wanted = {"do": "key", "case": made.case_id, **ROLES}
    desk.post("office", of(made), 403, **wanted)
    refused = desk.post("chair", of(made), 400, **{**wanted, "supervisor_name": ""})
    assert "四方都要明确" in refused and "副市长" in refused  # what was typed stays
    desk.get("committee", of(made), 403)
    desk.post("chair", of(made), **wanted)
    listed = desk.get("committee", "/desk/key-files/")
    assert "王某" in listed and "李某" in listed and "还没有督办" in listed
    entry = {"do": "supervise", "case": made.case_id, "kind": "site_visit", "on": timezone.localdate(), "place": "村口",
             "present": "李某、三位代表", "words": "要求汛期以前完工。"}  # fmt: skip
    lie = SimpleUploadedFile("现场.jpg", PDF)
    assert "不符" in desk.post("committee", of(made), 400, **entry, file=lie)
    assert "还没有督办" in desk.get("committee", "/desk/key-files/")  # the entry and its file stand or fall together
    desk.post("committee", of(made), **entry, file=SimpleUploadedFile("现场.pdf", PDF))
    assert "1次" in desk.get("committee", "/desk/key-files/") and "现场.pdf" in desk.get("d1", of(made))
    desk.post("zjj_clerk", of(made), 403, **entry)
    assert "王某" in desk.get("zjj_clerk", "/desk/key-files/") and "王某" not in desk.get("jtj_clerk", "/desk/key-files/")


def test_files_are_checked_sent_and_kept_from_strangers(desk):
    made, (share,) = handled(desk)
    draft = desk.city.drafted(share, desk.now)
    put = {"do": "attach", "case": made.case_id, "to": f"answer:{draft.pk}"}
    for name, data in (("现场.jpg", PDF), ("现场.exe", b"MZ"), ("现场.pdf", b"")):
        desk.post("zjj_clerk", of(made), 400, **put, file=SimpleUploadedFile(name, data))
    assert "请选择文件" in desk.post("zjj_clerk", of(made), 400, **put)
    desk.post("zjj_clerk", of(made), **put, file=SimpleUploadedFile("验收单.pdf", PDF))
    path = re.search(r"/desk/files/\d+", desk.get("zjj_head", of(made)))[0]
    answer = desk["zjj_head"].get(path)
    assert answer.content == PDF and answer["Content-Disposition"].startswith("attachment") and answer["Content-Type"] == "application/pdf"
    desk.get("jtj_clerk", path, 403)
    assert Client().get(path).status_code == 302


def test_r7_07_the_deputy_says_that_nobody_spoke_with_him(desk):
    made, (share,) = handled(desk)
    spoken = desk.city.contact(share, desk.now)
    assert "提出异议" in desk.get("d1", of(made)) and "与事实不符" not in desk.get("office", of(made))
    desk.post("zjj_clerk", of(made), 400, do="dispute", contact=spoken.pk, words="没有人来过，也没有电话。")
    desk.post("d1", of(made), do="dispute", contact=spoken.pk, words="没有人来过，也没有电话。")
    assert "没有人来过" in desk.get("office", of(made)) and "须重新沟通" in desk.get("zjj_clerk", of(made))
    desk.city.drafted(share, desk.now)
    answer = share.answers.get()
    handling.send_to_head(answer_id=answer.pk, by=desk.city["zjj_clerk"], at=desk.now)
    assert "沟通" in desk.post("zjj_head", of(made), 400, do="sign", answer=answer.pk, accept="yes")


def test_messages_are_seen_when_one_says_so(desk):
    made, _ = handled(desk)
    page = desk.get("d1", "/desk/messages/")
    assert "已交办" in page and "都看过了" in page
    desk.post("d1", "/desk/messages/", message=re.findall(r'name="message" value="(\d+)"', page))
    assert "都看过了" not in desk.get("d1", "/desk/messages/")
    assert "还没有告知" in desk.get("d9", "/desk/messages/")


def test_a_draft_that_was_given_back_is_told_to_the_clerk(desk):
    made, (share,) = handled(desk)
    draft = desk.city.drafted(share, desk.now)
    handling.send_to_head(answer_id=draft.pk, by=desk.city["zjj_clerk"], at=desk.now)
    desk.post("zjj_head", of(made), 400, do="sign", answer=draft.pk, accept="no", words="改")
    desk.post("zjj_head", of(made), do="sign", answer=draft.pk, accept="no", words="请补充完成时间。")
    assert "/desk/messages/" in desk.get("zjj_clerk", "/desk/") and "请补充完成时间" in desk.get("zjj_clerk", "/desk/messages/")


def test_templates_fill_the_draft(desk):
    made, _ = handled(desk)
    desk.post("zjj_clerk", "/desk/answer-templates/", 400, title="道路", text="短")
    desk.post("zjj_clerk", "/desk/answer-templates/", title="道路", text=WORDS)
    link = re.search(r"\?template=\d+", desk.get("zjj_clerk", of(made)))[0]
    assert WORDS in desk.get("zjj_clerk", of(made) + link)
    assert "?template=" not in desk.get("office", of(made))
    page = desk.get("zjj_clerk", "/desk/answer-templates/")
    desk.post("zjj_clerk", "/desk/answer-templates/", remove=re.search(r'name="remove" value="(\d+)"', page)[1])
    assert "还没有模板" in desk.get("zjj_clerk", "/desk/answer-templates/")


def promised(desk):
    made, (share,) = handled(desk)
    answer = desk.city.answer(
        share, desk.now - timedelta(days=20), outcome="B", promise="修建排水管网三公里",
        promised_for=timezone.localdate() + timedelta(days=300),
    )
    desk.city.rate(answer, at=desk.now - timedelta(days=19))
    return made, share.commitments.get().pk


def test_r7_12_a_promise_is_planned_shown_claimed_and_looked_at(desk):
    made, promise = promised(desk)
    soon = timezone.localdate() + timedelta(days=30)
    desk.post("zjj_clerk", of(made), do="plan", commitment=promise, words="完成第一公里", planned_for=soon)
    assert "完成第一公里" in desk.get("d1", of(made))
    step = re.search(r'<option value="(\d+)">完成第一公里', desk.get("zjj_clerk", of(made)))[1]
    done = {"do": "milestone", "commitment": promise, "words": "第一公里已经完工", "milestone": step}
    assert "第一公里已经完工" in desk.post("zjj_clerk", of(made), 400, evidence="", **done)
    desk.post("zjj_clerk", of(made), evidence="竣工验收单", **done)
    desk.post(
        "zjj_clerk", of(made), do="attach", case=made.case_id, to=f"milestone:{step}", file=SimpleUploadedFile("验收单.pdf", PDF)
    )
    assert "第一公里已经完工" in desk.get("office", "/desk/commitments/")
    desk.post("zjj_clerk", of(made), do="milestone", commitment=promise, words="三公里全部完工", evidence="验收单二", kept="yes")
    assert "等待核实" in desk.get("zjj_clerk", "/desk/commitments/")
    desk.post("zjj_head", of(made), 403, do="verify", commitment=promise, kept="yes", words="看过了，都好。")
    later = timezone.localdate() + timedelta(days=400)
    desk.post("office", of(made), 403, do="postpone", commitment=promise, new_due_on=later, reason="征地没有完成")
    desk.post("approver", of(made), do="postpone", commitment=promise, new_due_on=later, reason="征地没有完成")
    desk.post("office", of(made), do="verify", commitment=promise, kept="yes", words="与代表到现场看过。")
    assert state(made) == "closed" and "没有正在跟踪的承诺" in desk.get("office", "/desk/commitments/")


def test_r7_14_a_units_report_from_the_data_to_the_public(desk, monkeypatch):
    march = timezone.make_aware(timezone.datetime(timezone.localdate().year, 3, 20, 9))
    monkeypatch.setattr("quancheng.web.desk.units.now", lambda: march)
    made, (share,) = desk.city.assigned(at=march - timedelta(days=17))
    desk.city.rate(desk.city.answer(share, march - timedelta(days=5)), at=march - timedelta(days=4))
    assert "代表工委还没有请" in desk.get("zjj_clerk", "/desk/unit-reports/")
    desk.post("zjj_clerk", "/desk/unit-reports/", 403)
    desk.post("office", "/desk/unit-reports/")
    path = re.search(r"/desk/unit-reports/\d+/", desk.get("zjj_clerk", "/desk/unit-reports/"))[0]
    desk.get("jtj_clerk", path, 403)
    desk.post("zjj_clerk", path, do="draft")
    page = desk.get("zjj_clerk", path)
    text = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.S)[1]
    assert "承办代表建议1件" in text and "报送代表工委" not in page
    edits = re.search(r'name="edits" value="(\d+)"', page)[1]
    desk.post("zjj_clerk", path, do="edit", edits=edits, text=text.replace("（请填写）", WORDS))
    assert "他人保存" in desk.post("zjj_head", path, 409, do="edit", edits=edits, text=text + "另一个人写的。")
    desk.post("zjj_clerk", path, 403, do="submit")
    desk.post("zjj_head", path, do="submit")
    desk.post("office", path, do="receive", accept="no", words="请补充承诺事项")
    desk.post("zjj_head", path, do="submit")
    desk.post("office", path, do="receive", accept="yes")
    desk.post("office", path, do="publish")
    review = re.search(r"/desk/review/\d+/", desk.get("releaser", "/desk/review/"))[0]
    desk.post("releaser", review, do="release")
    public = Client()
    link = re.search(r"/suggestions/unit-report-\d+/", public.get("/suggestions/").content.decode())[0]
    assert WORDS in public.get(link).content.decode()


def test_letters_that_the_sweep_proposed_are_sent_by_a_person(desk):
    from quancheng.handling import tasks

    made, (share,) = handled(desk, days=120)
    tasks.propose_letters()
    page = desk.get("office", "/desk/supervision-letters/")
    letter = re.search(r'name="letter" value="(\d+)"', page)[1]
    assert "市住房和城乡建设局" in page
    assert "不少于" in desk.post("office", "/desk/supervision-letters/", 400, letter=letter, what="drop", words="")
    desk.post("office", "/desk/supervision-letters/", letter=letter, what="send", words="请说明原因，一周内答复。")
    assert "没有拟发的督办函" in desk.get("office", "/desk/supervision-letters/")
    assert "请说明原因" in desk.get("zjj_head", of(made))


def test_like_ones_are_answered_together_and_one_may_leave(desk):
    (first, _), (second, _) = handled(desk), handled(desk, title="关于修好村口道路的建议", body=BODY + "请尽快。")
    page = desk.get("office", "/desk/suggestions/alike/")
    assert "第1组" in page and "2件" in page
    join = {"head": first.case_id, "member": [first.case_id, second.case_id]}
    desk.post("office", "/desk/suggestions/alike/", 400, reason="", **join)
    desk.post("office", "/desk/suggestions/alike/", reason="都是同一条路", **join)
    assert first.case.number in desk.get("d1", of(second)) and "没有发现内容相近的" in desk.get("office", "/desk/suggestions/alike/")
    desk.post("office", of(second), do="unbundle", case=second.case_id, reason="位置不同，分别答复")
    assert "并案办理" not in re.sub(r"(?s)<ol class=.thread.*?</ol>", "", desk.get("d1", of(second)))


def test_a_dissolved_units_matters_go_on_with_their_days(desk):
    made, (share,) = handled(desk)
    page = desk.get("office", "/desk/succession/")
    assert "没有已撤销" in page
    yesterday = timezone.localdate() - timedelta(days=1)
    people.end_organ(code="zjj", last_day=yesterday, basis="市机构改革方案", at=desk.now)
    wish = {"unit": "zjj", "successor": "jtj", "reason": "市机构改革方案"}
    assert "市住房和城乡建设局" in desk.get("office", "/desk/succession/")
    desk.post("office", "/desk/succession/", 400, **{**wish, "successor": "zjj"})
    desk.post("office", "/desk/succession/", **wish)
    assert "主办：市交通运输局" in desk.get("d1", of(made)) and "期限不变" in desk.get("jtj_clerk", of(made))


def test_s15_who_has_a_stake_stands_aside(desk):
    made, (share,) = handled(desk)
    desk.post("zjj_clerk", of(made), do="recuse", case=made.case_id, reason="施工单位负责人是我的亲属")
    assert "亲属" not in desk.get("d1", of(made)) and "亲属" in desk.get("office", of(made))
    assert "回避" in desk.post("zjj_clerk", of(made), 400, do="draft", share=share.pk, outcome="A", text=WORDS, edits="", send="no")


def test_r7_16_pressure_reaches_the_head_of_the_office_alone(desk):
    made, _ = handled(desk)
    words = "局里来人要求我必须填满意，否则不安排项目。"
    desk.post("d1", of(made), 400, do="pressure", pressure="有人")
    desk.post("d1", of(made), do="pressure", pressure=words)
    for name in ("office", "zjj_head", "chair"):
        assert words not in desk.get(name, of(made))
    desk.get("office", "/desk/suggestions/pressure/", 403)
    page = desk.get("approver", "/desk/suggestions/pressure/")
    assert words in page
    desk.post(
        "approver", "/desk/suggestions/pressure/", report=re.search(r'name="report" value="(\d+)"', page)[1], words="已经约谈该局负责人。"
    )
    assert "已经约谈" in desk.get("d1", of(made)) and "已经约谈" not in desk.get("zjj_head", of(made))


def test_the_deputy_decides_what_is_open_until_it_is(desk):
    made, _ = handled(desk)
    desk.post("d1", of(made), 400, do="openness", openness="unsuitable", openness_reason="")
    desk.post("d1", of(made), do="openness", openness="unsuitable", openness_reason="涉及个人住址")
    assert "涉及个人住址" in desk.get("office", of(made))
    desk.post("office", of(made), 403, do="openness", openness="shown", openness_reason="")


def test_a_cosigner_leaves_and_the_lead_who_lost_his_seat_is_followed(desk):
    made, _ = handled(desk, cosigners=("d2", "d3"))
    desk.post("d2", of(made), do="unsign", reason="情况有变")
    people.end_seat(
        account_id=desk.city["d1"].id, last_day=timezone.localdate() - timedelta(days=1), ground="调离本行政区域", at=desk.now
    )
    assert "领衔代表不再任职" in desk.get("office", "/desk/suggestions/") and "由联名代表领衔" in desk.get("office", of(made))
    desk.post("office", of(made), do="sponsor", reason="调离本行政区域")
    assert "领衔代表：甲d3" in desk.get("office", of(made))


def test_the_league_is_public_only_where_the_city_says_so(desk):
    made, (share,) = handled(desk)
    desk.city.rate(desk.city.answer(share, desk.now - timedelta(days=3)), at=desk.now)
    public = Client()
    assert "各单位办理情况" not in public.get("/suggestions/").content.decode()
    procedures.set_parameter(
        key="league.public", area="410900", value=1, valid_from=date(2026, 1, 1), basis="主任会议决定公开",
        by=people_queries.actor_for(desk.city["admin"].id, timezone.localdate()), at=desk.now,
    )
    cache.clear()
    page = public.get("/suggestions/").content.decode()
    assert "各单位办理情况" in page and "市住房和城乡建设局" in page and "甲zjj" not in page
    table = desk.get("office", f"/desk/league/?year={timezone.localdate().year}")
    assert "及时率" in table and "100%" in table and "甲zjj" not in table


def cost(desk, name: str, path: str) -> int:
    """How many statements a page costs somebody who has it open a second time."""
    desk.get(name, path)
    with CaptureQueriesContext(connection) as spent:
        desk.get(name, path)
    return len(spent)


def test_the_record_costs_few_statements_whoever_looks(desk):
    (made, _), (plain, _), (key, (share,)) = promised(desk), handled(desk), handled(desk, cosigners=("d2",))
    desk.post("chair", of(key), do="key", case=key.case_id, **ROLES)
    desk.post(
        "committee", of(key), do="supervise", case=key.case_id, kind="site_visit", on=timezone.localdate(), place="村口",
        present="李某", words="要求汛期以前完工。", file=SimpleUploadedFile("现场.pdf", PDF),
    )
    desk.city.contact(share, desk.now)
    for name in ("office", "d1", "zjj_clerk", "chair"):
        for one in (made, plain, key):
            assert cost(desk, name, of(one)) <= 15, (name, one.pk)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("office", "/desk/suggestions/"), ("office", "/desk/commitments/"), ("office", "/desk/supervision-letters/"),
        ("office", "/desk/suggestions/alike/"), ("office", "/desk/key-files/"), ("zjj_clerk", "/desk/inbox/"),
        ("d1", "/desk/suggestions/mine/"), ("d1", "/desk/messages/"),
    ],
)  # fmt: skip
def test_lists_cost_the_same_with_one_and_with_many(desk, name, path):
    from quancheng.handling import tasks

    spent = []
    for rows in (1, 8):
        for _ in range(rows):
            made, _ = handled(desk, days=120)
            handling.choose_key(
                case_id=made.case_id, roles=handling.KeyRoles(**{k: v for k, v in ROLES.items() if k != "decision"}),
                decision="第20次主任会议", by=desk.city["chair"], at=desk.now,
            )
            promised(desk)
        tasks.propose_letters()
        spent.append(cost(desk, name, path))
    assert spent[0] == spent[1] <= 12


def test_r7_04_who_handles_it_is_public_at_once_but_not_what_is_unsuitable(desk):
    made, _ = handled(desk)
    hidden, _ = handled(desk, title="关于某户住址的建议", openness="unsuitable", openness_reason="涉及个人住址")
    year = timezone.localdate(desk.now - timedelta(days=30)).year
    page = Client().get(f"/suggestions/catalogue/?year={year}").content.decode()
    assert made.title in page and page.count("市住房和城乡建设局") == 2 and "已交办" in page
    assert hidden.title not in page and "领衔代表认为不宜公开" in page and "甲d1" not in page
    for strange in ("0", "abc", "²", "99999999999999999999"):
        assert Client().get(f"/suggestions/catalogue/?year={strange}").status_code == 200
    empty = Client().get(f"/suggestions/catalogue/?year={year - 4}").content.decode()
    assert "还没有编号的建议" in empty


def test_separate_units_and_one_more_assistant(desk):
    made = desk.city.checked()
    order = {"do": "assign", "case": made.case_id, "moves": made.case.moves, "lead": "", "note": ""}
    desk.post("office", of(made), 400, **order, separate=["zjj"])
    desk.post("office", of(made), **order, separate=["zjj", "jtj"])
    desk.post("office", of(made), do="assistant", case=made.case_id, unit="czj", note="请研究经费")
    page = desk.get("d1", of(made))
    assert "分办：市住房和城乡建设局" in page and "分办：市交通运输局" in page and "协办：市财政局" in page


def test_acts_of_the_office_are_not_its_units(desk):
    made, (share,) = handled(desk)
    for name in ("zjj_head", "d1", "member"):
        for data in (
            {"do": "assistant", "unit": "czj"}, {"do": "replace", "share": share.pk, "successor": "jtj", "reason": "机构改革方案"},
            {"do": "urge", "share": share.pk, "kind": "reminder", "words": "请抓紧办理。"}, {"do": "file"}, {"do": "sponsor"},
        ):  # fmt: skip
            desk.post(name, of(made), 403, case=made.case_id, **data)
    assert acts.SuggestionRefused and "没有这项操作" in desk.post("office", of(made), 400, do="nothing")


def test_submitting_stays_within_its_statements(desk):
    made = desk.city.draft(at=desk.now)
    acts.ask_cosigners(suggestion_id=made.pk, account_ids=[desk.city["d2"].id], by=desk.city["d1"], at=desk.now)
    acts.answer_cosign(suggestion_id=made.pk, confirm=True, edits=0, by=desk.city["d2"], at=desk.now)
    desk.get("d1", of(made))
    procedures_queries.forget_kept()  # as in a transaction of its own
    with CaptureQueriesContext(connection) as ran:
        desk.post("d1", of(made), do="submit", edits=0)
    said = [query["sql"] for query in ran.captured_queries if "SAVEPOINT" not in query["sql"]]
    assert len(said) <= 15, "\n".join(said)


def test_r7_18_a_letter_about_a_promise_or_a_report_reaches_the_head_who_answers_it(desk, monkeypatch):
    made, promise = desk.city.promise()
    [report] = handling.open_reports(year=date.today().year, organ=OFFICE, by=desk.city["office"], at=desk.now.replace(month=6, day=10))
    Clock.objects.filter(stopped_at=None).update(due_on=date.today() - timedelta(days=1))
    tasks.propose_letters()
    for case_id, path in ((made.case_id, of(made)), (report.case_id, f"/desk/unit-reports/{report.pk}/")):
        letter = Letter.objects.get(case_id=case_id, state="proposed")
        desk.post("office", path, do="letter", what="send", letter=letter.pk, words="请三日内说明原因。")
        assert "请三日内说明原因。" in desk.get("zjj_clerk", "/desk/inbox/") and "等我回复的督办函" in desk.get("zjj_head", "/desk/")
        assert desk["zjj_head"].get(f"/desk/handling/{case_id}/")["Location"] == path
        assert "回复督办函" in desk.get("zjj_head", path) and "回复督办函" not in desk.get("zjj_clerk", path)
        desk.post("zjj_head", path, do="letter", what="answer", letter=letter.pk, words="等待材料，三日内办完。")
        assert "等待材料，三日内办完。" in desk.get("office", path)
    assert "请三日内说明原因。" not in desk.get("zjj_clerk", "/desk/inbox/")
