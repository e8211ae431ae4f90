"""征询 for everybody: a poll or rating that only advises, answered once by each telephone number; results after the close (S29)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from quancheng.people.permissions import Actor
from quancheng.voting import acts
from quancheng.voting import queries as votes
from quancheng.web import errors
from quancheng.web.parts import cached, now, page, page_number
from quancheng.web.site import proof


@page("public")
@cached
def listing(request: HttpRequest) -> HttpResponse:
    """List the polls, open ones first."""
    number = page_number(request)
    rows, total = votes.polls(number)
    return render(request, "site/polls.html", {"rows": rows, "total": total, "number": number, "pages": -(-total // 20)})


@page("public", methods=("GET", "POST"))
def one(request: HttpRequest, vote_id: int) -> HttpResponse:
    """Show a poll: the questions while it is open, the result when it is closed; take one answer."""
    record = votes.poll(vote_id)
    known, refusal, answered = proof.read(request), errors.Refusal(), False
    if request.method == "POST" and not proof.asked_for_code(request) and not known.refusal:
        chosen = [
            [int(one) for one in request.POST.getlist(f"q{q.number}") if one.isascii() and one.isdigit() and len(one) < 4]
            for q in record.questions
        ]
        with errors.caught() as refusal:
            acts.answer(vote_id=vote_id, choices=chosen, phone=known.phone, by=Actor.public(), at=now())
        answered = not refusal
    faults = [("", refusal.sentence)] if refusal else list(known.fault.items())
    context = {"d": record, "proof": known, "typed": request.POST, "answered": answered, "faults": faults}
    status = refusal.status if refusal else known.refusal.status
    response = known.remember(render(request, "site/poll.html", context, status=status))
    response["Cache-Control"] = "no-store"
    return response
