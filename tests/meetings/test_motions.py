"""Motions: below the number of names they are none; who may move, until when; what became of them."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from quancheng.meetings import acts, queries
from quancheng.meetings.models import Motion
from quancheng.people.permissions import NotAllowed
from tests.meetings.chamber import AT, build_chamber

BODY = "为保障群众饮水安全，提请常委会审议供水管网改造专项方案。"


def begun(chamber, meeting, who="d1", kind="bill", **changed):
    paper = acts.MotionPaper(**{"kind": kind, "title": "关于供水管网改造的议案", "body": BODY, **changed})
    return acts.begin_motion(meeting_id=meeting.pk, paper=paper, by=chamber[who], at=AT)


def test_r0_21_five_members_of_a_citys_committee(chamber):
    meeting = chamber.called()
    motion = begun(chamber, meeting)
    assert motion.needed == 5
    for name in ("d2", "d3", "d4"):
        acts.sign_motion(motion_id=motion.pk, by=chamber[name], at=AT)
    with pytest.raises(acts.MeetingRefused, match="还差1人"):
        acts.submit_motion(motion_id=motion.pk, by=chamber["d1"], at=AT)
    with pytest.raises(acts.MeetingRefused, match="已经签名"):
        acts.sign_motion(motion_id=motion.pk, by=chamber["d2"], at=AT)
    with pytest.raises(NotAllowed):
        acts.sign_motion(motion_id=motion.pk, by=chamber["d9"], at=AT)  # a deputy, but no member of the committee
    acts.sign_motion(motion_id=motion.pk, by=chamber["d5"], at=AT)
    with pytest.raises(NotAllowed):
        acts.submit_motion(motion_id=motion.pk, by=chamber["d2"], at=AT)
    made = acts.submit_motion(motion_id=motion.pk, by=chamber["d1"], at=AT)
    assert (made.state, made.signed_by) == ("submitted", 5)
    with pytest.raises(acts.MeetingRefused):
        acts.unsign_motion(motion_id=motion.pk, by=chamber["d2"], at=AT)
    decided = acts.decide_motion(
        motion_id=motion.pk, outcome="on_agenda", reason="经主任会议决定", by=chamber["secretary"], at=AT
    )
    assert decided.item.title.endswith("关于供水管网改造的议案") and queries.agenda(meeting)[-1].pk == decided.item_id


@pytest.mark.parametrize(("kind", "needed"), [("bill", 10), ("motion", 10), ("interpellation", 10)])
def test_r0_20_r0_22_ten_deputies_at_the_congress(db, kind, needed):
    chamber = build_chamber(deputies=10)
    meeting = chamber.called("congress", days=40)
    motion = begun(chamber, meeting, kind=kind, addressee="市水利局")
    assert motion.needed == needed
    for number in range(2, needed):
        acts.sign_motion(motion_id=motion.pk, by=chamber[f"d{number}"], at=AT)
    with pytest.raises(acts.MeetingRefused, match="还差1人"):
        acts.submit_motion(motion_id=motion.pk, by=chamber["d1"], at=AT)
    acts.sign_motion(motion_id=motion.pk, by=chamber["d10"], at=AT)
    assert acts.submit_motion(motion_id=motion.pk, by=chamber["d1"], at=AT).signed_by == 10


def test_r0_21_three_in_a_county_r0_20_five_in_a_township(chamber):
    from quancheng.people.models import Organ

    meeting = chamber.called("congress", days=40)
    Organ.objects.filter(pk="pyrd").update(kind="township_congress")
    assert queries.signatures_needed(queries.meeting(meeting.pk), AT.date())["bill"] == 5
    committee = chamber.called()
    Organ.objects.filter(pk="pyrd").update(kind="standing_committee", area="410928")
    assert set(queries.signatures_needed(queries.meeting(committee.pk), AT.date()).values()) == {3}


def test_the_database_itself_refuses_too_few_names(chamber):
    motion = begun(chamber, chamber.called())
    with pytest.raises(IntegrityError), transaction.atomic():
        Motion.objects.filter(pk=motion.pk).update(signed_by=4)


def test_r0_22_an_interpellation_names_whom_it_asks(chamber):
    meeting = chamber.called()
    with pytest.raises(acts.MeetingRefused, match="质询对象"):
        begun(chamber, meeting, kind="interpellation")


def test_after_the_deadline_nothing_is_moved(chamber):
    meeting = chamber.called(motions_until=AT + timedelta(days=2))
    motion = begun(chamber, meeting)
    for name in ("d2", "d3", "d4", "d5"):
        acts.sign_motion(motion_id=motion.pk, by=chamber[name], at=AT)
    late = AT + timedelta(days=3)
    with pytest.raises(acts.MeetingRefused, match="03月04日"):
        acts.submit_motion(motion_id=motion.pk, by=chamber["d1"], at=late)


def test_names_are_taken_back_and_motions_withdrawn_or_declined(chamber):
    meeting = chamber.called()
    motion = begun(chamber, meeting)
    acts.sign_motion(motion_id=motion.pk, by=chamber["d2"], at=AT)
    acts.unsign_motion(motion_id=motion.pk, by=chamber["d2"], at=AT)
    with pytest.raises(acts.MeetingRefused, match="领衔人"):
        acts.unsign_motion(motion_id=motion.pk, by=chamber["d1"], at=AT)
    (seen,) = queries.motions(meeting, chamber.seats(meeting)[0])
    assert (seen.signed, seen.mine) == (1, True) and queries.motions(meeting) == []
    with pytest.raises(acts.MeetingRefused, match="还没有提出"):
        acts.decide_motion(motion_id=motion.pk, outcome="declined", reason="不属于职权范围", by=chamber["secretary"], at=AT)
    assert acts.withdraw_motion(motion_id=motion.pk, by=chamber["d1"], at=AT).state == "withdrawn"


def test_where_members_move_nothing_together(chamber):
    plan = acts.Plan("seminar", "代表座谈会", "会议室", AT + timedelta(days=3))
    meeting = acts.plan(plan=plan, organ="pyrd", by=chamber["secretary"], at=AT)
    chamber.item(meeting, "听取代表意见")
    acts.name_members(meeting_id=meeting.pk, account_ids=[chamber["d1"].id], by=chamber["secretary"], at=AT)
    acts.call(meeting_id=meeting.pk, late_reason="", by=chamber["secretary"], at=AT)
    with pytest.raises(acts.MeetingRefused, match="不由成员联名"):
        begun(chamber, meeting)
