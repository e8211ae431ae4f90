"""Reads of the ledger: leaves, proofs, tiles (C2SP tlog-tiles), receipts, and the check of everything."""

import base64
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncMonth
from django.utils import timezone

from quancheng.kernel import merkle, notes, receipts
from quancheng.ledger import keys
from quancheng.ledger.models import Checkpoint, Entry, Node

TILE = 256


class NotFound(LookupError):
    """There is no such tile or entry (yet)."""


def leaf_bytes(entry: Entry) -> bytes:
    """Return the canonical JSON of an entry: what its leaf hashes."""
    return receipts.canonical(
        {
            "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "detail": json.loads(entry.detail) if entry.detail else {},
            "digest": bytes(entry.digest).hex(),
            "kind": entry.kind,
            "organ": entry.organ,
            "subject": entry.subject,
            "v": 1,
        }
    )


def stored_node(level: int, index: int) -> bytes:
    """Return the stored hash of a complete subtree. Raises NotFound."""
    found = Node.objects.filter(level=level, index=index).values_list("hash", flat=True).first()
    if found is None:
        raise NotFound(f"{level}/{index}")
    return bytes(found)


def newest() -> Checkpoint | None:
    """Return the newest checkpoint, or None."""
    return Checkpoint.objects.order_by("-size").first()


def checkpoint() -> str:
    """Return the newest signed checkpoint. Raises NotFound before the first sealing."""
    found = newest()
    if found is None:
        raise NotFound("checkpoint")
    return found.note


def tile(level: int, index: int, width: int = TILE) -> bytes:
    """Return a tile: `width` hashes of tree level 8·level from index·256 on. Raises NotFound."""
    if not 1 <= width <= TILE:
        raise NotFound("width")
    start = index * TILE
    rows = Node.objects.filter(level=level * 8, index__gte=start, index__lt=start + width).order_by("index")
    hashes = [bytes(value) for value in rows.values_list("hash", flat=True)]
    if len(hashes) != width:
        raise NotFound(f"{level}/{index}")
    return b"".join(hashes)


def tile_path(index: int) -> str:
    """Return a tile's number as a path: 1234067 is x001/x234/067 (C2SP tlog-tiles)."""
    parts = [f"{index % 1000:03d}"]
    while index := index // 1000:
        parts.insert(0, f"x{index % 1000:03d}")
    return "/".join(parts)


def tile_number(path: str) -> int:
    """Return the number in a tile's path. Raises NotFound."""
    digits = path.replace("/x", "/").removeprefix("x").replace("/", "")
    if not digits.isdecimal() or tile_path(int(digits)) != path:
        raise NotFound(path)
    return int(digits)


def entries_bundle(index: int, width: int = TILE) -> bytes:
    """Return a bundle of leaves, each with its length in two bytes before it. Raises NotFound."""
    start = index * TILE
    rows = list(Entry.objects.filter(leaf_index__gte=start, leaf_index__lt=start + width).order_by("leaf_index"))
    if not 1 <= width <= TILE or len(rows) != width:
        raise NotFound(f"entries/{index}")
    return b"".join(len(leaf).to_bytes(2, "big") + leaf for leaf in map(leaf_bytes, rows))


@dataclass(frozen=True)
class Proof:
    """That an entry stands in the ledger. `index` None while it waits to be sealed."""

    entry: Entry
    leaf: bytes
    index: int | None
    size: int = 0
    path: tuple[bytes, ...] = ()
    note: str = ""
    sealed_at: datetime | None = None


def entry_for(subject: str, kind: str = "") -> Entry | None:
    """Return the first entry about a subject (of a kind), or None."""
    found = Entry.objects.filter(subject=subject).order_by("id")
    return (found.filter(kind=kind) if kind else found).first()


def history(subject: str) -> list[Entry]:
    """Return every entry about a subject, oldest first."""
    return list(Entry.objects.filter(subject=subject).order_by("id"))


def proof_of(subject: str, kind: str = "") -> Proof | None:
    """Return the proof of the first entry about a subject, or None when there is no such entry."""
    entry = entry_for(subject, kind)
    if entry is None:
        return None
    last = newest()
    if entry.leaf_index is None or last is None:
        return Proof(entry=entry, leaf=leaf_bytes(entry), index=None)
    nodes = {(node.level, node.index): bytes(node.hash) for node in _path_nodes(entry.leaf_index, last.size)}
    path = merkle.inclusion_path(entry.leaf_index, last.size, lambda level, index: nodes[level, index])
    return Proof(
        entry=entry, leaf=leaf_bytes(entry), index=entry.leaf_index, size=last.size, path=tuple(path), note=last.note,
        sealed_at=last.at,
    )


def _path_nodes(leaf: int, size: int) -> list[Node]:
    """Return the nodes that an audit path needs, in one statement."""
    wanted: set[tuple[int, int]] = set()

    def note_down(level: int, index: int) -> bytes:
        wanted.add((level, index))
        return merkle.EMPTY

    merkle.inclusion_path(leaf, size, note_down)
    levels = {level for level, _ in wanted}
    indexes = {index for _, index in wanted}
    rows = Node.objects.filter(level__in=levels, index__in=indexes)
    return [row for row in rows if (row.level, row.index) in wanted]


