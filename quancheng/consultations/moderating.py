"""Not showing an opinion, on a listed ground, told to its author, with appeal to another person (S11); erasure (S05)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from quancheng.consultations.models import Moderation, Opinion
from quancheng.ledger import acts as ledger
from quancheng.people import acts as people
from quancheng.people.permissions import Actor, demand
from quancheng.procedures import queries as procedure_queries


class ModerationRefused(ValueError):
    """The ground, the explanation or the person is not one that the rules allow."""


def _opinion(opinion_id: int) -> Opinion:
    return Opinion.objects.select_related("consultation__case__organ").get(pk=opinion_id)


def withhold(*, opinion_id: int, ground: str, explanation: str, by: Actor, at: datetime) -> Moderation:
    """Stop showing an opinion on the public page; it stays in the work and is decided like any other (S11).

    Raises NotAllowed, ModerationRefused.
    """
    opinion = _opinion(opinion_id)
    demand(by, "opinion.moderate", organ=opinion.consultation.case.organ_id)
    if ground not in Moderation.Ground.values:
        raise ModerationRefused("不公开显示只能依据所列理由（网络安全法）。")
    if len(explanation.strip()) < 5:
        raise ModerationRefused("请向作者说明是哪一处、为什么（不少于5个字）。")
    if opinion.visibility == Opinion.Visibility.WITHHELD:
        raise ModerationRefused("这件意见已经不公开显示。")
    days = procedure_queries.parameter(
        "moderation.appeal_days", area=opinion.consultation.case.organ.area_id, on=timezone.localdate(at)
    )
    with transaction.atomic():
        Opinion.objects.filter(pk=opinion_id).update(visibility=Opinion.Visibility.WITHHELD, moves=F("moves") + 1)
        found = Moderation.objects.create(
            opinion=opinion, ground=ground, explanation=explanation.strip()[:300], by_id=by.id, at=at,
            appeal_due_on=timezone.localdate(at) + timedelta(days=days),
        )
        _log("opinion.withheld", opinion, explanation.strip(), at, ground=ground)
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
    found = (
        Moderation.objects.select_related("opinion__consultation__case")
        .filter(opinion__receipt_code=receipt_code).order_by("-id").first()
    )
    if found is None or found.state != Moderation.State.STANDING:
        raise ModerationRefused("这件意见没有可以申诉的决定，或者已经申诉过。")
    if timezone.localdate(at) > found.appeal_due_on:
        raise ModerationRefused(f"申诉期限已于{found.appeal_due_on:%Y年%m月%d日}届满。")
    if len(text.strip()) < 5:
        raise ModerationRefused("请写明申诉的理由（不少于5个字）。")
    with transaction.atomic():
        Moderation.objects.filter(pk=found.pk, state=Moderation.State.STANDING).update(
            state=Moderation.State.APPEALED, appeal=text.strip()[:2000], appealed_at=at
        )
        _log("opinion.appealed", found.opinion, text.strip(), at)
    found.refresh_from_db()
    return found


def decide_appeal(*, moderation_id: int, uphold: bool, reason: str, by: Actor, at: datetime) -> Moderation:
    """Decide an appeal, by another person than the one who withheld (S11). Raises NotAllowed, ModerationRefused."""
    found = Moderation.objects.select_related("opinion__consultation__case").get(pk=moderation_id)
    demand(by, "opinion.appeal", organ=found.opinion.consultation.case.organ_id)
    if found.state != Moderation.State.APPEALED:
        raise ModerationRefused("这一申诉已经处理，或者还没有提出。")
    if by.id == found.by_id:
        raise ModerationRefused("作出不公开显示决定的人不能处理对它的申诉，请由另一人处理。")
    if len(reason.strip()) < 5:
        raise ModerationRefused("请写明处理申诉的理由（不少于5个字）。")
    state = Moderation.State.UPHELD if uphold else Moderation.State.REVERSED
    with transaction.atomic():
        changed = Moderation.objects.filter(pk=found.pk, state=Moderation.State.APPEALED).update(
            state=state, appeal_decided_by_id=by.id, appeal_decided_at=at, appeal_reason=reason.strip()
        )
        if not changed:
            raise ModerationRefused("这一申诉刚刚已由他人处理。")
        if not uphold:
            Opinion.objects.filter(pk=found.opinion_id).update(
                visibility=Opinion.Visibility.SHOWN, moves=F("moves") + 1
            )
        _log("opinion.appeal_decided", found.opinion, reason.strip(), at, outcome=str(state))
    found.refresh_from_db()
    return found


def erase_words(*, opinion_id: int, ground: str, by: Actor, at: datetime) -> None:
    """Erase the words and the salt at the person's lawful request (个人信息保护法 47; S05); the proof stays whole.

    Raises NotAllowed, ModerationRefused.
    """
    opinion = _opinion(opinion_id)
    demand(by, "opinion.erase", organ=opinion.consultation.case.organ_id)
    if opinion.erased_at is not None:
        raise ModerationRefused("这件意见的原文已经删除。")
    if len(ground.strip()) < 5:
        raise ModerationRefused("请写明本人申请的情况（不少于5个字）。")
    with transaction.atomic():
        Opinion.objects.filter(pk=opinion_id).update(
            body="", legal_wording="", display_name="", organisation="", salt=b"", erased_at=at, moves=F("moves") + 1
        )
        _log("opinion.erased", opinion, ground.strip(), at)
