"""Home, the list of consultations, the page of one, and what was said on a clause."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cached_property, lru_cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from markupsafe import Markup

from quancheng.analysis import queries as analysis
from quancheng.consultations import queries
from quancheng.people.permissions import may
from quancheng.publications import queries as publications
from quancheng.texts import queries as texts
from quancheng.texts.tree import LegalTree
from quancheng.web.parts import cached, page, page_number, today
from quancheng.web.parts.rendering import absolute, url

HEADINGS = {"part": 2, "chapter": 2, "section": 3}
UNITS = ("article", "point")
ITEM_LABEL = re.compile(r"第(?:(?P<item>（[^）]+）)项|(?P<sub>\d+)目)$")
PER_PAGE = 20
ANSWERED = ("replied", "result_published")
STATES = [
    ("", gettext_lazy("全部")), ("open", gettext_lazy("正在征求")), ("closed", gettext_lazy("正在研究")),
    ("published", gettext_lazy("已公布结果")),
]  # fmt: skip


@dataclass
class Block:
    """A heading, or an article with its lines (kind, words), as the page shows it."""

    kind: str
    anchor: str
    label: str
    heading: str
    lines: list[tuple[str, str]] = field(default_factory=list)
    level: int = 0

    @cached_property
    def words(self) -> Markup:
        """The lines as HTML, escaped, the label before the first."""
        head = Markup("<strong>{}</strong>").format(self.label) if self.label else Markup("")
        if self.heading:
            head += Markup('<span class="catchword">【{}】</span>').format(self.heading)
        leads = [head + "　" if self.label else head] + [Markup("")] * len(self.lines)
        line = Markup('<p class="{}">{}{}</p>')
        return Markup("").join(line.format(kind, lead, words) for lead, (kind, words) in zip(leads, self.lines, strict=False))


def own_label(row: Any) -> str:
    """Return the label that stands before the words of an item or sub-item: （一） of 第三条第（一）项."""
    found = ITEM_LABEL.search(row.label) if row.kind in ("item", "subitem") else None
    return (found["item"] or f"{found['sub']}.") if found else ""


def layout(provisions: list[Any]) -> list[Block]:
    """Return the provisions of a version as headings and articles, in reading order; no line is left out."""
    blocks: list[Block] = []
    for row in provisions:
        line = (row.kind, own_label(row) + row.text)
        if row.kind in HEADINGS:
            name = row.label.removesuffix(row.heading).strip() if row.heading else row.label
            blocks.append(Block("heading", row.anchor, name, row.heading, level=HEADINGS[row.kind]))
        elif row.kind in UNITS or not blocks or blocks[-1].kind == "heading":
            blocks.append(Block("article", row.anchor, row.label, row.heading, [line] if row.text else []))
        elif row.text:
            blocks[-1].lines.append(line)
    return blocks


def block_of(provisions: list[Any], anchor: str) -> Block | None:
    """Return the article that is, or holds, the provision of that anchor; None when there is none."""
    parents = {row.anchor: row.parent_anchor for row in provisions}
    articles = {block.anchor: block for block in layout(provisions) if block.kind == "article"}
    while anchor and anchor not in articles:
        anchor = parents.get(anchor, "")
    return articles.get(anchor)


_layouts: dict[str, list[Block]] = {}


def layout_of(digest: str, provisions: list[Any]) -> list[Block]:
    """Return the layout of the fixed version with that digest, kept in memory: it never changes (S13)."""
    if digest not in _layouts:
        if len(_layouts) >= 64:
            _layouts.clear()
        _layouts[digest] = layout(provisions)
    return _layouts[digest]


@lru_cache(maxsize=64)
def frame(version_id: int, digest: str) -> LegalTree:
    """Return the tree of the fixed version with that digest, for what stands around its articles."""
    return texts.tree(version_id)


@dataclass(frozen=True)
class Phase:
    """A consultation and where it stands for a visitor today."""

    c: Any
    key: str
    phase: str
    tone: str

    @property
    def open(self) -> bool:
        """Whether opinions are taken today."""
        return self.key == "open"


def phase_of(c: Any, on: date) -> Phase:
    """Return where a consultation stands on a day (Asia/Shanghai): the window itself decides, not the paperwork."""
    if on < c.opens_on or c.case.state == "draft":
        return Phase(c, "coming", _("还没有开始"), "calm")
    if c.case.state == "result_published":
        return Phase(c, "published", _("已公布结果"), "done")
    if on > c.closes_on or c.case.state != "open":
        return Phase(c, "closed", _("已截止，正在逐条研究"), "calm")
    left = (c.closes_on - on).days
    words = _("还有 %(n)s 天") % {"n": left} if left else _("今天截止")
    return Phase(c, "open", words, "soon" if left <= 7 else "done")


@dataclass(frozen=True)
class Item:
    """Something to tell: a consultation that opened, or a result that was released."""

    address: str
    title: str
    at: datetime
    summary: str


def results(listed: list[Any], limit: int) -> list[Item]:
    """Return the released reports on the consultations, newest first."""
    by_case = {c.case_id: c for c in listed}
    return [
        Item(url("result", by_case[report.case_id].slug), report.title, report.released_at, by_case[report.case_id].summary)
        for report in publications.released(limit, "consultation_result")
        if report.case_id in by_case and report.released_at
    ]


def openings(listed: list[Any], on: date) -> list[Item]:
    """Return the consultations that have opened, each at the first moment of its first day (Asia/Shanghai)."""
    zone = timezone.get_default_timezone()
    return [
        Item(url("consultation", c.slug), c.title, datetime.combine(c.opens_on, time(), tzinfo=zone), c.summary)
        for c in listed
        if c.opens_on <= on
    ]


@page("public")
@cached
def home(request: HttpRequest) -> HttpResponse:
    """Say what this is, what is open, what came of the last ones, and where to look up a receipt."""
    listed = queries.consultations()
    rows = [phase_of(c, today()) for c in listed]
    context = {"open": [row for row in rows if row.open], "results": results(listed, 6)}
    return render(request, "site/home.html", context)


@page("public")
@cached
def consultations(request: HttpRequest) -> HttpResponse:
    """List all consultations, by state if asked, newest first."""
    state, number = request.GET.get("state", ""), page_number(request)
    listed = [phase_of(c, today()) for c in queries.consultations()]
    listed = [row for row in listed if not state or row.key == state]
    context = {
        "listed": listed[(number - 1) * PER_PAGE : number * PER_PAGE], "state": state, "states": STATES,
        "number": number, "pages": -(-len(listed) // PER_PAGE),
    }  # fmt: skip
    return render(request, "site/consultations.html", context)


@page("public")
@cached
def consultation(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the draft with what was said beside each clause, and every way to speak."""
    found = queries.public_page(slug, today())
    blocks = layout_of(found.consultation.version.digest, found.provisions)
    context = {
        "p": found, "c": found.consultation, "blocks": blocks, "phase": phase_of(found.consultation, today()),
        "toc": [block for block in blocks if block.kind == "heading" and block.level == 2],
        "address": absolute(url("consultation", slug)), "answered": found.consultation.case.state in ANSWERED, "frame": frame(found.consultation.version_id, found.consultation.version.digest),
    }  # fmt: skip
    return render(request, "site/consultation.html", context)


