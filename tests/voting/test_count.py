"""Votes by paper, hands and recorded devices: two tellers apart, signatures, void rules, recount, ties, quorum, the network."""

import json

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as some

from quancheng.meetings import queries as meeting_queries
from quancheng.meetings.models import Attendee, Meeting
from quancheng.procedures.acts import Conflict
from quancheng.procedures.models import Case
from quancheng.voting import acts, queries, telling
from quancheng.voting.models import Official, Question, RecordedPress, Result, Vote
from quancheng.voting.rules import QuestionCount, VoteRefused, check_count, outcome
from tests.voting.device_hall import AT, HALL, DeviceHall, account


@pytest.fixture(autouse=True)
def _hall_network():
    with override_settings(HALL_NETWORKS="127.0.0.0/8"):
        yield


class PaperHall(DeviceHall):
    """A meeting of nine, eight in the hall, with two tellers and two scrutineers among them."""

    def __init__(self, mode="paper", questions=None, force="statutory"):
        super().__init__(members=9, present=8)
        self.tellers = [account("teller1", "deputy"), account("teller2", "deputy")]
        seats = Attendee.objects.order_by("pk")
        for attendee, who in zip(seats, [*self.watchers, *self.tellers], strict=False):
            Attendee.objects.filter(pk=attendee.pk).update(account_id=who.id, name=who.name)
        self.paper = acts.prepare(
            meeting_id=self.meeting.pk, title="决议草案", mode=mode, force=force,
            questions=questions or [acts.yes_or_no("关于预算的决议")], by=self.secretary, at=AT,
        )
        self.of = {"vote_id": self.paper.pk, "at": AT}
        self.name()

    def name(self):
        for duty, people in (("scrutineer", self.watchers[:2]), ("teller", self.tellers)):
            acts.name_officials(duty=duty, accounts=[one.id for one in people], by=self.secretary, **self.of)

    def issue(self, papers=8):
        acts.issue(network=HALL, by=self.secretary, **self.of)
        if self.paper.mode == "paper":
            acts.hand_out(papers=papers, by=self.secretary, **self.of)
        acts.close(by=self.secretary, **self.of)

    def enter(self, teller, box, *counts):
        return acts.enter_sheet(box=box, counts=list(counts), by=self.tellers[teller - 1], **self.of)

    def sign(self, *numbers):
        for number in numbers:
            acts.sign_count(by=self.watchers[number - 1], **self.of)


pytestmark = pytest.mark.django_db


def test_s07_two_tellers_count_apart_differ_agree_and_scrutineers_sign():
    hall = PaperHall()
    hall.issue()
    assert meeting_queries.screen(hall.meeting.pk).block.lines == ("等待计票",)
    hall.enter(1, 8, QuestionCount(7, 1, (5, 1, 1)))
    record = queries.count_record(hall.paper.pk)
    assert record.entered and not record.agreed and not record.differences  # nobody sees the other's sheet
    with pytest.raises(Conflict):
        hall.enter(1, 8, QuestionCount(7, 1, (5, 1, 1)))
    with pytest.raises(VoteRefused, match="一致以后"):
        hall.sign(1)
    hall.enter(2, 8, QuestionCount(7, 1, (4, 2, 1)))
    record = queries.count_record(hall.paper.pk)
    assert record.round == 2
    assert [(words, one, two) for _, words, one, two in record.differences] == [("赞成", 5, 4), ("反对", 1, 2)]
    hall.enter(2, 8, QuestionCount(7, 1, (5, 1, 1)))
    hall.enter(1, 8, QuestionCount(7, 1, (5, 1, 1)))
    hall.sign(1)
    with pytest.raises(Conflict):
        hall.sign(1)
    assert not Result.objects.exists()
    hall.sign(2)
    found = json.loads(Result.objects.get().found)
    assert found["questions"][0]["outcome"] == {"passed": True, "votes": 5, "needed": 5}  # of all nine, not of those present
    assert meeting_queries.screen(hall.meeting.pk).block.lines == ("关于预算的决议", "赞成 5", "反对 1", "弃权 1", "通过：5票，须5票")
    acts.announce(by=hall.head, **hall.of)
    assert queries.announced(1)[0][0].pk == hall.paper.pk
    said = telling.announced(hall.meeting.pk)[0].sentence
    assert said == "应到9人，到会8人，参加表决8人，未参加0人。赞成5票，反对1票，弃权1票。通过：5票，须5票。"


