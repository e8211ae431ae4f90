"""街道议政会: a roster with a term, a meeting a year, opinions answered; it advises and adopts nothing (M44, R4.19, R4.20)."""

from datetime import date, timedelta

import pytest

from quancheng.meetings import acts, public_rules, public_sweeps
from quancheng.meetings.models import Attendee, CouncilMember, Meeting
from quancheng.meetings.queries import councils
from quancheng.people import acts as people
from quancheng.people import queries as people_queries
from quancheng.people.models import Area
from quancheng.people.permissions import NotAllowed
from quancheng.procedures.models import Case, Clock
from quancheng.publications import acts as publications
from tests.meetings.chamber import AT, SINCE


@pytest.fixture
def street(chamber):
    Area.objects.get_or_create(
        code="410902001", defaults={"name": "中原路街道", "kind": "subdistrict", "parent_id": "410900", "valid_from": SINCE}
    )
    people.create_organ(
        code="jdgw", name="中原路街道人大工委", kind="street_working_committee", area="410902001", valid_from=SINCE, at=AT
    )
    account = people.create_account(username="street", name="甲street", password=None, at=AT)
    people.give_office(account_id=account.pk, organ="jdgw", role="secretariat", valid_from=SINCE, at=AT)
    chamber.actors["street"] = people_queries.actor_for(account.pk, AT.date())
    return chamber


def founded(street, **changed):
    form = acts.CouncilForm(
        **{"area": "410902001", "name": "中原路街道议政会", "basis": "县人大常委会2026年第3号文件", "starts_on": AT.date(),
           "ends_on": date(2029, 3, 1), **changed}
    )  # fmt: skip
    return acts.found_council(form=form, organ="jdgw", by=street["street"], at=AT)


def seat(street, council, name="孙某某", source="resident", **changed):
    form = acts.MemberForm(
        **{"name": name, "source": source, "nominated_by": "建设路社区居民代表会议", "nominated_on": AT.date(),
           "nominated_how": "到会居民代表46人，41人同意", **changed}
    )  # fmt: skip
    return acts.seat_council_member(council_id=council.pk, form=form, by=street["street"], at=AT)


def met(street, council, at=AT + timedelta(days=3)):
    meeting = acts.plan_council_meeting(
        council_id=council.pk, title="中原路街道议政会第一次会议", place="街道办事处", starts_at=at, by=street["street"], at=AT
    )
    acts.add_item(meeting_id=meeting.pk, item=acts.Item(title="听取街道办事处工作情况", kind="hear"), by=street["street"], at=AT)
    acts.call(meeting_id=meeting.pk, late_reason="", by=street["street"], at=AT)
    for one in Attendee.objects.filter(meeting=meeting):
        acts.check_in(attendee_id=one.pk, by=street["street"], at=at)
    acts.open_meeting(meeting_id=meeting.pk, by=street["street"], at=at)
    return Meeting.objects.get(pk=meeting.pk)


def test_r420_a_council_is_of_a_street_for_a_term_and_one_at_a_time(street):
    with pytest.raises(acts.MeetingRefused, match="街道"):
        founded(street, area="410928")
    with pytest.raises(acts.MeetingRefused, match="任期"):
        founded(street, ends_on=AT.date())
    with pytest.raises(NotAllowed):
        acts.found_council(
            form=acts.CouncilForm("410902001", "某议政会", "某某文件", AT.date(), date(2029, 3, 1)), organ="jdgw", by=street["secretary"], at=AT
        )
    council = founded(street)
    with pytest.raises(acts.Conflict):
        founded(street)
    assert Clock.objects.get(case=council.case, key="meet").due_on == date(2027, 3, 2)


def test_r420_members_are_seated_with_how_they_were_nominated(street):
    council = founded(street)
    with pytest.raises(acts.MeetingRefused) as refused:
        seat(street, council, nominated_how="")
    assert refused.value.field == "nominated_how"
    with pytest.raises(acts.MeetingRefused):
        seat(street, council, source="official")
    one = seat(street, council)
    with pytest.raises(acts.MeetingRefused, match="原因"):
        acts.end_council_member(member_id=one.pk, reason="", by=street["street"], at=AT)
    acts.end_council_member(member_id=one.pk, reason="迁出本街道", by=street["street"], at=AT)
    page = councils.council(council.pk, AT.date())
    assert page.members == [] and page.former == 1


