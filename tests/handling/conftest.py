"""The invented city for the tests of the engine."""

import pytest

from tests.cities import City, build_city


@pytest.fixture
def city(db) -> City:
    """A city with organs, units and deputies."""
    return build_city()
