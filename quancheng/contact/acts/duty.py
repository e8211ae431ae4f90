"""双报到, facts of duty, corrections by asking (M36, R6.08, R6.09)."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from quancheng.contact import rules
from quancheng.contact.models import CheckIn, DutyCorrection, DutyFact, TaskTag
from quancheng.contact.recording import ContactRefused, add_fact, check_key, need, record
from quancheng.kernel.words import clean
from quancheng.people.models import Area, Site
from quancheng.people.permissions import Actor, NotAllowed, demand
from quancheng.procedures.acts import Conflict

_HOME = (Area.Kind.VILLAGE, Area.Kind.COMMUNITY)
_BY_OFFICE = (DutyFact.Kind.INSPECTION, DutyFact.Kind.ABSENCE, DutyFact.Kind.ACTIVITY, DutyFact.Kind.STUDY)


def make_task_tag(*, label: str, valid_from: date, by: Actor, at: datetime) -> TaskTag:
    """Name a central task that deputies help with (M36). Raises NotAllowed, ContactRefused, Conflict."""
    demand(by, "contact.manage")
    label = need(label, 2, "请填写任务名称", "label", 20)
    try:
        with transaction.atomic():
            made = TaskTag.objects.create(label=label, valid_from=valid_from)
            record("task_tag", f"task:{made.pk}", label, at)
    except IntegrityError:
        raise Conflict("已有同名的任务。") from None
    return made


def end_task_tag(*, tag_id: int, last_day: date, by: Actor, at: datetime) -> TaskTag:
    """End a central task; what was reported under it stays. Raises NotAllowed, Conflict."""
    demand(by, "contact.manage")
    with transaction.atomic():
        if not TaskTag.objects.filter(pk=tag_id, valid_to=None).update(valid_to=last_day):
            raise Conflict("这项任务已经结束。")
        record("task_tag_ended", f"task:{tag_id}", "", at, end=str(last_day))
    return TaskTag.objects.get(pk=tag_id)


@dataclass(frozen=True)
class CheckInForm:
    """A deputy's check-in: at a `site`, or in his home village or community (`area`). No coordinates, ever (S21)."""

    site: str = ""
    area: str = ""
    task_id: int | None = None
    minutes: int = 0
    words: str = ""


def check_in(*, form: CheckInForm, by: Actor, at: datetime) -> CheckIn:
    """Report at a site or at home, with a task; a second time at one place on one day gives back the first (M36).

    Raises NotAllowed, ContactRefused.
    """
    demand(by, "duty.keep")
    day = timezone.localdate(at)
    if bool(form.site) == bool(form.area):
        raise ContactRefused("请选择到站点报到，或者到居住的村（社区）报到。", "place")
    if not 0 <= form.minutes <= 24 * 60:
        raise ContactRefused("服务时长应在24小时以内。", "minutes")
    if form.task_id is not None and not TaskTag.objects.filter(rules.in_force(day), pk=form.task_id).exists():
        raise ContactRefused("这项任务已经结束，请重新选择。", "task")
    kind, place = _place(form, day)
    try:
        with transaction.atomic():
            made = CheckIn.objects.create(
                account_id=by.id, kind=kind, site_id=form.site or None, area_id=form.area or None, place=place[:60],
                task_id=form.task_id, on=day, at=at, minutes=form.minutes, words=clean(form.words)[:300],
            )
            add_fact(by.id, "check_in", day, f"{made.get_kind_display()}：{place}", f"check_in:{made.pk}", by, at)
            record("check_in", f"check_in:{made.pk}", made.words, at, check_in=kind)
    except IntegrityError:
        return CheckIn.objects.get(account_id=by.id, kind=kind, place=place[:60], on=day)
    return made


def _place(form: CheckInForm, day: date) -> tuple[str, str]:
    if form.site:
        site = Site.objects.filter(rules.in_force(day), pk=form.site).first()
        if site is None:
            raise ContactRefused("没有这个站点。", "place")
        return CheckIn.Kind.SITE, site.name
    area = Area.objects.select_related("parent").filter(rules.in_force(day), pk=form.area, kind__in=_HOME).first()
    if area is None:
        raise ContactRefused("请选择村或者社区。", "place")
    return CheckIn.Kind.HOME, f"{area.parent.name if area.parent else ''}{area.name}"


