"""The ranking rule against files of participatory budgets: equal where the rule is plain ranking; PB_FILES names a folder of real ones."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quancheng.ballots import pabulib
from quancheng.ballots.commands import main_ballot

REAL = sorted(Path(os.environ["PB_FILES"]).glob("*.pb")) if os.environ.get("PB_FILES") else []


def written(costs, ballots, selected, budget=100, rule="greedy", kind="approval") -> str:
    """A file of the format, with a name that holds a semicolon in quotes."""
    lines = ["META", "key;value", "description;Wahl 2023", f"budget;{budget}", f"rule;{rule}", f"vote_type;{kind}", "PROJECTS",
             "project_id;cost;votes;name;selected"]  # fmt: skip
    for number, cost in costs.items():
        votes = sum(number in ballot for ballot in ballots)
        lines.append(f'{number};{cost};{votes};"Park; Süd";{int(number in selected)}')
    lines += ["VOTES", "voter_id;age;vote", *(f"{n};40;{','.join(ballot)}" for n, ballot in enumerate(ballots))]
    return "\n".join(lines) + "\n"


BALLOTS = [("1", "2"), ("1", "2"), ("1", "3"), ("1",), ("3",), ("2",)]  # 4, 3, 2 votes
COSTS = {"1": 60, "2": 50, "3": 40}


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (written(COSTS, BALLOTS, {"1", "3"}), "same"),  # the second does not fit, the third does
        (written(COSTS, BALLOTS, {"1", "2"}), "differs"),
        (written(COSTS, BALLOTS, {"1"}, rule="greedy-no-skip"), "same"),
        (written(COSTS, BALLOTS, {"1"}, rule="equalshares"), "other"),
        (written(COSTS, BALLOTS, {"1"}, kind="cumulative"), "other"),
        (written(COSTS, BALLOTS[:2], {"1"}), "tie"),  # two votes each, only one fits: voted again, never by lot
        (written(COSTS, BALLOTS[:2], {"1", "2"}, budget=110), "same"),  # a tie that does not matter
    ],
)
def test_each_verdict(text, verdict):
    assert pabulib.compare([("a.pb", text)]) == [("a.pb", verdict)]


@pytest.mark.parametrize(
    "text", ["", "META\nkey;value\n", written(COSTS, [("9",)], set()), written({"1": "viel"}, [], set()), written({}, [], set())]
)
def test_what_is_no_such_file_is_said_by_name(text):
    with pytest.raises(pabulib.BadFile, match=r"b\.pb"):
        pabulib.compare([("b.pb", text)])


@given(st.lists(st.lists(st.sampled_from("12345"), unique=True), max_size=30), st.integers(1, 300))
def test_what_is_selected_fits_and_nothing_better_is_left_out(ballots, budget):
    costs = {str(n): 17 * n for n in range(1, 6)}
    vote = pabulib.read(written(costs, ballots, set(), budget=budget))
    selected, tied = pabulib.ranked(vote)
    assert sum(costs[one] for one in selected) <= budget
    if not tied:
        left = budget
        for one in sorted(costs, key=lambda one: -vote.votes[one]):
            if one in selected:
                left -= costs[one]
        assert all(costs[one] > left for one in costs if one not in selected and vote.votes[one] < min((vote.votes[s] for s in selected), default=0))


def test_the_command(tmp_path, capsys):
    good, bad = tmp_path / "good.pb", tmp_path / "bad.pb"
    good.write_text(written(COSTS, BALLOTS, {"1", "3"}), "utf-8")
    bad.write_text(written(COSTS, BALLOTS, {"2"}), "utf-8")
    assert main_ballot(["rank", str(good)]) == 0 and "一致1，不一致0" in capsys.readouterr().out
    assert main_ballot(["rank", str(good), str(bad)]) == 1 and "不一致1" in capsys.readouterr().out
    assert main_ballot(["rank", str(tmp_path / "none.pb")]) == 2
    assert main_ballot(["rank"]) == 2


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.name)
def test_real_files(path):
    assert pabulib.compare([(path.name, path.read_text("utf-8-sig"))])[0][1] != "differs"
