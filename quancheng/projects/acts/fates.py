"""What becomes of a wish: listed, merged, or not listed for a reason of R7.50; each author is told, each reason public."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from quancheng.people.permissions import Actor, demand
from quancheng.procedures import acts as procedures
from quancheng.procedures import queries as procedure_queries
from quancheng.procedures.acts import Conflict
from quancheng.projects import rules
from quancheng.projects.models import Project
from quancheng.projects.recording import name_of, project_of, tell_authors
from quancheng.projects.rules import ProjectRefused

OUT = tuple(fate for fate in Project.Fate.values if fate not in ("in", "merged"))
MOST = 500  # wishes decided at once


def _chosen(project_ids: Sequence[int], by: Actor) -> list[Project]:
    """Return the projects in the order of their ids, all the actor's to decide. Raises NotAllowed, ProjectRefused."""
    wanted = sorted(set(project_ids))
    if not wanted or len(wanted) > MOST:
        raise ProjectRefused("请先选择建议。" if not wanted else f"一次最多{MOST}条。")
    found = list(
        Project.objects.filter(pk__in=wanted).select_related("case", "call__organ", "dossier").order_by("pk")
    )
    for organ in {project.call.organ_id for project in found}:
        demand(by, "project.manage", organ=organ)
    if len(found) != len(wanted):
        raise ProjectRefused("有的建议已经不在，请刷新后再选。")
    return found


def _reason(reason: str, project: Project, at: datetime) -> str:
    least = procedure_queries.parameter(
        "reason.min_characters", area=project.call.organ.area_id, on=timezone.localdate(at)
    )
    return rules.need(reason, least, "请写明理由，每一位作者都会看到", "reason", 1000)


def decide(*, project_ids: Sequence[int], fate: str, reason: str, by: Actor, at: datetime) -> int:
    """Give wishes a fate with its reason: listed for screening, or not listed (R7.50). All or none; returns how many.

    Raises NotAllowed, ProjectRefused, StepRefused, Conflict.
    """
    found = _chosen(project_ids, by)
    if fate != Project.Fate.IN and fate not in OUT:
        raise ProjectRefused("请选择去向。", "fate")
    reason, step = _reason(reason, found[0], at), "screen" if fate == Project.Fate.IN else "drop"
    label = str(Project.Fate(fate).label)
    with transaction.atomic():
        for project in found:
            procedures.perform(case=project.case, step=step, by=by, at=at, note=f"{label}。{reason}")
        Project.objects.filter(pk__in=[project.pk for project in found]).update(
            fate=fate, reason=reason, decided_by_id=by.id, decided_at=at
        )
        tell_authors(found, f"您提的民生实事建议“{{name}}”（编号{{code}}）有了结果：{label}。理由请在公开页面查看。", at)
    return len(found)


def merge(*, leader_id: int, project_ids: Sequence[int], reason: str, by: Actor, at: datetime) -> int:
    """Merge wishes into one that says the same; every author stays counted and is told (R7.50, S10). Returns how many.

    Raises NotAllowed, ProjectRefused, StepRefused, Conflict.
    """
    found = _chosen([pk for pk in project_ids if pk != leader_id], by)
    leader = project_of(leader_id)
    demand(by, "project.manage", organ=leader.call.organ_id)
    if leader.case.state in ("merged", "dropped", "closed") or any(p.call_id != leader.call_id for p in found):
        raise ProjectRefused("只能并入同一年征集、还在研究或者实施的一条。", "leader")
    reason = _reason(reason, leader, at)
    ids = [project.pk for project in found]
    with transaction.atomic():
        for project in found:
            procedures.perform(case=project.case, step="merge", by=by, at=at, note=f"并入{leader.code}“{name_of(leader)}”。{reason}")
        tell_authors(found, f"您提的民生实事建议“{{name}}”（编号{{code}}）并入同类建议{leader.code}，提出人次都计算在内，以后的进展看那一条。", at)
        Project.objects.filter(merged_into__in=ids).update(merged_into=leader)
        Project.objects.filter(pk__in=ids).update(
            fate=Project.Fate.MERGED, reason=reason, decided_by_id=by.id, decided_at=at, merged_into=leader, voices=1
        )
        joined = sum(project.voices for project in found)
        Project.objects.filter(pk=leader.pk).update(voices=F("voices") + joined)
        procedures.note(
            case=leader.case, event="project.joined", words=reason, by=by, at=at, held="project.manage",
            shown=f"并入{joined}条，现在共{leader.voices + joined}人次提出",
        )  # fmt: skip
    return len(found)


def reconsider(*, project_id: int, reason: str, by: Actor, at: datetime) -> Project:
    """Take a fate back that was wrong, in the open: the wish is studied anew and its author is told (R9.14).

    Not after the list of candidates is fixed. Raises NotAllowed, ProjectRefused, StepRefused, Conflict.
    """
    found = project_of(project_id)
    demand(by, "project.manage", organ=found.call.organ_id)
    if found.fate in ("", Project.Fate.IN) or found.call.case.state not in ("announced", "collected"):
        raise ProjectRefused("候选项目确定以后，或者没有作过“并入”“未列入”决定的，不能重新研究。")
    reason, leader = _reason(reason, found, at), found.merged_into_id
    with transaction.atomic():
        procedures.perform(case=found.case, step="reconsider", by=by, at=at, note=reason)
        done = Project.objects.filter(pk=found.pk, fate=found.fate).update(
            fate="", reason="", decided_by=None, decided_at=None, merged_into=None
        )
        if not done:
            raise Conflict("这条建议刚刚已由他人处理，请刷新后再看。")
        if leader:
            Project.objects.filter(pk=leader).update(voices=F("voices") - 1)
        tell_authors([found], "您提的民生实事建议“{name}”（编号{code}）将重新研究，原来的结果收回。", at)
    found.refresh_from_db()
    return found
