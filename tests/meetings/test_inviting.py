"""列席: by turn, never by chance; a named person decides; who attends has papers and no vote (M41, R4.07, R4.08)."""

from datetime import timedelta

import pytest

from quancheng.meetings import acts
from quancheng.meetings import queries as meetings
from quancheng.meetings.models import Attendee, Invitation
from quancheng.meetings.queries import inviting
from quancheng.people.permissions import NotAllowed
from tests.meetings.chamber import AT


def turn(chamber, meeting):
    return inviting.invitations(meeting.pk, chamber["secretary"], AT.date()).turn


def invite(chamber, meeting, *names, reason=""):
    ids = [chamber[name].account_id for name in names]
    return acts.invite_deputies(meeting_id=meeting.pk, account_ids=ids, reason=reason, by=chamber["secretary"], at=AT)


def test_m41_the_turn_is_the_same_for_everybody_and_leaves_members_out(chamber):
    meeting = chamber.called()
    first, again = turn(chamber, meeting), turn(chamber, meeting)
    assert first == again
    assert {one.account_id for one in first} == {chamber[f"d{n}"].account_id for n in (6, 7, 8, 9)}
    assert all(one.words == "本届以来没有被邀请过" for one in first)


def test_m41_who_was_invited_longest_ago_comes_first_whether_he_came_or_not(chamber):
    old, newer, now = chamber.called(days=10), chamber.called(days=20), chamber.called(days=40)
    order = {chamber[f"d{n}"].account_id: f"d{n}" for n in (6, 7, 8, 9)}
    names = [order[one.account_id] for one in turn(chamber, old)]
    made = invite(chamber, old, *names[:2])
    acts.answer_invitation(invitation_id=made[0].pk, accept=False, reason="出差在外", by=chamber[names[0]], at=AT)
    invite(chamber, newer, *names[2:])
    assert [order[one.account_id] for one in turn(chamber, now)] == names
    assert "共1次" in turn(chamber, now)[0].words


def test_m41_passing_somebody_over_needs_a_reason_that_stays(chamber):
    meeting = chamber.called()
    order = {chamber[f"d{n}"].account_id: f"d{n}" for n in (6, 7, 8, 9)}
    names = [order[one.account_id] for one in turn(chamber, meeting)]
    with pytest.raises(acts.MeetingRefused, match="理由"):
        invite(chamber, meeting, names[3])
    made = invite(chamber, meeting, names[3], reason="长期关注供水问题，与议题有关")
    assert "未按轮次：长期关注供水问题" in made[0].grounds
    with pytest.raises(acts.MeetingRefused):
        invite(chamber, meeting, names[3], reason="长期关注供水问题，与议题有关")
    with pytest.raises(acts.MeetingRefused):
        invite(chamber, meeting, "d1", reason="组成人员本来就要出席")
    with pytest.raises(NotAllowed):
        acts.invite_deputies(meeting_id=meeting.pk, account_ids=[1], reason="", by=chamber["d1"], at=AT)


def test_r408_who_accepts_attends_without_a_vote_and_reads_the_papers(chamber):
    meeting = chamber.called()
    who = next(name for name in ("d6", "d7", "d8", "d9") if chamber[name].account_id == turn(chamber, meeting)[0].account_id)
    made = invite(chamber, meeting, who)[0]
    assert inviting.asked_of(chamber[who], AT.date()) == (0, 1)
    with pytest.raises(NotAllowed):
        acts.answer_invitation(invitation_id=made.pk, accept=True, reason="", by=chamber["d1"], at=AT)
    answered = acts.answer_invitation(invitation_id=made.pk, accept=True, reason="", by=chamber[who], at=AT)
    seat = answered.attendee
    assert seat.capacity == Attendee.Capacity.NON_VOTING and seat.card
    assert meetings.my_seat(meeting.pk, chamber[who]).seat.pk == seat.pk
    with pytest.raises(acts.Conflict):
        acts.answer_invitation(invitation_id=made.pk, accept=False, reason="改主意了", by=chamber[who], at=AT)
    base = meeting.base
    acts.check_in(attendee_id=seat.pk, by=chamber["registrar"], at=meeting.starts_at)
    assert meetings.hall(meeting.pk).present == 0 and meetings.hall(meeting.pk).base == base
    assert not meetings.is_present(meeting.pk, chamber[who].account_id)
    assert [one.meeting_id for one in inviting.attended(chamber[who].account_id)] == [meeting.pk]


def test_m41_what_he_writes_is_answered_like_any_remark(chamber):
    meeting = chamber.called()
    who = next(name for name in ("d6", "d7", "d8", "d9") if chamber[name].account_id == turn(chamber, meeting)[0].account_id)
    form = acts.RemarkForm(body="老旧小区供水管网改造应当排出年度计划。", submission_key="k" * 32)
    with pytest.raises(NotAllowed):
        acts.remark_as_attendee(meeting_id=meeting.pk, form=form, by=chamber[who], at=AT)
    made = invite(chamber, meeting, who)[0]
    acts.answer_invitation(invitation_id=made.pk, accept=True, reason="", by=chamber[who], at=AT)
    said = acts.remark_as_attendee(meeting_id=meeting.pk, form=form, by=chamber[who], at=AT)
    assert said.kind == "non_voting" and said.attendee.account_id == chamber[who].account_id
    with pytest.raises(acts.MeetingRefused, match="会上发言"):
        acts.remark_as_attendee(meeting_id=meeting.pk, form=form, by=chamber["d1"], at=AT)


def test_m41_an_invitation_taken_back_leaves_the_turn_as_it_was(chamber):
    meeting = chamber.called()
    before = turn(chamber, meeting)
    who = next(name for name in ("d6", "d7", "d8", "d9") if chamber[name].account_id == before[0].account_id)
    made = invite(chamber, meeting, who)[0]
    acts.withdraw_invitation(invitation_id=made.pk, reason="议程有调整", by=chamber["secretary"], at=AT)
    assert turn(chamber, meeting) == before
    assert invite(chamber, meeting, who)[0].pk != made.pk
    acts.answer_invitation(
        invitation_id=Invitation.objects.get(answer="waiting").pk, accept=True, reason="", by=chamber[who], at=AT
    )
    with pytest.raises(acts.Conflict):
        acts.withdraw_invitation(
            invitation_id=Invitation.objects.get(answer="accepted").pk, reason="太晚了", by=chamber["secretary"], at=AT
        )


def test_r407_the_page_says_whose_heads_are_missing(chamber):
    meeting = chamber.called()
    page = inviting.invitations(meeting.pk, chamber["secretary"], AT.date())
    assert page.missing == ["人民政府", "监察委员会", "人民法院", "人民检察院"]
    head = {"meeting_id": meeting.pk, "name": "钱某某", "post": "市中级人民法院院长", "by": chamber["secretary"], "at": AT + timedelta(hours=1)}
    acts.name_head(**head)
    with pytest.raises(acts.Conflict):
        acts.name_head(**head)
    page = inviting.invitations(meeting.pk, chamber["secretary"], AT.date())
    assert page.missing == ["人民政府", "监察委员会", "人民检察院"]
    assert page.invited[0].attendee.capacity == Attendee.Capacity.NON_VOTING
