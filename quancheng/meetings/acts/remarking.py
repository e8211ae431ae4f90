"""Written remarks around meetings: taken in with a receipt, answered in writing within a term, published (M41–M44)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from quancheng.handling import rules as handling_rules
from quancheng.handling.models import Assignment
from quancheng.handling.recording import end_share
from quancheng.kernel.deadlines import Term
from quancheng.kernel.words import letters
from quancheng.ledger import acts as ledger
from quancheng.meetings import public_rules as rules
from quancheng.meetings.models import Attendee, Meeting, Observer, Remark
from quancheng.meetings.recording import MeetingRefused, line, meeting_of, own_seat, text
from quancheng.people import acts as people
from quancheng.people.permissions import Actor, demand
from quancheng.procedures import acts as procedures
from quancheng.procedures import queries as procedure_queries
from quancheng.procedures.acts import Conflict
from quancheng.procedures.library import LIBRARY
from quancheng.procedures.models import Case

LONGEST = 5000


def _beginnings(case_ids: list[int]) -> dict[int, str]:
    rows = Remark.objects.filter(case_id__in=case_ids).values_list("case_id", "body")
    return {case: body[:24] + "…" * (len(body) > 24) for case, body in rows}


def _answered(case: Case, by: Actor, at: datetime) -> None:
    """End the units' shares and tell the author; the office then decides on publishing."""
    for share in Assignment.objects.filter(case=case, ended_at=None).select_related("case"):
        end_share(share, Assignment.End.ANSWERED, at)
    procedures.stop_clock(case=case, key="answer", at=at)
    found = Remark.objects.select_related("meeting").get(case=case)
    _tell(found, at)


def _tell(found: Remark, at: datetime) -> None:
    words = f"您对“{found.meeting.title}”提出的书面意见已经答复（回执号{found.receipt_code}），请凭回执号查看。"
    people.notify_author(subject=found.public_id, text=words, at=at)


def _authors(case: Case) -> list[int]:
    rows = Remark.objects.filter(case=case, attendee__account__isnull=False)
    return [pk for pk in rows.values_list("attendee__account_id", flat=True) if pk is not None]


handling_rules.register(
    "meeting_remark",
    handling_rules.Matter(
        authors=_authors, heading=lambda case: f"{case.number}会议意见", titles=_beginnings, answered=_answered,
        counts_from=lambda case: case.opened_on,
    ),
)


@dataclass(frozen=True)
class RemarkForm:
    """Words put down in writing. `shown`: the author lets words and answer be published, without his name."""

    body: str
    submission_key: str
    shown: bool = True


def remark_as_observer(*, receipt_code: str, form: RemarkForm, at: datetime) -> Remark:
    """Take a written remark from somebody who observed the meeting; with a receipt of its own, apart from his card (M42, S01).

    Raises MeetingRefused, Observer.DoesNotExist.
    """
    author = Observer.objects.select_related("observation__meeting__case__organ").get(receipt_code=receipt_code)
    if author.came_at is None:
        raise MeetingRefused("到会旁听的公民，会后可以在这里提出书面意见。", "body")
    earlier = _same(form)
    if earlier is not None:
        return earlier
    made = _drafted(author.observation.meeting, Remark.Kind.OBSERVER, form, at)
    with transaction.atomic():
        if not Observer.objects.filter(pk=author.pk, remarks_left__gt=0).update(remarks_left=F("remarks_left") - 1):
            raise MeetingRefused(f"每次旁听最多提出{rules.REMARKS}件书面意见。", "body")
        _keep(made, Actor.public(), at)
        people.share_authorship(subject=made.public_id, of=author.public_id, at=at)
    return made


def remark_as_attendee(*, meeting_id: int, form: RemarkForm, by: Actor, at: datetime) -> Remark:
    """Take a written remark from a deputy who attends without a vote (M41 代表法 33). Raises NotAllowed, MeetingRefused."""
    seat = own_seat(meeting_id, by, "called", "open", "closed", "minuted")
    demand(by, "remark.write")
    if seat.capacity != Attendee.Capacity.NON_VOTING:
        raise MeetingRefused("这里记列席人员的意见；组成人员请在会上发言。", "body")
    earlier = _same(form)
    if earlier is not None:
        return earlier
    made = _drafted(seat.meeting, Remark.Kind.NON_VOTING, form, at)
    made.attendee, made.speaker = seat, seat.name
    with transaction.atomic():
        _keep(made, by, at)
    return made


