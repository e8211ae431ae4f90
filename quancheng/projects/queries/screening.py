"""Reads of the screening: the candidates in their order, the briefing for deputies, what waits for a unit."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch

from quancheng.kernel.deadlines import Light
from quancheng.people.permissions import Actor, demand, may
from quancheng.procedures import queries as procedures
from quancheng.procedures.models import Clock
from quancheng.projects.models import Call, Money, Project, Question, Review, View
from quancheng.projects.queries.wishes import Line, line_of


def candidates(year: int, organ: str) -> list[tuple[int, str]]:
    """Return (case id, title) of what is put to the congress, in the order of the ballot (1 statement; R7.52)."""
    found = Project.objects.filter(call__organ_id=organ, call__year=year, case__state="balloted")
    return [(case, title) for case, title in found.order_by("dossier__number").values_list("case_id", "dossier__title")]


def call_of_year(year: int, organ: str) -> Call:
    """Return the call of a congress for a year. Raises Call.DoesNotExist."""
    return Call.objects.select_related("case", "organ__area", "government").get(year=year, organ_id=organ)


@dataclass(frozen=True)
class Briefed:
    """A candidate with all that the deputies are to know of it."""

    line: Line
    money: list[Money]
    views: list[View]
    questions: list[Question]


def briefing(call_id: int) -> list[Briefed]:
    """Return the candidates of a call with dossier, money, views, questions, in the order of the ballot (4 statements)."""
    found = Project.objects.filter(call_id=call_id, case__state__in=("candidate", "balloted")).defer("salt")
    found = found.select_related("case", "area", "dossier__owner").prefetch_related(
        Prefetch("money", Money.objects.order_by("-amount")), Prefetch("views", View.objects.select_related("unit").order_by("pk")),
        Prefetch("questions", Question.objects.select_related("by", "unit").order_by("pk")),
    )
    rows = found.order_by("dossier__number", "pk")
    return [Briefed(line_of(p), list(p.money.all()), list(p.views.all()), list(p.questions.all())) for p in rows]


def screened(call_id: int) -> list[Line]:
    """Return what is being screened or is a candidate, most voices first (1 statement)."""
    found = Project.objects.filter(call_id=call_id, case__state__in=("screened", "candidate", "balloted")).defer("salt")
    found = found.select_related("case", "area", "dossier__owner").order_by("dossier__number", "-voices", "pk")
    return [line_of(row) for row in found]


def reviews(call_id: int) -> list[Review]:
    """Return the meetings that looked at a call's projects, oldest first (1 statement)."""
    return list(Review.objects.filter(call_id=call_id).select_related("by").order_by("held_on", "pk"))


@dataclass(frozen=True)
class Task:
    """Something about a project that waits for the actor's unit or office, with its day and light."""

    project: Project
    title: str
    label: str
    due_on: date
    light: Light
    working: str


def waiting(actor: Actor, today: date) -> list[Task]:
    """Return what waits for the actor's units and offices about projects, soonest first (2 statements). Raises NotAllowed."""
    demand(actor, "project.read")
    held = ("project.view", "project.carry_out", "project.manage")
    organs = {o.organ for o in actor.offices if any(may(actor, name, organ=o.organ) for name in held)}
    clocks = Clock.objects.filter(organ_id__in=organs, stopped_at=None, case__procedure="livelihood_project")
    clocks = clocks.order_by("due_on", "pk")[:300]
    rows = list(clocks)
    found = Project.objects.filter(case_id__in={clock.case_id for clock in rows}).select_related("case", "dossier")
    by_case = {project.case_id: project for project in found.defer("salt")}
    return [
        Task(
            project=by_case[clock.case_id], title=line_of(by_case[clock.case_id]).title, label=clock.label, due_on=clock.due_on,
            light=procedures.light_of(clock.due_on, today, clock.started_on), working=clock.working,
        )
        for clock in rows if clock.case_id in by_case
    ]


def my_projects(actor: Actor) -> list[Line]:
    """Return the projects that the actor's units own, newest first (1 statement)."""
    organs = [o.organ for o in actor.offices if may(actor, "project.view", organ=o.organ)]
    found = Project.objects.filter(dossier__owner_id__in=organs).exclude(case__state__in=("merged", "dropped"))
    return [line_of(row) for row in found.select_related("case", "area", "dossier__owner").defer("salt").order_by("-year", "-pk")[:100]]


def resolution_draft(call: Call, chosen: list[int]) -> str:
    """Return a resolution on the projects of a year, from what was chosen: to be checked and mended before it is released."""
    names = [title for case, title in candidates(call.year, call.organ_id) if case in chosen]
    head = f"会议听取了关于{call.year}年民生实事候选项目的说明，经代表无记名差额票决，决定以下{len(names)}个项目为{call.year}年民生实事项目："
    lines = [head, "", *(f"- {name}" for name in names), ""]
    return "\n".join([*lines, f"会议要求，{call.government.name}应当在一个月内公布任务清单，按季度公布进展；年底由代表测评。"])
