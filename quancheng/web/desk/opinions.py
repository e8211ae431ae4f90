"""一条意见: everything about it, and what one may do to it: decide, note, merge out, withhold, erase, appeal."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from quancheng.consultations import acts
from quancheng.consultations import queries as consultations
from quancheng.ledger import queries as ledger
from quancheng.people import acts as people_acts
from quancheng.people import queries as people
from quancheng.people.permissions import Actor
from quancheng.texts import queries as texts
from quancheng.web import errors
from quancheng.web.desk.choices import ENTRY_WORDS, articles_of
from quancheng.web.parts import now, page, today
from quancheng.web.parts.consulting import choices
from quancheng.web.parts.showing import actor_of, back_path, field, go, go_to, organs_of, show, whole


def panel_context(opinion_id: int, actor: Actor) -> dict[str, Any]:
    """Return what the panel beside the work list shows of an opinion (1 statement). Raises NotAllowed, DoesNotExist."""
    opinion = consultations.opinion_alone(opinion_id, actor)
    version, anchor = opinion.consultation.version, opinion.anchor
    rows = texts.provisions(version.pk, version.digest)
    label = next((row.label for row in rows if row.anchor == anchor), anchor) if anchor else _("全文")
    return {"o": opinion, "label": label, "clause": texts.words_under(rows, anchor) if anchor else ""}


def detail_context(opinion_id: int, actor: Actor) -> dict[str, Any]:
    """Return what the panel and the page show of an opinion. Raises NotAllowed, DoesNotExist."""
    detail = consultations.opinion_detail(opinion_id, actor)
    found = detail.opinion.consultation
    anchor, digest = detail.opinion.anchor, found.version.digest
    following = [v for v in texts.versions(found.version.text_id) if v.number == found.version.number + 1]
    later = texts.provisions(following[0].pk, following[0].digest) if following else []
    return {
        "d": detail, "entry_words": ENTRY_WORDS, "history": ledger.history(detail.opinion.public_id), "o": detail.opinion, "c": found,
        "label": texts.label_of(found.version_id, anchor, digest),
        "clause": texts.text_of(found.version_id, anchor, digest) if anchor else "",
        "next_version": following[0] if following else None,
        "next_labels": {row.anchor: row.label for row in later}, "next_choices": articles_of(later),
        "choices": choices(), "templates": consultations.templates(found.case.organ_id),
        "colleagues": people.colleagues(found.case.organ_id, today()),
    }


@page("opinion.read", methods=("GET", "POST"))
def opinion(request: HttpRequest, opinion_id: int) -> HttpResponse:
    """Show one opinion whole and do what the pressed button says; what was typed stays on a refusal."""
    context, refusal = detail_context(opinion_id, actor_of(request)), errors.Refusal()
    reason = request.POST.get("reason", context["o"].reason)
    if request.method == "POST" and field(request, "do") == "template":
        chosen = [t for t in context["templates"] if t.pk == whole(field(request, "template"))]
        reason = chosen[0].text if chosen else reason
    elif request.method == "POST":
        with errors.caught() as refusal:
            done = one_act(request, opinion_id, context)
        if not refusal:
            return go_to(request, back_path(field(request, "back"), request.path), done=done)
        context = detail_context(opinion_id, actor_of(request))
    return show(
        request, "opinion.html", status=refusal.status, typed=request.POST, reason=reason,
        faults=[("reason", refusal.sentence)] if refusal else [], **context,
    )  # fmt: skip


def one_act(request: HttpRequest, opinion_id: int, context: dict[str, Any]) -> str:
    """Call the one act that was asked for; return the sentence of success."""
    who: dict[str, Any] = {"by": actor_of(request), "at": now()}
    match field(request, "do"):
        case "note":
            acts.add_note(opinion_id=opinion_id, text=field(request, "note"), **who)
            return _("备注已添加。")
        case "assign":
            acts.assign(opinion_ids=[opinion_id], assignee_id=whole(field(request, "assignee")) or None, **who)
            return _("已分配。")
        case "split":
            acts.split(opinion_id=opinion_id, **who)
            return _("已拆出，单独处理。")
        case "withhold":
            acts.withhold(
                opinion_id=opinion_id, ground=field(request, "ground"), explanation=field(request, "explanation"), **who
            )
            return _("已不公开显示。作者会得知理由，并可以申诉。")
        case "link":
            acts.link_change(
                opinion_ids=[opinion_id], version_id=context["next_version"].pk if context["next_version"] else 0,
                anchor=field(request, "new_anchor"), **who,
            )  # fmt: skip
            return _("已记下这条意见改变了哪一条。")
        case "unlink":
            acts.unlink_change(
                opinion_id=opinion_id, version_id=whole(field(request, "version")), anchor=field(request, "old_anchor"), **who
            )
            return _("已撤回关联，撤回也记入台账。")
    return _grave_act(request, opinion_id, who) or _decide(request, opinion_id, who)


def _grave_act(request: HttpRequest, opinion_id: int, who: dict[str, Any]) -> str:
    """Erase words or look who is behind them: only with a reason and an explicit confirmation."""
    do = field(request, "do")
    if do not in ("erase", "identity"):
        return ""
    if field(request, "sure") != "yes":
        raise acts.ModerationRefused(_("请先勾选确认。没有勾选，什么都没有发生。"))
    if do == "erase":
        acts.erase_words(opinion_id=opinion_id, ground=field(request, "ground"), **who)
        return _("原文已删除，台账中的证明仍然有效。")
    subject = consultations.opinion_detail(opinion_id, who["by"]).opinion.public_id
    phone = people_acts.open_identity(subject=subject, reason=field(request, "ground"), **who)
    return _("联系电话：%(p)s。这次查看已记入日志，并会告知本人。") % {"p": phone or _("没有登记")}


def _decide(request: HttpRequest, opinion_id: int, who: dict[str, Any]) -> str:
    acts.decide(
        opinion_ids=[opinion_id], decision=field(request, "decision"), reason=field(request, "reason"),
        moves={opinion_id: whole(field(request, "moves"))}, **who,
    )  # fmt: skip
    return _("决定已记录。")


@page("opinion.appeal", methods=("GET", "POST"))
def appeals(request: HttpRequest) -> HttpResponse:
    """List the appeals against withholding; another person than the one who withheld decides (S11)."""
    refusal = errors.Refusal()
    if request.method == "POST":
        with errors.caught() as refusal:
            acts.decide_appeal(
                moderation_id=whole(field(request, "moderation")), uphold=field(request, "do") == "uphold",
                reason=field(request, "reason"), by=actor_of(request), at=now(),
            )  # fmt: skip
        if not refusal:
            return go(request, "desk_appeals", done=_("申诉已复核，作者可以在回执页面看到结果。"))
    return show(
        request, "appeals.html", status=refusal.status, appeals=consultations.appeals(actor_of(request)),
        typed=request.POST, faults=[("", refusal.sentence)] if refusal else [],
    )


@page("opinion.decide", methods=("GET", "POST"))
def templates(request: HttpRequest) -> HttpResponse:
    """List and save prepared reasons of the actor's organs."""
    organs, refusal = sorted(organs_of(actor_of(request))), errors.Refusal()
    if request.method == "POST":
        with errors.caught() as refusal:
            done = _template_act(request, organs[0])
        if not refusal:
            return go(request, "desk_templates", done=done)
    found = [template for organ in organs for template in consultations.templates(organ)]
    return show(
        request, "templates.html", status=refusal.status, templates=found, choices=choices(),
        typed=request.POST, faults=[("", refusal.sentence)] if refusal else [],
    )


def _template_act(request: HttpRequest, organ: str) -> str:
    """Save or remove a template; return the sentence of success."""
    if gone := whole(field(request, "remove")):
        acts.remove_template(organ=organ, template_id=gone, by=actor_of(request), at=now())
        return _("模板已删除。已经用它作出的决定不受影响。")
    acts.save_template(
        organ=organ, decision=field(request, "decision"), title=field(request, "title"), text=field(request, "text"),
        by=actor_of(request), at=now(),
    )  # fmt: skip
    return _("模板已保存。")
