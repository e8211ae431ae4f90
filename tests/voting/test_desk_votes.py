"""The secretariat's pages: preparing, naming officials, running a device vote to the announcement."""

import pytest
from django.test import Client, override_settings

from quancheng.demo.rehearsal import Rehearsal
from quancheng.meetings.models import Attendee
from quancheng.people.models import Account
from quancheng.voting.models import Official, Result, Vote
from tests.voting.device_hall import DeviceHall
from tests.voting.test_count import PaperHall

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _hall_network():
    with override_settings(HALL_NETWORKS="127.0.0.0/8"):
        yield


def signed_in(actor):
    client = Client()
    client.force_login(Account.objects.get(pk=actor.id))
    session = client.session
    session["account"] = actor.id
    session.save()
    return client


def test_from_preparing_to_the_announcement_by_pages():
    hall = DeviceHall(members=9, present=9)
    desk = signed_in(hall.secretary)
    for attendee, who in zip(Attendee.objects.order_by("pk"), hall.watchers, strict=False):
        Attendee.objects.filter(pk=attendee.pk).update(account_id=who.id, name=who.name)
    form = {
        "meeting": hall.meeting.pk, "title": "2027年民生实事项目票决", "mode": "device", "force": "statutory",
        "kind": "choosing", "lines": "修路\n建桥\n种树", "seats": "2",
    }
    assert "须差额" in desk.post("/desk/votes/new/", {**form, "seats": "3"}).content.decode()
    kept = desk.post("/desk/votes/new/", {**form, "lines": ""}).content.decode()
    assert "每行一个" in kept and "2027年民生实事项目票决" in kept
    assert desk.post("/desk/votes/new/", form).status_code == 303
    vote = Vote.objects.get(title="2027年民生实事项目票决")
    path = f"/desk/votes/{vote.pk}/"
    wrong = desk.post(path + "officials/", {"scrutineer": ["没有这个人"]}).content.decode()
    assert "不在出席人员名单中" in wrong and "没有这个人" in wrong
    desk.post(path + "officials/", {"scrutineer": [w.name for w in hall.watchers], "registrar": hall.registrar.name})
    assert Official.objects.filter(vote=vote).count() == 6
    device = path + "device/"
    assert "公钥" in desk.post(device, {"do": "freeze"}).content.decode()
    playing, asked = Rehearsal(vote.pk, deputies=7, paper=0, say=lambda words: None), {"prepared": "freeze", "ready": "issue"}
    for state in playing.play():
        if state in asked:
            desk.post(device, {"do": asked.pop(state)})
        elif state == "open" and playing.pressed:
            page = desk.get(device).content.decode()
            assert "已投7张" in page and "还有2人没有投票" in page
            desk.post(device, {"do": "close"})
    assert "由秘书处负责人宣布" in desk.get(device).content.decode()
    signed_in(hall.head).post(device, {"do": "announce"})
    assert Result.objects.get(vote=vote).announced_at is not None
    archive = desk.get(path + "vote.archive").content
    assert archive.startswith(b'{"events":')
    assert "2027年民生实事项目票决" in desk.get("/desk/votes/?state=announced&mode=device&q=2027").content.decode()


def test_nobody_else_runs_or_reads_a_vote_before_it_is_announced():
    hall = DeviceHall()
    for who in (hall.watchers[0], hall.registrar):
        client = signed_in(who)
        assert client.get(f"/desk/votes/{hall.vote.pk}/device/").status_code == 403
        assert client.get(f"/desk/votes/{hall.vote.pk}/vote.archive").status_code == 403
        assert client.post("/desk/votes/new/", {}).status_code == 403


def test_the_desk_page_costs_few_statements(django_assert_max_num_queries):
    hall = DeviceHall()
    hall.open()
    desk = signed_in(hall.secretary)
    with django_assert_max_num_queries(20):
        desk.get(f"/desk/votes/{hall.vote.pk}/device/")


def test_a_sheet_sent_without_its_button_is_taken_and_confirmed():
    hall = PaperHall()
    hall.issue()
    sheet = {"box": "8", "valid-0": "8", "void-0": "0", "m-0-0": "5", "m-0-1": "2", "m-0-2": "1"}
    assert signed_in(hall.tellers[0]).post(f"/desk/counting/{hall.paper.pk}/", sheet).status_code == 303
