"""Reads of handling: a unit's inbox, a case's record and lights, letters, commitments, messages; figures by unit."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from quancheng.handling.figures import UnitLine, league, public_league, report_text
from quancheng.handling.files import path_of
from quancheng.handling.models import (
    Answer,
    AnswerCopy,
    AnswerTemplate,
    Assessment,
    Assignment,
    Attachment,
    Bundle,
    BundleMember,
    Commitment,
    Contact,
    KeyFile,
    Letter,
    Message,
    Milestone,
    Objection,
    Rating,
    Recusal,
    SupervisionEntry,
    UnitReport,
)
from quancheng.handling.rules import CLOCK_SETS, clock_set, matter
from quancheng.kernel.deadlines import Light
from quancheng.people.models import Office, Organ
from quancheng.people.permissions import PERMISSIONS, Actor, NotAllowed, demand, may
from quancheng.procedures import queries as procedures
from quancheng.procedures.library import LIBRARY
from quancheng.procedures.models import Case, CaseEvent, Clock, ClockExtension

__all__ = [
    "CLOCK_SETS", "Inbox", "InboxRow", "Light", "Record", "Share", "UnitLine", "answer_form", "attachment", "bundle_of", "committees", "copies_of", "dissolved",
    "inbox", "key_files", "league", "letters_of", "letters_to_answer", "letters_waiting", "light", "may_see", "messages", "open_commitments", "proposed_letters",
    "public_league", "rating_of", "record", "report", "report_of_case", "report_text", "reports", "takes_part", "templates", "titles", "units",
    "unrated_by", "unseen", "waiting_for_signature", "waiting_objections",
]

PAGE = 50
WHICH = ("all", "today", "week", "late", "lead", "assist")


def light(due_on: date, today: date, yellow_days: int | None = None, since: date | None = None) -> Light:
    """Return the light of a due date (R7.18): computed when asked, never stored. `yellow_days`: the city's parameter.

    A clock that began on `since` is green for the first half of its time: a term of three days is not yellow at once.
    """
    return procedures.light_of(due_on, today, since, yellow_days)


def yellow_days(area: str, today: date) -> int:
    """Return how many days before its day a clock turns yellow in an area (R7.18; 1 statement where nothing was set)."""
    return procedures.parameter("light.yellow_days", area=area, on=today)


@dataclass(frozen=True)
class InboxRow:
    """One running clock of a unit."""

    case: Case
    label: str
    due_on: date
    light: Light
    working: str
    title: str = ""


@dataclass(frozen=True)
class Inbox:
    """A page of a unit's clocks, soonest first, and how many there are of each kind."""

    rows: list[InboxRow]
    counts: dict[str, int]


def _of_units(actor: Actor) -> list[str]:
    return sorted({o.organ for o in actor.offices if o.role in ("unit_clerk", "unit_head")})


def inbox(actor: Actor, today: date, which: str = "all", number: int = 1) -> Inbox:
    """Return the clocks of the actor's units (3 statements and one for each kind of matter). `which`: all, today, week, late, lead, assist.

    Raises NotAllowed.
    """
    units = _of_units(actor)
    if not units:
        raise NotAllowed("handling.answer")
    running = Clock.objects.filter(organ_id__in=units, stopped_at=None)
    sunday = today + timedelta(days=6 - today.weekday())
    kinds = {
        "today": Q(due_on=today), "late": Q(due_on__lt=today), "week": Q(due_on__gte=today, due_on__lte=sunday),
        "lead": Q(key__startswith="answer:") | Q(key__startswith="redo:"), "assist": Q(key__startswith="assist:"),
    }  # fmt: skip
    counts = running.aggregate(all=Count("id"), **{name: Count("id", filter=q) for name, q in kinds.items()})
    chosen = running.filter(kinds[which]) if which in kinds else running
    clocks = list(chosen.select_related("case__organ").order_by("due_on", "id")[(number - 1) * PAGE : number * PAGE])
    soon = {area: yellow_days(area, today) for area in {c.case.organ.area_id for c in clocks}}
    names = titles([c.case for c in clocks])
    rows = [
        InboxRow(
            c.case, c.label, c.due_on, light(c.due_on, today, soon[c.case.organ.area_id], c.started_on), c.working, names.get(c.case_id, "")
        )
        for c in clocks
    ]
    return Inbox(rows, counts)


