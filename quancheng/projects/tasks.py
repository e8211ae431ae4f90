"""Sweeps and checks of projects: calls whose last day is over; whether stored words are those that were entered (S13)."""

import logging
from collections.abc import Iterator

from django.utils import timezone

from quancheng.kernel import receipts
from quancheng.ledger import queries as ledger
from quancheng.ledger.models import Entry
from quancheng.people import queries as people
from quancheng.people.permissions import NotAllowed
from quancheng.procedures import acts as procedures
from quancheng.projects import acts
from quancheng.projects.models import Call, Project
from quancheng.projects.recording import content_of

_log = logging.getLogger(__name__)


def close_due() -> int:
    """Close the calls whose last day is over, in the name of who announced them; return how many (R7.50)."""
    now, done = timezone.now(), 0
    over = Call.objects.filter(case__state="announced", closes_on__lt=timezone.localdate(now)).select_related("case")
    for found in over:
        event = found.case.events.filter(from_state="").order_by("id").first()
        if event is None or event.account_id is None:
            continue
        by = people.actor_for(event.account_id, timezone.localdate(event.at))
        try:
            acts.close_call(call_id=found.pk, by=by, at=now)
            done += 1
        except (NotAllowed, procedures.StepRefused, procedures.Conflict) as error:
            _log.warning("call %s was not closed: %s", found.pk, error)
    return done


def sweep() -> None:
    """Do all sweeps of projects once."""
    close_due()


def changed_words() -> Iterator[str]:
    """Yield a line for every wish whose words are not those that were entered, or that is gone (S13)."""
    entries = {s: bytes(d) for s, d in Entry.objects.filter(kind="project.received").values_list("subject", "digest")}
    for wish in Project.objects.prefetch_related("pictures").order_by("pk").iterator(chunk_size=500):
        entered = entries.pop(wish.public_id, b"")
        if wish.erased_at is not None and entered:
            continue
        names = [one.stored_name for one in wish.pictures.all() if one.report_id is None and one.inspection_id is None]
        if receipts.digest(bytes(wish.salt), content_of(wish, names)) != entered:
            yield f"民生实事建议 {wish.code} 的原文与台账不符。"
    for subject in entries:
        yield f"台账中的民生实事建议 {subject} 在数据库里不存在。"


def register() -> None:
    """Hand the check to the ledger, so that `ledger verify` runs it."""
    ledger.register_checker("projects", changed_words)
