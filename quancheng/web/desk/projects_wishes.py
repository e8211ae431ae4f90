"""愿望 at the desk: the list with bulk fates, look-alikes, the export; entering at a station, by a deputy, for a street council."""

import csv
import io
import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from quancheng.people import queries as people
from quancheng.people.permissions import demand
from quancheng.projects import acts
from quancheng.projects import queries as projects
from quancheng.web import errors
from quancheng.web.desk.sites_matters import CONSENTS, here_of
from quancheng.web.parts import now, page, today
from quancheng.web.parts.sheets import safe_cell
from quancheng.web.parts.showing import CSV, actor_of, download, field, go, go_to, ids, show, whole

DOORS = (("web", "网上"), ("site", "站点"), ("deputy", "人大代表"), ("council", "街道议政会"))
SORTS = (("", "新到的在前"), ("old", "先到的在前"), ("voices", "提的人多的在前"), ("area", "按乡镇"), ("title", "按标题"))
HEAD = ("编号", "收到时间", "来处", "站点或者街道", "乡镇", "地点", "标题", "内容", "人次", "状态", "去向", "理由", "并入")
NONE: list[Any] = []  # no look-alikes to show
TOWNS = ("county", "district", "zone", "township", "town", "subdistrict")


def filters_of(request: HttpRequest) -> projects.DeskFilters:
    """Read the filters from the address; what is not understood does not filter."""
    get = {name: request.GET.get(name, "").strip()[:60] for name in ("fate", "state", "door", "area", "q", "sort")}
    return projects.DeskFilters(
        fate=get["fate"], state=get["state"], door=get["door"], area=get["area"], text=get["q"], sort=get["sort"]
    )


@page("project.manage", methods=("GET", "POST"))
def listing(request: HttpRequest, call_id: int) -> HttpResponse:
    """Show the wishes of a call, fifty a page, and give those that are chosen a fate."""
    actor, found, refusal = actor_of(request), projects.call(call_id), errors.Refusal()
    demand(actor, "project.manage", organ=found.organ_id)
    if request.method == "POST":
        with errors.caught() as refusal:
            done = _bulk(request)
        if not refusal:
            return go_to(request, request.get_full_path(), done=done)
    query, number = request.GET.copy(), max(whole(request.GET.get("page"), 1), 1)
    query.pop("page", None)
    wanted = filters_of(request)
    return show(
        request, "wishes.html", status=refusal.status, c=found, wanted=wanted, query=query.urlencode(), doors=DOORS, sorts=SORTS,
        page=projects.desk_list(call_id, actor, wanted, number), counts=projects.fate_counts(call_id), fates=projects.FATES,
        outs=projects.OUT_FATES, areas=projects.areas_of(found.year), selected=set(ids(request, "wish")), typed=request.POST,
        leaders=projects.leaders(call_id), faults=[(str(getattr(refusal.exception, "field", "")), refusal.sentence)] if refusal else [],
    )  # fmt: skip


def _bulk(request: HttpRequest) -> str:
    """Do to all chosen wishes what the pressed button says; return the sentence of success."""
    chosen = ids(request, "wish")
    who: dict[str, Any] = {"by": actor_of(request), "at": now()}
    reason = field(request, "reason")
    if field(request, "do") == "merge":
        leader = whole(field(request, "leader"))
        if not leader:
            raise acts.ProjectRefused(_("请选择并入哪一条。"), "leader")
        count = acts.merge(leader_id=leader, project_ids=chosen, reason=reason, **who)
        return _("已并入%(n)s条，每一位作者都会收到通知。") % {"n": count}
    fate = "in" if field(request, "do") == "in" else field(request, "fate")
    count = acts.decide(project_ids=chosen, fate=fate, reason=reason, **who)
    return _("已对%(n)s条作出决定，每一位作者都会收到通知。") % {"n": count}


@page("project.manage")
def export(request: HttpRequest, call_id: int) -> HttpResponse:
    """Send the filtered list as a table; who proposed is not in it (S01)."""
    found, out = projects.call(call_id), io.StringIO()
    table = csv.writer(out)
    table.writerow(HEAD)
    for line in projects.desk_all(call_id, actor_of(request), filters_of(request)):
        table.writerow([safe_cell(cell) for cell in _row(line)])
    return download(("\ufeff" + out.getvalue()).encode(), f"{found.title}-{today():%Y%m%d}.csv", CSV)


def _row(line: projects.Line) -> list[str]:
    p = line.project
    return [
        p.code, p.received_at.astimezone().strftime("%Y-%m-%d %H:%M"), str(p.get_door_display()),
        p.council or (p.site.name if p.site else ""), p.area.name if p.area else "", p.place, p.title, p.body, str(p.voices),
        line.state, str(p.get_fate_display()), p.reason, p.merged_into.code if p.merged_into else "",
    ]  # fmt: skip


