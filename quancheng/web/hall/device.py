"""表决器: the addresses that the static pages of a device vote speak to (docs/ballots.md). JSON in, JSON out.

Posts carry no cookie's authority but keys' signatures, so they need no CSRF token; `keys` does act for the account that
is signed in, and is safe from other sites because it takes nothing but application/json under a SameSite cookie.
"""

import base64
import hashlib
import json
import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from quancheng.ballots import pages, verify
from quancheng.ballots.faults import Fault
from quancheng.people.permissions import Actor
from quancheng.voting import acts, device
from quancheng.voting import board_queries as queries
from quancheng.voting.board import OutsideHall, demand_hall
from quancheng.web import errors
from quancheng.web.parts import now, page
from quancheng.web.parts.visitors import client_address

LARGEST = 4 * 1024 * 1024
STATUS = {"credential": 404, "order": 409, "sequence": 409, "paper": 409, "clash": 409}


class BadPost(ValueError):
    """What was posted is no JSON object; nothing was taken."""


def _told(content: dict[str, Any], status: int = 200) -> JsonResponse:
    response = JsonResponse(content, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _json(request: HttpRequest) -> dict[str, Any]:
    if request.content_type != "application/json" or int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        raise BadPost(_("请用 application/json 提交。"))
    try:
        sent = json.loads(request.body)
    except (ValueError, RecursionError):
        raise BadPost(_("提交的内容不完整，请再试一次。")) from None
    if not isinstance(sent, dict):
        raise BadPost(_("提交的内容不完整，请再试一次。"))
    return sent


def _answered(act: Callable[[], dict[str, Any]]) -> JsonResponse:
    """Run an act and tell the device what came of it; a refusal has a code for the page and a sentence for people."""
    try:
        return _told(act())
    except Fault as fault:
        return _told({"fault": fault.code, "message": fault.text}, STATUS.get(fault.code, 422))
    except OutsideHall as refusal:
        return _told({"fault": "network", "message": str(refusal)}, 403)
    except ObjectDoesNotExist:
        return _told({"fault": "vote", "message": _("没有这次表决，或者表决方案还没有固定。")}, 404)
    except Exception as refusal:
        if not errors.is_refusal(refusal):
            raise
        status, sentence = errors.explain(refusal)
        return _told({"fault": "refused", "message": sentence}, status)


def _page(made: bytes, policy: str) -> HttpResponse:
    """Answer with a page whose scripts and styles are allowed by their digests and by nothing else."""
    response = HttpResponse(made, content_type="text/html; charset=utf-8")
    response["Content-Security-Policy"] = policy
    response["Cache-Control"] = "no-cache"
    return response


@page("public")
def booth(request: HttpRequest) -> HttpResponse:
    """Give the voting device's page: one file, whose SHA-256 stands in the manifest."""
    return _page(pages.booth(), pages.policy("booth"))


@page("public")
def scrutineer(request: HttpRequest) -> HttpResponse:
    """Give the scrutineer's page, to be opened on his own device."""
    return _page(pages.scrutineer(), pages.policy("scrutineer"))


@page("public")
def registrar(request: HttpRequest) -> HttpResponse:
    """Give the registrar's page: cards, roll, presence, paper."""
    return _page(pages.registrar(), pages.policy("registrar"))


@page("public")
def verifier(request: HttpRequest) -> HttpResponse:
    """Give the verifier in JavaScript, which works from the disk without a network as well."""
    made = (Path(verify.__file__).parent / "verifier.html").read_bytes()
    return _page(made, _by_digest(made))


@lru_cache(maxsize=2)
def _by_digest(made: bytes) -> str:
    def allowed(tag: bytes) -> str:
        bodies = re.findall(rb"<" + tag + rb"\b[^>]*>(.*?)</" + tag + rb">", made, re.DOTALL)
        return " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(body).digest()).decode()}'" for body in bodies)

    return "; ".join((
        "default-src 'none'", f"script-src {allowed(b'script')}", f"style-src {allowed(b'style')}", "form-action 'none'",
        "frame-ancestors 'none'", "base-uri 'none'",
    ))  # fmt: skip


@page("public")
def state(request: HttpRequest, vote_id: int) -> HttpResponse:
    """Tell where the vote stands: never a partial sum."""
    return _answered(lambda: queries.device_state(vote_id).public())


@page("public")
def standing(request: HttpRequest, vote_id: int) -> HttpResponse:
    """Tell a device where the card in it stands."""

    def found() -> dict[str, Any]:
        queries.length(vote_id)  # no such board is said to everybody
        demand_hall(client_address(request))
        card = queries.standing(vote_id, request.GET.get("credential", "")[:64])
        if card is None:
            raise Fault("credential", _("这张卡不在登记名册中"))
        return card

    return _answered(found)


