"""代表建议的录入和交办: paper forms taken in after a dry run, sessions, checking and assigning many, like ones answered together."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from quancheng.handling import acts as handling_acts
from quancheng.handling import queries as handling
from quancheng.people.permissions import NotAllowed, may
from quancheng.suggestions import acts
from quancheng.suggestions import queries as suggestions
from quancheng.web import errors
from quancheng.web.parts import now, page, today
from quancheng.web.parts.showing import DOCX, XLSX, actor_of, day, download, field, go, ids, show, whole

BLANKS = {
    "xlsx": (suggestions.blank_table, "代表建议录入样表.xlsx", XLSX),
    "docx": (suggestions.blank_form, "代表建议专用纸.docx", DOCX),
}


def office_of(request: HttpRequest, permission: str) -> str:
    """Return the office for which the actor does this. Raises NotAllowed."""
    actor = actor_of(request)
    found = next((o.organ for o in actor.offices if may(actor, permission, organ=o.organ)), "")
    if not found:
        raise NotAllowed(permission)
    return found


@page("suggestion.import", methods=("GET", "POST"))
def imports(request: HttpRequest) -> HttpResponse:
    """Check files of paper forms; nothing is taken in until somebody has seen what would be."""
    organ, refusal, batch = office_of(request, "suggestion.import"), errors.Refusal(), None
    if request.method == "POST":
        with errors.caught() as refusal:
            files = [(file.name or "", file.read()) for file in request.FILES.getlist("files")]
            batch = acts.check_files(
                files=files, organ=organ, session_id=whole(field(request, "session")) or None, by=actor_of(request), at=now()
            )
    if batch is not None:
        return go(request, "desk_suggestion_batch", batch.pk)
    return show(
        request, "suggestion_imports.html", status=refusal.status, typed=request.POST,
        batches=suggestions.batches(organ, actor_of(request)),
        sessions=[(one.pk, one.name) for one in suggestions.sessions(organ)],
        faults=[("files", refusal.sentence)] if refusal else [],
    )


@page("suggestion.import", methods=("GET", "POST"))
def batch(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Show the dry run: what is wrong where, or what would be taken in; take it in whole or not at all."""
    found, refusal, made = suggestions.batch(batch_id, actor_of(request)), errors.Refusal(), []
    if request.method == "POST":
        with errors.caught() as refusal:
            made = acts.import_batch(batch_id=batch_id, by=actor_of(request), at=now())
        if not refusal:
            words = _("已录入%(n)s件。建议的承办单位只作参考，请审核后交办。") % {"n": len(made)}
            return go(request, "desk_suggestions_assign", done=words)
    rows: list[suggestions.Preview] = []
    if found.state == "checked" and not refusal:
        with errors.caught() as refusal:
            rows = suggestions.preview(found, now())
    return show(
        request, "suggestion_batch.html", status=refusal.status, batch=found, rows=rows,
        faults=[("", refusal.sentence)] if refusal else [],
    )


@page("suggestion.import")
def blank(request: HttpRequest, form: str) -> HttpResponse:
    """Send the blank form or the sample table that the import reads."""
    make, name, kind = BLANKS.get(form, BLANKS["xlsx"])
    return download(make(), name, kind)


@page("suggestion.check", methods=("GET", "POST"))
def sessions(request: HttpRequest) -> HttpResponse:
    """Enter a session of the congress, with the last day on which motions are taken (R7.01)."""
    organ, refusal = office_of(request, "suggestion.check"), errors.Refusal()
    if request.method == "POST":
        with errors.caught() as refusal:
            days = [day(field(request, name)) for name in ("opens_on", "closes_on", "motions_until")]
            if None in days:
                raise acts.SuggestionRefused(_("请填写会议开始、结束和议案截止的日期。"), "opens_on")
            opens, closes, motions = [one for one in days if one is not None]
            acts.open_session(
                organ=organ, name=field(request, "name"), opens_on=opens, closes_on=closes, motions_until=motions,
                by=actor_of(request), at=now(),
            )  # fmt: skip
        if not refusal:
            return go(request, "desk_suggestion_sessions", done=_("会议已登记。会期内提交的建议按会议编号。"))
    return show(
        request, "suggestion_sessions.html", status=refusal.status, sessions=suggestions.sessions(organ), typed=request.POST,
        faults=[(getattr(refusal.exception, "field", ""), refusal.sentence)] if refusal else [],
    )


