"""What the acts on projects share: a project with its case, the canonical words of a wish, a message to all its authors."""

from collections.abc import Iterable
from datetime import date, datetime

from quancheng.kernel import receipts
from quancheng.kernel.deadlines import Term
from quancheng.people import acts as people
from quancheng.people.models import Seat
from quancheng.people.permissions import Actor, NotAllowed, may
from quancheng.procedures import acts as procedures
from quancheng.procedures import queries as procedure_queries
from quancheng.procedures.library import LIBRARY
from quancheng.projects import procedure as _declared  # noqa: F401  # registers the procedures
from quancheng.projects import rules
from quancheng.projects.models import Call, Project, Report
from quancheng.projects.procedure import RATED
from quancheng.projects.rules import ProjectRefused


def call_of(call_id: int) -> Call:
    """Return a call with its case and organs. Raises Call.DoesNotExist."""
    return Call.objects.select_related("case__organ", "organ", "government").get(pk=call_id)


def project_of(project_id: int) -> Project:
    """Return a project with its case, call and dossier. Raises Project.DoesNotExist."""
    return Project.objects.select_related("case__organ", "call__organ", "call__government", "dossier", "area").get(pk=project_id)


def name_of(project: Project) -> str:
    """Return what a project is called: as its dossier says, else as it was proposed."""
    dossier = getattr(project, "dossier", None)
    return str(dossier.title) if dossier is not None else project.title


def government_of(project: Project, by: Actor) -> str:
    """Return the organ in which the actor carries projects out for the government of a project. Raises NotAllowed."""
    if may(by, "project.carry_out", organ=project.call.government_id):
        return project.call.government_id
    raise NotAllowed("project.carry_out")


def owner_of(project: Project, by: Actor) -> str:
    """Return the owner of a project, for which the actor speaks. Raises NotAllowed, ProjectRefused."""
    dossier = getattr(project, "dossier", None)
    if dossier is None or dossier.owner_id is None:
        raise ProjectRefused("这个项目还没有确定责任单位。")
    owner = str(dossier.owner_id)
    if not may(by, "project.view", organ=owner):
        raise NotAllowed("project.view")
    return owner


def content_of(wish: Project, pictures: Iterable[str] | None = None) -> bytes:
    """Return the canonical bytes of a wish, for the ledger's digest (S13); its stored pictures are read where not given."""
    if pictures is None:
        pictures = wish.pictures.filter(report=None, inspection=None).values_list("stored_name", flat=True)
    return receipts.canonical(
        {
            "area": wish.area_id,
            "body": wish.body,
            "consent": wish.consent_how,
            "council": wish.council,
            "door": wish.door,
            "latitude": str(wish.latitude) if wish.latitude is not None else None,
            "longitude": str(wish.longitude) if wish.longitude is not None else None,
            "name": wish.name,
            "pictures": sorted(pictures),
            "place": wish.place,
            "site": wish.site_id,
            "title": wish.title,
        }
    )


def tell_authors(projects: Iterable[Project], words: str, at: datetime) -> int:
    """Queue a message to everybody who proposed these projects or a wish merged into them; return how many.

    `words` may name {name} and {code}, of the project that the author's wish became.
    """
    texts: dict[str, str] = {}
    by_id = {project.pk: project for project in projects}
    for project in by_id.values():
        texts[project.public_id] = _told(project, words)
    rows = Project.objects.filter(merged_into__in=by_id, erased_at=None).values_list("public_id", "merged_into_id")
    for public_id, leader in rows:
        texts[public_id] = _told(by_id[leader], words)
    return people.notify_authors(texts=texts, at=at)


def _told(project: Project, words: str) -> str:
    return words.format(name=name_of(project), code=project.code)[:300]


def seated_deputies(organ: str, on: date) -> list[tuple[int, str]]:
    """Return (account id, name) of the deputies of a congress who sit on a day, by name (1 statement)."""
    found = Seat.objects.filter(term__organ_id=organ, valid_from__lte=on).exclude(valid_to__lt=on)
    return sorted(found.values_list("account_id", "account__name"), key=lambda row: row[1])


def rated_projects(*, year: int, organ: str) -> list[Project]:
    """Return the projects of a year that are to be rated, finished or not, in the order of the ballot (1 statement)."""
    found = Project.objects.filter(call__organ_id=organ, year=year, case__state__in=RATED)
    return list(found.select_related("case", "call", "dossier").order_by("dossier__number", "pk"))


def start_progress(project: Project, year: int, quarter: int, at: datetime) -> None:
    """Start the clock of one quarter's report: so many days after the quarter ends (R7.55)."""
    key, end = "project.report_days", rules.quarter_end(year, quarter)
    days = procedure_queries.parameter(key, area=project.call.organ.area_id, on=end)
    procedures.start_clock(
        case=project.case, key=f"progress:{year}-{quarter}", label=f"公布{year}年第{quarter}季度进展", at=at, start=end,
        term=Term(days, "day", LIBRARY[key].article), organ=project.dossier.owner_id or "",
    )  # fmt: skip


def stop_progress(project: Project, at: datetime) -> None:
    """Stop the clocks of reports that are not owed any more."""
    for year, quarter in ((project.year, n) for n in range(1, 5)):
        procedures.stop_clock(case=project.case, key=f"progress:{year}-{quarter}", at=at)


def released(project: Project) -> list[Report]:
    """Return the published reports of a project, oldest first."""
    return list(Report.objects.filter(project=project, state=Report.State.RELEASED).order_by("year", "quarter"))
