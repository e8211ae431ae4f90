"""Reads of what follows the vote: tasks, progress, money, changes, who follows, residents' polls, what is to be rated."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from quancheng.people.permissions import Actor, may
from quancheng.projects import rules
from quancheng.projects.models import (
    Call,
    Carry,
    Change,
    Follower,
    Inspection,
    Milestone,
    Picture,
    Project,
    Report,
)
from quancheng.projects.procedure import DOING
from quancheng.projects.procedure import UNDER_WAY as _UNDER_WAY
from quancheng.projects.queries.wishes import Line, line_of
from quancheng.projects.recording import name_of, rated_projects, seated_deputies
from quancheng.voting.models import Option, Vote
from quancheng.voting.queries import FEW, HIDDEN

UNDER_WAY = _UNDER_WAY  # states in which progress is reported
CHANGE_KINDS = [(str(value), str(label)) for value, label in Change.Kind.choices]
GROUNDS_OF_CHANGE = [(str(value), str(label)) for value, label in Change.Ground.choices]


@dataclass(frozen=True)
class Shown:
    """A report or an inspection with its pictures."""

    one: Report | Inspection
    pictures: list[Picture]


@dataclass(frozen=True)
class Polled:
    """What residents said of one project in a poll: after the close (label, number) each, unless too few answered (S06)."""

    vote: Vote
    is_open: bool
    answers: int
    rows: list[tuple[str, int]]
    few: bool
    hidden: bool


@dataclass(frozen=True)
class Carried:
    """How a project was and is carried out."""

    milestones: list[Milestone] = field(default_factory=list)
    reports: list[Shown] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    followers: list[Follower] = field(default_factory=list)
    inspections: list[Shown] = field(default_factory=list)
    carries: list[Carry] = field(default_factory=list)
    polls: list[Polled] = field(default_factory=list)

    @property
    def released(self) -> list[Report]:
        """The published reports, oldest first."""
        return [s.one for s in self.reports if isinstance(s.one, Report) and s.one.state == Report.State.RELEASED]

    @property
    def progress_rows(self) -> list[tuple[str, int]]:
        """Per cent done by quarter, for the chart."""
        return [(f"{one.year}年第{one.quarter}季度", one.share) for one in self.released]

    @property
    def money_rows(self) -> list[tuple[str, Decimal]]:
        """Money paid by quarter in 万元, for the chart."""
        return [(f"{one.year}年第{one.quarter}季度", one.paid if one.paid % 1 else one.paid.quantize(Decimal(1))) for one in self.released]


def carried(project: Project, happened: set[str], pictures: list[Picture], *, desk: bool) -> Carried:
    """Return how a project was carried out; asks only for what its events say there is (≤ 8 statements)."""
    reports: list[Report] = []
    if desk or "project.reported" in happened:
        found = project.reports.select_related("by").order_by("year", "quarter")
        reports = list(found if desk else found.filter(state=Report.State.RELEASED))
    inspections = project.inspections.select_related("by").order_by("seen_on", "pk") if "project.inspected" in happened else []
    return Carried(
        milestones=list(project.milestones.order_by("due_on", "pk")) if "task" in happened else [],
        reports=[Shown(one, [p for p in pictures if p.report_id == one.pk]) for one in reports],
        changes=list(project.changes.order_by("pk")) if "project.applied" in happened else [],
        followers=list(project.followers.select_related("account").order_by("-leads", "pk")) if "project.follow" in happened else [],
        inspections=[Shown(one, [p for p in pictures if p.inspection_id == one.pk]) for one in inspections],
        carries=list(project.carries.order_by("from_year")) if "carry" in happened else [],
        polls=polled(project) if "project.polled" in happened else [],
    )  # fmt: skip


def polled(project: Project) -> list[Polled]:
    """Return residents' polls about a project, oldest first (2 statements)."""
    options = Option.objects.filter(subject_id=project.case_id, question__vote__mode=Vote.Mode.ONLINE).select_related("question")
    by_vote: dict[int, list[Option]] = {}
    for option in options.order_by("question__vote_id", "number"):
        by_vote.setdefault(option.question.vote_id, []).append(option)
    votes = Vote.objects.filter(pk__in=by_vote).select_related("result", "case").order_by("pk")
    return [_polled(vote, by_vote[vote.pk]) for vote in votes]


