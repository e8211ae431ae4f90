"""What petitions require: lengths, words made clean, what the ledger's digests stand for, whose matter it is."""

import json
from datetime import date
from typing import Any

from quancheng.kernel import receipts
from quancheng.kernel.deadlines import Term
from quancheng.kernel.text import fold
from quancheng.kernel.words import clean, letters
from quancheng.people import sealing
from quancheng.people.models import Organ
from quancheng.people.permissions import Actor
from quancheng.petitions.models import Petition
from quancheng.procedures import queries as procedures
from quancheng.procedures.library import LIBRARY
from quancheng.procedures.models import Case

LONGEST = 10_000  # characters of one submission
SHORTEST_REASON = 5
SHORTEST_PAPER = 15
REPRESENTATIVES = 5  # R7.32 信访工作条例 20
KEY_LENGTH = 20  # the least that a form's key has
HANDLED_HERE = (Petition.Route.DUTY, Petition.Route.OTHER)
NOT_OURS_TO_DECIDE = (Petition.About.COURT, Petition.About.PROCURATORATE, Petition.About.SUPERVISION)  # R7.40


class PetitionRefused(ValueError):
    """Something must be mended first; `field` names where."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


def new_public_id() -> str:
    """Return a random id that names a submission in the ledger, and nowhere else in public."""
    return "p" + letters(20)


def need(words: str, least: int, sentence: str, field: str, most: int = LONGEST) -> str:
    """Return the words cleaned. Raises PetitionRefused when there are too few or too many."""
    words = clean(words)
    if len(words) < least:
        raise PetitionRefused(f"{sentence}（不少于{least}个字）。" if least > 1 else f"{sentence}。", field)
    if len(words) > most:
        raise PetitionRefused(f"最多{most}字，现有{len(words)}字，请删减。写下的内容还在。", field)
    return words


def content_of(public_id: str, request: str, facts: str) -> bytes:
    """Return the canonical bytes of a submission's words: what the ledger's salted digest stands for (S13)."""
    return receipts.canonical({"facts": facts, "id": public_id, "request": request})


def submission_index(key: str) -> bytes:
    """Return the keyed digest of a form's key. Raises PetitionRefused when the form came without one."""
    if not KEY_LENGTH <= len(key) <= 64 or not key.isascii():
        raise PetitionRefused("表单不完整，请刷新页面后重新提交。写下的内容还在。")
    return sealing.index("petition.form", key)


def author_index(phone: str) -> bytes:
    """Return the keyed digest of a number among petitions, a random one where there is none. Raises people's BadPhone."""
    return sealing.index("petition.author", sealing.clean_phone(phone) if phone else letters(24))


def author_key_index(author_key: str) -> bytes:
    """Return the keyed digest under which an author's key is found."""
    return sealing.index("petition.key", author_key)


def receipt_index(code: str) -> bytes:
    """Return the keyed digest under which a receipt code is found."""
    return sealing.index("petition.code", code)


def term(organ: Organ, key: str, on: date) -> Term:
    """Return the term in days that a parameter sets for an organ on a day. Raises KeyError."""
    return Term(procedures.parameter(key, area=organ.area_id, on=on), "day", LIBRARY[key].article)


def accepted_on(case: Case) -> date | None:
    """Return the day of acceptance: the 60 days count from it, whenever a unit got the matter (R7.36)."""
    return Petition.objects.filter(case=case).values_list("accepted_on", flat=True).first()


def subject_index(public_id: str) -> bytes:
    """Return the keyed digest by which a mark finds its submission, wherever it lies."""
    return sealing.index("petition.mark", public_id)


def interested(actor: Actor, words: str) -> bool:
    """Tell whether the words speak of the actor, who then has to withdraw (R7.38 信访工作条例 28)."""
    me = fold(actor.name)
    return len(me) > 1 and me in fold(words)


def person_of(found: Petition) -> dict[str, Any]:
    """Return who petitions, as he said: names, address, phone. The act that asks has recorded the reading."""
    sealed = found.petitioner.sealed
    return dict(json.loads(sealing.unseal(f"petitioner:{found.public_id}", sealed)))
