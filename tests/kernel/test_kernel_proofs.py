"""Merkle trees, signed notes and receipts against the published vectors, and against everything that is not quite right."""

from __future__ import annotations

import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from quancheng.kernel import merkle, notes, receipts

# The leaves, roots and proofs of the reference implementation of Certificate Transparency (RFC 6962).
LEAVES = [bytes.fromhex(x) for x in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
HASHES = [merkle.leaf_hash(leaf) for leaf in LEAVES]


def node(level: int, index: int) -> bytes:
    return merkle.root(HASHES[index << level : (index + 1) << level])


def hexes(path: list[bytes]) -> list[str]:
    return [step.hex() for step in path]


@pytest.mark.parametrize("size", range(1, 9))
def test_rfc_6962_roots(size: int) -> None:
    assert merkle.root(HASHES[:size]).hex() == merkle.root_of(size, node).hex() == ROOTS[size - 1]


def test_rfc_6962_the_empty_tree() -> None:
    assert merkle.EMPTY.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" == merkle.root([]).hex()
    assert merkle.root_of(0, node) == merkle.EMPTY


@pytest.mark.parametrize(
    ("index", "size", "path"),
    [
        (0, 1, []),
        (0, 8, ["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"]),
        (5, 8, ["bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"]),
        (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    ],
)  # fmt: skip
def test_rfc_6962_inclusion(index: int, size: int, path: list[str]) -> None:
    found = merkle.inclusion_path(index, size, node)
    assert hexes(found) == path
    assert merkle.verify_inclusion(HASHES[index], index, size, found, bytes.fromhex(ROOTS[size - 1]))


@pytest.mark.parametrize(
    ("old", "size", "path"),
    [
        (1, 1, []),
        (6, 8, ["0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"]),
        (2, 5, ["5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"]),
    ],
)  # fmt: skip
def test_rfc_6962_consistency(old: int, size: int, path: list[str]) -> None:
    found = merkle.consistency_path(old, size, node)
    roots = bytes.fromhex(ROOTS[old - 1]), bytes.fromhex(ROOTS[size - 1])
    assert hexes(found) == path and merkle.verify_consistency(old, size, *roots, found)


@pytest.mark.parametrize(("index", "size"), [(-1, 4), (4, 4), (0, 0)])
def test_no_path_to_a_leaf_that_is_not_there(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="leaf"):
        merkle.inclusion_path(index, size, node)
    assert not merkle.verify_inclusion(HASHES[0], index, size, [], merkle.EMPTY)


@pytest.mark.parametrize(("old", "size"), [(0, 4), (5, 4)])
def test_no_proof_between_sizes_that_do_not_fit(old: int, size: int) -> None:
    with pytest.raises(ValueError, match="sizes"):
        merkle.consistency_path(old, size, node)
    assert not merkle.verify_consistency(old, size, merkle.EMPTY, merkle.EMPTY, [merkle.EMPTY])


@settings(deadline=None)
@given(st.integers(1, 8), st.data())
def test_any_change_to_a_proof_is_found_out(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    path, root = merkle.inclusion_path(index, size, node), bytes.fromhex(ROOTS[size - 1])
    assert merkle.verify_inclusion(HASHES[index], index, size, path, root)
    other = data.draw(st.integers(0, size - 1).filter(lambda i: i != index) if size > 1 else st.just(size))
    assert not merkle.verify_inclusion(HASHES[index], other, size, path, root)
    assert not merkle.verify_inclusion(HASHES[index], index, size, [*path, root], root)
    if path:
        at = data.draw(st.integers(0, len(path) - 1))
        bent = [bytes([step[0] ^ 1]) + step[1:] if i == at else step for i, step in enumerate(path)]
        assert not merkle.verify_inclusion(HASHES[index], index, size, bent, root)
        assert not merkle.verify_inclusion(HASHES[index], index, size, path[:-1], root)


# --- signed notes: the example of C2SP signed-note -----------------------------------------------------------------

VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
SIGNATURE = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
KEY = Ed25519PrivateKey.from_private_bytes(SEED)
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))


def test_c2sp_the_example_is_made_and_read() -> None:
    assert notes.verifier_key("PeterNeumann", KEY) == VKEY
    assert notes.sign(TEXT, "PeterNeumann", KEY) == TEXT + "\n" + SIGNATURE
    assert notes.verify(TEXT + "\n" + SIGNATURE, VKEY) == TEXT


def test_c2sp_signatures_of_others_are_passed_over() -> None:
    strange = "— example.com+x AAAAAAAAAAAA\n"
    other = notes.sign(TEXT, "Somebody", OTHER).rsplit("\n\n", 1)[1]
    namesake = notes.sign(TEXT, "PeterNeumann", OTHER).rsplit("\n\n", 1)[1]
    assert notes.verify(f"{TEXT}\n{strange}{other}{namesake}{SIGNATURE}", VKEY) == TEXT


def test_c2sp_a_text_may_hold_blank_lines() -> None:
    text = "one\n\ntwo\n"
    assert notes.verify(notes.sign(text, "n", OTHER), notes.verifier_key("n", OTHER)) == text


@pytest.mark.parametrize(
    "note",
    [
        "", TEXT, TEXT + "\n", TEXT + SIGNATURE, TEXT + "\n" + SIGNATURE.rstrip("\n"), TEXT + "\n" + SIGNATURE + "\n",
        TEXT.replace("know", "knew") + "\n" + SIGNATURE, TEXT + "\n" + SIGNATURE.replace("x08go", "x08gp"),
        TEXT + "\n" + SIGNATURE.replace("—", "-"), TEXT + "\n" + SIGNATURE.removeprefix("— "), TEXT + "\n" + SIGNATURE.replace("M=", ""),
        TEXT + "\nnot a signature\n" + SIGNATURE, notes.sign(TEXT, "PeterNeumann", OTHER), notes.sign(TEXT, "Somebody", KEY),
    ],
)  # fmt: skip
def test_c2sp_what_is_no_note_or_not_signed_by_the_key(note: str) -> None:
    with pytest.raises(notes.BadNote):
        notes.verify(note, VKEY)


@pytest.mark.parametrize(
    "vkey",
    [
        "", "PeterNeumann", VKEY[:-4], VKEY.replace("c74f20a3", "c74f20a4"), VKEY.replace("Peter", "Pete"),
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ],
)  # fmt: skip
def test_c2sp_what_is_no_key(vkey: str) -> None:
    with pytest.raises(notes.BadNote):
        notes.verify(TEXT + "\n" + SIGNATURE, vkey)


@pytest.mark.parametrize(("text", "name"), [("no end", "n"), (TEXT, ""), (TEXT, "two words"), (TEXT, "a+b"), (TEXT, "a\nb")])
def test_c2sp_what_cannot_be_signed(text: str, name: str) -> None:
    with pytest.raises(notes.BadNote):
        notes.sign(text, name, KEY)


def test_c2sp_checkpoints_go_round() -> None:
    stated = notes.Checkpoint("example.com/log", 8, bytes.fromhex(ROOTS[7]))
    assert stated.body().split("\n") == ["example.com/log", "8", "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=", ""]
    assert notes.read_checkpoint(stated.body()) == stated
    assert notes.read_checkpoint(stated.body() + "an extension\n") == stated


ROOT64 = "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg="


@pytest.mark.parametrize(
    "text",
    ["", "o\n", "o\n8\n", f"\n8\n{ROOT64}\n", f"o\n-1\n{ROOT64}\n", f"o\n08\n{ROOT64}\n", f"o\n+8\n{ROOT64}\n", f"o\n８\n{ROOT64}\n",
     f"o\n 8\n{ROOT64}\n", "o\n8\nAAAA\n", "o\n8\n!!\n", f"o\neight\n{ROOT64}\n"],
)  # fmt: skip
def test_c2sp_what_is_no_checkpoint(text: str) -> None:
    with pytest.raises(notes.BadNote):
        notes.read_checkpoint(text)


# --- receipts ------------------------------------------------------------------------------------------------------


def receipt(index: int = 2, size: int = 8) -> dict[str, object]:
    """Return a good receipt for one leaf among eight, signed by our own key."""
    salt, content = bytes(range(32)), "井盖应当当天补上。𠮷😀"
    leaf = receipts.canonical({"digest": receipts.digest(salt, content.encode()).hex(), "n": index})
    hashes = [merkle.leaf_hash(leaf) if i == index else HASHES[i] for i in range(size)]

    def own_node(level: int, at: int) -> bytes:
        return merkle.root(hashes[at << level : (at + 1) << level])

    note = notes.sign(notes.Checkpoint("log", size, merkle.root(hashes)).body(), "log", KEY)
    path = [base64.b64encode(step).decode() for step in merkle.inclusion_path(index, size, own_node)]
    return {
        "format": receipts.FORMAT, "leaf": leaf.decode(), "content": content, "salt": base64.b64encode(salt).decode(),
        "index": index, "size": size, "path": path, "checkpoint": note, "vkey": notes.verifier_key("log", KEY),
    }  # fmt: skip


def with_changes(**changed: object) -> dict[str, object]:
    return {**receipt(), **changed}


@pytest.mark.parametrize(("index", "size"), [(0, 1), (0, 8), (7, 8), (4, 5)])
def test_a_good_receipt_holds(index: int, size: int) -> None:
    found = receipts.verify(receipt(index, size))
    assert found.ok and found.lines[-1].startswith("·") and sum(line.startswith("✓") for line in found.lines) == 3


def test_a_key_from_elsewhere_decides() -> None:
    assert receipts.verify(receipt(), vkey=notes.verifier_key("log", KEY)).ok
    found = receipts.verify(receipt(), vkey=notes.verifier_key("log", OTHER))
    assert not found.ok and any("公钥" in line for line in found.lines)


def test_a_checkpoint_from_elsewhere_decides() -> None:
    made = receipt()
    assert receipts.verify(made, checkpoint=str(made["checkpoint"])).ok
    larger = notes.sign(notes.Checkpoint("log", 9, bytes(32)).body(), "log", KEY)
    found = receipts.verify(made, checkpoint=larger)
    assert not found.ok and any("请下载最新回执" in line for line in found.lines)


@pytest.mark.parametrize(
    "changed",
    [
        {"content": "井盖不必补。"}, {"salt": base64.b64encode(bytes(32)).decode()}, {"index": 3}, {"size": 7}, {"path": []},
        {"vkey": notes.verifier_key("log", OTHER)}, {"vkey": "x"}, {"checkpoint": "x"}, {"status": "pending"},
        {"path": [base64.b64encode(bytes(32)).decode()] * 3}, {"leaf": json.dumps({"digest": "00" * 32})},
    ],
)  # fmt: skip
def test_a_receipt_that_was_changed_does_not_hold(changed: dict[str, object]) -> None:
    assert not receipts.verify(with_changes(**changed)).ok


def test_erased_words_leave_a_receipt_that_holds_and_says_so() -> None:
    found = receipts.verify(with_changes(content=None, salt=None))
    assert found.ok and any("已依本人请求删除" in line for line in found.lines)


@pytest.mark.parametrize(
    "broken",
    [
        {}, [], "receipt", None, {"format": "other/1"}, {"format": receipts.FORMAT}, with_changes(leaf="no json"), with_changes(leaf="[]"),
        with_changes(leaf=None), with_changes(path="AAAA"), with_changes(path=[1]), with_changes(path=["!"]), with_changes(index="two"), with_changes(salt="!"),
        with_changes(checkpoint=7), with_changes(content=7),
    ],
)  # fmt: skip
def test_what_is_no_receipt_is_told_in_a_sentence(broken: object) -> None:
    with pytest.raises(receipts.BadReceipt, match="。$"):
        receipts.verify(broken)  # type: ignore[arg-type]  # whatever a file may hold


def test_canonical_json_is_one_way_of_writing() -> None:
    assert receipts.canonical({"b": 1, "a": "井😀"}) == '{"a":"井😀","b":1}'.encode() == receipts.canonical({"a": "井😀", "b": 1})
