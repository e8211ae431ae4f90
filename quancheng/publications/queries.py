"""Reads of publications: what is released, what waits for review, what is withheld and why."""

from django.db.models import Count

from quancheng.people.permissions import Actor, demand
from quancheng.publications.models import Publication


def released(limit: int = 50, kind: str = "") -> list[Publication]:
    """Return what was released, newest first; of one kind where it is named."""
    found = Publication.objects.filter(state=Publication.State.RELEASED).select_related("case__organ")
    found = found.filter(kind=kind) if kind else found
    return list(found.order_by("-released_at")[:limit])


def published(slug: str) -> Publication | None:
    """Return the released document that stands under a slug now: its newest released correction, else itself."""
    found = Publication.objects.select_related("case__organ", "corrects").filter(slug=slug).first()
    while found is not None and found.state == Publication.State.CORRECTED:
        found = found.corrections.filter(state__in=["released", "corrected"]).select_related("case__organ").last()
    return found if found is not None and found.state == Publication.State.RELEASED else None


def of_case(case_id: int, kind: str) -> Publication | None:
    """Return the newest document of a kind on a case, whatever its state; for the desk."""
    found = Publication.objects.filter(case_id=case_id, kind=kind).select_related("drafted_by", "edited_by", "released_by")
    return found.order_by("-id").first()


def publication(publication_id: int, actor: Actor) -> Publication:
    """Return a document for those who work on it. Raises NotAllowed, Publication.DoesNotExist."""
    found = Publication.objects.select_related("case__organ", "drafted_by", "edited_by", "released_by").get(
        pk=publication_id
    )
    demand(actor, "consultation.read", organ=found.case.organ_id)
    return found


def review_queue(actor: Actor) -> list[Publication]:
    """Return what waits for review in the actor's organs, oldest first."""
    organs = [office.organ for office in actor.offices if office.role == "releaser"]
    found = Publication.objects.filter(state=Publication.State.IN_REVIEW, case__organ_id__in=organs)
    return list(found.select_related("case__organ", "drafted_by").order_by("id"))


def withheld() -> list[Publication]:
    """Return what is withheld, with ground and date of next review (S12)."""
    found = Publication.objects.filter(state=Publication.State.WITHHELD).select_related("case__organ")
    return list(found.order_by("-id"))


def withheld_counts() -> list[tuple[str, int]]:
    """Return ground -> how many documents are withheld on it now, in the order of the law's list (1 statement; S12)."""
    rows = Publication.objects.filter(state=Publication.State.WITHHELD).order_by().values_list("ground")
    counts = dict(rows.annotate(n=Count("id")))
    return [(label, counts[value]) for value, label in grounds() if value in counts]


def grounds() -> list[tuple[str, str]]:
    """Return the closed list of grounds to withhold (R9.03)."""
    return [(str(value), str(label)) for value, label in Publication.Ground.choices]
