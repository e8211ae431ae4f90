"""信访 at the office: what waits under seal, entering, the list, one petition from acceptance to 复核. R7.30–R7.40, S02."""

import csv
import io
import secrets
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from quancheng.handling import queries as handling
from quancheng.people.permissions import Actor, may
from quancheng.petitions import acts
from quancheng.petitions import queries as petitions
from quancheng.procedures import declare
from quancheng.web import errors
from quancheng.web.desk.handling import record_context, take
from quancheng.web.parts import now, page, today
from quancheng.web.parts.sheets import safe_cell
from quancheng.web.parts.showing import CSV, actor_of, day, download, field, go, organs_of, show, whole

CHANNELS = (("letter", "来信"), ("visit", "来访"), ("phone", "来电"), ("box", "密封信箱"))
CHANNEL_WORDS = dict(CHANNELS) | {"web": "网上", "site": "站点代录"}
KINDS = (("suggestion", "建议意见类"), ("claim", "申诉求决类"))
ROUTES = (
    ("other", "信访程序"), ("duty", "查处违法行为、履行法定职责"), ("court", "诉讼、检察、公安等法律程序"), ("arbitration", "仲裁"),
    ("party", "党员申诉、申请复审等"), ("administrative", "行政复议、裁决、确认、许可、处罚等行政程序"),
)  # fmt: skip
ABOUT = (
    ("government", "政府及其部门"), ("congress", "人大及其常委会"), ("court", "人民法院"), ("procuratorate", "人民检察院"),
    ("supervision", "监察机关"), ("other", "其他"),
)  # fmt: skip
SORTS = (("", "新到的在前"), ("old", "先到的在前"), ("due", "快到期的在前"))
LIGHTS = {"green": "绿灯", "yellow": "黄灯：快到期", "red": "红灯：已逾期"}
OUTCOMES = (("upheld", "维持"), ("changed", "变更"), ("revoked", "撤销，责令重新处理"))
HEAD = ("案号", "收到时间", "来处", "类别", "途径", "反映对象", "标题", "状态", "当前期限", "到期", "灯")


def filters_of(request: HttpRequest) -> petitions.Filters:
    """Read the filters from the address; what is not understood does not filter."""
    get = {name: request.GET.get(name, "").strip()[:60] for name in ("state", "kind", "about", "unit", "q", "sort")}
    return petitions.Filters(
        state=get["state"], kind=get["kind"], about=get["about"], unit=get["unit"], text=get["q"], sort=get["sort"],
        late=request.GET.get("late") == "yes",
    )  # fmt: skip


@page("petition.handle")
def listing(request: HttpRequest) -> HttpResponse:
    """Show the office's petitions, fifty a page, with what waits for it."""
    actor, wanted = actor_of(request), filters_of(request)
    query = request.GET.copy()
    query.pop("page", None)
    objections = [o for o in handling.waiting_objections(organs_of(actor)) if o.assignment.case.procedure == "petition"]
    return show(
        request, "petitions.html", wanted=wanted, query=query.urlencode(), units=handling.units(today()), kinds=KINDS,
        found=petitions.desk_list(actor, wanted, today(), max(whole(request.GET.get("page"), 1), 1)), abouts=ABOUT,
        counts=petitions.state_counts(actor), sorts=SORTS, lights=LIGHTS, objections=objections,
        letters=handling.proposed_letters(actor, procedure="petition"),
        reviews=petitions.reviews_waiting(actor),
    )  # fmt: skip


@page("petition.handle")
def export(request: HttpRequest) -> HttpResponse:
    """Send the filtered list as a table, up to ten thousand; who petitions is not in it (S01)."""
    actor, wanted, number = actor_of(request), filters_of(request), 1
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(HEAD)
    while True:
        found = petitions.desk_list(actor, wanted, today(), number)
        for line in found.rows:
            table.writerow([safe_cell(cell) for cell in _row(line)])
        if number >= found.pages:
            return download(("\ufeff" + out.getvalue()).encode(), f"信访事项-{today():%Y%m%d}.csv", CSV)
        number += 1


