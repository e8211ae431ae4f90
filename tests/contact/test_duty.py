"""双报到, the duty file with its points and their rule, corrections by asking, reports to voters, learning."""

from datetime import timedelta

import pytest
from district import NOW, PHONE, TODAY, key, later, png
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quancheng.contact import acts, queries, tasks
from quancheng.contact.models import (
    CheckIn,
    Course,
    DutyCorrection,
    DutyFact,
    ReportVoter,
    SignUp,
    VotersReport,
)
from quancheng.ledger.models import Entry
from quancheng.people.models import Account, Notice
from quancheng.people.permissions import Actor, HeldOffice, NotAllowed
from quancheng.procedures import acts as procedures
from quancheng.procedures.acts import Conflict
from quancheng.procedures.models import Case, CaseEvent

BODY = "一年来走访选民一百二十户，提出代表建议三件，参加视察四次，接待群众二十六人次，帮助解决路灯、井盖等问题九个，还有两件正在办理，下一年重点督促学校门口道路改造。"


def test_m36_two_kinds_of_check_in_with_a_task_and_no_place_but_its_name(city):
    tag = acts.make_task_tag(label="万人助万企", valid_from=TODAY, by=city["office"], at=NOW)
    at_site = acts.check_in(form=acts.CheckInForm(site="zd1", task_id=tag.pk, minutes=90), by=city["deputy"], at=NOW)
    again = acts.check_in(form=acts.CheckInForm(site="zd1"), by=city["deputy"], at=later(0, 15))
    home = acts.check_in(form=acts.CheckInForm(area=city.village, words="看望老人"), by=city["deputy"], at=NOW)
    assert again.pk == at_site.pk and (at_site.kind, home.kind) == ("site", "home")
    columns = {f.name for f in CheckIn._meta.get_fields()}
    assert columns == {"id", "account", "kind", "site", "area", "place", "task", "on", "at", "minutes", "words"}  # S21
    assert DutyFact.objects.filter(kind="check_in").count() == 2
    totals = queries.check_in_totals(TODAY, TODAY + timedelta(days=1))
    assert [(t.task, t.kind, t.number, t.deputies, t.minutes) for t in totals] == [("", "home", 1, 1, 0), ("万人助万企", "site", 1, 1, 90)]
    assert len(queries.my_check_ins(city["deputy"])) == 2
    acts.end_task_tag(tag_id=tag.pk, last_day=TODAY, by=city["office"], at=NOW)
    assert queries.task_tags(TODAY + timedelta(days=1)) == []
    for wrong in ({}, {"site": "zd1", "area": city.village}, {"site": "none"}, {"area": "410928"}, {"site": "zd2", "minutes": 1441}):
        with pytest.raises(acts.ContactRefused):
            acts.check_in(form=acts.CheckInForm(**wrong), by=city["deputy"], at=later(1))
    with pytest.raises(acts.ContactRefused):
        acts.check_in(form=acts.CheckInForm(site="zd2", task_id=tag.pk), by=city["deputy"], at=later(1))
    for name in ("station", "office", "member"):
        with pytest.raises(NotAllowed):
            acts.check_in(form=acts.CheckInForm(site="zd1"), by=city[name], at=NOW)


def fact(city, kind="inspection", name="deputy", by="office", **changed) -> DutyFact:
    whole = {"on": TODAY, "title": "视察城区排水防涝", "submission_key": key(f"{kind}{name}{changed.get('on')}"), **changed}
    return acts.record_fact(account_id=city[name].id, kind=kind, by=city[by], at=NOW, **whole)


