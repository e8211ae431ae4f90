"""The board: an append-only list of events, each hash over the one before; what may follow what; signatures.

Nothing is ever taken off. The hash of the close event is the root that stands on the big screen and in the minutes.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from quancheng.ballots import proofs, shape
from quancheng.ballots.canonical import Body, canonical, digest
from quancheng.ballots.faults import Fault
from quancheng.ballots.group import Draw, Group

START = bytes(32)
# In this phase, after this event, the board is in that phase.
NEXT = {
    ("start", "manifest"): "manifest",
    ("manifest", "commit"): "commit", ("commit", "commit"): "commit",
    ("commit", "open_key"): "open_key", ("open_key", "open_key"): "open_key",
    ("open_key", "shares"): "shares", ("shares", "shares"): "shares",
    ("shares", "confirm"): "confirm", ("confirm", "confirm"): "confirm",
    ("confirm", "roll"): "roll", ("roll", "presence"): "ready", ("ready", "presence"): "ready",
    ("ready", "open"): "open", ("open", "presence"): "open", ("open", "cast"): "open", ("open", "withdraw"): "open",
    ("open", "paper"): "open", ("open", "audit"): "open",
    ("open", "close"): "closed", ("closed", "decryption"): "closed", ("closed", "paper_count"): "closed",
    ("closed", "result"): "done",
}  # fmt: skip


class Event(NamedTuple):
    """One event as it stands on the board."""

    number: int
    type: str
    body: Body
    hash: bytes


def chained(before: bytes, type_: str, body: Any) -> bytes:
    """Return the hash of an event over the hash before it."""
    return digest("event", before, type_, canonical(body))


class Board:
    """The list itself. Phases are enforced here; what an event says is for cast, trustee and verify to judge."""

    def __init__(self) -> None:
        self._events: list[Event] = []
        self.phase = "start"

    def __iter__(self) -> Iterator[Event]:
        return iter(self._events)

    def __len__(self) -> int:
        return len(self._events)

    @property
    def head(self) -> bytes:
        """The hash of the last event."""
        return self._events[-1].hash if self._events else START

    def of(self, type_: str) -> list[Body]:
        """Return the bodies of all events of a type."""
        return [event.body for event in self._events if event.type == type_]

    def append(self, type_: str, body: Body) -> Event:
        """Add an event. Raises Fault("order") after the close or out of turn, Fault("shape")."""
        phase = NEXT.get((self.phase, type_))
        if phase is None:
            raise Fault("order", "此时不能登记这种事件")
        shape.check(body, shape.EVENTS[type_])
        event = Event(len(self._events), type_, body, chained(self.head, type_, body))
        self._events.append(event)
        self.phase = phase
        return event


def signed(g: Group, eid: bytes, secret: int, type_: str, body: Body, draw: Draw | None = None) -> Body:
    """Return the body with the signature of whoever posts it."""
    return {**body, "sig": proofs.sign(g, secret, "posted", (eid, type_, canonical(body)), draw or g.draw)}


def check_signature(g: Group, eid: bytes, public: bytes, type_: str, body: Body) -> None:
    """Check that the holder of `public` posted this body. Raises Fault("signature")."""
    plain = {key: value for key, value in body.items() if key != "sig"}
    if not proofs.verify_signature(g, public, body["sig"], "posted", (eid, type_, canonical(plain))):
        raise Fault("signature", "签名不对")