def record_remark(*, meeting_id: int, speaker: str, form: RemarkForm, by: Actor, at: datetime) -> Remark:
    """Write down what somebody said at a seminar or a street council, so that it is handled and answered (M43, M44 R4.20).

    What a deputy attending without a vote said at another meeting is written down so too (M41). Raises NotAllowed,
    MeetingRefused.
    """
    meeting = meeting_of(meeting_id, by, "remark.manage", "open", "closed", "minuted")
    kinds = {Meeting.Kind.SEMINAR: Remark.Kind.SEMINAR, Meeting.Kind.STREET_COUNCIL: Remark.Kind.COUNCIL}
    earlier = _same(form)
    if earlier is not None:
        return earlier
    made = _drafted(meeting, kinds.get(Meeting.Kind(meeting.kind), Remark.Kind.NON_VOTING), form, at)
    made.speaker, made.entered_by_id = line(speaker, 2, 60, "请写明是谁说的", "speaker"), by.id
    with transaction.atomic():
        _keep(made, by, at)
    return made


def _same(form: RemarkForm) -> Remark | None:
    """Return what the same form handed in before. Raises MeetingRefused."""
    if not 20 <= len(form.submission_key) <= 64 or not form.submission_key.isascii():
        raise MeetingRefused("表单不完整，请刷新页面后重新提交。写下的内容还在。")
    return Remark.objects.select_related("case").filter(submission_key=form.submission_key).first()


def _drafted(meeting: Meeting, kind: str, form: RemarkForm, at: datetime) -> Remark:
    return Remark(
        meeting=meeting, kind=kind, body=text(form.body, 5, LONGEST, "请写下意见", "body"), shown=form.shown,
        public_id="k" + letters(20), receipt_code=letters(12), submission_key=form.submission_key,
        salt=ledger.new_salt(), received_at=at,
    )  # fmt: skip


def _keep(made: Remark, by: Actor, at: datetime) -> None:
    """Open the case, start the clock of the answer, record the words. Raises MeetingRefused."""
    organ, day = made.meeting.case.organ, timezone.localdate(at)
    made.case = procedures.open_case(procedure="meeting_remark", organ=organ.pk, by=by, at=at)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        raise Conflict("这份意见刚刚已经提交，请刷新后查看。") from None
    days = procedure_queries.parameter("meeting_remark.answer_wd", area=organ.area_id, on=day)
    term = Term(days, "workday", LIBRARY["meeting_remark.answer_wd"].article)
    procedures.start_clock(case=made.case, key="answer", label="书面答复", term=term, start=day, at=at)
    procedures.link_cases(source=made.case, target=made.meeting.case, relation="remark", at=at)
    ledger.append(
        kind="remark.received", at=at, organ=organ.pk, subject=made.public_id, salt=bytes(made.salt),
        content=rules.remark_content(made.case.number, made.kind, made.body), detail={"kind": made.kind},
    )


def reply_to_remark(*, remark_id: int, words: str, by: Actor, at: datetime) -> Remark:
    """Answer a remark in writing as the office itself; what a unit must do is assigned to it instead (M42).

    Raises NotAllowed, MeetingRefused, StepRefused, Conflict.
    """
    found = Remark.objects.select_related("case__organ", "meeting").get(pk=remark_id)
    demand(by, "remark.manage", organ=found.case.organ_id)
    answer = text(words, 10, 10_000, "请写明答复", "words")
    with transaction.atomic():
        procedures.perform(case=found.case, step="reply", by=by, at=at)
        procedures.stop_clock(case=found.case, key="answer", at=at)
        Remark.objects.filter(pk=found.pk).update(reply=answer, replied_by_id=by.id, replied_at=at)
        ledger.append(
            kind="remark.answered", at=at, organ=found.case.organ_id, subject=found.public_id, content=answer.encode(),
            salt=ledger.new_salt(),
        )
        _tell(found, at)
    found.refresh_from_db()
    return found


def release_remark(*, remark_id: int, by: Actor, at: datetime) -> Remark:
    """Publish a remark with its answer, without who wrote it, as somebody other than who answered (M42 R9.01).

    Raises NotAllowed, MeetingRefused, Conflict.
    """
    found = Remark.objects.select_related("case__organ").get(pk=remark_id)
    demand(by, "remark.release", organ=found.case.organ_id)
    if not found.shown:
        raise MeetingRefused("本人不同意公开，不能公开。")
    if found.case.state != "answered":
        raise MeetingRefused("还没有书面答复，答复以后再公开。")
    if found.replied_by_id == by.id:
        raise MeetingRefused("答复和公开审核须由两人分别办理。")
    with transaction.atomic():
        if not Remark.objects.filter(pk=found.pk, released_at=None).update(released_by_id=by.id, released_at=at):
            raise Conflict("这件意见已经公开。")
        procedures.note(case=found.case, event="remark.released", words="", by=by, at=at, held="remark.release")
    found.refresh_from_db()
    return found
