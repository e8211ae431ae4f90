"""Rating by the author alone, redo, assessment, the time for rating that runs out (R7.11, S28)."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from quancheng.handling import promising, rules
from quancheng.handling.models import Answer, Assessment, Assignment, Rating
from quancheng.handling.recording import (
    HandlingRefused,
    assignment_of,
    case_of,
    current,
    demand_office,
    end_share,
    locked,
    need,
    note,
    tell_authors,
    unbiased,
)
from quancheng.people.permissions import Actor, NotAllowed, demand
from quancheng.procedures import acts as procedures
from quancheng.procedures import declare
from quancheng.procedures.acts import Conflict
from quancheng.procedures.models import Case, Clock

_OPEN_FOR = {1: "answered", 2: "answered_again"}


def rate(
    *, answer_id: int, grade: str, reason: str, by: Actor, at: datetime, organ: str = ""
) -> Rating:
    """Rate an answer, as its author; the matter's own act has checked that he is. Dissatisfaction starts the redo (R7.11).

    `organ`: where the author holds his office, if not that of the case. The case moves when the last answer of the
    round is rated. Raises NotAllowed, StepRefused, Conflict (not the newest answer, or rated), HandlingRefused.
    """
    found = Answer.objects.select_related("assignment__case__organ", "assignment__unit").get(pk=answer_id)
    if grade not in Rating.Grade.values:
        raise HandlingRefused("请选择满意、基本满意或者不满意。", "grade")
    bad = grade == Rating.Grade.DISSATISFIED
    reason = need(reason, rules.SHORTEST_REASON, "不满意的，请写明理由，以便重新办理", "reason") if bad else reason.strip()
    with transaction.atomic():
        case = locked(found.assignment.case_id)
        held = declare.get(case.procedure, case.version).step("satisfied").permission
        demand(by, held, organ=organ or case.organ_id)
        rater = rules.matter(case).rater(case)
        if rater is not None and rater != by.account_id:  # S28
            raise NotAllowed(held)
        if found.signed_at is None or not found.assignment.principal or case.state != _OPEN_FOR[found.round]:
            raise Conflict("这次答复已经测评过，或者已在重新办理。请刷新后看最新的答复。")
        try:
            with transaction.atomic():
                made = Rating.objects.create(answer=found, grade=grade, reason=reason, by_id=by.account_id, at=at)
        except IntegrityError:
            raise Conflict("这次答复已经测评过。") from None
        share = current(found.assignment)
        shown = f"{share.unit.name}：{made.get_grade_display()}"
        note("rated", case, reason, by, at, held, shown, grade=grade, round=found.round)
        if bad and found.round == 1:
            _start_redo(case, share, at)
        elif not bad and share.ended_at is None:
            end_share(share, Assignment.End.ANSWERED, at)
        if not _unrated(case, found.round):
            _close_round(case, found.round, by, at, organ, reason)
    return made


def _start_redo(case: Case, share: Assignment, at: datetime) -> None:
    day = timezone.localdate(at)
    procedures.start_clock(
        case=case, key=f"redo:{share.pk}", label="重新办理", term=rules.term(case, "redo", day), start=day, at=at,
        organ=share.unit_id,
    )


def _unrated(case: Case, number: int) -> list[Answer]:
    """Return the principals' signed answers of a round that nobody rated."""
    signed = Answer.objects.filter(assignment__case=case, round=number, signed_at__isnull=False, rating=None)
    return list(signed.exclude(assignment__role=Assignment.Role.ASSIST).select_related("assignment__case"))


def _close_round(case: Case, number: int, by: Actor, at: datetime, organ: str, reason: str) -> None:
    """Move a case whose answers of the round are all rated: to its end, to the redo, or to the assessment."""
    bad = Rating.objects.filter(
        answer__assignment__case=case, answer__round=number, grade=Rating.Grade.DISSATISFIED
    ).exists()
    step = ("dissatisfied" if bad else "satisfied") + ("_again" if number > 1 else "")
    procedures.stop_clock(case=case, key="rate", at=at)
    procedures.perform(case=case, step=step, by=by, at=at, note=reason or ("不满意" if bad else ""), organ=organ)
    if not bad:
        _finish(case, by, at)


