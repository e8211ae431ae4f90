"""The demo city's livelihood projects: a year that is over, one under way, one put to the session, a call that is open."""

from datetime import date

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client, override_settings

from quancheng.demo import roster, stage
from quancheng.demo.meetings import build_meetings
from quancheng.demo.projects import build_projects
from quancheng.ledger import acts as ledger
from quancheng.projects import queries, tasks
from quancheng.projects.models import Call, Project
from quancheng.voting.models import Vote

TODAY = date(2026, 11, 23)


@pytest.fixture
def ground(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    made = stage.City(today=TODAY, scale=stage.SMALL)
    roster.build_roster(made)
    with override_settings(HALL_NETWORKS="127.0.0.0/8"), transaction.atomic():
        build_meetings(made)
        build_projects(made)
    ledger.seal(at=made.now)
    return made


def states(call: Call) -> dict[str, int]:
    found: dict[str, int] = {}
    for state in Project.objects.filter(call=call).values_list("case__state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found


def test_four_years_of_projects(ground):
    past, now, coming, district = Call.objects.select_related("case").order_by("year", "pk")
    assert [c.case.state for c in (past, now, coming, district)] == ["rated", "decided", "listed", "announced"]
    assert states(past)["closed"] == 3 and states(past)["completed"] == 1  # carried over, and done in the year after
    assert states(now)["in_progress"] + states(now)["tasked"] + states(now).get("changed", 0) == 4
    assert states(coming)["balloted"] == 5 and coming.places == 4
    assert set(states(district)) == {"proposed"}
    for call in (past, now, coming):
        assert states(call)["merged"] >= 4 and states(call)["dropped"] >= 6  # every wish has its fate
        assert not {"proposed", "screened"} & set(states(call))
    story = queries.project_page(Project.objects.filter(call=now, case__state="changed").get().code, TODAY)
    assert len(story.carried.released) == 3 and story.carried.changes[0].approved and story.ballot is not None
    waiting = {vote.title for vote in Vote.objects.filter(case__state="prepared")}
    assert {"2027年民生实事项目票决", "2026年民生实事项目测评"} <= waiting
    assert list(tasks.changed_words()) == []


def test_its_pages_answer(ground):
    client = Client()
    for code in Project.objects.values_list("code", flat=True):
        cache.clear()
        assert client.get(f"/projects/{code}/").status_code == 200
    for path in ("/projects/", "/projects/?year=2026", "/polls/", "/projects/propose/"):
        assert client.get(path).status_code == 200
