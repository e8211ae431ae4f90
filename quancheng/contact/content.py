"""Letters of codes, clean words, and the canonical bytes for which the ledger's salted digests stand (S13)."""

import hashlib
import re
import secrets
from collections.abc import Iterable

from quancheng.contact.models import ReportQuestion, ResidentOpinion, TopicVoice
from quancheng.kernel import receipts
from quancheng.people import sealing

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: nothing that is mistaken for another
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u2060\ufeff\ud800-\udfff]")


def letters(count: int) -> str:
    """Return random letters, five bits each."""
    return "".join(LETTERS[byte & 31] for byte in secrets.token_bytes(count))


def slip_code(key: str) -> str:
    """Return the receipt code that a tablet prints for an item's key, before it is handed over (60 bits of SHA-256).

    The tablet computes the same from the same key, so a slip printed without a network is right for ever.
    """
    digest = hashlib.sha256(b"quancheng:slip:" + key.encode()).digest()
    return "".join(LETTERS[byte & 31] for byte in digest[:12])


def clean(words: str) -> str:
    """Return words with line ends made alike and what cannot be seen taken out; nothing else is touched."""
    return _UNSEEN.sub("", words.replace("\r\n", "\n").replace("\r", "\n")).strip()


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
