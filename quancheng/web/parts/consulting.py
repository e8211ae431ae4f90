"""What the pages about a consultation share, whatever their face: the consultation itself, the words of choices, the reason typed."""

from dataclasses import dataclass

from django.apps import apps
from django.http import HttpRequest

from quancheng.consultations import queries as consultations
from quancheng.people.permissions import demand
from quancheng.web.parts.showing import actor_of, field, whole

Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Choices:
    """(value, label) pairs for the selects of the desk."""

    states: Pairs
    channels: Pairs
    decisions: Pairs
    decidable: Pairs  # without "same as another": that comes of merging
    grounds: Pairs


def _pairs(model: str, field: str) -> Pairs:
    """Return the declared choices of a field, from Django's registry: faces do not import tables."""
    found = apps.get_model("consultations", model)._meta.get_field(field)
    return [(str(value), str(label)) for value, label in found.choices or ()]


def choices() -> Choices:
    """Return the choices for opinions."""
    decisions = _pairs("Opinion", "decision")
    return Choices(
        states=_pairs("Opinion", "state"), channels=_pairs("Opinion", "channel"),
        decisions=decisions, decidable=[pair for pair in decisions if pair[0] != "duplicate"],
        grounds=_pairs("Moderation", "ground"),
    )  # fmt: skip


def own(request: HttpRequest, slug: str, permission: str = "consultation.read"):  # type: ignore[no-untyped-def]  # a model of another package
    """Return the consultation if the actor holds the permission for its organ. Raises NotAllowed, DoesNotExist."""
    found = consultations.consultation(slug)
    demand(actor_of(request), permission, organ=found.case.organ_id)
    return found


def reason_of(request: HttpRequest, organ: str) -> str:
    """Return the typed reason, or the words of the chosen template when nothing was typed."""
    typed, template = field(request, "reason"), whole(field(request, "template"))
    if typed or not template:
        return typed
    return next((t.text for t in consultations.templates(organ) if t.pk == template), "")
