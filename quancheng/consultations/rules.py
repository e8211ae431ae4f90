"""Predicates of consultations: what is open now, and to whom."""

from datetime import date, datetime, timedelta

from django.db import models
from django.utils import timezone

from quancheng.consultations.models import Consultation
from quancheng.kernel.text import measure

LONGEST = 10_000  # characters of an opinion


def takes_opinions(consultation: Consultation, at: datetime) -> bool:
    """Tell whether the window is open at a moment; the last day counts to its end (R1.01)."""
    day = local_date(at)
    return consultation.case.state == "open" and consultation.opens_on <= day <= consultation.closes_on


def in_grace(consultation: Consultation, opened_at: datetime | None, at: datetime, minutes: int) -> bool:
    """Tell whether a form opened before the end may still be handed in: nobody loses what he was typing."""
    if opened_at is None or consultation.case.state not in ("open", "closed") or opened_at > at:
        return False
    end = end_of(consultation)
    return local_date(opened_at) <= consultation.closes_on and at < end + timedelta(minutes=minutes)


def end_of(consultation: Consultation) -> datetime:
    """Return the first moment after the window's last day, in the city's time."""
    day = consultation.closes_on + timedelta(days=1)
    return datetime(day.year, day.month, day.day, tzinfo=timezone.get_default_timezone())


def local_date(at: datetime) -> date:
    """Return the city's date at a moment."""
    return timezone.localdate(at)


def long_enough(reason: str, least: int) -> bool:
    """Tell whether a reason has the required number of characters (S09)."""
    return measure(reason) >= least


def longest(model: type[models.Model], column: str) -> int:
    """Return how many characters a column holds; SQLite would not mind more, PostgreSQL would."""
    return int(getattr(model._meta.get_field(column), "max_length", None) or 0)
