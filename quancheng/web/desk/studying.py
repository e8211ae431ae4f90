"""学习: the plan of a year with its courses; a course with what there is to read, its places and its quiz (R8.01, R8.11)."""

import datetime
import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from quancheng.contact import acts
from quancheng.contact import queries as contact
from quancheng.people import queries as people
from quancheng.people.permissions import demand, may
from quancheng.web import errors
from quancheng.web.parts import now, page, today
from quancheng.web.parts.showing import actor_of, download, field, go, ids, show, whole

MOST = 20  # questions of a quiz
SPARE = 3  # empty ones on the form


def _moment(request: HttpRequest, name: str) -> datetime.datetime:
    """Return the moment of a datetime-local field, city time. Raises ContactRefused."""
    try:
        return timezone.make_aware(datetime.datetime.fromisoformat(field(request, name)).replace(tzinfo=None))
    except ValueError:
        raise acts.ContactRefused(_("请填写日期和时间。"), name) from None


@page("study.read", methods=("GET", "POST"))
def plan(request: HttpRequest) -> HttpResponse:
    """Show the plan of a year; the office makes it and adds courses."""
    actor, refusal = actor_of(request), errors.Refusal()
    year = whole(request.GET.get("year"), today().year)
    year = year if 2000 <= year <= 2100 else today().year
    office = people.organ_with_role("deputy_office", today())
    found = contact.plan_page(office, year, actor)
    if request.method == "POST":
        with errors.caught() as refusal:
            done = _plan_act(request, office, year, found)
        if not refusal:
            return go(request, "desk_study", query=f"year={year}", done=done)
    return show(
        request, "study.html", status=refusal.status, found=found, year=year, this_year=today().year, typed=request.POST,
        manages=bool(office) and may(actor, "study.plan", organ=office), joins=may(actor, "study.join"), now=now(),
        faults=[(getattr(refusal.exception, "field", ""), refusal.sentence)] if refusal else [],
    )  # fmt: skip


def _plan_act(request: HttpRequest, office: str, year: int, found: contact.PlanPage | None) -> str:
    who: dict[str, Any] = {"by": actor_of(request), "at": now()}
    demand(who["by"], "study.plan", organ=office)
    if field(request, "do") == "course" and found is not None:
        form = acts.CourseForm(
            title=field(request, "title"), starts_at=_moment(request, "starts_at"),
            ends_at=_moment(request, "ends_at"), place=field(request, "place"),
            capacity=whole(field(request, "capacity")), words=field(request, "words"), access=field(request, "access"),
        )  # fmt: skip
        acts.add_course(plan_id=found.plan.pk, form=form, **who)
        return _("课程已加入计划。")
    acts.make_plan(
        organ=office, year=year, title=field(request, "title"), words=field(request, "words"),
        basis=field(request, "basis"), **who,
    )  # fmt: skip
    return _("学习计划已公布。")


@page("study.read", methods=("GET", "POST"))
def course(request: HttpRequest, course_id: int) -> HttpResponse:
    """Show a course: sign up, read, take the quiz; the office adds materials, sets the quiz and notes who came."""
    actor, refusal = actor_of(request), errors.Refusal()
    if request.method == "POST":
        with errors.caught() as refusal:
            done = DOINGS.get(field(request, "do"), _join)(request, course_id, {"by": actor, "at": now()})
        if not refusal:
            return go(request, "desk_study_course", course_id, done=done)
    found = contact.course_page(course_id, actor)
    return show(
        request, "study_course.html", status=refusal.status, found=found, typed=request.POST, now=now(),
        key=field(request, "key") or secrets.token_hex(16), questions=_questions(request, found),
        manages=may(actor, "study.plan", organ=found.course.plan.organ_id), joins=may(actor, "study.join"),
        faults=[(getattr(refusal.exception, "field", ""), refusal.sentence)] if refusal else [],
    )  # fmt: skip


def _questions(request: HttpRequest, found: contact.CoursePage) -> list[dict[str, str]]:
    """Return the rows of the quiz form: what was typed, else what is set; with some empty ones below."""
    if field(request, "do") == "quiz":
        names = ("text", "options", "right", "why")
        rows = [{name: field(request, f"{name}-{at}") for name in names} for at in range(MOST)]
        rows = [row for row in rows if row["text"] or row["options"]]
    else:
        rows = []
        for question in found.quiz:
            options = list(question.options.all())
            right = next(place for place, option in enumerate(options, start=1) if option.right)
            rows.append(
                {"text": question.text, "options": "\n".join(o.text for o in options), "right": str(right), "why": question.explanation}
            )
    return rows + [{} for _spare in range(min(SPARE, MOST - len(rows)))]


def _join(request: HttpRequest, course_id: int, who: dict[str, Any]) -> str:
    acts.sign_up(course_id=course_id, **who)
    return _("已报名。")


def _leave(request: HttpRequest, course_id: int, who: dict[str, Any]) -> str:
    acts.leave_course(course_id=course_id, **who)
    return _("已取消报名，名额让给别人。")


def _answer(request: HttpRequest, course_id: int, who: dict[str, Any]) -> str:
    chosen = {
        int(name.removeprefix("q-")): whole(str(value))
        for name, value in request.POST.items()
        if name.startswith("q-") and name.removeprefix("q-").isdecimal() and len(name) < 20
    }
    made = acts.take_quiz(course_id=course_id, chosen=chosen, submission_key=field(request, "key"), **who)
    return _("答对%(right)s题，共%(asked)s题。") % {"right": made.right, "asked": made.asked}


def _material(request: HttpRequest, course_id: int, who: dict[str, Any]) -> str:
    file = request.FILES.get("file")
    data = file.read() if file is not None else b""
    acts.add_material(course_id=course_id, title=field(request, "title"), words=field(request, "words"), data=data, **who)
    return _("材料已加入。")


def _quiz(request: HttpRequest, course_id: int, who: dict[str, Any]) -> str:
    forms = []
    for at in range(MOST):
        text = field(request, f"text-{at}")
        options = tuple(line.strip() for line in field(request, f"options-{at}").splitlines() if line.strip())
        if text or options:
            right = whole(field(request, f"right-{at}")) - 1
            forms.append(acts.QuestionForm(text, options, right, field(request, f"why-{at}")))
    acts.set_quiz(course_id=course_id, questions=forms, **who)
    return _("测验已设好，共%(n)s题。") % {"n": len(forms)}


def _attended(request: HttpRequest, course_id: int, who: dict[str, Any]) -> str:
    number = acts.mark_attended(course_id=course_id, account_ids=ids(request, "came"), **who)
    return _("已记录%(n)s人参加，记入履职档案。") % {"n": number}


def _cancel(request: HttpRequest, course_id: int, who: dict[str, Any]) -> str:
    acts.cancel_course(course_id=course_id, reason=field(request, "reason"), **who)
    return _("课程已取消。")


DOINGS = {
    "join": _join, "leave": _leave, "answer": _answer, "material": _material, "quiz": _quiz, "attended": _attended,
    "cancel": _cancel,
}  # fmt: skip


@page("study.read")
def material(request: HttpRequest, material_id: int) -> HttpResponse:
    """Hand out the file of a material."""
    found, data = contact.material_file(material_id, actor_of(request))
    return download(data, f"{found.title}.{found.stored_name.rpartition('.')[2]}", found.kind)
