"""站点和代表: opinions entered on a villager's behalf, what became of them; a deputy's own words."""

import secrets

from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from quancheng.consultations import acts
from quancheng.consultations import queries as consultations
from quancheng.people import queries as people
from quancheng.people.permissions import demand
from quancheng.web import errors
from quancheng.web.desk.choices import article_choices
from quancheng.web.parts import now, page
from quancheng.web.parts.showing import actor_of, field, go, show, sites_of

CONSENTS = {"signed": "本人在纸质表上签字", "spoken": "本人当面口头同意"}


class JustEntered(acts.OpinionRefused):
    """The paper form is, word for word, the one entered before it; a way back may have brought it up again."""


def form_key(request: HttpRequest, refusal: errors.Refusal) -> str:
    """Return the key of the form: the one it came with, a new one for a new form or one that was used for other words."""
    used = isinstance(refusal.exception, acts.FormUsed)
    return ("" if used else field(request, "key")) or secrets.token_hex(16)


@page("site.read")
def desk(request: HttpRequest) -> HttpResponse:
    """Show the consultations that are open at the actor's sites."""
    mine = sites_of(actor_of(request))
    blocks = []
    for code in mine:
        open_here = [c for c in consultations.consultations("open") if any(s.code == code for s in c.sites.all())]
        blocks.append((people.site(code), open_here, len(consultations.site_desk(code))))
    return show(request, "site.html", blocks=blocks)


@page("opinion.enter", methods=("GET", "POST"))
def enter(request: HttpRequest, slug: str) -> HttpResponse:
    """Enter one paper form on a villager's behalf, with his consent (S05)."""
    found, actor, refusal = consultations.consultation(slug), actor_of(request), errors.Refusal()
    here = sites_of(actor)
    site = field(request, "site") or (here[0] if here else "")
    demand(actor, "opinion.enter", site=site)
    if request.method == "POST":
        with errors.caught() as refusal:
            form = _paper(request, site)
            mark = _not_just_entered(request, slug, form)
            made = acts.submit(consultation_id=found.pk, form=form, by=actor, at=now())
        if not refusal:
            request.session["desk_entered"] = [mark, form.submission_key]
            request.session["desk_receipt"] = made.receipt_code
            return go(request, "desk_site_enter", slug, query="anchor=" + made.anchor, done=_("已录入，请把回执交给本人。"))
    return show(
        request, "site_enter.html", status=refusal.status, c=found, articles=article_choices(found.version_id),
        typed=request.POST, anchor=request.POST.get("anchor", request.GET.get("anchor", "")), site=site,
        site_choices=[(code, people.site(code).name) for code in here], consents=CONSENTS.items(), key=form_key(request, refusal),
        receipt=request.session.pop("desk_receipt", ""), same=isinstance(refusal.exception, JustEntered),
        faults=[(_field_of(refusal), refusal.sentence)] if refusal else [],
    )  # fmt: skip


def _field_of(refusal: errors.Refusal) -> str:
    """Return the name of the field that a refusal is about, or ''."""
    name = str(getattr(refusal.exception, "field", ""))
    return "consent" if name == "consent_how" else name


def _not_just_entered(request: HttpRequest, slug: str, form: acts.Submission) -> str:
    """Return the fingerprint of a paper form. Raises JustEntered for the last one again, unless it is another person's."""
    words = (slug, form.anchor, form.body.strip(), form.legal_wording.strip(), form.display_name, form.phone)
    mark = salted_hmac("entered", "\x00".join(words)).hexdigest()
    last, key = request.session.get("desk_entered", ["", ""])
    if mark == last and key != form.submission_key and field(request, "another") != "yes":
        raise JustEntered(_("与刚才录入的一份完全相同。如果确是另一个人的意见，请勾选下面的确认后再提交。"))
    return mark


def _paper(request: HttpRequest, site: str) -> acts.Submission:
    """Read the form of a paper opinion. Without a ticked consent the act refuses."""
    consented = field(request, "consent") == "yes" and field(request, "consent_how") in CONSENTS
    return acts.Submission(
        channel="site", body=request.POST.get("body", ""), anchor=field(request, "anchor"),
        legal_wording=request.POST.get("legal_wording", ""),
        display_name=field(request, "display_name"), phone=field(request, "phone"), site_code=site,
        area_code=people.site(site).area_id, consent=consented, submission_key=field(request, "key"),
        consent_how=field(request, "consent_how"), witness=field(request, "witness"),
    )  # fmt: skip


@page("site.read")
def sent(request: HttpRequest) -> HttpResponse:
    """Show what became of everything that the site sent; made to be printed and hung up."""
    here = sites_of(actor_of(request))
    code = request.GET.get("site", "") if request.GET.get("site", "") in here else (here[0] if here else "")
    demand(actor_of(request), "site.read", site=code)
    return show(
        request, "site_sent.html", site=people.site(code), rows=consultations.site_desk(code),
        sites=[people.site(c) for c in here],
    )


@page("opinion.say_as_deputy")
def deputy(request: HttpRequest) -> HttpResponse:
    """Show a deputy what is open and what became of his own words."""
    mine = consultations.deputy_opinions(actor_of(request))
    return show(request, "deputy.html", open_now=consultations.consultations("open"), mine=mine)


@page("opinion.say_as_deputy", methods=("GET", "POST"))
def say(request: HttpRequest, slug: str) -> HttpResponse:
    """Let a deputy speak on a draft, as a deputy."""
    found, actor, refusal = consultations.consultation(slug), actor_of(request), errors.Refusal()
    anchor = request.POST.get("anchor", request.GET.get("anchor", "")).strip()
    if request.method == "POST" and _said_before(request, found.pk, anchor):
        return go(request, "desk_deputy", done=_("这条意见您已经提交过，没有重复登记。"))
    if request.method == "POST":
        with errors.caught() as refusal:
            form = acts.Submission(
                channel="deputy", body=request.POST.get("body", ""), anchor=anchor, display_name=actor.name[:20],
                consent=True, submission_key=field(request, "key"),
            )  # fmt: skip
            acts.submit(consultation_id=found.pk, form=form, by=actor, at=now())
        if not refusal:
            return go(request, "desk_deputy", done=_("意见已提交。处理结果会显示在这里。"))
    return show(
        request, "deputy_say.html", status=refusal.status, c=found, articles=article_choices(found.version_id),
        anchor=anchor, typed=request.POST, key=form_key(request, refusal),
        faults=[("body", refusal.sentence)] if refusal else [],
    )  # fmt: skip


def _said_before(request: HttpRequest, consultation_id: int, anchor: str) -> bool:
    """Tell whether the deputy said the very same on the same clause; a way back may have brought the form up again."""
    body = request.POST.get("body", "").replace("\r\n", "\n").strip()
    mine = consultations.deputy_opinions(actor_of(request))
    return any((o.consultation_id, o.anchor, o.body) == (consultation_id, anchor, body) for o in mine)
