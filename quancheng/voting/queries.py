"""Reads about votes. What is being voted on and what came of it; never who chose what in secret, never a sum before the close."""

import json
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from quancheng.meetings import queries as meetings
from quancheng.meetings.models import Attendee, Meeting
from quancheng.people.permissions import Actor
from quancheng.procedures.models import Case
from quancheng.voting import agreeing
from quancheng.voting.board_queries import Tally, tallies
from quancheng.voting.models import (
    CountSignature,
    Official,
    Participant,
    Question,
    RecordedPress,
    Result,
    Sheet,
    SheetLine,
    Vote,
)
from quancheng.voting.procedure import BALLOT

STATES = [(key, state.label) for key, state in BALLOT.states.items()]


@dataclass(frozen=True)
class Member:
    """Somebody in the meeting who can be named scrutineer or teller."""

    account_id: int
    name: str
    delegation: str


def votes(organs: set[str]) -> QuerySet[Vote]:
    """Return the votes of organs, newest first, with case and meeting."""
    return Vote.objects.filter(case__organ_id__in=organs).select_related("case", "meeting").order_by("-pk")


def vote(vote_id: int) -> Vote:
    """Return a vote with its case and meeting (1 statement). Raises Vote.DoesNotExist."""
    return Vote.objects.select_related("case__organ", "meeting").get(pk=vote_id)


def of_meeting(meeting_id: int) -> list[Vote]:
    """Return the votes of a meeting in the order of preparing (1 statement)."""
    return list(Vote.objects.filter(meeting_id=meeting_id).select_related("case").order_by("pk"))


def members(meeting_id: int) -> list[Member]:
    """Return the members called to a meeting who have an account, by name (1 statement)."""
    rows = Attendee.objects.filter(
        meeting_id=meeting_id, capacity=Attendee.Capacity.MEMBER, account__isnull=False
    ).order_by("name", "pk")
    return [Member(*row) for row in rows.values_list("account_id", "name", "delegation")]


def my_duties(actor: Actor) -> list[Official]:
    """Return where the actor watches or counts a vote that has not ended (1 statement)."""
    return list(
        Official.objects.filter(account_id=actor.id).exclude(Q(vote__case__state__in=("announced", "sealed", "void")))
        .select_related("vote__case", "vote__meeting").order_by("vote_id")
    )  # fmt: skip


def officials(vote_id: int) -> list[Official]:
    """Return the scrutineers, tellers and the registrar of a vote (1 statement)."""
    return list(Official.objects.filter(vote_id=vote_id).select_related("account").order_by("duty", "number"))


def meetings_to_vote_in(organs: set[str]) -> list[Meeting]:
    """Return the meetings of organs that are called or open, soonest first (1 statement)."""
    found = Meeting.objects.filter(case__organ_id__in=organs, case__state__in=("called", "open"))
    return list(found.select_related("case").order_by("starts_at")[:50])


@dataclass(frozen=True)
class CountRecord:
    """A vote that tellers count, or that is recorded, for those who run or count it.

    `entered` are the tellers whose sheet of this round is in; `differences` what the last round's sheets disagree on;
    `pressed` how many have pressed in a recorded vote. Nothing else is known before both sheets are in.
    """

    vote: Vote
    tallies: list[Tally]
    officials: list[Official]
    round: int
    entered: tuple[int, ...]
    differences: list[tuple[str, str, int, int]]
    agreed: list[tuple[str, str, int]]
    signed: tuple[int, ...]
    issued: int
    present: int
    pressed: int
    result: dict[str, Any] | None


