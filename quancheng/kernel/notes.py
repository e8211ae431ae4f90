"""Signed notes and checkpoints with Ed25519.

Sources: C2SP signed-note and tlog-checkpoint (c2sp.org), RFC 8032. Sizes count leaves, roots are 32 bytes.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_ED25519 = b"\x01"


class BadNote(ValueError):
    """The note, key or checkpoint is not in the form that C2SP gives, or its signature is wrong."""


@dataclass(frozen=True)
class Checkpoint:
    """A statement of a log's origin, size and root hash."""

    origin: str
    size: int
    root: bytes

    def body(self) -> str:
        """Return the text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def key_id(name: str, public: bytes) -> bytes:
    """Return the four-byte key id (C2SP signed-note)."""
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:4]


def verifier_key(name: str, key: Ed25519PrivateKey) -> str:
    """Return the public key as `<name>+<id>+<base64>`."""
    public = key.public_key().public_bytes_raw()
    return f"{name}+{key_id(name, public).hex()}+{base64.b64encode(_ED25519 + public).decode()}"


def sign(text: str, name: str, key: Ed25519PrivateKey) -> str:
    """Return `text` (which must end with a newline) as a signed note.

    Raises BadNote; also for a name that cannot stand in a note (empty, with white space or a plus sign).
    """
    if not text.endswith("\n"):
        raise BadNote("the text of a note ends with a newline")
    if not name or "+" in name or any(c.isspace() for c in name):
        raise BadNote("the name of a key is not empty and has neither white space nor a plus sign")
    public = key.public_key().public_bytes_raw()
    signature = base64.b64encode(key_id(name, public) + key.sign(text.encode())).decode()
    return f"{text}\n— {name} {signature}\n"


def verify(note: str, vkey: str) -> str:
    """Return the text of a note signed by `vkey`. Raises BadNote."""
    name, public = _read_key(vkey)
    text, found, signatures = note.rpartition("\n\n")
    if not found or not signatures.endswith("\n"):
        raise BadNote("没有签名")
    text += "\n"
    for line in signatures[:-1].split("\n"):
        words = line.split(" ")
        if len(words) != 3 or words[0] != "—" or not words[1]:
            raise BadNote("签名的格式不正确")
        if words[1] != name:
            continue
        try:
            raw = base64.b64decode(words[2], validate=True)
            if raw[:4] != key_id(name, public):
                continue
            Ed25519PublicKey.from_public_bytes(public).verify(raw[4:], text.encode())
        except (binascii.Error, InvalidSignature) as error:
            raise BadNote("签名不正确") from error
        return text
    raise BadNote("没有这把公钥的签名")


def _read_key(vkey: str) -> tuple[str, bytes]:
    parts = vkey.strip().split("+", 2)
    try:
        name, given_id, encoded = parts
        raw = base64.b64decode(encoded, validate=True)
    except (ValueError, binascii.Error) as error:
        raise BadNote("公钥格式不正确") from error
    if raw[:1] != _ED25519 or len(raw) != 33 or key_id(name, raw[1:]).hex() != given_id:
        raise BadNote("公钥格式不正确")
    return name, raw[1:]


def read_checkpoint(text: str) -> Checkpoint:
    """Read the text of a checkpoint. Raises BadNote."""
    lines = text.split("\n")
    try:
        size, root = int(lines[1]), base64.b64decode(lines[2], validate=True)
    except (IndexError, ValueError) as error:
        raise BadNote("检查点格式不正确") from error
    if not lines[0] or len(root) != 32 or str(size) != lines[1] or size < 0:
        raise BadNote("检查点格式不正确")
    return Checkpoint(origin=lines[0], size=size, root=root)
