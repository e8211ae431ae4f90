"""向选民述职: a deputy announces and answers; the station holds it, counts the papers and closes it (R8.06, S06, S11)."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from quancheng.contact import acts
from quancheng.contact import queries as contact
from quancheng.people import queries as people
from quancheng.people.permissions import NotAllowed, may
from quancheng.web import errors
from quancheng.web.parts import now, page, today
from quancheng.web.parts.showing import actor_of, day, field, go, show, whole


@page("voters.read", methods=("GET", "POST"))
def listing(request: HttpRequest) -> HttpResponse:
    """Show a deputy his reports and the form for the next; the station and the office those that they hold."""
    actor, refusal = actor_of(request), errors.Refusal()
    number = max(whole(request.GET.get("page"), 1), 1)
    if request.method == "POST":
        with errors.caught() as refusal:
            made = acts.announce_report(form=_form(request), by=actor, at=now())
        if not refusal:
            return go(request, "desk_voters_report", made.pk, done=_("已预告。选民可以在网站上看到。"))
    reports = may(actor, "duty.keep")
    keeps = any(may(actor, name) for name in ("contact.keep_site", "contact.manage"))
    return show(
        request, "voters.html", status=refusal.status, typed=request.POST, reports=reports, number=number,
        mine=contact.reports_of(actor.account_id or 0) if reports else [],
        kept=contact.reports_kept(actor, number) if keeps else [], keeps=keeps,
        sites=[(site.code, site.name) for site in people.sites(today())] if reports else [],
        faults=[(getattr(refusal.exception, "field", ""), refusal.sentence)] if refusal else [],
    )  # fmt: skip


def _form(request: HttpRequest) -> acts.ReportForm:
    """Read the form. Raises ContactRefused where a day is missing."""
    held, closes = day(field(request, "held_on")), day(field(request, "closes_on"))
    if held is None or closes is None:
        raise acts.ContactRefused(_("请填写述职的日期和测评截止的日期。"), "held_on" if held is None else "closes_on")
    return acts.ReportForm(
        site=field(request, "site"), title=field(request, "title"), body=request.POST.get("body", ""), held_on=held,
        closes_on=closes,
    )  # fmt: skip


@page("voters.read", methods=("GET", "POST"))
def report(request: HttpRequest, report_id: int) -> HttpResponse:
    """Show one report with its questions, and do what the actor may do."""
    actor, refusal = actor_of(request), errors.Refusal()
    if request.method == "POST":
        with errors.caught() as refusal:
            done = DOINGS.get(field(request, "do"), _nothing)(request, report_id, {"by": actor, "at": now()})
        if not refusal:
            return go(request, "desk_voters_report", report_id, done=done)
    found = contact.report_page(report_id, actor)
    own = found.report.account_id == actor.account_id
    if not (own or found.kept):
        raise NotAllowed("voters.read")
    return show(
        request, "voters_report.html", status=refusal.status, found=found, own=own, keeps=found.kept, typed=request.POST,
        on=today(), grades=acts.GRADES.items(), withholds=found.kept and may(actor, "contact.manage"),
        faults=[(getattr(refusal.exception, "field", ""), refusal.sentence)] if refusal else [],
    )  # fmt: skip


Doing = Callable[[HttpRequest, int, dict[str, Any]], str]


def _nothing(request: HttpRequest, report_id: int, who: dict[str, Any]) -> str:
    raise acts.ContactRefused(_("没有这一步。"))


def _open(request: HttpRequest, report_id: int, who: dict[str, Any]) -> str:
    acts.open_report(report_id=report_id, **who)
    return _("已记录述职，选民可以提问和测评。")


def _answer(request: HttpRequest, report_id: int, who: dict[str, Any]) -> str:
    acts.answer_question(question_id=whole(field(request, "question")), answer=request.POST.get("answer", ""), **who)
    return _("已回答并公开，提问的人会收到通知。")


def _withhold(request: HttpRequest, report_id: int, who: dict[str, Any]) -> str:
    acts.withhold_question(question_id=whole(field(request, "question")), reason=field(request, "reason"), **who)
    return _("已不公开这个问题，理由告诉提问的人。")


def _paper(request: HttpRequest, report_id: int, who: dict[str, Any]) -> str:
    counts = {grade: whole(field(request, f"count-{grade}"), -1) for grade in acts.GRADES}
    acts.count_paper(report_id=report_id, counts=counts, **who)
    return _("纸质测评已计入。")


def _close(request: HttpRequest, report_id: int, who: dict[str, Any]) -> str:
    acts.close_report(report_id=report_id, **who)
    return _("述职已结束，结果已公布。")


DOINGS: dict[str, Doing] = {"open": _open, "answer": _answer, "withhold": _withhold, "paper": _paper, "close": _close}
