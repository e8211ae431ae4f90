"""Motions at a meeting: begun by a member, signed by others from their phones, handed in with enough names (R0.20–R0.23)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from quancheng.ledger import acts as ledger
from quancheng.meetings import rules
from quancheng.meetings.agenda import Item, append_item
from quancheng.meetings.models import Attendee, Motion, Signature
from quancheng.meetings.recording import (
    MeetingRefused,
    enter,
    line,
    meeting_of,
    motion_words,
    note,
    own_seat,
    text,
)
from quancheng.people.permissions import Actor, NotAllowed

LONGEST = 10_000
_RUNNING = ("called", "open")


@dataclass(frozen=True)
class MotionPaper:
    """What is moved: `addressee` names whom an interpellation asks (R0.22)."""

    kind: str
    title: str
    body: str
    addressee: str = ""


def begin_motion(*, meeting_id: int, paper: MotionPaper, by: Actor, at: datetime) -> Motion:
    """Begin a motion as a member with a vote; his own signature is the first. Raises NotAllowed, MeetingRefused."""
    seat = own_seat(meeting_id, by, *_RUNNING, voting=True)
    meeting = seat.meeting
    if paper.kind not in Motion.Kind.values:
        raise MeetingRefused("请选择议案、动议或者质询案。", "kind")
    needed = rules.signatures(meeting, paper.kind, timezone.localdate(at))
    if needed is None:
        raise MeetingRefused("这类会议不由成员联名提出议案。", "kind")
    if meeting.motions_until is not None and at > meeting.motions_until:
        raise MeetingRefused(f"提出议案的时间到{timezone.localtime(meeting.motions_until):%m月%d日 %H:%M}为止，已经过了。")
    title = line(paper.title, 4, 80, "请写案由", "title")
    body = text(paper.body, 20, LONGEST, "请写清内容", "body")
    asks = paper.kind == Motion.Kind.INTERPELLATION
    addressee = line(paper.addressee, 2, 60, "质询案须写明质询对象", "addressee") if asks else ""
    with transaction.atomic():
        made = Motion.objects.create(
            meeting=meeting, kind=paper.kind, title=title, body=body, addressee=addressee, lead=seat, needed=needed,
            begun_at=at,
        )  # fmt: skip
        Signature.objects.create(motion=made, attendee=seat, at=at)
        enter("motion_begun", meeting, {"body": body, "kind": paper.kind, "title": title}, at)
    return made


def _seat(motion_id: int, by: Actor) -> tuple[Motion, Attendee]:
    found = Motion.objects.get(pk=motion_id)
    return found, own_seat(found.meeting_id, by, *_RUNNING, voting=True)


def _collecting(found: Motion) -> None:
    if found.state != Motion.State.COLLECTING:
        raise MeetingRefused(f"这件{found.get_kind_display()}“{found.get_state_display()}”，不能再改。")


def sign_motion(*, motion_id: int, by: Actor, at: datetime) -> int:
    """Sign a motion for oneself; return how many have signed. Raises NotAllowed, MeetingRefused."""
    found, seat = _seat(motion_id, by)
    _collecting(found)
    try:
        with transaction.atomic():
            Signature.objects.create(motion=found, attendee=seat, at=at)
            enter("motion_signed", seat.meeting, {"attendee": seat.pk, "motion": found.pk}, at)
    except IntegrityError:
        raise MeetingRefused("您已经签名。") from None
    return found.signatures.count()


def unsign_motion(*, motion_id: int, by: Actor, at: datetime) -> None:
    """Take one's name back before a motion is handed in; its lead withdraws it instead. Raises NotAllowed, MeetingRefused."""
    found, seat = _seat(motion_id, by)
    _collecting(found)
    if found.lead_id == seat.pk:
        raise MeetingRefused("您是领衔人，可以撤回这件议案。")
    with transaction.atomic():
        if not Signature.objects.filter(motion=found, attendee=seat).delete()[0]:
            raise MeetingRefused("您没有签名。")
        enter("motion_unsigned", seat.meeting, {"attendee": seat.pk, "motion": found.pk}, at)


