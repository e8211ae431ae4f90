"""The public side of meetings as pages: apply on a phone, draw, card, door, remark, answer; invitations; councils."""

import json
import re
from datetime import timedelta

import pytest
from django.test import Client

from quancheng.kernel import draws
from quancheng.ledger import acts as ledger
from quancheng.meetings import acts
from quancheng.meetings.models import Observation, Observer, Remark
from quancheng.people import acts as people
from tests.meetings.chamber import AT
from tests.meetings.test_councils import founded, met, seat, street  # noqa: F401  # street is a fixture
from tests.meetings.test_observing import CLOSE, DRAW, SOURCE, announced, drawn

PHONE = "13800001234"


class Hands:
    """A clock that stands still until it is set; the faces read it."""

    def __init__(self, at):
        self.at = at

    def now(self):
        return self.at

    def localdate(self, value=None):
        return (value or self.at).astimezone(AT.tzinfo).date()


@pytest.fixture
def clock(monkeypatch, settings):
    settings.DEMO = True
    hands = Hands(AT + timedelta(days=1))
    monkeypatch.setattr("quancheng.web.parts.moments.timezone", hands)
    return hands


def signed_in(actor):
    client = Client()
    session = client.session
    session["account"] = actor.account_id
    session.save()
    return client


def posted(client, path, status=303, **fields):
    answer = client.post(path, fields)
    assert answer.status_code == status, (answer.status_code, answer.content.decode()[:3000])
    return answer


def text(client, path, status=200, **kwargs):
    answer = client.get(path, kwargs)
    assert answer.status_code == status, (path, answer.status_code)
    return answer.content.decode()


def application(clock, **changed):
    code = people.send_phone_code(phone=PHONE, client="test", at=clock.at)
    return {"name": "周某某", "adult": "yes", "rights": "yes", "phone": PHONE, "code": code, "key": "a" * 32, "action": "submit", **changed}


