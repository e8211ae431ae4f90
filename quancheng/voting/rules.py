"""What a count must satisfy, and what the law makes of it: whole numbers, the base is everybody (R0.1–R0.15)."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from quancheng.ballots import rules
from quancheng.ballots.canonical import Body
from quancheng.voting.models import Question


class VoteRefused(Exception):
    """The vote cannot be prepared, opened or counted like this; the sentence says why."""


@dataclass(frozen=True)
class QuestionCount:
    """The count of one question: valid and void papers (or hands, or presses), marks for each option, names written in."""

    valid: int
    void: int
    marks: tuple[int, ...]
    write_ins: dict[str, int] = field(default_factory=dict)


def check_count(question: Question, options: int, box: int, counted: QuestionCount) -> None:
    """Raise VoteRefused with the first sentence that cannot be true of a sheet (S07, R5.19 选举法 44)."""
    q, numbers = counted, (counted.valid, counted.void, *counted.marks, *counted.write_ins.values())
    if len(q.marks) != options or any(number < 0 for number in numbers):
        raise VoteRefused(f"“{question.title}”的计票数没有填全。")
    if q.valid + q.void != box:
        raise VoteRefused(f"“{question.title}”：有效票{q.valid}张加无效票{q.void}张，不等于收回的{box}张。")
    if any(mark > q.valid for mark in (*q.marks, *q.write_ins.values())):
        raise VoteRefused(f"“{question.title}”有选项的得票多于有效票。")
    total = sum(q.marks) + sum(q.write_ins.values())
    if not question.least * q.valid <= total <= question.most * q.valid:
        raise VoteRefused(f"“{question.title}”各项得票合计{total}，与有效票{q.valid}张不符。")


def outcome(question: Question, titles: Sequence[str], totals: Sequence[int], base: int) -> Body:
    """Apply a question's rule to its totals; the base is everybody (R0.1–R0.15)."""
    ids = [f"q{question.number}o{n}" for n in range(1, len(titles) + 1)]
    if question.rule == Question.Rule.PREFERENCE:
        order = sorted(range(len(ids)), key=lambda place: (-totals[place], place))
        return {"order": [ids[place] for place in order]}
    return rules.outcome(question.rule, ids, list(totals), base, question.seats)
