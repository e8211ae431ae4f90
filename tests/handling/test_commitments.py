"""Commitments over the years, key files with four roles, bundles, attachments, yearly reports, the league table."""

import io
import zipfile
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from quancheng.handling import acts, queries
from quancheng.handling.models import Answer, Attachment, Commitment, KeyFile, Milestone
from quancheng.people.permissions import NotAllowed
from quancheng.procedures import acts as procedures
from quancheng.procedures.models import Clock
from tests.cities import AT, clock, day, state

ROLES = acts.KeyRoles(
    leader_name="王某", leader_post="副市长", department="zjj", supervisor_name="李某", supervisor_post="市人大常委会副主任",
    committee="cjw",
)
PDF = b"%PDF-1.7\n" + b"x" * 100


def test_r7_12_a_promise_is_followed_over_years_to_its_end(city):
    made, promise = city.promise()
    assert state(made) == "tracking" and clock(made.case_id, f"promise:{promise.pk}").due_on == date(2028, 6, 30)
    with pytest.raises(acts.HandlingRefused):
        acts.plan_milestone(
            commitment_id=promise.pk, words="完成第一期工程", planned_for=date(2029, 1, 1), by=city["zjj_clerk"], at=AT
        )
    plan = acts.plan_milestone(
        commitment_id=promise.pk, words="完成第一期工程", planned_for=date(2027, 5, 31), by=city["zjj_clerk"], at=AT
    )
    later = day(date(2027, 6, 1))
    step = acts.add_milestone(
        commitment_id=promise.pk, words="一期一公里已经完工", evidence="竣工验收单", kept=False, milestone_id=plan.pk,
        by=city["zjj_clerk"], at=later,
    )
    assert (step.pk, step.planned_for, step.evidence) == (plan.pk, date(2027, 5, 31), "竣工验收单")
    with pytest.raises(acts.HandlingRefused):
        acts.add_milestone(commitment_id=promise.pk, words="二期已经完工", evidence="", kept=True, by=city["zjj_clerk"], at=later)
    acts.add_milestone(
        commitment_id=promise.pk, words="三公里全部完工", evidence="竣工验收单二号", kept=True, by=city["zjj_clerk"], at=later
    )
    assert state(made) == "tracking"  # the unit claims; nobody keeps his own promise by saying so
    with pytest.raises(NotAllowed):
        acts.verify_commitment(commitment_id=promise.pk, kept=True, words="看过了。", by=city["zjj_head"], at=later)
    acts.verify_commitment(commitment_id=promise.pk, kept=False, words="第三段还没有通水。", by=city["office"], at=later)
    assert Commitment.objects.get().claimed_at is None and state(made) == "tracking"
    acts.add_milestone(
        commitment_id=promise.pk, words="第三段已经通水", evidence="通水照片", kept=True, by=city["zjj_clerk"], at=later
    )
    acts.verify_commitment(commitment_id=promise.pk, kept=True, words="与代表到现场看过。", by=city["office"], at=later)
    assert state(made) == "closed" and not Clock.objects.filter(case=made.case, stopped_at=None).exists()
    with pytest.raises(acts.Conflict):
        acts.add_milestone(commitment_id=promise.pk, words="还有一件", evidence="照片", kept=False, by=city["zjj_clerk"], at=later)
    assert Milestone.objects.count() == 3


def test_r7_12_postponing_a_promise_needs_an_approver_and_is_told(city):
    made, promise = city.promise()
    later = day(date(2028, 6, 1))
    with pytest.raises(NotAllowed):
        acts.postpone_commitment(
            commitment_id=promise.pk, new_due_on=date(2028, 12, 31), reason="征地尚未完成", by=city["zjj_head"], at=later
        )
    acts.postpone_commitment(
        commitment_id=promise.pk, new_due_on=date(2028, 12, 31), reason="征地尚未完成", by=city["approver"], at=later
    )
    assert clock(made.case_id, f"promise:{promise.pk}").due_on == date(2028, 12, 31)
    assert any("征地尚未完成" in m.text for m in queries.messages(city["d1"]))
    (line,) = queries.open_commitments(date(2028, 6, 2), organ="dbgw")
    assert (line.light, line.quiet) == ("green", True)  # nothing was heard for more than half a year
    assert queries.open_commitments(date(2029, 1, 2))[0].light == "red"


