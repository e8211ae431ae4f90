"""征求意见: list, opening of a window, overview with figures and the steps that are open now."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from quancheng.consultations import acts
from quancheng.consultations import queries as consultations
from quancheng.legislation import acts as legislation
from quancheng.legislation import queries as bills
from quancheng.people import queries as people
from quancheng.people.permissions import demand
from quancheng.procedures import queries as procedures
from quancheng.texts import queries as texts
from quancheng.web import errors
from quancheng.web.desk.choices import consultation_states
from quancheng.web.parts import now, page, today
from quancheng.web.parts.consulting import choices, own
from quancheng.web.parts.showing import actor_of, day, field, go, organs_of, show, whole


@page("consultation.read")
def consultation_list(request: HttpRequest) -> HttpResponse:
    """List the consultations of the actor's organs, filtered by state and title."""
    state, wanted = request.GET.get("state", ""), request.GET.get("q", "").strip()
    mine = organs_of(actor_of(request))
    found = [c for c in consultations.consultations(state or None) if c.case.organ_id in mine and wanted in c.title]
    number = max(whole(request.GET.get("page"), 1), 1)
    return show(
        request, "consultations.html", rows=found[(number - 1) * 50 : number * 50], state=state, q=wanted,
        number=number, pages=-(-len(found) // 50), states=consultation_states(), names=dict(consultation_states()), total=len(found),
    )  # fmt: skip


@page("consultation.open", methods=("GET", "POST"))
def consultation_new(request: HttpRequest) -> HttpResponse:
    """Open a window on a fixed version (R1.01 立法法 40)."""
    version = texts.version(whole(request.POST.get("version") or request.GET.get("version")))
    demand(actor_of(request), "consultation.open", organ=version.text.case.organ_id)
    refusal = errors.Refusal()
    if request.method == "POST":
        with errors.caught() as refusal:
            opened = _open(request, version)
        if not refusal:
            return go(request, "desk_consultation", opened.slug, done=_("征求意见已公布。"))
    return show(
        request, "consultation_new.html", status=refusal.status, version=version, typed=request.POST, on=today(),
        sites=people.sites(today()), chosen=request.POST.getlist("sites"),
        articles=[a for a in texts.articles(version.pk)][:3],
        minimum=procedures.parameter("consultation.min_days", area=version.text.case.organ.area_id, on=today()),
        faults=[("", refusal.sentence)] if refusal else [],
    )  # fmt: skip


def _open(request: HttpRequest, version):  # type: ignore[no-untyped-def]  # a model of another package
    """Call the act with the fields as they were typed; a bill takes its own step with it (R1.01)."""
    opens_on, closes_on = day(field(request, "opens_on")), day(field(request, "closes_on"))
    if opens_on is None or closes_on is None:
        raise acts.ConsultationRefused(_("请填写开始日期和截止日期。"))
    words = ("title", "summary", "slug", "short_window_decision", "contact", "address", "telephone", "email")
    opening = legislation.open_consultation if bills.bill_of_case(version.text.case_id) else acts.open_consultation
    return opening(
        subject_case_id=version.text.case_id, version_id=version.pk, opens_on=opens_on, closes_on=closes_on,
        site_codes=request.POST.getlist("sites"), questions=questions(request.POST.get("questions", "")),
        by=actor_of(request), at=now(), **{name: field(request, name) for name in words},
    )  # fmt: skip


def questions(raw: str) -> list[tuple[str, str]]:
    """Read questions, one a line, as (words, anchor); a line may begin with an anchor: `a12: 是否合适`."""
    found = []
    for line in raw.splitlines():
        anchor, colon, words = line.strip().replace("：", ":", 1).partition(":")
        named = colon and anchor.isascii() and anchor[:1].isalpha() and " " not in anchor
        if line.strip():
            found.append((words.strip(), anchor) if named else (line.strip(), ""))
    return found


STEPS = {  # the declared steps that are taken on this page; publishing goes through the review
    "open": acts.open_waiting, "close": acts.close, "sort": acts.mark_sorted, "decide": acts.mark_decided,
    "reply": acts.request_reply,
}  # fmt: skip


def _charts(found: Any, figures: dict[str, dict[str, int]]) -> list[tuple[str, list[tuple[str, int]]]]:
    """Return (caption, rows) for the bar charts; clauses in reading order, the others by size."""
    words, labels = choices(), texts.anchors(found.version_id)
    clauses, areas = figures.get("anchor", {}), figures.get("area", {})
    names = people.area_names(set(areas))
    order = ["", *labels]

    def named(facet: str, pairs: list[tuple[str, str]]) -> list[tuple[str, int]]:
        counts = figures.get(facet, {})
        return [(label, counts[key]) for key, label in pairs if counts.get(key)]

    return [
        (_("按渠道"), named("channel", words.channels)),
        (_("按条文"), [(labels.get(key, _("全文")), clauses[key]) for key in order if clauses.get(key)]),
        (_("按地区"), [(names.get(key, _("未填写")), n) for key, n in sorted(areas.items(), key=lambda row: -row[1])]),
        (_("按状态"), named("state", words.states)),
        (_("按决定"), named("decision", words.decisions)),
    ]


@page("consultation.read", methods=("GET", "POST"))
def consultation(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a consultation whole: thread, figures, open steps; take a step."""
    found, actor, refusal = own(request, slug), actor_of(request), errors.Refusal()
    if request.method == "POST":
        with errors.caught() as refusal:
            step = STEPS.get(field(request, "step"))
            if step is None:
                raise acts.ConsultationRefused(_("没有这一步。"))
            if field(request, "step") == "reply" and field(request, "sure") != "yes":
                raise acts.ConsultationRefused(_("答复发出后不能收回，请勾选确认后再办理。"))
            made = step(consultation_id=found.pk, by=actor, at=now())
        if not refusal and step is acts.request_reply:
            return go(request, "desk_job", made, query=f"back=/desk/consultations/{slug}/")
        if not refusal:
            return go(request, "desk_consultation", slug, done=_("已办理，记入全程轴。"))
        found = consultations.consultation(slug)
    figures = consultations.report_figures(found.pk)
    return show(
        request, "consultation.html", status=refusal.status, c=found, doable=STEPS,
        total=sum(figures.get("channel", {}).values()), charts=_charts(found, figures),
        state_label=dict(consultation_states()).get(found.case.state, found.case.state),
        thread=procedures.thread(found.case, today()), steps=procedures.open_steps(found.case, actor),
        faults=[("", refusal.sentence)] if refusal else [],
    )  # fmt: skip
