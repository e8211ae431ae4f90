"""Drafts, co-signers who each confirm, submission, intake, motions told apart, withdrawal, a seat that ends (R7.01–R7.04)."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from quancheng.handling import acts as handling
from quancheng.handling import queries as handling_queries
from quancheng.handling.models import Assignment, Message
from quancheng.people import acts as people
from quancheng.people.permissions import Actor, NotAllowed
from quancheng.procedures import acts as procedures
from quancheng.procedures.models import Case, CaseEvent, CaseLink, Clock
from quancheng.suggestions import acts, queries, tasks
from quancheng.suggestions.models import Sponsor, Suggestion, UnitProposal
from tests.cities import AT, OFFICE, day, state

MOTION = {
    "kind": "motion", "body": "本市电动自行车停放充电问题突出，火灾多发。", "grounds": "消防法第五条规定任何单位和个人都有维护消防安全的义务。",
    "plan": "建议制定电动自行车停放充电管理条例，明确责任。",
}  # fmt: skip


@pytest.fixture
def session(city):
    """A session of the congress from 2 to 6 March with motions until 4 March."""
    return acts.open_session(
        organ=OFFICE, name="市八届人大六次会议", opens_on=date(2026, 3, 2), closes_on=date(2026, 3, 6),
        motions_until=date(2026, 3, 4), by=city["office"], at=AT,
    )  # fmt: skip


def test_r7_03_each_cosigner_confirms_for_himself(city):
    made = city.draft()
    ids = [city[name].id for name in ("d2", "d3", "d4")]
    assert acts.ask_cosigners(suggestion_id=made.pk, account_ids=ids + ids[:1], by=city["d1"], at=AT) == 3
    assert acts.ask_cosigners(suggestion_id=made.pk, account_ids=ids, by=city["d1"], at=AT) == 0
    assert [s.suggestion_id for s in queries.asked(city["d2"])] == [made.pk]
    acts.answer_cosign(suggestion_id=made.pk, confirm=True, edits=0, by=city["d2"], at=AT)
    acts.answer_cosign(suggestion_id=made.pk, confirm=False, edits=0, reason="另有一件", by=city["d3"], at=AT)
    for who in ("d5", "d1"):  # not asked; the lead himself
        with pytest.raises(acts.SuggestionRefused):
            acts.answer_cosign(suggestion_id=made.pk, confirm=True, edits=0, by=city[who], at=AT)
    with pytest.raises(NotAllowed):
        acts.answer_cosign(suggestion_id=made.pk, confirm=True, edits=0, by=city["office"], at=AT)
    with pytest.raises(NotAllowed):  # nobody else asks or submits
        acts.ask_cosigners(suggestion_id=made.pk, account_ids=ids, by=city["d2"], at=AT)
    acts.submit(suggestion_id=made.pk, edits=0, by=city["d1"], at=AT)
    states = dict(Sponsor.objects.values_list("account__username", "state"))
    assert states == {"d1": "confirmed", "d2": "confirmed", "d3": "declined", "d4": "lapsed"}
    assert [m.kind for m in handling_queries.messages(city["d1"])] == ["cosign", "cosign"]
    with pytest.raises(acts.SuggestionRefused, match="已经提交"):
        acts.answer_cosign(suggestion_id=made.pk, confirm=True, edits=0, by=city["d4"], at=AT)


def test_r7_03_a_changed_wording_must_be_confirmed_anew(city):
    made = city.draft()
    acts.ask_cosigners(suggestion_id=made.pk, account_ids=[city["d2"].id], by=city["d1"], at=AT)
    acts.answer_cosign(suggestion_id=made.pk, confirm=True, edits=0, by=city["d2"], at=AT)
    acts.edit(suggestion_id=made.pk, paper=city.paper(title="关于修好进村道路的建议"), edits=0, by=city["d1"], at=AT)
    assert Sponsor.objects.get(account_id=city["d2"].id).state == "asked"
    with pytest.raises(procedures.Conflict):  # he saw the former wording
        acts.answer_cosign(suggestion_id=made.pk, confirm=True, edits=0, by=city["d2"], at=AT)
    with pytest.raises(procedures.Conflict):
        acts.edit(suggestion_id=made.pk, paper=city.paper(), edits=0, by=city["d1"], at=AT)
    with pytest.raises(procedures.Conflict):
        acts.submit(suggestion_id=made.pk, edits=0, by=city["d1"], at=AT)
    acts.answer_cosign(suggestion_id=made.pk, confirm=True, edits=1, by=city["d2"], at=AT)
    assert Sponsor.objects.get(account_id=city["d2"].id).wording == 1


def test_a_cosigner_withdraws(city):
    made = city.checked(cosigners=("d2", "d3"))
    acts.withdraw_signature(suggestion_id=made.pk, reason="情况有变", by=city["d2"], at=AT)
    with pytest.raises(acts.SuggestionRefused):
        acts.withdraw_signature(suggestion_id=made.pk, reason="情况有变", by=city["d2"], at=AT)
    with pytest.raises(acts.SuggestionRefused, match="撤回"):
        acts.withdraw_signature(suggestion_id=made.pk, reason="情况有变", by=city["d1"], at=AT)
    (share,) = handling.assign(case_id=made.case_id, lead="zjj", assisting=[], note="", by=city["office"], at=AT)
    answer = city.answer(share, AT + timedelta(days=3))
    assert [c.account_id for c in answer.copies.order_by("id")] == [city["d1"].id, city["d3"].id]
    with pytest.raises(acts.SuggestionRefused, match="已经答复"):
        acts.withdraw_signature(suggestion_id=made.pk, reason="情况有变", by=city["d3"], at=AT + timedelta(days=4))


def test_the_same_form_twice_is_one_draft(city):
    first = city.draft()
    again = acts.draft(paper=city.paper(), organ=OFFICE, submission_key=first.submission_key, by=city["d1"], at=AT)
    assert again.pk == first.pk and Suggestion.objects.count() == 1 == Case.objects.count()


@pytest.mark.parametrize(
    "changed",
    [
        {"title": "路"}, {"title": "长" * 81}, {"body": "修路。"}, {"body": "长" * 20_001}, {"kind": "bill"}, {"category": "x"},
        {"openness": "unsuitable"}, {"openness": "hidden"}, {"proposed_unit": "cjw"}, {"kind": "motion"},
        {**MOTION, "plan": ""}, {**MOTION, "grounds": "有法可依"},
    ],
)  # fmt: skip
def test_what_is_missing_is_said_and_nothing_is_kept(city, changed):
    with pytest.raises(acts.SuggestionRefused):
        city.draft(**changed)
    assert not Suggestion.objects.exists() and not Case.objects.exists()


@pytest.mark.parametrize("who", ["office", "zjj_head", "member"])
def test_only_a_deputy_in_office_writes(city, who):
    with pytest.raises(NotAllowed):
        city.draft(who)
    with pytest.raises(NotAllowed):
        acts.draft(paper=city.paper(), organ=OFFICE, submission_key="k" * 30, by=Actor.public(), at=AT)


def test_r7_04_the_deputys_unit_is_a_proposal_only(city):
    made = city.checked(proposed_unit="jtj")
    assert [(p.unit_id, p.role) for p in UnitProposal.objects.all()] == [("jtj", "lead")]
    assert not Assignment.objects.exists()
    assert [(p.unit.pk, p.why) for p in queries.proposals(made.pk, AT.date())] == [("jtj", "代表或者来件建议主办")]


def test_proposals_come_from_the_text_and_from_like_ones(city):
    city.assigned(lead="slj", title="关于疏浚马颊河的建议")
    made = city.checked(title="关于疏浚金堤河的建议", body="请市财政局安排专项资金，对河道进行清淤，改善两岸村庄的排水条件。")
    assert {p.unit.pk: p.why for p in queries.proposals(made.pk, AT.date())} == {"czj": "文中提到这个单位", "slj": "办理过同类建议"}


@pytest.mark.parametrize("ground", [value for value, _ in queries.grounds()])
def test_r7_02_given_back_with_a_listed_ground_revised_and_taken(city, ground):
    made = city.signed()
    with pytest.raises(acts.SuggestionRefused):
        acts.send_back(suggestion_id=made.pk, ground="ugly", words="请修改标题。", by=city["office"], at=AT)
    with pytest.raises(acts.SuggestionRefused):
        acts.send_back(suggestion_id=made.pk, ground=ground, words="改", by=city["office"], at=AT)
    acts.send_back(suggestion_id=made.pk, ground=ground, words="请分成两件分别提出。", by=city["office"], at=AT)
    assert state(made) == "returned"
    assert "请分成两件" in CaseEvent.objects.get(step="return").note
    assert any("请分成两件" in m.text for m in handling_queries.messages(city["d1"]))
    edited = acts.edit(suggestion_id=made.pk, paper=city.paper(), edits=0, by=city["d1"], at=AT)
    acts.submit(suggestion_id=made.pk, edits=edited.edits, by=city["d1"], at=AT)
    acts.check(suggestion_id=made.pk, by=city["office"], at=AT)
    assert state(made) == "checked" and list(tasks.changed_suggestions()) == []


def test_numbers_run_within_the_session_and_within_the_year(city, session):
    first, second = city.checked(), city.checked()
    later = city.checked(at=day(date(2026, 5, 11)))
    assert [queries.name_of(s) for s in (first, second, later)] == [
        "市八届人大六次会议第1号建议", "市八届人大六次会议第2号建议", "2026年闭会期间第1号建议",
    ]  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        Suggestion.objects.filter(pk=second.pk).update(number=1)


def _motion(city, signers=9, **changed):
    made = city.draft(**{**MOTION, **changed})
    names = [f"d{n}" for n in range(2, 2 + signers)]
    acts.ask_cosigners(suggestion_id=made.pk, account_ids=[city[n].id for n in names], by=city["d1"], at=AT)
    for name in names:
        acts.answer_cosign(suggestion_id=made.pk, confirm=True, edits=0, by=city[name], at=AT)
    return made


def test_r7_01_a_motion_needs_signatures_and_the_sessions_deadline(city, session):
    few = _motion(city, signers=8)
    with pytest.raises(acts.SuggestionRefused, match="10名"):  # R0.20
        acts.submit(suggestion_id=few.pk, edits=0, by=city["d1"], at=AT)
    enough = _motion(city, title="关于制定电动自行车条例的议案")
    with pytest.raises(acts.SuggestionRefused, match="截止日"):
        acts.submit(suggestion_id=enough.pk, edits=0, by=city["d1"], at=day(date(2026, 3, 5)))
    acts.submit(suggestion_id=enough.pk, edits=0, by=city["d1"], at=day(date(2026, 3, 4)))
    with pytest.raises(acts.SuggestionRefused, match="自己的程序"):
        acts.check(suggestion_id=enough.pk, by=city["office"], at=AT)
    acts.file_motion(suggestion_id=enough.pk, by=city["office"], at=day(date(2026, 3, 5)))
    enough.refresh_from_db()
    assert (state(enough), queries.name_of(enough)) == ("filed", "市八届人大六次会议第1号议案")
    assert not Assignment.objects.exists()


def test_r0_20_signatures_are_counted_once_more_before_filing(city, session):
    made = _motion(city)
    acts.submit(suggestion_id=made.pk, edits=0, by=city["d1"], at=AT)
    acts.withdraw_signature(suggestion_id=made.pk, reason="情况有变", by=city["d2"], at=AT)
    with pytest.raises(acts.SuggestionRefused, match="10名"):
        acts.file_motion(suggestion_id=made.pk, by=city["office"], at=AT)


def test_r0_20_a_township_sets_fewer_signatures(city, session):
    procedures.set_parameter(
        key="motion.min_signatures", area="410900", value=5, valid_from=AT.date(), basis="乡镇人大议事规则", by=city["admin"], at=AT
    )
    made = _motion(city, signers=4)
    assert acts.submit(suggestion_id=made.pk, edits=0, by=city["d1"], at=AT).submitted_at


@pytest.mark.parametrize("agrees", [True, False])
def test_r7_01_a_rejected_motion_becomes_a_suggestion_only_with_consent(city, session, agrees):
    made = _motion(city)
    acts.submit(suggestion_id=made.pk, edits=0, by=city["d1"], at=AT)
    acts.send_back(suggestion_id=made.pk, ground="level", words="立法权限不在本级，可以作为建议。", by=city["office"], at=AT)
    assert state(made) == "rejected" and Suggestion.objects.count() == 1
    with pytest.raises(NotAllowed):
        acts.answer_rejection(suggestion_id=made.pk, become_suggestion=agrees, by=city["office"], at=AT)
    after = acts.answer_rejection(suggestion_id=made.pk, become_suggestion=agrees, by=city["d1"], at=AT)
    if not agrees:
        assert state(made) == "closed" and after.pk == made.pk
        return
    assert (after.kind, after.source, state(after)) == ("suggestion", "motion", "draft")
    assert CaseLink.objects.get().target_id == after.case_id
    assert set(after.sponsors.values_list("state", flat=True)) == {"confirmed", "asked"}  # each confirms anew


def test_withdrawn_in_mid_case_the_units_stop(city):
    made, (share,) = city.assigned(cosigners=("d2",))
    handling.raise_objection(assignment_id=share.pk, reason="不属于本局职责。", by=city["zjj_clerk"], at=AT)
    with pytest.raises(acts.SuggestionRefused):
        acts.withdraw(suggestion_id=made.pk, reason="", by=city["d1"], at=AT)
    with pytest.raises(NotAllowed):
        acts.withdraw(suggestion_id=made.pk, reason="道路已经修好。", by=city["d2"], at=AT)
    acts.withdraw(suggestion_id=made.pk, reason="道路已经修好。", by=city["d1"], at=AT)
    share.refresh_from_db()
    assert (state(made), share.end) == ("withdrawn", "withdrawn") and not Clock.objects.filter(stopped_at=None).exists()
    assert Message.objects.filter(account_id=city["d2"].id, kind="withdrawn").exists()


def test_after_the_answer_nothing_is_withdrawn(city):
    made, (share,) = city.assigned()
    city.answer(share, AT + timedelta(days=3))
    with pytest.raises(procedures.StepRefused):
        acts.withdraw(suggestion_id=made.pk, reason="道路已经修好。", by=city["d1"], at=AT + timedelta(days=4))


def _lose_seat(city, name, on=date(2026, 3, 31)):
    people.end_seat(account_id=city[name].id, last_day=on, ground="调离本行政区域", by=city["admin"], at=day(on))
    return city.again(name, on + timedelta(days=1))


def test_a_deputy_who_lost_his_seat_in_mid_case_is_followed_by_the_next_cosigner(city):
    made, (share,) = city.assigned(cosigners=("d2", "d3"))
    answer = city.answer(share, day(date(2026, 3, 30)))
    with pytest.raises(acts.SuggestionRefused, match="仍在任"):
        acts.replace_sponsor(suggestion_id=made.pk, reason="调离本行政区域", by=city["office"], at=AT)
    _lose_seat(city, "d1")
    _lose_seat(city, "d2")
    later = day(date(2026, 4, 1))
    with pytest.raises(NotAllowed):
        city.rate(answer, at=later)
    assert [s.pk for s in queries.without_sponsor(OFFICE, city["office"], later.date())] == [made.pk]
    with pytest.raises(NotAllowed):
        acts.replace_sponsor(suggestion_id=made.pk, reason="调离本行政区域", by=city["d3"], at=later)
    after = acts.replace_sponsor(suggestion_id=made.pk, reason="调离本行政区域", by=city["office"], at=later)
    assert after.lead_id == city["d3"].id and queries.without_sponsor(OFFICE, city["office"], later.date()) == []
    assert [a.pk for a in queries.to_rate(city["d3"])] == [answer.pk]
    city.rate(answer, by="d3", at=later)
    assert state(made) == "closed"


def test_without_a_cosigner_it_is_answered_all_the_same_and_goes_unrated(city):
    made, (share,) = city.assigned()
    _lose_seat(city, "d1")
    later = day(date(2026, 4, 1))
    with pytest.raises(acts.SuggestionRefused, match="没有在任的联名代表"):
        acts.replace_sponsor(suggestion_id=made.pk, reason="调离本行政区域", by=city["office"], at=later)
    answer = city.answer(share, later)
    assert answer.copies.get().account_id == made.lead_id
    assert queries.detail(made.pk, city["office"], later.date()).former_lead
    assert handling.lapse(case_id=made.case_id, at=day(date(2026, 4, 30)))
    assert state(made) == "closed"


def test_who_lost_his_seat_can_neither_submit_nor_be_counted(city):
    mine, theirs = city.draft("d1"), city.draft("d3")
    acts.ask_cosigners(suggestion_id=theirs.pk, account_ids=[city["d1"].id], by=city["d3"], at=AT)
    acts.answer_cosign(suggestion_id=theirs.pk, confirm=True, edits=0, by=city["d1"], at=AT)
    former = city["d1"].id
    _lose_seat(city, "d1")
    later = day(date(2026, 4, 1))
    with pytest.raises(NotAllowed):
        acts.submit(suggestion_id=mine.pk, edits=0, by=city["d1"], at=later)
    acts.submit(suggestion_id=theirs.pk, edits=0, by=city["d3"], at=later)
    assert Sponsor.objects.get(suggestion=theirs, account_id=former).state == "lapsed"
    with pytest.raises(acts.SuggestionRefused, match="在任"):
        acts.ask_cosigners(suggestion_id=city.draft("d3", later).pk, account_ids=[former], by=city["d3"], at=later)


def test_s13_the_ledger_would_tell_of_changed_words(city):
    made = city.checked()
    assert list(tasks.changed_suggestions()) == []
    Suggestion.objects.filter(pk=made.pk).update(body=made.body + "另外。")
    assert any("摘要不符" in line for line in tasks.changed_suggestions())


def test_who_sees_what(city):
    draft = city.draft()
    acts.ask_cosigners(suggestion_id=draft.pk, account_ids=[city["d2"].id], by=city["d1"], at=AT)
    made, _ = city.assigned()
    today = AT.date()
    for who, drafted, handled in (
        ("d1", True, True), ("d2", True, False), ("d3", False, False), ("office", False, True), ("foreign", False, False),
        ("zjj_clerk", False, True), ("jtj_clerk", False, False),
    ):  # fmt: skip
        for thing, may in ((draft, drafted), (made, handled)):
            if may:
                assert queries.detail(thing.pk, city[who], today).suggestion.pk == thing.pk
            else:
                with pytest.raises(NotAllowed):
                    queries.detail(thing.pk, city[who], today)
    assert [s.pk for s in queries.office_list(OFFICE, city["office"], queries.Filters()).rows] == [made.pk]
    assert [s.pk for s in queries.mine(city["d1"])] == [made.pk, draft.pk]


def test_lists_and_details_are_few_statements(city):
    made, _ = city.promise(cosigners=("d2", "d3"))
    for _ in range(12):
        city.checked()
    wanted = queries.Filters(words="道路", category="urban")
    for query, most in (
        (lambda: queries.detail(made.pk, city["office"], AT.date()), 15),
        (lambda: queries.detail(made.pk, city["zjj_clerk"], AT.date()), 15),
        (lambda: [(s.lead.name, s.case.number, s.session) for s in queries.office_list(OFFICE, city["office"], wanted).rows], 12),
        (lambda: [s.case.state for s in queries.mine(city["d1"])], 12), (lambda: queries.catalogue(None, 2026), 12),
        (lambda: queries.proposals(made.pk, AT.date()), 12),
    ):  # fmt: skip
        with CaptureQueriesContext(connection) as spent:
            assert query()
        assert len(spent) <= most
    assert queries.office_list(OFFICE, city["office"], queries.Filters(unit="zjj")).total == 1
    assert queries.office_list(OFFICE, city["office"], queries.Filters(state="tracking")).total == 1
    assert queries.state_counts(OFFICE, city["office"]) == {"tracking": 1, "checked": 12}


def test_r7_16_pressure_is_told_to_the_head_of_the_office_alone(city):
    from quancheng.ledger.models import Entry

    made, (share,) = city.assigned(cosigners=("d2",))
    events, words = CaseEvent.objects.count(), "局里来人要求我必须填满意，否则不安排项目。"
    with pytest.raises(NotAllowed):
        acts.report_pressure(suggestion_id=made.pk, words=words, by=city["d3"], at=AT)
    report = acts.report_pressure(suggestion_id=made.pk, words=words, by=city["d2"], at=AT)
    assert words.encode() not in bytes(report.sealed) and CaseEvent.objects.count() == events
    entry = Entry.objects.order_by("-id").first()
    assert (entry.kind, entry.detail) == ("record.kept", "") and made.case.number not in entry.subject
    for who in ("office", "zjj_head", "chair", "d1", "member"):
        with pytest.raises(NotAllowed):
            queries.pressure_reports(OFFICE, city[who])
        with pytest.raises(NotAllowed):
            acts.answer_pressure(report_id=report.pk, words="已经约谈。", by=city[who], at=AT)
    assert queries.pressure_reports(OFFICE, city["approver"])[0].words == words
    acts.answer_pressure(report_id=report.pk, words="已经约谈该局负责人。", by=city["approver"], at=AT)
    with pytest.raises(procedures.Conflict):
        acts.answer_pressure(report_id=report.pk, words="已经约谈该局负责人。", by=city["approver"], at=AT)
    assert queries.my_pressure_reports(city["d2"])[0].answer == "已经约谈该局负责人。"
    assert queries.my_pressure_reports(city["zjj_head"]) == []