def titles(cases: Iterable[Case]) -> dict[int, str]:
    """Return case id -> short title, as its matter tells it (one statement for each kind of matter)."""
    kinds: dict[str, list[Case]] = {}
    for case in cases:
        kinds.setdefault(case.procedure, []).append(case)
    found: dict[int, str] = {}
    for same in kinds.values():
        found |= matter(same[0]).titles([case.pk for case in same])
    return found


@dataclass
class Share:
    """One unit's share with everything that belongs to it."""

    assignment: Assignment
    clock: Clock | None = None
    light: Light | None = None
    objections: list[Objection] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)


@dataclass
class Record:
    """How a case is and was handled."""

    case: Case
    shares: list[Share]
    contacts: list[Contact]
    commitments: list[Commitment]
    extensions: list[ClockExtension]
    attachments: list[Attachment] = field(default_factory=list)
    key_file: KeyFile | None = None
    entries: list[SupervisionEntry] = field(default_factory=list)
    assessment: Assessment | None = None
    clocks: list[Clock] = field(default_factory=list)  # those that run now
    bundle: Bundle | None = None
    bundled: list[Case] = field(default_factory=list)  # those that are answered with the head of the bundle
    recusals: list[Recusal] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)  # about no share: about a promise

    def letters_on(self, key: str) -> list[Letter]:
        """Return the letters about the clock of that key."""
        return [letter for letter in self.letters if letter.clock is not None and letter.clock.key == key]

    def signed(self, role: str = "lead") -> list[Answer]:
        """Return the signed answers to the author ('lead', with separate units), or the assistants', oldest first."""
        roles = ("lead", "separate") if role == "lead" else (role,)
        found = [a for s in self.shares if s.assignment.role in roles for a in s.answers if a.signed_at]
        return sorted(found, key=lambda answer: (answer.signed_at or answer.drafted_at, answer.pk))

    def running(self) -> list[Share]:
        """Return the shares that run now."""
        return [share for share in self.shares if share.assignment.ended_at is None]


def record(case: Case, today: date, happened: set[str] | None = None) -> Record:
    """Return the handling of a case, for those who may see it: 4 statements, and one for each kind of thing that happened.

    `happened`: the steps and events of the case, where the page has read them for its thread.
    """
    if happened is None:
        happened = set(CaseEvent.objects.filter(case=case).values_list("step", flat=True))
    shares = {a.pk: Share(a) for a in Assignment.objects.filter(case=case).select_related("unit", "by").order_by("id")}
    every = list(Clock.objects.filter(case=case).order_by("due_on", "id"))
    clocks = {clock.key: clock for clock in every if clock.stopped_at is None}
    if any(clock.reminded_at or clock.swept_at for clock in every):  # what a sweep wrote is no event of the case
        happened = happened | {"handling.reminder"}
    found = Record(case=case, shares=list(shares.values()), contacts=[], commitments=[], extensions=[], clocks=list(clocks.values()))
    for share in found.shares:
        share.assignment.case = case
    _add_shared(found, shares, happened)
    _add_lights(found, clocks, today)
    if "handling.attached" in happened:
        found.attachments = list(Attachment.objects.filter(case=case).order_by("id"))
    promised = any(answer.promise for share in found.shares for answer in share.answers)
    if promised or "handling.assessed" in happened or not shares:
        kept = Commitment.objects.filter(case=case).select_related("unit").prefetch_related("milestones")
        found.commitments = list(kept.order_by("id"))
    return found


_URGED = {"handling.reminder", "handling.supervision", "handling.letter_dropped", "handling.extended"}


def _add_shared(found: Record, shares: dict[int, Share], happened: set[str]) -> None:
    """Put to the record what is kept by share or by case, each kind only where its event says that there is any."""
    case = found.case
    if "handling.contacted" in happened:
        found.contacts = list(Contact.objects.filter(case=case).select_related("unit", "by").order_by("id"))
    if "handling.objected" in happened:
        objections = Objection.objects.filter(assignment__case=case).select_related("by", "decided_by")
        for objection in objections.order_by("id"):
            shares[objection.assignment_id].objections.append(objection)
    if shares:
        answers = Answer.objects.filter(assignment__case=case).select_related(
            "signed_by", "drafted_by", "rating", "assignment__unit"
        )
        for answer in answers.order_by("id"):
            shares[answer.assignment_id].answers.append(answer)
    if shares and happened & _URGED:
        for letter in Letter.objects.filter(case=case).select_related("by", "unit", "clock").order_by("id"):
            (shares[letter.assignment_id].letters if letter.assignment_id in shares else found.letters).append(letter)
    if happened & {"handling.extended", "handling.postponed"}:
        found.extensions = list(ClockExtension.objects.filter(clock__case=case).select_related("approver").order_by("id"))
    if "handling.key_chosen" in happened:  # R7.13
        found.key_file = KeyFile.objects.select_related("department", "committee").get(case=case)
        if "handling.supervised" in happened:
            found.entries = list(found.key_file.entries.select_related("by").order_by("on", "id"))
    if "handling.bundled" in happened and (bundle := bundle_of(case)) is not None:
        found.bundle = bundle
        found.bundled = list(Case.objects.filter(bundled__bundle=bundle, bundled__left_at=None).order_by("id"))
    if "handling.recused" in happened:
        found.recusals = list(Recusal.objects.filter(case=case).select_related("account").order_by("id"))
    if "handling.assessed" in happened:
        found.assessment = Assessment.objects.filter(case=case).first()


