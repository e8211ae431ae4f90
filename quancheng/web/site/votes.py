"""表决结果 for everybody: what was put to the vote, how it ended, and how anybody can check it (R4.16, R9.01)."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from quancheng.voting import queries as votes
from quancheng.voting import report
from quancheng.web.parts import cached, page, page_number
from quancheng.web.parts.showing import DOCX, PDF, download


@page("public")
@cached
def listing(request: HttpRequest) -> HttpResponse:
    """List the announced votes, newest first."""
    number = page_number(request)
    rows, total = votes.announced(number)
    context = {"rows": rows, "total": total, "number": number, "pages": -(-total // 20)}
    return render(request, "site/votes.html", context)


@page("public")
@cached
def one(request: HttpRequest, vote_id: int) -> HttpResponse:
    """Show an announced vote: numbers, outcome, the rule, the names where it was taken by name."""
    return render(request, "site/vote.html", {"d": votes.public_record(vote_id)})


@page("public")
def count_report(request: HttpRequest, vote_id: int, form: str) -> HttpResponse:
    """Give the report of an announced vote's count as PDF or .docx."""
    if form not in report.FORMS:
        raise Http404
    return download(report.for_all(vote_id, form), f"计票报告.{form}", DOCX if form == "docx" else PDF)
