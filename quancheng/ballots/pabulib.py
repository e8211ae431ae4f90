"""Read .pb files of participatory budgets and rank their projects as our rule does: most votes first, while money is left.

The format: Stolicki, Szufa, Talmon, “Pabulib: A Participatory Budgeting Library”, 2020 (arXiv:2012.06539): the sections
META, PROJECTS and VOTES, semicolons between columns. Such files are the golden data of the ranking rule.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from quancheng.ballots.rules import by_votes

PLAIN = ("greedy", "greedy-no-skip")  # rules that only rank; the second ends at the first project that does not fit


class BadFile(ValueError):
    """Not a file of this format."""


@dataclass(frozen=True)
class Budget:
    """One vote on a budget: projects by id in the order of the file, with costs, votes, and which were selected."""

    rule: str
    budget: Decimal
    costs: dict[str, Decimal]
    votes: dict[str, int]
    selected: frozenset[str]


def read(text: str) -> Budget:
    """Return a file's vote; ballots are counted anew, the file's own sums are not believed. Raises BadFile."""
    parts = _sections(text)
    meta = {row[0].strip(): row[1].strip() for row in parts["META"][1:] if len(row) > 1}
    projects, ballots = _table(parts["PROJECTS"]), _table(parts["VOTES"])
    if not projects or "selected" not in projects[0]:
        raise BadFile("没有项目，或者没有写明选中了哪些")
    try:
        costs = {row["project_id"]: Decimal(row["cost"]) for row in projects}
        budget = Decimal(meta["budget"])
    except (KeyError, InvalidOperation) as error:
        raise BadFile(f"预算或者费用不是数字：{error}") from error
    votes = dict.fromkeys(costs, 0)
    for ballot in ballots:
        for one in filter(None, ballot.get("vote", "").split(",")):
            if one not in votes:
                raise BadFile(f"选票上的项目 {one} 不在名单里")
            votes[one] += 1
    selected = frozenset(row["project_id"] for row in projects if row["selected"].strip() in ("1", "2", "3"))
    rule = meta.get("rule", "") if meta.get("vote_type", "approval") == "approval" else "other"
    return Budget(rule, budget, costs, votes, selected)


def _sections(text: str) -> dict[str, list[list[str]]]:
    parts: dict[str, list[list[str]]] = {}
    rows: list[list[str]] | None = None
    for row in csv.reader(text.splitlines(), delimiter=";"):
        if len(row) == 1 and row[0].strip() in ("META", "PROJECTS", "VOTES"):
            rows = parts.setdefault(row[0].strip(), [])
        elif row and rows is not None:
            rows.append(row)
    if set(parts) != {"META", "PROJECTS", "VOTES"}:
        raise BadFile("缺少 META、PROJECTS 或者 VOTES 一节")
    return parts


def _table(rows: list[list[str]]) -> list[dict[str, str]]:
    head = [name.strip() for name in rows[0]] if rows else []
    return [dict(zip(head, row, strict=False)) for row in rows[1:]]


def ranked(vote: Budget) -> tuple[frozenset[str], bool]:
    """Return what plain ranking selects, and whether votes tied where it mattered: there our rule votes again."""
    ids, left = list(vote.costs), vote.budget
    taken: set[str] = set()
    groups: dict[int, list[str]] = {}
    for place in by_votes([vote.votes[one] for one in ids]):
        groups.setdefault(vote.votes[ids[place]], []).append(ids[place])
    for group in groups.values():
        fitting = [one for one in group if vote.costs[one] <= left]
        if sum(vote.costs[one] for one in fitting) > left:
            return frozenset(taken), True
        taken.update(fitting)
        left -= sum((vote.costs[one] for one in fitting), Decimal())
        if vote.rule == "greedy-no-skip" and len(fitting) < len(group):
            return frozenset(taken), len(group) > 1
    return frozenset(taken), False


def compare(texts: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return (name, verdict) of each (name, text): same, differs, tie, other (another rule). Raises BadFile with the name."""
    found = []
    for name, text in texts:
        try:
            vote = read(text)
        except BadFile as error:
            raise BadFile(f"{name}：{error}") from error
        if vote.rule not in PLAIN:
            found.append((name, "other"))
            continue
        selected, tied = ranked(vote)
        found.append((name, "tie" if tied else "same" if selected == vote.selected else "differs"))
    return found
