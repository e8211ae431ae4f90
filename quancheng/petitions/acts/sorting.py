"""Sorting under seal: opening on record, then a class for everything; accusations stay sealed (R7.35 信访工作条例 29–31)."""

import json
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from quancheng.people import sealing
from quancheng.people.permissions import Actor, demand
from quancheng.petitions import recording, rules, vault
from quancheng.petitions.acts.intake import REPEATED
from quancheng.petitions.models import (
    Addition,
    Paper,
    Petition,
    Petitioner,
    PetitionerReading,
    SealedItem,
    SealedReading,
)
from quancheng.petitions.rules import PetitionRefused, clean, need
from quancheng.procedures import acts as procedures
from quancheng.procedures.acts import Conflict


def _reached(item_id: str, by: Actor) -> tuple[SealedItem, vault.Status]:
    """Return an item that the actor reaches. Raises NotAllowed, SealedItem.DoesNotExist.

    Whoever is in conflict, or holds no office for it, gets the same answer as for an item that never was (S02).
    """
    demand(by, "petition.items")
    item = SealedItem.objects.select_related("organ").get(public_id=item_id)
    status = vault.status_of(item)
    if not vault.reaches(vault.reader(by), item, status):
        raise SealedItem.DoesNotExist
    return item, status


def _fresh(item: SealedItem, moves: int | None) -> None:
    if moves is not None and item.moves != moves:
        raise Conflict("这件来件刚刚已由他人处理，请刷新后再看。")


@dataclass(frozen=True)
class Opened:
    """A sealed item as a reader sees it, and who read it before him."""

    item: SealedItem
    status: vault.Status
    words: vault.Words
    accused_name: str
    accused_unit: str
    readings: list[dict[str, str]]


def open_item(*, item_id: str, by: Actor, at: datetime) -> Opened:
    """Open a sealed item; the reading is on record under the same seal, for the item's readers alone (S02).

    Raises NotAllowed, SealedItem.DoesNotExist.
    """
    item, status = _reached(item_id, by)
    made = {"account": str(by.id), "at": at.isoformat(), "id": rules.new_public_id(), "name": by.name}
    with transaction.atomic():
        words = json.dumps(made, ensure_ascii=False)
        SealedReading.objects.create(item=item, sealed=sealing.seal(f"petition.reading:{item_id}", f"{words:<256}"))
        recording.mark(item.organ_id, made["id"], "阅看", words, bytes.fromhex(status.salt), at, submission=False)
    return Opened(item, status, vault.words_of(item), *vault.accused_of(item), _readings(item))


def _readings(item: SealedItem) -> list[dict[str, str]]:
    """Return who opened an item and when, oldest first (1 statement)."""
    sealed = item.readings.order_by("id").values_list("sealed", flat=True)
    return [json.loads(sealing.unseal(f"petition.reading:{item.public_id}", one)) for one in sealed]


def sort(
    *, item_id: str, kind: str, route: str, about: str, title: str, by: Actor, at: datetime, moves: int | None = None
) -> Petition:
    """Class an item as an opinion or a claim with its route; it leaves the seal and becomes a petition with a case.

    The petitioner is told in writing that it came in and how it goes on (R7.33). `moves`: the count that the page
    showed. Raises NotAllowed, SealedItem.DoesNotExist, Conflict, PetitionRefused.
    """
    item, status = _reached(item_id, by)
    demand(by, "petition.sort", organ=item.organ_id)
    _fresh(item, moves)
    if status.state != vault.WAITING or status.kind == vault.FORWARDED:
        raise Conflict("这件来件已经办过。")
    _check_class(kind, route, about)
    title = need(title, 4, "请拟一个标题，不写姓名", "title", 60)
    words = vault.words_of(item)
    made = Petition(
        public_id=item.public_id, receipt_code=status.receipt_code, submission_index=bytes(item.submission_index),
        author_key=status.author_key, author_index=bytes.fromhex(status.author), channel=status.channel, about=about,
        title=title, request=words.request, facts=words.facts, salt=bytes.fromhex(status.salt), kind=kind,
        headcount=status.headcount, area_id=status.area or None, received_at=item.received_at,
        route=route if kind == Petition.Kind.CLAIM else "",
    )  # fmt: skip
    opened = _readings(item)
    with transaction.atomic():
        _take_out(item)
        made.case = procedures.open_case(procedure="petition", organ=item.organ_id, by=by, at=at)
        made.save(force_insert=True)
        person = json.dumps(
            {"names": words.names, "address": words.address, "phone": words.phone}, ensure_ascii=False
        )
        Petitioner.objects.create(petition=made, sealed=sealing.seal(f"petitioner:{made.public_id}", person))
        PetitionerReading.objects.bulk_create(  # whoever opened the item saw the name too: the petitioner is told (S05)
            PetitionerReading(petition=made, account_id=int(r["account"]), at=datetime.fromisoformat(r["at"]), reason="打开来件，甄别归类") for r in opened
        )
        received = timezone.localdate(item.received_at)
        recording.start_clock(made, "accept", "告知是否受理", "petition.notify_days", received, at)
        procedures.perform(case=made.case, step="inform", by=by, at=at)
        procedures.perform(case=made.case, step=f"classify_{kind}", by=by, at=at)
        recording.paper(made, Paper.Kind.INFORMED, _informed(made), by, at)
    return made


def _check_class(kind: str, route: str, about: str) -> None:
    if kind not in Petition.Kind.values:
        raise PetitionRefused("请选择建议意见类还是申诉求决类；检举控告请按检举控告归类。", "kind")
    if kind == Petition.Kind.CLAIM and route not in Petition.Route.values:
        raise PetitionRefused("申诉求决类请选择办理途径。", "route")
    if about not in Petition.About.values:
        raise PetitionRefused("请选择反映的对象。", "about")


