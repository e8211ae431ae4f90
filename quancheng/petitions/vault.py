"""The sealed store: how an item is packed, who reaches it, what its readers see. It writes nothing (S02 信访工作条例 30)."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date, datetime

from django.db.models import Q
from django.utils import timezone

from quancheng.kernel import receipts
from quancheng.kernel.text import fold
from quancheng.people import sealing
from quancheng.people.models import Office, Organ
from quancheng.people.permissions import Actor, HeldOffice, may
from quancheng.petitions.models import SealedItem
from quancheng.petitions.rules import author_key_index, content_of, receipt_index

UNSORTED, ACCUSATION, FORWARDED = "unsorted", "accusation", "forwarded"
WAITING, TRANSFERRED, CLOSED = "waiting", "transferred", "closed"
_BODY, _STATUS, _ACCUSED = 4096, 4096, 512  # sealed values are padded to multiples of these


@dataclass
class Words:
    """What was said, and who said it, as far as he told."""

    request: str
    facts: str
    names: list[str] = field(default_factory=list)
    address: str = ""
    phone: str = ""


@dataclass
class Status:
    """What is known of a sealed item besides its words. All of it is sealed.

    `accuses`: the writer said so himself. `units`: organs accused, or in which the accused holds an office.
    """

    kind: str
    state: str
    channel: str
    receipt_code: str
    author_key: str
    author: str  # hex of the keyed digest by which a person's earlier petitions are found
    salt: str
    about: str = "other"
    headcount: int = 1
    area: str = ""
    accuses: bool = False
    units: list[str] = field(default_factory=list)
    source_case: int | None = None  # it adds to this case
    source_item: str = ""  # it adds to this sealed item
    transferred_to: str = ""
    document: str = ""
    feedback: str = ""
    log: list[dict[str, str]] = field(default_factory=list)  # what was done under seal, each with its own mark


def _sealed(item_id: str, column: str, value: object, size: int) -> bytes:
    text = json.dumps(value, ensure_ascii=False)
    return sealing.seal(f"petition.{column}:{item_id}", text + " " * (-len(text.encode()) % size))


def _opened(item_id: str, column: str, sealed: bytes | memoryview) -> str:
    return sealing.unseal(f"petition.{column}:{item_id}", sealed)


def seal_status(item_id: str, status: Status) -> bytes:
    """Return an item's status sealed."""
    return _sealed(item_id, "status", asdict(status), _STATUS)


def seal_accused(item_id: str, name: str, unit: str) -> bytes:
    """Return sealed whom an item accuses; '' and '' look alike from outside."""
    return _sealed(item_id, "accused", [name, unit], _ACCUSED)


def status_of(item: SealedItem) -> Status:
    """Return an item's status."""
    return Status(**json.loads(_opened(item.public_id, "status", item.status_sealed)))


def words_of(item: SealedItem) -> Words:
    """Return an item's words. The caller has asked `reaches`."""
    return Words(**json.loads(_opened(item.public_id, "body", item.body_sealed)))


def accused_of(item: SealedItem) -> tuple[str, str]:
    """Return the name and the unit that an item accuses, '' where it names none."""
    name, unit = json.loads(_opened(item.public_id, "accused", item.accused_sealed))
    return str(name), str(unit)


def new_item(
    item_id: str, organ: str, received_at: datetime, words: Words, status: Status, submission: bytes,
    accused: tuple[str, str] = ("", ""),
) -> SealedItem:
    """Return an item not yet saved; each sealed value is bound to its item."""
    return SealedItem(
        public_id=item_id, receipt_index=receipt_index(status.receipt_code), submission_index=submission,
        author_index=author_key_index(status.author_key), organ_id=organ, received_at=received_at,
        body_sealed=_sealed(item_id, "body", asdict(words), _BODY), accused_sealed=seal_accused(item_id, *accused),
        status_sealed=seal_status(item_id, status),
    )


def digest_of(public_id: str, request: str, facts: str, salt: bytes) -> bytes:
    """Return the salted digest of a submission's words: the same wherever they lie."""
    return receipts.digest(salt, content_of(public_id, request, facts))


def digests(item: SealedItem, status: Status) -> Iterator[bytes]:
    """Yield the digest of an item's words, then of each thing done to it under seal."""
    words = words_of(item)
    yield digest_of(item.public_id, words.request, words.facts, bytes.fromhex(status.salt))
    for done in status.log:
        yield digest_of(done["id"], done["what"], done["words"], bytes.fromhex(done["salt"]))


def accused_units(name: str, unit: str, on: date) -> list[str]:
    """Return the organs that an accusation touches: those named, and those where one of that name holds an office."""
    said = fold(unit)
    named = [pk for pk, own in Organ.objects.values_list("pk", "name") if _alike(fold(own), said)] if len(said) > 1 else []
    held = Office.objects.filter(account__name=name.strip()).values_list("organ_id", flat=True) if name.strip() else []
    return sorted({*named, *held})


def _alike(one: str, other: str) -> bool:
    return one in other or other in one


