"""Calling: who is called, how early, with which agenda and papers; what may not be."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quancheng.ledger.models import Entry
from quancheng.meetings import acts, queries, rules
from quancheng.meetings.models import AgendaItem, Attendee, Paper
from quancheng.people import acts as people
from quancheng.people.permissions import NotAllowed
from quancheng.procedures.acts import Conflict, StepRefused
from tests.meetings.chamber import AT, PDF


@pytest.mark.parametrize(
    ("kind", "base", "needed"),
    [("congress", 371, 248), ("congress", 9, 6), ("congress", 10, 7), ("congress", 3, 2), ("standing_committee", 41, 21),
     ("standing_committee", 40, 21), ("chairpersons", 7, 4), ("township_presidium", 8, 5), ("seminar", 30, 1),
     ("street_council", 25, 13)],
)  # fmt: skip
def test_r0_01_r0_05_quorum_in_whole_numbers(kind, base, needed):
    assert rules.quorum(kind, base) == needed


def test_r4_04_calling_fixes_base_and_quorum_from_seats_in_force(chamber):
    people.end_seat(account_id=chamber["d9"].id, last_day=AT.date(), ground="辞去代表职务，已接受辞职", at=AT)
    meeting = chamber.called("congress", days=40)
    assert (meeting.base, meeting.quorum, meeting.case.state) == (8, 6, "called")
    seats = chamber.seats(meeting)
    assert [one.number for one in seats] == list(range(1, 9)) and len({one.card for one in seats}) == 8
    assert {one.delegation for one in seats} == {"东城区", "西城区"}
    committee = chamber.called("standing_committee")
    assert (committee.base, committee.quorum) == (5, 3)


def test_r4_04_late_notice_needs_a_reason_and_counts_the_days(chamber):
    meeting = chamber.plan(days=6)
    late = queries.notice(meeting, AT.date())
    assert (late.days, late.needed, late.late) == (6, 7, True) and "还有6日" in late.words
    with pytest.raises(acts.MeetingRefused, match="还有6日，规则要求提前7日"):
        acts.call(meeting_id=meeting.pk, late_reason=" ", by=chamber["secretary"], at=AT)
    made = acts.call(meeting_id=meeting.pk, late_reason="抗旱事项紧急", by=chamber["secretary"], at=AT)
    assert made.late_reason == "抗旱事项紧急"
    assert "抗旱事项紧急" in made.case.events.get(step="call").note
    assert not queries.notice(chamber.plan(days=7), AT.date()).late
    assert queries.notice(chamber.plan("congress", days=29), AT.date()).needed == 30


def test_a_meeting_without_agenda_or_members_is_not_called(chamber):
    plan = acts.Plan("chairpersons", "第三十次主任会议", "会议室", AT + timedelta(days=3))
    meeting = acts.plan(plan=plan, organ="pyrd", by=chamber["secretary"], at=AT)
    with pytest.raises(acts.MeetingRefused, match="没有议程"):
        acts.call(meeting_id=meeting.pk, late_reason="", by=chamber["secretary"], at=AT)
    chamber.item(meeting, "研究常委会会议议程")
    with pytest.raises(acts.MeetingRefused, match="名单是空的"):
        acts.call(meeting_id=meeting.pk, late_reason="", by=chamber["secretary"], at=AT)
    wanted = [chamber[f"d{n}"].id for n in (1, 2, 3)]
    assert acts.name_members(meeting_id=meeting.pk, account_ids=wanted, by=chamber["secretary"], at=AT) == 3
    assert acts.name_members(meeting_id=meeting.pk, account_ids=wanted, by=chamber["secretary"], at=AT) == 0
    acts.unname_member(
        meeting_id=meeting.pk, attendee_id=queries.named_members(meeting)[0].pk, by=chamber["secretary"], at=AT
    )
    made = acts.call(meeting_id=meeting.pk, late_reason="", by=chamber["secretary"], at=AT)
    assert (made.base, made.quorum) == (2, 2)
    with pytest.raises(acts.MeetingRefused, match="职务确定"):
        acts.name_members(meeting_id=chamber.plan().pk, account_ids=wanted, by=chamber["secretary"], at=AT)


def test_calling_371_deputies_costs_few_statements(chamber):
    from quancheng.people.models import Account, Seat, Term

    term = Term.objects.get(organ="pyrd")
    made = Account.objects.bulk_create([Account(username=f"many{n}", name=f"乙{n}", password="!") for n in range(362)])
    Seat.objects.bulk_create(
        [Seat(term=term, account=one, electoral_unit="南城区", valid_from=AT.date()) for one in made]
    )
    meeting = chamber.plan("congress", days=40)
    with CaptureQueriesContext(connection, ) as asked:
        made = acts.call(meeting_id=meeting.pk, late_reason="", by=chamber["secretary"], at=AT)
    assert (made.base, made.quorum) == (371, 248)
    assert len([one for one in asked if "SAVEPOINT" not in one["sql"]]) <= 20
    rows = "卡号,时间\n" + "\n".join(
        f"{one.card},{meeting.starts_at - timedelta(minutes=20):%Y-%m-%d %H:%M}" for one in chamber.seats(meeting)[:300]
    )
    with CaptureQueriesContext(connection) as asked:
        came = acts.import_arrivals(meeting_id=meeting.pk, table=rows, by=chamber["registrar"], at=meeting.starts_at)
    assert came == 300 == queries.hall(meeting.pk).present
    assert len([one for one in asked if "SAVEPOINT" not in one["sql"]]) <= 12


def test_agenda_is_ordered_and_what_has_begun_stands(chamber):
    meeting = chamber.plan()
    third = chamber.item(meeting, "表决供水条例草案", kind="vote", withheld="经主任会议决定不公开")
    acts.move_item(meeting_id=meeting.pk, item_id=third.pk, place=1, by=chamber["secretary"], at=AT)
    assert [one.title[:2] for one in queries.agenda(meeting)] == ["表决", "听取", "审议"]
    acts.remove_item(meeting_id=meeting.pk, item_id=third.pk, by=chamber["secretary"], at=AT)
    assert [one.place for one in queries.agenda(meeting)] == [1, 2]
    open_one = chamber.opened()
    begun, waiting = queries.agenda(open_one)
    wanted = acts.Item("听取另一个报告", "hear")
    for change in (
        lambda: acts.edit_item(meeting_id=open_one.pk, item_id=begun.pk, item=wanted, by=chamber["secretary"], at=AT),
        lambda: acts.remove_item(meeting_id=open_one.pk, item_id=begun.pk, by=chamber["secretary"], at=AT),
        lambda: acts.move_item(meeting_id=open_one.pk, item_id=begun.pk, place=2, by=chamber["secretary"], at=AT),
    ):
        with pytest.raises(acts.MeetingRefused, match="已经开始"):
            change()
    acts.move_item(meeting_id=open_one.pk, item_id=waiting.pk, place=1, by=chamber["secretary"], at=AT)
    assert [one.pk for one in queries.agenda(open_one)] == [begun.pk, waiting.pk]
    with pytest.raises(acts.MeetingRefused, match="没有这个案号"):
        chamber.item(open_one, "审议一件事情", case_number="没有〔2026〕1号")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [({"title": "会"}, "会议全称"), ({"place": ""}, "会议地点"), ({"starts_at": AT}, "晚于现在"), ({"kind": "party"}, "种类")],
)
def test_bad_plans_are_refused(chamber, change, sentence):
    with pytest.raises(acts.MeetingRefused, match=sentence):
        chamber.plan(**{"kind": "standing_committee", **change})


def test_who_may_not_prepare(chamber):
    meeting = chamber.plan()
    for name in ("registrar", "d1", "foreign"):
        with pytest.raises(NotAllowed):
            acts.call(meeting_id=meeting.pk, late_reason="", by=chamber[name], at=AT)
    acts.call(meeting_id=meeting.pk, late_reason="", by=chamber["secretary"], at=AT)
    with pytest.raises((acts.MeetingRefused, StepRefused, Conflict)):
        acts.call(meeting_id=meeting.pk, late_reason="", by=chamber["secretary"], at=AT)
    assert Attendee.objects.filter(meeting=meeting).count() == 5


def test_r4_01_a_change_is_told_and_published_and_confirmed_anew(chamber):
    meeting = chamber.called()
    acts.acknowledge(meeting_id=meeting.pk, by=chamber["d1"], at=AT)
    assert queries.notice_counts(meeting) == (5, 1) and queries.unconfirmed(chamber["d2"], AT.date()) == 1
    later = meeting.starts_at + timedelta(days=2)
    acts.change(meeting_id=meeting.pk, place="另一会堂", starts_at=later, reason="会场检修", by=chamber["secretary"], at=AT)
    assert queries.notice_counts(meeting) == (5, 0)
    told = meeting.case.events.get(step="meeting.changed").note
    assert "原定2026-03-12 09:00，市人民会堂" in told and "另一会堂" in told and "会场检修" in told
    with pytest.raises(NotAllowed):
        acts.acknowledge(meeting_id=meeting.pk, by=chamber["d9"], at=AT)
    with pytest.raises(NotAllowed):
        acts.cancel(meeting_id=meeting.pk, reason="不再召开", by=chamber["secretary"], at=AT)
    acts.cancel(meeting_id=meeting.pk, reason="并入下次会议", by=chamber["head"], at=AT)
    assert queries.public_meeting(meeting.pk).case.state == "cancelled"


def test_r4_05_papers_are_seen_from_their_day_and_nobody_notes_who_read(chamber, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    meeting = chamber.called(days=20)
    item = queries.agenda(meeting)[1]
    AgendaItem.objects.filter(pk=item.pk).update(case=meeting.case)
    day = AT.date() + timedelta(days=3)
    paper = acts.add_paper(
        meeting_id=meeting.pk, name="条例草案.pdf", data=PDF, item_id=item.pk, visible_on=day, by=chamber["secretary"], at=AT
    )
    assert paper.due_on == AT.date() + timedelta(days=10)  # ten days before: it is a bill
    plain = acts.add_paper(meeting_id=meeting.pk, name="C:\\稿\\说明.pdf", data=PDF, by=chamber["secretary"], at=AT)
    assert (plain.name, plain.due_on) == ("说明.pdf", AT.date() + timedelta(days=13))
    assert [one.pk for one in queries.papers(meeting, AT.date())] == [plain.pk]
    with pytest.raises(NotAllowed):
        queries.paper_file(paper.pk, chamber["d1"], AT.date())
    with pytest.raises(NotAllowed):
        queries.paper_file(paper.pk, chamber["d9"], day)  # not called
    entries = Entry.objects.count()
    assert queries.paper_file(paper.pk, chamber["d1"], day)[1].read_bytes() == PDF
    assert Entry.objects.count() == entries
    assert not [one for one in Paper._meta.get_fields() if "read" in one.name or "opened" in one.name]
    acts.remove_paper(paper_id=paper.pk, by=chamber["secretary"], at=AT)
    with pytest.raises(Paper.DoesNotExist):
        queries.paper_file(paper.pk, chamber["d1"], day)


@pytest.mark.parametrize(("name", "data"), [("a.exe", PDF), ("a.pdf", b""), ("a.pdf", b"hello"), ("a.docx", PDF), ("", PDF)])
def test_papers_of_other_types_are_refused(chamber, settings, tmp_path, name, data):
    settings.MEDIA_ROOT = tmp_path
    meeting = chamber.called()
    with pytest.raises(acts.MeetingRefused):
        acts.add_paper(meeting_id=meeting.pk, name=name, data=data, by=chamber["secretary"], at=AT)
    assert not Paper.objects.exists()


def test_r4_03_the_next_meeting_is_due_within_two_months(chamber):
    assert queries.next_due("pyrd", AT.date()) is None
    meeting = chamber.opened()
    acts.close_meeting(meeting_id=meeting.pk, by=chamber["secretary"], at=meeting.starts_at)
    until, missing = queries.next_due("pyrd", meeting.starts_at.date())
    assert (until.isoformat(), missing) == ("2026-05-12", True)
    chamber.called(days=30)
    assert queries.next_due("pyrd", meeting.starts_at.date()) == (until, False)
