"""What residents can be asked about the projects of a year: which they would choose, how they rate them (R7.51, R7.57, S29)."""

from collections.abc import Iterable
from dataclasses import dataclass

from quancheng.projects.models import Call, Project
from quancheng.projects.recording import name_of, rated_projects
from quancheng.projects.rules import ProjectRefused
from quancheng.voting.preparing import QuestionDraft, grading, preferring


@dataclass(frozen=True)
class Asked:
    """A poll about a call's projects: its title, its questions with the case of each project, the projects."""

    call_id: int
    organ: str
    title: str
    drafts: list[QuestionDraft]
    rows: list[Project]


def preference(call: Call) -> Asked:
    """Return the question which candidates residents would choose (1 statement). Raises ProjectRefused for fewer than two."""
    found = Project.objects.filter(call=call, case__state__in=("candidate", "balloted")).select_related("case", "dossier")
    rows = list(found.order_by("dossier__number", "pk"))
    if len(rows) < 2:
        raise ProjectRefused("候选项目不足两个，还不能征询。")
    most = min(call.places or len(rows) - 1, len(rows) - 1)
    options = [(name_of(project), project.case_id) for project in rows]
    draft = preferring(f"下列候选项目中，您最希望办的是哪些？最多选{most}个", options, most)
    return Asked(call.pk, call.organ_id, f"{call.year}年民生实事候选项目居民意向", [draft], rows)


def rating(call: Call) -> Asked:
    """Return the three grades for each project of the call's year. Raises ProjectRefused where there is none."""
    rows = rated_projects(year=call.year, organ=call.organ_id)
    if not rows:
        raise ProjectRefused("没有等待测评的项目。")
    drafts = [grading(name_of(project), project.case_id) for project in rows]
    return Asked(call.pk, call.organ_id, f"{call.year}年民生实事居民评价", drafts, rows)


def askable(organs: Iterable[str]) -> list[Asked]:
    """Return what residents can be asked now about the calls of these organs, newest year first."""
    made = []
    for call in Call.objects.filter(organ_id__in=list(organs)).select_related("case").order_by("-year"):
        ask = {"collected": preference, "listed": preference, "decided": rating}.get(call.case.state)
        try:
            made += [ask(call)] if ask else []
        except ProjectRefused:
            continue
    return made
