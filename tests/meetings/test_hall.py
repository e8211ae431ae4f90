"""In the hall: hard stop 1, presence, leave, the items, the close."""

from datetime import timedelta

import pytest

from quancheng.ledger.models import Entry
from quancheng.meetings import acts, queries
from quancheng.meetings.models import Arrival, Attendee
from quancheng.people.permissions import NotAllowed
from tests.meetings.chamber import AT


@pytest.mark.parametrize(("kind", "enough"), [("congress", 6), ("standing_committee", 3)])
def test_hard_stop_1_no_opening_without_quorum(chamber, kind, enough):
    meeting = chamber.called(kind, days=40)
    chamber.come(meeting, enough - 1)
    with pytest.raises(acts.NoQuorum, match="还差1人"):
        acts.open_meeting(meeting_id=meeting.pk, by=chamber["secretary"], at=meeting.starts_at)
    assert not queries.hall(meeting.pk).has_quorum
    chamber.come(meeting, 1)
    assert not queries.hall(meeting.pk).has_quorum and queries.hall(meeting.pk).enough  # enough, but not open yet
    made = acts.open_meeting(meeting_id=meeting.pk, by=chamber["secretary"], at=meeting.starts_at)
    assert (made.opened_present, made.case.state) == (enough, "open") and queries.hall(meeting.pk).has_quorum


def test_non_voting_attendees_do_not_make_a_quorum(chamber):
    meeting = chamber.called()
    chamber.come(meeting, 2)
    Attendee.objects.bulk_create(
        [Attendee(meeting=meeting, name=f"列席{n}", capacity="non_voting", came_at=AT) for n in range(5)]
    )
    with pytest.raises(acts.NoQuorum):
        acts.open_meeting(meeting_id=meeting.pk, by=chamber["secretary"], at=meeting.starts_at)


def test_check_in_by_name_and_by_card_once_undone_and_again(chamber):
    meeting = chamber.called()
    first, second, *_ = chamber.seats(meeting)
    at = meeting.starts_at
    acts.check_in(attendee_id=first.pk, by=chamber["registrar"], at=at)
    with pytest.raises(acts.MeetingRefused, match="已经签到"):
        acts.check_in(attendee_id=first.pk, by=chamber["registrar"], at=at)
    acts.check_in_card(meeting_id=meeting.pk, card=f" {second.card.lower()} ", by=chamber["registrar"], at=at)
    assert queries.hall(meeting.pk).present == 2 and queries.is_present(meeting.pk, second.account_id)
    acts.undo_check_in(attendee_id=second.pk, by=chamber["registrar"], at=at)
    assert queries.hall(meeting.pk).present == 1
    acts.check_in(attendee_id=second.pk, by=chamber["registrar"], at=at)
    acts.leave_hall(attendee_id=second.pk, by=chamber["registrar"], at=at)
    assert queries.hall(meeting.pk).present == 1
    with pytest.raises(acts.MeetingRefused, match="离会"):
        acts.undo_check_in(attendee_id=second.pk, by=chamber["registrar"], at=at)
    acts.check_in(attendee_id=second.pk, by=chamber["registrar"], at=at)
    assert [one.what for one in Arrival.objects.filter(attendee=second).order_by("id")] == ["came", "undone", "came", "left", "came"]
    assert Entry.objects.filter(kind__in=("meeting.came", "meeting.left", "meeting.undone")).count() == 6


def test_foreign_cards_early_doors_and_strangers_are_refused(chamber):
    meeting, other = chamber.called(), chamber.called(days=11)
    at = meeting.starts_at
    with pytest.raises(acts.MeetingRefused, match="不是这次会议"):
        acts.check_in_card(meeting_id=meeting.pk, card=chamber.seats(other)[0].card, by=chamber["registrar"], at=at)
    with pytest.raises(acts.MeetingRefused, match="会前12小时"):
        acts.check_in(attendee_id=chamber.seats(meeting)[0].pk, by=chamber["registrar"], at=AT)
    for name in ("d1", "foreign"):
        with pytest.raises(NotAllowed):
            acts.check_in(attendee_id=chamber.seats(meeting)[0].pk, by=chamber[name], at=at)


@pytest.mark.parametrize("row", ["NOSUCHCARD,2026-03-12 08:50", "{card},later", "{card}", "{card},2026-03-10 08:50", "{card},2026-03-12 23:50"])
def test_a_wrong_row_of_the_gate_refuses_the_whole_log(chamber, row):
    meeting = chamber.called()
    good, bad = chamber.seats(meeting)[:2]
    table = f"卡号,时间\n{good.card},2026-03-12 08:50\n" + row.format(card=bad.card)
    with pytest.raises(acts.MeetingRefused, match="第3行"):
        acts.import_arrivals(meeting_id=meeting.pk, table=table, by=chamber["registrar"], at=meeting.starts_at)
    assert queries.hall(meeting.pk).present == 0


