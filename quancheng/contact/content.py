"""The canonical bytes for which the ledger's salted digests stand (S13)."""

from collections.abc import Iterable

from quancheng.contact.models import ReportQuestion, ResidentOpinion, TopicVoice
from quancheng.kernel import receipts
from quancheng.people import sealing


def person_index(where: str, phone: str) -> bytes:
    """Return the keyed digest of a number for one place alone: it finds a double, and joins nothing (S01).

    Raises people's BadPhone.
    """
    return sealing.index("contact", f"{where}:{sealing.clean_phone(phone)}")


def content_of(opinion: ResidentOpinion, pictures: Iterable[str] | None = None) -> bytes:
    """Return the canonical bytes of a resident's opinion; its stored `pictures` are read where they are not given."""
    if pictures is None:
        pictures = [picture.stored_name for picture in opinion.pictures.all()]
    return receipts.canonical(
        {
            "area": opinion.area_id,
            "body": opinion.body,
            "consent": opinion.consent_how,
            "door": opinion.door,
            "legal_wording": opinion.legal_wording,
            "name": opinion.name,
            "pictures": sorted(pictures),
            "site": opinion.site_id,
        }
    )


def content_of_voice(voice: TopicVoice) -> bytes:
    """Return the canonical bytes of what a resident said to a topic."""
    return receipts.canonical({"body": voice.body, "name": voice.name, "topic": voice.topic_id})


def content_of_question(question: ReportQuestion) -> bytes:
    """Return the canonical bytes of a voter's question."""
    return receipts.canonical({"body": question.body, "report": question.report_id})
