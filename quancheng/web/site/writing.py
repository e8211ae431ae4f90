"""The one screen on which an opinion is written; what was typed is never lost."""

import re
import secrets
import time
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from quancheng.consultations import acts, queries
from quancheng.people import acts as people
from quancheng.people import queries as people_queries
from quancheng.people.permissions import Actor
from quancheng.texts import queries as texts
from quancheng.web import errors
from quancheng.web.parts import client_address, now, page, today
from quancheng.web.site.consulting import block_of, phase_of

VERIFIED_COOKIE = "phone"  # signed: this browser proved the number a short while ago
VERIFIED_SECONDS = 20 * 60
SENT_COOKIE = "sent"  # signed: what this browser handed in a short while ago, as fingerprints with receipt codes
SENT_KEPT = 10
FIELD_OF = {"BadPhone": "phone", "TooManyCodes": "phone", "WrongCode": "code"}


def field_of(refusal: errors.Refusal) -> str:
    """Return the name of the field that a refusal is about, or ''."""
    return getattr(refusal.exception, "field", "") or FIELD_OF.get(type(refusal.exception).__name__, "")


@dataclass(frozen=True)
class Draft:
    """The form as typed."""

    body: str = ""
    anchor: str = ""
    question: str = ""
    display_name: str = ""
    organisation: str = ""
    visibility: str = "shown"
    area_code: str = ""
    phone: str = ""
    code: str = ""
    submission_key: str = ""
    opened: str = ""

    @classmethod
    def read(cls, data: dict[str, str]) -> "Draft":
        """Return the fields that were sent; what is missing keeps its default."""
        draft = cls(**{f.name: data[f.name].replace("\x00", "") for f in fields(cls) if f.name in data})
        if len(draft.submission_key) < 20:  # a form of ours has one; a missing key must never find another's opinion
            return replace(draft, submission_key=secrets.token_urlsafe(24))
        return draft


def question_number(draft: Draft) -> str:
    """Return the number of the question that is answered, '' for none."""
    return draft.question if re.fullmatch(r"[0-9]{1,9}", draft.question) else ""


def opened_mark(at: datetime) -> str:
    """Return the signed moment at which the form was opened."""
    return signing.dumps(int(at.timestamp()), salt="opened")


def opened_at(mark: str) -> datetime | None:
    """Return the moment in a mark of ours, None for anything else."""
    try:
        return datetime.fromtimestamp(signing.loads(mark, salt="opened"), tz=timezone.get_default_timezone())
    except (signing.BadSignature, TypeError, ValueError):
        return None


def verified_phone(request: HttpRequest) -> str:
    """Return the number that this browser proved within the last twenty minutes, or ''."""
    try:
        return str(signing.loads(request.COOKIES.get(VERIFIED_COOKIE, ""), salt="phone", max_age=VERIFIED_SECONDS))
    except signing.BadSignature:
        return ""


def remember_phone(response: HttpResponse, phone: str) -> None:
    """Let this browser keep the proof for twenty minutes, out of reach of scripts."""
    response.set_cookie(
        VERIFIED_COOKIE, signing.dumps(phone, salt="phone"), max_age=VERIFIED_SECONDS, httponly=True,
        samesite="Lax", secure=settings.HTTPS,
    )  # fmt: skip


def masked(phone: str) -> str:
    """Return 138****1234."""
    return f"{phone[:3]}****{phone[-4:]}" if phone else ""


def prove_phone(request: HttpRequest, phone: str, code: str) -> str:
    """Return the number proved: by the code just typed, else by this browser's proof. Raises WrongCode, BadPhone."""
    known = verified_phone(request)
    if known and phone.replace(" ", "") in ("", known):
        return known
    people.check_phone_code(phone=phone, code=code, at=now())
    return phone.replace(" ", "")


def fingerprint(consultation_id: int, draft: Draft, phone: str) -> str:
    """Return a mark of who says what on which clause; nobody can read it back."""
    parts = (str(consultation_id), draft.anchor, draft.question, draft.organisation, phone, draft.body.strip())
    return salted_hmac("sent", "\x00".join(parts)).hexdigest()[:24]


def sent_before(request: HttpRequest) -> dict[str, str]:
    """Return what this browser handed in within the last twenty minutes: fingerprint -> receipt code."""
    try:
        return dict(signing.loads(request.COOKIES.get(SENT_COOKIE, ""), salt="sent", max_age=VERIFIED_SECONDS))
    except (signing.BadSignature, TypeError, ValueError):
        return {}


