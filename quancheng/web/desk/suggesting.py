"""代表建议: a deputy's own (written, signed, rated) and the office's (checked, assigned, published)."""

import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from quancheng.handling import queries as handling
from quancheng.people import queries as people
from quancheng.people.permissions import Actor, may
from quancheng.procedures import declare
from quancheng.procedures import queries as procedures
from quancheng.suggestions import acts
from quancheng.suggestions import queries as suggestions
from quancheng.web import errors
from quancheng.web.desk.handling import record_context, take
from quancheng.web.desk.suggestion_acts import paper_of, take_own
from quancheng.web.parts import now, page, today
from quancheng.web.parts.showing import actor_of, field, go, show, whole


@page("suggestion.write")
def mine(request: HttpRequest) -> HttpResponse:
    """Show a deputy what waits for him (ratings, requests to sign), and all that he leads or signed."""
    actor, number = actor_of(request), max(whole(request.GET.get("page"), 1), 1)
    return show(
        request, "suggestions_mine.html", mine=suggestions.mine(actor, number), asked=suggestions.asked(actor),
        rating=suggestions.to_rate(actor), number=number, names=state_names(), unseen=handling.unseen(actor),
    )


def state_names() -> dict[str, str]:
    """Return state -> what it is called, of suggestions and motions."""
    first, more = (
        {key: state.label for key, state in declare.get(name).states.items()} for name in ("suggestion", "motion")
    )
    return {**first, **{key: label for key, label in more.items() if key not in first}}


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
        return go(request, "desk_suggestion", made.pk, done=_("草稿已保存。可以邀请代表联名；建议也可以直接提交，议案须有法定人数联名。"))
    return show(
        request, "suggestion_new.html", status=refusal.status, typed=request.POST, categories=suggestions.categories(),
        units=[(unit.pk, unit.name) for unit in handling.units(today())],
        key=field(request, "key") or secrets.token_hex(16), kind=field(request, "kind") or request.GET.get("kind", "suggestion"),
        faults=[(getattr(refusal.exception, "field", ""), refusal.sentence)] if refusal else [],
    )  # fmt: skip


@page("suggestion.read")
def listing(request: HttpRequest) -> HttpResponse:
    """Show the office's suggestions, narrowed by state, category and words."""
    actor, number = actor_of(request), max(whole(request.GET.get("page"), 1), 1)
    organ, units = suggestions.offices_of(actor)[0], [(unit.pk, unit.name) for unit in handling.units(today())]
    get = {name: request.GET.get(name, "").strip()[:60] for name in ("state", "category", "q", "kind", "unit", "session", "key")}
    wanted = suggestions.Filters(
        state=get["state"], category=get["category"], words=get["q"], kind=get["kind"], key=get["key"] == "yes",
        unit=get["unit"] if get["unit"] in dict(units) else "", session_id=whole(get["session"]),
    )  # fmt: skip
    found = suggestions.office_list(organ, actor, wanted, number)
    query = request.GET.copy()
    query.pop("page", None)
    return show(
        request, "suggestions.html", found=found, wanted=wanted, names=state_names(), query=query.urlencode(),
        counts=suggestions.state_counts(organ, actor), categories=suggestions.categories(), units=units, get=get,
        sessions=[(str(one.pk), one.name) for one in suggestions.sessions(organ)],
        lost=suggestions.without_sponsor(organ, actor, today()) if may(actor, "suggestion.check", organ=organ) else [],
        objections=handling.waiting_objections([organ]), pages=(found.total + suggestions.PAGE - 1) // suggestions.PAGE,
    )  # fmt: skip


@page("signed_in", methods=("GET", "POST"))
def suggestion(request: HttpRequest, suggestion_id: int) -> HttpResponse:
    """Show one suggestion with everything, to its authors, its office and its units, and do what is pressed."""
    actor, refusal = actor_of(request), errors.Refusal()
    if request.method == "POST":
        with errors.caught() as refusal:
            done = take(request, actor) or take_own(request, suggestions.plain(suggestion_id))
        if not refusal:
            return go(request, "desk_suggestion", suggestion_id, done=done)
    detail = suggestions.detail(suggestion_id, actor, today())
    return _record(request, detail, actor, refusal)


def _record(request: HttpRequest, detail: suggestions.Detail, actor: Actor, refusal: errors.Refusal) -> HttpResponse:
    found, case = detail.suggestion, detail.suggestion.case
    office = may(actor, "suggestion.check", organ=case.organ_id)
    leads = found.lead_id == actor.account_id
    signed = {x.account_id for x in detail.sponsors if x.state == "confirmed"}
    chooses = _chooses(actor, case, detail.record)
    writes = leads and case.state in ("draft", "returned")
    known = handling.units(today()) if office or chooses or writes else []
    organs = {unit.pk: unit.name for unit in known} | {s.assignment.unit_id: s.assignment.unit.name for s in detail.record.shares}
    proposed = suggestions.proposals_for([found], today(), known)[found.pk] if office and case.state == "checked" else []
    return show(
        request, "suggestion.html", status=refusal.status, d=detail, s=found, case=case, typed=request.POST, office=office,
        leads=leads, names=state_names(), thread=procedures.thread(case, today(), detail.record.clocks, detail.past, organs),
        asked=next((x for x in detail.sponsors if x.account_id == actor.account_id and x.state == "asked"), None),
        author=leads or actor.account_id in signed, grounds=suggestions.grounds(), categories=suggestions.categories(),
        units=[(unit.pk, unit.name) for unit in known], proposals=proposed, deputies=_deputies(request) if writes else [],
        sought=request.GET.get("deputy", "").strip()[:20],
        pressure=suggestions.my_pressure_reports(actor, found.pk) if actor.account_id in signed else [],
        chooses=chooses, committees=[(one.pk, one.name) for one in handling.committees(today())] if chooses else [],
        faults=[("", refusal.sentence)] if refusal else [], **record_context(request, actor, case, detail.record),
    )  # fmt: skip


def _chooses(actor: Actor, case: Any, record: handling.Record) -> bool:
    """Tell whether the actor enters that 主任会议 chose this one, while it may still be chosen (R7.13)."""
    may_now = case.state in ("checked", "assigned", "contacting") and record.key_file is None
    return may_now and any(may(actor, "handling.choose_key", organ=code) for code in (case.organ_id, case.organ.parent_id) if code)


def _deputies(request: HttpRequest) -> list[Any]:
    words = request.GET.get("deputy", "").strip()[:20]
    return suggestions.deputies(today(), words) if words else []
