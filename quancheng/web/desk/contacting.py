"""群众意见 at the office: the list, one opinion with its handling, hand-over to other doors, release. R7.20–R7.22."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from quancheng.contact import acts
from quancheng.contact import queries as contact
from quancheng.handling import queries as handling
from quancheng.people.permissions import Actor, may
from quancheng.procedures import declare
from quancheng.web import errors
from quancheng.web.desk.handling import record_context, take
from quancheng.web.parts import now, page, today
from quancheng.web.parts.sheets import sheet
from quancheng.web.parts.showing import actor_of, field, go, show, whole

SORTS = (("", "新到的在前"), ("old", "先到的在前"), ("due", "快到期的在前"))
DOORS = (
    ("deputy", "扫代表码"), ("station", "扫站点码"), ("walk_in", "到站反映"), ("tablet", "站点平板"), ("contact", "代表联系群众"),
)  # fmt: skip
WAYS = (
    ("petition", "信访"), ("accusation", "检举控告（文字密封，只留给有权处理的人）"),
    ("lawsuit", "诉讼、仲裁、行政复议"), ("other", "其他机关、单位"),
)  # fmt: skip
CLOSING = ("refer", "recuse", "decide_objection")  # acts after which the record may be closed to whoever acted
LIGHTS = {"green": "绿灯", "yellow": "黄灯：快到期", "red": "红灯：已逾期"}
HEAD = ("案号", "收到时间", "来处", "站点或者代表", "地区", "意见", "规范表述", "状态", "主办单位", "当前期限", "到期", "灯")


def filters_of(request: HttpRequest) -> contact.Filters:
    """Read the filters from the address; what is not understood does not filter."""
    get = {name: request.GET.get(name, "").strip()[:60] for name in ("state", "door", "unit", "site", "q", "sort")}
    return contact.Filters(
        state=get["state"], door=get["door"], unit=get["unit"], site=get["site"], text=get["q"], sort=get["sort"],
        late=request.GET.get("late") == "yes",
    )  # fmt: skip


@page("matter.read")
def listing(request: HttpRequest) -> HttpResponse:
    """Show the office's list of residents' opinions, fifty a page, with what waits for a decision."""
    actor, wanted = actor_of(request), filters_of(request)
    found = contact.desk_list(actor, wanted, today(), max(whole(request.GET.get("page"), 1), 1))
    query = request.GET.copy()
    query.pop("page", None)
    mine = {o.organ for o in actor.offices if may(actor, "matter.read", organ=o.organ)}
    objections = [o for o in handling.waiting_objections(mine) if o.assignment.case.procedure == "resident_opinion"]
    letters = handling.proposed_letters(actor, 20, "resident_opinion")
    return show(
        request, "matters.html", found=found, wanted=wanted, query=query.urlencode(), counts=contact.state_counts(actor),
        units=handling.units(today()), doors=DOORS, sorts=SORTS, lights=LIGHTS, objections=objections, letters=letters,
        proposed=handling.letters_waiting(actor, "resident_opinion") if letters else 0, to_release=contact.release_waiting(actor),
        releasing=contact.to_release(actor) if may(actor, "matter.release") else [],
    )  # fmt: skip


def _row(line: contact.Line, unit: str) -> list[str]:
    o = line.opinion
    return [
        o.case.number, o.received_at.astimezone().strftime("%Y-%m-%d %H:%M"), str(o.get_door_display()),
        o.site.name if o.site else (o.deputy.name if o.deputy else ""), o.area.name if o.area else "", o.body,
        o.legal_wording, line.state, unit, line.label, line.due_on.isoformat() if line.due_on else "",
        LIGHTS.get(line.light or "", ""),
    ]  # fmt: skip


@page("matter.read")
def export(request: HttpRequest, form: str) -> HttpResponse:
    """Send the filtered list as a table; who spoke is not in it (S01), words stay words."""
    rows = [_row(line, unit) for line, unit in contact.desk_all(actor_of(request), filters_of(request), today())]
    return sheet(HEAD, rows, f"群众意见-{today():%Y%m%d}", form)


@page("signed_in", methods=("GET", "POST"))
def matter(request: HttpRequest, opinion_id: int) -> HttpResponse:
    """Show one opinion to its office, its units, its deputy, its station, and do what is pressed."""
    actor, refusal = actor_of(request), errors.Refusal()
    if request.method == "POST":
        with errors.caught() as refusal:
            done = take(request, actor) or _own_act(request, opinion_id)
        if not refusal:
            return _after(request, opinion_id, actor, done)
    return _record(request, contact.detail(opinion_id, actor, today()), actor, refusal)


def _after(request: HttpRequest, opinion_id: int, actor: Actor, done: str) -> HttpResponse:
    """Lead back to the record, or to the list where the record is closed to the actor now (S02)."""
    if field(request, "do") not in CLOSING:
        return go(request, "desk_matter", opinion_id, done=done)
    try:
        contact.detail(opinion_id, actor, today())
    except Exception as gone:
        if not errors.is_refusal(gone):
            raise
        return go(request, "desk_matters" if may(actor, "matter.read") else "desk", done=done)
    return go(request, "desk_matter", opinion_id, done=done)


def _record(request: HttpRequest, detail: contact.Detail, actor: Actor, refusal: errors.Refusal) -> HttpResponse:
    found, case = detail.opinion, detail.opinion.case
    office = may(actor, "matter.read", organ=case.organ_id)
    new = case.state in ("registered", "passed_on")
    objected = any(o.state == "waiting" for share in detail.record.shares for o in share.objections)
    units = handling.units(today()) if office and (new or objected) else []
    mine = found.deputy_id is not None and found.deputy_id == actor.account_id
    return show(
        request, "matter.html", status=refusal.status, d=detail, own=mine, warn=isinstance(refusal.exception, acts.PendingCase), o=found, case=case, typed=request.POST,
        office=office, units=[(unit.pk, unit.name) for unit in units], ways=WAYS, leads=False, whom=_("反映人"),
        proposals=contact.proposals(found, units) if office and new else [], new=new,
        forwards=case.state == "registered" and may(actor, "matter.forward"),
        final=declare.get(case.procedure, case.version).states[case.state].final,
        releases=may(actor, "matter.release", organ=case.organ_id), faults=[(getattr(refusal.exception, "field", ""), refusal.sentence)] if refusal else [],
        **{**record_context(request, actor, case, detail.record), "places": []},  # S02: its pictures are its own, sealed with it
    )  # fmt: skip


def _own_act(request: HttpRequest, opinion_id: int) -> str:
    """Do what only residents' opinions have: pass on, refer, release, withhold, erase."""
    who: dict[str, Any] = {"opinion_id": opinion_id, "by": actor_of(request), "at": now()}
    match field(request, "do"):
        case "forward":
            found = acts.forward(words=field(request, "words"), warned=field(request, "warned") == "yes", **who)
            return _("已转交代表工委。") if found.deputy_id == who["by"].account_id else _("已受理，可以交办。")
        case "advise":
            acts.advise(words=field(request, "words"), warned=field(request, "warned") == "yes", **who)
            return _("建议已记下，承办单位可以看到。")
        case "refer":
            acts.refer(way=field(request, "way"), where=field(request, "where"), reason=field(request, "reason"), **who)
            return _("已转送，办理期限停止计算。本人凭回执号可以看到说明。")
        case "release":
            acts.release(title=field(request, "title"), **who)
            return _("已公开。")
        case "withhold":
            acts.withhold(reason=field(request, "reason"), **who)
            return _("已记下不公开的决定和理由。")
        case "withdraw_release":
            acts.withdraw_release(reason=field(request, "reason"), **who)
            return _("已撤下，理由记入记录。")
        case "erase":
            acts.erase_words(ground=field(request, "ground"), **who)
            return _("原文已删除，办理记录和存证保留。")
    raise acts.ContactRefused(_("没有这项操作，请刷新页面后再试。"))


@page("matter.receive")
def letters(request: HttpRequest) -> HttpResponse:
    """Show a deputy what residents wrote to him: what waits first, or all (R7.20)."""
    waiting = request.GET.get("all") != "1"
    number = max(whole(request.GET.get("page"), 1), 1)
    found = contact.letters(actor_of(request), today(), number, waiting)
    return show(request, "deputy_letters.html", found=found, waiting=waiting, lights=LIGHTS)


@page("signed_in")
def picture(request: HttpRequest, picture_id: int) -> HttpResponse:
    """Send a picture of an opinion to those who see the opinion."""
    found, data = contact.fixed_picture(picture_id, actor_of(request), today())
    response = HttpResponse(data, content_type=found.kind)
    response["Cache-Control"] = "no-store"
    return response
