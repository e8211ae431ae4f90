"""What those who keep a site read, one page of its desk at a time; and the deputies that they may choose."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Prefetch

from quancheng.contact import rules
from quancheng.contact.models import (
    Activity,
    ClosedDay,
    Demonstration,
    DemonstrationReview,
    OpeningHours,
    Reception,
    ReceptionDeputy,
    RotaTurn,
    SiteCheck,
    SiteProfile,
)
from quancheng.people.models import Account, Office, Site
from quancheng.people.permissions import Actor, NotAllowed, demand, may
from quancheng.procedures.queries import parameter


@dataclass(frozen=True)
class KeptSite:
    """A site with its profile, and whether the actor manages it for the office."""

    site: Site
    profile: SiteProfile | None
    manages: bool


def kept_site(code: str, actor: Actor) -> KeptSite:
    """Return a site for those who keep it (≤4 statements). Raises NotAllowed, Site.DoesNotExist."""
    found = Site.objects.select_related("area__parent", "organ", "profile").get(pk=code)
    rules.keeps(actor, found)
    try:
        manages = bool(may(actor, "contact.manage") and rules.office_over(actor, "contact.manage", found.area_id))
    except NotAllowed:
        manages = False
    return KeptSite(found, getattr(found, "profile", None), manages)


@dataclass(frozen=True)
class Place:
    """Where and when a site is open, and for what."""

    hours: list[OpeningHours]
    closed: list[ClosedDay]
    functions: list[str]
    code: str = ""


def place_of(site: Site, on: date) -> Place:
    """Return a site's hours, the closed days to come, its functions by key, its code on the wall (4 statements)."""
    return Place(
        list(site.opening_hours.order_by("weekday", "opens")),
        list(site.closed_days.filter(day__gte=on).order_by("day")[:60]),
        list(site.functions.order_by("kind").values_list("kind", flat=True)),
        site.codes.filter(revoked_at=None).values_list("pk", flat=True).first() or "",
    )


@dataclass(frozen=True)
class Days:
    """A site's rota to come, its receptions to come and those of the last 60 days, newest first."""

    rota: list[RotaTurn]
    coming: list[Reception]
    past: list[Reception]


def days_of(site: Site, on: date) -> Days:
    """Return a site's days (5 statements)."""
    turns = site.rota.filter(day__gte=on, cancelled_at=None).select_related("account").order_by("day", "starts")[:100]
    deputies = Prefetch("deputies", ReceptionDeputy.objects.select_related("account").order_by("pk"))
    every = site.receptions.prefetch_related(deputies).annotate(queued=Count("bookings"))
    past = every.filter(day__lt=on, day__gte=on - timedelta(days=60)).order_by("-day", "-starts")[:60]
    return Days(list(turns), list(every.filter(day__gte=on).order_by("day", "starts")[:60]), list(past))


def activities_of(site: Site, number: int = 1) -> tuple[list[Activity], int]:
    """Return a page of 20 of a site's activities, shown or not, newest first, and how many there are (3 statements)."""
    found = Activity.objects.filter(site=site)
    rows = found.prefetch_related("pictures").select_related("recorded_by").annotate(took_part=Count("deputies"))
    return list(rows.order_by("-held_on", "-pk")[(number - 1) * 20 : number * 20]), found.count()


def checks_of(site: Site) -> list[SiteCheck]:
    """Return the last looks at the eight things, newest first (2 statements)."""
    return list(site.checks.select_related("by").prefetch_related("items").order_by("-on", "-pk")[:12])


def point_of(site: Site) -> Demonstration | None:
    """Return the demonstration point that a site is or may become, with its reviews (≤3 statements)."""
    reviews = Prefetch("reviews", DemonstrationReview.objects.prefetch_related("marks").order_by("-on", "-pk"))
    found = site.demonstrations.exclude(state=Demonstration.State.REMOVED).prefetch_related(reviews)
    return found.select_related("nominated_by", "checked_by", "named_by").first()


def deputies_now(actor: Actor, on: date) -> list[tuple[int, str]]:
    """Return id and name of every deputy in office, by name, to be chosen from (1 statement). Raises NotAllowed."""
    demand(actor, "contact.keep_site")
    return list(Account.objects.filter(rules.sitting(on)).order_by("name", "pk").values_list("pk", "name")[:3000])


def staff_of(site: Site, on: date) -> list[tuple[int, str]]:
    """Return id and name of a site's staff on a day (1 statement)."""
    held = Office.objects.filter(rules.in_force(on), role=Office.Role.SITE_STAFF, site=site, account__closed_at=None)
    return list(held.order_by("account__name").values_list("account_id", "account__name"))


@dataclass(frozen=True)
class KeptLine:
    """A site in the office's list: receptions held in the last four weeks and wanted, its point's state."""

    site: Site
    held: int
    wanted: int
    coming: date | None
    point: str


def kept_sites(actor: Actor, on: date, text: str = "") -> list[KeptLine]:
    """Return the sites that the actor keeps, by code (≤6 statements). Raises NotAllowed."""
    demand(actor, "contact.keep_site")
    found = Site.objects.filter(rules.in_force(on))
    if may(actor, "contact.manage"):
        found = found.filter(rules.under("area", rules.areas_of(actor, "contact.manage")))
    else:
        found = found.filter(pk__in=[o.site for o in actor.offices if o.role == "site_staff"])
    if text:
        found = found.filter(name__contains=text)
    since = on - timedelta(days=28)
    days = Reception.objects.filter(day__gte=since, cancelled_at=None).only("site_id", "day", "closed_at").order_by("day")
    points = Demonstration.objects.exclude(state=Demonstration.State.REMOVED)
    rows = found.select_related("area").prefetch_related(
        Prefetch("receptions", days, to_attr="near"), Prefetch("demonstrations", points, to_attr="point_now")
    )
    weekly = parameter("station.reception", area="410900", on=on)
    return [_kept_line(site, weekly * 4, on) for site in rows.order_by("code")[:1000]]


def _kept_line(site: Site, wanted: int, on: date) -> KeptLine:
    near: list[Reception] = site.near  # type: ignore[attr-defined]  # prefetched above
    points: list[Demonstration] = site.point_now  # type: ignore[attr-defined]  # prefetched above
    return KeptLine(
        site, sum(r.closed_at is not None for r in near), wanted,
        next((r.day for r in near if r.day >= on and r.closed_at is None), None),
        str(points[0].get_state_display()) if points else "",
    )
