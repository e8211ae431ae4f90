"""人大评: the deputies' rating of a year's projects, what follows from it; residents' advisory polls (R7.57, R6.06, S29)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from quancheng.kernel.counting import more_than_half
from quancheng.people.permissions import Actor, demand
from quancheng.procedures import acts as procedures
from quancheng.projects import polling, rules
from quancheng.projects.models import Call, Carry, Dossier, Outcome, Project
from quancheng.projects.recording import (
    call_of,
    project_of,
    rated_projects,
    released,
    start_progress,
    stop_progress,
    tell_authors,
)
from quancheng.projects.rules import ProjectRefused
from quancheng.voting import acts as voting
from quancheng.voting.models import Vote


@dataclass(frozen=True)
class RatingOutcome:
    """What was announced: case id -> [满意, 基本满意, 不满意, 弃权]; counts of the hall. `base`: all deputies or members."""

    grades: Mapping[int, Sequence[int]]
    base: int
    present: int
    cast: int
    valid: int
    vote_number: str
    announced_on: date


def take_rating(*, year: int, organ: str, outcome: RatingOutcome, by: Actor, at: datetime) -> list[Project]:
    """Take the announced rating of a year's projects in: all of them, once (R7.57).

    A project passes when 满意 and 基本满意 together are over half of all (R0.15). Checked before anything changes.
    Raises NotAllowed, ProjectRefused, StepRefused, Conflict.
    """
    demand(by, "project.manage", organ=organ)
    found = {project.case_id: project for project in rated_projects(year=year, organ=organ)}
    _check(outcome, set(found), timezone.localdate(at))
    with transaction.atomic():
        for case, project in found.items():
            a, b, c, d = outcome.grades[case]
            passed = more_than_half(a + b, outcome.base)
            Outcome.objects.create(
                project=project, kind=Outcome.Kind.RATING, year=year, vote_number=outcome.vote_number.strip(),
                announced_on=outcome.announced_on, base=outcome.base, cast=outcome.cast, valid=outcome.valid,
                satisfied=a, basically=b, dissatisfied=c, abstained=d, passed=passed, by_id=by.id, at=at,
            )  # fmt: skip
            note = f"满意{a}，基本满意{b}，不满意{c}，弃权{d}，全体{outcome.base}人：{'通过' if passed else '没有通过'}"
            procedures.perform(case=project.case, step="evaluate", by=by, at=at, note=note)
            stop_progress(project, at)
        for call in Call.objects.filter(organ_id=organ, year=year, case__state="decided").select_related("case"):
            procedures.perform(case=call.case, step="rate", by=by, at=at, note=f"表决{outcome.vote_number.strip()}：{len(found)}个项目。")
        tell_authors(found.values(), "您提的民生实事“{name}”（编号{code}）已由代表测评，结果请看公开页面。", at)
    return list(found.values())


def _check(outcome: RatingOutcome, cases: set[int], today: date) -> None:
    """Raise ProjectRefused where the announced numbers cannot be true."""
    rules.line(outcome.vote_number, 2, "请写明表决的编号", "vote_number", 40)
    if not cases:
        raise ProjectRefused("没有等待测评的项目。")
    if set(outcome.grades) != cases:
        raise ProjectRefused("测评的项目和这一年应当测评的项目不一致。", "grades")
    if not 0 <= outcome.valid <= outcome.cast <= outcome.present <= outcome.base or outcome.base < 1:
        raise ProjectRefused("人数不合：有效票不超过收回票数，收回不超过出席，出席不超过全体。", "valid")
    if outcome.announced_on > today:
        raise ProjectRefused("请核对宣布结果的日期。", "announced_on")
    for numbers in outcome.grades.values():
        if len(numbers) != 4 or any(n < 0 for n in numbers) or sum(numbers) > outcome.cast:
            raise ProjectRefused("每个项目的各项票数相加不能超过收回的票数。", "grades")


def close_project(*, project_id: int, by: Actor, at: datetime) -> Project:
    """Close a finished project that passed its rating; another one is carried over. Raises NotAllowed, ProjectRefused, StepRefused."""
    found = project_of(project_id)
    demand(by, "project.manage", organ=found.call.organ_id)
    why = must_go_on(project=found)
    if why:
        raise ProjectRefused(f"{why}，应当转入下一年度继续办理，不能办结。")
    with transaction.atomic():
        procedures.perform(case=found.case, step="close", by=by, at=at)
        tell_authors([found], "您提的民生实事“{name}”（编号{code}）已办结，全部过程请看公开页面。", at)
    return found


def must_go_on(*, project: Project) -> str:
    """Return why a rated project cannot be closed yet, '' if it can (R7.57). Without at: it writes nothing."""
    last = released(project)
    if not last or last[-1].share < 100:
        return "项目还没有完成"
    rating = Outcome.objects.filter(project=project, kind=Outcome.Kind.RATING).order_by("-year").first()
    return "" if rating is not None and rating.passed else "代表测评没有通过"


def carry(*, project_id: int, measures: str, finish_on: date, by: Actor, at: datetime) -> Carry:
    """Carry a rated project into the next year with what is to be put right; its code and page stay (R7.57).

    Raises NotAllowed, ProjectRefused, StepRefused, Conflict.
    """
    found = project_of(project_id)
    demand(by, "project.manage", organ=found.call.organ_id)
    measures = rules.need(measures, 10, "请写明要整改什么", "measures", 3000)
    year = found.year + 1
    if finish_on.year != year:
        raise ProjectRefused(f"请填写{year}年内的完成时间。", "finish_on")
    with transaction.atomic():
        procedures.perform(case=found.case, step="carry", by=by, at=at, note=f"{year}年：{measures}")
        made = Carry.objects.create(
            project=found, from_year=found.year, to_year=year, measures=measures, finish_on=finish_on, by_id=by.id, at=at
        )
        Project.objects.filter(pk=found.pk).update(year=year)
        Dossier.objects.filter(project=found).update(finish_on=finish_on)
        start_progress(found, year, 1, at)
        tell_authors([found], f"您提的民生实事“{{name}}”（编号{{code}}）转入{year}年继续办理，整改要求请看公开页面。", at)
    return made


def open_preference(*, call_id: int, population: str, closes_at: datetime, by: Actor, at: datetime) -> Vote:
    """Ask residents which candidates they would choose: advice only, never a gate (R7.51, S29).

    Raises NotAllowed, ProjectRefused, voting's VoteRefused.
    """
    call = call_of(call_id)
    demand(by, "poll.open", organ=call.organ_id)
    return _ask(call, polling.preference(call), population, closes_at, by, at)


def open_residents_rating(*, call_id: int, population: str, closes_at: datetime, by: Actor, at: datetime) -> Vote:
    """Ask residents to rate each project of a year in three grades: advice beside the deputies' rating (R7.57, S29).

    Raises NotAllowed, ProjectRefused, voting's VoteRefused.
    """
    call = call_of(call_id)
    demand(by, "poll.open", organ=call.organ_id)
    return _ask(call, polling.rating(call), population, closes_at, by, at)


def _ask(call: Call, asked: polling.Asked, population: str, closes_at: datetime, by: Actor, at: datetime) -> Vote:
    with transaction.atomic():
        vote = voting.open_poll(
            title=asked.title, population=population, questions=asked.drafts, closes_at=closes_at, organ=call.organ_id, by=by, at=at,
            subject=call.case_id,
        )  # fmt: skip
        for project in asked.rows:
            procedures.note(
                case=project.case, event="project.polled", words=asked.title, by=by, at=at, held="poll.open",
                shown=f"{asked.title}（参考性，至{timezone.localtime(closes_at):%Y年%-m月%-d日}）",
            )  # fmt: skip
    return vote