def record_fact(
    *, account_id: int, kind: str, on: date, title: str, submission_key: str, by: Actor, at: datetime, number: int = 1
) -> DutyFact:
    """Record what the system cannot see: an inspection, an absence (`number` half days), an activity (R6.09).

    Raises NotAllowed, ContactRefused.
    """
    _demand_over(account_id, by)
    title = need(title, 4, "请写明做了什么", "title", 120)
    if kind not in _BY_OFFICE:
        raise ContactRefused("这类履职由系统根据记录产生，不能手工录入。", "kind")
    if on > timezone.localdate(at) or not rules.is_sitting(account_id, on) or not 1 <= number <= 20:
        raise ContactRefused("日期应当在今天以前，且代表当天在任。", "on")
    if number > 1 and kind != DutyFact.Kind.ABSENCE:
        raise ContactRefused("只有缺席按半天计数。", "number")
    with transaction.atomic():
        return add_fact(account_id, kind, on, title, f"office:{check_key(submission_key)[:50]}", by, at, number=number)


def _demand_over(account_id: int, by: Actor) -> str:
    """Return the organ in which the actor keeps this deputy's file; nobody keeps his own. Raises NotAllowed."""
    if account_id == by.account_id:
        raise NotAllowed("duty.decide")
    return rules.office_over(by, "duty.decide", rules.area_of_deputy(account_id))


@dataclass(frozen=True)
class CorrectionForm:
    """What a deputy asks for: to add a fact, or to change or strike `fact_id`."""

    wish: str
    reason: str
    fact_id: int | None = None
    kind: str = ""
    on: date | None = None
    title: str = ""


def ask_correction(*, form: CorrectionForm, by: Actor, at: datetime) -> DutyCorrection:
    """Ask that one's own duty file be corrected; the office decides, by name. Raises NotAllowed, ContactRefused, Conflict."""
    demand(by, "duty.keep")
    reason = need(form.reason, rules.SHORTEST_REASON, "请写明理由，有材料的写明在哪里", "reason", 2000)
    if form.wish not in DutyCorrection.Wish.values:
        raise ContactRefused("请选择补记、更改还是删去。", "wish")
    fact = None
    if form.wish != DutyCorrection.Wish.ADD:
        fact = DutyFact.objects.filter(pk=form.fact_id or 0, account_id=by.id, struck_at=None).first()
        if fact is None:
            raise ContactRefused("请选择要更正的记录。", "fact")
    kind, on, title = form.kind, form.on, clean(form.title)[:120]
    if form.wish == DutyCorrection.Wish.STRIKE and fact is not None:
        kind, on, title = fact.kind, fact.on, fact.title
    if kind not in DutyFact.Kind.values or on is None or on > timezone.localdate(at) or len(title) < 4:
        raise ContactRefused("请写明哪一天、做了什么。", "title")
    try:
        with transaction.atomic():
            made = DutyCorrection.objects.create(
                account_id=by.id, fact=fact, wish=form.wish, kind=kind, on=on, title=title, reason=reason, asked_at=at
            )
            record("correction_asked", f"correction:{made.pk}", reason, at, wish=form.wish)
    except IntegrityError:
        raise Conflict("这条记录的更正申请正在处理。") from None
    return made


def decide_correction(*, correction_id: int, accept: bool, reason: str, by: Actor, at: datetime) -> DutyCorrection:
    """Decide on a correction, as a named person of the office and never in one's own file; the old fact stays, struck.

    Raises NotAllowed, ContactRefused, Conflict.
    """
    found = DutyCorrection.objects.get(pk=correction_id)
    organ = _demand_over(found.account_id, by)
    reason = need(reason, rules.SHORTEST_REASON, "请写明同意或者不同意的理由，代表会看到", "reason", 2000)
    state = DutyCorrection.State.ACCEPTED if accept else DutyCorrection.State.REFUSED
    with transaction.atomic():
        waiting = DutyCorrection.objects.filter(pk=correction_id, state=DutyCorrection.State.WAITING)
        if not waiting.update(state=state, decided_by_id=by.id, decided_at=at, decision=reason):
            raise Conflict("这项申请已由他人处理，请刷新后再看。")
        if accept:
            _carry_out(found, by, at)
        record("correction_decided", f"correction:{correction_id}", reason, at, organ, accepted=accept)
    found.refresh_from_db()
    return found


def _carry_out(found: DutyCorrection, by: Actor, at: datetime) -> None:
    number = 1
    if found.fact_id is not None:
        number = DutyFact.objects.values_list("number", flat=True).get(pk=found.fact_id)
        if not DutyFact.objects.filter(pk=found.fact_id, struck_at=None).update(struck_at=at):
            raise Conflict("这条记录已经更正。")
    if found.wish != DutyCorrection.Wish.STRIKE:
        absence = found.kind == DutyFact.Kind.ABSENCE
        add_fact(
            found.account_id, found.kind, found.on, found.title, f"correction:{found.pk}", by, at,
            number=number if absence else 1,
        )