def _row(line: petitions.Line) -> list[str]:
    p = line.petition
    return [
        p.case.number, p.received_at.astimezone().strftime("%Y-%m-%d %H:%M"), str(p.get_channel_display()),
        str(p.get_kind_display()), str(p.get_route_display()), str(p.get_about_display()), line.title, line.state,
        line.label, line.due_on.isoformat() if line.due_on else "", LIGHTS.get(line.light or "", ""),
    ]  # fmt: skip


@page("petition.sort")
def incoming(request: HttpRequest) -> HttpResponse:
    """Show what came in and waits to be sorted, without a word of it."""
    lines = petitions.unsorted(actor_of(request), today())
    return show(request, "petition_incoming.html", lines=lines, lights=LIGHTS, channels=CHANNEL_WORDS, sealed=False)


@page("petition.sealed")
def sealed(request: HttpRequest) -> HttpResponse:
    """Show the accusations that the actor may know of (S02 信访工作条例 30)."""
    lines = petitions.sealed(actor_of(request), today())
    return show(request, "petition_incoming.html", lines=lines, lights=LIGHTS, channels=CHANNEL_WORDS, sealed=True)


@page("petition.items", methods=("GET", "POST"))
def item(request: HttpRequest, slug: str) -> HttpResponse:
    """Open one item on record, and sort, attach, transfer or close it; what one does not reach is not there (S02)."""
    actor, refusal = actor_of(request), errors.Refusal()
    line = petitions.sealed_line(slug, actor, today())
    do = ITEM_ACTS.get(field(request, "do"))
    if do is not None:
        with errors.caught() as refusal:
            return do(request, {"item_id": slug, "moves": whole(field(request, "moves")), "by": actor, "at": now()})
        line = petitions.sealed_line(slug, actor, today())
    opened = acts.open_item(item_id=slug, by=actor, at=now()) if request.method == "POST" else None
    sorts = may(actor, "petition.sort", organ=line.row.organ)
    return show(
        request, "petition_item.html", status=refusal.status, line=line, opened=opened, typed=request.POST, kinds=KINDS,
        routes=ROUTES, abouts=ABOUT, lights=LIGHTS, channels=CHANNEL_WORDS, sorts=sorts,
        earlier=petitions.earlier(opened.status.author, actor) if opened and sorts else [],
        faults=[("", refusal.sentence)] if refusal else [],
    )  # fmt: skip


def _sort(request: HttpRequest, who: dict[str, Any]) -> HttpResponse:
    made = acts.sort(
        kind=field(request, "kind"), route=field(request, "route"), about=field(request, "about"),
        title=field(request, "title"), **who,
    )  # fmt: skip
    return go(request, "desk_petition", made.pk, done=_("已归类登记，登记告知书已发给信访人。"))


def _accusation(request: HttpRequest, who: dict[str, Any]) -> HttpResponse:
    acts.sort_accusation(accused_name=field(request, "accused_name"), accused_unit=field(request, "accused_unit"), **who)
    return go(request, *_back(who["by"]), done=_("已密封。"))


def _attach(request: HttpRequest, who: dict[str, Any]) -> HttpResponse:
    target = whole(field(request, "petition"))
    made = acts.attach(petition_id=target or None, repeat=field(request, "repeat") == "yes", **who)
    return go(request, "desk_petition", made.petition_id, done=_("已归入原事项。"))


def _transfer(request: HttpRequest, who: dict[str, Any]) -> HttpResponse:
    who.pop("moves")
    acts.transfer(to=field(request, "to"), document=field(request, "document"), **who)
    return go(request, *_back(who["by"]), done=_("已移送，记入密封记录。"))


def _close(request: HttpRequest, who: dict[str, Any]) -> HttpResponse:
    who.pop("moves")
    acts.close(feedback=field(request, "feedback"), **who)
    return go(request, *_back(who["by"]), done=_("已办结。"))


def _back(actor: Actor) -> tuple[str]:
    return ("desk_petitions_sealed",) if may(actor, "petition.sealed") else ("desk_petitions_incoming",)


