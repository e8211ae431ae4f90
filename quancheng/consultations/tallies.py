"""Counts of opinions, kept beside them so that no page has to count: refreshed by the worker after every change."""

from datetime import datetime

from django.db import models, transaction
from django.db.models import Count

from quancheng.consultations.models import Consultation, Opinion, Tally
from quancheng.ledger import queries as ledger

FACETS = {"anchor": "anchor", "channel": "channel", "site": "site_id", "state": "state", "decision": "decision"}


def refresh_tallies(*, at: datetime) -> int:
    """Count anew every consultation about which the ledger has news; return how many were counted.

    An entry is news until it was sealed before a count: entries of two writers may become visible in another
    order than that of their numbers, but each gets its leaf only when it is visible. Final states are counted too.
    """
    sealed = ledger.sealed_size()
    news = set(Consultation.objects.filter(tallied_entry=0).values_list("id", flat=True))
    counted_to = Consultation.objects.exclude(tallied_entry=0).aggregate(least=models.Min("tallied_entry"))["least"]
    if counted_to is not None:
        subjects = ledger.subjects_since(counted_to, "opinion.")
        news |= set(Opinion.objects.filter(public_id__in=subjects).values_list("consultation_id", flat=True).distinct())
    for consultation_id in sorted(news):
        _count(consultation_id)
    if sealed:
        Consultation.objects.filter(tallied_entry__lt=sealed).update(tallied_entry=sealed)
    return len(news)


def _count(consultation_id: int) -> None:
    """Count one consultation: read first, and hold the write lock only to put the figures down."""
    rows = [
        Tally(consultation_id=consultation_id, facet=facet, key=key, count=number)
        for facet, counts in _figures(consultation_id).items() for key, number in counts.items()
    ]
    with transaction.atomic():
        list(Consultation.objects.select_for_update(no_key=True).filter(pk=consultation_id))  # one worker after the other
        Tally.objects.filter(consultation_id=consultation_id).delete()
        Tally.objects.bulk_create(rows, batch_size=500)


def _figures(consultation_id: int) -> dict[str, dict[str, int]]:
    opinions = Opinion.objects.filter(consultation_id=consultation_id)
    found: dict[str, dict[str, int]] = {}
    for facet, column in FACETS.items():
        counts = opinions.values_list(column).annotate(n=Count("id")).order_by()
        found[facet] = {key or "": number for key, number in counts}
    shown = opinions.filter(visibility=Opinion.Visibility.SHOWN, erased_at=None)
    found["shown"] = dict(shown.values_list("anchor").annotate(n=Count("id")).order_by())
    found["area"] = _by_county(opinions)
    found["all"] = {"": sum(found["channel"].values())}
    return found


def _by_county(opinions: models.QuerySet[Opinion]) -> dict[str, int]:
    """Return opinions by county: the first six digits of an area's code."""
    counts: dict[str, int] = {}
    for code, number in opinions.values_list("area_id").annotate(n=Count("id")).order_by():
        county = (code or "")[:6]
        counts[county] = counts.get(county, 0) + number
    return counts
