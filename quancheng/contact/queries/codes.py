"""Reads behind the codes on the wall, the grid table and the tablets: who lacks a code, what a table would do, what is enrolled."""

import csv
import io
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from quancheng.contact import rules
from quancheng.contact.models import Code, GridSeat, Tablet
from quancheng.people.models import Account, Area, Site
from quancheng.people.permissions import Actor

MOST = 20_000  # rows of one table
_GRID = (Area.Kind.VILLAGE, Area.Kind.COMMUNITY)


def _deputies(areas: list[str], on: date) -> QuerySet[Account]:
    under = rules.under("seats__term__organ__area", areas) | Q(offices__role="deputy") & rules.under(
        "offices__organ__area", areas
    )
    return Account.objects.filter(pk__in=Account.objects.filter(rules.sitting(on)).filter(under).values("pk"))


@dataclass(frozen=True)
class Lacking:
    """The deputies and the sites under the actor's offices that have no code: (id or code, name)."""

    deputies: list[tuple[int, str]]
    sites: list[tuple[str, str]]


def without_code(actor: Actor, on: date) -> Lacking:
    """Return who has no code yet (3 statements). Raises NotAllowed."""
    areas = rules.areas_of(actor, "contact.manage")
    running = Code.objects.filter(revoked_at=None)
    people = _deputies(areas, on).exclude(pk__in=running.filter(account__isnull=False).values("account_id"))
    sites = Site.objects.filter(rules.in_force(on)).filter(rules.under("area", areas))
    sites = sites.exclude(pk__in=running.filter(site__isnull=False).values("site_id"))
    return Lacking(
        list(people.order_by("name", "pk").values_list("pk", "name")), list(sites.order_by("code").values_list("pk", "name"))
    )


def code_on_the_wall(code: str, actor: Actor) -> Code:
    """Return a running code to be printed, for the office over it or whoever keeps the site (≤4 statements).

    Raises NotAllowed, Code.DoesNotExist.
    """
    found = Code.objects.select_related("account", "site__area").get(pk=code, revoked_at=None)
    if found.site is not None:
        rules.keeps(actor, found.site)
    else:
        rules.office_over(actor, "contact.manage", rules.area_of_deputy(found.account_id or 0))
    return found


@dataclass(frozen=True)
class GridRow:
    """A row of the grid table as it would be taken in; `fault` says what is wrong with it, `known`: it is there already."""

    number: int
    area: str
    username: str
    account_id: int = 0
    place: str = ""
    name: str = ""
    fault: str = ""
    known: bool = False


class NoTable(ValueError):
    """What was sent is no table of two columns."""


def read_grid(text: str, valid_from: date, actor: Actor) -> list[GridRow]:
    """Read the grid table (CSV: `area`, `username`) and say of each row what is wrong, without writing (6 statements).

    Raises NotAllowed, NoTable.
    """
    over = set(rules.areas_of(actor, "contact.manage"))
    try:
        rows = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"), newline="")))
    except csv.Error:
        raise NoTable("这不是一张 CSV 表，请检查引号和换行。") from None
    if not rows or {"area", "username"} - set(rows[0]):
        raise NoTable("表头须有 area、username 两列。")
    if len(rows) > MOST:
        raise NoTable(f"一次最多{MOST}行，请分开导入。")
    pairs = [((row["area"] or "").strip(), (row["username"] or "").strip()) for row in rows]
    accounts = {a.username: a for a in Account.objects.filter(username__in={username for _, username in pairs})}
    sitting = set(
        Account.objects.filter(rules.sitting(valid_from), pk__in=[a.pk for a in accounts.values()]).values_list("pk", flat=True)
    )
    areas = Area.objects.select_related("parent__parent__parent__parent").in_bulk({area for area, _ in pairs})
    seated = set(GridSeat.objects.filter(valid_to=None).values_list("area_id", "account_id"))
    found, seen = [], set[tuple[str, str]]()
    for number, (area, username) in enumerate(pairs, start=2):
        account, place = accounts.get(username), areas.get(area)
        fault = _fault(account, place, over, sitting, valid_from)
        found.append(
            GridRow(
                number, area, username, account.pk if account else 0, place.name if place else "",
                account.name if account else "", fault,
                (area, username) in seen or bool(account and (area, account.pk) in seated),
            )
        )  # fmt: skip
        seen.add((area, username))
    return found


def _fault(account: Account | None, place: Area | None, over: set[str], sitting: set[int], on: date) -> str:
    """Return what is wrong with a row, '' where nothing is."""
    if account is None:
        return "没有这个账户。"
    if place is None or not over & set(rules.chain(place)):
        return "这个地区不归您管理，或者不存在。"
    if account.pk not in sitting:
        return "只有在任代表才能联系网格。"
    in_being = place.valid_from <= on and (place.valid_to is None or place.valid_to >= on)
    if place.kind not in _GRID or not in_being:
        return "请选择村或者社区。"
    return ""


def grid_places(actor: Actor, on: date) -> list[Area]:
    """Return the counties and districts in which the actor may keep the grid table (2 statements). Raises NotAllowed."""
    areas = rules.areas_of(actor, "contact.manage")
    found = Area.objects.filter(rules.in_force(on), kind__in=("county", "district", "zone"))
    return list(found.filter(Q(pk__in=areas) | Q(parent__in=areas)).order_by("code"))


def tablets_of(site: Site, actor: Actor) -> list[Tablet]:
    """Return a site's tablets, for those who keep it, with how much each handed over (≤3 statements). Raises NotAllowed."""
    rules.keeps(actor, site)
    found = Tablet.objects.filter(site=site).select_related("enrolled_by").annotate(handed=Count("opinions"))
    return list(found.defer("key_digest").order_by("revoked_at", "pk"))
