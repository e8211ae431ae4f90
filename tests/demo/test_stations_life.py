"""The demo city's stations and residents' opinions: built by acts, in every state, the same for the same seed."""

from collections import Counter

import pytest
from django.db import transaction
from django.utils import timezone

from quancheng.contact import queries as contact
from quancheng.demo import matter_words, roster, stage, station_life, stations
from quancheng.people import queries as people


@pytest.fixture
def ground(db):
    made = stage.City(today=timezone.localdate(), scale=stage.SMALL)
    roster.build_roster(made)
    return made


def test_opinions_in_every_state_and_none_the_same(ground):
    with transaction.atomic():
        made = stations.build_matters(100, bench=ground.bench, site_staff=ground.site_staff, now=timezone.now())
    office, today = ground.bench.office, timezone.localdate()
    lines = [line for number in (1, 2) for line in contact.desk_list(office, contact.Filters(), today, number).rows]
    assert len(made) == 100 and len(lines) == 99  # the accusation is in no list
    assert {line.opinion.case.state for line in lines} == {
        "registered", "passed_on", "assigned", "answered", "redo", "answered_again", "assessing", "closed", "handed_over",
    }  # fmt: skip
    assert len({line.opinion.body for line in lines}) > 90
    assert {line.opinion.door for line in lines} == {"deputy", "station", "walk_in", "contact"}
    assert contact.published()[1] >= 10 and any(line.light == "red" for line in lines)
    assert all(line.opinion.received_at <= timezone.now() for line in lines)


def test_words_are_the_same_for_the_same_seed():
    where = matter_words.places(1)
    one, other = ([matter_words.say(stations.Random(7), place).body for place in where[:50]] for _ in range(2))
    assert one == other and all("{" not in body for body in one)


def test_a_stations_life(ground):
    now = timezone.now()
    with transaction.atomic():
        station_life.build_station_life(bench=ground.bench, site_staff=ground.site_staff, now=now)
    codes = list(ground.site_staff)
    first = contact.site_page(codes[0], now)
    assert first.profile.sealed_box and first.hours and first.code and first.point is not None
    states = Counter(str(contact.site_page(code, now).point.state) for code in codes[:4])
    assert states == {"named": 2, "checked": 1, "nominated": 1}
    assert contact.open_receptions(timezone.localdate()) and any(contact.site_page(c, now).activities for c in codes)
    area = next(a for a in people.areas_under(people.site(codes[0]).area_id, timezone.localdate()))
    assert contact.deputies_of(area.code, timezone.localdate())[0].code == area.code
    assert len(contact.codes_to_print(ground.bench.office, timezone.localdate())) == len(codes) + len(ground.bench.deputies)
