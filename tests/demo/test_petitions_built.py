"""The demo city's petitions: built by acts, in every state, with those under seal in no list."""

import pytest
from django.db import transaction
from django.utils import timezone

from quancheng.demo import petition_words, petitions, roster, stage
from quancheng.petitions import queries, tasks


@pytest.fixture
def ground(db):
    made = stage.City(today=timezone.localdate(), scale=stage.SMALL)
    roster.build_roster(made)
    return made


def build(ground, count: int) -> list[int]:
    with transaction.atomic():
        return petitions.build_petitions(
            count, actors=ground.actors, clerks=ground.clerks, heads=ground.heads, now=ground.now
        )


def test_petitions_in_every_state_and_accusations_in_no_list(ground):
    made = build(ground, 100)
    clerk, today = ground.actors["petition1"], timezone.localdate()
    lines = [line for number in (1, 2) for line in queries.desk_list(clerk, queries.Filters(), today, number).rows]
    assert len(lines) == len(made) == 91
    assert {line.petition.case.state for line in lines} == {
        "claim", "accepted", "handling", "concluded", "review", "reviewed", "re_examination", "final", "forwarded",
        "not_competent",
    }  # fmt: skip
    assert len({line.petition.facts for line in lines if line.petition.facts}) > 75
    assert any(line.light == "red" for line in lines)
    assert {line.petition.channel for line in lines} >= {"web", "letter", "visit", "phone", "box"}
    assert len(queries.sealed(ground.actors["discipline1"], today)) == 5
    assert len(queries.unsorted(clerk, today)) >= 5
    assert len(queries.reviews_waiting(ground.actors["petition3"])) == 3
    assert queries.reception()[0].organ_id == stage.PETITIONS
    assert list(tasks.changed_words()) == []


def test_words_are_the_same_for_the_same_seed():
    one, other = ([petition_words.say(petitions.Random(7), n) for n in range(50)] for _ in range(2))
    assert one == other and all("{" not in said.facts for said in one)
