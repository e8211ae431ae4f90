"""A list as a spreadsheet or as CSV: words stay words, never formulas."""

import csv
import io
from collections.abc import Iterable, Sequence

import xlsxwriter
from django.http import HttpResponse

from quancheng.web.parts.showing import CSV, XLSX, download

_CELL = 32_767  # characters that a spreadsheet's cell holds


def safe_cell(words: str) -> str:
    """Return the words so that no spreadsheet takes them for a formula."""
    return "'" + words if words[:1] in ("=", "+", "-", "@", "\t", "\r") else words


def sheet(head: Sequence[str], rows: Iterable[Sequence[str]], name: str, form: str) -> HttpResponse:
    """Send rows of words under a head as a file: form "csv" or "xlsx"; the name comes without its ending."""
    if form == "csv":
        out = io.StringIO()
        csv.writer(out).writerows([head, *([safe_cell(cell) for cell in row] for row in rows)])
        return download(("\ufeff" + out.getvalue()).encode(), f"{name}.csv", CSV)
    data = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(data, options) as book:
        page = book.add_worksheet("意见")
        page.set_column(0, len(head) - 1, 16)
        for at, row in enumerate([head, *rows]):
            for column, cell in enumerate(row):
                page.write_string(at, column, cell[:_CELL])
    return download(data.getvalue(), f"{name}.{form}", XLSX)
