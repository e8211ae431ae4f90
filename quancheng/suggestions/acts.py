"""All acts on deputies' suggestions and motions, gathered from the modules that do them.

Assignment, contact, answer, extension and supervision of a suggestion are acts of `handling`.
"""

from quancheng.suggestions.deciding import (
    Done,
    Order,
    answer_rejection,
    assign_many,
    check,
    check_many,
    file_motion,
    rate,
    replace_sponsor,
    send_back,
)
from quancheng.suggestions.drafting import (
    answer_cosign,
    ask_cosigners,
    draft,
    edit,
    open_session,
    submit,
    withdraw,
    withdraw_signature,
)
from quancheng.suggestions.forms import BadBatch
from quancheng.suggestions.importing import check_files, import_batch
from quancheng.suggestions.papers import Paper, SuggestionRefused
from quancheng.suggestions.pressing import answer_pressure, report_pressure
from quancheng.suggestions.publishing import draft_publication, draft_report_publication, set_openness

__all__ = [
    "BadBatch", "Done", "Order", "Paper", "SuggestionRefused", "answer_cosign", "answer_pressure", "answer_rejection", "ask_cosigners",
    "assign_many", "check", "check_files", "check_many", "draft", "draft_publication", "draft_report_publication", "edit", "file_motion",
    "import_batch", "open_session", "rate", "replace_sponsor", "report_pressure", "send_back", "set_openness", "submit", "withdraw",
    "withdraw_signature",
]
