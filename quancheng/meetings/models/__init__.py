"""Tables of meetings, by what they are about."""

from quancheng.meetings.models.calling import AgendaItem, Arrival, Attendee, Leave, Meeting, Paper
from quancheng.meetings.models.councils import Council, CouncilMeeting, CouncilMember, CouncilTopic
from quancheng.meetings.models.observing import Invitation, Observation, Observer
from quancheng.meetings.models.remarks import Remark
from quancheng.meetings.models.running import Minutes, Motion, Signature, Speech

__all__ = [
    "AgendaItem", "Arrival", "Attendee", "Council", "CouncilMeeting", "CouncilMember", "CouncilTopic", "Invitation", "Leave",
    "Meeting", "Minutes", "Motion", "Observation", "Observer", "Paper", "Remark", "Signature", "Speech",
]
