"""Reads of device votes: where a vote stands, where a card stands, the board, the archive. Never a partial sum."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from quancheng.ballots import archive as archives
from quancheng.ballots import ballot as ballots
from quancheng.ballots import cast
from quancheng.ballots.board import Event
from quancheng.ballots.verify import Reading
from quancheng.meetings import queries as meetings
from quancheng.people.permissions import Actor, demand
from quancheng.voting import agreeing
from quancheng.voting import board as boards
from quancheng.voting.models import Board, BoardEvent, Credential, Official, Question, Vote

_STATES = {
    "manifest": "keys", "commit": "keys", "open_key": "keys", "shares": "keys", "confirm": "keys", "roll": "keys",
    "ready": "ready", "open": "open", "closed": "closed", "done": "closed",
}  # fmt: skip


@dataclass(frozen=True)
class DeviceState:
    """Where a device vote stands: `present` by the meeting's check-in, `ballots` how many cards have one that counts.

    `phase` is the board's own; `waiting` the scrutineers (by number) who have yet to do what the phase asks.
    """

    state: str
    phase: str
    title: str
    present: int
    quorum: int
    ballots: int
    joint: str
    eid: str
    length: int
    root: str
    done: tuple[int, ...]

    def public(self) -> dict[str, Any]:
        """Return what every device in the hall may know."""
        return {
            "state": self.state, "phase": self.phase, "title": self.title, "present": self.present,
            "quorum": self.quorum, "ballots": self.ballots, "joint": self.joint, "eid": self.eid,
            "length": self.length, "root": self.root, "done": list(self.done),
        }  # fmt: skip


def device_state(vote_id: int) -> DeviceState:
    """Return where a device vote stands (at most 7 statements). Raises Vote.DoesNotExist for any other vote."""
    vote = Vote.objects.select_related("case").get(pk=vote_id, mode=Vote.Mode.DEVICE)
    hall = meetings.hall(vote.meeting_id or 0)
    board = Board.objects.filter(vote=vote).first()
    if board is None:
        return DeviceState("prepared", "", vote.title, hall.present, hall.quorum, 0, "", "", 0, "", ())
    announced = vote.case.state in ("announced", "sealed")
    count = Credential.objects.filter(vote=vote, state=cast.ELECTRONIC).count()
    phase = {"closed": "decryption", "done": "decryption"}.get(board.phase, board.phase)
    done = tuple(sorted(one["trustee"] for one in boards.bodies(vote_id, phase))) if phase in _BY_TRUSTEE else ()
    return DeviceState(
        "announced" if announced else _STATES[board.phase], board.phase, vote.title, hall.present, vote.quorum, count,
        board.joint, boards.manifest_of(vote_id).eid.hex(), board.length, board.root, done,
    )  # fmt: skip


_BY_TRUSTEE = ("commit", "open_key", "shares", "confirm", "decryption")


def standing(vote_id: int, credential: str) -> dict[str, Any] | None:
    """Return where a card stands (1 statement); None if it is not on the roll."""
    row = Credential.objects.filter(vote_id=vote_id, public=credential).first()
    if row is None:
        return None
    return {"state": row.state, "seq": row.seq, "code": ballots.short(row.tracker) if row.tracker else ""}


def is_counted(vote_id: int, code: str) -> bool:
    """Tell whether a ballot with this eight-character code counts as things stand (1 statement)."""
    return Credential.objects.filter(vote_id=vote_id, code=code.strip().upper(), state=cast.ELECTRONIC).exists()


def lines(vote_id: int, start: int = 0) -> Iterator[dict[str, Any]]:
    """Yield the events of the board from number `start` on (1 statement)."""
    return boards.lines(vote_id, start)


def length(vote_id: int) -> int:
    """Return how many events the board has. Raises Board.DoesNotExist."""
    return Board.objects.values_list("length", flat=True).get(vote_id=vote_id)


def archive(vote_id: int) -> bytes:
    """Return the archive that anybody can verify offline; before the result it is what there is so far."""
    return archives.write(
        Event(one["number"], one["type"], one["body"], bytes.fromhex(one["hash"])) for one in boards.lines(vote_id)
    )


def found(vote_id: int) -> dict[str, Any] | None:
    """Return the result's body as it stands on the board; None before it (1 statement)."""
    body = BoardEvent.objects.filter(vote_id=vote_id, type="result").values_list("body", flat=True).first()
    return None if body is None else json.loads(body)


