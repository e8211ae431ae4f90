"""办理: a unit's inbox, what units and the office do on a case, the figures by unit. Every button is one act."""

import datetime
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from quancheng.contact import queries as contact
from quancheng.handling import acts, figures
from quancheng.handling import queries as handling
from quancheng.people.permissions import Actor
from quancheng.procedures import queries as procedures
from quancheng.suggestions import queries as suggestions
from quancheng.web.desk.showing import actor_of, day, field, go, show, whole
from quancheng.web.parts import now, page, today

TABS = (("all", "全部"), ("late", "已逾期"), ("today", "今天到期"), ("week", "本周到期"), ("lead", "主办"), ("assist", "协办"))
KINDS = ("suggestion",)


def units_of(actor: Actor) -> list[str]:
    """Return the codes of the units for which the actor handles matters."""
    return sorted({o.organ for o in actor.offices if o.role in ("unit_clerk", "unit_head")})


@page("handling.answer")
def inbox(request: HttpRequest) -> HttpResponse:
    """Show a unit's running clocks, soonest first, and what waits for its head's signature."""
    actor, which = actor_of(request), request.GET.get("which", "all")
    number = max(whole(request.GET.get("page"), 1), 1)
    found = handling.inbox(actor, today(), which, number)
    return show(
        request, "inbox.html", found=found, tabs=TABS, which=which, number=number, on=today(),
        pages=(found.counts.get(which, found.counts["all"]) + handling.PAGE - 1) // handling.PAGE,
        signing=handling.waiting_for_signature(actor), commitments=[line for unit in units_of(actor) for line in handling.open_commitments(today(), unit=unit)],
    )


@page("handling.read")
def by_case(request: HttpRequest, case_id: int) -> HttpResponse:
    """Lead from a clock to the page of its matter."""
    if procedures.case(case_id).procedure == "resident_opinion":
        return go(request, "desk_matter", contact.of_case(case_id, actor_of(request), today()).opinion.pk)
    return go(request, "desk_suggestion", suggestions.of_case(case_id))


@page("handling.league")
def league(request: HttpRequest) -> HttpResponse:
    """Show each unit's year: given, answered in time, overdue, how rated. Organs, never people."""
    year = whole(request.GET.get("year"), today().year)
    year = year if 2000 <= year <= today().year else today().year
    lines = figures.league(datetime.date(year, 1, 1), datetime.date(year + 1, 1, 1), today(), KINDS)
    return show(request, "league.html", lines=lines, year=year, this_year=today().year)


Act = Callable[[HttpRequest, dict[str, Any]], str]


def _assign(request: HttpRequest, who: dict[str, Any]) -> str:
    acts.assign(
        case_id=whole(field(request, "case")), lead=field(request, "lead"), note=field(request, "note"),
        assisting=[code for code in request.POST.getlist("assisting") if code], moves=whole(field(request, "moves")),
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
    acts.sign_answer(answer_id=whole(field(request, "answer")), **who)
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
        evidence=field(request, "evidence"), kept=field(request, "kept") == "yes", **who,
    )  # fmt: skip
    return _("进展已记下。")


def _verify(request: HttpRequest, who: dict[str, Any]) -> str:
    acts.verify_commitment(
        commitment_id=whole(field(request, "commitment")), kept=field(request, "kept") == "yes",
        words=field(request, "words"), **who,
    )  # fmt: skip
    return _("已核实。")


ACTS: dict[str, Act] = {
    "assign": _assign, "object": _object, "decide_objection": _decide_objection, "contact": _contact, "draft": _draft,
    "sign": _sign, "urge": _urge, "letter": _letter, "extend": _extend, "assess": _assess, "milestone": _milestone, "verify": _verify,
}  # fmt: skip


def take(request: HttpRequest, actor: Actor) -> str | None:
    """Do what the pressed button says, if it is one of handling's; return the sentence of success, or None."""
    act = ACTS.get(field(request, "do"))
    return act(request, {"by": actor, "at": now()}) if act else None