def test_m42_from_the_notice_to_the_published_answer(chamber, clock, tmp_path, django_assert_max_num_queries):
    desk, lead, door, resident = signed_in(chamber["secretary"]), signed_in(chamber["head"]), signed_in(chamber["registrar"]), Client()
    meeting = chamber.called(days=10)
    at_desk, public = f"/desk/meetings/{meeting.pk}/observers/", f"/meetings/{meeting.pk}/observe/"
    text(resident, public, 404)
    notice = {
        "do": "announce", "seats": "2", "closes_day": CLOSE.date(), "closes_time": "09:00", "draw_day": DRAW.date(),
        "draw_time": "09:00", "draw_place": "市人大信访接待室", "source": SOURCE,
    }  # fmt: skip
    refused = posted(desk, at_desk, 400, **notice | {"draw_place": ""}).content.decode()
    assert SOURCE in refused  # what was typed is kept
    posted(desk, at_desk, **notice)
    found = Observation.objects.get()
    assert found.commitment in text(resident, f"/meetings/{meeting.pk}/draw/")
    text(resident, f"/meetings/{meeting.pk}/draw.json", 404)

    with django_assert_max_num_queries(10):
        text(resident, public)
    for lacking in ("adult", "rights"):
        answer = posted(resident, public, 400, **{k: v for k, v in application(clock).items() if k != lacking})
        assert "周某某" in answer.content.decode() and not Observer.objects.exists()
    form = application(clock)
    with django_assert_max_num_queries(19):  # four of them prove the number
        receipt = posted(resident, public, **form)["Location"].split("?")[0]
    mine = Observer.objects.get()
    assert receipt == f"/r/{mine.receipt_code}/" and "周某某" in text(resident, receipt)
    for n in range(3):
        acts.apply_to_observe(
            application=acts.Application(meeting.pk, f"郑某{n}", f"1390000000{n}", True, True, f"{n:032d}"), at=clock.at
        )
    page = text(desk, at_desk)
    assert "周某某" in page and "郑某2" in page and "周某某" not in text(resident, f"/meetings/{meeting.pk}/draw/")
    for one in Observer.objects.all():
        posted(desk, at_desk, do="check", observer=one.pk, eligible="yes")
    posted(desk, at_desk, 400, do="fix")
    clock.at = CLOSE
    posted(desk, at_desk, do="fix")
    ledger.seal(at=CLOSE)
    clock.at = DRAW
    posted(desk, at_desk, 400, do="draw", public_value="")
    posted(desk, at_desk, do="draw", public_value="4 0 7")
    ledger.seal(at=DRAW)

    with django_assert_max_num_queries(16):
        page = text(resident, f"/meetings/{meeting.pk}/draw/")
    assert "周某某" not in page and all(code in page for code in Observer.objects.values_list("code", flat=True))
    record = json.loads(text(resident, f"/meetings/{meeting.pk}/draw.json"))
    assert draws.verify(record).ok and record["drawn"] and "周某某" not in json.dumps(record, ensure_ascii=False)
    while (mine := Observer.objects.get(pk=mine.pk)).state != "drawn":  # the others give their places back
        other = Observer.objects.filter(state="drawn").first()
        posted(resident, f"/r/{other.receipt_code}/give-back/")
    card = text(resident, f"/r/{mine.receipt_code}/card/")
    assert "周某某" in card and f"/desk/observers/{mine.card}/" not in card  # the address is in the code alone
    assert "<svg" in card
    clock.at = meeting.starts_at
    assert "周某某" in text(door, f"/desk/observers/{mine.card}/")
    text(signed_in(chamber["d1"]), f"/desk/observers/{mine.card}/", 403)
    posted(door, f"/desk/observers/{mine.card}/")
    posted(door, at_desk, 400, do="admit", card=mine.card)

    clock.at = meeting.starts_at + timedelta(hours=5)
    short = posted(resident, f"/r/{mine.receipt_code}/remark/", 400, body="短", key="b" * 32, shown="yes")
    assert "短" in short.content.decode()
    words = "会议材料可以提前放到网上，旁听的人能先看。"
    where = posted(resident, f"/r/{mine.receipt_code}/remark/", body=words, key="b" * 32, shown="yes")["Location"]
    said = Remark.objects.get()
    assert where.startswith(f"/r/{said.receipt_code}/") and words in text(resident, where)
    assert words in text(desk, "/desk/remarks/") and words in text(desk, f"/desk/remarks/{said.pk}/")
    text(signed_in(chamber["d1"]), f"/desk/remarks/{said.pk}/", 403)
    posted(desk, f"/desk/remarks/{said.pk}/", 400, do="reply", words="好")
    posted(desk, f"/desk/remarks/{said.pk}/", do="reply", words="今后旁听会议的公开材料，开会三日前在网站公布。")
    posted(desk, f"/desk/remarks/{said.pk}/", 403, do="release")
    assert words not in text(resident, f"/meetings/{meeting.pk}/remarks/")
    posted(lead, f"/desk/remarks/{said.pk}/", do="release")
    page = text(resident, f"/meetings/{meeting.pk}/remarks/")
    assert words in page and "三日前在网站公布" in page and "周某某" not in page
    assert "三日前在网站公布" in text(resident, where)
    receipt = json.loads(text(resident, f"/r/{said.receipt_code}/receipt.json"))
    assert receipt["content"] and words in receipt["content"]
    assert words[:10] in text(resident, "/my/") and meeting.title in text(resident, "/my/")


def test_r411_a_remark_needs_presence_and_strangers_find_nothing(chamber, clock):
    found = drawn(chamber)
    one = found.observers.get(rank=1)
    posted(Client(), f"/r/{one.receipt_code}/remark/", 400, body="没有到会也想提意见", key="b" * 32)
    text(Client(), f"/r/{found.observers.get(rank=5).receipt_code}/card/", 404)
    text(Client(), "/r/NONESUCH0000/card/", 404)
    for path in ("give-back", "remark"):
        assert Client().post(f"/r/NONESUCH0000/{path}/").status_code == 404


def test_m42_an_own_page_tells_the_place_in_the_queue(chamber, clock):
    found = drawn(chamber)
    last = found.observers.get(rank=5)
    assert re.search("第5名.*前面还有2人", text(Client(), f"/r/{last.receipt_code}/"))
    posted(Client(), f"/r/{found.observers.get(rank=1).receipt_code}/give-back/")
    assert re.search("第5名.*前面还有1人", text(Client(), f"/r/{last.receipt_code}/"))
    assert "由候补递补入选" in text(Client(), f"/r/{found.observers.get(rank=3).receipt_code}/")
    assert Client().get("/r/", {"code": last.receipt_code}).status_code == 302