@dataclass(frozen=True)
class Tally:
    """A question with its options; `rows` are (title, electronic, paper, total, what became of it) once counted."""

    title: str
    options: list[str]
    least: int
    most: int
    seats: int
    rule: str
    write_in: bool
    rows: list[tuple[str, int, int, int, str]]
    outcome: str


@dataclass(frozen=True)
class DeviceRecord:
    """A device vote for those who run it: officials with their keys, what is asked, the result once it stands."""

    vote: Vote
    state: DeviceState
    officials: list[Official]
    questions: list[Tally]
    numbers: dict[str, Any] | None
    booth: str


def device_record(vote_id: int, actor: Actor) -> DeviceRecord:
    """Return a device vote whole, for the secretariat of its organ (≤ 15 statements). Raises NotAllowed, Vote.DoesNotExist."""
    vote = Vote.objects.select_related("case__organ", "meeting", "result").get(pk=vote_id, mode=Vote.Mode.DEVICE)
    demand(actor, "vote.run", organ=vote.case.organ_id)
    body = found(vote_id)
    officials = list(vote.officials.select_related("account").order_by("duty", "number"))
    manifest = boards.manifest_of(vote_id).body if Board.objects.filter(vote=vote).exists() else None
    return DeviceRecord(
        vote, device_state(vote_id), officials, tallies(vote, body), body, manifest["booth"] if manifest else ""
    )


def tallies(vote: Vote, body: dict[str, Any] | None) -> list[Tally]:
    """Return the questions of a vote, with the numbers of a result's body where there is one (2 statements)."""
    made = []
    questions = Question.objects.filter(vote=vote).order_by("number").prefetch_related("options")
    for place, question in enumerate(questions):
        titles = [one.title for one in sorted(question.options.all(), key=lambda one: one.number)]
        counted = body["questions"][place] if body else None
        rows, outcome = _rows(question, titles, counted) if counted else ([], "")
        made.append(
            Tally(question.title, titles, question.least, question.most, question.seats, question.rule, question.write_in, rows, outcome)
        )
    return made


def _rows(question: Question, titles: list[str], counted: dict[str, Any]) -> tuple[list[tuple[str, int, int, int, str]], str]:
    found_, marks = counted["outcome"], {}
    if "order" in found_:
        outcome = "参考性，不具法定效力"
    elif "passed" in found_:
        outcome = f"{'通过' if found_['passed'] else '未通过'}：{found_['votes']}票，须{found_['needed']}票"
    else:
        ids = [f"q{question.number}o{n}" for n in range(1, len(titles) + 1)]
        marks = {ids.index(one): "选定" for one in found_["chosen"]} | {ids.index(one): "票数相等，再次投票" for one in found_["revote"]}
        outcome = f"选定{len(found_['chosen'])}项" + (f"，所余{found_['open']}个名额" if found_["open"] else "")
    numbers = zip(counted["electronic"], counted["paper"], counted["totals"], strict=True)
    rows = [(title, e, p, t, marks.get(n, "")) for n, (title, (e, p, t)) in enumerate(zip(titles, numbers, strict=True))]
    rows += [(f"另选他人：{name}", 0, count, count, "") for name, count in counted.get("write_ins", {}).items()]
    if question.rule in (Question.Rule.RANK, Question.Rule.PREFERENCE):
        rows.sort(key=lambda row: -row[3])
    return rows, outcome


def agreed_paper(vote_id: int) -> dict[str, Any] | None:
    """Return the paper count of a device vote with the root it belongs to, once both tellers agree; None before."""
    vote = Vote.objects.get(pk=vote_id, mode=Vote.Mode.DEVICE)
    body = agreeing.board_body(vote)
    return None if body is None else {"root": Board.objects.get(vote=vote).root, **body}


def replayed(vote_id: int) -> Reading:
    """Return an auditor's reading of the whole board, every ballot checked again. Raises Fault."""
    return boards.replayed(vote_id)
