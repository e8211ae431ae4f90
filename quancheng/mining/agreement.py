"""Groups of opinion: who answers statements alike, what unites all groups, what is typical of one and what divides them.

The published method of Polis (Small, Bjorkegren, Erkkilä, Shaw, Megill, "Polis: Scaling Deliberation by Mapping High
Dimensional Opinion Spaces", Recerca 26(2), 2021), written anew: principal components of the answers with the missing ones
at the statement's mean, k-means with the k of 2 to 5 that has the best silhouette, statements typical of a group by a
two-proportion test, consensus as the product over groups of the share that agrees. Changed: how many components count,
and whether there are groups at all, is judged against answers shuffled among people; nobody in a group of fewer than five
is shown. The tests rank statements, they prove nothing: groups were made from the same answers.
"""

from __future__ import annotations

from array import array
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_array

from quancheng.mining.clusters import clustered, silhouette, spread

AGREE, DISAGREE, PASS = 1, -1, 0
FEWEST = 5  # people in a group, and answers in a figure that lists rely on
HEARD = 7  # answers before a person is placed (Polis), fewer where there are fewer statements
MOST_GROUPS = 5
MAPPED = 1000  # statements that span the map, the most answered; all have figures
_COLUMN = (PASS, AGREE, DISAGREE)  # of the figures, so that answer -1 is the last
_SAMPLE, _CLOUD = 10_000, 5_000  # people
_AXES = 4
_FEW_CELLS, _OFTEN, _SELDOM = 1_000_000, 19, 5  # a sheet is shuffled often if it is small
_BEYOND = 3.0  # standard deviations above shuffled answers before an axis counts
_CLEARLY = 0.03  # of silhouette; 2 of 280 made clouds had more
_Z = 1.2816  # one-sided, 90 %


@dataclass(frozen=True)
class Votes:
    """The answers that count. row, column: who and what, shape (n,); answer: 1, -1 or 0 (passed), shape (n,)."""

    people: tuple[Hashable, ...]
    statements: tuple[Hashable, ...]
    row: NDArray[np.int64]
    column: NDArray[np.int64]
    answer: NDArray[np.int8]


@dataclass(frozen=True)
class Typical:
    """A statement that a group answers more one way than the others: shares 0 to 1, how many times likelier, z."""

    statement: Hashable
    agree: bool
    share: float
    elsewhere: float
    times: float
    z: float


@dataclass(frozen=True)
class Group:
    """People who answer alike; the number stays from run to run if `previous` is handed in."""

    number: int
    size: int
    typical: tuple[Typical, ...]


@dataclass(frozen=True)
class United:
    """A statement to which every group says the same. lowest: share in the least convinced group; score: geometric mean."""

    statement: Hashable
    agree: bool
    lowest: float
    score: float


@dataclass(frozen=True)
class Divided:
    """A statement on which groups differ most: the numbers of who agrees most and least, and the shares that agree."""

    statement: Hashable
    most: int
    least: int
    high: float
    low: float


@dataclass(frozen=True)
class Agreement:
    """What the answers show.

    home: index into groups for each of votes.people, -1 who answered too little, shape (people,); places: position of
    each on the two widest axes, shape (people, 2). all, by_group: answers passed, agreed, disagreed for each of
    votes.statements, shapes (statements, 3) and (groups, statements, 3); in by_group 0 where fewer than FEWEST of the
    group answered. silhouette: -1 to 1, how well groups stand apart; cloud: the same for people spread evenly over
    as wide a field; groups may be called clear only where the first is the greater.
    """

    votes: Votes
    groups: tuple[Group, ...]
    home: NDArray[np.int64]
    places: NDArray[np.float64]
    all: NDArray[np.int64]
    by_group: NDArray[np.int64]
    unites: tuple[United, ...]
    divides: tuple[Divided, ...]
    silhouette: float
    cloud: float

    def numbers(self) -> dict[Hashable, int]:
        """Return the number of the group of each person who has one: personal data, to be kept and erased as answers are."""
        named = zip(self.votes.people, self.home.tolist(), strict=True)
        return {person: self.groups[k].number for person, k in named if k >= 0}

    @property
    def clear(self) -> bool:
        """Whether groups stand apart, or one cloud was cut."""
        return len(self.groups) > 1 and self.silhouette > self.cloud + _CLEARLY


