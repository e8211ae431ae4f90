"""All acts of contact, gathered from the modules that do them.

None lets a deputy instruct anybody: with a resident's opinion he can `forward` and `advise` (R7.20 代表法 31).
"""

from quancheng.contact.acts.codes import (
    import_grid,
    leave_grid,
    make_code,
    make_codes,
    revoke_code,
    seat_in_grid,
)
from quancheng.contact.acts.duty import (
    CheckInForm,
    CorrectionForm,
    ask_correction,
    check_in,
    decide_correction,
    end_task_tag,
    make_task_tag,
    record_fact,
)
from quancheng.contact.acts.opinions import (
    Matter,
    PendingCase,
    advise,
    erase_words,
    forward,
    rate,
    read_sealed,
    refer,
    release,
    submit,
    take_over,
    withdraw_release,
    withhold,
)
from quancheng.contact.acts.pairings import (
    ContactForm,
    VoiceForm,
    close_topic,
    log_contact,
    make_group,
    open_topic,
    pair,
    say_on_topic,
    unpair,
)
from quancheng.contact.acts.points import (
    check_point,
    drop_nomination,
    name_point,
    nominate_point,
    review_point,
)
from quancheng.contact.acts.receptions import (
    AlreadyBooked,
    BookingForm,
    FullyBooked,
    ReceptionForm,
    book,
    call_next,
    cancel_booking,
    cancel_reception,
    close_reception,
    finish_visit,
    note_deputy_came,
    plan_reception,
    take_number,
)
from quancheng.contact.acts.reports import (
    GRADES,
    ReportForm,
    announce_report,
    answer_question,
    ask_on_report,
    close_report,
    count_paper,
    open_report,
    rate_report,
    withhold_question,
)
from quancheng.contact.acts.sites import (
    ActivityForm,
    check_site,
    close_day,
    hide_activity,
    open_day,
    put_on_rota,
    record_activity,
    set_functions,
    set_hours,
    set_profile,
    show_activity,
    take_off_rota,
)
from quancheng.contact.acts.study import (
    CourseForm,
    QuestionForm,
    add_course,
    add_material,
    cancel_course,
    leave_course,
    make_plan,
    mark_attended,
    set_quiz,
    sign_up,
    take_quiz,
)
from quancheng.contact.acts.tablets import (
    Handed,
    Item,
    UnknownTablet,
    enrol_tablet,
    hand_over,
    revoke_tablet,
)
from quancheng.contact.recording import ContactRefused
from quancheng.procedures.acts import Conflict, StepRefused

__all__ = [
    "ActivityForm", "AlreadyBooked", "BookingForm", "CheckInForm", "Conflict", "ContactForm",
    "ContactRefused", "CorrectionForm", "CourseForm", "FullyBooked", "GRADES", "Handed", "Item", "Matter",
    "PendingCase", "QuestionForm", "ReceptionForm", "ReportForm", "StepRefused", "UnknownTablet",
    "VoiceForm", "add_course", "add_material", "advise", "announce_report", "answer_question",
    "ask_correction", "ask_on_report", "book", "call_next", "cancel_booking", "cancel_course",
    "cancel_reception", "check_in", "check_point", "check_site", "close_day", "close_reception",
    "close_report", "close_topic", "count_paper", "decide_correction", "drop_nomination", "end_task_tag",
    "enrol_tablet", "erase_words", "finish_visit", "forward", "hand_over", "hide_activity", "import_grid",
    "leave_course", "leave_grid", "log_contact", "make_code", "make_codes", "make_group", "make_plan", "make_task_tag",
    "mark_attended", "name_point", "nominate_point", "note_deputy_came", "open_day", "open_report",
    "open_topic", "pair", "plan_reception", "put_on_rota", "rate", "rate_report", "read_sealed",
    "record_activity", "record_fact", "refer", "release", "review_point", "revoke_code", "revoke_tablet",
    "say_on_topic", "seat_in_grid", "set_functions", "set_hours", "set_profile", "set_quiz",
    "show_activity", "sign_up", "submit", "take_number", "take_off_rota", "take_over", "take_quiz",
    "unpair", "withdraw_release", "withhold", "withhold_question",
]  # fmt: skip
