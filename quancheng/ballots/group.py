"""The group in which ballots are encrypted: an interface, and ristretto255 (RFC 9496) over libsodium.

Prime order, so no element lies outside the right subgroup; one encoding for each element and each scalar. The group
is fixed here, its description enters every challenge, and no archive may bring parameters of its own.
A second suite (SM2, SM3) would be a second class; one vote never mixes suites. Python cannot compute in constant time:
secrets are handled on devices that belong to their owners, not on the server.
"""

import hashlib
import re
import secrets
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path

import rbcl

from quancheng.ballots.canonical import DOMAIN, packed
from quancheng.ballots.faults import Fault

# rbcl unpacks its libsodium into a temporary file and leaves that behind; once loaded, the file is not needed.
Path(getattr(sys.modules["rbcl._sodium"], "lib_path", "/nonexistent")).unlink(missing_ok=True)

HEX32 = re.compile(r"[0-9a-f]{64}", re.ASCII)
Draw = Callable[[], int]


class Group(ABC):
    """A group of prime order: elements are bytes with one encoding each, scalars are whole numbers below the order."""

    name: str
    description: str
    order: int
    generator: bytes
    identity: bytes

    @abstractmethod
    def is_element(self, encoding: bytes) -> bool:
        """Say whether these are the canonical bytes of an element."""

    @abstractmethod
    def add(self, p: bytes, q: bytes) -> bytes:
        """Return p + q."""

    @abstractmethod
    def sub(self, p: bytes, q: bytes) -> bytes:
        """Return p - q."""

    @abstractmethod
    def mul(self, n: int, p: bytes) -> bytes:
        """Return n·p."""

    @abstractmethod
    def base(self, n: int) -> bytes:
        """Return n·G."""

    def draw(self) -> int:
        """Return a secret scalar, uniform over 1 … order-1."""
        return secrets.randbelow(self.order - 1) + 1

    def challenge(self, label: str, *parts: bytes | str | int) -> int:
        """Hash to a scalar: 512 bits reduced modulo the order (bias below 2^-250)."""
        given = packed(DOMAIN, self.description, label, *parts)
        return int.from_bytes(hashlib.sha512(given).digest(), "little") % self.order

    def element(self, text: object) -> bytes:
        """Read an element from 64 hex digits; the neutral element is refused. Raises Fault."""
        if not isinstance(text, str) or not HEX32.fullmatch(text):
            raise Fault("point", "群元素的写法不对")
        encoding = bytes.fromhex(text)
        if encoding == self.identity or not self.is_element(encoding):
            raise Fault("point", "不是群中的元素")
        return encoding

    def scalar(self, text: object) -> int:
        """Read a scalar from 64 hex digits; a number not below the order is refused. Raises Fault."""
        if not isinstance(text, str) or not HEX32.fullmatch(text):
            raise Fault("scalar", "标量的写法不对")
        number = int.from_bytes(bytes.fromhex(text), "little")
        if number >= self.order:
            raise Fault("scalar", "标量不是最简写法")
        return number

    def scalars(self, texts: object, count: int) -> list[int]:
        """Read exactly `count` scalars. Raises Fault."""
        if not isinstance(texts, list) or len(texts) != count:
            raise Fault("scalar", "标量个数不对")
        return [self.scalar(text) for text in texts]

    def multiples(self, most: int) -> list[bytes]:
        """Return 0·G, 1·G … most·G."""
        table = [self.identity]
        for _ in range(most):
            table.append(self.add(table[-1], self.generator))
        return table

    def sum(self, elements: list[bytes]) -> bytes:
        """Return the sum of elements; of none, the neutral element."""
        total = self.identity
        for one in elements:
            total = self.add(total, one)
        return total


def written(n: int) -> str:
    """Write a scalar as 64 hex digits, lowest byte first."""
    return n.to_bytes(32, "little").hex()


class Ristretto255(Group):
    """ristretto255 of RFC 9496, computed by libsodium."""

    name = "ristretto255"
    order = 2**252 + 27742317777372353535851937790883648493
    generator = bytes.fromhex("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76")
    identity = bytes(32)
    description = f"ristretto255 RFC 9496; order {order}; generator {generator.hex()}; SHA-512"

    def is_element(self, encoding: bytes) -> bool:
        """See Group. libsodium before 1.0.19 overlooks the highest bit, which gave each element two encodings."""
        return len(encoding) == 32 and encoding[31] < 128 and rbcl.crypto_core_ristretto255_is_valid_point(encoding)

    def add(self, p: bytes, q: bytes) -> bytes:
        """See Group."""
        return bytes(rbcl.crypto_core_ristretto255_add(p, q))

    def sub(self, p: bytes, q: bytes) -> bytes:
        """See Group."""
        return bytes(rbcl.crypto_core_ristretto255_sub(p, q))

    def mul(self, n: int, p: bytes) -> bytes:
        """See Group."""
        n %= self.order
        if n == 0 or p == self.identity:  # libsodium refuses to give the neutral element
            return self.identity
        return bytes(rbcl.crypto_scalarmult_ristretto255(n.to_bytes(32, "little"), p))

    def base(self, n: int) -> bytes:
        """See Group."""
        n %= self.order
        if n == 0:
            return self.identity
        return bytes(rbcl.crypto_scalarmult_ristretto255_base(n.to_bytes(32, "little")))


SUITES: dict[str, Group] = {"ristretto255": Ristretto255()}
