"""Reads of sites: the directory, a site's public page and desk, reception days and their queues, demonstration points."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Count, F, OuterRef, Prefetch, Q, Subquery, prefetch_related_objects
from django.utils import timezone

from quancheng.contact import files, rules
from quancheng.contact.models import (
    Activity,
    ActivityPicture,
    Booking,
    ClosedDay,
    Code,
    Demonstration,
    OpeningHours,
    Reception,
    ReceptionDeputy,
    RotaTurn,
    SiteCheck,
    SiteProfile,
)
from quancheng.handling.queries import light
from quancheng.kernel.deadlines import Light
from quancheng.people.models import Site
from quancheng.people.permissions import Actor, NotAllowed, demand, may
from quancheng.procedures import queries as procedures

AHEAD = timedelta(days=30)
SHOWN = 10  # activities on a site's page


@dataclass(frozen=True)
class SiteLine:
    """A site in the directory: its place on the map, its functions, its next reception, whether it is open now."""

    site: Site
    profile: SiteProfile | None
    functions: list[str]
    code: str
    next_reception: date | None
    open_now: bool


def directory(now: datetime, function: str = "", area: str = "") -> list[SiteLine]:
    """Return the sites in being, by code, of a function and under an area where they are named (5 statements)."""
    on = timezone.localdate(now)
    found = Site.objects.filter(rules.in_force(on))
    if function:
        found = found.filter(functions__kind=function)
    if area:
        found = found.filter(rules.under("area", [area]))
    coming = Reception.objects.filter(site=OuterRef("pk"), day__gte=on, cancelled_at=None, closed_at=None)
    code = Code.objects.filter(site=OuterRef("pk"), revoked_at=None)
    rows = found.select_related("area__parent", "profile").annotate(
        coming=Subquery(coming.order_by("day").values("day")[:1]), code_now=Subquery(code.values("pk")[:1])
    )
    closed = ClosedDay.objects.filter(day=on)
    rows = rows.prefetch_related("functions", "opening_hours", Prefetch("closed_days", closed, to_attr="closed_now"))
    return [
        SiteLine(
            site, getattr(site, "profile", None), [str(f.get_kind_display()) for f in site.functions.all()],
            site.code_now or "", site.coming, is_open(list(site.opening_hours.all()), bool(site.closed_now), now),
        )
        for site in rows.order_by("code")
    ]


def is_open(hours: list[OpeningHours], closed: bool, now: datetime) -> bool:
    """Tell whether a site with these hours is open at a moment."""
    local = timezone.localtime(now)
    at = local.time()
    return not closed and any(h.weekday == local.weekday() and h.opens <= at < h.closes for h in hours)


@dataclass(frozen=True)
class SitePage:
    """What everybody sees of a site."""

    site: Site
    profile: SiteProfile | None
    functions: list[str]
    hours: list[OpeningHours]
    closed: list[ClosedDay]
    open_now: bool
    rota: list[RotaTurn]
    receptions: list[Reception]
    activities: list[Activity]
    point: Demonstration | None  # nominated, checked or named
    code: str

    @property
    def demonstration(self) -> Demonstration | None:
        """The demonstration point that the site is, once named."""
        return self.point if self.point is not None and self.point.state == Demonstration.State.NAMED else None


def site_page(code: str, now: datetime) -> SitePage:
    """Return a site's public page (≤11 statements, whatever there is). Raises Site.DoesNotExist."""
    on = timezone.localdate(now)
    site = Site.objects.select_related("area__parent", "organ", "profile").filter(rules.in_force(on)).get(pk=code)
    hours = list(site.opening_hours.order_by("weekday", "opens"))
    closed = list(site.closed_days.filter(day__gte=on, day__lte=on + AHEAD).order_by("day"))
    rota = site.rota.filter(day__gte=on, day__lte=on + AHEAD, cancelled_at=None).select_related("account")
    return SitePage(
        site=site, profile=getattr(site, "profile", None),
        functions=[str(f.get_kind_display()) for f in site.functions.order_by("kind")], hours=hours, closed=closed,
        open_now=is_open(hours, any(day.day == on for day in closed), now), rota=list(rota.order_by("day", "starts")),
        receptions=open_receptions(on, site=code), activities=_activities(site, shown=True)[:SHOWN],
        point=site.demonstrations.exclude(state=Demonstration.State.REMOVED).first(),
        code=site.codes.filter(revoked_at=None).values_list("pk", flat=True).first() or "",
    )


