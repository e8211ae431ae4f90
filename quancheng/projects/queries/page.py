"""The one page of a project: the whole story from the first wish to the rating."""

from dataclasses import dataclass, field, replace
from datetime import date

from quancheng.people.permissions import Actor, NotAllowed, may
from quancheng.procedures import queries as procedures
from quancheng.procedures.queries import ThreadStep
from quancheng.projects import files
from quancheng.projects.models import (
    Dossier,
    Money,
    Outcome,
    Picture,
    Project,
    Question,
    Remark,
    View,
)
from quancheng.projects.queries.carrying import Carried, carried
from quancheng.projects.queries.wishes import Line, line_of, shown_title, state_label, thread_of

_RELATED = (
    "case__organ", "call__organ__area", "call__government", "call__case", "area__parent", "site", "merged_into__case", "dossier__owner",
)  # fmt: skip
MERGED = 50  # of those merged into one, how many are listed
BEFORE = ("proposed", "screened", "merged")  # where nothing of the dossier is public yet


@dataclass(frozen=True)
class ProjectPage:
    """Everything that the page of a project shows; the desk sees the dossier, views and remarks while they grow."""

    project: Project
    title: str
    state: str
    thread: list[ThreadStep]
    pictures: list[Picture]
    leader: Line | None
    merged: list[Line]
    dossier: Dossier | None = None
    money: list[Money] = field(default_factory=list)
    views: list[View] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    carried: Carried = field(default_factory=Carried)

    @property
    def rating(self) -> Outcome | None:
        """What the deputies' last rating said, once it was announced."""
        return next((one for one in reversed(self.outcomes) if one.kind == Outcome.Kind.RATING), None)

    @property
    def ballot(self) -> Outcome | None:
        """What the ballot said, once it was announced."""
        return next((one for one in self.outcomes if one.kind == Outcome.Kind.BALLOT), None)


def project_page(code: str, today: date) -> ProjectPage:
    """Return the public page of a project by its code (≤15 statements). Raises Project.DoesNotExist."""
    found = Project.objects.select_related(*_RELATED).defer("salt").get(code=code)
    early = found.case.state in BEFORE or (found.case.state == "dropped" and found.fate != Project.Fate.IN)
    return _page(found, today, early=early)


def desk_project(project_id: int, today: date) -> ProjectPage:
    """Return the same for the desk, by id, with what is not public yet. Raises Project.DoesNotExist."""
    found = Project.objects.select_related(*_RELATED).defer("salt").get(pk=project_id)
    page = _page(found, today, early=False, desk=True)
    return replace(page, remarks=list(found.remarks.defer("salt").order_by("-pk")[:200]))


def _page(found: Project, today: date, *, early: bool, desk: bool = False) -> ProjectPage:
    organs = {found.call.organ_id: found.call.organ.name, found.call.government_id: found.call.government.name}
    dossier: Dossier | None = None if early else getattr(found, "dossier", None)
    if dossier is not None and dossier.owner is not None:
        organs[dossier.owner.pk] = dossier.owner.name
    merged = found.merged.select_related("case", "area", "dossier").defer("salt").order_by("pk")[:MERGED]
    known, past, pictures = dossier is not None, procedures.events(found.case), list(found.pictures.order_by("pk"))
    happened = {event.step for event in past}
    first = [one for one in pictures if one.report_id is None and one.inspection_id is None]
    return ProjectPage(
        project=found, title=shown_title(found), state=state_label(found.case), thread=thread_of(found, today, organs, past),
        pictures=[] if found.hidden_at else first,
        carried=carried(found, happened, pictures, desk=desk) if known else Carried(),
        leader=line_of(found.merged_into) if found.merged_into else None,
        merged=[line_of(row) for row in merged] if found.voices > 1 else [], dossier=dossier,
        money=list(found.money.order_by("-amount", "pk")) if known else [],
        views=list(found.views.select_related("unit").order_by("pk")) if known else [],
        questions=list(found.questions.select_related("by", "unit").order_by("pk")[:100]) if "project.questioned" in happened else [],
        outcomes=list(found.outcomes.order_by("pk")) if happened & {"adopt", "lose"} else [],
    )


def picture(picture_id: int, actor: Actor, receipt_code: str = "") -> tuple[Picture, bytes]:
    """Return a picture that the public page shows; to its author and the office also one that it does not.

    Raises NotAllowed, OSError, Picture.DoesNotExist.
    """
    found = Picture.objects.select_related("project__call", "report").get(pk=picture_id)
    project = found.project
    own = bool(receipt_code) and receipt_code == project.receipt_code
    shown = found.report is None or found.report.state == "released"
    if (project.hidden_at and found.inspection_id is None and found.report_id is None) or not shown:
        if not own and not may(actor, "project.manage", organ=project.call.organ_id) and not may(actor, "project.view"):
            raise NotAllowed("project.manage")
    return found, files.path_of(found.stored_name).read_bytes()
