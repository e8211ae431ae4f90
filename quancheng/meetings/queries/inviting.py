"""Reads of 列席: whose turn it is, who was invited to a meeting, a deputy's own invitations and his history."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q

from quancheng.meetings import public_rules
from quancheng.meetings.models import Attendee, Invitation, Meeting
from quancheng.meetings.queries.listing import for_office
from quancheng.meetings.rotation import Turn, turns
from quancheng.people.permissions import Actor

PAGE = 30


@dataclass(frozen=True)
class Invitations:
    """The office's page: the turn, page by page, and who was invited; `missing`: organs whose heads nobody named (R4.07)."""

    meeting: Meeting
    turn: list[Turn]
    pages: int
    invited: list[Invitation]
    missing: list[str]


def invitations(meeting_id: int, actor: Actor, on: date, number: int = 1, words: str = "") -> Invitations:
    """Return the office's page (at most 6 statements). Raises NotAllowed, Meeting.DoesNotExist."""
    meeting = for_office(meeting_id, actor, "meeting.invite")
    queue = [one for one in turns(meeting, on) if words in one.name] if words else turns(meeting, on)
    rows = Invitation.objects.filter(meeting=meeting).exclude(answer=Invitation.Answer.WITHDRAWN)
    invited = list(rows.select_related("attendee", "invited_by").order_by("-kind", "id"))
    posts = " ".join(one.post for one in invited if one.kind == Invitation.Kind.HEAD)
    standing = meeting.kind == Meeting.Kind.STANDING_COMMITTEE
    missing = [one for one in public_rules.HEADS if one not in posts] if standing else []
    page = queue[(number - 1) * PAGE : number * PAGE]
    return Invitations(meeting, page, -(-len(queue) // PAGE), invited, missing)


def my_invitations(actor: Actor, limit: int = 30) -> list[Invitation]:
    """Return a deputy's own invitations, those that wait first (1 statement)."""
    rows = Invitation.objects.filter(account_id=actor.id).exclude(answer=Invitation.Answer.WITHDRAWN)
    return list(rows.select_related("meeting__case__organ", "attendee").order_by("-answer", "-invited_at")[:limit])


def asked_of(actor: Actor, on: date) -> tuple[int, int]:
    """Return of how many coming meetings the actor has the notice to confirm, and an invitation to answer (1 statement)."""
    me = actor.account_id or 0
    called = Attendee.objects.filter(meeting=OuterRef("pk"), account_id=me, acknowledged_at=None)
    invited = Invitation.objects.filter(meeting=OuterRef("pk"), account_id=me, answer=Invitation.Answer.WAITING)
    coming = Meeting.objects.filter(case__state__in=("planned", "called"), starts_at__date__gte=on)
    counts = coming.annotate(told=Exists(called), asked=Exists(invited)).aggregate(
        unconfirmed=Count("id", filter=Q(told=True, case__state="called")), waiting=Count("id", filter=Q(asked=True))
    )
    return counts["unconfirmed"], counts["waiting"]


def attended(account_id: int) -> list[Attendee]:
    """Return the meetings that a deputy attended without a vote, newest first: his 列席 history (1 statement)."""
    rows = Attendee.objects.filter(account_id=account_id, capacity=Attendee.Capacity.NON_VOTING, came_at__isnull=False)
    return list(rows.select_related("meeting__case__organ").order_by("-meeting__starts_at"))


def own_seat(meeting_id: int, actor: Actor) -> Attendee:
    """Return the actor's own row without a vote at a meeting (1 statement). Raises Attendee.DoesNotExist."""
    rows = Attendee.objects.select_related("meeting__case__organ")
    return rows.get(meeting_id=meeting_id, account_id=actor.id, capacity=Attendee.Capacity.NON_VOTING)
