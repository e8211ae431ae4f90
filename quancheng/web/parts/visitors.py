"""What a request says about the visitor: address, where to go next, which page of a list."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def client_address(request: HttpRequest) -> str:
    """Return the visitor's network address, for slowing down abuse; behind a proxy, what the proxy saw."""
    if settings.SECURE_PROXY_SSL_HEADER:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")[-1].strip()
        if forwarded:
            return forwarded
    return str(request.META.get("REMOTE_ADDR", ""))


def safe_next(request: HttpRequest, otherwise: str = "/") -> str:
    """Return the path in `next` if it leads to this site, else `otherwise`."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    if wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    return otherwise


def page_number(request: HttpRequest) -> int:
    """Return the number in `?page=`, 1 where it is missing or no number."""
    wanted = request.GET.get("page", "1")
    return max(1, min(int(wanted), 100_000)) if wanted.isascii() and wanted.isdigit() else 1
