"""The demo city: every state of a consultation, the same from one seed, and a ledger that holds."""

from collections import Counter
from datetime import date

import pytest
from django.core.cache import cache
from django.core.management import call_command

from quancheng.consultations.models import ClauseChange, Consultation, Opinion
from quancheng.demo import city
from quancheng.ledger import keys
from quancheng.ledger import queries as ledger
from quancheng.procedures import declare
from quancheng.procedures.models import Case
from quancheng.publications import queries as publications

TODAY = date(2026, 11, 23)
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    """One small city for all that only look at it; emptied when the module ends."""
    with django_db_blocker.unblock():
        cache.clear()
        yield city.build_city(opinions=120, today=TODAY)
        call_command("flush", interactive=False, verbosity=0)


def test_a_consultation_in_every_state_and_all_channels(built):
    states = Counter(Consultation.objects.values_list("case__state", flat=True))
    assert set(states) == {"draft", "open", "closed", "sorted", "decided", "replied", "result_published"}
    assert set(Opinion.objects.values_list("channel", flat=True)) >= {"web", "site", "organisation", "paper", "hotline"}
    assert Opinion.objects.count() == 120


def test_the_first_round_went_all_the_way(built):
    first = Consultation.objects.get(slug="ebike-2026")
    assert publications.published("ebike-2026-result") is not None
    assert first.opinions.exclude(state__in=["replied", "merged"]).count() == 0
    assert ClauseChange.objects.filter(opinion__consultation=first).exists()


def test_the_ledger_holds(built):
    assert list(ledger.faults(keys.verifier())) == []


def test_a_small_city_has_every_state_of_a_suggestion(built):
    states = set(Case.objects.filter(procedure="suggestion").values_list("state", flat=True))
    assert states == set(declare.get("suggestion").states) - {"rated"}
