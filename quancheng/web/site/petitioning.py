"""信访 for everybody: how it works and where (R7.31), the form (R7.32), the petitioner's page behind his receipt code."""

import secrets
import time
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from quancheng.people.permissions import Actor
from quancheng.petitions import acts
from quancheng.petitions import queries as petitions
from quancheng.web import errors
from quancheng.web.parts import cached, now, page, today
from quancheng.web.site import proof as proofs
from quancheng.web.site.receipts import clean_code

ABOUT = (
    ("government", "政府及其部门、乡镇、街道"), ("congress", "人大及其常委会"), ("court", "人民法院"),
    ("procuratorate", "人民检察院"), ("supervision", "监察机关"), ("other", "其他，或者说不清"),
)  # fmt: skip
GRADES = (("satisfied", "满意"), ("basically", "基本满意"), ("dissatisfied", "不满意"))
FIELDS = ("request", "facts", "names", "address", "about", "headcount", "accused_name", "accused_unit")


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "same-origin"  # the address is the key to the page; its forms need their origin
    return response


@page("public")
@cached
def how(request: HttpRequest) -> HttpResponse:
    """Tell how petitions go: doors, time limits, steps, review; where and when each office receives (R7.31)."""
    return render(request, "site/petitions.html", {"places": petitions.reception()})


@page("public", methods=("GET", "POST"))
def new(request: HttpRequest) -> HttpResponse:
    """Show the form, prove the number, take the petition in; an accusation asks for nothing but its words."""
    accuses = (request.POST or request.GET).get("accuse") == "1"
    anonymous = accuses and not request.POST.get("phone", "").strip() and not proofs.asked_for_code(request)
    proof, refusal = (proofs.Proof() if anonymous else proofs.read(request)), errors.Refusal()
    if request.method != "POST" or proofs.asked_for_code(request):
        return _form(request, accuses, proof, refusal)
    if not proof.refusal:
        with errors.caught() as refusal:
            form = _submission(request, accuses, proof.phone)
            return _to_receipt(acts.submit(submission=form, by=Actor.public(), at=now()), proof, accuses)
    if receipt := _handed_in_already(request, accuses, proof):
        return _to_receipt(receipt, proof, accuses)
    return _form(request, accuses, proof, refusal)


def _submission(request: HttpRequest, accuses: bool, phone: str) -> acts.Submission:
    """Read the form."""
    get = {name: request.POST.get(name, "") for name in FIELDS}
    count = get["headcount"].strip()
    return acts.Submission(
        request=get["request"], facts=get["facts"], submission_key=request.POST.get("key", ""), phone=phone,
        names=tuple(get["names"].replace("，", "、").replace(",", "、").split("、")), address=get["address"],
        about=get["about"] or "other", accuses=accuses, accused_name=get["accused_name"], accused_unit=get["accused_unit"],
        headcount=int(count) if count.isascii() and count.isdigit() and len(count) < 7 else 1,
    )  # fmt: skip


def _handed_in_already(request: HttpRequest, accuses: bool, proof: proofs.Proof) -> str:
    """Return the receipt code when a double click used up the code and its twin handed this form in, else ''."""
    if not proof.refusal:
        return ""
    for pause in (0, 0.2, 0.6):
        time.sleep(pause)  # the twin may be about to commit
        with errors.caught():  # without a number nothing is taken in; it only gives back what is there
            return acts.receipt_of_form(submission=_submission(request, accuses, ""), at=now())
    return ""


def _to_receipt(code: str, proof: proofs.Proof, accuses: bool) -> HttpResponse:
    response = HttpResponseRedirect(reverse("petition_receipt", args=[code]) + "?new=1", status=303)
    return _private(response if accuses else proof.remember(response))


def _form(request: HttpRequest, accuses: bool, proof: proofs.Proof, refusal: errors.Refusal) -> HttpResponse:
    refused = refusal or proof.refusal
    name = getattr(refused.exception, "field", "") or next(iter(proof.fault), "")
    context: dict[str, Any] = {
        "accuses": accuses, "proof": proof, "typed": request.POST, "abouts": ABOUT, "fault_of": {name: refused.sentence},
        "key": request.POST.get("key") or secrets.token_hex(16), "faults": [(name, refused.sentence)] if refused else [],
    }  # fmt: skip
    response = render(request, "site/petition_new.html", context, status=refused.status)
    return _private(response if accuses else proof.remember(response))


def _supplement(request: HttpRequest, code: str) -> str:
    added = acts.supplement(
        receipt_code=code, words=request.POST.get("words", ""), submission_key=request.POST.get("key", ""), at=now()
    )
    return _("补充材料已收到，回执号 %(code)s，甄别以后归入本件。") % {"code": added}


def _withdraw(request: HttpRequest, code: str) -> str:
    acts.withdraw(receipt_code=code, reason=request.POST.get("reason", ""), at=now())
    return _("已经撤回。")


def _grade(request: HttpRequest, code: str) -> str:
    acts.grade(
        receipt_code=code, office=request.POST.get("office_grade", ""), unit=request.POST.get("unit_grade", ""),
        reason=request.POST.get("reason", ""), at=now(),
    )  # fmt: skip
    return _("评价已记下，谢谢您。")


def _review(request: HttpRequest, code: str) -> str:
    made = acts.apply_for_review(receipt_code=code, reason=request.POST.get("reason", ""), at=now())
    return _("%(what)s申请已收到，三十日内书面答复您。") % {"what": made.get_stage_display()}


ACTS: dict[str, Callable[[HttpRequest, str], str]] = {
    "supplement": _supplement, "withdraw": _withdraw, "grade": _grade, "review": _review,
}  # fmt: skip


@page("public", methods=("GET", "POST"))
def receipt(request: HttpRequest, code: str) -> HttpResponse:
    """Show the petitioner where his matter stands, with its papers; take what he adds, grades, asks, withdraws."""
    clean, refusal, done = clean_code(code), errors.Refusal(), ""
    if clean != code and request.method != "POST":
        return _private(HttpResponseRedirect(reverse("petition_receipt", args=[clean])))
    do = ACTS.get(request.POST.get("do", ""))
    if do is not None:
        with errors.caught() as refusal:
            done = do(request, clean)
    return _receipt_page(request, clean, refusal, done)


def _receipt_page(request: HttpRequest, code: str, refusal: errors.Refusal, done: str) -> HttpResponse:
    found = petitions.receipt(code, today())
    context = {
        "p": found, "code": code, "done": done, "fresh": "new" in request.GET, "grades": GRADES,
        "typed": request.POST if refusal else {}, "key": (refusal and request.POST.get("key")) or secrets.token_hex(16),
        "faults": [("", refusal.sentence)] if refusal else [],
    }  # fmt: skip
    return _private(render(request, "site/petition_receipt.html", context, status=refusal.status))
