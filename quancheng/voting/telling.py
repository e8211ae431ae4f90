"""What votes tell the meeting: the announced results for its minutes, and the block on its big screen. Never a sum before the close."""

import json

from quancheng.ballots import cast
from quancheng.meetings import rules as meetings
from quancheng.meetings.models import AgendaItem
from quancheng.meetings.rules import Announced, ScreenBlock
from quancheng.voting.board_queries import Tally, tallies
from quancheng.voting.models import Credential, RecordedPress, Result, Vote

WIDEST = 16  # lines of options on the screen


def announced(meeting_id: int) -> list[Announced]:
    """Return the results announced at a meeting, a sentence for each question."""
    found = []
    for vote in Vote.objects.filter(meeting_id=meeting_id, result__announced_at__isnull=False).select_related("result", "case"):
        body = json.loads(vote.result.found)
        numbers = f"应到{vote.base}人，到会{vote.result.present}人，参加表决{vote.result.cast}人，未参加{body['idle']}人。"
        for tally in tallies(vote, body):
            marks = "，".join(f"{title}{total}票" for title, _, _, total, _ in tally.rows)
            note = "（参考性，不具法定效力）" if vote.force == Vote.Force.ADVISORY else ""
            found.append(Announced(tally.title + note, f"{numbers}{marks}。{tally.outcome}。", vote.result.announced_at or vote.result.counted_at))
    return found


def screen(meeting_id: int) -> ScreenBlock | None:
    """Return the block of the vote that runs, or that was counted since the present item was opened."""
    vote = Vote.objects.filter(meeting_id=meeting_id).exclude(case__state__in=("prepared", "void")).select_related(
        "case", "kept_board"
    ).order_by("-opens_at", "-pk").first()  # fmt: skip
    if vote is None:
        return None
    if vote.case.state == "issued":
        return ScreenBlock(f"正在表决：{vote.title}", _counter(vote))
    result = Result.objects.filter(vote=vote).first()
    if result is None:
        board = getattr(vote, "kept_board", None)
        root = (f"根 {board.root[:32]}", board.root[32:]) if board is not None and board.root else ()
        return ScreenBlock(f"表决已截止：{vote.title}", ("等待计票", *root))
    item = AgendaItem.objects.filter(meeting_id=meeting_id, opened_at__isnull=False, closed_at=None).first()
    if item is not None and item.opened_at is not None and item.opened_at > result.counted_at:
        return None
    found = tallies(vote, json.loads(result.found))
    lines = [f"{one.title}　{one.outcome}" for one in found] if len(found) > 3 else [line for one in found for line in _lines(one)]
    return ScreenBlock(f"结果：{vote.title}", tuple(lines[:WIDEST]))


def _counter(vote: Vote) -> tuple[str, ...]:
    if vote.mode == Vote.Mode.DEVICE:
        return (f"已投 {Credential.objects.filter(vote=vote).exclude(state=cast.NONE).count()}",)
    if vote.mode == Vote.Mode.RECORDED:
        return (f"已按 {RecordedPress.objects.filter(vote=vote).count()}",)
    return ("请举手" if vote.mode == Vote.Mode.HANDS else "请写票、投票",)


def _lines(tally: Tally) -> list[str]:
    if len(tally.rows) <= 4:
        return [tally.title, *(f"{title} {total}" for title, _, _, total, _ in tally.rows), tally.outcome]
    return [tally.outcome, *(f"{title} {total}{' ' + what if what and what != '选定' else ''}" for title, _, _, total, what in tally.rows if what)]


def register() -> None:
    """Hand both to the meetings, which know nothing of votes."""
    meetings.register_results(announced)
    meetings.register_screen(screen)