def test_the_database_keeps_claim_and_word_apart(city):
    _, promise = city.promise()
    acts.add_milestone(commitment_id=promise.pk, words="三公里完工", evidence="验收单", kept=True, by=city["zjj_clerk"], at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Commitment.objects.filter(pk=promise.pk).update(kept_at=AT, kept_said_by_id=city["zjj_clerk"].id)


@pytest.mark.parametrize(
    "changed",
    [
        {"leader_name": ""}, {"leader_post": " "}, {"department": ""}, {"department": "cjw"}, {"supervisor_name": ""},
        {"supervisor_post": ""}, {"committee": ""}, {"committee": "zjj"}, {"department": "jtj"},
    ],
)  # fmt: skip
def test_m38_all_four_roles_must_be_named(city, changed):
    made, _ = city.assigned()
    with pytest.raises(acts.HandlingRefused):
        acts.choose_key(
            case_id=made.case_id, roles=replace(ROLES, **changed), decision="第20次主任会议", by=city["chair"], at=AT
        )
    assert not KeyFile.objects.exists()


def test_r7_13_chosen_by_the_chairpersons_supervised_by_the_committee(city):
    made, (share,) = city.assigned()
    choose = {"case_id": made.case_id, "roles": ROLES, "decision": "第20次主任会议", "at": AT}
    with pytest.raises(NotAllowed):
        acts.choose_key(**choose, by=city["office"])
    acts.choose_key(**choose, by=city["chair"])
    with pytest.raises(acts.Conflict):
        acts.choose_key(**choose, by=city["chair"])
    entry = {
        "case_id": made.case_id, "kind": "site_visit", "on": AT.date(), "place": "某村村口", "present": "李某、代表三人",
        "words": "要求汛期以前完工。", "at": AT,
    }  # fmt: skip
    with pytest.raises(NotAllowed):
        acts.log_supervision(**entry, by=city["office"])
    with pytest.raises(acts.HandlingRefused):
        acts.log_supervision(**{**entry, "on": date(2026, 3, 3)}, by=city["committee"])
    acts.log_supervision(**entry, by=city["committee"])
    record = queries.record(made.case, AT.date())
    assert record.key_file.leader_post == "副市长" and [e.place for e in record.entries] == ["某村村口"]
    assert queries.may_see(city["committee"], made.case) and not queries.may_see(city["jtj_clerk"], made.case)
    assert [k.case_id for k in queries.key_files(city["member"])] == [made.case_id]
    city.answer(share, AT + timedelta(days=9))
    with pytest.raises(acts.HandlingRefused):
        acts.log_supervision(**{**entry, "kind": "phone"}, by=city["committee"])


def test_m38_the_named_department_handles_a_key_file_chosen_before_assignment(city):
    made = city.checked()
    acts.choose_key(case_id=made.case_id, roles=ROLES, decision="第20次主任会议", by=city["chair"], at=AT)
    with pytest.raises(acts.HandlingRefused, match="承办部门"):
        acts.assign(case_id=made.case_id, lead="jtj", assisting=[], note="", by=city["office"], at=AT)
    acts.assign(case_id=made.case_id, lead="zjj", assisting=["jtj"], note="", by=city["office"], at=AT)
    assert state(made) == "assigned"


def test_r7_13_not_after_the_answer(city):
    made, (share,) = city.assigned()
    city.answer(share, AT + timedelta(days=3))
    with pytest.raises(acts.HandlingRefused, match="答复以前"):
        acts.choose_key(case_id=made.case_id, roles=ROLES, decision="第20次主任会议", by=city["chair"], at=AT)


def _bundle(city, *made, by="office"):
    return acts.bundle(
        head_id=made[0].case_id, member_ids=[one.case_id for one in made[1:]], reason="都是同一条路", by=city[by], at=AT
    )


def test_s10_a_joint_answer_reaches_each_author_and_each_rates_his_own(city):
    (head, (share,)), (other, (second,)) = city.assigned(), _of(city, "d2")
    with pytest.raises(NotAllowed):
        _bundle(city, head, other, by="zjj_head")
    _bundle(city, head, other)
    city.contact(share, AT)
    with pytest.raises(acts.HandlingRefused, match="沟通"):  # R7.07 holds for every author
        city.answer(share, AT + timedelta(days=5))
    city.contact(second, AT + timedelta(days=5))
    with pytest.raises(acts.HandlingRefused, match="并案"):
        city.answer(second, AT + timedelta(days=5))
    acts.sign_answer(answer_id=share.answers.get().pk, by=city["zjj_head"], at=AT + timedelta(days=6))
    one, two = share.answers.get(), second.answers.get()
    assert two.joint_of_id == one.pk and two.text == one.text and two.number != one.number
    assert state(head) == state(other) == "answered"
    city.rate(one, "satisfied", at=AT + timedelta(days=7))
    city.rate(two, "dissatisfied", "我们村口没有修。", by="d2", at=AT + timedelta(days=7))
    assert (state(head), state(other)) == ("closed", "redo")
    again = city.answer(second, AT + timedelta(days=9))
    assert again.round == 2 and state(other) == "answered_again"


def _of(city, deputy):
    made = city.checked(deputy)
    shares = acts.assign(case_id=made.case_id, lead="zjj", assisting=[], note="", by=city["office"], at=AT)
    return made, shares


def test_only_like_cases_of_one_unit_are_bundled_and_one_may_leave(city):
    (head, (share,)), (other, (second,)) = _of(city, "d1"), _of(city, "d2")
    elsewhere, _ = city.assigned(lead="jtj")
    answered, (third,) = _of(city, "d3")
    city.answer(third, AT + timedelta(days=1))
    for wrong in (elsewhere, answered):
        with pytest.raises(acts.HandlingRefused):
            _bundle(city, head, wrong)
    _bundle(city, head, other)
    with pytest.raises(acts.Conflict):
        _bundle(city, head, other)
    with pytest.raises(acts.HandlingRefused):
        _bundle(city, other, head)
    assert queries.bundle_of(other.case).head_id == head.case_id == queries.bundle_of(head.case).head_id
    acts.unbundle(case_id=other.case_id, reason="位置不同，分别答复", by=city["office"], at=AT)
    assert queries.bundle_of(head.case) is None
    assert city.answer(second, AT + timedelta(days=2)).joint_of_id is None
    assert Answer.objects.filter(assignment=share).count() == 0


def _zip(*names):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as pack:
        for name in names:
            pack.writestr(name, "x")
    return out.getvalue()


DOCX = _zip("[Content_Types].xml", "word/document.xml")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("现场.jpg", PDF), ("现场.pdf", b"MZ\x90\x00" + b"x" * 99), ("现场.exe", b"MZ"), ("现场.pdf", b""), ("", PDF),
        ("说明.docx", _zip("a.txt")), ("说明.docx", _zip("[Content_Types].xml", "xl/workbook.xml")),
        ("说明.docx", _zip("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")), ("说明.svg", b"<svg/>"),
        ("说明.docx", b"PK\x03\x04broken"), ("现场.png", b"\xff\xd8\xff\xe0"), ("大.pdf", PDF + b"x" * 20 * 1024 * 1024),
    ],
)  # fmt: skip
def test_an_attachment_that_lies_about_its_type_is_refused(city, name, data):
    _, (share,) = city.assigned()
    draft = city.drafted(share, AT)
    with pytest.raises(acts.HandlingRefused) as refusal:
        acts.attach(case_id=share.case_id, name=name, data=data, answer_id=draft.pk, by=city["zjj_clerk"], at=AT)
    assert refusal.value.field == "file" and not Attachment.objects.exists()


