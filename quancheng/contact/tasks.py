"""Sweeps and checks of contact: codes of ended seats, overdue contacts, reviews, answers to residents, facts of suggestions."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from quancheng.contact import acts as _acts  # noqa: F401  # tells the engine what a resident's opinion is
from quancheng.contact import content, rules
from quancheng.contact.models import (
    Code,
    ContactReminder,
    Demonstration,
    GridSeat,
    Pairing,
    ReportQuestion,
    ResidentOpinion,
    TopicVoice,
)
from quancheng.contact.recording import add_fact, record
from quancheng.handling.models import Answer, Assignment
from quancheng.kernel import receipts
from quancheng.ledger import queries as ledger
from quancheng.ledger.models import Entry
from quancheng.people import acts as people
from quancheng.people.models import Account
from quancheng.procedures.models import CaseEvent, Clock

BATCH = 500


def revoke_ended() -> int:
    """Revoke the codes of deputies whose seat ended and of sites that closed; end their grids and pairings; return how many."""
    today, now = timezone.localdate(), timezone.now()
    sitting = Account.objects.filter(rules.sitting(today))
    ended = Q(account__isnull=False) & ~Q(account__in=sitting) | Q(site__valid_to__lt=today)
    done = 0
    for code in Code.objects.filter(ended, revoked_at=None).order_by("pk")[:BATCH]:
        with transaction.atomic():
            if Code.objects.filter(pk=code.pk, revoked_at=None).update(revoked_at=now, revoked_why="任职或者站点已终止"):
                record("code_revoked", f"code:{code.pk}", "", now)
                done += 1
    return done + _end_grids(today, now) + _end_pairings(today, now)


def _end_grids(today: date, now: datetime) -> int:
    sitting, done = Account.objects.filter(rules.sitting(today)), 0
    for seat in GridSeat.objects.filter(valid_to=None, valid_from__lte=today).exclude(account__in=sitting)[:BATCH]:
        with transaction.atomic():
            if GridSeat.objects.filter(pk=seat.pk, valid_to=None).update(valid_to=today):
                record("grid_left", f"grid:{seat.area_id}", "", now, end=str(today))
                done += 1
    return done


def _end_pairings(today: date, now: datetime) -> int:
    sitting, done = Account.objects.filter(rules.sitting(today)), 0
    gone = Q(kind=Pairing.Kind.MEMBER) & ~Q(deputy__in=sitting) | Q(kind=Pairing.Kind.GROUP) & ~Q(holder__in=sitting)
    for pairing in Pairing.objects.filter(gone, valid_to=None, valid_from__lte=today)[:BATCH]:
        with transaction.atomic():
            if Pairing.objects.filter(pk=pairing.pk, valid_to=None).update(valid_to=today):
                record("unpaired", f"pairing:{pairing.pk}", "代表任职终止", now, pairing.organ_id)
                done += 1
    return done


def remind_overdue() -> int:
    """Write one reminder for every pairing whose day has passed without a contact; return how many (R8.02)."""
    today, now, done = timezone.localdate(), timezone.now(), 0
    over = Pairing.objects.filter(valid_to=None, due_on__lt=today).exclude(reminders__due_on=F("due_on"))
    for pairing in over.order_by("due_on", "pk")[:BATCH]:
        with transaction.atomic():
            _made, new = ContactReminder.objects.get_or_create(
                pairing=pairing, due_on=pairing.due_on, defaults={"at": now}
            )
            if new:
                record("reminded", f"pairing:{pairing.pk}", "", now, pairing.organ_id, due=str(pairing.due_on))
                done += 1
    return done


def remind_reviews() -> int:
    """Claim the demonstration points whose review has come due, once each; return how many (M49)."""
    today, now, done = timezone.localdate(), timezone.now(), 0
    for point in Demonstration.objects.filter(review_due_on__lte=today, reminded_on=None)[:BATCH]:
        with transaction.atomic():
            if Demonstration.objects.filter(pk=point.pk, reminded_on=None).update(reminded_on=today):
                record("review_due", f"point:{point.pk}", "", now, due=str(point.review_due_on))
                done += 1
    return done


def tell_residents() -> int:
    """Tell the authors of opinions that an answer is there, and that the time for rating ends soon; return how many."""
    now, done = timezone.now(), 0
    signed = Answer.objects.filter(
        signed_at__isnull=False, assignment__case__resident_opinion__told_round__lt=F("round"),
        assignment__case__resident_opinion__sealed_at=None,
    ).exclude(assignment__role=Assignment.Role.ASSIST)
    rows = signed.order_by("round", "pk").values_list("assignment__case__resident_opinion", "round", "assignment__unit__name")
    for pk, number, unit in rows[:BATCH]:
        text = "{unit}已答复您反映的事项（回执号{code}），请凭回执号查看并测评。"
        done += _tell(pk, "told_round", number, text, now, unit=unit)
    near = Clock.objects.filter(key="rate", stopped_at=None, reminded_at__isnull=False, case__procedure="resident_opinion")
    waiting = near.filter(case__resident_opinion__reminded_round__lt=F("case__resident_opinion__told_round"))
    rows_near = waiting.values_list("case__resident_opinion", "case__resident_opinion__told_round", "due_on")
    for pk, number, due_on in rows_near[:BATCH]:
        text = "您反映的事项（回执号{code}）请在{due_on:%Y年%-m月%-d日}以前测评；逾期未测评的，不计入满意率。"
        done += _tell(pk, "reminded_round", number, text, now, due_on=due_on)
    return done


def _tell(pk: int, column: str, number: int, text: str, now: datetime, **words: object) -> int:
    """Queue one message to the author if nobody has; both or neither."""
    with transaction.atomic():
        waiting = ResidentOpinion.objects.filter(pk=pk, **{f"{column}__lt": number})
        if not waiting.update(**{column: number}):
            return 0
        found = ResidentOpinion.objects.only("public_id", "receipt_code").get(pk=pk)
        people.notify_author(subject=found.public_id, text=text.format(code=found.receipt_code, **words), at=now)
    return 1


def collect_suggestions() -> int:
    """Note as a fact of duty every suggestion that a deputy handed in (R6.09); return how many are new."""
    now, done = timezone.now(), 0
    handed_in = CaseEvent.objects.filter(
        case__procedure="suggestion", to_state="submitted", account__isnull=False
    ).exclude(from_state="submitted").exclude(case__duty_facts__kind="suggestion")
    for event in handed_in.select_related("case").order_by("pk")[:BATCH]:
        account = event.account_id
        if account is None or not rules.is_sitting(account, timezone.localdate(event.at)):
            continue
        with transaction.atomic():
            add_fact(
                account, "suggestion", timezone.localdate(event.at), f"提出代表建议{event.case.number}",
                f"suggestion:{event.case_id}", None, now, case=event.case,
            )
        done += 1
    return done


def sweep() -> None:
    """Do all sweeps of contact once."""
    revoke_ended()
    remind_overdue()
    remind_reviews()
    tell_residents()
    collect_suggestions()


def changed_words() -> Iterator[str]:
    """Yield a line for every opinion, voice and question whose words no longer match their digest in the ledger (S13)."""
    opinions = ResidentOpinion.objects.prefetch_related("pictures").order_by("pk")
    yield from _compared("matter.received", "群众意见", opinions.iterator(chunk_size=1000), content.content_of)
    voices = TopicVoice.objects.order_by("pk").iterator(chunk_size=2000)
    yield from _compared("voice.received", "议题发言", voices, content.content_of_voice)
    questions = ReportQuestion.objects.order_by("pk").iterator(chunk_size=2000)
    yield from _compared("question.received", "述职提问", questions, content.content_of_question)


def _compared(kind: str, label: str, rows: Iterator[Any], of: Callable[[Any], bytes]) -> Iterator[str]:
    entries = dict(Entry.objects.filter(kind=kind).values_list("subject", "digest"))
    for row in rows:
        stored = entries.pop(row.public_id, None)
        if stored is None:
            yield f"{label} {row.public_id} 没有入账。"
        elif _open(row) and receipts.digest(bytes(row.salt), of(row)) != bytes(stored):
            yield f"{label} {row.public_id} 的原文与台账摘要不符。"
    for subject in entries:
        yield f"台账中的{label} {subject} 在数据库里不存在。"


def _open(row: Any) -> bool:
    """Tell whether the words are there to be compared: neither erased nor sealed."""
    return getattr(row, "erased_at", None) is None and getattr(row, "sealed_at", None) is None


def register() -> None:
    """Hand the check to the ledger, so that `ledger verify` runs it."""
    ledger.register_checker("contact", changed_words)
