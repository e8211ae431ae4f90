"""政府办、人大评 at the desk: tasks, quarterly progress, changes, who follows, the rating and what follows it (R7.55–R7.57)."""

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from quancheng.projects import acts
from quancheng.projects import queries as projects
from quancheng.web.parts import today
from quancheng.web.parts.showing import day, field, whole

Doing = Callable[[HttpRequest, int, dict[str, Any]], str]
_MILESTONE = re.compile(r"^(?P<words>.*?)[\s:：，,]*(?P<day>\d{4}-\d{1,2}-\d{1,2})$")
_QUARTER = re.compile(r"^(\d{4})-([1-4])$")


def milestones_of(lines: str) -> list[tuple[str, Any]]:
    """Return (what, day) of each line, as “主体完工 2027-08-31”. Raises ProjectRefused for a line without a day."""
    found = []
    for line in filter(str.strip, lines.splitlines()):
        match = _MILESTONE.match(line.strip())
        on = day("-".join(f"{int(part):02}" for part in match["day"].split("-"))) if match else None
        if match is None or on is None:
            raise acts.ProjectRefused(_("“%(line)s”没有写明日期，请在行末写，例如：主体完工 2027-08-31。") % {"line": line.strip()[:30]}, "milestones")
        found.append((match["words"], on))
    return found


def _task(request: HttpRequest, pk: int, who: dict[str, Any]) -> str:
    acts.set_tasks(project_id=pk, milestones=milestones_of(request.POST.get("milestones", "")), **who)
    return _("任务清单已公布，责任单位按季度报进展。")


def _reach(request: HttpRequest, pk: int, who: dict[str, Any]) -> str:
    acts.reach_milestone(milestone_id=whole(field(request, "milestone")), reached_on=day(field(request, "reached_on")) or today(), **who)
    return _("已标明完成。")


def _report(request: HttpRequest, pk: int, who: dict[str, Any]) -> str:
    match = _QUARTER.match(field(request, "quarter"))
    if match is None:
        raise acts.ProjectRefused(_("请选择季度。"), "quarter")
    send = field(request, "send") == "yes"
    form = acts.ReportForm(
        year=int(match[1]), quarter=int(match[2]), share=field(request, "share"), paid=field(request, "paid"),
        words=request.POST.get("words", ""), pictures=tuple(file.read() for file in request.FILES.getlist("pictures")), submit=send,
    )  # fmt: skip
    acts.write_report(project_id=pk, form=form, **who)
    return _("进展已送政府办公室审核公布。") if send else _("进展已保存为草稿。")


def _release(request: HttpRequest, pk: int, who: dict[str, Any]) -> str:
    acts.release_report(report_id=whole(field(request, "report")), **who)
    return _("进展已公布，提出的群众会收到通知。")


def _return(request: HttpRequest, pk: int, who: dict[str, Any]) -> str:
    acts.return_report(report_id=whole(field(request, "report")), words=field(request, "words"), **who)
    return _("已退回责任单位修改。")


def _complete(request: HttpRequest, pk: int, who: dict[str, Any]) -> str:
    acts.complete(project_id=pk, **who)
    return _("已报告完成，等待代表测评。")


def _change(request: HttpRequest, pk: int, who: dict[str, Any]) -> str:
    acts.apply_change(
        project_id=pk, kind=field(request, "kind"), ground=field(request, "ground"), new=request.POST.get("new", ""),
        words=request.POST.get("words", ""), **who,
    )  # fmt: skip
    return _("变更已提请常委会决定。")


def _decide_change(request: HttpRequest, pk: int, who: dict[str, Any]) -> str:
    if field(request, "approved") not in ("yes", "no"):
        raise acts.ProjectRefused(_("请选择常委会同意还是不同意。"), "approved")
    decision = acts.Decision(
        approved=field(request, "approved") == "yes", meeting=field(request, "meeting"), document=field(request, "document"),
        decided_on=day(field(request, "decided_on")) or today(), reason=request.POST.get("reason", ""),
    )  # fmt: skip
    acts.decide_change(change_id=whole(field(request, "change")), decision=decision, **who)
    return _("常委会的决定已记下，公开页面可以看到。")


