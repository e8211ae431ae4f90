"""代表码、站点码: one tap from the wall to a deputy or a station, and the form on which a resident writes (R7.20, R7.21)."""

import secrets
import time
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from quancheng.contact import acts
from quancheng.contact import queries as contact
from quancheng.people.permissions import Actor
from quancheng.web import errors
from quancheng.web.parts import now, page, today
from quancheng.web.site import proof as proofs

GRADES = (("satisfied", "满意"), ("basically", "基本满意"), ("dissatisfied", "不满意"))
VISIBILITIES = (("shown", "办结后可以公开办理情况，不显示我是谁"), ("private", "不公开"))


@page("public", methods=("GET", "POST"))
def door(request: HttpRequest, code: str) -> HttpResponse:
    """Show to whom a code leads, with the form; take what a resident writes there."""
    proof, refusal = proofs.read(request), errors.Refusal()
    if request.method == "POST" and not proofs.asked_for_code(request):
        if not proof.refusal:
            with errors.caught() as refusal:
                made = acts.submit(matter=_matter(request, code, proof.phone), by=Actor.public(), at=now())
                return _to_receipt(made.receipt_code, code, proof)
        if receipt := _handed_in_already(request, proof):
            return _to_receipt(receipt, code, proof)
    target = contact.resolve(code, today())
    if target is None:
        return render(request, "site/door_closed.html", status=404)
    return _form(request, target, proof, refusal)


def _matter(request: HttpRequest, code: str, phone: str) -> acts.Matter:
    """Read the form."""
    return acts.Matter(
        body=request.POST.get("body", ""), submission_key=request.POST.get("key", ""), code=code.upper(), phone=phone,
        name=request.POST.get("name", ""), visibility=request.POST.get("visibility", "shown"),
        pictures=tuple(file.read() for file in request.FILES.getlist("pictures")),
    )  # fmt: skip


def _handed_in_already(request: HttpRequest, proof: proofs.Proof) -> str:
    """Return the receipt code when a double click used up the code and its twin handed this form in, else ''."""
    if not proof.refusal:
        return ""
    for pause in (0, 0.2, 0.6):
        time.sleep(pause)  # the twin may be about to commit
        if found := contact.receipt_of_form(request.POST.get("key", ""), request.POST.get("body", "")):
            return found
    return ""


def _to_receipt(receipt: str, code: str, proof: proofs.Proof) -> HttpResponse:
    response = HttpResponse(status=303)
    response["Location"] = reverse("receipt", args=[receipt]) + f"?new={code.upper()}"
    return proof.remember(response)


def _form(request: HttpRequest, target: contact.Target, proof: proofs.Proof, refusal: errors.Refusal) -> HttpResponse:
    refused = refusal or proof.refusal
    name = getattr(refused.exception, "field", "") or next(iter(proof.fault), "")
    context: dict[str, Any] = {
        "target": target, "proof": proof, "typed": request.POST, "visibilities": VISIBILITIES, "choosing": bool(request.FILES),
        "key": request.POST.get("key") or secrets.token_hex(16), "faults": [(name, refused.sentence)] if refused else [],
    }  # fmt: skip
    response = proof.remember(render(request, "site/door.html", context, status=refused.status))
    response["Cache-Control"] = "no-store"
    return response


@page("public", methods=("POST",))
def rate(request: HttpRequest, code: str) -> HttpResponse:
    """Take the author's grade of an answer; who holds the receipt is the author (S28)."""
    clean = code.upper()
    with errors.caught() as refusal:
        answer = request.POST.get("answer", "")
        acts.rate(
            receipt_code=clean, answer_id=int(answer) if answer.isdecimal() and len(answer) < 19 else 0,
            grade=request.POST.get("grade", ""), reason=request.POST.get("reason", ""), at=now(),
        )  # fmt: skip
        response = HttpResponse(status=303)
        response["Location"] = reverse("receipt", args=[clean]) + "?rated=1"
        return response
    return matter_receipt(request, clean, refusal)


@page("public", methods=("POST",))
def cancel(request: HttpRequest, code: str) -> HttpResponse:
    """Give a booked place back."""
    acts.cancel_booking(receipt_code=code.upper(), at=now())
    response = HttpResponse(status=303)
    response["Location"] = reverse("receipt", args=[code.upper()])
    return response


@page("public")
def picture(request: HttpRequest, code: str, picture_id: int) -> HttpResponse:
    """Show the author a picture that he handed in."""
    try:
        found, data = contact.fixed_picture(picture_id, Actor.public(), today(), receipt_code=code.upper())
    except OSError:
        raise Http404 from None
    response = HttpResponse(data, content_type=found.kind)
    response["Cache-Control"] = "no-store"
    return response


def matter_receipt(request: HttpRequest, code: str, refusal: errors.Refusal | None = None) -> HttpResponse:
    """Return the author's page of what he brought to a deputy or a station, of a booking, a question, a word on a topic.

    Raises Http404 for a code that opens nothing here.
    """
    found = next(iter(contact.my_matters(receipt_code=code)), None)
    if found is None:
        raise Http404
    context: dict[str, Any] = {"code": code, "line": found, "fresh": request.GET.get("new", "")[:12], "rated": "rated" in request.GET}
    if found.kind == "booking":
        booking, before = contact.booking(code)
        return render(request, "site/receipt_booking.html", {**context, "b": booking, "before": before})
    if found.kind != "opinion":
        return render(request, "site/receipt_words.html", {**context, "w": contact.words_page(code)})
    refusal = refusal or errors.Refusal()
    context |= {
        "p": contact.receipt_page(code, today()), "typed": request.POST, "grades": GRADES,
        "faults": [(getattr(refusal.exception, "field", ""), refusal.sentence)] if refusal else [],
    }
    return render(request, "site/receipt_matter.html", context, status=refusal.status)
