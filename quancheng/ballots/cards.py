"""A voter's card: 16 random bytes with a check, as 32 letters and digits behind a mark; the secret is hashed from them.

The registrar's page draws and prints cards and forgets them; only public keys leave it. Here for tests and the demo.
"""

import base64
import secrets
import unicodedata

from quancheng.ballots.canonical import digest
from quancheng.ballots.faults import Fault
from quancheng.ballots.group import Group

MARK = "QC1"
SEED, CHECK, LENGTH = 16, 4, 32
MISREAD = str.maketrans("018", "OIB")  # digits that base32 does not have, for letters that look like them


def text(seed: bytes) -> str:
    """Return what stands on the card."""
    return MARK + base64.b32encode(seed + _check(seed)).decode()


def read(g: Group, given: str) -> int:
    """Return the secret of a card as it was typed or scanned. Raises Fault("card")."""
    plain = "".join(one for one in unicodedata.normalize("NFKC", given).upper() if one.isascii() and one.isalnum()).translate(MISREAD)
    plain = plain.removeprefix(MARK.translate(MISREAD))
    try:
        found = base64.b32decode(plain) if len(plain) == LENGTH else b""
    except ValueError:
        found = b""
    seed = found[:SEED]
    if not seed or found[SEED:] != _check(seed):
        raise Fault("card", "卡上的字符没有读全或者读错了")
    return secret(g, seed)


def secret(g: Group, seed: bytes) -> int:
    """Return the secret scalar behind a card's random bytes."""
    return g.challenge("card", seed)


def draw() -> bytes:
    """Return the random bytes of a new card."""
    return secrets.token_bytes(SEED)


def _check(seed: bytes) -> bytes:
    return digest("card check", seed)[:CHECK]