def test_a_recount_needs_a_reason_and_keeps_the_first_sheets():
    hall = PaperHall()
    hall.issue()
    for teller in (1, 2):
        hall.enter(teller, 8, QuestionCount(8, 0, (4, 4, 0)))
    hall.sign(1, 2)
    with pytest.raises(VoteRefused, match="理由"):
        acts.recount(reason="", by=hall.secretary, **hall.of)
    acts.recount(reason="有代表对两张票的归类提出疑问", by=hall.secretary, **hall.of)
    assert not Result.objects.exists() and hall.paper.sheets.count() == 2
    for teller in (1, 2):
        hall.enter(teller, 8, QuestionCount(8, 0, (5, 3, 0)))
    hall.sign(1, 2)
    assert json.loads(Result.objects.get().found)["questions"][0]["outcome"]["passed"]


def test_r5_19_more_papers_than_issued_and_marks_beyond_the_limit():
    hall = PaperHall()
    hall.issue(papers=6)
    with pytest.raises(VoteRefused, match="多于发出"):
        hall.enter(1, 7, QuestionCount(7, 0, (7, 0, 0)))
    for counted, words in (
        (QuestionCount(6, 1, (6, 0, 0)), "不等于收回"), (QuestionCount(6, 0, (7, 0, 0)), "多于有效票"),
        (QuestionCount(6, 0, (3, 2, 0)), "不符"), (QuestionCount(6, 0, (6, 0)), "没有填全"), (QuestionCount(7, -1, (6, 0, 0)), "没有填全"),
    ):
        with pytest.raises(VoteRefused, match=words):
            hall.enter(1, 6, counted)
    acts.annul(reason="票箱中的选票多于发出的选票", by=hall.head, **hall.of)
    again = acts.vote_again(by=hall.secretary, **hall.of)
    assert again.after_id == hall.paper.pk and again.questions.get().title == "关于预算的决议"


def test_a_tie_at_the_cut_is_voted_again_among_the_tied():
    hall = PaperHall(questions=[acts.choosing("民生实事", [(name, None) for name in "甲乙丙丁"], 2)])
    hall.issue()
    for teller in (1, 2):
        hall.enter(teller, 8, QuestionCount(8, 0, (5, 5, 6, 0)))
    hall.sign(1, 2)
    with pytest.raises(VoteRefused):
        acts.vote_again(by=hall.secretary, **hall.of)  # not before it is announced
    acts.announce(by=hall.head, **hall.of)
    again = acts.vote_again(by=hall.secretary, **hall.of)
    question = again.questions.get()
    assert [one.title for one in question.options.order_by("number")] == ["甲", "乙"] and question.seats == 1


def test_a_name_written_in_is_counted_where_the_paper_allows_it():
    question = acts.QuestionDraft("选举主任", "rank", 0, 1, (("张三", None), ("李四", None)), 1, write_in=True)
    hall = PaperHall(questions=[question])
    hall.issue()
    for teller in (1, 2):
        hall.enter(teller, 8, QuestionCount(8, 0, (6, 1), {"王五": 1}))
    hall.sign(1, 2)
    assert json.loads(Result.objects.get().found)["questions"][0]["write_ins"] == {"王五": 1}
    with pytest.raises(VoteRefused, match="纸质选票"):
        acts.prepare(meeting_id=hall.meeting.pk, title="选举", mode="device", force="statutory", questions=[question], by=hall.secretary, at=AT)


def test_hands_are_counted_by_two_as_well():
    hall = PaperHall(mode="hands")
    hall.issue()
    with pytest.raises(VoteRefused):
        hall.enter(1, 9, QuestionCount(9, 0, (9, 0, 0)))  # more hands than people
    for teller in (1, 2):
        hall.enter(teller, 7, QuestionCount(7, 0, (5, 2, 0)))
    hall.sign(1, 2)
    assert json.loads(Result.objects.get().found)["idle"] == 1


def test_hard_stop_1_no_vote_without_meeting_quorum_or_officials():
    hall = PaperHall()
    Official.objects.filter(vote=hall.paper, duty="teller").delete()
    with pytest.raises(VoteRefused, match="计票人"):
        acts.issue(network=HALL, by=hall.secretary, **hall.of)
    hall.name()
    with pytest.raises(acts.OutsideHall):
        acts.issue(network="203.0.113.9", by=hall.secretary, **hall.of)
    some_seats = list(Attendee.objects.exclude(came_at=None).values_list("pk", flat=True)[:4])
    Attendee.objects.filter(pk__in=some_seats).update(left_at=AT)
    with pytest.raises(VoteRefused, match="法定人数"):
        acts.issue(network=HALL, by=hall.secretary, **hall.of)
    Attendee.objects.update(left_at=None)
    Case.objects.filter(pk=hall.meeting.case_id).update(state="closed")
    with pytest.raises(VoteRefused, match="没有在举行"):
        acts.issue(network=HALL, by=hall.secretary, **hall.of)


