"""What the hall announced about projects, read from the votes themselves, so that nobody types totals again (R7.53, R7.57)."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils import timezone

from quancheng.projects.models import Call, Project
from quancheng.voting.models import Option, Question, Vote


@dataclass(frozen=True)
class Announced:
    """An announced vote about projects: case id -> votes and those chosen, or case id -> grades; counts of the hall."""

    number: str
    announced_on: date
    base: int
    present: int
    cast: int
    valid: int
    votes: dict[int, int] = field(default_factory=dict)
    chosen: list[int] = field(default_factory=list)
    again: dict[int, int] = field(default_factory=dict)
    grades: dict[int, list[int]] = field(default_factory=dict)


def _votes(cases: Iterable[int], rule: str) -> list[Vote]:
    """Return the announced statutory votes that decide about these cases by a rule, oldest first."""
    about = Option.objects.filter(subject_id__in=list(cases), question__rule=rule).values("question__vote_id")
    found = Vote.objects.filter(pk__in=about, force=Vote.Force.STATUTORY, case__state__in=("announced", "sealed"))
    return list(found.select_related("case", "result").order_by("pk"))


def announced_ballot(call: Call) -> Announced | None:
    """Return the announced ballot on a call's candidates, with the second one among the tied; None while there is none."""
    cases = set(Project.objects.filter(call=call, case__state="balloted").values_list("case_id", flat=True))
    votes = _votes(cases, Question.Rule.RANK) if cases else []
    first = next((vote for vote in votes if vote.after_id is None), None)
    if first is None:
        return None
    made = _announced(first)
    for vote in votes:
        for question, counted in _questions(vote):
            totals = dict(zip(_subjects(question), counted["totals"], strict=True))
            (made.again if vote.after_id else made.votes).update(totals)
            ids = [f"q{question.number}o{option.number}" for option in _options(question)]
            made.chosen.extend(_subjects(question)[ids.index(one)] for one in counted["outcome"]["chosen"])
    return made


def announced_rating(cases: Iterable[int]) -> Announced | None:
    """Return the newest announced vote with three grades about these cases; None while there is none."""
    votes = _votes(cases, Question.Rule.GRADES)
    if not votes:
        return None
    made = _announced(votes[-1])
    for question, counted in _questions(votes[-1]):
        made.grades[_subjects(question)[0]] = list(counted["totals"])
    return made


def _announced(vote: Vote) -> Announced:
    result = vote.result
    valid = min((counted.get("valid", result.cast) for _question, counted in _questions(vote)), default=0)
    day = timezone.localdate(result.announced_at or result.counted_at)
    return Announced(vote.case.number, day, vote.base, result.present, result.cast, valid)


def _questions(vote: Vote) -> list[tuple[Question, dict[str, Any]]]:
    counted = json.loads(vote.result.found)["questions"]
    questions = Question.objects.filter(vote=vote).order_by("number").prefetch_related("options")
    return [(question, found) for question, found in zip(questions, counted, strict=True) if _subjects(question)]


def _options(question: Question) -> list[Option]:
    return sorted((one for one in question.options.all() if one.subject_id is not None), key=lambda one: one.number)


def _subjects(question: Question) -> list[int]:
    return [one.subject_id for one in _options(question) if one.subject_id is not None]
