"""What whoever owns the server, or the registrar, might post past the server's own checks: every reader finds it."""

import copy

import pytest

from quancheng.ballots import ballot, manifest, tally
from quancheng.ballots.board import signed
from tests.ballots.attackers import (
    by_board,
    finished_until_close,
    found_by_readers,
    refused,
    resigned,
    setting_up,
    signed_again,
)
from tests.ballots.halls import YES, G, Open


def test_a_press_may_not_leave_a_gap_for_one_that_was_dropped(hall: Open):
    body, _ = ballot.make(hall.manifest, hall.joint, hall.cards[0], 2, YES, hall.draw)
    refused(hall, body, "sequence")


def test_a_ballot_after_paper_is_refused(hall: Open):
    body, _ = hall.made(hall.cards[0], YES)
    hall.hand_out_paper(hall.cards[0])
    refused(hall, body, "paper")


@pytest.mark.parametrize("part", ["an option less", "an option more", "an answer less", "an answer more"])
def test_a_ballot_with_more_or_less_in_it_is_refused(hall: Open, part: str):
    body, _ = hall.made(hall.cards[0], YES)
    answers = body["answers"]
    where = answers[0]["choices"] if "option" in part else answers
    where.append(where[-1]) if "more" in part else where.pop()
    refused(hall, signed_again(hall, body, hall.cards[0]), "ballot")


@pytest.mark.parametrize("options", [3, 5])
def test_a_ballot_proved_for_other_options_is_refused(hall: Open, options: int):
    """Every proof in it holds, for a question with an option more or less than was asked."""
    body = copy.deepcopy(hall.manifest.body)
    body["questions"][0]["options"] = [{"id": f"p{n}", "title": ""} for n in range(options)]
    loose = manifest.read(body)
    object.__setattr__(loose, "eid", hall.eid)
    marks = [[1, 1, 0, 0, 0][:options], [1, 0, 0]]
    refused(hall, ballot.make(loose, hall.joint, hall.cards[0], 1, marks, hall.draw)[0], "ballot")


def test_a_ballot_of_somebody_not_on_the_roll_is_found(hall: Open):
    body, _ = ballot.make(hall.manifest, hall.joint, hall.draw(), 1, YES, hall.draw)
    found_by_readers(hall, "cast", {"ballot": body}, "credential")


def test_an_audit_with_an_opening_missing_is_found(hall: Open):
    body, openings = hall.made(hall.cards[0], YES)
    openings[0].pop()
    found_by_readers(hall, "audit", {"ballot": body, "openings": openings}, "audit")


def test_an_audit_with_another_number_but_the_same_random_is_found(hall: Open):
    body, openings = hall.made(hall.cards[0], YES)
    openings[1][2]["number"] = 1
    found_by_readers(hall, "audit", {"ballot": body, "openings": openings}, "audit")


def test_the_presence_may_not_fall(hall: Open):
    fewer = signed(G, hall.eid, hall.registrar_secret, "presence", {"present": 6}, hall.draw)
    found_by_readers(hall, "presence", fewer, "presence")


def test_the_presence_may_not_exceed_the_roll(hall: Open):
    more = signed(G, hall.eid, hall.registrar_secret, "presence", {"present": 8}, hall.draw)
    found_by_readers(hall, "presence", more, "presence")


def test_a_close_over_another_head_is_found(hall: Open):
    hall.vote(hall.cards[0], YES)
    found_by_readers(hall, "close", by_board(hall, "close", at="x", head="00" * 32, ballots=1), "close")


def test_a_close_with_another_number_of_ballots_is_found(hall: Open):
    hall.vote(hall.cards[0], YES)
    head = hall.board.head.hex()
    found_by_readers(hall, "close", by_board(hall, "close", at="x", head=head, ballots=0), "close")


def test_a_close_signed_by_another_is_found(hall: Open):
    body = {"at": "x", "head": hall.board.head.hex(), "ballots": 0}
    found_by_readers(hall, "close", signed(G, hall.eid, hall.registrar_secret, "close", body, hall.draw), "signature")


@pytest.mark.parametrize("field", ["root", "aggregate"])
def test_a_decryption_that_names_other_sums_is_found(hall: Open, field: str):
    finished_until_close(hall)
    one = {**hall.trustees[0].decrypt(hall.reading()), field: "00" * 32}
    found_by_readers(hall, "decryption", resigned(hall, "decryption", one, 1), "decryption")


