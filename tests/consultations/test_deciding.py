"""Each opinion is decided on with a reason by a named person, answered, and told to its author; nothing is forgotten."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from quancheng.consultations import acts, answering, queries, reporting, tasks
from quancheng.consultations.models import (
    ClauseChange,
    Consultation,
    DecisionRecord,
    ImportBatch,
    Note,
    Opinion,
)
from quancheng.ledger.models import Entry
from quancheng.people import acts as people
from quancheng.people import queries as people_queries
from quancheng.people.models import Notice
from quancheng.people.permissions import NotAllowed
from quancheng.procedures import acts as procedures
from quancheng.procedures import jobs
from quancheng.procedures.models import Clock, Job
from quancheng.texts import acts as texts
from tests.consultations.conftest import DRAFT, OPENING, OVER, REASON

REFUSAL = "维护井盖需要成本，暂不宜作统一规定。"


@pytest.fixture
def later(town, asked):
    """The version after the one asked about."""
    return texts.draft_next(
        version_id=asked.version_id, source=DRAFT.replace("二十四小时", "十二小时"), label="草案修改稿", explanation="说明",
        by=town.actors["lead"], at=OVER,
    )


def link(town, opinion, version, anchor="a3", by="clerk"):
    return acts.link_change(opinion_ids=[opinion.pk], version_id=version.pk, anchor=anchor, by=town.actors[by], at=OVER)


# deciding


@pytest.mark.parametrize("decision", ["adopted", "partly", "covered", "implementation", "not_adopted", "out_of_scope"])
def test_r1_13_a_decision_is_one_of_the_list(town, asked, decision):
    said = town.say(asked)
    assert town.decide(said, decision=decision) == 1
    said.refresh_from_db()
    assert (said.state, said.decision, said.reason, said.decided_by_id) == ("decided", decision, REASON, town.actors["clerk"].id)


@pytest.mark.parametrize("decision", ["duplicate", "", "maybe"])
def test_r1_13_same_as_another_comes_of_merging_only(town, asked, decision):
    with pytest.raises(acts.DecisionRefused):
        town.decide(town.say(asked), decision=decision)


@pytest.mark.parametrize("reason", ["", "不采纳", "一二三四五六七八九", "  一 二 三 四 五 六 七 八 九  ", "\u200b\u202e" * 10, "长" * 5001])
@pytest.mark.parametrize("decision", ["adopted", "not_adopted"])
def test_s09_no_decision_without_its_reason(town, asked, decision, reason):
    said = town.say(asked)
    with pytest.raises(acts.DecisionRefused):
        town.decide(said, decision=decision, reason=reason)
    said.refresh_from_db()
    assert said.state == "received" and not DecisionRecord.objects.exists()


def test_s13_a_decision_may_be_mended_before_the_reply_and_both_stay_on_record(town, asked):
    said = town.say(asked)
    town.decide(said, decision="not_adopted", reason=REFUSAL)
    town.decide(said, by="clerk2")
    assert list(said.decision_records.order_by("id").values_list("decision", flat=True)) == ["not_adopted", "adopted"]
    assert Entry.objects.filter(subject=said.public_id, kind="opinion.decided").count() == 2


def test_two_staff_at_once_the_second_is_told_who_was_faster(town, asked):
    said = town.say(asked)
    seen = {said.pk: said.moves}
    town.decide(said, moves=seen)
    with pytest.raises(acts.Conflict, match="甲clerk处理为“采纳”"):
        town.decide(said, decision="not_adopted", reason=REFUSAL, by="clerk2", moves=seen)
    said.refresh_from_db()
    assert said.decision == "adopted" and said.decision_records.count() == 1


def test_many_are_decided_at_once_or_none(town, asked):
    said = [town.say(asked, f"话{n}") for n in range(3)]
    town.decide(said[1])
    with pytest.raises(acts.Conflict):
        town.decide(*said, decision="not_adopted", reason=REFUSAL, moves={o.pk: 0 for o in said})
    assert Opinion.objects.filter(state="received").count() == 2
    assert town.decide(*said, decision="not_adopted", reason=REFUSAL) == 3
    assert set(Opinion.objects.values_list("reason", flat=True)) == {REFUSAL}


def test_opinions_of_two_consultations_are_not_mixed(town, asked):
    other = town.say(town.open(slug="other"))
    for ids in ([town.say(asked).pk, other.pk], [10**9], [], list(range(1, 2003))):
        with pytest.raises(acts.DecisionRefused):
            acts.decide(opinion_ids=ids, decision="adopted", reason=REASON, by=town.actors["clerk"], at=OVER)


@pytest.mark.parametrize("who", ["releaser", "station", "deputy", "foreign"])
def test_r10_08_only_the_organs_own_staff_work_on_opinions(town, asked, later, who):
    said, by = town.say(asked), town.actors[who]
    town.decide(said)
    other = town.say(asked, "又")
    for act, more in (
        (acts.decide, {"opinion_ids": [said.pk], "decision": "adopted", "reason": REASON}),
        (acts.merge, {"leader_id": said.pk, "opinion_ids": [other.pk]}), (acts.split, {"opinion_id": said.pk}),
        (acts.assign, {"opinion_ids": [said.pk], "assignee_id": None}), (acts.add_note, {"opinion_id": said.pk, "text": "话"}),
        (acts.link_change, {"opinion_ids": [said.pk], "version_id": later.pk, "anchor": "a3"}),
        (acts.unlink_change, {"opinion_id": said.pk, "version_id": later.pk, "anchor": "a3"}),
        (acts.mark_sorted, {"consultation_id": asked.pk}), (acts.mark_decided, {"consultation_id": asked.pk}),
        (acts.reply_all, {"consultation_id": asked.pk}), (acts.request_reply, {"consultation_id": asked.pk}),
        (acts.close, {"consultation_id": asked.pk}),
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            act(by=by, at=OVER, **more)


# merging


def test_s10_merging_keeps_every_author_and_the_count_apart(town, asked):
    leader, *same = [town.say(asked, f"井盖当天补上{n}", phone=f"1380000000{n}") for n in range(4)]
    clerk = town.actors["clerk"]
    assert acts.merge(leader_id=leader.pk, opinion_ids=[o.pk for o in same], by=clerk, at=OVER) == 3
    assert list(Opinion.objects.filter(merged_into=leader).order_by("id")) == same
    assert Opinion.objects.count() == 4 and queries.by_receipt(same[0].receipt_code).merged_count == 3
    assert [people_queries.subjects_of(f"1380000000{n}") for n in range(1, 4)] == [[o.public_id] for o in same]


def test_what_was_merged_before_comes_along_and_every_step_is_recorded(town, asked):
    a, b, c = (town.say(asked, f"话{n}") for n in range(3))
    clerk = town.actors["clerk"]
    acts.merge(leader_id=b.pk, opinion_ids=[c.pk], by=clerk, at=OVER)
    acts.merge(leader_id=a.pk, opinion_ids=[b.pk], by=clerk, at=OVER)
    c.refresh_from_db()
    assert c.merged_into_id == a.pk and c.moves == 2
    told = Entry.objects.filter(subject=c.public_id, kind="opinion.merged").order_by("id")
    assert [b.public_id in told[0].detail, a.public_id in told[1].detail] == [True, True]


def test_merging_is_refused_where_it_would_lose_somebody(town, asked):
    a, b, c, d = (town.say(asked, f"话{n}") for n in range(4))
    clerk = town.actors["clerk"]
    acts.merge(leader_id=a.pk, opinion_ids=[b.pk], by=clerk, at=OVER)
    town.decide(c)
    acts.erase_words(opinion_id=d.pk, ground="本人来电申请删除", by=town.actors["lead"], at=OVER)
    other = town.say(town.open(slug="other"))
    for leader, members in ((b, [c]), (a, []), (a, [a]), (a, [b]), (a, [c]), (d, [a]), (a, [other])):
        with pytest.raises(acts.DecisionRefused):
            acts.merge(leader_id=leader.pk, opinion_ids=[o.pk for o in members], by=clerk, at=OVER)
    with pytest.raises(acts.DecisionRefused, match="已并入"):
        town.decide(b)


def test_a_merged_one_is_taken_out_again(town, asked):
    a, b = town.say(asked), town.say(asked, "又")
    clerk = town.actors["clerk"]
    with pytest.raises(acts.DecisionRefused):
        acts.split(opinion_id=b.pk, by=clerk, at=OVER)
    acts.merge(leader_id=a.pk, opinion_ids=[b.pk], by=clerk, at=OVER)
    acts.split(opinion_id=b.pk, by=clerk, at=OVER)
    b.refresh_from_db()
    assert (b.state, b.merged_into_id) == ("received", None)


# colleagues


def test_work_goes_only_to_colleagues_who_may_do_it(town, asked):
    said, lead = town.say(asked), town.actors["lead"]
    closed = people.create_account(username="gone", name="离职", password="long-enough-pass-1", at=OPENING)
    people.give_office(account_id=closed.pk, organ="fgw", role="clerk", valid_from=date(2022, 1, 1), at=OPENING)
    type(closed).objects.filter(pk=closed.pk).update(closed_at=OPENING)
    for wrong in (*(town.actors[who].id for who in ("foreign", "releaser", "station", "deputy")), closed.pk, 10**9):
        with pytest.raises(acts.DecisionRefused, match="只能分配给"):
            acts.assign(opinion_ids=[said.pk], assignee_id=wrong, by=lead, at=OVER)
    for right in (town.actors["clerk2"].id, None):
        assert acts.assign(opinion_ids=[said.pk], assignee_id=right, by=lead, at=OVER) == 1
        said.refresh_from_db()
        assert said.assignee_id == right


def test_notes_stay_inside(town, asked):
    said = town.say(asked)
    acts.add_note(opinion_id=said.pk, text=" 与第二件联系\u202e起来看 ", by=town.actors["clerk"], at=OVER)
    assert Note.objects.get().text == "与第二件联系起来看"
    assert "联系" not in str(list(reporting.open_data(asked.pk))) + str(queries.by_receipt(said.receipt_code))
    for wrong in (" ", "长" * 5001):
        with pytest.raises(acts.DecisionRefused):
            acts.add_note(opinion_id=said.pk, text=wrong, by=town.actors["clerk"], at=OVER)


def test_a_prepared_reason_needs_its_kind_its_name_and_ten_characters(town):
    good = {"organ": "fgw", "decision": "covered", "title": "已有", "text": "草案第三条已有规定，予以说明。"}
    made = acts.save_template(by=town.actors["clerk"], at=OPENING, **good)
    changed = acts.save_template(by=town.actors["clerk"], at=OPENING, template_id=made.pk, **{**good, "title": "新名"})
    assert [t.title for t in queries.templates("fgw")] == ["新名"] and changed.pk == made.pk
    for wrong in ({"decision": "x"}, {"title": " "}, {"text": "短"}):
        with pytest.raises(acts.DecisionRefused):
            acts.save_template(by=town.actors["clerk"], at=OPENING, **{**good, **wrong})
    with pytest.raises(NotAllowed):
        acts.save_template(by=town.actors["foreign"], at=OPENING, **good)
    acts.remove_template(template_id=made.pk, organ="fgw", by=town.actors["clerk"], at=OPENING)
    assert queries.templates("fgw") == []


# where the sentence went


def test_an_adopted_opinion_is_linked_to_the_clause_that_it_changed(town, asked, later):
    said = town.say(asked, anchor="a3")
    town.decide(said)
    assert link(town, said, later) == 1 and link(town, said, later) == 0
    asked.refresh_from_db()
    assert asked.next_version_id == later.pk
    [entry] = Entry.objects.filter(subject=said.public_id, kind="opinion.changed_clause")
    assert entry.detail == ""  # that it was adopted is told to the author first


def test_only_what_was_adopted_changes_a_clause_of_a_later_version(town, asked, later):
    said, clerk = town.say(asked, anchor="a3"), town.actors["clerk"]
    with pytest.raises(acts.DecisionRefused, match="采纳"):
        link(town, said, later)
    town.decide(said, decision="covered")
    with pytest.raises(acts.DecisionRefused, match="采纳"):
        link(town, said, later)
    town.decide(said, decision="partly")
    _, foreign = town.bill()
    for version, anchor in ((later, "a99"), (later, "\x00"), (foreign, "a3"), (asked.version, "a3")):
        with pytest.raises(acts.DecisionRefused):
            acts.link_change(opinion_ids=[said.pk], version_id=version.pk, anchor=anchor, by=clerk, at=OVER)
    assert not ClauseChange.objects.exists()


def test_what_changed_a_clause_cannot_be_turned_away_unless_the_link_is_taken_back(town, asked, later):
    said, alone = town.say(asked, anchor="a3"), town.say(asked, "又")
    town.decide(said)
    link(town, said, later)
    with pytest.raises(acts.DecisionRefused, match="先撤回关联"):
        town.decide(said, alone, decision="not_adopted", reason=REFUSAL)
    alone.refresh_from_db()
    assert alone.state == "received"
    town.decide(said, decision="partly")
    acts.unlink_change(opinion_id=said.pk, version_id=later.pk, anchor="a3", by=town.actors["clerk2"], at=OVER)
    town.decide(said, decision="not_adopted", reason=REFUSAL)
    asked.refresh_from_db()
    assert asked.next_version_id is None and not ClauseChange.objects.exists()
    kinds = list(Entry.objects.filter(subject=said.public_id).order_by("id").values_list("kind", flat=True))
    assert kinds[-4:] == ["opinion.changed_clause", "opinion.decided", "opinion.unlinked_clause", "opinion.decided"]


def test_a_link_is_taken_back_once_and_never_after_the_reply(town, asked, later):
    said, other = town.say(asked, anchor="a3"), town.say(asked, "又", anchor="a3")
    town.decide(said, other)
    link(town, said, later)
    link(town, said, later, anchor="a2")
    link(town, other, later)
    take_back = {"opinion_id": said.pk, "version_id": later.pk, "by": town.actors["clerk"], "at": OVER}
    acts.unlink_change(anchor="a2", **take_back)
    with pytest.raises(acts.DecisionRefused, match="没有这一处关联"):
        acts.unlink_change(anchor="a2", **take_back)
    asked.refresh_from_db()
    assert asked.next_version_id == later.pk  # another link still leads there
    town.sorted(asked)
    town.answered(asked)
    with pytest.raises(acts.DecisionRefused, match="已经答复"):
        acts.unlink_change(anchor="a3", **take_back)
    with pytest.raises(acts.DecisionRefused, match="已经答复"):
        town.decide(said, decision="partly")


# to the end


def test_r1_01_the_window_is_not_closed_before_its_end(town, asked):
    with pytest.raises(acts.NotOpen, match="不能提前截止"):
        acts.close(consultation_id=asked.pk, by=town.actors["clerk"], at=OVER - timedelta(seconds=1))
    acts.close(consultation_id=asked.pk, by=town.actors["clerk"], at=OVER)
    clocks = {clock.key: clock for clock in Clock.objects.filter(case=asked.case)}
    assert clocks["window"].stopped_at == OVER and clocks["result"].stopped_at is None
    assert clocks["result"].due_on == date(2026, 12, 23)  # R1.02: fifteen working days after 2 December


def test_hard_stop_7_no_consultation_goes_on_with_undecided_opinions(town, asked):
    done, merged, open_one = town.say(asked, "一"), town.say(asked, "二"), town.say(asked, "三")
    acts.merge(leader_id=done.pk, opinion_ids=[merged.pk], by=town.actors["clerk"], at=OVER)
    town.decide(done)
    town.sorted(asked)
    step = {"consultation_id": asked.pk, "by": town.actors["clerk"], "at": OVER}
    with pytest.raises(acts.Undecided, match="还有1件") as refused:
        acts.mark_decided(**step)
    assert refused.value.count == 1
    town.decide(open_one)
    acts.mark_decided(**step)
    acts.split(opinion_id=merged.pk, by=town.actors["clerk"], at=OVER)  # and once more in the last moment
    for act in (acts.reply_all, acts.request_reply):
        with pytest.raises(acts.Undecided):
            act(**step)
    assert not Opinion.objects.filter(state="replied").exists() and not Job.objects.exists()
    town.decide(merged)
    assert acts.reply_all(**step) == 3


def test_hard_stop_7_nor_while_a_file_of_opinions_is_coming_in(town, asked):
    town.sorted(asked)
    batch = ImportBatch.objects.create(
        consultation=asked, file_name="a.csv", file_digest="0" * 64, stored_name="", state="importing", rows=1,
        created_by_id=town.actors["clerk"].id, created_at=OVER,
    )
    step = {"consultation_id": asked.pk, "by": town.actors["clerk"], "at": OVER}
    with pytest.raises(procedures.StepRefused, match="正在导入"):
        acts.mark_decided(**step)
    ImportBatch.objects.filter(pk=batch.pk).update(state="refused")
    assert acts.mark_decided(**step).case.state == "decided"


def test_no_step_is_skipped(town, asked):
    step = {"consultation_id": asked.pk, "by": town.actors["lead"], "at": OVER}
    for act in (acts.mark_sorted, acts.mark_decided, acts.reply_all, acts.request_reply):
        with pytest.raises(procedures.StepRefused):
            act(**step)
    town.sorted(asked)
    publish = {"consultation_id": asked.pk, "publication_slug": "r", "by": town.actors["releaser"], "at": OVER}
    with pytest.raises(procedures.StepRefused):
        acts.publish_result(**publish)
    town.answered(asked)
    with pytest.raises(NotAllowed):  # R9.05: released by the one who releases
        acts.publish_result(**{**publish, "by": town.actors["lead"]})
    assert acts.publish_result(**publish).case.state == "result_published"
    assert not Clock.objects.filter(case=asked.case, stopped_at=None).exists()


# the answer


@pytest.fixture
def answered(town, asked, later):
    """Three opinions: one that changed a clause, one merged into it, one turned away; all are answered."""
    leader = town.say(asked, "当天补上", anchor="a3", phone="13800000001")
    same = town.say(asked, "当日补上", anchor="a3", phone="13800000002")
    away = town.say(asked, "全部换成塑料的", phone="13800000003")
    acts.merge(leader_id=leader.pk, opinion_ids=[same.pk], by=town.actors["clerk"], at=OVER)
    town.decide(leader)
    town.decide(away, decision="not_adopted", reason=REFUSAL)
    link(town, leader, later)
    town.sorted(asked)
    before = {o.pk: queries.by_receipt(o.receipt_code) for o in (leader, same, away)}
    data = list(reporting.open_data(asked.pk))
    assert town.answered(asked) == 3
    return leader, same, away, before, data


def test_s09_every_author_is_told_by_message_and_on_his_page(answered):
    leader, same, away, _, _ = answered
    said = {notice.text.split("/r/")[1]: notice.text for notice in Notice.objects.all()}
    assert len(said) == Notice.objects.count() == 3
    for opinion, answer in zip(answered[:3], ("采纳。", "采纳（与同类意见一并研究）。", "未采纳。"), strict=True):
        assert f"已有结果：{answer}" in said[f"{opinion.receipt_code}/"]
    page = queries.by_receipt(away.receipt_code)
    assert (page.decision, page.reason, page.opinion.replied_at) == ("未采纳", REFUSAL, OVER)


def test_s10_who_was_merged_gets_the_same_answer_and_its_own_record(answered):
    leader, same, _, _, _ = answered
    page, first = queries.by_receipt(same.receipt_code), queries.by_receipt(leader.receipt_code)
    assert page.decision == "与其他意见相同" and "采纳" in page.reason and REASON in page.reason
    assert leader.public_id[-6:] in page.reason
    assert [change.label for change in page.changes] == [change.label for change in first.changes] == ["第三条"]
    [record] = DecisionRecord.objects.filter(opinion=same)
    assert (record.decision, record.reason) == ("duplicate", page.reason)
    kinds = list(Entry.objects.filter(subject=same.public_id).order_by("id").values_list("kind", flat=True))
    assert kinds == ["opinion.received", "opinion.merged", "opinion.decided", "opinion.replied"]


def test_nothing_is_told_to_the_public_before_the_author_knows(answered, town, asked):
    _, _, _, before, data = answered
    for page in before.values():
        assert (page.decision, page.reason, page.changes) == ("", "", [])
    assert {(row["state"], row["decision"], row["reason"], row["merged_into"], row["changed_clauses"]) for row in data} == {
        ("研究中", "", "", "", "")
    }
    told = {(row["state"], row["decision"]) for row in reporting.open_data(asked.pk)}
    assert told == {("已答复", "采纳"), ("已答复", "与其他意见相同"), ("已答复", "未采纳")}
    for word in ("adopted", "采纳", REASON, "a3"):
        assert not Entry.objects.filter(kind__startswith="opinion.", detail__contains=word).exists()


def test_a_reply_broken_off_is_taken_up_and_nobody_is_told_twice(town, asked, monkeypatch):
    monkeypatch.setattr(answering, "CHUNK", 2)
    said = [town.say(asked, f"话{n}", phone=f"1380000000{n}") for n in range(5)]
    acts.merge(leader_id=said[0].pk, opinion_ids=[o.pk for o in said[2:]], by=town.actors["clerk"], at=OVER)
    town.decide(*said[:2])
    town.sorted(asked)
    acts.mark_decided(consultation_id=asked.pk, by=town.actors["clerk"], at=OVER)

    def stop(percent: int, note: str) -> None:
        raise RuntimeError("power")

    by = {"consultation_id": asked.pk, "by": town.actors["clerk"], "at": OVER}
    with pytest.raises(RuntimeError):
        acts.reply_all(report=stop, **by)
    assert Opinion.objects.filter(state="replied").count() == 2
    assert Consultation.objects.get(pk=asked.pk).case.state == "decided"
    assert acts.reply_all(**by) == 3
    assert Opinion.objects.filter(state="replied").count() == 5 == Notice.objects.count()
    assert DecisionRecord.objects.count() == 5 == Entry.objects.filter(kind="opinion.replied").count()


def test_the_answer_is_ordered_once_and_again_after_it_failed(town, asked):
    town.decide(town.say(asked))
    town.sorted(asked)
    step = {"consultation_id": asked.pk, "by": town.actors["clerk"], "at": OVER}
    acts.mark_decided(**step)
    first = acts.request_reply(**step)
    assert acts.request_reply(**step) == first
    Job.objects.filter(pk=first).update(state="dead", attempts=4, error="停电")
    again = acts.request_reply(consultation_id=asked.pk, by=town.actors["lead"], at=OVER + timedelta(hours=1))
    job = Job.objects.get(pk=first)
    assert again == first and (job.state, job.attempts, job.error) == ("ready", 0, "")
    for _ in range(2):
        jobs._HANDLERS[job.name](job.argument, lambda percent, note: None)
    assert Opinion.objects.get().replied_at == OVER + timedelta(hours=1) and Notice.objects.count() == 1


def test_m09_the_station_sees_what_became_of_what_it_sent_after_the_reply(town, asked, later):
    said = town.say(
        asked, "井盖没人管", anchor="a3", channel="site", site_code="zd1", phone="", consent=True, consent_how="signed",
        by=town.actors["station"],
    )
    town.decide(said)
    link(town, said, later)
    [row] = queries.site_desk("zd1")
    assert (row.decision, row.reason, row.changes) == ("", "", "")
    town.sorted(asked)
    town.answered(asked)
    [row] = queries.site_desk("zd1")
    assert (row.label, row.decision, row.reason, row.changes) == ("第三条", "采纳", REASON, "第三条")


def test_s04_numbers_are_let_go_when_the_promised_time_is_over(town, asked):
    at = timezone.now() - timedelta(days=364)
    said, other = town.say(asked), town.say(town.open(slug="other"), "又")
    town.decide(said)
    town.sorted(asked)
    town.answered(asked)
    acts.publish_result(consultation_id=asked.pk, publication_slug="r", by=town.actors["releaser"], at=at)
    tasks.forget_authors()
    assert len(people_queries.subjects_of("13800000001")) == 2
    asked.case.events.filter(step="publish").update(at=at - timedelta(days=2))
    tasks.forget_authors()
    assert people_queries.subjects_of("13800000001") == [other.public_id]
    assert Consultation.objects.get(pk=asked.pk).forgotten_at is not None
