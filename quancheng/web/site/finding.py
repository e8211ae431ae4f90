"""我的代表是谁: from a town to a village to its deputy in two taps; a deputy's page made of facts (M55, R8.06)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from quancheng.contact import queries as contact
from quancheng.people import queries as people
from quancheng.suggestions import queries as suggestions
from quancheng.web.parts import cached, page, today

TOWNS = ("town", "township", "subdistrict")


@page("public")
@cached
def deputies(request: HttpRequest) -> HttpResponse:
    """Show the towns by county; of a town its villages, of a village its deputies; or what a word finds."""
    code, words = request.GET.get("area", "")[:12], request.GET.get("q", "").strip()[:20]
    if code:
        place, found = contact.deputies_of(code, today())
        below = people.areas_under(code, today())
        return render(request, "site/deputies_of.html", {"place": place, "found": found, "below": below})
    context = {
        "words": words, "people": suggestions.deputies(today(), words) if words else [],
        "places": people.find_areas(words, today()) if words else [], "groups": _towns() if not words else [],
    }  # fmt: skip
    return render(request, "site/deputies.html", context)


def _towns() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return county -> its towns, (code, name) each, in the order of the codes (2 statements)."""
    counties = {area.code: area.name for area in people.area_choices(today())}
    groups: dict[str, list[tuple[str, str]]] = {code: [] for code in counties}
    for town in people.area_choices(today(), TOWNS):
        groups.setdefault(town.parent_id or "", []).append((town.code, town.name))
    return [(counties.get(code, ""), towns) for code, towns in groups.items() if towns]


@page("public")
@cached
def deputy(request: HttpRequest, account_id: int) -> HttpResponse:
    """Show what everybody may know of a deputy: electoral unit and duty, from records; neither number nor address."""
    rows, total = suggestions.published(suggestions.Filters(lead_id=account_id))
    context = {"p": contact.deputy_page(account_id, today()), "rows": rows[:20], "total": total}
    return render(request, "site/deputy.html", context)