def collected(triples: Iterable[tuple[Hashable, Hashable, int]]) -> Votes:
    """Collect (person, statement, answer) in order of time; of two answers by one person the last counts.

    People and statements come out sorted by their names, so that the order of arrival changes nothing else. Raises
    ValueError on an answer that is not 1, -1 or 0.
    """
    people: dict[Hashable, int] = {}
    statements: dict[Hashable, int] = {}
    who, what, answers = array("q"), array("q"), array("b")
    for person, statement, answer in triples:
        if answer not in _COLUMN:
            raise ValueError(f"an answer is 1, -1 or 0, not {answer!r}")
        who.append(people.setdefault(person, len(people)))
        what.append(statements.setdefault(statement, len(statements)))
        answers.append(answer)
    names, row = _sorted(people, np.array(who, dtype=np.int64))
    labels, column = _sorted(statements, np.array(what, dtype=np.int64))
    place = row * max(len(labels), 1) + column
    _, last = np.unique(place[::-1], return_index=True)
    last = len(place) - 1 - last
    return Votes(names, labels, row[last], column[last], np.array(answers, dtype=np.int8)[last])


def groups(
    votes: Votes | Iterable[tuple[Hashable, Hashable, int]],
    *,
    previous: Mapping[Hashable, int] | None = None,
    count: int | None = None,
    most: int = 5,
) -> Agreement:
    """Find groups of opinion. `most`: statements that a list has.

    `previous`: numbers() of the last run, so that groups keep theirs; `count`: 2 to 5 groups, whatever the silhouette says
    (a small group may come out only so). One group means that answers show no division; none, that fewer than FEWEST people answered. Raises ValueError on an
    answer that is not 1, -1 or 0 and on a count outside 2 to 5.
    """
    if count is not None and not 2 <= count <= MOST_GROUPS:
        raise ValueError(f"2 to {MOST_GROUPS} groups, not {count}")
    votes = votes if isinstance(votes, Votes) else collected(votes)
    said = np.bincount(votes.row, minlength=len(votes.people))
    heard = said >= min(HEARD, max(1, len(votes.statements)))
    if (~heard).sum() < FEWEST or heard.sum() < FEWEST:
        heard[:] = True  # else the few would be what the groups leave of the whole
    places = _places(votes, said)
    home, apart, cloud = _homes(places, heard, range(2, MOST_GROUPS + 1) if count is None else [count])
    home, numbers = _numbered(home, votes.people, previous or {})
    whole, parts = _figures(votes, np.zeros_like(home), 1)[0], _figures(votes, home, len(numbers))
    found = tuple(Group(number, int((home == k).sum()), _typical(votes, parts, k, most)) for k, number in enumerate(numbers))
    return Agreement(
        votes=votes,
        groups=found,
        home=home,
        places=places[:, :2],
        all=whole,
        by_group=np.where(parts.sum(axis=2, keepdims=True) < FEWEST, 0, parts),
        unites=_unites(votes, parts, most),
        divides=_divides(votes, parts, numbers, most),
        silhouette=apart,
        cloud=cloud,
    )


def _sorted(index: dict[Hashable, int], used: NDArray[np.int64]) -> tuple[tuple[Hashable, ...], NDArray[np.int64]]:
    names = sorted(index, key=lambda name: (type(name).__name__, str(name)))
    rank = np.zeros(len(names), dtype=np.int64)
    rank[[index[name] for name in names]] = np.arange(len(names))
    return tuple(names), rank[used]


