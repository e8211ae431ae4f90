"""Reads of codes, grids, pairings, groups and topics."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from quancheng.contact import rules
from quancheng.contact.models import (
    Code,
    ContactNote,
    GridSeat,
    GroupTopic,
    Pairing,
    ResidentGroup,
    TopicVoice,
)
from quancheng.handling.queries import light
from quancheng.kernel.deadlines import Light
from quancheng.people.models import Account, Area, Office, Seat, Site
from quancheng.people.permissions import Actor, demand, may

PAGE = 50


@dataclass(frozen=True)
class Target:
    """Where a code leads: to a deputy or to a site."""

    code: str
    account: Account | None
    site: Site | None


def resolve(code: str, on: date) -> Target | None:
    """Return where a code leads on a day; None for one that is unknown, revoked, or whose seat has ended (2 statements)."""
    found = Code.objects.select_related("account", "site__area").filter(pk=code.upper(), revoked_at=None).first()
    if found is None:
        return None
    if found.account is not None and not rules.is_sitting(found.account.pk, on):
        return None
    if found.site is not None and found.site.valid_to is not None and found.site.valid_to < on:
        return None
    return Target(found.pk, found.account, found.site)


@dataclass(frozen=True)
class Deputy:
    """What everybody may know of a deputy (R8.06): name, electoral unit, field of work; and the code to write to him."""

    account_id: int
    name: str
    electoral_unit: str
    field: str
    code: str


def deputies_of(area: str, on: date) -> tuple[Area, list[Deputy]]:
    """Return an area and the deputies it turns to: “who is my deputy” (M55; 2 statements).

    For a village or community those of its grid, and for any larger area those of all the grids in it.
    Raises Area.DoesNotExist.
    """
    place = Area.objects.select_related("parent").get(pk=area)
    seats = GridSeat.objects.filter(rules.in_force(on)).filter(rules.under("area", [area])).values("account_id")
    seat = Seat.objects.filter(rules.in_force(on), account=OuterRef("pk")).order_by("-valid_from", "-pk")
    code = Code.objects.filter(account=OuterRef("pk"), revoked_at=None)
    found = Account.objects.filter(rules.sitting(on), pk__in=seats).annotate(
        unit=Subquery(seat.values("electoral_unit")[:1]), of_field=Subquery(seat.values("field")[:1]),
        code_now=Subquery(code.values("pk")[:1]),
    )
    rows = found.order_by("name", "pk").values_list("pk", "name", "unit", "of_field", "code_now")[:500]
    return place, [Deputy(pk, name, unit or "", field or "", code or "") for pk, name, unit, field, code in rows]


def grid_table(actor: Actor, area: str, on: date) -> list[GridSeat]:
    """Return who stands for which village or community under an area, for the office (≤4 statements). Raises NotAllowed."""
    rules.office_over(actor, "contact.manage", area)
    found = GridSeat.objects.filter(rules.in_force(on)).filter(rules.under("area", [area]))
    return list(found.select_related("area__parent", "account").order_by("area_id", "account__name")[:2000])


def codes_to_print(actor: Actor, on: date) -> list[Code]:
    """Return every code in use under the actor's offices, for posters (2 statements). Raises NotAllowed."""
    areas = rules.areas_of(actor, "contact.manage")
    deputies = Account.objects.filter(rules.sitting(on)).filter(
        rules.under("seats__term__organ__area", areas) | Q(offices__role="deputy") & rules.under("offices__organ__area", areas)
    )
    found = Code.objects.filter(revoked_at=None).filter(rules.under("site__area", areas) | Q(account__in=deputies.values("pk")))
    return list(found.select_related("account", "site").order_by("site_id", "account__name", "pk")[:3000])


@dataclass(frozen=True)
class PairingLine:
    """A pairing with the light of its next contact, and how often they were in touch."""

    pairing: Pairing
    light: Light
    notes: int


def _lines(found: QuerySet[Pairing], today: date, limit: int = 500) -> list[PairingLine]:
    rows = found.select_related("holder", "deputy", "group__area", "organ").annotate(contacts=Count("notes"))
    return [PairingLine(p, light(p.due_on, today), p.contacts) for p in rows.order_by("due_on", "pk")[:limit]]


def my_pairings(actor: Actor, today: date) -> list[PairingLine]:
    """Return the running pairings of which the actor is one side, soonest first (1 statement). Raises NotAllowed."""
    demand(actor, "contact.log")
    mine = Q(holder_id=actor.id) | Q(deputy_id=actor.id)
    return _lines(Pairing.objects.filter(mine, valid_to=None), today)


