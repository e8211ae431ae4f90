"""Rules of the vote and invariants of its numbers, for every count and not only for a few."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quancheng.ballots import invariants, rules, tally
from quancheng.ballots.faults import Fault
from quancheng.ballots.invariants import Numbers, PaperQuestion
from quancheng.ballots.manifest import Question
from quancheng.kernel.counting import CountError

THREE = ("yes", "no", "abstain")


@given(st.integers(1, 3000), st.data())
def test_r0_1_more_than_half_of_all_not_of_those_present(base: int, data: st.DataObject):
    votes = data.draw(st.integers(0, base))
    found = rules.outcome("majority", THREE, [votes, 0, 0], base, 0)
    assert found["passed"] == (votes > base - votes) == (votes >= found["needed"])


@pytest.mark.parametrize(("votes", "base", "passed"), [(50, 100, False), (51, 100, True), (50, 99, True), (49, 99, False), (1, 1, True), (0, 1, False)])
def test_r0_1_exactly_half_is_not_enough(votes: int, base: int, passed: bool):
    assert rules.outcome("majority", THREE, [votes, 0, 0], base, 0)["passed"] is passed


@given(st.integers(1, 3000), st.data())
def test_two_thirds_of_all_include_the_number_itself(base: int, data: st.DataObject):
    votes = data.draw(st.integers(0, base))
    found = rules.outcome("two_thirds", THREE, [votes, 0, 0], base, 0)
    assert found["passed"] == (votes >= (2 * base + 2) // 3) == (votes >= found["needed"])


@given(st.integers(1, 500), st.data())
def test_r0_15_satisfied_and_basically_satisfied_count_together(base: int, data: st.DataObject):
    a = data.draw(st.integers(0, base))
    b = data.draw(st.integers(0, base - a))
    found = rules.outcome("grades", ("a", "b", "c"), [a, b, 0], base, 0)
    assert found["passed"] == (a + b > base - a - b) and found["votes"] == a + b


rankings = st.integers(1, 60).flatmap(
    lambda base: st.tuples(st.just(base), st.lists(st.integers(0, base), min_size=1, max_size=12), st.integers(1, 12))
)


@given(rankings)
def test_r7_53_ranking_fills_seats_by_votes_and_leaves_ties_to_the_hall(case: tuple[int, list[int], int]):
    base, totals, seats = case
    seats = min(seats, len(totals))
    names = [f"p{n}" for n in range(len(totals))]
    votes = dict(zip(names, totals, strict=True))
    found = rules.outcome("rank", names, totals, base, seats)
    chosen, revote = found["chosen"], found["revote"]
    out = [name for name in names if name not in chosen and name not in revote]
    assert not set(chosen) & set(revote) and len(chosen) <= seats
    assert found["open"] == seats - len(chosen)
    assert all(2 * votes[name] > base for name in chosen + revote)
    assert [votes[name] for name in chosen] == sorted((votes[name] for name in chosen), reverse=True)
    if revote:  # more are equal than seats are left, and everybody chosen has more
        assert len({votes[name] for name in revote}) == 1 and len(revote) > found["open"] > 0
        assert all(votes[name] > votes[revote[0]] for name in chosen)
        assert all(votes[name] < votes[revote[0]] for name in out)
    else:
        worst = min((votes[name] for name in chosen), default=base + 1)
        assert all(2 * votes[name] <= base or votes[name] < worst for name in out)
        assert found["open"] == 0 or all(2 * votes[name] <= base for name in out)


@given(rankings, st.randoms(use_true_random=False))
def test_r7_53_the_order_of_the_list_decides_nothing(case: tuple[int, list[int], int], chance):
    base, totals, seats = case
    seats = min(seats, len(totals))
    names = [f"p{n}" for n in range(len(totals))]
    shuffled = list(zip(names, totals, strict=True))
    chance.shuffle(shuffled)
    one = rules.outcome("rank", names, totals, base, seats)
    two = rules.outcome("rank", [n for n, _ in shuffled], [v for _, v in shuffled], base, seats)
    assert set(one["chosen"]) == set(two["chosen"]) and set(one["revote"]) == set(two["revote"])


def test_r7_53_a_tie_across_the_cut_is_voted_again_never_drawn():
    assert rules.outcome("rank", "abcd", [9, 7, 7, 2], 10, 2) == {"chosen": ["a"], "revote": ["b", "c"], "open": 1}
    assert rules.outcome("rank", "abcd", [9, 7, 7, 2], 10, 3) == {"chosen": ["a", "b", "c"], "revote": [], "open": 0}
    assert rules.outcome("rank", "abcd", [9, 5, 5, 2], 10, 2) == {"chosen": ["a"], "revote": [], "open": 1}


def test_numbers_that_no_vote_can_have_are_refused():
    with pytest.raises(CountError):
        rules.outcome("majority", THREE, [11, 0, 0], 10, 0)
    with pytest.raises(CountError):
        rules.outcome("majority", THREE, [1, 0], 10, 0)


QUESTIONS = (
    Question("projects", ("a", "b", "c", "d"), 0, 2, "rank", 2),
    Question("draft", THREE, 1, 1, "majority", 0),
)


def counted(question: Question, ballots: int, data: st.DataObject) -> tuple[int, ...]:
    """Marks of so many real ballots."""
    marks = [0] * len(question.options)
    for _ in range(ballots):
        many = data.draw(st.integers(question.least, question.most))
        for place in data.draw(st.permutations(range(len(marks))))[:many]:
            marks[place] += 1
    return tuple(marks)


@st.composite
def real_votes(draw: st.DrawFn) -> Numbers:
    """Numbers as any real vote makes them."""
    data = draw(st.data())
    electronic, issued, idle, absent = (draw(st.integers(0, 6)) for _ in range(4))
    box = draw(st.integers(0, issued))
    paper = []
    for question in QUESTIONS:
        valid = draw(st.integers(0, box))
        paper.append(PaperQuestion(valid, box - valid, counted(question, valid, data)))
    present = electronic + issued + idle
    marks = tuple(counted(question, electronic, data) for question in QUESTIONS)
    return Numbers(max(1, present + absent), present, electronic, issued, box, marks, tuple(paper))


@given(real_votes())
def test_numbers_of_real_votes_hold_and_give_a_result(numbers: Numbers):
    invariants.check(QUESTIONS, numbers)
    assert numbers.present == numbers.electronic + numbers.issued + numbers.idle
    for question, marks, paper in zip(QUESTIONS, numbers.marks, numbers.paper, strict=True):
        totals = [a + b for a, b in zip(marks, paper.marks, strict=True)]
        rules.outcome(question.rule, question.options, totals, numbers.base, question.seats)


def base_numbers(**given: object) -> Numbers:
    values = {
        "base": 10, "present": 9, "electronic": 6, "issued": 2, "box": 2, "marks": ((3, 6, 2, 0), (4, 1, 1)),
        "paper": (PaperQuestion(1, 1, (1, 0, 0, 1)), PaperQuestion(2, 0, (1, 1, 0))),
    }  # fmt: skip
    return Numbers(**{**values, **given})  # type: ignore[arg-type]  # a test's dictionary


BROKEN = {
    "more present than seats": {"base": 8},
    "more ballots than present": {"present": 7},
    "more paper in the box than handed out": {"issued": 1},
    "an option above the ballots": {"marks": ((3, 7, 2, 0), (4, 1, 1))},
    "more marks than allowed": {"marks": ((6, 6, 1, 0), (4, 1, 1))},
    "fewer marks than ballots on one of three": {"marks": ((3, 6, 2, 0), (4, 1, 0))},
    "more marks than ballots on one of three": {"marks": ((3, 6, 2, 0), (5, 1, 1))},
    "a negative mark": {"marks": ((3, 6, -1, 0), (4, 1, 1))},
    "a question missing": {"marks": ((3, 6, 2, 0),)},
    "an option missing": {"marks": ((3, 6, 2), (4, 1, 1))},
    "paper that does not add up": {"paper": (PaperQuestion(1, 0, (1, 0, 0, 1)), PaperQuestion(2, 0, (1, 1, 0)))},
    "paper with too many marks": {"paper": (PaperQuestion(1, 1, (1, 1, 0, 1)), PaperQuestion(2, 0, (1, 1, 0)))},
    "paper marked twice": {"paper": (PaperQuestion(1, 1, (1, 0, 0, 1)), PaperQuestion(2, 0, (1, 1, 1)))},
}  # fmt: skip


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN.keys())
def test_numbers_that_do_not_hold_are_refused(broken: dict[str, object]):
    invariants.check(QUESTIONS, base_numbers())
    with pytest.raises(Fault) as caught:
        invariants.check(QUESTIONS, base_numbers(**broken))
    assert caught.value.code == "invariant"


def test_two_tellers_blind_to_each_other_are_compared_field_by_field():
    one = [{"valid": 1, "void": 0, "marks": [1, 0]}, {"valid": 1, "void": 0, "marks": [0, 1]}]
    two = [{"valid": 1, "void": 0, "marks": [1, 0]}, {"valid": 0, "void": 1, "marks": [0, 0]}]
    assert tally.paper_differences(one, one) == []
    assert tally.paper_differences(one, two) == [(1, "valid"), (1, "void"), (1, "marks")]
    assert (-1, "questions") in tally.paper_differences(one, one[:1])
