"""意见分析: groups of look-alikes and topics of a consultation; the machine proposes, a named person decides (S17)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from quancheng.analysis import acts, queries
from quancheng.consultations import queries as consultations
from quancheng.procedures import queries as procedures
from quancheng.texts import queries as texts
from quancheng.web import errors
from quancheng.web.parts import now, page, today
from quancheng.web.parts.consulting import choices, own, reason_of
from quancheng.web.parts.showing import actor_of, field, go, go_to, ids, show, whole


def _number(request: HttpRequest) -> int:
    return max(whole(request.GET.get("page"), 1), 1)


def _faults(refusal: errors.Refusal) -> list[tuple[str, str]]:
    return [("", refusal.sentence)] if refusal else []


@page("opinion.read", methods=("GET", "POST"))
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    """Show how far the analysis is, the tree of topics and the largest groups; order or stop a run."""
    found, actor, refusal = own(request, slug, "opinion.read"), actor_of(request), errors.Refusal()
    if request.method == "POST":
        with errors.caught() as refusal:
            if field(request, "do") == "stop":
                acts.stop_topics(consultation_id=found.pk, by=actor, at=now())
                return go_to(request, request.path, done=_("已停止，原有的主题没有改动。"))
            acts.request_topics(consultation_id=found.pk, by=actor, at=now())
        if not refusal:
            return go_to(request, request.path, done=_("已开始归纳，完成后本页显示结果。"))
    state = queries.overview(found.pk, actor, today())
    job = procedures.job(state.study.job_id) if state.study and state.study.job_id else None
    first, _pages = queries.groups(found.pk, actor)
    return show(
        request, "analysis.html", status=refusal.status, c=found, state=state, groups=first[:5], faults=_faults(refusal),
        job=job if job and job.state in ("ready", "running") else None, labels=texts.anchors(found.version_id),
        total=state.study.places.count() if state.study else 0,
    )  # fmt: skip


@page("opinion.read")
def groups(request: HttpRequest, slug: str) -> HttpResponse:
    """List the groups of look-alikes, the largest first; `waiting=1`: those that still wait for a decision."""
    found, waiting = own(request, slug, "opinion.read"), request.GET.get("waiting") == "1"
    rows, pages = queries.groups(found.pk, actor_of(request), _number(request), undecided=waiting)
    return show(
        request, "groups.html", c=found, groups=rows, number=_number(request), pages=pages, waiting=waiting,
        labels=texts.anchors(found.version_id),
    )  # fmt: skip


@page("opinion.read", methods=("GET", "POST"))
def group(request: HttpRequest, leader_id: int) -> HttpResponse:
    """Show a group member by member with what differs; choose who speaks for it, join it or decide it whole."""
    actor, refusal = actor_of(request), errors.Refusal()
    state = queries.group(leader_id, actor, _number(request))
    found = state.group.leader.consultation
    if request.method == "POST":
        with errors.caught() as refusal:
            sentence = _done_to_group(request, leader_id, found.case.organ_id)
        if not refusal:
            return go_to(request, request.path, done=sentence)
        state = queries.group(leader_id, actor, _number(request))
    return show(
        request, "group.html", status=refusal.status, g=state, c=found, labels=texts.anchors(found.version_id),
        choices=choices(), templates=consultations.templates(found.case.organ_id), typed=request.POST,
        first=whole(field(request, "first")) or leader_id, left_out=set(ids(request, "left_out")), faults=_faults(refusal),
    )  # fmt: skip


def _done_to_group(request: HttpRequest, leader_id: int, organ: str) -> str:
    """Join the group, or join and decide it, as the pressed button says; return the sentence of success."""
    who: dict[str, Any] = {
        "leader_id": leader_id, "first_id": whole(field(request, "first")), "left_out": ids(request, "left_out"),
        "by": actor_of(request), "at": now(),
    }  # fmt: skip
    if field(request, "do") == "merge":
        return _("已并入%(n)s条。每一位作者都会收到同样的答复。") % {"n": acts.merge_group(**who)}
    done = acts.decide_group(decision=field(request, "decision"), reason=reason_of(request, organ), **who)
    return _("已对%(n)s条意见一并作出决定，每一位作者都会收到同样的答复。") % {"n": done}


@page("opinion.read", methods=("GET", "POST"))
def topic(request: HttpRequest, topic_id: int) -> HttpResponse:
    """Show a topic: typical voices, voices apart, where they come from; name, keep, join or part it."""
    actor, refusal = actor_of(request), errors.Refusal()
    state = queries.topic(topic_id, actor, _number(request))
    found = consultations.consultation(queries.study_of(topic_id))
    if request.method == "POST":
        with errors.caught() as refusal:
            sentence = _changed(request, topic_id, actor)
        if not refusal and field(request, "do") == "split":
            return go(request, "desk_analysis", found.slug, done=sentence)
        if not refusal:
            return go_to(request, request.path, done=sentence)
    return show(
        request, "topic_of_opinions.html", status=refusal.status, t=state, c=found, labels=texts.anchors(found.version_id),
        typed=request.POST, faults=_faults(refusal),
    )  # fmt: skip


def _changed(request: HttpRequest, topic_id: int, actor: Any) -> str:
    """Do to the topic what the pressed button says; return the sentence of success."""
    who: dict[str, Any] = {"by": actor, "at": now()}
    match field(request, "do"):
        case "rename":
            acts.rename_topic(topic_id=topic_id, name=field(request, "name"), **who)
            return _("已改名，以后重新归纳时保留。")
        case "keep" | "free" as kept:
            acts.keep_topic(topic_id=topic_id, kept=kept == "keep", **who)
            return _("以后重新归纳时保留这个主题。") if kept == "keep" else _("以后重新归纳时可以变动。")
        case "join":
            moved = acts.join_topics(into_id=topic_id, topic_ids=ids(request, "topic"), **who)
            return _("已并入%(n)s条意见。") % {"n": moved}
        case "split":
            acts.split_topic(topic_id=topic_id, **who)
            return _("正在重新细分，完成后本页显示结果。")
    raise acts.AnalysisRefused(_("没有这一步。"))
