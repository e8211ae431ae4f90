"""The list of candidates: complete dossiers, a lawful surplus, an order; put to the congress (R7.52)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from quancheng.people.permissions import Actor, demand
from quancheng.procedures import acts as procedures
from quancheng.procedures import queries as procedure_queries
from quancheng.projects import rules
from quancheng.projects.models import Call, Dossier, Money, Project, Review, View
from quancheng.projects.recording import call_of, project_of, tell_authors
from quancheng.projects.rules import ProjectRefused


def lacking(*, project: Project) -> list[str]:
    """Return in words what a dossier lacks before the project can be a candidate (R7.52). Without at: it writes nothing."""
    dossier = getattr(project, "dossier", None)
    if dossier is None:
        return ["论证档案"]
    missing = [
        label for value, label in (
            (dossier.cost, "总投资"), (dossier.owner_id, "责任单位"), (dossier.finish_on, "完成时间"),
            (dossier.benefit, "受益范围"), (dossier.feasibility, "可行性"),
        ) if not value
    ]  # fmt: skip
    total = Money.objects.filter(project=project).aggregate(total=Sum("amount"))["total"]
    if dossier.cost and total != dossier.cost:
        missing.append(f"资金来源（合计{total or 0:.2f}万元，应等于总投资{dossier.cost:.2f}万元）")
    views = {view.unit_id: view for view in View.objects.filter(project=project)}
    owner = views.get(dossier.owner_id) if dossier.owner_id else None
    if owner is None or owner.at is None:
        missing.append("责任单位的论证意见")
    elif owner.stand == View.Stand.NOT_FEASIBLE:
        missing.append("责任单位认为可行（现在的意见是不可行）")
    return missing


def list_candidate(*, project_id: int, by: Actor, at: datetime) -> Project:
    """Make a screened wish a candidate, once its dossier is complete (R7.52). Raises NotAllowed, ProjectRefused, StepRefused."""
    found = project_of(project_id)
    demand(by, "project.manage", organ=found.call.organ_id)
    if missing := lacking(project=found):
        raise ProjectRefused(f"还不能列为候选，缺：{'、'.join(missing)}。")
    with transaction.atomic():
        procedures.perform(case=found.case, step="list", by=by, at=at)
        tell_authors([found], "您提的民生实事建议已形成候选项目“{name}”（编号{code}），将提请人民代表大会票决。", at)
    return found


def unlist_candidate(*, project_id: int, reason: str, by: Actor, at: datetime) -> Project:
    """Take a candidate back into screening, with a reason. Raises NotAllowed, ProjectRefused, StepRefused, Conflict."""
    found = project_of(project_id)
    demand(by, "project.manage", organ=found.call.organ_id)
    reason = rules.need(reason, 5, "请写明理由", "reason", 1000)
    procedures.perform(case=found.case, step="unlist", by=by, at=at, note=reason)
    return found


def fix_list(*, call_id: int, places: int, order: Sequence[int], by: Actor, at: datetime) -> Call:
    """Fix the candidates, their order on the ballot and the number to adopt, and put them to the congress (R7.52).

    `order`: ids of candidates, those left out come after in the order of their codes. Refused, in words, unless every
    wish has a fate (R7.50), 主任会议 has looked at the list (R7.51) and the surplus is lawful.
    Raises NotAllowed, ProjectRefused, StepRefused, Conflict.
    """
    call = call_of(call_id)
    demand(by, "project.manage", organ=call.organ_id)
    open_ones = Project.objects.filter(call=call, case__state__in=("proposed", "screened")).count()
    if open_ones:
        raise ProjectRefused(f"还有{open_ones}条建议没有结论。每一条都要有去向和理由，才能确定候选项目。")
    if not Review.objects.filter(call=call, kind=Review.Kind.LIST).exists():
        raise ProjectRefused("请先记下主任会议研究候选项目的情况。")
    found = {p.pk: p for p in Project.objects.filter(call=call, case__state="candidate").select_related("case", "dossier").order_by("pk")}
    day, area = timezone.localdate(at), call.organ.area_id
    floor, ceiling = (
        procedure_queries.parameter(f"project.differential_{end}", area=area, on=day) for end in ("floor", "ceiling")
    )
    if why := rules.surplus(len(found), places, floor, ceiling):
        raise ProjectRefused(why, "places")
    first = [pk for pk in dict.fromkeys(order) if pk in found]
    ranked = [*first, *(pk for pk in found if pk not in first)]
    with transaction.atomic():
        procedures.perform(case=call.case, step="list", by=by, at=at, note=f"候选{len(found)}个，票决{places}个。")
        Call.objects.filter(pk=call.pk).update(places=places)
        for number, pk in enumerate(ranked, 1):
            Dossier.objects.filter(project_id=pk).update(number=number)
            procedures.perform(case=found[pk].case, step="put", by=by, at=at, note=f"候选项目第{number}号，{len(found)}选{places}")
    call.refresh_from_db()
    return call


def unfix_list(*, call_id: int, reason: str, by: Actor, at: datetime) -> Call:
    """Take the list back before the vote, with a reason, to mend it. Raises NotAllowed, ProjectRefused, StepRefused."""
    call = call_of(call_id)
    demand(by, "project.manage", organ=call.organ_id)
    reason = rules.need(reason, 5, "请写明理由", "reason", 1000)
    with transaction.atomic():
        procedures.perform(case=call.case, step="unlist", by=by, at=at, note=reason)
        Call.objects.filter(pk=call.pk).update(places=None)
        for project in Project.objects.filter(call=call, case__state="balloted").select_related("case"):
            procedures.perform(case=project.case, step="unput", by=by, at=at, note=reason)
    call.refresh_from_db()
    return call


