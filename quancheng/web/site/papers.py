"""Papers of a consultation: poster, result, comparison, exports, open data; and the feed."""

import csv
import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from markupsafe import Markup

from quancheng.consultations import queries
from quancheng.publications import documents
from quancheng.publications import queries as publications
from quancheng.texts import export
from quancheng.texts import queries as texts
from quancheng.texts.compare import Comparison
from quancheng.web.parts import cached, now, page, today
from quancheng.web.parts.rendering import absolute, url
from quancheng.web.site.consulting import ANSWERED, openings, results

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
KINDS = {
    "docx": DOCX, "pdf": "application/pdf", "txt": "text/plain; charset=utf-8",
    "json": "application/json; charset=utf-8", "akn": "application/akn+xml; charset=utf-8",
}  # fmt: skip


def released_report(c: Any) -> Any:
    """Return the report on a consultation that is public now (its newest released correction), or None."""
    return publications.published(f"{c.slug}-result") if c.case.state == "result_published" else None


def _download(content: bytes | str, form: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=KINDS[form])
    suffix = "xml" if form == "akn" else form
    response["Content-Disposition"] = f'attachment; filename="{name}.{suffix}"'
    return response


@page("public")
@cached
def poster(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a poster of A4 size with the QR code, to be printed and put up."""
    context = {"c": queries.consultation(slug), "address": absolute(url("consultation", slug))}
    return render(request, "site/poster.html", context)


@page("public")
@cached
def result(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the released report on the opinions received and what became of them (R1.02)."""
    c = queries.consultation(slug)
    report = released_report(c)
    if report is None:
        return render(request, "site/no_result.html", {"c": c}, status=404)
    return render(request, "site/result.html", {"c": c, "report": report, "body": Markup(documents.to_html(report.body))})  # noqa: S704  to_html escapes every word


@page("public")
@cached
def result_file(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """Hand out the released report as .docx or PDF."""
    report = released_report(queries.consultation(slug))
    if report is None or form not in ("docx", "pdf"):
        raise Http404
    made = documents.to_docx if form == "docx" else documents.to_pdf
    return _download(made(report.title, report.body), form, f"{slug}-result")


@lru_cache(maxsize=16)
def _comparison(old_id: int, new_id: int, digests: tuple[str, str]) -> Comparison:
    """Return the comparison of the two fixed versions with those digests, which never change (S13)."""
    return texts.comparison(old_id, new_id)


@page("public")
@cached
def compare(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the draft and the next version side by side, with marks."""
    c = queries.consultation(slug)
    if c.next_version is None or c.case.state not in ANSWERED or c.next_version.state != "fixed":
        raise Http404
    found = _comparison(c.version_id, c.next_version.pk, (c.version.digest, c.next_version.digest))
    context = {"c": c, "rows": found.rows, "counts": found.counts, "whole": request.GET.get("all") == "1"}
    return render(request, "site/compare.html", context)


@page("public")
@cached
def text_file(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """Hand out the draft as .docx, PDF, plain text, JSON or Akoma Ntoso."""
    if form not in KINDS:
        raise Http404
    c = queries.consultation(slug)
    return _download(export.export(texts.tree(c.version_id), form), form, slug)


def _csv_lines(rows: Iterator[dict[str, str]]) -> Iterator[str]:
    class Line:
        """A file that gives back what is written to it."""

        def write(self, words: str) -> str:
            return words

    writer, first = csv.writer(Line()), True
    for row in rows:
        if first:
            yield "\ufeff" + writer.writerow(row.keys())
            first = False
        yield writer.writerow([_harmless(value) for value in row.values()])


def _harmless(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + value
    return value


def _json_lines(rows: Iterator[dict[str, str]]) -> Iterator[str]:
    lead = "[\n"
    for row in rows:
        yield lead + json.dumps(row, ensure_ascii=False, default=str)
        lead = ",\n"
    yield "]\n" if lead == ",\n" else "[]\n"


@page("public")
def open_data(request: HttpRequest, slug: str, form: str) -> StreamingHttpResponse:
    """Stream the opinions that are public, without personal data."""
    if form not in ("csv", "json"):
        raise Http404
    rows = queries.open_data(queries.consultation(slug).pk)
    lines, kind = (_csv_lines(rows), "text/csv") if form == "csv" else (_json_lines(rows), "application/json")
    response = StreamingHttpResponse(lines, content_type=f"{kind}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{slug}-opinions.{form}"'
    return response


@page("public")
@cached
def feed(request: HttpRequest) -> HttpResponse:
    """Give the newest consultations and results as Atom (RFC 4287)."""
    listed = queries.consultations()
    items = sorted(results(listed, 50) + openings(listed, today()), key=lambda item: item.at, reverse=True)[:50]
    context = {"items": items, "updated": items[0].at if items else now()}
    return render(request, "site/feed.xml", context, content_type="application/atom+xml; charset=utf-8")
