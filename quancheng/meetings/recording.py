"""What every act of meetings shares: the refusal, the meeting it is about, the record."""

from datetime import datetime

from quancheng.kernel import receipts
from quancheng.kernel.words import clean, one_line
from quancheng.ledger import acts as ledger
from quancheng.meetings import procedure as _declared  # noqa: F401  # registers the procedure
from quancheng.meetings.models import Attendee, Meeting, Motion
from quancheng.people.permissions import Actor, NotAllowed, demand
from quancheng.procedures import acts as procedures
from quancheng.procedures import declare

declare.name_events(
    {
        "meeting.changed": "会议安排变更",
        "meeting.item_opened": "进行议程",
        "meeting.recessed": "休会",
        "meeting.reopened": "继续开会",
        "meeting.motion_submitted": "提出议案、动议、质询案",
        "meeting.motion_decided": "决定议案、动议、质询案的处理",
        "meeting.minutes_checked": "核对会议记录、纪要",
        "meeting.minutes_signed": "签署会议记录、纪要",
    }
)


class MeetingRefused(ValueError):
    """Something must be mended first; `field` names where."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


class NoQuorum(MeetingRefused):
    """Fewer are in the hall than the law asks (hard stop 1)."""


def meeting_of(meeting_id: int, by: Actor, held: str, *states: str, lock: bool = False) -> Meeting:
    """Return a meeting with its case and organ; `lock` holds its row until the transaction ends.

    Raises NotAllowed, MeetingRefused (not in one of the states that are named), Meeting.DoesNotExist.
    """
    rows = Meeting.objects.select_for_update(of=("self",)) if lock else Meeting.objects
    found = rows.select_related("case__organ").get(pk=meeting_id)
    demand(by, held, organ=found.case.organ_id)
    demand_state(found, *states)
    return found


def demand_state(meeting: Meeting, *states: str) -> None:
    """Raise MeetingRefused unless the meeting is in one of the states."""
    if states and meeting.case.state not in states:
        label = declare.get(meeting.case.procedure, meeting.case.version).states[meeting.case.state].label
        raise MeetingRefused(f"会议目前为“{label}”，不能这样办理。请刷新后再看。")


def own_seat(meeting_id: int, by: Actor, *states: str, voting: bool = False) -> Attendee:
    """Return the actor's own row at a meeting; `voting` asks for a member with a vote. Raises NotAllowed, MeetingRefused."""
    rows = Attendee.objects.select_related("meeting__case__organ")
    found = rows.filter(meeting_id=meeting_id, account_id=by.id).first()
    if found is None or (voting and found.capacity != Attendee.Capacity.MEMBER):
        raise NotAllowed("meeting.attend")
    demand_state(found.meeting, *states)
    return found


def note(
    event: str, meeting: Meeting, words: str, by: Actor, at: datetime, held: str, shown: str = "", article: str = "",
    **detail: object,
) -> None:
    """Record an event on the meeting's thread and in the ledger; the words only as a digest."""
    procedures.note(
        case=meeting.case, event=f"meeting.{event}", words=words, by=by, at=at, held=held, shown=shown[:300],
        article=article, detail=detail,
    )


def enter(kind: str, meeting: Meeting, content: dict[str, object], at: datetime, salt: bytes = b"", **detail: object) -> None:
    """Record in the ledger alone what would crowd the thread: who came, who asked to speak (1 statement)."""
    ledger.append(
        kind=f"meeting.{kind}", at=at, organ=meeting.case.organ_id, subject=meeting.case.number,
        content=receipts.canonical(content), salt=salt or ledger.new_salt(), detail=detail or None,
    )


def line(words: str, least: int, most: int, sentence: str, field: str) -> str:
    """Return words as one line. Raises MeetingRefused when there are too few or too many."""
    found = one_line(words)
    if not least <= len(found) <= most:
        raise MeetingRefused(f"{sentence}（{least}至{most}个字）。", field)
    return found


def text(words: str, least: int, most: int, sentence: str, field: str) -> str:
    """Return words of several lines. Raises MeetingRefused when there are too few or too many."""
    found = clean(words)
    if not least <= len(found) <= most:
        raise MeetingRefused(f"{sentence}（{least}至{most}个字）。", field)
    return found


def motion_words(found: Motion) -> dict[str, object]:
    """Return the words of a motion that the ledger's digest stands for."""
    return {"addressee": found.addressee, "body": found.body, "kind": found.kind, "title": found.title}
