"""Assignment and its clocks, objections and reassignment, successors, extensions (R7.04–R7.08, S14)."""

from datetime import date, timedelta

import pytest

from quancheng.handling import acts, queries
from quancheng.handling.models import Assignment, Letter, Message, Objection
from quancheng.people import acts as people
from quancheng.people.permissions import NotAllowed
from quancheng.procedures import acts as procedures
from quancheng.procedures import queries as procedure_queries
from quancheng.procedures.models import Case, CaseEvent, Clock
from tests.cities import AT, clock, day, state

REASON = "这条道路由交通部门管理，不属于本局职责。"


def test_r7_04_each_share_has_a_clock_of_its_own(city):
    made, shares = city.assigned(assisting=("jtj", "czj"))
    assert [(s.unit_id, s.role) for s in shares] == [("zjj", "lead"), ("jtj", "assist"), ("czj", "assist")]
    assert clock(made.case_id, f"answer:{shares[0].pk}").due_on == date(2026, 6, 2)  # R7.08: three months
    assert clock(made.case_id, f"assist:{shares[1].pk}").due_on == date(2026, 5, 6)  # R7.06: two months, 2 May is a holiday
    assert "顺延" in clock(made.case_id, f"assist:{shares[1].pk}").working
    assert clock(made.case_id, f"answer:{shares[0].pk}").organ_id == "zjj"
    assert Message.objects.filter(account_id=city["d1"].id, kind="assigned", text__contains="住房").count() == 1


def test_r7_08_wide_or_difficult_ones_have_six_months(city):
    made, (share,) = city.assigned(complex=True)
    assert clock(made.case_id, f"answer:{share.pk}").due_on == date(2026, 9, 2)


def test_r7_08_the_last_day_of_february_and_an_unloaded_year(city):
    made, (share,) = city.assigned(at=day(date(2027, 11, 29)))
    found = clock(made.case_id, f"answer:{share.pk}")
    assert found.due_on == date(2028, 2, 29) and "预计" in found.working and "尚未录入" in found.working


def test_clocks_end_after_a_holiday_and_on_a_make_up_day(city):
    made, (share,) = city.assigned(at=day(date(2026, 7, 1)))  # 1 October is a holiday; 8 October is worked
    assert clock(made.case_id, f"answer:{share.pk}").due_on == date(2026, 10, 8)
    _, (other,) = city.assigned(at=day(date(2026, 7, 10)))  # 10 October 2026 is a Saturday that is worked (调休)
    assert clock(other.case_id, f"answer:{other.pk}").due_on == date(2026, 10, 10)


@pytest.mark.parametrize(
    ("lead", "separate"), [("", []), ("zjj", ["jtj", "czj"]), ("", ["zjj"]), ("none", []), ("cjw", [])]
)
def test_assignment_names_a_lead_or_several_separate_units(city, lead, separate):
    made = city.checked()
    with pytest.raises(acts.HandlingRefused):
        acts.assign(case_id=made.case_id, lead=lead, assisting=[], separate=separate, note="", by=city["office"], at=AT)
    assert state(made) == "checked" and not Assignment.objects.exists()


@pytest.mark.parametrize("who", ["zjj_head", "d1", "foreign", "chair"])
def test_only_the_office_assigns(city, who):
    made = city.checked()
    with pytest.raises(NotAllowed):
        acts.assign(case_id=made.case_id, lead="zjj", assisting=[], note="", by=city[who], at=AT)


def test_two_assign_at_once_and_one_wins(city):
    made = city.checked()
    seen = Case.objects.get(pk=made.case_id).moves
    acts.assign(case_id=made.case_id, lead="zjj", assisting=[], note="", moves=seen, by=city["office"], at=AT)
    with pytest.raises(acts.Conflict):
        acts.assign(case_id=made.case_id, lead="jtj", assisting=[], note="", moves=seen, by=city["office2"], at=AT)
    assert [s.unit_id for s in Assignment.objects.all()] == ["zjj"]