@dataclass(frozen=True)
class Reader:
    """An actor with what decides which items he reaches; made once for a list of items (one statement)."""

    actor: Actor
    above: dict[str, str | None]
    areas: dict[str, str]
    named: frozenset[str]


def reader(actor: Actor) -> Reader:
    """Return an actor as a reader of sealed items."""
    rows = list(Organ.objects.values_list("pk", "parent_id", "name", "area_id"))
    own = {office.organ for office in actor.offices}
    named = frozenset(fold(name) for pk, _up, name, _area in rows if pk in own)
    return Reader(actor, {pk: up for pk, up, *_ in rows}, {pk: area for pk, *_, area in rows}, named)


def _chain(who: Reader, organ: str) -> list[str]:
    chain: list[str] = []
    up: str | None = organ
    while up is not None and up not in chain:
        chain.append(up)
        up = who.above.get(up)
    return chain


def organs_of(who: Reader) -> set[str]:
    """Return the organs of whose items the actor may reach any: his office's; for discipline those that it watches."""
    clerks = {o.organ for o in who.actor.offices if o.role in ("petition_clerk", "petition_lead")}
    return clerks | {organ for organ in who.above if _watches(who, organ)}


def _watches(who: Reader, organ: str) -> bool:
    """Tell whether the actor is of the discipline over an organ: above it, or, standing under nobody, of its area."""
    watch = {o.organ for o in who.actor.offices if o.role == "discipline"}
    own = {code for code in watch if who.above.get(code) is None and who.areas.get(code) == who.areas[organ]}
    return bool(own or watch & set(_chain(who, organ)))


def reaches(who: Reader, item: SealedItem, status: Status) -> bool:
    """Tell whether the actor may know that an item is there (S02).

    What nobody has called an accusation yet is for whoever sorts in that office; an accusation is for the office's
    lead and for discipline. Nobody in conflict reaches anything; on doubt he is in conflict.
    """
    accusing = status.kind != UNSORTED or status.accuses
    if not accusing:
        allowed = may(who.actor, "petition.sort", organ=item.organ_id)
    else:
        allowed = may(who.actor, "petition.sealed", organ=item.organ_id) or _watches(who, item.organ_id)
    return allowed and not in_conflict(who, item, status)


def in_conflict(who: Reader, item: SealedItem, status: Status) -> bool:
    """Tell whether the actor is one from whom an item is kept: accused, of an accused unit, above it, or spoken of."""
    name, unit = accused_of(item)
    me, said = fold(who.actor.name), fold(unit)
    if me and name and _alike(me, fold(name)):
        return True
    over = {up for code in status.units for up in _chain(who, code)[1:]}
    for office in who.actor.offices:
        if office.organ in status.units:
            return True
        if office.organ in over and office.role not in ("discipline", "petition_lead", "petition_clerk"):
            return True  # a superior has an interest
    if len(said) > 1 and any(own and _alike(own, said) for own in who.named):
        return True
    words = words_of(item)
    return len(me) > 1 and me in fold(words.request + "\n" + words.facts)


def has_reader(item: SealedItem, status: Status, on: date) -> bool:
    """Tell whether anybody reaches an item (3 statements); if not, its writer is told to turn to the level above."""
    held = Office.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=on), role__in=("petition_clerk", "petition_lead", "discipline"), valid_from__lte=on,
        account__closed_at=None,
    )
    everywhere = Office.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=on), account_id__in=held.values("account_id"), valid_from__lte=on
    )
    offices: dict[tuple[int, str], list[HeldOffice]] = {}
    for account, name, organ, role in everywhere.values_list("account_id", "account__name", "organ_id", "role"):
        offices.setdefault((account, name), []).append(HeldOffice(organ, role))
    everybody = reader(Actor.public())
    names = dict(Organ.objects.filter(pk__in={o.organ for own in offices.values() for o in own}).values_list("pk", "name"))
    for (account, name), own in offices.items():
        who = Reader(
            Actor(account, name, tuple(own)), everybody.above, everybody.areas,
            frozenset(fold(names[office.organ]) for office in own),
        )
        if reaches(who, item, status):
            return True
    return False


@dataclass(frozen=True)
class Row:
    """One line of a sealed queue; neither words nor whom it accuses."""

    public_id: str
    organ: str
    received_at: datetime
    kind: str
    state: str
    channel: str
    moves: int
    adds: bool

    @property
    def day(self) -> date:
        """The day on which it came in."""
        return timezone.localdate(self.received_at)


def rows(who: Reader, accusing: bool) -> Iterator[Row]:
    """Yield the items that the actor reaches, newest first (one statement): those to sort, or the accusations."""
    for item in SealedItem.objects.filter(organ_id__in=organs_of(who)).order_by("-id").iterator(chunk_size=500):
        status = status_of(item)
        wanted = status.kind == ACCUSATION or status.accuses if accusing else status.kind == UNSORTED and not status.accuses
        if wanted and reaches(who, item, status):
            yield row_of(item, status)


def row_of(item: SealedItem, status: Status) -> Row:
    """Return the line of an item."""
    return Row(
        item.public_id, item.organ_id, item.received_at, status.kind, status.state, status.channel, item.moves,
        bool(status.source_case or status.source_item),
    )
