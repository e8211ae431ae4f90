"""反映施压、打击报复: a deputy tells the head of the office alone that he was pressed over a rating (R7.16 代表法 55).

The report is sealed. It leaves no trace on the case, and the ledger's entry does not say what it is about: those who
pressed must not learn that it was told.
"""

import secrets
from datetime import datetime

from django.db import transaction

from quancheng.ledger import acts as ledger
from quancheng.people import sealing
from quancheng.people.permissions import Actor, NotAllowed, demand
from quancheng.procedures.acts import Conflict
from quancheng.suggestions import rules
from quancheng.suggestions.models import PressureReport, Suggestion
from quancheng.suggestions.papers import SuggestionRefused
from quancheng.suggestions.queries import SEAL


def _keep(words: str, at: datetime) -> None:
    """Put the digest of sealed words into the ledger under a name that tells nothing."""
    ledger.append(
        kind="record.kept", at=at, subject=f"record:{secrets.token_hex(8)}", content=words.encode(), salt=ledger.new_salt()
    )


def report_pressure(*, suggestion_id: int, words: str, by: Actor, at: datetime) -> PressureReport:
    """Tell, as the lead sponsor or a co-signer, of pressure or retaliation over a suggestion (R7.16).

    Raises NotAllowed, SuggestionRefused.
    """
    found = Suggestion.objects.select_related("case").get(pk=suggestion_id)
    demand(by, "signed_in")
    if by.id not in rules.authors(found.case):
        raise NotAllowed("suggestion.write")
    words = words.strip()
    if not 10 <= len(words) <= rules.LONGEST:
        raise SuggestionRefused("请写明什么人、什么时候、说了或者做了什么（不少于10个字）。", "pressure")
    with transaction.atomic():
        made = PressureReport.objects.create(
            suggestion=found, organ_id=found.case.organ_id, by_id=by.id, at=at, sealed=sealing.seal(SEAL, words)
        )
        _keep(words, at)
    return made


def answer_pressure(*, report_id: int, words: str, by: Actor, at: datetime) -> PressureReport:
    """Tell the deputy, as the head of the office, what was done about it. Raises NotAllowed, Conflict, SuggestionRefused."""
    found = PressureReport.objects.get(pk=report_id)
    demand(by, "suggestion.pressure", organ=found.organ_id)
    words = words.strip()
    if len(words) < 5:
        raise SuggestionRefused("请写明怎样处理（不少于5个字）。", "words")
    with transaction.atomic():
        waiting = PressureReport.objects.filter(pk=found.pk, answered_at=None)
        if not waiting.update(answered_by_id=by.id, answered_at=at, sealed_answer=sealing.seal(SEAL, words)):
            raise Conflict("这件反映已经答复。")
        _keep(words, at)
    found.refresh_from_db()
    return found