def test_m41_the_turn_at_the_desk_and_the_answer_on_the_phone(chamber, clock):
    meeting = chamber.called(days=10)
    desk, path = signed_in(chamber["secretary"]), f"/desk/meetings/{meeting.pk}/invitations/"
    page = text(desk, path)
    assert "本届以来没有被邀请过" in page and "人民检察院" in page
    order = re.findall(r'name="account" value="(\d+)"', page)
    refused = posted(desk, path, 400, do="invite", account=order[-1], reason="").content.decode()
    assert f'value="{order[-1]}" aria-label' in refused and "checked" in refused
    posted(desk, path, do="invite", account=order[0])
    posted(desk, path, do="head", name="钱某某", post="市人民政府副市长")
    who = next(n for n in ("d6", "d7", "d8", "d9") if str(chamber[n].account_id) == order[0])
    deputy = signed_in(chamber[who])
    page = text(deputy, "/desk/invitations/")
    number = re.search(r'name="invitation" value="(\d+)"', page)[1]
    posted(deputy, "/desk/invitations/", 400, invitation=number, accept="no", reason="")
    text(deputy, f"/desk/meetings/{meeting.pk}/remark/", 404)
    posted(deputy, "/desk/invitations/", invitation=number, accept="yes")
    where = posted(deputy, f"/desk/meetings/{meeting.pk}/remark/", body="供水管网改造应当排出计划。", key="b" * 32, shown="yes")["Location"]
    assert "供水管网改造" in text(deputy, where)
    assert "钱某某" in text(desk, path)


def test_m44_a_council_is_set_up_seated_and_shown(street, clock):  # noqa: F811  # the fixture
    clock.at = AT
    desk = signed_in(street["street"])
    form = {"area": "410902001", "name": "中原路街道议政会", "basis": "县人大常委会2026年第3号文件", "starts_on": "2026-03-02", "ends_on": "2029-03-01"}
    assert "第3号文件" in posted(desk, "/desk/councils/", 400, **form | {"starts_on": ""}).content.decode()
    where = posted(desk, "/desk/councils/", **form)["Location"]
    member = {
        "do": "seat", "name": "孙某某", "source": "resident", "nominated_by": "建设路社区居民代表会议", "nominated_on": "2026-03-01",
        "nominated_how": "到会居民代表46人，41人同意",
    }  # fmt: skip
    assert "建设路社区" in posted(desk, where, 400, **member | {"nominated_how": ""}).content.decode()
    posted(desk, where, **member)
    posted(desk, where, do="topic", title="老旧小区加装充电桩", proposed_by="建设路社区居民")
    posted(desk, where, do="meet", title="中原路街道议政会第一次会议", place="街道办事处", starts_day="2026-03-05", starts_time="09:00")
    public = where.replace("/desk", "")
    page = text(Client(), public)
    assert "孙某某" in page and "41人同意" in page and "参考性，不具法定效力" in page and "充电桩" in page
    assert "第一次会议" not in page  # a plan is nobody's yet
    text(signed_in(street["secretary"]), where, 403)
    assert "中原路街道议政会" in text(Client(), "/councils/")


def test_m44_what_was_said_is_written_down_at_the_desk(street, clock):  # noqa: F811  # the fixture
    council = founded(street)
    seat(street, council)
    meeting = met(street, council)
    desk, path = signed_in(street["street"]), f"/desk/meetings/{meeting.pk}/said/"
    refused = posted(desk, path, 400, speaker="", body="建设路东段晚上没有路灯。", key="c" * 32).content.decode()
    assert "建设路东段" in refused
    where = posted(desk, path, speaker="孙某某（居民）", body="建设路东段晚上没有路灯。", key="c" * 32, shown="yes")["Location"]
    assert "孙某某" in text(desk, where)
    posted(desk, where, do="reply", words="路灯已经报市城管局，本月内安装。")
    said = Remark.objects.get()
    assert said.replied_at and "孙某某" not in text(Client(), f"/r/{said.receipt_code}/")


def test_observers_are_told_when_an_item_is_closed_to_them(chamber, clock):
    meeting = chamber.plan(days=10)
    chamber.item(meeting, "审议某某事项", withheld="主任会议决定不公开")
    meeting = acts.call(meeting_id=meeting.pk, late_reason="", by=chamber["secretary"], at=AT)
    announced(chamber, meeting)
    page = text(Client(), f"/meetings/{meeting.pk}/observe/")
    assert "另有1项不公开的议程" in page and "审议某某事项" not in page
    chamber.come(meeting, 9)
    acts.open_meeting(meeting_id=meeting.pk, by=chamber["secretary"], at=meeting.starts_at)
    item = meeting.items.get(withheld="主任会议决定不公开")
    acts.open_item(meeting_id=meeting.pk, item_id=item.pk, by=chamber["secretary"], at=meeting.starts_at)
    assert "请旁听人员退场" in text(signed_in(chamber["secretary"]), f"/desk/meetings/{meeting.pk}/observers/")