def test_r420_once_it_met_a_year_counts_anew(street):
    council = founded(street)
    seat(street, council)
    meeting = met(street, council)
    assert public_sweeps.note_met(at=meeting.starts_at) == 0
    acts.close_meeting(meeting_id=meeting.pk, by=street["street"], at=meeting.starts_at + timedelta(hours=2))
    assert public_sweeps.note_met(at=meeting.starts_at) == 1
    assert public_sweeps.note_met(at=meeting.starts_at) == 0
    assert Clock.objects.get(case=council.case, key="meet", stopped_at=None).due_on == date(2027, 3, 5)
    line = councils.councils(date(2027, 3, 6))[0][0]
    assert line.light == "red" and line.meetings == 1


def test_r419_it_adopts_no_resolution(street):
    council = founded(street)
    seat(street, council)
    meeting = met(street, council)
    for item in (acts.Item(title="关于停车管理的决议", kind="deliberate"), acts.Item(title="推选街道负责人", kind="elect")):
        with pytest.raises(acts.MeetingRefused, match="决议"):
            acts.add_item(meeting_id=meeting.pk, item=item, by=street["street"], at=AT)
    people.give_office(account_id=street["street"].account_id, organ="jdgw", role="deputy_office", valid_from=SINCE, at=AT)
    writer = people_queries.actor_for(street["street"].account_id, AT.date())
    with pytest.raises(publications.PublicationRefused, match="决议"):
        publications.draft(
            case=Case.objects.get(pk=council.case_id), kind="resolution", slug="jueyi", title="某某", body="某某", by=writer, at=AT
        )
    assert public_rules.ADVISORY == councils.council(council.pk, AT.date()).advisory == "参考性，不具法定效力"


def test_r420_topics_are_taken_up_or_dropped_with_a_reason(street):
    council = founded(street)
    seat(street, council)
    topic = acts.propose_topic(
        council_id=council.pk, title="老旧小区加装充电桩", words="", proposed_by="建设路社区居民", by=street["street"], at=AT
    )
    other = acts.propose_topic(
        council_id=council.pk, title="菜市场延长开放", words="", proposed_by="议政代表", by=street["street"], at=AT
    )
    foreign = street.called()
    meeting = met(street, council)
    decide = {"by": street["street"], "at": AT}
    with pytest.raises(acts.MeetingRefused):
        acts.decide_topic(topic_id=topic.pk, meeting_id=foreign.pk, reason="", **decide)
    with pytest.raises(acts.MeetingRefused, match="理由"):
        acts.decide_topic(topic_id=other.pk, meeting_id=None, reason="", **decide)
    assert acts.decide_topic(topic_id=topic.pk, meeting_id=meeting.pk, reason="", **decide).state == "taken"
    assert acts.decide_topic(topic_id=other.pk, meeting_id=None, reason="已由市场监管部门办理", **decide).state == "dropped"
    with pytest.raises(acts.Conflict):
        acts.decide_topic(topic_id=other.pk, meeting_id=meeting.pk, reason="", **decide)


def test_r420_what_is_said_is_written_down_and_answered(street):
    council = founded(street)
    seat(street, council)
    meeting = met(street, council)
    form = acts.RemarkForm(body="建设路东段晚上没有路灯，请尽快安装。", submission_key="c" * 32)
    said = acts.record_remark(meeting_id=meeting.pk, speaker="孙某某（居民）", form=form, by=street["street"], at=meeting.starts_at)
    assert said.kind == "council" and said.case.organ_id == "jdgw"
    assert Clock.objects.filter(case=said.case, key="answer", stopped_at=None).exists()


def test_r420_the_term_ends_on_its_day(street):
    council = founded(street)
    seat(street, council)
    with pytest.raises(acts.MeetingRefused, match="届满"):
        acts.end_council(council_id=council.pk, by=street["street"], at=AT)
    acts.end_council(council_id=council.pk, by=street["street"], at=AT.replace(year=2029))
    assert not CouncilMember.objects.filter(valid_to=None).exists()
    assert not Clock.objects.filter(case=council.case, stopped_at=None).exists()
    with pytest.raises(acts.Conflict):
        seat(street, council)


def test_s04_names_of_observers_go_when_their_time_is_over(chamber):
    from quancheng.kernel import draws
    from quancheng.meetings.models import Observer
    from quancheng.meetings.queries import observing
    from quancheng.people.models import Authorship
    from tests.meetings.test_observing import drawn

    found = drawn(chamber)
    start = found.meeting.starts_at
    assert public_sweeps.forget_observers(at=start + timedelta(days=364)) == 0
    assert public_sweeps.forget_observers(at=start + timedelta(days=366)) == 1
    assert not Authorship.objects.exists() and not Observer.objects.exclude(name_sealed=b"").exists()
    one = found.observers.get(rank=1)
    assert observing.mine(one.receipt_code).name == "" and observing.receipt_file(one.receipt_code)["content"] is None
    assert draws.verify(observing.draw_record(found.meeting_id)).ok
