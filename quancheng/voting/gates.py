"""What must hold before a vote opens: the meeting open, the quorum in the hall now, officials named, the hall's network."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from quancheng.meetings import queries as meetings
from quancheng.people.permissions import Actor
from quancheng.procedures import acts as procedures
from quancheng.voting import board as boards
from quancheng.voting.models import Official, Vote
from quancheng.voting.rules import VoteRefused


def demand_quorum(vote: Vote) -> meetings.Hall:
    """Return the hall with its quorum. Raises VoteRefused (R0.1, R0.5, R4.02 地方组织法 14, 51; hard stop 1)."""
    hall = meetings.hall(vote.meeting_id or 0)
    if not hall.is_open:
        raise VoteRefused("会议没有在举行，不能表决。")
    if not hall.has_quorum:
        raise VoteRefused(
            f"到会{hall.present}人，法定人数为{hall.quorum}人，不能表决（地方组织法第十四条、第五十一条）。"
        )
    return hall


def open_vote(*, vote_id: int, network: str, by: Actor, at: datetime) -> Vote:
    """Open a vote that is not kept on a board: recorded, by hands, by paper. Raises NotAllowed, VoteRefused, OutsideHall."""
    vote = Vote.objects.select_related("case").get(pk=vote_id)
    if vote.mode == Vote.Mode.DEVICE:
        raise VoteRefused("表决器无记名表决在它自己的页面上开始。")
    boards.demand_hall(network)
    hall = demand_quorum(vote)
    _demand_officials(vote)
    with transaction.atomic():
        vote.base, vote.quorum, vote.opens_at = hall.base, hall.quorum, at
        vote.save(update_fields=["base", "quorum", "opens_at"])
        procedures.perform(case=vote.case, step="issue", by=by, at=at)
    return vote


def _demand_officials(vote: Vote) -> None:
    duties: Sequence[str] = list(vote.officials.values_list("duty", flat=True))
    if vote.mode in (Vote.Mode.PAPER, Vote.Mode.HANDS):
        if duties.count(Official.Duty.TELLER) != 2 or duties.count(Official.Duty.SCRUTINEER) < 2:
            raise VoteRefused("须先指定两名计票人和两名以上监票人（选举法第四十三条）。")
