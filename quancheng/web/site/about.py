"""Pages about the platform: sites, privacy, monthly counts of moderation, the ledger, the size of type."""

import datetime
import re

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quancheng.consultations import queries
from quancheng.ledger import queries as ledger
from quancheng.people import queries as people
from quancheng.publications import queries as publications
from quancheng.web.parts import cached, page, safe_next, today

TILE = re.compile(r"(?P<level>entries|[0-5]?\d)/(?P<n>(?:x\d{3}/){0,4}\d{3})(?:\.p/(?P<w>[1-9]\d{0,2}))?", re.ASCII)
COLUMNS = [
    ("prohibited", gettext_lazy("禁止发布的内容")), ("personal_data", gettext_lazy("含他人个人信息")),
    ("spam", gettext_lazy("广告或者无关重复")), ("reversed", gettext_lazy("申诉后恢复显示")),
]  # fmt: skip
MATTERS = [  # what the ledger calls it, what people read: opinions at stations and with deputies, questions on reports
    ("case.contact.withheld", gettext_lazy("决定不公开办理情况")), ("contact.matter_taken_down", gettext_lazy("公开后撤下")),
    ("contact.question_withheld", gettext_lazy("述职提问没有公开")), ("contact.matter_erased", gettext_lazy("按本人申请删除文字")),
]  # fmt: skip


@page("public")
@cached
def privacy(request: HttpRequest) -> HttpResponse:
    """Say how personal information is handled (个人信息保护法 17)."""
    return render(request, "site/privacy.html")


@page("public")
@cached
def moderation(request: HttpRequest) -> HttpResponse:
    """Show what was withheld from show, taken down or erased each month, and documents withheld now by ground (S11, S12)."""
    first = today().replace(day=1)
    months = [first]
    while len(months) < 12:
        months.append((months[-1] - datetime.timedelta(days=1)).replace(day=1))
    span = months[-1], (first + datetime.timedelta(days=31)).replace(day=1)
    drafts, matters = queries.moderation_counts(*span), ledger.month_counts([kind for kind, _label in MATTERS], *span)
    tables = [
        (label, columns, [(month, counts.get(month, {})) for month in months])
        for label, columns, counts in ((_("对草案的意见"), COLUMNS, drafts), (_("向代表和站点反映的事情"), MATTERS, matters))
    ]
    return render(request, "site/moderation.html", {"tables": tables, "documents": publications.withheld_counts()})


@page("public")
@cached
def ledger_page(request: HttpRequest) -> HttpResponse:
    """Explain the public ledger and how to check it."""
    newest = ledger.newest()
    return render(request, "site/ledger.html", {"newest": newest, "vkey": ledger.public_key()})


@page("public")
@cached
def checkpoint(request: HttpRequest) -> HttpResponse:
    """Give the newest signed checkpoint (C2SP tlog-checkpoint)."""
    return HttpResponse(ledger.checkpoint(), content_type="text/plain; charset=utf-8")


@page("public")
@cached
def tile(request: HttpRequest, tile: str) -> HttpResponse:
    """Give one tile of hashes or of entries (C2SP tlog-tiles): L/N or entries/N, where N may end in .p/W."""
    found = TILE.fullmatch(tile)
    if found is None:
        raise Http404
    index, width = int(found["n"].replace("x", "").replace("/", "")), int(found["w"] or 256)
    if found["level"] == "entries":
        content = ledger.entries_bundle(index, width)
    else:
        content = ledger.tile(int(found["level"]), index, width)
    response = HttpResponse(content, content_type="application/octet-stream")
    response["Cache-Control"] = "public, max-age=31536000, immutable"  # a tile never changes
    return response


@page("public")
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer when pages and database work (1 SQL statement)."""
    people.area_names({"0"})
    response = HttpResponse("ok\n", content_type="text/plain")
    response["Cache-Control"] = "no-store"
    return response


@page("public")
def type_size(request: HttpRequest) -> HttpResponse:
    """Keep the size of type that the visitor chose, and go back."""
    response = HttpResponseRedirect(safe_next(request))
    size = request.GET.get("size", "")
    if size in ("l", "xl"):
        response.set_cookie("type", size, max_age=365 * 86400, samesite="Lax", secure=settings.HTTPS)
    else:
        response.delete_cookie("type")
    return response