def neighbours(profile: SiteProfile, on: date, limit: int = 12) -> list[SiteProfile]:
    """Return the nearest other sites whose place is known, within about 20 km (1 statement)."""
    if profile.latitude is None or profile.longitude is None:
        return []
    return [one for one in near(profile.latitude, profile.longitude, on, limit + 1) if one.pk != profile.pk][:limit]


def near(latitude: Decimal, longitude: Decimal, on: date, limit: int = 12) -> list[SiteProfile]:
    """Return the sites nearest to a place, within about 20 km (1 statement)."""
    reach = Decimal("0.2")
    found = SiteProfile.objects.filter(
        rules.in_force(on, "site__"), latitude__range=(latitude - reach, latitude + reach),
        longitude__range=(longitude - reach, longitude + reach),
    )
    known = [one for one in found.select_related("site")[:200] if one.latitude is not None and one.longitude is not None]

    def apart(one: SiteProfile) -> Decimal:  # squared, in degrees: only to sort by
        north, east = (one.latitude or 0) - latitude, (one.longitude or 0) - longitude
        return Decimal(north * north + east * east)

    return sorted(known, key=apart)[:limit]


def _activities(site: Site, *, shown: bool) -> list[Activity]:
    found = Activity.objects.filter(site=site, shown_at__isnull=not shown)
    found = found.prefetch_related("pictures").select_related("recorded_by").annotate(took_part=Count("deputies"))
    return list(found.order_by("-held_on", "-pk")[:100])


def open_receptions(on: date, site: str = "", days: int = 30) -> list[Reception]:
    """Return the receptions that are still to come, with their deputies (2 statements)."""
    found = Reception.objects.filter(day__gte=on, day__lte=on + timedelta(days=days), cancelled_at=None, closed_at=None)
    if site:
        found = found.filter(site_id=site)
    deputies = Prefetch("deputies", ReceptionDeputy.objects.select_related("account").order_by("pk"))
    return list(found.select_related("site", "area").prefetch_related(deputies).order_by("day", "starts")[:300])


def reception(reception_id: int) -> Reception:
    """Return a reception with its deputies (2 statements). Raises Reception.DoesNotExist."""
    deputies = Prefetch("deputies", ReceptionDeputy.objects.select_related("account").order_by("pk"))
    return Reception.objects.select_related("site__area", "area").prefetch_related(deputies).get(pk=reception_id)


@dataclass(frozen=True)
class Queue:
    """The queue of a reception, by number, and how many wait."""

    reception: Reception
    bookings: list[Booking]
    waiting: int


def queue(reception_id: int, actor: Actor) -> Queue:
    """Return the queue of a reception, for the site's staff, its office and its deputies (≤6 statements). Raises NotAllowed.

    A booking that speaks of the reader, or to a deputy one that may accuse anybody, shows like one without a word (S02).
    """
    found = reception(reception_id)
    receives = actor.account_id in [row.account_id for row in found.deputies.all()] and may(actor, "duty.keep")
    if not receives:
        rules.keeps(actor, found.site)
    prefetch_related_objects([found], Prefetch("bookings", Booking.objects.defer("person_index")))
    return _queue(found, actor, receives)


def _queue(found: Reception, actor: Actor, receives: bool) -> Queue:
    rows = sorted(found.bookings.all(), key=lambda row: row.number)
    for row in rows:
        words = f"{row.name} {row.about}"
        if rules.speaks_of(actor, words) or receives and rules.speaks_of_accusation(words):
            row.name = row.about = ""
    return Queue(found, rows, sum(row.state == Booking.State.WAITING for row in rows))


def booking(receipt_code: str) -> tuple[Booking, int]:
    """Return a booking by its code, and how many wait before it (2 statements). Raises Booking.DoesNotExist."""
    found = Booking.objects.select_related("reception__site").defer("person_index").get(receipt_code=receipt_code)
    before = Booking.objects.filter(
        reception=found.reception, number__lt=found.number, state__in=(Booking.State.WAITING, Booking.State.CALLED)
    )
    return found, before.count()


