"""筛选论证 at the desk: dossier, units' views, questions; the list, its review, the outcome of the ballot (R7.51–R7.53)."""

import re
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from quancheng.projects import acts
from quancheng.projects import queries as projects
from quancheng.publications import acts as publication_acts
from quancheng.web.parts import today
from quancheng.web.parts.showing import day, field, ids, whole

Doing = Callable[[HttpRequest, int, dict[str, Any]], str]
STANDS = (("feasible", "可行"), ("conditions", "有条件可行"), ("not_feasible", "不可行"))
_AMOUNT = re.compile(r"^(?P<source>.*?)[\s:：]*(?P<amount>[\d.,，]+)\s*(万元)?$")


def money_of(lines: str) -> tuple[tuple[str, str], ...]:
    """Return (source, amount) of each line, as “市级财政 800”; what has no amount is refused by the act."""
    found = []
    for line in lines.splitlines():
        match = _AMOUNT.match(line.strip())
        if line.strip():
            found.append((match["source"], match["amount"]) if match else (line.strip(), ""))
    return tuple(found)


def _dossier(request: HttpRequest, pk: int, who: dict[str, Any]) -> str:
    words = {
        name: request.POST.get(name, "")
        for name in ("title", "content", "location", "benefit", "cost", "owner", "feasibility", "latitude", "longitude")
    }
    form = acts.DossierForm(
        finish_on=day(field(request, "finish_on")), money=money_of(request.POST.get("money", "")), **words
    )
    acts.write_dossier(project_id=pk, form=form, edits=whole(field(request, "edits")), **who)
    return _("论证档案已保存。")


def _ask_units(request: HttpRequest, pk: int, who: dict[str, Any]) -> str:
    made = acts.ask_units(project_id=pk, units=request.POST.getlist("units"), **who)
    return _("已征求%(n)s个单位的意见，期限记入单位的待办。") % {"n": len(made)}


def _view(request: HttpRequest, pk: int, who: dict[str, Any]) -> str:
    acts.give_view(project_id=pk, stand=field(request, "stand"), words=request.POST.get("words", ""), **who)
    return _("论证意见已提出。")


def _list(request: HttpRequest, pk: int, who: dict[str, Any]) -> str:
    acts.list_candidate(project_id=pk, **who)
    return _("已列为候选项目，作者会收到通知。")


def _unlist(request: HttpRequest, pk: int, who: dict[str, Any]) -> str:
    acts.unlist_candidate(project_id=pk, reason=field(request, "reason"), **who)
    return _("已退回筛选论证。")


def _question(request: HttpRequest, pk: int, who: dict[str, Any]) -> str:
    acts.ask_question(project_id=pk, words=request.POST.get("words", ""), **who)
    return _("问题已提出，责任单位按期回答，回答公开。")


def _answer(request: HttpRequest, pk: int, who: dict[str, Any]) -> str:
    acts.answer_question(question_id=whole(field(request, "question")), words=request.POST.get("words", ""), **who)
    return _("已回答，公开页面可以看到。")


ONE: dict[str, Doing] = {
    "dossier": _dossier, "ask_units": _ask_units, "view": _view, "list": _list, "unlist": _unlist, "question": _question,
    "answer": _answer,
}  # fmt: skip


def _review(request: HttpRequest, pk: int, who: dict[str, Any]) -> str:
    acts.note_review(
        call_id=pk, kind=field(request, "kind"), held_on=day(field(request, "held_on")) or today(), meeting=field(request, "meeting"),
        words=request.POST.get("words", ""), **who,
    )  # fmt: skip
    return _("会议情况已记下，写入每个项目的全程轴。")


def _close(request: HttpRequest, pk: int, who: dict[str, Any]) -> str:
    acts.close_call(call_id=pk, **who)
    return _("征集已截止，转入筛选。")


def _fix(request: HttpRequest, pk: int, who: dict[str, Any]) -> str:
    numbered = [(whole(field(request, f"number-{one}"), 999), one) for one in ids(request, "candidate")]
    acts.fix_list(call_id=pk, places=whole(field(request, "places")), order=[one for _number, one in sorted(numbered)], **who)
    return _("候选项目已确定，提请大会票决。")


def _unfix(request: HttpRequest, pk: int, who: dict[str, Any]) -> str:
    acts.unfix_list(call_id=pk, reason=field(request, "reason"), **who)
    return _("候选名单已退回，可以修改。")


def _adopt(request: HttpRequest, pk: int, who: dict[str, Any]) -> str:
    call = projects.call(pk)
    cases = [case for case, _title in projects.candidates(call.year, call.organ_id)]
    votes = {case: whole(field(request, f"votes-{case}"), -1) for case in cases}
    again = {case: whole(field(request, f"again-{case}"), -1) for case in cases if field(request, f"again-{case}")}
    if -1 in votes.values() or -1 in again.values():
        raise acts.ProjectRefused(_("请把每个候选项目的得票数用数字填全。"), "votes")
    numbers = {name: whole(field(request, name), -1) for name in ("base", "present", "cast", "valid")}
    chosen = ids(request, "chosen")
    outcome = acts.BallotOutcome(
        votes=votes, chosen=chosen, again=again, vote_number=field(request, "vote_number"),
        announced_on=day(field(request, "announced_on")) or today(),
        resolution=request.POST.get("resolution", "").replace("\r\n", "\n").strip() or projects.resolution_draft(call, chosen), **numbers,
    )  # fmt: skip
    acts.adopt(year=call.year, organ=call.organ_id, outcome=outcome, **who)
    return _("票决结果已记入，通过的项目进入任务分解；决议已起草，请送审核公布。")


def _resolution(request: HttpRequest, pk: int, who: dict[str, Any]) -> str:
    paper = whole(field(request, "paper"))
    body = request.POST.get("body", "").replace("\r\n", "\n")
    publication_acts.edit(publication_id=paper, body=body, edits=whole(field(request, "edits")), **who)
    if field(request, "send") == "yes":
        publication_acts.submit_for_review(publication_id=paper, **who)
        return _("已送审核。审核人须是另一人。")
    return _("决议已保存。")


CALL: dict[str, Doing] = {
    "review": _review, "close": _close, "fix": _fix, "unfix": _unfix, "adopt": _adopt, "resolution": _resolution,
}  # fmt: skip