def _informed(made: Petition) -> str:
    received = timezone.localtime(made.received_at)
    return (
        f"您于{received:%Y年%-m月%-d日}反映的事项已经登记，编号{made.case.number}，归为{made.get_kind_display()}"
        + (f"（{made.get_route_display()}）" if made.route else "")
        + f"，由{made.case.organ.name}处理。自收到之日起十五日内书面告知是否受理；受理的，六十日内办结。"
        "凭回执号可以随时查询办理情况、补充材料、作出评价。"
    )


def _take_out(item: SealedItem) -> None:
    """Remove an item from the seal. Raises Conflict when another reader was faster."""
    SealedReading.objects.filter(item_id=item.pk).delete()
    if not SealedItem.objects.filter(pk=item.pk, moves=item.moves).delete()[0]:
        raise Conflict("这件来件刚刚已由他人处理，请刷新后再看。")


def sort_accusation(
    *, item_id: str, accused_name: str, accused_unit: str, by: Actor, at: datetime, moves: int | None = None
) -> None:
    """Class an item as an accusation: it stays under seal for good, with whatever adds to it (S02 信访工作条例 30).

    Raises NotAllowed, SealedItem.DoesNotExist, Conflict.
    """
    item, status = _reached(item_id, by)
    _fresh(item, moves)
    if status.state != vault.WAITING or status.kind == vault.FORWARDED:
        raise Conflict("这件来件已经办过。")
    name, unit = vault.accused_of(item)
    accused = (clean(accused_name)[:40] or name, clean(accused_unit)[:60] or unit)
    status.kind, status.accuses = vault.ACCUSATION, True
    status.units = vault.accused_units(*accused, timezone.localdate(at))
    with transaction.atomic():
        recording.log(item, status, "归为检举控告类", "", by, at)
        recording.save(item, status, accused_sealed=vault.seal_accused(item.public_id, *accused))
        for other in SealedItem.objects.filter(organ=item.organ).exclude(pk=item.pk):
            added = vault.status_of(other)
            if added.source_item == item_id:
                added.accuses, added.units = True, status.units
                recording.save(other, added, accused_sealed=vault.seal_accused(other.public_id, *accused))


def attach(
    *, item_id: str, by: Actor, at: datetime, petition_id: int | None = None, repeat: bool = False,
    moves: int | None = None,
) -> Addition:
    """Lay an item with the petition to which it adds; with `repeat`, as the same facts after the end, not accepted again.

    Without `petition_id`: the one to which its writer added it. Raises NotAllowed, SealedItem.DoesNotExist,
    Petition.DoesNotExist, Conflict, PetitionRefused.
    """
    item, status = _reached(item_id, by)
    demand(by, "petition.sort", organ=item.organ_id)
    _fresh(item, moves)
    every = Petition.objects.select_related("case__organ").filter(case__organ_id=item.organ_id, moved_at=None)
    if petition_id is not None:
        found = every.get(pk=petition_id)
    elif status.source_case is not None:
        found = every.get(case_id=status.source_case)
    else:
        found = every.get(public_id=status.source_item)
    if repeat and found.case.state != "final":
        raise PetitionRefused("原事项还没有办结，请作为补充材料归入。", "petition_id")
    words = vault.words_of(item)
    kind = Addition.Kind.REPEAT if repeat else Addition.Kind.SUPPLEMENT
    with transaction.atomic():
        _take_out(item)
        made = Addition.objects.create(
            petition=found, kind=kind, public_id=item.public_id, receipt_code=status.receipt_code,
            submission_index=bytes(item.submission_index), author_key=status.author_key, request=words.request,
            facts=words.facts, salt=bytes.fromhex(status.salt), received_at=item.received_at,
        )  # fmt: skip
        procedures.note(
            case=found.case, event="petition.added", words=words.facts, by=by, at=at, held="petition.sort",
            shown=str(made.get_kind_display()),
        )
        if repeat:
            recording.paper(found, Paper.Kind.NOT_COMPETENT, REPEATED, by, at)
    return made


def transfer(*, item_id: str, to: str, document: str, by: Actor, at: datetime) -> None:
    """Hand an accusation to discipline, supervision or the procuratorate; its writer sees only that it went (S02).

    Raises NotAllowed, SealedItem.DoesNotExist, Conflict, PetitionRefused.
    """
    item, status = _reached(item_id, by)
    _sealed_only(status)
    to = need(to, 2, "请写明移送哪个有权处理的机关", "to", 60)
    if set(vault.accused_units("", to, timezone.localdate(at))) & set(status.units):
        raise PetitionRefused("不得转给被检举控告的单位（信访工作条例第三十条）。", "to")
    status.state, status.transferred_to, status.document = vault.TRANSFERRED, to, clean(document)[:60]
    with transaction.atomic():
        recording.log(item, status, "移送", f"{to} {status.document}".strip(), by, at)
        recording.save(item, status)


def close(*, item_id: str, feedback: str, by: Actor, at: datetime) -> None:
    """Close an accusation with what its writer may be told; only his receipt shows it.

    Raises NotAllowed, SealedItem.DoesNotExist, Conflict, PetitionRefused.
    """
    item, status = _reached(item_id, by)
    _sealed_only(status)
    status.state = vault.CLOSED
    status.feedback = need(feedback, rules.SHORTEST_REASON, "请写明可以告诉来件人的话", "feedback", 1000)
    with transaction.atomic():
        recording.log(item, status, "办结", status.feedback, by, at)
        recording.save(item, status)


def _sealed_only(status: vault.Status) -> None:
    if status.kind != vault.ACCUSATION or status.state == vault.CLOSED:
        raise Conflict("这件来件还没有归为检举控告，或者已经办结。")
