"""履职: a deputy checks in, sees his file with its points and their rule, asks for corrections; the office decides (M36, R6.09)."""

import datetime
import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from quancheng.contact import acts
from quancheng.contact import queries as contact
from quancheng.meetings.queries import inviting
from quancheng.people import queries as people
from quancheng.web import errors
from quancheng.web.parts import now, page, today
from quancheng.web.parts.showing import actor_of, day, field, go, show, whole

WISHES = (("add", "补记一条"), ("change", "更改这条"), ("strike", "删去这条"))
KINDS = (
    ("suggestion", "提出建议"), ("inspection", "视察、调研"), ("reception", "接待群众"), ("check_in", "双报到"),
    ("activity", "参加活动"), ("report", "向选民述职"), ("contact", "联系群众"), ("study", "学习培训"),
)  # fmt: skip
RECORDED = (("inspection", "视察、调研"), ("activity", "参加活动"), ("study", "学习培训"), ("absence", "无故缺席（按半天计）"))
HOMES = ("village", "community")


def _year(request: HttpRequest) -> int:
    year = whole(request.GET.get("year"), today().year)
    return year if 2000 <= year <= today().year else today().year


def _faults(refusal: errors.Refusal) -> list[tuple[str, str]]:
    return [(getattr(refusal.exception, "field", ""), refusal.sentence)] if refusal else []


@page("duty.keep", methods=("GET", "POST"))
def check_in(request: HttpRequest) -> HttpResponse:
    """双报到: report at a site or at home; place and time, no track (S21)."""
    actor, refusal = actor_of(request), errors.Refusal()
    if request.method == "POST":
        with errors.caught() as refusal:
            made = acts.check_in(
                form=acts.CheckInForm(
                    site=field(request, "site"), area=field(request, "area"), task_id=whole(field(request, "task")) or None,
                    minutes=whole(field(request, "minutes")), words=field(request, "words"),
                ),
                by=actor, at=now(),
            )  # fmt: skip
        if not refusal:
            return go(request, "desk_check_in", done=_("已报到：%(place)s") % {"place": made.place})
    words = request.GET.get("place", "").strip()[:20]
    homes = [area for area in people.find_areas(words, today()) if area.kind in HOMES] if words else []
    return show(
        request, "duty_check_in.html", status=refusal.status, typed=request.POST, words=words, homes=homes,
        sites=[(site.code, site.name) for site in people.sites(today())], mine=contact.my_check_ins(actor),
        tasks=[(tag.pk, tag.label) for tag in contact.task_tags(today())], faults=_faults(refusal),
    )  # fmt: skip


@page("duty.keep")
def days(request: HttpRequest) -> HttpResponse:
    """Show a deputy the days on which he receives residents, and who has a turn there (R8.03)."""
    number = max(whole(request.GET.get("page"), 1), 1)
    found, total = contact.my_days(actor_of(request), today(), number)
    return show(request, "duty_days.html", days=found, on=today(), number=number, pages=-(-total // 10))


@page("duty.keep", methods=("GET", "POST"))
def mine(request: HttpRequest) -> HttpResponse:
    """Show a deputy his duty file: facts, points with their rule, his corrections; ask for one (R6.09, S17)."""
    actor, refusal = actor_of(request), errors.Refusal()
    if request.method == "POST":
        with errors.caught() as refusal:
            form = acts.CorrectionForm(
                wish=field(request, "wish"), reason=field(request, "reason"), fact_id=whole(field(request, "fact")) or None,
                kind=field(request, "kind"), on=day(field(request, "on")), title=field(request, "title"),
            )  # fmt: skip
            acts.ask_correction(form=form, by=actor, at=now())
        if not refusal:
            return go(request, "desk_duty", query=f"year={_year(request)}", done=_("已提出，代表工委决定后会显示在这里。"))
    return show(
        request, "duty.html", status=refusal.status, typed=request.POST, year=_year(request), this_year=today().year,
        file=contact.duty_file(actor.id, _year(request), actor), wishes=WISHES, kinds=KINDS, faults=_faults(refusal),
    )  # fmt: skip


@page("duty.decide", methods=("GET", "POST"))
def office(request: HttpRequest) -> HttpResponse:
    """Show the office what waits for a decision, the central tasks, and the form for what the system cannot see."""
    actor, refusal = actor_of(request), errors.Refusal()
    if request.method == "POST":
        with errors.caught() as refusal:
            done = _office_act(request)
        if not refusal:
            return go(request, "desk_duty_office", done=done)
    month = today().replace(day=1)
    return show(
        request, "duty_office.html", status=refusal.status, typed=request.POST, waiting=contact.corrections_waiting(actor),
        tasks=contact.task_tags(today()), totals=contact.check_in_totals(month, today() + datetime.timedelta(days=1)),
        deputies=contact.deputies_now(actor, today()), recorded=RECORDED, on=today(),
        key=field(request, "key") or secrets.token_hex(16), faults=_faults(refusal),
    )  # fmt: skip


def _office_act(request: HttpRequest) -> str:
    who: dict[str, Any] = {"by": actor_of(request), "at": now()}
    match field(request, "do"):
        case "decide":
            acts.decide_correction(
                correction_id=whole(field(request, "correction")), accept=field(request, "accept") == "yes",
                reason=field(request, "reason"), **who,
            )  # fmt: skip
            return _("已决定，代表可以看到理由。")
        case "task":
            acts.make_task_tag(label=field(request, "label"), valid_from=today(), **who)
            return _("任务已设立。")
        case "end_task":
            acts.end_task_tag(tag_id=whole(field(request, "task")), last_day=today(), **who)
            return _("任务已结束。")
    on = day(field(request, "on"))
    if on is None:
        raise acts.ContactRefused(_("请填写日期。"), "on")
    acts.record_fact(
        account_id=whole(field(request, "deputy")), kind=field(request, "kind"), on=on, title=field(request, "title"),
        submission_key=field(request, "key"), number=whole(field(request, "number"), 1), **who,
    )  # fmt: skip
    return _("已记入履职档案。")


@page("duty.decide", methods=("GET", "POST"))
def file(request: HttpRequest, account_id: int) -> HttpResponse:
    """Show the office one deputy's file, with the meetings he attended without a vote; each can be taken into it (M41)."""
    actor, refusal = actor_of(request), errors.Refusal()
    found, attended = contact.duty_file(account_id, _year(request), actor), inviting.attended(account_id)
    if request.method == "POST":
        with errors.caught() as refusal:
            done = _take_in(request, account_id, attended)
            return go(request, "desk_duty_file", account_id, done=done, query=f"year={_year(request)}")
    return show(
        request, "duty_file.html", status=refusal.status, file=found, year=_year(request), this_year=today().year,
        attended=attended, faults=_faults(refusal),
    )  # fmt: skip


def _take_in(request: HttpRequest, account_id: int, attended: list[Any]) -> str:
    """Put a meeting that the deputy attended without a vote into his file, once. Raises ContactRefused."""
    seat = next((one for one in attended if one.pk == whole(field(request, "attended"))), None)
    if seat is None:
        raise acts.ContactRefused(_("没有这次列席的签到记录。"))
    acts.record_fact(
        account_id=account_id, kind="activity", on=timezone.localdate(seat.meeting.starts_at),
        title=_("列席%(title)s") % {"title": seat.meeting.title}, submission_key=f"attended-without-vote-{seat.pk}",
        by=actor_of(request), at=now(),
    )  # fmt: skip
    return _("已记入履职档案。")
