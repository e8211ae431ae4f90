"""Reads of consultations and opinions: the public page, the author's page, the desk."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, TruncMonth
from django.utils import timezone

from quancheng.consultations import procedure as _declared  # noqa: F401  # registers the procedure
from quancheng.consultations import reporting
from quancheng.consultations.models import (
    ClauseChange,
    Consultation,
    ImportBatch,
    Moderation,
    Note,
    Opinion,
    Question,
    ReasonTemplate,
    Tally,
)
from quancheng.consultations.words import content_of
from quancheng.kernel.align import Span, word_diff
from quancheng.kernel.words import clean
from quancheng.ledger import queries as ledger
from quancheng.people.models import Site
from quancheng.people.permissions import Actor, demand, may
from quancheng.procedures import queries as procedures
from quancheng.procedures.queries import ThreadStep
from quancheng.texts import queries as texts
from quancheng.texts.models import Provision

PAGE = 50
RECENT = 60
CAP = 10_000
_FULL = ("case__organ", "version__text", "next_version")
_LONG = ("version__source", "next_version__source", "next_version__explanation")  # whole texts that no page of it needs


def _all() -> Any:
    return Consultation.objects.select_related(*_FULL).defer(*_LONG)


def consultation(slug: str) -> Consultation:
    """Return a consultation. Raises Consultation.DoesNotExist."""
    return _all().get(slug=slug)  # type: ignore[no-any-return]  # the manager's type is lost in _all


def consultation_key(slug: str) -> int:
    """Return the key of a consultation, for acts that read the rest themselves. Raises Consultation.DoesNotExist."""
    return int(Consultation.objects.values_list("pk", flat=True).get(slug=slug))


def consultation_by_id(consultation_id: int) -> Consultation:
    """Return a consultation. Raises Consultation.DoesNotExist."""
    return _all().get(pk=consultation_id)  # type: ignore[no-any-return]  # as above


def of_case(case_id: int) -> Consultation:
    """Return the consultation of a case. Raises Consultation.DoesNotExist."""
    return _all().get(case_id=case_id)  # type: ignore[no-any-return]  # as above


def consultations(state: str | None = None) -> list[Consultation]:
    """Return all consultations, optionally in one state, those that close last first (two statements)."""
    found = _all().prefetch_related("sites").order_by("-closes_on", "-id")
    return list(found.filter(case__state=state) if state else found)


def question(consultation_id: int, question_id: str) -> Question | None:
    """Return a question of a consultation, or None."""
    return Question.objects.filter(consultation_id=consultation_id, pk=int(question_id)).first()


def tallies(consultation_id: int) -> dict[str, dict[str, int]]:
    """Return facet -> key -> count, as counted last (one statement)."""
    counts: dict[str, dict[str, int]] = {}
    for facet, key, count in Tally.objects.filter(consultation_id=consultation_id).values_list("facet", "key", "count"):
        counts.setdefault(facet, {})[key] = count
    return counts


@dataclass
class PublicPage:
    """What the public page of a consultation shows."""

    consultation: Consultation
    provisions: list[Provision]
    explanation: str
    counts: dict[str, int]
    recent: dict[str, list[Opinion]]
    questions: list[Question]
    sites: list[Site]
    total: int
    days_left: int
    thread: list[ThreadStep]


def public_page(slug: str, on: date) -> PublicPage:
    """Return the public page (9 statements, whatever there is). Raises Consultation.DoesNotExist."""
    found = consultation(slug)
    counts = tallies(found.pk)
    provisions = texts.provisions(found.version_id, found.version.digest)
    parents = {row.anchor: row.parent_anchor for row in provisions}
    kinds = {row.anchor: row.kind for row in provisions}
    by_article: dict[str, int] = {}
    for anchor, number in counts.get("shown", {}).items():
        top = article_of(anchor, parents, kinds)
        by_article[top] = by_article.get(top, 0) + number
    recent: dict[str, list[Opinion]] = {}
    for opinion in _shown(found.pk).order_by("-id")[:RECENT]:
        said = recent.setdefault(article_of(opinion.anchor, parents, kinds), [])
        if len(said) < 2:
            said.append(opinion)
    return PublicPage(
        consultation=found, provisions=provisions, explanation=found.version.explanation, counts=by_article,
        recent=recent, questions=list(found.questions.order_by("position")), sites=list(found.sites.order_by("code")),
        total=counts.get("all", {}).get("", 0), days_left=max((found.closes_on - on).days, 0),
        thread=procedures.thread(found.case, on),
    )


def article_of(anchor: str, parents: dict[str, str], kinds: dict[str, str]) -> str:
    """Return the article that holds an anchor; '' for the whole text."""
    while anchor and kinds.get(anchor) not in ("article", "point"):
        anchor = parents.get(anchor, "")
    return anchor


def _shown(consultation_id: int) -> Any:
    return Opinion.objects.filter(
        consultation_id=consultation_id, visibility=Opinion.Visibility.SHOWN, erased_at=None
    ).defer("salt", "quoted", "legal_wording")


@dataclass
class ClausePage:
    """What was said on one clause."""

    consultation: Consultation
    rows: list[Opinion]
    total: int
    number: int
    pages: int


def clause_opinions(slug: str, anchor: str, number: int) -> ClausePage:
    """Return a page of 20 shown opinions on an article and all under it; anchor '' for the whole text."""
    found, anchor = consultation(slug), clean(anchor)
    rows = _shown(found.pk).filter(anchor__in=_under(anchor, found.version_id, found.version.digest))
    total = rows.count()
    pages = max(-(-total // 20), 1)
    number = min(max(number, 1), pages)
    return ClausePage(found, list(rows.order_by("-id")[(number - 1) * 20 : number * 20]), total, number, pages)


@dataclass
class Change:
    """A clause that an opinion changed: its name in the next version, and the words before and after."""

    label: str
    anchor: str
    spans: list[Span]


@dataclass
class ReceiptPage:
    """The author's page of one opinion."""

    opinion: Opinion
    thread: list[ThreadStep]
    label: str
    decision: str
    reason: str
    merged_count: int
    changes: list[Change]
    proof: ledger.Proof | None
    waiting: ledger.Proof | None
    moderation: Moderation | None


