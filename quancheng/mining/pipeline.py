"""All stages on many texts: look-alikes, then topics and routes of one text for each group, then everything spread out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold

from quancheng.mining import campaigns, routing
from quancheng.mining.folding import folded
from quancheng.mining.lookalikes import Base
from quancheng.mining.topics import Topics, tree

Progress = Callable[[int, str], None]
CAMPAIGN = 3  # members from which a group's text is looked for inside longer ones
VERSION = "1"


@dataclass(frozen=True)
class Found:
    """leader: position of each text's group leader, itself if alone, -1 without a letter; carries: position of the leader
    whose text it carries beside words of its own, -1; topics: of the texts in `asked` (one of each group); route, sure:
    category and confidence of each text; categories of the router in use."""

    leader: NDArray[np.int64]
    carries: NDArray[np.int64]
    asked: NDArray[np.int64]
    topics: Topics
    topic: NDArray[np.int64]
    route: list[str]
    sure: NDArray[np.float32]
    shown: NDArray[np.bool_]


def analysed(
    texts: Sequence[str], router: routing.Router, progress: Progress = lambda _percent, _note: None, *,
    leader: NDArray[np.int64] | None = None,
) -> Found:  # fmt: skip
    """Run all stages; `progress` hears percents and what is being done. `leader`: groups that are known already."""
    progress(1, "比对相同和相近的文字")
    groups = Base().add(texts) if leader is None else leader
    asked = np.unique(groups[groups >= 0])
    counts = np.bincount(np.searchsorted(asked, groups[groups >= 0]), minlength=len(asked))
    said = [texts[i] for i in asked.tolist()]
    progress(15, "查找带有相同段落的文字")
    carries = carried(said, asked, counts, len(texts))
    progress(20, "提示类别")
    hints = router.hints(said)
    progress(30, "归纳主题")
    topics = tree(said, counts.tolist(), told=lambda share: progress(30 + int(60 * share), "归纳主题"))
    progress(92, "汇总")
    place = np.full(len(texts), -1, dtype=np.int64)
    heard = groups >= 0
    place[heard] = np.searchsorted(asked, groups[heard])
    topic = np.where(heard, topics.of[place] if len(asked) else -1, -1)
    blank = routing.Hint("", 0.0, "", False)
    spread = [hints[i] if i >= 0 else blank for i in place.tolist()]
    return Found(
        groups, carries, asked, topics, topic, [one.category for one in spread],
        np.array([one.confidence for one in spread], dtype=np.float32), np.array([one.shown for one in spread], dtype=bool),
    )  # fmt: skip


def carried(said: Sequence[str], asked: NDArray[np.int64], counts: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """Return for each of n texts the position of the group leader whose text it carries, -1; `asked`: positions of `said`,
    one text of each group, `counts` its size."""
    out = np.full(n, -1, dtype=np.int64)
    crowds, alone = np.flatnonzero(counts >= CAMPAIGN), np.flatnonzero(counts < CAMPAIGN)
    found = campaigns.carried([said[i] for i in alone.tolist()], [said[i] for i in crowds.tolist()])
    for i, (crowd, _share) in zip(alone.tolist(), found, strict=True):
        if crowd >= 0:
            out[asked[i]] = asked[crowds[crowd]]
    return out


def left_out(texts: Sequence[str], labels: Sequence[str]) -> list[routing.Hint]:
    """Return for each labelled text the hint of a router that saw neither it nor its copies; five folds.

    Raises ValueError when there are too few lessons.
    """
    leader = Base().add(texts)
    apart = np.where(leader < 0, np.arange(len(texts)) + len(texts), leader)
    out = [routing.Hint("", 0.0, "", False)] * len(texts)
    wanted = np.array(labels)
    folds = StratifiedGroupKFold(routing.FOLDS, shuffle=True, random_state=0)
    for lessons, test in folds.split(wanted, wanted, apart):
        router = routing.train([texts[i] for i in lessons], [labels[i] for i in lessons])
        for i, hint in zip(test.tolist(), router.hints([texts[i] for i in test]), strict=True):
            out[i] = hint
    return out


def heard(texts: Sequence[str]) -> int:
    """Return how many of the texts hold a letter at all."""
    return int((folded(texts).lengths > 0).sum())
