"""What is pressed on the record of a case that units handle: every button is one act of handling."""

import datetime
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from quancheng.handling import acts
from quancheng.people.permissions import Actor
from quancheng.web.parts import now, today
from quancheng.web.parts.showing import day, field, whole

Act = Callable[[HttpRequest, dict[str, Any]], str]


def _assign(request: HttpRequest, who: dict[str, Any]) -> str:
    acts.assign(
        case_id=whole(field(request, "case")), lead=field(request, "lead"), note=field(request, "note"),
        assisting=[code for code in request.POST.getlist("assisting") if code],
        separate=[code for code in request.POST.getlist("separate") if code], moves=whole(field(request, "moves")),
        complex=field(request, "complex") == "yes", **who,
    )  # fmt: skip
    return _("已交办，各单位的期限开始计算，提出人可以看到承办单位。")


def _object(request: HttpRequest, who: dict[str, Any]) -> str:
    acts.raise_objection(assignment_id=whole(field(request, "share")), reason=field(request, "reason"), **who)
    return _("退办意见已提交，由交办机关研究。研究期间办理期限继续计算。")


def _decide_objection(request: HttpRequest, who: dict[str, Any]) -> str:
    acts.decide_objection(
        objection_id=whole(field(request, "objection")), accept=field(request, "accept") == "yes",
        reason=field(request, "reason"), new_unit=field(request, "new_unit"), **who,
    )  # fmt: skip
    return _("退办已处理。")


def _contact(request: HttpRequest, who: dict[str, Any]) -> str:
    acts.record_contact(
        assignment_id=whole(field(request, "share")), manner=field(request, "manner"),
        on=day(field(request, "on")) or today(), words=field(request, "words"), **who,
    )  # fmt: skip
    return _("沟通情况已记下。")


def _draft(request: HttpRequest, who: dict[str, Any]) -> str:
    made = acts.draft_answer(
        assignment_id=whole(field(request, "share")),
        draft=acts.Draft(
            outcome=field(request, "outcome"), text=request.POST.get("text", "").replace("\r\n", "\n"),
            promise=field(request, "promise"), promised_for=day(field(request, "promised_for")),
            contact_name=field(request, "contact_name"), telephone=field(request, "telephone"),
        ),
        edits=whole(field(request, "edits")) if field(request, "edits") else None, **who,
    )  # fmt: skip
    if field(request, "send") == "yes":
        acts.send_to_head(answer_id=made.pk, **who)
        return _("已送负责人签发。")
    return _("答复稿已保存。")


def _sign(request: HttpRequest, who: dict[str, Any]) -> str:
    if field(request, "accept") == "no":
        acts.return_draft(answer_id=whole(field(request, "answer")), words=field(request, "words"), **who)
        return _("已退回经办人修改。")
    signed = acts.sign_answer(answer_id=whole(field(request, "answer")), **who)
    if signed.assignment.role == "assist":
        return _("已签发。协办意见已交给主办单位。")
    if signed.assignment.case.procedure == "petition":
        return _("已签发。处理意见书已形成，由信访工作机构送达。")
    return _("已签发。答复已送达，等待测评。")


def _urge(request: HttpRequest, who: dict[str, Any]) -> str:
    acts.urge(
        assignment_id=whole(field(request, "share")), kind=field(request, "kind"), words=field(request, "words"), **who
    )
    return _("已发出。")


def _extend(request: HttpRequest, who: dict[str, Any]) -> str:
    acts.extend(
        assignment_id=whole(field(request, "share")), new_due_on=day(field(request, "new_due_on")) or today(),
        reason=field(request, "reason"), **who,
    )  # fmt: skip
    return _("已批准延期，理由提出人可以看到。")


def _letter(request: HttpRequest, who: dict[str, Any]) -> str:
    """Send or drop a proposed supervision letter (the office), or answer one that was sent (the unit's head)."""
    letter, words = whole(field(request, "letter")), field(request, "words")
    match field(request, "what"):
        case "send":
            acts.send_letter(letter_id=letter, words=words, **who)
            return _("督办函已发出。")
        case "drop":
            acts.drop_letter(letter_id=letter, reason=words, **who)
            return _("已记下不发的理由。")
    acts.answer_letter(letter_id=letter, words=words, **who)
    return _("已回复督办函。")


def _assess(request: HttpRequest, who: dict[str, Any]) -> str:
    acts.assess(
        case_id=whole(field(request, "case")), words=field(request, "words"), finding=field(request, "finding"),
        members=field(request, "members"), promise=field(request, "promise"),
        promised_for=day(field(request, "promised_for")), **who,
    )  # fmt: skip
    return _("评估结论已记下，提出人可以看到。")


def _milestone(request: HttpRequest, who: dict[str, Any]) -> str:
    acts.add_milestone(
        commitment_id=whole(field(request, "commitment")), words=field(request, "words"),
        evidence=field(request, "evidence"), kept=field(request, "kept") == "yes",
        milestone_id=whole(field(request, "milestone")) or None, **who,
    )  # fmt: skip
    if field(request, "kept") == "yes":
        return _("已报告兑现，等代表工委核实。")
    return _("进展已记下，提出人可以看到。")


