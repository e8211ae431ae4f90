"""Every page as every role: the permission that a page declares is the one that is kept."""

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from quancheng.people import acts as people
from quancheng.people.permissions import PERMISSIONS, ROLES

AT = datetime(2026, 1, 5, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
VALUES = {"slug": "none-such", "anchor": "a1", "code": "ABCD23456789", "form": "txt", "kind": "csv", "format": "csv"}


def _patterns(resolver, prefix=""):
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield prefix + str(pattern.pattern), pattern.callback


def _path(route):
    def fill(match):
        converter, _, name = match[1].rpartition(":")
        return "999999" if converter == "int" else VALUES.get(name, "x")

    return "/" + re.sub(r"<([^>]+)>", fill, route.removeprefix("^"))


PAGES = sorted(_patterns(get_resolver()), key=lambda page: page[0])


@pytest.fixture
def visitors(db):
    people.import_areas(at=AT)
    people.create_organ(code="fgw", name="法工委", kind="working_body", area="410900", valid_from=date(2022, 1, 1), at=AT)
    people.create_site(
        code="zd1", name="某乡联络站", area="410928", organ="fgw", address="某路", valid_from=date(2022, 1, 1), at=AT,
        functions=("liaison",),
    )
    found = {"public": Client()}
    for role in ROLES:
        account = people.create_account(username=role, name=role, password="long-enough-pass-1", at=AT)
        site = "zd1" if role == "site_staff" else ""
        people.give_office(
            account_id=account.pk, organ="fgw", role=role, site=site, valid_from=date(2022, 1, 1), at=AT
        )
        client = Client()
        answer = client.post("/sign-in/", {"username": role, "password": "long-enough-pass-1"})
        assert answer.status_code in (302, 303), answer.content.decode()[:500]
        found[role] = client
    return found


def test_every_page_names_a_permission():
    assert len(PAGES) > 30
    for route, view in PAGES:
        assert getattr(view, "permission", None) in PERMISSIONS, route


def test_no_page_hides_behind_another():
    assert len({route for route, _view in PAGES}) == len(PAGES)
    named = [pattern.name for pattern in _named(get_resolver())]
    assert len(set(named)) == len(named)


def _named(resolver):
    for pattern in resolver.url_patterns:
        yield from _named(pattern) if isinstance(pattern, URLResolver) else [pattern]


def test_every_url_as_every_role(visitors):
    walked = 0
    for route, view in PAGES:
        allowed = PERMISSIONS[view.permission]
        for role, client in visitors.items():
            for method in sorted(view.methods - {"HEAD"}):
                answer = getattr(client, method.lower())(_path(route), raise_request_exception=True)
                walked += 1
                told = f"{method} {_path(route)} as {role}: {answer.status_code}"
                assert answer.status_code < 500, told
                if "public" in allowed or role in allowed:
                    assert answer.status_code != 403 or view.organ_from or method == "POST", told
                elif role == "public" and method == "GET":
                    assert answer.status_code in (301, 302) and "/sign-in/" in answer["Location"], told
                else:
                    assert answer.status_code == 403, told
    assert walked > 300
