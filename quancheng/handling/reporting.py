"""The yearly report of a unit: opened for every unit that had shares, drafted from the data, signed by the head (R7.14)."""

from calendar import monthrange
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from quancheng.handling import figures, rules
from quancheng.handling import procedure as _declared  # noqa: F401  # registers the procedure
from quancheng.handling.models import Assignment, UnitReport
from quancheng.handling.recording import HandlingRefused, need
from quancheng.kernel.deadlines import Term
from quancheng.people.models import Organ
from quancheng.people.permissions import Actor, demand
from quancheng.procedures import acts as procedures
from quancheng.procedures import queries as procedure_queries
from quancheng.procedures.acts import Conflict
from quancheng.procedures.library import LIBRARY

_KEY = "suggestion.report_until"


def open_reports(*, year: int, organ: str, by: Actor, at: datetime) -> list[UnitReport]:
    """Ask every unit that had a share of the office's suggestions since 1 January for its report by 31 August.

    A unit that was asked is not asked twice. Returns the new ones. Raises NotAllowed, HandlingRefused.
    """
    demand(by, "handling.supervise", organ=organ)
    office, today = Organ.objects.get(pk=organ), timezone.localdate(at)
    until = _last_day(year, procedure_queries.parameter(_KEY, area=office.area_id, on=today))
    if today >= until:
        raise HandlingRefused(f"{year}年的报告期限（{until:%Y年%-m月%-d日}）已过，请选择以后的年份。", "year")
    first = timezone.make_aware(datetime(year, 1, 1))
    codes = set(
        Assignment.objects.filter(case__organ_id=organ, case__procedure="suggestion", at__gte=first, at__lte=at)
        .exclude(role=Assignment.Role.ASSIST).values_list("unit_id", flat=True)
    )
    made = []
    with transaction.atomic():
        for code in sorted(codes - set(UnitReport.objects.filter(year=year).values_list("unit_id", flat=True))):
            case = procedures.open_case(procedure="unit_report", organ=organ, by=by, at=at)
            procedures.start_clock(
                case=case, key=f"report:{code}", label="报告办理情况", start=today, at=at, organ=code,
                term=Term((until - today).days, "day", LIBRARY[_KEY].article, roll=False),
            )
            made.append(UnitReport.objects.create(case=case, unit_id=code, year=year))
    return made


def _last_day(year: int, month_and_day: int) -> date:
    month = min(max(month_and_day // 100, 1), 12)
    return date(year, month, min(max(month_and_day % 100, 1), monthrange(year, month)[1]))


def draft_report(*, report_id: int, by: Actor, at: datetime) -> UnitReport:
    """Draft a unit's report from the data of its year so far; what was written before is replaced.

    Raises NotAllowed, Conflict.
    """
    found = UnitReport.objects.select_related("unit").get(pk=report_id)
    demand(by, "handling.answer", organ=found.unit_id)
    return _save(found, figures.report_text(found.unit, found.year, timezone.localdate(at)), found.edits, by)


def edit_report(*, report_id: int, text: str, edits: int, by: Actor, at: datetime) -> UnitReport:
    """Save a new wording of a report; `edits` is the count that the page showed. Raises NotAllowed, Conflict, HandlingRefused."""
    found = UnitReport.objects.get(pk=report_id)
    demand(by, "handling.answer", organ=found.unit_id)
    return _save(found, need(text, rules.SHORTEST_ANSWER, "请写报告正文", "text"), edits, by)


def _save(found: UnitReport, text: str, edits: int, by: Actor) -> UnitReport:
    open_now = UnitReport.objects.filter(pk=found.pk, edits=edits, case__state="due")
    if not open_now.update(text=text, edits=F("edits") + 1, edited_by_id=by.id):
        raise Conflict("报告已经报送，或者刚刚已由他人保存。请先对照后再保存。")
    found.refresh_from_db()
    return found


def submit_report(*, report_id: int, by: Actor, at: datetime) -> UnitReport:
    """Hand a report to the office, as the head of the unit; its clock stops. Raises NotAllowed, StepRefused, Conflict, HandlingRefused."""
    found = UnitReport.objects.select_related("case__organ").get(pk=report_id)
    need(found.text, rules.SHORTEST_ANSWER, "报告还没有写好", "text")
    with transaction.atomic():
        procedures.perform(case=found.case, step="submit", by=by, at=at, organ=found.unit_id)
        procedures.stop_clock(case=found.case, key=f"report:{found.unit_id}", at=at)
        UnitReport.objects.filter(pk=found.pk).update(submitted_by_id=by.id, submitted_at=at)
    found.refresh_from_db()
    return found


def receive_report(*, report_id: int, accept: bool, words: str, by: Actor, at: datetime) -> UnitReport:
    """Take a report, or give it back with what is missing; its clock then runs on to the same day.

    Raises NotAllowed, StepRefused, Conflict.
    """
    found = UnitReport.objects.select_related("case__organ").get(pk=report_id)
    with transaction.atomic():
        procedures.perform(case=found.case, step="accept" if accept else "return", by=by, at=at, note=words)
        if not accept:
            UnitReport.objects.filter(pk=found.pk).update(submitted_by=None, submitted_at=None)
            stopped = found.case.clocks.filter(key=f"report:{found.unit_id}").order_by("-id").first()
            if stopped is not None:
                try:
                    with transaction.atomic():
                        type(stopped).objects.filter(pk=stopped.pk).update(stopped_at=None)
                except IntegrityError:
                    raise Conflict("这份报告刚刚已由他人退回。") from None
    found.refresh_from_db()
    return found
