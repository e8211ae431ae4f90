"""Coming in: every submission sealed and unsorted, whatever the door; what is added later; taking back (R7.32, R7.33, S02)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from quancheng.handling import acts as handling
from quancheng.kernel.text import fold
from quancheng.ledger import acts as ledger
from quancheng.people import acts as people
from quancheng.people.permissions import Actor, demand
from quancheng.people.queries import organ_with_role
from quancheng.petitions import recording, rules, vault
from quancheng.petitions.models import Addition, Petition, SealedItem
from quancheng.petitions.rules import PetitionRefused, clean, need
from quancheng.procedures import acts as procedures

REPEATED = (
    "这件信访事项的复核意见已经作出，或者已经依法办结。同一事实和理由再次提出的，依照信访工作条例第三十六条不再受理，"
    "感谢您的理解。如果有新的事实和理由，请作为新的事项提出，写明新在哪里。"
)


@dataclass(frozen=True)
class Submission:
    """What a petitioner hands in, or an officer enters for him: names, address, request, facts and reasons (信访工作条例 19).

    `accuses`: the writer says himself that it is an accusation; nothing but his words is asked of him then, and only
    the sealed queue shows it. `phone` was verified by the face when he did it himself.
    """

    request: str
    facts: str
    submission_key: str
    names: tuple[str, ...] = ()
    address: str = ""
    phone: str = ""
    channel: str = "web"
    about: str = "other"
    headcount: int = 1
    area: str = ""
    accuses: bool = False
    accused_name: str = ""
    accused_unit: str = ""


def submit(*, submission: Submission, by: Actor, at: datetime, organ: str = "") -> str:
    """Take a submission in under seal, durably and once; return its receipt code (R7.33 信访工作条例 23).

    `organ`: the office that it is for, else the city's first. The same key with the same words gives the same code.
    Raises NotAllowed, PetitionRefused, people's BadPhone.
    """
    form = rules.submission_index(submission.submission_key)
    words = _words(submission)
    if earlier := _earlier(form, words):
        return earlier
    office = organ or organ_with_role("petition_clerk", timezone.localdate(at))
    if not office:
        raise PetitionRefused("本地还没有开通网上信访，请按“信访须知”里的地址、电话反映。")
    _demand_door(submission, office, by)
    author = rules.author_index(submission.phone)
    if submission.phone and not submission.accuses and _ended_before(author, words):
        raise PetitionRefused(REPEATED, "facts")
    status = vault.Status(
        kind=vault.UNSORTED, state=vault.WAITING, channel=submission.channel, receipt_code=rules.letters(12),
        author_key=rules.letters(24), author=author.hex(), salt=ledger.new_salt().hex(), about=submission.about,
        headcount=submission.headcount, area=submission.area, accuses=submission.accuses,
    )  # fmt: skip
    accused = (clean(submission.accused_name)[:40], clean(submission.accused_unit)[:60])
    return _store(office, words, status, form, accused, submission.phone, at)


def receipt_of_form(*, submission: Submission, at: datetime) -> str:
    """Return the receipt code of a form that was handed in before with the same words, '' for none; it takes nothing in.

    Raises PetitionRefused.
    """
    words = vault.Words(clean(submission.request), clean(submission.facts))
    return _earlier(rules.submission_index(submission.submission_key), words)


def _store(
    organ: str, words: vault.Words, status: vault.Status, form: bytes, accused: tuple[str, str], phone: str, at: datetime
) -> str:
    """Store an item with its mark and its author's thread; return its receipt code."""
    if any(accused):
        status.units = vault.accused_units(*accused, timezone.localdate(at))
    item_id = rules.new_public_id()
    try:
        with transaction.atomic():
            vault.new_item(item_id, organ, at, words, status, form, accused).save(force_insert=True)
            recording.mark(organ, item_id, words.request, words.facts, bytes.fromhex(status.salt), at, submission=True)
            if phone:
                people.record_authorship(subject=status.author_key, phone=phone, at=at)
    except IntegrityError:
        if earlier := _earlier(form, words):
            return earlier
        raise
    return status.receipt_code


def _words(submission: Submission) -> vault.Words:
    """Return the words, checked as the law asks for them (R7.32). Raises PetitionRefused."""
    request = need(submission.request, 2, "请写明您的请求", "request", 1000)
    facts = need(submission.facts, 10, "请写明事实和理由", "facts")
    names = [clean(name)[:40] for name in submission.names if clean(name)]
    address = clean(submission.address)[:120]
    if not submission.accuses:
        if not names:
            raise PetitionRefused("请填写信访人姓名（名称）。", "names")
        if len(address) < 2:
            raise PetitionRefused("请填写住址，文书要按它送达。", "address")
    if submission.channel not in Petition.Channel.values or submission.about not in Petition.About.values:
        raise PetitionRefused("请选择来处和反映的对象。", "about")
    if submission.channel == Petition.Channel.VISIT and len(names) > rules.REPRESENTATIVES:
        raise PetitionRefused(f"多人采用走访形式的，应当推选代表，代表不超过{rules.REPRESENTATIVES}人。", "names")
    if not 1 <= submission.headcount <= 100_000:
        raise PetitionRefused("请核对人数。", "headcount")
    return vault.Words(request, facts, names, address, submission.phone.strip())


