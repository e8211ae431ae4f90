"""Acts on votes: one door to them all. The work is done in the module of each mode."""

from datetime import datetime

from quancheng.people.permissions import Actor
from quancheng.voting import counting, device, gates, recorded, sheets
from quancheng.voting.board import OutsideHall
from quancheng.voting.counting import annul, seal, vote_again
from quancheng.voting.device import (
    DeviceRefused,
    audit,
    freeze,
    post,
    register_key,
    withdraw,
)
from quancheng.voting.models import Result, Vote
from quancheng.voting.polls import (
    AlreadyAnswered,
    answer,
    check_poll,
    close_due,
    open_poll,
)
from quancheng.voting.preparing import (
    QuestionDraft,
    choosing,
    grading,
    name_officials,
    preferring,
    prepare,
    yes_or_no,
)
from quancheng.voting.recorded import press as press_recorded
from quancheng.voting.rules import QuestionCount, VoteRefused
from quancheng.voting.sheets import enter_sheet, hand_out, recount, sign_count, sign_for_board

__all__ = [
    "AlreadyAnswered", "DeviceRefused", "OutsideHall", "QuestionCount", "QuestionDraft", "VoteRefused", "announce", "annul", "answer", "audit", "check_poll", "choosing",
    "close", "close_due", "enter_sheet", "freeze", "grading", "hand_out", "issue", "name_officials", "open_poll", "post", "preferring", "prepare",
    "press_recorded", "recount", "register_key", "seal", "sign_count", "sign_for_board", "vote_again", "withdraw",
    "yes_or_no",
]  # fmt: skip


def issue(*, vote_id: int, network: str, by: Actor, at: datetime) -> Vote:
    """Open a vote of any mode of the hall: meeting open, quorum present, the hall's network (hard stop 1, E5)."""
    if Vote.objects.get(pk=vote_id).mode == Vote.Mode.DEVICE:
        return device.issue(vote_id=vote_id, network=network, by=by, at=at)
    return gates.open_vote(vote_id=vote_id, network=network, by=by, at=at)


def close(*, vote_id: int, by: Actor, at: datetime) -> None:
    """Close a vote of any mode. Raises NotAllowed, StepRefused, VoteRefused."""
    mode = Vote.objects.get(pk=vote_id).mode
    if mode == Vote.Mode.DEVICE:
        device.close(vote_id=vote_id, by=by, at=at)
    elif mode == Vote.Mode.RECORDED:
        recorded.close(vote_id=vote_id, by=by, at=at)
    else:
        sheets.close(vote_id=vote_id, by=by, at=at)


def announce(*, vote_id: int, by: Actor, at: datetime) -> Result:
    """Announce the result of a vote of any mode on the spot (R4.16). Raises NotAllowed, VoteRefused, DeviceRefused."""
    if Vote.objects.get(pk=vote_id).mode == Vote.Mode.DEVICE:
        return device.announce(vote_id=vote_id, by=by, at=at)
    return counting.announce(vote_id=vote_id, by=by, at=at)
