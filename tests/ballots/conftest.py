"""Votes to look at, made once: secrets drawn from a hash, so that every run sees the same archive."""

import pytest

from tests.ballots import halls


@pytest.fixture
def hall() -> halls.Hall:
    """An open vote of seven voters on four projects (at most two marks) and one draft; five scrutineers, three needed."""
    return halls.opened(7)


@pytest.fixture(scope="session")
def archived() -> bytes:
    """The archive of a whole small vote with everything in it."""
    return halls.whole()
