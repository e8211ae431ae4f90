"""Written remarks: with a receipt, apart from the card, answered in a term, published by another hand (M42, R4.20, S01)."""

from datetime import timedelta

import pytest

from quancheng.handling import acts as handling
from quancheng.handling.models import Assignment
from quancheng.ledger import queries as ledger
from quancheng.meetings import acts
from quancheng.meetings.models import Remark
from quancheng.people import acts as people
from quancheng.people import queries as people_queries
from quancheng.people.models import IdentityAccess, Notice
from quancheng.people.permissions import NotAllowed
from quancheng.procedures.models import Clock
from tests.meetings.chamber import AT, SINCE
from tests.meetings.test_observing import drawn

WORDS = "供水条例草案第十二条关于老旧小区改造的分担办法，建议写清楚由谁先出钱。"


def remark(n=1, **changed):
    return acts.RemarkForm(**{"body": WORDS, "submission_key": f"remark{n:020d}", **changed})


@pytest.fixture
def observer(chamber):
    found = drawn(chamber)
    one = found.observers.get(rank=1)
    return acts.admit_observer(card=one.card, by=chamber["registrar"], at=found.meeting.starts_at)


def said(observer, n=1, **changed):
    at = observer.observation.meeting.starts_at + timedelta(hours=3)
    return acts.remark_as_observer(receipt_code=observer.receipt_code, form=remark(n, **changed), at=at)


def test_m42_a_remark_has_its_own_receipt_and_no_link_to_the_card(chamber, observer):
    made = said(observer)
    assert said(observer).pk == made.pk
    assert ledger.entry_for(made.public_id, "remark.received") is not None
    assert made.public_id in people_queries.subjects_of(f"1380000{int(observer.submission_key):04d}")
    assert not IdentityAccess.objects.exists()
    assert {f.name for f in Remark._meta.get_fields()}.isdisjoint({"observer", "observation"})
    clock = Clock.objects.get(case=made.case, key="answer")
    assert clock.due_on > AT.date() and clock.organ_id == "pyrd"


def test_m42_only_who_was_there_and_at_most_three(chamber, observer):
    absent = observer.observation.observers.get(rank=2)
    with pytest.raises(acts.MeetingRefused, match="到会"):
        said(absent)
    for n in (1, 2, 3):
        said(observer, n)
    with pytest.raises(acts.MeetingRefused, match="最多"):
        said(observer, 4)
    assert Remark.objects.count() == 3


def test_m42_answered_by_the_office_and_published_by_another(chamber, observer):
    made = said(observer)
    who = {"remark_id": made.pk, "at": AT + timedelta(days=12)}
    with pytest.raises(acts.MeetingRefused, match="答复"):
        acts.release_remark(by=chamber["head"], **who)
    Notice.objects.all().delete()
    with pytest.raises(NotAllowed):
        acts.reply_to_remark(words="已经转告起草单位研究，谢谢您。", by=chamber["foreign"], **who)
    acts.reply_to_remark(words="已经转告起草单位研究，谢谢您。", by=chamber["head"], **who)
    assert Notice.objects.count() == 1 and not Clock.objects.filter(case=made.case, stopped_at=None).exists()
    with pytest.raises(acts.StepRefused):
        acts.reply_to_remark(words="再答复一次，也不能改写。", by=chamber["secretary"], **who)
    with pytest.raises(acts.MeetingRefused, match="两人"):
        acts.release_remark(by=chamber["head"], **who)


def test_m42_published_only_with_the_authors_consent(chamber, observer):
    who = {"by": chamber["secretary"], "at": AT + timedelta(days=12)}
    shown, hidden = said(observer, 1), said(observer, 2, shown=False)
    for one in (shown, hidden):
        acts.reply_to_remark(remark_id=one.pk, words="已经转告起草单位研究，谢谢您。", **who)
    assert acts.release_remark(remark_id=shown.pk, by=chamber["head"], at=who["at"]).released_at
    with pytest.raises(acts.MeetingRefused, match="不同意"):
        acts.release_remark(remark_id=hidden.pk, by=chamber["head"], at=who["at"])


def test_r420_what_a_unit_must_do_goes_through_the_one_engine(chamber, observer):
    made = said(observer)
    at = AT + timedelta(days=12)
    people.create_organ(code="sw", name="市水务局", kind="government", area="410900", valid_from=SINCE, at=AT)
    unit = {}
    for role in ("unit_clerk", "unit_head"):
        account = people.create_account(username=role, name=role, password=None, at=AT)
        people.give_office(account_id=account.pk, organ="sw", role=role, valid_from=SINCE, at=AT)
        unit[role] = people_queries.actor_for(account.pk, AT.date())
    handling.assign(case_id=made.case_id, lead="sw", assisting=[], note="请研究", by=chamber["secretary"], at=at)
    share = Assignment.objects.get(case=made.case)
    due = dict(Clock.objects.filter(case=made.case).values_list("organ_id", "due_on"))
    assert due["sw"] == due["pyrd"]  # the unit's term counts from the day the remark came in
    draft = handling.Draft(outcome="A", text="草案已经修改，改造费用由财政先行安排，住户分期分担。")
    answer = handling.draft_answer(assignment_id=share.pk, draft=draft, by=unit["unit_clerk"], at=at)
    handling.send_to_head(answer_id=answer.pk, by=unit["unit_clerk"], at=at)
    Notice.objects.all().delete()
    handling.sign_answer(answer_id=answer.pk, by=unit["unit_head"], at=at)
    made.case.refresh_from_db()
    assert made.case.state == "answered" and Notice.objects.count() == 1
    assert not Clock.objects.filter(case=made.case, stopped_at=None).exists()
    assert not Assignment.objects.filter(case=made.case, ended_at=None).exists()
    assert acts.release_remark(remark_id=made.pk, by=chamber["head"], at=at).released_at
