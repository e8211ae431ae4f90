"""The author's page of a voter's question or of a word on a topic, by its receipt code; the file that proves it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from quancheng.contact.content import content_of_question, content_of_voice
from quancheng.contact.models import ReportQuestion, TopicVoice
from quancheng.ledger import queries as ledger


@dataclass(frozen=True)
class WordsPage:
    """What somebody asked or said, where it stands, the answer or the ground for not showing it, the proof.

    `where` and `target` name the public page of the report or topic; `target` is None where there is none.
    """

    kind: str
    body: str
    at: datetime
    where: str
    target: int | None
    answered_by: str
    answer: str
    answered_at: datetime | None
    withheld_why: str
    erased_at: datetime | None
    proof: ledger.Proof | None


def words_page(code: str) -> WordsPage:
    """Return the author's page of a question or a word on a topic (5 statements). Raises TopicVoice.DoesNotExist."""
    asked = ReportQuestion.objects.select_related("report__account").filter(receipt_code=code).first()
    return _of_voice(code) if asked is None else _of_question(asked)


def _of_question(asked: ReportQuestion) -> WordsPage:
    report = asked.report
    return WordsPage(
        kind="question", body=asked.body, at=asked.asked_at, where=report.title, target=report.pk,
        answered_by=report.account.name, answer=asked.answer, answered_at=asked.answered_at,
        withheld_why=asked.withheld_why, erased_at=None, proof=ledger.proof_of(asked.public_id, "question.received"),
    )


def _of_voice(code: str) -> WordsPage:
    said = TopicVoice.objects.select_related("topic__opened_by").get(receipt_code=code)
    topic = said.topic
    shown = bool(topic.words)  # an accusation was raised from it: its page is gone (S02)
    return WordsPage(
        kind="voice", body=said.body, at=said.received_at, where=topic.title if shown else "",
        target=topic.pk if shown else None, answered_by=topic.opened_by.name if shown else "",
        answer=topic.summary if shown else "", answered_at=topic.closed_at if shown else None, withheld_why="",
        erased_at=said.erased_at, proof=ledger.proof_of(said.public_id, "voice.received"),
    )


def words_file(code: str) -> dict[str, Any]:
    """Return the receipt of a question or a word as data (format quancheng-receipt/1). Raises TopicVoice.DoesNotExist."""
    asked = ReportQuestion.objects.filter(receipt_code=code).first()
    said = None if asked else TopicVoice.objects.get(receipt_code=code)
    found = asked or said
    proof = ledger.proof_of(found.public_id, "question.received" if asked else "voice.received") if found else None
    if found is None or proof is None:
        raise TopicVoice.DoesNotExist(code)
    gone = said is not None and said.erased_at is not None
    content = content_of_question(asked) if asked else content_of_voice(said) if said else b""
    at = asked.asked_at if asked else said.received_at if said else None
    return ledger.build_receipt(
        proof, code=code, content=None if gone else content, salt=None if gone else bytes(found.salt),
        extra={"erased": gone, "received_at": at.isoformat() if at else None},
    )
