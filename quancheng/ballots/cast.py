"""Accepting ballots: for each credential NONE → electronic (the last press counts) or NONE → paper, never both.

Pure: the caller holds the standing of one credential under its lock, gets the new standing, and writes it together
with the board's event in one transaction. Presses are numbered without gaps, so no old ballot can be posted again.
"""

from collections.abc import Container
from dataclasses import dataclass, replace
from typing import Any

from quancheng.ballots import ballot as ballots
from quancheng.ballots import proofs
from quancheng.ballots.ballot import Ballot
from quancheng.ballots.board import Event
from quancheng.ballots.canonical import Body
from quancheng.ballots.faults import Fault
from quancheng.ballots.group import Draw, Group
from quancheng.ballots.manifest import Manifest

NONE, ELECTRONIC, PAPER = "none", "electronic", "paper"


@dataclass(frozen=True)
class Standing:
    """Where a credential stands: its state, the number of its last press, the tracker of the ballot that counts."""

    state: str = NONE
    seq: int = 0
    tracker: str = ""


def press(
    manifest: Manifest, joint: bytes, standing: Standing | None, body: Any, shown: Container[str] = ()
) -> tuple[Standing, Ballot]:
    """Accept a ballot: `standing` is that of its credential (None if not on the roll), `shown` the trackers of others.

    Raises Fault: "credential", "paper", "sequence", "clash", and what ballot.check raises. The cheap questions come
    first, the proofs last.
    """
    found = _next(standing, body)
    ballot = ballots.check(manifest, joint, body)
    if ballots.short(ballot.tracker) in shown:
        raise Fault("clash", "查询码与另一张选票相同，请再按一次")
    return replace(found, state=ELECTRONIC, tracker=ballot.tracker, seq=ballot.seq), ballot


def audit(manifest: Manifest, joint: bytes, standing: Standing | None, body: Any, openings: Any) -> Standing:
    """Take an audit ballot: opened, checked, void; its press number is used up. Raises Fault."""
    found = _next(standing, body)
    ballots.check_openings(manifest, joint, ballots.check(manifest, joint, body), openings)
    return replace(found, seq=body["seq"])


def hand_out_paper(standing: Standing | None) -> Standing:
    """Give a paper ballot to a credential that has no electronic one. Raises Fault."""
    if standing is None:
        raise Fault("credential", "这张卡不在登记名册中")
    if standing.state != NONE:
        raise Fault("paper", "已经用表决器或者纸票参加了这次表决")
    return replace(standing, state=PAPER)


def withdraw(manifest: Manifest, standing: Standing | None, body: Body) -> Standing:
    """Take back an electronic ballot, signed by the voter's own card, so that paper may be used. Raises Fault."""
    if standing is None:
        raise Fault("credential", "这张卡不在登记名册中")
    if standing.state != ELECTRONIC or standing.tracker != body["tracker"]:
        raise Fault("withdraw", "没有这张可以撤回的电子票")
    g = manifest.group
    public = g.element(body["credential"])
    if not proofs.verify_signature(g, public, body["sig"], "withdraw", (manifest.eid, body["tracker"])):
        raise Fault("signature", "撤回须由本人的卡签名")
    return replace(standing, state=NONE, tracker="")


def sign_withdrawal(manifest: Manifest, secret: int, tracker: str, draw: Draw | None = None) -> Body:
    """Make the event by which a voter's card takes its ballot back."""
    g = manifest.group
    sig = proofs.sign(g, secret, "withdraw", (manifest.eid, tracker), draw or g.draw)
    return {"credential": g.base(secret).hex(), "tracker": tracker, "sig": sig}


def receipt(manifest: Manifest, secret: int, event: Event, tracker: str, draw: Draw | None = None) -> Body:
    """Sign that this ballot stands on the board at this place: shown to the voter after the proofs were checked."""
    g = manifest.group
    context = (manifest.eid, event.number, event.hash, tracker)
    return {
        "number": event.number, "hash": event.hash.hex(), "tracker": tracker, "code": ballots.short(tracker),
        "sig": proofs.sign(g, secret, "receipt", context, draw or g.draw),
    }  # fmt: skip


def check_receipt(g: Group, eid: bytes, public: bytes, given: Body, hashes: list[bytes]) -> bool:
    """Say whether a receipt was signed by the board and still agrees with it; `hashes` are those of its events."""
    context = (eid, given["number"], bytes.fromhex(given["hash"]), given["tracker"])
    good = proofs.verify_signature(g, public, given["sig"], "receipt", context)
    return good and given["number"] < len(hashes) and hashes[given["number"]].hex() == given["hash"]


def _next(standing: Standing | None, body: Any) -> Standing:
    if standing is None:
        raise Fault("credential", "这张卡不在登记名册中")
    if standing.state == PAPER:
        raise Fault("paper", "已经领取纸票，不能再用表决器")
    if not isinstance(body, dict) or body.get("seq") != standing.seq + 1:
        raise Fault("sequence", "选票的次序不对")
    return standing
