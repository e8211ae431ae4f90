"""Screening: the dossier, units' views, what deputies ask and people say, the meeting that looks at the list (R7.51, R7.52)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone

from quancheng.kernel import receipts
from quancheng.kernel.deadlines import Term
from quancheng.kernel.words import letters
from quancheng.ledger import acts as ledger
from quancheng.people import acts as people
from quancheng.people.models import Organ
from quancheng.people.permissions import Actor, NotAllowed, demand, may
from quancheng.procedures import acts as procedures
from quancheng.procedures import queries as procedure_queries
from quancheng.procedures.library import LIBRARY
from quancheng.projects import rules
from quancheng.projects.models import Dossier, Money, Project, Question, Remark, Review, View
from quancheng.projects.recording import call_of, project_of
from quancheng.projects.rules import ProjectRefused

SCREENING = ("screened", "candidate")
MOST_SOURCES = 12


class EditedMeanwhile(ProjectRefused):
    """Somebody else saved the dossier in the meantime."""


@dataclass(frozen=True)
class DossierForm:
    """What is known of a project; `money` is (source, amount in 万元) each. Amounts and coordinates as typed."""

    title: str
    content: str
    location: str
    benefit: str = ""
    cost: str = ""
    owner: str = ""
    finish_on: date | None = None
    feasibility: str = ""
    latitude: str = ""
    longitude: str = ""
    money: tuple[tuple[str, str], ...] = ()


def write_dossier(*, project_id: int, form: DossierForm, edits: int, by: Actor, at: datetime) -> Dossier:
    """Write down what is known of a listed wish, as often as more is known; `edits` is the count that the editor saw.

    It may be incomplete until the project becomes a candidate. Raises NotAllowed, ProjectRefused, EditedMeanwhile.
    """
    found = project_of(project_id)
    demand(by, "project.manage", organ=found.call.organ_id)
    if found.case.state not in SCREENING:
        raise ProjectRefused("只有在筛选论证、候选阶段才能修改论证档案；实施以后的变更须由常委会决定。")
    values, money = _checked(found, form)
    with transaction.atomic():
        if not hasattr(found, "dossier"):
            try:
                with transaction.atomic():
                    made = Dossier.objects.create(project=found, edits=1, edited_by_id=by.id, edited_at=at, **values)
            except IntegrityError:
                raise EditedMeanwhile("这份档案刚刚已由他人保存。您填的内容还在下方，请先对照后再保存。") from None
        else:
            made, values = found.dossier, {**values, "edits": edits + 1, "edited_by_id": by.id, "edited_at": at}
            if not Dossier.objects.filter(pk=made.pk, edits=edits).update(**values):
                raise EditedMeanwhile("这份档案刚刚已由他人保存。您填的内容还在下方，请先对照后再保存。")
        Money.objects.filter(project=found).delete()
        Money.objects.bulk_create([Money(project=found, source=source, amount=amount) for source, amount in money])
        content = {**{k: str(v) for k, v in values.items()}, "money": [[s, str(a)] for s, a in money]}
        ledger.append(
            kind="project.dossier", at=at, organ=found.call.organ_id, subject=found.case.number,
            content=receipts.canonical(content), salt=ledger.new_salt(),
        )  # fmt: skip
    made.refresh_from_db()
    return made


def _checked(found: Project, form: DossierForm) -> tuple[dict[str, object], list[tuple[str, Decimal]]]:
    """Return the columns of a dossier and its money. Raises ProjectRefused."""
    money = [
        (rules.line(source, 2, "请写明资金从哪里来", "money", 40), rules.money(amount, "money"))
        for source, amount in form.money if source.strip() or amount.strip()
    ]  # fmt: skip
    if len(money) > MOST_SOURCES or len({source for source, _ in money}) != len(money):
        raise ProjectRefused(f"资金来源不能重复，最多{MOST_SOURCES}项。", "money")
    if any(amount <= 0 for _, amount in money):
        raise ProjectRefused("每项资金须大于零。", "money")
    if form.owner and not Organ.objects.filter(pk=form.owner, kind=Organ.Kind.GOVERNMENT).exists():
        raise ProjectRefused("没有这个责任单位，请重新选择。", "owner")
    if form.finish_on is not None and form.finish_on.year != found.year:
        raise ProjectRefused(f"应当在{found.year}年内完成（民生实事一年内办成）。", "finish_on")
    latitude, longitude = rules.place(form.latitude, form.longitude)
    values: dict[str, object] = {
        "title": rules.line(form.title, 4, "请写明项目名称", "title", 60),
        "content": rules.need(form.content, 10, "请写明建设内容", "content", 5000),
        "location": rules.line(form.location, 2, "请写明建设地点", "location", 200),
        "benefit": rules.line(form.benefit, 0, "", "benefit", 200),
        "cost": rules.money(form.cost, "cost") if form.cost.strip() else None,
        "owner_id": form.owner or None, "finish_on": form.finish_on, "latitude": latitude, "longitude": longitude,
        "feasibility": rules.need(form.feasibility, 0, "", "feasibility", 5000),
    }  # fmt: skip
    return values, money


def ask_units(*, project_id: int, units: Sequence[str], by: Actor, at: datetime) -> list[View]:
    """Ask units for their view of a project's feasibility, by a stored day (R7.51). Raises NotAllowed, ProjectRefused."""
    found = project_of(project_id)
    demand(by, "project.manage", organ=found.call.organ_id)
    if found.case.state not in SCREENING:
        raise ProjectRefused("只有在筛选论证阶段才征求单位意见。")
    organs = {organ.pk: organ for organ in Organ.objects.filter(pk__in=units, kind=Organ.Kind.GOVERNMENT)}
    known = set(View.objects.filter(project=found).values_list("unit_id", flat=True))
    fresh = [code for code in dict.fromkeys(units) if code in organs and code not in known]
    if not fresh:
        raise ProjectRefused("请选择还没有征求过的单位。", "units")
    day, area, key = timezone.localdate(at), found.call.organ.area_id, "project.view_wd"
    term = Term(procedure_queries.parameter(key, area=area, on=day), "workday", LIBRARY[key].article)
    with transaction.atomic():
        made = View.objects.bulk_create([View(project=found, unit_id=code, asked_by_id=by.id, asked_at=at) for code in fresh])
        for code in fresh:
            procedures.start_clock(
                case=found.case, key=f"view:{code}", label="提出论证意见", term=term, start=day, at=at, organ=code
            )
        names = "、".join(organs[code].name for code in fresh)
        procedures.note(
            case=found.case, event="project.asked", words=names, by=by, at=at, held="project.manage", shown=names
        )
    return made


