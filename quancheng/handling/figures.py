"""Figures of units: the league table by timeliness and satisfaction, and a unit's report in words. Organs, never people."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, F, Q
from django.db.models.functions import TruncDate
from django.utils import timezone

from quancheng.handling.models import Answer, Assignment, Commitment, Contact, Rating
from quancheng.people.models import Organ
from quancheng.procedures import queries as procedures
from quancheng.procedures.models import Clock


@dataclass
class UnitLine:
    """A unit's span of time: shares given and answered, in time and late, how they were rated. Organs, never people."""

    unit: Organ
    given: int = 0
    answered: int = 0
    in_time: int = 0
    overdue: int = 0
    redone: int = 0
    satisfied: int = 0
    basically: int = 0
    dissatisfied: int = 0

    @property
    def rated(self) -> int:
        """How many answers were rated; those without a rating are left out of every rate (R7.11)."""
        return self.satisfied + self.basically + self.dissatisfied

    @property
    def timeliness(self) -> float:
        """The share of what came due that was answered in time; what is overdue now counts as late."""
        due = self.answered + self.overdue
        return self.in_time / due if due else 0.0

    @property
    def satisfaction(self) -> float:
        """The share of 满意 and 基本满意 among what was rated."""
        return (self.satisfied + self.basically) / self.rated if self.rated else 0.0

    def percent(self, part: int, whole: int) -> str:
        """Return a share in percent, '—' of nothing."""
        return f"{100 * part / whole:.0f}%" if whole else "—"


def _moments(first: date, until: date) -> tuple[datetime, datetime]:
    start, end = (timezone.make_aware(datetime(d.year, d.month, d.day)) for d in (first, until))
    return start, end


def league(first: date, until: date, today: date, procedures_: tuple[str, ...]) -> list[UnitLine]:
    """Return what each unit was given, answered and how it was rated from `first` to before `until` (7 statements).

    Best first: by timeliness, then satisfaction. A rating counts for the unit that gave the answer.
    """
    start, end = _moments(first, until)
    lines = {organ.pk: UnitLine(organ) for organ in Organ.objects.filter(kind=Organ.Kind.GOVERNMENT)}
    principal = ~Q(role=Assignment.Role.ASSIST)
    shares = Assignment.objects.filter(principal, case__procedure__in=procedures_, at__gte=start, at__lt=end)
    answers = Answer.objects.filter(
        assignment__case__procedure__in=procedures_, signed_at__gte=start, signed_at__lt=end
    ).exclude(assignment__role=Assignment.Role.ASSIST)
    kept = answers.annotate(day=TruncDate("signed_at")).filter(day__lte=F("due_on"))
    over = Clock.objects.filter(case__procedure__in=procedures_, stopped_at=None, due_on__lt=today)
    over = over.filter(Q(key__startswith="answer:") | Q(key__startswith="redo:"))
    for name, rows in (
        ("given", shares.values_list("unit").annotate(n=Count("id"))),
        ("answered", answers.values_list("assignment__unit").annotate(n=Count("id"))),
        ("in_time", kept.values_list("assignment__unit").annotate(n=Count("id"))),
        ("redone", answers.filter(round=2).values_list("assignment__unit").annotate(n=Count("id"))),
        ("overdue", over.values_list("organ").annotate(n=Count("id"))),
    ):
        for unit, number in rows.order_by():
            if unit in lines:
                setattr(lines[unit], name, number)
    graded = Rating.objects.filter(at__gte=start, at__lt=end, answer__assignment__case__procedure__in=procedures_)
    for unit, grade, number in graded.values_list("answer__assignment__unit", "grade").annotate(n=Count("id")).order_by():
        if unit in lines:
            setattr(lines[unit], grade, number)
    told = [line for line in lines.values() if line.given or line.answered or line.overdue or line.rated]
    return sorted(told, key=lambda line: (-line.timeliness, -line.satisfaction, line.unit.name))


def public_league(first: date, until: date, today: date, area: str) -> list[UnitLine] | None:
    """Return the table of suggestions as the public sees it; None where the city has not switched it on (S14)."""
    if not procedures.parameter("league.public", area=area, on=today):
        return None
    return league(first, until, today, ("suggestion",))


