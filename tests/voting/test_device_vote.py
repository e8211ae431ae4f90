"""A secret vote by device on the real tables: from the keys to the result, and everything that must be refused."""

import pytest
from django.test import override_settings

from quancheng.ballots import verify
from quancheng.ballots.faults import Fault
from quancheng.meetings.models import Attendee
from quancheng.procedures.models import Case
from quancheng.voting import board as boards
from quancheng.voting import board_queries as queries
from quancheng.voting import device
from quancheng.voting.models import Board, BoardEvent, Credential, Result
from tests.voting.device_hall import AT, HALL, DeviceHall, G

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _hall_network():
    with override_settings(HALL_NETWORKS="127.0.0.0/8"):
        yield


def fault(code):
    return pytest.raises(Fault, check=lambda error: error.code == code)


def test_from_the_keys_to_the_result_and_both_numbers_agree():
    hall = DeviceHall(choice=True)
    hall.open()
    first, second, third, fourth = hall.cards[:4]
    for card in (first, second):
        hall.press(card, [[1, 1, 0, 0], [1, 0, 0]])
    hall.press(first, [[1, 0, 1, 0], [0, 1, 0]], seq=2)  # presses again: the last counts
    given = hall.press(third, [[1, 0, 0, 0], [1, 0, 0]])
    hall.withdraw(third, given["tracker"])
    hall.hand_out_paper(third)
    hall.press(fourth, [[1, 0, 0, 1], [1, 0, 0]])
    assert queries.is_counted(hall.vote.pk, hall.press(fourth, [[1, 0, 0, 0], [1, 0, 0]], seq=2)["code"])
    assert not queries.is_counted(hall.vote.pk, given["code"])
    root = hall.close()
    hall.count_paper(1, [{"valid": 1, "void": 0, "marks": [1, 0, 0, 0]}, {"valid": 1, "void": 0, "marks": [1, 0, 0]}])
    hall.decrypt((2, 5))
    assert queries.found(hall.vote.pk) is None  # two of five cannot open
    hall.decrypt((4,))
    found = queries.found(hall.vote.pk)
    assert [one["totals"] for one in found["questions"]] == [[4, 1, 1, 0], [3, 1, 0]]
    assert (found["electronic"], found["issued"], found["box"], found["idle"]) == (3, 1, 1, 2)
    verdict = verify.verify(queries.archive(hall.vote.pk), root=root)
    assert verdict.ok, verdict.text
    result = Result.objects.get(vote=hall.vote)
    assert (result.present, result.issued, result.cast) == (6, 4, 4)


def test_r0_01_no_vote_without_quorum_in_the_hall():
    hall = DeviceHall(members=7, present=4)  # 5 needed
    hall.register_keys()
    hall.freeze()
    hall.make_keys()
    hall.seat()
    with pytest.raises(device.DeviceRefused, match="法定人数"):
        device.issue(vote_id=hall.vote.pk, network=HALL, by=hall.secretary, at=AT)
    Attendee.objects.filter(came_at=None).update(came_at=AT)
    with pytest.raises(device.DeviceRefused, match="到会人数"):  # presence has to be entered again
        device.issue(vote_id=hall.vote.pk, network=HALL, by=hall.secretary, at=AT)
    hall.post_as_registrar("presence", {"present": 7})
    device.issue(vote_id=hall.vote.pk, network=HALL, by=hall.secretary, at=AT)


def test_quorum_lost_or_meeting_closed_refuses_the_vote():
    hall = DeviceHall()
    hall.register_keys()
    hall.freeze()
    hall.make_keys()
    hall.seat()
    Case.objects.filter(pk=hall.meeting.case_id).update(state="closed")
    with pytest.raises(device.DeviceRefused, match="没有在举行"):
        device.issue(vote_id=hall.vote.pk, network=HALL, by=hall.secretary, at=AT)
    Case.objects.filter(pk=hall.meeting.case_id).update(state="open")
    gone = Attendee.objects.exclude(came_at=None).values("pk")[:3]
    Attendee.objects.filter(pk__in=list(gone.values_list("pk", flat=True))).update(left_at=AT)
    with pytest.raises(device.DeviceRefused, match="法定人数"):
        device.issue(vote_id=hall.vote.pk, network=HALL, by=hall.secretary, at=AT)


def test_presence_is_what_was_checked_in():
    hall = DeviceHall()
    hall.register_keys()
    hall.freeze()
    hall.make_keys()
    with fault("presence"):
        hall.seat(present=7)


def test_e5_nothing_is_taken_from_outside_the_hall():
    hall = DeviceHall()
    hall.open()
    before = BoardEvent.objects.count()
    with pytest.raises(boards.OutsideHall):
        hall.press(hall.cards[0], [[1, 0, 0, 0]], network="203.0.113.9")
    with override_settings(HALL_NETWORKS=""), pytest.raises(boards.OutsideHall):
        hall.press(hall.cards[0], [[1, 0, 0, 0]])
    assert BoardEvent.objects.count() == before


