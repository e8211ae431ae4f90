"""Receipts: one file that proves, offline, that words stand in the public ledger (format `quancheng-receipt/1`).

Sources: RFC 9162 2.1.3 (inclusion), C2SP tlog-checkpoint; canonical JSON after RFC 8785 for the plain values used here.
Digests are SHA-256 over a salt of 32 bytes and the content in UTF-8; salt and path travel in base64.
"""

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from quancheng.kernel import merkle, notes

FORMAT = "quancheng-receipt/1"


@dataclass
class Result:
    """What the check found: whether all that can be proved holds, and a line for each step."""

    ok: bool = True
    lines: list[str] = field(default_factory=list)

    def say(self, good: bool, line: str) -> None:
        """Add a step; one bad step makes the whole bad."""
        self.ok = self.ok and good
        self.lines.append(("✓ " if good else "✗ ") + line)


class BadReceipt(ValueError):
    """The file is no receipt."""


def canonical(value: dict[str, Any]) -> bytes:
    """Return canonical JSON: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(salt: bytes, content: bytes) -> bytes:
    """Return the salted digest that stands in the ledger."""
    return hashlib.sha256(salt + content).digest()


def verify(receipt: dict[str, Any], *, vkey: str | None = None, checkpoint: str | None = None) -> Result:
    """Check a receipt offline. `vkey` is the city's public key got elsewhere, `checkpoint` a signed note got elsewhere.

    Raises BadReceipt when it is not a receipt at all.
    """
    if not isinstance(receipt, dict) or receipt.get("format") != FORMAT:
        raise BadReceipt(f"不是回执文件（应含 \"format\": \"{FORMAT}\"）。")
    result = Result()
    try:
        leaf = receipt["leaf"].encode()
        entry = json.loads(leaf)
        _words(receipt, entry, result)
        if receipt.get("status") == "pending":
            result.say(False, "尚未入账：请稍后重新下载回执，再行核验。")
            return result
        note = checkpoint or receipt["checkpoint"]
        key = vkey or receipt["vkey"]
        stated = notes.read_checkpoint(notes.verify(note, key))
        result.say(True, f"检查点签名有效：台账 {stated.origin}，共 {stated.size} 条。")
        path = [base64.b64decode(step, validate=True) for step in receipt["path"]]
        inside = merkle.verify_inclusion(
            merkle.leaf_hash(leaf), int(receipt["index"]), int(receipt["size"]), path, stated.root
        )
        if checkpoint and stated.size != receipt["size"]:
            result.say(False, f"所给检查点为 {stated.size} 条，回执证明的是 {receipt['size']} 条，请下载最新回执。")
        else:
            result.say(inside and stated.size == receipt["size"], f"意见是台账第 {receipt['index']} 条。")
        if not vkey:
            result.lines.append("· 公钥取自回执本身；要完全独立核验，请用 --key 给出从公报或者海报上得到的公钥。")
    except notes.BadNote as error:
        result.say(False, f"检查点：{error}")
    except (KeyError, TypeError, ValueError, AttributeError, binascii.Error) as error:
        raise BadReceipt("回执文件不完整或者已损坏。") from error
    return result


def _words(receipt: dict[str, Any], entry: dict[str, Any], result: Result) -> None:
    content, salt = receipt.get("content"), receipt.get("salt")
    if content is None or salt is None:
        result.lines.append("· 意见原文已依本人请求删除；台账中的条目和证明仍然完整。")
        return
    same = digest(base64.b64decode(salt, validate=True), content.encode()).hex() == entry["digest"]
    result.say(same, "原文与台账中的摘要一致。" if same else "原文与台账中的摘要不一致：原文被改动过。")
