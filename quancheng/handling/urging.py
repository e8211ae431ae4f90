"""Extensions, reminders and supervision letters; what a unit says to them (R7.18, S14)."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from quancheng.handling import rules
from quancheng.handling.models import Letter, Message
from quancheng.handling.recording import (
    HandlingRefused,
    assignment_of,
    clock_of,
    demand_office,
    need,
    note,
    running,
    tell_authors,
)
from quancheng.kernel.deadlines import Term
from quancheng.people.permissions import Actor, demand
from quancheng.procedures import acts as procedures
from quancheng.procedures.acts import Conflict
from quancheng.procedures.models import Case, Clock


def extend(*, assignment_id: int, new_due_on: date, reason: str, by: Actor, at: datetime) -> Clock:
    """Extend a unit's clock: the named approver gives the reason, which the author is told (S14, R7.08, R7.36).

    Raises NotAllowed, StepRefused, HandlingRefused (beyond the longest term of the law).
    """
    share = assignment_of(assignment_id)
    clock = clock_of(share)
    if clock is None:
        raise procedures.StepRefused("这项交办没有正在计算的期限。")
    approver = rules.clock_set(share.case).approver
    demand(by, approver, organ=share.case.organ_id)
    limit = _longest(clock, timezone.localdate(at))
    if limit is not None and new_due_on > limit:
        raise HandlingRefused(f"最长可以延至{limit:%Y年%-m月%-d日}。", "new_due_on")
    with transaction.atomic():
        done = procedures.extend_clock(
            clock=clock, new_due_on=new_due_on, reason=reason, by=by, at=at, permission=approver
        )
        Clock.objects.filter(pk=clock.pk).update(reminded_at=None, swept_at=None)
        Letter.objects.filter(clock=clock, state=Letter.State.PROPOSED).update(state=Letter.State.DROPPED, at=at)
        Letter.objects.filter(clock=clock).update(clock=None)  # the sweep may write anew for the new day
        shown = f"{share.unit.name}：至{new_due_on:%Y年%-m月%-d日}"
        note("extended", share.case, reason, by, at, approver, shown, new=str(new_due_on), unit=share.unit_id)
        text = f"{share.case.number}的办理期限经批准延至{new_due_on:%Y年%-m月%-d日}。理由：{reason.strip()}"
        tell_authors(share.case, "extended", text, at)
    return done


def _longest(clock: Clock, on: date) -> date | None:
    """Return the last day that the law allows for a clock: the longest term from its start, or the one extension."""
    kinds, case = rules.clock_set(clock.case), clock.case
    which = clock.key.split(":")[0]
    for name, (key, unit) in kinds.longest:
        if name == which:
            return procedures.due_day(start=clock.started_on, term=rules.named_term(case, key, unit, on))
    if which == "answer" and kinds.extension is not None:
        first = clock.extensions.order_by("id").values_list("old_due_on", flat=True).first() or clock.due_on
        term: Term = rules.named_term(case, *kinds.extension, on)
        return procedures.due_day(start=first, term=term)
    return None


def urge(*, assignment_id: int, kind: str, words: str, by: Actor, at: datetime) -> Letter:
    """Send a unit a reminder, or a supervision letter once its clock is red (R7.18).

    Raises NotAllowed, Conflict, HandlingRefused.
    """
    share = assignment_of(assignment_id)
    held = demand_office(share.case, by)
    running(share)
    words = need(words, rules.SHORTEST_REASON, "请写明催办的内容", "words")
    if kind not in Letter.Kind.values:
        raise HandlingRefused("请选择催办通知或者督办函。", "kind")
    clock = clock_of(share)
    if kind == Letter.Kind.SUPERVISION and (clock is None or clock.due_on >= timezone.localdate(at)):
        raise HandlingRefused("期限还没有超过，可以先发催办通知。", "kind")
    with transaction.atomic():
        made = Letter.objects.create(
            case=share.case, assignment=share, unit=share.unit, kind=kind, words=words, made_at=at, by_id=by.id, at=at
        )
        note(kind, share.case, words, by, at, held, share.unit.name, unit=share.unit_id)
    return made


def _proposed(letter_id: int, by: Actor) -> tuple[Letter, str]:
    found = Letter.objects.select_related("case__organ", "unit").get(pk=letter_id)
    return found, demand_letters(found.case, by)


def demand_letters(case: Case, by: Actor) -> str:
    """Return the permission under which letters of a case are sent: its office's. Raises NotAllowed."""
    if case.procedure in rules.CLOCK_SETS:
        return demand_office(case, by)
    demand(by, "handling.supervise", organ=case.organ_id)
    return "handling.supervise"


def send_letter(*, letter_id: int, words: str, by: Actor, at: datetime) -> Letter:
    """Send a supervision letter that the sweep proposed, in words that a person stands for.

    Raises NotAllowed, Conflict, HandlingRefused.
    """
    found, held = _proposed(letter_id, by)
    words = need(words, rules.SHORTEST_REASON, "请写明督办的内容", "words")
    with transaction.atomic():
        waiting = Letter.objects.filter(pk=found.pk, state=Letter.State.PROPOSED)
        if not waiting.update(state=Letter.State.SENT, words=words, by_id=by.id, at=at):
            raise Conflict("这份督办函已由他人处理。")
        note("supervision", found.case, words, by, at, held, found.unit.name, unit=found.unit_id)
    found.refresh_from_db()
    return found


def drop_letter(*, letter_id: int, reason: str, by: Actor, at: datetime) -> Letter:
    """Decide with a reason not to send a proposed letter. Raises NotAllowed, Conflict, HandlingRefused."""
    found, held = _proposed(letter_id, by)
    reason = need(reason, rules.SHORTEST_REASON, "请写明不发督办函的理由", "reason")
    with transaction.atomic():
        waiting = Letter.objects.filter(pk=found.pk, state=Letter.State.PROPOSED)
        if not waiting.update(state=Letter.State.DROPPED, by_id=by.id, at=at, reply=reason):
            raise Conflict("这份督办函已由他人处理。")
        note("letter_dropped", found.case, reason, by, at, held, found.unit.name, unit=found.unit_id)
    found.refresh_from_db()
    return found


def answer_letter(*, letter_id: int, words: str, by: Actor, at: datetime) -> Letter:
    """Answer a supervision letter as the head of the unit: why it is late and when it will be done.

    Raises NotAllowed, Conflict, HandlingRefused.
    """
    found = Letter.objects.select_related("case__organ", "unit").get(pk=letter_id)
    demand(by, "handling.sign", organ=found.unit_id)
    words = need(words, rules.SHORTEST_REASON, "请写明逾期的原因和完成的时间", "words")
    sent = Letter.objects.filter(
        pk=found.pk, kind=Letter.Kind.SUPERVISION, state=Letter.State.SENT, replied_at=None
    )
    with transaction.atomic():
        if not sent.update(reply=words, replied_by_id=by.id, replied_at=at):
            raise Conflict("这份督办函还没有发出，或者已经回复。")
        note("letter_answered", found.case, words, by, at, "handling.sign", found.unit.name, unit=found.unit_id)
    found.refresh_from_db()
    return found


def mark_seen(*, message_ids: list[int], by: Actor, at: datetime) -> int:
    """Note that the actor saw messages of his own; return how many were new."""
    return Message.objects.filter(pk__in=message_ids, account_id=by.id, seen_at=None).update(seen_at=at)
