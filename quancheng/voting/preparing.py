"""Preparing a vote: its questions by kind, its mode and force, who watches and who counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from quancheng.meetings.models import Attendee, Meeting
from quancheng.people.permissions import Actor, demand
from quancheng.procedures import acts as procedures
from quancheng.voting import procedure as _declared  # noqa: F401  # registers the procedure
from quancheng.voting.models import Board, Official, Option, Question, Vote
from quancheng.voting.rules import VoteRefused

MOST_QUESTIONS, MOST_OPTIONS = 30, 60
VOTE_WORDS = ("赞成", "反对", "弃权")
GRADE_WORDS = ("满意", "基本满意", "不满意", "弃权")


@dataclass(frozen=True)
class QuestionDraft:
    """A question before it is stored; `options` are titles with the case that each decides about, or None."""

    title: str
    rule: str
    least: int
    most: int
    options: tuple[tuple[str, int | None], ...]
    seats: int = 0
    write_in: bool = False


def yes_or_no(title: str, rule: str = "majority") -> QuestionDraft:
    """Return 赞成、反对、弃权 on one matter. Without at: it writes nothing."""
    return QuestionDraft(title, rule, 1, 1, tuple((word, None) for word in VOTE_WORDS))


def grading(title: str, subject: int | None = None) -> QuestionDraft:
    """Return the three grades and abstention (R6.06), about a case if there is one. Without at: it writes nothing."""
    return QuestionDraft(title, "grades", 1, 1, tuple((word, subject) for word in GRADE_WORDS))


def preferring(title: str, options: Sequence[tuple[str, int | None]], most: int) -> QuestionDraft:
    """Return an advisory choice of one to `most` among options (S29). Without at: it writes nothing."""
    return QuestionDraft(title, "preference", 1, most, tuple(options))


def choosing(title: str, options: Sequence[tuple[str, int | None]], seats: int, write_in: bool = False) -> QuestionDraft:
    """Return a choice of at most `seats` among more options (R7.53, R5.08). Without at: it writes nothing."""
    return QuestionDraft(title, "rank", 0, seats, tuple(options), seats, write_in)


def check(question: QuestionDraft, mode: str, force: str) -> None:
    """Raise VoteRefused with what is wrong with a question."""
    titles = [title.strip() for title, _case in question.options]
    if not question.title.strip() or len(question.title) > 200:
        raise VoteRefused("请写明表决事项，不超过200字。")
    if not 2 <= len(titles) <= MOST_OPTIONS or not all(titles) or any(len(title) > 200 for title in titles):
        raise VoteRefused(f"“{question.title}”须有2至{MOST_OPTIONS}个选项，每项不超过200字。")
    if len(set(titles)) != len(titles):
        raise VoteRefused(f"“{question.title}”的选项有重复。")
    if not 0 <= question.least <= question.most <= len(titles) or question.most < 1:
        raise VoteRefused(f"“{question.title}”可选的项数不对。")
    if question.rule == Question.Rule.RANK:
        if not 1 <= question.seats < len(titles):  # 差额: R5.08 选举法 31, R7.53
            raise VoteRefused(f"“{question.title}”须差额表决：选项多于名额。")
    elif question.rule != Question.Rule.PREFERENCE and (question.least != 1 or question.most != 1 or question.seats):
        raise VoteRefused(f"“{question.title}”每人只选一项。")
    if question.rule == Question.Rule.PREFERENCE and force == Vote.Force.STATUTORY:  # S29
        raise VoteRefused("按意向排列只能用于参考性意见。")
    if question.write_in and mode != Vote.Mode.PAPER:
        raise VoteRefused("另选他人只能用纸质选票。")


def prepare(
    *, meeting_id: int, title: str, mode: str, force: str, questions: Sequence[QuestionDraft], by: Actor, at: datetime
) -> Vote:
    """Put questions to a vote of a meeting. Raises NotAllowed, VoteRefused, Meeting.DoesNotExist."""
    meeting = Meeting.objects.select_related("case").get(pk=meeting_id)
    demand(by, "vote.prepare", organ=meeting.case.organ_id)
    if not title.strip() or len(title) > 80:
        raise VoteRefused("请写明表决的名称，不超过80字。")
    if mode not in (Vote.Mode.DEVICE, Vote.Mode.RECORDED, Vote.Mode.HANDS, Vote.Mode.PAPER):
        raise VoteRefused("请选择表决方式。")  # R5.17 no statutory vote is cast online
    if force not in Vote.Force.values:
        raise VoteRefused("请选择是法定表决还是参考性意见。")
    if meeting.kind == Meeting.Kind.STREET_COUNCIL and force != Vote.Force.ADVISORY:  # R4.19 地方组织法 59
        raise VoteRefused("街道议政会不是人民代表大会，只能作参考性表决。")
    if not 1 <= len(questions) <= MOST_QUESTIONS:
        raise VoteRefused(f"一次表决须有1至{MOST_QUESTIONS}个事项。")
    for question in questions:
        check(question, mode, force)
    with transaction.atomic():
        case = procedures.open_case(procedure="ballot", organ=meeting.case.organ_id, by=by, at=at)
        procedures.link_cases(source=case, target=meeting.case, relation="held_at", at=at)
        vote = Vote.objects.create(case=case, meeting=meeting, title=title.strip(), mode=mode, force=force)
        write_questions(vote, questions)
    return vote


def write_questions(vote: Vote, questions: Sequence[QuestionDraft]) -> None:
    """Store the questions of a vote with their options; the caller holds the transaction. Without at: part of an act."""
    for number, draft in enumerate(questions, 1):
        made = Question.objects.create(
            vote=vote, number=number, title=draft.title.strip(), least=draft.least, most=draft.most, rule=draft.rule,
            seats=draft.seats, write_in=draft.write_in,
        )
        Option.objects.bulk_create(
            [
                Option(question=made, number=n, title=words.strip(), subject_id=subject)
                for n, (words, subject) in enumerate(draft.options, 1)
            ]
        )


def name_officials(*, vote_id: int, duty: str, accounts: Sequence[int], by: Actor, at: datetime) -> list[Official]:
    """Name those who watch, count or keep the roll, in order; scrutineers and tellers are members in the hall (R5.18).

    Raises NotAllowed, VoteRefused, Vote.DoesNotExist.
    """
    vote = Vote.objects.select_related("case").get(pk=vote_id)
    demand(by, "vote.prepare", organ=vote.case.organ_id)
    if duty not in Official.Duty.values or len(set(accounts)) != len(accounts) or not accounts:
        raise VoteRefused("请指定人员，同一个人不能指定两次。")
    if vote.case.state != "prepared" or Board.objects.filter(vote=vote).exists():
        raise VoteRefused("表决方案固定以后，不能再更换人员。")
    names = dict(
        Attendee.objects.filter(meeting=vote.meeting, account_id__in=accounts, capacity=Attendee.Capacity.MEMBER)
        .values_list("account_id", "name")
    )  # fmt: skip
    if duty != Official.Duty.REGISTRAR and set(names) != set(accounts):
        raise VoteRefused("监票人、计票人须是出席会议的代表或者组成人员（选举法第四十三条）。")
    candidates = set(Option.objects.filter(question__vote=vote).values_list("title", flat=True))
    if candidates & set(names.values()):  # R5.18, hard stop 10
        raise VoteRefused("候选人不能担任监票人、计票人（选举法第四十三条）。")
    with transaction.atomic():
        Official.objects.filter(vote=vote, duty=duty).delete()
        made = Official.objects.bulk_create(
            [Official(vote=vote, duty=duty, number=n, account_id=one) for n, one in enumerate(accounts, 1)]
        )
        procedures.note(
            case=vote.case, event="voting.named", words=f"{duty}:{','.join(map(str, accounts))}", by=by, at=at,
            held="vote.prepare", shown=f"指定{Official.Duty(duty).label}{len(accounts)}人",
        )
    return made