def submit_motion(*, motion_id: int, by: Actor, at: datetime) -> Motion:
    """Hand a motion in as its lead: below the number that the law asks, or after the deadline, it is refused.

    R0.20–R0.23 地方组织法 22, 24, 52. Raises NotAllowed, MeetingRefused.
    """
    with transaction.atomic():
        found = Motion.objects.select_for_update().get(pk=motion_id)
        seat = own_seat(found.meeting_id, by, *_RUNNING, voting=True)
        if found.lead_id != seat.pk:
            raise NotAllowed("meeting.attend")
        _collecting(found)
        until = seat.meeting.motions_until
        if until is not None and at > until:
            raise MeetingRefused(f"提出议案的时间到{timezone.localtime(until):%m月%d日 %H:%M}为止，已经过了。")
        names = found.signatures.count()
        if names < found.needed:
            raise MeetingRefused(f"须有{found.needed}人以上联名，现有{names}人，还差{found.needed - names}人。")
        found.state, found.submitted_at, found.signed_by, found.salt = Motion.State.SUBMITTED, at, names, ledger.new_salt()
        found.save(update_fields=["state", "submitted_at", "signed_by", "salt"])
        enter("motion_words", seat.meeting, motion_words(found), at, bytes(found.salt), motion=found.pk)
        note(
            "motion_submitted", seat.meeting, found.title, by, at, "meeting.attend",
            f"{found.get_kind_display()}：{found.title}（{names}人联名）", rules.MOTION_ARTICLES[found.kind], signatures=names,
        )  # fmt: skip
    return found


def withdraw_motion(*, motion_id: int, by: Actor, at: datetime) -> Motion:
    """Take a motion back as its lead, before it is decided. Raises NotAllowed, MeetingRefused."""
    found, seat = _seat(motion_id, by)
    if found.lead_id != seat.pk:
        raise NotAllowed("meeting.attend")
    with transaction.atomic():
        gone = Motion.objects.filter(pk=found.pk, state__in=("collecting", "submitted")).update(
            state=Motion.State.WITHDRAWN, decided_at=at
        )
        if not gone:
            raise MeetingRefused("已经决定如何处理，不能撤回。")
        enter("motion_withdrawn", seat.meeting, {"motion": found.pk}, at)
    found.refresh_from_db()
    return found


def decide_motion(*, motion_id: int, outcome: str, reason: str, by: Actor, at: datetime) -> Motion:
    """Enter what the presidium or the 主任会议 decided: onto the agenda, referred, or not taken with the reason.

    Raises NotAllowed, MeetingRefused.
    """
    found = Motion.objects.get(pk=motion_id)
    if outcome not in ("on_agenda", "referred", "declined"):
        raise MeetingRefused("请选择如何处理。", "outcome")
    why = line(reason, 4, 300, "请写明决定的机构和理由", "reason")
    with transaction.atomic():
        meeting = meeting_of(found.meeting_id, by, "meeting.run", "called", "open", lock=True)
        decided = Motion.objects.filter(pk=found.pk, state=Motion.State.SUBMITTED).update(
            state=outcome, decision=why, decided_at=at
        )
        if not decided:
            raise MeetingRefused("这件已经决定，或者还没有提出。")
        if outcome == "on_agenda":
            item = append_item(meeting, Item(f"审议{found.get_kind_display()}：{found.title}", "deliberate"), at)
            Motion.objects.filter(pk=found.pk).update(item=item)
        found.refresh_from_db()
        shown = f"{found.get_kind_display()}：{found.title}——{found.get_state_display()}。{why}"
        note("motion_decided", meeting, why, by, at, "meeting.run", shown, outcome=outcome)
    return found
