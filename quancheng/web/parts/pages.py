"""Decorators of views: which permission a page asks, and whether strangers may share one rendering of it."""

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, URLResolver, get_resolver

from quancheng.people.permissions import PERMISSIONS

View = Callable[..., HttpResponseBase]
OrganFrom = Callable[[HttpRequest, dict[str, Any]], str | None]


def page(
    permission: str, *, organ_from: OrganFrom | None = None, methods: tuple[str, ...] = ("GET",)
) -> Callable[[View], View]:
    """Declare the permission that a view demands, and the methods that it answers.

    `organ_from(request, kwargs)` returns the code of the organ for which it is demanded, or None for any.
    GET implies HEAD. Raises ImproperlyConfigured for a permission that is not in the table.
    """
    if permission not in PERMISSIONS:
        raise ImproperlyConfigured(f"no such permission: {permission}")

    def mark(view: View) -> View:
        allowed = frozenset(methods) | ({"HEAD"} if "GET" in methods else set())
        view.__dict__.update(permission=permission, organ_from=organ_from, methods=allowed)
        return view

    return mark


def cached(view: View) -> View:
    """Mark the answer to a stranger as one for all strangers (see web/pagecache.py).

    Such a page holds no form with a CSRF token and nothing about the visitor but the size of type.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        stranger = request.actor.account_id is None  # type: ignore[attr-defined]  # set by the Sessions middleware
        if stranger and response.status_code == 200 and "Cache-Control" not in response:
            response["Cache-Control"] = "public, max-age=0, must-revalidate"
            response["Vary"] = "Cookie, Accept-Encoding"
        return response

    return answer


def _patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern)
        else:
            yield pattern


def check_pages(app_configs: Any = None, **options: Any) -> list[CheckMessage]:
    """System check: every view in the URL tree was declared with `page`."""
    return [
        Error(f"the view of {pattern.pattern} names no permission", id="web.E001")
        for pattern in _patterns(get_resolver())
        if not hasattr(pattern.callback, "permission")
    ]
