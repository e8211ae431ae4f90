"""A ballot: encrypted marks, a proof for each mark, a proof for their number, and the voter's signature.

Every proof hashes the vote, the credential, the question and the option, so a ballot copied to another credential,
question or vote does not hold. The tracker is a digest of the whole ballot with its own randomness.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from quancheng.ballots import elgamal, proofs, shape
from quancheng.ballots.canonical import Body, canonical, digest
from quancheng.ballots.elgamal import Cipher
from quancheng.ballots.faults import Fault
from quancheng.ballots.group import Draw, written
from quancheng.ballots.manifest import Manifest

Openings = list[list[Body]]


@dataclass(frozen=True)
class Ballot:
    """A ballot whose proofs hold."""

    credential: str
    seq: int
    ciphers: list[list[Cipher]]
    tracker: str


def tracker_of(eid: bytes, body: Body) -> str:
    """Return the full tracker, 64 hex digits."""
    return digest("tracker", eid, canonical(body)).hex()


def short(tracker: str) -> str:
    """Return what the screen shows: the first 40 bits of the tracker as 8 letters and digits."""
    return base64.b32encode(bytes.fromhex(tracker)[:5]).decode()


def make(
    manifest: Manifest, joint: bytes, secret: int, seq: int, marks: Sequence[Sequence[int]], draw: Draw | None = None
) -> tuple[Body, Openings]:
    """Encrypt marks (for each question a 0 or 1 for each option). Returns the ballot and what opens it for an audit.

    Raises ValueError for marks that the manifest does not allow: nothing can be proved about them.
    """
    g = manifest.group
    draw = draw or g.draw
    credential = g.base(secret)
    answers, openings = [], []
    for number, (question, given) in enumerate(zip(manifest.questions, marks, strict=True)):
        where = (manifest.eid, credential, number)
        choices, opened, ciphers = [], [], []
        for place, (_, mark) in enumerate(zip(question.options, given, strict=True)):
            r = draw()
            cipher = elgamal.encrypt(g, joint, mark, r)
            proof = proofs.prove_one_of(g, joint, cipher, mark, r, (0, 1), "mark", (*where, place), draw)
            choices.append({"a": cipher.a.hex(), "b": cipher.b.hex(), "proof": proof})
            opened.append({"number": mark, "r": written(r)})
            ciphers.append((cipher, r))
        whole = elgamal.add_up(g, [cipher for cipher, _ in ciphers])
        r = sum(r for _, r in ciphers) % g.order
        numbers = range(question.least, question.most + 1)
        total = proofs.prove_one_of(g, joint, whole, sum(given), r, numbers, "number of marks", where, draw)
        answers.append({"choices": choices, "sum": total})
        openings.append(opened)
    body: Body = {"credential": credential.hex(), "seq": seq, "answers": answers}
    body["sig"] = proofs.sign(g, secret, "ballot", (manifest.eid, canonical(body)), draw)
    return body, openings


def check(manifest: Manifest, joint: bytes, body: Any) -> Ballot:
    """Check everything that a ballot can prove by itself. Raises Fault: shape, point, scalar, ballot."""
    shape.check(body, shape.BALLOT)
    g = manifest.group
    credential = g.element(body["credential"])
    unsigned = {key: value for key, value in body.items() if key != "sig"}
    _demand(
        proofs.verify_signature(g, credential, body["sig"], "ballot", (manifest.eid, canonical(unsigned))),
        "选票签名不对",
    )
    _demand(len(body["answers"]) == len(manifest.questions), "事项数目不对")
    found = []
    for number, (question, answer) in enumerate(zip(manifest.questions, body["answers"], strict=True)):
        where = (manifest.eid, credential, number)
        _demand(len(answer["choices"]) == len(question.options), "选项数目不对")
        ciphers = []
        for place, choice in enumerate(answer["choices"]):
            cipher = elgamal.read(g, choice)
            good = proofs.verify_one_of(g, joint, cipher, (0, 1), choice["proof"], "mark", (*where, place))
            _demand(good, "选项的证明不成立")
            ciphers.append(cipher)
        numbers, whole = range(question.least, question.most + 1), elgamal.add_up(g, ciphers)
        good = proofs.verify_one_of(g, joint, whole, numbers, answer["sum"], "number of marks", where)
        _demand(good, "所选数目的证明不成立")
        found.append(ciphers)
    return Ballot(body["credential"], body["seq"], found, tracker_of(manifest.eid, body))


def check_openings(manifest: Manifest, joint: bytes, ballot: Ballot, openings: Any) -> None:
    """Check that an audited ballot holds exactly the numbers that its device said. Raises Fault("audit")."""
    g = manifest.group
    if [len(one) for one in openings] != [len(one) for one in ballot.ciphers]:
        raise Fault("audit", "公开的随机数不全")
    for ciphers, opened in zip(ballot.ciphers, openings, strict=True):
        for cipher, one in zip(ciphers, opened, strict=True):
            if elgamal.encrypt(g, joint, one["number"], g.scalar(one["r"])) != cipher:
                raise Fault("audit", "这张抽查票与设备显示的内容不符")


def _demand(good: bool, text: str) -> None:
    if not good:
        raise Fault("ballot", text)