def test_hard_stop_10_candidates_do_not_count_and_strangers_neither():
    hall = PaperHall()
    with pytest.raises(VoteRefused, match="出席"):
        acts.name_officials(duty="teller", accounts=[hall.head.id], by=hall.secretary, **hall.of)
    candidates = acts.prepare(
        meeting_id=hall.meeting.pk, title="选举", mode="paper", force="statutory", by=hall.secretary, at=AT,
        questions=[acts.choosing("选举", [("watcher1", None), ("别人", None), ("又一人", None)], 2)],
    )
    with pytest.raises(VoteRefused, match="候选人"):
        acts.name_officials(vote_id=candidates.pk, duty="scrutineer", accounts=[hall.watchers[0].id], by=hall.secretary, at=AT)


def test_s29_a_street_council_only_advises():
    hall = PaperHall()
    Meeting.objects.filter(pk=hall.meeting.pk).update(kind="street_council")
    with pytest.raises(VoteRefused, match="参考性"):
        acts.prepare(meeting_id=hall.meeting.pk, title="议题", mode="hands", force="statutory", questions=[acts.yes_or_no("甲")], by=hall.secretary, at=AT)
    acts.prepare(meeting_id=hall.meeting.pk, title="议题", mode="hands", force="advisory", questions=[acts.yes_or_no("甲")], by=hall.secretary, at=AT)


def test_recorded_presses_lie_sealed_until_the_close_and_then_stand_by_name():
    hall = PaperHall(mode="recorded")
    with pytest.raises(VoteRefused, match="没有在进行"):
        acts.press_recorded(choices=[[1]], network=HALL, by=hall.watchers[0], **hall.of)
    acts.issue(network=HALL, by=hall.secretary, **hall.of)
    for n, who in enumerate([*hall.watchers, hall.tellers[0]]):
        acts.press_recorded(choices=[[1 if n < 5 else 2]], network=HALL, by=who, **hall.of)
    assert meeting_queries.screen(hall.meeting.pk).block.lines == ("已按 6",)
    acts.press_recorded(choices=[[3]], network=HALL, by=hall.watchers[0], **hall.of)  # presses again: the last counts
    assert set(RecordedPress.objects.values_list("choice", flat=True)) == {""}
    assert queries.named_choices(Vote.objects.get(pk=hall.paper.pk)) == []
    for choices in ([[]], [[1, 2]], [[9]], [[1], [1]], []):
        with pytest.raises(VoteRefused):
            acts.press_recorded(choices=choices, network=HALL, by=hall.watchers[1], **hall.of)
    with pytest.raises(acts.OutsideHall):
        acts.press_recorded(choices=[[1]], network="203.0.113.9", by=hall.watchers[1], **hall.of)
    gone = Attendee.objects.get(account_id=hall.watchers[1].id)
    Attendee.objects.filter(pk=gone.pk).update(left_at=AT)
    with pytest.raises(VoteRefused, match="没有签到"):
        acts.press_recorded(choices=[[1]], network=HALL, by=hall.watchers[1], **hall.of)
    acts.close(by=hall.secretary, **hall.of)
    found = json.loads(Result.objects.get().found)
    assert found["questions"][0]["totals"] == [4, 1, 1] and found["idle"] == 1
    acts.announce(by=hall.head, **hall.of)
    named = dict(queries.named_choices(Vote.objects.get(pk=hall.paper.pk)))
    assert named["watcher1"] == ["弃权"] and named["teller1"] == ["反对"]


@given(some.integers(1, 40), some.data())
def test_r0_02_rank_takes_only_what_more_than_half_of_all_want(base, data):
    seats = data.draw(some.integers(1, 5))
    totals = data.draw(some.lists(some.integers(0, base), min_size=seats + 1, max_size=8))
    question = Question(number=1, title="甲", rule="rank", seats=seats, least=0, most=seats)
    found = outcome(question, [str(n) for n in range(len(totals))], totals, base)
    chosen = [int(one.split("o")[1]) - 1 for one in found["chosen"]]
    tied = [int(one.split("o")[1]) - 1 for one in found["revote"]]
    assert all(2 * totals[n] > base for n in chosen + tied) and len(chosen) <= seats
    assert found["open"] == seats - len(chosen) and (not tied or len(tied) > found["open"] > 0)
    left = set(range(len(totals))) - set(chosen) - set(tied)
    assert not chosen or not left or min(totals[n] for n in chosen) >= max((totals[n] for n in left if 2 * totals[n] > base), default=0)


@given(some.integers(0, 30), some.integers(0, 30), some.lists(some.integers(0, 30), min_size=3, max_size=3))
def test_a_sheet_that_passes_the_check_can_have_happened(valid, void, marks):
    question = Question(number=1, title="甲", rule="majority", least=1, most=1)
    try:
        check_count(question, 3, valid + void, QuestionCount(valid, void, tuple(marks)))
    except VoteRefused:
        assert sum(marks) != valid or max(marks) > valid
    else:
        assert sum(marks) == valid