_WITH = ("consultation__case__organ", "consultation__version__text", "consultation__next_version", "question", "site")


def by_receipt(code: str) -> ReceiptPage:
    """Return the author's page by receipt code. Raises Opinion.DoesNotExist."""
    opinion = Opinion.objects.select_related(*_WITH).get(receipt_code=code)
    told = opinion.state == Opinion.State.REPLIED
    proof = ledger.proof_of(opinion.public_id, "opinion.received")
    sealed = proof if proof is not None and proof.index is not None else None
    same = Q(merged_into_id=opinion.merged_into_id) | Q(pk=opinion.merged_into_id)
    group = Opinion.objects.filter(same if opinion.merged_into_id else Q(merged_into=opinion))
    return ReceiptPage(
        opinion=opinion, thread=opinion_thread(opinion, sealed),
        label=texts.label_of(opinion.consultation.version_id, opinion.anchor),
        decision=str(opinion.get_decision_display()) if told else "", reason=opinion.reason if told else "",
        merged_count=max(group.count() - bool(opinion.merged_into_id), 0), changes=changes_of(opinion) if told else [],
        proof=sealed, waiting=proof, moderation=opinion.moderations.order_by("-id").first(),
    )


def opinion_thread(opinion: Opinion, proof: ledger.Proof | None) -> list[ThreadStep]:
    """Return the thread of one opinion: received, sealed, then what the consultation's clocks say.

    At most one step is the present one: sealing while it waits for that, else the consultation's own.
    """
    found = opinion.consultation
    organ = found.case.organ.name
    door = opinion.site.name if opinion.site else str(opinion.get_channel_display())
    steps = [ThreadStep("收到意见", "done", when=opinion.received_at, who=door)]
    if proof is not None:
        steps.append(ThreadStep("记入公开台账", "done", when=proof.sealed_at, who="公开台账"))
    if opinion.erased_at:
        steps.append(ThreadStep("依本人申请删除原文", "done", when=opinion.erased_at, who=organ))
    if opinion.state == Opinion.State.REPLIED:
        label = f"研究后决定：{opinion.get_decision_display()}"
        steps.append(ThreadStep(label, "done", when=opinion.decided_at, who=organ, article="立法法第四十条"))
        steps.append(ThreadStep("答复", "done", when=opinion.replied_at, who=organ))
        done = found.case.state == "result_published"
        ahead = [ThreadStep("公布征求意见结果", "done" if done else "now", who=organ, article="立法法第四十条")]
    else:
        ahead = [step for step in procedures.thread(found.case, timezone.localdate()) if step.status != "done"]
    if proof is None:
        steps.append(ThreadStep("记入公开台账", "now", who="公开台账", note="通常几秒钟"))
        ahead = [replace(step, status="next") if step.status == "now" else step for step in ahead]
    return steps + ahead


