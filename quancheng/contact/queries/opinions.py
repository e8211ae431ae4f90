"""Reads of residents' opinions: the author's page, the deputy's and the station's lists, the office's desk, the public's.

What is sealed as an accusation is in none of them but the author's own page (S02).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import TruncDate
from django.utils import timezone

from quancheng.contact import files, rules
from quancheng.contact import procedure as _declared  # noqa: F401  # registers the procedure
from quancheng.contact.content import content_of
from quancheng.contact.models import (
    Advice,
    Booking,
    HandOver,
    OpinionPicture,
    ReportQuestion,
    ResidentOpinion,
    Tablet,
    TopicVoice,
)
from quancheng.handling import figures as handling_figures
from quancheng.handling import queries as handling
from quancheng.handling.models import Answer
from quancheng.handling.queries import light
from quancheng.kernel.deadlines import Light
from quancheng.kernel.words import clean
from quancheng.ledger import queries as ledger
from quancheng.people import sealing
from quancheng.people.permissions import Actor, NotAllowed, demand, may
from quancheng.procedures import declare
from quancheng.procedures import queries as procedures
from quancheng.procedures.models import Case, Clock
from quancheng.procedures.queries import ThreadStep

PAGE = 50
CAP = 10_000
_OPEN = ("registered", "passed_on", "assigned", "answered", "redo", "answered_again", "assessing")


def _all() -> QuerySet[ResidentOpinion]:
    """Return the opinions that lists and counts may speak of."""
    return ResidentOpinion.objects.filter(sealed_at=None).select_related("case__organ", "site", "deputy", "area").defer("salt")


def state_label(case: Case) -> str:
    """Return what people read of a case's state."""
    return declare.get(case.procedure, case.version).states[case.state].label


@dataclass(frozen=True)
class Line:
    """One opinion in a list: its words, its state, the running clock that is due first with its light."""

    opinion: ResidentOpinion
    state: str
    due_on: date | None
    label: str
    light: Light | None


