"""办理月报: what came in, what was answered, what is overdue, by unit. Organs, never people; accusations count nowhere."""

import csv
import datetime
import io
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from quancheng.contact import queries as contact
from quancheng.handling.figures import MonthLine
from quancheng.petitions import queries as petitions
from quancheng.suggestions import queries as suggestions
from quancheng.web.parts import cached, page, today

SECTIONS = (
    ("suggestions", "代表建议", suggestions.month), ("matters", "群众意见", contact.month),
    ("petitions", "信访", petitions.month),
)  # fmt: skip
HEAD = ("类别", "承办单位", "交办", "答复", "其中按期", "月末逾期未办")
MONTHS = 24


@dataclass(frozen=True)
class Section:
    """One kind of matter in a month."""

    key: str
    label: str
    received: int
    lines: list[MonthLine]

    def total(self, name: str) -> int:
        """Return the sum of a column."""
        return sum(getattr(line, name) for line in self.lines)


def _first(year: int, month: int) -> datetime.date:
    """Return the first day of a month of the report. Raises Http404 for one that is no month, or has not begun."""
    if not (1 <= month <= 12 and 2000 <= year <= today().year):
        raise Http404
    first = datetime.date(year, month, 1)
    if first > today():
        raise Http404
    return first


def _next(first: datetime.date) -> datetime.date:
    return (first + datetime.timedelta(days=31)).replace(day=1)


def _sections(first: datetime.date) -> list[Section]:
    """Return the sections of a month (5 statements each)."""
    return [Section(key, label, *read(first, _next(first), today())) for key, label, read in SECTIONS]


@page("public")
@cached
def months(request: HttpRequest) -> HttpResponse:
    """List the months that have a report, the newest first."""
    found = [today().replace(day=1)]
    while len(found) < MONTHS:
        found.append((found[-1] - datetime.timedelta(days=1)).replace(day=1))
    return render(request, "site/months.html", {"months": found})


@page("public")
@cached
def month(request: HttpRequest, year: int, month: int) -> HttpResponse:
    """Show a month: each kind of matter with its totals, a chart and the table of units."""
    first = _first(year, month)
    before = (first - datetime.timedelta(days=1)).replace(day=1)
    after = _next(first)
    context = {
        "first": first, "sections": _sections(first), "before": before, "after": after if after <= today() else None,
        "running": after > today(),
    }  # fmt: skip
    return render(request, "site/month.html", context)


@page("public")
@cached
def month_file(request: HttpRequest, year: int, month: int) -> HttpResponse:
    """Hand out a month's tables as CSV."""
    first, out = _first(year, month), io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEAD)
    for section in _sections(first):
        for line in section.lines:
            writer.writerow((section.label, line.unit, line.given, line.answered, line.in_time, line.overdue))
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="report-{first:%Y-%m}.csv"'
    return response
