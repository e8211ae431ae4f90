"""Sweeps and checks of consultations."""

from collections.abc import Iterator

from django.utils import timezone

from quancheng.consultations import receiving
from quancheng.consultations.models import Consultation, Opinion
from quancheng.kernel import receipts
from quancheng.ledger import queries as ledger
from quancheng.ledger.models import Entry
from quancheng.people import queries as people


def open_due() -> None:
    """Open the consultations whose first day has come, in the name of the person who set the day."""
    today = timezone.localdate()
    for found in Consultation.objects.filter(case__state="draft", opens_on__lte=today).select_related("case"):
        account = found.case.events.filter(step="open").values_list("account_id", flat=True).first()
        if account is not None:
            by = people.actor_for(account, today)
            receiving.open_waiting(consultation_id=found.pk, by=by, at=timezone.now())


def changed_opinions() -> Iterator[str]:
    """Yield a line for every stored opinion whose words no longer match their digest in the ledger (S13)."""
    entries = dict(Entry.objects.filter(kind="opinion.received").values_list("subject", "digest"))
    for opinion in Opinion.objects.iterator(chunk_size=2000):
        stored = entries.pop(opinion.public_id, None)
        if stored is None:
            yield f"意见 {opinion.public_id} 没有入账。"
        elif opinion.erased_at is None:
            if receipts.digest(bytes(opinion.salt), receiving.content_of(opinion)) != bytes(stored):
                yield f"意见 {opinion.public_id} 的原文与台账摘要不符。"
    for subject in entries:
        yield f"台账中的意见 {subject} 在数据库里不存在。"


def register() -> None:
    """Hand the check to the ledger, so that `ledger verify` runs it."""
    ledger.register_checker("opinions", changed_opinions)
