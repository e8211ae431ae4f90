"""Vectors that both verifiers share: `python -m tests.ballots.vectors` writes them anew after a change of the format."""

import json
from pathlib import Path
from typing import Any

from quancheng.ballots import ballot
from quancheng.ballots.canonical import canonical, digest, packed
from tests.ballots.halls import YES, G, drawn, finished, opened

FOLDER = Path(__file__).parent
NUMBERS, VOTE = FOLDER / "vectors.json", FOLDER / "vectors.archive"


def numbers() -> dict[str, Any]:
    """Hashes, multiples and sums; one ballot's tracker."""
    draw = drawn("vectors")
    scalars = [draw() for _ in range(8)] + [0, 1, 2, 15, 16, G.order - 1]
    points = [G.base(one) for one in scalars[:8]]
    hall = opened(4, "vectors")
    body, _ = hall.made(hall.cards[0], YES)
    return {
        "scalars": [str(one) for one in scalars],
        "multiples": [G.base(one).hex() for one in scalars],
        "products": [[G.mul(one, point).hex() for one in scalars] for point in points[:2]],
        "sums": [G.add(points[0], point).hex() for point in points],
        "packed": packed("选票", b"\x00\x01", 7, "").hex(),
        "digest": digest("x", "选票", bytes(32), 5000).hex(),
        "challenges": [str(G.challenge("x", "a" * length, length)) for length in (0, 1, 50, 111, 112, 300)],
        "eid": hall.eid.hex(),
        "ballot": body,
        "tracker": ballot.tracker_of(hall.eid, body),
        "canonical": canonical({"b": ["\u2028\x7f\"\\\n\x01", True, -7], "a": {"z9": 2**53 - 1}}).decode(),
    }


def vote() -> bytes:
    """The archive of a small vote."""
    return finished(opened(4, "vectors"), (1, 3, 5))


if __name__ == "__main__":
    NUMBERS.write_text(json.dumps(numbers(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    VOTE.write_bytes(vote())
