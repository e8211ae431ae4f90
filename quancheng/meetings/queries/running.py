"""What goes on at a meeting: the speaking list, motions, minutes, and what the big screen shows. Never how anybody votes."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, OuterRef, Sum

from quancheng.meetings import rules
from quancheng.meetings.models import AgendaItem, Attendee, Meeting, Minutes, Motion, Signature, Speech
from quancheng.meetings.queries.hall import Hall, current_item, hall_of
from quancheng.people.permissions import Actor, demand


def spent(speech: Speech, at: datetime) -> int:
    """Return the seconds that a speech has taken by a moment."""
    running = max(0, int((at - speech.running_since).total_seconds())) if speech.running_since else 0
    return speech.spent + running


@dataclass(frozen=True)
class Floor:
    """The speaking list: who speaks, who paused for him, who waits in order, who has spoken."""

    now: Speech | None
    paused: Speech | None
    waiting: list[Speech]
    done: list[Speech]


def floor(meeting: Meeting) -> Floor:
    """Return the speaking list (1 statement)."""
    rows = Speech.objects.filter(meeting=meeting).exclude(state=Speech.State.WITHDRAWN).select_related("attendee", "item")
    found = list(rows.order_by("place", "id"))
    done = [one for one in found if one.state == Speech.State.DONE]
    return Floor(
        now=next((one for one in found if one.state == Speech.State.SPEAKING), None),
        paused=next((one for one in found if one.state == Speech.State.PAUSED), None),
        waiting=[one for one in found if one.state == Speech.State.ASKED],
        done=sorted(done, key=lambda one: (one.began_at or one.asked_at, one.pk)),
    )


def speaking_totals(meeting: Meeting) -> list[tuple[str, int, int]]:
    """Return name, how often and how many seconds each has spoken, longest first (1 statement)."""
    rows = Speech.objects.filter(meeting=meeting, state=Speech.State.DONE).values("attendee_id", "attendee__name")
    return [(row["attendee__name"], row["times"], row["total"]) for row in rows.annotate(times=Count("id"), total=Sum("spent")).order_by("-total")]


def in_hall(meeting: Meeting, words: str = "", limit: int = 12) -> list[Attendee]:
    """Return who is in the hall, narrowed by name or number, for the speaking list (1 statement)."""
    found = Attendee.objects.filter(meeting=meeting, came_at__isnull=False, left_at=None)
    if words.isascii() and words.isdigit() and len(words) < 5:
        found = found.filter(number=int(words))
    elif words:
        found = found.filter(name__contains=words)
    return list(found.order_by("number", "id")[:limit])


def my_request(seat: Attendee) -> Speech | None:
    """Return the seat's own request or running speech (1 statement)."""
    return Speech.objects.filter(attendee=seat, state__in=("asked", "speaking", "paused")).first()


def my_notes(seat: Attendee) -> list[Speech]:
    """Return the seat's own speeches whose notes were written, to sign them (1 statement)."""
    return list(Speech.objects.filter(attendee=seat, state=Speech.State.DONE).exclude(notes="").order_by("id"))


def notes_to_sign(actor: Actor) -> int:
    """Return how many notes of the actor's own speeches wait for his signature (1 statement)."""
    mine = Speech.objects.filter(attendee__account_id=actor.id, state=Speech.State.DONE, notes_signed_at=None)
    return mine.exclude(notes="").filter(meeting__case__state__in=("open", "closed")).count()


@dataclass(frozen=True)
class Moved:
    """A motion with how many have signed, and whether the actor is one of them."""

    motion: Motion
    signed: int
    mine: bool


def motions(meeting: Meeting, seat: Attendee | None = None) -> list[Moved]:
    """Return the motions of a meeting: to a member those that collect names too, else those handed in (1 statement)."""
    own = Signature.objects.filter(motion=OuterRef("pk"), attendee=seat)
    rows = Motion.objects.filter(meeting=meeting).select_related("lead").annotate(names=Count("signatures"), mine=Exists(own))
    if seat is None:
        rows = rows.filter(submitted_at__isnull=False)
    return [Moved(one, one.names, seat is not None and one.mine) for one in rows.order_by("-id")]


def signers_of(meeting: Meeting) -> dict[int, list[str]]:
    """Return motion -> the names of who signed it, the lead first, of motions handed in (1 statement)."""
    rows = Signature.objects.filter(motion__meeting=meeting, motion__submitted_at__isnull=False).order_by("id")
    found: dict[int, list[str]] = {}
    for motion, name in rows.values_list("motion_id", "attendee__name"):
        found.setdefault(motion, []).append(name)
    return found


def signatures_needed(meeting: Meeting, on: date) -> dict[str, int]:
    """Return kind -> how many must sign, {} where members move nothing together."""
    found = {kind: rules.signatures(meeting, kind, on) for kind in Motion.Kind.values}
    return {kind: needed for kind, needed in found.items() if needed is not None}


def minutes(meeting: Meeting) -> list[Minutes]:
    """Return the 会议记录 and the 会议纪要, as far as they were drafted (1 statement)."""
    rows = Minutes.objects.filter(meeting=meeting)
    return list(rows.select_related("drafted_by", "edited_by", "checked_by", "signed_by").order_by("kind"))


def one_minutes(minutes_id: int, actor: Actor) -> Minutes:
    """Return minutes for those who write them. Raises NotAllowed, Minutes.DoesNotExist."""
    rows = Minutes.objects.select_related("meeting__case__organ", "drafted_by", "edited_by", "checked_by", "signed_by")
    found = rows.get(pk=minutes_id)
    demand(actor, "meeting.prepare", organ=found.meeting.case.organ_id)
    return found


def public_minutes(meeting: Meeting) -> list[Minutes]:
    """Return the signed minutes that everybody may read: of an archived meeting, those marked so (1 statement)."""
    if meeting.case.state != "archived":
        return []
    return list(Minutes.objects.filter(meeting=meeting, public=True, signed_at__isnull=False).order_by("-kind"))


def public_minutes_of(meeting_id: int, kind: str) -> Minutes:
    """Return public minutes of a kind. Raises Minutes.DoesNotExist."""
    return Minutes.objects.select_related("meeting__case__organ").get(
        meeting_id=meeting_id, kind=kind, public=True, signed_at__isnull=False, meeting__case__state="archived"
    )


@dataclass(frozen=True)
class Screen:
    """What hangs on the wall of the hall: at most seven words and one number a line."""

    meeting: Meeting
    hall: Hall
    item: AgendaItem | None
    speech: Speech | None
    waiting: list[str]
    block: rules.ScreenBlock | None

    def left(self, at: datetime) -> int:
        """Return the seconds that the speaker has left, below zero when he is over his time."""
        return self.speech.limit - spent(self.speech, at) if self.speech else 0


def screen(meeting_id: int) -> Screen:
    """Return what the big screen shows (at most 5 statements and those of the block). Raises Meeting.DoesNotExist."""
    meeting = Meeting.objects.select_related("case__organ").get(pk=meeting_id, case__state__in=("called", "open", "closed"))
    now_open = current_item(meeting)
    found = floor(meeting) if meeting.case.state == "open" else Floor(None, None, [], [])
    return Screen(
        meeting, hall_of(meeting), now_open, found.now or found.paused,
        [one.attendee.name for one in found.waiting[:3]], rules.screen_block(meeting_id),
    )
