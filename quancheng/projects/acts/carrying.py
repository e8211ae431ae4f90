"""政府办: tasks with milestones, quarterly progress with figures and pictures, completion, change by the committee (R7.55, R7.56)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from quancheng.kernel import receipts
from quancheng.ledger import acts as ledger
from quancheng.people.permissions import Actor, demand, may
from quancheng.procedures import acts as procedures
from quancheng.projects import files, rules
from quancheng.projects.models import Change, Dossier, Milestone, Picture, Project, Report
from quancheng.projects.procedure import UNDER_WAY
from quancheng.projects.recording import (
    government_of,
    owner_of,
    project_of,
    released,
    start_progress,
    stop_progress,
    tell_authors,
)
from quancheng.projects.rules import ProjectRefused

MOST_MILESTONES = 20
_ARTICLE = "预算法第四十六条"


def set_tasks(*, project_id: int, milestones: Sequence[tuple[str, date]], by: Actor, at: datetime) -> Project:
    """Publish the task list of an adopted project: (what, until when) each; the quarters begin (R7.55).

    Raises NotAllowed, ProjectRefused, StepRefused, Conflict.
    """
    found = project_of(project_id)
    government = government_of(found, by)
    rows = [(rules.line(words, 4, "请写明每个节点要办到什么", "milestones", 120), day) for words, day in milestones]
    if not 1 <= len(rows) <= MOST_MILESTONES:
        raise ProjectRefused(f"请写明1至{MOST_MILESTONES}个节点，每个写明内容和日期。", "milestones")
    last, today = found.dossier.finish_on, timezone.localdate(at)
    if last is None:
        raise ProjectRefused("论证档案没有写明完成时间。")
    if any(not today <= day <= last for _words, day in rows):
        raise ProjectRefused(f"节点的日期须在今天以后、{last:%Y年%-m月%-d日}（完成时间）以前。", "milestones")
    year, quarter = max(rules.quarter_of(today), (found.year, 1))
    with transaction.atomic():
        procedures.perform(case=found.case, step="task", by=by, at=at, note=f"{len(rows)}个节点，{last:%Y年%-m月%-d日}以前完成", organ=government)
        procedures.stop_clock(case=found.case, key="task", at=at)
        Milestone.objects.bulk_create(
            [Milestone(project=found, words=words, due_on=day) for words, day in sorted(rows, key=lambda row: row[1])]
        )
        start_progress(found, year, quarter, at)
    return found


def reach_milestone(*, milestone_id: int, reached_on: date, by: Actor, at: datetime) -> Milestone:
    """Note on which day a milestone was reached, by the owner or the government, once. Raises NotAllowed, ProjectRefused."""
    one = Milestone.objects.select_related("project__case", "project__call", "project__dossier").get(pk=milestone_id)
    if not may(by, "project.carry_out", organ=one.project.call.government_id):
        owner_of(one.project, by)
    if one.project.case.state not in UNDER_WAY:
        raise ProjectRefused("项目不在实施阶段。")
    if reached_on > timezone.localdate(at):
        raise ProjectRefused("完成的日期不能晚于今天。", "reached_on")
    with transaction.atomic():
        if not Milestone.objects.filter(pk=one.pk, reached_on=None).update(reached_on=reached_on):
            raise ProjectRefused("这个节点已经标明完成。")
        held = "project.carry_out" if may(by, "project.carry_out") else "project.view"
        shown = f"{one.words}：{reached_on:%Y年%-m月%-d日}完成"
        procedures.note(case=one.project.case, event="project.reached", words=shown, by=by, at=at, held=held, shown=shown)
    one.refresh_from_db()
    return one


@dataclass(frozen=True)
class ReportForm:
    """A quarter's progress as typed: `share` in per cent of the work, `paid` in 万元 since the beginning."""

    year: int
    quarter: int
    share: str
    paid: str
    words: str
    pictures: tuple[bytes, ...] = ()
    submit: bool = False


