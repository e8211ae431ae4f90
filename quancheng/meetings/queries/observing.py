"""Reads of 旁听: the notice, an applicant's own page, the record of the draw, what the secretariat sees."""

import base64
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from django.db.models import Count

from quancheng.kernel import draws
from quancheng.ledger import queries as ledger
from quancheng.meetings import procedure_public as _declared  # noqa: F401  # registers the procedures
from quancheng.meetings import public_rules as rules
from quancheng.meetings.models import AgendaItem, Meeting, Observation, Observer, Remark
from quancheng.people import sealing
from quancheng.people.permissions import Actor, demand
from quancheng.procedures import queries as procedures

PAGE = 50
RULES = rules.RULES
_State = Observer.State


def _with_meeting(meeting_id: int) -> Observation:
    return Observation.objects.select_related("case__organ", "meeting__case__organ").get(meeting_id=meeting_id)


@dataclass(frozen=True)
class Notice:
    """What everybody reads of 旁听 at a meeting: the seats, the terms, how far it is; `counts` by state of application."""

    observation: Observation
    meeting: Meeting
    is_open: bool
    counts: dict[str, int]
    thread: list[procedures.ThreadStep] = field(default_factory=list)
    items: list[AgendaItem] = field(default_factory=list)  # open to observers
    closed_items: int = 0
    keep_to: tuple[str, ...] = rules.RULES
    who_may: str = rules.WHO_MAY

    @property
    def applied(self) -> int:
        """How many applied and did not take it back."""
        return sum(count for state, count in self.counts.items() if state != _State.WITHDRAWN)

    @property
    def by_ledger(self) -> bool:
        """Whether the public value is the ledger's own root."""
        return self.observation.source == draws.LEDGER


def notice(meeting_id: int, at: datetime, today: date) -> Notice:
    """Return the public notice of a meeting (at most 6 statements). Raises Observation.DoesNotExist."""
    found = _with_meeting(meeting_id)
    counts = dict(found.observers.order_by().values_list("state").annotate(n=Count("id")))
    is_open = found.case.state == "announced" and at < found.closes_at
    items = list(AgendaItem.objects.filter(meeting=found.meeting))
    shown = [item for item in items if not item.withheld]
    return Notice(
        found, found.meeting, is_open, counts, procedures.thread(found.case, today), shown, len(items) - len(shown)
    )


def offered(meeting: Meeting) -> bool:
    """Tell whether residents may come, or could (1 statement)."""
    return Observation.objects.filter(meeting=meeting).exclude(case__state="cancelled").exists()


def notices(limit: int = 30) -> list[Observation]:
    """Return the newest notices of meetings to which residents may come (1 statement)."""
    rows = Observation.objects.select_related("case", "meeting__case__organ").exclude(case__state="cancelled")
    return list(rows.order_by("-meeting__starts_at")[:limit])


@dataclass(frozen=True)
class Drawn:
    """What is public about a draw, before and after: by code, never by name. `now`: code -> how it stands today."""

    observation: Observation
    meeting: Meeting
    codes: list[str]
    order: list[str]
    now: dict[str, str]
    committed: ledger.Proof | None
    fixed: ledger.Proof | None

    @property
    def waiting(self) -> list[str]:
        """Those who waited after the draw, in order."""
        return self.order[self.observation.seats :]

    @property
    def by_ledger(self) -> bool:
        """Whether the public value is the ledger's own root."""
        return self.observation.source == draws.LEDGER


def drawn(meeting_id: int) -> Drawn:
    """Return the public side of a draw; codes only once the list is fixed. Raises Observation.DoesNotExist."""
    found = _with_meeting(meeting_id)
    rows = list(found.observers.exclude(state__in=(_State.APPLIED, _State.REFUSED, _State.WITHDRAWN)).order_by("code"))
    rows = rows if found.fixed_at else []
    ranked = sorted((one for one in rows if one.rank), key=lambda one: one.rank or 0)
    return Drawn(
        observation=found, meeting=found.meeting, codes=[one.code for one in rows], order=[one.code for one in ranked],
        now={one.code: "递补入选" if one.moved_up_at and one.state == _State.DRAWN else str(one.get_state_display()) for one in rows},
        committed=ledger.proof_of(found.case.number, "draw.committed"),
        fixed=ledger.proof_of(found.case.number, "draw.fixed") if found.fixed_at else None,
    )  # fmt: skip


def draw_record(meeting_id: int) -> dict[str, Any]:
    """Return the file by which anybody recomputes a draw offline (`quancheng-draw/1`). Raises Observation.DoesNotExist.

    Before the draw there is none. Proofs are in it once both entries are sealed.
    """
    page = drawn(meeting_id)
    found = page.observation
    if found.drawn_at is None:
        raise Observation.DoesNotExist
    record: dict[str, Any] = {
        "format": draws.FORMAT, "id": found.case.number, "title": found.meeting.title, "seats": found.seats,
        "source": found.source, "commitment": found.commitment, "announced_at": _iso(found.announced_at),
        "closed_at": _iso(found.closes_at), "codes": page.codes, "list_hash": found.list_hash,
        "fixed_at": _iso(found.fixed_at), "seed": found.seed, "public_value": found.public_value,
        "drawn_at": _iso(found.drawn_at), "order": page.order, "drawn": page.order[: found.seats], "waiting": page.waiting,
    }  # fmt: skip
    if page.committed and page.fixed and page.committed.index is not None and page.fixed.index is not None:
        cover = ledger.cover_of(found.case.number, "draw.fixed")
        record["proofs"] = {
            "checkpoint": page.fixed.note, "vkey": ledger.public_key(), "cover": cover.note if cover else "",
            "committed": _written(page.committed), "fixed": _written(page.fixed),
        }
    return record


