"""The board of a device vote in the database: reading it, appending under its lock, judging what is posted.

What an event must satisfy is judged by the same reader that auditors use (`ballots.verify.Reading`); only presses are
judged by `ballots.cast`, because reading the whole board for each of five hundred would take too long.
"""

import ipaddress
import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from django.conf import settings

from quancheng.ballots import tally
from quancheng.ballots.board import NEXT, START, chained
from quancheng.ballots.board import signed as signed_by
from quancheng.ballots.canonical import Body, canonical, parse
from quancheng.ballots.elgamal import Cipher
from quancheng.ballots.faults import Fault
from quancheng.ballots.group import SUITES, written
from quancheng.ballots.manifest import Manifest
from quancheng.ballots.manifest import read as read_manifest
from quancheng.ballots.verify import Reading
from quancheng.people import sealing
from quancheng.voting.models import Board, BoardEvent, Credential

GROUP = SUITES["ristretto255"]
_PURPOSE = "voting.board"
SETTING_UP = ("commit", "open_key", "shares", "confirm", "roll", "presence")


class OutsideHall(Exception):
    """A vote of the hall was tried from another network (R5.17, E5)."""


def demand_hall(address: str) -> None:
    """Raise OutsideHall unless the address lies in a configured network of the hall."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        raise OutsideHall("无法确认网络位置，法定表决只能在会场进行。") from None
    if not any(found in network for network in networks(settings.HALL_NETWORKS)):
        raise OutsideHall("法定表决只能在会场的网络内进行，现在的网络不是会场的网络。")


@lru_cache(maxsize=8)
def networks(ranges: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    """Return the networks of a setting, CIDR ranges with commas between. Raises ValueError."""
    return tuple(ipaddress.ip_network(one.strip()) for one in ranges.split(",") if one.strip())


@lru_cache(maxsize=64)
def _manifest(text: str) -> Manifest:
    return read_manifest(json.loads(text))


def manifest_of(vote_id: int) -> Manifest:
    """Return the frozen manifest (1 statement). Raises BoardEvent.DoesNotExist."""
    return _manifest(BoardEvent.objects.values_list("body", flat=True).get(vote_id=vote_id, number=0))


def new_secret() -> tuple[bytes, str]:
    """Return a fresh key of a board: the secret, sealed, and the public key in hex."""
    secret = GROUP.draw()
    return sealing.seal(_PURPOSE, written(secret)), GROUP.base(secret).hex()


def secret_of(board: Board) -> int:
    """Return what the board signs with."""
    return GROUP.scalar(sealing.unseal(_PURPOSE, board.secret_sealed))


def locked(vote_id: int) -> Board:
    """Return the board's row, locked until the transaction ends. Raises Board.DoesNotExist."""
    return Board.objects.select_for_update().get(vote_id=vote_id)


def append(board: Board, type_: str, body: Body) -> BoardEvent:
    """Append an event to a board that the caller has locked (2 statements). Raises Fault("order")."""
    phase = NEXT.get((board.phase, type_))
    if phase is None:
        raise Fault("order", "此时不能登记这种事件")
    digest = chained(bytes.fromhex(board.head), type_, body).hex()
    event = BoardEvent.objects.create(
        vote_id=board.vote_id, number=board.length, type=type_, body=canonical(body).decode(), hash=digest
    )
    board.phase, board.head, board.length = phase, digest, board.length + 1
    board.save()
    return event


def begin(vote_id: int, manifest: Body, secret_sealed: bytes) -> Board:
    """Make the board with its first event."""
    board = Board(vote_id=vote_id, phase="start", length=0, head=START.hex(), secret_sealed=secret_sealed)
    append(board, "manifest", manifest)
    return board


def posted(board: Board, manifest: Manifest, type_: str, body: Body) -> Body:
    """Return the body signed by the board."""
    return signed_by(manifest.group, manifest.eid, secret_of(board), type_, body)


def lines(vote_id: int, start: int = 0) -> Iterator[dict[str, Any]]:
    """Yield the events from number `start` on (1 statement)."""
    rows = BoardEvent.objects.filter(vote_id=vote_id, number__gte=start).order_by("number")
    for number, type_, body, digest in rows.values_list("number", "type", "body", "hash").iterator(chunk_size=200):
        yield {"number": number, "type": type_, "body": json.loads(body), "hash": digest}


def replayed(vote_id: int) -> Reading:
    """Return an auditor's reading of the whole board, ballots and all."""
    reading = Reading()
    for line in lines(vote_id):
        reading.take(line)
    return reading


def judge_setting_up(board: Board, type_: str, body: Body) -> Reading:
    """Judge an event before the opening by reading everything before it, and it. Raises Fault."""
    reading = replayed(board.vote_id)
    digest = chained(bytes.fromhex(board.head), type_, body).hex()
    reading.take({"type": type_, "body": body, "hash": digest})
    return reading


def judge_after_close(board: Board, manifest: Manifest, type_: str, body: Body) -> None:
    """Judge a decryption or a paper count against the sums kept at the close, without reading ballots again. Raises Fault."""
    confirmed = sorted(bodies(board.vote_id, "confirm"), key=lambda one: one["trustee"])
    own = [bytes.fromhex(one["own"]) for one in confirmed]
    opened = {one["trustee"] for one in bodies(board.vote_id, "decryption")}
    counted = bodies(board.vote_id, "paper_count")
    reading = Reading.from_close(
        manifest, own, bytes.fromhex(board.root), sums_of(board), bytes.fromhex(board.head), opened,
        counted[0] if counted else {},
    )
    reading.take({"type": type_, "body": body, "hash": chained(bytes.fromhex(board.head), type_, body).hex()})


def bodies(vote_id: int, type_: str) -> list[Body]:
    """Return the bodies of all events of a type (1 statement)."""
    rows = BoardEvent.objects.filter(vote_id=vote_id, type=type_).order_by("number")
    return [json.loads(body) for body in rows.values_list("body", flat=True)]


def sums_of(board: Board) -> tally.Sums:
    """Return the sums kept at the close."""
    rows = parse(board.aggregate.encode()) if board.aggregate else []
    return [[Cipher(bytes.fromhex(one["a"]), bytes.fromhex(one["b"])) for one in row] for row in rows]


def counted_sums(board: Board, manifest: Manifest) -> tuple[int, tally.Sums]:
    """Return how many ballots count, and their sums (1 statement); their proofs were checked when they came in."""
    numbers = Credential.objects.filter(vote_id=board.vote_id, state="electronic").values("event")
    rows = BoardEvent.objects.filter(vote_id=board.vote_id, number__in=numbers).values_list("body", flat=True)
    counted = [
        [
            [Cipher(bytes.fromhex(one["a"]), bytes.fromhex(one["b"])) for one in answer["choices"]]
            for answer in json.loads(body)["ballot"]["answers"]
        ]
        for body in rows
    ]
    return len(counted), tally.aggregate(manifest, counted)


def as_text(sums: tally.Sums) -> str:
    """Return sums as canonical text."""
    return canonical([[{"a": one.a.hex(), "b": one.b.hex()} for one in row] for row in sums]).decode()
