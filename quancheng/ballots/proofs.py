"""Proofs that speak for themselves, with strong Fiat–Shamir (Bernhard, Pereira, Warinschi 2012).

Every challenge hashes the domain, the group, a label, the caller's context (vote, credential, question, option …),
the whole statement and all commitments. A proof is its challenges and its answers; the verifier computes the
commitments back. Scalars that are not canonical were refused on reading (group.Group.scalar).
Sources: Cramer, Damgård, Schoenmakers 1994 (one of several); Chaum, Pedersen 1992; Schnorr 1991.
"""

from collections.abc import Sequence

from quancheng.ballots.elgamal import Cipher
from quancheng.ballots.group import Draw, Group, written

Part = bytes | str | int
Context = tuple[Part, ...]


def prove_one_of(
    g: Group, key: bytes, cipher: Cipher, number: int, r: int, values: Sequence[int], label: str, context: Context,
    draw: Draw,
) -> list[str]:  # fmt: skip
    """Prove that the cipher holds one of `values` without saying which. Returns challenges, then answers."""
    true = values.index(number)
    challenges, answers = [draw() for _ in values], [draw() for _ in values]
    commitments = _one_of_commitments(g, key, cipher, values, challenges, answers)
    w = draw()
    commitments[2 * true : 2 * true + 2] = [g.base(w), g.mul(w, key)]
    whole = g.challenge(label, *context, key, *cipher, len(values), *values, *commitments)
    challenges[true] = (whole - sum(challenges) + challenges[true]) % g.order
    answers[true] = (w + challenges[true] * r) % g.order
    return [written(n) for n in challenges + answers]


def verify_one_of(
    g: Group, key: bytes, cipher: Cipher, values: Sequence[int], proof: object, label: str, context: Context
) -> bool:
    """Say whether the proof holds. Raises Fault when it cannot be read."""
    numbers = g.scalars(proof, 2 * len(values))
    challenges, answers = numbers[: len(values)], numbers[len(values) :]
    commitments = _one_of_commitments(g, key, cipher, values, challenges, answers)
    whole = g.challenge(label, *context, key, *cipher, len(values), *values, *commitments)
    return sum(challenges) % g.order == whole


def _one_of_commitments(
    g: Group, key: bytes, cipher: Cipher, values: Sequence[int], challenges: list[int], answers: list[int]
) -> list[bytes]:
    found = []
    for value, c, z in zip(values, challenges, answers, strict=True):
        rest = g.sub(cipher.b, g.base(value)) if value else cipher.b
        found += [g.sub(g.base(z), g.mul(c, cipher.a)), g.sub(g.mul(z, key), g.mul(c, rest))]
    return found


def prove_same(g: Group, secret: int, other: bytes, label: str, context: Context, draw: Draw) -> list[str]:
    """Prove that secret·G and secret·other have the same secret (equality of discrete logarithms)."""
    w = draw()
    public, raised = g.base(secret), g.mul(secret, other)
    c = g.challenge(label, *context, public, other, raised, g.base(w), g.mul(w, other))
    return [written(c), written((w + c * secret) % g.order)]


def verify_same(
    g: Group, public: bytes, other: bytes, raised: bytes, proof: object, label: str, context: Context
) -> bool:
    """Say whether `raised` is `other` times the secret of `public`. Raises Fault when it cannot be read."""
    c, z = g.scalars(proof, 2)
    first = g.sub(g.base(z), g.mul(c, public))
    second = g.sub(g.mul(z, other), g.mul(c, raised))
    return c == g.challenge(label, *context, public, other, raised, first, second)


def sign(g: Group, secret: int, label: str, context: Context, draw: Draw) -> list[str]:
    """Sign the context: a Schnorr proof of knowing the secret, with the public key inside the hash."""
    w = draw()
    c = g.challenge(label, g.base(secret), *context, g.base(w))
    return [written(c), written((w + c * secret) % g.order)]


def verify_signature(g: Group, public: bytes, signature: object, label: str, context: Context) -> bool:
    """Say whether the holder of `public` signed the context. Raises Fault when it cannot be read."""
    c, z = g.scalars(signature, 2)
    return c == g.challenge(label, public, *context, g.sub(g.base(z), g.mul(c, public)))
