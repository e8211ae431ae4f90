"""代表建议: a deputy's own (written, signed, rated) and the office's (checked, assigned, published)."""

import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from quancheng.handling import queries as handling
from quancheng.people import queries as people
from quancheng.people.permissions import demand, may
from quancheng.procedures import declare
from quancheng.procedures import queries as procedures
from quancheng.publications import acts as publications
from quancheng.suggestions import acts
from quancheng.suggestions import queries as suggestions
from quancheng.web import errors
from quancheng.web.desk.handling import take
from quancheng.web.desk.showing import actor_of, field, go, ids, show, whole
from quancheng.web.parts import now, page, today


def paper_of(request: HttpRequest) -> acts.Paper:
    """Read the form."""
    return acts.Paper(
        title=field(request, "title"), body=request.POST.get("body", "").replace("\r\n", "\n"),
        category=field(request, "category") or "other", proposed_unit=field(request, "proposed_unit"),
        openness=field(request, "openness") or "shown", openness_reason=field(request, "openness_reason"),
    )  # fmt: skip


@page("suggestion.write")
def mine(request: HttpRequest) -> HttpResponse:
    """Show a deputy what waits for him (ratings, requests to sign), and all that he leads or signed."""
    actor, number = actor_of(request), max(whole(request.GET.get("page"), 1), 1)
    return show(
        request, "suggestions_mine.html", mine=suggestions.mine(actor, number), asked=suggestions.asked(actor),
        rating=suggestions.to_rate(actor), number=number, names=state_names(),
    )


def state_names() -> dict[str, str]:
    """Return state -> what it is called, of suggestions and motions."""
    return {
        key: state.label for name in ("motion", "suggestion") for key, state in declare.get(name).states.items()
    }


@page("suggestion.write", methods=("GET", "POST"))
def new(request: HttpRequest) -> HttpResponse:
    """Write a suggestion: one matter, concrete (R7.02)."""
    refusal, made = errors.Refusal(), None
    if request.method == "POST":
        with errors.caught() as refusal:
            made = acts.draft(
                paper=paper_of(request), organ=people.organ_with_role("deputy_office", today()), submission_key=field(request, "key"), by=actor_of(request),
                at=now(),
            )  # fmt: skip
    if made is not None:
        return go(request, "desk_suggestion", made.pk, done=_("草稿已保存。可以邀请代表联名，也可以直接提交。"))
    return show(
        request, "suggestion_new.html", status=refusal.status, typed=request.POST, categories=suggestions.categories(),
        units=[(unit.pk, unit.name) for unit in handling.units(today())],
        key=field(request, "key") or secrets.token_hex(16),
        faults=[(getattr(refusal.exception, "field", ""), refusal.sentence)] if refusal else [],
    )  # fmt: skip


@page("suggestion.read")
def listing(request: HttpRequest) -> HttpResponse:
    """Show the office's suggestions, narrowed by state, category and words."""
    actor, number = actor_of(request), max(whole(request.GET.get("page"), 1), 1)
    organ = next((o.organ for o in actor.offices if may(actor, "suggestion.read", organ=o.organ)), "")
    wanted = suggestions.Filters(
        state=request.GET.get("state", ""), category=request.GET.get("category", ""),
        words=request.GET.get("q", "").strip()[:60],
    )  # fmt: skip
    found = suggestions.office_list(organ, actor, wanted, number)
    query = request.GET.copy()
    query.pop("page", None)
    return show(
        request, "suggestions.html", found=found, wanted=wanted, names=state_names(), query=query.urlencode(),
        counts=suggestions.state_counts(organ, actor), categories=suggestions.categories(),
        objections=handling.waiting_objections([organ]), pages=(found.total + suggestions.PAGE - 1) // suggestions.PAGE,
    )  # fmt: skip