def _finish(case: Case, by: Actor, at: datetime) -> None:
    """End what still runs, and let the matter go on."""
    for share in Assignment.objects.filter(case=case, ended_at=None).select_related("case"):
        end_share(share, Assignment.End.ANSWERED, at)
    rules.matter(case).settled(case, by, at)


def lapse(*, case_id: int, at: datetime) -> bool:
    """Close an answered case that its author did not rate in time; what is unrated is left out of the rate (R7.11).

    Where he rated one of several units' answers badly, the redo goes on. Returns False when somebody was faster,
    or the time is not over.
    """
    try:
        with transaction.atomic():
            case = locked(case_id)
            over = Clock.objects.filter(case=case, key="rate", stopped_at=None, due_on__lt=timezone.localdate(at))
            if case.state not in _OPEN_FOR.values() or not over.exists():
                return False
            procedures.stop_clock(case=case, key="rate", at=at)
            number = 1 if case.state == "answered" else 2
            bad = Rating.objects.filter(
                answer__assignment__case=case, answer__round=number, grade=Rating.Grade.DISSATISFIED
            ).exists()
            steps = {step.key for step in declare.get(case.procedure, case.version).open_steps(case.state)}
            if bad and "lapse_dissatisfied" in steps:
                for answer in _unrated(case, number):
                    end_share(current(answer.assignment), Assignment.End.ANSWERED, at)
                procedures.perform(case=case, step="lapse_dissatisfied", by=Actor.public(), at=at)
                return True
            procedures.perform(case=case, step="lapse", by=Actor.public(), at=at)
            _finish(case, Actor.public(), at)
    except (procedures.StepRefused, Conflict):
        return False
    return True


def assess(
    *, case_id: int, words: str, by: Actor, at: datetime, finding: str = "stands", members: str = "",
    promise: str = "", promised_for: date | None = None,
) -> Case:
    """Close a case whose author is still dissatisfied, with what experts and units found together (R7.11).

    With `finding` follow, the unit must do what was found (`promise`, `promised_for`), followed like any commitment.
    Raises NotAllowed, StepRefused, Conflict, HandlingRefused.
    """
    words = need(words, rules.SHORTEST_ANSWER, "请写明评估的情况和结论，作者会看到", "words")
    unbiased(case_of(case_id), by)
    if finding not in Assessment.Finding.values:
        raise HandlingRefused("请选择评估结论。", "finding")
    follow = finding == Assessment.Finding.FOLLOW
    if follow and (not promise.strip() or promised_for is None or promised_for <= timezone.localdate(at)):
        raise HandlingRefused("应当继续办理的，请写明办什么、什么时候办完。", "promise")
    with transaction.atomic():
        case = locked(case_id)
        held = demand_office(case, by)
        procedures.perform(case=case, step="assess", by=by, at=at, note=words)
        made = Assessment.objects.create(
            case=case, finding=finding, members=members.strip()[:300], words=words, by_id=by.id, at=at
        )
        note("assessed", case, words, by, at, held, made.get_finding_display(), finding=finding)
        if follow and promised_for is not None:
            share = _answering(case)
            promising.promise(share, promise.strip(), promised_for, at)
        tell_authors(case, "assessed", f"{case.number}经评估：{made.get_finding_display()}。", at)
        _finish(case, by, at)
    return case


def _answering(case: Case) -> Assignment:
    """Return the principal's share that runs, else the newest of them. Raises HandlingRefused."""
    shares = Assignment.objects.filter(case=case).exclude(role=Assignment.Role.ASSIST)
    found = shares.filter(ended_at=None).first() or shares.order_by("-id").first()
    if found is None:
        raise HandlingRefused("案卷没有承办单位。", "finding")
    return assignment_of(found.pk)