def changes_of(opinion: Opinion) -> list[Change]:
    """Return the clauses that an opinion changed, each with before and after (S13: from fixed versions).

    Who was merged gets the answer of the opinion that stands for the group, its changes too.
    """
    group = Q(opinion=opinion) | Q(opinion_id=opinion.merged_into_id or 0)
    links = list(ClauseChange.objects.filter(group).select_related("version").order_by("id"))
    if not links:
        return []
    old_rows, found = texts.provisions(opinion.consultation.version_id), []
    for version in {link.version_id: link.version for link in links}.values():
        carried = {new: old for old, new in texts.carried(opinion.consultation.version_id, version.pk).items() if new}
        new_rows = texts.provisions(version.pk)
        for anchor in dict.fromkeys(link.anchor for link in links if link.version_id == version.pk):
            label = next((row.label for row in new_rows if row.anchor == anchor), anchor)
            before = texts.words_under(old_rows, carried.get(anchor, ""))
            spans = word_diff(before, texts.words_under(new_rows, anchor))
            found.append(Change(label=label, anchor=anchor, spans=spans))
    return found


def by_public_ids(public_ids: list[str]) -> list[Opinion]:
    """Return opinions by public id, newest first: a person's own, after his number was verified (S05)."""
    found = Opinion.objects.filter(public_id__in=public_ids).select_related("consultation")
    return list(found.order_by("-id")[:500])


def receipt_file(code: str) -> dict[str, Any]:
    """Return the receipt as data (format quancheng-receipt/1). Raises Opinion.DoesNotExist."""
    page = by_receipt(code)
    opinion, proof = page.opinion, page.proof or page.waiting
    if proof is None:
        raise Opinion.DoesNotExist(code)
    erased = opinion.erased_at is not None
    return ledger.build_receipt(
        proof, code=code, content=None if erased else content_of(opinion),
        salt=None if erased else bytes(opinion.salt),
        extra={"consultation": opinion.consultation.title, "erased": erased, "received_at": opinion.received_at.isoformat()},
    )


WHOLE = "-"  # as a filter: on the whole text; from nowhere that was given
SORTS = {  # "" is the newest first
    "": ("-id",), "old": ("id",), "clause": ("place", "-id"), "site": ("site_id", "-id"), "state": ("state", "-id"),
    "channel": ("channel", "-id"),
}
FARTHEST = 1_000_000_000  # no page number beyond it is meant


@dataclass(frozen=True)
class Filters:
    """What narrows and sorts the work list; None does not filter, nor does a choice that is not in the list."""

    anchor: str | None = None  # a clause and all under it; "-" the whole text
    site: str | None = None
    state: str | None = None
    channel: str | None = None
    decision: str | None = None
    assignee_id: int | None = None
    text: str = ""  # words that must all occur; or the public id of one opinion
    area: str | None = None  # an area and all under it; "-" where none was given
    sort: str = ""


@dataclass
class DeskPage:
    """A page of the work list. `total` is exact up to the cap, then the cap."""

    rows: list[Opinion]
    total: int
    facets: dict[str, dict[str, int]]


_LIST = ("site", "area", "assignee")
_CHOICES = {"state": Opinion.State, "channel": Opinion.Channel, "decision": Opinion.Decision}