def test_r6_09_points_are_counted_from_facts_each_by_the_rule_of_its_day(city):
    fact(city)
    fact(city, "absence", title="缺席常委会会议", number=2)
    acts.check_in(form=acts.CheckInForm(site="zd1"), by=city["deputy"], at=NOW)
    file = queries.duty_file(city["deputy"].id, 2026, city["deputy"])
    assert {line.kind: line.points for line in file.lines} == {"inspection": 3, "absence": -2, "check_in": 0}
    assert file.total == 1 and {line.rule for line in file.lines} == {"本市工作规则"}
    assert next(line.basis for line in file.lines if line.kind == "absence") == "每半天扣1分"
    admin = Actor(city["auditor"].id, "", (HeldOffice("dgw", "admin"),))
    for area, value in (("410900", 5), ("410928", 9)):
        procedures.set_parameter(
            key="points.inspection", area=area, value=value, valid_from=TODAY + timedelta(days=1), basis="工作规则修改第三条",
            by=admin, at=NOW,
        )
    acts.record_fact(
        account_id=city["deputy"].id, kind="inspection", on=TODAY + timedelta(days=2), title="视察学校食堂",
        submission_key=key("later"), by=city["office"], at=later(3),
    )
    lines = {line.kind: line for line in queries.duty_file(city["deputy"].id, 2026, city["deputy"]).lines}
    assert (lines["inspection"].points, lines["inspection"].basis) == (3 + 5, "每次3、5分")  # the old fact by the old rule


def test_facts_come_from_records_and_nobody_writes_his_own(city):
    for wrong in ({"kind": "suggestion"}, {"kind": "reception"}, {"title": "短"}, {"on": TODAY + timedelta(days=1)}, {"number": 2}, {"number": 0}):
        with pytest.raises(acts.ContactRefused):
            fact(city, **wrong)
    both = Actor(city["deputy"].id, "", city["deputy"].offices + city["office"].offices)
    for by in (both, city["deputy"], city["county"], city["station"]):
        with pytest.raises(NotAllowed):
            acts.record_fact(
                account_id=city["deputy"].id, kind="inspection", on=TODAY, title="视察城区排水防涝", submission_key=key("x"), by=by, at=NOW
            )
    assert fact(city).pk == fact(city).pk and DutyFact.objects.count() == 1
    with pytest.raises(NotAllowed):
        queries.duty_file(city["deputy"].id, 2026, city["deputy2"])
    with pytest.raises(NotAllowed):
        queries.duty_file(city["deputy"].id, 2026, city["county"])
    assert queries.duty_file(city["deputy"].id, 2026, city["office"]).facts


def ask(city, wish="strike", **changed) -> DutyCorrection:
    form = acts.CorrectionForm(wish=wish, reason="那天我在参加视察，有签到表。", **changed)
    return acts.ask_correction(form=form, by=city["deputy"], at=NOW)


def test_a_deputy_asks_and_a_named_person_of_the_office_decides(city):
    absence = fact(city, "absence", title="缺席常委会会议")
    asked = ask(city, fact_id=absence.pk)
    with pytest.raises(Conflict):
        ask(city, fact_id=absence.pk)
    assert [c.pk for c in queries.corrections_waiting(city["office"])] == [asked.pk]
    assert queries.corrections_waiting(city["county"]) == []
    decide = {"correction_id": asked.pk, "accept": True, "reason": "经核对签到表，情况属实。", "at": later(1)}
    both = Actor(city["deputy"].id, "", city["deputy"].offices + city["office"].offices)
    for by in (city["deputy"], both, city["county"], city["station"]):
        with pytest.raises(NotAllowed):
            acts.decide_correction(by=by, **decide)
    with pytest.raises(acts.ContactRefused):
        acts.decide_correction(by=city["office"], **{**decide, "reason": ""})
    done = acts.decide_correction(by=city["office"], **decide)
    assert (done.decided_by_id, done.state) == (city["office"].id, "accepted")
    with pytest.raises(Conflict):
        acts.decide_correction(by=city["office2"], **decide)
    file = queries.duty_file(city["deputy"].id, 2026, city["deputy"])
    assert file.facts[0].struck_at is not None and file.total == 0 and file.corrections[0].decided_by.name == "甲office"
    assert queries.deputy_page(city["deputy"].id, TODAY).facts == []  # struck, it is not published


