"""A station's days: rota, reception days and mobile stations, and the queue of a reception (M35, M52, R8.03)."""

import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from quancheng.contact import acts
from quancheng.contact import queries as contact
from quancheng.people import queries as people
from quancheng.web import errors
from quancheng.web.desk.sites_keeping import Act, clock, faults_of, run
from quancheng.web.parts import now, page, today
from quancheng.web.parts.showing import actor_of, day, field, go, ids, show, whole


def _span(request: HttpRequest) -> dict[str, Any]:
    """Read day and times. Raises ContactRefused."""
    on, starts, ends = day(field(request, "day")), clock(field(request, "starts")), clock(field(request, "ends"))
    if on is None or starts is None or ends is None:
        raise acts.ContactRefused(_("请把日期、开始和结束时间填全。"), "day")
    return {"day": on, "starts": starts, "ends": ends}


def _rota(request: HttpRequest, site: str, who: dict[str, Any]) -> str:
    acts.put_on_rota(site=site, account_id=whole(field(request, "account")), **_span(request), **who)
    return _("已排入值班表。")


def _off(request: HttpRequest, site: str, who: dict[str, Any]) -> str:
    acts.take_off_rota(turn_id=whole(field(request, "turn")), **who)
    return _("这次值班已取消。")


def _plan(request: HttpRequest, site: str, who: dict[str, Any]) -> str:
    form = acts.ReceptionForm(
        site=site, capacity=whole(field(request, "capacity")), deputies=tuple(ids(request, "deputies")),
        topic=field(request, "topic"), place=field(request, "place"), area=field(request, "area"), **_span(request),
    )
    acts.plan_reception(form=form, **who)
    return _("接待日已公布，群众可以预约。")


DAYS: dict[str, Act] = {"rota": _rota, "off": _off, "plan": _plan}


@page("contact.keep_site", methods=("GET", "POST"))
def days(request: HttpRequest, code: str) -> HttpResponse:
    """Show and plan a station's rota and its reception days."""
    kept, refusal = contact.kept_site(code, actor_of(request)), errors.Refusal()
    if request.method == "POST":
        with errors.caught() as refusal:
            done = run(request, code, DAYS)
        if not refusal:
            return go(request, "desk_station_days", code, done=done)
    deputies = contact.deputies_now(actor_of(request), today())
    return show(
        request, "station_days.html", status=refusal.status, kept=kept, site=kept.site, typed=request.POST, tab="days",
        days=contact.days_of(kept.site, today()), deputies=deputies, chosen=set(ids(request, "deputies")), on=today(),
        people=[*contact.staff_of(kept.site, today()), *deputies], faults=faults_of(refusal),
        areas=[(a.code, a.name) for a in people.areas_under(kept.site.area_id, today())],
    )  # fmt: skip


def _number(request: HttpRequest, pk: int, who: dict[str, Any]) -> str:
    form = acts.BookingForm(
        submission_key=field(request, "key"), phone=field(request, "phone"), name=field(request, "name"),
        about=field(request, "about"),
    )
    made = acts.take_number(reception_id=pk, form=form, **who)
    return _("取号：%(n)s号。回执号 %(c)s") % {"n": made.number, "c": made.receipt_code}


def _call(request: HttpRequest, pk: int, who: dict[str, Any]) -> str:
    called = acts.call_next(reception_id=pk, **who)
    return _("请%(n)s号。") % {"n": called.number} if called else _("没有等候的人了。")


def _finish(request: HttpRequest, pk: int, who: dict[str, Any]) -> str:
    acts.finish_visit(
        booking_id=whole(field(request, "booking")), came=field(request, "came") == "yes",
        opinion_id=whole(field(request, "opinion")) or None, **who,
    )
    return _("已记下。")


def _came(request: HttpRequest, pk: int, who: dict[str, Any]) -> str:
    acts.note_deputy_came(reception_id=pk, account_id=whole(field(request, "account")), **who)
    return _("已记入代表履职记录。")


def _cancel(request: HttpRequest, pk: int, who: dict[str, Any]) -> str:
    acts.cancel_reception(reception_id=pk, reason=field(request, "reason"), **who)
    return _("接待已取消，预约的群众会收到通知。")


def _end(request: HttpRequest, pk: int, who: dict[str, Any]) -> str:
    acts.close_reception(reception_id=pk, **who)
    return _("这次接待已结束。")


QUEUE = {"number": _number, "call": _call, "finish": _finish, "came": _came, "cancel": _cancel, "end": _end}


@page("contact.keep_site", methods=("GET", "POST"))
def queue(request: HttpRequest, reception_id: int) -> HttpResponse:
    """Run a reception: give numbers, call the next, note who was seen and which deputies came; cancel or end it."""
    found, refusal = contact.queue(reception_id, actor_of(request)), errors.Refusal()
    if request.method == "POST":
        with errors.caught() as refusal:
            done = _queued(request, reception_id)
        if not refusal:
            return go(request, "desk_reception", reception_id, done=done)
        found = contact.queue(reception_id, actor_of(request))
    here = found.reception.site_id
    return show(
        request, "reception.html", status=refusal.status, q=found, r=found.reception, typed=request.POST, on=today(),
        called=[b for b in found.bookings if b.state == "called"], key=field(request, "key") or secrets.token_hex(16),
        recent=contact.entered_on(here, actor_of(request), found.reception.day), faults=faults_of(refusal),
    )  # fmt: skip


def _queued(request: HttpRequest, reception_id: int) -> str:
    act = QUEUE.get(field(request, "do"))
    if act is None:
        raise acts.ContactRefused(_("没有这项操作，请刷新页面后再试。"))
    return act(request, reception_id, {"by": actor_of(request), "at": now()})