def desk_list(consultation_id: int, filters: Filters, actor: Actor, number: int = 1) -> DeskPage:
    """Return 50 opinions of the work list with the facets (≤ 3 statements once counted). Raises NotAllowed.

    A page below the first is the first; beyond the last there is nothing.
    """
    facets, organ, version, digest = _counted(consultation_id)
    demand(actor, "opinion.read", organ=organ)
    rows = Opinion.objects.filter(consultation_id=consultation_id)
    rows, used = _narrowed(rows, filters, _clauses(filters, version, digest))
    rows = _sorted(rows, filters, version)
    if "all" in facets and not used:
        total = facets["all"][""]
    elif "all" in facets and len(used) == 1 and used[0][0] in facets:
        total = sum(facets[used[0][0]].get(key, 0) for key in used[0][1])
    else:
        total = rows.order_by()[:CAP].count()
    first = (min(max(number, 1), FARTHEST) - 1) * PAGE
    if filters.sort == "clause" and "all" in facets and not used:
        near, first = _near(facets["anchor"], first, texts.provisions(version, digest))
        rows = rows.filter(anchor__in=near)
    fifty = rows.values("pk")[first : first + PAGE]  # sorted by what is small: only fifty are read whole
    page = _sorted(Opinion.objects.filter(pk__in=fifty), filters, version).select_related(*_LIST).defer("salt", "quoted")
    return DeskPage(rows=list(page), total=total, facets=facets)


def desk_all(consultation_id: int, filters: Filters, actor: Actor) -> Iterator[Opinion]:
    """Yield every opinion of the work list in its order, for the export (3 statements). Raises NotAllowed."""
    _facets, organ, version, digest = _counted(consultation_id)
    demand(actor, "opinion.read", organ=organ)
    rows = Opinion.objects.filter(consultation_id=consultation_id)
    rows, _used = _narrowed(rows, filters, _clauses(filters, version, digest))
    rows = _sorted(rows, filters, version).select_related(*_LIST).defer("salt", "quoted")
    yield from rows.iterator(chunk_size=1000)


def _sorted(rows: QuerySet[Opinion], filters: Filters, version: int) -> QuerySet[Opinion]:
    """Return the opinions in the order asked for; by clause: in the order of the text, the whole text first."""
    if filters.sort == "clause":
        place = Provision.objects.filter(version_id=version, anchor=OuterRef("anchor")).values("position")[:1]
        rows = rows.annotate(place=Coalesce(Subquery(place), -1))
    return rows.order_by(*SORTS.get(filters.sort, SORTS[""]))


def _near(counts: dict[str, int], first: int, provisions: list[Provision]) -> tuple[list[str], int]:
    """Return the anchors among which, in the order of the text, the page from `first` on lies, and where in them.

    Opinions stay on their clause and never go away, so there are at least as many as were counted last.
    """
    place = {row.anchor: row.position for row in provisions}
    by_place: dict[int, list[str]] = {}
    for anchor in counts:
        by_place.setdefault(place.get(anchor, -1), []).append(anchor)
    near: list[str] = []
    before = seen = 0
    for _place, anchors in sorted(by_place.items()):
        held = sum(counts[anchor] for anchor in anchors)
        if seen + held <= first:
            before += held
        elif seen < first + PAGE:
            near += anchors
        seen += held
    return near, first - before


def _counted(consultation_id: int) -> tuple[dict[str, dict[str, int]], str, int, str]:
    """Return the counts of a consultation, its organ, its version and that one's digest. Raises Consultation.DoesNotExist."""
    rows = list(
        Tally.objects.filter(consultation_id=consultation_id).values_list(
            "facet", "key", "count", "consultation__case__organ_id", "consultation__version_id",
            "consultation__version__digest",
        )
    )  # fmt: skip
    facets: dict[str, dict[str, int]] = {}
    for facet, key, count, *_ in rows:
        facets.setdefault(facet, {})[key] = count
    if rows:
        return facets, *rows[0][3:]
    found = Consultation.objects.values_list("case__organ_id", "version_id", "version__digest")
    return facets, *found.get(pk=consultation_id)


def _clauses(filters: Filters, version: int, digest: str) -> list[str]:
    """Return the anchors that the filter by clause means; [] when there is none."""
    anchor = clean(filters.anchor or "")
    return _under("" if anchor == WHOLE else anchor, version, digest) if anchor else []


def _under(anchor: str, version: int, digest: str) -> list[str]:
    """Return an anchor and those under it: named one by one, so that the index by clause finds the opinions."""
    if not anchor:
        return [""]
    below = [row.anchor for row in texts.provisions(version, digest) if row.anchor.startswith(anchor + "-")]
    return [anchor, *below]


