"""向选民述职 for everybody: what the deputy said, questions with answers, the rating; the result only at the end (R8.06)."""

import secrets

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from quancheng.contact import acts
from quancheng.contact import queries as contact
from quancheng.people.permissions import Actor
from quancheng.web import errors
from quancheng.web.parts import now, page, today
from quancheng.web.site import proof as proofs

DONE = {"asked": "问题已提交。代表回答以后公开，您会收到通知。", "rated": "测评已计入。谁评了什么，没有任何记录。"}


@page("public", methods=("GET", "POST"))
def report(request: HttpRequest, report_id: int) -> HttpResponse:
    """Show a report; take a question or a grade from a voter who proved his number."""
    proof, refusal = proofs.read(request), errors.Refusal()
    do = request.POST.get("action", "")
    if request.method == "POST" and not proofs.asked_for_code(request) and not proof.refusal:
        done = ""
        with errors.caught() as refusal:
            done = _do(request, report_id, do, proof.phone)
        if done:
            return proof.remember(_see_other(report_id, done))
    refused = refusal or proof.refusal
    found = contact.report_page(report_id, Actor.public())
    fault = getattr(refused.exception, "field", "") or next(iter(proof.fault), "")
    context = {
        "found": found, "proof": proof, "typed": request.POST, "grades": acts.GRADES.items(), "on": today(),
        "key": request.POST.get("key") or secrets.token_hex(16), "done": DONE.get(request.GET.get("done", ""), ""),
        "receipt": request.GET.get("code", "")[:12], "faults": [(fault, refused.sentence)] if refused else [],
    }  # fmt: skip
    response = proof.remember(render(request, "site/voters_report.html", context, status=refused.status))
    response["Cache-Control"] = "no-store"
    return response


def _do(request: HttpRequest, report_id: int, do: str, phone: str) -> str:
    """Do what the pressed button says; return the query of the page that follows."""
    if do == "rate":
        acts.rate_report(
            report_id=report_id, grade=request.POST.get("grade", ""), phone=phone, by=Actor.public(), at=now()
        )
        return "done=rated"
    if do != "ask":
        raise acts.ContactRefused(_("没有这一步。"))
    made = acts.ask_on_report(
        report_id=report_id, body=request.POST.get("body", ""), phone=phone, submission_key=request.POST.get("key", ""),
        by=Actor.public(), at=now(),
    )  # fmt: skip
    return f"done=asked&code={made.receipt_code}"


def _see_other(report_id: int, query: str) -> HttpResponse:
    response = HttpResponse(status=303)
    response["Location"] = reverse("voters_report", args=[report_id]) + "?" + query
    return response
