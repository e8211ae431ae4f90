"""Sweeps of votes: polls whose time is over."""

from django.utils import timezone

from quancheng.voting import acts


def sweep() -> None:
    """Close the polls that are due and open their sums."""
    acts.close_due(at=timezone.now())
