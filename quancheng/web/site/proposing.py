"""提一件民生实事 in three screens: what and where; others who said the same; the telephone number. No script needed (R7.50)."""

import secrets
import time
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from quancheng.people import queries as people
from quancheng.people.permissions import Actor
from quancheng.projects import acts
from quancheng.projects import queries as projects
from quancheng.web import errors
from quancheng.web.parts import now, page, today
from quancheng.web.site import proof as proofs
from quancheng.web.site import writing

FIRST = ("title", "body", "area", "place", "latitude", "longitude", "call")  # what the first screen asks


def areas() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return county -> its towns and streets, for a choice by groups."""
    kinds = ("county", "district", "zone", "township", "town", "subdistrict")
    rows = people.area_choices(today(), kinds)
    names = {row.code: row.name for row in rows}
    groups: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        county = row.code if row.kind in ("county", "district", "zone") else str(row.parent_id)
        label = _("%(name)s（不确定乡镇）") % {"name": row.name} if county == row.code else row.name
        groups.setdefault(county, []).append((row.code, label))
    return [(names.get(county, ""), towns) for county, towns in groups.items()]


@page("public", methods=("GET", "POST"))
def propose(request: HttpRequest) -> HttpResponse:
    """Walk the three screens; what was typed goes along, nothing is stored before the last button."""
    calls = projects.open_calls(today())
    if not calls:
        return render(request, "site/propose_closed.html", {"calls": projects.calls()[:3]})
    call = next((one for one in calls if str(one.pk) == (request.POST.get("call") or request.GET.get("call"))), None)
    call = call or (calls[0] if len(calls) == 1 else None)
    do = request.POST.get("action", "")
    if request.method != "POST" or call is None or do == "back":
        return _write(request, calls, call)
    with errors.caught() as refusal:
        acts.check_words(**{name: request.POST.get(name, "") for name in ("title", "body", "latitude", "longitude")})
    if refusal:
        return _write(request, calls, call, refusal)
    if do == "look":
        alike = projects.look_alikes(call.pk, *(request.POST.get(name, "") for name in ("title", "body", "area")))
        if alike:
            return _screen(request, "propose_look.html", call, alike=[projects.line_of(one) for one in alike])
    if do in ("look", "go"):
        return _last(request, call, proofs.Proof(phone=writing.verified_phone(request)))
    return _send(request, call)


def _send(request: HttpRequest, call: Any) -> HttpResponse:
    """Send a telephone code, or hand the wish in."""
    proof, refusal = proofs.read(request), errors.Refusal()
    if not proofs.asked_for_code(request):
        if not proof.refusal:
            with errors.caught() as refusal:
                made = acts.submit(call_id=call.pk, wish=_wish(request, proof.phone), by=Actor.public(), at=now())
                return _to_receipt(made.receipt_code, proof)
        if receipt := _handed_in_already(request, proof):
            return _to_receipt(receipt, proof)
    return _last(request, call, proof, refusal)


def _wish(request: HttpRequest, phone: str) -> acts.Wish:
    """Read the form."""
    get = request.POST.get
    return acts.Wish(
        title=get("title", ""), body=get("body", ""), area=get("area", ""), place=get("place", ""), name=get("name", ""),
        latitude=get("latitude", ""), longitude=get("longitude", ""), submission_key=get("key", ""), phone=phone,
        pictures=tuple(file.read() for file in request.FILES.getlist("pictures")),
    )  # fmt: skip


def _handed_in_already(request: HttpRequest, proof: proofs.Proof) -> str:
    """Return the receipt code when a double click used up the code and its twin handed this form in, else ''."""
    if not proof.refusal:
        return ""
    for pause in (0, 0.2, 0.6):
        time.sleep(pause)  # the twin may be about to commit
        if found := projects.receipt_of_form(request.POST.get("key", ""), request.POST.get("body", "")):
            return found
    return ""


def _to_receipt(receipt: str, proof: proofs.Proof) -> HttpResponse:
    response = HttpResponse(status=303)
    response["Location"] = reverse("receipt", args=[receipt]) + "?new=1"
    return proof.remember(response)


def _write(request: HttpRequest, calls: list[Any], call: Any, refusal: errors.Refusal | None = None) -> HttpResponse:
    chosen = call.pk if call else 0
    return _screen(request, "propose.html", call, refusal, calls=calls, chosen=chosen, areas=areas())


def _last(request: HttpRequest, call: Any, proof: proofs.Proof, refusal: errors.Refusal | None = None) -> HttpResponse:
    response = _screen(request, "propose_last.html", call, refusal or proof.refusal, proof=proof, choosing=bool(request.FILES))
    return proof.remember(response)


def _screen(
    request: HttpRequest, template: str, call: Any, refusal: errors.Refusal | None = None, **more: Any
) -> HttpResponse:
    """Return one of the screens; the words of the others go along unseen."""
    refused = refusal or errors.Refusal()
    name = getattr(refused.exception, "field", "") or next(iter(getattr(more.get("proof"), "fault", {})), "")
    kept = {key: request.POST.get(key, "") for key in (*FIRST, "name") if request.POST.get(key)}
    context = {
        "call": call, "typed": request.POST, "kept": kept, "key": request.POST.get("key") or secrets.token_hex(16),
        "faults": [(name, refused.sentence)] if refused else [], "fault_of": {name: refused.sentence} if refused else {}, **more,
    }  # fmt: skip
    response = render(request, f"site/{template}", context, status=refused.status)
    response["Cache-Control"] = "no-store"
    return response
