"""Middleware: headers that keep strangers out, sessions that cost nothing to those without one, permissions."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import reverse

from quancheng.people import queries as people
from quancheng.people.permissions import Actor, NotAllowed, demand
from quancheng.web import errors
from quancheng.web.parts.moments import today

POLICY = "; ".join(
    (
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:",
        "connect-src 'self'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'",
        "manifest-src 'self'",
    )
)  # fmt: skip
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "private, no-cache",
}
GetResponse = Callable[[HttpRequest], HttpResponseBase]


class SecurityHeaders:
    """Add the content security policy and its companions to every answer."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if settings.HTTPS:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return response


class Sessions(SessionMiddleware):
    """Django's session, and `request.actor`: who acts. Without a session cookie it runs no SQL."""

    def process_request(self, request: HttpRequest) -> None:
        """Set request.session and request.actor (2 SQL statements with a cookie, none without)."""
        super().process_request(request)
        request.actor = Actor.public()  # type: ignore[attr-defined]  # our own name on Django's request
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            account = request.session.get("account")
            if account is not None:
                request.actor = people.actor_for(account, today())  # type: ignore[attr-defined]  # as above


class Permission:
    """Demand the permission that the view declares, before it runs; turn refusals of acts into plain pages."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Return nothing to go on, or a refusal: 405, 403, or the way to the sign-in page."""
        if request.method not in view.methods:
            return HttpResponseNotAllowed(sorted(view.methods))
        if view.permission == "public":
            return None
        actor: Actor = request.actor  # type: ignore[attr-defined]  # set by Sessions
        try:
            demand(actor, view.permission)
            if view.organ_from:
                demand(actor, view.permission, organ=view.organ_from(request, kwargs))
        except NotAllowed as refusal:
            if actor.account_id is None and request.method in ("GET", "HEAD"):
                return HttpResponseRedirect(f"{reverse('sign_in')}?next={quote(request.get_full_path())}")
            return errors.refused(request, refusal)
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """Return a plain page for a refusal that a view let through; leave faults to handler500."""
        return errors.refused(request, exception) if errors.is_refusal(exception) else None
