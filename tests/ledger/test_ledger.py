"""The ledger: sealed in order, proved offline, refused to change, and every tampering is found."""

import base64
import hashlib
import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from quancheng.kernel import merkle, notes, receipts
from quancheng.ledger import acts, commands, keys, queries
from quancheng.ledger.models import Checkpoint, Entry, Node

AT = datetime(2026, 11, 20, 9, 30, 1, 123456, tzinfo=ZoneInfo("Asia/Shanghai"))
RFC = [bytes.fromhex(x) for x in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                                  "606162636465666768696a6b6c6d6e6f")]


def test_rfc_6962_vectors():
    hashes = [merkle.leaf_hash(leaf) for leaf in RFC]
    assert merkle.root(hashes[:1]).hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert merkle.root(hashes).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    assert merkle.root([]) == hashlib.sha256(b"").digest()


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 70), st.integers(0, 69), st.lists(st.integers(1, 30), min_size=1, max_size=8))
def test_proofs_hold_for_every_size_and_growth(size, index, steps):
    hashes = [merkle.leaf_hash(bytes([i])) for i in range(size)]
    nodes, grown = {}, 0
    for step in [*steps, size]:
        for level, at, value in merkle.grown(grown, hashes[grown : grown + step], lambda a, b: nodes[a, b]):
            nodes[level, at] = value
        grown = min(grown + step, size)

    def node(level, at):
        return nodes[level, at]

    root, index = merkle.root_of(size, node), index % size
    assert root == merkle.root(hashes)
    path = merkle.inclusion_path(index, size, node)
    assert merkle.verify_inclusion(hashes[index], index, size, path, root)
    assert not merkle.verify_inclusion(merkle.leaf_hash(b"other"), index, size, path, root)
    assert not merkle.verify_inclusion(hashes[index], index, size, [*path, root], root)
    old = index + 1
    proof = merkle.consistency_path(old, size, node)
    assert merkle.verify_consistency(old, size, merkle.root(hashes[:old]), root, proof)
    assert old == size or not merkle.verify_consistency(old, size, merkle.leaf_hash(b"x"), root, proof)


def _append(count, start=0):
    with transaction.atomic():
        for number in range(start, start + count):
            acts.append(
                kind="test.said", at=AT, organ="fgw", subject=f"s{number}", content=f"话{number}".encode(),
                salt=bytes([number % 256]) * 32, detail={"n": number},
            )


@pytest.mark.django_db(transaction=True)
def test_an_entry_needs_the_transaction_of_its_act():
    with pytest.raises(acts.NotInTransaction):
        acts.append(kind="k", at=AT, subject="s", content=b"", salt=b"")
    assert not Entry.objects.exists()


def _receipt(number):
    return queries.build_receipt(
        queries.proof_of(f"s{number}"), code="C", content=f"话{number}".encode(), salt=bytes([number % 256]) * 32,
        extra={},
    )


@pytest.mark.django_db
def test_sealed_in_order_and_provable_offline():
    assert acts.seal(at=AT) is None
    _append(5)
    assert _receipt(3)["status"] == "pending"
    assert acts.seal(at=AT).size == 5
    _append(300, 5)
    assert acts.seal(at=AT).size == 305
    assert list(Entry.objects.order_by("id").values_list("leaf_index", flat=True)) == list(range(305))
    assert list(queries.faults(keys.verifier())) == []
    for number in (0, 3, 4, 5, 255, 256, 304):
        result = receipts.verify(json.loads(json.dumps(_receipt(number))), vkey=keys.verifier())
        assert result.ok, result.lines


@pytest.mark.django_db
def test_checkpoint_is_read_by_other_means():
    _append(3)
    note = acts.seal(at=AT).note
    origin, size, root, empty, signature, end = note.split("\n")
    assert (size, empty, end) == ("3", "", "") and signature.startswith(f"— {origin} ")
    raw = base64.b64decode(signature.rsplit(" ", 1)[1])
    keys.signing_key().public_key().verify(raw[4:], f"{origin}\n{size}\n{root}\n".encode())
    hashes = [merkle.leaf_hash(queries.leaf_bytes(entry)) for entry in Entry.objects.order_by("leaf_index")]
    assert base64.b64decode(root) == merkle.root(hashes)
    tile = queries.tile(0, 0, 3)
    assert [tile[i : i + 32] for i in range(0, 96, 32)] == hashes


