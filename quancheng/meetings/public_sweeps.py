"""Sweeps of the public side: a council that met has a year again; names of observers are let go when their time is over."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from quancheng.kernel.deadlines import Term
from quancheng.ledger import acts as ledger
from quancheng.meetings import procedure_public as _declared  # noqa: F401  # registers the procedures
from quancheng.meetings.models import Council, CouncilMeeting, Observation
from quancheng.people import acts as people
from quancheng.procedures import acts as procedures
from quancheng.procedures import queries as procedure_queries
from quancheng.procedures.library import LIBRARY
from quancheng.procedures.models import Clock

BATCH = 100
MET = ("closed", "minuted", "archived")


def restart_clock(council: Council, start: date, at: datetime) -> None:
    """Start the clock within which a council must meet again: at least once a year (R4.20)."""
    months = procedure_queries.parameter("council.meeting_months", area=council.case.organ.area_id, on=start)
    term = Term(months, "month", LIBRARY["council.meeting_months"].article, roll=False)
    procedures.stop_clock(case=council.case, key="meet", at=at)
    procedures.start_clock(case=council.case, key="meet", label="召开议政会", term=term, start=start, at=at)


def note_met(*, at: datetime) -> int:
    """Count the year anew from the last meeting that each serving council held; return for how many."""
    done = 0
    clocks = {c.case_id: c for c in Clock.objects.filter(key="meet", stopped_at=None, case__procedure="street_council")}
    rows = CouncilMeeting.objects.filter(council__case_id__in=clocks, meeting__case__state__in=MET)
    last = {one.council_id: one for one in rows.select_related("council__case__organ", "meeting").order_by("meeting__starts_at")}
    for one in last.values():
        day = timezone.localdate(one.meeting.starts_at)
        if day > clocks[one.council.case_id].started_on:
            with transaction.atomic():
                restart_clock(one.council, day, at)
            done += 1
    return done


def forget_observers(*, at: datetime) -> int:
    """Let names and numbers of observers go when the promised time after the meeting is over (S04 个人信息保护法 19).

    The draw stays verifiable: codes are no persons. Returns how many observations were cleared.
    """
    done = 0
    waiting = Observation.objects.filter(forgotten_at=None, meeting__starts_at__lt=at).select_related("case__organ", "meeting")
    for found in waiting.order_by("id")[:BATCH]:
        day = timezone.localdate(at)
        days = procedure_queries.parameter("identity.keep_days", area=found.case.organ.area_id, on=day)
        if found.meeting.starts_at + timedelta(days=days) > at:
            continue
        with transaction.atomic():
            people.forget_authors(subjects=list(found.observers.values_list("public_id", flat=True)), at=at)
            found.observers.update(name_sealed=b"", once=None, salt=b"")
            Observation.objects.filter(pk=found.pk).update(forgotten_at=at)
            ledger.append(
                kind="observer.forgotten", at=at, organ=found.case.organ_id, subject=found.case.number, content=b"",
                salt=ledger.new_salt(),
            )
        done += 1
    return done


def sweep() -> None:
    """Do both, as the worker does every hour."""
    now = timezone.now()
    note_met(at=now)
    forget_observers(at=now)
