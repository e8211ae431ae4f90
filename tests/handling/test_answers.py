"""Contact, the answer in fixed form and its signature, copies, rating by the author alone, redo, assessment (R7.07–R7.11)."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from quancheng.handling import acts, queries, tasks
from quancheng.handling.models import Answer, AnswerCopy, Assessment, Contact, Message, Rating
from quancheng.ledger import queries as ledger
from quancheng.people.permissions import NotAllowed
from quancheng.procedures.models import Clock
from quancheng.suggestions import acts as suggestions
from tests.cities import AT, TEXT, clock, day, state

SIGNED = day(date(2026, 3, 30))
RATED = day(date(2026, 4, 1))
WHY = "路面只补了一半，排水沟还是堵的。"


def test_r7_07_no_answer_before_the_deputy_was_spoken_with(city):
    made, (share,) = city.assigned()
    with pytest.raises(acts.HandlingRefused, match="沟通") as refusal:
        city.answer(share, SIGNED, contact=False)
    assert refusal.value.field == "contact" and state(made) == "assigned"
    city.contact(share, SIGNED)
    assert state(made) == "contacting"
    acts.sign_answer(answer_id=Answer.objects.get().pk, by=city["zjj_head"], at=SIGNED)
    assert state(made) == "answered"


def test_r7_07_a_contact_that_the_deputy_disputes_does_not_count(city):
    made, (share,) = city.assigned(cosigners=("d2",))
    city.contact(share, AT)
    found = Contact.objects.get()
    assert Message.objects.filter(account_id=city["d1"].id, kind="contacted").exists()
    with pytest.raises(acts.HandlingRefused, match="提出人"):
        acts.dispute_contact(contact_id=found.pk, words="没有人来过，也没有电话。", by=city["d3"], at=AT)
    acts.dispute_contact(contact_id=found.pk, words="没有人来过，也没有电话。", by=city["d2"], at=AT)
    with pytest.raises(acts.HandlingRefused, match="沟通"):
        city.answer(share, SIGNED, contact=False)
    with pytest.raises(acts.Conflict):
        acts.dispute_contact(contact_id=found.pk, words="没有人来过，也没有电话。", by=city["d1"], at=AT)


@pytest.mark.parametrize("on", [date(2026, 3, 1), date(2026, 3, 31)])
def test_r7_07_contact_lies_between_assignment_and_today(city, on):
    _, (share,) = city.assigned()
    with pytest.raises(acts.HandlingRefused):
        acts.record_contact(assignment_id=share.pk, manner="visit", on=on, words="一起看了现场。", by=city["zjj_clerk"], at=SIGNED)


def test_r7_09_signed_by_the_head_in_fixed_form_and_given_to_each_cosigner(city):
    made, (share,) = city.assigned(cosigners=("d2", "d3"))
    city.contact(share, AT)
    draft = city.drafted(share, AT)
    with pytest.raises(NotAllowed):
        acts.sign_answer(answer_id=draft.pk, by=city["zjj_clerk"], at=SIGNED)
    with pytest.raises(NotAllowed):
        acts.sign_answer(answer_id=draft.pk, by=city["jtj_head"], at=SIGNED)
    signed = acts.sign_answer(answer_id=draft.pk, by=city["zjj_head"], at=SIGNED)
    form = queries.answer_form(Answer.objects.select_related("assignment__case__organ", "assignment__unit", "signed_by").get())
    for words in ("2026年闭会期间第1号建议的答复", "A类", "濮建〔2026〕1号", TEXT, "签发人：甲zjj_head", "2026年3月30日", "王工", "抄送：市人大常委会代表工委"):
        assert words in form
    readers = [copy.account_id for copy in queries.copies_of(signed)]
    assert readers == [city[name].id for name in ("d1", "d2", "d3")]
    assert acts.mark_read(answer_id=signed.pk, by=city["d2"], at=SIGNED)
    assert not acts.mark_read(answer_id=signed.pk, by=city["d2"], at=SIGNED)
    assert not acts.mark_read(answer_id=signed.pk, by=city["d9"], at=SIGNED)
    assert AnswerCopy.objects.filter(read_at=None).count() == 2
    assert not Clock.objects.filter(case=made.case, key=f"answer:{share.pk}", stopped_at=None).exists()
    assert clock(made.case_id, "rate").due_on == date(2026, 4, 14)  # ten working days; 4–6 April is 清明


def test_a_draft_goes_to_the_head_and_back(city):
    _, (share,) = city.assigned()
    draft = city.drafted(share, AT)
    acts.send_to_head(answer_id=draft.pk, by=city["zjj_clerk"], at=AT)
    assert [a.pk for a in queries.waiting_for_signature(city["zjj_head"])] == [draft.pk]
    assert queries.waiting_for_signature(city["jtj_head"]) == []
    back = acts.return_draft(answer_id=draft.pk, words="请补充完成时间。", by=city["zjj_head"], at=AT)
    assert back.returned_note and back.sent_at is None
    assert Message.objects.filter(account_id=city["zjj_clerk"].id, kind="returned").exists()
    with pytest.raises(acts.Conflict):
        acts.return_draft(answer_id=draft.pk, words="请补充完成时间。", by=city["zjj_head"], at=AT)


def test_two_who_draft_at_once_cannot_both_win(city):
    _, (share,) = city.assigned()
    draft = city.drafted(share, AT)
    paper = acts.Draft(outcome="C", text=TEXT + "另外。")
    acts.draft_answer(assignment_id=share.pk, draft=paper, edits=draft.edits, by=city["zjj_head"], at=AT)
    with pytest.raises(acts.Conflict):
        acts.draft_answer(assignment_id=share.pk, draft=paper, edits=draft.edits, by=city["zjj_clerk"], at=AT)


@pytest.mark.parametrize(
    "changed",
    [
        {"outcome": "E"}, {"text": "已办。"}, {"text": "长" * 20_001}, {"outcome": "B"}, {"outcome": "B", "promise": "修路"},
        {"outcome": "B", "promise": "修路", "promised_for": AT.date()},
    ],
)  # fmt: skip
def test_r7_10_an_answer_has_its_class_and_b_has_a_promise_with_a_day(city, changed):
    _, (share,) = city.assigned()
    with pytest.raises(acts.HandlingRefused):
        city.drafted(share, AT, **changed)


def test_the_database_keeps_a_b_answer_to_its_promise(city):
    _, (share,) = city.assigned()
    draft = city.drafted(share, AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Answer.objects.filter(pk=draft.pk).update(outcome="B")


def test_a_signed_answer_never_changes_and_the_ledger_would_tell(city):
    _, (share,) = city.assigned()
    signed = city.answer(share, SIGNED)
    with pytest.raises(acts.Conflict):
        city.drafted(share, SIGNED)
    with pytest.raises(acts.Conflict):
        acts.sign_answer(answer_id=signed.pk, by=city["zjj_head"], at=SIGNED)
    assert list(tasks.changed_answers()) == []
    Answer.objects.filter(pk=signed.pk).update(text=TEXT + "改了。")
    assert any("摘要不符" in line for line in tasks.changed_answers())
    assert "answers" in ledger._CHECKERS


def test_r7_06_an_assistants_view_goes_to_the_lead_not_to_the_deputy(city):
    made, (lead, assist) = city.assigned(assisting=("jtj",))
    view = city.answer(assist, SIGNED)
    assert state(made) == "assigned" and not AnswerCopy.objects.exists() and view.number == ""
    assist.refresh_from_db()
    assert assist.end == "answered"
    assert not queries.record(made.case, SIGNED.date()).signed()
    assert [a.pk for a in queries.record(made.case, SIGNED.date()).signed("assist")] == [view.pk]
    assert lead.ended_at is None


def test_separate_units_each_answer_and_are_rated_each(city):
    made, (first, second) = city.assigned(separate=("zjj", "jtj"))
    one = city.answer(first, SIGNED)
    assert state(made) == "contacting" and AnswerCopy.objects.filter(answer=one).exists()
    with pytest.raises(acts.Conflict):  # the other has not answered: the round is not complete
        city.rate(one, at=SIGNED)
    two = city.answer(second, SIGNED)
    assert state(made) == "answered"
    city.rate(one, "dissatisfied", WHY, at=RATED)
    assert state(made) == "answered" and clock(made.case_id, f"redo:{first.pk}").due_on == date(2026, 5, 6)
    city.rate(two, "satisfied", at=RATED)
    assert state(made) == "redo"
    second.refresh_from_db()
    assert second.end == "answered"
    again = city.answer(first, day(date(2026, 4, 20)))
    assert again.round == 2 and state(made) == "answered_again"
    city.rate(again, "basically", at=day(date(2026, 4, 21)))
    assert state(made) == "closed"


def test_separate_units_of_which_one_was_never_rated(city):
    made, (first, second) = city.assigned(separate=("zjj", "jtj"))
    one = city.answer(first, SIGNED)
    city.answer(second, SIGNED)
    city.rate(one, "dissatisfied", WHY, at=RATED)
    assert not acts.lapse(case_id=made.case_id, at=day(date(2026, 4, 14)))  # its last day
    assert acts.lapse(case_id=made.case_id, at=day(date(2026, 4, 15)))
    assert state(made) == "redo"
    second.refresh_from_db()
    assert second.end == "answered"
    assert city.answer(first, day(date(2026, 4, 20))).round == 2 and state(made) == "answered_again"


def test_r7_11_satisfied_ends_it(city):
    made, (share,) = city.assigned()
    answer = city.answer(share, SIGNED)
    city.rate(answer, "basically", at=RATED)
    assert state(made) == "closed" and not Clock.objects.filter(case=made.case, stopped_at=None).exists()
    share.refresh_from_db()
    assert share.end == "answered"


def test_r7_11_not_satisfied_redo_still_not_satisfied_assessed(city):
    made, (share,) = city.assigned()
    first = city.answer(share, SIGNED)
    with pytest.raises(acts.HandlingRefused, match="理由"):
        city.rate(first, "dissatisfied", " ", at=RATED)
    city.rate(first, "dissatisfied", WHY, at=RATED)
    assert state(made) == "redo" and clock(made.case_id, f"redo:{share.pk}").due_on == date(2026, 5, 6)  # 1 May is a holiday
    with pytest.raises(acts.HandlingRefused, match="沟通"):  # once more with the deputy
        city.answer(share, day(date(2026, 4, 20)), contact=False)
    second = city.answer(share, day(date(2026, 4, 20)), text=TEXT + "排水沟也疏通了。")
    assert (second.round, second.number) == (2, "濮建〔2026〕2号") and state(made) == "answered_again"
    city.rate(second, "dissatisfied", "疏通后一周又堵了。", at=day(date(2026, 4, 22)))
    assert state(made) == "assessing"
    with pytest.raises(NotAllowed):
        acts.assess(case_id=made.case_id, words="x" * 30, by=city["zjj_head"], at=day(date(2026, 5, 11)))
    with pytest.raises(acts.HandlingRefused):
        acts.assess(case_id=made.case_id, words="专家和承办单位一起到现场评估，认为应当更换排水管。", finding="follow", by=city["office"], at=day(date(2026, 5, 11)))
    acts.assess(
        case_id=made.case_id, words="专家和承办单位一起到现场评估，认为应当更换排水管。", finding="follow", members="市政专家三名、住建局、代表",
        promise="更换排水管二百米", promised_for=date(2026, 10, 31), by=city["office"], at=day(date(2026, 5, 11)),
    )
    assert Assessment.objects.get().finding == "follow" and state(made) == "tracking"
    assert queries.open_commitments(date(2026, 5, 12), unit="zjj")[0].commitment.words == "更换排水管二百米"


def test_r7_11_assessment_may_find_that_the_answer_stands(city):
    made, (share,) = city.assigned()
    city.rate(city.answer(share, SIGNED), "dissatisfied", WHY, at=RATED)
    second = city.answer(share, day(date(2026, 4, 20)))
    city.rate(second, "dissatisfied", WHY, at=day(date(2026, 4, 22)))
    acts.assess(case_id=made.case_id, words="专家和承办单位一起到现场评估，认为答复是适当的。", by=city["office"], at=day(date(2026, 5, 11)))
    assert state(made) == "closed"


def test_a_rating_page_opened_before_the_redo_is_refused(city):
    made, (share,) = city.assigned()
    first = city.answer(share, SIGNED)
    city.rate(first, "dissatisfied", WHY, at=RATED)
    with pytest.raises(acts.Conflict, match="重新办理"):
        city.rate(first, "satisfied", at=RATED)
    city.answer(share, day(date(2026, 4, 20)))
    with pytest.raises(acts.Conflict):
        city.rate(first, "satisfied", at=day(date(2026, 4, 21)))
    assert Rating.objects.count() == 1 and state(made) == "answered_again"


@pytest.mark.parametrize("who", ["zjj_head", "zjj_clerk", "office", "d2", "chair"])
def test_s28_only_the_lead_sponsor_rates(city, who):
    _, (share,) = city.assigned(cosigners=("d2",))
    answer = city.answer(share, SIGNED)
    with pytest.raises(NotAllowed):
        suggestions.rate(answer_id=answer.pk, grade="satisfied", reason="", by=city[who], at=RATED)
    with pytest.raises(acts.HandlingRefused):
        city.rate(answer, "excellent", at=RATED)


def test_r7_11_who_does_not_reply_after_a_reminder_is_left_out_of_the_rate(city, settings, monkeypatch):
    from django.utils import timezone

    made, (share,) = city.assigned()
    city.answer(share, SIGNED)
    assert not acts.lapse(case_id=made.case_id, at=day(date(2026, 4, 14)))
    monkeypatch.setattr(timezone, "now", lambda: day(date(2026, 4, 15)))
    assert tasks.close_unrated() == 0  # nobody reminded him yet
    tasks.remind()
    assert Message.objects.filter(account_id=city["d1"].id, kind="rate").count() == 1
    assert tasks.close_unrated() == 1 and state(made) == "closed"
    (line,) = queries.league(date(2026, 1, 1), date(2027, 1, 1), date(2026, 4, 16), ("suggestion",))
    assert (line.answered, line.rated, line.satisfaction) == (1, 0, 0.0)


def test_r7_08_redo_may_be_extended_to_two_months(city):
    _, (share,) = city.assigned()
    city.rate(city.answer(share, SIGNED), "dissatisfied", WHY, at=RATED)
    with pytest.raises(acts.HandlingRefused, match="2026年6月1日"):
        acts.extend(assignment_id=share.pk, new_due_on=date(2026, 6, 2), reason="需要重新招标", by=city["approver"], at=RATED)
    found = acts.extend(assignment_id=share.pk, new_due_on=date(2026, 6, 1), reason="需要重新招标", by=city["approver"], at=RATED)
    assert found.due_on == date(2026, 6, 1)


def test_templates_belong_to_a_unit(city):
    made = acts.save_template(unit="zjj", title="道路类", text="已经安排修补。", by=city["zjj_clerk"], at=AT)
    acts.save_template(unit="zjj", title="道路类", text="已经安排修补并养护。", by=city["zjj_head"], at=AT)
    assert [t.text for t in queries.templates("zjj", city["zjj_clerk"])] == ["已经安排修补并养护。"]
    for act in (
        lambda: queries.templates("zjj", city["jtj_clerk"]),
        lambda: acts.save_template(unit="zjj", title="别家", text="已经安排。", by=city["jtj_clerk"], at=AT),
        lambda: acts.remove_template(template_id=made.pk, by=city["jtj_clerk"], at=AT),
    ):
        with pytest.raises(NotAllowed):
            act()
    acts.remove_template(template_id=made.pk, by=city["zjj_head"], at=AT)
    assert queries.templates("zjj", city["zjj_clerk"]) == []


def test_messages_are_the_accounts_own(city):
    city.assigned()
    told = queries.messages(city["d1"])
    assert queries.unseen(city["d1"]) == len(told) > 0
    assert acts.mark_seen(message_ids=[m.pk for m in told], by=city["d2"], at=AT) == 0
    assert acts.mark_seen(message_ids=[m.pk for m in told], by=city["d1"], at=AT) == len(told)
    assert queries.unseen(city["d1"]) == 0


def test_s15_who_has_a_stake_takes_no_part(city):
    made, (share,) = city.assigned()
    with pytest.raises(NotAllowed):
        acts.recuse(case_id=made.case_id, account_id=city["zjj_head"].id, reason="施工单位负责人是其亲属", by=city["jtj_head"], at=AT)
    acts.recuse(case_id=made.case_id, account_id=city["zjj_clerk"].id, reason="施工单位负责人是其亲属", by=city["office"], at=AT)
    with pytest.raises(acts.HandlingRefused, match="回避"):
        city.drafted(share, AT)
    draft = acts.draft_answer(assignment_id=share.pk, draft=acts.Draft(outcome="A", text=TEXT), by=city["zjj_head"], at=AT)
    acts.recuse(case_id=made.case_id, account_id=city["zjj_head"].id, reason="与施工单位有利害关系", by=city["zjj_head"], at=AT)
    with pytest.raises(acts.HandlingRefused, match="回避"):
        acts.sign_answer(answer_id=draft.pk, by=city["zjj_head"], at=AT)
    with pytest.raises(acts.Conflict):
        acts.recuse(case_id=made.case_id, account_id=city["zjj_head"].id, reason="与施工单位有利害关系", by=city["zjj_head"], at=AT)


def test_s28_the_engine_itself_keeps_the_rating_to_the_lead_sponsor(city):
    _, (share,) = city.assigned(cosigners=("d2",))
    answer = city.answer(share, SIGNED)
    with pytest.raises(NotAllowed):  # a deputy, but not the one
        acts.rate(answer_id=answer.pk, grade="satisfied", reason="", by=city["d2"], at=RATED, organ="pyrd")
    with pytest.raises(acts.Conflict):  # and nobody drops a case that runs
        acts.withdraw_handling(case_id=answer.assignment.case_id, reason="不想办了", by=city["office"], at=RATED, held="suggestion.assign")
