"""What the views of the desk, the chamber and the analysis share: rendering with the actor's permissions, redirects after a post, reading of fields."""

import datetime
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from quancheng.people.permissions import Actor, may


def actor_of(request: HttpRequest) -> Actor:
    """Return who acts in this request."""
    return request.actor  # type: ignore[attr-defined]  # set by the Sessions middleware


def organs_of(actor: Actor) -> set[str]:
    """Return the codes of the organs for which the actor holds an office."""
    return {office.organ for office in actor.offices}


def sites_of(actor: Actor) -> list[str]:
    """Return the codes of the sites at which the actor is on the roster."""
    return sorted({office.site for office in actor.offices if office.role == "site_staff" and office.site})


def show(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """Render a desk template. `can(permission)` and the note of the last act are at its disposal."""
    actor = actor_of(request)
    context.setdefault("faults", [])
    context["actor"] = actor
    context["can"] = lambda permission, organ=None: may(actor, permission, organ=organ)
    context["done"] = request.session.pop("desk_done", "")
    context["job_words"] = JOB_WORDS
    response = render(request, f"desk/{template}", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def go(request: HttpRequest, name: str, *args: Any, done: str = "", query: str = "") -> HttpResponse:
    """Redirect (303) to a named page after a post; `done` is said there once."""
    return go_to(request, reverse(name, args=args) + (f"?{query}" if query else ""), done=done)


def go_to(request: HttpRequest, path: str, *, done: str = "") -> HttpResponse:
    """Redirect (303) to a path of this site after a post; `done` is said there once."""
    if done:
        request.session["desk_done"] = done
    response = HttpResponseRedirect(path)
    response.status_code = 303
    return response


def back_path(raw: str, otherwise: str) -> str:
    """Return `raw` when it is a path of the desk, else `otherwise`; nobody is led off the site."""
    safe = raw.startswith("/desk/") and "\\" not in raw and "//" not in raw and "\n" not in raw and "\r" not in raw
    return raw if safe else otherwise


def field(request: HttpRequest, name: str) -> str:
    """Return a posted field without spaces at its edges; '' when it is not there."""
    return request.POST.get(name, "").strip()


def ids(request: HttpRequest, name: str) -> list[int]:
    """Return the posted whole numbers of a repeated field; what is no number is left out."""
    return [int(raw) for raw in request.POST.getlist(name) if raw.isascii() and raw.isdigit() and len(raw) < 19]


def whole(raw: str | None, otherwise: int = 0) -> int:
    """Return the whole number in `raw`, else `otherwise`."""
    raw = (raw or "").strip()
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 19 else otherwise


def day(raw: str | None) -> datetime.date | None:
    """Return the date written as 2026-03-05, or None."""
    try:
        return datetime.date.fromisoformat((raw or "").strip())
    except ValueError:
        return None


def download(data: bytes, name: str, kind: str) -> HttpResponse:
    """Return a file to save; `name` may be Chinese (RFC 6266, RFC 8187)."""
    response = HttpResponse(data, content_type=kind)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    response["Cache-Control"] = "no-store"
    return response


JOB_WORDS = {"consultations.import": "批量导入意见", "consultations.reply": "答复提出意见的人", "analysis.topics": "归纳意见主题"}
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF = "application/pdf"
CSV = "text/csv; charset=utf-8"