def write_report(*, project_id: int, form: ReportForm, by: Actor, at: datetime) -> Report:
    """Write or mend the owner's report of a quarter, and send it to the government's office if told to (R7.55).

    Refused where figures cannot be true: less done or paid than published before, more paid than the project costs, a
    quarter that has not begun. Raises NotAllowed, ProjectRefused.
    """
    found = project_of(project_id)
    owner_of(found, by)
    if found.case.state not in UNDER_WAY:
        raise ProjectRefused("项目不在实施阶段，不需要报进展。")
    share, paid, words = _figures(found, form, at)
    kept = files.keep_pictures(form.pictures, rules.REPORT_PICTURES)
    state = Report.State.SUBMITTED if form.submit else Report.State.DRAFT
    with transaction.atomic():
        made = Report.objects.filter(project=found, year=form.year, quarter=form.quarter).first()
        values = {"share": share, "paid": paid, "words": words, "state": state, "by_id": by.id, "at": at, "returned": ""}
        if made is None:
            made = Report.objects.create(project=found, year=form.year, quarter=form.quarter, **values)
        elif not Report.objects.filter(pk=made.pk, state=Report.State.DRAFT).update(**values):
            raise ProjectRefused("这个季度的进展已送审或者已经公布，不能再改。", "quarter")
        known = set(made.pictures.values_list("stored_name", flat=True))
        fresh = [one for one in kept if one.stored_name not in known]
        if len(known) + len(fresh) > rules.REPORT_PICTURES:
            raise ProjectRefused(f"每个季度最多{rules.REPORT_PICTURES}张图片。", "pictures")
        Picture.objects.bulk_create([Picture(project=found, report=made, **one.__dict__) for one in fresh])
        content = {"share": share, "paid": str(paid), "words": words, "pictures": sorted({*known, *(one.stored_name for one in fresh)})}
        _record("project.report", found, {"year": form.year, "quarter": form.quarter, "state": str(state)}, content, at)
    made.refresh_from_db()
    return made


def _figures(found: Project, form: ReportForm, at: datetime) -> tuple[int, object, str]:
    """Return share, money and words of a report. Raises ProjectRefused."""
    quarter = (form.year, form.quarter)
    if form.year != found.year or not 1 <= form.quarter <= 4 or quarter > rules.quarter_of(timezone.localdate(at)):
        raise ProjectRefused("请选择已经开始的季度。", "quarter")
    typed = form.share.strip().rstrip("%％")
    if not (typed.isascii() and typed.isdigit() and int(typed) <= 100):
        raise ProjectRefused("完成比例请填0至100的整数。", "share")
    share, paid = int(typed), rules.money(form.paid, "paid", "请用数字填写累计支付，单位万元，最多两位小数")
    last = released(found)
    before = [one for one in last if (one.year, one.quarter) < quarter]
    if before and (share < before[-1].share or paid < before[-1].paid):
        raise ProjectRefused(
            f"累计数不能小于上次公布的：完成{before[-1].share}%、支付{before[-1].paid}万元。上次公布有误的，请在文字中说明。", "share"
        )
    if len(before) < len(last):
        raise ProjectRefused("后面的季度已经公布，不能再补报前面的。", "quarter")
    if found.dossier.cost is not None and paid > found.dossier.cost:
        raise ProjectRefused(f"累计支付超过总投资{found.dossier.cost}万元。总投资的变更须由常委会决定。", "paid")
    return share, paid, rules.need(form.words, 10, "请写明这个季度办了什么", "words", 3000)


def return_report(*, report_id: int, words: str, by: Actor, at: datetime) -> Report:
    """Give a report back to the owner with a reason. Raises NotAllowed, ProjectRefused."""
    found = _submitted(report_id, by)
    words = rules.need(words, 4, "请写明要改什么", "words", 500)
    with transaction.atomic():
        if not Report.objects.filter(pk=found.pk, state=Report.State.SUBMITTED).update(state=Report.State.DRAFT, returned=words):
            raise ProjectRefused("这份进展刚刚已由他人办理。")
        _record("project.report_returned", found.project, {"year": found.year, "quarter": found.quarter}, {"words": words}, at)
    found.refresh_from_db()
    return found