def _demand_door(submission: Submission, office: str, by: Actor) -> None:
    """Demand what the door asks: nothing of the public on the web but a number; an office for every other door."""
    if submission.channel != Petition.Channel.WEB:
        demand(by, "petition.enter", organ=office)
        return
    demand(by, "petition.submit")
    if not submission.phone and not submission.accuses:  # R1.15 网络安全法 26
        raise PetitionRefused("请填写手机号码并验证。号码加密保存，只用于联系和送达。", "phone")


def _earlier(form: bytes, words: vault.Words) -> str:
    """Return the receipt code of what came under this form's key, '' for nothing. Raises PetitionRefused for other words."""
    item = SealedItem.objects.filter(submission_index=form).first()
    if item is not None:
        kept = vault.words_of(item)
        _same(kept.request, kept.facts, words)
        return vault.status_of(item).receipt_code
    found = Petition.objects.filter(submission_index=form, moved_at=None).first()
    if found is None:
        added = Addition.objects.filter(submission_index=form).first()
        return added.receipt_code if added else ""
    _same(found.request, found.facts, words)
    return found.receipt_code


def _same(request: str, facts: str, words: vault.Words) -> None:
    if (request, facts) != (words.request, words.facts):
        raise PetitionRefused("这份表单已经提交过，内容与现在的不同。请重新打开页面，把现在的内容另行提交。", "facts")


def _ended_before(author: bytes, words: vault.Words) -> bool:
    """Tell whether the same person's matter with the same facts has come to its end (R7.37 信访工作条例 36)."""
    ended = Petition.objects.filter(author_index=author, case__state="final", papers__kind="re_examination")
    said = fold(words.facts)
    return any(fold(facts) == said for facts in ended.values_list("facts", flat=True).distinct()[:50])


def supplement(*, receipt_code: str, words: str, submission_key: str, at: datetime) -> str:
    """Add material to one's own matter, sealed until it is sorted, for it may accuse; return its own receipt code.

    After the end it is refused, politely (R7.37). Raises PetitionRefused, SealedItem.DoesNotExist.
    """
    form = rules.submission_index(submission_key)
    added = vault.Words("补充材料", need(words, 5, "请写明要补充的内容", "words"))
    if earlier := _earlier(form, added):
        return earlier
    found = Petition.objects.select_related("case").filter(receipt_code=receipt_code).first()
    author_key, salt = rules.letters(24), ledger.new_salt().hex()
    if found is not None:
        if found.moved_at is None and recording.is_final(found):
            raise PetitionRefused(REPEATED, "words")
        status = vault.Status(
            kind=vault.UNSORTED, state=vault.WAITING, channel="web", receipt_code=rules.letters(12), salt=salt,
            author_key=author_key, author=bytes(found.author_index).hex(), source_case=found.case_id,
        )  # fmt: skip
        return _store(found.case.organ_id, added, status, form, ("", ""), "", at)
    item = SealedItem.objects.get(receipt_index=rules.receipt_index(receipt_code))
    before = vault.status_of(item)
    status = vault.Status(
        kind=vault.UNSORTED, state=vault.WAITING, channel="web", receipt_code=rules.letters(12), salt=salt,
        author_key=author_key, author=before.author, source_item=item.public_id,
        accuses=before.accuses or before.kind == vault.ACCUSATION,
    )  # fmt: skip
    return _store(item.organ_id, added, status, form, vault.accused_of(item), "", at)


def withdraw(*, receipt_code: str, reason: str, at: datetime) -> None:
    """Take one's own matter back before it is answered; a sealed one keeps its words, and its readers are told.

    Raises PetitionRefused, StepRefused, Conflict, SealedItem.DoesNotExist.
    """
    reason = clean(reason)[:300]
    found = Petition.objects.select_related("case__organ").filter(receipt_code=receipt_code).first()
    public = Actor.public()
    if found is None:
        item = SealedItem.objects.get(receipt_index=rules.receipt_index(receipt_code))
        status = vault.status_of(item)
        with transaction.atomic():
            recording.log(item, status, "信访人撤回", reason, public, at)
            recording.save(item, status)
        return
    with transaction.atomic():
        procedures.perform(case=found.case, step="withdraw", by=public, at=at, note=reason)
        handling.withdraw_handling(
            case_id=found.case_id, reason="信访人撤回", by=public, at=at, held="petition.ask"
        )
