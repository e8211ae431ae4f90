"""S06: a full dump of the database, hidden columns and row order included, does not tell who voted what."""

import random

import pytest
from django.db import connection
from django.test import override_settings

from quancheng.meetings.models import Attendee
from quancheng.voting.models import Credential
from tests.voting.device_hall import AT, DeviceHall, G

pytestmark = pytest.mark.django_db
VOTERS = 24


def dumped() -> str:
    """Everything that stands in any table, as text, with the columns that databases hide."""
    hidden = "ctid::text, xmin::text, *" if connection.vendor == "postgresql" else "rowid, *"
    with connection.cursor() as cursor:
        text = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT {hidden} FROM "{table}"')
            text += [f"{table}|" + "|".join(map(str, row)) for row in cursor.fetchall()]
    return "\n".join(text)


def orders(table: str, column: str) -> list[list[str]]:
    """The rows of a table in every order that a database betrays."""
    ways = ["ctid", "xmin::text::bigint, ctid"] if connection.vendor == "postgresql" else ["rowid"]
    with connection.cursor() as cursor:
        found = []
        for way in [*ways, "id"]:
            cursor.execute(f'SELECT {column} FROM "{table}" ORDER BY {way}')
            found.append([str(row[0]) for row in cursor.fetchall()])
    return found


@override_settings(HALL_NETWORKS="127.0.0.0/8")
def test_roll_and_votes_cannot_be_joined():
    hall, chance = DeviceHall(members=VOTERS, present=VOTERS, options=3, most=1, seats=1), random.Random(7)
    hall.open()
    holders = dict(zip(Attendee.objects.order_by("pk").values_list("pk", flat=True), hall.cards, strict=True))  # known to nobody but this test
    votes = {}
    for pk in chance.sample(sorted(holders), VOTERS):  # people press in an order of their own
        mark = [0, 0, 0]
        mark[chance.randrange(3)] = 1
        votes[pk] = mark
        hall.press(holders[pk], [mark])
    Attendee.objects.update(came_at=AT)
    text = dumped()
    for card in hall.cards:  # no secret of a card is anywhere
        assert format(card, "064x") not in text and card.to_bytes(32, "little").hex() not in text
    for one in hall.identities:
        assert one.to_bytes(32, "little").hex() not in text
    truth = {str(pk): G.base(card).hex() for pk, card in holders.items()}
    for people in orders("meetings_attendee", "id"):
        for cards in orders("voting_credential", "public"):
            hits = sum(truth[who] == card for who, card in zip(people, cards, strict=True))
            assert hits <= 5  # chance: one; more than five by chance: once in a thousand
    before = dumped()
    hall.close()
    hall.decrypt()
    assert all(f"voting_result|{n}" not in before for n in range(3))
    sums = [sum(vote[n] for vote in votes.values()) for n in range(3)]
    assert str(sums).replace(" ", "") in dumped().replace(" ", "")  # the totals, and only they, are opened


@override_settings(HALL_NETWORKS="127.0.0.0/8")
def test_like_votes_look_different_and_equal_ciphers_never_stand_twice():
    hall = DeviceHall(members=8, present=8, options=3, most=1, seats=1)
    hall.open()
    for card in hall.cards:
        hall.press(card, [[1, 0, 0]])
    assert Credential.objects.values("tracker").distinct().count() == 8