def cover_of(subject: str, kind: str) -> Checkpoint | None:
    """Return the first checkpoint over the first entry of a kind about a subject; None before it is sealed (2 statements)."""
    entry = entry_for(subject, kind)
    if entry is None or entry.leaf_index is None:
        return None
    return Checkpoint.objects.filter(size__gt=entry.leaf_index).order_by("size").first()


def root_over(subject: str, kind: str) -> str | None:
    """Return the root, in hex, of `cover_of`, or None."""
    found = cover_of(subject, kind)
    return bytes(found.root).hex() if found else None


def build_receipt(
    proof: Proof, *, code: str, content: bytes | None, salt: bytes | None, extra: dict[str, Any]
) -> dict[str, Any]:
    """Return the receipt file for a proof; `content` and `salt` None after a lawful erasure."""
    return {
        "format": receipts.FORMAT,
        "code": code,
        "status": "pending" if proof.index is None else "sealed",
        "content": None if content is None else content.decode(),
        "salt": None if salt is None else base64.b64encode(salt).decode(),
        "leaf": proof.leaf.decode(),
        "index": proof.index,
        "size": proof.size,
        "path": [base64.b64encode(step).decode() for step in proof.path],
        "checkpoint": proof.note,
        "vkey": public_key(),
        **extra,
    }


def public_key() -> str:
    """Return the ledger's verifier key, by which anybody can check a checkpoint."""
    return keys.verifier()


def recent_entries(limit: int = 50, before: int | None = None) -> list[Entry]:
    """Return the newest entries, those before an id for paging."""
    found = Entry.objects.order_by("-id")
    return list((found.filter(id__lt=before) if before else found)[:limit])


def newest_id() -> int:
    """Return the id of the newest entry, 0 when there is none."""
    return Entry.objects.order_by("-id").values_list("id", flat=True).first() or 0


def sealed_size() -> int:
    """Return how many entries the newest checkpoint covers."""
    last = newest()
    return last.size if last else 0


def subjects_since(size: int, kinds: str) -> QuerySet[Entry, str]:
    """Return the subjects of entries that were not among the first `size` leaves; `kinds` is how their kind begins."""
    fresh = Entry.objects.filter(Q(leaf_index=None) | Q(leaf_index__gte=size), kind__startswith=kinds)
    return fresh.values_list("subject", flat=True)


def month_counts(kinds: Iterable[str], first: date, until: date) -> dict[date, dict[str, int]]:
    """Return month -> kind -> entries made from `first` to before `until`, first days of months (1 statement)."""
    start, end = (timezone.make_aware(datetime(day.year, day.month, day.day)) for day in (first, until))
    made = Entry.objects.filter(kind__in=list(kinds), at__gte=start, at__lt=end).order_by()
    counts: dict[date, dict[str, int]] = {}
    for month, kind, number in made.values_list(TruncMonth("at"), "kind").annotate(n=Count("id")):
        counts.setdefault(month.date(), {})[kind] = number
    return counts


def state() -> dict[str, Any]:
    """Return size, waiting entries, time of the last checkpoint."""
    last = newest()
    return {
        "size": last.size if last else 0,
        "waiting": Entry.objects.filter(leaf_index=None).count(),
        "at": last.at if last else None,
    }


Checker = Callable[[], Iterator[str]]
_CHECKERS: dict[str, Checker] = {}


def register_checker(name: str, checker: Checker) -> None:
    """Add a check that `ledger verify` runs; it yields one line a fault."""
    _CHECKERS[name] = checker


def faults(vkey: str) -> Iterator[str]:
    """Recompute everything: leaves, nodes, roots, signatures; then the registered checks. Yields one line a fault."""
    stored = {(n.level, n.index): bytes(n.hash) for n in Node.objects.iterator(chunk_size=5000)}
    known: dict[tuple[int, int], bytes] = {}
    count = 0
    checkpoints = {c.size: c for c in Checkpoint.objects.all()}
    for entry in Entry.objects.exclude(leaf_index=None).order_by("leaf_index").iterator(chunk_size=2000):
        if entry.leaf_index != count:
            yield f"台账第 {count} 条缺失。"
            return
        new = merkle.grown(count, [merkle.leaf_hash(leaf_bytes(entry))], lambda level, index: known[level, index])
        count += 1
        for level, index, value in new:
            known[level, index] = value
            if stored.get((level, index)) != value:
                yield f"节点 {level}/{index} 与条目不符。"
        if found := checkpoints.pop(count, None):
            root = merkle.root_of(count, lambda level, index: known[level, index])
            yield from _checkpoint_faults(found, root, vkey)
    for size in checkpoints:
        yield f"检查点声称有 {size} 条，台账只有 {count} 条。"
    if len(stored) != len(known):
        yield f"节点应有 {len(known)} 个，实有 {len(stored)} 个。"
    for checker in _CHECKERS.values():
        yield from checker()


def _checkpoint_faults(found: Checkpoint, root: bytes, vkey: str) -> Iterator[str]:
    try:
        stated = notes.read_checkpoint(notes.verify(found.note, vkey))
    except notes.BadNote as error:
        yield f"{found.size} 条时的检查点：{error}。"
        return
    if (stated.origin, stated.size, stated.root) != (settings.LEDGER_ORIGIN, found.size, root):
        yield f"{found.size} 条时的检查点与台账不符。"
