"""参数、工作日历、账户、动态口令、审计: what keeps the house running."""

from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from quancheng.kernel.calendar import read_table
from quancheng.ledger import queries as ledger
from quancheng.people import acts as people_acts
from quancheng.people import queries as people
from quancheng.people.permissions import ROLES, demand
from quancheng.procedures import acts as procedures_acts
from quancheng.procedures import queries as procedures
from quancheng.procedures.library import LIBRARY
from quancheng.web import errors
from quancheng.web.desk.choices import entry_words
from quancheng.web.parts import now, page, qr_svg, today
from quancheng.web.parts.showing import actor_of, day, field, go, organs_of, show, whole

PAGE = 100
ROLE_NAMES = {
    "clerk": "法制工作人员", "lead": "法制工作负责人", "releaser": "公开审核人", "site_staff": "站点工作人员",
    "deputy": "人大代表", "auditor": "审计监督人员", "admin": "系统管理员",
    "deputy_office": "代表工委工作人员", "deputy_office_lead": "代表工委负责人", "unit_clerk": "承办单位经办人",
    "unit_head": "承办单位负责人", "chairpersons": "主任会议（经办）", "committee": "督办委员会工作人员",
    "petition_clerk": "信访工作人员", "petition_lead": "信访负责人", "discipline": "纪检监察移送经办", "sc_member": "常委会组成人员",
    "secretariat": "会议秘书处工作人员", "secretariat_lead": "会议秘书处负责人", "registrar": "签到和资格审查人员",
    "project_office": "民生实事项目工作人员（人大）", "project_government": "民生实事项目工作人员（政府）",
}  # fmt: skip


def _area(request: HttpRequest) -> str:
    """Return the code of the area of the actor's first organ."""
    return people.organ(sorted(organs_of(actor_of(request)))[0]).area_id


@page("parameter.read")
def parameters(request: HttpRequest) -> HttpResponse:
    """List the parameter library: bounds, articles and the value in force."""
    area, on = _area(request), today()
    values = procedures.parameters(area=area, on=on)
    rows = [(item, values[item.key]) for item in LIBRARY.values()]
    return show(request, "parameters.html", rows=rows)


@page("parameter.read", methods=("GET", "POST"))
def parameter(request: HttpRequest, key: str) -> HttpResponse:
    """Show one parameter with its history, and set it within the bounds of the law (R10.11)."""
    if key not in LIBRARY:
        return errors.handler404(request)
    area, refusal = _area(request), errors.Refusal()
    if request.method == "POST":
        with errors.caught() as refusal:
            procedures_acts.set_parameter(
                key=key, area=area, value=_value(field(request, "value")), basis=field(request, "basis"),
                valid_from=day(field(request, "valid_from")) or today(), by=actor_of(request), at=now(),
            )  # fmt: skip
        if not refusal:
            return go(request, "desk_parameter", key, done=_("参数已设定，记入台账。"))
    return show(
        request, "parameter.html", status=refusal.status, item=LIBRARY[key], typed=request.POST, on=today(),
        value=procedures.parameter(key, area=area, on=today()), history=procedures.parameter_history(key),
        faults=[("value", refusal.sentence)] if refusal else [],
    )  # fmt: skip


def _value(raw: str) -> int:
    if not raw.isascii() or not raw.isdigit() or len(raw) > 9:
        raise procedures_acts.BadParameter(_("数值须为整数。"))
    return int(raw)


@page("calendar.import", methods=("GET", "POST"))
def calendar(request: HttpRequest) -> HttpResponse:
    """Show which years the calendar covers; check a table first, import it when the reader agrees."""
    refusal, rows, table = errors.Refusal(), [], request.POST.get("table", "")
    if request.method == "POST":
        with errors.caught() as refusal:
            rows = read_table(table)
            if field(request, "do") == "import":
                count = procedures_acts.import_calendar(text=table, by=actor_of(request), at=now())
        if not refusal and field(request, "do") == "import":
            return go(request, "desk_calendar", done=_("已导入%(n)s天。") % {"n": count})
    return show(
        request, "calendar.html", status=refusal.status, table=table, rows=rows, imported=procedures.calendar_years(),
        official=_covered(), faults=[("table", refusal.sentence)] if refusal else [],
    )


