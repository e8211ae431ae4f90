"""Reads of calls and wishes for everybody: what is open, what others proposed, the list, the author's own page."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from quancheng.kernel.similar import likest
from quancheng.kernel.words import clean
from quancheng.ledger import queries as ledger
from quancheng.people.models import Area
from quancheng.procedures import declare
from quancheng.procedures import queries as procedures
from quancheng.procedures.models import Case, CaseEvent
from quancheng.procedures.queries import ThreadStep
from quancheng.projects import procedure as declared
from quancheng.projects.models import Call, Hiding, Picture, Project
from quancheng.projects.recording import content_of

PAGE = 20
CAP = 10_000
COMPARED = 1000  # wishes of a call with which a new one is compared
HIDDEN = "（依规定不公开显示）"
STAGES: dict[str, tuple[str, tuple[str, ...]]] = {  # of the public list: key -> label, states
    "doing": ("正在办", declared.DOING),
    "done": ("已完成", declared.DONE),
    "candidate": ("候选", ("candidate", "balloted")),
    "wish": ("正在研究", ("proposed", "screened")),
    "out": ("未列入", ("dropped",)),
    "merged": ("已并入", ("merged",)),
}


def state_label(case: Case) -> str:
    """Return what people read of a case's state."""
    return declare.get(case.procedure, case.version).states[case.state].label


def shown_title(project: Project) -> str:
    """Return the title that everybody may read; no statement if the dossier came with the project."""
    dossier = getattr(project, "dossier", None)
    if dossier is not None and project.case.state not in ("proposed", "screened"):
        return str(dossier.title)
    return HIDDEN if project.hidden_at else project.title


def calls(organ: str = "") -> list[Call]:
    """Return the calls, newest year first (1 statement)."""
    found = Call.objects.filter(organ_id=organ) if organ else Call.objects.all()
    return list(found.select_related("case", "organ", "government").order_by("-year", "organ_id"))


def open_calls(today: date) -> list[Call]:
    """Return the calls to which a wish can be handed in today (1 statement)."""
    found = Call.objects.filter(case__state="announced", opens_on__lte=today, closes_on__gte=today)
    return list(found.select_related("case", "organ", "government").order_by("organ_id"))


def call(call_id: int) -> Call:
    """Return a call. Raises Call.DoesNotExist."""
    return Call.objects.select_related("case", "organ__area", "government").get(pk=call_id)


def years() -> list[int]:
    """Return the years of which there are projects or calls, newest first (1 statement)."""
    return sorted(set(Call.objects.values_list("year", flat=True)), reverse=True)


def look_alikes(call_id: int, title: str, body: str, area: str = "") -> list[Project]:
    """Return wishes of a call that say much the same, the nearest first; only a hint (S10, S17; 2 statements)."""
    found = Project.objects.filter(call_id=call_id, hidden_at=None, erased_at=None).exclude(case__state="merged")
    rows = list(found.order_by("-pk").values_list("pk", "title", "body")[:COMPARED])
    near = likest(title, [row[1] for row in rows], floor=0.5)
    near += [i for i in likest(title + body, [row[1] + row[2] for row in rows], floor=0.4) if i not in near]
    ids = [rows[i][0] for i in near[:6]]
    shown = Project.objects.filter(pk__in=ids).select_related("case", "area", "dossier")
    by_id = {project.pk: project for project in shown}
    return sorted((by_id[pk] for pk in ids), key=lambda project: project.area_id != (area or None))[:5]


@dataclass(frozen=True)
class Line:
    """A project in a public list."""

    project: Project
    title: str
    state: str


@dataclass(frozen=True)
class Filters:
    """What narrows the public list; empty does not filter."""

    year: int = 0
    organ: str = ""
    stage: str = ""
    area: str = ""
    text: str = ""
    sort: str = ""


SORTS = {"": ("-pk",), "voices": ("-voices", "-pk")}


def listed(filters: Filters, number: int = 1) -> tuple[list[Line], int]:
    """Return a page of 20 projects and wishes, and how many there are (2 statements). What was merged stands in its own stage."""
    found = _narrowed(filters)
    total = found.order_by()[:CAP].count()
    rows = found.order_by(*SORTS.get(filters.sort, SORTS[""])).select_related("case", "area", "dossier__owner", "call__organ")
    return [line_of(row) for row in rows.defer("salt")[(number - 1) * PAGE : number * PAGE]], total


def line_of(project: Project) -> Line:
    """Return a project as a line of a list."""
    return Line(project, shown_title(project), state_label(project.case))


