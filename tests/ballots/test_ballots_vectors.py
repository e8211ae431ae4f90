"""The format does not change unnoticed: what is computed today is what was written down."""

import json

from quancheng.ballots import verify
from tests.ballots import vectors


def test_the_numbers_are_those_written_down():
    assert vectors.numbers() == json.loads(vectors.NUMBERS.read_text(encoding="utf-8"))


def test_the_vote_is_the_one_written_down():
    stored = vectors.VOTE.read_bytes()
    assert vectors.vote() == stored
    assert verify.verify(stored).ok
