"""旁听 for everybody: the notice and the form, the draw that anybody recomputes, the observer's own pages (M42, R4.11, S18)."""

import json
import secrets
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from quancheng.meetings import acts
from quancheng.meetings.queries import councils as council_queries
from quancheng.meetings.queries import observing, remarking
from quancheng.web import errors
from quancheng.web.parts import cached, now, page, page_number, today
from quancheng.web.site import proof as proofs


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "same-origin"  # the address is the key to the page
    return response


@page("public")
@cached
def notices(request: HttpRequest) -> HttpResponse:
    """List the meetings to which residents may come."""
    return render(request, "site/observe_list.html", {"rows": observing.notices(), "now": now()})


@page("public", methods=("GET", "POST"))
def observe(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Show the notice with the form; take an application with a proved number."""
    proof, refusal = proofs.read(request), errors.Refusal()
    if request.method == "POST" and not proofs.asked_for_code(request) and not proof.refusal:
        form = acts.Application(
            meeting_id=meeting_id, name=request.POST.get("name", ""), phone=proof.phone,
            adult="adult" in request.POST, rights="rights" in request.POST, submission_key=request.POST.get("key", ""),
        )  # fmt: skip
        with errors.caught() as refusal:
            made = acts.apply_to_observe(application=form, at=now())
            gone = HttpResponseRedirect(reverse("receipt", args=[made.receipt_code]) + "?new=1", status=303)
            return _private(proof.remember(gone))
    notice = observing.notice(meeting_id, now(), today())
    refused = refusal or proof.refusal
    name = getattr(refused.exception, "field", "") or next(iter(proof.fault), "")
    context: dict[str, Any] = {
        "n": notice, "o": notice.observation, "proof": proof, "typed": request.POST, "fault_of": {name: refused.sentence},
        "key": request.POST.get("key") or secrets.token_hex(16), "faults": [(name, refused.sentence)] if refused else [],
    }  # fmt: skip
    response = proof.remember(render(request, "site/observe.html", context, status=refused.status))
    response["Cache-Control"] = "no-store"
    return response


@page("public")
@cached
def draw(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Show the method, the commitment, the list by code, the result, and how to recompute it (S18)."""
    return render(request, "site/draw.html", {"d": observing.drawn(meeting_id)})


@page("public")
@cached
def draw_file(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Hand out the record by which anybody recomputes the draw offline."""
    words = json.dumps(observing.draw_record(meeting_id), ensure_ascii=False, indent=2)
    response = HttpResponse(words + "\n", content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="draw-{meeting_id}.json"'
    return response


@page("public")
@cached
def draw_check(request: HttpRequest) -> HttpResponse:
    """Recompute a record in the visitor's own browser; nothing is sent anywhere."""
    return render(request, "site/draw_check.html")


@page("public")
@cached
def remarks(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Show the published remarks on a meeting with their answers, without who wrote them."""
    number = page_number(request)
    return render(request, "site/meeting_remarks.html", {"p": remarking.published(meeting_id, number), "number": number})


def receipt(request: HttpRequest, code: str, refusal: errors.Refusal | None = None, typed: Any = None) -> HttpResponse | None:
    """Return the page behind a receipt code of an application or of a remark, None where it is of neither."""
    refusal = refusal or errors.Refusal()
    context: dict[str, Any] = {
        "code": code, "fresh": "new" in request.GET, "typed": typed or {}, "key": secrets.token_hex(16),
        "faults": [(getattr(refusal.exception, "field", ""), refusal.sentence)] if refusal else [],
    }  # fmt: skip
    if (found := observing.mine(code)) is not None:
        return _private(render(request, "site/receipt_observer.html", {"p": found, **context}, status=refusal.status))
    own = remarking.own(code, today())
    if own is not None:
        return _private(render(request, "site/receipt_remark.html", {"p": own, **context}))
    return None


def receipt_file(code: str) -> dict[str, Any] | None:
    """Return the receipt of an application or of a remark as a file, None where the code is of neither."""
    return observing.receipt_file(code) or remarking.receipt_file(code)


@page("public")
def card(request: HttpRequest, code: str) -> HttpResponse:
    """Show the observer's card, for the phone and for paper."""
    found = observing.mine(code)
    if found is None or not found.observer.card:
        raise Http404
    return _private(render(request, "site/observer_card.html", {"p": found, "code": code, "rules": observing.RULES}))


@page("public", methods=("POST",))
def give_back(request: HttpRequest, code: str) -> HttpResponse:
    """Take an application or a place back."""
    with errors.caught() as refusal:
        acts.give_place_back(receipt_code=code, at=now())
        return _private(HttpResponseRedirect(reverse("receipt", args=[code]), status=303))
    return _page(request, code, refusal)


@page("public", methods=("POST",))
def remark(request: HttpRequest, code: str) -> HttpResponse:
    """Take a written remark from who observed the meeting."""
    with errors.caught() as refusal:
        form = acts.RemarkForm(
            body=request.POST.get("body", ""), submission_key=request.POST.get("key", ""), shown=request.POST.get("shown") == "yes"
        )
        made = acts.remark_as_observer(receipt_code=code, form=form, at=now())
        return _private(HttpResponseRedirect(reverse("receipt", args=[made.receipt_code]) + "?new=1", status=303))
    return _page(request, code, refusal)


def _page(request: HttpRequest, code: str, refusal: errors.Refusal) -> HttpResponse:
    found = receipt(request, code, refusal, request.POST)
    if found is None:
        raise Http404(_("没有这个回执号。"))
    return found


@page("public")
@cached
def councils(request: HttpRequest) -> HttpResponse:
    """List the street councils."""
    number = page_number(request)
    rows, pages = council_queries.councils(today(), number=number)
    return render(request, "site/councils.html", {"rows": rows, "pages": pages, "number": number})


@page("public")
@cached
def council(request: HttpRequest, council_id: int) -> HttpResponse:
    """Show a street council: topics, opinions with their answers, meetings, the roster and how it was nominated."""
    found = council_queries.council(council_id, today())
    return render(request, "site/council.html", {"p": found, "c": found.council})