def report_text(unit: Organ, year: int, today: date) -> str:
    """Return a unit's report on the suggestions of a year, drafted from the data (R7.14; 6 statements)."""
    start, end = _moments(date(year, 1, 1), date(year + 1, 1, 1))
    shares = Assignment.objects.filter(case__procedure="suggestion", unit=unit, at__gte=start, at__lt=end)
    roles = dict(shares.values_list("role").annotate(n=Count("id")).order_by())
    answers = Answer.objects.filter(assignment__in=shares, signed_at__isnull=False).exclude(
        assignment__role=Assignment.Role.ASSIST
    )
    outcomes = dict(answers.filter(round=1).values_list("outcome").annotate(n=Count("id")).order_by())
    in_time = answers.annotate(day=TruncDate("signed_at")).filter(day__lte=F("due_on")).count()
    grades = dict(
        Rating.objects.filter(answer__in=answers).values_list("grade").annotate(n=Count("id")).order_by()
    )
    spoken = Contact.objects.filter(assignment__in=shares, disputed_at=None).count()
    promises = list(Commitment.objects.filter(unit=unit, assignment__in=shares).order_by("due_on"))
    lines = [f"# {unit.name}{year}年办理人大代表建议情况的报告", "", "## 一、基本情况", ""]
    lines.append(
        f"截至{today:%Y年%-m月%-d日}，我单位承办代表建议{sum(roles.values())}件，其中主办{roles.get('lead', 0)}件、"
        f"分办{roles.get('separate', 0)}件、协办{roles.get('assist', 0)}件。与代表沟通{spoken}次。"
    )
    lines += ["", "## 二、答复和测评", "", "| 类别 | 件数 |", "|---|---|"]
    lines += [f"| {label} | {outcomes.get(str(value), 0)} |" for value, label in Answer.Outcome.choices]
    total = sum(outcomes.values())
    lines += ["", f"首次答复{total}件；全部答复中按期{in_time}件，共{answers.count()}件。", "", "| 测评 | 次数 |", "|---|---|"]
    lines += [f"| {label} | {grades.get(str(value), 0)} |" for value, label in Rating.Grade.choices]
    lines += ["", "## 三、承诺事项", ""]
    for promise in promises:
        state = f"已于{timezone.localtime(promise.kept_at):%Y年%-m月%-d日}核实兑现" if promise.kept_at else "正在落实"
        lines.append(f"- {promise.words}（{promise.due_on:%Y年%-m月%-d日}以前）：{state}")
    if not promises:
        lines.append("本年度没有承诺事项。")
    lines += ["", "## 四、存在的问题和下一步打算", "", "（请填写）", "", unit.name]
    return "\n".join(lines)


@dataclass
class MonthLine:
    """A unit's month: shares given, answers signed, those in time, and what was overdue when it ended (or today)."""

    unit: str
    given: int = 0
    answered: int = 0
    in_time: int = 0
    overdue: int = 0


def month(first: date, until: date, today: date, procedure: str, only: Q | None = None) -> list[MonthLine]:
    """Return what each unit was given and answered from `first` to before `until`, by name (4 statements).

    `only` narrows the cases that count, by `case__…`; assistants do not count. Organs, never people.
    """
    start, end = _moments(first, until)
    own = Q(case__procedure=procedure) & (Q() if only is None else only)
    lead = Assignment.objects.filter(own).exclude(role=Assignment.Role.ASSIST)
    answers = Answer.objects.filter(assignment__in=lead, signed_at__gte=start, signed_at__lt=end)
    kept = answers.annotate(day=TruncDate("signed_at")).filter(day__lte=F("due_on"))
    late = Clock.objects.filter(own, Q(stopped_at=None) | Q(stopped_at__gte=end), due_on__lt=min(until, today))
    late = late.filter(Q(key__startswith="answer:") | Q(key__startswith="redo:"))
    lines: dict[str, MonthLine] = {}
    for name, column, rows in (
        ("given", "unit__name", lead.filter(at__gte=start, at__lt=end)), ("answered", "assignment__unit__name", answers),
        ("in_time", "assignment__unit__name", kept), ("overdue", "organ__name", late),
    ):  # fmt: skip
        for unit, number in rows.order_by().values_list(column).annotate(n=Count("id")):
            setattr(lines.setdefault(unit, MonthLine(unit)), name, number)
    return sorted(lines.values(), key=lambda line: line.unit)
