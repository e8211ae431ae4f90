"""Groups of opinion: how well made groups are found again, how often chance is taken for division, and what it costs.

The crowds are made: camps with a side on two statements in three, the same answer on the rest; every person answers some
by lot, one answer in eight is a pass. What can be reached at all is told by a judge who knows the camps' shares and puts
each person where the own answers are likeliest. No answers of residents are used.
"""

import os
import resource
import time
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from quancheng.bench import at_least, at_most, note
from quancheng.mining.agreement import Agreement, Votes, groups

TRULY, LIKELY, PASSES = 0.65, 0.8, 0.12
CROWDS = ((300, 60, 25, 2), (600, 80, 30, 3), (1000, 100, 30, 4), (2000, 120, 40, 5), (2000, 200, 15, 3))  # said: on average


def _votes(likely: NDArray[np.float64], camp: NDArray[np.int64], said: int, draw: np.random.Generator) -> Votes:
    """Let people answer by their camp's shares, shape (camps, statements), each `said` statements on average."""
    people, statements = len(camp), likely.shape[1]
    many = np.minimum(draw.geometric(1 / said, people), statements)
    row = np.repeat(np.arange(people), many)
    cells = np.unique(row * statements + draw.integers(0, statements, len(row)))
    row, column = cells // statements, cells % statements
    answer = np.where(draw.random(len(row)) < likely[camp[row], column], 1, -1)
    answer[draw.random(len(row)) < PASSES] = 0
    return Votes(tuple(range(people)), tuple(range(statements)), row, column, answer.astype(np.int8))


def _camps(camps: int, statements: int, draw: np.random.Generator) -> NDArray[np.float64]:
    """Return the share of each camp that agrees; camps differ on TRULY of the statements."""
    sides = np.where(draw.random((camps, statements)) < 0.5, LIKELY, 1 - LIKELY)
    return np.where(draw.random(statements) < TRULY, sides, np.where(draw.random(statements) < 0.7, 0.85, 0.15))


def _alike(one: NDArray[np.int64], other: NDArray[np.int64]) -> float:
    """Return the adjusted Rand index of two divisions (Hubert and Arabie 1985): 1 the same, 0 as by chance."""
    table = np.zeros((one.max() + 1, other.max() + 1))
    np.add.at(table, (one, other), 1)
    pairs = [float((part * (part - 1) / 2).sum()) for part in (table, table.sum(axis=1), table.sum(axis=0))]
    chance = pairs[1] * pairs[2] / (len(one) * (len(one) - 1) / 2)
    return (pairs[0] - chance) / max((pairs[1] + pairs[2]) / 2 - chance, 1e-12)


def _judged(votes: Votes, likely: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the camp under which the answers of each person are likeliest, by one who knows the shares."""
    chance = np.stack([np.full_like(likely, PASSES), likely * (1 - PASSES), (1 - likely) * (1 - PASSES)])
    said = np.log(chance)[votes.answer % 3, :, votes.column]
    sums = [np.bincount(votes.row, weights=column, minlength=len(votes.people)) for column in said.T]
    return np.stack(sums).argmax(axis=0)


def _truths(found: Agreement, camp: NDArray[np.int64], likely: NDArray[np.float64]) -> Iterator[bool]:
    """Say of each listed statement whether it is so: all camps on one side; the group's camp on that side."""
    for one in found.unites:
        yield bool(((likely[:, int(str(one.statement))] > 0.5) == one.agree).all())
    for k, group in enumerate(found.groups):
        own = int(np.bincount(camp[found.home == k]).argmax())
        for typical in group.typical:
            yield bool((likely[own, int(str(typical.statement))] > 0.5) == typical.agree)


def _quality(times: int) -> None:
    shares: list[float] = []
    numbers: list[bool] = []
    truths: list[bool] = []
    kept: list[float] = []
    for people, statements, said, camps in CROWDS:
        for seed in range(times):
            draw = np.random.default_rng(seed)
            likely, camp = _camps(camps, statements, draw), draw.integers(0, camps, people)
            votes = _votes(likely, camp, said, draw)
            found = groups(votes)
            heard = found.home >= 0
            shares.append(_alike(camp[heard], found.home[heard]) / _alike(camp[heard], _judged(votes, likely)[heard]))
            numbers.append(len(found.groups) == camps)
            truths += _truths(found, camp, likely)
            early = groups(_first(votes, people * 10 // 11))
            late = groups(votes, previous=early.numbers()).numbers()
            kept.append(float(np.mean([late.get(person) == number for person, number in early.numbers().items()])))
    at_least("找回预设的群体：与知情者所能达到的相比（调整兰德指数之比）", float(np.mean(shares)), 0.85, "")
    at_least("群体的个数正确的比例", float(np.mean(numbers)), 0.9, "")
    at_least("列出的共识和代表性看法属实的比例", float(np.mean(truths)), 0.95, "")
    at_least("多一成人之后仍在原来群体的人（平均）", float(np.mean(kept)), 0.9, "")


def _first(votes: Votes, people: int) -> Votes:
    early = votes.row < people
    return Votes(votes.people[:people], votes.statements, votes.row[early], votes.column[early], votes.answer[early])


def _chance(times: int) -> None:
    divided: list[bool] = []
    clear: list[bool] = []
    for seed in range(times):
        draw = np.random.default_rng(seed)
        lot = draw.beta(3, 2, (1, 60))
        divided.append(len(groups(_votes(lot, np.zeros(400, dtype=np.int64), 25, draw)).groups) > 1)
        lean = 1 / (1 + np.exp(-1.5 * draw.standard_normal((400, 1)) * draw.standard_normal(60)))
        clear.append(groups(_votes(lean, np.arange(400), 30, draw)).clear)
    at_most("人人凭机会作答而被分成群体的比例", float(np.mean(divided)), 0.05, "")
    at_most("看法连成一片而被称为分明的比例", float(np.mean(clear)), 0.1, "")


def main() -> None:
    """Measure."""
    quick = bool(os.environ.get("BENCH_QUICK"))
    note("找回预设的群体……")
    _quality(2 if quick else 8)
    note("凭机会作答……")
    _chance(10 if quick else 40)
    people, statements = (10_000, 300) if quick else (100_000, 1000)
    note(f"{people} 人、{statements} 条看法……")
    draw = np.random.default_rng(1)
    votes = _votes(_camps(3, statements, draw), draw.integers(0, 3, people), 40, draw)
    began = time.process_time()
    groups(votes)
    at_most(f"{people} 人对 {statements} 条看法作答 {len(votes.row)} 次：全部计算", time.process_time() - began, 15, "秒 CPU")
    at_most("其间内存的峰值（含造数据）", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1024, "MB")


if __name__ == "__main__":
    main()
