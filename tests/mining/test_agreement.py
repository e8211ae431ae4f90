"""Groups of opinion: made groups are found again, shuffled answers make none, nobody stands alone, order changes nothing."""

import random
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quancheng.mining.agreement import FEWEST, Agreement, collected, groups
from quancheng.mining.clusters import clustered, silhouette

Vote = tuple[str, str, int]


def crowd(seed: int, people: int, camps: int, *, statements: int = 40, said: int = 30, sure: float = 0.88) -> list[Vote]:
    """Answers of camps to statements: the first ten unite (the tenth in refusing), the others take sides; a tenth pass."""
    draw = random.Random(seed)
    sides = [draw.sample([n % 2 == 0 for n in range(camps)], camps) for _ in range(statements)]
    votes = []
    for person in range(people):
        for statement in draw.sample(range(statements), said):
            likely = sides[statement][person % camps] if statement >= 10 else statement < 9
            yes = draw.random() < (sure if likely else 1 - sure)
            votes.append((f"p{person}", f"s{statement}", 0 if draw.random() < 0.1 else 1 if yes else -1))
    return votes


def homes(found: Agreement) -> dict[str, int]:
    return {str(person): number for person, number in found.numbers().items()}


def purity(found: Agreement, camps: int) -> float:
    """The share of people whose group is mostly of their camp."""
    right = 0
    for number in {group.number for group in found.groups}:
        camp = [int(person[1:]) % camps for person, home in homes(found).items() if home == number]
        right += max(camp.count(one) for one in range(camps))
    return right / len(found.numbers())


@pytest.mark.parametrize("camps", [2, 3, 4])
def test_made_groups_are_found_again(camps: int):
    found = groups(crowd(camps, 240, camps))
    assert len(found.groups) == camps
    assert purity(found, camps) >= 0.95
    assert found.clear
    assert sum(group.size for group in found.groups) == 240


def test_what_unites_is_what_all_say_and_what_is_typical_divides():
    found = groups(crowd(7, 240, 2), most=10)
    assert {one.statement for one in found.unites} >= {f"s{n}" for n in range(10)}
    assert [one.agree for one in found.unites if one.statement == "s9"] == [False]
    assert all(one.lowest > 0.5 for one in found.unites)
    shared = {f"s{n}" for n in range(10)}
    for group in found.groups:
        assert group.typical and not shared & {one.statement for one in group.typical}
        assert all(one.share > one.elsewhere and one.times > 1 for one in group.typical)
    assert found.divides and not shared & {one.statement for one in found.divides}
    assert all(one.high - one.low > 0.4 and one.most != one.least for one in found.divides)


def test_typical_statements_tell_which_way_each_camp_answers():
    votes = [(f"p{n}", f"s{k}", 1 if (k < 10) == (n % 2 == 0) else -1) for n in range(60) for k in range(20)]
    found = groups(votes, most=20)
    assert sorted(group.size for group in found.groups) == [30, 30]
    even = homes(found)["p0"]
    for group in found.groups:
        want = {(f"s{k}", (k < 10) == (group.number == even)) for k in range(20)}
        assert {(one.statement, one.agree) for one in group.typical} == want
    assert found.unites == ()


@pytest.mark.parametrize("seed", range(6))
def test_people_who_answer_by_lot_are_not_divided(seed: int):
    draw = random.Random(seed)
    likely = [draw.random() for _ in range(30)]
    votes = [(f"p{n}", f"s{k}", 1 if draw.random() < likely[k] else -1) for n in range(200) for k in draw.sample(range(30), 20)]
    found = groups(votes)
    assert len(found.groups) == 1 and found.groups[0].size == 200
    assert found.groups[0].typical == () and found.divides == () and not found.clear


def test_a_continuum_is_cut_but_not_called_clear():
    draw = np.random.default_rng(2)
    lean, load = draw.standard_normal(600), draw.standard_normal(60)
    yes = draw.random((600, 60)) < 1 / (1 + np.exp(-0.8 * lean[:, None] * load))
    found = groups([(n, k, 1 if yes[n, k] else -1) for n in range(600) for k in range(60)])
    assert len(found.groups) > 1 and not found.clear


def test_the_last_answer_counts():
    first = [(person, statement, -answer) for person, statement, answer in crowd(3, 60, 2)]
    votes = collected([*first, *crowd(3, 60, 2)])
    again = collected(crowd(3, 60, 2))
    assert len(votes.answer) == len(again.answer)
    assert votes.answer.tolist() == again.answer.tolist()
    assert collected([("a", "x", 1), ("b", "x", 1), ("a", "x", 0), ("a", "x", -1)]).answer.tolist() == [-1, 1]


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1000))
def test_the_order_of_arrival_changes_nothing(seed: int):
    votes = crowd(5, 80, 3, statements=20, said=12)
    mixed = votes[:]
    random.Random(seed).shuffle(mixed)
    one, other = groups(votes), groups(mixed)
    assert (one.groups, one.unites, one.divides, one.numbers()) == (other.groups, other.unites, other.divides, other.numbers())
    assert one.places.tobytes() == other.places.tobytes()


