"""意见办理: the work list with its filters, what is done to many at once, and the export."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from quancheng.consultations import acts
from quancheng.consultations import queries as consultations
from quancheng.people import queries as people
from quancheng.texts import queries as texts
from quancheng.web import errors
from quancheng.web.desk.choices import article_choices
from quancheng.web.desk.opinions import panel_context
from quancheng.web.parts import now, page, today
from quancheng.web.parts.consulting import choices, own, reason_of
from quancheng.web.parts.sheets import sheet
from quancheng.web.parts.showing import (
    actor_of,
    back_path,
    field,
    go_to,
    ids,
    show,
    whole,
)

FILTERS = ("anchor", "site", "state", "channel", "decision", "assignee", "q", "sort")
SORTS = (("", "新到的在前"), ("old", "先到的在前"), ("clause", "按条文"), ("site", "按站点"), ("state", "按状态"), ("channel", "按渠道"))
COLUMNS = (
    ("clause", "条文"), ("channel", "渠道"), ("site", "站点"), ("area", "地区"), ("received", "收到"),
    ("state", "状态"), ("decision", "决定"), ("assignee", "承办人"),
)  # fmt: skip
USUAL = [key for key, _label in COLUMNS if key != "area"]
BESIDE = ["clause", "channel", "state", "decision"]  # what has room beside an opened record


def filters_of(request: HttpRequest) -> consultations.Filters:
    """Read the filters from the address; what is not understood does not filter."""
    raw = {name: request.GET.get(name, "").strip()[:100] for name in FILTERS}
    return consultations.Filters(
        anchor=raw["anchor"] or None, site=raw["site"] or None, state=raw["state"] or None,
        channel=raw["channel"] or None, decision=raw["decision"] or None, text=raw["q"],
        assignee_id=whole(raw["assignee"]) or None, sort=raw["sort"],
    )  # fmt: skip


@page("opinion.read", methods=("GET", "POST"))
def opinions(request: HttpRequest, slug: str) -> HttpResponse:
    """THE work list: fifty a page, the record beside it, one act on all that are selected."""
    found, refusal = own(request, slug, "opinion.read"), errors.Refusal()
    here = request.get_full_path()
    if request.method == "POST":
        with errors.caught() as refusal:
            done = bulk(request, found)
        if not refusal:
            return go_to(request, back_path(here, f"/desk/consultations/{slug}/opinions/"), done=done)
    return _list(request, found, refusal)


def _list(request: HttpRequest, found: Any, refusal: errors.Refusal) -> HttpResponse:
    number, actor = max(whole(request.GET.get("page"), 1), 1), actor_of(request)
    query = request.GET.copy()
    for name in ("open", "page"):
        query.pop(name, None)
    opened = whole(request.GET.get("open"))
    chosen = request.GET.getlist("column") or USUAL
    later, version = next_version(found), found.version
    panel = panel_context(opened, actor) if opened else None
    if panel and panel["o"].consultation_id != found.pk:  # an address put together by hand
        panel = None
    return show(
        request, "opinions.html", status=refusal.status, c=found, query=query.urlencode(), number=number, today=today(),
        page=consultations.desk_list(found.pk, filters_of(request), actor, number), get=request.GET,
        columns=BESIDE if opened and chosen == USUAL else chosen, ticked=chosen, all_columns=COLUMNS, labels={p.anchor: p.label for p in texts.provisions(version.pk, version.digest)}, choices=choices(),
        articles=article_choices(version.pk, version.digest), next_articles=article_choices(later.pk, later.digest) if later else [],
        colleagues=people.colleagues(found.case.organ_id, today()), templates=consultations.templates(found.case.organ_id),
        selected=set(ids(request, "opinion")), typed=request.POST, sites=found.sites.all(), sorts=SORTS,
        panel=panel, faults=[("", refusal.sentence)] if refusal else [],
    )  # fmt: skip


def next_version(found: Any) -> Any:
    """Return the version after the one asked about, where opinions may have gone; None when there is none."""
    following = [v for v in texts.versions(found.version.text_id) if v.number == found.version.number + 1]
    return following[0] if following else None


def bulk(request: HttpRequest, found: Any) -> str:
    """Do to all selected opinions what the pressed button says; return the sentence of success."""
    chosen = ids(request, "opinion")
    who: dict[str, Any] = {"by": actor_of(request), "at": now()}
    if not chosen:
        raise acts.DecisionRefused(_("请先选择意见。"))
    match field(request, "do"):
        case "assign":
            count = acts.assign(opinion_ids=chosen, assignee_id=whole(field(request, "assignee")) or None, **who)
            return _("已分配%(n)s条意见。") % {"n": count or len(chosen)}
        case "merge":
            leader = whole(field(request, "leader"))
            acts.merge(leader_id=leader, opinion_ids=[i for i in chosen if i != leader], **who)
            return _("已并入。每一位作者都会收到同样的答复。")
        case "link":
            later = next_version(found)
            acts.link_change(
                opinion_ids=chosen, version_id=later.pk if later else 0, anchor=field(request, "new_anchor"), **who
            )
            return _("已记下这些意见改变了哪一条。")
    count = acts.decide(
        opinion_ids=chosen, decision=field(request, "decision"), reason=reason_of(request, found.case.organ_id),
        moves=moves_of(request), **who,
    )  # fmt: skip
    return _("已对%(n)s条意见作出决定。") % {"n": count}


def moves_of(request: HttpRequest) -> dict[int, int]:
    """Return, for each opinion, how often it had been moved when this page was made: `moves-<id>` fields."""
    return {i: whole(field(request, f"moves-{i}")) for i in ids(request, "opinion") if f"moves-{i}" in request.POST}


HEAD = ("公开编号", "收到时间", "渠道", "站点", "地区", "条文", "意见", "规范表述", "状态", "决定", "理由", "承办人", "显示名")


def _rows(found: Any, request: HttpRequest) -> list[list[str]]:
    """Return the filtered opinions as rows of words, without identities (S01)."""
    labels = texts.anchors(found.version_id)
    return [_row(opinion, labels) for opinion in consultations.desk_all(found.pk, filters_of(request), actor_of(request))]


def _row(o: Any, labels: dict[str, str]) -> list[str]:
    return [
        o.public_id, o.received_at.astimezone().strftime("%Y-%m-%d %H:%M"), str(o.get_channel_display()),
        o.site.name if o.site else "", o.area.name if o.area else "", labels.get(o.anchor, "全文"), o.body,
        o.legal_wording, str(o.get_state_display()), str(o.get_decision_display()), o.reason,
        o.assignee.name if o.assignee else "", o.display_name,
    ]  # fmt: skip


@page("opinion.read")
def export(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """Send the filtered list as a spreadsheet; words stay words, never formulas."""
    found = own(request, slug, "opinion.read")
    return sheet(HEAD, _rows(found, request), f"{found.title}-意见", form)
