"""计票报告: everything that a counted vote came to, on paper: numbers, rule, outcome, who counted and watched, what is not claimed.

R4.16, R5.18, R9.12. Before a count stands there is no report; before the announcement only those who run or count the vote
get it.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils import timezone

from quancheng.people.permissions import Actor, NotAllowed, may
from quancheng.publications import documents
from quancheng.voting import board as boards
from quancheng.voting import board_queries
from quancheng.voting.models import CountSignature, Official, Question, Result, Sheet, Vote
from quancheng.voting.queries import named_choices
from quancheng.voting.rules import VoteRefused

FORMS = ("pdf", "docx")
_ANNOUNCED = ("announced", "sealed")
_NOT_CLAIMED = (
    "本报告由系统按录入和收到的数据生成，没有经过外部机构审查；签字以会议留存的纸质件为准。",
    "不能证明表决人写票、按表决器时没有受到他人影响。",
)
_NOT_CLAIMED_OF = {
    Vote.Mode.PAPER: ("系统只核对两份计票单是否一致、数目是否成立，没有看过选票本身；需要时应当开封重新计票。",),
    Vote.Mode.HANDS: ("系统只核对两份计票单是否一致、数目是否成立，没有看过举手的情形；举手没有留下可以复查的选票。",),
    Vote.Mode.RECORDED: ("记名表决的选择在截止前加密保存，系统管理者持有全部密钥时能够看到。",),
    Vote.Mode.DEVICE: (
        "密码部分没有经过外部审查。审查之前，请与现有表决器并行使用、比对总数。",
        "不能防止被改动的平板或者页面泄露所按的内容；全票一致时总数本身就说明了每个人的选择。",
    ),
}


def for_officials(vote_id: int, form: str, by: Actor) -> bytes:
    """Return the report for those who run or count the vote, or for anybody signed in once it is announced.

    Raises NotAllowed, VoteRefused before there is a count, Vote.DoesNotExist, typeset.FontsMissing.
    """
    vote = _vote(vote_id)
    named = Official.objects.filter(vote=vote, account_id=by.id).exclude(duty=Official.Duty.REGISTRAR).exists()
    if vote.case.state not in _ANNOUNCED and not named and not may(by, "vote.run", organ=vote.case.organ_id):
        raise NotAllowed("vote.run")
    return _made(vote, form)


def for_all(vote_id: int, form: str) -> bytes:
    """Return the report of an announced vote. Raises Vote.DoesNotExist for any other, typeset.FontsMissing."""
    return _made(_vote(vote_id, case__state__in=_ANNOUNCED), form)


def _vote(vote_id: int, **more: Any) -> Vote:
    found = Vote.objects.select_related("case__organ", "meeting", "after")
    return found.exclude(mode=Vote.Mode.ONLINE).get(pk=vote_id, **more)


def _made(vote: Vote, form: str) -> bytes:
    result = Result.objects.filter(vote=vote).first()
    if result is None:
        raise VoteRefused("还没有一致的计票结果，不能出计票报告。")
    body = "\n".join(_lines(vote, result))
    return documents.to_docx("计票报告", body) if form == "docx" else documents.to_pdf("计票报告", body)


def _lines(vote: Vote, result: Result) -> Iterator[str]:
    body, state = json.loads(result.found), vote.case.state
    if vote.force == Vote.Force.ADVISORY:
        yield "本次表决为参考性，不具法定效力。"
    if state == "void":
        yield "本次表决已宣布作废，下列数目不作为结果。"
    elif state not in _ANNOUNCED:
        yield "结果还没有宣布，本件只供宣布前核对，不得外传。"
    yield from _table((
        ("事项", "内容"), ("名称", vote.title), ("编号", vote.case.number), ("机关", vote.case.organ.name),
        ("会议", vote.meeting.title if vote.meeting else ""), ("方式", vote.get_mode_display()),
        ("开始表决", _moment(vote.opens_at)), ("截止表决", _moment(vote.closes_at)), ("计票完成", _moment(result.counted_at)),
        ("宣布结果", _moment(result.announced_at) or "没有宣布"),
        *((("再次表决", f"为“{vote.after.title}”（{vote.after.case.number}）再次表决"),) if vote.after else ()),
    ))  # fmt: skip
    yield "## 一、人数和票数"
    yield from _table((
        ("项目", "数目"), ("应到（计算基数）", vote.base), ("法定人数", vote.quorum), ("到会", result.present), ("发出", result.issued),
        ("收回", result.cast), ("未参加", body["idle"]),
        *((("表决器", body["electronic"]), ("纸票", body["box"])) if vote.mode == Vote.Mode.DEVICE else ()),
    ))  # fmt: skip
    yield "## 二、各项结果"
    yield from _questions(vote, body)
    named = named_choices(vote)
    if named:
        yield "### 记名名单"
        titles = [one.title for one in Question.objects.filter(vote=vote).order_by("number")]
        yield from _table((("姓名", *titles), *((name, *choices) for name, choices in named)))
    yield "## 三、计票和监票"
    yield from _people(vote)
    yield "## 四、存档"
    yield from _archive(vote)
    yield "## 五、本报告不能证明的事"
    for words in (*_NOT_CLAIMED_OF[Vote.Mode(vote.mode)], *_NOT_CLAIMED):
        yield f"- {words}"


def _questions(vote: Vote, body: dict[str, Any]) -> Iterator[str]:
    questions = Question.objects.filter(vote=vote).order_by("number")
    for question, tally, valid in zip(questions, board_queries.tallies(vote, body), _valid(vote, body), strict=True):
        span = str(question.most) if question.least == question.most else f"{question.least}至{question.most}"
        seats = f"，名额{question.seats}个" if question.seats else ""
        yield f"### （{question.number}）{_plain(question.title)}"
        yield f"有效票{valid[0]}张，无效票{valid[1]}张。每票选{span}项{seats}。"
        base = "" if question.rule == Question.Rule.PREFERENCE else f"，以应到{vote.base}人为基数"
        yield f"适用规则：{question.get_rule_display()}{base}。"
        yield from _table((("选项", "得票", "结果"), *((title, total, what) for title, _e, _p, total, what in tally.rows)))
        yield f"结果：{_plain(tally.outcome)}。"


def _valid(vote: Vote, body: dict[str, Any]) -> list[tuple[int, int]]:
    if vote.mode != Vote.Mode.DEVICE:
        return [(one["valid"], one["void"]) for one in body["questions"]]
    paper = next(iter(boards.bodies(vote.pk, "paper_count")), None)  # presses are valid or not taken at all
    if paper is None:
        return [(body["electronic"], 0)] * len(body["questions"])
    return [(body["electronic"] + one["valid"], one["void"]) for one in paper["questions"]]


def _people(vote: Vote) -> Iterator[str]:
    officials = list(Official.objects.filter(vote=vote).select_related("account").order_by("duty", "number"))
    round_ = Sheet.objects.filter(vote=vote).order_by("-round").values_list("round", flat=True).first() or 0
    counted = dict(Sheet.objects.filter(vote=vote, round=round_).values_list("teller_id", "entered_at"))
    signed = dict(CountSignature.objects.filter(vote=vote, round=round_).values_list("official_id", "at"))
    opened = {one["trustee"] for one in boards.bodies(vote.pk, "decryption")} if vote.mode == Vote.Mode.DEVICE else set()
    rows = []
    for one in officials:
        done = [f"{_moment(counted[one.pk])}交计票单"] if one.pk in counted else []
        done += [f"{_moment(signed[one.pk])}在计票结果上签字"] if one.pk in signed else []
        done += ["参加解密"] if one.duty == Official.Duty.SCRUTINEER and one.number in opened else []
        rows.append((f"{one.get_duty_display()}{one.number}", one.account.name, "；".join(done)))
    if rows:
        yield from _table((("职责", "姓名", "办理情况"), *rows))
    else:
        yield "没有指定监票人、计票人。"
    if round_:
        yield f"共计票{round_}轮，最后一轮两份计票单一致。"
    again = list(vote.case.events.filter(step="voting.recount").order_by("at"))
    yield "".join(f"{_moment(one.at)}{_plain(one.note)}。" for one in again) or "没有重新计票。"
    yield "监票人签字：＿＿＿＿＿＿　＿＿＿＿＿＿　　计票人签字：＿＿＿＿＿＿　＿＿＿＿＿＿"


def _archive(vote: Vote) -> Iterator[str]:
    board = getattr(vote, "kept_board", None)
    if board is None:
        yield "本次表决没有电子票存档。选票和计票单由会议封存。"
        return
    yield f"截止时的根：{board.root}"
    yield f"存档的SHA-256：{hashlib.sha256(board_queries.archive(vote.pk)).hexdigest()}"
    yield "任何人拿到存档，都可以不联网核对计入的票和总数。"


def _table(rows: Any) -> Iterator[str]:
    for row in rows:
        yield "| " + " | ".join(_plain(str(cell)).replace("|", "\\|") or "　" for cell in row) + " |"


def _plain(words: str) -> str:
    """Return words that the markup takes for nothing but words."""
    return " ".join(words.split()).replace("[-", "[ -").replace("{+", "{ +")


def _moment(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%Y年%-m月%-d日 %H:%M}" if at else ""
