"""The sheet that staff take into a meeting, as a page and as files, and two consultations side by side."""

from dataclasses import dataclass
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from quancheng.analysis import board as boards
from quancheng.publications import documents
from quancheng.web import errors
from quancheng.web.parts import now, page, today
from quancheng.web.parts.consulting import own
from quancheng.web.parts.sheets import sheet
from quancheng.web.parts.showing import DOCX, PDF, actor_of, download, show

WIDE, HIGH, MARGIN, LARGEST = 420, 300, 46, 26  # of the sketch


@dataclass(frozen=True)
class Spot:
    """A county or district on the sketch: where, how large a dot, its name and number."""

    x: float
    y: float
    r: float
    name: str
    count: int


def sketch(areas: list[tuple[str, str, int]], middles: dict[str, tuple[Decimal, Decimal]]) -> list[Spot]:
    """Lay areas (code, name, number) out by the middles (north, east) of their stations; dots grow with the square root."""
    known = [(middles[code], name, n) for code, name, n in areas if code in middles and n]
    if len(known) < 2:
        return []
    norths, easts = [float(north) for (north, _east), _name, _n in known], [float(east) for (_north, east), _name, _n in known]
    high, wide = max(max(norths) - min(norths), 0.01), max(max(easts) - min(easts), 0.01)
    most = max(n for _middle, _name, n in known)
    return [
        Spot(
            MARGIN + (east - min(easts)) / wide * (WIDE - 2 * MARGIN), MARGIN + (max(norths) - north) / high * (HIGH - 2 * MARGIN),
            4 + (LARGEST - 4) * (n / most) ** 0.5, name, n,
        )
        for north, east, (_middle, name, n) in zip(norths, easts, known, strict=True)
    ]  # fmt: skip


@page("opinion.read")
def board(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the sheet: topics, their growth, crowds, voices apart, channels, clauses, areas."""
    found = own(request, slug, "opinion.read")
    b = boards.board(found.pk, actor_of(request), today())
    spots = sketch(b.areas, boards.middles(today()))
    return show(
        request, "board.html", c=found, b=b, stamp=boards.stamp(b), spots=spots, made=now(), wide=WIDE, high=HIGH,
        others=boards.others(found.pk, actor_of(request)),
    )  # fmt: skip


@page("opinion.read")
def board_file(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """Send the sheet as .docx, .pdf, .xlsx or .csv."""
    found = own(request, slug, "opinion.read")
    b, title = boards.board(found.pk, actor_of(request), today()), _("%(title)s：意见分析") % {"title": found.title}
    if form in ("xlsx", "csv"):
        rows = [[head, name, str(n)] for head, name, n in boards.sheet(b)]
        return sheet((_("类别"), _("名称"), _("件数")), rows, title, form)
    if form not in ("docx", "pdf"):
        return errors.handler404(request)
    pages = {"topic": "desk_topic_of_opinions", "group": "desk_alike_group"}
    body = boards.board_body(b, lambda name, key: reverse(pages[name], args=[key]))
    made = documents.to_docx if form == "docx" else documents.to_pdf
    return download(made(title, body), f"{title}.{form}", DOCX if form == "docx" else PDF)


@page("opinion.read")
def beside(request: HttpRequest, slug: str) -> HttpResponse:
    """Lay the opinions on another draft beside these; without a choice, ask for one."""
    found, actor = own(request, slug, "opinion.read"), actor_of(request)
    others = boards.others(found.pk, actor)
    other = next((one for one in others if one.slug == request.GET.get("with", "")), None)
    pair = boards.beside(found.pk, other.pk, actor, today()) if other else None
    return show(request, "beside.html", c=found, other=other, others=others, pair=pair)