def _follow(request: HttpRequest, pk: int, who: dict[str, Any]) -> str:
    call = projects.desk_project(pk, today()).project.call
    named: dict[str, list[int]] = {}
    for account, name in projects.deputies(call.organ_id, today()):
        named.setdefault(name, []).append(account)
    chosen = [name.strip() for name in re.split(r"[\s、，,；;]+", field(request, "names")) if name.strip()]
    unknown = next((name for name in chosen if len(named.get(name, ())) != 1), "")
    if unknown:
        sentence = _("“%(n)s”不是本级人大代表，请核对姓名。") if unknown not in named else _("有几位代表叫“%(n)s”，现在还不能按姓名指定。")
        raise acts.ProjectRefused(sentence % {"n": unknown[:20]}, "names")
    accounts = [named[name][0] for name in chosen]
    acts.name_followers(project_id=pk, accounts=accounts, leader=accounts[0] if accounts else 0, **who)
    return _("跟踪代表已确定，公开页面可以看到。")


def _inspect(request: HttpRequest, pk: int, who: dict[str, Any]) -> str:
    acts.inspect(
        project_id=pk, seen_on=day(field(request, "seen_on")) or today(), words=request.POST.get("words", ""),
        pictures=[file.read() for file in request.FILES.getlist("pictures")], **who,
    )  # fmt: skip
    return _("已记下，公开页面可以看到。")


def _finish(request: HttpRequest, pk: int, who: dict[str, Any]) -> str:
    acts.close_project(project_id=pk, **who)
    return _("已办结。")


def _carry(request: HttpRequest, pk: int, who: dict[str, Any]) -> str:
    on = day(field(request, "finish_on"))
    if on is None:
        raise acts.ProjectRefused(_("请填写完成时间。"), "finish_on")
    acts.carry(project_id=pk, measures=request.POST.get("measures", ""), finish_on=on, **who)
    return _("已转入下一年度继续办理，编号和页面不变。")


ONE: dict[str, Doing] = {
    "task": _task, "reach": _reach, "report": _report, "release": _release, "return": _return, "complete": _complete,
    "change": _change, "decide_change": _decide_change, "follow": _follow, "inspect": _inspect, "finish": _finish, "carry": _carry,
}  # fmt: skip


def _rate(request: HttpRequest, pk: int, who: dict[str, Any]) -> str:
    call = projects.call(pk)
    numbers = {name: whole(field(request, name), -1) for name in ("base", "present", "cast", "valid")}
    grades = {
        case: [whole(field(request, f"g{n}-{case}"), -1) for n in range(4)]
        for _words, case in next((slip.rows for slip in projects.slips([call.organ_id], "rating") if slip.call_id == pk), [])
    }  # fmt: skip
    if any(-1 in row for row in grades.values()) or -1 in numbers.values():
        raise acts.ProjectRefused(_("请把每个项目的票数和各项人数用数字填全。"), "grades")
    outcome = acts.RatingOutcome(
        grades=grades, vote_number=field(request, "vote_number"), announced_on=day(field(request, "announced_on")) or today(), **numbers
    )
    acts.take_rating(year=call.year, organ=call.organ_id, outcome=outcome, **who)
    return _("测评结果已记入，每个项目的页面可以看到。")


def _poll(request: HttpRequest, pk: int, who: dict[str, Any]) -> str:
    last = day(field(request, "closes_on"))
    if last is None:
        raise acts.ProjectRefused(_("请填写截止日期。"), "closes_on")
    closes_at = datetime.combine(last + timedelta(days=1), time(), timezone.get_current_timezone())
    ask = acts.open_preference if projects.call(pk).case.state in ("collected", "listed") else acts.open_residents_rating
    ask(call_id=pk, population=field(request, "population"), closes_at=closes_at, **who)
    return _("居民征询已开始，网站“网上征询”可以参加。")


CALL: dict[str, Doing] = {"rate": _rate, "poll": _poll}
