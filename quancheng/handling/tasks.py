"""Sweeps of handling: remind before a clock is red, propose supervision letters when it is, close what nobody rated.

Every sweep claims its clocks by a conditional update in the transaction that writes what follows from the claim:
two sweepers never do it twice, and one that is killed leaves nothing half done.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from quancheng.handling import acts, rules
from quancheng.handling.answering import content_of
from quancheng.handling.models import Answer, Letter
from quancheng.handling.recording import tell_authors
from quancheng.kernel import receipts
from quancheng.ledger import acts as ledger
from quancheng.ledger import queries as ledger_queries
from quancheng.ledger.models import Entry
from quancheng.procedures import queries as procedures
from quancheng.procedures.library import LIBRARY
from quancheng.procedures.models import Clock, ParameterValue

BATCH = 500
_OF_UNITS = Q()
for _beginning in rules.CLOCKS:
    _OF_UNITS |= Q(key__startswith=_beginning)


def remind() -> int:
    """Write one reminder for every unit's clock that comes near, and tell authors whose time for rating does.

    Returns how many.
    """
    today, now, key = timezone.localdate(), timezone.now(), "reminder.ahead_days"
    set_values = ParameterValue.objects.filter(key=key).values_list("value", flat=True)
    furthest = max([LIBRARY[key].default, *set_values])
    near = Clock.objects.filter(stopped_at=None, reminded_at=None, due_on__lte=today + timedelta(days=furthest))
    ahead = _AheadOf(key, today)
    done = _claimed(near.filter(_OF_UNITS), "reminded_at", now, Letter.Kind.REMINDER, ahead)
    for clock in near.filter(key="rate", due_on__lte=today + timedelta(days=3)).select_related("case__organ"):
        with transaction.atomic():
            if Clock.objects.filter(pk=clock.pk, reminded_at=None).update(reminded_at=now):
                text = f"{clock.case.number}的答复请在{clock.due_on:%Y年%-m月%-d日}以前测评；逾期未测评的，不计入满意率。"
                tell_authors(clock.case, "rate", text, now)
                done += 1
    return done


def propose_letters() -> int:
    """Propose one supervision letter for every unit's clock that is over; a person sends it or not. Returns how many."""
    over = Clock.objects.filter(stopped_at=None, swept_at=None, due_on__lt=timezone.localdate())
    return _claimed(over.filter(_OF_UNITS), "swept_at", timezone.now(), Letter.Kind.SUPERVISION, None)


class _AheadOf:
    """How many days before its day a clock is reminded of, by the area of its case's organ; asked once for each."""

    def __init__(self, key: str, today: date) -> None:
        self.key, self.today, self.known = key, today, dict[str, int]()

    def near(self, clock: Clock) -> bool:
        """Tell whether the clock is near by its own area's rule; in the first half of its time none is."""
        area = clock.case.organ.area_id
        if area not in self.known:
            self.known[area] = procedures.parameter(self.key, area=area, on=self.today)
        half = max((clock.due_on - clock.started_on).days // 2, 1)
        return clock.due_on <= self.today + timedelta(days=min(self.known[area], half))


def _claimed(waiting: QuerySet[Clock], column: str, now: datetime, kind: str, ahead: _AheadOf | None) -> int:
    """Claim the clocks batch by batch and write their letters; return how many."""
    done, last = 0, 0
    while True:
        with transaction.atomic():
            batch = list(
                waiting.filter(pk__gt=last).select_related("case__organ").order_by("pk")
                .select_for_update(skip_locked=True, of=("self",))[:BATCH]
            )
            if not batch:
                return done
            last = batch[-1].pk
            mine = [clock for clock in batch if ahead is None or ahead.near(clock)]
            taken = Clock.objects.filter(pk__in=[c.pk for c in mine], stopped_at=None, **{column: None})
            if taken.update(**{column: now}) != len(mine):  # rows are held since they were read
                raise RuntimeError("a clock was claimed between reading and claiming")
            _write(mine, kind, now)
        done += len(mine)


def _write(clocks: list[Clock], kind: str, now: datetime) -> None:
    proposed = kind == Letter.Kind.SUPERVISION
    letters = [
        Letter(
            case=clock.case, clock=clock, unit_id=clock.organ_id, kind=kind, made_at=now,
            assignment_id=int(clock.key.split(":")[1]) if clock.key.startswith(("answer:", "assist:", "redo:")) else None,
            state=Letter.State.PROPOSED if proposed else Letter.State.SENT, at=None if proposed else now,
            words=f"{clock.case.number}{clock.label}的期限为{clock.due_on:%Y年%-m月%-d日}，"
            + ("已经超过，请说明原因并抓紧办理。" if proposed else "请抓紧办理。"),
        )
        for clock in clocks
    ]  # fmt: skip
    Letter.objects.bulk_create(letters, batch_size=BATCH)
    ledger.append_many(
        entries=[
            ledger.prepared(
                kind=f"letter.{kind}", at=now, organ=clock.organ_id, subject=clock.case.number,
                content=letter.words.encode(), salt=ledger.new_salt(), detail={"due": str(clock.due_on)},
            )
            for clock, letter in zip(clocks, letters, strict=True)
        ],
        at=now,
    )


def close_unrated() -> int:
    """Close the answered cases whose authors were reminded and let the time for rating pass; return how many."""
    over = Clock.objects.filter(
        stopped_at=None, key="rate", reminded_at__isnull=False, due_on__lt=timezone.localdate()
    ).order_by("pk")
    return sum(acts.lapse(case_id=case, at=timezone.now()) for case in over.values_list("case_id", flat=True)[:BATCH])


def sweep() -> None:
    """Do all sweeps of handling once, in the order of their days."""
    remind()
    propose_letters()
    close_unrated()


def changed_answers() -> Iterator[str]:
    """Yield a line for every signed answer whose words no longer match their digest in the ledger (S13)."""
    entries = dict(Entry.objects.filter(kind="answer.signed").values_list("subject", "digest"))
    signed = Answer.objects.filter(signed_at__isnull=False).select_related("assignment__case")
    for answer in signed.iterator(chunk_size=2000):
        stored = entries.pop(f"answer:{answer.pk}", None)
        if stored is None:
            yield f"答复 {answer.pk} 没有入账。"
        elif receipts.digest(bytes(answer.salt), content_of(answer)) != bytes(stored):
            yield f"答复 {answer.pk} 的原文与台账摘要不符。"
    for subject in entries:
        yield f"台账中的{subject}在数据库里不存在。"


def register() -> None:
    """Hand the check to the ledger, so that `ledger verify` runs it."""
    ledger_queries.register_checker("answers", changed_answers)
