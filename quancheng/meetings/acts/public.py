"""The acts of the public side of meetings: 列席, 旁听 and its draw, written remarks, street councils."""

from quancheng.meetings.acts.councils import (
    CouncilForm,
    MemberForm,
    decide_topic,
    end_council,
    end_council_member,
    found_council,
    plan_council_meeting,
    propose_topic,
    seat_council_member,
)
from quancheng.meetings.acts.drawing import (
    admit_observer,
    cancel_observation,
    draw_observers,
    end_observation,
    fix_list,
    give_place_back,
    remove_observer,
)
from quancheng.meetings.acts.inviting import (
    answer_invitation,
    invite_deputies,
    name_head,
    withdraw_invitation,
)
from quancheng.meetings.acts.observing import (
    Application,
    NotOpen,
    ObservationForm,
    announce_observation,
    apply_to_observe,
    check_observer,
)
from quancheng.meetings.acts.remarking import (
    RemarkForm,
    record_remark,
    release_remark,
    remark_as_attendee,
    remark_as_observer,
    reply_to_remark,
)
from quancheng.procedures.acts import Conflict, StepRefused

__all__ = [
    "Application", "Conflict", "CouncilForm", "MemberForm", "NotOpen", "ObservationForm", "RemarkForm", "StepRefused",
    "admit_observer", "announce_observation", "answer_invitation", "apply_to_observe", "cancel_observation",
    "check_observer", "decide_topic", "draw_observers", "end_council", "end_council_member", "end_observation",
    "fix_list", "found_council", "give_place_back", "invite_deputies", "name_head", "plan_council_meeting",
    "propose_topic", "record_remark", "release_remark", "remark_as_attendee", "remark_as_observer", "remove_observer",
    "reply_to_remark", "seat_council_member", "withdraw_invitation",
]  # fmt: skip
