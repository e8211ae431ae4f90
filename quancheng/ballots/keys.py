"""The joint key: arithmetic of Pedersen's distributed key generation and of Shamir's shares.

Each scrutineer commits to a polynomial by a hash first, so that nobody can choose his own after seeing the others'
(Benaloh, Naehrig, Pereira 2024/915), then opens it with a proof of knowledge; shares are checked after Feldman.
"""

from collections.abc import Sequence

from quancheng.ballots import proofs
from quancheng.ballots.canonical import Body, digest
from quancheng.ballots.faults import Fault
from quancheng.ballots.group import Draw, Group


def commitment(eid: bytes, index: int, points: Sequence[bytes], nonce: bytes) -> bytes:
    """Return the hash that binds a scrutineer to his polynomial before he sees any other."""
    return digest("key commitment", eid, index, nonce, len(points), *points)


def prove_key(g: Group, eid: bytes, index: int, points: Sequence[bytes], secret: int, draw: Draw) -> list[str]:
    """Prove to know the secret behind the first point."""
    return proofs.sign(g, secret, "key", (eid, index, *points), draw)


def read_opening(g: Group, eid: bytes, threshold: int, body: Body, committed: bytes) -> list[bytes]:
    """Check an opened polynomial against its commitment and return its points. Raises Fault("keys")."""
    points = [g.element(text) for text in body["points"]]
    index, nonce = body["trustee"], bytes.fromhex(body["nonce"])
    if len(points) != threshold or commitment(eid, index, points, nonce) != committed:
        raise Fault("keys", "公开的系数与先前的承诺不符")
    if not proofs.verify_signature(g, points[0], body["proof"], "key", (eid, index, *points)):
        raise Fault("keys", "不能证明持有密钥")
    return points


def evaluate(g: Group, coefficients: Sequence[int], x: int) -> int:
    """Return the polynomial's value at x."""
    value = 0
    for coefficient in reversed(coefficients):
        value = (value * x + coefficient) % g.order
    return value


def evaluate_points(g: Group, points: Sequence[bytes], x: int) -> bytes:
    """Return the polynomial's value at x, in the exponent."""
    value = g.identity
    for point in reversed(points):
        value = g.add(g.mul(x, value), point)
    return value


def joint_key(g: Group, opened: Sequence[Sequence[bytes]]) -> bytes:
    """Return the key under which ballots are encrypted. Raises Fault("keys") if it is the neutral element."""
    key = g.sum([points[0] for points in opened])
    if key == g.identity:
        raise Fault("keys", "合成的公钥无效")
    return key


def share_key(g: Group, opened: Sequence[Sequence[bytes]], index: int) -> bytes:
    """Return the public key of one scrutineer's share."""
    return g.sum([evaluate_points(g, points, index) for points in opened])


def lagrange(g: Group, indices: Sequence[int]) -> list[int]:
    """Return the weights by which shares at these places give the value at 0."""
    weights = []
    for i in indices:
        above = below = 1
        for j in indices:
            if j != i:
                above = above * j % g.order
                below = below * (j - i) % g.order
        weights.append(above * pow(below, -1, g.order) % g.order)
    return weights


def combine(g: Group, indices: Sequence[int], partials: Sequence[bytes]) -> bytes:
    """Return what the whole key would give, from enough partial values."""
    return g.sum([g.mul(w, one) for w, one in zip(lagrange(g, indices), partials, strict=True)])


def mask(g: Group, eid: bytes, sender: int, receiver: int, point: bytes, shared: bytes) -> int:
    """Return the one-time scalar that hides a share on its way."""
    return g.challenge("share", eid, sender, receiver, point, shared)
