"""议题 for everybody: what a deputy talks over with a residents' group; whoever lives there says what he thinks (M53)."""

import secrets

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from quancheng.contact import acts
from quancheng.contact import queries as contact
from quancheng.people.permissions import Actor
from quancheng.web import errors
from quancheng.web.parts import now, page, page_number
from quancheng.web.site import proof as proofs


@page("public", methods=("GET", "POST"))
def topic(request: HttpRequest, topic_id: int) -> HttpResponse:
    """Show a topic and what was said; take a word with a proved number."""
    proof, refusal = proofs.read(request), errors.Refusal()
    if request.method == "POST" and not proofs.asked_for_code(request) and not proof.refusal:
        with errors.caught() as refusal:
            form = acts.VoiceForm(
                body=request.POST.get("body", ""), submission_key=request.POST.get("key", ""), phone=proof.phone,
                name=request.POST.get("name", ""),
            )  # fmt: skip
            made = acts.say_on_topic(topic_id=topic_id, form=form, by=Actor.public(), at=now())
            response = HttpResponse(status=303)
            response["Location"] = reverse("receipt", args=[made.receipt_code])
            return proof.remember(response)
    found = contact.topic_page(topic_id, page_number(request))
    if not found.topic.words:
        raise Http404
    refused = refusal or proof.refusal
    name = getattr(refused.exception, "field", "") or next(iter(proof.fault), "")
    context = {
        "p": found, "proof": proof, "typed": request.POST, "number": page_number(request), "pages": -(-found.total // 50),
        "key": request.POST.get("key") or secrets.token_hex(16), "faults": [(name, refused.sentence)] if refused else [],
    }  # fmt: skip
    response = proof.remember(render(request, "site/topic.html", context, status=refused.status))
    response["Cache-Control"] = "no-store"
    return response
