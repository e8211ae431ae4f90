"""代表建议 for everybody: what was published, with answers and ratings, found by words, unit and grade."""

import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from markupsafe import Markup

from quancheng.handling import figures
from quancheng.handling import queries as handling
from quancheng.people import queries as people
from quancheng.procedures import declare
from quancheng.procedures import queries as procedures
from quancheng.publications import documents
from quancheng.publications import queries as publications
from quancheng.suggestions import queries as suggestions
from quancheng.web.parts import cached, page, page_number, today

GRADES = (("satisfied", "满意"), ("basically", "基本满意"), ("dissatisfied", "不满意"))


@page("public")
@cached
def published(request: HttpRequest) -> HttpResponse:
    """List the published suggestions, newest first, narrowed by words, unit and grade."""
    number, units = page_number(request), [(unit.pk, unit.name) for unit in handling.units(today())]
    get = {name: request.GET.get(name, "").strip()[:60] for name in ("q", "unit", "grade")}
    grade = get["grade"] if get["grade"] in dict(GRADES) else ""
    wanted = suggestions.Filters(words=get["q"], unit=get["unit"] if get["unit"] in dict(units) else "")
    rows, total = suggestions.published(wanted, grade, number)
    office = people.organ_with_role("deputy_office", today())
    year = today().year
    league = figures.public_league(
        datetime.date(year, 1, 1), datetime.date(year + 1, 1, 1), today(), people.organ(office).area_id
    ) if office else None
    context = {
        "rows": rows, "total": total, "number": number, "units": units, "grades": GRADES, "get": get, "league": league,
        "reports": publications.released(20, "unit_report") if number == 1 else [],
        "pages": (total + suggestions.PAGE - 1) // suggestions.PAGE,
    }  # fmt: skip
    return render(request, "site/suggestions.html", context)


@page("public")
@cached
def catalogue(request: HttpRequest) -> HttpResponse:
    """List every suggestion of a year that was taken, with its units and how far it is, published or not (R7.04)."""
    this_year, number = today().year, page_number(request)
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and this_year - 6 <= int(asked[:4]) <= this_year else this_year
    rows = suggestions.catalogue(None, year, number)
    names = {key: state.label for key, state in declare.get("suggestion").states.items()}
    context = {
        "rows": rows, "year": year, "years": range(this_year, this_year - 5, -1), "number": number, "names": names,
        "more": len(rows) == suggestions.PAGE,
    }  # fmt: skip
    return render(request, "site/suggestion_catalogue.html", context)


@page("public")
@cached
def one(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one published suggestion (text, answers, ratings, both leaders of a key suggestion) or a unit's yearly report."""
    paper = publications.published(slug)
    if paper is None or paper.kind not in ("suggestion", "unit_report"):
        raise Http404
    context = {"paper": paper, "body": Markup(documents.to_html(paper.body))}  # noqa: S704  to_html escapes every word
    if paper.kind == "suggestion":
        context["thread"] = procedures.public_thread(paper.case, today())
    return render(request, "site/suggestion.html", context)