def test_adding_and_changing_by_asking(city):
    wrong = fact(city, "inspection")
    change = ask(city, "change", fact_id=wrong.pk, kind="inspection", on=TODAY - timedelta(days=1), title="视察城区供水厂")
    add = ask(city, "add", kind="inspection", on=TODAY - timedelta(days=9), title="调研乡村学校")
    for asked, accept in ((change, True), (add, False)):
        acts.decide_correction(correction_id=asked.pk, accept=accept, reason="已核对有关材料。", by=city["office"], at=later(1))
    live = DutyFact.objects.filter(struck_at=None)
    assert [(f.title, f.on) for f in live] == [("视察城区供水厂", TODAY - timedelta(days=1))]
    for bad in (
        {"wish": "strike"}, {"wish": "strike", "fact_id": wrong.pk}, {"wish": "x"}, {"wish": "add", "kind": "inspection", "title": "没有日期的"},
        {"wish": "add", "kind": "x", "on": TODAY, "title": "没有这一类"}, {"wish": "add", "kind": "study", "on": TODAY + timedelta(days=1), "title": "将来的事情"},
    ):  # fmt: skip
        with pytest.raises(acts.ContactRefused):
            ask(city, **bad)
    other = fact(city, name="deputy2")
    with pytest.raises(acts.ContactRefused):
        ask(city, fact_id=other.pk)


def test_a_suggestion_handed_in_becomes_a_fact_once(city):
    case = Case.objects.create(number="濮人建〔2026〕1号", procedure="suggestion", version=1, state="submitted", organ_id="dgw", opened_on=TODAY)
    for before, after in (("draft", "submitted"), ("submitted", "returned"), ("returned", "submitted")):
        CaseEvent.objects.create(
            case=case, at=NOW, account_id=city["deputy"].id, capacity="deputy@dgw", step="submit", from_state=before, to_state=after
        )
    tasks.collect_suggestions()
    assert tasks.collect_suggestions() == 0
    found = DutyFact.objects.get()
    assert (found.kind, found.case_id, found.account_id) == ("suggestion", case.pk, city["deputy"].id)
    assert queries.duty_file(city["deputy"].id, 2026, city["deputy"]).total == 3


def test_r8_06_the_public_page_is_made_of_facts_alone(city):
    fact(city)
    page = queries.deputy_page(city["deputy"].id, TODAY)
    assert (page.account.name, page.seat.electoral_unit, page.office, page.total) == ("甲deputy", "某县选举单位", "代表工委", 3)
    assert page.counts == {"视察、调研": 1}
    with CaptureQueriesContext(connection) as ran:
        queries.deputy_page(city["deputy"].id, TODAY)
    assert len(ran) <= 15
    for name in ("office", "station", "clerk"):
        with pytest.raises(Account.DoesNotExist):
            queries.deputy_page(city[name].id, TODAY)
    city.end_seat("deputy", TODAY)
    with pytest.raises(Account.DoesNotExist):
        queries.deputy_page(city["deputy"].id, TODAY + timedelta(days=1))


def report(city, **changed) -> VotersReport:
    whole = {"site": "zd1", "title": "二〇二六年述职", "body": BODY, "held_on": TODAY + timedelta(days=2), "closes_on": TODAY + timedelta(days=9), **changed}
    return acts.announce_report(form=acts.ReportForm(**whole), by=city["deputy"], at=NOW)


def opened(city) -> VotersReport:
    return acts.open_report(report_id=report(city).pk, by=city["station"], at=later(2))


def question(found, phone=PHONE, name="q", at=None):
    return acts.ask_on_report(
        report_id=found.pk, body="学校门口的路什么时候修？", phone=phone, submission_key=key(name), by=Actor.public(), at=at or later(3)
    )