def test_items_go_on_one_by_one_with_presence_and_a_lost_quorum_stops_them(chamber):
    meeting = chamber.opened()
    first, second = queries.agenda(meeting)
    assert (first.present, first.closed_at) == (5, None) and queries.current_item(meeting) == first
    for one in chamber.seats(meeting)[:3]:
        acts.leave_hall(attendee_id=one.pk, by=chamber["registrar"], at=meeting.starts_at)
    with pytest.raises(acts.NoQuorum, match="还差1人"):
        acts.open_item(meeting_id=meeting.pk, item_id=second.pk, by=chamber["secretary"], at=meeting.starts_at)
    chamber.come(meeting, 1)
    later = meeting.starts_at + timedelta(minutes=40)
    acts.open_item(meeting_id=meeting.pk, item_id=second.pk, by=chamber["secretary"], at=later)
    first, second = queries.agenda(meeting)
    assert (first.closed_at, second.present) == (later, 3)
    with pytest.raises(acts.MeetingRefused, match="已经进行过"):
        acts.open_item(meeting_id=meeting.pk, item_id=first.pk, by=chamber["secretary"], at=later)


def test_a_recess_empties_the_hall(chamber):
    meeting = chamber.opened()
    acts.recess(meeting_id=meeting.pk, by=chamber["secretary"], at=meeting.starts_at)
    assert queries.hall(meeting.pk).present == 0 and not queries.hall(meeting.pk).has_quorum
    chamber.come(meeting, 4, meeting.starts_at + timedelta(hours=3))
    assert queries.hall(meeting.pk).has_quorum


def test_r4_22_leave_is_asked_and_decided(chamber):
    meeting = chamber.called()
    leave = acts.ask_leave(meeting_id=meeting.pk, reason="住院治疗", by=chamber["d2"], at=AT)
    with pytest.raises(acts.MeetingRefused, match="已经请过假"):
        acts.ask_leave(meeting_id=meeting.pk, reason="住院治疗", by=chamber["d2"], at=AT)
    with pytest.raises(NotAllowed):
        acts.decide_leave(leave_id=leave.pk, granted=True, answer="", by=chamber["registrar"], at=AT)
    with pytest.raises(acts.MeetingRefused, match="理由"):
        acts.decide_leave(leave_id=leave.pk, granted=False, answer="", by=chamber["secretary"], at=AT)
    acts.decide_leave(leave_id=leave.pk, granted=True, answer="", by=chamber["secretary"], at=AT)
    with pytest.raises(acts.MeetingRefused, match="他人答复"):
        acts.decide_leave(leave_id=leave.pk, granted=True, answer="", by=chamber["head"], at=AT)
    assert queries.mine(chamber["d2"])[0].leave.granted is True
    assert queries.waiting(chamber["secretary"]).leaves == 0


def test_r4_22_absent_twice_without_leave_is_flagged(chamber):
    for number in (1, 2):
        meeting = chamber.called("congress", days=40 * number, title=f"某市第八届人民代表大会第{number}次会议")
        if number == 1:
            leave = acts.ask_leave(meeting_id=meeting.pk, reason="住院治疗", by=chamber["d9"], at=AT)
            acts.decide_leave(leave_id=leave.pk, granted=True, answer="", by=chamber["secretary"], at=AT)
        stay_away = {chamber["d8"].id, chamber["d9"].id}
        for one in chamber.seats(meeting):
            if one.account_id not in stay_away:
                acts.check_in(attendee_id=one.pk, by=chamber["registrar"], at=meeting.starts_at)
        acts.open_meeting(meeting_id=meeting.pk, by=chamber["secretary"], at=meeting.starts_at)
        acts.close_meeting(meeting_id=meeting.pk, by=chamber["secretary"], at=meeting.starts_at)
    (found,) = queries.absent_twice("pyrd", chamber["secretary"], AT.date())
    assert found.account_id == chamber["d8"].id and len(found.meetings) == 2


def test_the_close_ends_the_open_item_and_the_hall(chamber):
    meeting = chamber.opened()
    acts.close_meeting(meeting_id=meeting.pk, by=chamber["secretary"], at=meeting.starts_at + timedelta(hours=1))
    assert queries.current_item(meeting) is None and not queries.hall(meeting.pk).has_quorum
    with pytest.raises(acts.MeetingRefused, match="已闭会"):
        acts.check_in(attendee_id=chamber.seats(meeting)[0].pk, by=chamber["registrar"], at=meeting.starts_at)
