"""Sweeps claim each clock exactly once, whoever races and whoever is killed; the unit's inbox stays small in statements."""

import json
import os
import subprocess
import sys
import threading
import time
from datetime import date, datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quancheng.handling import acts, queries, tasks
from quancheng.handling.models import Assignment, Letter
from quancheng.ledger.models import Entry
from quancheng.people.models import Account
from quancheng.people.permissions import NotAllowed
from quancheng.procedures import acts as procedures
from quancheng.procedures.models import Case, Clock
from quancheng.suggestions.models import Sponsor, Suggestion
from tests.cities import AT, OFFICE, ZONE, build_city, day

SWEEPER = """
import json, sys
import django
from quancheng import settings
settings.DATABASES["default"].update(json.loads(sys.argv[1]))
django.setup()
from quancheng.handling import tasks
tasks.propose_letters()
"""


def many(city, number: int, due_on: date, unit: str = "zjj") -> None:
    """That many suggestions that a unit handles, written at once."""
    have, lead = Case.objects.count(), Account.objects.get(pk=city["d1"].id)
    Case.objects.bulk_create(
        [
            Case(number=f"试〔2026〕{have + k}号", procedure="suggestion", version=1, state="assigned", organ_id=OFFICE, opened_on=AT.date())
            for k in range(number)
        ],
        batch_size=2000,
    )
    cases = list(Case.objects.filter(assignments=None).order_by("id"))
    Suggestion.objects.bulk_create(
        [
            Suggestion(case=case, kind="suggestion", title="关于道路的建议", category="urban", body="略", lead=lead, drafted_at=AT,
                       submission_key=f"many-{case.pk}")
            for case in cases
        ],
        batch_size=2000,
    )  # fmt: skip
    Sponsor.objects.bulk_create(
        [Sponsor(suggestion=s, account=lead, place=0, state="confirmed", asked_at=AT) for s in Suggestion.objects.filter(sponsors=None)],
        batch_size=2000,
    )
    Assignment.objects.bulk_create(
        [Assignment(case=case, unit_id=unit, role="lead", by_id=city["office"].id, at=AT) for case in cases], batch_size=2000
    )
    shares = Assignment.objects.filter(case__in=[c.pk for c in cases]) if number < 900 else Assignment.objects.filter(case__clocks=None)
    Clock.objects.bulk_create(
        [
            Clock(case_id=share.case_id, key=f"answer:{share.pk}", label="主办答复", organ_id=unit, started_on=AT.date(), due_on=due_on,
                  working="略")
            for share in shares
        ],
        batch_size=2000,
    )  # fmt: skip


def at(monkeypatch, moment: datetime) -> None:
    """Let the sweep's clock show a moment."""
    monkeypatch.setattr(timezone, "now", lambda: moment)


def test_r7_18_reminded_once_before_and_proposed_once_after(city, monkeypatch):
    made, (share,) = city.assigned()  # due on 2 June
    at(monkeypatch, day(date(2026, 5, 22)))
    assert (tasks.remind(), tasks.propose_letters()) == (0, 0)
    at(monkeypatch, day(date(2026, 5, 23)))
    assert (tasks.remind(), tasks.remind(), tasks.propose_letters()) == (1, 0, 0)
    at(monkeypatch, day(date(2026, 6, 2)))
    assert tasks.propose_letters() == 0  # the last day is not over
    at(monkeypatch, datetime(2026, 6, 3, 0, 1, tzinfo=ZONE))
    assert (tasks.propose_letters(), tasks.propose_letters()) == (1, 0)
    assert [(x.kind, x.state, x.by_id) for x in Letter.objects.order_by("id")] == [
        ("reminder", "sent", None), ("supervision", "proposed", None),
    ]  # fmt: skip
    assert Entry.objects.filter(kind__startswith="letter.", subject=made.case.number).count() == 2


