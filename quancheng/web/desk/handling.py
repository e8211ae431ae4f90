"""办理: a unit's inbox, what units and the office do on a case, the figures by unit. Every button is one act."""

import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from quancheng.contact import queries as contact
from quancheng.handling import acts, figures
from quancheng.handling import queries as handling
from quancheng.meetings.queries import remarking
from quancheng.people.permissions import Actor, may
from quancheng.petitions import queries as petitions
from quancheng.procedures import queries as procedures
from quancheng.suggestions import queries as suggestions
from quancheng.web.desk.handling_acts import take
from quancheng.web.parts import now, page, today
from quancheng.web.parts.showing import actor_of, download, go, ids, show, whole

__all__ = ["by_case", "file", "inbox", "league", "messages", "record_context", "take", "units_of"]

TABS = (("all", "全部"), ("late", "已逾期"), ("today", "今天到期"), ("week", "本周到期"), ("lead", "主办"), ("assist", "协办"))
KINDS = ("suggestion",)


def units_of(actor: Actor) -> list[str]:
    """Return the codes of the units for which the actor handles matters."""
    return sorted({o.organ for o in actor.offices if o.role in ("unit_clerk", "unit_head")})


@page("handling.answer")
def inbox(request: HttpRequest) -> HttpResponse:
    """Show a unit's running clocks, soonest first, and what waits for its head's signature."""
    actor, which = actor_of(request), request.GET.get("which", "all")
    number = max(whole(request.GET.get("page"), 1), 1)
    found = handling.inbox(actor, today(), which, number)
    return show(
        request, "inbox.html", found=found, tabs=TABS, which=which, number=number, on=today(),
        pages=(found.counts.get(which, found.counts["all"]) + handling.PAGE - 1) // handling.PAGE,
        signing=handling.waiting_for_signature(actor), letters=handling.letters_to_answer(actor), commitments=[line for unit in units_of(actor) for line in handling.open_commitments(today(), unit=unit)],
    )


@page("handling.read")
def by_case(request: HttpRequest, case_id: int) -> HttpResponse:
    """Lead from a clock to the page of its matter."""
    if procedures.case(case_id).procedure == "resident_opinion":
        return go(request, "desk_matter", contact.of_case(case_id, actor_of(request), today()).opinion.pk)
    if procedures.case(case_id).procedure == "petition":
        return go(request, "desk_petition", petitions.of_case(case_id, actor_of(request), today()))
    if procedures.case(case_id).procedure == "meeting_remark":
        return go(request, "desk_remark", remarking.of_case(case_id))
    if procedures.case(case_id).procedure == "unit_report":
        return go(request, "desk_unit_report", handling.report_of_case(case_id))
    return go(request, "desk_suggestion", suggestions.of_case(case_id))


def record_context(request: HttpRequest, actor: Actor, case: Any, record: handling.Record) -> dict[str, Any]:
    """Return what the forms on a record need: for whom the actor works here, his templates, where files may be put."""
    mine = {o.organ for o in actor.offices if o.role in ("unit_clerk", "unit_head")}
    ours = [s for s in record.running() if s.assignment.unit_id in mine]
    supervises = record.key_file is not None and may(actor, "handling.supervise_key", organ=record.key_file.committee_id)
    kinds = handling.CLOCK_SETS.get(case.procedure)  # a motion has none
    office = kinds is not None and may(actor, kinds.office, organ=case.organ_id)
    places = [("case", _("案卷"))] if office else []
    places += [(f"answer:{a.pk}", _("答复稿")) for s in ours for a in s.answers if a.signed_at is None]
    for promise in record.commitments:
        if promise.unit_id in mine:
            places += [(f"milestone:{m.pk}", _("承诺进展：%(w)s") % {"w": m.words[:20]}) for m in promise.milestones.all()]
    places += [(f"entry:{e.pk}", _("督办记录：%(p)s") % {"p": e.place}) for e in record.entries if supervises]
    templates = handling.templates(ours[0].assignment.unit_id, actor) if ours and ours[0].clock else []
    wanted = next((t.text for t in templates if str(t.pk) == request.GET.get("template", "")), "")
    return {
        "mine": mine, "signs": {o.organ for o in actor.offices if o.role == "unit_head"}, "on": today(),
        "supervises": supervises, "places": places, "templates": templates, "template_text": wanted,
        "approves": kinds is not None and may(actor, kinds.approver, organ=case.organ_id),
        "stands_aside": any(r.account_id == actor.account_id for r in record.recusals),
    }


@page("signed_in", methods=("GET", "POST"))
def messages(request: HttpRequest) -> HttpResponse:
    """Show what the actor was told about his matters, newest first; what he has seen is marked when he says so."""
    actor = actor_of(request)
    if request.method == "POST":
        acts.mark_seen(message_ids=ids(request, "message"), by=actor, at=now())
        return go(request, "desk_messages", done=_("已标为看过。"))
    return show(request, "messages.html", messages=handling.messages(actor))


@page("signed_in")
def file(request: HttpRequest, attachment_id: int) -> HttpResponse:
    """Send a file of a case to those who may see the case; never shown inside a page."""
    found, data = handling.attachment(attachment_id, actor_of(request))
    return download(data, found.name, found.media_type)


@page("handling.league")
def league(request: HttpRequest) -> HttpResponse:
    """Show each unit's year: given, answered in time, overdue, how rated. Organs, never people."""
    year = whole(request.GET.get("year"), today().year)
    year = year if 2000 <= year <= today().year else today().year
    lines = figures.league(datetime.date(year, 1, 1), datetime.date(year + 1, 1, 1), today(), KINDS)
    return show(request, "league.html", lines=lines, year=year, this_year=today().year)