def test_r7_05_objection_within_ten_working_days(city):
    made, (share,) = city.assigned()
    with pytest.raises(NotAllowed):
        acts.raise_objection(assignment_id=share.pk, reason=REASON, by=city["jtj_clerk"], at=AT)
    made_objection = acts.raise_objection(
        assignment_id=share.pk, reason=REASON, by=city["zjj_clerk"], at=day(date(2026, 3, 16))
    )
    assert clock(made.case_id, f"reassign:{made_objection.pk}").due_on == date(2026, 3, 30)
    with pytest.raises(acts.Conflict):
        acts.raise_objection(assignment_id=share.pk, reason=REASON, by=city["zjj_clerk"], at=day(date(2026, 3, 16)))
    assert clock(made.case_id, f"answer:{share.pk}")  # the clock of the answer goes on


def test_r7_05_an_objection_that_comes_late_is_refused(city):
    _, (share,) = city.assigned()
    with pytest.raises(acts.HandlingRefused, match="2026年3月16日"):
        acts.raise_objection(assignment_id=share.pk, reason=REASON, by=city["zjj_clerk"], at=day(date(2026, 3, 17)))


def test_r7_05_accepted_the_matter_goes_to_another_unit_with_a_fresh_clock(city):
    made, (share,) = city.assigned()
    objection = acts.raise_objection(assignment_id=share.pk, reason=REASON, by=city["zjj_clerk"], at=day(date(2026, 3, 10)))
    with pytest.raises(NotAllowed):  # hard stop 12: no unit passes a matter on by itself
        acts.decide_objection(
            objection_id=objection.pk, accept=True, reason=REASON, new_unit="jtj", by=city["zjj_head"], at=day(date(2026, 3, 12))
        )
    with pytest.raises(acts.HandlingRefused):
        acts.decide_objection(
            objection_id=objection.pk, accept=True, reason=REASON, new_unit="zjj", by=city["office"], at=day(date(2026, 3, 12))
        )
    fresh = acts.decide_objection(
        objection_id=objection.pk, accept=True, reason=REASON, new_unit="jtj", by=city["office"], at=day(date(2026, 3, 12))
    )
    assert (fresh.unit_id, fresh.role, fresh.follows_id) == ("jtj", "lead", share.pk)
    assert clock(made.case_id, f"answer:{fresh.pk}").due_on == date(2026, 6, 12)
    assert not Clock.objects.filter(case=made.case, key=f"answer:{share.pk}", stopped_at=None).exists()
    with pytest.raises(acts.Conflict):
        acts.decide_objection(
            objection_id=objection.pk, accept=False, reason=REASON, new_unit="", by=city["office2"], at=day(date(2026, 3, 12))
        )
    with pytest.raises(acts.Conflict):
        city.drafted(Assignment.objects.get(pk=share.pk), day(date(2026, 3, 13)))


def test_r7_05_refused_the_unit_goes_on_and_meanwhile_cannot_answer(city):
    _, (share,) = city.assigned()
    objection = acts.raise_objection(assignment_id=share.pk, reason=REASON, by=city["zjj_clerk"], at=AT)
    with pytest.raises(acts.HandlingRefused, match="退办"):
        city.answer(share, AT + timedelta(days=1))
    same = acts.decide_objection(objection_id=objection.pk, accept=False, reason=REASON, new_unit="", by=city["office"], at=AT)
    assert same.pk == share.pk
    answer = share.answers.get()
    assert acts.sign_answer(answer_id=answer.pk, by=city["zjj_head"], at=AT + timedelta(days=2)).signed_at
    with pytest.raises(acts.HandlingRefused, match="已经作出答复"):
        acts.raise_objection(assignment_id=share.pk, reason=REASON, by=city["zjj_clerk"], at=AT + timedelta(days=2))


def test_an_assistant_may_go_without_another(city):
    made, (_, assist) = city.assigned(assisting=("jtj",))
    objection = acts.raise_objection(assignment_id=assist.pk, reason=REASON, by=city["jtj_clerk"], at=AT)
    gone = acts.decide_objection(objection_id=objection.pk, accept=True, reason=REASON, new_unit="", by=city["office"], at=AT)
    assert gone.ended_at and gone.end == "objected"
    added = acts.add_assistant(case_id=made.case_id, unit="czj", note="", by=city["office"], at=AT)
    assert added.role == "assist"
    with pytest.raises(acts.Conflict):
        acts.add_assistant(case_id=made.case_id, unit="czj", note="", by=city["office"], at=AT)