@pytest.mark.parametrize("address", ["", "nonsense", "10.0.0.1", "::ffff:10.0.0.1"])
def test_addresses_that_are_not_the_halls(address):
    with pytest.raises(boards.OutsideHall):
        boards.demand_hall(address)


def test_the_wrong_presses_are_refused_and_change_nothing():
    hall = DeviceHall()
    hall.open()
    card, other = hall.cards[:2]
    body = hall.made(card, [[1, 0, 0, 0]])[0]
    before = BoardEvent.objects.count()
    cases = {
        "credential": {**hall.made(G.draw(), [[1, 0, 0, 0]])[0]},
        "sequence": hall.made(card, [[1, 0, 0, 0]], seq=2)[0],
        "ballot": {**body, "credential": G.base(other).hex()},
        "shape": {**body, "extra": 1},
    }
    for code, sent in cases.items():
        with fault(code):
            device.press(vote_id=hall.vote.pk, body=sent, network=HALL, at=AT)
    assert BoardEvent.objects.count() == before
    device.press(vote_id=hall.vote.pk, body=body, network=HALL, at=AT)
    with fault("sequence"):  # the same press again
        device.press(vote_id=hall.vote.pk, body=body, network=HALL, at=AT)
    with fault("paper"):
        hall.hand_out_paper(card)
    hall.hand_out_paper(other)
    with fault("paper"):
        hall.press(other, [[1, 0, 0, 0]])


def test_after_the_close_nothing_more_is_taken():
    hall = DeviceHall()
    hall.open()
    hall.press(hall.cards[0], [[1, 0, 0, 0]])
    hall.close()
    with fault("order"):
        hall.press(hall.cards[1], [[1, 0, 0, 0]])
    with fault("order"):
        hall.hand_out_paper(hall.cards[1])
    hall.decrypt((1,))
    with fault("decryption"):  # once each
        hall.post("decryption", boards.bodies(hall.vote.pk, "decryption")[0])


def test_an_audit_ballot_is_opened_and_does_not_count():
    hall = DeviceHall()
    hall.open()
    card = hall.cards[0]
    body, openings = hall.made(card, [[1, 0, 1, 0]])
    device.audit(vote_id=hall.vote.pk, body=body, openings=openings, network=HALL, at=AT)
    assert queries.device_state(hall.vote.pk).ballots == 0
    body, openings = hall.made(card, [[1, 0, 1, 0]], seq=2)
    openings[0][0]["number"] = 0
    with fault("audit"):
        device.audit(vote_id=hall.vote.pk, body=body, openings=openings, network=HALL, at=AT)


def test_r5_19_more_papers_than_issued_voids_the_vote():
    hall = DeviceHall()
    hall.open()
    hall.hand_out_paper(hall.cards[0])
    hall.close()
    with fault("invariant"):
        hall.count_paper(2, [{"valid": 2, "void": 0, "marks": [2, 0, 0, 0]}])


def test_only_paper_needs_no_decryption():
    hall = DeviceHall()
    hall.open()
    hall.hand_out_paper(hall.cards[0])
    hall.close()
    hall.count_paper(1, [{"valid": 1, "void": 0, "marks": [1, 1, 0, 0]}])
    assert queries.found(hall.vote.pk)["questions"][0]["totals"] == [1, 1, 0, 0]
    assert verify.verify(queries.archive(hall.vote.pk)).ok


def test_the_manifest_is_frozen_once_and_keys_with_it():
    hall = DeviceHall()
    with pytest.raises(device.DeviceRefused, match="公钥"):
        device.freeze(vote_id=hall.vote.pk, booth="", by=hall.secretary, at=AT)
    hall.register_keys()
    hall.freeze()
    with pytest.raises(device.DeviceRefused, match="已经固定"):
        hall.register_keys()
    with pytest.raises(device.DeviceRefused):
        device.freeze(vote_id=hall.vote.pk, booth="", by=hall.secretary, at=AT)


def test_a_dropped_or_changed_event_is_found_by_the_verifier():
    hall = DeviceHall()
    hall.open()
    for card in hall.cards[:3]:
        hall.press(card, [[0, 1, 0, 0]])
    hall.close()
    hall.decrypt()
    assert verify.verify(queries.archive(hall.vote.pk)).ok
    one = BoardEvent.objects.filter(type="cast").first()
    BoardEvent.objects.filter(pk=one.pk).update(body=one.body.replace('"seq":1', '"seq":2'))
    assert verify.verify(queries.archive(hall.vote.pk)).code == "chain"


def test_no_table_tells_who_voted_what():
    """S06: the rows of a device vote know no account, and nothing but ciphers and cards drawn blind."""
    for model in (Board, BoardEvent, Credential, Result):
        assert not [f.name for f in model._meta.get_fields() if f.name in ("account", "attendee", "by", "at")]


def test_a_press_costs_few_statements(django_assert_max_num_queries):
    hall = DeviceHall()
    hall.open()
    hall.press(hall.cards[1], [[1, 0, 0, 0]])
    body = hall.made(hall.cards[0], [[1, 0, 0, 0]])[0]
    with django_assert_max_num_queries(12):
        device.press(vote_id=hall.vote.pk, body=body, network=HALL, at=AT)
