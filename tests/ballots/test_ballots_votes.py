"""Whole votes through the real code: what was pressed last is what is counted, whatever happened on the way."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quancheng.ballots import archive, ballot, cast, simulate, verify
from quancheng.ballots.board import START, chained
from quancheng.ballots.faults import Fault
from tests.ballots.broken import CHANGES
from tests.ballots.halls import (
    ONE_PAPER,
    YES,
    Hall,
    Open,
    changed,
    drawn,
    finished,
    found,
    lines_of,
    opened,
    place,
    questions,
    rechained,
    written,
)

acts = st.lists(st.tuples(st.sampled_from(["vote", "vote", "paper", "withdraw", "audit"]), st.integers(0, 4), st.integers(0, 99)), max_size=12)


@settings(max_examples=15, deadline=None)
@given(acts, st.permutations(range(1, 6)))
def test_the_last_press_of_each_counts_whatever_happened_before(plan: list[tuple[str, int, int]], order: list[int]):
    hall, kept, paper = opened(5, "any"), {}, set()
    for act, who, seed in plan:
        card = hall.cards[who]
        marks = simulate.some_marks(random.Random(seed), hall.manifest)
        try:
            if act == "vote":
                hall.vote(card, marks)
                kept[who] = marks
            elif act == "audit":
                hall.audit(card, marks)
            elif act == "paper":
                hall.hand_out_paper(card)
                paper.add(who)
            elif who in kept:
                hall.withdraw(card)
                del kept[who]
        except Fault as fault:
            assert fault.code == "paper" and (who in paper or who in kept)
    assert not paper & set(kept)
    hall.close()
    if kept:
        hall.decrypt(order[:3], hall.reading())
    if paper:
        blank = [{"valid": 0, "void": len(paper), "marks": [0] * n} for n in (4, 3)]
        hall.count_paper(len(paper), blank)
    verdict = verify.verify(hall.publish())
    assert verdict.ok, verdict.text
    plain = [[sum(marks[q][o] for marks in kept.values()) for o in range(n)] for q, n in ((0, 4), (1, 3))]
    assert [one["totals"] for one in verdict.result["questions"]] == plain
    assert verdict.result["electronic"] == len(kept) and verdict.result["issued"] == len(paper)
    assert verdict.result["idle"] == 5 - len(kept) - len(paper)


def test_a_vote_with_paper_adds_both_up(hall: Open):
    verdict = verify.verify(finished(hall))
    assert verdict.ok and verdict.number == -1
    projects, draft = verdict.result["questions"]
    assert projects["electronic"] == [2, 2, 1, 0] and projects["paper"] == [1, 0, 0, 1]
    assert projects["totals"] == [3, 2, 1, 1] and draft["totals"] == [3, 1, 0]
    assert projects["outcome"] == {"chosen": [], "revote": [], "open": 2}
    assert draft["outcome"] == {"passed": False, "votes": 3, "needed": 4}
    assert verdict.root == hall.root.hex() and verdict.eid == hall.eid.hex()


@pytest.mark.parametrize("trustees", [(1, 2, 3), (5, 3, 1), (1, 2, 3, 4, 5), (2, 4, 5, 1)])
def test_three_scrutineers_or_more_in_any_order_open_the_same(trustees: tuple[int, ...]):
    hall = opened(7)
    assert verify.verify(finished(hall, trustees)).result["questions"][1]["totals"] == [3, 1, 0]


def test_with_two_scrutineers_the_hall_votes_again(hall: Open):
    hall.vote(hall.cards[0], YES)
    hall.close()
    hall.decrypt((1, 2), hall.reading())
    with pytest.raises(Fault, match="重新表决") as caught:
        hall.publish()
    assert caught.value.code == "decryption"


def test_a_vote_without_any_electronic_ballot_is_counted_from_paper(hall: Open):
    hall.hand_out_paper(hall.cards[0])
    hall.close()
    hall.count_paper(1, ONE_PAPER)
    verdict = verify.verify(hall.publish())
    assert verdict.ok and verdict.result["electronic"] == 0
    assert verdict.result["questions"][1]["totals"] == [1, 0, 0]


def test_more_paper_in_the_box_than_handed_out_is_not_published(hall: Open):
    hall.vote(hall.cards[1], YES)
    hall.hand_out_paper(hall.cards[0])
    hall.close()
    hall.decrypt((1, 2, 3), hall.reading())
    two = [{"valid": 2, "void": 0, "marks": [1, 1, 0, 0]}, {"valid": 2, "void": 0, "marks": [2, 0, 0]}]
    hall.count_paper(2, two)
    with pytest.raises(Fault, match="重新表决") as caught:
        hall.publish()
    assert caught.value.code == "invariant"


@pytest.mark.parametrize("first", ["paper", "electronic"])
def test_nobody_votes_twice_by_two_ways(hall: Open, first: str):
    card = hall.cards[0]
    body, _ = hall.made(card, YES)
    one, two = (hall.hand_out_paper, lambda _: hall.press(body)) if first == "paper" else (lambda _: hall.press(body), hall.hand_out_paper)
    one(card)
    with pytest.raises(Fault) as caught:
        two(card)
    assert caught.value.code == "paper"


def test_a_card_that_is_not_on_the_roll_does_nothing(hall: Open):
    stranger = hall.draw()
    body, openings = ballot.make(hall.manifest, hall.joint, stranger, 1, YES)
    for refused in (
        lambda: cast.press(hall.manifest, hall.joint, None, body),
        lambda: cast.audit(hall.manifest, hall.joint, None, body, openings),
        lambda: cast.hand_out_paper(None),
        lambda: cast.withdraw(hall.manifest, None, cast.sign_withdrawal(hall.manifest, stranger, "00" * 32)),
    ):
        with pytest.raises(Fault) as caught:
            refused()
        assert caught.value.code == "credential"


@pytest.mark.parametrize("wrong", [None, [], "x", 7, {}, {"seq": 1}, {"seq": True}])
def test_what_is_no_ballot_is_refused(hall: Open, wrong: object):
    with pytest.raises(Fault):
        cast.press(hall.manifest, hall.joint, cast.Standing(), wrong)


def test_a_device_cannot_even_make_a_ballot_that_is_not_allowed(hall: Open):
    for marks in ([[1, 1, 1, 0], [1, 0, 0]], [[2, 0, 0, 0], [1, 0, 0]], [[1, 1, 0, 0], [0, 0, 0]], [[1, 1, 0], [1, 0, 0]]):
        with pytest.raises(ValueError):
            ballot.make(hall.manifest, hall.joint, hall.cards[0], 1, marks)


def test_nothing_is_added_after_the_close(hall: Open):
    body, _ = hall.made(hall.cards[0], YES)
    hall.close()
    for type_, late in (("cast", {"ballot": body}), ("close", {}), ("open", {}), ("manifest", {}), ("nonsense", {})):
        with pytest.raises(Fault) as caught:
            hall.board.append(type_, late)
        assert caught.value.code == "order"


def test_no_quorum_no_vote():
    hall = Hall(7, questions(), drawn("few"), quorum=5)
    hall.make_keys()
    hall.open(7, 4)
    with pytest.raises(Fault) as caught:
        hall.reading()
    assert caught.value.code == "quorum"


@pytest.mark.parametrize(("change", "code"), CHANGES.values(), ids=CHANGES.keys())
def test_whoever_owns_the_server_cannot_change(hall: Open, change, code: str):
    data = finished(hall)
    assert found(data) == ""
    assert found(changed(data, change, hall)) == code


def test_a_change_without_new_hashes_breaks_the_chain_where_it_is(hall: Open):
    lines = lines_of(finished(hall))
    spot = place(lines, "cast", 1)
    lines[spot]["body"]["ballot"]["seq"] = 2
    verdict = verify.verify(written(lines))
    assert (verdict.code, verdict.number) == ("chain", spot)
    del lines[spot]
    verdict = verify.verify(written(lines))
    assert (verdict.code, verdict.number) == ("chain", spot)


def test_the_chain_covers_kind_body_and_everything_before():
    one = chained(START, "open", {"at": "x"})
    assert len({one, chained(one, "open", {"at": "x"}), chained(START, "close", {"at": "x"}), chained(START, "open", {"at": "y"})}) == 4


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_single_byte_of_an_archive_can_change(archived: bytes, data: st.DataObject):
    spot = data.draw(st.integers(0, len(archived) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda one: one != archived[spot]))
    try:
        verdict = verify.verify(archived[:spot] + bytes([byte]) + archived[spot + 1 :])
    except archive.BadArchive:
        return
    assert not verdict.ok


def test_the_simulation_holds_with_everything_in_it(archived: bytes):
    lines = lines_of(archived)
    kinds = {line["type"] for line in lines}
    assert {"cast", "audit", "paper", "withdraw", "paper_count", "decryption", "result"} <= kinds
    assert found(archived) == "" and found(rechained(lines)) == ""
    assert len([1 for line in lines if line["type"] == "cast"]) > verify.verify(archived).result["electronic"]


@pytest.mark.parametrize("voters", [1, 2, 3, 4, 25])
def test_the_simulation_holds_at_every_size(voters: int):
    verdict = verify.verify(simulate.simulate(voters, [simulate.approval(2, 2, 1)], voters))
    assert verdict.ok and verdict.result["present"] == voters


def test_an_archive_names_nobody_and_holds_no_secret(hall: Open):
    data = finished(hall).decode()
    secrets = [*hall.cards, hall.board_secret, hall.registrar_secret, *(one._identity for one in hall.trustees)]
    secrets += [coefficient for one in hall.trustees for coefficient in one._coefficients]
    assert not [one for one in secrets if one.to_bytes(32, "little").hex() in data]
