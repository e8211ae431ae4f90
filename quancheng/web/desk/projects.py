"""民生实事 at the desk: the calls of the actor's congresses, announcing one, objections to hiding (R7.50, S11)."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from quancheng.handling import queries as handling
from quancheng.people.permissions import demand, may
from quancheng.projects import acts
from quancheng.projects import queries as projects
from quancheng.publications import queries as publications
from quancheng.voting import queries as votes
from quancheng.web import errors
from quancheng.web.desk import projects_carrying as carrying
from quancheng.web.desk import projects_screening as screening
from quancheng.web.parts import now, page, today
from quancheng.web.parts.showing import actor_of, day, field, go, show, whole

CALL_WORDS = ("title", "words", "telephone", "address", "decision", "government")


@page("project.read")
def home(request: HttpRequest) -> HttpResponse:
    """List the calls, with how many wishes still wait for a fate where the actor decides."""
    actor = actor_of(request)
    calls = projects.calls()
    mine = [call for call in calls if may(actor, "project.manage", organ=call.organ_id)]
    waiting = {call.pk: projects.fate_counts(call.pk).get("open", 0) for call in mine[:5]}
    return show(
        request, "projects.html", tasks=projects.waiting(actor, today()), own=projects.my_projects(actor),
        governed=projects.of_government(actor), to_release=projects.to_release(actor), followed=projects.followed_by(actor),
        changes=projects.changes_waiting(actor), calls=calls, mine={call.pk for call in mine}, waiting=waiting,
        objections=projects.hidings_waiting(actor) if mine else [], state_label=projects.state_label,
    )  # fmt: skip


@page("project.manage", methods=("GET", "POST"))
def call_new(request: HttpRequest) -> HttpResponse:
    """Announce the call for a year's projects."""
    actor, refusal = actor_of(request), errors.Refusal()
    organ = next(o.organ for o in actor.offices if may(actor, "project.manage", organ=o.organ))
    if request.method == "POST":
        with errors.caught() as refusal:
            opens, closes = day(field(request, "opens_on")), day(field(request, "closes_on"))
            if opens is None or closes is None:
                raise acts.ProjectRefused(_("请填写征集开始和截止的日期。"), "opens_on" if opens is None else "closes_on")
            words = {name: field(request, name) for name in CALL_WORDS}
            form = acts.CallForm(year=whole(field(request, "year")), opens_on=opens, closes_on=closes, **words)
            made = acts.open_call(organ=organ, form=form, by=actor, at=now())
        if not refusal:
            return go(request, "desk_project_call", made.pk, done=_("征集公告已发出，网站上可以提了。"))
    name = str(getattr(refusal.exception, "field", ""))
    return show(
        request, "project_call_new.html", status=refusal.status, typed=request.POST, on=today(),
        governments=[(unit.pk, unit.name) for unit in handling.units(today())],
        faults=[(name, refusal.sentence)] if refusal else [], fault_of={name: refusal.sentence},
    )  # fmt: skip


@page("project.manage", methods=("GET", "POST"))
def call(request: HttpRequest, call_id: int) -> HttpResponse:
    """Show where a call stands: what came in, the candidates, the outcome of votes; and do what is pressed."""
    actor, found, refusal = actor_of(request), projects.call(call_id), errors.Refusal()
    demand(actor, "project.manage", organ=found.organ_id)
    if request.method == "POST":
        with errors.caught() as refusal:
            do = (screening.CALL | carrying.CALL).get(field(request, "do"))
            if do is None:
                raise acts.ProjectRefused(_("没有这项操作，请刷新页面后再试。"))
            done = do(request, call_id, {"by": actor, "at": now()})
        if not refusal:
            return go(request, "desk_project_call", call_id, done=done)
    listed = found.case.state == "listed"
    hall = projects.announced_ballot(found) if listed else None
    slip = next((one for one in projects.slips([found.organ_id], "rating") if one.call_id == call_id), None)
    return show(
        request, "project_call.html", status=refusal.status, c=found, state=projects.state_label(found.case),
        counts=projects.fate_counts(call_id), thread=projects.call_thread(found, today()), fates=projects.FATES, typed=request.POST,
        lines=projects.screened(call_id), reviews=projects.reviews(call_id), on=today(),
        candidates=projects.candidates(found.year, found.organ_id) if listed else [],
        rating=slip, rated=projects.announced_rating([case for _words, case in slip.rows]) if slip else None,
        figures=projects.figures(found) if found.case.state in ("decided", "rated") else [], polls=votes.polls_about(found.case_id),
        hall=hall, draft=projects.resolution_draft(found, hall.chosen) if hall else "",
        paper=publications.of_case(found.case_id, "project_resolution"),
        faults=[(str(getattr(refusal.exception, "field", "")), refusal.sentence)] if refusal else [],
    )  # fmt: skip


@page("project.read")
def briefing(request: HttpRequest, call_id: int) -> HttpResponse:
    """Show the candidates to deputies, each with cost, money, owner, views and questions; made to be printed too (R7.53)."""
    found = projects.call(call_id)
    return show(
        request, "project_briefing.html", c=found, state=projects.state_label(found.case), rows=projects.briefing(call_id)
    )


@page("project.manage", methods=("GET", "POST"))
def objections(request: HttpRequest) -> HttpResponse:
    """Decide objections to hiding: by another person than the one who hid the wish (S11)."""
    actor, refusal = actor_of(request), errors.Refusal()
    if request.method == "POST":
        with errors.caught() as refusal:
            acts.decide_objection(
                hiding_id=whole(field(request, "hiding")), show=field(request, "do") == "show", reason=field(request, "reason"),
                by=actor, at=now(),
            )  # fmt: skip
        if not refusal:
            return go(request, "desk_wish_objections", done=_("已复核，作者会收到通知。"))
    return show(
        request, "project_objections.html", status=refusal.status, rows=projects.hidings_waiting(actor), typed=request.POST,
        faults=[(str(getattr(refusal.exception, "field", "")), refusal.sentence)] if refusal else [],
    )  # fmt: skip