def _add_lights(found: Record, clocks: dict[str, Clock], today: date) -> None:
    """Give each share its running clock and the light of it."""
    spoken = {contact.unit_id for contact in found.contacts if contact.disputed_at is None}
    soon = yellow_days(found.case.organ.area_id, today) if clocks else None
    for share in found.shares:
        keys = (f"{kind}:{share.assignment.pk}" for kind in ("answer", "assist", "redo"))
        share.clock = next((clocks[key] for key in keys if key in clocks), None)
        if share.clock:
            share.light = _light_of(share, light(share.clock.due_on, today, soon, share.clock.started_on), today, share.assignment.unit_id in spoken)


def _light_of(share: Share, found: Light, today: date, spoken: bool) -> Light:
    """Return the light of a share: also yellow while nobody spoke with the author in the days set (R7.18, R7.07)."""
    case = share.assignment.case
    if found != "green" or spoken or not share.assignment.principal or case.procedure not in CLOCK_SETS:
        return found
    if not clock_set(case).contact_first:
        return found
    quiet = LIBRARY["suggestion.contact_wd"].default
    asked, days = timezone.localdate(share.assignment.at), 0
    calendar = procedures.calendar_at_hand()
    while asked < today and days <= quiet:
        asked += timedelta(days=1)
        days += calendar.is_working_day(asked)
    return "yellow" if days > quiet else found


def rating_of(answer: Answer) -> Rating | None:
    """Return the rating of an answer, None while there is none."""
    return getattr(answer, "rating", None)


def may_see(actor: Actor, case: Case) -> bool:
    """Tell whether the actor sees a case's file: its office, a unit with a share in it, the supervising committee, an author."""
    if case.procedure in CLOCK_SETS and may(actor, clock_set(case).office, organ=case.organ_id):
        return True
    units = _of_units(actor)
    if units and Assignment.objects.filter(case=case, unit_id__in=units).exists():
        return True
    committees = {o.organ for o in actor.offices if o.role == "committee"}
    if committees and KeyFile.objects.filter(case=case, committee_id__in=committees).exists():
        return True
    return actor.account_id is not None and actor.account_id in matter(case).authors(case)


def takes_part(actor: Actor, found: Record) -> bool:
    """Tell whether the actor's unit has or had a share in a case, or his committee supervises it (no statement)."""
    codes = set(_of_units(actor))
    committees = {o.organ for o in actor.offices if o.role == "committee"}
    return any(share.assignment.unit_id in codes for share in found.shares) or (
        found.key_file is not None and found.key_file.committee_id in committees
    )


def units(on: date) -> list[Organ]:
    """Return the undertaking units in being on a day, by name."""
    now = Q(valid_to=None) | Q(valid_to__gte=on)
    return list(Organ.objects.filter(now, kind=Organ.Kind.GOVERNMENT, valid_from__lte=on).order_by("name"))


def committees(on: date) -> list[Organ]:
    """Return the committees that may supervise a key file, those with somebody who keeps its log, by name (≤2 statements)."""
    now = Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gte=on))
    kept = Office.objects.filter(now, role=Office.Role.COMMITTEE, organ=OuterRef("pk"))
    bodies = Organ.objects.filter(now, kind=Organ.Kind.WORKING_BODY).order_by("name")
    return list(bodies.filter(Exists(kept))) or list(bodies)


def dissolved(on: date, organ: str) -> list[Organ]:
    """Return the units that ended and still have something open under an office, by name (1 statement)."""
    shares = Assignment.objects.filter(unit=OuterRef("pk"), ended_at=None, case__organ_id=organ)
    promises = Commitment.objects.filter(unit=OuterRef("pk"), kept_at=None, case__organ_id=organ)
    found = Organ.objects.filter(Exists(shares) | Exists(promises), valid_to__lt=on)
    return list(found.order_by("name"))


