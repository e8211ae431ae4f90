"""The archive: one text file, a header and one canonical line for each event of the board.

It holds ciphertexts, proofs and totals, no votes and no names of voters.
"""

from collections.abc import Iterable
from pathlib import Path

from quancheng.ballots.board import Event
from quancheng.ballots.canonical import Body, NotCanonical, canonical, parse
from quancheng.ballots.faults import BadArchive
from quancheng.ballots.group import HEX32

FORMAT = "quancheng-ballot-archive/1"
LARGEST = 64 * 1024 * 1024
MOST_EVENTS = 50_000


def write(events: Iterable[Event]) -> bytes:
    """Return the archive of a board."""
    lines = [canonical({"body": one.body, "hash": one.hash.hex(), "type": one.type}) for one in events]
    header = canonical({"events": len(lines), "format": FORMAT})
    return b"\n".join([header, *lines]) + b"\n"


def load(path: Path) -> bytes:
    """Read a file, refusing what is too large before reading it. Raises BadArchive, OSError."""
    if path.stat().st_size > LARGEST:
        raise BadArchive(f"文件超过 {LARGEST // 1024 // 1024} MB，不是表决存档")
    return path.read_bytes()


def read(data: bytes) -> list[Body]:
    """Return the lines {"type", "body", "hash"}. Raises BadArchive."""
    if len(data) > LARGEST:
        raise BadArchive("数据过大，不是表决存档")
    lines = data.split(b"\n")
    if lines.pop() != b"":
        raise BadArchive("文件不完整：最后一行被截断")
    if len(lines) > MOST_EVENTS + 1:
        raise BadArchive("事件过多，不是表决存档")
    found = []
    for number, line in enumerate(lines):
        try:
            found.append(parse(line))
        except NotCanonical as error:
            raise BadArchive(f"第 {number + 1} 行{error}") from error
    if not found or found[0] != {"events": len(found) - 1, "format": FORMAT} or len(found) < 2:
        raise BadArchive("首行不是表决存档的首行，或者事件的数目与首行不符")
    for number, line in enumerate(found[1:], 2):
        good = isinstance(line, dict) and line.keys() == {"body", "hash", "type"}
        if not good or not isinstance(line["body"], dict) or not isinstance(line["type"], str):
            raise BadArchive(f"第 {number} 行不是事件")
        if not isinstance(line["hash"], str) or not HEX32.fullmatch(line["hash"]):
            raise BadArchive(f"第 {number} 行不是事件")
    return found[1:]