def _record(kind: str, project: Project, detail: dict[str, object], content: dict[str, object], at: datetime) -> None:
    """Write what is not public yet into the ledger, by its digest alone (S13)."""
    ledger.append(
        kind=kind, at=at, organ=project.call.organ_id, subject=project.case.number, content=receipts.canonical(content),
        salt=ledger.new_salt(), detail=detail,
    )  # fmt: skip


def _submitted(report_id: int, by: Actor) -> Report:
    found = Report.objects.select_related("project__case", "project__call__organ", "project__dossier").get(pk=report_id)
    government_of(found.project, by)
    if found.state != Report.State.SUBMITTED:
        raise ProjectRefused("这份进展不在等待公布的阶段。")
    return found


def release_report(*, report_id: int, by: Actor, at: datetime) -> Report:
    """Publish a quarter's progress, by another person than its author (R7.55, R9.05); the first one starts the project.

    Raises NotAllowed, ProjectRefused, StepRefused, Conflict.
    """
    found = _submitted(report_id, by)
    project, today = found.project, timezone.localdate(at)
    if found.by_id == by.id:
        raise ProjectRefused("写进展的人不能自己审核公布，请由另一人公布。")
    shown = f"{found.year}年第{found.quarter}季度：完成{found.share}%，累计支付{found.paid:f}万元"
    with transaction.atomic():
        if not Report.objects.filter(pk=found.pk, state=Report.State.SUBMITTED).update(
            state=Report.State.RELEASED, released_by_id=by.id, released_at=at
        ):
            raise ProjectRefused("这份进展刚刚已由他人公布。")
        government = project.call.government_id
        if project.case.state == "tasked":
            procedures.perform(case=project.case, step="start", by=by, at=at, organ=government)
        procedures.stop_clock(case=project.case, key=f"progress:{found.year}-{found.quarter}", at=at)
        procedures.note(
            case=project.case, event="project.reported", words=found.words, by=by, at=at, held="project.carry_out", shown=shown,
            detail={"share": found.share, "paid": str(found.paid), "on": str(today)},
        )  # fmt: skip
        if found.quarter < 4 and found.share < 100:
            start_progress(project, found.year, found.quarter + 1, at)
        tell_authors([project], f"您提的民生实事“{{name}}”（编号{{code}}）公布了进展：{shown}。", at)
    found.refresh_from_db()
    return found


def complete(*, project_id: int, by: Actor, at: datetime) -> Project:
    """Report a project as done: every milestone reached, the last published share 100 % (R7.55).

    Raises NotAllowed, ProjectRefused, StepRefused, Conflict.
    """
    found = project_of(project_id)
    government = government_of(found, by)
    last = released(found)
    if not last or last[-1].share < 100:
        raise ProjectRefused("最近一次公布的进展没有到100%，请先公布进展。")
    open_ones = Milestone.objects.filter(project=found, reached_on=None).count()
    if open_ones:
        raise ProjectRefused(f"还有{open_ones}个节点没有标明完成。")
    with transaction.atomic():
        procedures.perform(case=found.case, step="complete", by=by, at=at, organ=government)
        stop_progress(found, at)
        tell_authors([found], "您提的民生实事“{name}”（编号{code}）已经完成，将由代表测评，居民可以参加参考性评价。", at)
    return found


