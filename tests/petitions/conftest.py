"""The town of the tests on petitions."""

import pytest
from bureau import NOW, OFFICES, ORGANS, SINCE, TODAY, Town

from quancheng.people import acts as people
from quancheng.people import queries as people_queries


@pytest.fixture
def town(db) -> Town:
    """The town with one account for each office."""
    made = Town()
    people.import_areas(at=NOW)
    for code, name, kind, parent in ORGANS:
        people.create_organ(
            code=code, name=name, kind=kind, area="410900", parent=parent, document_mark="", valid_from=SINCE, at=NOW
        )
    for username, name, role, organ in OFFICES:
        account = people.create_account(username=username, name=name, password="long-enough-pass-1", at=NOW)
        people.give_office(account_id=account.pk, organ=organ, role=role, valid_from=SINCE, at=NOW)
        made.actors[username] = people_queries.actor_for(account.pk, TODAY)
    return made