def count_record(vote_id: int) -> CountRecord:
    """Return where the counting of a vote stands (≤ 15 statements). Raises Vote.DoesNotExist."""
    found = Vote.objects.select_related("case__organ", "meeting").get(pk=vote_id)
    result = Result.objects.filter(vote=found).first()
    body = json.loads(result.found) if result else None
    round_, current = agreeing.current(found)
    numbers = [agreeing.numbers(one) for one in current]
    before = [] if current else list(
        found.sheets.filter(round=round_ - 1, round__gt=found.rounds_set_aside).prefetch_related("lines").order_by("teller__number")
    )  # fmt: skip
    names = _cells(found)
    signed = CountSignature.objects.filter(vote=found, round=round_).values_list("official__number", flat=True)
    hall = meetings.hall(found.meeting_id) if found.meeting_id else None
    return CountRecord(
        vote=found, tallies=tallies(found, body), officials=officials(vote_id), round=round_,
        entered=tuple(one.teller_id for one in current),
        differences=_differences(before, names),
        agreed=[(*_cell(key, names), count) for key, count in numbers[0].items()] if len(numbers) == 2 else [],
        signed=tuple(signed), issued=agreeing.issued(found) if hall else 0, present=hall.present if hall else 0,
        pressed=RecordedPress.objects.filter(vote=found).count() if found.mode == Vote.Mode.RECORDED else 0, result=body,
    )  # fmt: skip


Key = tuple[int, str, int, str]


def _cells(found: Vote) -> dict[tuple[str, int], str]:
    questions = Question.objects.filter(vote=found).prefetch_related("options")
    names = {("question", one.pk): one.title for one in questions}
    return names | {("option", option.pk): option.title for one in questions for option in one.options.all()}


def _cell(key: Key, names: dict[tuple[str, int], str]) -> tuple[str, str]:
    question, kind, option, name = key
    if kind == "box":
        return "", "收回"
    words = names.get(("option", option)) or (f"另选他人：{name}" if name else str(SheetLine.Kind(kind).label))
    return names[("question", question)], words


def _differences(before: list[Sheet], names: dict[tuple[str, int], str]) -> list[tuple[str, str, int, int]]:
    if len(before) != 2:
        return []
    one, two = (agreeing.numbers(sheet) for sheet in before)
    keys = [key for key in {**one, **two} if one.get(key, 0) != two.get(key, 0)]
    return [(*_cell(key, names), one.get(key, 0), two.get(key, 0)) for key in keys]


def named_choices(found: Vote) -> list[tuple[str, list[str]]]:
    """Return who chose what in a recorded vote that was announced, by name; R0.1: only what is taken by name is shown so."""
    if found.mode != Vote.Mode.RECORDED or found.case.state not in ("announced", "sealed"):
        return []
    titles = {
        (place, str(option.number)): option.title
        for place, one in enumerate(Question.objects.filter(vote=found).order_by("number").prefetch_related("options"))
        for option in one.options.all()
    }
    rows = RecordedPress.objects.filter(vote=found).select_related("account").order_by("account__name", "pk")
    return [
        (row.account.name, ["、".join(titles[place, n] for n in part.split(",") if n) for place, part in enumerate(row.choice.split(";"))])
        for row in rows
    ]  # fmt: skip


def to_press(actor: Actor) -> list[Vote]:
    """Return the recorded votes that are open in meetings where the actor is present (1 statement)."""
    return list(
        Vote.objects.filter(
            mode=Vote.Mode.RECORDED, case__state="issued", meeting__attendees__account_id=actor.id,
            meeting__attendees__came_at__isnull=False, meeting__attendees__left_at=None,
        ).select_related("meeting")
    )  # fmt: skip


def has_pressed(vote_id: int, actor: Actor) -> bool:
    """Tell whether the actor's press of a recorded vote lies there (1 statement)."""
    return RecordedPress.objects.filter(vote_id=vote_id, account_id=actor.id).exists()


def announced(number: int) -> tuple[list[Vote], int]:
    """Return a page of twenty announced votes, newest first, and how many there are (2 statements)."""
    found = Vote.objects.filter(case__state__in=("announced", "sealed"), meeting__isnull=False)
    found = found.select_related("case__organ", "meeting", "result").order_by("-result__announced_at", "-pk")
    return list(found[(number - 1) * 20 : number * 20]), found.count()


@dataclass(frozen=True)
class PublicRecord:
    """An announced vote for everybody; `named` only where the vote was taken by name; `root` of a device vote's board."""

    vote: Vote
    result: dict[str, Any]
    tallies: list[Tally]
    named: list[tuple[str, list[str]]]
    root: str