@page("suggestion.assign", methods=("GET", "POST"))
def assigning(request: HttpRequest) -> HttpResponse:
    """Check and assign many on one page; the units shown are proposals until a person presses the button (R7.04)."""
    actor, organ = actor_of(request), office_of(request, "suggestion.assign")
    done: list[acts.Done] = []
    if request.method == "POST":
        with errors.caught() as refusal:
            done = _many(request)
        if refusal:
            return _assigning(request, actor, organ, done, refusal)
        good = sum(line.ok for line in done)
        if good == len(done):
            check = field(request, "do") == "check"
            words = _("已审核%(n)s件，可以交办。") if check else _("已交办%(n)s件，各单位的期限开始计算。")
            return go(request, "desk_suggestions_assign", done=words % {"n": good})
    return _assigning(request, actor, organ, done, errors.Refusal())


def _many(request: HttpRequest) -> list[acts.Done]:
    """Check or assign what was picked; what is refused is told line by line."""
    picked = ids(request, "pick")
    who: dict[str, Any] = {"by": actor_of(request), "at": now()}
    if not picked:
        raise acts.SuggestionRefused(_("请先勾选要办理的建议。"))
    if field(request, "do") == "check":
        return acts.check_many(suggestion_ids=picked, **who)
    orders = [
        acts.Order(
            pk, lead=field(request, f"lead-{pk}"), complex=field(request, f"complex-{pk}") == "yes",
            assisting=tuple(code for code in request.POST.getlist(f"assist-{pk}") if code),
            moves=whole(field(request, f"moves-{pk}"), -1),
        )
        for pk in picked
    ]
    return acts.assign_many(orders=orders, note=field(request, "note"), **who)


def _assigning(
    request: HttpRequest, actor: Any, organ: str, done: list[acts.Done], refusal: errors.Refusal
) -> HttpResponse:
    number = max(whole(request.GET.get("page"), 1), 1)
    checked = suggestions.office_list(organ, actor, suggestions.Filters(state="checked", kind="suggestion"), number)
    submitted = suggestions.office_list(organ, actor, suggestions.Filters(state="submitted", kind="suggestion"), number)
    failed = {line.suggestion_id: line.message for line in done if not line.ok}
    proposed = suggestions.proposals_for(checked.rows, today())
    return show(
        request, "suggestions_assign.html", status=refusal.status if refusal else 409 if failed else 200, typed=request.POST,
        checked=checked, submitted=submitted, failed=failed, good=sum(line.ok for line in done), proposed=proposed,
        units=[(unit.pk, unit.name) for unit in handling.units(today())], picked=set(ids(request, "pick")), number=number,
        pages=-(-max(checked.total, submitted.total) // suggestions.PAGE),
        faults=[("", refusal.sentence)] if refusal else [],
    )  # fmt: skip


@page("suggestion.check", methods=("GET", "POST"))
def alike(request: HttpRequest) -> HttpResponse:
    """Show groups of like suggestions; a person decides that one unit answers them together (S10)."""
    organ, refusal = office_of(request, "suggestion.check"), errors.Refusal()
    if request.method == "POST":
        with errors.caught() as refusal:
            head, members = whole(field(request, "head")), ids(request, "member")
            handling_acts.bundle(
                head_id=head, member_ids=members, reason=field(request, "reason"), by=actor_of(request), at=now()
            )
        if not refusal:
            words = _("已并案。牵头件签发答复时，各件同时答复，由各自的代表分别测评。")
            return go(request, "desk_suggestions_alike", done=words)
    return show(
        request, "suggestions_alike.html", status=refusal.status, typed=request.POST, members=set(ids(request, "member")),
        groups=suggestions.alike(organ, actor_of(request)), head=whole(field(request, "head")),
        faults=[("", refusal.sentence)] if refusal else [],
    )  # fmt: skip
