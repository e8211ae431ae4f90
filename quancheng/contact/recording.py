"""What every act of contact shares: the refusal, the entry in the ledger, a fact of duty."""

from datetime import date, datetime

from quancheng.contact.models import DutyFact
from quancheng.kernel.words import clean
from quancheng.ledger import acts as ledger
from quancheng.people.permissions import Actor
from quancheng.procedures.models import Case

KEY_LENGTH = 20  # the least that a form's key has


class ContactRefused(ValueError):
    """Something must be mended first; `field` names where."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


def need(words: str, least: int, sentence: str, field: str, most: int = 10_000) -> str:
    """Return the words cleaned. Raises ContactRefused when there are too few or too many."""
    words = clean(words)
    if len(words) < least:
        raise ContactRefused(f"{sentence}（不少于{least}个字）。" if least > 1 else f"{sentence}。", field)
    if len(words) > most:
        raise ContactRefused(f"最多{most}字，现有{len(words)}字，请删减。写下的内容还在。", field)
    return words


def check_key(key: str) -> str:
    """Return a form's key. Raises ContactRefused when the form came without one."""
    if not KEY_LENGTH <= len(key) <= 64 or not key.isascii():
        raise ContactRefused("表单不完整，请刷新页面后重新提交。写下的内容还在。")
    return key


def record(kind: str, subject: str, words: str, at: datetime, organ: str = "", **detail: object) -> None:
    """Enter an act into the ledger; its words only as a salted digest."""
    ledger.append(
        kind=f"contact.{kind}", at=at, organ=organ, subject=subject, content=words.encode(), salt=ledger.new_salt(),
        detail=dict(detail) or None,
    )


def note_neutrally(words: str, at: datetime) -> None:
    """Enter something into the ledger whose kind, subject and organ tell nobody what it is about (S02).

    Contacts of pairings are entered so, and readings of sealed words among them.
    """
    record("noted", f"note:{ledger.new_salt().hex()[:32]}", words, at)


def add_fact(
    account_id: int, kind: str, on: date, title: str, origin: str, by: Actor | None, at: datetime,
    case: Case | None = None, number: int = 1,
) -> DutyFact:
    """Return the fact that a record shows; the same record shows it once."""
    found, made = DutyFact.objects.get_or_create(
        origin=origin,
        defaults={
            "account_id": account_id, "kind": kind, "on": on, "title": title[:120], "number": number, "case": case,
            "recorded_by_id": by.account_id if by else None, "recorded_at": at,
        },
    )  # fmt: skip
    if made:
        record("fact", f"fact:{found.pk}", found.title, at, fact=kind, on=str(on))
    return found