def test_attachments_are_read_by_those_who_see_the_case(city):
    made, (share,) = city.assigned()
    draft = city.drafted(share, AT)
    kept = acts.attach(
        case_id=made.case_id, name="C:\\资料\\验收单.pdf", data=PDF, answer_id=draft.pk, by=city["zjj_clerk"], at=AT
    )
    acts.attach(case_id=made.case_id, name="说明.docx", data=DOCX, by=city["office"], at=AT)
    assert kept.name == "验收单.pdf" and kept.media_type == "application/pdf"
    for who in ("zjj_head", "office", "d1"):
        assert queries.attachment(kept.pk, city[who])[1] == PDF
    for who in ("jtj_clerk", "d2", "committee"):
        with pytest.raises(NotAllowed):
            queries.attachment(kept.pk, city[who])
    with pytest.raises(NotAllowed):
        acts.attach(case_id=made.case_id, name="a.pdf", data=PDF, answer_id=draft.pk, by=city["jtj_clerk"], at=AT)
    city.answer(share, AT + timedelta(days=1))
    with pytest.raises(acts.HandlingRefused, match="签发"):
        acts.attach(case_id=made.case_id, name="a.pdf", data=PDF, answer_id=draft.pk, by=city["zjj_clerk"], at=AT)


def test_r7_14_report_by_31_august_drafted_from_the_data(city):
    city.promise()
    made, (share, _) = city.assigned(assisting=("jtj",))
    city.answer(share, AT + timedelta(days=10))
    july = day(date(2026, 7, 1))
    with pytest.raises(NotAllowed):
        acts.open_reports(year=2026, organ="dbgw", by=city["zjj_head"], at=july)
    (report,) = acts.open_reports(year=2026, organ="dbgw", by=city["office"], at=july)
    assert acts.open_reports(year=2026, organ="dbgw", by=city["office"], at=july) == []  # not asked twice; jtj only assists
    assert clock(report.case_id, "report:zjj").due_on == date(2026, 8, 31)
    assert any(row.label == "报告办理情况" for row in queries.inbox(city["zjj_head"], july.date()).rows)
    with pytest.raises(acts.HandlingRefused):
        acts.submit_report(report_id=report.pk, by=city["zjj_head"], at=july)
    drafted = acts.draft_report(report_id=report.pk, by=city["zjj_clerk"], at=july)
    for words in ("承办代表建议2件", "主办2件", "| B类：正在解决或者列入计划 | 1 |", "按期2件", "| 满意 | 1 |", "修建排水管网三公里"):
        assert words in drafted.text
    edited = acts.edit_report(
        report_id=report.pk, text=drafted.text.replace("（请填写）", "加强沟通。"), edits=drafted.edits, by=city["zjj_clerk"], at=july
    )
    with pytest.raises(acts.Conflict):
        acts.edit_report(report_id=report.pk, text=drafted.text, edits=drafted.edits, by=city["zjj_head"], at=july)
    with pytest.raises(NotAllowed):
        acts.submit_report(report_id=report.pk, by=city["zjj_clerk"], at=july)
    acts.submit_report(report_id=report.pk, by=city["zjj_head"], at=july)
    with pytest.raises(acts.Conflict):
        acts.edit_report(report_id=report.pk, text=drafted.text, edits=edited.edits, by=city["zjj_clerk"], at=july)
    with pytest.raises(procedures.StepRefused):
        acts.receive_report(report_id=report.pk, accept=False, words="", by=city["office"], at=july)
    acts.receive_report(report_id=report.pk, accept=False, words="请补充承诺事项", by=city["office"], at=july)
    assert clock(report.case_id, "report:zjj").due_on == date(2026, 8, 31)  # not reset
    acts.submit_report(report_id=report.pk, by=city["zjj_head"], at=july)
    acts.receive_report(report_id=report.pk, accept=True, words="", by=city["office"], at=july)
    assert state(report) == "accepted" and queries.reports(city["office"], 2026)[0].unit_id == "zjj"
    with pytest.raises(NotAllowed):
        queries.report(report.pk, city["jtj_clerk"])
    with pytest.raises(acts.HandlingRefused, match="已过"):
        acts.open_reports(year=2026, organ="dbgw", by=city["office"], at=day(date(2026, 9, 1)))


