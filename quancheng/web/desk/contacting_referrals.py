"""What the deputies' office referred: petitions to be taken over; sealed accusations for the few who may read them (R7.22, S02)."""

from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from quancheng.contact import acts
from quancheng.contact import queries as contact
from quancheng.people import acts as people
from quancheng.people.permissions import Actor, may
from quancheng.petitions import acts as petitions
from quancheng.web import errors
from quancheng.web.parts import now, page
from quancheng.web.parts.showing import actor_of, field, go, show, whole


@page("matter.take_over", methods=("GET", "POST"))
def referrals(request: HttpRequest) -> HttpResponse:
    """Show the petition office what was referred to it, and take it over."""
    actor, refusal, waiting = actor_of(request), errors.Refusal(), request.GET.get("all") != "1"
    if request.method == "POST":
        with errors.caught() as refusal:
            _take_over(whole(field(request, "opinion")), actor)
        if not refusal:
            return go(request, "desk_referrals", done=_("已接收，进入待甄别的来件，本人会收到新的回执号。"))
    return show(
        request, "referrals.html", status=refusal.status, rows=contact.referrals(actor, waiting), waiting=waiting,
        faults=[("", refusal.sentence)] if refusal else [],
    )  # fmt: skip


def _take_over(opinion_id: int, actor: Actor) -> None:
    """Take an opinion over as a petition: it waits to be sorted like any other, and its author has a receipt of it (R7.22)."""
    row = next((one for one in contact.referrals(actor) if one.opinion_id == opinion_id), None)
    organ = next((o.organ for o in actor.offices if may(actor, "petition.enter", organ=o.organ)), "")
    with transaction.atomic():
        acts.take_over(opinion_id=opinion_id, by=actor, at=now())
        if row is None or not organ:
            return
        said = row.opinion
        form = petitions.Submission(
            request=_("群众意见转来的信访事项"), facts=f"{said.case.number}：{said.body}"[:10_000], channel="site",
            submission_key=f"referred-opinion-{said.pk:012d}", names=(said.name or _("由代表工委转来"),), address=_("见转来的材料"),
        )  # fmt: skip
        code = petitions.submit(submission=form, organ=organ, by=actor, at=now())
        text = f"您反映的事项（回执号{said.receipt_code}）已按信访接收，新的回执号{code}，凭它查看办理情况。"
        people.notify_author(subject=said.public_id, text=text, at=now())


@page("matter.open_sealed")
def sealed(request: HttpRequest) -> HttpResponse:
    """Show the sealed accusations without a word of them."""
    return show(request, "matters_sealed.html", rows=contact.sealed_referrals(actor_of(request)))


@page("matter.open_sealed", methods=("GET", "POST"))
def sealed_one(request: HttpRequest, opinion_id: int) -> HttpResponse:
    """Open one sealed accusation when the button is pressed, on record; take it over."""
    actor, refusal = actor_of(request), errors.Refusal()
    found = next((row for row in contact.sealed_referrals(actor) if row.opinion_id == opinion_id), None)
    if found is None:
        raise Http404
    words: dict[str, Any] = {}
    if request.method == "POST":
        with errors.caught() as refusal:
            if field(request, "do") == "take":
                acts.take_over(opinion_id=opinion_id, by=actor, at=now())
                return go(request, "desk_matter_sealed", opinion_id, done=_("已接收。"))
            words = acts.read_sealed(opinion_id=opinion_id, by=actor, at=now())
    return show(
        request, "matter_sealed.html", status=refusal.status, row=found, words=words, readings=contact.sealed_readings(opinion_id, actor),
        faults=[("", refusal.sentence)] if refusal else [],
    )  # fmt: skip


@page("matter.open_sealed")
def sealed_picture(request: HttpRequest, opinion_id: int, number: int) -> HttpResponse:
    """Send a picture of a sealed accusation; looking at it is a reading, on record."""
    names = acts.read_sealed(opinion_id=opinion_id, by=actor_of(request), at=now()).get("pictures", [])
    if not isinstance(names, list) or not 1 <= number <= len(names):
        raise Http404
    kind, data = contact.sealed_bytes(str(names[number - 1]), actor_of(request))
    response = HttpResponse(data, content_type=kind)
    response["Cache-Control"] = "no-store"
    return response
