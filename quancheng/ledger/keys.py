"""The ledger's signing key: a file that this user alone can read, made at first use."""

import os
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from quancheng.kernel import notes


@cache
def signing_key() -> Ed25519PrivateKey:
    """Return the key, made when there is none."""
    path = Path(settings.LEDGER_KEY_FILE)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(Ed25519PrivateKey.generate().private_bytes_raw())
    except FileExistsError:
        pass
    return Ed25519PrivateKey.from_private_bytes(path.read_bytes())


def verifier() -> str:
    """Return the public key in the form of C2SP signed-note."""
    return notes.verifier_key(settings.LEDGER_ORIGIN, signing_key())
