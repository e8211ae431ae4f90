"""表决器记名表决: members press on their own devices in the hall; what they press lies sealed until the close, then stands by name."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from quancheng.meetings import queries as meetings
from quancheng.people import sealing
from quancheng.people.permissions import Actor, demand
from quancheng.procedures import acts as procedures
from quancheng.voting import board as boards
from quancheng.voting.counting import finish
from quancheng.voting.models import Question, RecordedPress, Vote
from quancheng.voting.rules import QuestionCount, VoteRefused


def press(*, vote_id: int, choices: Sequence[Sequence[int]], network: str, by: Actor, at: datetime) -> RecordedPress:
    """Press: for each question the numbers of the options chosen; the last press counts until the close.

    Raises OutsideHall, NotAllowed, VoteRefused.
    """
    boards.demand_hall(network)
    vote = Vote.objects.select_related("case").get(pk=vote_id, mode=Vote.Mode.RECORDED)
    demand(by, "vote.press")
    if vote.case.state != "issued":
        raise VoteRefused("表决没有在进行，这次没有计入。")
    if not meetings.is_present(vote.meeting_id or 0, by.id):
        raise VoteRefused("您没有签到，或者不是这次会议的出席人员，不能表决。")
    questions = list(Question.objects.filter(vote=vote).order_by("number").prefetch_related("options"))
    if len(questions) != len(choices):
        raise VoteRefused("请对每一个事项作出选择。")
    for question, chosen in zip(questions, choices, strict=True):
        known = {one.number for one in question.options.all()}
        if not set(chosen) <= known or len(set(chosen)) != len(chosen):
            raise VoteRefused(f"“{question.title}”没有这样的选项。")
        if not question.least <= len(chosen) <= question.most:
            span = str(question.most) if question.least == question.most else f"{question.least}至{question.most}"
            raise VoteRefused(f"“{question.title}”须选{span}项。")
    text = ";".join(",".join(map(str, sorted(chosen))) for chosen in choices)
    with transaction.atomic():
        still = Vote.objects.select_for_update().filter(pk=vote_id, case__state="issued").first()
        if still is None:
            raise VoteRefused("表决已经截止，这次没有计入。")
        sealed = sealing.seal(f"voting.recorded.{vote_id}", text)
        return RecordedPress.objects.update_or_create(vote=vote, account_id=by.id, defaults={"sealed": sealed})[0]


def close(*, vote_id: int, by: Actor, at: datetime) -> Vote:
    """Close, open what was pressed and count it. Raises NotAllowed, StepRefused, VoteRefused."""
    with transaction.atomic():
        vote = Vote.objects.select_for_update().get(pk=vote_id, mode=Vote.Mode.RECORDED)
        hall = meetings.hall(vote.meeting_id or 0)
        procedures.perform(case=vote.case, step="close", by=by, at=at)
        presses = list(RecordedPress.objects.filter(vote=vote))
        for one in presses:
            one.choice = sealing.unseal(f"voting.recorded.{vote_id}", one.sealed)
        RecordedPress.objects.bulk_update(presses, ["choice"], batch_size=500)
        vote.closes_at = at
        vote.save(update_fields=["closes_at"])
        counts = [_count(place, question, presses) for place, question in enumerate(
            Question.objects.filter(vote=vote).order_by("number").prefetch_related("options"))]  # fmt: skip
        finish(
            vote, present=max(hall.present, len(presses)), issued=len(presses), box=len(presses), counts=counts,
            pressed=True, at=at,
        )  # fmt: skip
    return vote


def _count(place: int, question: Question, presses: Sequence[RecordedPress]) -> QuestionCount:
    chosen = [one.choice.split(";")[place].split(",") for one in presses]
    numbers = sorted(one.number for one in question.options.all())
    marks = tuple(sum(str(number) in one for one in chosen) for number in numbers)
    return QuestionCount(len(presses), 0, marks)
