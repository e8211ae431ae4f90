"""对照表: two versions side by side with marks, and texts as files."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from quancheng.people.permissions import demand
from quancheng.texts import export as text_export
from quancheng.texts import queries as texts
from quancheng.texts import table as text_table
from quancheng.web import errors
from quancheng.web.parts import page
from quancheng.web.parts.showing import DOCX, PDF, actor_of, download, show

KINDS = {"docx": DOCX, "pdf": PDF, "txt": "text/plain; charset=utf-8", "json": "application/json", "akn": "application/akn+xml"}
Pieces = list[tuple[str, str]]


def _pair(request: HttpRequest, old_id: int, new_id: int) -> tuple[Any, Any]:
    """Return both versions; they must be of texts whose organ the actor may read. Raises NotAllowed."""
    old, new = texts.version(old_id), texts.version(new_id)
    for version in (old, new):
        demand(actor_of(request), "text.read", organ=version.text.case.organ_id)
    return old, new


def rows_of(old_id: int, new_id: int) -> list[tuple[Any, Pieces, Pieces]]:
    """Return each row of the comparison with the marked pieces of its old and its new side."""
    found = []
    for row in texts.comparison(old_id, new_id).rows:
        old: Pieces = [(s.op, s.text) for s in row.spans if s.op != "ins"] or ([("same", row.old_text)] if row.old_text else [])
        new: Pieces = [(s.op, s.text) for s in row.spans if s.op != "del"] or ([("same", row.new_text)] if row.new_text else [])
        found.append((row, old, new))
    return found


@page("text.read")
def compare(request: HttpRequest, old_id: int, new_id: int) -> HttpResponse:
    """Show the comparison table with word marks."""
    old, new = _pair(request, old_id, new_id)
    return show(request, "compare.html", old=old, new=new, rows=rows_of(old_id, new_id))


@page("text.read")
def compare_file(request: HttpRequest, old_id: int, new_id: int, form: str) -> HttpResponse:
    """Send the comparison table as .docx or .pdf."""
    _old, new = _pair(request, old_id, new_id)
    if form not in ("docx", "pdf"):
        return errors.handler404(request)
    title = _("%(title)s对照表") % {"title": new.title}
    made = text_table.comparison_to_docx if form == "docx" else text_table.comparison_to_pdf
    return download(made(title, texts.comparison(old_id, new_id)), f"{title}.{form}", KINDS[form])


@page("text.read")
def text_file(request: HttpRequest, version_id: int, form: str) -> HttpResponse:
    """Send a version as .docx, PDF, plain text, JSON or Akoma Ntoso."""
    version = texts.version(version_id)
    demand(actor_of(request), "text.read", organ=version.text.case.organ_id)
    if form not in KINDS:
        return errors.handler404(request)
    words = text_export.export(texts.tree(version_id), form)
    data = words.encode() if isinstance(words, str) else words
    return download(data, f"{version.title}-{version.label}.{'xml' if form == 'akn' else form}", KINDS[form])