def _polled(vote: Vote, options: list[Option]) -> Polled:
    result = getattr(vote, "result", None)
    if result is None:
        return Polled(vote, is_open=True, answers=0, rows=[], few=False, hidden=False)
    totals = json.loads(result.found)["questions"][options[0].question.number - 1]["totals"]
    hidden = result.cast < HIDDEN
    rows = [("选了这个项目", totals[options[0].number - 1])] if len(options) == 1 else [(o.title, totals[o.number - 1]) for o in options]
    return Polled(vote, is_open=False, answers=result.cast, rows=[] if hidden else rows, few=result.cast < FEW, hidden=hidden)


def quarters(project: Project, today: date) -> list[tuple[int, int]]:
    """Return the quarters of the project's year that have begun and of which nothing is published yet (1 statement)."""
    out = set(Report.objects.filter(project=project).exclude(state=Report.State.DRAFT).values_list("year", "quarter"))
    begun = [(project.year, n) for n in range(1, 5) if (project.year, n) <= rules.quarter_of(today)]
    return [one for one in begun if one not in out and one > max(out, default=(0, 0))]


def deputies(organ: str, on: date) -> list[tuple[int, str]]:
    """Return (account id, name) of the deputies who sit in a congress, by name (1 statement)."""
    return seated_deputies(organ, on)


def followed_by(actor: Actor) -> list[Line]:
    """Return the projects that a deputy follows, newest year first (1 statement)."""
    found = Project.objects.filter(followers__account_id=actor.id).select_related("case", "area", "dossier__owner").defer("salt")
    return [line_of(row) for row in found.order_by("-year", "pk")[:100]]


def changes_waiting(actor: Actor) -> list[Change]:
    """Return the changes that wait for the standing committee in the actor's organs, oldest first (1 statement)."""
    organs = [o.organ for o in actor.offices if may(actor, "project.manage", organ=o.organ)]
    found = Change.objects.filter(decided_at=None, project__call__organ_id__in=organs)
    return list(found.select_related("project__case", "project__dossier").order_by("pk"))


def to_release(actor: Actor) -> list[Report]:
    """Return the reports that wait for the actor's government to publish them, oldest first (1 statement)."""
    organs = [o.organ for o in actor.offices if may(actor, "project.carry_out", organ=o.organ)]
    found = Report.objects.filter(state=Report.State.SUBMITTED, project__call__government_id__in=organs)
    return list(found.select_related("project__case", "project__dossier", "by").order_by("pk"))


def of_government(actor: Actor) -> list[Line]:
    """Return the projects under way for which the actor's government answers, newest year first (1 statement)."""
    organs = [o.organ for o in actor.offices if may(actor, "project.carry_out", organ=o.organ)]
    found = Project.objects.filter(call__government_id__in=organs, case__state__in=(*DOING, "completed"))
    return [line_of(row) for row in found.select_related("case", "area", "dossier__owner").defer("salt").order_by("-year", "pk")[:200]]


@dataclass(frozen=True)
class Slip:
    """What a vote on projects is about: a title, (words, case id) of each project, how many may be chosen (0: three grades)."""

    call_id: int
    title: str
    rows: list[tuple[str, int]]
    places: int


def slips(organs: Iterable[str], kind: str) -> list[Slip]:
    """Return what can be put to a vote in these organs: 'ballot' on candidates (R7.53), 'rating' of a year's projects (R7.57)."""
    made = []
    for call in Call.objects.filter(organ_id__in=list(organs)).select_related("case").order_by("-year"):
        if kind == "ballot" and call.case.state == "listed" and call.places:
            found = Project.objects.filter(call=call, case__state="balloted").order_by("dossier__number")
            rows = [(title, case) for case, title in found.values_list("case_id", "dossier__title")]
            made.append(Slip(call.pk, f"{call.year}年民生实事项目票决", rows, call.places))
        elif kind == "rating" and call.case.state == "decided":
            rows = [(name_of(one), one.case_id) for one in rated_projects(year=call.year, organ=call.organ_id)]
            if rows:
                made.append(Slip(call.pk, f"{call.year}年民生实事项目满意度测评", rows, 0))
    return made


def figures(call: Call) -> list[tuple[Line, Report | None]]:
    """Return the projects of a call's year that were adopted, each with its last published report (2 statements)."""
    found = Project.objects.filter(call__organ_id=call.organ_id, year=call.year, case__state__in=(*DOING, "completed", "evaluated", "closed"))
    rows = list(found.select_related("case", "area", "dossier__owner").defer("salt").order_by("dossier__number", "pk"))
    last: dict[int, Report] = {}
    for report in Report.objects.filter(project__in=rows, state=Report.State.RELEASED).order_by("year", "quarter"):
        last[report.project_id] = report
    return [(line_of(one), last.get(one.pk)) for one in rows]
