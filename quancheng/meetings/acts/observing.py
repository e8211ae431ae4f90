"""旁听 (M42, R4.11): the notice, applications, checks, the list, the draw, the door. R4.11; S01, S18."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from quancheng.kernel import draws
from quancheng.kernel.deadlines import Term
from quancheng.kernel.words import letters
from quancheng.ledger import acts as ledger
from quancheng.meetings import public_rules as rules
from quancheng.meetings.models import Meeting, Observation, Observer
from quancheng.meetings.observed import locked, record, tell
from quancheng.meetings.recording import MeetingRefused, line, meeting_of, text
from quancheng.people import acts as people
from quancheng.people import sealing
from quancheng.people.permissions import Actor, demand
from quancheng.procedures import acts as procedures
from quancheng.procedures.acts import Conflict

_NAME = "observer.name"
_SEED = "observation.seed"


class NotOpen(MeetingRefused):
    """Applications are not taken now."""


@dataclass(frozen=True)
class ObservationForm:
    """What the notice says. `source` '' lets the public value be the ledger's own root (kernel.draws)."""

    seats: int
    closes_at: datetime
    draw_at: datetime
    draw_place: str
    source: str = ""
    guidance: str = ""
    late_reason: str = ""


def announce_observation(*, meeting_id: int, form: ObservationForm, by: Actor, at: datetime) -> Observation:
    """Announce seats for observers, and with them the commitment to the seed of the draw (R4.11, S18).

    Fewer days before the meeting than the rule asks need a reason. Raises NotAllowed, MeetingRefused.
    """
    meeting = meeting_of(meeting_id, by, "observer.manage", "called")
    wanted = rules.seats_for(meeting.kind, meeting.case.organ.area_id, timezone.localdate(at))
    source = line(form.source, 2, 120, "请写明公开数从哪里来", "source") if form.source.strip() else draws.LEDGER
    values = {**_times(meeting, form, at), **_reasons(meeting, form, wanted, at)}
    seed = draws.new_seed()
    try:
        with transaction.atomic():
            case = procedures.open_case(procedure="observation", organ=meeting.case.organ_id, by=by, at=at)
            bound = draws.commitment(draw=case.number, seats=form.seats, source=source, seed=seed)
            made = Observation.objects.create(
                case=case, meeting=meeting, seats=form.seats, announced_at=at, source=source, commitment=bound,
                seed_sealed=sealing.seal(_SEED, seed), **values,
            )
            procedures.link_cases(source=case, target=meeting.case, relation="observation", at=at)
            day = timezone.localdate(at)
            term = Term(max((timezone.localdate(form.closes_at) - day).days, 1), "day", "旁听公告", roll=False)
            procedures.start_clock(case=case, key="fix", label="申请截止，固定名单", term=term, start=day, at=at)
            ledger.append(
                kind="draw.committed", at=at, organ=case.organ_id, subject=case.number, content=bound.encode(),
                salt=ledger.new_salt(), detail={"commitment": bound, "seats": form.seats, "source": source},
            )
    except IntegrityError:
        raise Conflict("这次会议已经公布旁听公告。") from None
    return made


def _times(meeting: Meeting, form: ObservationForm, at: datetime) -> dict[str, object]:
    if meeting.kind not in rules.OBSERVED:
        raise MeetingRefused("这类会议不安排公民旁听。")
    if not at < form.closes_at:
        raise MeetingRefused("申请截止时间应当晚于现在。", "closes_at")
    if not form.closes_at < form.draw_at < meeting.starts_at:
        raise MeetingRefused("抽签应当在申请截止以后、会议开始以前。", "draw_at")
    place = line(form.draw_place, 2, 80, "请写明在哪里抽签，公众可以到场看", "draw_place")
    return {"closes_at": form.closes_at, "draw_at": form.draw_at, "draw_place": place}


def _reasons(meeting: Meeting, form: ObservationForm, wanted: rules.Seats, at: datetime) -> dict[str, object]:
    if not 1 <= form.seats <= 500:
        raise MeetingRefused("旁听席位应当在1至500个之间。", "seats")
    days, late = rules.days_before(meeting.starts_at, at), ""
    if days < wanted.notice_days:
        late = line(
            form.late_reason, 5, 200, f"公告应当提前{wanted.notice_days}日，现在只有{days}日，请写明理由", "late_reason"
        )
    guidance = text(form.guidance, 0, 1000, "其他须知", "guidance") if form.guidance.strip() else ""
    return {"guidance": guidance, "late_reason": late}


