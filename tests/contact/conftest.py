"""The district of the tests on contact."""

import pytest
from district import NOW, OFFICES, SINCE, TODAY, District

from quancheng.people import acts as people
from quancheng.people import queries as people_queries
from quancheng.people.models import Account, Area


@pytest.fixture
def city(db) -> District:
    """The district with one account for each office; two deputies with seats; a station in a township."""
    made = District()
    people.import_areas(at=NOW)
    village = Area.objects.filter(code__startswith="410928", kind__in=("village", "community")).order_by("code").first()
    assert village is not None
    made.village = village.pk
    organs = [
        ("dgw", "代表工委", "working_body", "410900"), ("xfb", "信访室", "working_body", "410900"),
        ("jw", "纪检监察", "working_body", "410900"), ("zjj", "住建局", "government", "410900"),
        ("swj", "水务局", "government", "410900"), ("county", "某县代表工委", "working_body", "410922"),
    ]  # fmt: skip
    for code, name, kind, area in organs:
        people.create_organ(code=code, name=name, kind=kind, area=area, valid_from=SINCE, at=NOW)
    for code, name in (("zd1", "中原路联络站"), ("zd2", "另一个联络站")):
        people.create_site(
            code=code, name=name, area=village.parent_id or "410928", organ="dgw", address="某路1号", valid_from=SINCE,
            at=NOW, functions=("liaison",),
        )
    for username, role, organ in OFFICES:
        account = people.create_account(username=username, name=f"甲{username}", password="long-enough-pass-1", at=NOW)
        site = {"station": "zd1", "station2": "zd2"}.get(username, "")
        people.give_office(account_id=account.pk, organ=organ, role=role, site=site, valid_from=SINCE, at=NOW)
        made.actors[username] = people_queries.actor_for(account.pk, TODAY)
    term = people.open_term(organ="dgw", number=8, starts_on=SINCE, at=NOW)
    for name in ("deputy", "deputy2"):
        people.seat_deputy(
            term=term, account_id=made[name].id, electoral_unit="某县选举单位", field="农业", valid_from=SINCE, at=NOW
        )
    assert Account.objects.count() == len(OFFICES)
    return made