@page("public")
@cached
def clause(request: HttpRequest, slug: str, anchor: str) -> HttpResponse:
    """Show what was said on one clause, page by page; `-` stands for the whole text."""
    anchor = "" if anchor == "-" else anchor
    found = queries.clause_opinions(slug, anchor, page_number(request))
    version = found.consultation.version
    block = block_of(texts.provisions(version.pk, version.digest), anchor) if anchor else None
    context = {
        "p": found, "c": found.consultation, "phase": phase_of(found.consultation, today()), "anchor": anchor,
        "block": block, "label": block.label if block else _("全文"),
    }  # fmt: skip
    return render(request, "site/clause.html", context)


@page("public")
def theme(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show what was said on one topic of a published result; before that, who drafts is led to the topic on the desk."""
    c = queries.consultation(slug)
    if c.case.state != "result_published":
        topic = analysis.topic_numbered(c.pk, number)
        if topic is None or not may(request.actor, "opinion.read", organ=c.case.organ_id):  # type: ignore[attr-defined]  # set by the Sessions middleware
            raise Http404
        return redirect("desk_topic_of_opinions", topic.pk)
    found = analysis.theme(c.pk, number, page_number(request))
    if found is None:
        raise Http404
    labels = texts.anchors(c.version_id, c.version.digest)
    return render(request, "site/theme.html", {"c": c, "t": found, "labels": labels})