def _narrowed(filters: Filters) -> QuerySet[Project]:
    found = Project.objects.all()
    if filters.year:
        found = found.filter(year=filters.year)
    if filters.organ:
        found = found.filter(call__organ_id=filters.organ)
    if filters.stage in STAGES:
        found = found.filter(case__state__in=STAGES[filters.stage][1])
    else:
        found = found.exclude(case__state="merged")
    if filters.area:
        found = found.filter(area__code__startswith=filters.area)
    for word in clean(filters.text).split()[:5]:
        said = Q(title__contains=word) | Q(body__contains=word) | Q(place__contains=word)
        found = found.filter(Q(code=word) | Q(dossier__title__contains=word) | Q(hidden_at=None) & said)
    return found


def stage_counts(year: int, organ: str = "") -> dict[str, int]:
    """Return stage -> how many of a year (1 statement)."""
    found = Project.objects.filter(year=year)
    found = found.filter(call__organ_id=organ) if organ else found
    by_state = dict(found.order_by().values_list("case__state").annotate(n=Count("id")))
    return {stage: sum(by_state.get(state, 0) for state in states) for stage, (_label, states) in STAGES.items()}


def areas_of(year: int) -> list[Area]:
    """Return the areas from which something was proposed in a year, by code (1 statement)."""
    return list(Area.objects.filter(pk__in=Project.objects.filter(year=year).values("area_id")).select_related("parent").order_by("code"))


def code_of_receipt(code: str) -> bool:
    """Tell whether a receipt code opens a wish (1 statement)."""
    return Project.objects.filter(receipt_code=code).exists()


def receipt_of_form(submission_key: str, body: str) -> str:
    """Return the receipt code of the wish that a form with these words handed in, '' where there is none (1 statement)."""
    found = Project.objects.filter(submission_key=submission_key, erased_at=None).first()
    return found.receipt_code if found is not None and found.body == clean(body) else ""


@dataclass(frozen=True)
class ReceiptPage:
    """The author's page: his words, what became of them, the wish into which they went, the proof."""

    project: Project
    state: str
    thread: list[ThreadStep]
    pictures: list[Picture]
    leader: Line | None
    hiding: Hiding | None
    proof: ledger.Proof | None


def receipt_page(code: str, today: date) -> ReceiptPage:
    """Return the author's page by receipt code (≤15 statements). Raises Project.DoesNotExist."""
    found = Project.objects.select_related("case__organ", "call__organ", "call__government", "area", "site", "merged_into__case", "dossier").get(
        receipt_code=code
    )
    return ReceiptPage(
        project=found, state=state_label(found.case), thread=thread_of(found, today),
        pictures=list(found.pictures.filter(report=None, inspection=None).order_by("pk")),
        leader=line_of(found.merged_into) if found.merged_into else None,
        hiding=found.hidings.order_by("-pk").first(),
        proof=ledger.proof_of(found.public_id, "project.received"),
    )


def thread_of(
    project: Project, today: date, organs: dict[str, str] | None = None, past: list[CaseEvent] | None = None
) -> list[ThreadStep]:
    """Return the thread of a project: who proposed it by door, never by name; where it has ended, nothing comes next."""
    first, *steps = procedures.thread(project.case, today, organs=organs, past=past)
    first = replace(first, who=_DOORS[project.door] if project.door != "site" or project.site is None else project.site.name)
    if project.case.state in declared.ENDED:
        return [first, *(step for step in steps if step.status == "done")]
    government = project.call.government.name
    return [first, *(_by_government(step, government) for step in steps)]


_DOORS = {"web": "群众", "site": "站点代录", "deputy": "人大代表", "council": "街道议政会"}


def _by_government(step: ThreadStep, name: str) -> ThreadStep:
    """Return a step to come with who takes it."""
    return replace(step, who=name) if step.status != "done" and step.label in declared.GOVERNMENT_STEPS else step


def receipt_file(code: str) -> dict[str, Any]:
    """Return the receipt as data (format quancheng-receipt/1). Raises Project.DoesNotExist."""
    found = Project.objects.select_related("case").get(receipt_code=code)
    proof = ledger.proof_of(found.public_id, "project.received")
    if proof is None:
        raise Project.DoesNotExist(code)
    gone = found.erased_at is not None
    return ledger.build_receipt(
        proof, code=code, content=None if gone else content_of(found), salt=None if gone else bytes(found.salt),
        extra={"case": found.case.number, "erased": gone, "received_at": found.received_at.isoformat()},
    )


@dataclass(frozen=True)
class MyWish:
    """One line of “my matters”."""

    title: str
    state: str
    at: datetime
    receipt_code: str
    public_id: str


def my_wishes(public_ids: Iterable[str]) -> list[MyWish]:
    """Return what a person proposed, newest first, after his number was verified in this session (1 statement; S05)."""
    found = Project.objects.filter(public_id__in=list(public_ids)).select_related("case").order_by("-pk")[:200]
    return [MyWish(p.title, state_label(p.case), p.received_at, p.receipt_code, p.public_id) for p in found]
