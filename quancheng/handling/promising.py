"""The ledger of commitments: planned, reported with evidence, claimed by the unit, seen to by the office (R7.12)."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from quancheng.handling import rules
from quancheng.handling.models import Answer, Assignment, Commitment, Milestone
from quancheng.handling.recording import HandlingRefused, demand_office, need, note, tell_authors, unbiased
from quancheng.people.permissions import Actor, demand
from quancheng.procedures import acts as procedures
from quancheng.procedures.acts import Conflict
from quancheng.procedures.models import Clock


def promise(share: Assignment, words: str, due_on: date, at: datetime, *, answer: Answer | None = None) -> Commitment:
    """Enter a promise of a unit in the ledger of commitments and start its clock."""
    made = Commitment.objects.create(
        answer=answer, assignment=share, case=share.case, unit=share.unit, words=words[:300], due_on=due_on
    )
    start = timezone.localdate(at)
    Clock.objects.create(
        case=share.case, key=f"promise:{made.pk}", label="兑现承诺", organ=share.unit, started_on=start, due_on=due_on,
        working=f"承办单位于{start:%Y年%-m月%-d日}承诺在{due_on:%Y年%-m月%-d日}以前完成。",
    )
    return made


def _open(commitment_id: int) -> Commitment:
    found = Commitment.objects.select_related("case__organ", "unit", "assignment").get(pk=commitment_id)
    if found.kept_at is not None:
        raise Conflict("这项承诺已经办结。")
    return found


def plan_milestone(*, commitment_id: int, words: str, planned_for: date, by: Actor, at: datetime) -> Milestone:
    """Plan a step towards a promise, with its day. Raises NotAllowed, Conflict, HandlingRefused."""
    found = _open(commitment_id)
    demand(by, "handling.answer", organ=found.unit_id)
    words = need(words, rules.SHORTEST_REASON, "请写明要完成的一步", "words")
    if not timezone.localdate(at) <= planned_for <= found.due_on:
        raise HandlingRefused("计划日期应当在今天和承诺完成的日期之间。", "planned_for")
    with transaction.atomic():
        made = Milestone.objects.create(
            commitment=found, words=words, planned_for=planned_for, by_id=by.id, at=at
        )
        note("planned", found.case, words, by, at, "handling.answer", unit=found.unit_id)
    return made


def add_milestone(
    *, commitment_id: int, words: str, evidence: str, kept: bool, by: Actor, at: datetime, milestone_id: int | None = None
) -> Milestone:
    """Report a step towards a promise with what shows it; `milestone_id`: the planned step that it was.

    `kept` claims that the promise is fulfilled; the office then looks. Raises NotAllowed, Conflict, HandlingRefused.
    """
    found = _open(commitment_id)
    demand(by, "handling.answer", organ=found.unit_id)
    words = need(words, rules.SHORTEST_REASON, "请写明进展", "words")
    evidence = need(evidence, 2, "请写明凭据（文件、照片、验收单等）", "evidence")[:300]
    with transaction.atomic():
        if milestone_id is None:
            made = Milestone.objects.create(
                commitment=found, words=words, done_at=at, progress=words, evidence=evidence, by_id=by.id, at=at
            )
        else:
            planned = Milestone.objects.filter(pk=milestone_id, commitment=found, done_at=None)
            if not planned.update(done_at=at, progress=words, evidence=evidence, by_id=by.id):
                raise Conflict("这一步已经报告过。")
            made = Milestone.objects.get(pk=milestone_id)
        note("milestone", found.case, words, by, at, "handling.answer", unit=found.unit_id)
        if kept:
            waiting = Commitment.objects.filter(pk=found.pk, kept_at=None, claimed_at=None)
            if not waiting.update(claimed_at=at, claimed_by_id=by.id):
                raise Conflict("已经报告兑现，正在核实。")
            note("claimed", found.case, words, by, at, "handling.answer", unit=found.unit_id)
        shown = f"{found.unit.name}报告了承诺事项的{'兑现' if kept else '进展'}，请查看。"
        tell_authors(found.case, "promise", shown, at)
    return made


def verify_commitment(*, commitment_id: int, kept: bool, words: str, by: Actor, at: datetime) -> Commitment:
    """Say, as the office, whether a promise that the unit claims is kept; if not, the unit goes on (R7.12).

    The last promise that is kept lets the matter end. Raises NotAllowed, Conflict, HandlingRefused.
    """
    found = _open(commitment_id)
    held = demand_office(found.case, by)
    unbiased(found.case, by)
    words = need(words, rules.SHORTEST_REASON, "请写明核实的情况", "words")
    claimed = Commitment.objects.filter(pk=found.pk, kept_at=None, claimed_at__isnull=False)
    if found.claimed_by_id == by.account_id:
        raise HandlingRefused("报告兑现的人不能自己核实。", "words")
    with transaction.atomic():
        changed = (
            claimed.update(kept_at=at, kept_said_by_id=by.id) if kept else claimed.update(claimed_at=None, claimed_by=None)
        )
        if not changed:
            raise Conflict("承办单位还没有报告兑现，或者已由他人核实。")
        note("kept" if kept else "not_kept", found.case, words, by, at, held, unit=found.unit_id)
        tell_authors(found.case, "promise", f"承诺事项经核实{'已经兑现' if kept else '尚未兑现，继续办理'}。{words}", at)
        if kept:
            procedures.stop_clock(case=found.case, key=f"promise:{found.pk}", at=at)
            if not Commitment.objects.filter(case=found.case, kept_at=None).exists():
                rules.matter(found.case).settled(found.case, by, at)
    found.refresh_from_db()
    return found


def postpone_commitment(
    *, commitment_id: int, new_due_on: date, reason: str, by: Actor, at: datetime
) -> Commitment:
    """Let a promise be kept later, with a reason that the author reads and a named approver (S14).

    Raises NotAllowed, StepRefused, Conflict, HandlingRefused.
    """
    found = _open(commitment_id)
    reason = need(reason, rules.SHORTEST_REASON, "请写明延期的理由，作者会看到", "reason")
    if new_due_on > found.due_on + timedelta(days=366 * 3):
        raise HandlingRefused("一次延期不超过三年。", "new_due_on")
    approver = rules.clock_set(found.case).approver
    with transaction.atomic():
        clock = Clock.objects.select_related("case").filter(
            case=found.case, key=f"promise:{found.pk}", stopped_at=None
        ).first()
        if clock is None:
            raise Conflict("这项承诺没有正在计算的期限。")
        procedures.extend_clock(clock=clock, new_due_on=new_due_on, reason=reason, by=by, at=at, permission=approver)
        Clock.objects.filter(pk=clock.pk).update(reminded_at=None, swept_at=None)
        Commitment.objects.filter(pk=found.pk).update(due_on=new_due_on)
        note("postponed", found.case, reason, by, at, approver, f"{found.unit.name}：至{new_due_on:%Y年%-m月%-d日}")
        tell_authors(found.case, "promise", f"承诺事项延期至{new_due_on:%Y年%-m月%-d日}。理由：{reason}", at)
    found.refresh_from_db()
    return found
