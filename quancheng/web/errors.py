"""When something cannot be done: what happened, that nothing was lost, and what to do. One place for all faces."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from quancheng.people.permissions import NotAllowed

NEVER_SHOWN = ("password", "totp", "token", "phone", "code", "key", "opened", "action", "consent")
STATUS_BY_NAME = {"Conflict": 409, "TooManyCodes": 429, "NotOpen": 409, "StepRefused": 409, "EditedMeanwhile": 409}


@dataclass
class Refusal:
    """What `caught` found: nothing (falsy), or the sentence for people and the HTTP status."""

    sentence: str = ""
    status: int = 200
    exception: Exception | None = None

    def __bool__(self) -> bool:
        return self.exception is not None


def is_refusal(exception: BaseException) -> bool:
    """Tell whether an act or a query refused (its own exception class), as against a fault in the program."""
    if isinstance(exception, ObjectDoesNotExist):
        return True
    return isinstance(exception, Exception) and type(exception).__module__.startswith("quancheng.")


def explain(exception: Exception) -> tuple[int, str]:
    """Return the HTTP status and the sentence for a refusal."""
    if isinstance(exception, NotAllowed):
        return 403, str(exception)
    names = {kind.__name__ for kind in type(exception).__mro__}
    if isinstance(exception, ObjectDoesNotExist) or names & {"NotFound", "UnknownReceipt"}:
        return 404, _("没有找到您要看的内容。")
    for name, status in STATUS_BY_NAME.items():
        if name in names:
            return status, str(exception)
    return 400, str(exception)


@contextmanager
def caught() -> Iterator[Refusal]:
    """Run acts; a refusal ends the block and is told in the object that was yielded, faults go on.

    with errors.caught() as refusal:
        acts.assign(...)
    if refusal: show refusal.sentence
    """
    found = Refusal()
    try:
        yield found
    except Exception as exception:
        if not is_refusal(exception):
            raise
        found.exception = exception
        found.status, found.sentence = explain(exception)


def typed(request: HttpRequest) -> list[str]:
    """Return the words that were posted, for copying; never passwords, telephone numbers or codes."""
    if request.method != "POST":
        return []
    try:
        fields = request.POST
    except Exception:  # the body itself may be what is broken: too large, or cut off
        return []
    return [
        value
        for name, values in fields.lists()
        if not any(part in name.lower() for part in NEVER_SHOWN)
        for value in values
        if len(value.strip()) > 3
    ]


def _page(request: HttpRequest, status: int, title: str, sentence: str, advice: str) -> HttpResponse:
    context = {"title": title, "sentence": sentence, "advice": advice, "typed": typed(request)}
    response = render(request, "error.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return the page for a refusal."""
    status, sentence = explain(exception)
    if status == 404:
        return handler404(request, exception)
    if status == 403:
        return handler403(request, exception)
    return _page(request, status, _("这一步没有办成"), sentence, _("请返回上一页，按提示改正后再试。"))


def handler404(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Return the page for an address behind which there is nothing."""
    return _page(
        request, 404, _("没有找到这个页面"), _("网址可能输错了，或者内容已经移走。"), _("可以回到首页，或者用回执号查询。")
    )


def handler403(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Return the page for somebody who may not do this here."""
    signed_in = getattr(getattr(request, "actor", None), "account_id", None) is not None
    sentence = str(exception) if signed_in and isinstance(exception, NotAllowed) else _("这个页面需要登录后办理。")
    advice = _("如需要这项权限，请与本机关的系统管理员联系。") if signed_in else _("请登录后再试一次。")
    return _page(request, 403, _("没有权限"), sentence, advice)


def handler400(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Return the page for a request that cannot be read."""
    return _page(request, 400, _("没有读懂这次提交"), _("提交的内容过大或者不完整。"), _("请返回上一页再试。"))


def handler500(request: HttpRequest) -> HttpResponse:
    """Return the page for a fault of ours."""
    sentence = _("我们这边出了故障，这一次没有办成。已经取得回执的意见不受影响。")
    return _page(request, 500, _("暂时没有办成"), sentence, _("请稍后再试；仍不行时，请打电话告诉我们。"))


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Return the page for a form without a valid token: cookies are off, or the page stood open too long."""
    sentence = _("为防止他人冒用，这次提交没有通过校验。页面可能打开太久，或者浏览器没有允许 Cookie。")
    return _page(request, 403, _("请重新提交一次"), sentence, _("您写的内容在下面，可以复制后重新打开页面再提交。"))
