"""The station's tablet: enrolled, handing over what it took without a network, each item exactly once (M52)."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from quancheng.contact import files, rules
from quancheng.contact.acts.opinions import Matter, submit
from quancheng.contact.models import Tablet
from quancheng.contact.recording import ContactRefused, need, record
from quancheng.kernel.words import slip_code
from quancheng.people import sealing
from quancheng.people.models import Site
from quancheng.people.permissions import Actor, demand
from quancheng.procedures.acts import Conflict

KEY_LENGTH = 32  # letters of a device's key and of an item's: at least 128 bits
MOST = 100  # items of one hand-over


class UnknownTablet(ContactRefused):
    """The device was not enrolled, or was taken out of use."""


@dataclass(frozen=True)
class Item:
    """One opinion as the tablet kept it. `key` was made on the tablet; `said_at` is what its clock said."""

    key: str
    body: str
    consent_how: str
    said_at: datetime | None = None
    legal_wording: str = ""
    name: str = ""
    phone: str = ""
    area: str = ""
    visibility: str = "shown"
    pictures: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class Handed:
    """What became of an item: 'stored' with its receipt code, or 'refused' with the reason."""

    key: str
    state: str
    code: str = ""
    reason: str = ""


def _digest(device_key: str) -> bytes:
    if len(device_key) < KEY_LENGTH or not device_key.isascii():
        raise UnknownTablet("这台平板还没有登记，请联网登记后再交回。意见都还在平板上。")
    return hashlib.sha256(b"quancheng:tablet:" + device_key.encode()).digest()


def enrol_tablet(*, site: str, device_key: str, label: str, by: Actor, at: datetime) -> Tablet:
    """Enrol a tablet of a site by the key that it made itself; only the key's digest is kept.

    Raises NotAllowed, ContactRefused, Conflict where the key is another site's.
    """
    demand(by, "matter.enter", site=site)
    digest = _digest(device_key)
    label = need(label, 1, "请给平板起个名字", "label", 40)
    try:
        with transaction.atomic():
            made, new = Tablet.objects.get_or_create(
                key_digest=digest,
                defaults={"site_id": site, "label": label, "enrolled_by_id": by.id, "enrolled_at": at},
            )
            if new:
                record("tablet", f"tablet:{made.pk}", label, at, site=site)
    except IntegrityError:
        made = Tablet.objects.get(key_digest=digest)
    if made.site_id != site or made.revoked_at is not None:
        raise Conflict("这台平板登记在别的站点，或者已经停用。")
    return made


def revoke_tablet(*, tablet_id: int, reason: str, by: Actor, at: datetime) -> Tablet:
    """Take a lost or broken tablet out of use; what it has handed over stays. Raises NotAllowed, ContactRefused, Conflict."""
    found = Tablet.objects.select_related("site").get(pk=tablet_id)
    organ = rules.keeps(by, Site.objects.get(pk=found.site_id))
    reason = need(reason, 2, "请写明停用的原因", "reason")
    with transaction.atomic():
        if not Tablet.objects.filter(pk=tablet_id, revoked_at=None).update(revoked_at=at):
            raise Conflict("这台平板已经停用。")
        record("tablet_revoked", f"tablet:{tablet_id}", reason, at, organ)
    found.refresh_from_db()
    return found


def hand_over(
    *, device_key: str, items: Iterable[Item], by: Actor, at: datetime, device_now: datetime | None = None
) -> list[Handed]:
    """Take over what a tablet kept without a network: each item once, however often and in whatever order it is sent.

    Every item is a transaction of its own, durable before the answer tells of it; one that is refused keeps none of
    the others. The moment of receipt is the server's; what the tablet's clock said is kept as said. An item's slip,
    printed before, carries the code that its key gives. Raises NotAllowed, UnknownTablet, ContactRefused.
    """
    tablet = Tablet.objects.filter(key_digest=_digest(device_key)).first()
    if tablet is None or tablet.revoked_at is not None:
        raise UnknownTablet("这台平板没有登记，或者已经停用。意见都还在平板上，请联系代表工委。")
    demand(by, "matter.enter", site=tablet.site_id)
    batch = list(items)
    if len(batch) > MOST:
        raise ContactRefused(f"一次最多交回{MOST}份，请分次交回。")
    shown = _storable(device_now)
    off = int((shown - at).total_seconds()) if shown is not None else None
    Tablet.objects.filter(pk=tablet.pk).update(last_seen_at=at, clock_off_seconds=off)
    return [_hand_one(tablet, item, by, at) for item in batch]


def _hand_one(tablet: Tablet, item: Item, by: Actor, at: datetime) -> Handed:
    if len(item.key) < KEY_LENGTH:
        return Handed(item.key, "refused", reason="这份意见没有编号，无法确认是否交过，请重新记录。")
    phone, pictures, remarks = _usable(item)
    matter = Matter(
        body=item.body, submission_key=item.key, site=tablet.site_id, legal_wording=item.legal_wording, name=item.name,
        phone=phone, area=item.area, visibility=item.visibility, consent_how=item.consent_how,
        said_at=_storable(item.said_at), receipt_code=slip_code(item.key), tablet_id=tablet.pk, pictures=pictures,
    )
    try:
        made = submit(matter=matter, by=by, at=at)
    except ContactRefused as refusal:
        return Handed(item.key, "refused", reason=str(refusal))
    return Handed(item.key, "stored", made.receipt_code, remarks)


def _usable(item: Item) -> tuple[str, tuple[bytes, ...], str]:
    """Return the number and pictures that can be kept, and what could not: the words are not lost with them."""
    phone, remarks = item.phone.strip(), []
    if phone:
        try:
            sealing.clean_phone(phone)
        except sealing.BadPhone:
            phone = ""
            remarks.append("手机号码不对，没有保存，请本人凭回执号查询。")
    pictures = []
    for data in item.pictures[: rules.PICTURES]:
        try:
            files.keep_picture(data)
            pictures.append(data)
        except files.BadFile:
            continue
    if lost := len(item.pictures) - len(pictures):
        remarks.append(f"有{lost}张图片打不开或者超过{rules.PICTURES}张，没有保存。")
    return phone, tuple(pictures), "".join(remarks)


def _storable(said: datetime | None) -> datetime | None:
    """Return what a clock said, however wrong; None where no calendar holds it."""
    if said is None:
        return None
    try:
        return (timezone.make_aware(said) if timezone.is_naive(said) else said).astimezone(UTC)
    except (OverflowError, ValueError):
        return None
