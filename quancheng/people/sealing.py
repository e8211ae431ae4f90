"""Sealing of personal data: AES-256-GCM for what must be read again, keyed digests for what must only be found.

Format of a sealed value: version byte 1, 12 bytes nonce, ciphertext with tag; the purpose is bound as
associated data, so that a value moved to another column cannot be opened (PIPL 51; S01, S20).
"""

import hashlib
import hmac
import os
import re
from functools import cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_PHONE = re.compile(r"1[3-9]\d{9}|0\d{2,3}-?\d{7,8}")


class BadPhone(ValueError):
    """The telephone number cannot be one."""


@cache
def _key(purpose: str) -> bytes:
    return hmac.digest(settings.IDENTITY_KEY.encode(), b"quancheng:" + purpose.encode(), "sha256")


def seal(purpose: str, value: str) -> bytes:
    """Return `value` sealed for `purpose`."""
    nonce = os.urandom(12)
    return b"\x01" + nonce + AESGCM(_key("seal")).encrypt(nonce, value.encode(), purpose.encode())


def unseal(purpose: str, sealed: bytes | memoryview) -> str:
    """Return the value sealed for `purpose`. Raises cryptography's InvalidTag if it was tampered with."""
    data = bytes(sealed)
    return AESGCM(_key("seal")).decrypt(data[1:13], data[13:], purpose.encode()).decode()


def index(purpose: str, value: str) -> bytes:
    """Return the keyed digest (32 bytes) by which a value is found without being readable."""
    return hmac.new(_key("index:" + purpose), value.encode(), hashlib.sha256).digest()


def clean_phone(phone: str) -> str:
    """Return the number in digits (full-width digits and spaces allowed). Raises BadPhone."""
    digits = "".join(str(int(c)) if c.isdecimal() else c for c in phone if c not in " \u3000-").strip()
    digits = digits.removeprefix("+86")
    if not _PHONE.fullmatch(digits):
        raise BadPhone("请填写11位手机号码，或者带区号的固定电话号码。")
    return digits
