"""15, 60, +30, 30, 30: each clock of a petition, what ends it, what the hearing adds (R7.33, R7.36, R7.37)."""

from datetime import date, timedelta

import pytest
from bureau import NOW, TODAY, later

from quancheng.handling import acts as handling
from quancheng.petitions import acts, tasks
from quancheng.petitions.models import Paper
from quancheng.procedures.models import Clock


def due(found, key: str) -> date:
    return Clock.objects.get(case=found.case, key__startswith=key, stopped_at=None).due_on


def days(start: date, number: int) -> date:
    """The last day of so many: moved to a working day where it is a rest day, as the house counts."""
    last = start + timedelta(days=number)
    while last.weekday() >= 5:
        last += timedelta(days=1)
    return last


def test_r7_33_acceptance_is_told_within_15_days_of_receipt_however_late_it_was_sorted(town):
    found = town.sort(town.submit(at=NOW), at=later(6))
    assert due(found, "accept") == days(TODAY, 15)
    assert [p.kind for p in found.papers.all()] == [Paper.Kind.INFORMED]
    acts.accept(petition_id=found.pk, by=town["clerk"], at=later(7))
    assert not Clock.objects.filter(case=found.case, key="accept", stopped_at=None).exists()
    assert [p.kind for p in found.papers.order_by("id")] == [Paper.Kind.INFORMED, Paper.Kind.ACCEPTED]


def test_r7_36_the_60_days_count_from_acceptance_not_from_the_day_a_unit_got_it(town):
    found = town.accepted()
    assert due(found, "pass_on") == days(TODAY, 60)
    share = town.assign(found, at=later(10))
    assert due(found, f"answer:{share.pk}") == days(TODAY, 60)
    made = handling.raise_objection(assignment_id=share.pk, reason="不属于本单位职责范围", by=town["unit"], at=later(11))
    new = handling.decide_objection(
        objection_id=made.pk, accept=True, reason="同意退办，改由水务局", new_unit="swj", by=town["clerk"], at=later(12)
    )
    assert due(found, f"answer:{new.pk}") == days(TODAY, 60)


def test_r7_33_a_unit_objects_within_five_working_days_and_no_later(town):
    share = town.assign(town.accepted())
    with pytest.raises(handling.HandlingRefused, match="退办期限"):
        handling.raise_objection(assignment_id=share.pk, reason="不属于本单位职责范围", by=town["unit"], at=later(8))


def test_r7_36_one_extension_of_30_days_by_the_lead_with_the_reason_told(town):
    found = town.accepted()
    share = town.assign(found)
    first = days(TODAY, 60)
    from quancheng.people.permissions import NotAllowed

    with pytest.raises(NotAllowed):
        acts.extend(
            assignment_id=share.pk, new_due_on=first + timedelta(days=5), reason="情况复杂需要核查", by=town["clerk"], at=later(50)
        )
    with pytest.raises(handling.HandlingRefused, match="最长"):
        acts.extend(
            assignment_id=share.pk, new_due_on=first + timedelta(days=40), reason="情况复杂需要核查", by=town["lead"], at=later(50)
        )
    acts.extend(
        assignment_id=share.pk, new_due_on=days(first, 30), reason="情况复杂需要核查", by=town["lead"], at=later(50)
    )
    assert due(found, "answer:") == days(first, 30)
    told = found.papers.get(kind=Paper.Kind.EXTENDED)
    assert "情况复杂需要核查" in told.text
    with pytest.raises(handling.HandlingRefused, match="最长"):
        acts.extend(
            assignment_id=share.pk, new_due_on=days(first, 30) + timedelta(days=7), reason="情况仍然复杂", by=town["lead"], at=later(51)
        )


def test_r7_37_the_30_days_for_review_count_from_delivery(town):
    found = town.concluded(delivered=False)
    assert not Clock.objects.filter(case=found.case, stopped_at=None).exists()
    acts.deliver(petition_id=found.pk, on=later(4).date(), how="邮寄送达", by=town["clerk"], at=later(5))
    assert due(found, "apply_review") == days(later(4).date(), 30)
    with pytest.raises(acts.Conflict):
        acts.deliver(petition_id=found.pk, on=later(5).date(), how="再次邮寄", by=town["clerk"], at=later(5))


def test_r7_37_after_the_30_days_review_is_refused_politely_and_the_matter_ends(town, monkeypatch):
    found = town.concluded()
    last = due(found, "apply_review")
    late = later((last - TODAY).days + 1)
    with pytest.raises(acts.PetitionRefused, match="已于"):
        acts.apply_for_review(receipt_code=found.receipt_code, reason="事实没有查清楚", at=late)
    monkeypatch.setattr("django.utils.timezone.now", lambda: late)
    assert tasks.end_lapsed() == 1
    assert tasks.end_lapsed() == 0
    assert town.again(found).case.state == "final"


def test_r7_37_review_and_re_examination_are_answered_in_30_days_each_and_hearings_do_not_count(town):
    found = town.concluded()
    made = acts.apply_for_review(receipt_code=found.receipt_code, reason="事实没有查清楚", at=later(3))
    assert made.organ_id == "root"
    first = days(later(3).date(), 30)
    assert due(found, "decide_review") == first
    acts.hear(review_id=made.pk, first=later(10).date(), last=later(14).date(), by=town["rootlead"], at=later(10))
    assert due(found, "decide_review") == first + timedelta(days=5)
    acts.decide(review_id=made.pk, outcome="changed", text="经复查，补发利息，其余维持原处理意见。", by=town["rootlead"], at=later(20))
    acts.deliver(petition_id=found.pk, on=later(21).date(), how="当面送达", by=town["clerk"], at=later(21))
    assert due(found, "apply_re_examination") == days(later(21).date(), 30)
    again = acts.apply_for_review(receipt_code=found.receipt_code, reason="仍然不服复查意见", at=later(25))
    assert again.organ_id is None
    assert due(found, "decide_re_examination") == days(later(25).date(), 30)


def test_e9_no_clock_of_a_petition_is_one_of_another_matter(town):
    found = town.reviewed()
    keys = set(Clock.objects.filter(case=found.case).values_list("key", flat=True))
    assert {key.split(":")[0] for key in keys} == {
        "accept", "pass_on", "answer", "apply_review", "decide_review", "apply_re_examination",
    }  # fmt: skip
    assert not Clock.objects.filter(case=found.case, key="rate").exists()
