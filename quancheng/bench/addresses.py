"""Every page of the site and the desk, as a list or as a detail, with the person who asks for it in the town."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone

from quancheng.bench import town
from quancheng.consultations import acts as consultations
from quancheng.consultations import queries as consultation_queries
from quancheng.people.permissions import Actor
from quancheng.procedures.library import LIBRARY
from quancheng.publications import acts as publications
from quancheng.publications import queries as publication_queries

TOLD = "ebike-2026"  # the demo city's consultation that went all the way


@dataclass(frozen=True)
class Asked:
    """A page: the name of its address, who asks ("" a stranger), the names of what stands in the path, the query."""

    name: str
    who: str = ""
    parts: tuple[str, ...] = ()
    query: str = ""

    def path(self, things: dict[str, str | int]) -> str:
        """Return the path; `things` says what the parts are."""
        return reverse(self.name, args=[things[part] for part in self.parts]) + self.query.format(**things)


SLUG = ("slug",)
LISTS = (
    Asked("home"), Asked("consultations"), Asked("consultations", query="?state=open"), Asked("clause", "", ("slug", "anchor")),
    Asked("clause", "", ("slug", "whole")), Asked("my"), Asked("feed"), Asked("moderation"), Asked("ledger"), Asked("sites"),
    Asked("desk", "lead"), Asked("desk", "releaser"), Asked("desk_bills", "lead"), Asked("desk_texts", "lead"),
    Asked("desk_consultations", "lead"), Asked("desk_opinions", "lead", SLUG),
    Asked("desk_opinions", "lead", SLUG, "?state=received&page=3"), Asked("desk_opinions", "lead", SLUG, "?anchor=a7"),
    Asked("desk_opinions", "lead", SLUG, "?anchor=a7&state=received"), Asked("desk_opinions", "lead", SLUG, "?sort=clause"),
    Asked("desk_opinions", "lead", SLUG, "?q=充电&channel=web"), Asked("desk_alike_groups", "lead", SLUG), Asked("desk_import", "clerk", SLUG),
    Asked("desk_review", "releaser"), Asked("desk_appeals", "releaser"), Asked("desk_templates", "clerk"), Asked("desk_site", "station1"),
    Asked("desk_site_sent", "station1"), Asked("desk_deputy", "deputy1"), Asked("desk_parameters", "admin"), Asked("desk_calendar", "admin"),
    Asked("desk_accounts", "admin"), Asked("desk_audit", "auditor"),
)  # fmt: skip
DETAILS = (
    Asked("consultation", "", SLUG), Asked("consultation", "", ("told",)), Asked("write", "", SLUG), Asked("write", "", SLUG, "?anchor=a7"),
    Asked("poster", "", SLUG), Asked("result", "", ("told",)), Asked("compare", "", ("told",)), Asked("receipt_lookup"),
    Asked("receipt", "", ("code",)), Asked("receipt", "", ("told_code",)),
    Asked("privacy"), Asked("sign_in"), Asked("desk_case", "lead", ("case",)), Asked("desk_job", "clerk", ("job",)),
    Asked("desk_text", "clerk", ("version",)), Asked("desk_text_new", "clerk"), Asked("desk_text_next", "clerk", ("version",)),
    Asked("desk_matches", "clerk", ("told_version", "told_next")), Asked("desk_compare", "clerk", ("told_version", "told_next")),
    Asked("desk_consultation_new", "lead", (), "?version={version}"), Asked("desk_consultation", "lead", SLUG),
    Asked("desk_consultation", "lead", ("told",)), Asked("desk_report", "clerk", ("told",)), Asked("desk_batch", "clerk", ("batch",)),
    Asked("desk_opinion", "lead", ("opinion",)), Asked("desk_opinion", "lead", ("told_opinion",)),
    Asked("desk_opinions", "lead", SLUG, "?open={opinion}"), Asked("desk_report_review", "releaser", ("paper",)),
    Asked("desk_site_enter", "station1", SLUG), Asked("desk_deputy_say", "deputy1", SLUG), Asked("desk_parameter", "admin", ("parameter",)),
    Asked("desk_totp", "lead"),
)  # fmt: skip
FILES = {  # no pages: files, single lines, redirects, what only takes a post
    "result_file", "text_file", "open_data", "receipt_file", "checkpoint", "tile", "healthz", "type_size", "sign_out",
    "receipt_appeal", "desk_text_export", "desk_compare_file", "desk_import_template", "desk_export",
}  # fmt: skip


def not_counted(within: URLResolver | None = None) -> list[str]:
    """Return the names of the pages that stand in none of these lists: measured by nobody, so said."""
    asked, names = {one.name for one in LISTS + DETAILS} | FILES, set[str]()
    for pattern in (within or get_resolver()).url_patterns:
        names |= set(not_counted(pattern)) if isinstance(pattern, URLResolver) else {str(pattern.name)} - asked
    return sorted(names)


def things(made: town.Town) -> dict[str, str | int]:
    """Prepare what details are about (an ordered import, a report in review, a withheld opinion); return it by name."""
    clerk, at = made.actors["clerk"], timezone.now()
    told, mine = consultation_queries.consultation(TOLD), consultation_queries.consultation(town.SLUG)
    few = consultations.check_batch(consultation_id=mine.pk, file_name="few.csv", data=town.table(3), by=clerk, at=at)
    first = consultation_queries.desk_list(mine.pk, consultation_queries.Filters(), clerk).rows[0]
    adopted = consultation_queries.desk_list(told.pk, consultation_queries.Filters(decision="adopted"), clerk).rows[0]
    consultations.withhold(opinion_id=first.pk, ground="spam", explanation="只用于测量", by=clerk, at=at)
    return {
        "slug": town.SLUG, "anchor": "a3", "whole": "-", "told": TOLD, "code": first.receipt_code, "opinion": first.pk,
        "told_code": adopted.receipt_code, "told_opinion": adopted.pk, "case": mine.subject_id, "version": mine.version_id,
        "told_version": told.version_id, "told_next": told.next_version_id or 0, "batch": few.pk,
        "job": consultations.request_import(batch_id=few.pk, by=clerk, at=at), "paper": _in_review(told.case_id, clerk, at),
        "parameter": next(iter(LIBRARY)),
    }  # fmt: skip


def _in_review(case_id: int, clerk: Actor, at: datetime) -> int:
    """Send a correction of a released report to review; return its key."""
    released = publication_queries.of_case(case_id, "consultation_result")
    if released is None:
        raise LookupError("the demo city released no report")
    paper = publications.correct(
        publication_id=released.pk, body=released.body + "\n更正。", note="只用于测量的更正", by=clerk, at=at
    )
    publications.submit_for_review(publication_id=paper.pk, by=clerk, at=at)
    return int(paper.pk)