def test_a_proposed_letter_is_sent_or_dropped_by_a_person(city, monkeypatch):
    made, (share,) = city.assigned()
    other, _ = city.assigned(lead="jtj")
    red = day(date(2026, 6, 3))
    at(monkeypatch, red)
    tasks.propose_letters()
    first, second = queries.proposed_letters(city["office"])
    assert queries.proposed_letters(city["foreign"]) == [] == queries.proposed_letters(city["zjj_head"])
    with pytest.raises(NotAllowed):
        acts.send_letter(letter_id=first.pk, words="请说明原因。", by=city["zjj_head"], at=red)
    with pytest.raises(acts.Conflict):  # what was only proposed, the unit has not got
        acts.answer_letter(letter_id=first.pk, words="因雨停工。", by=city["zjj_head"], at=red)
    acts.send_letter(letter_id=first.pk, words="请说明原因。", by=city["office"], at=red)
    with pytest.raises(acts.HandlingRefused):
        acts.drop_letter(letter_id=second.pk, reason="", by=city["office"], at=red)
    acts.drop_letter(letter_id=second.pk, reason="昨天已经答复，正在录入。", by=city["office"], at=red)
    with pytest.raises(acts.Conflict):
        acts.send_letter(letter_id=second.pk, words="请说明原因。", by=city["office2"], at=red)
    assert queries.proposed_letters(city["office"]) == []
    tasks.propose_letters()
    assert Letter.objects.count() == 2


def test_an_extended_clock_is_reminded_of_anew(city, monkeypatch):
    _, (share,) = city.assigned()
    at(monkeypatch, day(date(2026, 6, 3)))
    assert (tasks.remind(), tasks.propose_letters()) == (1, 1)
    acts.extend(
        assignment_id=share.pk, new_due_on=date(2026, 8, 3), reason="需要立项审批", by=city["approver"], at=day(date(2026, 6, 3))
    )
    assert queries.proposed_letters(city["office"]) == []
    assert (tasks.remind(), tasks.propose_letters()) == (0, 0)
    at(monkeypatch, day(date(2026, 8, 4)))
    assert (tasks.remind(), tasks.propose_letters()) == (1, 1)


def test_how_long_before_is_the_citys_parameter(city, monkeypatch):
    city.assigned()
    procedures.set_parameter(
        key="reminder.ahead_days", area="410900", value=30, valid_from=AT.date(), basis="主任会议决定", by=city["admin"], at=AT
    )
    at(monkeypatch, day(date(2026, 5, 4)))
    assert tasks.remind() == 1


def test_stopped_clocks_and_others_clocks_are_left_alone(city, monkeypatch):
    made, (share,) = city.assigned()
    city.answer(share, AT + timedelta(days=9))
    other = city.checked()
    Clock.objects.create(
        case=other.case, key="window", label="他事", organ_id=OFFICE, started_on=AT.date(), due_on=date(2026, 4, 1), working=""
    )
    at(monkeypatch, day(date(2026, 12, 1)))
    tasks.sweep()
    assert not Letter.objects.exists() and Clock.objects.get(key="window").swept_at is None


def test_sweep_is_a_fixed_number_of_statements_for_a_batch(city, monkeypatch):
    many(city, 400, date(2026, 4, 1))
    at(monkeypatch, day(date(2026, 4, 2)))
    with CaptureQueriesContext(connection) as spent:
        assert tasks.propose_letters() == 400
    assert len(spent) <= 20


def test_inbox_of_a_busy_unit_is_few_statements(city):
    many(city, 600, date(2026, 4, 1))
    many(city, 3, date(2026, 3, 4))
    many(city, 2, AT.date())
    with CaptureQueriesContext(connection) as spent:
        found = queries.inbox(city["zjj_clerk"], AT.date())
    assert len(spent) <= 4 and len(found.rows) == queries.PAGE
    assert (found.counts["all"], found.counts["today"], found.counts["week"], found.counts["late"]) == (605, 2, 5, 0)
    assert [row.due_on for row in queries.inbox(city["zjj_clerk"], AT.date(), "week").rows] == [AT.date()] * 2 + [date(2026, 3, 4)] * 3
    assert queries.inbox(city["zjj_clerk"], date(2026, 3, 5), "late").rows[0].light == "red"
    assert queries.inbox(city["jtj_clerk"], AT.date()).counts["all"] == 0
    assert len(queries.inbox(city["zjj_clerk"], AT.date(), "lead", 13).rows) == 5
    with pytest.raises(NotAllowed):
        queries.inbox(city["d1"], AT.date())