def test_a_dissolved_units_matters_go_to_its_successor_and_no_clock_is_reset(city):
    made, (share,) = city.assigned()
    kept, commitment = city.promise()
    objection = acts.raise_objection(assignment_id=share.pk, reason=REASON, by=city["zjj_clerk"], at=AT)
    people.end_organ(code="zjj", last_day=date(2026, 4, 30), basis="市机构改革方案", at=day(date(2026, 4, 30)), by=city["admin"])
    later = day(date(2026, 5, 6))
    assert not city.again("zjj_clerk", later.date()).offices
    with pytest.raises(NotAllowed):
        acts.succeed_unit(
            unit="zjj", successor="jtj", reason="市机构改革方案", organ="dbgw", by=city["jtj_head"], at=later
        )
    with pytest.raises(acts.HandlingRefused):
        acts.succeed_unit(unit="zjj", successor="zjj", reason="市机构改革方案", organ="dbgw", by=city["office"], at=later)
    done = acts.succeed_unit(unit="zjj", successor="jtj", reason="市机构改革方案", organ="dbgw", by=city["office"], at=later)
    assert done == 2
    heir = Assignment.objects.get(case=made.case, ended_at=None)
    found = clock(made.case_id, f"answer:{heir.pk}")
    assert (heir.unit_id, heir.follows_id, found.due_on, found.organ_id) == ("jtj", share.pk, date(2026, 6, 2), "jtj")
    assert "期限不变" in found.working
    assert Objection.objects.get(pk=objection.pk).state == "refused"
    commitment.refresh_from_db()
    assert commitment.unit_id == "jtj" and clock(kept.case_id, f"promise:{commitment.pk}").organ_id == "jtj"
    assert city.answer(heir, later + timedelta(days=3)).number == "濮交〔2026〕1号"


def test_a_successor_that_assisted_already_becomes_the_lead(city):
    made, (share, assist) = city.assigned(assisting=("jtj",))
    heir = acts.replace_unit(assignment_id=share.pk, successor="jtj", reason="两局合并方案", by=city["office"], at=AT)
    running = Assignment.objects.filter(case=made.case, ended_at=None)
    assert [(s.pk, s.unit_id, s.role) for s in running] == [(heir.pk, "jtj", "lead")]
    assert not Clock.objects.filter(case=made.case, key=f"assist:{assist.pk}", stopped_at=None).exists()


def test_a_unit_replaced_in_the_redo_hands_on_the_redo(city):
    made, (share,) = city.assigned()
    first = city.answer(share, AT + timedelta(days=20))
    city.rate(first, "dissatisfied", "路面只补了一半。", at=AT + timedelta(days=21))
    due = clock(made.case_id, f"redo:{share.pk}").due_on
    heir = acts.replace_unit(assignment_id=share.pk, successor="jtj", reason="机构改革方案", by=city["office"], at=AT + timedelta(days=25))
    assert clock(made.case_id, f"redo:{heir.pk}").due_on == due
    again = city.answer(heir, AT + timedelta(days=30))
    assert again.round == 2 and state(made) == "answered_again"


def test_a_unit_replaced_after_its_answer_still_owes_the_redo(city):
    made, (share,) = city.assigned()
    first = city.answer(share, AT + timedelta(days=20))
    heir = acts.replace_unit(assignment_id=share.pk, successor="jtj", reason="机构改革方案", by=city["office"], at=AT + timedelta(days=21))
    assert not Clock.objects.filter(case=made.case, organ_id="jtj", stopped_at=None).exists()
    city.rate(first, "dissatisfied", "路面只补了一半。", at=AT + timedelta(days=22))
    assert clock(made.case_id, f"redo:{heir.pk}").organ_id == "jtj"


