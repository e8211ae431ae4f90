"""All reads of projects, gathered from the modules that do them."""

from quancheng.projects.polling import Asked, askable
from quancheng.projects.queries.announced import Announced, announced_ballot, announced_rating
from quancheng.projects.queries.carrying import (
    CHANGE_KINDS,
    GROUNDS_OF_CHANGE,
    UNDER_WAY,
    Carried,
    Slip,
    changes_waiting,
    deputies,
    figures,
    followed_by,
    of_government,
    quarters,
    slips,
    to_release,
)
from quancheng.projects.queries.desk import (
    FATES,
    GROUNDS,
    OUT_FATES,
    DeskFilters,
    DeskPage,
    alike_groups,
    call_thread,
    desk_all,
    desk_list,
    fate_counts,
    hidings_waiting,
    leaders,
    of_station,
)
from quancheng.projects.queries.page import ProjectPage, desk_project, picture, project_page
from quancheng.projects.queries.screening import (
    Briefed,
    Task,
    briefing,
    call_of_year,
    candidates,
    my_projects,
    resolution_draft,
    reviews,
    screened,
    waiting,
)
from quancheng.projects.queries.wishes import (
    PAGE,
    STAGES,
    Filters,
    Line,
    areas_of,
    call,
    calls,
    code_of_receipt,
    line_of,
    listed,
    look_alikes,
    my_wishes,
    open_calls,
    receipt_file,
    receipt_of_form,
    receipt_page,
    shown_title,
    stage_counts,
    state_label,
    years,
)

__all__ = [
    "CHANGE_KINDS", "FATES", "GROUNDS", "GROUNDS_OF_CHANGE", "OUT_FATES", "PAGE", "STAGES", "UNDER_WAY", "Announced", "Asked", "Briefed",
    "Carried", "DeskFilters", "DeskPage", "Filters", "Line", "ProjectPage", "Slip", "Task", "alike_groups",
    "announced_ballot", "announced_rating", "areas_of", "askable", "briefing", "call", "call_of_year", "call_thread", "calls",
    "candidates", "changes_waiting", "code_of_receipt", "deputies", "desk_all", "desk_list", "desk_project",
    "fate_counts", "figures", "followed_by", "hidings_waiting", "leaders", "line_of", "listed", "look_alikes",
    "my_projects", "my_wishes", "of_government", "of_station", "open_calls", "picture", "project_page", "quarters",
    "receipt_file", "receipt_of_form", "receipt_page", "resolution_draft", "reviews", "screened", "shown_title",
    "slips", "stage_counts", "state_label", "to_release", "waiting", "years",
]  # fmt: skip
