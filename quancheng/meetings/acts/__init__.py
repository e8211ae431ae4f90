"""All acts of meetings, gathered from the modules that do them."""

from quancheng.meetings.acts.calling import (
    Plan,
    acknowledge,
    add_item,
    call,
    cancel,
    change,
    edit_item,
    move_item,
    name_members,
    plan,
    remove_item,
    replan,
    unname_member,
)
from quancheng.meetings.acts.hall import (
    ask_leave,
    check_in,
    check_in_card,
    close_meeting,
    decide_leave,
    import_arrivals,
    leave_hall,
    open_item,
    open_meeting,
    recess,
    undo_check_in,
)
from quancheng.meetings.acts.minutes import archive, check_minutes, draft_minutes, edit_minutes, sign_minutes
from quancheng.meetings.acts.motions import (
    MotionPaper,
    begin_motion,
    decide_motion,
    sign_motion,
    submit_motion,
    unsign_motion,
    withdraw_motion,
)
from quancheng.meetings.acts.papers import add_paper, remove_paper
from quancheng.meetings.acts.public import *  # noqa: F403  # the public side has a list of its own
from quancheng.meetings.acts.public import __all__ as _public
from quancheng.meetings.acts.speaking import (
    ask_to_speak,
    end_speech,
    enter_speaker,
    give_time,
    intervene,
    move_request,
    pause_speech,
    resume_speech,
    sign_notes,
    start_speech,
    withdraw_request,
    write_notes,
)
from quancheng.meetings.agenda import Item
from quancheng.meetings.recording import MeetingRefused, NoQuorum

__all__ = [
    "Item", "MeetingRefused", "MotionPaper", "NoQuorum", "Plan", "acknowledge", "add_item", "add_paper", "archive",
    "ask_leave", "ask_to_speak", "begin_motion", "call", "cancel", "change", "check_in", "check_in_card",
    "check_minutes", "close_meeting", "decide_leave", "decide_motion", "draft_minutes", "edit_item", "edit_minutes",
    "end_speech", "enter_speaker", "give_time", "import_arrivals", "intervene", "leave_hall", "move_item",
    "move_request", "name_members", "open_item", "open_meeting", "pause_speech", "plan", "recess", "remove_item",
    "remove_paper", "replan", "resume_speech", "sign_minutes", "sign_motion", "sign_notes", "start_speech",
    "submit_motion", "undo_check_in", "unname_member", "unsign_motion", "withdraw_motion", "withdraw_request",
    "write_notes",
]
__all__ += _public