def test_s14_extension_needs_reason_and_approver_and_is_told(city):
    made, (share,) = city.assigned()
    later = day(date(2026, 5, 20))
    with pytest.raises(NotAllowed):
        acts.extend(assignment_id=share.pk, new_due_on=date(2026, 8, 1), reason="需要立项", by=city["office"], at=later)
    with pytest.raises(procedures.StepRefused):
        acts.extend(assignment_id=share.pk, new_due_on=date(2026, 8, 3), reason="", by=city["approver"], at=later)
    with pytest.raises(acts.HandlingRefused, match="2026年9月2日"):  # R7.08: six months at most
        acts.extend(assignment_id=share.pk, new_due_on=date(2026, 9, 3), reason="需要立项审批", by=city["approver"], at=later)
    found = acts.extend(assignment_id=share.pk, new_due_on=date(2026, 8, 3), reason="需要立项审批", by=city["approver"], at=later)
    assert found.due_on == date(2026, 8, 3) and "需要立项审批" in found.working
    told = Message.objects.get(account_id=city["d1"].id, kind="extended")
    assert "2026年8月3日" in told.text and "需要立项审批" in told.text
    assert queries.record(made.case, later.date()).extensions[0].approver_id == city["approver"].id


def test_r7_18_letters_reminder_first_supervision_when_red(city):
    made, (share,) = city.assigned()
    acts.urge(assignment_id=share.pk, kind="reminder", words="请抓紧办理。", by=city["office"], at=AT)
    with pytest.raises(acts.HandlingRefused, match="还没有超过"):
        acts.urge(assignment_id=share.pk, kind="supervision", words="请抓紧办理。", by=city["office"], at=day(date(2026, 6, 2)))
    red = day(date(2026, 6, 3))
    letter = acts.urge(assignment_id=share.pk, kind="supervision", words="请说明原因。", by=city["office"], at=red)
    with pytest.raises(NotAllowed):
        acts.answer_letter(letter_id=letter.pk, words="因雨季施工停工", by=city["zjj_clerk"], at=red)
    acts.answer_letter(letter_id=letter.pk, words="因雨季施工停工，六月底完成。", by=city["zjj_head"], at=red)
    with pytest.raises(acts.Conflict):
        acts.answer_letter(letter_id=letter.pk, words="因雨季施工停工，六月底完成。", by=city["zjj_head"], at=red)
    record = queries.record(made.case, red.date())
    assert [x.kind for x in record.shares[0].letters] == ["reminder", "supervision"]
    assert Letter.objects.filter(state="sent").count() == 2


@pytest.mark.parametrize(
    ("on", "spoken", "light"),
    [
        (date(2026, 3, 20), False, "green"), (date(2026, 4, 2), False, "yellow"),  # R7.07: nobody spoke for 20 working days
        (date(2026, 4, 2), True, "green"), (date(2026, 5, 25), True, "yellow"), (date(2026, 6, 3), True, "red"),
    ],
)  # fmt: skip
def test_r7_18_lights_are_computed(city, on, spoken, light):
    made, (share,) = city.assigned()
    if spoken:
        city.contact(share, AT)
    assert queries.record(made.case, on).shares[0].light == light


def test_r7_18_how_soon_yellow_is_the_citys_parameter(city):
    made, (share,) = city.assigned()
    city.contact(share, AT)
    on = date(2026, 5, 11)
    assert queries.record(made.case, on).shares[0].light == queries.inbox(city["zjj_head"], on).rows[0].light == "green"
    procedures.set_parameter(
        key="light.yellow_days", area="410900", value=30, valid_from=AT.date(), basis="主任会议决定", by=city["admin"], at=AT
    )
    assert queries.record(made.case, on).shares[0].light == queries.inbox(city["zjj_head"], on).rows[0].light == "yellow"


def test_every_act_is_on_the_cases_record_with_its_name(city):
    made, (share,) = city.assigned()
    objection = acts.raise_objection(assignment_id=share.pk, reason=REASON, by=city["zjj_clerk"], at=AT)
    acts.decide_objection(objection_id=objection.pk, accept=True, reason=REASON, new_unit="jtj", by=city["office"], at=AT)
    labels = [knot.label for knot in procedure_queries.thread(made.case, AT.date())]
    assert "承办单位提出退办" in labels and "研究退办意见" in labels and labels.count("明确承办单位") == 2
    event = CaseEvent.objects.get(step="handling.objected")
    assert event.capacity == "unit_clerk@zjj" and REASON not in event.note


def test_the_engine_times_each_matter_by_its_own_set():
    from quancheng.handling.rules import CLOCK_SETS

    for name, kinds in CLOCK_SETS.items():
        named = (kinds.answer, kinds.assist, kinds.objection, kinds.reassign, kinds.redo, kinds.rate)
        assert all(term[0].startswith(name + ".") for term in named if term), name  # E9: never mixed