@dataclass(frozen=True)
class Application:
    """What a resident hands in. `phone` was verified by the face; both declarations must be made (R4.11)."""

    meeting_id: int
    name: str
    phone: str
    adult: bool
    rights: bool
    submission_key: str


def apply_to_observe(*, application: Application, at: datetime) -> Observer:
    """Take an application in, durably and once; the same form gives back what is there (R4.11).

    The name is sealed, the number stands apart (S01). Raises NotOpen, MeetingRefused, people's BadPhone.
    """
    earlier = Observer.objects.filter(submission_key=_key(application.submission_key)).first()
    if earlier is not None:
        return earlier
    found = Observation.objects.select_related("case", "meeting").get(meeting_id=application.meeting_id)
    _demand_open(found, at)
    made = _applied(found, application, at)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
            ledger.append(
                kind="observer.applied", at=at, organ=found.case.organ_id, subject=made.public_id,
                content=rules.application_content(made.code, application.name, found.case.number), salt=bytes(made.salt),
                detail={"code": made.code, "draw": found.case.number},
            )
            people.record_authorship(subject=made.public_id, phone=application.phone, at=at)
    except IntegrityError:
        earlier = Observer.objects.filter(submission_key=application.submission_key).first()
        if earlier is not None:
            return earlier
        raise MeetingRefused("这个号码已经申请过这次旁听，一个号码只能申请一次。可以在“我的事项”里查看。", "phone") from None
    return made


def _key(key: str) -> str:
    if not 20 <= len(key) <= 64 or not key.isascii():
        raise MeetingRefused("表单不完整，请刷新页面后重新提交。写下的内容还在。")
    return key


def _demand_open(found: Observation, at: datetime) -> None:
    if found.case.state != "announced" or at >= found.closes_at:
        raise NotOpen("旁听申请已经截止。")


def _applied(found: Observation, form: Application, at: datetime) -> Observer:
    name = line(form.name, 2, 30, "请填写与身份证一致的姓名", "name")
    if not form.adult:
        raise MeetingRefused("旁听公民应当年满18周岁。", "adult")
    if not form.rights:
        raise MeetingRefused("请确认您具有完全民事行为能力，没有被剥夺政治权利。", "rights")
    if not form.phone:  # R1.15 网络安全法 26
        raise MeetingRefused("请填写手机号码并验证。号码只在后台核验，单独加密保存，不会公开。", "phone")
    return Observer(
        observation=found, public_id="o" + letters(20), receipt_code=letters(12), submission_key=form.submission_key,
        code=letters(6), name_sealed=sealing.seal(_NAME, name), salt=ledger.new_salt(), applied_at=at,
        once=sealing.index(f"observer:{found.pk}", sealing.clean_phone(form.phone)), remarks_left=rules.REMARKS,
    )  # fmt: skip



def check_observer(*, observer_id: int, eligible: bool, reason: str, by: Actor, at: datetime) -> Observer:
    """Find an applicant eligible, or refuse him with a reason that he reads; until the list is fixed (R4.11).

    Raises NotAllowed, MeetingRefused, Conflict.
    """
    found = Observer.objects.select_related("observation__case").get(pk=observer_id)
    demand(by, "observer.manage", organ=found.observation.case.organ_id)
    words = "" if eligible else line(reason, 5, 200, "请写明不符合哪项条件，本人会看到", "reason")
    wanted = Observer.State.ELIGIBLE if eligible else Observer.State.REFUSED
    with transaction.atomic():
        locked(found.observation_id, "announced")
        checked = Observer.objects.filter(pk=found.pk, state__in=("applied", "eligible", "refused")).exclude(state=wanted)
        if not checked.update(state=wanted, reason=words, checked_by_id=by.id, checked_at=at):
            raise Conflict("这份申请已经核对过，或者已经撤回，请刷新后再看。")
        record("checked", found, found.observation.case.organ_id, words, at, eligible=eligible)
        if not eligible:
            tell([found], "您的旁听申请没有通过核对，理由请凭回执号查看。", at)
    found.refresh_from_db()
    return found
