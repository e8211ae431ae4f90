"""Not showing an opinion, on a listed ground, told to its author, with appeal to another person (S11); erasure (S05)."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from quancheng.consultations.models import Moderation, Opinion
from quancheng.kernel.words import clean, one_line
from quancheng.ledger import acts as ledger
from quancheng.people import acts as people
from quancheng.people.permissions import Actor, demand
from quancheng.procedures import queries as procedure_queries

LONGEST_APPEAL = 2000


class ModerationRefused(ValueError):
    """The ground, the explanation or the person is not one that the rules allow."""


def _opinion(opinion_id: int) -> Opinion:
    """Return an opinion, locked for this transaction."""
    rows = Opinion.objects.select_for_update(of=("self",)).select_related("consultation__case__organ")
    return rows.get(pk=opinion_id)


def withhold(*, opinion_id: int, ground: str, explanation: str, by: Actor, at: datetime) -> Moderation:
    """Stop showing an opinion on the public page; it stays in the work and is decided like any other (S11).

    Raises NotAllowed, ModerationRefused.
    """
    words = one_line(explanation)
    if ground not in Moderation.Ground.values:
        raise ModerationRefused("不公开显示只能依据所列理由（网络安全法）。")
    if not 5 <= len(words) <= 300:
        raise ModerationRefused(f"请向作者说明是哪一处、为什么（5至300字，现有{len(words)}字）。")
    with transaction.atomic():
        opinion = _opinion(opinion_id)
        demand(by, "opinion.moderate", organ=opinion.consultation.case.organ_id)
        if opinion.visibility == Opinion.Visibility.WITHHELD:
            raise ModerationRefused("这件意见已经不公开显示。")
        if opinion.erased_at is not None:
            raise ModerationRefused("这件意见的原文已经删除，不再显示。")
        days = procedure_queries.parameter(
            "moderation.appeal_days", area=opinion.consultation.case.organ.area_id, on=timezone.localdate(at)
        )
        found = Moderation.objects.create(
            opinion=opinion, ground=ground, explanation=words, by_id=by.id, at=at, former=opinion.visibility,
            appeal_due_on=timezone.localdate(at) + timedelta(days=days),
        )
        Opinion.objects.filter(pk=opinion_id).update(visibility=Opinion.Visibility.WITHHELD, moves=F("moves") + 1)
        _log("opinion.withheld", opinion, words, at, ground=ground)
        people.notify_author(
            subject=opinion.public_id, at=at,
            text=f"您的意见（回执码{opinion.receipt_code}）因“{found.get_ground_display()}”不公开显示，"
            f"仍会研究答复。可在{days}日内凭回执申诉。",
        )
    return found


def _log(kind: str, opinion: Opinion, words: str, at: datetime, **detail: str) -> None:
    ledger.append(
        kind=kind, at=at, organ=opinion.consultation.case.organ_id, subject=opinion.public_id, content=words.encode(),
        salt=ledger.new_salt(), detail=dict(detail),
    )


def appeal(*, receipt_code: str, text: str, at: datetime) -> Moderation:
    """Appeal against not being shown; the receipt code is the author's key. Raises ModerationRefused."""
    words = clean(text)
    with transaction.atomic():
        rows = Moderation.objects.select_for_update(of=("self",)).select_related("opinion__consultation__case")
        found = rows.filter(opinion__receipt_code=receipt_code).order_by("-id").first()
        if found is None or found.state != Moderation.State.STANDING or found.opinion.erased_at is not None:
            raise ModerationRefused("这件意见没有可以申诉的决定，或者已经申诉过。")
        if timezone.localdate(at) > found.appeal_due_on:
            raise ModerationRefused(f"申诉期限已于{found.appeal_due_on:%Y年%-m月%-d日}届满。")
        if not 5 <= len(words) <= LONGEST_APPEAL:
            raise ModerationRefused(f"请写明申诉的理由（5至{LONGEST_APPEAL}字，现有{len(words)}字）。")
        found.state, found.appeal, found.appealed_at = Moderation.State.APPEALED, words, at
        found.save(update_fields=["state", "appeal", "appealed_at"])
        _log("opinion.appealed", found.opinion, words, at)
    return found


