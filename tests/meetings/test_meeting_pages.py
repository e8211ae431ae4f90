"""The whole of a meeting by its pages: planned, called, checked in, opened, spoken, closed, minuted, archived, read."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quancheng.meetings import queries
from quancheng.meetings.models import Meeting, Minutes, Motion, Paper, Speech
from tests.meetings.chamber import AT, PDF

PLAN = {
    "kind": "standing_committee", "title": "某市人大常委会第二十次会议", "place": "市人民会堂", "starts_day": "2026-03-12",
    "starts_time": "09:00",
}  # fmt: skip


def planned(pages) -> Meeting:
    pages.post("secretary", "/desk/meetings/new/", **PLAN)
    found = Meeting.objects.get()
    path = f"/desk/meetings/{found.pk}/"
    for title, kind in (("听取供水工作报告", "hear"), ("审议供水条例草案", "deliberate")):
        pages.post("secretary", path, do="add", title=title, kind=kind, form="plenary")
    return found


def test_the_whole_way_by_pages(chamber, pages):
    meeting = planned(pages)
    path, mine = f"/desk/meetings/{meeting.pk}/", f"/desk/meetings/mine/{meeting.pk}/"
    pages.get("public", f"/meetings/{meeting.pk}/", 404)
    assert "还有10日" in pages.get("secretary", path)
    second = queries.agenda(meeting)[1]
    pages.post("secretary", path, do="move", item=second.pk, place=1)
    pages.post("secretary", path, do="move", item=second.pk, place=2)
    pages.post("secretary", path, do="edit", item=second.pk, title="审议供水条例草案（修改稿）", kind="deliberate", form="group")
    assert "应到5人，法定人数3人" in pages.post("secretary", path, do="call")
    assert "审议供水条例草案（修改稿）" in pages.get("public", f"/meetings/{meeting.pk}/")
    assert "某市人大常委会第二十次会议" in pages.get("public", "/meetings/")
    pages.post(
        "secretary", path + "papers/", do="add", file=SimpleUploadedFile("报告.pdf", PDF), visible_on="2026-03-02", item=""
    )
    paper = Paper.objects.get()
    assert "报告.pdf" in pages.get("d1", mine)
    assert pages.clients["d1"].get(f"/desk/meetings/papers/{paper.pk}/").content == PDF
    pages.get("d9", f"/desk/meetings/papers/{paper.pk}/", 403)
    pages.get("d9", mine, 404)
    assert "待确认的会议通知" in pages.get("d1", "/desk/")
    assert "已确认收到" in pages.post("d1", mine, do="confirm")
    pages.post("d5", mine, do="leave", reason="住院治疗")
    leave = chamber.seats(meeting)[4].leaves.get()
    assert "理由" in pages.post("secretary", path + "leaves/", 400, do="leave", leave=leave.pk, granted="no", answer="")
    assert "已准假" in pages.post("secretary", path + "leaves/", do="leave", leave=leave.pk, granted="yes", answer="")

    pages.at = meeting_at = Meeting.objects.get().starts_at
    assert "不能开会" in pages.post("secretary", path + "run/", 400, do="open")
    first = chamber.seats(meeting)[0]
    assert "甲d1（1号）已签到" in pages.post("registrar", path + "register/", do="find", q=first.card)
    assert "甲d2" in pages.post("registrar", path + "register/", do="find", q="甲d2")
    for seat in chamber.seats(meeting)[1:4]:
        pages.post("registrar", path + "register/", do="came", attendee=seat.pk)
    pages.post("registrar", path + "register/", do="undo", attendee=chamber.seats(meeting)[3].pk)
    assert "已达法定人数" in pages.get("registrar", path + "register/?which=in")
    assert first.card in pages.get("registrar", path + "cards/")
    assert "出席3人，符合法定人数" in pages.post("secretary", path + "run/", do="open")
    pages.post("secretary", path + "run/", do="item", item=queries.agenda(meeting)[0].pk)
    pages.post("d1", mine, do="speak")
    pages.post("secretary", path + "run/", do="list", attendee=chamber.seats(meeting)[1].pk)
    rows = list(Speech.objects.order_by("place"))
    pages.post("secretary", path + "run/", do="up", speech=rows[1].pk, place=1)
    pages.post("secretary", path + "run/", do="start", speech=rows[0].pk)
    pages.at = meeting_at + timedelta(minutes=4)
    pages.post("secretary", path + "run/", do="word", attendee=chamber.seats(meeting)[2].pk)
    pages.post("secretary", path + "run/", do="end", speech=Speech.objects.get(kind="intervention").pk)
    pages.post("secretary", path + "run/", do="resume", speech=rows[0].pk)
    pages.post("secretary", path + "run/", do="more", speech=rows[0].pk, minutes=2)
    told = pages.clients["registrar"].get(f"/hall/screen/{meeting.pk}/now/").json()
    assert told["words"]["speaker"] == "甲d1" and told["speech"] == {"left": 480, "running": True, "limited": True}
    assert told["words"]["present"] == "3" and told["words"]["waiting"] == "等候发言：甲d2"
    pages.post("secretary", path + "run/", do="end", speech=rows[0].pk)
    pages.post("secretary", path + "notes/", do="notes", speech=rows[0].pk, notes="建议加快管网改造。", edits=0)
    assert "待签名的发言记录" in pages.get("d1", "/desk/")
    pages.post("d1", mine, do="notes", speech=rows[0].pk, notes="建议加快管网改造。", edits=1)
    assert "已闭会" in pages.post("secretary", path + "run/", do="close")

    for kind in ("record", "summary"):
        pages.post("secretary", path + "minutes/", do="draft", kind=kind)
        made = Minutes.objects.get(kind=kind)
        pages.post("secretary", path + "minutes/", do="edit", minutes=made.pk, edits=0, body=made.body + "\n补充。", public="yes")
        pages.post("secretary", path + "minutes/", do="check", minutes=made.pk, edits=1)
        pages.post("secretary2", path + "minutes/", 403, do="sign", minutes=made.pk, edits=1)
        pages.post("head", path + "minutes/", do="sign", minutes=made.pk, edits=1)
        for form in ("docx", "pdf"):
            pages.get("secretary", f"/desk/meetings/minutes/{made.pk}/file.{form}")
    assert "已归档" in pages.post("secretary", path + "minutes/", do="archive")
    shown = pages.get("public", f"/meetings/{meeting.pk}/")
    assert "建议加快管网改造" in shown and "会议纪要" in shown
    pages.get("public", f"/meetings/{meeting.pk}/summary/file.docx")
    pages.get("public", f"/meetings/{meeting.pk}/summary/file.txt", 404)


def test_motions_by_phones(chamber, pages):
    meeting = chamber.called(motions_until=AT + timedelta(days=9))
    mine, desk = f"/desk/meetings/mine/{meeting.pk}/", f"/desk/meetings/{meeting.pk}/motions/"
    typed = {"kind": "bill", "title": "关于供水的议案", "body": "请解决供水问题。"}
    again = pages.post("d1", mine, 400, do="begin", **typed)
    assert "请写清内容" in again and "关于供水的议案" in again  # what was typed is kept
    pages.post("d1", mine, do="begin", **{**typed, "body": "提请常委会审议供水管网改造专项方案，保障群众用水安全。"})
    motion = Motion.objects.get()
    assert "还差4人" in pages.post("d1", mine, 400, do="submit", motion=motion.pk)
    for name in ("d2", "d3", "d4", "d5"):
        pages.post(name, mine, do="sign", motion=motion.pk)
    assert "关于供水的议案" not in pages.get("secretary", desk)
    pages.post("d1", mine, do="submit", motion=motion.pk)
    assert "甲d1、甲d2" in pages.get("secretary", desk)
    pages.post("secretary", desk, do="decide", motion=motion.pk, outcome="declined", reason="主任会议决定，转为建议办理")
    assert "不列入议程" in pages.get("d2", mine)


def test_what_was_typed_is_kept_and_bad_input_is_told(chamber, pages):
    words = pages.post("secretary", "/desk/meetings/new/", 400, **{**PLAN, "starts_time": "9点"})
    assert "请填写日期和时间" in words and "市人民会堂" in words
    assert not Meeting.objects.exists()
    meeting = planned(pages)
    path = f"/desk/meetings/{meeting.pk}/"
    words = pages.post("secretary", path, 400, do="add", title="某项很长的议程", kind="", form="plenary")
    assert "请选择议程的种类" in words and "某项很长的议程" in words
    assert "没有这项操作" in pages.post("secretary", path, 400, do="nothing")
    late = Meeting.objects.get()
    pages.at = late.starts_at - timedelta(days=3)
    assert "还有3日，规则要求提前7日" in pages.post("secretary", path, 400, do="call", late_reason="")
    pages.post("secretary", path + "papers/", 400, do="add", file=SimpleUploadedFile("报告.exe", PDF), visible_on="2026-03-02")


def test_strangers_and_others(chamber, pages):
    meeting = chamber.called()
    path = f"/desk/meetings/{meeting.pk}/"
    pages.get("public", path, 302)
    pages.get("foreign", path, 403)
    pages.get("d1", path, 403)
    pages.get("registrar", path)
    pages.get("registrar", path + "run/", 403)
    pages.post("registrar", path, 403, do="cancel", reason="不再召开")
    pages.get("public", f"/hall/screen/{meeting.pk}/", 302)
    assert re.search(r'data-key="quorum">3<', pages.get("registrar", f"/hall/screen/{meeting.pk}/"))


def test_the_screen_in_the_halls_network_needs_no_account(chamber, pages, settings):
    meeting = chamber.called()
    settings.HALL_NETWORKS = "127.0.0.0/8"
    assert "还差3人" in pages.get("public", f"/hall/screen/{meeting.pk}/")
    pages.get("public", "/hall/screen/999/now/", 404)


@pytest.mark.parametrize(
    ("who", "path", "most"),
    [("public", "/meetings/", 10), ("public", "/meetings/{}/", 10), ("secretary", "/desk/meetings/", 14), ("secretary", "/desk/meetings/{}/", 15),
     ("registrar", "/desk/meetings/{}/register/", 12), ("secretary", "/desk/meetings/{}/run/", 13), ("registrar", "/hall/screen/{}/now/", 8),
     ("d1", "/desk/meetings/mine/", 10), ("d1", "/desk/meetings/mine/{}/", 15)],
)  # fmt: skip
def test_pages_cost_few_statements(chamber, pages, who, path, most):
    meeting = chamber.opened()
    chamber.opened()
    pages.at = meeting.starts_at
    pages.get(who, path.format(meeting.pk))
    with CaptureQueriesContext(connection) as asked:
        pages.get(who, path.format(meeting.pk))
    assert len(asked) <= most, "\n".join(one["sql"][:160] for one in asked)