def _narrowed(
    rows: QuerySet[Opinion], filters: Filters, clauses: list[str]
) -> tuple[QuerySet[Opinion], list[tuple[str, list[str]]]]:
    """Return the filtered opinions and what filtered them: (facet, its keys) each, '' for what is not counted."""
    used: list[tuple[str, list[str]]] = []
    for name, choices in _CHOICES.items():
        if (value := getattr(filters, name)) in choices.values:
            rows = rows.filter(**{name: value})
            used.append((name, [value]))
    if site := clean(filters.site or ""):
        rows = rows.filter(site_id=site)
        used.append(("site", [site]))
    if clauses:
        rows = rows.filter(anchor__in=clauses)
        used.append(("anchor", clauses))
    if area := clean(filters.area or ""):
        rows = rows.filter(area=None) if area == WHOLE else rows.filter(area__code__startswith=area)
        used.append(("area" if len(area) == 6 else "", [area]))
    if filters.assignee_id:
        rows = rows.filter(assignee_id=filters.assignee_id)
        used.append(("", []))
    for word in clean(filters.text).split()[:10]:
        rows = rows.filter(Q(body__icontains=word) | Q(legal_wording__icontains=word) | Q(public_id=word))
        used.append(("", []))
    return rows, used


@dataclass
class OpinionDetail:
    """One opinion whole, for the desk. Who said it is not here (S01)."""

    opinion: Opinion
    notes: list[Note]
    changes: list[ClauseChange]
    moderations: list[Moderation]
    merged: list[Opinion]
    decisions: list[Any]


def opinion_alone(opinion_id: int, actor: Actor) -> Opinion:
    """Return an opinion with what it points to (1 statement). Raises NotAllowed."""
    opinion = Opinion.objects.select_related(
        "consultation__case__organ", "consultation__version__text", "question", "site", "area", "assignee",
        "decided_by", "merged_into",
    ).get(pk=opinion_id)
    demand(actor, "opinion.read", organ=opinion.consultation.case.organ_id)
    return opinion


def opinion_detail(opinion_id: int, actor: Actor) -> OpinionDetail:
    """Return an opinion with notes, changes, moderation, merged ones (6 statements). Raises NotAllowed."""
    opinion = opinion_alone(opinion_id, actor)
    return OpinionDetail(
        opinion=opinion, notes=list(opinion.notes.select_related("by").order_by("id")),
        changes=list(opinion.changes.select_related("version").order_by("id")),
        moderations=list(opinion.moderations.select_related("by").order_by("id")),
        merged=list(opinion.merged.order_by("id")[:100]),
        decisions=list(opinion.decision_records.select_related("by").order_by("id")),
    )


def batches(consultation_id: int) -> list[ImportBatch]:
    """Return the import batches of a consultation, newest first."""
    found = ImportBatch.objects.filter(consultation_id=consultation_id).select_related("created_by")
    return list(found.annotate(fault_count=Count("faults")).order_by("-id"))


def batch(batch_id: int) -> ImportBatch:
    """Return an import batch. Raises ImportBatch.DoesNotExist."""
    return ImportBatch.objects.select_related("consultation__case", "created_by").get(pk=batch_id)


def templates(organ: str) -> list[ReasonTemplate]:
    """Return the reason templates of an organ."""
    return list(ReasonTemplate.objects.filter(organ_id=organ).order_by("decision", "id"))


def report_figures(consultation_id: int) -> dict[str, dict[str, int]]:
    """Return facet -> key -> count of a consultation, counted now (R1.02)."""
    return reporting.figures(consultation_id)


def report_body(consultation_id: int, themes: Sequence[tuple[str, int, str]] = ()) -> str:
    """Return the drafted summary report in the markup of publications.documents; themes: name, number, path of each topic."""
    return reporting.report_body(consultation_id, themes)


def open_data(consultation_id: int) -> Iterator[dict[str, str]]:
    """Yield every opinion without personal data (S26)."""
    return reporting.open_data(consultation_id)


@dataclass
class SentRow:
    """What a site sent, and what became of it."""

    body: str
    label: str
    state: str
    decision: str
    reason: str
    changes: str
    receipt_code: str


