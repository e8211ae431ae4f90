"""群众意见的办理结果 for everybody: what was released, with answers and ratings, found by words and unit (R9.01)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from quancheng.contact import queries as contact
from quancheng.handling import queries as handling
from quancheng.web.parts import cached, page, page_number, today
from quancheng.web.site.doors import GRADES as CHOICES

GRADES = dict(CHOICES)


@page("public")
@cached
def published(request: HttpRequest) -> HttpResponse:
    """List the released opinions, newest first, narrowed by words and unit."""
    number, units = page_number(request), [(unit.pk, unit.name) for unit in handling.units(today())]
    get = {name: request.GET.get(name, "").strip()[:60] for name in ("q", "unit")}
    rows, total = contact.published(get["q"], get["unit"] if get["unit"] in dict(units) else "", number)
    context = {"rows": rows, "grades": GRADES, "total": total, "number": number, "units": units, "get": get, "pages": -(-total // 20)}
    return render(request, "site/matters.html", context)


@page("public")
@cached
def one(request: HttpRequest, opinion_id: int) -> HttpResponse:
    """Show one released opinion: the words, each answer with its rating, in order."""
    return render(request, "site/matter.html", {"p": contact.published_page(opinion_id)})
