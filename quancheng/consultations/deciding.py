"""Deciding on opinions, merging look-alikes, linking changes, and moving the consultation to its end."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
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
from quancheng.consultations.receiving import NotOpen
from quancheng.kernel.deadlines import Term
from quancheng.ledger import acts as ledger
from quancheng.people import acts as people
from quancheng.people.models import Account
from quancheng.people.permissions import Actor, demand
from quancheng.people.queries import actor_for
from quancheng.procedures import acts as procedures
from quancheng.procedures import jobs
from quancheng.procedures import queries as procedure_queries
from quancheng.texts.models import Provision, Version

BULK = 2000
CHUNK = 500


class DecisionRefused(ValueError):
    """The decision lacks its reason, or cannot be taken on this opinion now."""


class Conflict(Exception):
    """Somebody else decided in the meantime; `names` tells who."""


class Undecided(Exception):
    """Opinions without a decision remain (hard stop 7); `count` tells how many."""

    def __init__(self, count: int) -> None:
        super().__init__(f"还有{count}件意见没有作出决定，不能进入下一步：每一件意见都要有结果和理由。")
        self.count = count


def _fetch(opinion_ids: Iterable[int], permission: str, by: Actor) -> list[Opinion]:
    """Return opinions of one consultation on which the actor holds the permission. Raises DecisionRefused."""
    ids = sorted(set(opinion_ids))
    if not ids:
        raise DecisionRefused("请先选择意见。")
    if len(ids) > BULK:
        raise DecisionRefused(f"一次最多处理{BULK}件，请分批进行。")
    found = list(Opinion.objects.filter(pk__in=ids).select_related("consultation__case__organ").order_by("id"))
    if len(found) != len(ids) or len({o.consultation_id for o in found}) != 1:
        raise DecisionRefused("所选意见不存在，或者不属于同一次征求意见。")
    demand(by, permission, organ=found[0].consultation.case.organ_id)
    return found


def _log(kind: str, opinions: list[Opinion], words: str, at: datetime, **detail: str) -> None:
    """Append one entry about each opinion; detail is public and names no person."""
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
    found = _fetch(opinion_ids, "opinion.decide", by)
    case = found[0].consultation.case
    if decision not in Opinion.Decision.values or decision == Opinion.Decision.DUPLICATE:
        raise DecisionRefused("请选择处理决定；相同的意见请用“并入”。")
    area = case.organ.area_id
    least = procedure_queries.parameter("reason.min_characters", area=area, on=at.date())
    if not rules.long_enough(reason, least):  # S09
        raise DecisionRefused(f"请写明理由，不少于{least}个字。提出意见的人会看到这段话。")
    for opinion in found:
        if opinion.state == Opinion.State.REPLIED:
            raise DecisionRefused("意见已经答复，不能再改决定。")
        if opinion.state == Opinion.State.MERGED:
            raise DecisionRefused("所选意见中有已并入其他意见的，请处理它所并入的那一件，或者先拆出。")
        if moves is not None and moves.get(opinion.pk) != opinion.moves:
            raise Conflict(_who(opinion))
    with transaction.atomic():
        changed = 0
        for opinion in found:
            changed += Opinion.objects.filter(pk=opinion.pk, moves=opinion.moves).update(
                state=Opinion.State.DECIDED, decision=decision, reason=reason.strip(), decided_by_id=by.id, decided_at=at,
                moves=F("moves") + 1,
            )
        if changed != len(found):
            raise Conflict("所选意见中有刚刚由他人处理的，请刷新后再试。您写的理由还在。")
        DecisionRecord.objects.bulk_create(
            [
                DecisionRecord(opinion=opinion, decision=decision, reason=reason.strip(), by_id=by.id, at=at)
                for opinion in found
            ]
        )
        _log("opinion.decided", found, reason.strip(), at, decision=decision)
    return changed


def _who(opinion: Opinion) -> str:
    name = Account.objects.filter(pk=opinion.decided_by_id or 0).values_list("name", flat=True).first()
    if name is None:
        return "这件意见刚刚由他人办理过，请刷新后再试。您写的理由还在。"
    return f"这件意见刚刚由{name}处理为“{opinion.get_decision_display()}”，请核对后再决定。您写的理由还在。"


def merge(*, leader_id: int, opinion_ids: list[int], by: Actor, at: datetime) -> int:
    """Merge look-alikes under a leader; every author and count stays (S10). Return how many were merged.

    Raises NotAllowed, DecisionRefused.
    """
    found = _fetch([leader_id, *opinion_ids], "opinion.decide", by)
    leader = next(opinion for opinion in found if opinion.pk == leader_id)
    others = [opinion for opinion in found if opinion.pk != leader_id]
    if leader.state == Opinion.State.MERGED:
        raise DecisionRefused("代表意见本身已并入别的意见，请另选一件。")
    if not others:
        raise DecisionRefused("请至少再选一件意见并入。")
    if any(opinion.state != Opinion.State.RECEIVED for opinion in others):
        raise DecisionRefused("只有待处理的意见可以并入。")
    with transaction.atomic():
        ids = [opinion.pk for opinion in others]
        if Opinion.objects.filter(merged_into_id__in=ids).exists():
            Opinion.objects.filter(merged_into_id__in=ids).update(merged_into=leader)
        changed = Opinion.objects.filter(pk__in=ids, state=Opinion.State.RECEIVED).update(
            state=Opinion.State.MERGED, merged_into=leader, moves=F("moves") + 1
        )
        if changed != len(others):
            raise Conflict("所选意见中有刚刚由他人处理的，请刷新后再试。")
        _log("opinion.merged", others, leader.public_id, at, into=leader.public_id)
    return changed


def split(*, opinion_id: int, by: Actor, at: datetime) -> None:
    """Take an opinion out of the group that it was merged into. Raises NotAllowed, DecisionRefused."""
    [opinion] = _fetch([opinion_id], "opinion.decide", by)
    if opinion.state != Opinion.State.MERGED:
        raise DecisionRefused("这件意见没有并入其他意见。")
    with transaction.atomic():
        Opinion.objects.filter(pk=opinion_id, state=Opinion.State.MERGED).update(
            state=Opinion.State.RECEIVED, merged_into=None, moves=F("moves") + 1
        )
        _log("opinion.split", [opinion], "", at)


def assign(*, opinion_ids: list[int], assignee_id: int | None, by: Actor, at: datetime) -> int:
    """Assign opinions to a colleague, or to nobody. Raises NotAllowed, DecisionRefused."""
    found = _fetch(opinion_ids, "opinion.assign", by)
    return Opinion.objects.filter(pk__in=[opinion.pk for opinion in found]).update(assignee_id=assignee_id)


def add_note(*, opinion_id: int, text: str, by: Actor, at: datetime) -> Note:
    """Add an internal remark, never published. Raises NotAllowed, DecisionRefused."""
    [opinion] = _fetch([opinion_id], "opinion.decide", by)
    if not text.strip():
        raise DecisionRefused("备注不能为空。")
    return Note.objects.create(opinion=opinion, by_id=by.id, at=at, text=text.strip()[:4000])


def link_change(*, opinion_ids: list[int], version_id: int, anchor: str, by: Actor, at: datetime) -> int:
    """Link decided opinions to the clause of a later version that they changed. Return how many links are new.

    Raises NotAllowed, DecisionRefused.
    """
    found = _fetch(opinion_ids, "opinion.decide", by)
    base = Version.objects.get(pk=found[0].consultation.version_id)
    later = Version.objects.filter(pk=version_id, text_id=base.text_id, number__gt=base.number).first()
    if later is None:
        raise DecisionRefused("请选择同一法规的后一版本。")
    if not Provision.objects.filter(version=later, anchor=anchor).exists():
        raise DecisionRefused("后一版本中没有这一条文，请重新选择。")
    kinds = (Opinion.Decision.ADOPTED, Opinion.Decision.PARTLY)
    if any(opinion.decision not in kinds for opinion in found):
        raise DecisionRefused("只有决定“采纳”或者“部分采纳”的意见才能关联到修改后的条文。")
    with transaction.atomic():
        known = set(
            ClauseChange.objects.filter(opinion__in=found, version=later, anchor=anchor).values_list("opinion_id", flat=True)
        )
        fresh = [opinion for opinion in found if opinion.pk not in known]
        ClauseChange.objects.bulk_create(
            [ClauseChange(opinion=opinion, version=later, anchor=anchor, by_id=by.id, at=at) for opinion in fresh]
        )
        Consultation.objects.filter(pk=found[0].consultation_id).update(next_version=later)
        if fresh:
            _log("opinion.changed_clause", fresh, anchor, at, anchor=anchor, version=str(later.number))
    return len(fresh)


def unlink_change(*, opinion_id: int, version_id: int, anchor: str, by: Actor, at: datetime) -> None:
    """Take back a link made by mistake, before the reply; both stand in the ledger. Raises DecisionRefused."""
    [opinion] = _fetch([opinion_id], "opinion.decide", by)
    if opinion.state == Opinion.State.REPLIED:
        raise DecisionRefused("意见已经答复，不能再改关联。")
    with transaction.atomic():
        ClauseChange.objects.filter(opinion=opinion, version_id=version_id, anchor=anchor).delete()
        _log("opinion.unlinked_clause", [opinion], anchor, at, anchor=anchor)


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


def _consultation(consultation_id: int) -> Consultation:
    return Consultation.objects.select_related("case__organ").get(pk=consultation_id)


def close(*, consultation_id: int, by: Actor, at: datetime) -> Consultation:
    """Close the window, not before its last day is over. Raises NotAllowed, NotOpen, StepRefused, Conflict."""
    consultation = _consultation(consultation_id)
    if at < rules.end_of(consultation):
        raise NotOpen(f"征求意见到{consultation.closes_on:%Y年%m月%d日}结束，不能提前截止。")
    with transaction.atomic():
        procedures.perform(case=consultation.case, step="close", by=by, at=at)
        procedures.stop_clock(case=consultation.case, key="window", at=at)
        days = procedure_queries.parameter(
            "consultation.result_days", area=consultation.case.organ.area_id, on=at.date()
        )
        procedures.start_clock(
            case=consultation.case, key="result", label="公布征求意见结果", term=Term(days, "workday", "立法法第四十条"),
            start=consultation.closes_on, at=at,
        )
    return consultation


def mark_sorted(*, consultation_id: int, by: Actor, at: datetime) -> Consultation:
    """Record that look-alikes are merged. Raises NotAllowed, StepRefused, Conflict."""
    consultation = _consultation(consultation_id)
    procedures.perform(case=consultation.case, step="sort", by=by, at=at)
    return consultation


def mark_decided(*, consultation_id: int, by: Actor, at: datetime) -> Consultation:
    """Record that every opinion has its decision (hard stop 7, R1.02, S09). Raises Undecided and the above."""
    consultation = _consultation(consultation_id)
    open_ones = Opinion.objects.filter(consultation=consultation, state=Opinion.State.RECEIVED).count()
    if open_ones:
        raise Undecided(open_ones)
    procedures.perform(case=consultation.case, step="decide", by=by, at=at)
    return consultation


def reply_all(*, consultation_id: int, by: Actor, at: datetime) -> int:
    """Answer every author: his page shows the decision, and a message goes to those whose number is known.

    Merged opinions receive their leader's decision as 与其他意见相同. Returns how many opinions were answered.
    Raises NotAllowed, Undecided, StepRefused, Conflict.
    """
    consultation = _consultation(consultation_id)
    demand(by, "consultation.move", organ=consultation.case.organ_id)
    open_ones = Opinion.objects.filter(consultation=consultation, state=Opinion.State.RECEIVED).count()
    if open_ones:
        raise Undecided(open_ones)
    with transaction.atomic():
        _decide_merged(consultation, by, at)
        ids = list(
            Opinion.objects.filter(consultation=consultation, state=Opinion.State.DECIDED).values_list("id", flat=True)
        )
        for start in range(0, len(ids), CHUNK):
            _reply_chunk(consultation, ids[start : start + CHUNK], at)
        procedures.perform(case=consultation.case, step="reply", by=by, at=at)
    return len(ids)


def _decide_merged(consultation: Consultation, by: Actor, at: datetime) -> None:
    merged = Opinion.objects.filter(consultation=consultation, state=Opinion.State.MERGED)
    leaders = Opinion.objects.filter(pk__in=merged.values("merged_into_id")).in_bulk()
    for leader in leaders.values():
        reason = f"与{leader.public_id[-6:]}号意见相同，一并研究。该意见的处理：{leader.get_decision_display()}。{leader.reason}"
        merged.filter(merged_into=leader).update(
            state=Opinion.State.DECIDED, decision=Opinion.Decision.DUPLICATE, reason=reason, decided_by_id=by.id,
            decided_at=at, moves=F("moves") + 1,
        )


def _reply_chunk(consultation: Consultation, ids: list[int], at: datetime) -> None:
    opinions = list(Opinion.objects.filter(pk__in=ids).select_related("consultation__case").order_by("id"))
    Opinion.objects.filter(pk__in=ids).update(state=Opinion.State.REPLIED, replied_at=at)
    _log("opinion.replied", opinions, "", at)
    people.notify_authors(
        texts={
            o.public_id: f"您对《{consultation.version.title}》的意见已有结果：{o.get_decision_display()}。"
            f"详情：{settings.PUBLIC_URL}/r/{o.receipt_code}/"
            for o in opinions
        },
        at=at,
    )


def publish_result(*, consultation_id: int, publication_slug: str, by: Actor, at: datetime) -> Consultation:
    """Record that the summary report is public, the last step (R1.02). Raises NotAllowed, StepRefused, Conflict."""
    consultation = _consultation(consultation_id)
    with transaction.atomic():
        procedures.perform(case=consultation.case, step="publish", by=by, at=at, note=publication_slug)
        procedures.stop_clock(case=consultation.case, key="result", at=at)
    return consultation


@jobs.job("consultations.reply")
def _reply_job(argument: str, report: jobs.Report) -> None:
    """Answer in the background what a named person ordered; the argument is consultation, account and moment."""
    consultation_id, account_id, moment = argument.split("|")
    at = datetime.fromisoformat(moment)
    consultation = _consultation(int(consultation_id))
    if consultation.case.state != "decided":
        return
    report(5, "正在答复")
    reply_all(consultation_id=int(consultation_id), by=actor_for(int(account_id), at.date()), at=at)


def request_reply(*, consultation_id: int, by: Actor, at: datetime) -> int:
    """Order that everybody be answered, as a background job; return the job's id. Raises NotAllowed, StepRefused."""
    consultation = _consultation(consultation_id)
    demand(by, "consultation.move", organ=consultation.case.organ_id)
    if consultation.case.state != "decided":
        raise procedures.StepRefused("逐条研究完成以后才能答复。")
    return jobs.enqueue(
        "consultations.reply", f"{consultation_id}|{by.id}|{at.isoformat()}", at=at, key=f"reply:{consultation_id}"
    ).pk
