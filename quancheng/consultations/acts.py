"""All acts on consultations and opinions, gathered from the modules that do them."""

from quancheng.consultations.deciding import (
    Conflict,
    DecisionRefused,
    Undecided,
    add_note,
    assign,
    close,
    decide,
    link_change,
    mark_decided,
    mark_sorted,
    merge,
    publish_result,
    remove_template,
    reply_all,
    request_reply,
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
from quancheng.consultations.receiving import (
    BadAnchor,
    Closed,
    ConsentMissing,
    ConsultationRefused,
    EmptyOpinion,
    IdentityMissing,
    NotOpen,
    OpinionRefused,
    Submission,
    TooLong,
    open_consultation,
    open_waiting,
    refresh_tallies,
    submit,
)

__all__ = [
    "AlreadyImported", "BadAnchor", "BadBatch", "Closed", "Conflict", "ConsentMissing", "ConsultationRefused",
    "DecisionRefused", "EmptyOpinion", "IdentityMissing", "ModerationRefused", "NotOpen", "OpinionRefused", "Submission",
    "TooLong", "Undecided", "add_note", "appeal", "assign", "check_batch", "close", "decide",
    "decide_appeal", "erase_words", "import_batch", "link_change", "mark_decided", "mark_sorted", "merge",
    "open_consultation", "open_waiting", "publish_result", "refresh_tallies", "remove_template", "reply_all",
    "request_import", "request_reply", "save_template", "split", "submit", "unlink_change", "withhold",
]
