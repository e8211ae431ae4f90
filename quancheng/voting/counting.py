"""Counting what is not counted by the board: invariants, the law's rules in whole numbers, the result, a vote again on a tie."""

import json
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from quancheng.kernel import receipts
from quancheng.ledger import acts as ledger
from quancheng.people.permissions import Actor, demand
from quancheng.procedures import acts as procedures
from quancheng.voting.models import Option, Question, Result, Vote
from quancheng.voting.preparing import QuestionDraft, VoteRefused, prepare
from quancheng.voting.rules import QuestionCount, outcome


def finish(
    vote: Vote, *, present: int, issued: int, box: int, counts: Sequence[QuestionCount], pressed: bool, at: datetime
) -> Result:
    """Store the result of a vote whose count is agreed. `pressed`: the marks came from devices, not from paper or hands."""
    found, none = [], []
    questions = list(Question.objects.filter(vote=vote).order_by("number").prefetch_related("options"))
    for question, counted in zip(questions, counts, strict=True):
        titles = [one.title for one in sorted(question.options.all(), key=lambda one: one.number)]
        marks = list(counted.marks)
        none = [0] * len(marks)
        found.append({
            "electronic": marks if pressed else none, "paper": none if pressed else marks, "totals": marks,
            "valid": counted.valid, "void": counted.void, "write_ins": dict(sorted(counted.write_ins.items())),
            "outcome": outcome(question, titles, marks, vote.base),
        })  # fmt: skip
    cast = box
    body = {
        "present": present, "electronic": cast if pressed else 0, "issued": 0 if pressed else issued,
        "box": 0 if pressed else box, "idle": present - issued, "questions": found,
    }  # fmt: skip
    return Result.objects.create(
        vote=vote, present=present, issued=issued, cast=cast, found=receipts.canonical(body).decode(), counted_at=at
    )


def announce(*, vote_id: int, by: Actor, at: datetime) -> Result:
    """Announce on the spot what was counted and checked (R4.16). Raises NotAllowed, VoteRefused, StepRefused."""
    vote = Vote.objects.select_related("case").get(pk=vote_id)
    demand(by, "vote.announce", organ=vote.case.organ_id)
    with transaction.atomic():
        result = Result.objects.select_for_update().filter(vote=vote).first()
        if result is None:
            raise VoteRefused("还没有一致的计票结果，不能宣布。")
        for step in ("count", "check", "announce"):
            procedures.perform(case=vote.case, step=step, by=by, at=at)
        result.announced_at = at
        result.save(update_fields=["announced_at"])
        ledger.append(
            kind="voting.announced", at=at, organ=vote.case.organ_id, subject=vote.case.number,
            content=result.found.encode(), salt=ledger.new_salt(),
            detail={"cast": result.cast, "issued": result.issued, "present": result.present},
        )
    return result


def seal(*, vote_id: int, by: Actor, at: datetime) -> Vote:
    """Seal the papers and sheets of an announced vote (R9.12). Raises NotAllowed, StepRefused."""
    vote = Vote.objects.select_related("case").get(pk=vote_id)
    procedures.perform(case=vote.case, step="seal", by=by, at=at)
    return vote


def annul(*, vote_id: int, reason: str, by: Actor, at: datetime) -> Vote:
    """Declare a vote void, so that it is held again (R5.19 选举法 44). Raises NotAllowed, StepRefused."""
    vote = Vote.objects.select_related("case").get(pk=vote_id)
    procedures.perform(case=vote.case, step="annul", by=by, at=at, note=reason)
    return vote


def vote_again(*, vote_id: int, by: Actor, at: datetime) -> Vote:
    """Prepare the vote again: among the tied for the seats left (R0.2 地方组织法 28), or the whole of a void one.

    Raises NotAllowed, VoteRefused.
    """
    vote = Vote.objects.select_related("case").get(pk=vote_id)
    questions = Question.objects.filter(vote=vote).order_by("number").prefetch_related("options")
    drafts = []
    result = Result.objects.filter(vote=vote, announced_at__isnull=False).first()
    found = json.loads(result.found)["questions"] if result else []
    for place, question in enumerate(questions):
        options: list[Option] = sorted(question.options.all(), key=lambda one: one.number)
        seats = question.seats
        if vote.case.state != "void":
            tied = found[place]["outcome"].get("revote", []) if found else []
            options = [one for one in options if f"q{question.number}o{one.number}" in tied]
            seats = found[place]["outcome"]["open"] if tied else 0
        if options:
            drafts.append(QuestionDraft(
                question.title, question.rule, question.least, min(question.most, seats) if seats else question.most,
                tuple((one.title, one.subject_id) for one in options), seats, question.write_in,
            ))  # fmt: skip
    if not drafts or vote.meeting_id is None:
        raise VoteRefused("没有票数相等须再次表决的选项。")
    with transaction.atomic():
        made = prepare(
            meeting_id=vote.meeting_id, title=f"{vote.title}（再次表决）"[:80], mode=vote.mode, force=vote.force,
            questions=drafts, by=by, at=at,
        )  # fmt: skip
        made.after = vote
        made.save(update_fields=["after"])
    return made