def _covered() -> list[int]:
    """Return the years around now of which holidays and make-up working days are known."""
    table, year = procedures.calendar(), today().year
    return [y for y in range(year - 6, year + 6) if table.covers(y)]


@page("account.manage", methods=("GET", "POST"))
def accounts(request: HttpRequest) -> HttpResponse:
    """List accounts and offices; create an account, give an office, close an account."""
    actor, refusal = actor_of(request), errors.Refusal()
    if request.method == "POST":
        with errors.caught() as refusal:
            done = _account_act(request)
        if not refusal:
            return go(request, "desk_accounts", done=done)
    return show(
        request, "accounts.html", status=refusal.status, accounts=people.accounts(actor), typed=request.POST,
        organs=[(o.code, o.name) for o in people.organs()], sites=[(s.code, s.name) for s in people.sites(today())],
        roles=[(role, ROLE_NAMES[role]) for role in ROLES], on=today(),
        faults=[("", refusal.sentence)] if refusal else [],
    )  # fmt: skip


def _account_act(request: HttpRequest) -> str:
    """Do what the pressed button says; return the sentence of success."""
    by, at = actor_of(request), now()
    match field(request, "do"):
        case "close":
            if field(request, "sure") != "yes":
                raise people_acts.BadInput(_("关闭账户前请勾选确认。"))
            people_acts.close_account(account_id=whole(field(request, "account")), by=by, at=at)
            return _("账户已关闭。他办理过的事项记录仍然保留。")
        case "office":
            people_acts.give_office(
                account_id=whole(field(request, "account")), organ=field(request, "organ"), role=field(request, "role"),
                site=field(request, "site"), valid_from=day(field(request, "valid_from")) or today(), by=by, at=at,
            )  # fmt: skip
            return _("职务已授予。")
    people_acts.create_account(
        username=field(request, "username"), name=field(request, "name"), password=request.POST.get("password", ""),
        by=by, at=at,
    )  # fmt: skip
    return _("账户已建立，请授予职务。没有职务的账户不能办理事项。")


@page("signed_in", methods=("GET", "POST"))
def totp(request: HttpRequest) -> HttpResponse:
    """Set up one's own second factor: scan the code, type one number."""
    actor, refusal = actor_of(request), errors.Refusal()
    secret = request.session.get("desk_totp") or people_acts.new_totp_secret()
    request.session["desk_totp"] = secret
    if request.method == "POST":
        with errors.caught() as refusal:
            people_acts.set_totp(secret=secret, code=field(request, "code"), by=actor, at=now())
        if not refusal:
            del request.session["desk_totp"]
            return go(request, "desk_totp", done=_("动态口令已启用。下次登录时需要填写。"))
    address = f"otpauth://totp/{_quoted('全程:' + actor.name)}?secret={secret}&issuer={_quoted('全程')}"
    return show(
        request, "totp.html", status=refusal.status, secret=secret, code=qr_svg(address, _("动态口令二维码")),
        already=people.second_factor_set(actor.id), faults=[("code", refusal.sentence)] if refusal else [],
    )


def _quoted(words: str) -> str:
    return quote(words, safe="")


@page("audit.read")
def audit(request: HttpRequest) -> HttpResponse:
    """Show the newest ledger entries and who looked behind a submission (S05)."""
    actor = actor_of(request)
    demand(actor, "audit.read")
    before = whole(request.GET.get("before")) or None
    return show(
        request, "audit.html", entry_words=entry_words(), entries=ledger.recent_entries(PAGE, before), accesses=people.identity_accesses(actor),
    )
