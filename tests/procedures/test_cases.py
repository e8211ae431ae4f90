"""Cases move only as declared; clocks are stored and show their working; parameters keep their bounds."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from quancheng.kernel.deadlines import Term
from quancheng.people import acts as people
from quancheng.people import queries as people_queries
from quancheng.people.permissions import NotAllowed
from quancheng.procedures import acts, declare, jobs, library, queries
from quancheng.procedures.models import Case, CaseEvent, Job

AT = datetime(2026, 11, 20, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
PLAN = declare.register(
    declare.Procedure(
        key="test_plan", version=1, label="试行程序", prefix="试", start="drafted",
        states={"drafted": declare.State("起草"), "sent": declare.State("已发"), "done": declare.State("办结", final=True)},
        steps=(
            declare.Step("send", "发出", ("drafted",), "sent", "text.edit", "某法第一条"),
            declare.Step("finish", "办结", ("sent",), "done", "text.edit", note_required=True),
        ),
    )
)


@pytest.fixture
def actors(db):
    people.import_areas(at=AT)
    people.create_organ(code="fgw", name="法工委", kind="working_body", area="410900", valid_from=date(2022, 1, 1), at=AT)
    found = {}
    for role in ("clerk", "admin"):
        account = people.create_account(username=role, name=role, password="long-enough-pass-1", at=AT)
        people.give_office(account_id=account.pk, organ="fgw", role=role, valid_from=date(2022, 1, 1), at=AT)
        found[role] = people_queries.actor_for(account.pk, AT.date())
    return found


def _case(actors):
    return acts.open_case(procedure="test_plan", organ="fgw", by=actors["clerk"], at=AT)


def test_case_moves_only_as_declared(actors):
    case = _case(actors)
    with pytest.raises(acts.StepRefused):
        acts.perform(case=case, step="finish", by=actors["clerk"], at=AT, note="好了")
    with pytest.raises(NotAllowed):
        acts.perform(case=case, step="send", by=actors["admin"], at=AT)
    acts.perform(case=case, step="send", by=actors["clerk"], at=AT)
    with pytest.raises(acts.StepRefused, match="理由"):
        acts.perform(case=case, step="finish", by=actors["clerk"], at=AT)
    acts.perform(case=case, step="finish", by=actors["clerk"], at=AT, note="都好了")
    assert [event.to_state for event in CaseEvent.objects.order_by("id")] == ["drafted", "sent", "done"]


def test_two_moves_at_once_cannot_both_win(actors):
    case = _case(actors)
    other = Case.objects.get(pk=case.pk)
    acts.perform(case=case, step="send", by=actors["clerk"], at=AT)
    with pytest.raises(acts.Conflict):
        acts.perform(case=other, step="send", by=actors["clerk"], at=AT)


def test_cases_are_numbered_by_year(actors):
    assert [_case(actors).number for _ in range(2)] == ["试〔2026〕1号", "试〔2026〕2号"]


def test_s14_clock_stores_its_date_and_shows_its_working(actors):
    case = _case(actors)
    clock = acts.start_clock(
        case=case, key="send", label="发出期限", term=Term(15, "workday", "某法第二条"), start=date(2026, 9, 25), at=AT
    )
    assert clock.due_on == date(2026, 10, 22)  # rest days 26–27 September and 1–7 October; 10 October is worked
    assert "某法第二条" in clock.working
    line = queries.inbox(actors["clerk"], date(2026, 11, 1))[0]
    assert (line.label, line.light) == ("发出期限", "red")
    now = [knot for knot in queries.thread(case, date(2026, 11, 1)) if knot.status == "now"]
    assert now[0].due_on == clock.due_on
    acts.stop_clock(case=case, key="send", at=AT)
    assert queries.inbox(actors["clerk"], date(2026, 11, 1)) == []


@pytest.mark.parametrize(
    ("key", "value", "ok"),
    [("consultation.min_days", 29, False), ("consultation.min_days", 45, True), ("approval.limit_months", 5, False)],
)
def test_r10_11_bounds_of_law_cannot_be_crossed(actors, key, value, ok):
    values = {"key": key, "area": "410900", "value": value, "valid_from": AT.date(), "basis": "主任会议2026年第3次会议决定"}
    if ok:
        acts.set_parameter(**values, by=actors["admin"], at=AT)
        assert queries.parameter(key, area="410928", on=AT.date()) == value
        assert queries.parameter(key, area="410928", on=date(2026, 1, 1)) == library.LIBRARY[key].default
    else:
        with pytest.raises(library.OutOfBounds):
            acts.set_parameter(**values, by=actors["admin"], at=AT)


def test_tightest_area_wins(actors):
    for area, value in (("410900", 40), ("410928", 50)):
        acts.set_parameter(
            key="consultation.min_days", area=area, value=value, valid_from=AT.date(), basis="主任会议决定", by=actors["admin"],
            at=AT,
        )
    assert queries.parameter("consultation.min_days", area="410928", on=AT.date()) == 50
    assert queries.parameter("consultation.min_days", area="410922", on=AT.date()) == 40


def test_years_beyond_the_data_can_be_imported(actors):
    assert not queries.calendar().is_working_day(date(2027, 1, 2))
    acts.import_calendar(text="date,kind,note\n2027-01-02,workday,元旦调休\n", by=actors["admin"], at=AT)
    assert queries.calendar().is_working_day(date(2027, 1, 2))
    with pytest.raises(ValueError, match="2"):
        acts.import_calendar(text="date,kind,note\n2027-13-02,workday,\n", by=actors["admin"], at=AT)


@pytest.mark.parametrize(
    "broken",
    [
        {"states": {"a": declare.State("甲")}, "steps": ()},
        {"states": {"a": declare.State("甲"), "b": declare.State("乙", final=True)}, "steps": ()},
        {"states": {"a": declare.State("甲", final=True)}, "steps": (declare.Step("s", "走", ("a",), "x", "public"),)},
    ],
)
def test_a_declaration_that_contradicts_itself_is_refused(broken):
    with pytest.raises(declare.BadProcedure):
        declare.Procedure(key="x", version=1, label="", prefix="", start="a", **broken).check()


RAN: list[str] = []


@jobs.job("test.once")
def _once(argument, report):
    report(50, "一半")
    RAN.append(argument)
    if argument == "bad":
        raise RuntimeError("坏了")


@pytest.mark.django_db
def test_jobs_run_once_retry_and_end_dead():
    RAN.clear()
    now = timezone.now()
    jobs.enqueue("test.once", "a", at=now, key="k")
    jobs.enqueue("test.once", "a", at=now, key="k")
    assert jobs.run_due("w") and not jobs.run_due("w")
    assert RAN == ["a"] and Job.objects.get().state == "done"
    bad = jobs.enqueue("test.once", "bad", at=now)
    for _ in range(jobs.ATTEMPTS):
        Job.objects.filter(pk=bad.pk).update(run_at=now)
        assert jobs.run_due("w")
    bad.refresh_from_db()
    assert (bad.state, bad.error) == ("dead", "坏了")


@pytest.mark.django_db
def test_job_of_a_killed_worker_is_taken_again():
    RAN.clear()
    now = timezone.now()
    jobs.enqueue("test.once", "c", at=now)
    assert jobs.claim("killed", now) is not None
    assert not jobs.run_due("other")
    Job.objects.update(lease_until=now - timedelta(seconds=1))
    assert jobs.run_due("other") and RAN == ["c"]