@page("signed_in", methods=("GET", "POST"))
def suggestion(request: HttpRequest, suggestion_id: int) -> HttpResponse:
    """Show one suggestion with everything, to its authors, its office and its units, and do what is pressed."""
    actor, refusal = actor_of(request), errors.Refusal()
    detail = suggestions.detail(suggestion_id, actor, today())
    if request.method == "POST":
        with errors.caught() as refusal:
            done = take(request, actor) or _own_act(request, detail.suggestion)
        if not refusal:
            return go(request, "desk_suggestion", suggestion_id, done=done)
        detail = suggestions.detail(suggestion_id, actor, today())
    found, case = detail.suggestion, detail.suggestion.case
    office = may(actor, "suggestion.check", organ=case.organ_id)
    return show(
        request, "suggestion.html", status=refusal.status, d=detail, s=found, case=case, typed=request.POST, office=office,
        leads=found.lead_id == actor.account_id, names=state_names(), thread=procedures.thread(case, today()),
        asked=next((x for x in detail.sponsors if x.account_id == actor.account_id and x.state == "asked"), None),
        mine={o.organ for o in actor.offices if o.role in ("unit_clerk", "unit_head")}, on=today(),
        signs={o.organ for o in actor.offices if o.role == "unit_head"}, grounds=suggestions.grounds(),
        units=[(unit.pk, unit.name) for unit in handling.units(today())] if office else [],
        proposals=suggestions.proposals(suggestion_id, today()) if office and case.state == "checked" else [],
        deputies=_deputies(request) if found.lead_id == actor.account_id and case.state in ("draft", "returned") else [],
        faults=[("", refusal.sentence)] if refusal else [],
    )  # fmt: skip


def _deputies(request: HttpRequest) -> list[Any]:
    return suggestions.deputies(today(), request.GET.get("deputy", ""))


def _own_act(request: HttpRequest, found: Any) -> str:
    """Do what only suggestions have: sign, submit, check, give back, rate, publish."""
    who: dict[str, Any] = {"by": actor_of(request), "at": now()}
    edits = whole(field(request, "edits"))
    match field(request, "do"):
        case "ask":
            acts.ask_cosigners(suggestion_id=found.pk, account_ids=ids(request, "deputy"), **who)
            return _("已邀请。对方确认后才算联名。")
        case "cosign":
            acts.answer_cosign(
                suggestion_id=found.pk, confirm=field(request, "confirm") == "yes", edits=edits,
                reason=field(request, "reason"), **who,
            )  # fmt: skip
            return _("已答复联名邀请。")
        case "edit":
            acts.edit(suggestion_id=found.pk, paper=paper_of(request), edits=edits, **who)
            return _("已修改。已经确认的代表须重新确认。")
        case "submit":
            acts.submit(suggestion_id=found.pk, edits=edits, **who)
            return _("已提交，由代表工委审核后交办。")
        case "withdraw":
            acts.withdraw(suggestion_id=found.pk, reason=field(request, "reason"), **who)
            return _("已撤回。")
        case "rate":
            acts.rate(
                answer_id=whole(field(request, "answer")), grade=field(request, "grade"), reason=field(request, "reason"), **who
            )
            return _("测评已记下，随答复一并公开。")
    return _office_act(request, found, who)


def _office_act(request: HttpRequest, found: Any, who: dict[str, Any]) -> str:
    match field(request, "do"):
        case "check":
            acts.check(suggestion_id=found.pk, **who)
            return _("审核通过，已编号，可以交办。")
        case "return":
            acts.send_back(suggestion_id=found.pk, ground=field(request, "ground"), words=field(request, "words"), **who)
            return _("已退回修改，理由代表可以看到。")
        case "publish":
            demand(who["by"], "suggestion.check", organ=found.case.organ_id)
            paper = acts.draft_publication(suggestion_id=found.pk, **who)
            publications.submit_for_review(publication_id=paper.pk, **who)
            return _("公开文稿已起草并送审，由另一人审核公开。")
    raise acts.SuggestionRefused(_("没有这项操作，请刷新页面后再试。"))
