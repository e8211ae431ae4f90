"""Sweeps and checks of petitions: the day's one entry for all that lies under seal, matters whose time passed, stored words."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Min
from django.utils import timezone

from quancheng.kernel import receipts
from quancheng.ledger import acts as ledger
from quancheng.ledger import queries as ledger_queries
from quancheng.ledger.models import Entry
from quancheng.people.models import Office
from quancheng.petitions import acts, rules, vault
from quancheng.petitions.models import Addition, Mark, Petition, SealedDay, SealedItem

BATCH = 500
KIND = "petition.day"


def bind_days() -> int:
    """Enter one entry an office for each day that is over, were nothing in it: nobody learns how much came in (S02).

    Returns how many days were bound. Two sweepers bind a day once.
    """
    today, done = timezone.localdate(), 0
    offices = set(
        Office.objects.filter(role__in=("petition_clerk", "petition_lead"), valid_to=None).values_list("organ_id", flat=True)
    ) | set(Mark.objects.filter(batch=None).values_list("organ_id", flat=True))
    for organ in sorted(offices):
        day = _first_day(organ, today)
        while day < today:
            done += _bind(organ, day, timezone.now())
            day += timedelta(days=1)
    return done


def _first_day(organ: str, today: date) -> date:
    """Return the day after the last one bound; of an office that never bound one, that of its first mark, or yesterday."""
    last = SealedDay.objects.filter(organ_id=organ).order_by("-day").values_list("day", flat=True).first()
    if last is not None:
        return last + timedelta(days=1)
    first = Mark.objects.filter(organ_id=organ, batch=None).aggregate(day=Min("day"))["day"]
    return first or today - timedelta(days=1)


def _bind(organ: str, day: date, now: datetime) -> int:
    try:
        with transaction.atomic():
            made = SealedDay.objects.create(organ_id=organ, day=day, salt=ledger.new_salt())
            Mark.objects.filter(organ_id=organ, batch=None, day__lte=day).update(batch=made)
            ledger.append(
                kind=KIND, at=now, organ=organ, subject=f"petitions:{organ}:{day}", content=_content(made),
                salt=bytes(made.salt),
            )
    except IntegrityError:  # another sweeper bound it
        return 0
    return 1


def _content(made: SealedDay) -> bytes:
    """Return the canonical bytes of a day: its marks in order, the salted digests alone."""
    marks = sorted(bytes(digest).hex() for digest in made.marks.values_list("digest", flat=True))
    return receipts.canonical({"day": str(made.day), "marks": marks, "organ": made.organ_id})


def end_lapsed() -> int:
    """End the matters whose time to ask for 复查 or 复核 passed unused; return how many (R7.37)."""
    today, now = timezone.localdate(), timezone.now()
    over = Petition.objects.filter(
        case__clocks__key__in=("apply_review", "apply_re_examination"), case__clocks__stopped_at=None,
        case__clocks__due_on__lt=today,
    )  # fmt: skip
    return sum(acts.lapse(petition_id=pk, at=now) for pk in over.values_list("pk", flat=True)[:BATCH])


def sweep() -> None:
    """Do all sweeps of petitions once."""
    bind_days()
    end_lapsed()


def changed_words() -> Iterator[str]:
    """Yield a line for every submission whose words are not those that were marked, or that is gone (S13).

    The lines name neither what it was nor where it lay.
    """
    subjects = {bytes(s): bytes(d) for s, d in Mark.objects.exclude(subject_index=b"").values_list("subject_index", "digest")}
    done = {bytes(d) for d in Mark.objects.filter(subject_index=b"").values_list("digest", flat=True)}
    for public_id, digests in _stored():
        marked = subjects.pop(rules.subject_index(public_id), b"")
        if marked != digests[0] or not done.issuperset(digests[1:]):
            yield f"来件 {public_id} 的原文与入库印记不符。"
    if subjects:
        yield f"有{len(subjects)}件来件的印记找不到原文。"
    entries = dict(Entry.objects.filter(kind=KIND).values_list("subject", "digest"))
    for made in SealedDay.objects.order_by("pk").iterator(chunk_size=500):
        subject = f"petitions:{made.organ_id}:{made.day}"
        if receipts.digest(bytes(made.salt), _content(made)) != bytes(entries.pop(subject, b"")):
            yield f"{subject}的来件日封与台账不符。"
    for subject in entries:
        yield f"台账中的{subject}在数据库里不存在。"


def _stored() -> Iterator[tuple[str, list[bytes]]]:
    """Yield (public id, digests) of every submission, wherever it lies."""
    for item in SealedItem.objects.order_by("pk").iterator(chunk_size=500):
        yield item.public_id, list(vault.digests(item, vault.status_of(item)))
    for model in (Petition.objects.filter(moved_at=None), Addition.objects.all()):
        for row in model.order_by("pk").iterator(chunk_size=1000):
            yield row.public_id, [vault.digest_of(row.public_id, row.request, row.facts, bytes(row.salt))]


def register() -> None:
    """Hand the check to the ledger, so that `ledger verify` runs it."""
    ledger_queries.register_checker("petitions", changed_words)