@page("public", methods=("GET", "POST"))
def write(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the form, send a telephone code, or hand the opinion in."""
    if request.method != "POST":
        asked = {name: request.GET.get(name, "") for name in ("anchor", "question")}
        draft = replace(Draft.read(asked), opened=opened_mark(now()))
        return _form(request, slug, draft)
    draft, consultation_id = Draft.read(request.POST.dict()), queries.consultation_key(slug)
    if request.POST.get("action") == "code":
        return _send_code(request, slug, draft)
    phone, claimed = "", draft.phone.replace(" ", "") or verified_phone(request)
    mark = fingerprint(consultation_id, draft, claimed)
    if earlier := sent_before(request).get(mark):  # he went back and sent the same words once more
        return _accepted(request, earlier)
    with errors.caught() as refusal:
        if not draft.body.strip():
            raise acts.OpinionRefused(_("请写下您的意见。"), "body")
        phone = prove_phone(request, draft.phone, draft.code)
        return _accepted(request, _hand_in(request, consultation_id, draft, phone).receipt_code, phone, mark)
    if earlier := _handed_in_already(request, consultation_id, draft, refusal):
        return _accepted(request, earlier)
    if isinstance(refusal.exception, acts.FormUsed):  # another opinion after going back: the next try is a form of its own
        draft = replace(draft, submission_key=secrets.token_urlsafe(24))
    response = _form(request, slug, draft, refusal=refusal, known=phone or verified_phone(request))
    if phone:
        remember_phone(response, phone)  # the code is used up; the next try needs none
    return response


def _accepted(request: HttpRequest, code: str, phone: str = "", mark: str = "") -> HttpResponse:
    response = HttpResponseRedirect(reverse("receipt", args=[code]) + "?new=1")
    response.status_code = 303
    if phone:
        remember_phone(response, phone)
    if mark:
        kept = [*sent_before(request).items(), (mark, code)][-SENT_KEPT:]
        response.set_cookie(
            SENT_COOKIE, signing.dumps(kept, salt="sent"), max_age=VERIFIED_SECONDS, httponly=True, samesite="Lax",
            secure=settings.HTTPS,
        )  # fmt: skip
    return response


def _handed_in_already(request: HttpRequest, consultation_id: int, draft: Draft, refusal: errors.Refusal) -> str:
    """Return the receipt code when a double click used up the code and its twin handed the opinion in, else ''."""
    if not isinstance(refusal.exception, people.WrongCode):
        return ""
    for pause in (0, 0.2, 0.6):
        time.sleep(pause)  # the twin may be about to commit
        with errors.caught():  # without a number `submit` takes nothing in; it only gives back what is there
            return str(_hand_in(request, consultation_id, draft, "").receipt_code)
    return ""


def _hand_in(request: HttpRequest, consultation_id: int, draft: Draft, phone: str) -> Any:
    as_organisation = request.POST.get("as") == "organisation"
    areas = {area.code for area in people_queries.area_choices(today())} if draft.area_code else set()
    number = question_number(draft)
    form = acts.Submission(
        channel="organisation" if as_organisation else "web",
        body=draft.body,
        submission_key=draft.submission_key[:64],
        anchor=draft.anchor[:40],
        question_id=int(number) if number else None,
        display_name="" if as_organisation else draft.display_name.strip(),
        organisation=draft.organisation.strip() if as_organisation else "",
        visibility="private" if draft.visibility == "private" else "shown",
        area_code=draft.area_code if draft.area_code in areas else "",
        phone=phone,
        consent=True,  # given by the button, under the notice (个人信息保护法 13, 17)
        opened_at=opened_at(draft.opened),
    )
    return acts.submit(consultation_id=consultation_id, form=form, by=Actor.public(), at=now())


def _send_code(request: HttpRequest, slug: str, draft: Draft) -> HttpResponse:
    shown = None
    with errors.caught() as refusal:
        shown = people.send_phone_code(phone=draft.phone, client=client_address(request), at=now())
    return _form(request, slug, draft, refusal=refusal, sent=not refusal, shown_code=shown)


def _form(
    request: HttpRequest, slug: str, draft: Draft, refusal: errors.Refusal | None = None,
    sent: bool = False, shown_code: str | None = None, known: str | None = None,
) -> HttpResponse:  # fmt: skip
    consultation = queries.consultation(slug)
    rows = texts.provisions(consultation.version_id, consultation.version.digest) if draft.anchor else []
    block = block_of(rows, draft.anchor)
    draft = draft if block else replace(draft, anchor="")  # a clause that is not there: the whole text
    known = verified_phone(request) if known is None else known
    refusal = refusal or errors.Refusal()
    name = field_of(refusal)
    number = question_number(draft)
    context = {
        "c": consultation, "draft": draft, "organisation": (request.POST or request.GET).get("as") == "organisation",
        "block": block, "question": queries.question(consultation.pk, number) if number else None,
        "label": next((row.label for row in rows if row.anchor == draft.anchor), ""),
        "areas": [(area.code, area.name) for area in people_queries.area_choices(today())],
        "faults": [(name, refusal.sentence)] if refusal else [], "fault_of": {name: refusal.sentence} if refusal else {},
        "sent": sent, "shown_code": shown_code, "known": masked(known),
        "ask_phone": not known or draft.phone.replace(" ", "") not in ("", known),
        "closed": isinstance(refusal.exception, acts.NotOpen),
        "over": phase_of(consultation, today()).key != "open" and request.method != "POST",
    }  # fmt: skip
    response = render(request, "site/write.html", context, status=refusal.status)
    response["Cache-Control"] = "no-store"
    return response
