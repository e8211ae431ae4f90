"""身边站点: the directory, a site's page with a sketch of where it lies, reception days and their booking (M50, M52)."""

import secrets
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from quancheng.contact import acts
from quancheng.contact import queries as contact
from quancheng.people import queries as people
from quancheng.people.permissions import Actor
from quancheng.web import errors
from quancheng.web.parts import cached, now, page, today
from quancheng.web.site import proof as proofs
from quancheng.web.site import sketching

FUNCTIONS = (("liaison", "代表联络站"), ("legislation", "基层立法联系点"))
WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


def _spots(profiles: list[Any]) -> list[sketching.Spot]:
    """Return the places of sites that are known, each with the address of its page."""
    return [
        sketching.Spot(one.site.name, reverse("site", args=[one.site_id]), one.latitude, one.longitude)
        for one in profiles if one.latitude is not None
    ]


@page("public")
@cached
def directory(request: HttpRequest) -> HttpResponse:
    """List the stations and contact points, by county, function and words."""
    get = {name: request.GET.get(name, "").strip()[:20] for name in ("area", "function", "q")}
    areas = [(area.code, area.name) for area in people.area_choices(today())]
    area = get["area"] if get["area"] in dict(areas) else ""
    lines = contact.directory(now(), get["function"] if get["function"] in dict(FUNCTIONS) else "", area)
    if get["q"]:
        lines = [line for line in lines if get["q"] in line.site.name + line.site.address]
    return render(
        request, "site/sites.html", {"lines": lines, "areas": areas, "functions": FUNCTIONS, "get": get}
    )


@page("public")
@cached
def site(request: HttpRequest, code: str) -> HttpResponse:
    """Show one site: when it is open, who receives when, what happened there, where it lies."""
    found = contact.site_page(code, now())
    here = _spots([found.profile]) if found.profile else []
    near = _spots(contact.neighbours(found.profile, today())) if here and found.profile else []
    context = {"p": found, "sketch": sketching.sketch(here[0], near) if here else None, "weekdays": WEEKDAYS}
    return render(request, "site/site.html", context)


@page("public")
def activity_picture(request: HttpRequest, picture_id: int) -> HttpResponse:
    """Show a picture of an activity that the public sees."""
    try:
        found, data = contact.activity_picture(picture_id, Actor.public())
    except OSError:
        raise Http404 from None
    response = HttpResponse(data, content_type=found.kind)
    response["Cache-Control"] = "public, max-age=3600"
    return response


@page("public", methods=("GET", "POST"))
def reception(request: HttpRequest, reception_id: int) -> HttpResponse:
    """Show a reception day and book a place."""
    proof, refusal = proofs.read(request), errors.Refusal()
    if request.method == "POST" and not proofs.asked_for_code(request) and not proof.refusal:
        with errors.caught() as refusal:
            form = acts.BookingForm(
                request.POST.get("key", ""), phone=proof.phone, name=request.POST.get("name", ""),
                about=request.POST.get("about", ""),
            )  # fmt: skip
            made = acts.book(reception_id=reception_id, form=form, by=Actor.public(), at=now())
            response = HttpResponse(status=303)
            response["Location"] = reverse("receipt", args=[made.receipt_code])
            return proof.remember(response)
    refused = refusal or proof.refusal
    name = getattr(refused.exception, "field", "") or next(iter(proof.fault), "")
    context = {
        "r": contact.reception(reception_id), "proof": proof, "typed": request.POST, "on": today(),
        "key": request.POST.get("key") or secrets.token_hex(16), "faults": [(name, refused.sentence)] if refused else [],
    }  # fmt: skip
    response = proof.remember(render(request, "site/reception.html", context, status=refused.status))
    response["Cache-Control"] = "no-store"
    return response
