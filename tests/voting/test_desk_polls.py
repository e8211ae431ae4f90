"""The desk's pages of polls: written, looked at, opened, answered by residents, closed, read; kept apart from votes."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from quancheng.people.permissions import Actor
from quancheng.voting import acts
from quancheng.voting.models import Vote
from tests.voting.device_hall import DeviceHall
from tests.voting.test_desk_votes import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall():
    return DeviceHall()


def typed(**changes):
    last = timezone.localdate() + timedelta(days=10)
    return {
        "population": "和平路街道居民，每个手机号码一次", "expected": "3000", "closes_on": last.isoformat(), "title": "和平路街道想先办的事",
        "kind": "preference", "question": "先办哪几件", "lines": "修路\n建桥\n种树", "most": "2", "about": "", "do": "check", **changes,
    }


def test_from_the_desk_to_the_public_page_and_the_result(hall):
    desk, visitor = signed_in(hall.secretary), Client()
    assert "/desk/polls/" in desk.get("/desk/").content.decode()
    shown = desk.post("/desk/polls/new/", typed()).content.decode()
    assert "还没有开始" in shown and "参考性，不具法定效力" in shown and "人数少" not in shown and not Vote.objects.filter(mode="online")
    again = desk.post("/desk/polls/new/", typed(do="edit")).content.decode()
    assert "建桥" in again and "先办哪几件" in again
    assert desk.post("/desk/polls/new/", typed(do="open")).status_code == 303
    vote = Vote.objects.get(mode="online")
    assert vote.force == "advisory" and vote.population.endswith("（约3000人）")
    public = visitor.get(f"/polls/{vote.pk}/").content.decode()
    assert "先办哪几件" in public and "参考性，不具法定效力" in public
    for number in range(7):
        acts.answer(vote_id=vote.pk, choices=[[1, 2] if number < 3 else [1]], phone=f"139{number:08d}", by=Actor.public(), at=timezone.now())
    page = desk.get(f"/desk/polls/{vote.pk}/").content.decode()
    assert "已有7人参加" in page and "有效" not in page
    acts.close_due(at=timezone.now() + timedelta(days=12))
    for page in (desk.get(f"/desk/polls/{vote.pk}/"), visitor.get(f"/polls/{vote.pk}/")):
        words = page.content.decode()
        assert "发出7份，收回7份，有效7份，无效0份" in words and 'class="chart"' in words and '<td class="num">3</td>' in words
        assert "人数少" in words
    assert "7人参加" in desk.get("/desk/polls/?state=closed&q=和平路").content.decode()
    assert "没有征询" in desk.get("/desk/polls/?state=open").content.decode()


def test_a_rating_in_three_grades_of_a_case_among_few_is_warned_about(hall):
    desk = signed_in(hall.secretary)
    form = typed(kind="rating", lines="饮水安全", expected="12", about=hall.meeting.case.number)
    assert "大约只有12人" in desk.post("/desk/polls/new/", form).content.decode()
    desk.post("/desk/polls/new/", {**form, "do": "open"})
    vote = Vote.objects.get(mode="online")
    question = vote.questions.get()
    assert [one.title for one in question.options.order_by("number")] == ["满意", "基本满意", "不满意", "弃权"]
    assert hall.meeting.case.number in desk.get(f"/desk/polls/{vote.pk}/").content.decode()
    acts.close_due(at=timezone.now() + timedelta(days=12))
    assert "不公开分项结果" in desk.get(f"/desk/polls/{vote.pk}/").content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"closes_on": ""}, "截止日期"), ({"expected": ""}, "大约有多少人"), ({"lines": ""}, "每行一个"), ({"kind": ""}, "怎样征询"),
        ({"most": "9"}, "项数不对"), ({"about": "濮人信〔2026〕1号"}, "没有找到"), ({"call": "77"}, "不能征询"),
        ({"closes_on": "2020-01-01"}, "至少一小时"), ({"population": ""}, "谁可以参加"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(hall, changes, words):
    answer = signed_in(hall.secretary).post("/desk/polls/new/", typed(do="open", **changes))
    page = answer.content.decode()
    assert answer.status_code == 400 and words in page and "和平路街道想先办的事" in page and not Vote.objects.filter(mode="online")


def test_nobody_else_opens_or_follows_polls(hall):
    client = signed_in(hall.watchers[0])
    assert client.get("/desk/polls/").status_code == 403 and client.post("/desk/polls/new/", typed()).status_code == 403
    assert "/desk/polls/" not in client.get("/desk/").content.decode()