def waiting_objections(organs: Iterable[str]) -> list[Objection]:
    """Return the objections that wait for the office, oldest first."""
    found = Objection.objects.filter(state=Objection.State.WAITING, assignment__case__organ_id__in=set(organs))
    return list(found.select_related("assignment__case", "assignment__unit", "by").order_by("at"))


def _offices_of(actor: Actor, permission: str) -> set[str]:
    return {office.organ for office in actor.offices if office.role in PERMISSIONS[permission]}


def proposed_letters(actor: Actor, limit: int = 200, procedure: str = "") -> list[Letter]:
    """Return the supervision letters that the sweep proposed to the actor's offices, oldest first (1 statement).

    `procedure`: only those about one kind of matter.
    """
    found = _proposed(actor, procedure).select_related("case", "unit", "clock")
    return list(found.order_by("made_at", "id")[:limit])


def letters_waiting(actor: Actor, procedure: str = "") -> int:
    """Return how many letters the sweep proposed to the actor's offices (1 statement)."""
    return _proposed(actor, procedure).count()


def _proposed(actor: Actor, procedure: str) -> QuerySet[Letter]:
    seen = Q(case__procedure="unit_report", case__organ_id__in=_offices_of(actor, "handling.supervise"))
    for key, kinds in CLOCK_SETS.items():
        seen |= Q(case__procedure=key, case__organ_id__in=_offices_of(actor, kinds.office))
    found = Letter.objects.filter(seen, state=Letter.State.PROPOSED)
    return found.filter(case__procedure=procedure) if procedure else found


def letters_to_answer(actor: Actor) -> list[Letter]:
    """Return the supervision letters that the actor's units have not answered, oldest first (1 statement)."""
    sent = Letter.objects.filter(kind=Letter.Kind.SUPERVISION, state=Letter.State.SENT, replied_at=None)
    found = sent.filter(unit_id__in=_of_units(actor)).select_related("case", "clock")
    return list(found.order_by("at", "id")[:200])


def report_of_case(case_id: int) -> int:
    """Return the id of the unit's report of a case. Raises UnitReport.DoesNotExist."""
    return UnitReport.objects.values_list("pk", flat=True).get(case_id=case_id)


def letters_of(case_id: int) -> list[Letter]:
    """Return the letters on a case, oldest first (1 statement)."""
    return list(Letter.objects.filter(case_id=case_id).select_related("unit", "clock").order_by("id"))


def waiting_for_signature(actor: Actor) -> list[Answer]:
    """Return the drafts that lie before the head of the actor's unit, oldest first (1 statement)."""
    codes = _offices_of(actor, "handling.sign")
    found = Answer.objects.filter(assignment__unit_id__in=codes, signed_at=None, sent_at__isnull=False)
    return list(found.select_related("assignment__case", "assignment__unit", "drafted_by").order_by("sent_at"))


def templates(unit: str, actor: Actor) -> list[AnswerTemplate]:
    """Return a unit's templates by title, for its own staff. Raises NotAllowed."""
    demand(actor, "handling.answer", organ=unit)
    return list(AnswerTemplate.objects.filter(unit_id=unit).order_by("title"))


@dataclass(frozen=True)
class OpenCommitment:
    """A promise that is not kept yet: its light, whether it is claimed, and whether nothing was heard for long."""

    commitment: Commitment
    light: Light
    quiet: bool
    steps: list[Milestone]


def open_commitments(
    today: date, *, unit: str = "", organ: str = "", number: int = 1
) -> list[OpenCommitment]:
    """Return a page of the ledger of commitments, soonest first (R7.12): of a unit, of an office, or of all (3 statements)."""
    found = Commitment.objects.filter(kept_at=None)
    found = found.filter(unit_id=unit) if unit else found
    found = found.filter(case__organ_id=organ) if organ else found
    page = found.select_related("case__organ", "unit", "answer", "assignment").prefetch_related("milestones")
    page = page.order_by("due_on", "id")[(number - 1) * PAGE : number * PAGE]
    soon = {area: yellow_days(area, today) for area in {one.case.organ.area_id for one in page}}
    rows = []
    for one in page:
        steps = sorted(one.milestones.all(), key=lambda step: step.pk)
        heard = [timezone.localdate(step.done_at) for step in steps if step.done_at]
        began = timezone.localdate((one.answer.signed_at if one.answer else None) or one.assignment.at)
        silent = (today - max([began, *heard])).days > LIBRARY["commitment.quiet_days"].default
        rows.append(OpenCommitment(one, light(one.due_on, today, soon[one.case.organ.area_id]), silent and one.claimed_at is None, steps))
    return rows