def test_m56_a_report_is_announced_held_asked_about_answered_and_closed(city):
    found = report(city)
    with pytest.raises(acts.ContactRefused):
        question(found)
    with pytest.raises(acts.ContactRefused):  # before its day
        acts.open_report(report_id=found.pk, by=city["station"], at=later(1))
    with pytest.raises(NotAllowed):  # not by the deputy himself
        acts.open_report(report_id=found.pk, by=city["deputy"], at=later(2))
    acts.open_report(report_id=found.pk, by=city["station"], at=later(2))
    assert DutyFact.objects.get().kind == "report"
    asked, hidden = question(found), question(found, "13800000002", "q2")
    assert question(found).pk == asked.pk
    assert queries.report_page(found.pk, Actor.public()).questions == []
    assert len(queries.report_page(found.pk, city["deputy"]).questions) == 2
    with pytest.raises(acts.ContactRefused):
        acts.close_report(report_id=found.pk, by=city["station"], at=later(10))
    for by in (city["deputy2"], city["office"]):
        with pytest.raises(NotAllowed):
            acts.answer_question(question_id=asked.pk, answer="已列入明年计划。", by=by, at=later(4))
    acts.answer_question(question_id=asked.pk, answer="已列入明年计划，三月开工。", by=city["deputy"], at=later(4))
    with pytest.raises(Conflict):
        acts.answer_question(question_id=asked.pk, answer="再答一次看看。", by=city["deputy"], at=later(4))
    with pytest.raises(NotAllowed):  # the deputy hides no question
        acts.withhold_question(question_id=hidden.pk, reason="含有他人电话号码。", by=city["deputy"], at=later(4))
    acts.withhold_question(question_id=hidden.pk, reason="含有他人电话号码。", by=city["office"], at=later(4))
    assert Notice.objects.count() == 2
    with pytest.raises(acts.ContactRefused):  # before its last day is over
        acts.close_report(report_id=found.pk, by=city["station"], at=later(9))
    acts.close_report(report_id=found.pk, by=city["station"], at=later(10))
    page = queries.report_page(found.pk, Actor.public())
    assert [q.pk for q in page.questions] == [asked.pk] and page.waiting == 0
    assert len(queries.report_page(found.pk, city["office"]).questions) == 2
    assert list(tasks.changed_words()) == []


def test_s06_a_rating_is_counted_once_and_cannot_be_joined_to_who_gave_it(city):
    found = opened(city)
    for number, grade in enumerate(("satisfied", "basically", "satisfied", "dissatisfied", "abstained")):
        acts.rate_report(report_id=found.pk, grade=grade, phone=f"1380000000{number}", by=Actor.public(), at=later(3))
    with pytest.raises(Conflict):
        acts.rate_report(report_id=found.pk, grade="dissatisfied", phone="138 0000 0000", by=Actor.public(), at=later(3))
    with pytest.raises(acts.ContactRefused):
        acts.rate_report(report_id=found.pk, grade="great", phone="13800000009", by=Actor.public(), at=later(3))
    found.refresh_from_db()
    assert (found.satisfied, found.basically, found.dissatisfied, found.abstained) == (2, 1, 1, 1)
    assert {f.name for f in ReportVoter._meta.get_fields()} == {"report", "person_index"}
    entries = Entry.objects.filter(kind="contact.report_rated")
    assert entries.count() == 5 and {e.detail for e in entries} == {""}
    assert queries.report_page(found.pk, city["deputy"]).result is None  # nobody sees it before the end
    acts.count_paper(
        report_id=found.pk, counts={"satisfied": 10, "basically": 2, "dissatisfied": 0, "abstained": 1}, by=city["station"], at=later(3)
    )
    with pytest.raises(Conflict):
        acts.count_paper(report_id=found.pk, counts=dict.fromkeys(acts.GRADES, 0), by=city["station"], at=later(3))
    with pytest.raises(NotAllowed):
        acts.count_paper(report_id=found.pk, counts=dict.fromkeys(acts.GRADES, 0), by=city["deputy"], at=later(3))
    acts.close_report(report_id=found.pk, by=city["station"], at=later(10))
    page = queries.report_page(found.pk, Actor.public())
    assert page.rated == 18 and page.result["satisfied"] == 12
    with pytest.raises(acts.ContactRefused):
        acts.rate_report(report_id=found.pk, grade="satisfied", phone="13800000008", by=Actor.public(), at=later(3))


