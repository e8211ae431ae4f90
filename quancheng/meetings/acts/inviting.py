"""列席 (M41): deputies invited in their turn, heads who must attend; each answers for himself (R4.07–R4.09)."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from quancheng.kernel.words import letters
from quancheng.meetings.models import Attendee, Invitation, Meeting
from quancheng.meetings.recording import MeetingRefused, enter, line, meeting_of
from quancheng.meetings.rotation import turns
from quancheng.people.permissions import Actor, NotAllowed, demand
from quancheng.procedures.acts import Conflict

MOST = 60
_OPEN = ("planned", "called", "open")


def invite_deputies(*, meeting_id: int, account_ids: list[int], reason: str, by: Actor, at: datetime) -> list[Invitation]:
    """Invite deputies to attend without a vote (R4.08 代表法 33). Who is passed over in the turn is passed over with a reason.

    Raises NotAllowed, MeetingRefused, Conflict.
    """
    meeting = meeting_of(meeting_id, by, "meeting.invite", *_OPEN)
    if not account_ids or len(account_ids) > MOST:
        raise MeetingRefused(f"请选择要邀请的代表，一次最多{MOST}人。", "account")
    queue = turns(meeting, timezone.localdate(at))
    place = {turn.account_id: number for number, turn in enumerate(queue)}
    chosen = list(dict.fromkeys(account_ids))
    if any(pk not in place for pk in chosen):
        raise MeetingRefused("有的代表已经不在任、是组成人员，或者已经邀请过，请刷新后再选。", "account")
    jumps = {pk for pk in chosen if place[pk] >= len(chosen)}
    words = line(reason, 5, 120, "没有按轮次邀请，请写明理由", "reason") if jumps else ""
    made = [
        Invitation(
            meeting=meeting, kind=Invitation.Kind.DEPUTY, account_id=pk, name=queue[place[pk]].name, invited_by_id=by.id,
            post=queue[place[pk]].unit, invited_at=at,
            grounds=f"{queue[place[pk]].words}；未按轮次：{words}" if pk in jumps else queue[place[pk]].words,
        )
        for pk in chosen
    ]  # fmt: skip
    try:
        with transaction.atomic():
            made = Invitation.objects.bulk_create(made)
            enter("invited", meeting, {"accounts": chosen, "reason": words}, at, count=len(made), out_of_turn=len(jumps))
    except IntegrityError:
        raise Conflict("有的代表刚刚已由他人邀请，请刷新后再选。") from None
    return made


def name_head(*, meeting_id: int, name: str, post: str, by: Actor, at: datetime) -> Invitation:
    """Name the head of an organ who must attend and hear opinions (R4.07 地方组织法 51, 监督法 46). Raises NotAllowed, MeetingRefused."""
    meeting = meeting_of(meeting_id, by, "meeting.invite", *_OPEN)
    name, post = line(name, 2, 40, "请填写姓名", "name"), line(post, 2, 80, "请填写单位和职务", "post")
    if Invitation.objects.filter(meeting=meeting, kind=Invitation.Kind.HEAD, name=name, post=post).exclude(
        answer=Invitation.Answer.WITHDRAWN
    ).exists():
        raise Conflict("这位负责人已经在列席名单里。")
    with transaction.atomic():
        seat = _seat(meeting, None, name, post)
        made = Invitation.objects.create(
            meeting=meeting, kind=Invitation.Kind.HEAD, name=name, post=post, grounds="依法列席，听取意见、回答询问",
            invited_by_id=by.id, invited_at=at, answer=Invitation.Answer.ACCEPTED, answered_at=at, attendee=seat,
        )
        enter("head_named", meeting, {"name": name, "post": post}, at)
    return made


def _seat(meeting: Meeting, account_id: int | None, name: str, post: str) -> Attendee:
    """Give somebody who attends without a vote his row and card. Raises MeetingRefused where he has one already."""
    if account_id is not None and Attendee.objects.filter(meeting=meeting, account_id=account_id).exists():
        raise MeetingRefused("这位代表已经在会议名单里。")
    return Attendee.objects.create(
        meeting=meeting, account_id=account_id, name=name, delegation=post[:60], card=letters(10),
        capacity=Attendee.Capacity.NON_VOTING,
    )


def answer_invitation(*, invitation_id: int, accept: bool, reason: str, by: Actor, at: datetime) -> Invitation:
    """Accept an invitation, or say why one cannot come; accepted, one has the papers and the floor, and no vote (R4.08).

    Raises NotAllowed, MeetingRefused, Conflict.
    """
    found = Invitation.objects.select_related("meeting__case__organ").get(pk=invitation_id)
    demand(by, "meeting.attend")
    if found.account_id != by.id:
        raise NotAllowed("meeting.attend")
    if found.meeting.case.state not in _OPEN:
        raise MeetingRefused("会议已经结束或者取消，不用再答复。")
    words = "" if accept else line(reason, 2, 200, "请写明不能到会的原因", "reason")
    answer = Invitation.Answer.ACCEPTED if accept else Invitation.Answer.DECLINED
    with transaction.atomic():
        waiting = Invitation.objects.filter(pk=found.pk, answer=Invitation.Answer.WAITING)
        if not waiting.update(answer=answer, answered_at=at, reason=words):
            raise Conflict("这份邀请已经答复过，或者已经撤回。")
        if accept:
            seat = _seat(found.meeting, by.id, found.name, found.post)
            Invitation.objects.filter(pk=found.pk).update(attendee=seat)
        enter("invitation_answered", found.meeting, {"account": by.id, "reason": words}, at, accepted=accept)
    found.refresh_from_db()
    return found


def withdraw_invitation(*, invitation_id: int, reason: str, by: Actor, at: datetime) -> Invitation:
    """Take an invitation back before it was answered, with the reason; the deputy keeps his turn. Raises NotAllowed, MeetingRefused, Conflict."""
    found = Invitation.objects.select_related("meeting__case__organ").get(pk=invitation_id)
    demand(by, "meeting.invite", organ=found.meeting.case.organ_id)
    words = line(reason, 2, 200, "请写明撤回的理由", "reason")
    with transaction.atomic():
        waiting = Invitation.objects.filter(pk=found.pk, answer=Invitation.Answer.WAITING)
        if not waiting.update(answer=Invitation.Answer.WITHDRAWN, answered_at=at, reason=words):
            raise Conflict("这份邀请已经答复，不能撤回。")
        enter("invitation_withdrawn", found.meeting, {"account": found.account_id, "reason": words}, at)
    found.refresh_from_db()
    return found