def decide_appeal(*, moderation_id: int, uphold: bool, reason: str, by: Actor, at: datetime) -> Moderation:
    """Decide an appeal, by another person than the one who withheld (S11), and tell the author.

    A reversal gives back what the author had chosen: what he wanted private stays private.
    Raises NotAllowed, ModerationRefused.
    """
    words = clean(reason)
    with transaction.atomic():
        rows = Moderation.objects.select_for_update(of=("self",)).select_related("opinion__consultation__case")
        found = rows.get(pk=moderation_id)
        demand(by, "opinion.appeal", organ=found.opinion.consultation.case.organ_id)
        if found.state != Moderation.State.APPEALED:
            raise ModerationRefused("这一申诉已经处理，或者还没有提出。")
        if by.id == found.by_id:
            raise ModerationRefused("作出不公开显示决定的人不能处理对它的申诉，请由另一人处理。")
        if not 5 <= len(words) <= LONGEST_APPEAL:
            raise ModerationRefused(f"请写明处理申诉的理由（5至{LONGEST_APPEAL}字，现有{len(words)}字）。")
        found.state = Moderation.State.UPHELD if uphold else Moderation.State.REVERSED
        found.appeal_decided_by_id, found.appeal_decided_at, found.appeal_reason = by.id, at, words
        found.save(update_fields=["state", "appeal_decided_by", "appeal_decided_at", "appeal_reason"])
        if not uphold:
            Opinion.objects.filter(pk=found.opinion_id).update(visibility=found.former, moves=F("moves") + 1)
        _log("opinion.appeal_decided", found.opinion, words, at, outcome=str(found.state))
        people.notify_author(subject=found.opinion.public_id, text=_outcome(found), at=at)
    return found


def _outcome(found: Moderation) -> str:
    """Return the message that tells the author what became of his appeal."""
    code = found.opinion.receipt_code
    result = "维持不公开显示" if found.state == Moderation.State.UPHELD else "撤销不公开显示的决定"
    return f"您对意见（回执码{code}）不公开显示的申诉已由另一人复核，结果：{result}。理由见{settings.PUBLIC_URL}/r/{code}/"


def erase_words(*, opinion_id: int, ground: str, by: Actor, at: datetime) -> None:
    """Erase the words and the salt at the person's lawful request (个人信息保护法 47; S05); the proof stays whole.

    The words of an appeal go too. The sealed number goes, after a last message, unless the opinion is withheld as
    prohibited content: of that a record must be kept (网络安全法 49). Raises NotAllowed, ModerationRefused.
    """
    words = clean(ground)
    with transaction.atomic():
        opinion = _opinion(opinion_id)
        demand(by, "opinion.erase", organ=opinion.consultation.case.organ_id)
        if opinion.erased_at is not None:
            raise ModerationRefused("这件意见的原文已经删除。")
        if len(words) < 5:
            raise ModerationRefused("请写明本人申请的情况（不少于5个字）。")
        Opinion.objects.filter(pk=opinion_id).update(
            body="", legal_wording="", display_name="", organisation="", witness="", salt=b"", erased_at=at,
            moves=F("moves") + 1,
        )
        Moderation.objects.filter(opinion=opinion).exclude(appeal="").update(appeal="")
        _log("opinion.erased", opinion, words, at)
        people.notify_author(
            subject=opinion.public_id, at=at,
            text=f"您的意见（回执码{opinion.receipt_code}）的原文已依申请删除，处理结果仍可凭回执查询。"
            f"如不是您本人申请，请致电{opinion.consultation.telephone}。",
        )
        prohibited = opinion.visibility == Opinion.Visibility.WITHHELD and Moderation.objects.filter(
            opinion=opinion, ground=Moderation.Ground.PROHIBITED
        ).exclude(state=Moderation.State.REVERSED).exists()
        if not prohibited:
            people.forget_authors(subjects=[opinion.public_id], at=at)
