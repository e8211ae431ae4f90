"""One way to write a value as bytes, and a reader that accepts nothing else.

Objects, arrays, strings, whole numbers below 2^53 and booleans; keys sorted, ASCII; no spaces; UTF-8. A line counts
only if writing what was read gives the same bytes: so double keys, fractions, -0 and stray spaces are refused alike
in every language.
"""

import hashlib
import json
import re
from typing import Any

DOMAIN = b"quancheng-ballot/1"
LARGEST_NUMBER = 2**53 - 1
DEEPEST = 8
KEY = re.compile(r"[a-z][a-z0-9_]{0,31}", re.ASCII)

Body = dict[str, Any]


class NotCanonical(ValueError):
    """The value or the line cannot stand in an archive."""


def canonical(value: object) -> bytes:
    """Return the canonical bytes. Raises NotCanonical."""
    _check(value, DEEPEST)
    try:
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    except UnicodeEncodeError as error:
        raise NotCanonical("文字编码有误") from error


def parse(line: bytes) -> Any:
    """Read one canonical line. Raises NotCanonical."""
    try:
        value = json.loads(line.decode())
    except (ValueError, RecursionError) as error:  # ValueError covers bad UTF-8, bad JSON and endless numbers
        raise NotCanonical("不是规范的 JSON") from error
    if canonical(value) != line:
        raise NotCanonical("不是规范写法")
    return value


def _check(value: object, depth: int) -> None:
    if depth < 0:
        raise NotCanonical("嵌套过深")
    if isinstance(value, dict):
        for key, inner in value.items():
            if not isinstance(key, str) or not KEY.fullmatch(key):
                raise NotCanonical("键名不合规范")
            _check(inner, depth - 1)
    elif isinstance(value, list):
        for inner in value:
            _check(inner, depth - 1)
    elif isinstance(value, int):
        if not isinstance(value, bool) and abs(value) > LARGEST_NUMBER:
            raise NotCanonical("数字过大")
    elif not isinstance(value, str):
        raise NotCanonical("含有不允许的值")


def packed(*parts: bytes | str | int) -> bytes:
    """Return parts as bytes, each behind its length, so that no two lists of parts give the same bytes."""
    pieces = []
    for part in parts:
        if isinstance(part, int):
            part = part.to_bytes(8, "big")
        elif isinstance(part, str):
            part = part.encode()
        pieces.append(len(part).to_bytes(4, "big") + part)
    return b"".join(pieces)


def digest(label: str, *parts: bytes | str | int) -> bytes:
    """Return SHA-256 over domain, label and parts."""
    return hashlib.sha256(packed(DOMAIN, label, *parts)).digest()
