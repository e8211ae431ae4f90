"""All acts of petitions, gathered from the modules that do them.

Everything comes in sealed and unsorted; only who sorts takes an ordinary matter out of the seal, and an accusation
never leaves it (S02 信访工作条例 30). Units come through the one engine: handling assigns, times and answers.
"""

from quancheng.petitions.acts.deciding import (
    Facts,
    accept,
    conclude,
    deliver,
    extend,
    forward,
    not_competent,
    note_lead,
    open_petitioner,
    publish_reception,
)
from quancheng.petitions.acts.intake import Submission, receipt_of_form, submit, supplement, withdraw
from quancheng.petitions.acts.reviewing import apply_for_review, decide, grade, hear, lapse, name_reviewer
from quancheng.petitions.acts.sorting import Opened, attach, close, open_item, sort, sort_accusation, transfer
from quancheng.petitions.rules import PetitionRefused
from quancheng.procedures.acts import Conflict, StepRefused

__all__ = [
    "Conflict", "Facts", "Opened", "PetitionRefused", "StepRefused", "Submission", "accept", "apply_for_review",
    "attach", "close", "conclude", "decide", "deliver", "extend", "forward", "grade", "hear", "lapse", "name_reviewer",
    "not_competent", "note_lead", "open_item", "open_petitioner", "publish_reception", "receipt_of_form", "sort", "sort_accusation",
    "submit", "supplement", "transfer", "withdraw",
]