def test_s06_a_result_of_too_few_is_not_shown(city):
    found = opened(city)
    acts.rate_report(report_id=found.pk, grade="dissatisfied", phone=PHONE, by=Actor.public(), at=later(3))
    acts.close_report(report_id=found.pk, by=city["station"], at=later(10))
    assert queries.report_page(found.pk, city["office"]).result is None


@pytest.mark.parametrize("change", [{"title": "短"}, {"body": "短"}, {"site": "none"}, {"held_on": TODAY - timedelta(days=1)}, {"closes_on": TODAY}])
def test_a_report_with_something_wrong_is_not_announced(city, change):
    with pytest.raises(acts.ContactRefused):
        report(city, **change)


def course(city, capacity=1) -> Course:
    plan = acts.make_plan(organ="dgw", year=2026, title="代表学习计划", words="四期", basis="主任会议第三十次会议通过", by=city["office"], at=NOW)
    form = acts.CourseForm("代表法专题", later(5), later(5, 12), "党校一楼", capacity, access="有手语翻译、轮椅通道")
    return acts.add_course(plan_id=plan.pk, form=form, by=city["office"], at=NOW)


QUIZ = [
    acts.QuestionForm("代表能不能指令办案？", ("能", "不能"), 1, "代表法第三十一条"),
    acts.QuestionForm("建议几个月内答复？", ("一", "二", "三"), 2),
]


def test_r8_11_places_in_a_course_are_given_once_each(city):
    found = course(city)
    held = acts.sign_up(course_id=found.pk, by=city["deputy"], at=NOW)
    assert acts.sign_up(course_id=found.pk, by=city["deputy"], at=NOW).pk == held.pk
    with pytest.raises(acts.ContactRefused):
        acts.sign_up(course_id=found.pk, by=city["deputy2"], at=NOW)
    acts.leave_course(course_id=found.pk, by=city["deputy"], at=NOW)
    with pytest.raises(Conflict):
        acts.leave_course(course_id=found.pk, by=city["deputy"], at=NOW)
    acts.sign_up(course_id=found.pk, by=city["deputy2"], at=NOW)
    with pytest.raises(NotAllowed):
        acts.sign_up(course_id=found.pk, by=city["station"], at=NOW)
    with pytest.raises(acts.ContactRefused):  # not before it began
        acts.mark_attended(course_id=found.pk, account_ids=[city["deputy2"].id], by=city["office"], at=NOW)
    assert acts.mark_attended(course_id=found.pk, account_ids=[city["deputy2"].id, city["deputy"].id], by=city["office"], at=later(5, 12)) == 1
    assert acts.mark_attended(course_id=found.pk, account_ids=[city["deputy2"].id], by=city["office"], at=later(5, 12)) == 0
    assert DutyFact.objects.get().kind == "study" and SignUp.objects.filter(attended_at__isnull=False).count() == 1
    with pytest.raises(Conflict):  # it has begun
        acts.cancel_course(course_id=found.pk, reason="老师临时有事。", by=city["office"], at=later(6))
    page = queries.plan_page("dgw", 2026, city["deputy2"])
    assert page.mine == {found.pk} and queries.plan_page("dgw", 2026, Actor.public()).mine == set()


