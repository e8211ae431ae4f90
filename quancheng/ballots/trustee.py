"""What runs on a scrutineer's own device: make a key with the others, then open the sums once."""

import secrets
from collections.abc import Iterable

from quancheng.ballots import board, keys, proofs
from quancheng.ballots.canonical import Body
from quancheng.ballots.faults import Fault
from quancheng.ballots.group import Draw, written
from quancheng.ballots.manifest import Manifest
from quancheng.ballots.verify import Reading


class Trustee:
    """One scrutineer: `index` counts from 1, `identity` is the secret of the key that stands in the manifest."""

    def __init__(self, manifest: Manifest, index: int, identity: int, draw: Draw | None = None) -> None:
        self.manifest, self.index, self._identity = manifest, index, identity
        g = manifest.group
        self._draw = draw or g.draw
        self._coefficients = [self._draw() for _ in range(manifest.threshold)]
        self._nonce = secrets.token_bytes(32) if draw is None else bytes.fromhex(written(draw()))
        self.points = [g.base(one) for one in self._coefficients]
        self._secret: int | None = None
        self._opened = False

    def commit(self) -> Body:
        """Round 0: the hash of the polynomial."""
        sealed = keys.commitment(self.manifest.eid, self.index, self.points, self._nonce)
        return self._posted("commit", {"commitment": sealed.hex()})

    def open_key(self) -> Body:
        """Round 1, after everybody's hash is on the board: the polynomial in the exponent and a proof."""
        manifest = self.manifest
        proof = keys.prove_key(
            manifest.group, manifest.eid, self.index, self.points, self._coefficients[0], self._draw
        )
        opened = {"points": [one.hex() for one in self.points], "nonce": self._nonce.hex(), "proof": proof}
        return self._posted("open_key", opened)

    def shares(self) -> Body:
        """Round 2: a share for everybody, each hidden from all but its receiver."""
        g, made = self.manifest.group, []
        for receiver, key in enumerate(self.manifest.trustees, 1):
            r = self._draw()
            point = g.base(r)
            hiding = keys.mask(g, self.manifest.eid, self.index, receiver, point, g.mul(r, key))
            value = (keys.evaluate(g, self._coefficients, receiver) + hiding) % g.order
            made.append({"point": point.hex(), "masked": written(value)})
        return self._posted("shares", {"shares": made})

    def confirm(self, opened: Iterable[Body], shares: Iterable[Body]) -> Body:
        """Check every share against its sender's polynomial and confirm the joint key. Raises Fault("share")."""
        g, manifest = self.manifest.group, self.manifest
        points = {body["trustee"]: [g.element(text) for text in body["points"]] for body in opened}
        secret = 0
        for body in shares:
            sender, given = body["trustee"], body["shares"][self.index - 1]
            point = g.element(given["point"])
            hiding = keys.mask(g, manifest.eid, sender, self.index, point, g.mul(self._identity, point))
            value = (g.scalar(given["masked"]) - hiding) % g.order
            if g.base(value) != keys.evaluate_points(g, points[sender], self.index):
                raise Fault("share", f"第 {sender} 位监票人给出的份额与其公开的系数不符，须重新生成密钥")
            secret += value
        self._secret = secret % g.order
        everything = [points[index] for index in sorted(points)]
        joint, own = keys.joint_key(g, everything), keys.share_key(g, everything, self.index)
        return self._posted("confirm", {"joint": joint.hex(), "own": own.hex()})

    def decrypt(self, reading: Reading) -> Body:
        """Open the sums, once, from this device's own reading of the whole board up to its close.

        Raises Fault("decryption") when the vote is not closed, holds no ballot, or was opened before.
        """
        if self._secret is None or reading.phase != "closed" or not reading.aggregate:
            raise Fault("decryption", "表决尚未截止，或者没有可以计票的电子票")
        if self._opened or reading.manifest.eid != self.manifest.eid:
            raise Fault("decryption", "这次表决已经解密过一次，不能再次解密")
        self._opened = True
        g, partials = self.manifest.group, []
        for number, ciphers in enumerate(reading.aggregate):
            row = []
            for place, cipher in enumerate(ciphers):
                where = (self.manifest.eid, reading.root, self.index, number, place)
                proof = proofs.prove_same(g, self._secret, cipher.a, "decryption", where, self._draw)
                row.append({"value": g.mul(self._secret, cipher.a).hex(), "proof": proof})
            partials.append(row)
        return self._posted(
            "decryption",
            {"root": reading.root.hex(), "aggregate": reading.aggregate_hash.hex(), "partials": partials},
        )

    def sign_paper(self, count: Body) -> Body:
        """Sign the count of the paper ballots as a scrutineer who watched it."""
        manifest = self.manifest
        made = board.signed(manifest.group, manifest.eid, self._identity, "paper_count", count, self._draw)
        return {"trustee": self.index, "sig": made["sig"]}

    def _posted(self, type_: str, body: Body) -> Body:
        whole = {"trustee": self.index, **body}
        return board.signed(self.manifest.group, self.manifest.eid, self._identity, type_, whole, self._draw)