ITEM_ACTS: dict[str, Callable[[HttpRequest, dict[str, Any]], HttpResponse]] = {
    "sort": _sort, "accusation": _accusation, "attach": _attach, "transfer": _transfer, "close": _close,
}  # fmt: skip


@page("petition.enter", methods=("GET", "POST"))
def enter(request: HttpRequest) -> HttpResponse:
    """Enter a letter, a visit, a call or what lay in the box; like everything else it goes under seal."""
    actor, refusal, code = actor_of(request), errors.Refusal(), ""
    if request.method == "POST":
        count = whole(field(request, "headcount"), 1)
        form = acts.Submission(
            request=field(request, "request"), facts=request.POST.get("facts", ""), headcount=count,
            submission_key=field(request, "key"), names=tuple(field(request, "names").replace("，", "、").split("、")),
            address=field(request, "address"), phone=field(request, "phone"), channel=field(request, "channel"),
            about=field(request, "about") or "other", accuses=field(request, "accuses") == "yes",
            accused_name=field(request, "accused_name"), accused_unit=field(request, "accused_unit"),
        )  # fmt: skip
        organ = next(o.organ for o in actor.offices if may(actor, "petition.enter", organ=o.organ))
        with errors.caught() as refusal:
            code = acts.submit(submission=form, organ=organ, by=actor, at=now())
    key = field(request, "key") if refusal else secrets.token_hex(16)
    return show(
        request, "petition_enter.html", status=refusal.status, typed=request.POST if refusal else {}, key=key, code=code,
        channels=CHANNELS, abouts=ABOUT, faults=[("", refusal.sentence)] if refusal else [],
    )  # fmt: skip


@page("petition.publish", methods=("GET", "POST"))
def reception(request: HttpRequest) -> HttpResponse:
    """Publish address, telephone, place and hours of the office (R7.31)."""
    actor, refusal = actor_of(request), errors.Refusal()
    organ = next(o.organ for o in actor.offices if may(actor, "petition.publish", organ=o.organ))
    names = ("address", "telephone", "place", "hours", "how_to_ask")
    if request.method == "POST":
        with errors.caught() as refusal:
            facts = acts.Facts(**{name: field(request, name) for name in names})
            acts.publish_reception(organ=organ, facts=facts, by=actor, at=now())
            return go(request, "desk_petitions", done=_("已公布。"))
    kept = next(iter(petitions.reception(organ)), None)
    typed = {name: field(request, name) if refusal else getattr(kept, name, "") for name in names}
    return show(
        request, "petition_reception.html", status=refusal.status, typed=typed,
        faults=[("", refusal.sentence)] if refusal else [],
    )  # fmt: skip


@page("handling.read", methods=("GET", "POST"))
def petition(request: HttpRequest, petition_id: int) -> HttpResponse:
    """Show one petition to its office, its units and the level above, and do what is pressed."""
    actor, refusal, person = actor_of(request), errors.Refusal(), None
    detail = petitions.detail(petition_id, actor, today())
    if request.method == "POST":
        with errors.caught() as refusal:
            if field(request, "do") == "person":
                person = acts.open_petitioner(petition_id=petition_id, reason=field(request, "reason"), by=actor, at=now())
            else:
                done = _done(request, detail, actor)
                return go(request, "desk_petition", petition_id, done=done)
        detail = petitions.detail(petition_id, actor, today())
    return _record(request, detail, actor, refusal, person)


def _done(request: HttpRequest, detail: petitions.Detail, actor: Actor) -> str:
    do = PETITION_ACTS.get(field(request, "do"))
    if do is not None:
        return do(request, {"by": actor, "at": now()}, detail.petition.pk)
    done = take(request, actor)
    if done is None:
        raise acts.PetitionRefused(_("没有这项操作，请刷新页面后再试。"))
    return done