def give_view(*, project_id: int, stand: str, words: str, by: Actor, at: datetime) -> View:
    """Give a unit's view, once: feasible, with conditions, or not, and why; it is public with the candidates (R7.51).

    Raises NotAllowed, ProjectRefused.
    """
    found = project_of(project_id)
    own = {office.organ for office in by.offices if may(by, "project.view", organ=office.organ)}
    view = View.objects.select_related("unit").filter(project=found, unit_id__in=own).first()
    if view is None:
        raise NotAllowed("project.view")
    if view.at is not None or found.case.state not in SCREENING:
        raise ProjectRefused("已经提出过意见，或者论证阶段已经结束。")
    if stand not in View.Stand.values:
        raise ProjectRefused("请选择可行、有条件可行或者不可行。", "stand")
    words = rules.need(words, 10, "请写明论证的依据", "words", 3000)
    with transaction.atomic():
        View.objects.filter(pk=view.pk, at=None).update(stand=stand, words=words, by_id=by.id, at=at)
        procedures.stop_clock(case=found.case, key=f"view:{view.unit_id}", at=at)
        procedures.note(
            case=found.case, event="project.viewed", words=words, by=by, at=at, held="project.view",
            shown=f"{view.unit.name}：{View.Stand(stand).label}",
        )  # fmt: skip
    view.refresh_from_db()
    return view


def ask_question(*, project_id: int, words: str, by: Actor, at: datetime) -> Question:
    """Ask or say something about a candidate or a project under way, as a deputy; its owner answers by a stored day (R7.53).

    Raises NotAllowed, ProjectRefused.
    """
    demand(by, "project.speak")
    found = project_of(project_id)
    if found.case.state in ("proposed", "screened", "merged", "dropped", "closed"):
        raise ProjectRefused("只能对候选的和正在实施的项目提问。")
    words = rules.need(words, 5, "请写明问题", "words", 1000)
    owner = found.dossier.owner_id
    with transaction.atomic():
        made = Question.objects.create(project=found, by_id=by.id, at=at, words=words, unit_id=owner)
        if owner:
            key = "project.answer_wd"
            days = procedure_queries.parameter(key, area=found.call.organ.area_id, on=timezone.localdate(at))
            procedures.start_clock(
                case=found.case, key=f"question:{made.pk}", label="回答代表提问", at=at, organ=owner,
                term=Term(days, "workday", LIBRARY[key].article), start=timezone.localdate(at),
            )  # fmt: skip
        procedures.note(case=found.case, event="project.questioned", words=words, by=by, at=at, held="project.speak")
    return made


