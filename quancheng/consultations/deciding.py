"""Deciding on opinions, merging look-alikes, linking changes: what a named person does with each opinion."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F

from quancheng.consultations import rules
from quancheng.consultations.models import (
    ClauseChange,
    Consultation,
    DecisionRecord,
    Note,
    Opinion,
    ReasonTemplate,
)
from quancheng.consultations.words import change_content, decision_content
from quancheng.kernel.words import clean
from quancheng.ledger import acts as ledger
from quancheng.people.models import Account
from quancheng.people.permissions import Actor, demand
from quancheng.people.queries import colleagues
from quancheng.procedures import queries as procedure_queries
from quancheng.texts.models import Provision, Version

BULK = 2000
LONGEST_REASON = 5000
CHANGING = (Opinion.Decision.ADOPTED, Opinion.Decision.PARTLY)  # the decisions that can change a clause


class DecisionRefused(ValueError):
    """The decision lacks its reason, or cannot be taken on this opinion now."""


class Conflict(Exception):
    """Somebody else decided in the meantime; `names` tells who."""


def _fetch(opinion_ids: Iterable[int], permission: str, by: Actor) -> list[Opinion]:
    """Return opinions of one consultation on which the actor holds the permission, locked for this transaction.

    Raises NotAllowed, DecisionRefused.
    """
    ids = sorted(set(opinion_ids))
    if not ids:
        raise DecisionRefused("请先选择意见。")
    if len(ids) > BULK:
        raise DecisionRefused(f"一次最多处理{BULK}件，请分批进行。")
    rows = Opinion.objects.select_for_update(of=("self",)).filter(pk__in=ids)
    found = list(rows.select_related("consultation__case__organ").order_by("id"))
    if len(found) != len(ids) or len({o.consultation_id for o in found}) != 1:
        raise DecisionRefused("所选意见不存在，或者不属于同一次征求意见。")
    demand(by, permission, organ=found[0].consultation.case.organ_id)
    return found


def _log(kind: str, opinions: list[Opinion], words: str, at: datetime, **detail: str) -> None:
    """Append one entry about each opinion; detail is public, names no person and tells no decision."""
    organ = opinions[0].consultation.case.organ_id
    ledger.append_many(
        entries=[
            ledger.prepared(
                kind=kind, at=at, organ=organ, subject=opinion.public_id, content=words.encode(),
                salt=ledger.new_salt(), detail=dict(detail),
            )
            for opinion in opinions
        ],
        at=at,
    )


def decide(
    *, opinion_ids: list[int], decision: str, reason: str, by: Actor, at: datetime, moves: dict[int, int] | None = None
) -> int:
    """Decide on one or many opinions, each with its reason (R1.13, S09); return how many.

    `moves` holds the counts that the decider saw. Raises NotAllowed, DecisionRefused, Conflict.
    """
    reason = clean(reason)
    with transaction.atomic():
        found = _fetch(opinion_ids, "opinion.decide", by)
        _check_decision(found, decision, reason, at)
        for opinion in found:
            _check_decidable(opinion, moves)
        if decision not in CHANGING:
            _refuse_linked(found)
        record_decision(opinions=found, decision=decision, reason=reason, account_id=by.id, at=at)
    return len(found)


def _check_decision(found: list[Opinion], decision: str, reason: str, at: datetime) -> None:
    if decision not in Opinion.Decision.values or decision == Opinion.Decision.DUPLICATE:
        raise DecisionRefused("请选择处理决定；相同的意见请用“并入”。")
    area = found[0].consultation.case.organ.area_id
    least = procedure_queries.parameter("reason.min_characters", area=area, on=rules.local_date(at))
    if not rules.long_enough(reason, least):  # S09
        raise DecisionRefused(f"请写明理由，不少于{least}个字。提出意见的人会看到这段话。")
    if len(reason) > LONGEST_REASON:
        raise DecisionRefused(f"理由最多{LONGEST_REASON}字，现有{len(reason)}字。")


def _check_decidable(opinion: Opinion, moves: dict[int, int] | None) -> None:
    if opinion.state == Opinion.State.REPLIED:
        raise DecisionRefused("意见已经答复，不能再改决定。")
    if opinion.merged_into_id is not None:
        raise DecisionRefused("所选意见中有已并入其他意见的，请处理它所并入的那一件，或者先拆出。")
    if moves is not None and moves.get(opinion.pk) != opinion.moves:
        raise Conflict(_who(opinion))


def _refuse_linked(found: list[Opinion]) -> None:
    """Refuse to turn away what has changed a clause: first the link is taken back, on record."""
    linked = ClauseChange.objects.filter(opinion__in=found).count()
    if linked:
        raise DecisionRefused(
            f"所选意见中有{linked}处已关联到修改后的条文，只能决定为“采纳”或者“部分采纳”。确需改变决定的，请先撤回关联。"
        )


def record_decision(*, opinions: list[Opinion], decision: str, reason: str, account_id: int, at: datetime) -> None:
    """Write a decision to opinions that the caller has locked: the state, the record, and its digest in the ledger."""
    Opinion.objects.filter(pk__in=[opinion.pk for opinion in opinions]).update(
        state=Opinion.State.DECIDED, decision=decision, reason=reason, decided_by_id=account_id, decided_at=at,
        moves=F("moves") + 1,
    )
    records = [
        DecisionRecord(opinion=opinion, decision=decision, reason=reason, by_id=account_id, at=at, salt=ledger.new_salt())
        for opinion in opinions
    ]
    DecisionRecord.objects.bulk_create(records, batch_size=500)
    content, organ = decision_content(decision, reason), opinions[0].consultation.case.organ_id
    ledger.append_many(
        entries=[
            ledger.prepared(
                kind="opinion.decided", at=at, organ=organ, subject=record.opinion.public_id, content=content,
                salt=bytes(record.salt),
            )
            for record in records
        ],
        at=at,
    )


def _who(opinion: Opinion) -> str:
    name = Account.objects.filter(pk=opinion.decided_by_id or 0).values_list("name", flat=True).first()
    if name is None:
        return "这件意见刚刚由他人办理过，请刷新后再试。您写的理由还在。"
    return f"这件意见刚刚由{name}处理为“{opinion.get_decision_display()}”，请核对后再决定。您写的理由还在。"


def merge(*, leader_id: int, opinion_ids: list[int], by: Actor, at: datetime) -> int:
    """Merge look-alikes under a leader; every author and count stays (S10). Return how many were merged.

    Raises NotAllowed, DecisionRefused.
    """
    with transaction.atomic():
        found = _fetch([leader_id, *opinion_ids], "opinion.decide", by)
        leader = next(opinion for opinion in found if opinion.pk == leader_id)
        others = [opinion for opinion in found if opinion.pk != leader_id]
        _check_leader(leader)
        if not others:
            raise DecisionRefused("请至少再选一件意见并入。")
        if any(opinion.state != Opinion.State.RECEIVED for opinion in others):
            raise DecisionRefused("只有待处理的意见可以并入。")
        under = Opinion.objects.filter(merged_into__in=others).select_related("consultation__case")
        moved = [*others, *under]  # what was merged into one of them comes along
        Opinion.objects.filter(pk__in=[opinion.pk for opinion in moved]).update(
            state=Opinion.State.MERGED, merged_into=leader, moves=F("moves") + 1
        )
        _log("opinion.merged", moved, leader.public_id, at, into=leader.public_id)
    return len(others)


def _check_leader(leader: Opinion) -> None:
    if leader.merged_into_id is not None:
        raise DecisionRefused("代表意见本身已并入别的意见，请另选一件。")
    if leader.state == Opinion.State.REPLIED:
        raise DecisionRefused("代表意见已经答复，不能再并入别的意见。")
    if leader.erased_at is not None:
        raise DecisionRefused("代表意见的原文已依本人申请删除，请另选一件。")


def split(*, opinion_id: int, by: Actor, at: datetime) -> None:
    """Take an opinion out of the group that it was merged into. Raises NotAllowed, DecisionRefused."""
    with transaction.atomic():
        [opinion] = _fetch([opinion_id], "opinion.decide", by)
        if opinion.state != Opinion.State.MERGED:
            raise DecisionRefused("这件意见没有并入其他意见，或者已经答复。")
        Opinion.objects.filter(pk=opinion_id).update(
            state=Opinion.State.RECEIVED, merged_into=None, moves=F("moves") + 1
        )
        _log("opinion.split", [opinion], "", at)


def assign(*, opinion_ids: list[int], assignee_id: int | None, by: Actor, at: datetime) -> int:
    """Assign opinions to a colleague who may decide on them, or to nobody. Raises NotAllowed, DecisionRefused."""
    with transaction.atomic():
        found = _fetch(opinion_ids, "opinion.assign", by)
        if assignee_id is not None:
            able = colleagues(found[0].consultation.case.organ_id, rules.local_date(at), "opinion.decide")
            if assignee_id not in {account.pk for account in able}:
                raise DecisionRefused("只能分配给本机关能够处理意见的工作人员。")
        return Opinion.objects.filter(pk__in=[opinion.pk for opinion in found]).update(assignee_id=assignee_id)


def add_note(*, opinion_id: int, text: str, by: Actor, at: datetime) -> Note:
    """Add an internal remark, never published. Raises NotAllowed, DecisionRefused."""
    words = clean(text)
    with transaction.atomic():
        [opinion] = _fetch([opinion_id], "opinion.decide", by)
        if not words:
            raise DecisionRefused("备注不能为空。")
        if len(words) > LONGEST_REASON:
            raise DecisionRefused(f"备注最多{LONGEST_REASON}字，现有{len(words)}字。")
        return Note.objects.create(opinion=opinion, by_id=by.id, at=at, text=words)


def link_change(*, opinion_ids: list[int], version_id: int, anchor: str, by: Actor, at: datetime) -> int:
    """Link decided opinions to the clause of a later version that they changed. Return how many links are new.

    Raises NotAllowed, DecisionRefused.
    """
    anchor = clean(anchor)
    with transaction.atomic():
        found = _fetch(opinion_ids, "opinion.decide", by)
        later = _later_version(found[0], version_id)
        if not Provision.objects.filter(version=later, anchor=anchor).exists():
            raise DecisionRefused("后一版本中没有这一条文，请重新选择。")
        if any(opinion.decision not in CHANGING for opinion in found):
            raise DecisionRefused("只有决定“采纳”或者“部分采纳”的意见才能关联到修改后的条文。")
        known = set(
            ClauseChange.objects.filter(opinion__in=found, version=later, anchor=anchor).values_list("opinion_id", flat=True)
        )
        links = [
            ClauseChange(opinion=opinion, version=later, anchor=anchor, by_id=by.id, at=at, salt=ledger.new_salt())
            for opinion in found if opinion.pk not in known
        ]
        ClauseChange.objects.bulk_create(links, batch_size=500)
        Consultation.objects.filter(pk=found[0].consultation_id).update(next_version=later)
        content, organ = change_content(later.number, anchor), found[0].consultation.case.organ_id
        ledger.append_many(
            entries=[
                ledger.prepared(
                    kind="opinion.changed_clause", at=at, organ=organ, subject=link.opinion.public_id, content=content,
                    salt=bytes(link.salt),
                )
                for link in links
            ],
            at=at,
        )
    return len(links)


def _later_version(opinion: Opinion, version_id: int) -> Version:
    base = Version.objects.get(pk=opinion.consultation.version_id)
    later = Version.objects.filter(pk=version_id, text_id=base.text_id, number__gt=base.number).first()
    if later is None:
        raise DecisionRefused("请选择同一法规的后一版本。")
    return later


def unlink_change(*, opinion_id: int, version_id: int, anchor: str, by: Actor, at: datetime) -> None:
    """Take back a link made by mistake, before the reply; both stand in the ledger. Raises NotAllowed, DecisionRefused."""
    anchor = clean(anchor)
    with transaction.atomic():
        [opinion] = _fetch([opinion_id], "opinion.decide", by)
        if opinion.state == Opinion.State.REPLIED:
            raise DecisionRefused("意见已经答复，不能再改关联。")
        links = ClauseChange.objects.select_related("version")
        link = links.filter(opinion=opinion, version_id=version_id, anchor=anchor).first()
        if link is None:
            raise DecisionRefused("没有这一处关联，可能刚刚已由他人撤回。")
        link.delete()
        ledger.append(
            kind="opinion.unlinked_clause", at=at, organ=opinion.consultation.case.organ_id, subject=opinion.public_id,
            content=change_content(link.version.number, anchor), salt=ledger.new_salt(),
        )
        _forget_version(opinion.consultation_id, version_id)


def _forget_version(consultation_id: int, version_id: int) -> None:
    """Let a version no longer stand as the next one when the last link that led to it was taken back."""
    left = ClauseChange.objects.filter(opinion__consultation=consultation_id).order_by("-id")
    if left.filter(version_id=version_id).exists():
        return
    newest = left.first()
    Consultation.objects.filter(pk=consultation_id, next_version_id=version_id).update(
        next_version_id=newest.version_id if newest else None
    )


def save_template(
    *, organ: str, decision: str, title: str, text: str, by: Actor, at: datetime, template_id: int | None = None
) -> ReasonTemplate:
    """Save a reason template of an organ. Raises NotAllowed, DecisionRefused."""
    demand(by, "opinion.decide", organ=organ)
    if decision not in Opinion.Decision.values or not title.strip() or len(text.strip()) < 10:
        raise DecisionRefused("模板须有决定种类、名称和不少于10个字的理由。")
    values = {"organ_id": organ, "decision": decision, "title": title.strip()[:60], "text": text.strip()}
    if template_id is None:
        return ReasonTemplate.objects.create(**values)
    ReasonTemplate.objects.filter(pk=template_id, organ_id=organ).update(**values)
    return ReasonTemplate.objects.get(pk=template_id)


def remove_template(*, template_id: int, organ: str, by: Actor, at: datetime) -> None:
    """Remove a reason template; decisions that used it keep their words. Raises NotAllowed."""
    demand(by, "opinion.decide", organ=organ)
    ReasonTemplate.objects.filter(pk=template_id, organ_id=organ).delete()
