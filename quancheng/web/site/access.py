"""Signing in and out, for staff and deputies. Residents need no account."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters

from quancheng.people import acts as people
from quancheng.web import errors
from quancheng.web.parts import client_address, now, page, safe_next


@page("public", methods=("GET", "POST"))
@sensitive_post_parameters("password", "totp")
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for user name, password and, where set up, the second factor."""
    onward, refusal = safe_next(request, "/desk/"), errors.Refusal()
    if request.method == "POST":
        with errors.caught() as refusal:
            account = people.sign_in(
                username=request.POST.get("username", "").strip(),
                password=request.POST.get("password", ""),
                totp=request.POST.get("totp", ""),
                client=client_address(request),
                at=now(),
            )
            request.session.cycle_key()
            request.session["account"] = account
            rotate_token(request)
            return HttpResponseRedirect(onward)
    context = {"refusal": refusal, "username": request.POST.get("username", ""), "next": onward}
    response = render(request, "site/sign_in.html", context, status=refusal.status)
    response["Cache-Control"] = "no-store"
    return response


@page("public", methods=("POST",))
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session and forget its cookie."""
    request.session.flush()
    response = HttpResponseRedirect("/")
    response.delete_cookie(settings.SESSION_COOKIE_NAME)
    return response
