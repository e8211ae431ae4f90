"""今天: what is due, what is late, what is mine, what others owe; cases and jobs behind it."""

import datetime

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from quancheng.consultations import queries as consultations
from quancheng.legislation import acts as legislation
from quancheng.legislation import queries as bills
from quancheng.people.permissions import demand, may
from quancheng.procedures import queries as procedures
from quancheng.publications import queries as publications
from quancheng.texts import queries as texts
from quancheng.web import errors
from quancheng.web.desk import waiting
from quancheng.web.parts import now, page, today
from quancheng.web.parts.showing import actor_of, field, go, organs_of, show, sites_of, whole

BILLS = ("regulation_bill", "consultation")  # what this page counts by itself; every other matter has its tiles


@page("signed_in")
def home(request: HttpRequest) -> HttpResponse:
    """Show the blocks that belong to the actor's offices."""
    actor, on = actor_of(request), today()
    staff = may(actor, "consultation.read")
    lines = procedures.inbox(actor, on, kinds=BILLS) if staff else []
    work = consultations.my_work(actor) if may(actor, "opinion.decide") else []
    return show(
        request, "home.html", on=on, tiles=waiting.tiles(actor, on),
        due=[line for line in lines if line.due_on == on],
        late=[line for line in lines if line.due_on < on],
        soon=[line for line in lines if on < line.due_on <= on + datetime.timedelta(days=30)],
        work=work,
        assigned=sum(line.mine for line in work),
        queue=publications.review_queue(actor) if may(actor, "report.release") else [],
        appeals=consultations.appeals(actor) if may(actor, "opinion.appeal") else [],
        jobs=procedures.unfinished_jobs() if staff or may(actor, "audit.read") else [],
        sites=[(code, consultations.site_desk(code)) for code in sites_of(actor)],
        open_now=consultations.consultations("open") if may(actor, "opinion.say_as_deputy") else [],
    )  # fmt: skip


@page("consultation.read", methods=("GET", "POST"))
def case(request: HttpRequest, case_id: int) -> HttpResponse:
    """Show a bill's thread, its texts and consultations, and take its steps; a consultation has its own page."""
    found, actor = procedures.case(case_id), actor_of(request)
    demand(actor, "consultation.read", organ=found.organ_id)
    if found.procedure == "consultation":
        return go(request, "desk_consultation", consultations.of_case(case_id).slug)
    bill, refusal = bills.bill_of_case(case_id), errors.Refusal()
    if request.method == "POST" and bill is not None:
        with errors.caught() as refusal:
            step = legislation.revise if field(request, "step") == "revise" else legislation.put_on_agenda
            step(bill_id=bill.pk, by=actor, at=now())
        if not refusal:
            return go(request, "desk_case", case_id, done=_("已办理，记入全程轴。"))
    text = texts.texts({found.organ_id}).filter(case_id=case_id).first()
    return show(
        request, "case.html", status=refusal.status, case=found, bill=bill, text=text,
        versions=texts.versions(text.pk) if text else [],
        thread=procedures.thread(found, today()), steps=procedures.open_steps(found, actor),
        consultations=[c for c in consultations.consultations() if c.subject_id == case_id],
        faults=[("", refusal.sentence)] if refusal else [],
    )  # fmt: skip


@page("signed_in")
def job(request: HttpRequest, job_id: int) -> HttpResponse:
    """Show how far a background job is; the page reloads itself until the job has ended."""
    back = request.GET.get("back", "")
    return show(request, "job.html", job=procedures.job(job_id), back=back if back.startswith("/desk/") else "")


@page("consultation.read")
def bill_list(request: HttpRequest) -> HttpResponse:
    """List the bills of the actor's organs, fifty a page."""
    found = bills.bills(organs_of(actor_of(request)))
    number = max(whole(request.GET.get("page"), 1), 1)
    return show(
        request, "bills.html", bills=found[(number - 1) * 50 : number * 50], number=number, pages=-(-len(found) // 50)
    )