def public_record(vote_id: int) -> PublicRecord:
    """Return an announced vote (≤ 8 statements). Raises Vote.DoesNotExist for any other."""
    found = Vote.objects.select_related("case__organ", "meeting", "result", "kept_board").get(
        pk=vote_id, case__state__in=("announced", "sealed")
    )
    body = json.loads(found.result.found)
    board = getattr(found, "kept_board", None)
    return PublicRecord(found, body, tallies(found, body), named_choices(found), board.root if board else "")


def recorded(vote_id: int) -> Vote:
    """Return a recorded vote (1 statement). Raises Vote.DoesNotExist."""
    return Vote.objects.select_related("case__organ", "meeting").get(pk=vote_id, mode=Vote.Mode.RECORDED)


def questions(vote_id: int) -> list[Question]:
    """Return the questions of a vote with their options (2 statements)."""
    return list(Question.objects.filter(vote_id=vote_id).order_by("number").prefetch_related("options"))


FEW, HIDDEN = 20, 5  # fewer answers than FEW: warned about; fewer than HIDDEN: not broken down (S06)


@dataclass(frozen=True)
class PollRecord:
    """A poll for everybody: its questions; after the close the numbers, unless so few answered that they would tell on people.

    `ballots` are (valid, void) of each question, `about` the cases that it asks about.
    """

    vote: Vote
    is_open: bool
    questions: list[Question]
    tallies: list[Tally]
    answers: int
    few: bool
    hidden: bool
    ballots: list[tuple[int, int]]
    about: list[Case]


def poll(vote_id: int) -> PollRecord:
    """Return a poll (≤ 8 statements); nothing of the sums before the close. Raises Vote.DoesNotExist."""
    found = Vote.objects.select_related("case__organ").get(pk=vote_id, mode=Vote.Mode.ONLINE)
    result = Result.objects.filter(vote=found).first()
    answers = result.cast if result else 0
    hidden = result is not None and answers < HIDDEN
    body = json.loads(result.found) if result and not hidden else None
    return PollRecord(
        found, result is None, questions(vote_id), tallies(found, body) if body else [], answers,
        result is not None and answers < FEW, hidden, [(one["valid"], one["void"]) for one in body["questions"]] if body else [],
        list(Case.objects.filter(links_in__source=found.case, links_in__relation="asks_about").order_by("pk")),
    )  # fmt: skip


def answered(vote_id: int) -> int:
    """Return how many took part in a poll so far; of what they said nothing is known (1 statement)."""
    return Participant.objects.filter(vote_id=vote_id).count()


def polls_of(organs: set[str]) -> QuerySet[Vote]:
    """Return the polls of organs, open ones first, newest first."""
    found = Vote.objects.filter(mode=Vote.Mode.ONLINE, case__organ_id__in=organs).select_related("case__organ", "result")
    return found.order_by("-case__state", "-closes_at", "-pk")


def case_to_ask_about(number: str, organs: set[str]) -> int | None:
    """Return the id of a case of these organs by its number, where its matter is public by nature; else None (1 statement)."""
    found = Case.objects.filter(number=number.strip(), organ_id__in=organs, procedure__in=_PUBLIC_MATTERS)
    return found.values_list("pk", flat=True).first()


_PUBLIC_MATTERS = ("regulation_bill", "consultation", "suggestion", "motion", "meeting", "project_call", "livelihood_project")


def polls(number: int) -> tuple[list[Vote], int]:
    """Return a page of twenty polls, open ones first (2 statements)."""
    found = Vote.objects.filter(mode=Vote.Mode.ONLINE).select_related("case__organ").order_by("-case__state", "-closes_at", "-pk")
    return list(found[(number - 1) * 20 : number * 20]), found.count()


def polls_about(case_id: int) -> list[Vote]:
    """Return the polls that ask about a case, oldest first (1 statement)."""
    found = Vote.objects.filter(mode=Vote.Mode.ONLINE, case__links_out__target_id=case_id, case__links_out__relation="asks_about")
    return list(found.select_related("case", "result").order_by("pk"))
