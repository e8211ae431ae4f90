"""Acts of handling, the one engine (M37), gathered from the modules that do them.

A matter's procedure declares the steps `assign`, `answer`, `satisfied`, `dissatisfied`, `answer_again`,
`satisfied_again`, `dissatisfied_again`, `assess` and `lapse` (and, where it wants them, `contact` and
`lapse_dissatisfied`); everything else about the handling is here. `rules.register` tells the engine who a
matter's authors are. No act lets a unit pass a matter on by itself, and none lets it rate itself (hard stop 12).
"""

from quancheng.handling.answering import (
    Draft,
    dispute_contact,
    draft_answer,
    mark_read,
    record_contact,
    remove_template,
    return_draft,
    save_template,
    send_to_head,
    sign_answer,
)
from quancheng.handling.assigning import (
    add_assistant,
    assign,
    decide_objection,
    raise_objection,
    replace_unit,
    succeed_unit,
    withdraw_handling,
)
from quancheng.handling.attaching import attach
from quancheng.handling.promising import add_milestone, plan_milestone, postpone_commitment, verify_commitment
from quancheng.handling.rating import assess, lapse, rate
from quancheng.handling.recording import HandlingRefused
from quancheng.handling.recusing import recuse
from quancheng.handling.reporting import (
    draft_report,
    edit_report,
    open_reports,
    receive_report,
    submit_report,
)
from quancheng.handling.supervising import KeyRoles, bundle, choose_key, log_supervision, unbundle
from quancheng.handling.urging import answer_letter, drop_letter, extend, mark_seen, send_letter, urge
from quancheng.procedures.acts import Conflict, StepRefused

__all__ = [
    "Conflict", "Draft", "HandlingRefused", "KeyRoles", "StepRefused", "add_assistant", "add_milestone",
    "answer_letter", "assess", "assign", "attach", "bundle", "choose_key", "decide_objection", "dispute_contact",
    "draft_answer", "draft_report", "drop_letter", "edit_report", "extend", "lapse", "log_supervision", "mark_read",
    "mark_seen", "open_reports", "plan_milestone", "postpone_commitment", "raise_objection", "rate",
    "receive_report", "record_contact", "recuse", "remove_template", "replace_unit", "return_draft", "save_template",
    "send_letter", "send_to_head", "sign_answer", "submit_report", "succeed_unit", "unbundle", "urge",
    "verify_commitment", "withdraw_handling",
]
