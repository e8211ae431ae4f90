"""Exponential ElGamal: small numbers are encrypted so that sums can be taken without opening anything."""

from typing import NamedTuple

from quancheng.ballots.group import Group


class Cipher(NamedTuple):
    """(r·G, m·G + r·Y)."""

    a: bytes
    b: bytes


def encrypt(g: Group, key: bytes, number: int, r: int) -> Cipher:
    """Encrypt a small number under the joint key with the random scalar r."""
    return Cipher(g.base(r), g.add(g.base(number), g.mul(r, key)))


def add_up(g: Group, ciphers: list[Cipher]) -> Cipher:
    """Return the cipher of the sum."""
    return Cipher(g.sum([one.a for one in ciphers]), g.sum([one.b for one in ciphers]))


def read(g: Group, pair: dict[str, object]) -> Cipher:
    """Read {"a": …, "b": …}. Raises Fault."""
    return Cipher(g.element(pair["a"]), g.element(pair["b"]))
