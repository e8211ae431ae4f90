"""Predicates of contact: who is a deputy now, whose site this is, what a deputy may not meddle with."""

import re
from datetime import date

from django.db.models import Q

from quancheng.kernel.text import fold
from quancheng.people.models import Area, Office, Organ, Seat, Site
from quancheng.people.permissions import Actor, NotAllowed, may

LONGEST = 10_000  # characters of one opinion
PICTURES = 3  # of one opinion
LOG_PICTURES = 9  # of one activity
SHORTEST_REASON = 5
FEWEST_VOTES = 5  # a result of fewer shows who said what (S06)
_DEPTH = "parent__parent__parent__parent"
_ACCUSING = re.compile(r"举报|检举|控告|揭发|受贿|行贿|贪污|索贿|回扣|以权谋私|渎职")
_PENDING = re.compile(r"法院|法官|起诉|诉讼|庭审|判决|裁定|执行案|检察|公安|派出所|立案|侦查|招标|投标|中标|标段")


def in_force(on: date, prefix: str = "") -> Q:
    """Return the condition that a row with validity dates is in force on a day."""
    return Q(**{prefix + "valid_from__lte": on}) & (
        Q(**{prefix + "valid_to": None}) | Q(**{prefix + "valid_to__gte": on})
    )


def sitting(on: date) -> Q:
    """Return the condition on an account that it is a deputy's on a day: an office, and no seat that has ended."""
    held = Office.objects.filter(in_force(on), role=Office.Role.DEPUTY).values("account_id")
    seated = Seat.objects.filter(in_force(on)).values("account_id")
    ended = Seat.objects.exclude(account_id__in=seated).values("account_id")
    return Q(closed_at=None, pk__in=held) & ~Q(pk__in=ended)


def is_sitting(account_id: int, on: date) -> bool:
    """Tell whether the account is a deputy's on a day: as `sitting`, for one account and without asking about others."""
    held = Office.objects.filter(in_force(on), account_id=account_id, account__closed_at=None, role=Office.Role.DEPUTY)
    seats = held.values_list("account__seats__valid_from", "account__seats__valid_to")
    return any(start is None or (start <= on and (end is None or end >= on)) for start, end in seats)


def chain(area: Area) -> list[str]:
    """Return the codes of an area and of all above it; no statement if it came with `parent__…`."""
    codes: list[str] = []
    found: Area | None = area
    while found is not None:
        codes.append(found.pk)
        found = found.parent
    return codes


def area_chain(code: str) -> list[str]:
    """Return the codes of an area and of all above it, nearest first (one statement); [] for an unknown one."""
    found = Area.objects.select_related(_DEPTH).filter(pk=code).first()
    return chain(found) if found else []


def office_over(actor: Actor, permission: str, area: str) -> str:
    """Return the organ for which the actor holds a permission over an area: its own area or one above. Raises NotAllowed."""
    organs = {o.organ for o in actor.offices if may(actor, permission, organ=o.organ)}
    if organs:
        over = area_chain(area)
        for organ, of in Organ.objects.filter(pk__in=organs).order_by("pk").values_list("pk", "area_id"):
            if of in over:
                return str(organ)
    raise NotAllowed(permission)


def areas_of(actor: Actor, permission: str) -> list[str]:
    """Return the areas of the organs for which the actor holds a permission (1 statement). Raises NotAllowed."""
    organs = {o.organ for o in actor.offices if may(actor, permission, organ=o.organ)}
    if not organs:
        raise NotAllowed(permission)
    return list(Organ.objects.filter(pk__in=organs).values_list("area_id", flat=True))


def under(path: str, areas: list[str]) -> Q:
    """Return the condition that the area at a path is one of these or lies under one."""
    found = Q(**{f"{path}__in": areas})
    for depth in range(1, 4):
        found |= Q(**{f"{path}{'__parent' * depth}__in": areas})
    return found


def office_for(area: str, on: date) -> Organ | None:
    """Return the organ whose deputy office assigns what comes from an area: its own, or the nearest above (2 statements)."""
    over = area_chain(area)
    roles = (Office.Role.DEPUTY_OFFICE, Office.Role.DEPUTY_OFFICE_LEAD)
    held = Office.objects.filter(in_force(on), role__in=roles, organ__area_id__in=over).select_related("organ")
    return min((o.organ for o in held), key=lambda organ: (over.index(organ.area_id), organ.pk), default=None)


def area_of_deputy(account_id: int) -> str:
    """Return the area of a deputy's congress, by his newest seat, else by his office; '' if he has neither."""
    seat = Seat.objects.filter(account_id=account_id).order_by("-valid_from", "-id")
    office = Office.objects.filter(account_id=account_id, role=Office.Role.DEPUTY).order_by("-valid_from", "-id")
    found = seat.values_list("term__organ__area_id", flat=True).first()
    return str(found or office.values_list("organ__area_id", flat=True).first() or "")


def keeps(actor: Actor, site: Site) -> str:
    """Return the organ in which the actor keeps a site: its staff, or the deputy office over its area. Raises NotAllowed."""
    for office in actor.offices:
        if office.role == "site_staff" and office.site == site.pk:
            return office.organ
    return office_over(actor, "contact.manage", site.area_id)


def speaks_of(actor: Actor, words: str) -> bool:
    """Tell whether words name the actor, from whom an accusation is kept then (S02 信访工作条例 30)."""
    me = fold(actor.name)
    return len(me) > 1 and me in fold(words)


def speaks_of_pending(words: str) -> bool:
    """Tell whether words touch what a deputy must not meddle with: courts, police, tenders (S22 代表法 59)."""
    return bool(_PENDING.search(words))


def speaks_of_accusation(words: str) -> bool:
    """Tell whether words may be an accusation, which goes on paper into the sealed box and is never typed (S02)."""
    return bool(_ACCUSING.search(words))
