"""Reads of street councils: rosters, topics, meetings, what was said and answered; the label of what only advises (S29)."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from quancheng.kernel.deadlines import Light
from quancheng.meetings import procedure_public as _declared  # noqa: F401  # registers the procedures
from quancheng.meetings import public_rules as rules
from quancheng.meetings.models import Council, CouncilMeeting, CouncilMember, CouncilTopic, Remark
from quancheng.meetings.queries.remarking import Reply, replies
from quancheng.people.models import Area
from quancheng.people.permissions import PERMISSIONS, Actor, demand, may
from quancheng.procedures import queries as procedures
from quancheng.procedures.models import Clock

PAGE = 30
ADVISORY = rules.ADVISORY
SOURCES = tuple((value, str(label)) for value, label in CouncilMember.Source.choices)


@dataclass(frozen=True)
class Line:
    """A council in a list: how many members it has, when it last met, by when it must meet again."""

    council: Council
    members: int
    meetings: int
    due_on: date | None
    light: Light | None


def councils(today: date, actor: Actor | None = None, number: int = 1) -> tuple[list[Line], int]:
    """Return a page of the councils, serving ones first, and how many pages; for an actor those of his organs (3 statements)."""
    rows = Council.objects.select_related("case", "area")
    if actor is not None:
        organs = [o.organ for o in actor.offices if o.role in PERMISSIONS["council.manage"]]
        rows = rows.filter(case__organ_id__in=organs)
    total = rows.count()
    counted = rows.annotate(
        seated=Count("members", filter=Q(members__valid_to=None), distinct=True), met=Count("meetings", distinct=True)
    ).order_by("-case__state", "area__code")
    page = list(counted[(number - 1) * PAGE : number * PAGE])
    clocks = {c.case_id: c for c in Clock.objects.filter(key="meet", stopped_at=None, case__in=[one.case_id for one in page])}
    return [_line(one, clocks.get(one.case_id), today) for one in page], -(-total // PAGE)


def _line(one: Council, clock: Clock | None, today: date) -> Line:
    light = procedures.light_of(clock.due_on, today, clock.started_on) if clock else None
    return Line(one, one.seated, one.met, clock.due_on if clock else None, light)  # type: ignore[attr-defined]  # annotated above


@dataclass(frozen=True)
class Page:
    """A council's page: roster, topics, meetings, published remarks with their answers."""

    council: Council
    members: list[CouncilMember]
    former: int
    topics: list[CouncilTopic]
    meetings: list[CouncilMeeting]
    remarks: list[tuple[Remark, list[Reply]]]
    thread: list[procedures.ThreadStep]
    manages: bool = False
    advisory: str = ADVISORY


def council(council_id: int, today: date, actor: Actor | None = None) -> Page:
    """Return a council's page (at most 9 statements): what everybody sees; `manages` for its office. Raises Council.DoesNotExist."""
    found = Council.objects.select_related("case__organ", "area").get(pk=council_id)
    every = list(CouncilMember.objects.filter(council=found).order_by("source", "id"))
    meetings = CouncilMeeting.objects.filter(council=found).select_related("meeting__case")
    manages = actor is not None and may(actor, "council.manage", organ=found.case.organ_id)
    if not manages:
        meetings = meetings.filter(meeting__called_at__isnull=False)
    said = Remark.objects.filter(meeting__council_meeting__council=found, released_at__isnull=False)
    remarks = list(said.select_related("case__organ", "meeting").order_by("-received_at")[:PAGE])
    answers = replies(remarks)
    return Page(
        council=found, members=[one for one in every if one.valid_to is None],
        former=sum(one.valid_to is not None for one in every),
        topics=list(CouncilTopic.objects.filter(council=found).select_related("meeting").order_by("-proposed_at")[:100]),
        meetings=list(meetings.order_by("-meeting__starts_at")[:50]),
        remarks=[(one, answers.get(one.case_id, [])) for one in remarks], thread=procedures.thread(found.case, today),
        manages=manages,
    )  # fmt: skip


def for_office(council_id: int, today: date, actor: Actor) -> Page:
    """Return a council's page for its office. Raises NotAllowed, Council.DoesNotExist."""
    found = council(council_id, today, actor)
    demand(actor, "council.manage", organ=found.council.case.organ_id)
    return found


def streets(on: date) -> list[tuple[str, str]]:
    """Return the streets where a council may be set up, (code, name) each (1 statement)."""
    rows = Area.objects.filter(kind=Area.Kind.SUBDISTRICT, valid_from__lte=on).exclude(valid_to__lt=on)
    return [(code, f"{parent}{name}") for code, name, parent in rows.order_by("code").values_list("code", "name", "parent__name")]
