"""The codes on the wall, and which deputy a village or community turns to (代表码、站点码、代表进网格; M55, R8.13, R8.15)."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from quancheng.contact import rules
from quancheng.contact.models import Code, GridSeat
from quancheng.contact.queries.codes import NoTable, read_grid, without_code
from quancheng.contact.recording import ContactRefused, need, record
from quancheng.kernel.words import letters
from quancheng.people.models import Area, Site
from quancheng.people.permissions import Actor, NotAllowed, demand, may
from quancheng.procedures.acts import Conflict

_GRID = (Area.Kind.VILLAGE, Area.Kind.COMMUNITY)


def make_code(
    *, account_id: int | None = None, site: str = "", by: Actor, at: datetime, renew: bool = False
) -> Code:
    """Return the code of a deputy or of a site; made once and stable, unless `renew` replaces one that was misused.

    Raises NotAllowed, ContactRefused.
    """
    if (account_id is None) == (not site):
        raise ContactRefused("代表码和站点码，一次做一个。")
    organ = _manages(by, account_id, site)
    day = timezone.localdate(at)
    if account_id is not None and not rules.is_sitting(account_id, day):
        raise ContactRefused("只有在任代表才有代表码。", "account")
    if site and not Site.objects.filter(rules.in_force(day), pk=site).exists():
        raise ContactRefused("这个站点已经撤销。", "site")
    whose = Q(site_id=site) if account_id is None else Q(account_id=account_id)
    now = Code.objects.filter(whose, revoked_at=None)
    with transaction.atomic():
        if renew:
            now.update(revoked_at=at, revoked_why="换发")
        elif (there := now.first()) is not None:
            return there
        try:
            with transaction.atomic():
                made = Code.objects.create(code=letters(8), account_id=account_id, site_id=site or None, made_at=at)
        except IntegrityError:
            return now.get()
        record("code", f"code:{made.code}", "", at, organ, site=site)
    return made


def _manages(by: Actor, account_id: int | None, site: str) -> str:
    """Return the organ in which the actor manages codes of that site, or of the deputy's congress. Raises NotAllowed."""
    if site:
        return rules.office_over(by, "contact.manage", Site.objects.get(pk=site).area_id)
    area = rules.area_of_deputy(account_id) if account_id is not None else ""
    if area:
        return rules.office_over(by, "contact.manage", area)
    raise NotAllowed("contact.manage")


def make_codes(*, by: Actor, at: datetime) -> int:
    """Make the codes of all deputies and sites under the actor's offices that have none; return how many. Raises NotAllowed."""
    lacking = without_code(by, timezone.localdate(at))
    organ = next(o.organ for o in by.offices if may(by, "contact.manage", organ=o.organ))
    made = [Code(code=letters(8), account_id=pk, made_at=at) for pk, _name in lacking.deputies]
    made += [Code(code=letters(8), site_id=pk, made_at=at) for pk, _name in lacking.sites]
    if not made:
        return 0
    with transaction.atomic():
        before = Code.objects.filter(revoked_at=None).count()
        Code.objects.bulk_create(made, ignore_conflicts=True, batch_size=2000)
        done = Code.objects.filter(revoked_at=None).count() - before
        record("codes", "codes", ",".join(one.code for one in made), at, organ, made=done)
    return done


def revoke_code(*, code: str, reason: str, by: Actor, at: datetime) -> Code:
    """Let a code lead nowhere from now on. Raises NotAllowed, ContactRefused, Conflict."""
    found = Code.objects.get(pk=code)
    organ = _manages(by, found.account_id, found.site_id or "")
    reason = need(reason, 2, "请写明停用的原因", "reason", 60)
    with transaction.atomic():
        if not Code.objects.filter(pk=code, revoked_at=None).update(revoked_at=at, revoked_why=reason):
            raise Conflict("这个码已经停用。")
        record("code_revoked", f"code:{code}", reason, at, organ)
    found.refresh_from_db()
    return found


def seat_in_grid(*, area: str, account_id: int, valid_from: date, by: Actor, at: datetime) -> GridSeat:
    """Let a deputy stand for a village or community (M55): he advises and passes on (R8.15).

    Raises NotAllowed, ContactRefused.
    """
    organ = rules.office_over(by, "contact.manage", area)
    if not rules.is_sitting(account_id, valid_from):
        raise ContactRefused("只有在任代表才能联系网格。", "account")
    if not Area.objects.filter(rules.in_force(valid_from), pk=area, kind__in=_GRID).exists():
        raise ContactRefused("请选择村或者社区。", "area")
    with transaction.atomic():
        made, new = GridSeat.objects.get_or_create(
            area_id=area, account_id=account_id, valid_to=None, defaults={"valid_from": valid_from}
        )
        if new:
            record("grid", f"grid:{area}", "", at, organ, start=str(valid_from))
    return made


def leave_grid(*, seat_id: int, last_day: date, by: Actor, at: datetime) -> GridSeat:
    """End that a deputy stands for a village or community. Raises NotAllowed, ContactRefused, Conflict."""
    found = GridSeat.objects.get(pk=seat_id)
    organ = rules.office_over(by, "contact.manage", found.area_id)
    if last_day < found.valid_from:
        raise ContactRefused("结束日期早于开始日期。", "last_day")
    with transaction.atomic():
        if not GridSeat.objects.filter(pk=seat_id, valid_to=None).update(valid_to=last_day):
            raise Conflict("这项对应已经结束。")
        record("grid_left", f"grid:{found.area_id}", "", at, organ, end=str(last_day))
    found.refresh_from_db()
    return found


def import_grid(*, text: str, valid_from: date, by: Actor, at: datetime) -> int:
    """Import the grid table: CSV with the columns `area` (code) and `username`; all rows or none. Returns how many are new.

    The statements do not grow with the rows. Raises NotAllowed, ContactRefused with the first row that is wrong.
    """
    demand(by, "contact.manage")
    try:
        rows = read_grid(text, valid_from, by)
    except NoTable as error:
        raise ContactRefused(str(error), "file") from None
    wrong = next((row for row in rows if row.fault), None)
    if wrong is not None:
        raise ContactRefused(f"第{wrong.number}行：{wrong.fault}", "file")
    organ = next(o.organ for o in by.offices if may(by, "contact.manage", organ=o.organ))
    fresh = [GridSeat(area_id=r.area, account_id=r.account_id, valid_from=valid_from) for r in rows if not r.known]
    with transaction.atomic():
        before = GridSeat.objects.filter(valid_to=None).count()
        GridSeat.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=2000)  # somebody may have been faster
        done = GridSeat.objects.filter(valid_to=None).count() - before
        record("grid_imported", "grid", text, at, organ, rows=len(rows))
    return done