def test_a_decryption_by_somebody_else_is_found(hall: Open):
    """Number 2 posts number 1's share as his own: it is not what his key gives."""
    finished_until_close(hall)
    one = {**hall.trustees[0].decrypt(hall.reading()), "trustee": 2}
    found_by_readers(hall, "decryption", resigned(hall, "decryption", one, 2), "decryption")


def test_a_decryption_without_ballots_is_found(hall: Open):
    hall.close()
    one = {"trustee": 1, "root": hall.root.hex(), "aggregate": hall.reading().aggregate_hash.hex(), "partials": []}
    found_by_readers(hall, "decryption", resigned(hall, "decryption", one, 1), "decryption")


def test_a_paper_count_of_another_close_is_found(hall: Open):
    hall.hand_out_paper(hall.cards[0])
    hall.close()
    body: dict = {"root": "00" * 32, "box": 0, "questions": []}
    body["signatures"] = [hall.trustees[0].sign_paper(body), hall.trustees[1].sign_paper(body)]
    found_by_readers(hall, "paper_count", body, "count")


def test_a_share_key_that_is_not_ones_own_is_found():
    hall = setting_up()
    for round_ in ("commit", "open_key", "shares"):
        for one in hall.trustees:
            hall.board.append(round_, getattr(one, round_)())
    body = hall.trustees[0].confirm(hall.board.of("open_key"), hall.board.of("shares"))
    found_by_readers(hall, "confirm", resigned(hall, "confirm", {**body, "own": G.base(3).hex()}, 1), "keys")


def test_a_polynomial_of_another_degree_is_found():
    """Four points would need four scrutineers where the manifest says three."""
    hall = setting_up()
    one = hall.trustees[0]
    one.points.append(G.base(9))
    hall.board.append("commit", one.commit())
    for another in hall.trustees[1:]:
        hall.board.append("commit", another.commit())
    found_by_readers(hall, "open_key", one.open_key(), "keys")


@pytest.mark.parametrize("roll", ["unsorted", "double", "too long", "empty"])
def test_a_roll_that_is_not_in_order_is_found(roll: str):
    hall = setting_up()
    hall.make_keys()
    some = sorted(G.base(number).hex() for number in range(1, 8))
    lists = {
        "unsorted": some[::-1], "double": [some[0], *some[:3]], "empty": [],
        "too long": sorted([*some, G.base(99).hex()]),
    }  # fmt: skip
    body = signed(G, hall.eid, hall.registrar_secret, "roll", {"credentials": lists[roll]}, hall.draw)
    found_by_readers(hall, "roll", body, "roll")


def test_numbers_that_do_not_hold_are_found_though_the_board_signed_them(hall: Open):
    """One paper handed out, two in the box: scrutineers and board sign, the readers do not agree."""
    hall.vote(hall.cards[1], YES)
    hall.hand_out_paper(hall.cards[0])
    hall.close()
    hall.decrypt((1, 2, 3), hall.reading())
    two = [{"valid": 2, "void": 0, "marks": [1, 1, 0, 0]}, {"valid": 2, "void": 0, "marks": [2, 0, 0]}]
    hall.count_paper(2, two)
    outcomes = ({"chosen": [], "revote": [], "open": 2}, {"passed": False, "votes": 3, "needed": 4})
    made = [
        {"electronic": ours, "paper": one["marks"], "outcome": outcome,
         "totals": [a + b for a, b in zip(ours, one["marks"], strict=True)]}
        for ours, one, outcome in zip(YES, two, outcomes, strict=True)
    ]  # fmt: skip
    body = by_board(
        hall, "result", head=hall.board.head.hex(), present=7, electronic=1, issued=1, box=2, idle=5, questions=made
    )
    found_by_readers(hall, "result", body, "invariant")


def test_a_result_over_another_head_is_found(hall: Open):
    hall.vote(hall.cards[1], YES)
    hall.close()
    hall.decrypt((1, 2, 3), hall.reading())
    body = by_board(hall, "result", head="00" * 32, **tally.result(hall.manifest, hall.numbers()))
    found_by_readers(hall, "result", body, "result")
