"""表决 at the secretariat's desk: the list, preparing one, naming scrutineers, tellers and the registrar."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from quancheng.meetings import queries as meetings
from quancheng.people import queries as people
from quancheng.people.permissions import demand
from quancheng.projects import queries as projects
from quancheng.voting import acts
from quancheng.voting import queries as votes
from quancheng.web import errors
from quancheng.web.parts import now, page, today
from quancheng.web.parts.showing import actor_of, field, go, organs_of, show, whole

MODES = (("device", "表决器，无记名"), ("recorded", "表决器，记名"), ("paper", "纸质选票，无记名"), ("hands", "举手"))
FORCES = (("statutory", "法定表决"), ("advisory", "参考性，不具法定效力"))
KINDS = (
    ("yes_or_no", "赞成、反对、弃权（每行一件，逐件表决）"), ("choosing", "从多项中选出若干项（每行一个选项，须差额）"),
    ("grading", "满意、基本满意、不满意（每行一件）"),
    ("ballot", "民生实事候选项目票决（候选和名额自动列入）"), ("rating", "民生实事项目测评（项目自动列入）"),
)  # fmt: skip
DUTIES = (("scrutineer", "监票人", 5), ("teller", "计票人", 2))
PAGE = 50


@page("vote.run")
def listing(request: HttpRequest) -> HttpResponse:
    """List the votes of the actor's organs, newest first, fifty a page, filtered by state and mode."""
    actor = actor_of(request)
    found, wanted = votes.votes(organs_of(actor)), {name: request.GET.get(name, "") for name in ("state", "mode", "q")}
    if wanted["state"]:
        found = found.filter(case__state=wanted["state"])
    if wanted["mode"]:
        found = found.filter(mode=wanted["mode"])
    if wanted["q"]:
        found = found.filter(title__contains=wanted["q"][:60])
    number, total = max(whole(request.GET.get("page"), 1), 1), found.count()
    return show(
        request, "votes.html", rows=found[(number - 1) * PAGE : number * PAGE], number=number, total=total,
        pages=-(-total // PAGE), wanted=wanted, modes=MODES, states=votes.STATES,
    )  # fmt: skip


@page("vote.prepare", methods=("GET", "POST"))
def new(request: HttpRequest) -> HttpResponse:
    """Prepare a vote: meeting, mode, kind and one matter or option a line."""
    actor, refusal = actor_of(request), errors.Refusal()
    if request.method == "POST":
        with errors.caught() as refusal:
            made = acts.prepare(
                meeting_id=whole(field(request, "meeting")) or 0, title=field(request, "title"), mode=field(request, "mode"),
                force=field(request, "force"), questions=_questions(request), by=actor, at=now(),
            )  # fmt: skip
        if not refusal:
            return go(request, "desk_vote_officials", made.pk, done=_("已准备好，请指定监票人和计票人。"))
    return show(
        request, "vote_new.html", status=refusal.status, typed=request.POST, faults=[("", refusal.sentence)] if refusal else [],
        meetings=votes.meetings_to_vote_in(organs_of(actor)), modes=MODES, forces=FORCES, kinds=KINDS,
        wanted=request.GET.get("meeting", ""),
    )  # fmt: skip


def _questions(request: HttpRequest) -> list[acts.QuestionDraft]:
    lines = [line.strip() for line in field(request, "lines").splitlines() if line.strip()]
    kind, seats = field(request, "kind"), whole(field(request, "seats")) or 0
    if kind in ("ballot", "rating"):
        return _of_projects(request, kind)
    if not lines:
        raise acts.VoteRefused(_("请写明表决事项或者选项，每行一个。"))
    if kind == "choosing":
        return [acts.choosing(field(request, "title"), [(line, None) for line in lines], seats)]
    if kind == "grading":
        return [acts.grading(line) for line in lines]
    return [acts.yes_or_no(line) for line in lines]


def _of_projects(request: HttpRequest, kind: str) -> list[acts.QuestionDraft]:
    """Return the ballot on candidates, or the rating of a year's projects, as the list of projects has them (R7.53, R7.57)."""
    slip = next(iter(projects.slips(organs_of(actor_of(request)), kind)), None)
    if slip is None:
        raise acts.VoteRefused(_("现在没有提请票决或者等待测评的民生实事项目。"))
    if kind == "ballot":
        return [acts.choosing(slip.title, slip.rows, slip.places)]
    return [acts.grading(title, case) for title, case in slip.rows]


@page("vote.prepare", methods=("GET", "POST"))
def officials(request: HttpRequest, vote_id: int) -> HttpResponse:
    """Name scrutineers and tellers among the members, and the registrar among those who hold the office."""
    actor, vote, refusal = actor_of(request), votes.vote(vote_id), errors.Refusal()
    demand(actor, "vote.prepare", organ=vote.case.organ_id)
    members = votes.members(vote.meeting_id or 0)
    registrars = people.colleagues(vote.case.organ_id, today(), "vote.register")
    if request.method == "POST":
        with errors.caught() as refusal:
            _name(request, vote_id, {one.name: one.account_id for one in members}, {one.name: one.pk for one in registrars})
        if not refusal:
            return go(request, "desk_vote", vote_id, done=_("人员已指定。"))
    return show(
        request, "vote_officials.html", status=refusal.status, vote=vote, members=members, registrars=registrars,
        duties=DUTIES, typed=request.POST, faults=[("", refusal.sentence)] if refusal else [], now=votes.officials(vote_id),
        hall=meetings.hall(vote.meeting_id or 0),
    )  # fmt: skip


def _name(request: HttpRequest, vote_id: int, members: dict[str, int], registrars: dict[str, int]) -> None:
    actor, at = actor_of(request), now()
    for duty, label, _count in DUTIES:
        names = [name.strip() for name in request.POST.getlist(duty) if name.strip()]
        unknown = [name for name in names if name not in members]
        if unknown:
            raise acts.VoteRefused(_("%(label)s“%(name)s”不在出席人员名单中。") % {"label": label, "name": unknown[0][:20]})
        if names:
            acts.name_officials(vote_id=vote_id, duty=duty, accounts=[members[name] for name in names], by=actor, at=at)
    chosen = registrars.get(field(request, "registrar"))
    if chosen is not None:
        acts.name_officials(vote_id=vote_id, duty="registrar", accounts=[chosen], by=actor, at=at)


@page("vote.run")
def one(request: HttpRequest, vote_id: int) -> HttpResponse:
    """Lead to the page of the vote's mode."""
    vote = votes.vote(vote_id)
    demand(actor_of(request), "vote.run", organ=vote.case.organ_id)
    return go(request, "desk_vote_device" if vote.mode == "device" else "desk_vote_count", vote_id)