def _iso(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment else ""


def _written(proof: ledger.Proof) -> dict[str, Any]:
    path = [base64.b64encode(step).decode() for step in proof.path]
    return {"leaf": proof.leaf.decode(), "index": proof.index, "path": path}


@dataclass(frozen=True)
class Mine:
    """An applicant's own page."""

    observer: Observer
    observation: Observation
    meeting: Meeting
    name: str
    proof: ledger.Proof | None
    ahead: int  # how many wait before him

    @property
    def may_give_back(self) -> bool:
        """Whether he may still take his application or his place back."""
        if self.observation.case.state not in ("announced", "drawn") or self.meeting.case.state in ("open", "closed"):
            return False
        return self.observer.state in (_State.APPLIED, _State.ELIGIBLE, _State.DRAWN, _State.WAITING)

    @property
    def may_remark(self) -> bool:
        """Whether he may hand in a written remark: he was there, and has one left (R4.11)."""
        return self.observer.came_at is not None and self.observer.remarks_left > 0


def mine(receipt_code: str) -> Mine | None:
    """Return the page behind a receipt code, None where it is none of an application (at most 6 statements)."""
    rows = Observer.objects.select_related("observation__case__organ", "observation__meeting__case__organ")
    one = rows.filter(receipt_code=receipt_code).first()
    if one is None:
        return None
    ahead = 0
    if one.state == _State.WAITING:
        ahead = one.observation.observers.filter(state=_State.WAITING, rank__lt=one.rank or 0).count()
    proof = ledger.proof_of(one.public_id, "observer.applied")
    return Mine(one, one.observation, one.observation.meeting, name_of(one), proof, ahead)


def receipt_file(receipt_code: str) -> dict[str, Any] | None:
    """Return an applicant's receipt as a file to be verified offline, None where there is none."""
    page = mine(receipt_code)
    if page is None or page.proof is None:
        return None
    content = rules.application_content(page.observer.code, page.name, page.observation.case.number) if page.name else None
    salt = bytes(page.observer.salt) if page.name else None
    return ledger.build_receipt(page.proof, code=receipt_code, content=content, salt=salt, extra={})


def is_receipt(receipt_code: str) -> bool:
    """Tell whether a receipt code opens a page of an application or of a remark (at most 2 statements)."""
    rows = (Observer.objects.filter(receipt_code=receipt_code), Remark.objects.filter(receipt_code=receipt_code))
    return any(found.exists() for found in rows)


def my_applications(public_ids: list[str]) -> list[Observer]:
    """Return the applications among what a verified number handed in, newest first (1 statement)."""
    rows = Observer.objects.filter(public_id__in=public_ids).select_related("observation__meeting")
    return list(rows.order_by("-applied_at"))


def name_of(observer: Observer) -> str:
    """Return the sealed name; '' once it was let go."""
    try:
        return sealing.unseal("observer.name", observer.name_sealed) if observer.name_sealed else ""
    except InvalidTag:
        return ""


@dataclass(frozen=True)
class Applicant:
    """One line of the secretariat's list."""

    observer: Observer
    name: str


@dataclass(frozen=True)
class Desk:
    """What the secretariat sees: everybody by name, fifty a page, in the order of the draw once there is one."""

    observation: Observation
    meeting: Meeting
    counts: dict[str, int]
    lines: list[Applicant]
    pages: int


def desk(meeting_id: int, actor: Actor, number: int = 1, state: str = "") -> Desk | None:
    """Return the secretariat's page, None before there is a notice (at most 4 statements). Raises NotAllowed."""
    found = Observation.objects.select_related("case__organ", "meeting__case__organ").filter(meeting_id=meeting_id).first()
    if found is None:
        return None
    demand(actor, "observer.admit", organ=found.case.organ_id)
    counts = dict(found.observers.order_by().values_list("state").annotate(n=Count("id")))
    rows = found.observers.filter(state=state) if state in _State.values else found.observers.all()
    total = counts.get(state, 0) if state in _State.values else sum(counts.values())
    wanted = rows.order_by("rank", "applied_at", "id")[(number - 1) * PAGE : number * PAGE]
    return Desk(found, found.meeting, counts, [Applicant(one, name_of(one)) for one in wanted], -(-total // PAGE))


def wanted(meeting: Meeting, today: date) -> rules.Seats | None:
    """Return what the parameters say of a meeting that has no notice yet; None where residents do not observe (at most 4 statements)."""
    if meeting.kind not in rules.OBSERVED:
        return None
    return rules.seats_for(meeting.kind, meeting.case.organ.area_id, today)


def by_card(card: str, actor: Actor) -> Applicant | None:
    """Return whose card it is, for the one at the door; None where it is nobody's. Raises NotAllowed."""
    rows = Observer.objects.select_related("observation__case", "observation__meeting__case")
    found = rows.filter(card=card).first()
    if found is None:
        return None
    demand(actor, "observer.admit", organ=found.observation.case.organ_id)
    return Applicant(found, name_of(found))