def _places(votes: Votes, said: NDArray[np.int64]) -> NDArray[np.float64]:
    """Place people on the axes that carry more than shuffled answers do; shape (people, at least 2), 0 beyond those.

    A missing answer is the statement's mean, so that of the centred answers only those given are not 0. Positions are
    widened by the root of statements over answers given, so that who answered little is not drawn to the middle.
    """
    people, statements = len(votes.people), len(votes.statements)
    out = np.zeros((people, 2))
    if people < 2 * FEWEST or statements < 2:
        return out
    asked = np.bincount(votes.column, minlength=statements)
    mean = np.bincount(votes.column, weights=votes.answer, minlength=statements) / asked
    kept = np.zeros(statements, dtype=bool)
    kept[np.argsort(-asked, kind="stable")[:MAPPED]] = True
    use = kept[votes.column]
    row, column = votes.row[use], votes.column[use]
    centred = (votes.answer[use] - mean[column]).astype(np.float32)
    sheet = csr_array((centred, (row, column)), shape=(people, statements))[:, kept]
    sample = sheet[spread(people, _SAMPLE)]
    widths, axes = _components(sample.toarray(), _AXES)
    times = _OFTEN if sample.shape[0] * sample.shape[1] <= _FEW_CELLS else _SELDOM
    chance = np.array([_components(_shuffled(sample, seed), 1)[0][0] for seed in range(times)])
    edge = chance.mean() + _BEYOND * chance.std() + 1e-9
    axes = axes[:, widths > edge]
    if axes.shape[1]:
        wide = np.sqrt(kept.sum() / np.maximum(np.bincount(row, minlength=people), 1))[:, None]
        found = (sheet @ axes) * wide
        out = np.hstack([found, np.zeros((people, max(0, 2 - found.shape[1])))])
    return out


