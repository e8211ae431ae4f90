"""Acts on the yearly call (R7.50): announced for at least so many days in season, closed when they are over."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from quancheng.kernel.deadlines import Term
from quancheng.people.models import Organ
from quancheng.people.permissions import Actor, demand
from quancheng.procedures import acts as procedures
from quancheng.procedures.library import LIBRARY
from quancheng.projects import rules
from quancheng.projects.models import Call
from quancheng.projects.recording import call_of
from quancheng.projects.rules import ProjectRefused


@dataclass(frozen=True)
class CallForm:
    """What a call says. `government`: the organ whose office carries the projects out."""

    year: int
    title: str
    words: str
    opens_on: date
    closes_on: date
    government: str
    telephone: str
    address: str = ""
    decision: str = ""


def open_call(*, organ: str, form: CallForm, by: Actor, at: datetime) -> Call:
    """Announce the call of a congress for the projects of a year (R7.50). Raises NotAllowed, ProjectRefused."""
    demand(by, "project.manage", organ=organ)
    found, today = Organ.objects.get(pk=organ), timezone.localdate(at)
    if form.year not in (today.year, today.year + 1):
        raise ProjectRefused("请填写今年或者明年。", "year")
    made = Call(
        organ=found, year=form.year, opens_on=form.opens_on, closes_on=form.closes_on,
        title=rules.line(form.title, 6, "请填写标题", "title", 80),
        words=rules.need(form.words, 20, "请写明征集什么、不征集什么", "words", 3000),
        telephone=rules.line(form.telephone, 7, "请填写电话：不上网的群众要靠它提出来", "telephone", 30),
        address=rules.line(form.address, 0, "", "address", 120), decision=rules.line(form.decision, 0, "", "decision", 200),
    )  # fmt: skip
    rules.check_window(found, form.year, form.opens_on, form.closes_on, made.decision, today)
    government = Organ.objects.filter(pk=form.government, kind=Organ.Kind.GOVERNMENT).first()
    if government is None:
        raise ProjectRefused("请选择负责实施的政府。", "government")
    made.government = government
    try:
        with transaction.atomic():
            made.case = procedures.open_case(procedure="project_call", organ=organ, by=by, at=at)
            made.save(force_insert=True)
            days, article = (form.closes_on - form.opens_on).days, LIBRARY["project.call_days"].article
            procedures.start_clock(
                case=made.case, key="window", label="征集截止", term=Term(days, "day", article, roll=False),
                start=form.opens_on, at=at,
            )  # fmt: skip
    except IntegrityError as error:
        raise ProjectRefused(f"{form.year}年的征集公告已经发出过。", "year") from error
    return made


def close_call(*, call_id: int, by: Actor, at: datetime) -> Call:
    """Close a call whose last day is over; nothing is taken in after that. Raises NotAllowed, ProjectRefused, StepRefused."""
    found = call_of(call_id)
    demand(by, "project.manage", organ=found.organ_id)
    if timezone.localdate(at) <= found.closes_on:
        raise ProjectRefused(f"征集到{found.closes_on:%Y年%-m月%-d日}截止，不能提前关闭。")
    with transaction.atomic():
        procedures.perform(case=found.case, step="collect", by=by, at=at)
        procedures.stop_clock(case=found.case, key="window", at=at)
    return found