@page("public")
def counted(request: HttpRequest, vote_id: int) -> HttpResponse:
    """Tell whether the ballot of an eight-character code counts as things stand."""
    code = request.GET.get("code", "")[:20]
    return _answered(lambda: {"counted": queries.is_counted(vote_id, code.replace(" ", "").replace("-", ""))})


@page("public")
def board(request: HttpRequest, vote_id: int) -> HttpResponseBase:
    """Give the events of the board from a number on, one a line: to the hall while it lasts, to all after the close."""
    start = request.GET.get("from", "0")
    number = int(start) if start.isascii() and start.isdigit() and len(start) < 8 else 0

    def length() -> dict[str, Any]:
        if queries.device_state(vote_id).state != "announced":
            demand_hall(client_address(request))
        return {"length": queries.length(vote_id)}

    answer = _answered(length)
    if answer.status_code != 200:
        return answer
    rows = (json.dumps(one, ensure_ascii=False, separators=(",", ":")) + "\n" for one in queries.lines(vote_id, number))
    response = StreamingHttpResponse(rows, content_type="application/x-ndjson; charset=utf-8")
    response["X-Board-Length"] = str(json.loads(answer.content)["length"])
    response["Cache-Control"] = "no-store"
    return response


@page("public", methods=("POST",))
@csrf_exempt
def press(request: HttpRequest, vote_id: int) -> HttpResponse:
    """Take a ballot and give the board's receipt."""
    return _answered(
        lambda: device.press(
            vote_id=vote_id, body=_part(_json(request), "ballot"), network=client_address(request), at=now()
        )
    )


@page("public", methods=("POST",))
@csrf_exempt
def audit(request: HttpRequest, vote_id: int) -> HttpResponse:
    """Take an audit ballot: opened, checked, void."""

    def act() -> dict[str, Any]:
        sent = _json(request)
        openings = sent.get("openings")
        if not isinstance(openings, list):
            raise Fault("shape", _("内容的格式不对"))
        number = device.audit(
            vote_id=vote_id, body=_part(sent, "ballot"), openings=openings, network=client_address(request), at=now()
        )
        return {"number": number}

    return _answered(act)


@page("public", methods=("POST",))
@csrf_exempt
def withdraw(request: HttpRequest, vote_id: int) -> HttpResponse:
    """Take a ballot back, signed by the voter's own card."""
    return _answered(
        lambda: {
            "number": device.withdraw(vote_id=vote_id, body=_json(request), network=client_address(request), at=now())
        }
    )


@page("public", methods=("POST",))
@csrf_exempt
def events(request: HttpRequest, vote_id: int) -> HttpResponse:
    """Take what a scrutineer or the registrar signed on his device."""

    def act() -> dict[str, Any]:
        sent = _json(request)
        number = device.post(
            vote_id=vote_id, type=str(sent.get("type", "")), body=_part(sent, "body"), network=client_address(request),
            at=now(),
        )  # fmt: skip
        return {"number": number}

    return _answered(act)


@page("public")
def paper_count(request: HttpRequest, vote_id: int) -> HttpResponse:
    """Give the paper count on which both tellers agree, for scrutineers to sign with their keys."""

    def found() -> dict[str, Any]:
        body = queries.agreed_paper(vote_id)
        demand_hall(client_address(request))
        if body is None:
            raise Fault("count", _("两名计票人的计票单还没有一致。"))
        return body

    return _answered(found)


@page("public", methods=("POST",))
@csrf_exempt
def paper_signature(request: HttpRequest, vote_id: int) -> HttpResponse:
    """Take a scrutineer's signature on the paper count; the second posts it to the board."""

    def act() -> dict[str, Any]:
        sent = _json(request)
        trustee, signature = sent.get("trustee"), sent.get("sig")
        if not isinstance(trustee, int) or not isinstance(signature, list) or not all(isinstance(s, str) for s in signature):
            raise Fault("shape", _("内容的格式不对"))
        done = acts.sign_for_board(
            vote_id=vote_id, trustee=trustee, signature=signature, network=client_address(request), at=now()
        )
        return {"posted": done}

    return _answered(act)


@page("signed_in", methods=("POST",))
@csrf_exempt
def keys(request: HttpRequest, vote_id: int) -> HttpResponse:
    """Enter the public key that the account's own device made."""

    def act() -> dict[str, Any]:
        sent = _json(request)
        duty = {"trustee": "scrutineer"}.get(str(sent.get("role")), "registrar")
        actor: Actor = request.actor  # type: ignore[attr-defined]  # set by Sessions
        official = device.register_key(vote_id=vote_id, duty=duty, key=str(sent.get("key", "")), by=actor, at=now())
        return {"number": official.number}

    return _answered(act)


def _part(sent: dict[str, Any], name: str) -> dict[str, Any]:
    part = sent.get(name)
    if not isinstance(part, dict):
        raise Fault("shape", _("内容的格式不对"))
    return part
