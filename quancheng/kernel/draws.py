"""A draw that anybody can recompute (S18): commitment before, list fixed at the close, seed shown after (`quancheng-draw/1`).

    commitment = SHA-256(lines(FORMAT, id, seats, source, seed))       published before anybody can apply
    list_hash  = SHA-256(lines(*sorted codes))                         published at the close
    key        = SHA-256(lines(FORMAT, seed, list_hash, public_value))
    rank       = codes by HMAC-SHA-256(key, code), smallest first; the first `seats` are drawn, the rest wait in this order

`lines` joins with one line feed, in UTF-8; seed, hashes and roots are small hex; `source` names, before the list is known,
where the public value will come from. Who draws cannot change the seed after he knows the list; who knows the seed cannot
choose the public value that comes after the list is fixed; the order in which people applied plays no part.
"""

import base64
import binascii
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Sequence
from typing import Any

from quancheng.kernel import merkle, notes
from quancheng.kernel.receipts import Result

FORMAT = "quancheng-draw/1"
LEDGER = "ledger"  # the source that is the ledger's own root: of the first checkpoint that covers the fixed list
_CODE = re.compile(r"[0-9A-Z]{4,20}")
_HEX = re.compile(r"[0-9a-f]{64}")


class BadDraw(ValueError):
    """The file is no record of a draw, or the parts of a draw cannot be such."""


def new_seed() -> str:
    """Return 32 random bytes in hex."""
    return secrets.token_hex(32)


def _hash(*parts: str) -> str:
    if any("\n" in part for part in parts):
        raise BadDraw("各项不能含有换行。")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def commitment(*, draw: str, seats: int, source: str, seed: str) -> str:
    """Return the commitment to a seed and to the terms of the draw. Raises BadDraw."""
    return _hash(FORMAT, draw, str(seats), source, seed)


def list_hash(codes: Sequence[str]) -> str:
    """Return the hash of the list, in whatever order it is given. Raises BadDraw for codes that are none, or not distinct."""
    if len(set(codes)) != len(codes) or not all(_CODE.fullmatch(code) for code in codes):
        raise BadDraw("抽签号有重复，或者不合格式。")
    return _hash(*sorted(codes))


def ranked(codes: Sequence[str], *, seed: str, public_value: str) -> list[str]:
    """Return the codes in the order drawn. Raises BadDraw."""
    key = bytes.fromhex(_hash(FORMAT, seed, list_hash(codes), public_value))
    return sorted(codes, key=lambda code: hmac.digest(key, code.encode(), "sha256"))


def verify(record: Any, *, vkey: str | None = None) -> Result:
    """Check the record of a draw offline, from what is in it; `vkey` is the city's public key got elsewhere.

    Raises BadDraw when it is not such a record at all.
    """
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        raise BadDraw(f"不是抽签记录（应含 \"format\": \"{FORMAT}\"）。")
    result = Result()
    try:
        _recompute(record, result)
        _proofs(record, result, vkey)
    except (KeyError, TypeError, ValueError, AttributeError, binascii.Error) as error:
        raise BadDraw("抽签记录不完整或者已损坏。") from error
    return result


def _recompute(record: dict[str, Any], result: Result) -> None:
    seats, codes, order = record["seats"], list(record["codes"]), list(record["order"])
    if not isinstance(seats, int) or isinstance(seats, bool) or seats < 1 or not _HEX.fullmatch(record["seed"]):
        raise BadDraw("seats, seed")
    bound = commitment(draw=record["id"], seats=seats, source=record["source"], seed=record["seed"])
    result.say(bound == record["commitment"], "公开的种子与报名前公布的承诺一致。" if bound == record["commitment"] else
               "种子、席位或者公开数来源与报名前公布的承诺不一致。")  # fmt: skip
    fixed = list_hash(codes)
    result.say(fixed == record["list_hash"], f"名单共{len(codes)}个号，与截止时固定的摘要一致。" if fixed == record["list_hash"]
               else "名单与截止时固定的摘要不一致。")  # fmt: skip
    same = ranked(codes, seed=record["seed"], public_value=record["public_value"]) == order
    result.say(same, "按方法重算，名次完全一致。" if same else "按方法重算，名次不一致。")
    drawn = order[:seats] == list(record["drawn"]) and order[seats:] == list(record["waiting"])
    result.say(drawn, f"前{min(seats, len(codes))}名入选，其余依次候补。" if drawn else "入选或者候补名单与名次不符。")


def _proofs(record: dict[str, Any], result: Result, vkey: str | None) -> None:
    """Check that commitment and list stood in the signed ledger, in this order, before the public value was known."""
    proofs = record.get("proofs") or {}
    if not proofs:
        result.lines.append("· 记录里没有台账证明：只核验了计算，没有核验公布的先后。")
        return
    try:
        stated = notes.read_checkpoint(notes.verify(proofs["checkpoint"], vkey or proofs["vkey"]))
        result.say(True, f"检查点签名有效：台账 {stated.origin}，共 {stated.size} 条。")
        first = _entry(proofs["committed"], stated, "commitment", record["commitment"], result, "承诺")
        second = _entry(proofs["fixed"], stated, "list", record["list_hash"], result, "名单摘要")
        result.say(first < second, "承诺先于名单入账。" if first < second else "承诺没有先于名单入账。")
        if record["source"] == LEDGER:
            cover = notes.read_checkpoint(notes.verify(proofs["cover"], vkey or proofs["vkey"]))
            good = cover.root.hex() == record["public_value"] and second < cover.size <= stated.size
            result.say(good, "公开数是名单入账以后台账封存的根。" if good else "公开数不是名单入账以后台账封存的根。")
    except notes.BadNote as error:
        result.say(False, f"检查点：{error}")
    if not vkey:
        result.lines.append("· 公钥取自记录本身；要完全独立核验，请用 --key 给出从公报或者海报上得到的公钥。")
    if record["source"] != LEDGER:
        result.lines.append(f"· 请自行核对公开数“{record['public_value']}”：{record['source']}。")


def _entry(proof: dict[str, Any], stated: notes.Checkpoint, name: str, wanted: str, result: Result, what: str) -> int:
    """Check that an entry saying `wanted` stands in the ledger; return its place."""
    leaf, index = proof["leaf"].encode(), int(proof["index"])
    path = [base64.b64decode(step, validate=True) for step in proof["path"]]
    inside = merkle.verify_inclusion(merkle.leaf_hash(leaf), index, stated.size, path, stated.root)
    says = json.loads(leaf)["detail"].get(name) == wanted
    result.say(inside and says, f"{what}是台账第 {index} 条。" if inside and says else f"{what}不在台账里。")
    return index
