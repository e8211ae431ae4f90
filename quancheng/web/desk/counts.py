"""Votes by paper, hands and recorded devices: the secretariat's page, and those of tellers and scrutineers."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from quancheng.people.permissions import Actor, demand
from quancheng.voting import acts, printing, report
from quancheng.voting import queries as votes
from quancheng.web import errors
from quancheng.web.parts import now, page
from quancheng.web.parts.showing import DOCX, PDF, actor_of, download, field, go, show, whole
from quancheng.web.parts.visitors import client_address

DONE = {
    "issue": "表决已经开始。", "hand_out": "已登记发出的选票。", "close": "已经截止，请计票人分别填写计票单。",
    "recount": "已开始重新计票。", "announce": "结果已当场宣布。", "seal": "选票和计票单已封存。", "annul": "已宣布作废。",
    "again": "已准备好再次表决，请指定人员。", "sheet": "计票单已交。", "sign": "已签字。",
}  # fmt: skip


def _acts(request: HttpRequest, vote_id: int) -> dict[str, Callable[[], object]]:
    actor, at = actor_of(request), now()
    return {
        "issue": lambda: acts.issue(vote_id=vote_id, network=client_address(request), by=actor, at=at),
        "hand_out": lambda: acts.hand_out(vote_id=vote_id, papers=whole(field(request, "papers")), by=actor, at=at),
        "close": lambda: acts.close(vote_id=vote_id, by=actor, at=at),
        "recount": lambda: acts.recount(vote_id=vote_id, reason=field(request, "reason"), by=actor, at=at),
        "announce": lambda: acts.announce(vote_id=vote_id, by=actor, at=at),
        "seal": lambda: acts.seal(vote_id=vote_id, by=actor, at=at),
        "annul": lambda: acts.annul(vote_id=vote_id, reason=field(request, "reason"), by=actor, at=at),
        "again": lambda: acts.vote_again(vote_id=vote_id, by=actor, at=at),
    }


@page("vote.run", methods=("GET", "POST"))
def count(request: HttpRequest, vote_id: int) -> HttpResponse:
    """Show a vote by paper, hands or names with what can be done now, and do it."""
    vote, refusal, what = votes.vote(vote_id), errors.Refusal(), field(request, "do")
    demand(actor_of(request), "vote.run", organ=vote.case.organ_id)
    known = _acts(request, vote_id)
    if request.method == "POST" and what in known:
        made: object = None
        with errors.caught() as refusal:
            made = known[what]()
        if not refusal and what == "again":
            return go(request, "desk_vote_officials", made.pk, done=_(DONE[what]))  # type: ignore[attr-defined]  # the new vote
        if not refusal:
            return go(request, "desk_vote", vote_id, done=_(DONE[what]))
    return show(
        request, "vote_count.html", status=refusal.status, d=votes.count_record(vote_id), typed=request.POST,
        faults=[("", refusal.sentence)] if refusal else [],
    )  # fmt: skip


@page("vote.run")
def paper(request: HttpRequest, vote_id: int, form: str) -> HttpResponse:
    """Give the ballot paper, or an empty counting sheet, as PDF."""
    demand(actor_of(request), "vote.run", organ=votes.vote(vote_id).case.organ_id)
    if form == "sheet":
        return download(printing.counting_sheet(vote_id), "计票单.pdf", PDF)
    return download(printing.ballot_paper(vote_id), "表决票.pdf", PDF)


@page("signed_in")
def count_report(request: HttpRequest, vote_id: int, form: str) -> HttpResponse:
    """Give the report of a count as PDF or .docx: before the announcement to those who run or count the vote."""
    if form not in report.FORMS:
        raise Http404
    return download(report.for_officials(vote_id, form, actor_of(request)), f"计票报告.{form}", DOCX if form == "docx" else PDF)


@page("vote.scrutinise")
def duties(request: HttpRequest) -> HttpResponse:
    """List the votes that the actor watches or counts, and those of the hall that wait for his press."""
    actor = actor_of(request)
    return show(request, "vote_duties.html", duties=votes.my_duties(actor), to_press=votes.to_press(actor))


@page("vote.scrutinise", methods=("GET", "POST"))
def duty(request: HttpRequest, vote_id: int) -> HttpResponse:
    """Take a teller's sheet, or a scrutineer's signature on the count."""
    actor, refusal, record = actor_of(request), errors.Refusal(), votes.count_record(vote_id)
    mine = [one for one in record.officials if one.account_id == actor.account_id]
    if not mine:
        raise acts.VoteRefused(_("您不是这次表决的监票人或者计票人。"))
    if request.method == "POST":
        with errors.caught() as refusal:
            _count(request, record, actor)
        if not refusal:
            return go(request, "desk_count_duty", vote_id, done=_(DONE["sign" if field(request, "do") == "sign" else "sheet"]))
    return show(
        request, "vote_duty.html", status=refusal.status, d=record, mine=mine, typed=request.POST,
        faults=[("", refusal.sentence)] if refusal else [],
        waits=any(one.duty == "teller" and one.pk not in record.entered for one in mine),
    )  # fmt: skip


def _count(request: HttpRequest, record: votes.CountRecord, actor: Actor) -> None:
    if field(request, "do") == "sign":
        acts.sign_count(vote_id=record.vote.pk, by=actor, at=now())
        return
    counts = []
    for q, tally in enumerate(record.tallies):
        names = request.POST.getlist(f"name-{q}")
        marks = tuple(_number(request, f"m-{q}-{o}") for o in range(len(tally.options)))
        written = {n.strip(): whole(c) for n, c in zip(names, request.POST.getlist(f"names-{q}"), strict=False) if n.strip()}
        counts.append(acts.QuestionCount(_number(request, f"valid-{q}"), _number(request, f"void-{q}"), marks, written))
    acts.enter_sheet(vote_id=record.vote.pk, box=_number(request, "box"), counts=counts, by=actor, at=now())


def _number(request: HttpRequest, name: str) -> int:
    raw = field(request, name)
    if not (raw.isascii() and raw.isdigit() and len(raw) < 6):
        raise acts.VoteRefused(_("请把每一格都填上数字，没有的填0。"))
    return int(raw)