def test_nobody_stands_in_a_group_of_fewer_than_five():
    votes = crowd(11, 100, 2)
    votes += [(f"odd{n}", f"s{k}", 1 if k % 2 else -1) for n in range(3) for k in range(40)]
    found = groups(votes)
    assert all(group.size >= FEWEST for group in found.groups)
    assert {"odd0", "odd1", "odd2"} <= set(homes(found))
    for count in range(2, 6):
        assert all(group.size >= FEWEST for group in groups(votes, count=count).groups)


def test_who_answered_little_is_counted_but_not_placed_unless_too_few():
    short = [(f"short{n}", f"s{k}", 1) for n in range(8) for k in range(3)]
    found = groups(crowd(12, 100, 2) + short)
    assert not {f"short{n}" for n in range(8)} & set(homes(found))
    at = found.votes.statements.index("s0")
    assert found.all[at].sum() == found.by_group[:, at].sum() + 8
    alone = groups(crowd(12, 100, 2) + short[:6])
    assert {"short0", "short1"} <= set(homes(alone))


def test_figures_of_a_few_are_left_out():
    votes = crowd(13, 100, 2) + [(f"p{n}", "rare", 1) for n in (0, 2, 4, 6, 8, 10, 1)]
    found = groups(votes, most=50)
    at = found.votes.statements.index("rare")
    assert sorted(found.by_group[:, at].sum(axis=1).tolist()) == [0, 6]
    assert found.all[at].tolist() == [0, 7, 0]
    listed: Iterator[object] = (one.statement for group in found.groups for one in group.typical)
    assert "rare" not in [*listed, *(one.statement for one in found.unites), *(one.statement for one in found.divides)]


def test_a_group_keeps_its_number_when_more_people_speak():
    votes = crowd(17, 330, 3)
    early = groups([vote for vote in votes if int(vote[0][1:]) < 300])
    named = {person: number * 10 for person, number in early.numbers().items()}
    later = groups(votes, previous=named)
    kept = [homes(later)[str(person)] == number for person, number in named.items()]
    assert np.mean(kept) >= 0.95
    assert [group.number for group in later.groups] == [10, 20, 30]


def test_a_group_that_is_new_gets_a_number_of_its_own():
    votes = crowd(17, 300, 3)
    found = groups(votes, previous={f"p{n}": 4 for n in range(0, 300, 3)})
    assert [group.number for group in found.groups] == [4, 5, 6]
    assert homes(found)["p0"] == 4


def test_staff_may_ask_for_a_number_of_groups():
    votes = crowd(19, 240, 4)
    assert [len(groups(votes, count=count).groups) for count in (2, 3, 5)] == [2, 3, 5]
    for count in (1, 6):
        with pytest.raises(ValueError, match="2 to 5"):
            groups(votes, count=count)


@pytest.mark.parametrize("answer", [2, -2, 0.5, None, "1"])
def test_an_answer_that_is_none_is_refused(answer: object):
    with pytest.raises(ValueError, match="1, -1 or 0"):
        groups([("a", "x", 1), ("b", "x", answer)])  # type: ignore[list-item]  # the point of the test


@pytest.mark.parametrize(
    "votes",
    [
        [],
        [("a", "x", 1)],
        [("a", f"s{n}", 1) for n in range(50)],
        [(f"p{n}", "x", 1 if n % 2 else -1) for n in range(50)],
        [(f"p{n}", f"s{k}", 1) for n in range(50) for k in range(20)],
        [(f"p{n}", f"s{k}", 0) for n in range(50) for k in range(20)],
        [(f"p{n}", f"s{n}", 1) for n in range(50)],
        [(n if n % 2 else str(n), f"s{k}", 1) for n in range(9) for k in range(20)],
    ],
    ids=["none", "one", "one person", "one statement", "all agree", "all pass", "nobody meets", "nine people"],
)
def test_too_little_to_tell_is_no_division(votes: list[Vote]):
    found = groups(votes)
    people = len({vote[0] for vote in votes})
    assert [group.size for group in found.groups] == ([people] if people >= FEWEST else [])
    assert found.divides == () and not found.clear
    assert found.all.sum() == len(votes) and found.places.shape == (people, 2)


def test_one_group_has_a_consensus_too():
    found = groups([(f"p{n}", f"s{k}", 1 if k else -1) for n in range(50) for k in range(3)])
    assert {(one.statement, one.agree) for one in found.unites} == {("s0", False), ("s1", True), ("s2", True)}


def test_points_far_apart_are_clusters_and_one_outlier_is_none():
    draw = np.random.default_rng(1)
    points = np.vstack([draw.normal(at, 0.1, (40, 2)) for at in (0, 5, 10)] + [[[100.0, 100.0]]])
    labels = clustered(points, 4, fewest=5)
    assert np.bincount(labels).min() >= 5
    three = clustered(points[:-1], 3)
    assert sorted(np.bincount(three)) == [40, 40, 40]
    assert silhouette(points[:-1], three) > 0.95 > silhouette(points[:-1], clustered(points[:-1], 2))
    with pytest.raises(ValueError, match="4 points"):
        clustered(points[:4], 2, fewest=5)


def test_points_that_are_all_the_same_are_one_cluster():
    assert clustered(np.ones((20, 2)), 3).max() == 0
    assert silhouette(np.ones((20, 2)), np.zeros(20, dtype=np.int64)) == 0
