"""群众意见 at a station: entered on behalf with consent, the slip for the person, what became of what was sent (M52, S19)."""

import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from quancheng.contact import acts
from quancheng.contact import queries as contact
from quancheng.people import queries as people
from quancheng.people.permissions import demand
from quancheng.web import errors
from quancheng.web.desk.contacting import LIGHTS
from quancheng.web.parts import now, page, today
from quancheng.web.parts.showing import actor_of, field, go, show, sites_of, whole

CONSENTS = (
    ("signed", "本人在纸质表上签名"), ("spoken", "本人当面口头同意，有人见证"), ("guardian", "未满14周岁，监护人在场同意"),
)  # fmt: skip
VISIBILITY = (("shown", "可以公开办理情况（不显示姓名）"), ("private", "不公开"))


class NeverTyped(acts.ContactRefused):
    """The words may be an accusation: they belong on paper, into the sealed box (S02)."""


def here_of(request: HttpRequest, permission: str = "matter.enter") -> tuple[str, list[str]]:
    """Return the station that the page is about and all of the actor's. Raises NotAllowed."""
    here = sites_of(actor_of(request))
    wanted = field(request, "site") or request.GET.get("site", "")
    code = wanted if wanted in here else (here[0] if here else "")
    demand(actor_of(request), permission, site=code)
    return code, here


def _matter(request: HttpRequest, site: str) -> acts.Matter:
    """Read the form. Raises ContactRefused, NeverTyped."""
    body = request.POST.get("body", "").replace("\r\n", "\n")
    if contact.may_accuse(body) and field(request, "not_accusation") != "yes":
        raise NeverTyped(
            _("看起来是检举控告。检举控告不在这里录入：请本人写在纸上，自己投入密封箱。确实不是的，请勾选下面的确认。"), "not_accusation"
        )
    how = field(request, "consent_how")
    if how and field(request, "consent") != "yes":
        raise acts.ContactRefused(_("请向本人念一遍，本人同意提交以后勾选。"), "consent")
    if how == "spoken" and len(field(request, "witness")) < 2:
        raise acts.ContactRefused(_("口头同意的，请写明谁在场见证。"), "witness")
    return acts.Matter(
        body=body, submission_key=field(request, "key"), site=site, name=field(request, "name"), phone=field(request, "phone"),
        legal_wording=request.POST.get("legal_wording", "").replace("\r\n", "\n"), area=field(request, "area"),
        visibility=field(request, "visibility"), consent_how=how, witness=field(request, "witness"),
        pictures=tuple(file.read() for file in request.FILES.getlist("pictures")),
    )  # fmt: skip


@page("matter.enter", methods=("GET", "POST"))
def new(request: HttpRequest) -> HttpResponse:
    """Enter what somebody came to say, in his words, with his consent."""
    (site, here), refusal = here_of(request), errors.Refusal()
    if request.method == "POST":
        with errors.caught() as refusal:
            made = acts.submit(matter=_matter(request, site), by=actor_of(request), at=now())
        if not refusal:
            request.session["desk_slip"] = made.receipt_code
            return go(request, "desk_site_slip", done=_("已登记，请打印回执交给本人。"))
    place = people.site(site)
    name = str(getattr(refusal.exception, "field", ""))
    return show(
        request, "site_matter_new.html", status=refusal.status, site=place, typed=request.POST, consents=CONSENTS,
        site_choices=[(code, people.site(code).name) for code in here] if len(here) > 1 else [], visibility=VISIBILITY,
        areas=[(a.code, a.name) for a in people.areas_under(place.area_id, today())], box=contact.sealed_box(site),
        doubt=isinstance(refusal.exception, NeverTyped), key=field(request, "key") or secrets.token_hex(16),
        faults=[(name, refusal.sentence)] if refusal else [],
    )  # fmt: skip


@page("matter.enter")
def slip(request: HttpRequest) -> HttpResponse:
    """Show the slip of what was entered last, to be printed for the person."""
    code = request.session.get("desk_slip", "")
    found: Any = None
    with errors.caught():
        found = contact.receipt_page(code, today()) if code else None
    if found is not None and found.sealed:  # S02: no page of a station speaks of it any more
        found = None
    return show(request, "site_slip.html", found=found, code=code)


@page("matter.enter")
def listing(request: HttpRequest) -> HttpResponse:
    """Show what a station took in, and what became of it; made to be printed too."""
    site, here = here_of(request)
    number = max(whole(request.GET.get("page"), 1), 1)
    return show(
        request, "site_matters.html", site=people.site(site), lights=LIGHTS, box=contact.sealed_box(site),
        found=contact.station_list(site, actor_of(request), today(), number),
        sites=[people.site(code) for code in here] if len(here) > 1 else [],
    )  # fmt: skip