def overdue(actor: Actor, today: date) -> list[PairingLine]:
    """Return the pairings of the actor's offices that were not in touch by their day (1 statement). Raises NotAllowed."""
    demand(actor, "contact.overdue")
    organs = [o.organ for o in actor.offices if may(actor, "contact.overdue", organ=o.organ)]
    return _lines(Pairing.objects.filter(organ_id__in=organs, valid_to=None, due_on__lt=today), today)


@dataclass(frozen=True)
class OfficeBonds:
    """What an office pairs: the running pairings, soonest first, and whom it may choose from."""

    lines: list[PairingLine]
    members: list[tuple[int, str]]
    deputies: list[tuple[int, str]]
    groups: list[ResidentGroup]


def office_bonds(actor: Actor, today: date) -> OfficeBonds:
    """Return the pairings of the actor's offices with those who can be paired (4 statements). Raises NotAllowed."""
    demand(actor, "contact.manage")
    organs = [o.organ for o in actor.offices if may(actor, "contact.manage", organ=o.organ)]
    held = Office.objects.filter(rules.in_force(today), role=Office.Role.SC_MEMBER, account__closed_at=None)
    sitting = Account.objects.filter(rules.sitting(today)).order_by("name", "pk").values_list("pk", "name")
    return OfficeBonds(
        lines=_lines(Pairing.objects.filter(organ_id__in=organs, valid_to=None), today),
        members=list(held.order_by("account__name").values_list("account_id", "account__name").distinct()),
        deputies=list(sitting[:3000]),
        groups=list(ResidentGroup.objects.filter(closed_at=None).select_related("area").order_by("area", "name")[:1000]),
    )


def topics_of(group_id: int) -> tuple[ResidentGroup, list[GroupTopic]]:
    """Return a group and its topics, newest first (2 statements). Raises ResidentGroup.DoesNotExist."""
    group = ResidentGroup.objects.select_related("area").get(pk=group_id)
    shown = group.topics.exclude(words="").annotate(said=Count("voices", filter=Q(voices__erased_at=None)))
    return group, list(shown.order_by("-pk")[:100])


def pairing_page(pairing_id: int, actor: Actor, today: date) -> tuple[PairingLine, list[ContactNote]]:
    """Return a pairing with its log, newest first, for its two sides and its office (≤3 statements).

    Raises NotAllowed, Pairing.DoesNotExist.
    """
    found = Pairing.objects.select_related("holder", "deputy", "group__area", "organ").get(pk=pairing_id)
    if actor.account_id not in (found.holder_id, found.deputy_id) or not may(actor, "contact.log"):
        demand(actor, "contact.overdue", organ=found.organ_id)
    notes = list(found.notes.select_related("by", "opinion__case").order_by("-on", "-pk")[:200])
    return PairingLine(found, light(found.due_on, today), len(notes)), notes


@dataclass(frozen=True)
class GroupLine:
    """A residents' group with how many topics are open."""

    group: ResidentGroup
    open_topics: int


def my_groups(actor: Actor) -> list[GroupLine]:
    """Return the residents' groups of a deputy (1 statement). Raises NotAllowed."""
    demand(actor, "duty.keep")
    mine = Pairing.objects.filter(holder_id=actor.id, kind=Pairing.Kind.GROUP, valid_to=None).values("group_id")
    return _groups(ResidentGroup.objects.filter(pk__in=mine, closed_at=None))


def groups_of(area: str) -> list[GroupLine]:
    """Return the residents' groups of a village or community (1 statement)."""
    return _groups(ResidentGroup.objects.filter(area_id=area, closed_at=None))


def _groups(found: QuerySet[ResidentGroup]) -> list[GroupLine]:
    open_ = Count("topics", filter=Q(topics__state=GroupTopic.State.OPEN))
    rows = found.select_related("area").annotate(open_topics=open_).order_by("name", "pk")
    return [GroupLine(group, group.open_topics) for group in rows[:200]]


@dataclass(frozen=True)
class TopicPage:
    """A topic with what was said, newest first."""

    topic: GroupTopic
    voices: list[TopicVoice]
    total: int


def topic_page(topic_id: int, number: int = 1) -> TopicPage:
    """Return a topic and a page of its voices (3 statements). Raises GroupTopic.DoesNotExist."""
    topic = GroupTopic.objects.select_related("group__area", "opened_by").get(pk=topic_id)
    voices = topic.voices.filter(erased_at=None).defer("salt", "entered_by")
    if not topic.words:  # an accusation was raised from it: nothing of it is shown (S02)
        return TopicPage(topic, [], 0)
    return TopicPage(topic, list(voices.order_by("-pk")[(number - 1) * PAGE : number * PAGE]), voices.count())