@pytest.mark.django_db
@pytest.mark.parametrize("change", [
    {"content": "改过的话"}, {"index": 1}, {"size": 3}, {"leaf": None}, {"path": []}, {"checkpoint": None}, {"salt": "AAAA"},
])
def test_a_changed_receipt_is_found_out(change):
    _append(4)
    acts.seal(at=AT)
    receipt = _receipt(2)
    assert receipts.verify(receipt).ok
    if "leaf" in change:
        change = {"leaf": receipt["leaf"].replace('"n":2', '"n":3')}
    if "checkpoint" in change:
        change = {"checkpoint": receipt["checkpoint"].replace("\n4\n", "\n5\n")}
    assert not receipts.verify({**receipt, **change}).ok


@pytest.mark.django_db
def test_erased_words_leave_the_proof_whole():
    _append(4)
    acts.seal(at=AT)
    receipt = {**_receipt(2), "content": None, "salt": None}
    result = receipts.verify(receipt)
    assert result.ok and any("删除" in line for line in result.lines)


@pytest.mark.django_db
@pytest.mark.parametrize("sql", [
    "UPDATE ledger_entry SET subject = 'x' WHERE leaf_index = 1",
    "UPDATE ledger_entry SET leaf_index = 99 WHERE leaf_index = 1",
    "DELETE FROM ledger_entry WHERE leaf_index = 1",
    "UPDATE ledger_node SET level = 9",
    "DELETE FROM ledger_checkpoint",
])
def test_s13_the_database_refuses_to_change_the_ledger(sql):
    _append(3)
    acts.seal(at=AT)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert list(queries.faults(keys.verifier())) == []


@pytest.mark.django_db
def test_verify_names_what_is_wrong():
    _append(3)
    acts.seal(at=AT)
    other = notes.sign(notes.Checkpoint("quancheng.example/ledger", 7, b"\0" * 32).body(), "quancheng.example/ledger",
                       keys.signing_key())
    Checkpoint.objects.create(size=7, root=b"\0" * 32, note=other, at=AT)
    Node.objects.create(level=3, index=0, hash=b"\0" * 32)
    faults = "".join(queries.faults(keys.verifier()))
    assert "声称有 7 条" in faults and "节点应有" in faults


@pytest.mark.parametrize(("words", "status"), [("not json", 2), ("{}", 2), ("[]", 2), ("", 2)])
def test_receipt_command_on_nonsense(tmp_path, capsys, words, status):
    path = tmp_path / "r.json"
    path.write_text(words)
    assert commands.main_receipt(["verify", str(path)]) == status
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
    assert commands.main_receipt(["verify", str(tmp_path / "none")]) == 2
    assert commands.main_receipt([]) == 2


@pytest.mark.django_db
def test_commands_verify_and_export(tmp_path, capsys):
    _append(260)
    acts.seal(at=AT)
    path = tmp_path / "r.json"
    path.write_text(json.dumps(_receipt(7)))
    assert commands.main_receipt(["verify", str(path), "--key", keys.verifier()]) == 0
    assert commands.main_receipt(["verify", str(path), "--key", "other+00000000+AAAA"]) == 1
    assert commands.main_ledger(["verify"]) == 0
    assert commands.main_ledger(["export-tiles", str(tmp_path / "out")]) == 0
    assert (tmp_path / "out" / "checkpoint").read_text() == queries.checkpoint()
    assert len((tmp_path / "out" / "tile" / "0" / "000").read_bytes()) == 256 * 32
    assert len((tmp_path / "out" / "tile" / "0" / "001.p" / "4").read_bytes()) == 4 * 32
    assert commands.main_ledger(["what"]) == 2


@pytest.mark.parametrize("index", [0, 7, 999, 1000, 1234067])
def test_tile_numbers_read_back(index):
    assert queries.tile_number(queries.tile_path(index)) == index
    with pytest.raises(queries.NotFound):
        queries.tile_number("../../etc/passwd")
