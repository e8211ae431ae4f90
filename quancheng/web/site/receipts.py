"""The author's page of an opinion: by receipt code, or by telephone for everything he sent."""

import json
import re
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from quancheng.consultations import acts, queries
from quancheng.contact import queries as contact
from quancheng.meetings.queries import observing as meetings
from quancheng.meetings.queries import remarking
from quancheng.people import acts as people
from quancheng.people import queries as people_queries
from quancheng.petitions import queries as petitions
from quancheng.projects import acts as project_acts
from quancheng.projects import queries as projects
from quancheng.texts import queries as texts
from quancheng.web import errors
from quancheng.web.parts import client_address, now, page, today
from quancheng.web.parts.rendering import absolute, url
from quancheng.web.site import doors, observing, writing
from quancheng.web.site.consulting import block_of

LOOK_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1"})


def clean_code(typed: str) -> str:
    """Return a receipt code as stored: capitals and digits without gaps; O, I and L are read as 0 and 1."""
    return re.sub(r"[^0-9A-Z]", "", typed.upper()).translate(LOOK_ALIKE)[:20]


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "same-origin"  # the address is the key to the page: no other site learns it
    return response


@page("public")
def lookup(request: HttpRequest) -> HttpResponse:
    """Ask for a receipt code, and go to its page."""
    typed = request.GET.get("code", "")
    code = clean_code(typed)
    if code and petitions.find_receipt(code):
        return _private(HttpResponseRedirect(reverse("petition_receipt", args=[code])))
    if code and _known(code):
        return _private(HttpResponseRedirect(reverse("receipt", args=[code])))
    wrong = _("没有这个回执号。请核对：回执号由数字和字母组成，不分大小写，空格可以不写。") if typed else ""
    return _private(render(request, "site/lookup.html", {"code": typed, "wrong": wrong}, status=404 if wrong else 200))


def _known(code: str) -> bool:
    """Tell whether a code opens a page: an opinion on a draft, what was brought to a deputy or a station, a wish."""
    with errors.caught() as refusal:
        queries.by_receipt(code)
    if not refusal or meetings.is_receipt(code):
        return True
    return bool(contact.my_matters(receipt_code=code)) or projects.code_of_receipt(code)


@page("public")
def receipt(request: HttpRequest, code: str) -> HttpResponse:
    """Show where the opinion stands, what was decided and why, and the proof."""
    clean = clean_code(code)
    if clean != code:
        return _private(HttpResponseRedirect(reverse("receipt", args=[clean])))
    return _page(request, clean)


def _page(request: HttpRequest, code: str, refusal: errors.Refusal | None = None) -> HttpResponse:
    found = None
    with errors.caught():
        found = queries.by_receipt(code)
    if found is None:
        return _of_matter(request, code, refusal)
    c = found.opinion.consultation
    context = {
        "p": found, "o": found.opinion, "block": block_of(texts.provisions(c.version_id), found.opinion.anchor), "c": c, "code": code, "fresh": "new" in request.GET,
        "address": absolute(url("receipt", code)), "refusal": refusal, "words": request.POST.get("text", ""),
    }  # fmt: skip
    return _private(render(request, "site/receipt.html", context, status=refusal.status if refusal else 200))


def _of_matter(request: HttpRequest, code: str, refusal: errors.Refusal | None) -> HttpResponse:
    """Return the page of what was brought to a deputy or a station; else of a wish, an application to observe, a remark."""
    try:
        return _private(doors.matter_receipt(request, code))
    except Http404:
        if projects.code_of_receipt(code):
            return _private(_wish(request, code, refusal))
        shown = observing.receipt(request, code)
        if shown is None:
            raise
        return _private(shown)


def _wish(request: HttpRequest, code: str, refusal: errors.Refusal | None) -> HttpResponse:
    """Return the author's page of a wish for the year's livelihood projects."""
    context = {
        "p": projects.receipt_page(code, today()), "code": code, "fresh": "new" in request.GET, "typed": request.POST,
        "faults": [(getattr(refusal.exception, "field", ""), refusal.sentence)] if refusal else [],
    }  # fmt: skip
    return render(request, "site/receipt_wish.html", context, status=refusal.status if refusal else 200)


@page("public", methods=("POST",))
def appeal(request: HttpRequest, code: str) -> HttpResponse:
    """Take the author's appeal against not being shown (S11)."""
    words = request.POST.get("text", "")
    with errors.caught() as refusal:
        if projects.code_of_receipt(clean_code(code)):
            project_acts.object_to_hiding(receipt_code=clean_code(code), words=words, at=now())
        else:
            acts.appeal(receipt_code=clean_code(code), text=words, at=now())
        return HttpResponseRedirect(reverse("receipt", args=[clean_code(code)]), status=303)
    return _page(request, clean_code(code), refusal)


@page("public")
def receipt_file(request: HttpRequest, code: str) -> HttpResponse:
    """Hand out the receipt as one file, to be verified offline."""
    content = None
    with errors.caught():
        content = queries.receipt_file(clean_code(code))
    if content is None and projects.code_of_receipt(clean_code(code)):
        content = projects.receipt_file(clean_code(code))
    content = content or observing.receipt_file(clean_code(code)) or _contact_file(clean_code(code))
    words = json.dumps(content, ensure_ascii=False, indent=2)
    response = HttpResponse(words + "\n", content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="receipt-{clean_code(code)}.json"'
    return _private(response)


def _contact_file(code: str) -> dict[str, Any]:
    """Return the receipt of what was brought to a deputy or a station; else of a question or a word on a topic."""
    kinds = {line.kind for line in contact.my_matters(receipt_code=code)}
    return contact.words_file(code) if kinds & {"question", "voice"} else contact.receipt_file(code)


@page("public", methods=("GET", "POST"))
def my(request: HttpRequest) -> HttpResponse:
    """List everything that a telephone number submitted, after the number was proved (S05)."""
    phone, shown, sent, refusal = writing.verified_phone(request), None, False, errors.Refusal()
    typed = request.POST.get("phone", "")
    if request.method == "POST" and request.POST.get("action") == "forget":
        gone = HttpResponseRedirect(reverse("my"))
        gone.delete_cookie(writing.VERIFIED_COOKIE)
        return gone
    if request.method == "POST":
        phone = "" if typed else phone
        with errors.caught() as refusal:
            if request.POST.get("action") == "code":
                shown = people.send_phone_code(phone=typed, client=client_address(request), at=now())
                sent = True
            else:
                phone = writing.prove_phone(request, typed, request.POST.get("code", ""))
    name = writing.field_of(refusal)
    mine = people_queries.subjects_of(phone) if phone else []
    rows, matters = (queries.by_public_ids(mine), contact.my_matters(mine)) if mine else ([], [])
    asked, wishes = (petitions.my_petitions(mine), projects.my_wishes(mine)) if mine else ([], [])
    observed, said = (meetings.my_applications(mine), remarking.my_remarks(mine)) if mine else ([], [])
    context = {
        "phone": writing.masked(phone), "typed": typed, "rows": rows, "matters": matters, "petitions": asked, "wishes": wishes,
        "observed": observed, "said": said, "sent": sent, "shown_code": shown,
        "faults": [(name, refusal.sentence)] if refusal else [], "fault_of": {name: refusal.sentence},
    }  # fmt: skip
    response = _private(render(request, "site/my.html", context, status=refusal.status))
    if phone:
        writing.remember_phone(response, phone)
    return response