def _components(sheet: NDArray[np.float32], axes: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the widest variances, falling, and their directions, shape (statements, axes), signs fixed."""
    last = sheet.shape[1] - 1
    square = (sheet.T @ sheet).astype(np.float64) / len(sheet)
    values, vectors = eigh(square, subset_by_index=[max(0, last + 1 - axes), last])
    vectors = vectors[:, ::-1]
    signs = np.sign(vectors[np.abs(vectors).argmax(axis=0), np.arange(vectors.shape[1])])
    return values[::-1], vectors * np.where(signs == 0, 1, signs)


def _shuffled(sheet: csr_array, seed: int) -> NDArray[np.float32]:
    """Return the answers to each statement dealt out anew among those who answered it."""
    cells = sheet.tocoo()
    row, column = cells.coords
    by_column = np.lexsort((row, column))
    dealt = np.lexsort((np.random.default_rng(seed).random(len(row)), column))
    out = np.zeros(sheet.shape, dtype=np.float32)
    out[row[by_column], column[by_column]] = cells.data[dealt]
    return out


def _homes(
    places: NDArray[np.float64], heard: NDArray[np.bool_], counts: Iterable[int]
) -> tuple[NDArray[np.int64], float, float]:
    """Return the group of each person (-1: not heard enough), the silhouette, and that of a cloud of the same width."""
    home = np.where(heard, 0, -1)
    points = places[heard]
    if len(points) < FEWEST:
        return np.full(len(places), -1), 0.0, 0.0
    if len(points) < 2 * FEWEST or not np.ptp(points, axis=0).any():
        return home, 0.0, 0.0
    cloud = np.random.default_rng(0).uniform(-1, 1, (min(len(points), _CLOUD), points.shape[1])) * points.std(axis=0)
    best, widest, against = home[heard], 0.0, 0.0
    for k in counts:
        labels = clustered(points, k, fewest=FEWEST)
        apart = silhouette(points, labels)
        if labels.max() > 0 and apart > widest + 1e-9:
            best, widest, against = labels, apart, silhouette(cloud, clustered(cloud, int(labels.max()) + 1))
    home[heard] = best
    return home, widest, against


def _numbered(
    home: NDArray[np.int64], people: tuple[Hashable, ...], previous: Mapping[Hashable, int]
) -> tuple[NDArray[np.int64], list[int]]:
    """Order groups by number: that of the last run with which most members are shared; new ones follow, largest first."""
    if not len(home) or home.max() < 0:
        return home, []
    count = int(home.max()) + 1
    old = sorted(set(previous.values()))
    shared = np.zeros((count, len(old)))
    for person, k in zip(people, home.tolist(), strict=True):
        if k >= 0 and person in previous:
            shared[k, old.index(previous[person])] += 1
    number = {int(a): old[b] for a, b in zip(*linear_sum_assignment(-shared), strict=True) if shared[a, b]}
    size = np.bincount(home[home >= 0], minlength=count)
    fresh = max(old, default=0)
    for k in np.argsort(-size, kind="stable").tolist():
        if k not in number:
            fresh += 1
            number[k] = fresh
    order = sorted(number, key=lambda k: number[k])
    rank = np.zeros(count + 1, dtype=np.int64)
    rank[order], rank[-1] = np.arange(count), -1
    return rank[home], [number[k] for k in order]


def _figures(votes: Votes, home: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Return answers passed, agreed, disagreed, shape (groups, statements, 3)."""
    whose, statements = home[votes.row], len(votes.statements)
    cell = (whose * statements + votes.column) * 3 + votes.answer % 3
    size = count * statements * 3
    return np.bincount(cell[whose >= 0], minlength=size).reshape(count, statements, 3)


def _typical(votes: Votes, parts: NDArray[np.int64], group: int, most: int) -> tuple[Typical, ...]:
    """Return what the group answers more one way than the rest: likelier by the two-proportion z, and by most of it."""
    inside, outside = parts[group], parts.sum(axis=0) - parts[group]
    asked, others = inside.sum(axis=1), outside.sum(axis=1)
    found: list[tuple[float, Typical]] = []
    for agree in (True, False):
        here, there = inside[:, _column(agree)], outside[:, _column(agree)]
        share, elsewhere = (here + 1) / (asked + 2), (there + 1) / (others + 2)
        pooled = (here + there + 2) / (asked + others + 4)
        z = (share - elsewhere) / np.sqrt(pooled * (1 - pooled) * (1 / (asked + 2) + 1 / (others + 2)))
        own = 2 * np.sqrt(asked + 2) * (share - 0.5)
        weight = share / elsewhere * z * share * own
        for at in np.flatnonzero((asked >= FEWEST) & (others >= FEWEST) & (z > _Z) & (own > _Z)).tolist():
            shares = float(share[at]), float(elsewhere[at])
            one = Typical(votes.statements[at], agree, *shares, shares[0] / shares[1], float(z[at]))
            found.append((-round(float(weight[at]), 9), one))
    return tuple(one for _, one in sorted(found, key=lambda pair: pair[0])[:most])


def _unites(votes: Votes, parts: NDArray[np.int64], most: int) -> tuple[United, ...]:
    """Return what more than half of every group says, by the geometric mean of the shares, highest first."""
    if not len(parts):
        return ()
    asked = parts.sum(axis=2)
    found: list[United] = []
    for agree in (True, False):
        said = parts[:, :, _column(agree)]
        shares = (said + 1) / (asked + 2)
        every = (said.sum(axis=0) + 1) / (asked.sum(axis=0) + 2)
        sure = 2 * np.sqrt(asked.sum(axis=0) + 2) * (every - 0.5) > _Z
        score = np.exp(np.log(shares).mean(axis=0))
        for at in np.flatnonzero(sure & (asked.min(axis=0) >= FEWEST) & (shares.min(axis=0) > 0.5)).tolist():
            found.append(United(votes.statements[at], agree, float(shares[:, at].min()), float(score[at])))
    return tuple(sorted(found, key=lambda one: -round(one.score, 9))[:most])


def _divides(votes: Votes, parts: NDArray[np.int64], numbers: list[int], most: int) -> tuple[Divided, ...]:
    """Return where the shares that agree lie farthest apart, farthest first."""
    if len(parts) < 2:
        return ()
    asked = parts.sum(axis=2)
    shares = np.where(asked >= FEWEST, (parts[:, :, _column(True)] + 1) / (asked + 2), np.nan)
    gap = np.where((asked >= FEWEST).all(axis=0), shares.max(axis=0) - shares.min(axis=0), 0)
    found = []
    for at in np.argsort(-gap, kind="stable")[:most].tolist():
        if gap[at] > 0:
            high, low = int(shares[:, at].argmax()), int(shares[:, at].argmin())
            found.append(
                Divided(votes.statements[at], numbers[high], numbers[low], float(shares[high, at]), float(shares[low, at]))
            )
    return tuple(found)


def _column(agree: bool) -> int:
    return (AGREE if agree else DISAGREE) % 3