def key_files(actor: Actor, committee: str = "") -> list[KeyFile]:
    """Return the key files, newest first, of one committee where it is named; a unit sees its own (1 statement).

    Raises NotAllowed.
    """
    demand(actor, "handling.read")
    found = KeyFile.objects.select_related("case", "department", "committee")
    found = found.annotate(visits=Count("entries"), last_on=Max("entries__on"))
    if not actor.roles() & {"deputy_office", "deputy_office_lead", "chairpersons", "committee", "sc_member"}:
        found = found.filter(department_id__in=_of_units(actor))
    return list((found.filter(committee_id=committee) if committee else found).order_by("-id")[:200])


def bundle_of(case: Case) -> Bundle | None:
    """Return the bundle that a case leads or belongs to now."""
    member = BundleMember.objects.select_related("bundle__head").filter(case=case, left_at=None).first()
    if member is not None:
        return member.bundle
    return Bundle.objects.select_related("head").filter(head=case, dissolved_at=None).first()


def messages(actor: Actor, limit: int = 50) -> list[Message]:
    """Return what the actor was told, newest first (1 statement)."""
    return list(Message.objects.filter(account_id=actor.id).select_related("case").order_by("-id")[:limit])


def unseen(actor: Actor) -> int:
    """Return how many messages the actor has not seen (1 statement)."""
    return Message.objects.filter(account_id=actor.id, seen_at=None).count()


def copies_of(answer: Answer) -> list[AnswerCopy]:
    """Return to whom an answer was delivered and when each opened it (R7.09)."""
    return list(AnswerCopy.objects.filter(answer=answer).select_related("account").order_by("id"))


def unrated_by(account_id: int) -> list[Answer]:
    """Return the answers that reached an account and wait for a rating now, oldest first (1 statement)."""
    found = Answer.objects.filter(
        copies__account_id=account_id, rating=None, assignment__case__state__in=("answered", "answered_again")
    )
    return list(found.select_related("assignment__case", "assignment__unit").order_by("signed_at"))


def attachment(attachment_id: int, actor: Actor) -> tuple[Attachment, bytes]:
    """Return a file and its bytes, for those who may see its case. Raises NotAllowed, Attachment.DoesNotExist, OSError."""
    found = Attachment.objects.select_related("case").get(pk=attachment_id)
    if not may_see(actor, found.case):
        raise NotAllowed("handling.read")
    return found, path_of(found.digest).read_bytes()


def answer_form(answer: Answer) -> str:
    """Return a signed answer in its fixed form, as markup for documents (R7.09, C.3)."""
    share = answer.assignment
    lines = [f"# 关于{matter(share.case).heading(share.case)}的答复", ""]
    lines += [f"办理结果：{answer.get_outcome_display()}", ""]
    if answer.number:
        lines += [answer.number, ""]
    lines += [answer.text, ""]
    if answer.promise and answer.promised_for:
        lines += [f"承诺事项：{answer.promise}（{answer.promised_for:%Y年%-m月%-d日}以前完成）", ""]
    signed = timezone.localtime(answer.signed_at) if answer.signed_at else None
    lines += [share.unit.name, f"签发人：{answer.signed_by.name}" if answer.signed_by else "（未签发）"]
    lines += [f"{signed:%Y年%-m月%-d日}" if signed else "", ""]
    if answer.contact_name or answer.telephone:
        lines += [f"联系人：{answer.contact_name}　联系电话：{answer.telephone}"]
    lines += [f"抄送：{share.case.organ.name}"]
    return "\n".join(lines)


def reports(actor: Actor, year: int) -> list[UnitReport]:
    """Return the yearly reports that the actor's unit owes, or that his office asked for. Raises NotAllowed."""
    demand(actor, "handling.read")
    seen = Q(unit_id__in=_of_units(actor)) | Q(case__organ_id__in=_offices_of(actor, "handling.supervise"))
    return list(UnitReport.objects.filter(seen, year=year).select_related("unit", "case").order_by("unit__name"))


def report(report_id: int, actor: Actor) -> UnitReport:
    """Return a yearly report, for its unit and its office. Raises NotAllowed, UnitReport.DoesNotExist."""
    found = UnitReport.objects.select_related("unit", "case__organ", "submitted_by").get(pk=report_id)
    if found.unit_id not in _of_units(actor):
        demand(actor, "handling.supervise", organ=found.case.organ_id)
    return found