def apply_change(*, project_id: int, kind: str, ground: str, new: str, words: str, by: Actor, at: datetime) -> Change:
    """Ask the standing committee for a change, or to stop, on one of the two grounds (R7.56). `new` as typed.

    Raises NotAllowed, ProjectRefused.
    """
    found = project_of(project_id)
    government_of(found, by)
    if found.case.state not in UNDER_WAY:
        raise ProjectRefused("项目不在实施阶段，不能提请变更。")
    if kind not in Change.Kind.values:
        raise ProjectRefused("请选择变更什么。", "kind")
    if ground not in Change.Ground.values:
        raise ProjectRefused("只有不可抗力和国家政策调整才可以提请变更，请选择一项。", "ground")
    words = rules.need(words, 10, "请写明变更的事实和理由", "words", 5000)
    old, new = _old_of(found, kind), _new_of(kind, new)
    if old == new and kind != Change.Kind.STOP:
        raise ProjectRefused("变更前后相同。", "new")
    with transaction.atomic():
        try:
            with transaction.atomic():
                made = Change.objects.create(project=found, kind=kind, ground=ground, old=old, new=new, words=words, by_id=by.id, at=at)
        except IntegrityError:
            raise ProjectRefused("已有一件变更正在等待常委会决定。") from None
        procedures.note(
            case=found.case, event="project.applied", words=words, by=by, at=at, held="project.carry_out", article=_ARTICLE,
            shown=f"{made.get_kind_display()}（{made.get_ground_display()}）",
        )  # fmt: skip
    return made


def _old_of(found: Project, kind: str) -> str:
    d = found.dossier
    return {"content": d.content[:300], "site": d.location, "money": f"{d.cost:f}", "time": f"{d.finish_on}", "stop": ""}[kind]


def _new_of(kind: str, typed: str) -> str:
    """Return what is to hold in future, as it is stored. Raises ProjectRefused."""
    if kind == Change.Kind.STOP:
        return ""
    if kind == Change.Kind.MONEY:
        return f"{rules.money(typed, 'new'):.2f}"
    if kind == Change.Kind.TIME:
        try:
            return str(date.fromisoformat(typed.strip()))
        except ValueError:
            raise ProjectRefused("完成时间请按2027-11-30的样子填写。", "new") from None
    return rules.need(typed, 4, "请写明变更以后怎样", "new", 300 if kind == Change.Kind.CONTENT else 200)


@dataclass(frozen=True)
class Decision:
    """What the standing committee decided of a change, at which meeting."""

    approved: bool
    meeting: str
    decided_on: date
    reason: str
    document: str = ""


def decide_change(*, change_id: int, decision: Decision, by: Actor, at: datetime) -> Change:
    """Note the standing committee's decision on a change; an approved one holds from now, and both are public (R7.56).

    Raises NotAllowed, ProjectRefused, StepRefused, Conflict.
    """
    asked = Change.objects.select_related("project__case", "project__call", "project__dossier").get(pk=change_id)
    found = asked.project
    demand(by, "project.manage", organ=found.call.organ_id)
    if not timezone.localdate(asked.at) <= decision.decided_on <= timezone.localdate(at):
        raise ProjectRefused("请核对常委会会议的日期。", "decided_on")
    meeting = rules.line(decision.meeting, 4, "请写明是哪一次常委会会议", "meeting", 60)
    reason = rules.need(decision.reason, 5, "请写明决定的理由", "reason", 3000)
    values = {
        "approved": decision.approved, "meeting": meeting, "document": rules.line(decision.document, 0, "", "document", 40),
        "decided_on": decision.decided_on, "reason": reason, "decided_by_id": by.id, "decided_at": at,
    }  # fmt: skip
    shown = f"{asked.get_kind_display()}；{meeting}（{decision.decided_on:%Y年%-m月%-d日}）"
    with transaction.atomic():
        if not Change.objects.filter(pk=asked.pk, decided_at=None).update(**values):
            raise ProjectRefused("这件变更已经有决定。")
        if not decision.approved:
            procedures.note(
                case=found.case, event="project.refused", words=reason, by=by, at=at, held="project.manage", shown=shown, article=_ARTICLE
            )
        elif asked.kind == Change.Kind.STOP:
            procedures.perform(case=found.case, step="stop", by=by, at=at, note=shown)
            stop_progress(found, at)
            tell_authors([found], "您提的民生实事“{name}”（编号{code}）经常委会决定停止实施，理由请看公开页面。", at)
        else:
            procedures.perform(case=found.case, step="change", by=by, at=at, note=shown)
            column = {"content": "content", "site": "location", "money": "cost", "time": "finish_on"}[asked.kind]
            Dossier.objects.filter(pk=found.dossier.pk).update(**{column: asked.new})
    asked.refresh_from_db()
    return asked
