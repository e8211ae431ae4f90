"""The demo city's meetings and votes: built by acts, a session that sits today with its quorum, a draw that verifies."""

from datetime import date

import pytest
from django.db import connection, transaction
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from quancheng.demo import roster, stage
from quancheng.demo.meetings import build_meetings
from quancheng.kernel import draws
from quancheng.ledger import acts as ledger
from quancheng.meetings import queries as meetings
from quancheng.meetings.queries import councils, observing
from quancheng.voting import queries as voting
from quancheng.voting.models import Result, Vote

TODAY = date(2026, 11, 23)
STATEMENTS = 2000  # savepoints too: it may not grow with the deputies


@pytest.fixture
def ground(db):
    made = stage.City(today=TODAY, scale=stage.SMALL)
    roster.build_roster(made)
    with override_settings(HALL_NETWORKS="127.0.0.0/8"), transaction.atomic(), CaptureQueriesContext(connection) as asked:
        build_meetings(made)
    assert len(asked) < STATEMENTS
    ledger.seal(at=made.now)
    return made


def test_a_city_with_meetings_and_votes(ground):
    shown = {one.title: one for one in meetings.public_list()[0]}
    states = sorted((one.kind, one.case.state) for one in shown.values())
    assert states == [
        ("congress", "open"), ("standing_committee", "archived"), ("standing_committee", "called"), ("street_council", "closed"),
    ]  # fmt: skip
    session = shown["濮阳市第八届人民代表大会第六次会议"]
    hall = meetings.hall(session.pk)
    assert hall.is_open and hall.has_quorum and 24 * 2 / 3 < hall.present < hall.base == 24
    floor = meetings.floor(session)
    assert (len(floor.waiting), len(floor.done), floor.now) == (2, 1, None)
    assert [(one.state, one.signed_by, one.needed) for one in (m.motion for m in meetings.motions(session))] == [("referred", 10, 10)]
    past = next(one for one in shown.values() if one.case.state == "archived")
    assert draws.verify(observing.draw_record(past.pk)).ok
    assert meetings.public_minutes(past) and len(meetings.announced(past)) == 1 and len(meetings.announced(session)) == 1
    coming = next(one for one in shown.values() if one.case.state == "called")
    assert observing.notice(coming.pk, ground.now, TODAY).is_open
    assert councils.councils(TODAY)[0][0].members == 7
    waiting = Vote.objects.filter(case__state="prepared", meeting=session)
    assert set(waiting.values_list("mode", flat=True)) == {"hands", "paper", "device"}
    assert Result.objects.filter(announced_at__isnull=False).count() == 2
    assert voting.announced(1)
    _pages(list(shown.values()))


def _pages(shown):
    client = Client()
    listing = client.get("/meetings/").content.decode()
    for one in shown:
        assert one.title in listing
        page = client.get(f"/meetings/{one.pk}/")
        assert page.status_code == 200 and one.place in page.content.decode()