def _record(
    request: HttpRequest, detail: petitions.Detail, actor: Actor, refusal: errors.Refusal, person: dict[str, object] | None
) -> HttpResponse:
    found, case = detail.petition, detail.petition.case
    objected = any(o.state == "waiting" for share in detail.record.shares for o in share.objections)
    needs_units = detail.office and (case.state == "accepted" or objected)
    units = handling.units(today()) if needs_units else []
    waiting = next((r for r in detail.reviews if r.decided_at is None), None)
    above = waiting is not None and bool(waiting.organ_id) and may(actor, "petition.review", organ=waiting.organ_id)
    return show(
        request, "petition.html", status=refusal.status, d=detail, o=found, case=case, typed=request.POST, outcomes=OUTCOMES,
        office=detail.office, units=[(unit.pk, unit.name) for unit in units], leads=False, whom=_("信访人"), person=person,
        waiting=waiting, **record_context(request, actor, case, detail.record),
        decides=above or (waiting is not None and not waiting.organ_id and bool(waiting.outside) and detail.office),
        final=declare.get(case.procedure, case.version).states[case.state].final,
        faults=[("", refusal.sentence)] if refusal else [],
    )  # fmt: skip


def _accept(request: HttpRequest, who: dict[str, Any], pk: int) -> str:
    acts.accept(petition_id=pk, **who)
    return _("已受理，受理告知书已发给信访人，六十日开始计算。")


def _not_competent(request: HttpRequest, who: dict[str, Any], pk: int) -> str:
    acts.not_competent(petition_id=pk, where=field(request, "where"), reason=field(request, "reason"), **who)
    return _("已书面告知信访人应当找哪里。")


def _forward(request: HttpRequest, who: dict[str, Any], pk: int) -> str:
    acts.forward(
        petition_id=pk, where=field(request, "where"), reason=field(request, "reason"),
        accuses=field(request, "accuses") == "yes", accused_name=field(request, "accused_name"),
        accused_unit=field(request, "accused_unit"), **who,
    )  # fmt: skip
    return _("已转送，内容密封。")


def _conclude(request: HttpRequest, who: dict[str, Any], pk: int) -> str:
    acts.conclude(petition_id=pk, text=request.POST.get("text", ""), **who)
    return _("处理意见书已作出，请送达。")


def _deliver(request: HttpRequest, who: dict[str, Any], pk: int) -> str:
    acts.deliver(petition_id=pk, on=day(field(request, "on")) or today(), how=field(request, "how"), **who)
    return _("已记下送达，三十日开始计算。")


def _lead(request: HttpRequest, who: dict[str, Any], pk: int) -> str:
    acts.note_lead(petition_id=pk, words=field(request, "words"), **who)
    return _("已转为监督线索。")


def _extend(request: HttpRequest, who: dict[str, Any], pk: int) -> str:
    acts.extend(
        assignment_id=whole(field(request, "share")), new_due_on=day(field(request, "new_due_on")) or today(),
        reason=field(request, "reason"), **who,
    )  # fmt: skip
    return _("已批准延期，延期告知书已发给信访人。")


def _name_reviewer(request: HttpRequest, who: dict[str, Any], pk: int) -> str:
    acts.name_reviewer(review_id=whole(field(request, "review")), outside=field(request, "outside"), **who)
    return _("已登记。")


def _hear(request: HttpRequest, who: dict[str, Any], pk: int) -> str:
    first = day(field(request, "first")) or today()
    last = day(field(request, "last")) or first
    acts.hear(review_id=whole(field(request, "review")), first=first, last=last, **who)
    return _("听证已登记，期限相应顺延。")


def _decide(request: HttpRequest, who: dict[str, Any], pk: int) -> str:
    acts.decide(
        review_id=whole(field(request, "review")), outcome=field(request, "outcome"), text=request.POST.get("text", ""),
        document=field(request, "document"), **who,
    )  # fmt: skip
    return _("意见书已作出，信访人可以看到。")


PETITION_ACTS: dict[str, Callable[[HttpRequest, dict[str, Any], int], str]] = {
    "accept": _accept, "not_competent": _not_competent, "forward": _forward, "conclude": _conclude, "deliver": _deliver,
    "lead": _lead, "extend": _extend, "name_reviewer": _name_reviewer, "hear": _hear, "decide": _decide,
}  # fmt: skip
