"""All acts on consultations and opinions, gathered from the modules that do them."""

from quancheng.consultations.answering import (
    Undecided,
    close,
    mark_decided,
    mark_sorted,
    publish_result,
    reply_all,
    request_reply,
)
from quancheng.consultations.deciding import (
    BULK,
    Conflict,
    DecisionRefused,
    add_note,
    assign,
    decide,
    link_change,
    merge,
    remove_template,
    save_template,
    split,
    unlink_change,
)
from quancheng.consultations.importing import (
    AlreadyImported,
    BadBatch,
    check_batch,
    import_batch,
    request_import,
)
from quancheng.consultations.moderating import (
    ModerationRefused,
    appeal,
    decide_appeal,
    erase_words,
    withhold,
)
from quancheng.consultations.opening import (
    ConsultationRefused,
    NotOpen,
    open_consultation,
    open_waiting,
)
from quancheng.consultations.receiving import (
    BadAnchor,
    Closed,
    ConsentMissing,
    EmptyOpinion,
    FormUsed,
    IdentityMissing,
    OpinionRefused,
    Submission,
    TooLong,
    submit,
)
from quancheng.consultations.tallies import refresh_tallies

__all__ = [
    "AlreadyImported", "BadAnchor", "BadBatch", "Closed", "Conflict", "ConsentMissing", "ConsultationRefused",
    "DecisionRefused", "EmptyOpinion", "FormUsed", "IdentityMissing", "ModerationRefused", "NotOpen", "OpinionRefused", "Submission",
    "BULK", "TooLong", "Undecided", "add_note", "appeal", "assign", "check_batch", "close", "decide",
    "decide_appeal", "erase_words", "import_batch", "link_change", "mark_decided", "mark_sorted", "merge",
    "open_consultation", "open_waiting", "publish_result", "refresh_tallies", "remove_template", "reply_all",
    "request_import", "request_reply", "save_template", "split", "submit", "unlink_change", "withhold",
]