@dataclass(frozen=True)
class ListPage:
    """A page of a list. `total` is exact up to the cap, then the cap."""

    rows: list[Line]
    total: int
    number: int

    @property
    def pages(self) -> int:
        """How many pages the list has."""
        return max(-(-self.total // PAGE), 1)


def _page(found: QuerySet[ResidentOpinion], number: int, today: date) -> ListPage:
    """Return 50 of a list in its order, newest first where it has none, with their clocks (3 statements)."""
    total = found.order_by()[:CAP].count()
    number = min(max(number, 1), max(-(-total // PAGE), 1))
    found = found if found.ordered else found.order_by("-pk")
    return ListPage(lines(found[(number - 1) * PAGE : number * PAGE], today), total, number)


def lines(found: Iterable[ResidentOpinion], today: date) -> list[Line]:
    """Return opinions as lines, each with the clock that is due first (2 statements)."""
    rows, first = list(found), dict[int, Clock]()
    for clock in Clock.objects.filter(case_id__in=[row.case_id for row in rows], stopped_at=None).order_by("-due_on"):
        first[clock.case_id] = clock
    return [_line(row, first.get(row.case_id), today) for row in rows]


def _line(row: ResidentOpinion, clock: Clock | None, today: date) -> Line:
    if clock is None:
        return Line(row, state_label(row.case), None, "", None)
    return Line(row, state_label(row.case), clock.due_on, clock.label, light(clock.due_on, today, since=clock.started_on))


@dataclass(frozen=True)
class Filters:
    """What narrows the office's list; empty does not filter. `late`: with a clock that is over."""

    state: str = ""
    door: str = ""
    site: str = ""
    deputy_id: int | None = None
    unit: str = ""
    text: str = ""
    late: bool = False
    sort: str = ""


NEW = ("registered", "passed_on")  # what the state "new" stands for: not assigned yet
ORDERS = {"": ("-pk",), "old": ("pk",), "due": (F("due").asc(nulls_last=True), "pk")}


def narrowed(actor: Actor, filters: Filters, today: date) -> QuerySet[ResidentOpinion]:
    """Return the opinions of the actor's offices that the filters leave, in their order. Raises NotAllowed."""
    demand(actor, "matter.read")
    organs = {o.organ for o in actor.offices if may(actor, "matter.read", organ=o.organ)}
    found = _filtered(_all().filter(case__organ_id__in=organs), filters, today)
    if filters.sort == "due":
        running = Clock.objects.filter(case=OuterRef("case_id"), stopped_at=None).order_by("due_on")
        found = found.annotate(due=Subquery(running.values("due_on")[:1]))
    return found.order_by(*ORDERS.get(filters.sort, ORDERS[""]))


def desk_list(actor: Actor, filters: Filters, today: date, number: int = 1) -> ListPage:
    """Return a page of the opinions of the actor's offices (3 statements). Raises NotAllowed."""
    return _page(narrowed(actor, filters, today), number, today)


def _filtered(found: QuerySet[ResidentOpinion], filters: Filters, today: date) -> QuerySet[ResidentOpinion]:
    if filters.state:
        found = found.filter(case__state__in=NEW if filters.state == "new" else (filters.state,))
    if filters.door:
        found = found.filter(door=filters.door)
    if filters.site:
        found = found.filter(site_id=filters.site)
    if filters.deputy_id is not None:
        found = found.filter(deputy_id=filters.deputy_id)
    if filters.unit:
        mine = Q(case__assignments__unit_id=filters.unit, case__assignments__ended_at=None)
        found = found.filter(mine)
    if filters.late:
        over = Clock.objects.filter(stopped_at=None, due_on__lt=today, case__procedure="resident_opinion")
        found = found.filter(case_id__in=over.values("case_id"))
    if filters.text:
        number_or_words = Q(body__contains=filters.text) | Q(legal_wording__contains=filters.text)
        found = found.filter(number_or_words | Q(case__number__contains=filters.text))
    return found


def letters(actor: Actor, today: date, number: int = 1, waiting: bool = False) -> ListPage:
    """Return what residents sent to this deputy (3 statements); `waiting`: only what he has not passed on. Raises NotAllowed."""
    demand(actor, "matter.receive")
    found = _all().filter(deputy_id=actor.id)
    return _page(found.filter(case__state="registered") if waiting else found, number, today)


def station_list(site: str, actor: Actor, today: date, number: int = 1) -> ListPage:
    """Return what a station took in, with what became of it (3 statements). Raises NotAllowed."""
    demand(actor, "matter.enter", site=site)
    return _page(_all().filter(site_id=site), number, today)


@dataclass(frozen=True)
class Detail:
    """One opinion whole. Who said it is not here (S01); neither is what was only his own to see."""

    opinion: ResidentOpinion
    state: str
    thread: list[ThreadStep]
    record: handling.Record
    advice: list[Advice]
    pictures: list[OpinionPicture]
    hand_over: HandOver | None
    clocks: list[Clock]


def detail(opinion_id: int, actor: Actor, today: date) -> Detail:
    """Return an opinion for its office, its deputy, its station, or a unit that handles it (≤15 statements).

    Raises NotAllowed, ResidentOpinion.DoesNotExist (also for a sealed one).
    """
    return _detail(_all().select_related("hand_over").get(pk=opinion_id), actor, today)


def of_case(case_id: int, actor: Actor, today: date) -> Detail:
    """Return the opinion of a case, as `detail` does."""
    return _detail(_all().select_related("hand_over").get(case_id=case_id), actor, today)


def _detail(found: ResidentOpinion, actor: Actor, today: date) -> Detail:
    mine = found.deputy_id is not None and found.deputy_id == actor.account_id and may(actor, "matter.receive")
    here = found.site_id is not None and may(actor, "matter.enter", site=found.site_id)
    if not (mine or here or may(actor, "matter.read", organ=found.case.organ_id) or handling.may_see(actor, found.case)):
        raise NotAllowed("matter.read")
    record = handling.record(found.case, today)
    return Detail(
        opinion=found, state=state_label(found.case), thread=procedures.thread(found.case, today, record.clocks),
        record=record, advice=list(found.advice.select_related("by").order_by("pk")),
        pictures=list(found.pictures.order_by("pk")), hand_over=getattr(found, "hand_over", None), clocks=record.clocks,
    )


@dataclass(frozen=True)
class ReceiptPage:
    """The author's page: his words, what happened, the answers and whether he may rate them, the proof."""

    opinion: ResidentOpinion
    state: str
    thread: list[ThreadStep]
    answers: list[Answer]
    to_rate: Answer | None
    hand_over: HandOver | None
    pictures: list[OpinionPicture]
    proof: ledger.Proof | None
    sealed: bool
    advice: list[Advice]


def receipt_page(code: str, today: date) -> ReceiptPage:
    """Return the author's page by receipt code (≤15 statements). Raises ResidentOpinion.DoesNotExist."""
    found = ResidentOpinion.objects.select_related("case__organ", "site", "deputy").get(receipt_code=code)
    answers = _answers(found.case)
    open_for = {"answered": 1, "answered_again": 2}.get(found.case.state)
    unrated = [a for a in answers if a.round == open_for and handling.rating_of(a) is None]
    return ReceiptPage(
        opinion=found, state=state_label(found.case), thread=procedures.thread(found.case, today), answers=answers,
        to_rate=unrated[0] if unrated else None, hand_over=HandOver.objects.filter(opinion=found).first(),
        pictures=list(found.pictures.order_by("pk")), proof=ledger.proof_of(found.public_id, "matter.received"),
        sealed=found.sealed_at is not None,
        advice=[] if found.sealed_at else list(found.advice.select_related("by").order_by("pk")),
    )


def receipt_of_form(submission_key: str, body: str) -> str:
    """Return the receipt code of the opinion that a form with these words handed in, '' where there is none (1 statement)."""
    found = ResidentOpinion.objects.filter(submission_key=submission_key, erased_at=None, sealed_at=None).first()
    return found.receipt_code if found is not None and found.body == clean(body) else ""


def _answers(case: Case) -> list[Answer]:
    """Return the signed answers to the author, oldest first, each with its rating and unit (1 statement)."""
    signed = Answer.objects.filter(assignment__case=case, signed_at__isnull=False).exclude(assignment__role="assist")
    return list(signed.select_related("rating", "assignment__unit").order_by("signed_at", "pk"))


def receipt_file(code: str) -> dict[str, Any]:
    """Return the receipt as data (format quancheng-receipt/1). Raises ResidentOpinion.DoesNotExist."""
    found = ResidentOpinion.objects.select_related("case").prefetch_related("pictures").get(receipt_code=code)
    proof = ledger.proof_of(found.public_id, "matter.received")
    if proof is None:
        raise ResidentOpinion.DoesNotExist(code)
    gone = found.erased_at is not None or found.sealed_at is not None
    said_at = found.said_at.isoformat() if found.said_at else None
    return ledger.build_receipt(
        proof, code=code, content=None if gone else content_of(found), salt=None if gone else bytes(found.salt),
        extra={
            "case": found.case.number, "erased": gone, "received_at": found.received_at.isoformat(), "said_at": said_at,
        },
    )  # fmt: skip


@dataclass(frozen=True)
class MyMatter:
    """One line of “my matters”: what, in what state, when, and the code that opens its page."""

    kind: str
    title: str
    state: str
    at: datetime
    receipt_code: str
    public_id: str


def my_matters(public_ids: Iterable[str] = (), receipt_code: str = "") -> list[MyMatter]:
    """Return what a person brought to stations and deputies, newest first: after his number was verified in this
    session by public ids (people.queries.subjects_of), or what one receipt code opens (4 statements; S05).
    """
    ids = list(public_ids)

    def mine(code_of: Any) -> Any:
        return code_of.objects.filter(Q(receipt_code=receipt_code) if receipt_code else Q(public_id__in=ids))

    found = [
        MyMatter("opinion", o.body[:60] or o.case.number, state_label(o.case), o.received_at, o.receipt_code, o.public_id)
        for o in mine(ResidentOpinion).select_related("case").order_by("-pk")[:500]
    ]
    found += [
        MyMatter(
            "booking", f"{b.reception.day:%-m月%-d日}在{b.reception.site.name}的接待，{b.number}号",
            str(b.get_state_display()), b.made_at, b.receipt_code, b.public_id,
        )
        for b in mine(Booking).select_related("reception__site").defer("person_index").order_by("-pk")[:200]
    ]
    found += [
        MyMatter(
            "question", q.body[:60], "已回答" if q.answered_at else "没有公开" if q.withheld_by_id else "等待回答",
            q.asked_at, q.receipt_code, q.public_id,
        )
        for q in mine(ReportQuestion).defer("salt").order_by("-pk")[:200]
    ]
    found += [
        MyMatter("voice", v.body[:60] or "文字已按申请删除的发言", str(v.topic.get_state_display()), v.received_at, v.receipt_code, v.public_id)
        for v in mine(TopicVoice).select_related("topic").defer("salt").order_by("-pk")[:200]
    ]
    return sorted(found, key=lambda matter: matter.at, reverse=True)


@dataclass(frozen=True)
class PublicMatter:
    """A released opinion: its title, its answers and ratings. Neither its number in the station nor its author."""

    opinion: ResidentOpinion
    answers: list[Answer]
    thread: list[ThreadStep]


def published(text: str = "", unit: str = "", number: int = 1) -> tuple[list[ResidentOpinion], int]:
    """Return a page of 20 released opinions, newest first, each with its newest `grade`, and how many there are (2 statements)."""
    found = _all().filter(released_at__isnull=False)
    if text:
        said = Q(case__assignments__answers__text__contains=text, case__assignments__answers__signed_at__isnull=False)
        found = found.filter(Q(title__contains=text) | Q(body__contains=text) | said).distinct()
    if unit:
        found = found.filter(case_id__in=Case.objects.filter(assignments__unit_id=unit).values("pk"))
    total = found.order_by()[:CAP].count()
    rated = Answer.objects.filter(assignment__case=OuterRef("case_id"), signed_at__isnull=False, rating__isnull=False)
    rated = rated.exclude(assignment__role="assist").order_by("-signed_at", "-pk")
    found = found.annotate(grade=Subquery(rated.values("rating__grade")[:1]))
    return list(found.order_by("-released_at", "-pk")[(number - 1) * 20 : number * 20]), total


def published_page(opinion_id: int) -> PublicMatter:
    """Return a released opinion with its answers and ratings (5 statements). Raises ResidentOpinion.DoesNotExist."""
    found = _all().filter(released_at__isnull=False).get(pk=opinion_id)
    return PublicMatter(found, _answers(found.case), procedures.public_thread(found.case, timezone.localdate()))


def figures(month: date) -> dict[str, dict[str, int]]:
    """Return, for a month, organ -> received, answered, in time, closed, overdue now (5 statements). Organs, never people."""
    first = datetime(month.year, month.month, 1, tzinfo=timezone.get_default_timezone())
    until = datetime(month.year + month.month // 12, month.month % 12 + 1, 1, tzinfo=timezone.get_default_timezone())
    counts: dict[str, dict[str, int]] = {}

    def put(name: str, rows: Iterable[tuple[str, int]]) -> None:
        for organ, number in rows:
            counts.setdefault(organ, dict.fromkeys(("received", "answered", "in_time", "closed", "overdue"), 0))[name] = number

    received = _all().filter(received_at__gte=first, received_at__lt=until)
    put("received", received.order_by().values_list("case__organ__name").annotate(n=Count("id")))
    done = Clock.objects.filter(
        case__procedure="resident_opinion", key__startswith="answer:", stopped_at__gte=first, stopped_at__lt=until,
        case__resident_opinion__sealed_at=None,
    )
    put("answered", done.order_by().values_list("case__organ__name").annotate(n=Count("case_id", distinct=True)))
    in_time = done.annotate(day=TruncDate("stopped_at")).filter(day__lte=F("due_on"))
    put("in_time", in_time.order_by().values_list("case__organ__name").annotate(n=Count("case_id", distinct=True)))
    closed = _all().filter(case__events__to_state="closed", case__events__at__gte=first, case__events__at__lt=until)
    put("closed", closed.order_by().values_list("case__organ__name").annotate(n=Count("id", distinct=True)))
    late = Clock.objects.filter(
        case__procedure="resident_opinion", stopped_at=None, due_on__lt=min(until.date(), timezone.localdate()),
        case__state__in=_OPEN, case__resident_opinion__sealed_at=None,
    ).exclude(key="rate")
    put("overdue", late.order_by().values_list("case__organ__name").annotate(n=Count("case_id", distinct=True)))
    return counts


def referrals(actor: Actor, waiting: bool = True) -> list[HandOver]:
    """Return what was referred to the petition office, oldest first (2 statements). Raises NotAllowed."""
    demand(actor, "matter.take_over")
    found = HandOver.objects.filter(way=HandOver.Way.PETITION, sealed_words=None, opinion__sealed_at=None)
    found = found.filter(taken_at__isnull=waiting) if waiting else found
    return list(found.select_related("opinion__case__organ", "case").order_by("pk")[:500])


def sealed_referrals(actor: Actor) -> list[HandOver]:
    """Return the accusations that were referred, for who may read them and is not named in them (1 statement; S02).

    Raises NotAllowed.
    """
    demand(actor, "matter.open_sealed")
    found = HandOver.objects.filter(sealed_words__isnull=False).select_related("opinion__case").order_by("-pk")[:500]
    return [row for row in found if not rules.speaks_of(actor, sealing.unseal("accusation", bytes(row.sealed_words or b"")))]


def tablets(site: str, actor: Actor) -> list[Tablet]:
    """Return the tablets of a site with how much each handed over (1 statement). Raises NotAllowed."""
    demand(actor, "matter.enter", site=site)
    found = Tablet.objects.filter(site_id=site).annotate(handed=Count("opinions"))
    return list(found.defer("key_digest").order_by("pk"))


def kept_by_tablet(keys: list[str], actor: Actor, site: str) -> dict[str, str]:
    """Return key -> receipt code of those items that are stored already, for a tablet that asks again. Raises NotAllowed."""
    demand(actor, "matter.enter", site=site)
    found = ResidentOpinion.objects.filter(submission_key__in=keys[:1000], site_id=site)
    return dict(found.values_list("submission_key", "receipt_code"))


def fixed_picture(picture_id: int, actor: Actor, today: date, receipt_code: str = "") -> tuple[OpinionPicture, bytes]:
    """Return a picture: to the author by his code, to those who see the opinion. Raises NotAllowed, OSError."""
    found = OpinionPicture.objects.select_related("opinion__case__organ").get(pk=picture_id)
    if not receipt_code or found.opinion.receipt_code != receipt_code:
        _detail(found.opinion, actor, today)
    return found, files.path_of(found.stored_name).read_bytes()


def month(first: date, until: date, today: date) -> tuple[int, list[handling_figures.MonthLine]]:
    """Return how many opinions came in from `first` to before `until`, and each unit's month (5 statements).

    What turned out to be an accusation counts nowhere (S02).
    """
    received = _all().filter(received_at__date__gte=first, received_at__date__lt=until, sealed_at=None).count()
    open_ones = Q(case__resident_opinion__sealed_at=None)
    return received, handling_figures.month(first, until, today, "resident_opinion", open_ones)
