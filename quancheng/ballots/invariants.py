"""What must hold of the numbers before a result may be published (protocol, step 9). Pure arithmetic."""

from collections.abc import Sequence
from dataclasses import dataclass

from quancheng.ballots.faults import Fault
from quancheng.ballots.manifest import Question


@dataclass(frozen=True)
class PaperQuestion:
    """Paper ballots on one question: valid ones, void ones, marks for each option."""

    valid: int
    void: int
    marks: tuple[int, ...]


@dataclass(frozen=True)
class Numbers:
    """All counts of one vote; `marks` and `paper` have one row for each question."""

    base: int
    present: int
    electronic: int
    issued: int
    box: int
    marks: tuple[tuple[int, ...], ...]
    paper: tuple[PaperQuestion, ...]

    @property
    def idle(self) -> int:
        """未按: present, but neither pressed nor took paper."""
        return self.present - self.electronic - self.issued


def check(questions: Sequence[Question], numbers: Numbers) -> None:
    """Raise Fault("invariant") with the first sentence that does not hold."""
    n = numbers
    _demand(n.present <= n.base, "到会人数多于应到人数")
    _demand(n.idle >= 0, "电子票与发出的纸票之和多于到会人数")
    _demand(n.box <= n.issued, "票箱中的纸票多于发出的纸票，本次表决无效，须重新表决")
    _demand(len(n.marks) == len(n.paper) == len(questions), "计票的事项不全")
    for question, marks, paper in zip(questions, n.marks, n.paper, strict=True):
        _demand(len(marks) == len(paper.marks) == len(question.options), "计票的选项不全")
        _demand(_fits(question, marks, n.electronic), "电子票的得票数与票数不符")
        _demand(paper.valid + paper.void == n.box, "有效票与无效票之和不等于收回的纸票数")
        _demand(_fits(question, paper.marks, paper.valid), "纸票的得票数与有效票数不符")


def _fits(question: Question, marks: Sequence[int], ballots: int) -> bool:
    """No option has more marks than ballots; all marks together lie between the least and the most allowed."""
    each = all(0 <= mark <= ballots for mark in marks)
    return each and question.least * ballots <= sum(marks) <= question.most * ballots


def _demand(good: bool, text: str) -> None:
    if not good:
        raise Fault("invariant", text)
