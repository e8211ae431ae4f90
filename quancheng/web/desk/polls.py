"""网上征询 at the desk: looked at before it is opened, followed while it runs, its result after the close (S29)."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from quancheng.people import queries as people
from quancheng.people.permissions import Actor, demand, may
from quancheng.projects import acts as projects_acts
from quancheng.projects import queries as projects
from quancheng.voting import acts
from quancheng.voting import queries as votes
from quancheng.web import errors
from quancheng.web.parts import now, page
from quancheng.web.parts.showing import actor_of, day, field, go, show, whole

KINDS = (
    ("preference", "表达意向：从几项中选最希望的（每行一个选项）"), ("rating", "三级评价：满意、基本满意、不满意、弃权（每行一件）"),
)  # fmt: skip
STATES = (("open", "正在征询"), ("closed", "已截止"))
PAGE = 50


@dataclass(frozen=True)
class Draft:
    """A poll as it was typed; `call` is the call whose projects it asks about, 0 for none."""

    title: str
    population: str
    expected: int
    questions: list[acts.QuestionDraft]
    closes_at: datetime
    organ: str
    call: int
    subject: int | None


def _organs(actor: Actor) -> set[str]:
    return {one.organ for one in actor.offices if may(actor, "poll.open", organ=one.organ)}


@page("poll.open")
def listing(request: HttpRequest) -> HttpResponse:
    """List the polls of the actor's organs, open ones first, fifty a page, filtered by state and name."""
    found, wanted = votes.polls_of(_organs(actor_of(request))), {name: request.GET.get(name, "") for name in ("state", "q")}
    if wanted["state"]:
        found = found.filter(case__state=wanted["state"])
    if wanted["q"]:
        found = found.filter(title__contains=wanted["q"][:60])
    number, total = max(whole(request.GET.get("page"), 1), 1), found.count()
    return show(
        request, "polls.html", rows=found[(number - 1) * PAGE : number * PAGE], number=number, total=total,
        pages=-(-total // PAGE), wanted=wanted, states=STATES, few=votes.FEW,
    )  # fmt: skip


@page("poll.open", methods=("GET", "POST"))
def new(request: HttpRequest) -> HttpResponse:
    """Write a poll, look at it as residents will see it, then open it: once open it cannot be changed or taken back."""
    actor, refusal, what = actor_of(request), errors.Refusal(), field(request, "do")
    draft = None
    if request.method == "POST" and what != "edit":
        with errors.caught() as refusal:
            draft = _draft(request, actor)
            demand(actor, "poll.open", organ=draft.organ)
            acts.check_poll(
                title=draft.title, population=draft.population, questions=draft.questions, closes_at=draft.closes_at, at=now()
            )
            made = _open(draft, actor) if what == "open" else 0
        if not refusal and made:
            return go(request, "desk_poll", made, done=_("征询已开始，网站上可以参加了。"))
    if draft and not refusal:
        return show(request, "poll_check.html", d=draft, typed=request.POST, few=votes.FEW, hidden=votes.HIDDEN)
    return show(
        request, "poll_new.html", status=refusal.status, typed=request.POST, faults=[("", refusal.sentence)] if refusal else [],
        kinds=KINDS, organs=[(code, people.organ(code).name) for code in sorted(_organs(actor))],
        calls=[(one.call_id, one.title) for one in projects.askable(_organs(actor))], few=votes.FEW, hidden=votes.HIDDEN,
    )  # fmt: skip


def _draft(request: HttpRequest, actor: Actor) -> Draft:
    organs, last = sorted(_organs(actor)), day(field(request, "closes_on"))
    if last is None:
        raise acts.VoteRefused(_("请填写截止日期。"))
    expected, population = whole(field(request, "expected")), field(request, "population")
    if not expected:
        raise acts.VoteRefused(_("请估计大约有多少人可以参加：开始以前就要写明，人数少的会提醒。"))
    if population:
        population = _("%(who)s（约%(n)s人）") % {"who": population, "n": expected}
    closes_at = datetime.combine(last + timedelta(days=1), time(), timezone.get_current_timezone())
    asked = next((one for one in projects.askable(organs) if str(one.call_id) == field(request, "call")), None)
    if field(request, "call") and asked is None:
        raise acts.VoteRefused(_("这一年的民生实事现在不能征询，请重新选择。"))
    if asked is not None:
        return Draft(asked.title, population, expected, asked.drafts, closes_at, asked.organ, asked.call_id, None)
    organ = field(request, "organ") or organs[0]
    return Draft(
        field(request, "title"), population, expected, _questions(request), closes_at, organ, 0, _subject(request, set(organs))
    )


def _questions(request: HttpRequest) -> list[acts.QuestionDraft]:
    lines = [line.strip() for line in field(request, "lines").splitlines() if line.strip()]
    if field(request, "kind") not in dict(KINDS):
        raise acts.VoteRefused(_("请选择怎样征询。"))
    if not lines:
        raise acts.VoteRefused(_("请写明选项或者事项，每行一个。"))
    if field(request, "kind") == "rating":
        return [acts.grading(line) for line in lines]
    question = field(request, "question") or field(request, "title")
    return [acts.preferring(question, [(line, None) for line in lines], whole(field(request, "most"), 1))]


def _subject(request: HttpRequest, organs: set[str]) -> int | None:
    number = field(request, "about")
    found = votes.case_to_ask_about(number, organs) if number else None
    if number and found is None:
        raise acts.VoteRefused(_("没有找到本机关这个案号的事项，请核对；不关联可以不填。"))
    return found


def _open(draft: Draft, actor: Actor) -> int:
    if not draft.call:
        return acts.open_poll(
            title=draft.title, population=draft.population, questions=draft.questions, closes_at=draft.closes_at, organ=draft.organ,
            subject=draft.subject, by=actor, at=now(),
        ).pk  # fmt: skip
    rated = any(one.rule == "grades" for one in draft.questions)
    ask = projects_acts.open_residents_rating if rated else projects_acts.open_preference
    return ask(call_id=draft.call, population=draft.population, closes_at=draft.closes_at, by=actor, at=now()).pk


@page("poll.open")
def one(request: HttpRequest, vote_id: int) -> HttpResponse:
    """Show a poll: how many took part while it runs, the numbers after the close."""
    record = votes.poll(vote_id)
    demand(actor_of(request), "poll.open", organ=record.vote.case.organ_id)
    return show(
        request, "poll.html", d=record, so_far=votes.answered(vote_id) if record.is_open else record.answers, few=votes.FEW,
        hidden=votes.HIDDEN,
    )
