"""站点平板: the page that works without a network, and the three addresses that it speaks to (M52, S19)."""

import base64
import binascii
import hashlib
import json
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import find
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from quancheng.contact import acts
from quancheng.people import queries as people
from quancheng.people.permissions import demand
from quancheng.web import errors
from quancheng.web.parts import now, page
from quancheng.web.parts.showing import actor_of, show, sites_of

CONSENTS = {"signed": "本人签名", "spoken": "本人口头同意", "guardian": "未满14周岁，监护人同意"}
VISIBILITIES = {"shown": "同意公开办理情况", "private": "不公开"}
FILES = ("quancheng.css", "desk.css", "mark.svg", "site.js", "desk.js", "tablet.js")
TEXTS = ("key", "body", "legal_wording", "name", "phone", "area", "visibility", "consent_how")


class BadParcel(ValueError):
    """What a tablet sent cannot be read; nothing of it was taken."""


@page("matter.enter")
def tablet(request: HttpRequest) -> HttpResponse:
    """Show the page that a station's tablet keeps at hand; nothing on it is anybody's words."""
    here = sites_of(actor_of(request))
    wanted = request.GET.get("site", "")
    code = wanted if wanted in here else (here[0] if here else "")
    demand(actor_of(request), "matter.enter", site=code)
    return show(
        request, "tablet.html", site=people.site(code), sites=[people.site(c) for c in here], consents=CONSENTS.items(),
        visibilities=VISIBILITIES.items(), receipts=settings.PUBLIC_URL + "/r/",
    )


@page("matter.enter")
def state(request: HttpRequest) -> HttpResponse:
    """Tell a tablet that it is signed in, and give it the token that its posts need."""
    return _told({"csrf": get_token(request)})


@page("matter.enter", methods=("POST",))
def enrol(request: HttpRequest) -> HttpResponse:
    """Enrol a tablet by the key that it made; asked again, it is the same."""
    with errors.caught() as refusal:
        sent = _parcel(request)
        acts.enrol_tablet(
            site=_text(sent, "site"), device_key=_text(sent, "device"), label=_text(sent, "label"), by=actor_of(request),
            at=now(),
        )  # fmt: skip
    return _refused(refusal) if refusal else _told({})


@page("matter.enter", methods=("POST",))
def hand_over(request: HttpRequest) -> HttpResponse:
    """Take over what a tablet kept; each item is durable before the answer says 'stored'."""
    done: list[acts.Handed] = []
    with errors.caught() as refusal:
        sent = _parcel(request)
        done = acts.hand_over(
            device_key=_text(sent, "device"), items=_items(sent), by=actor_of(request), at=now(),
            device_now=_moment(sent, "now"),
        )  # fmt: skip
    return _refused(refusal) if refusal else _told({"results": [result.__dict__ for result in done]})


def _told(content: dict[str, Any], status: int = 200) -> HttpResponse:
    response = JsonResponse(content, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _refused(refusal: errors.Refusal) -> HttpResponse:
    return _told({"reason": refusal.sentence}, refusal.status)


def _parcel(request: HttpRequest) -> dict[str, Any]:
    """Return what was posted. Raises BadParcel."""
    try:
        sent = json.loads(request.body)
    except (ValueError, RecursionError):
        raise BadParcel(_("平板交来的内容不完整，请再交一次。意见都还在平板上。")) from None
    if not isinstance(sent, dict):
        raise BadParcel(_("平板交来的内容不完整，请再交一次。意见都还在平板上。"))
    return sent


def _text(sent: dict[str, Any], name: str, otherwise: str = "") -> str:
    value = sent.get(name, otherwise)
    return value if isinstance(value, str) else otherwise


def _moment(sent: dict[str, Any], name: str) -> datetime | None:
    try:
        return parse_datetime(_text(sent, name))
    except ValueError:
        return None


def _items(sent: dict[str, Any]) -> list[acts.Item]:
    """Return the items of a parcel; what is no item is left out, and so never told to be stored."""
    rows = sent.get("items")
    return [_item(row) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _item(row: dict[str, Any]) -> acts.Item:
    raw = row.get("pictures")
    pictures = tuple(_bytes(value) for value in raw) if isinstance(raw, list) else ()
    words = {name: _text(row, name) for name in TEXTS}
    words["visibility"] = words["visibility"] or "shown"
    return acts.Item(**words, said_at=_moment(row, "said_at"), pictures=pictures)  # type: ignore[arg-type]  # TEXTS are texts


def _bytes(value: object) -> bytes:
    """Return the bytes of a picture; what is none is told as one that could not be kept."""
    try:
        return base64.b64decode(value, validate=True) if isinstance(value, str) else b""
    except (binascii.Error, ValueError):
        return b""


@page("public")
def worker(request: HttpRequest) -> HttpResponse:
    """Give the service worker: it keeps the page and its files at hand, and never what people said."""
    files = [static(name) for name in FILES]
    context = {"version": _version(), "files": files, "page_address": reverse("desk_tablet")}
    response = render(request, "desk/tablet_worker.js", context, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@lru_cache(maxsize=1)
def _version() -> str:
    """Return a digest of the files that the page needs: a new one is a new shelf."""
    digest = hashlib.sha256()
    for name in FILES:
        digest.update(Path(str(find(name))).read_bytes())
    return digest.hexdigest()[:16]


@page("public")
def manifest(request: HttpRequest) -> HttpResponse:
    """Give the manifest by which the page installs as an app."""
    address = reverse("desk_tablet")
    content = {
        "name": _("全程 · 站点平板"), "short_name": _("站点平板"), "lang": "zh-CN", "start_url": address, "scope": address,
        "display": "standalone", "background_color": "#ffffff", "theme_color": "#8c1c13",
        "icons": [{"src": static("mark.svg"), "sizes": "any", "type": "image/svg+xml"}],
    }  # fmt: skip
    return JsonResponse(content, content_type="application/manifest+json")
