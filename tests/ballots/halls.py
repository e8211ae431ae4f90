"""What the ballot tests build on: repeatable secrets, small votes, and the pen of somebody who owns the server."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from quancheng.ballots import archive, simulate, verify
from quancheng.ballots.board import START, chained, check_signature, signed
from quancheng.ballots.canonical import canonical
from quancheng.ballots.faults import Fault
from quancheng.ballots.group import SUITES, Draw
from quancheng.ballots.simulate import Hall

G = SUITES["ristretto255"]
Lines = list[dict[str, Any]]


def drawn(seed: str) -> Draw:
    """Scalars from a counter and a hash: for tests only, everybody can repeat them."""
    count = 0

    def draw() -> int:
        nonlocal count
        count += 1
        made = hashlib.sha512(f"{seed} {count}".encode()).digest()
        return int.from_bytes(made, "little") % (G.order - 1) + 1

    return draw


def questions() -> list[dict[str, Any]]:
    return [simulate.approval(4, 2, 2), simulate.choice("draft", ("赞成", "反对", "弃权"), "majority")]


class Open(Hall):
    """A hall that remembers its voters' cards."""

    cards: list[int]


def opened(voters: int, seed: str = "hall") -> Open:
    hall = Open(voters, questions(), drawn(seed), quorum=voters // 2 + 1)
    hall.make_keys()
    hall.cards = hall.open(voters, voters)
    return hall


YES, NO = [[1, 1, 0, 0], [1, 0, 0]], [[0, 0, 1, 0], [0, 1, 0]]
ONE_PAPER = [{"valid": 1, "void": 0, "marks": [1, 0, 0, 1]}, {"valid": 1, "void": 0, "marks": [1, 0, 0]}]


def finished(hall: Open, trustees: tuple[int, ...] = (1, 2, 4)) -> bytes:
    """Two say yes, one no after yes, one takes paper; close, open, publish."""
    for card in hall.cards[:3]:
        hall.vote(card, YES)
    hall.vote(hall.cards[2], NO)
    hall.hand_out_paper(hall.cards[3])
    hall.close()
    hall.decrypt(trustees, hall.reading())
    hall.count_paper(1, ONE_PAPER)
    return hall.publish()


def whole() -> bytes:
    return simulate.simulate(8, [*questions(), simulate.choice("g", ("满意", "基本满意", "不满意"), "grades")], 3, drawn("a"))


def lines_of(data: bytes) -> Lines:
    return archive.read(data)


def written(lines: Lines) -> bytes:
    """Write lines as they are, with a header that counts them."""
    rows = [canonical({"events": len(lines), "format": archive.FORMAT}), *map(canonical, lines)]
    return b"\n".join(rows) + b"\n"


def rechained(lines: Lines, hall: Hall | None = None) -> bytes:
    """What somebody who owns the server can do: every hash anew, and, with its key, its own signatures anew."""
    head, made = START, []
    for line in lines:
        body = json.loads(json.dumps(line["body"]))
        if hall is not None and line["type"] in ("close", "result") and not still_signed(hall, line["type"], body, head):
            body["head"] = head.hex()
            del body["sig"]
            body = signed(G, hall.eid, hall.board_secret, line["type"], body, hall.draw)
        head = chained(head, line["type"], body)
        made.append({"type": line["type"], "body": body, "hash": head.hex()})
    return written(made)


def still_signed(hall: Hall, type_: str, body: dict[str, Any], head: bytes) -> bool:
    """Say whether the board's own signature may stay as it is."""
    try:
        check_signature(G, hall.eid, hall.manifest.board, type_, body)
    except Fault:
        return False
    return body["head"] == head.hex()


def changed(data: bytes, change: Callable[[Lines], None], hall: Hall | None = None) -> bytes:
    """Apply a change to the lines of an archive and chain it again."""
    lines = lines_of(data)
    change(lines)
    return rechained(lines, hall)


def found(data: bytes) -> str:
    """The code of the first fault; empty when the archive holds."""
    return verify.verify(data).code


def place(lines: Lines, type_: str, nth: int = 0) -> int:
    return [number for number, line in enumerate(lines) if line["type"] == type_][nth]