def test_league_table_by_timeliness_and_satisfaction(city):
    city.promise()  # zjj: in time, satisfied
    late, (share,) = city.assigned(lead="jtj")
    answer = city.answer(share, day(date(2026, 6, 10)))  # due 2 June
    city.rate(answer, "dissatisfied", "晚了，也没有修。", at=day(date(2026, 6, 11)))
    city.assigned(lead="czj")  # overdue on the day of the table
    lines = queries.league(date(2026, 1, 1), date(2027, 1, 1), date(2026, 7, 20), ("suggestion",))
    assert [(line.unit.pk, line.given, line.answered, line.in_time, line.overdue) for line in lines] == [
        ("zjj", 1, 1, 1, 0), ("jtj", 1, 1, 0, 1), ("czj", 1, 0, 0, 1),
    ]  # fmt: skip
    assert (lines[0].satisfaction, lines[1].satisfaction, lines[1].redone) == (1.0, 0.0, 0)
    assert not hasattr(lines[0], "account")  # organs, never people
    span = (date(2026, 1, 1), date(2027, 1, 1), date(2026, 7, 20))
    assert queries.public_league(*span, area="410900") is None
    procedures.set_parameter(
        key="league.public", area="410900", value=1, valid_from=AT.date(), basis="主任会议决定公开", by=city["admin"], at=AT
    )
    assert len(queries.public_league(*span, area="410900")) == 3


def test_an_objected_share_counts_for_nobody_as_answered(city):
    _, (share,) = city.assigned(lead="jtj")
    objection = acts.raise_objection(assignment_id=share.pk, reason="不属于本局职责。", by=city["jtj_clerk"], at=AT)
    acts.decide_objection(objection_id=objection.pk, accept=True, reason="同意退办。", new_unit="zjj", by=city["office"], at=AT)
    lines = {x.unit.pk: x for x in queries.league(date(2026, 1, 1), date(2027, 1, 1), date(2026, 4, 1), ("suggestion",))}
    assert (lines["jtj"].answered, lines["jtj"].in_time) == (0, 0)