@page("project.manage", methods=("GET", "POST"))
def alike(request: HttpRequest, call_id: int) -> HttpResponse:
    """Show groups of look-alikes; a named person chooses the leader and who belongs to it (S17)."""
    actor, found, refusal = actor_of(request), projects.call(call_id), errors.Refusal()
    demand(actor, "project.manage", organ=found.organ_id)
    if request.method == "POST":
        with errors.caught() as refusal:
            count = acts.merge(
                leader_id=whole(field(request, "leader")), project_ids=ids(request, "member"), reason=field(request, "reason"),
                by=actor, at=now(),
            )  # fmt: skip
        if not refusal:
            return go(request, "desk_wishes_alike", call_id, done=_("已并入%(n)s条，每一位作者都会收到通知。") % {"n": count})
    groups, number = projects.alike_groups(call_id, actor), max(whole(request.GET.get("page"), 1), 1)
    return show(
        request, "wishes_alike.html", status=refusal.status, c=found, groups=groups[(number - 1) * 20 : number * 20],
        number=number, pages=-(-len(groups) // 20), typed=request.POST, faults=[("", refusal.sentence)] if refusal else [],
    )  # fmt: skip


def _entered(request: HttpRequest, **door: Any) -> acts.Wish:
    """Read the form on which staff or a deputy writes."""
    consent = field(request, "consent_how")
    if door.get("site") and consent and field(request, "consent") != "yes":
        raise acts.ProjectRefused(_("请向本人念一遍，本人同意提交以后勾选。"), "consent")
    return acts.Wish(
        title=field(request, "title"), body=request.POST.get("body", ""), area=field(request, "area"), place=field(request, "place"),
        latitude=field(request, "latitude"), longitude=field(request, "longitude"), name=field(request, "name"),
        phone=field(request, "phone"), submission_key=field(request, "key"), consent_how=consent, witness=field(request, "witness"),
        pictures=tuple(file.read() for file in request.FILES.getlist("pictures")), **door,
    )  # fmt: skip


def _enter(request: HttpRequest, refusal: errors.Refusal, alike: Any, **context: Any) -> HttpResponse:
    """Show the form with what was typed; where others said the same, they are shown first."""
    name = str(getattr(refusal.exception, "field", ""))
    return show(
        request, "wish_enter.html", status=refusal.status, typed=request.POST, calls=projects.open_calls(today()),
        key=field(request, "key") or secrets.token_hex(16), alike=alike, consents=CONSENTS,
        faults=[(name, refusal.sentence)] if refusal else [], fault_of={name: refusal.sentence}, **context,
    )  # fmt: skip


def _submit(request: HttpRequest, **door: Any) -> tuple[Any, list[Any], errors.Refusal]:
    """Hand in what was typed, after look-alikes were seen; return the wish or the look-alikes to show, and the refusal."""
    with errors.caught() as refusal:
        call_id, wish = whole(field(request, "call")), _entered(request, **door)
        if field(request, "seen") != "yes":
            acts.check_words(title=wish.title, body=wish.body, latitude=wish.latitude, longitude=wish.longitude)
            if near := projects.look_alikes(call_id, wish.title, wish.body, wish.area):
                return None, [projects.line_of(one) for one in near], refusal
        return acts.submit(call_id=call_id, wish=wish, by=actor_of(request), at=now()), [], refusal
    return None, [], refusal


@page("project.enter", methods=("GET", "POST"))
def at_station(request: HttpRequest) -> HttpResponse:
    """Enter what somebody wants done, from paper or by word of mouth, with his consent (S19); show what was sent."""
    (site, _here), refusal, near = here_of(request, "project.enter"), errors.Refusal(), NONE
    if request.method == "POST":
        made, near, refusal = _submit(request, site=site)
        if made is not None:
            return go(request, "desk_wish_site", done=_("已登记，回执号%(code)s，请抄给本人。") % {"code": made.receipt_code}, query=f"site={site}")
    place = people.site(site)
    return _enter(
        request, refusal, near, door="site", site=place, sent=projects.of_station(site, actor_of(request)),
        areas=[(place.area_id, place.area.name), *((a.code, a.name) for a in people.areas_under(place.area_id, today()))],
    )


@page("project.speak", methods=("GET", "POST"))
def as_deputy(request: HttpRequest) -> HttpResponse:
    """Let a deputy propose a project under his own name."""
    refusal, near = errors.Refusal(), NONE
    if request.method == "POST":
        made, near, refusal = _submit(request, as_deputy=True)
        if made is not None:
            return go(request, "desk_projects", done=_("已提交，编号%(code)s。") % {"code": made.code})
    return _enter(request, refusal, near, door="deputy", areas=_towns())


@page("project.manage", methods=("GET", "POST"))
def council(request: HttpRequest, call_id: int) -> HttpResponse:
    """Enter what a street's council proposed; the congress above decides (R7.54)."""
    found, refusal, near = projects.call(call_id), errors.Refusal(), NONE
    demand(actor_of(request), "project.manage", organ=found.organ_id)
    if request.method == "POST":
        made, near, refusal = _submit(request, council=field(request, "council"))
        if made is not None:
            return go(request, "desk_wishes", call_id, done=_("已登记，编号%(code)s。") % {"code": made.code})
    return _enter(request, refusal, near, door="council", call=found, areas=_towns())


def _towns() -> list[tuple[str, str]]:
    return [(area.code, area.name) for area in people.area_choices(today(), TOWNS)]
