"""代表决: the announced outcome of the ballot is taken in only if its numbers can be true (R7.53, R0.14)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from quancheng.kernel.counting import at_least, more_than_half
from quancheng.kernel.deadlines import Term
from quancheng.people.permissions import Actor, demand
from quancheng.procedures import acts as procedures
from quancheng.procedures import queries as procedure_queries
from quancheng.procedures.library import LIBRARY
from quancheng.projects import rules
from quancheng.projects.models import Call, Outcome, Project
from quancheng.projects.recording import tell_authors
from quancheng.projects.rules import ProjectRefused
from quancheng.publications import acts as publications


@dataclass(frozen=True)
class BallotOutcome:
    """What was announced in the hall: case id -> votes, the case ids chosen, counts of papers or presses.

    `base`: all deputies (R0.14, E6). `again`: case id -> votes of the second ballot among those tied at the cut.
    """

    votes: Mapping[int, int]
    chosen: Sequence[int]
    base: int
    present: int
    cast: int
    valid: int
    vote_number: str
    announced_on: date
    resolution: str
    again: Mapping[int, int] = field(default_factory=dict)


def elected(*, votes: Mapping[int, int], again: Mapping[int, int], places: int, base: int) -> list[int]:
    """Return the case ids chosen, most votes first: over half of all deputies, as many as there are places (R0.14).

    Raises ProjectRefused where votes are tied at the cut and no second ballot decides it. Without at: it writes nothing.
    """
    passed = sorted((case for case in votes if more_than_half(votes[case], base)), key=lambda case: (-votes[case], case))
    if len(passed) <= places or votes[passed[places - 1]] != votes[passed[places]]:
        if again:
            raise ProjectRefused("名额边上没有得票相等的项目，不需要再次投票的票数。", "again")
        return passed[:places]
    tied = [case for case in passed if votes[case] == votes[passed[places]]]
    sure = [case for case in passed if votes[case] > votes[tied[0]]]
    left = places - len(sure)
    if set(again) != set(tied):  # R7.53: vote again among the tied, never random
        raise ProjectRefused(f"有{len(tied)}个项目得票相等（{votes[tied[0]]}票），只剩{left}个名额，须在它们中间再次投票。", "again")
    ranked = sorted(tied, key=lambda case: (-again[case], case))
    if again[ranked[left - 1]] == again[ranked[left]]:
        raise ProjectRefused("再次投票仍然相等，须继续投票，不能抽签决定。", "again")
    return [*sure, *ranked[:left]]


def _check(outcome: BallotOutcome, cases: set[int], places: int) -> list[int]:
    """Return the case ids chosen. Raises ProjectRefused with the first thing that cannot be true."""
    o = outcome
    numbers = (o.base, o.present, o.cast, o.valid, *o.votes.values(), *o.again.values())
    if set(o.votes) != cases:
        raise ProjectRefused("票数须与候选项目一一对应，不能少也不能多。", "votes")
    if min(numbers) < 0 or o.base < 1:
        raise ProjectRefused("票数和人数不能为负。", "votes")
    if not o.valid <= o.cast <= o.present <= o.base:
        raise ProjectRefused(f"数目不符：有效票{o.valid}、收回{o.cast}、出席{o.present}、全体代表{o.base}，应当依次不大于后一个。", "cast")
    if not at_least(o.present, o.base, 2, 3):  # R0.1 地方组织法 16
        raise ProjectRefused(f"出席{o.present}人，不足全体代表{o.base}人的三分之二，不能表决。", "present")
    over = [case for case, votes in o.votes.items() if votes > o.valid]
    if over:
        raise ProjectRefused("有项目的得票多于有效票。", "votes")
    if sum(o.votes.values()) > places * o.valid:
        raise ProjectRefused(f"得票合计{sum(o.votes.values())}，多于每张票最多选{places}个时的{places * o.valid}。", "votes")
    if any(votes > o.present for votes in o.again.values()):
        raise ProjectRefused("再次投票的得票多于出席人数。", "again")
    chosen = elected(votes=o.votes, again=o.again, places=places, base=o.base)
    if sorted(o.chosen) != sorted(chosen):
        raise ProjectRefused(f"宣布的结果与票数不符：按票数应当通过{len(chosen)}个（超过全体代表{o.base}人的半数，取前{places}名）。", "chosen")
    return chosen


def adopt(*, year: int, organ: str, outcome: BallotOutcome, by: Actor, at: datetime) -> Call:
    """Take the announced outcome in: projects become adopted, or are dropped with their votes shown (R7.53, R0.14).

    Checked before anything changes: candidates, sums, quorum, places, over half of all deputies, ties. The resolution is
    drafted for review and release. Raises NotAllowed, ProjectRefused, StepRefused, Conflict, Call.DoesNotExist.
    """
    call = Call.objects.select_related("case", "organ", "government").get(year=year, organ_id=organ)
    demand(by, "project.manage", organ=organ)
    if call.case.state != "listed" or call.places is None:
        raise ProjectRefused("候选项目还没有提请票决，或者结果已经记下。")
    rules.line(outcome.vote_number, 2, "请写明表决的编号", "vote_number", 40)
    resolution = rules.need(outcome.resolution, 20, "请写明决议", "resolution", 20_000)
    if not call.closes_on <= outcome.announced_on <= timezone.localdate(at):
        raise ProjectRefused("请核对宣布结果的日期。", "announced_on")
    found = {
        p.case_id: p
        for p in Project.objects.filter(call=call, case__state="balloted").select_related("case", "call", "dossier")
    }
    chosen = _check(outcome, set(found), call.places)
    with transaction.atomic():
        procedures.perform(case=call.case, step="decide", by=by, at=at, note=f"表决{outcome.vote_number}：{len(found)}个候选，通过{len(chosen)}个。")
        for case, project in found.items():
            _take(project, outcome, case in chosen, by, at)
        _start_tasks([found[case] for case in chosen], call, outcome.announced_on, at)
        publications.draft(
            case=call.case, kind="project_resolution", slug=f"projects-{organ}-{year}-resolution",
            title=f"关于确定{year}年民生实事项目的决议", body=resolution, by=by, at=at,
        )  # fmt: skip
        won, lost = ([p for case, p in found.items() if (case in chosen) == yes] for yes in (True, False))
        tell_authors(won, "您提的民生实事建议“{name}”（编号{code}）经人民代表大会票决通过，将由政府实施，进展按季度公布。", at)
        tell_authors(lost, "您提的民生实事建议“{name}”（编号{code}）经人民代表大会票决没有通过，票数请在公开页面查看。", at)
    call.refresh_from_db()
    return call


def _take(project: Project, o: BallotOutcome, passed: bool, by: Actor, at: datetime) -> None:
    case, again = project.case_id, o.again.get(project.case_id)
    Outcome.objects.create(
        project=project, kind=Outcome.Kind.BALLOT, year=project.year, vote_number=o.vote_number.strip(),
        announced_on=o.announced_on, base=o.base, cast=o.cast, valid=o.valid, votes=o.votes[case], again=again, passed=passed,
        by_id=by.id, at=at,
    )  # fmt: skip
    note = f"得{o.votes[case]}票，全体代表{o.base}人" + (f"；再次投票得{again}票" if again is not None else "")
    procedures.perform(case=project.case, step="adopt" if passed else "lose", by=by, at=at, note=note)


def _start_tasks(projects: list[Project], call: Call, day: date, at: datetime) -> None:
    """Start the month within which the government publishes the task list (R7.55)."""
    key = "project.task_months"
    months = procedure_queries.parameter(key, area=call.organ.area_id, on=day)
    for project in projects:
        procedures.start_clock(
            case=project.case, key="task", label="公布任务清单", term=Term(months, "month", LIBRARY[key].article), start=day,
            at=at, organ=call.government_id,
        )  # fmt: skip
