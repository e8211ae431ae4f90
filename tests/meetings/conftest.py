"""The chamber for the tests of meetings."""

import pytest

from tests.meetings.chamber import Chamber, build_chamber
from tests.meetings.pages import Pages


@pytest.fixture
def chamber(db) -> Chamber:
    """A congress with its standing committee, secretariat and registrar."""
    return build_chamber()


@pytest.fixture
def pages(chamber, monkeypatch, settings, tmp_path) -> Pages:
    """The pages, each person signed in."""
    settings.MEDIA_ROOT, settings.SESSION_COOKIE_AGE = tmp_path, 10**8  # the test turns the clock by weeks
    return Pages(chamber, monkeypatch)
