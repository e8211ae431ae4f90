"""身边站点: the directory, a site's page with a sketch of where it lies, reception days and their booking (M50, M52)."""

import math
import secrets
from dataclasses import dataclass
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

FUNCTIONS = (("liaison", "代表联络站"), ("legislation", "基层立法联系点"))
WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
KILOMETRES = 111.32  # of one degree of latitude
WIDE, HIGH, MARGIN = 360, 260, 28  # of the sketch


@dataclass(frozen=True)
class Dot:
    """A site on the sketch."""

    x: float
    y: float
    name: str
    code: str
    here: bool


@dataclass(frozen=True)
class Sketch:
    """Where a site lies among its neighbours: dots, and how long a bar of so many kilometres is."""

    dots: list[Dot]
    bar: float
    kilometres: float


def sketch(here: Any, others: list[Any]) -> Sketch | None:
    """Return the sketch of a site's profile and its neighbours', north up; None where its place is not known."""
    if here is None or here.latitude is None:
        return None
    lean = math.cos(math.radians(float(here.latitude)))
    places = [
        (one, (float(one.longitude - here.longitude)) * lean * KILOMETRES, float(one.latitude - here.latitude) * KILOMETRES)
        for one in [here, *others]
    ]
    reach = max([abs(part) for _one, east, north in places for part in (east, north * WIDE / HIGH)] + [1.0])
    scale = (WIDE / 2 - MARGIN) / reach
    dots = [
        Dot(WIDE / 2 + east * scale, HIGH / 2 - north * scale, one.site.name, one.site_id, one is here)
        for one, east, north in places
    ]
    kilometres = 10.0 ** math.floor(math.log10(reach))
    return Sketch(dots, kilometres * scale, kilometres)


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
    near = contact.neighbours(found.profile, today()) if found.profile else []
    context = {"p": found, "sketch": sketch(found.profile, near), "weekdays": WEEKDAYS, "wide": WIDE, "high": HIGH}
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
