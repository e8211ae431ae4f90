"""What is pressed on the page of a suggestion: sign, submit, check, rate, publish. Every button is one act."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from quancheng.people.permissions import demand
from quancheng.publications import acts as publications
from quancheng.suggestions import acts
from quancheng.web.parts import now
from quancheng.web.parts.showing import actor_of, field, ids, whole


def words_of(request: HttpRequest, name: str) -> str:
    """Return posted lines with plain line ends."""
    return request.POST.get(name, "").replace("\r\n", "\n")


def paper_of(request: HttpRequest) -> acts.Paper:
    """Read the form of a suggestion or a motion."""
    return acts.Paper(
        title=field(request, "title"), body=words_of(request, "body"), category=field(request, "category") or "other",
        kind=field(request, "kind") or "suggestion", grounds=words_of(request, "grounds"), plan=words_of(request, "plan"),
        proposed_unit=field(request, "proposed_unit"), openness=field(request, "openness") or "shown",
        openness_reason=field(request, "openness_reason"),
    )  # fmt: skip


Act = Callable[[HttpRequest, Any, dict[str, Any]], str]


def _ask(request: HttpRequest, found: Any, who: dict[str, Any]) -> str:
    acts.ask_cosigners(suggestion_id=found.pk, account_ids=ids(request, "deputy"), **who)
    return _("已邀请。对方确认后才算联名。")


def _cosign(request: HttpRequest, found: Any, who: dict[str, Any]) -> str:
    acts.answer_cosign(
        suggestion_id=found.pk, confirm=field(request, "confirm") == "yes", edits=whole(field(request, "edits")),
        reason=field(request, "reason"), **who,
    )  # fmt: skip
    return _("已答复联名邀请。")


def _unsign(request: HttpRequest, found: Any, who: dict[str, Any]) -> str:
    acts.withdraw_signature(suggestion_id=found.pk, reason=field(request, "reason"), **who)
    return _("已退出联名，领衔代表会收到告知。")


def _edit(request: HttpRequest, found: Any, who: dict[str, Any]) -> str:
    acts.edit(suggestion_id=found.pk, paper=paper_of(request), edits=whole(field(request, "edits")), **who)
    return _("已修改。已经确认的代表须重新确认。")


def _submit(request: HttpRequest, found: Any, who: dict[str, Any]) -> str:
    acts.submit(suggestion_id=found.pk, edits=whole(field(request, "edits")), **who)
    if found.kind == "motion":
        return _("议案已提交。联名和期限在提交大会以前再核对一次。")
    return _("已提交，由代表工委审核后交办。")


def _withdraw(request: HttpRequest, found: Any, who: dict[str, Any]) -> str:
    acts.withdraw(suggestion_id=found.pk, reason=field(request, "reason"), **who)
    return _("已撤回。")


def _rate(request: HttpRequest, found: Any, who: dict[str, Any]) -> str:
    acts.rate(
        answer_id=whole(field(request, "answer")), grade=field(request, "grade"), reason=field(request, "reason"), **who
    )
    return _("测评已记下，随答复一并公开。")


def _openness(request: HttpRequest, found: Any, who: dict[str, Any]) -> str:
    acts.set_openness(
        suggestion_id=found.pk, openness=field(request, "openness"), reason=field(request, "openness_reason"), **who
    )
    return _("对公开的意见已记下。")


def _pressure(request: HttpRequest, found: Any, who: dict[str, Any]) -> str:
    acts.report_pressure(suggestion_id=found.pk, words=words_of(request, "pressure"), **who)
    return _("已收到，密封保存，只有代表工委负责人能看。办理记录和承办单位都看不到。")


def _become(request: HttpRequest, found: Any, who: dict[str, Any]) -> str:
    agree = field(request, "agree") == "yes"
    acts.answer_rejection(suggestion_id=found.pk, become_suggestion=agree, **who)
    if agree:
        return _("已同意转为建议。草稿在“我的建议”中，联名代表确认后即可提交。")
    return _("已结束，不转为建议。")


def _check(request: HttpRequest, found: Any, who: dict[str, Any]) -> str:
    acts.check(suggestion_id=found.pk, **who)
    return _("审核通过，已编号，可以交办。")


def _return(request: HttpRequest, found: Any, who: dict[str, Any]) -> str:
    acts.send_back(suggestion_id=found.pk, ground=field(request, "ground"), words=field(request, "words"), **who)
    if found.kind == "motion":
        return _("已记下不作为议案处理的理由，请代表决定是否转为建议。")
    return _("已退回修改，理由代表可以看到。")


def _file(request: HttpRequest, found: Any, who: dict[str, Any]) -> str:
    acts.file_motion(suggestion_id=found.pk, **who)
    return _("已作为议案提交大会，联名人数已再次核对。")


def _sponsor(request: HttpRequest, found: Any, who: dict[str, Any]) -> str:
    acts.replace_sponsor(suggestion_id=found.pk, reason=field(request, "reason"), **who)
    return _("已由在任的联名代表领衔。")


def _publish(request: HttpRequest, found: Any, who: dict[str, Any]) -> str:
    demand(who["by"], "suggestion.check", organ=found.case.organ_id)
    paper = acts.draft_publication(suggestion_id=found.pk, **who)
    publications.submit_for_review(publication_id=paper.pk, **who)
    return _("公开文稿已起草并送审，由另一人审核公开。")


ACTS: dict[str, Act] = {
    "ask": _ask, "cosign": _cosign, "unsign": _unsign, "edit": _edit, "submit": _submit, "withdraw": _withdraw, "rate": _rate,
    "openness": _openness, "pressure": _pressure, "become": _become, "check": _check, "return": _return, "file": _file,
    "sponsor": _sponsor, "publish": _publish,
}  # fmt: skip


def take_own(request: HttpRequest, found: Any) -> str:
    """Do what only suggestions have; return the sentence of success. Raises SuggestionRefused for a button unknown here."""
    act = ACTS.get(field(request, "do"))
    if act is None:
        raise acts.SuggestionRefused(_("没有这项操作，请刷新页面后再试。"))
    return act(request, found, {"by": actor_of(request), "at": now()})
