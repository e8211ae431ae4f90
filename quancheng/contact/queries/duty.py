"""Reads of duty: the file with its points and their rule, the public page, check-ins, reports to voters."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet, Sum

from quancheng.contact import rules
from quancheng.contact.models import (
    CheckIn,
    Code,
    DutyCorrection,
    DutyFact,
    GroupTopic,
    Reception,
    ReportQuestion,
    TaskTag,
    VotersReport,
)
from quancheng.people.models import Account, Office, Seat
from quancheng.people.permissions import Actor, NotAllowed, demand, may
from quancheng.procedures.library import LIBRARY
from quancheng.procedures.models import ParameterValue


@dataclass(frozen=True)
class PointsLine:
    """What one kind of fact earns: how many, how much each by the rule, and the sum; an absence takes away (R6.09)."""

    kind: str
    label: str
    number: int
    points: int
    rule: str
    basis: str


@dataclass(frozen=True)
class DutyFile:
    """A deputy's duty in a year: the facts, newest first, and the points they earn, each line with its rule (S17)."""

    account: Account
    year: int
    facts: list[DutyFact]
    lines: list[PointsLine]
    corrections: list[DutyCorrection]

    @property
    def total(self) -> int:
        """The sum of all points."""
        return sum(line.points for line in self.lines)


def duty_file(account_id: int, year: int, actor: Actor) -> DutyFile:
    """Return a duty file with struck facts and corrections, for the deputy himself and his office (≤10 statements).

    Raises NotAllowed, Account.DoesNotExist.
    """
    account = Account.objects.get(pk=account_id)
    if actor.account_id == account_id:
        demand(actor, "duty.keep")
    else:
        rules.office_over(actor, "duty.decide", rules.area_of_deputy(account_id))
    facts = list(_facts(account_id, year).select_related("case", "recorded_by"))
    corrections = DutyCorrection.objects.filter(account_id=account_id).select_related("fact", "decided_by")
    return DutyFile(
        account, year, facts, work_of_points(facts, rules.area_of_deputy(account_id)), list(corrections.order_by("-pk")[:50])
    )


def _facts(account_id: int, year: int) -> QuerySet[DutyFact]:
    span = Q(on__gte=date(year, 1, 1), on__lte=date(year, 12, 31))
    return DutyFact.objects.filter(span, account_id=account_id).order_by("-on", "-pk")


def work_of_points(facts: list[DutyFact], area: str) -> list[PointsLine]:
    """Return the points that facts earn, kind by kind, each fact by the rule of its own day (2 statements).

    Without the two statements' rows, the library's default holds.
    """
    over = rules.area_chain(area) if area else []
    values: dict[str, list[ParameterValue]] = {}
    for row in ParameterValue.objects.filter(key__startswith="points.").order_by("valid_from", "pk"):
        values.setdefault(row.key, []).append(row)
    lines = []
    for kind in DutyFact.Kind:
        mine = [fact for fact in facts if fact.kind == kind and fact.struck_at is None]
        if not mine:
            continue
        key, sign = f"points.{kind.value}", -1 if kind == DutyFact.Kind.ABSENCE else 1
        earned = [sign * fact.number * _value(values.get(key, []), over, fact.on, LIBRARY[key].default) for fact in mine]
        each = sorted({_value(values.get(key, []), over, fact.on, LIBRARY[key].default) for fact in mine})
        basis = f"每{'半天' if sign < 0 else '次'}{'扣' if sign < 0 else ''}{'、'.join(map(str, each))}分"
        lines.append(
            PointsLine(kind.value, str(kind.label), sum(f.number for f in mine), sum(earned), LIBRARY[key].article, basis)
        )
    return lines


def _value(rows: list[ParameterValue], over: list[str], on: date, default: int) -> int:
    """Return a parameter's value for the nearest area of a chain on a day."""
    now = {row.area_id: row.value for row in rows if row.valid_from <= on}
    return next((now[code] for code in over if code in now), default)


def corrections_waiting(actor: Actor) -> list[DutyCorrection]:
    """Return the corrections that wait for the actor's office, oldest first (2 statements). Raises NotAllowed."""
    areas = rules.areas_of(actor, "duty.decide")
    seated = Seat.objects.filter(rules.under("term__organ__area", areas)).values("account_id")
    held = Office.objects.filter(rules.under("organ__area", areas), role=Office.Role.DEPUTY).values("account_id")
    waiting = DutyCorrection.objects.filter(state=DutyCorrection.State.WAITING).exclude(account_id=actor.id)
    mine = waiting.filter(Q(account__in=seated) | Q(account__in=held))
    return list(mine.select_related("account", "fact").order_by("pk")[:200])


@dataclass(frozen=True)
class DeputyPage:
    """A deputy's public page, made of facts alone: name, electoral unit, office and duty (R8.06, R8.17)."""

    account: Account
    seat: Seat | None
    office: str
    code: str
    counts: dict[str, int]
    points: list[PointsLine]
    facts: list[DutyFact]
    receptions: list[Reception]
    reports: list[VotersReport]
    topics: list[GroupTopic]

    @property
    def total(self) -> int:
        """The sum of all points."""
        return sum(line.points for line in self.points)


