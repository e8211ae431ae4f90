"""The codes on the wall and their posters, the table of grids and deputies, a station's tablets (M55, R8.13, R8.15)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from quancheng.contact import acts
from quancheng.contact import queries as contact
from quancheng.web import errors
from quancheng.web.desk.sites_keeping import faults_of
from quancheng.web.parts import now, page, today
from quancheng.web.parts.rendering import absolute, url
from quancheng.web.parts.showing import CSV, actor_of, day, download, field, go, show, whole

SHEET = 60  # codes on one screen of the sheet
PAGE = 100


def _chosen(request: HttpRequest) -> list[Any]:
    """Return the running codes that the address asks for: of deputies or stations, by name."""
    kind, words = request.GET.get("kind", ""), request.GET.get("q", "").strip()[:30]
    found = contact.codes_to_print(actor_of(request), today())
    if kind in ("deputies", "sites"):
        found = [one for one in found if (one.account_id is not None) == (kind == "deputies")]
    return [one for one in found if words in (one.account.name if one.account else one.site.name if one.site else "")]


def _code_act(request: HttpRequest) -> str:
    who: dict[str, Any] = {"by": actor_of(request), "at": now()}
    match field(request, "do"):
        case "all":
            return _("做好了%(n)s个码。") % {"n": acts.make_codes(**who)}
        case "renew":
            account = whole(field(request, "account")) or None
            made = acts.make_code(account_id=account, site=field(request, "site"), renew=True, **who)
            return _("已换发：%(c)s。旧的海报要换下来。") % {"c": made.code}
    acts.revoke_code(code=field(request, "code"), reason=field(request, "reason"), **who)
    return _("这个码已停用，扫码的人会看到说明。")


@page("contact.manage", methods=("GET", "POST"))
def codes(request: HttpRequest) -> HttpResponse:
    """Show the codes in use; make, renew, revoke."""
    refusal = errors.Refusal()
    if request.method == "POST":
        with errors.caught() as refusal:
            done = _code_act(request)
        if not refusal:
            return go(request, "desk_codes", done=done)
    found, number = _chosen(request), max(whole(request.GET.get("page"), 1), 1)
    query = request.GET.copy()
    query.pop("page", None)
    return show(
        request, "codes.html", status=refusal.status, rows=found[(number - 1) * PAGE : number * PAGE], total=len(found),
        lacking=contact.without_code(actor_of(request), today()), number=number, pages=-(-len(found) // PAGE),
        query=query.urlencode(), get=request.GET, typed=request.POST, faults=faults_of(refusal),
    )  # fmt: skip


@page("contact.keep_site")
def poster(request: HttpRequest, code: str) -> HttpResponse:
    """Show a poster of A4 size with the code of a deputy or a station, to be printed and put up."""
    found = contact.code_on_the_wall(code, actor_of(request))
    context = {"code": found, "address": absolute(url("door", found.code))}
    return render(request, "desk/code_poster.html", context)


@page("contact.manage")
def sheet(request: HttpRequest) -> HttpResponse:
    """Show many codes on sheets of A4, twelve each, to be printed and cut."""
    found, number = _chosen(request), max(whole(request.GET.get("page"), 1), 1)
    query = request.GET.copy()
    query.pop("page", None)
    rows = [(one, absolute(url("door", one.code))) for one in found[(number - 1) * SHEET : number * SHEET]]
    return show(
        request, "code_sheet.html", rows=rows, number=number, pages=-(-len(found) // SHEET), query=query.urlencode()
    )


def _grid_act(request: HttpRequest) -> str:
    who: dict[str, Any] = {"by": actor_of(request), "at": now()}
    since = day(field(request, "valid_from")) or today()
    match field(request, "do"):
        case "import":
            done = acts.import_grid(text=_table(request), valid_from=since, **who)
            return _("已导入，新增%(n)s项。") % {"n": done}
        case "add":
            acts.seat_in_grid(
                area=field(request, "area"), account_id=whole(field(request, "account")), valid_from=since, **who
            )
            return _("已加入。")
    acts.leave_grid(seat_id=whole(field(request, "seat")), last_day=today(), **who)
    return _("已结束，记录保留。")


def _table(request: HttpRequest) -> str:
    """Return the table that was sent: a file, else what was pasted. Raises ContactRefused."""
    for file in request.FILES.getlist("file"):
        data = file.read()
        for encoding in ("utf-8-sig", "gb18030"):  # what spreadsheets write here
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                continue
        raise acts.ContactRefused(_("文件的文字读不出来，请另存为 CSV UTF-8。"), "file")
    return request.POST.get("text", "")


@page("contact.manage", methods=("GET", "POST"))
def grids(request: HttpRequest) -> HttpResponse:
    """Show which deputy each village and community turns to; add, end, and import after a check that writes nothing."""
    refusal, checked, actor = errors.Refusal(), None, actor_of(request)
    text = ""
    if request.method == "POST":
        with errors.caught() as refusal:
            if field(request, "do") == "check":
                text = _table(request)
                checked = contact.read_grid(text, day(field(request, "valid_from")) or today(), actor)
            else:
                done = _grid_act(request)
        if not refusal and checked is None:
            return go(request, "desk_grids", done=done, query=f"area={request.GET.get('area', '')[:12]}")
    places = contact.grid_places(actor, today())
    area = next((p.code for p in places if p.code == request.GET.get("area")), places[0].code if places else "")
    return show(
        request, "grids.html", status=refusal.status, places=places, area=area, checked=checked, typed=request.POST,
        rows=contact.grid_table(actor, area, today()) if area else [], text=text or request.POST.get("text", ""),
        wrong=[row for row in checked or [] if row.fault], deputies=contact.deputies_now(actor, today()), on=today(),
        faults=faults_of(refusal),
    )  # fmt: skip


@page("contact.manage")
def grid_file(request: HttpRequest) -> HttpResponse:
    """Send an empty table to be filled in."""
    return download("\ufeffarea,username\r\n".encode(), "网格代表对应表.csv", CSV)


@page("contact.keep_site", methods=("GET", "POST"))
def tablets(request: HttpRequest, code: str) -> HttpResponse:
    """Show a station's tablets and when each was last heard of; take one out of use."""
    kept, refusal, actor = contact.kept_site(code, actor_of(request)), errors.Refusal(), actor_of(request)
    if request.method == "POST":
        with errors.caught() as refusal:
            acts.revoke_tablet(tablet_id=whole(field(request, "tablet")), reason=field(request, "reason"), by=actor, at=now())
        if not refusal:
            return go(request, "desk_station_tablets", code, done=_("这台平板已停用，它交回过的意见都在。"))
    return show(
        request, "station_tablets.html", status=refusal.status, kept=kept, site=kept.site, typed=request.POST, tab="tablets",
        tablets=contact.tablets_of(kept.site, actor), faults=faults_of(refusal),
        enters=any(o.role == "site_staff" and o.site == code for o in actor.offices),
    )  # fmt: skip