def site_desk(site_code: str) -> list[SentRow]:
    """Return the newest 500 opinions that a site sent, each with its fate (M09) (three statements)."""
    rows = list(
        Opinion.objects.filter(site_id=site_code).select_related("consultation").order_by("-id")[:500]
        .prefetch_related(Prefetch("changes", ClauseChange.objects.select_related("version")))
    )
    versions = {row.consultation.version_id for row in rows} | {c.version_id for row in rows for c in row.changes.all()}
    labels = dict(_labels(versions))
    found = []
    for row in rows:
        told = row.state == Opinion.State.REPLIED
        changed = [labels.get((c.version_id, c.anchor), c.anchor) for c in row.changes.all()] if told else []
        found.append(
            SentRow(
                body=row.body, label=labels.get((row.consultation.version_id, row.anchor), "全文"),
                state=str(row.get_state_display()), decision=str(row.get_decision_display()) if told else "",
                reason=row.reason if told else "", changes="、".join(changed), receipt_code=row.receipt_code,
            )
        )
    return found


def _labels(version_ids: set[int]) -> Iterator[tuple[tuple[int, str], str]]:
    rows = Provision.objects.filter(version_id__in=version_ids).values_list("version_id", "anchor", "label")
    for version, anchor, label in rows:
        yield (version, anchor), label


def deputy_opinions(actor: Actor) -> list[Opinion]:
    """Return what the deputy said himself, newest first. Raises NotAllowed."""
    demand(actor, "opinion.say_as_deputy")
    found = Opinion.objects.filter(entered_by_id=actor.id, channel=Opinion.Channel.DEPUTY)
    return list(found.select_related("consultation").order_by("-id")[:200])


@dataclass
class WorkLine:
    """How much waits in one consultation of the actor's organs."""

    slug: str
    title: str
    state: str
    undecided: int
    mine: int
    others: int
    closes_on: date


def my_work(actor: Actor) -> list[WorkLine]:
    """Return, for each unfinished consultation of the actor's organs, what waits (four statements)."""
    organs = {office.organ for office in actor.offices}
    found = list(_all().filter(case__organ_id__in=organs).exclude(case__state="result_published").order_by("closes_on"))
    ids = [row.pk for row in found]
    waiting = dict(
        Tally.objects.filter(consultation_id__in=ids, facet="state", key="received").values_list("consultation_id", "count")
    )
    assigned = Opinion.objects.filter(
        consultation_id__in=ids, state=Opinion.State.RECEIVED, assignee__isnull=False
    ).values_list("consultation_id")
    mine = dict(assigned.filter(assignee_id=actor.id).annotate(n=Count("id")).order_by())
    others = dict(assigned.exclude(assignee_id=actor.id).annotate(n=Count("id")).order_by())
    return [
        WorkLine(
            row.slug, row.title, row.case.state, waiting.get(row.pk, 0), mine.get(row.pk, 0), others.get(row.pk, 0),
            row.closes_on,
        )
        for row in found
    ]


def appeals(actor: Actor) -> list[Moderation]:
    """Return the appeals that wait in the actor's organs. Raises NotAllowed."""
    demand(actor, "opinion.appeal")
    organs = {office.organ for office in actor.offices if may(actor, "opinion.appeal", organ=office.organ)}
    found = Moderation.objects.filter(
        state=Moderation.State.APPEALED, opinion__consultation__case__organ_id__in=organs
    )
    return list(found.select_related("by", "opinion__consultation").order_by("appealed_at"))


def moderation_counts(first: date, until: date) -> dict[date, dict[str, int]]:
    """Return month -> ground -> opinions withheld, with appeals that reversed it under 'reversed' (S11, 2 statements).

    `first` and `until` are first days of months in local time; `until` is left out.
    """
    start, end = (timezone.make_aware(datetime(day.year, day.month, day.day)) for day in (first, until))
    made = Moderation.objects.filter(at__gte=start, at__lt=end).values_list(TruncMonth("at"), "ground")
    reversed_ = Moderation.objects.filter(
        state=Moderation.State.REVERSED, appeal_decided_at__gte=start, appeal_decided_at__lt=end
    ).values_list(TruncMonth("appeal_decided_at"))
    counts: dict[date, dict[str, int]] = {}
    for month, ground, number in made.annotate(n=Count("id")).order_by():
        counts.setdefault(month.date(), {})[ground] = number
    for month, number in reversed_.annotate(n=Count("id")).order_by():
        counts.setdefault(month.date(), {})["reversed"] = number
    return counts