def answer_question(*, question_id: int, words: str, by: Actor, at: datetime) -> Question:
    """Answer a deputy's question, for the owner or, where there is none, for the office; the answer is public.

    Raises NotAllowed, ProjectRefused, Question.DoesNotExist.
    """
    asked = Question.objects.select_related("project__call", "project__case").get(pk=question_id)
    held = "project.view" if asked.unit_id else "project.manage"
    demand(by, held, organ=asked.unit_id or asked.project.call.organ_id)
    words = rules.need(words, 5, "请写明回答", "words", 3000)
    with transaction.atomic():
        done = Question.objects.filter(pk=asked.pk, answered_at=None).update(answer=words, answered_by_id=by.id, answered_at=at)
        if not done:
            raise ProjectRefused("这个问题已经回答过。")
        procedures.stop_clock(case=asked.project.case, key=f"question:{asked.pk}", at=at)
        procedures.note(case=asked.project.case, event="project.answered", words=words, by=by, at=at, held=held)
    asked.refresh_from_db()
    return asked


def remark(*, project_id: int, words: str, phone: str, submission_key: str, by: Actor, at: datetime) -> Remark:
    """Take what somebody with a verified number says of a candidate, once a form (R7.51). Raises ProjectRefused, BadPhone."""
    demand(by, "project.propose")
    earlier = Remark.objects.filter(submission_key=rules.check_key(submission_key)).first()
    if earlier is not None:
        return earlier
    found = project_of(project_id)
    if found.case.state not in ("candidate", "balloted"):
        raise ProjectRefused("现在不征求对这个项目的意见。")
    if not phone:
        raise ProjectRefused("请填写手机号码并验证。号码只在后台核验，单独加密保存，不会公开。", "phone")
    words = rules.need(words, 5, "请写下您的意见", "body", 2000)
    made = Remark(project=found, public_id="w" + letters(20), submission_key=submission_key, words=words, salt=ledger.new_salt(), at=at)
    with transaction.atomic():
        made.save(force_insert=True)
        ledger.append(
            kind="project.remark", at=at, organ=found.call.organ_id, subject=made.public_id, salt=bytes(made.salt),
            content=receipts.canonical({"project": found.code, "words": words}),
        )  # fmt: skip
        people.record_authorship(subject=made.public_id, phone=phone, at=at)
    return made


def note_review(*, call_id: int, kind: str, held_on: date, meeting: str, words: str, by: Actor, at: datetime) -> Review:
    """Note that 主任会议 looked at the list (R7.51), or that the standing committee heard a report in mid-year (R7.57).

    Raises NotAllowed, ProjectRefused.
    """
    call = call_of(call_id)
    demand(by, "project.manage", organ=call.organ_id)
    wanted = {Review.Kind.LIST: ("collected", ("candidate",)), Review.Kind.MIDYEAR: ("decided", None)}
    if kind not in wanted or call.case.state != wanted[Review.Kind(kind)][0]:
        raise ProjectRefused("现在不是这项会议的阶段。", "kind")
    if not call.opens_on <= held_on <= timezone.localdate(at):
        raise ProjectRefused("请核对会议日期。", "held_on")
    meeting = rules.line(meeting, 4, "请写明是哪一次会议", "meeting", 60)
    words = rules.need(words, 10, "请写明会议的意见", "words", 5000)
    states, event = wanted[Review.Kind(kind)][1], "project.reviewed" if kind == Review.Kind.LIST else "project.heard"
    projects = Project.objects.filter(call__organ=call.organ, year=call.year).select_related("case")
    projects = projects.filter(case__state__in=states) if states else projects.exclude(case__state__in=("merged", "dropped"))
    if kind == Review.Kind.LIST and not projects.exists():
        raise ProjectRefused("还没有列出候选项目，请先列出再报会议。")
    with transaction.atomic():
        made = Review.objects.create(call=call, kind=kind, held_on=held_on, meeting=meeting, words=words, by_id=by.id, at=at)
        for project in projects:
            procedures.note(
                case=project.case, event=event, words=words, by=by, at=at, held="project.manage",
                shown=f"{meeting}（{held_on:%Y年%-m月%-d日}）",
            )  # fmt: skip
    return made
