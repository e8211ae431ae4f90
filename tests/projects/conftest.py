"""The city of the tests on projects."""

import pytest
from county import AT, City, build
from django.core.cache import cache
from django.test import Client


@pytest.fixture
def city(db) -> City:
    """The city with one account for each office."""
    return build()


class Days:
    """The time that pages read; it stands still until it is set."""

    def __init__(self) -> None:
        self.now = AT

    def __call__(self):
        return self.now

    def set(self, moment) -> None:
        """Let it be that moment now."""
        self.now = moment


@pytest.fixture
def days(monkeypatch) -> Days:
    """The clock of the faces, set to the first morning of the tests."""
    made = Days()
    monkeypatch.setattr("django.utils.timezone.now", made)
    return made


@pytest.fixture
def clients(city, days) -> dict[str, Client]:
    """A browser for each account, signed in; the public's is ''."""
    cache.clear()
    made = {"": Client()}
    for username in city.actors:
        made[username] = Client()
        answer = made[username].post("/sign-in/", {"username": username, "password": "long-enough-pass-1"})
        assert answer.status_code == 302
    return made
