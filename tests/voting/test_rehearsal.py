"""The rehearsal of the demo city plays every role to a result that the verifier accepts; with two scrutineers lost as well."""

import pytest
from django.test import override_settings
from django.utils import timezone

from quancheng.ballots import verify
from quancheng.demo.rehearsal import Rehearsal
from quancheng.voting import board_queries as queries
from quancheng.voting import device
from tests.voting.device_hall import HALL, DeviceHall

pytestmark = pytest.mark.django_db


@override_settings(HALL_NETWORKS="127.0.0.0/8")
def test_one_person_can_hold_a_vote_with_the_rehearsal():
    hall, said = DeviceHall(members=9, present=8, choice=True), []
    playing = Rehearsal(hall.vote.pk, deputies=6, paper=0, say=said.append)
    opened = closed = False
    for state in playing.play():
        at = timezone.now()
        if state == "prepared":
            device.freeze(vote_id=hall.vote.pk, booth="", by=hall.secretary, at=at)
        elif state == "ready" and not opened:
            opened = bool(device.issue(vote_id=hall.vote.pk, network=HALL, by=hall.secretary, at=at))
        elif state == "open" and playing.pressed and not closed:
            playing.trustees.pop(2), playing.trustees.pop(4)  # two of five are lost: three suffice
            closed = bool(device.close(vote_id=hall.vote.pk, by=hall.secretary, at=at))
    assert verify.verify(queries.archive(hall.vote.pk)).ok
    result = device.announce(vote_id=hall.vote.pk, by=hall.head, at=timezone.now())
    assert (result.cast, result.present) == (6, 8)
    assert any("#card=" in line for line in said)
