"""表决器记名表决 on a member's own device in the hall: choose, press, press again until the close."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from quancheng.people.permissions import Actor
from quancheng.voting import acts
from quancheng.voting import queries as votes
from quancheng.web import errors
from quancheng.web.parts import now, page
from quancheng.web.parts.visitors import client_address


@page("vote.press", methods=("GET", "POST"))
def press(request: HttpRequest, vote_id: int) -> HttpResponse:
    """Show the questions of a recorded vote and take the member's press."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by Sessions
    refusal, pressed = errors.Refusal(), False
    vote = votes.recorded(vote_id)
    if request.method == "POST":
        chosen = [
            [int(one) for one in request.POST.getlist(f"q{q.number}") if one.isascii() and one.isdigit() and len(one) < 4]
            for q in votes.questions(vote_id)
        ]
        with errors.caught() as refusal:
            acts.press_recorded(vote_id=vote_id, choices=chosen, network=client_address(request), by=actor, at=now())
        pressed = not refusal
    context = {
        "vote": vote, "questions": votes.questions(vote_id), "typed": request.POST, "pressed": pressed,
        "faults": [("", refusal.sentence)] if refusal else [], "has_pressed": votes.has_pressed(vote_id, actor),
        "open": vote.case.state == "issued", "title": _("记名表决"),
    }  # fmt: skip
    response = render(request, "hall/recorded.html", context, status=refusal.status)
    response["Cache-Control"] = "no-store"
    return response
