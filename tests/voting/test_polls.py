"""Polls that only advise: one answer a number, nothing readable before the close, nothing that joins person and answer after."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from quancheng.people import acts as people
from quancheng.people.permissions import Actor, NotAllowed
from quancheng.voting import acts, queries
from quancheng.voting.models import Participant, PollSum, Result, Vote
from quancheng.voting.rules import VoteRefused
from tests.voting.device_hall import AT, DeviceHall

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall():
    return DeviceHall()


def opened(hall, options=("修路", "建桥", "种树"), most=2, **changes):
    question = acts.QuestionDraft("先办哪几件", "preference", 1, most, tuple((one, None) for one in options))
    given = {
        "title": "2027年民生实事意向", "population": "本市居民，每个手机号一次", "questions": [question], "organ": "pyrd",
        "closes_at": AT + timedelta(days=10), "by": hall.secretary, "at": AT, **changes,
    }
    return acts.open_poll(**given)


def say(vote, number, *choices, at=AT):
    acts.answer(vote_id=vote.pk, choices=[list(choices)], phone=f"139{number:08d}", by=Actor.public(), at=at)


def test_answers_are_summed_and_open_only_after_the_close(hall):
    vote = opened(hall)
    for number in range(12):
        say(vote, number, 1, *([2] if number < 5 else []))
    with pytest.raises(acts.AlreadyAnswered):
        say(vote, 3, 2)
    assert acts.close_due(at=AT + timedelta(days=9)) == 0
    assert not Result.objects.exists() and queries.poll(vote.pk).tallies == []
    assert acts.close_due(at=AT + timedelta(days=10)) == 1 and acts.close_due(at=AT + timedelta(days=10)) == 0
    found = json.loads(Result.objects.get().found)
    assert found["questions"][0]["totals"] == [12, 5, 0]
    assert found["questions"][0]["outcome"]["order"] == ["q1o1", "q1o2", "q1o3"]
    with pytest.raises(VoteRefused, match="截止"):
        say(vote, 99, 1, at=AT + timedelta(days=11))
    record = queries.poll(vote.pk)
    assert record.few and not record.hidden and record.answers == 12
    assert bytes(Vote.objects.get(pk=vote.pk).poll_secret_sealed) == b""


def test_fewer_than_five_answers_are_not_broken_down(hall):
    vote = opened(hall)
    say(vote, 1, 1)
    acts.close_due(at=AT + timedelta(days=10))
    record = queries.poll(vote.pk)
    assert record.hidden and record.tallies == []
    assert "不公开分项结果" in Client().get(f"/polls/{vote.pk}/").content.decode()


def test_wrong_answers_change_nothing(hall):
    vote = opened(hall)
    before = list(PollSum.objects.values_list("a", "b"))
    for choices in ((), (1, 2, 3), (9,)):
        with pytest.raises(VoteRefused):
            say(vote, 1, *choices)
    with pytest.raises(VoteRefused):
        acts.answer(vote_id=vote.pk, choices=[], phone="13900000000", by=Actor.public(), at=AT)
    with pytest.raises(NotAllowed):
        opened(hall, by=hall.watchers[0])
    for changes in ({"population": ""}, {"title": ""}, {"questions": []}, {"closes_at": AT}):
        with pytest.raises(VoteRefused):
            opened(hall, **changes)
    assert list(PollSum.objects.values_list("a", "b")) == before and not Participant.objects.exists()


def test_s06_no_row_joins_a_number_and_an_answer(hall):
    """Whatever order or transaction number a row has: the sums are two rows for each option, changed by every answer alike."""
    vote = opened(hall)
    for number in range(8):
        say(vote, number, 1 + number % 3)
    assert Participant.objects.count() == 8 and PollSum.objects.count() == 3
    assert [f.name for f in Participant._meta.get_fields()] == ["id", "vote", "digest"]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # all sums were written by the last answer's transaction: no pattern of options
            cursor.execute(f'SELECT count(DISTINCT xmin::text) FROM "{PollSum._meta.db_table}"')
            assert cursor.fetchone()[0] == 1


def test_a_resident_answers_on_the_page_and_what_he_chose_is_kept_on_an_error(hall, settings):
    settings.DEMO = True
    vote, client = opened(hall, closes_at=AT + timedelta(days=3650)), Client()
    path = f"/polls/{vote.pk}/"
    page = client.get(path).content.decode()
    assert "参考性，不具法定效力" in page
    kept = client.post(path, {"action": "answer", "q1": ["1"], "phone": "13812345678", "code": "000000"}).content.decode()
    assert 'value="1" checked' in kept and "13812345678" in kept
    code = people.send_phone_code(phone="13812345678", client="1", at=timezone.now())
    done = client.post(path, {"action": "answer", "q1": ["1", "2"], "phone": "13812345678", "code": code})
    assert "已计入" in done.content.decode() and Participant.objects.count() == 1
    again = client.post(path, {"action": "answer", "q1": ["3"]}).content.decode()
    assert "每个号码只计一次" in again
