"""民生实事 for everybody: the list, the one page of each project, its pictures and the poster for the site (R7.50–R7.57)."""

import secrets
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from markupsafe import Markup

from quancheng.contact import queries as contact
from quancheng.people.permissions import Actor
from quancheng.projects import acts
from quancheng.projects import queries as projects
from quancheng.publications import documents
from quancheng.publications import queries as publications
from quancheng.web import errors
from quancheng.web.parts import cached, now, page, page_number, today
from quancheng.web.parts.rendering import absolute
from quancheng.web.parts.showing import DOCX, PDF, download
from quancheng.web.site import proof as proofs
from quancheng.web.site import sketching

RESOLUTION = "project_resolution"
SORTS = (("", "新的在前"), ("voices", "提的人多的在前"))


def year_of(request: HttpRequest, years: list[int]) -> int:
    """Return the year asked for, where there is one of it, else 0."""
    asked = request.GET.get("year", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 5 and int(asked) in years else 0


@page("public")
@cached
def listing(request: HttpRequest) -> HttpResponse:
    """List projects and wishes by year, stage, town and words."""
    years, number = projects.years(), page_number(request)
    get = {name: request.GET.get(name, "").strip()[:40] for name in ("stage", "area", "q", "sort")}
    year = year_of(request, years) or (years[0] if years else 0)
    wanted = projects.Filters(year=year, stage=get["stage"], area=get["area"], text=get["q"], sort=get["sort"])
    rows, total = projects.listed(wanted, number)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "rows": rows, "total": total, "number": number, "pages": -(-total // projects.PAGE), "year": year, "years": years,
        "get": get, "counts": projects.stage_counts(year), "stages": projects.STAGES, "areas": projects.areas_of(year),
        "sorts": SORTS, "resolutions": [one for one in publications.released(200, RESOLUTION) if f"-{year}-" in one.slug], "calls": projects.open_calls(today()), "query": query.urlencode(),
    }  # fmt: skip
    return render(request, "site/projects.html", context)


def _spot(project: Any, title: str) -> sketching.Spot | None:
    """Return where a project lies: as its dossier says, else as it was proposed."""
    dossier = getattr(project, "dossier", None)
    for one in (dossier, project):
        if one is not None and one.latitude is not None and one.longitude is not None:
            return sketching.Spot(title, reverse("project", args=[project.code]), one.latitude, one.longitude)
    return None


def _sketch(project: Any, title: str) -> sketching.Sketch | None:
    here = _spot(project, title)
    if here is None:
        return None
    near = contact.near(here.latitude, here.longitude, today())
    sites = [
        sketching.Spot(one.site.name, reverse("site", args=[one.site_id]), one.latitude, one.longitude)
        for one in near if one.latitude is not None and one.longitude is not None
    ]
    return sketching.sketch(here, sites)


@page("public")
@cached
def project(request: HttpRequest, code: str) -> HttpResponse:
    """Show the whole story of a project, from the first wish to the rating."""
    found = projects.project_page(code, today())
    hidden = found.project.hidden_at is not None and not hasattr(found.project, "dossier")
    context = {
        "p": found, "o": found.project, "sketch": None if hidden else _sketch(found.project, found.title),
        "address": absolute(reverse("project", args=[code])),
    }  # fmt: skip
    return render(request, "site/project.html", context)


@page("public")
@cached
def board(request: HttpRequest, code: str) -> HttpResponse:
    """Show the board for the building site, to be printed: what, by whom, until when, and a code that leads to the page."""
    found = projects.project_page(code, today())
    if getattr(found.project, "dossier", None) is None:
        raise Http404
    context = {"p": found, "o": found.project, "d": found.project.dossier, "address": absolute(reverse("project", args=[code]))}
    return render(request, "site/project_board.html", context)


@page("public")
@cached
def resolution(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the released resolution of a congress on its projects (R7.53)."""
    paper = publications.published(slug)
    if paper is None or paper.kind != RESOLUTION:
        raise Http404
    body = Markup(documents.to_html(paper.body))  # noqa: S704  to_html escapes every word
    return render(request, "site/project_resolution.html", {"paper": paper, "body": body})


@page("public")
def resolution_file(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """Hand out the released resolution as .docx or PDF."""
    paper = publications.published(slug)
    if paper is None or paper.kind != RESOLUTION or form not in ("docx", "pdf"):
        raise Http404
    made = documents.to_docx if form == "docx" else documents.to_pdf
    return download(made(paper.title, paper.body), f"{slug}.{form}", DOCX if form == "docx" else PDF)


@page("public")
def picture(request: HttpRequest, picture_id: int) -> HttpResponse:
    """Show a picture of a project that the public sees."""
    try:
        found, data = projects.picture(picture_id, Actor.public())
    except OSError:
        raise Http404 from None
    response = HttpResponse(data, content_type=found.kind)
    response["Cache-Control"] = "public, max-age=3600"
    return response


@page("public", methods=("GET", "POST"))
def remark(request: HttpRequest, code: str) -> HttpResponse:
    """Take what somebody says of a candidate while the list is put before the public (R7.51)."""
    proof, refusal = proofs.read(request), errors.Refusal()
    found = projects.project_page(code, today())
    if request.method == "POST" and not proofs.asked_for_code(request) and not proof.refusal:
        with errors.caught() as refusal:
            acts.remark(
                project_id=found.project.pk, words=request.POST.get("body", ""), phone=proof.phone,
                submission_key=request.POST.get("key", ""), by=Actor.public(), at=now(),
            )  # fmt: skip
            response = HttpResponse(status=303)
            response["Location"] = reverse("project_remark", args=[code]) + "?done=1"
            return proof.remember(response)
    refused = refusal or proof.refusal
    name = getattr(refused.exception, "field", "") or next(iter(proof.fault), "")
    context = {
        "p": found, "o": found.project, "proof": proof, "typed": request.POST, "done": "done" in request.GET,
        "key": request.POST.get("key") or secrets.token_hex(16), "faults": [(name, refused.sentence)] if refused else [],
    }  # fmt: skip
    response = proof.remember(render(request, "site/project_remark.html", context, status=refused.status))
    response["Cache-Control"] = "no-store"
    return response
