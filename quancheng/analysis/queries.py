"""What the desk reads of the analysis: groups of look-alikes, the tree of topics, who says something else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, F, Max, Min, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from quancheng.analysis.models import Place, Study, Topic
from quancheng.consultations import queries as opinions
from quancheng.consultations.models import Opinion
from quancheng.mining import showing
from quancheng.people.permissions import Actor, demand

PAGE = 20
MEMBERS = 50
SHOWN = 5
LIES_WELL = 0.5
_LIVE, _WAITING = Q(opinion__erased_at=None), Q(opinion__state=Opinion.State.RECEIVED)


@dataclass(frozen=True)
class Group:
    """Opinions on one clause that say the same: its first one, how many, since when and until when, by channel."""

    leader: Opinion
    size: int
    open: int
    first: date
    last: date
    channels: list[tuple[str, int]]


@dataclass(frozen=True)
class Member:
    """One opinion of a group: its words cut into what the first has too and its own, and the share in common."""

    opinion: Opinion
    passages: list[showing.Passage]
    alike: float


@dataclass(frozen=True)
class GroupPage:
    """A group with some of its members, counts by day, and opinions that carry its text beside words of their own."""

    group: Group
    members: list[Member]
    number: int
    pages: int
    days: list[tuple[str, int]]
    carrying: list[Opinion]


@dataclass(frozen=True)
class Line:
    """A topic with its size, how many came in the last seven days, and the topics under it."""

    topic: Topic
    size: int
    new: int
    parts: list[Line] = field(default_factory=list)


@dataclass(frozen=True)
class Overview:
    """The state of an analysis: how many were read, of how many wordings, and its topics, the largest first."""

    study: Study | None
    read: int
    wordings: int
    groups: int
    carrying: int
    lines: list[Line]
    left: int = 0  # opinions not read yet


@dataclass(frozen=True)
class TopicPage:
    """A topic: typical voices (each of another group), voices apart, its clauses and channels, a page of its opinions."""

    topic: Topic
    size: int
    typical: list[Opinion]
    apart: list[Opinion]
    clauses: list[tuple[str, int]]
    channels: list[tuple[str, int]]
    weeks: list[tuple[str, int]]
    rows: list[Opinion]
    number: int
    pages: int
    others: list[Topic]


def overview(consultation_id: int, actor: Actor, today: date) -> Overview:
    """Return the state of the analysis of a consultation. Raises NotAllowed."""
    demand_reading(consultation_id, actor)
    study = Study.objects.filter(consultation_id=consultation_id).first()
    if study is None:
        return Overview(None, 0, 0, 0, 0, [])
    read = study.places.exclude(leader=None)  # whoever was erased has no leader a few seconds later
    counts = read.aggregate(n=Count("id"), wordings=Count("leader", distinct=True), carrying=Count("carries"))
    crowds = read.values("leader").annotate(n=Count("id")).filter(n__gt=1).count()
    left = Opinion.objects.filter(consultation_id=consultation_id).count() - study.taken
    return Overview(study, counts["n"], counts["wordings"], crowds, counts["carrying"], lines(study, today), max(left, 0))


def lines(study: Study, today: date) -> list[Line]:
    """Return the tree of topics with sizes, the largest first."""
    since = midnight(today - timedelta(days=6))
    placed = study.places.exclude(topic=None).values("topic").order_by()
    sizes = {row["topic"]: (row["n"], row["new"]) for row in placed.annotate(
        n=Count("id"), new=Count("id", filter=Q(opinion__received_at__gte=since)))}  # fmt: skip
    under: dict[int | None, list[Topic]] = {}
    for topic in study.topics.select_related("kept_by"):
        under.setdefault(topic.parent_id, []).append(topic)

    def line(topic: Topic) -> Line:
        parts = sorted((line(one) for one in under.get(topic.pk, ())), key=lambda one: -one.size)
        own, new = sizes.get(topic.pk, (0, 0))
        return Line(topic, own + sum(one.size for one in parts), new + sum(one.new for one in parts), parts)

    return sorted((line(topic) for topic in under.get(None, ())), key=lambda one: -one.size)


def groups(consultation_id: int, actor: Actor, number: int = 1, *, undecided: bool = False) -> tuple[list[Group], int]:
    """Return a page of groups of two and more, the largest first, and how many pages there are. Raises NotAllowed."""
    demand_reading(consultation_id, actor)
    study = Study.objects.filter(consultation_id=consultation_id).values_list("pk", flat=True).first() or 0
    read = Place.objects.filter(study_id=study).exclude(leader=None).values("leader").order_by()
    counted = read.annotate(n=Count("id")).filter(n__gt=1)
    if undecided:
        counted = counted.annotate(waiting=Count("id", filter=_WAITING)).filter(waiting__gt=1)
    total = counted.count()
    chosen = [row["leader"] for row in counted.order_by("-n", "leader")[(number - 1) * PAGE : number * PAGE]]
    leaders, places = Opinion.objects.defer("salt").in_bulk(chosen), Place.objects.filter(_LIVE, leader__in=chosen)
    channels = _channels(places)
    stamps = {row["leader"]: row for row in places.values("leader").order_by().annotate(
        n=Count("id"), waiting=Count("id", filter=_WAITING),
        first=Min("opinion__received_at"), last=Max("opinion__received_at"))}  # fmt: skip
    found = [_group(leaders[one], stamps[one], channels[one]) for one in chosen if one in stamps]
    return found, -(-total // PAGE)


def _group(leader: Opinion, row: Mapping[str, Any], channels: list[tuple[str, int]]) -> Group:
    first, last = timezone.localdate(row["first"]), timezone.localdate(row["last"])
    return Group(leader, row["n"], row["waiting"], first, last, channels)


def group(leader_id: int, actor: Actor, number: int = 1) -> GroupPage:
    """Return a group with a page of its members. Raises NotAllowed, Opinion.DoesNotExist."""
    leader = opinions.opinion_alone(leader_id, actor)
    places = Place.objects.filter(_LIVE, leader_id=leader_id)
    stamps = places.aggregate(
        n=Count("id"), waiting=Count("id", filter=_WAITING),
        first=Min("opinion__received_at"), last=Max("opinion__received_at"),
    )  # fmt: skip
    if not stamps["n"]:
        raise Opinion.DoesNotExist
    rows = places.select_related("opinion").order_by("opinion_id")[(number - 1) * MEMBERS : number * MEMBERS]
    members = [place.opinion for place in rows]
    shares = showing.alike(leader.body, [one.body for one in members])
    days = places.annotate(day=TruncDate("opinion__received_at")).values_list("day").annotate(n=Count("id")).order_by("day")
    carrying = Place.objects.filter(_LIVE, carries_id=leader_id).select_related("opinion").order_by("opinion_id")[:PAGE]
    return GroupPage(
        _group(leader, stamps, _channels(places)[leader_id]),
        [Member(one, showing.differing(one.body, leader.body), share) for one, share in zip(members, shares, strict=True)],
        number, -(-stamps["n"] // MEMBERS), [(day.isoformat(), n) for day, n in days], [place.opinion for place in carrying],
    )  # fmt: skip


def topic(topic_id: int, actor: Actor, number: int = 1) -> TopicPage:
    """Return a topic with a page of its opinions. Raises NotAllowed, Topic.DoesNotExist."""
    found = Topic.objects.select_related("study__consultation", "parent", "kept_by").get(pk=topic_id)
    demand_reading(found.study.consultation_id, actor)
    places = Place.objects.filter(_LIVE, Q(topic=found) | Q(topic__parent=found))
    size, rows = places.count(), places.select_related("opinion").order_by("-fit", "opinion_id")
    typical = rows.filter(leader_id=F("opinion_id"))[:SHOWN]
    apart = rows.filter(leader_id=F("opinion_id"), fit__lt=LIES_WELL).order_by("fit", "opinion_id")[:SHOWN]
    page = rows[(number - 1) * MEMBERS : number * MEMBERS]
    return TopicPage(
        found, size, [one.opinion for one in typical], [one.opinion for one in apart], _facet(places, "opinion__anchor"),
        _named(_facet(places, "opinion__channel")), _weeks(places), [one.opinion for one in page], number, -(-size // MEMBERS),
        list(found.study.topics.exclude(pk=found.pk).order_by("name")),
    )  # fmt: skip


def study_of(topic_id: int) -> str:
    """Return the slug of the consultation that a topic is of. Raises Topic.DoesNotExist."""
    return Topic.objects.select_related("study__consultation").get(pk=topic_id).study.consultation.slug


@dataclass(frozen=True)
class Theme:
    """A topic at the top of the tree, for the report (R1.13): its number in the consultation, name and size."""

    number: int
    name: str
    size: int


@dataclass(frozen=True)
class ThemePage:
    """A topic for everybody: how many opinions it has, how many of them are shown, and a page of those."""

    topic: Topic
    size: int
    shown: int
    rows: list[Opinion]
    number: int
    pages: int


def themes(consultation_id: int, today: date) -> list[Theme]:
    """Return the topics at the top of the tree, the largest first: for the report (R1.13)."""
    study = Study.objects.filter(consultation_id=consultation_id).first()
    return [Theme(line.topic.number, line.topic.name, line.size) for line in lines(study, today)] if study else []


def topic_numbered(consultation_id: int, number: int) -> Topic | None:
    """Return the topic of that number in a consultation."""
    return Topic.objects.filter(study__consultation_id=consultation_id, number=number).first()


def theme(consultation_id: int, number: int, page: int = 1) -> ThemePage | None:
    """Return what everybody may read of a topic: opinions that are shown, not the private, withheld or erased ones (S03)."""
    found = topic_numbered(consultation_id, number)
    if found is None:
        return None
    places = Place.objects.filter(_LIVE, Q(topic=found) | Q(topic__parent=found))
    shown = places.filter(opinion__visibility=Opinion.Visibility.SHOWN)
    rows = shown.select_related("opinion").order_by("-fit", "opinion_id")[(page - 1) * PAGE : page * PAGE]
    count = shown.count()
    return ThemePage(found, places.count(), count, [one.opinion for one in rows], page, -(-count // PAGE))


def midnight(day: date) -> datetime:
    """Return the first moment of a day in the city's own time."""
    return timezone.make_aware(datetime.combine(day, time()))


