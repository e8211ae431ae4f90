"""What the petitioner does with a conclusion, and the level above: grades, 复查, hearing, 复核, the end (R7.34, R7.37)."""

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from quancheng.people.models import Organ
from quancheng.people.permissions import Actor, demand
from quancheng.petitions import recording, rules
from quancheng.petitions.models import Paper, Petition, Review
from quancheng.petitions.rules import PetitionRefused, clean, need
from quancheng.procedures import acts as procedures
from quancheng.procedures.acts import Conflict
from quancheng.procedures.models import Clock, ClockExtension

_STAGES = {  # state -> (stage, step that applies, step that decides, what the clock is called)
    "concluded": (Review.Stage.REVIEW, "apply_review", "decide_review", "出具复查意见"),
    "reviewed": (Review.Stage.RE_EXAMINATION, "apply_re_examination", "decide_re_examination", "出具复核意见"),
}
_GRADED = ("concluded", "review", "reviewed", "re_examination", "final")


def grade(*, receipt_code: str, office: str, unit: str, reason: str, at: datetime) -> Petition:
    """Rate, as the petitioner whom the code shows, the petition office and the unit; once (R7.34 信访工作条例 21).

    Raises Petition.DoesNotExist, PetitionRefused, Conflict.
    """
    found = recording.petition_by_code(receipt_code)
    if office not in Petition.Grade.values or unit not in Petition.Grade.values:
        raise PetitionRefused("请分别选择对信访部门和承办单位的评价。", "office_grade")
    if found.case.state not in _GRADED or not found.papers.filter(kind=Paper.Kind.CONCLUSION).exists():
        raise PetitionRefused("出具处理意见以后才能评价。", "office_grade")
    reason = clean(reason)[:500]
    with transaction.atomic():
        fresh = Petition.objects.filter(pk=found.pk, graded_at=None)
        if not fresh.update(office_grade=office, unit_grade=unit, grade_reason=reason, graded_at=at):
            raise Conflict("您已经评价过这件事项。")
        labels = dict(Petition.Grade.choices)
        procedures.note(
            case=found.case, event="petition.graded", words=reason, by=Actor.public(), at=at, held="petition.ask",
            shown=f"信访部门：{labels[Petition.Grade(office)]}；承办单位：{labels[Petition.Grade(unit)]}",
            detail={"office": office, "unit": unit},
        )  # fmt: skip
    found.refresh_from_db()
    return found


def apply_for_review(*, receipt_code: str, reason: str, at: datetime) -> Review:
    """Ask the level above to review (复查) or, after that, to re-examine (复核), within the 30 days (R7.37).

    After the end, or after the time, it is refused politely. Raises Petition.DoesNotExist, PetitionRefused, Conflict.
    """
    found = recording.petition_by_code(receipt_code)
    if found.case.state not in _STAGES:
        ended = recording.is_final(found)
        raise PetitionRefused(
            "这件事项已经终结，不能再请求复查、复核；同一事实和理由不再受理（信访工作条例第三十六条）。感谢您的理解。" if ended
            else "现在还不能请求复查、复核：收到书面意见以后三十日内可以提出。", "reason",
        )  # fmt: skip
    stage, step, decides, label = _STAGES[found.case.state]
    reason = need(reason, rules.SHORTEST_REASON, "请写明不服的理由", "reason", 3000)
    today = timezone.localdate(at)
    open_until = Clock.objects.filter(case=found.case, key=step, stopped_at=None).values_list("due_on", flat=True).first()
    if open_until is not None and today > open_until:
        raise PetitionRefused(
            f"请求{stage.label}的期限已于{open_until:%Y年%-m月%-d日}届满（自收到书面意见之日起三十日）。", "reason"
        )
    organ = _above(found, stage)
    with transaction.atomic():
        procedures.perform(case=found.case, step=step, by=Actor.public(), at=at)
        try:
            with transaction.atomic():
                made = Review.objects.create(petition=found, stage=stage, organ_id=organ, reason=reason, applied_at=at)
        except IntegrityError:
            raise Conflict("已经提出过。") from None
        procedures.stop_clock(case=found.case, key=step, at=at)
        recording.start_clock(
            found, decides, label, "petition.review_answer_days", today, at, organ or found.case.organ_id
        )
    return made


def _above(found: Petition, stage: str) -> str | None:
    """Return the organ above the one that answered last, None where it lies outside this system."""
    below = found.case.organ_id
    if stage == Review.Stage.RE_EXAMINATION:
        first = found.reviews.filter(stage=Review.Stage.REVIEW).values_list("organ_id", flat=True).first()
        if first is None:
            return None
        below = first
    return Organ.objects.filter(pk=below).values_list("parent_id", flat=True).first()


def name_reviewer(*, review_id: int, outside: str, by: Actor, at: datetime) -> Review:
    """Name the organ above the city that reviews; what it decides is entered when it comes (R7.37).

    Raises NotAllowed, Conflict, PetitionRefused.
    """
    found = _review(review_id)
    recording.held(found.petition, "petition.handle", by)
    outside = need(outside, 4, "请写明复查、复核机关", "outside", 60)
    with transaction.atomic():
        if not Review.objects.filter(pk=found.pk, decided_at=None).update(outside=outside, organ=None):
            raise Conflict("已经作出意见。")
        Clock.objects.filter(case=found.petition.case, key=f"decide_{found.stage}", stopped_at=None).update(
            organ=found.petition.case.organ
        )
        procedures.note(
            case=found.petition.case, event="petition.noted", words=outside, by=by, at=at, held="petition.handle",
            shown=f"{found.get_stage_display()}：{outside}",
        )
    found.refresh_from_db()
    return found