def test_the_record_of_a_case_with_many_shares_is_few_statements(city):
    made, shares = city.assigned(separate=("zjj", "jtj", "czj"), assisting=("slj",))
    with CaptureQueriesContext(connection) as spent:
        assert [s.light for s in queries.record(made.case, date(2026, 4, 2)).shares] == ["yellow"] * 3 + ["green"]
    assert len(spent) <= 13


def test_the_record_of_a_case_is_few_statements(city):
    made, promise = city.promise()
    with CaptureQueriesContext(connection) as spent:
        found = queries.record(made.case, AT.date())
        assert [a.assignment.unit.name for a in found.signed()] and found.commitments[0].milestones.all() is not None
    assert len(spent) <= 13


@pytest.mark.django_db(transaction=True)
def test_two_sweepers_race_and_each_letter_is_written_once():
    city = build_city()
    many(city, 1200, date(2026, 1, 5))
    done: list[int] = []

    def run() -> None:
        try:
            done.append(tasks.propose_letters())
        finally:
            connections.close_all()

    racers = [threading.Thread(target=run) for _ in range(2)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert sum(done) == 1200 == Letter.objects.count() == Letter.objects.values("clock").distinct().count()
    assert Entry.objects.filter(kind="letter.supervision").count() == 1200


@pytest.mark.django_db(transaction=True)
def test_a_killed_sweeper_leaves_nothing_half_done():
    city = build_city()
    many(city, 2500, date(2026, 1, 5))
    database = {key: settings.DATABASES["default"][key] for key in ("ENGINE", "HOST", "PORT", "USER", "OPTIONS") if key in settings.DATABASES["default"]}
    database["NAME"] = str(connection.settings_dict["NAME"])
    child = subprocess.Popen([sys.executable, "-c", SWEEPER, json.dumps(database)], env={**os.environ, "DJANGO_SETTINGS_MODULE": "quancheng.settings"})  # its sockets are its own
    began = time.monotonic()
    while Letter.objects.count() < 500 and time.monotonic() - began < 60:
        time.sleep(0.005)
    child.kill()
    child.wait()
    before = Letter.objects.count()
    assert before >= 500 and before == Clock.objects.exclude(swept_at=None).count()
    began = time.monotonic()
    while Letter.objects.count() < 2500 and time.monotonic() - began < 30:
        tasks.propose_letters()  # a server may hold what the killed one had claimed until it notices
        time.sleep(0.05)
    assert Letter.objects.count() == 2500 == Letter.objects.values("clock").distinct().count()


@pytest.mark.django_db(transaction=True)
def test_two_who_assign_in_the_same_moment_give_it_to_one_lead():
    city = build_city()
    made = city.checked()
    moves, outcome, together = made.case.moves, list[str](), threading.Barrier(2)

    def run(unit: str, who: str) -> None:
        together.wait()
        try:
            acts.assign(case_id=made.case_id, lead=unit, assisting=[], note="", moves=moves, by=city[who], at=AT)
            outcome.append(unit)
        except (acts.Conflict, acts.StepRefused):
            outcome.append("refused")
        finally:
            connections.close_all()

    racers = [threading.Thread(target=run, args=pair) for pair in (("zjj", "office"), ("jtj", "office2"))]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    won = Assignment.objects.get()
    assert sorted(outcome) == sorted(["refused", won.unit_id])
    assert Clock.objects.filter(case=made.case, stopped_at=None).count() == 1
