"""Reads of written remarks: the author's own page, what was published, what the office sees."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Q

from quancheng.handling import queries as handling
from quancheng.handling.models import Answer, Assignment
from quancheng.ledger import queries as ledger
from quancheng.meetings import procedure_public as _declared  # noqa: F401  # registers the procedures
from quancheng.meetings import public_rules as rules
from quancheng.meetings.models import Meeting, Observer, Remark
from quancheng.people.permissions import PERMISSIONS, Actor, demand, may
from quancheng.procedures import queries as procedures

PAGE = 30


@dataclass(frozen=True)
class Reply:
    """One answer to a remark: whose, the words, when."""

    who: str
    words: str
    at: Any


def _rows() -> Any:
    return Remark.objects.select_related("case__organ", "meeting")


def replies(remarks: Iterable[Remark]) -> dict[int, list[Reply]]:
    """Return case -> its answers: the office's own, or those that units signed (1 statement)."""
    found: dict[int, list[Reply]] = {}
    rows = list(remarks)
    for one in rows:
        if one.replied_at is not None:
            found[one.case_id] = [Reply(one.case.organ.name, one.reply, one.replied_at)]
    others = [one.case_id for one in rows if one.case_id not in found and one.case.state == "answered"]
    signed = Answer.objects.filter(assignment__case_id__in=others, signed_at__isnull=False)
    for answer in signed.exclude(assignment__role=Assignment.Role.ASSIST).select_related("assignment__unit").order_by("id"):
        line = Reply(answer.assignment.unit.name, answer.text, answer.signed_at)
        found.setdefault(answer.assignment.case_id, []).append(line)
    return found


@dataclass(frozen=True)
class Own:
    """The author's page of a remark."""

    remark: Remark
    replies: list[Reply]
    thread: list[procedures.ThreadStep]
    proof: ledger.Proof | None


def own(receipt_code: str, today: date) -> Own | None:
    """Return the page behind a receipt code, None where it is none of a remark (at most 8 statements)."""
    one = _rows().filter(receipt_code=receipt_code).first()
    if one is None:
        return None
    proof = ledger.proof_of(one.public_id, "remark.received")
    return Own(one, replies([one]).get(one.case_id, []), procedures.thread(one.case, today), proof)


def receipt_file(receipt_code: str) -> dict[str, Any] | None:
    """Return a remark's receipt as a file to be verified offline, None where there is none."""
    one = _rows().filter(receipt_code=receipt_code).first()
    proof = ledger.proof_of(one.public_id, "remark.received") if one else None
    if one is None or proof is None:
        return None
    content = rules.remark_content(one.case.number, one.kind, one.body)
    return ledger.build_receipt(proof, code=receipt_code, content=content, salt=bytes(one.salt), extra={})


def my_remarks(public_ids: list[str]) -> list[Remark]:
    """Return the remarks among what a verified number handed in, newest first (1 statement)."""
    return list(_rows().filter(public_id__in=public_ids).order_by("-received_at"))


@dataclass(frozen=True)
class Published:
    """A page of what was published of a meeting's remarks, and what came of all of them."""

    meeting: Meeting
    lines: list[tuple[Remark, list[Reply]]]
    pages: int
    received: int
    answered: int
    kinds: dict[str, int] = field(default_factory=dict)


def published(meeting_id: int, number: int = 1) -> Published:
    """Return the published remarks of a called meeting with their answers (5 statements). Raises Meeting.DoesNotExist."""
    meeting = Meeting.objects.select_related("case__organ").get(pk=meeting_id, called_at__isnull=False)
    every = Remark.objects.filter(meeting=meeting)
    states = dict(every.order_by().values_list("case__state").annotate(n=Count("id")))
    shown = _rows().filter(meeting=meeting, released_at__isnull=False)
    total = shown.count()
    rows = list(shown.order_by("received_at", "id")[(number - 1) * PAGE : number * PAGE])
    answers = replies(rows)
    return Published(
        meeting, [(one, answers.get(one.case_id, [])) for one in rows], -(-total // PAGE), sum(states.values()),
        states.get("answered", 0),
    )  # fmt: skip


def desk_list(actor: Actor, meeting_id: int = 0, state: str = "", number: int = 1) -> tuple[list[Remark], int]:
    """Return a page of the remarks of the actor's organs, those that wait first, and how many pages (2 statements)."""
    organs = [o.organ for o in actor.offices if o.role in PERMISSIONS["remark.manage"]]
    found = _rows().filter(case__organ_id__in=organs)
    if meeting_id:
        found = found.filter(meeting_id=meeting_id)
    if state == "unreleased":
        found = found.filter(case__state="answered", shown=True, released_at=None)
    elif state:
        found = found.filter(case__state=state)
    rows = found.order_by("-case__state", "received_at", "id")[(number - 1) * PAGE : number * PAGE]
    return list(rows), -(-found.count() // PAGE)


@dataclass(frozen=True)
class Waiting:
    """What waits of the public side: remarks without an answer, those of them too late, answers not released, applications."""

    open: int
    late: int
    unreleased: int
    applied: int


def waiting(actor: Actor, today: date) -> Waiting:
    """Return what waits in the actor's organs (2 statements)."""
    organs = [o.organ for o in actor.offices if o.role in PERMISSIONS["remark.manage"]]
    late = Q(case__clocks__key="answer", case__clocks__stopped_at=None, case__clocks__due_on__lt=today)
    counts = Remark.objects.filter(case__organ_id__in=organs).aggregate(
        open=Count("id", filter=Q(case__state="received"), distinct=True), late=Count("id", filter=late, distinct=True),
        unreleased=Count("id", filter=Q(case__state="answered", shown=True, released_at=None), distinct=True),
    )
    applied = Observer.objects.filter(observation__case__organ_id__in=organs, state=Observer.State.APPLIED).count()
    return Waiting(counts["open"], counts["late"], counts["unreleased"], applied)


@dataclass(frozen=True)
class Detail:
    """A remark at its office or at a unit that answers it."""

    remark: Remark
    office: bool
    releases: bool
    record: handling.Record
    replies: list[Reply]
    thread: list[procedures.ThreadStep]


def detail(remark_id: int, actor: Actor, today: date) -> Detail:
    """Return a remark for its office, its units, and the deputy who wrote it. Raises NotAllowed, Remark.DoesNotExist."""
    one = _rows().select_related("attendee").get(pk=remark_id)
    past = procedures.events(one.case)
    record = handling.record(one.case, today, {event.step for event in past})
    office = may(actor, "remark.manage", organ=one.case.organ_id)
    mine = one.attendee is not None and one.attendee.account_id == actor.account_id
    if not office and not mine and not handling.takes_part(actor, record):
        demand(actor, "remark.manage", organ=one.case.organ_id)
    return Detail(
        one, office, may(actor, "remark.release", organ=one.case.organ_id), record,
        replies([one]).get(one.case_id, []), procedures.thread(one.case, today, past=past),
    )  # fmt: skip


def of_case(case_id: int) -> int:
    """Return the remark of a case. Raises Remark.DoesNotExist."""
    return Remark.objects.values_list("id", flat=True).get(case_id=case_id)