def test_materials_are_read_by_those_who_learn(city):
    found = course(city)
    acts.add_material(course_id=found.pk, title="代表法条文", words="第三十一条……", data=b"", by=city["office"], at=NOW)
    made = acts.add_material(course_id=found.pk, title="讲义", words="", data=b"%PDF-1.7\n%%EOF\n", by=city["office"], at=NOW)
    assert (made.position, made.kind) == (2, "application/pdf")
    assert queries.material_file(made.pk, city["deputy"])[1].startswith(b"%PDF-")
    for name in ("station", "clerk"):
        with pytest.raises(NotAllowed):
            queries.material_file(made.pk, city[name])
    for words, data in (("", b""), ("", b"MZ\x90"), ("", png()[:20])):
        with pytest.raises(acts.ContactRefused):
            acts.add_material(course_id=found.pk, title="讲义", words=words, data=data, by=city["office"], at=NOW)


def test_a_quiz_is_marked_may_be_tried_again_and_is_fixed_once_taken(city):
    found = course(city)
    questions = acts.set_quiz(course_id=found.pk, questions=QUIZ, by=city["office"], at=NOW)
    questions = acts.set_quiz(course_id=found.pk, questions=QUIZ, by=city["office"], at=NOW)
    right = {q.pk: q.options.get(right=True).pk for q in questions}
    wrong = {**right, questions[1].pk: questions[1].options.filter(right=False).first().pk}
    take = {"course_id": found.pk, "by": city["deputy"], "at": NOW}
    with pytest.raises(acts.ContactRefused):  # no place in it
        acts.take_quiz(chosen=right, submission_key=key("t0"), **take)
    acts.sign_up(course_id=found.pk, by=city["deputy"], at=NOW)
    assert not queries.course_page(found.pk, city["deputy"]).shows_right
    for bad in ({}, {questions[0].pk: right[questions[0].pk]}, {**right, questions[0].pk: right[questions[1].pk]}, {**right, questions[0].pk: 0}):
        with pytest.raises(acts.ContactRefused):
            acts.take_quiz(chosen=bad, submission_key=key("t1"), **take)
    first = acts.take_quiz(chosen=wrong, submission_key=key("t1"), **take)
    assert (first.right, first.asked, first.passed) == (1, 2, False)
    assert acts.take_quiz(chosen=right, submission_key=key("t1"), **take).pk == first.pk  # the same form
    assert acts.take_quiz(chosen=right, submission_key=key("t2"), **take).passed
    page = queries.course_page(found.pk, city["deputy"])
    assert page.shows_right and page.best.right == 2 and len(page.quiz[1].options.all()) == 3 and page.sign_ups == []
    with pytest.raises(Conflict):
        acts.set_quiz(course_id=found.pk, questions=QUIZ, by=city["office"], at=NOW)
    with CaptureQueriesContext(connection) as ran:
        queries.course_page(found.pk, city["office"])
    assert len(ran) <= 10


@pytest.mark.parametrize(
    "question",
    [
        acts.QuestionForm("短", ("是", "否"), 0), acts.QuestionForm("只有一个选项？", ("是",), 0),
        acts.QuestionForm("两个选项一样？", ("是", "是"), 0), acts.QuestionForm("没有对的一项？", ("是", "否"), 2),
        acts.QuestionForm("有空的选项？", ("是", " "), 0),
    ],
)  # fmt: skip
def test_a_quiz_with_something_wrong_is_not_set(city, question):
    with pytest.raises(acts.ContactRefused):
        acts.set_quiz(course_id=course(city).pk, questions=[question], by=city["office"], at=NOW)


def test_plans_are_made_once_a_year_by_the_office(city):
    course(city)
    with pytest.raises(Conflict):
        course(city)
    with pytest.raises(NotAllowed):
        acts.make_plan(organ="dgw", year=2027, title="代表学习计划", words="", basis="主任会议通过", by=city["deputy"], at=NOW)
    plan = queries.plan_page("dgw", 2026, Actor.public()).plan
    with pytest.raises(acts.ContactRefused):
        acts.add_course(
            plan_id=plan.pk, form=acts.CourseForm("明年的课程", later(100), later(100, 12), "党校", 5), by=city["office"], at=NOW
        )

