"""A station's place: the list of stations, profile, functions, opening hours, closed days (M50, R8.13)."""

import datetime
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from quancheng.contact import acts
from quancheng.contact import queries as contact
from quancheng.people.permissions import may
from quancheng.web import errors
from quancheng.web.parts import now, page, today
from quancheng.web.parts.showing import actor_of, day, field, go, show

WEEKDAYS = ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日")
FUNCTIONS = (("liaison", "代表联络站"), ("legislation", "基层立法联系点"))
Act = Callable[[HttpRequest, str, dict[str, Any]], str]


def clock(raw: str | None) -> datetime.time | None:
    """Return the time written as 09:30, or None."""
    try:
        return datetime.time.fromisoformat((raw or "").strip())
    except ValueError:
        return None


@page("contact.keep_site")
def stations(request: HttpRequest) -> HttpResponse:
    """Show the stations that the actor keeps, with their receptions of four weeks."""
    text = request.GET.get("q", "").strip()[:30]
    actor, on = actor_of(request), today()
    points = contact.points_due(actor, on) if may(actor, "contact.manage") else []
    return show(
        request, "stations.html", lines=contact.kept_sites(actor, on, text), text=text,
        points=[(point, light) for point, light in points if light != "green"],
    )


def _decimal(raw: str, name: str) -> Decimal | None:
    try:
        found = Decimal(raw) if raw else None
    except InvalidOperation:
        raise acts.ContactRefused(_("经纬度请写成数字，例如 35.7627。"), name) from None
    if found is not None and not found.is_finite():
        raise acts.ContactRefused(_("经纬度请写成数字，例如 35.7627。"), name)
    return round(found, 6) if found is not None else None


def _profile(request: HttpRequest, site: str, who: dict[str, Any]) -> str:
    acts.set_profile(
        site=site, latitude=_decimal(field(request, "latitude"), "latitude"),
        longitude=_decimal(field(request, "longitude"), "longitude"), about=field(request, "about"),
        keeper=field(request, "keeper"), sealed_box=field(request, "sealed_box"), **who,
    )  # fmt: skip
    return _("站点资料已保存。")


def _hours(request: HttpRequest, site: str, who: dict[str, Any]) -> str:
    spans = []
    for weekday in range(7):
        for half in ("a", "b"):
            raw = [field(request, f"h{weekday}{half}{end}") for end in "12"]
            opens, closes = clock(raw[0]), clock(raw[1])
            if any(raw) and (opens is None or closes is None):
                raise acts.ContactRefused(_("%(d)s的开放时间没有填全。") % {"d": WEEKDAYS[weekday]}, "hours")
            if opens is not None and closes is not None:
                spans.append((weekday, opens, closes))
    acts.set_hours(site=site, spans=spans, **who)
    return _("开放时间已保存。")


def _close(request: HttpRequest, site: str, who: dict[str, Any]) -> str:
    closed = day(field(request, "day"))
    if closed is None:
        raise acts.ContactRefused(_("请选择闭站的日期。"), "day")
    acts.close_day(site=site, day=closed, reason=field(request, "reason"), **who)
    return _("闭站日已公布。")


def _open(request: HttpRequest, site: str, who: dict[str, Any]) -> str:
    acts.open_day(site=site, day=day(field(request, "day")) or today(), **who)
    return _("已恢复开放。")


def _functions(request: HttpRequest, site: str, who: dict[str, Any]) -> str:
    acts.set_functions(site=site, functions=tuple(request.POST.getlist("functions")), **who)
    return _("站点的功能已保存。")


ACTS: dict[str, Act] = {
    "profile": _profile, "hours": _hours, "close": _close, "open": _open, "functions": _functions,
}  # fmt: skip


def run(request: HttpRequest, site: str, table: dict[str, Act]) -> str:
    """Do what the pressed button says; return the sentence of success. Raises what the act raises."""
    act = table.get(field(request, "do"))
    if act is None:
        raise acts.ContactRefused(_("没有这项操作，请刷新页面后再试。"))
    return act(request, site, {"by": actor_of(request), "at": now()})


@page("contact.keep_site", methods=("GET", "POST"))
def station(request: HttpRequest, code: str) -> HttpResponse:
    """Show and change where a station lies, what it is for, when it is open."""
    kept, refusal = contact.kept_site(code, actor_of(request)), errors.Refusal()
    if request.method == "POST":
        with errors.caught() as refusal:
            done = run(request, code, ACTS)
        if not refusal:
            return go(request, "desk_station", code, done=done)
    place = contact.place_of(kept.site, today())
    return show(
        request, "station.html", status=refusal.status, kept=kept, site=kept.site, place=place, typed=request.POST,
        hours=_table(place.hours), weekdays=WEEKDAYS, functions=FUNCTIONS, faults=faults_of(refusal), tab="place",
    )  # fmt: skip


def faults_of(refusal: errors.Refusal) -> list[tuple[str, str]]:
    """Return the fault of a refusal for the top of the page."""
    return [("", refusal.sentence)] if refusal else []


def _table(hours: list[Any]) -> dict[str, str]:
    """Return the fields of the table of hours: h<weekday><a|b><1|2> -> 09:30."""
    found: dict[str, str] = {}
    for weekday in range(7):
        spans = [h for h in hours if h.weekday == weekday][:2]
        for half, span in zip("ab", spans, strict=False):
            found[f"h{weekday}{half}1"], found[f"h{weekday}{half}2"] = f"{span.opens:%H:%M}", f"{span.closes:%H:%M}"
    return found