def deputy_page(account_id: int, on: date) -> DeputyPage:
    """Return a deputy's public page (≤12 statements). Raises Account.DoesNotExist for who is no deputy on that day."""
    account = Account.objects.filter(rules.sitting(on)).get(pk=account_id)
    seat = Seat.objects.filter(rules.in_force(on), account=account).select_related("term__organ").order_by("-pk").first()
    office = account.offices.filter(rules.in_force(on), role="deputy").select_related("organ").first()
    facts = list(_facts(account_id, on.year).filter(struck_at=None).defer("recorded_by", "case"))
    counts: dict[str, int] = {}
    for fact in facts:
        counts[fact.get_kind_display()] = counts.get(fact.get_kind_display(), 0) + fact.number
    coming = Reception.objects.filter(deputies__account=account, day__gte=on, cancelled_at=None, closed_at=None)
    return DeputyPage(
        account=account, seat=seat, office=office.organ.name if office else "", counts=counts, facts=facts[:100],
        code=Code.objects.filter(account=account, revoked_at=None).values_list("pk", flat=True).first() or "",
        points=work_of_points(facts, rules.area_of_deputy(account_id)),
        receptions=list(coming.select_related("site").order_by("day", "starts")[:20]), reports=reports_of(account_id),
        topics=list(GroupTopic.objects.filter(opened_by=account).exclude(words="").select_related("group").order_by("-pk")[:20]),
    )


def my_check_ins(actor: Actor) -> list[CheckIn]:
    """Return a deputy's own check-ins, newest first (1 statement). Raises NotAllowed."""
    demand(actor, "duty.keep")
    return list(CheckIn.objects.filter(account_id=actor.id).select_related("task", "site").order_by("-at")[:200])


def task_tags(on: date) -> list[TaskTag]:
    """Return the central tasks that run on a day (1 statement)."""
    return list(TaskTag.objects.filter(rules.in_force(on)).order_by("label"))


@dataclass(frozen=True)
class CheckInTotal:
    """How often deputies reported under a task, and for how long; never who or where (S21)."""

    task: str
    kind: str
    number: int
    deputies: int
    minutes: int


def check_in_totals(first: date, until: date) -> list[CheckInTotal]:
    """Return the totals of check-ins from `first` to before `until`, by kind and task (M36; 1 statement)."""
    found = CheckIn.objects.filter(on__gte=first, on__lt=until).values_list("task__label", "kind")
    rows = found.annotate(n=Count("id"), who=Count("account", distinct=True), long=Sum("minutes")).order_by("kind", "task__label")
    return [CheckInTotal(task or "", kind, n, who, long or 0) for task, kind, n, who, long in rows]


def reports_of(account_id: int) -> list[VotersReport]:
    """Return a deputy's reports to voters, newest first (1 statement)."""
    return list(VotersReport.objects.filter(account_id=account_id).select_related("site").order_by("-held_on", "-pk")[:20])


def reports_kept(actor: Actor, number: int = 1) -> list[VotersReport]:
    """Return the reports that the actor's sites or office hold, newest first, fifty a page (3 statements at most)."""
    own = Q(site_id__in={o.site for o in actor.offices if o.role == "site_staff" and o.site})
    if may(actor, "contact.manage"):
        own |= rules.under("site__area", rules.areas_of(actor, "contact.manage"))
    found = VotersReport.objects.filter(own).select_related("site", "account").order_by("-held_on", "-pk")
    return list(found[(number - 1) * 50 : number * 50])


@dataclass(frozen=True)
class ReportPage:
    """A report to voters: its questions with answers, and its result once it is closed and enough have rated (S06)."""

    report: VotersReport
    questions: list[ReportQuestion]
    waiting: int
    result: dict[str, int] | None
    rated: int
    kept: bool = False  # the reader holds it: the station's staff, or the office over it


def report_page(report_id: int, actor: Actor) -> ReportPage:
    """Return a report: to all the answered questions, to its deputy also those that wait, to the office all (≤5 statements).

    Raises VotersReport.DoesNotExist.
    """
    report = VotersReport.objects.select_related("account", "site__area", "organ").get(pk=report_id)
    questions = report.questions.defer("salt", "submission_key")
    own = actor.account_id is not None and actor.account_id == report.account_id
    seen = Q(withheld_by=None) if own else Q(answered_at__isnull=False, withheld_by=None)
    kept = False
    if not own and actor.account_id is not None:
        try:
            kept = bool(rules.keeps(actor, report.site))
        except NotAllowed:
            pass
    seen = Q() if kept else seen
    grades = {g: getattr(report, g) for g in ("satisfied", "basically", "dissatisfied", "abstained")}
    rated = sum(grades.values())
    shows = report.state == VotersReport.State.CLOSED and rated >= rules.FEWEST_VOTES
    return ReportPage(
        report=report, questions=list(questions.filter(seen).order_by("pk")[:500]),
        waiting=report.questions.filter(answered_at=None, withheld_by=None).count(), result=grades if shows else None,
        rated=rated if report.state == VotersReport.State.CLOSED else 0, kept=kept,
    )
