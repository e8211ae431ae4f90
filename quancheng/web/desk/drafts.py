"""文本: take in a draft, mend it until every line has its place, fix it, draft the next version, compare."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from quancheng.legislation import acts as legislation
from quancheng.legislation import queries as bills
from quancheng.people.permissions import demand, may
from quancheng.texts import acts as texts_acts
from quancheng.texts import queries as texts
from quancheng.texts.read import read_file
from quancheng.web import errors
from quancheng.web.parts import now, page
from quancheng.web.parts.showing import actor_of, field, go, organs_of, show, whole


@page("text.read")
def text_list(request: HttpRequest) -> HttpResponse:
    """List the texts of the actor's organs with their versions; `q` searches the title."""
    wanted = request.GET.get("q", "").strip()
    found = texts.texts(organs_of(actor_of(request)))
    if wanted:
        found = found.filter(title__icontains=wanted[:100])
    number = max(whole(request.GET.get("page"), 1), 1)
    total = found.count()
    rows = found[(number - 1) * 50 : number * 50]
    return show(request, "texts.html", texts=rows, q=wanted, number=number, pages=-(-total // 50), total=total)


def _uploaded(request: HttpRequest, name: str) -> tuple[str, str]:
    """Return (text, file name) of an uploaded file or of the pasted field. Raises what the reader raises."""
    file = request.FILES.get(name + "_file")
    if file is None:
        return request.POST.get(name, "").replace("\r\n", "\n"), ""
    return read_file(file.read(), file.name or ""), file.name or ""


def _organ(request: HttpRequest, permission: str) -> str:
    """Return the organ for which the actor acts here: his first office that holds the permission."""
    actor = actor_of(request)
    held = [office.organ for office in actor.offices if may(actor, permission, organ=office.organ)]
    return held[0] if held else ""


@page("bill.open", methods=("GET", "POST"))
def text_new(request: HttpRequest) -> HttpResponse:
    """Take in a draft as a bill (R2.01 立法法 81)."""
    refusal, source, explanation = errors.Refusal(), request.POST.get("source", ""), request.POST.get("explanation", "")
    if request.method == "POST":
        with errors.caught() as refusal:
            source, name = _uploaded(request, "source")
            explanation, _name = _uploaded(request, "explanation")
            bill = legislation.submit_bill(
                title=field(request, "title"), field=field(request, "field"), sponsor=field(request, "sponsor"),
                granting_law=field(request, "granting_law"), organ=_organ(request, "bill.open"), source=source,
                explanation=explanation, imported_from=name or _("粘贴"), by=actor_of(request), at=now(),
            )  # fmt: skip
        if not refusal:
            version = texts.versions(bill.case.legal_text.pk)[0]
            return go(request, "desk_text", version.pk, done=_("草案已导入，请核对识别出的条文。"))
    return show(
        request, "text_new.html", status=refusal.status, fields=bills.fields(), typed=request.POST, source=source,
        explanation=explanation, faults=[("", refusal.sentence)] if refusal else [],
    )  # fmt: skip


@page("text.read", methods=("GET", "POST"))
def text(request: HttpRequest, version_id: int) -> HttpResponse:
    """Show a version: its source beside what was recognised in it, and mend, fix or explain it."""
    version, refusal = texts.version(version_id), errors.Refusal()
    demand(actor_of(request), "text.read", organ=version.text.case.organ_id)
    if request.method == "POST":
        with errors.caught() as refusal:
            done = _change(request, version_id)
        if not refusal:
            return go(request, "desk_text", version_id, done=done)
    tree = texts.tree(version_id)
    versions = texts.versions(version.text_id)
    return show(
        request, "text.html", status=refusal.status, version=version, versions=versions,
        provisions=texts.provisions(version_id), unplaced=tree.unplaced, doubts=tree.doubts,
        source=request.POST.get("source") or version.source,
        explanation=request.POST.get("explanation") or version.explanation,
        edits=version.edits, previous=next((v for v in versions if v.number == version.number - 1), None),
        newest=version.number == versions[-1].number,
        doubtful=[(v, len(texts.matches(v.pk, version.pk, "doubtful"))) for v in versions if v.number == version.number - 1],
        faults=[("", refusal.sentence)] if refusal else [],
    )  # fmt: skip


def _change(request: HttpRequest, version_id: int) -> str:
    """Do what the pressed button says; return the sentence of success."""
    who: dict[str, Any] = {"version_id": version_id, "by": actor_of(request), "at": now()}
    match field(request, "do"):
        case "fix":
            texts_acts.fix_version(**who)
            return _("已定稿。定稿后的文本不能再改，摘要已记入台账。")
        case "explain":
            words, _name = _uploaded(request, "explanation")
            texts_acts.set_explanation(explanation=words, **who)
            return _("草案说明已保存。")
    source, _name = _uploaded(request, "source")
    texts_acts.edit_source(source=source, edits=whole(field(request, "edits")), **who)
    return _("已保存并重新识别。")


@page("text.edit", methods=("GET", "POST"))
def text_next(request: HttpRequest, version_id: int) -> HttpResponse:
    """Draft the version after a fixed one, beginning with its words."""
    version, refusal = texts.version(version_id), errors.Refusal()
    demand(actor_of(request), "text.edit", organ=version.text.case.organ_id)
    source, explanation = request.POST.get("source", version.source), request.POST.get("explanation", "")
    if request.method == "POST":
        with errors.caught() as refusal:
            source, _name = _uploaded(request, "source")
            explanation, _name = _uploaded(request, "explanation")
            drafted = texts_acts.draft_next(
                version_id=version_id, source=source, label=field(request, "label") or _("修改稿"),
                explanation=explanation, by=actor_of(request), at=now(),
            )  # fmt: skip
        if not refusal:
            return go(request, "desk_matches", version_id, drafted.pk, done=_("下一版本已起草，请确认条文对应。"))
    return show(
        request, "text_next.html", status=refusal.status, version=version, source=source, explanation=explanation,
        label=request.POST.get("label", _("草案修改稿")), faults=[("", refusal.sentence)] if refusal else [],
    )  # fmt: skip


@page("text.read", methods=("GET", "POST"))
def matches(request: HttpRequest, old_id: int, new_id: int) -> HttpResponse:
    """Show where each provision went, doubtful ones first, and confirm one by name."""
    old, new, refusal = texts.version(old_id), texts.version(new_id), errors.Refusal()
    demand(actor_of(request), "text.read", organ=new.text.case.organ_id)
    if request.method == "POST":
        with errors.caught() as refusal:
            texts_acts.confirm_match(
                match_id=whole(field(request, "match")), new_anchor=field(request, "new_anchor"),
                by=actor_of(request), at=now(),
            )  # fmt: skip
        if not refusal:
            return go(request, "desk_matches", old_id, new_id, done=_("对应关系已确认。"))
    before, after = ({p.anchor: p for p in texts.provisions(pk)} for pk in (old_id, new_id))
    lines = [(row, before.get(row.old_anchor), after.get(row.new_anchor)) for row in texts.matches(old_id, new_id)]
    words = {
        row.pk: (texts.words_under(list(before.values()), row.old_anchor), texts.words_under(list(after.values()), row.new_anchor))
        for row, _was, _now in lines if row.state == "doubtful"
    }  # fmt: skip
    return show(
        request, "matches.html", status=refusal.status, old=old, new=new, after=list(after.values()), words=words,
        doubtful=[line for line in lines if line[0].state == "doubtful"],
        others=_named_once([line for line in lines if line[0].state != "doubtful"]),
        faults=[("", refusal.sentence)] if refusal else [],
    )  # fmt: skip


def _named_once(lines: list[Any]) -> list[Any]:
    """Leave out what reads like the line before it: the only paragraph of an article bears the article's name."""
    kept: list[Any] = []
    seen: tuple[str, ...] = ()
    for line in lines:
        match, was, is_now = line
        names = (was.label if was else match.old_anchor, is_now.label if is_now else "", match.state)
        if names != seen:
            kept.append(line)
        seen = names
    return kept
