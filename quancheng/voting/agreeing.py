"""Reading the tellers' sheets: which round is counted, what two sheets say, and the count on which both agree."""

from quancheng.ballots.canonical import Body
from quancheng.meetings import queries as meetings
from quancheng.voting.models import Credential, Question, Sheet, SheetLine, Vote
from quancheng.voting.rules import QuestionCount

Kind = SheetLine.Kind


def issued(vote: Vote) -> int:
    """Return how many papers were handed out, or for hands how many are present."""
    if vote.mode == Vote.Mode.DEVICE:
        return Credential.objects.filter(vote=vote, state="paper").count()
    return vote.papers_issued if vote.mode == Vote.Mode.PAPER else meetings.hall(vote.meeting_id or 0).present


def current(vote: Vote) -> tuple[int, list[Sheet]]:
    """Return the round that is being counted, and its sheets: a round is over when both are in and differ."""
    kept = vote.sheets.filter(round__gt=vote.rounds_set_aside)
    sheets = list(kept.prefetch_related("lines").order_by("-round", "teller__number"))
    if not sheets:
        return vote.rounds_set_aside + 1, []
    last = [one for one in sheets if one.round == sheets[0].round]
    if len(last) == 2 and numbers(last[0]) != numbers(last[1]):
        return last[0].round + 1, []
    return last[0].round, last


def numbers(sheet: Sheet) -> dict[tuple[int, str, int, str], int]:
    """Return a sheet as a table: (question, kind, option, name) → count, with the box as (0, "box", 0, "")."""
    found = {(one.question_id, one.kind, one.option_id or 0, one.name): one.count for one in sheet.lines.all()}
    return {**found, (0, "box", 0, ""): sheet.box}


def agreed(vote: Vote) -> tuple[int, int, list[QuestionCount]] | None:
    """Return (round, box, counts) once both sheets say the same; None before."""
    round_, sheets = current(vote)
    if len(sheets) != 2:
        return None
    table, counts = numbers(sheets[0]), []
    for question in Question.objects.filter(vote=vote).order_by("number").prefetch_related("options"):
        options = sorted(question.options.all(), key=lambda one: one.number)
        marks = tuple(table[question.pk, Kind.OPTION, one.pk, ""] for one in options)
        names = {name: count for (q, kind, _, name), count in table.items() if q == question.pk and kind == Kind.WRITE_IN}
        counts.append(
            QuestionCount(table[question.pk, Kind.VALID, 0, ""], table[question.pk, Kind.VOID, 0, ""], marks, names)
        )
    return round_, sheets[0].box, counts


def board_body(vote: Vote) -> Body | None:
    """Return the agreed paper count of a device vote as it goes to the board; None before."""
    found = agreed(vote)
    if found is None:
        return None
    return {
        "box": found[1],
        "questions": [{"valid": one.valid, "void": one.void, "marks": list(one.marks)} for one in found[2]],
    }
