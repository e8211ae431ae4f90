"""How two look-alikes differ, and how alike they are, for the eye of who decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np

from quancheng.mining.folding import folded, part
from quancheng.mining.shingles import RUN, WORDS, exact, likeness, sketch

COMPARED = 2000  # characters of each; the rest is shown unmarked
_SAMPLE = 64


@dataclass(frozen=True)
class Passage:
    """A run of a text; `own` if the other text does not have it."""

    words: str
    own: bool


def differing(text: str, other: str) -> list[Passage]:
    """Cut a text into passages: those that the other has too, and its own; joined they are the text."""
    head, rest = text[:COMPARED], text[COMPARED:]
    found: list[Passage] = []
    for tag, first, last, _a, _b in SequenceMatcher(None, head, other[:COMPARED], autojunk=False).get_opcodes():
        if last > first:
            found.append(Passage(head[first:last], tag != "equal"))
    return [*found, Passage(rest, False)] if rest else found


def alike(text: str, others: Sequence[str]) -> list[float]:
    """Return the share of three-character runs that a text has in common with each other one, 0 to 1."""
    many = folded([text, *others])
    whole, long = exact(many), np.flatnonzero(many.lengths >= RUN)
    bits = np.zeros((len(many), WORDS), dtype=np.uint64)
    if len(long):
        bits[long] = sketch(part(many, long))[1]
    scores = likeness(bits[0], bits[1:])
    return [1.0 if same else float(score) for score, same in zip(scores, whole[1:] == whole[0], strict=True)]


def representative(texts: Sequence[str]) -> int:
    """Return the position of the text that is on the whole likest to the others of its group (a sample of 64); the
    earliest of equals."""
    sample = list(range(min(len(texts), _SAMPLE)))
    scores = [sum(alike(texts[i], [texts[j] for j in sample])) for i in sample]
    return max(sample, key=lambda i: (round(scores[i], 9), -i))