def my_receptions(actor: Actor, on: date) -> list[ReceptionDeputy]:
    """Return a deputy's own reception days from a day on, with how many booked (1 statement). Raises NotAllowed."""
    demand(actor, "duty.keep")
    mine = ReceptionDeputy.objects.filter(account_id=actor.id, reception__day__gte=on, reception__cancelled_at=None)
    return list(mine.select_related("reception__site").order_by("reception__day", "reception__starts")[:100])


def my_days(actor: Actor, on: date, number: int = 1) -> tuple[list[Queue], int]:
    """Return a page of 10 of a deputy's reception days from a day on, each with its queue, and how many there are.

    Costs 4 statements; what a queue shows him is what `queue` does. Raises NotAllowed.
    """
    demand(actor, "duty.keep")
    mine = Reception.objects.filter(deputies__account_id=actor.id, day__gte=on, cancelled_at=None)
    turns = Booking.objects.exclude(state=Booking.State.CANCELLED).defer("person_index")
    others = ReceptionDeputy.objects.select_related("account").order_by("pk")
    rows = mine.select_related("site").prefetch_related(Prefetch("bookings", turns), Prefetch("deputies", others))
    found = rows.order_by("day", "starts", "pk")[(number - 1) * 10 : number * 10]
    return [_queue(day, actor, receives=True) for day in found], mine.count()


def receptions_held(first: date, until: date) -> list[tuple[Site, int, int]]:
    """Return for each site how many receptions it held in a span, and how many it should have (R8.03; 4 statements)."""
    held = Q(receptions__day__gte=first, receptions__day__lt=until, receptions__cancelled_at=None)
    held &= Q(receptions__closed_at__isnull=False)
    on = until - timedelta(days=1)
    sites = Site.objects.filter(rules.in_force(on)).select_related("area").annotate(held=Count("receptions", filter=held))
    weekly = procedures.parameter("station.reception", area="410900", on=on)
    wanted = weekly * max((until - first).days // 7, 0)
    return [(site, site.held, wanted) for site in sites.order_by("held", "code")]


@dataclass(frozen=True)
class SiteDesk:
    """What those who keep a site see beyond its public page."""

    page: SitePage
    waiting: list[Activity] = field(default_factory=list)
    checks: list[SiteCheck] = field(default_factory=list)


def site_desk(code: str, actor: Actor, now: datetime) -> SiteDesk:
    """Return a site's desk, for its staff and the office over it (≤15 statements). Raises NotAllowed, Site.DoesNotExist."""
    page = site_page(code, now)
    rules.keeps(actor, page.site)
    checks = page.site.checks.select_related("by").prefetch_related("items").order_by("-on", "-pk")[:12]
    return SiteDesk(
        page=page, waiting=_activities(page.site, shown=False), checks=list(checks)
    )


def points_due(actor: Actor, today: date) -> list[tuple[Demonstration, Light]]:
    """Return the named demonstration points under the actor's offices, the next review first (2 statements). Raises NotAllowed."""
    over = rules.under("site__area", rules.areas_of(actor, "contact.manage"))
    found = Demonstration.objects.filter(over, state=Demonstration.State.NAMED).select_related("site__area")
    rows = found.annotate(reviewed=Count("reviews")).order_by(F("review_due_on").asc(nulls_last=True), "pk")
    return [(point, light(point.review_due_on, today)) for point in rows if point.review_due_on is not None]


def activity_picture(picture_id: int, actor: Actor) -> tuple[ActivityPicture, bytes]:
    """Return a picture of an activity: a shown one to all, another to those who keep the site. Raises NotAllowed, OSError."""
    found = ActivityPicture.objects.select_related("activity__site").get(pk=picture_id)
    if found.activity.shown_at is None:
        if actor.account_id is None:
            raise NotAllowed("contact.keep_site")
        rules.keeps(actor, found.activity.site)
    return found, files.path_of(found.stored_name).read_bytes()
