"""A station's log: activities of the five functions with pictures, the eight things, the demonstration point (M49, R8.13, R8.14)."""

import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from quancheng.contact import acts
from quancheng.contact import queries as contact
from quancheng.web import errors
from quancheng.web.desk.sites_keeping import Act, faults_of, run
from quancheng.web.parts import page, today
from quancheng.web.parts.showing import actor_of, day, field, go, ids, show, whole

FIVE = (
    ("contact", "联：联系群众"), ("gather", "聚：汇聚民智"), ("supervise", "督：监督促进"), ("govern", "治：参与治理"),
    ("learn", "学：学习宣传"),
)  # fmt: skip
EIGHT = (
    ("room", "有场所"), ("sign", "有标识"), ("rules", "有制度"), ("staff", "有人员"), ("funds", "有经费"),
    ("activities", "有活动"), ("ledger", "有台账"), ("results", "有成效"),
)  # fmt: skip
MARKS = (("study", "研习"), ("practice", "实践"), ("display", "展示"), ("publicity", "宣传"), ("radiate", "辐射"))
OUTCOMES = (("kept", "保留"), ("mend", "限期整改"), ("removed", "撤销"))
PICTURES = 3  # fields of the form; more can be recorded in another entry


def _record(request: HttpRequest, site: str, who: dict[str, Any]) -> str:
    held = day(field(request, "held_on"))
    if held is None:
        raise acts.ContactRefused(_("请选择举办的日期。"), "held_on")
    pictures = []
    for number in range(PICTURES):
        for file in request.FILES.getlist(f"picture{number}"):
            pictures.append((file.read(), field(request, f"caption{number}")))
    form = acts.ActivityForm(
        site=site, function=field(request, "function"), title=field(request, "title"), words=field(request, "words"),
        held_on=held, submission_key=field(request, "key"), place=field(request, "place"),
        present=whole(field(request, "present")), deputies=tuple(ids(request, "deputies")), pictures=tuple(pictures),
    )  # fmt: skip
    acts.record_activity(form=form, **who)
    return _("活动已记下，由另一人看过以后公开。")


def _show(request: HttpRequest, site: str, who: dict[str, Any]) -> str:
    acts.show_activity(activity_id=whole(field(request, "activity")), **who)
    return _("已公开到站点页面。")


def _hide(request: HttpRequest, site: str, who: dict[str, Any]) -> str:
    acts.hide_activity(activity_id=whole(field(request, "activity")), reason=field(request, "reason"), **who)
    return _("已从站点页面撤下。")


LOG: dict[str, Act] = {"record": _record, "show": _show, "hide": _hide}


@page("contact.keep_site", methods=("GET", "POST"))
def activities(request: HttpRequest, code: str) -> HttpResponse:
    """Show and record a station's activities; another person shows them to the public."""
    kept, refusal = contact.kept_site(code, actor_of(request)), errors.Refusal()
    if request.method == "POST":
        with errors.caught() as refusal:
            done = run(request, code, LOG)
        if not refusal:
            return go(request, "desk_station_activities", code, done=done)
    number = max(whole(request.GET.get("page"), 1), 1)
    rows, total = contact.activities_of(kept.site, number)
    return show(
        request, "station_activities.html", status=refusal.status, kept=kept, site=kept.site, rows=rows, five=FIVE,
        number=number, pages=-(-total // 20), typed=request.POST, chosen=set(ids(request, "deputies")), tab="activities",
        deputies=contact.deputies_now(actor_of(request), today()), key=field(request, "key") or secrets.token_hex(16),
        on=today(), faults=faults_of(refusal), pictures=range(PICTURES),
    )  # fmt: skip


@page("public")
def picture(request: HttpRequest, picture_id: int) -> HttpResponse:
    """Send a picture of an activity: a shown one to all, another to those who keep the station."""
    found, data = contact.activity_picture(picture_id, actor_of(request))
    response = HttpResponse(data, content_type=found.kind)
    response["Cache-Control"] = "public, max-age=3600" if found.activity.shown_at else "no-store"
    return response


def _eight(request: HttpRequest, site: str, who: dict[str, Any]) -> str:
    found = {item: (field(request, f"met-{item}") == "yes", field(request, f"said-{item}")) for item, _label in EIGHT}
    acts.check_site(site=site, on=day(field(request, "on")) or today(), found=found, words=field(request, "words"), **who)
    return _("查看情况已记下。")


def _nominate(request: HttpRequest, site: str, who: dict[str, Any]) -> str:
    acts.nominate_point(site=site, host=field(request, "host"), grounds=field(request, "grounds"), **who)
    return _("已推荐，由代表工委实地核查。")


def _check(request: HttpRequest, site: str, who: dict[str, Any]) -> str:
    acts.check_point(point_id=whole(field(request, "point")), findings=field(request, "findings"), **who)
    return _("核查情况已记下。")


def _name(request: HttpRequest, site: str, who: dict[str, Any]) -> str:
    acts.name_point(point_id=whole(field(request, "point")), **who)
    return _("已命名，复查的日期已经排定。")


def _drop(request: HttpRequest, site: str, who: dict[str, Any]) -> str:
    acts.drop_nomination(point_id=whole(field(request, "point")), reason=field(request, "reason"), **who)
    return _("推荐已结束，理由已记下。")


def _review(request: HttpRequest, site: str, who: dict[str, Any]) -> str:
    acts.review_point(
        point_id=whole(field(request, "point")), on=day(field(request, "on")) or today(),
        marks={key: field(request, f"mark-{key}") for key, _label in MARKS}, outcome=field(request, "outcome"),
        words=field(request, "words"), **who,
    )  # fmt: skip
    return _("复查结果已记下。")


CHECKS: dict[str, Act] = {
    "eight": _eight, "nominate": _nominate, "check": _check, "name": _name, "drop": _drop, "review": _review,
}  # fmt: skip


@page("contact.keep_site", methods=("GET", "POST"))
def checks(request: HttpRequest, code: str) -> HttpResponse:
    """Look at the eight things; nominate, check, name and review a demonstration point."""
    kept, refusal = contact.kept_site(code, actor_of(request)), errors.Refusal()
    if request.method == "POST":
        with errors.caught() as refusal:
            done = run(request, code, CHECKS)
        if not refusal:
            return go(request, "desk_station_checks", code, done=done)
    return show(
        request, "station_checks.html", status=refusal.status, kept=kept, site=kept.site, typed=request.POST, eight=EIGHT,
        checks=contact.checks_of(kept.site), point=contact.point_of(kept.site), marks=MARKS, outcomes=OUTCOMES, on=today(),
        faults=faults_of(refusal), tab="checks",
    )  # fmt: skip
