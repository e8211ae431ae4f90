"""批量导入、结果报告、公开审核: from a file of paper opinions to the released report."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from markupsafe import Markup

from quancheng.analysis import acts as analysis_acts
from quancheng.analysis import queries as analysis
from quancheng.consultations import acts, importing
from quancheng.consultations import queries as consultations
from quancheng.people.permissions import demand
from quancheng.publications import acts as publications_acts
from quancheng.publications import documents
from quancheng.publications import queries as publications
from quancheng.web import errors
from quancheng.web.parts import now, page, today
from quancheng.web.parts.consulting import own
from quancheng.web.parts.showing import CSV, actor_of, day, download, field, go, show, whole

RESULT = "consultation_result"  # the kind of publication that ends a consultation (R1.02)


@page("opinion.import", methods=("GET", "POST"))
def imports(request: HttpRequest, slug: str) -> HttpResponse:
    """Check a file of opinions row by row; nothing is taken in until somebody presses import."""
    found, refusal = own(request, slug, "opinion.import"), errors.Refusal()
    if request.method == "POST":
        with errors.caught() as refusal:
            file = request.FILES.get("file")
            if file is None:
                raise acts.BadBatch(_("请选择 .csv 或者 .xlsx 文件。"))
            batch = acts.check_batch(
                consultation_id=found.pk, file_name=file.name or "", data=file.read(), by=actor_of(request), at=now()
            )
        if not refusal:
            return go(request, "desk_batch", batch.pk)
    return show(
        request, "imports.html", status=refusal.status, c=found, batches=consultations.batches(found.pk),
        faults=[("file", refusal.sentence)] if refusal else [],
    )


@page("opinion.import", methods=("GET", "POST"))
def batch(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Show what the check found; import the whole file as one job, all or nothing."""
    found, refusal = consultations.batch(batch_id), errors.Refusal()
    demand(actor_of(request), "opinion.import", organ=found.consultation.case.organ_id)
    if request.method == "POST":
        with errors.caught() as refusal:
            job = acts.request_import(batch_id=batch_id, by=actor_of(request), at=now())
        if not refusal:
            return go(request, "desk_job", job, query=f"back=/desk/imports/{batch_id}/")
    return show(
        request, "batch.html", status=refusal.status, batch=found, rows=found.faults.all()[:500],
        faults=[("", refusal.sentence)] if refusal else [],
    )


@page("opinion.import")
def import_template(request: HttpRequest) -> HttpResponse:
    """Send a sample table with the columns that the import understands."""
    return download(importing.template_csv(), "意见导入样表.csv", CSV)


@page("report.edit", methods=("GET", "POST"))
def report(request: HttpRequest, slug: str) -> HttpResponse:
    """Draft, edit and preview the report of a consultation; hand it to another person for review (R9.05)."""
    found, refusal = own(request, slug, "report.edit"), errors.Refusal()
    paper = publications.of_case(found.case_id, RESULT)
    if request.method == "POST":
        with errors.caught() as refusal:
            done = _report_act(request, found, paper.pk if paper else 0)
        if not refusal:
            return go(request, "desk_report", slug, done=done)
    body = request.POST.get("body") or (paper.body if paper else "")
    return show(
        request, "report.html", status=refusal.status, c=found, paper=paper, body=body,
        preview=Markup(documents.to_html(body)) if body else "",  # noqa: S704  # to_html escapes every word
        edits=paper.edits if paper else 0, typed=request.POST, faults=[("body", refusal.sentence)] if refusal else [],
    )  # fmt: skip


def _report_act(request: HttpRequest, found: Any, paper_id: int) -> str:
    """Do what the pressed button says; return the sentence of success."""
    by, at = actor_of(request), now()
    match field(request, "do"):
        case "draft":
            analysis_acts.keep_reported(consultation_id=found.pk, by=by, at=at)
            themes = [(one.name, one.size, reverse("theme", args=[found.slug, one.number])) for one in analysis.themes(found.pk, today())]
            publications_acts.draft(
                case=found.case, kind=RESULT, slug=f"{found.slug}-result"[:80], by=by, at=at,
                title=_("%(title)s：意见采纳情况") % {"title": found.title}, body=consultations.report_body(found.pk, themes),
            )  # fmt: skip
            return _("报告已按数据生成，请核对。")
        case "correct":
            publications_acts.correct(
                publication_id=paper_id, body=request.POST.get("body", "").replace("\r\n", "\n"),
                note=field(request, "note"), by=by, at=at,
            )  # fmt: skip
            return _("更正稿已起草，请送审核。原来公开的在更正公开以前继续有效。")
        case "submit":
            publications_acts.submit_for_review(publication_id=paper_id, by=by, at=at)
            return _("已送审核。审核人须是另一人。")
    publications_acts.edit(
        publication_id=paper_id, body=request.POST.get("body", "").replace("\r\n", "\n"),
        edits=whole(field(request, "edits")), by=by, at=at,
    )  # fmt: skip
    return _("报告已保存。")


@page("report.release")
def review(request: HttpRequest) -> HttpResponse:
    """List what waits for review in the actor's organs."""
    return show(request, "review.html", queue=publications.review_queue(actor_of(request)))


@page("report.release", methods=("GET", "POST"))
def review_one(request: HttpRequest, publication_id: int) -> HttpResponse:
    """Preview one document; release it, return it with a note, or withhold it on a ground."""
    actor, refusal = actor_of(request), errors.Refusal()
    paper = publications.publication(publication_id, actor)
    demand(actor, "report.release", organ=paper.case.organ_id)
    if request.method == "POST":
        with errors.caught() as refusal:
            done = _review_act(request, publication_id)
        if not refusal:
            return go(request, "desk_review", done=done)
    return show(
        request, "review_one.html", status=refusal.status, paper=paper, grounds=publications.grounds(),
        preview=Markup(documents.to_html(paper.body)), typed=request.POST,  # noqa: S704  # to_html escapes every word
        faults=[("", refusal.sentence)] if refusal else [],
    )  # fmt: skip


def _review_act(request: HttpRequest, publication_id: int) -> str:
    """Do what the pressed button says; return the sentence of success."""
    by, at = actor_of(request), now()
    match field(request, "do"):
        case "return":
            publications_acts.return_to_author(publication_id=publication_id, note=field(request, "note"), by=by, at=at)
            return _("已退回起草人。")
        case "withhold":
            review_on = day(field(request, "review_on"))
            if review_on is None:
                raise publications_acts.PublicationRefused(_("请填写下次复查日期。"))
            publications_acts.withhold(
                publication_id=publication_id, ground=field(request, "ground"), review_on=review_on, by=by, at=at
            )
            return _("已决定不予公开，理由和复查日期已记入台账。")
    paper = publications.publication(publication_id, by)
    with transaction.atomic():  # the report and the last step of its consultation stand or fall together
        publications_acts.release(publication_id=publication_id, by=by, at=at)
        answered = [c for c in consultations.consultations() if c.case_id == paper.case_id]
        if answered and not paper.corrects_id:
            acts.publish_result(consultation_id=answered[0].pk, publication_slug=paper.slug, by=by, at=at)
    return _("已公开，现在可以在网站看到。")