def _review(review_id: int) -> Review:
    return Review.objects.select_related("petition__case__organ", "organ").get(pk=review_id)


def _demand_review(found: Review, by: Actor) -> str:
    """Return the organ in which the actor reviews. Raises NotAllowed, PetitionRefused for whoever concluded before."""
    if found.decided_at is not None:
        raise Conflict("已经作出意见，请刷新后再看。")
    if found.organ_id is None:
        recording.held(found.petition, "petition.handle", by)
        if not found.outside:
            raise PetitionRefused("请先登记由哪个上级机关复查、复核。", "outside")
        return found.petition.case.organ_id
    demand(by, "petition.review", organ=found.organ_id)
    recording.withdraws(found.petition, by)
    concluded = found.petition.papers.filter(kind__in=("conclusion", "review")).values_list("by_id", flat=True)
    if by.id in concluded:
        raise PetitionRefused("作出处理意见、复查意见的人不能再办理复查、复核。")
    return found.organ_id


def hear(*, review_id: int, first: date, last: date, by: Actor, at: datetime) -> Review:
    """Record a hearing; its days do not count towards the 30 (R7.37 信访工作条例 36). Raises as `decide`."""
    found = _review(review_id)
    organ = _demand_review(found, by)
    if first < timezone.localdate(found.applied_at) or last < first or (last - first).days > 60:
        raise PetitionRefused("请核对听证的起止日期。", "first")
    case = found.petition.case
    with transaction.atomic():
        if not Review.objects.filter(pk=found.pk, hearing_from=None, decided_at=None).update(
            hearing_from=first, hearing_to=last
        ):
            raise Conflict("已经登记听证。")
        clock = Clock.objects.get(case=case, key=f"decide_{found.stage}", stopped_at=None)
        new = clock.due_on + (last - first) + timedelta(days=1)
        words = f"听证{first:%Y-%m-%d}至{last:%Y-%m-%d}，不计入期限。"
        ClockExtension.objects.create(
            clock=clock, old_due_on=clock.due_on, new_due_on=new, reason=words, approver_id=by.id, at=at
        )
        Clock.objects.filter(pk=clock.pk).update(due_on=new, working=f"{clock.working} {words}")
        procedures.note(
            case=case, event="petition.hearing", words=words, by=by, at=at,
            held="petition.review" if organ != case.organ_id else "petition.handle", shown=words,
        )  # fmt: skip
    found.refresh_from_db()
    return found


def decide(
    *, review_id: int, outcome: str, text: str, by: Actor, at: datetime, document: str = ""
) -> Review:
    """Give the written opinion of the level above; a re-examination ends the matter (复查意见书、复核意见书, R7.37).

    Raises NotAllowed, StepRefused, Conflict, PetitionRefused.
    """
    found = _review(review_id)
    organ = _demand_review(found, by)
    if outcome not in Review.Outcome.values:
        raise PetitionRefused("请选择维持、变更或者撤销。", "outcome")
    text = need(text, rules.SHORTEST_PAPER, "请写明复查、复核的事实、理由和结论", "text", 20_000)
    petition, last = found.petition, found.stage == Review.Stage.RE_EXAMINATION
    with transaction.atomic():
        decided = Review.objects.filter(pk=found.pk, decided_at=None).update(
            outcome=outcome, document=clean(document)[:60], decided_by_id=by.id, decided_at=at
        )
        if not decided:
            raise Conflict("已经作出意见，请刷新后再看。")
        procedures.perform(case=petition.case, step=f"decide_{found.stage}", by=by, at=at, organ=organ)
        procedures.stop_clock(case=petition.case, key=f"decide_{found.stage}", at=at)
        Petition.objects.filter(pk=petition.pk).update(delivered_on=None)
        remedy = (
            "本意见为信访终结意见。同一事实和理由再次提出的，不再受理（信访工作条例第三十六条）。" if last
            else "对复查意见不服的，可以自收到之日起三十日内请求复查机关的上一级机关复核（信访工作条例第三十六条）。"
        )  # fmt: skip
        words = f"{Review.Outcome(outcome).label}。\n{text}\n{remedy}"
        recording.paper(petition, found.stage, words, by, at)
    found.refresh_from_db()
    return found


def lapse(*, petition_id: int, at: datetime) -> bool:
    """End a matter whose time to ask for review passed unused; False when somebody was faster, or it is not over."""
    try:
        with transaction.atomic():
            found = recording.petition(petition_id)
            if found.case.state not in _STAGES:
                return False
            key = _STAGES[found.case.state][1]
            over = Clock.objects.filter(case=found.case, key=key, stopped_at=None, due_on__lt=timezone.localdate(at))
            if not over.update(stopped_at=at):
                return False
            procedures.perform(case=found.case, step="lapse", by=Actor.public(), at=at)
    except (procedures.StepRefused, Conflict):
        return False
    return True
