"""Acts of the ledger: append entries in the caller's transaction; seal them into the signed tree."""

import os
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from quancheng.kernel import merkle, notes, receipts
from quancheng.ledger import keys
from quancheng.ledger.models import Checkpoint, Entry, Node
from quancheng.ledger.queries import leaf_bytes, stored_node

BATCH = 20_000
_LOCK = 0x7175616E  # the advisory lock that sealers share on PostgreSQL
_NUMBER_NEW = """
    UPDATE ledger_entry SET leaf_index = numbered.leaf
    FROM (SELECT id, %s + row_number() OVER (ORDER BY id) - 1 AS leaf FROM ledger_entry
          WHERE leaf_index IS NULL ORDER BY id LIMIT %s) AS numbered
    WHERE ledger_entry.id = numbered.id
"""


class NotInTransaction(Exception):
    """An entry must be appended in the transaction of the act that it records."""


def new_salt() -> bytes:
    """Return 32 random bytes. Without at: it writes nothing."""
    return os.urandom(32)


def prepared(
    *, kind: str, at: datetime, subject: str, content: bytes, salt: bytes, organ: str = "",
    detail: dict[str, Any] | None = None,
) -> Entry:
    """Return an entry not yet written, for `append_many`."""
    return Entry(
        kind=kind, at=at, organ=organ, subject=subject, digest=receipts.digest(salt, content),
        detail=receipts.canonical(detail).decode() if detail else "",
    )


def append(
    *, kind: str, at: datetime, subject: str, content: bytes, salt: bytes, organ: str = "",
    detail: dict[str, Any] | None = None,
) -> Entry:
    """Append one entry (one statement): `digest` of salt and content, and public detail without personal data.

    Raises NotInTransaction.
    """
    entry = prepared(kind=kind, at=at, subject=subject, content=content, salt=salt, organ=organ, detail=detail)
    if not connection.in_atomic_block:
        raise NotInTransaction(kind)
    entry.save(force_insert=True)
    return entry


def append_many(*, entries: list[Entry], at: datetime) -> None:
    """Append entries made by `prepared`, in order. Raises NotInTransaction."""
    if not connection.in_atomic_block:
        raise NotInTransaction("append_many")
    Entry.objects.bulk_create(entries, batch_size=1000)


def seal(*, at: datetime) -> Checkpoint | None:
    """Give every waiting entry its leaf, grow the tree, sign a checkpoint; None when nothing waits.

    Sealers exclude each other: an advisory lock on PostgreSQL, the write lock on SQLite.
    """
    newest = None
    while (sealed := _seal_batch(at)) is not None:
        newest = sealed
    return newest


def _seal_batch(at: datetime) -> Checkpoint | None:
    if not Entry.objects.filter(leaf_index=None).exists():
        return None
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        last = Checkpoint.objects.order_by("-size").first()
        size = last.size if last else 0
        cursor.execute(_NUMBER_NEW, [size, BATCH])
        entries = list(Entry.objects.filter(leaf_index__gte=size).order_by("leaf_index"))
        if not entries:
            return None
        hashes = [merkle.leaf_hash(leaf_bytes(entry)) for entry in entries]
        new = merkle.grown(size, hashes, stored_node)
        Node.objects.bulk_create(
            [Node(level=level, index=index, hash=value) for level, index, value in new], batch_size=2000
        )
        fresh = {(level, index): value for level, index, value in new}
        total = size + len(entries)
        root = merkle.root_of(total, lambda level, index: fresh.get((level, index)) or stored_node(level, index))
        body = notes.Checkpoint(settings.LEDGER_ORIGIN, total, root).body()
        note = notes.sign(body, settings.LEDGER_ORIGIN, keys.signing_key())
        return Checkpoint.objects.create(size=total, root=root, note=note, at=at)
