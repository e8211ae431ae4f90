"""One project at the desk: its story, and what each office may do with it now."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from quancheng.handling import queries as handling
from quancheng.people.permissions import Actor, may
from quancheng.projects import acts
from quancheng.projects import queries as projects
from quancheng.web import errors
from quancheng.web.desk import projects_carrying as carrying
from quancheng.web.desk import projects_screening as screening
from quancheng.web.parts import now, page, today
from quancheng.web.parts.showing import actor_of, field, go, ids, show

UNDER_WAY = projects.UNDER_WAY
Doing = Callable[[HttpRequest, int, dict[str, Any]], str]


def _fate(request: HttpRequest, pk: int, who: dict[str, Any]) -> str:
    acts.decide(project_ids=[pk], fate=field(request, "fate"), reason=field(request, "reason"), **who)
    return _("已作出决定，作者会收到通知。")


def _join(request: HttpRequest, pk: int, who: dict[str, Any]) -> str:
    acts.merge(leader_id=next(iter(ids(request, "leader")), 0), project_ids=[pk], reason=field(request, "reason"), **who)
    return _("已并入，作者会收到通知。")


def _reconsider(request: HttpRequest, pk: int, who: dict[str, Any]) -> str:
    acts.reconsider(project_id=pk, reason=field(request, "reason"), **who)
    return _("已收回原来的结果，重新研究。")


def _hide(request: HttpRequest, pk: int, who: dict[str, Any]) -> str:
    acts.hide(project_id=pk, ground=field(request, "ground"), words=field(request, "words"), **who)
    return _("已不公开显示，作者会收到通知。")


def _erase(request: HttpRequest, pk: int, who: dict[str, Any]) -> str:
    acts.erase_words(project_id=pk, reason=field(request, "reason"), **who)
    return _("文字已删除，台账里的证明还在。")


DOINGS: dict[str, Doing] = {
    "fate": _fate, "join": _join, "reconsider": _reconsider, "hide": _hide, "erase": _erase, **screening.ONE,
    **carrying.ONE,
}  # fmt: skip


@page("project.read", methods=("GET", "POST"))
def one(request: HttpRequest, project_id: int) -> HttpResponse:
    """Show one project, and do what is pressed."""
    actor, refusal = actor_of(request), errors.Refusal()
    if request.method == "POST":
        with errors.caught() as refusal:
            do = DOINGS.get(field(request, "do"))
            if do is None:
                raise acts.ProjectRefused(_("没有这项操作，请刷新页面后再试。"))
            done = do(request, project_id, {"by": actor, "at": now()})
        if not refusal:
            return go(request, "desk_project", project_id, done=done)
    return _page(request, project_id, actor, refusal)


def _page(request: HttpRequest, project_id: int, actor: Actor, refusal: errors.Refusal) -> HttpResponse:
    found = projects.desk_project(project_id, today())
    o, state = found.project, found.project.case.state
    manages = may(actor, "project.manage", organ=o.call.organ_id)
    owns = found.dossier is not None and bool(found.dossier.owner_id) and may(actor, "project.view", organ=found.dossier.owner_id)
    return show(
        request, "project.html", status=refusal.status, p=found, o=o, d=found.dossier, typed=request.POST, manages=manages, owns=owns,
        outs=projects.OUT_FATES, grounds=projects.GROUNDS, stands=screening.STANDS, on=today(),
        leaders=projects.leaders(o.call_id) if manages and state in ("proposed", "screened") else [],
        units=[(unit.pk, unit.name) for unit in handling.units(today())] if manages and state in ("screened", "candidate") else [],
        my_view=next((v for v in found.views if v.at is None and may(actor, "project.view", organ=v.unit_id)), None),
        lacking=acts.lacking(project=o) if manages and state == "screened" else [],
        speaks=may(actor, "project.speak") and state not in ("proposed", "screened", "merged", "dropped", "closed"),
        governs=may(actor, "project.carry_out", organ=o.call.government_id), me=actor.account_id,
        quarters=projects.quarters(o, today()) if owns and state in UNDER_WAY else [], kinds=projects.CHANGE_KINDS,
        change_grounds=projects.GROUNDS_OF_CHANGE, under_way=UNDER_WAY, must_go_on=acts.must_go_on(project=o) if manages and state == "evaluated" else "",
        follows=any(one.account_id == actor.account_id for one in found.carried.followers),
        faults=[(str(getattr(refusal.exception, "field", "")), refusal.sentence)] if refusal else [],
    )  # fmt: skip
