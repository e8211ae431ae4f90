"""承办单位和督办: reports of the year, templates, the ledger of promises, letters, key files, units that ended."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from markupsafe import Markup

from quancheng.handling import acts
from quancheng.handling import queries as handling
from quancheng.people.permissions import may
from quancheng.publications import acts as publications_acts
from quancheng.publications import documents
from quancheng.publications import queries as publications
from quancheng.suggestions import acts as suggestions
from quancheng.suggestions import queries as suggestion_queries
from quancheng.web import errors
from quancheng.web.desk.handling import take, units_of
from quancheng.web.desk.intake import office_of
from quancheng.web.parts import now, page, today
from quancheng.web.parts.showing import actor_of, field, go, show, whole


def _fault(refusal: errors.Refusal) -> list[tuple[str, str]]:
    return [(getattr(refusal.exception, "field", ""), refusal.sentence)] if refusal else []


@page("handling.read", methods=("GET", "POST"))
def reports(request: HttpRequest) -> HttpResponse:
    """List the yearly reports that units owe; the office asks for them (R7.14)."""
    actor, refusal = actor_of(request), errors.Refusal()
    year = whole(request.GET.get("year"), today().year)
    year = year if 2000 <= year <= today().year + 1 else today().year
    if request.method == "POST":
        with errors.caught() as refusal:
            made = acts.open_reports(year=today().year, organ=office_of(request, "handling.supervise"), by=actor, at=now())
        if not refusal:
            words = _("已请%(n)s个单位报告，期限为8月31日。") if made else _("承办单位都已经请过，没有新的。")
            return go(request, "desk_unit_reports", done=words % {"n": len(made)} if made else words)
    return show(
        request, "unit_reports.html", status=refusal.status, reports=handling.reports(actor, year), year=year,
        this_year=today().year, asks=may(actor, "handling.supervise"), faults=_fault(refusal),
    )  # fmt: skip


@page("handling.read", methods=("GET", "POST"))
def report(request: HttpRequest, report_id: int) -> HttpResponse:
    """Draft a report from the data, edit it, hand it in (the head), take it or give it back, make it public."""
    actor, refusal = actor_of(request), errors.Refusal()
    found = handling.report(report_id, actor)
    if request.method == "POST":
        with errors.caught() as refusal:
            letter = take(request, actor) if field(request, "do") == "letter" else None
            done = letter or _report_act(request, report_id)
        if not refusal:
            return go(request, "desk_unit_report", report_id, done=done)
        found = handling.report(report_id, actor)
    text = request.POST.get("text") or found.text
    return show(
        request, "unit_report.html", status=refusal.status, r=found, text=text, typed=request.POST,
        preview=Markup(documents.to_html(text)) if text else "",  # noqa: S704  # to_html escapes every word
        ours=found.unit_id in units_of(actor), signs={found.unit_id} if may(actor, "handling.sign", organ=found.unit_id) else set(),
        office=may(actor, "handling.supervise", organ=found.case.organ_id), faults=_fault(refusal),
        letters=handling.letters_of(found.case_id),
        paper=publications.of_case(found.case_id, "unit_report") if found.case.state == "accepted" else None,
    )  # fmt: skip


def _report_act(request: HttpRequest, report_id: int) -> str:
    """Do what the pressed button says; return the sentence of success."""
    who: dict[str, Any] = {"report_id": report_id, "by": actor_of(request), "at": now()}
    match field(request, "do"):
        case "draft":
            acts.draft_report(**who)
            return _("已按数据起草，请核对并补充问题和打算。")
        case "submit":
            acts.submit_report(**who)
            return _("已报送代表工委。")
        case "receive":
            accept = field(request, "accept") == "yes"
            acts.receive_report(accept=accept, words=field(request, "words"), **who)
            return _("已收下。") if accept else _("已退回补充，期限不变。")
        case "publish":
            paper = suggestions.draft_report_publication(**who)
            publications_acts.submit_for_review(publication_id=paper.pk, by=who["by"], at=who["at"])
            return _("公开文稿已送审，由另一人审核公开。")
    text = request.POST.get("text", "").replace("\r\n", "\n")
    acts.edit_report(text=text, edits=whole(field(request, "edits")), **who)
    return _("报告已保存。")


@page("handling.answer", methods=("GET", "POST"))
def templates(request: HttpRequest) -> HttpResponse:
    """Keep the words that a unit uses again and again in its answers."""
    actor, refusal = actor_of(request), errors.Refusal()
    unit = units_of(actor)[0]
    if request.method == "POST":
        with errors.caught() as refusal:
            if field(request, "remove"):
                acts.remove_template(template_id=whole(field(request, "remove")), by=actor, at=now())
            else:
                text = request.POST.get("text", "").replace("\r\n", "\n")
                acts.save_template(unit=unit, title=field(request, "title"), text=text, by=actor, at=now())
        if not refusal:
            return go(request, "desk_answer_templates", done=_("模板已更新。"))
    return show(
        request, "answer_templates.html", status=refusal.status, typed=request.POST, faults=_fault(refusal),
        templates=handling.templates(unit, actor),
    )


@page("handling.read")
def commitments(request: HttpRequest) -> HttpResponse:
    """Show the ledger of promises, soonest first, with lights, claims and those of which nothing is heard (R7.12)."""
    actor, number = actor_of(request), max(whole(request.GET.get("page"), 1), 1)
    units, office = units_of(actor), next((o.organ for o in actor.offices if may(actor, "handling.supervise", organ=o.organ)), "")
    rows: list[handling.OpenCommitment] = []
    if office:
        rows = handling.open_commitments(today(), organ=office, number=number)
    elif units:
        rows = [line for unit in units for line in handling.open_commitments(today(), unit=unit, number=number)]
    return show(request, "commitments.html", rows=rows, number=number, more=len(rows) >= handling.PAGE, on=today())


@page("handling.supervise", methods=("GET", "POST"))
def letters(request: HttpRequest) -> HttpResponse:
    """Show the supervision letters that the sweep proposed; a person sends each in his own words, or says why not (R7.18)."""
    actor, refusal = actor_of(request), errors.Refusal()
    if request.method == "POST":
        letter, words = whole(field(request, "letter")), field(request, "words")
        with errors.caught() as refusal:
            if field(request, "what") == "send":
                acts.send_letter(letter_id=letter, words=words, by=actor, at=now())
            else:
                acts.drop_letter(letter_id=letter, reason=words, by=actor, at=now())
        if not refusal:
            sent = field(request, "what") == "send"
            return go(request, "desk_supervision_letters", done=_("督办函已发出。") if sent else _("已记下不发的理由。"))
    return show(
        request, "supervision_letters.html", status=refusal.status, letters=handling.proposed_letters(actor, 50), total=handling.letters_waiting(actor), typed=request.POST,
        faults=_fault(refusal),
    )


@page("handling.read")
def key_files(request: HttpRequest) -> HttpResponse:
    """List the key files with their four roles and how often each was supervised (R7.13)."""
    actor = actor_of(request)
    committee = next((o.organ for o in actor.offices if o.role == "committee"), "")
    files = handling.key_files(actor, committee)
    return show(request, "key_files.html", files=files, committee=committee, titles=handling.titles([f.case for f in files]))


@page("handling.supervise", methods=("GET", "POST"))
def succession(request: HttpRequest) -> HttpResponse:
    """Let a successor take over all that a dissolved or merged unit has open; no clock is reset (S14)."""
    actor, organ, refusal = actor_of(request), office_of(request, "handling.supervise"), errors.Refusal()
    if request.method == "POST":
        with errors.caught() as refusal:
            number = acts.succeed_unit(
                unit=field(request, "unit"), successor=field(request, "successor"), reason=field(request, "reason"),
                organ=organ, by=actor, at=now(),
            )  # fmt: skip
        if not refusal:
            return go(request, "desk_succession", done=_("%(n)s项已由承接单位继续办理，期限不变。") % {"n": number})
    return show(
        request, "succession.html", status=refusal.status, ended=[(unit.pk, unit.name) for unit in handling.dissolved(today(), organ)], typed=request.POST,
        units=[(unit.pk, unit.name) for unit in handling.units(today())], faults=_fault(refusal),
    )  # fmt: skip


@page("suggestion.pressure", methods=("GET", "POST"))
def pressure(request: HttpRequest) -> HttpResponse:
    """Show, to the head of the office alone, what deputies told of pressure over their rating (R7.16)."""
    actor, organ, refusal = actor_of(request), office_of(request, "suggestion.pressure"), errors.Refusal()
    if request.method == "POST":
        with errors.caught() as refusal:
            suggestions.answer_pressure(
                report_id=whole(field(request, "report")), words=field(request, "words"), by=actor, at=now()
            )
        if not refusal:
            return go(request, "desk_pressure", done=_("已答复，只有这位代表看得到。"))
    return show(
        request, "pressure.html", status=refusal.status, reports=suggestion_queries.pressure_reports(organ, actor),
        typed=request.POST, faults=_fault(refusal),
    )
