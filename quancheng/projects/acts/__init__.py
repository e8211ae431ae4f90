"""All acts of projects, gathered from the modules that do them."""

from quancheng.procedures.acts import Conflict, StepRefused
from quancheng.projects.acts.ballot import BallotOutcome, adopt, elected
from quancheng.projects.acts.calls import CallForm, close_call, open_call
from quancheng.projects.acts.carrying import (
    Decision,
    ReportForm,
    apply_change,
    complete,
    decide_change,
    reach_milestone,
    release_report,
    return_report,
    set_tasks,
    write_report,
)
from quancheng.projects.acts.fates import decide, merge, reconsider
from quancheng.projects.acts.following import inspect, name_followers
from quancheng.projects.acts.listing import (
    fix_list,
    lacking,
    list_candidate,
    unfix_list,
    unlist_candidate,
)
from quancheng.projects.acts.rating import (
    RatingOutcome,
    carry,
    close_project,
    must_go_on,
    open_preference,
    open_residents_rating,
    take_rating,
)
from quancheng.projects.acts.screening import (
    DossierForm,
    EditedMeanwhile,
    answer_question,
    ask_question,
    ask_units,
    give_view,
    note_review,
    remark,
    write_dossier,
)
from quancheng.projects.acts.wishes import (
    NotOpen,
    Wish,
    check_words,
    decide_objection,
    erase_words,
    hide,
    object_to_hiding,
    submit,
)
from quancheng.projects.rules import ProjectRefused

__all__ = [
    "BallotOutcome", "CallForm", "Conflict", "Decision", "DossierForm", "EditedMeanwhile", "NotOpen",
    "ProjectRefused", "RatingOutcome", "ReportForm", "StepRefused", "Wish", "adopt", "answer_question",
    "apply_change", "ask_question", "ask_units", "carry", "check_words", "close_call", "close_project", "complete",
    "decide", "decide_change", "decide_objection", "elected", "erase_words", "fix_list", "give_view", "hide",
    "inspect", "lacking", "list_candidate", "merge", "must_go_on", "name_followers", "note_review",
    "object_to_hiding", "open_call", "open_preference", "open_residents_rating", "reach_milestone", "reconsider",
    "release_report", "remark", "return_report", "set_tasks", "submit", "take_rating", "unfix_list",
    "unlist_candidate", "write_dossier", "write_report",
]  # fmt: skip
