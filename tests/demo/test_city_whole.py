"""The demo city built from the beginning: the same from one seed, and at its full size."""

from datetime import date

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection

from quancheng.consultations.models import Opinion
from quancheng.contact.models import (
    CheckIn,
    Code,
    GridSeat,
    Pairing,
    Reception,
    ResidentGroup,
    ResidentOpinion,
    SignUp,
    VotersReport,
)
from quancheng.demo import city, roster, stage
from quancheng.people.models import Account, Organ, Seat, Site
from quancheng.petitions.models import Petition, SealedItem
from quancheng.procedures import declare
from quancheng.procedures.models import Case
from quancheng.suggestions.models import Suggestion

TODAY = date(2026, 11, 23)


@pytest.mark.django_db(transaction=True)
def test_the_same_seed_writes_the_same_city():
    cache.clear()
    city.build_city(opinions=60, today=TODAY)
    first = list(Opinion.objects.order_by("id").values_list("body", "channel", "anchor", "state", "decision"))
    assert len({body for body, *_ in first}) > 40
    call_command("flush", interactive=False, verbosity=0)
    cache.clear()
    city.build_city(opinions=60, today=TODAY)
    assert first == list(Opinion.objects.order_by("id").values_list("body", "channel", "anchor", "state", "decision"))


@pytest.mark.django_db(transaction=True)  # committed as it is built: within one transaction SQLite takes three times as long
def test_the_city_at_its_full_size():
    """Issue 3, part 8: 371 deputies, 120 sites, 60 units, 900 suggestions of all states and years, and the rest."""
    if connection.vendor != "sqlite":
        pytest.skip("at its full size the city is built on the embedded database; its small form on both")
    cache.clear()
    made = city.build_city(opinions=60, scale=city.FULL, today=TODAY)
    assert Seat.objects.filter(term__organ=stage.CONGRESS).count() == 371
    assert Seat.objects.exclude(term__organ=stage.CONGRESS).count() >= 50  # some also of counties
    assert Site.objects.count() == 120 and len(made.site_staff) == 120
    assert len(made.clerks) == 60 == Organ.objects.filter(kind="government").count() - 1  # and the government itself
    written = Suggestion.objects.filter(kind="suggestion")
    assert written.count() == 900 and written.values("title").distinct().count() >= 890
    assert written.values("body").distinct().count() >= 860
    assert {day.year for day in written.values_list("drafted_at", flat=True)} == {2022, 2023, 2024, 2025, 2026}
    passing = {"rated"}  # left in the same act that reaches it
    for procedure in ("suggestion", "motion"):
        states = set(Case.objects.filter(procedure=procedure).values_list("state", flat=True))
        missing = set(declare.get(procedure).states) - states - passing
        assert missing <= ({"draft", "submitted", "withdrawn"} if procedure == "motion" else set()), missing
    assert ResidentOpinion.objects.count() == 4000
    assert 540 <= Petition.objects.count() < 600 and SealedItem.objects.count() >= 40  # of 600, accusations are under seal
    states = set(Case.objects.filter(procedure="resident_opinion").values_list("state", flat=True))
    assert not set(declare.get("resident_opinion").states) - states - passing
    for table in (Pairing, ResidentGroup, Reception, CheckIn, SignUp, VotersReport, Code, GridSeat):
        assert table.objects.count() >= 10, table
    assert Account.objects.exclude(password__startswith="!").count() == len(roster.SIGN_IN)