def demand_reading(consultation_id: int, actor: Actor) -> None:
    """Raise NotAllowed unless the actor may read the opinions of a consultation."""
    demand(actor, "opinion.read", organ=opinions.consultation_by_id(consultation_id).case.organ_id)


def _channels(places: QuerySet[Place]) -> dict[int, list[tuple[str, int]]]:
    counted = places.values_list("leader_id", "opinion__channel").annotate(n=Count("id")).order_by("leader_id", "-n")
    out: dict[int, list[tuple[str, int]]] = {}
    for leader, channel, n in counted:
        out.setdefault(leader, []).extend(_named([(channel, n)]))
    return out


def _named(rows: list[tuple[str, int]]) -> list[tuple[str, int]]:
    return [(str(Opinion.Channel(channel).label), n) for channel, n in rows]


def _facet(places: QuerySet[Place], column: str) -> list[tuple[str, int]]:
    return list(places.values_list(column).annotate(n=Count("id")).order_by("-n")[:30])


def _weeks(places: QuerySet[Place]) -> list[tuple[str, int]]:
    """Return how many came in each week (named by its Monday)."""
    days = places.annotate(day=TruncDate("opinion__received_at")).values_list("day").annotate(n=Count("id")).order_by("day")
    out: dict[str, int] = {}
    for day, n in days:
        monday = (day - timedelta(days=day.weekday())).isoformat()
        out[monday] = out.get(monday, 0) + n
    return list(out.items())
