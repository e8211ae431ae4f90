"""The invented city for the tests of suggestions."""

import pytest

from tests.cities import City, build_city


@pytest.fixture
def city(db) -> City:
    """A city with organs, units and deputies."""
    return build_city()
