"""The clock is read here, in faces, and nowhere below them."""

import datetime

from django.utils import timezone


def now() -> datetime.datetime:
    """Return the present moment, aware (UTC)."""
    return timezone.now()


def today() -> datetime.date:
    """Return today's date in Asia/Shanghai."""
    return timezone.localdate()