def _plan(request: HttpRequest, who: dict[str, Any]) -> str:
    acts.plan_milestone(
        commitment_id=whole(field(request, "commitment")), words=field(request, "words"),
        planned_for=_day(request, "planned_for"), **who,
    )  # fmt: skip
    return _("这一步已列入计划。")


def _postpone(request: HttpRequest, who: dict[str, Any]) -> str:
    acts.postpone_commitment(
        commitment_id=whole(field(request, "commitment")), new_due_on=_day(request, "new_due_on"),
        reason=field(request, "reason"), **who,
    )  # fmt: skip
    return _("已批准延期，理由提出人可以看到。")


def _verify(request: HttpRequest, who: dict[str, Any]) -> str:
    acts.verify_commitment(
        commitment_id=whole(field(request, "commitment")), kept=field(request, "kept") == "yes",
        words=field(request, "words"), **who,
    )  # fmt: skip
    return _("已核实。")


def _dispute(request: HttpRequest, who: dict[str, Any]) -> str:
    acts.dispute_contact(contact_id=whole(field(request, "contact")), words=field(request, "words"), **who)
    return _("异议已记下。这次沟通不再算数，单位须重新沟通后才能答复。")


def _key(request: HttpRequest, who: dict[str, Any]) -> str:
    names = ("leader_name", "leader_post", "department", "supervisor_name", "supervisor_post", "committee")
    acts.choose_key(
        case_id=whole(field(request, "case")), roles=acts.KeyRoles(**{name: field(request, name) for name in names}),
        decision=field(request, "decision"), **who,
    )  # fmt: skip
    return _("已列为重点督办，四方责任已明确。测评以后，答复、测评和双方领导一并公开。")


def _supervise(request: HttpRequest, who: dict[str, Any]) -> str:
    made = acts.log_supervision(
        case_id=whole(field(request, "case")), kind=field(request, "kind"), on=_day(request, "on"),
        place=field(request, "place"), present=field(request, "present"), words=field(request, "words"), **who,
    )  # fmt: skip
    if "file" in request.FILES:
        _keep_file(request, made.key_file.case_id, who, entry_id=made.pk)
    return _("督办情况已记入督办记录。")


def _unbundle(request: HttpRequest, who: dict[str, Any]) -> str:
    acts.unbundle(case_id=whole(field(request, "case")), reason=field(request, "reason"), **who)
    return _("已退出并案，单独办理、单独答复。")


def _assistant(request: HttpRequest, who: dict[str, Any]) -> str:
    acts.add_assistant(
        case_id=whole(field(request, "case")), unit=field(request, "unit"), note=field(request, "note"), **who
    )
    return _("已增加协办单位，它的期限开始计算。")


def _replace(request: HttpRequest, who: dict[str, Any]) -> str:
    acts.replace_unit(
        assignment_id=whole(field(request, "share")), successor=field(request, "successor"),
        reason=field(request, "reason"), **who,
    )  # fmt: skip
    return _("已由承接单位继续办理，期限不变。")


def _recuse(request: HttpRequest, who: dict[str, Any]) -> str:
    mine = field(request, "account") == ""
    acts.recuse(
        case_id=whole(field(request, "case")), account_id=who["by"].id if mine else whole(field(request, "account")),
        reason=field(request, "reason"), **who,
    )  # fmt: skip
    return _("已记下回避，这件事项请由其他人办理。")


def _attach(request: HttpRequest, who: dict[str, Any]) -> str:
    kind, _sep, number = field(request, "to").partition(":")
    columns = {"answer": "answer_id", "milestone": "milestone_id", "entry": "entry_id"}
    _keep_file(request, whole(field(request, "case")), who, **({columns[kind]: whole(number)} if kind in columns else {}))
    return _("附件已保存，内容与扩展名相符。")


def _keep_file(request: HttpRequest, case_id: int, who: dict[str, Any], **place: Any) -> None:
    file = request.FILES.get("file")
    if file is None:
        raise acts.HandlingRefused(_("请选择文件。"), "file")
    acts.attach(case_id=case_id, name=file.name or "", data=file.read(), **place, **who)


def _day(request: HttpRequest, name: str) -> datetime.date:
    """Return a posted date. Raises HandlingRefused."""
    found = day(field(request, name))
    if found is None:
        raise acts.HandlingRefused(_("请填写日期。"), name)
    return found


ACTS: dict[str, Act] = {
    "assign": _assign, "object": _object, "decide_objection": _decide_objection, "contact": _contact, "draft": _draft,
    "sign": _sign, "urge": _urge, "letter": _letter, "extend": _extend, "assess": _assess, "milestone": _milestone, "verify": _verify,
    "plan": _plan, "postpone": _postpone, "dispute": _dispute, "key": _key, "supervise": _supervise, "unbundle": _unbundle,
    "assistant": _assistant, "replace": _replace, "recuse": _recuse, "attach": _attach,
}  # fmt: skip


def take(request: HttpRequest, actor: Actor) -> str | None:
    """Do what the pressed button says, if it is one of handling's; return the sentence of success, or None."""
    act = ACTS.get(field(request, "do"))
    if act is None:
        return None
    with transaction.atomic():  # an act and the file that was sent with it stand or fall together
        return act(request, {"by": actor, "at": now()})
