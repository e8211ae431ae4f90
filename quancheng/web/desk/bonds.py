"""双联系: a member's and a deputy's pairings with their log; residents' groups and topics; the office pairs (M34, R8.02)."""

import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from quancheng.contact import acts
from quancheng.contact import queries as contact
from quancheng.people import queries as people
from quancheng.people.permissions import demand, may
from quancheng.web import errors
from quancheng.web.parts import now, page, page_number, today
from quancheng.web.parts.showing import actor_of, day, field, go, show, whole

MANNERS = (("visit", "走访"), ("meeting", "座谈"), ("call", "电话"), ("message", "书信、信息"))
CONSENTS = (("spoken", "本人口头同意"), ("signed", "本人签名"), ("guardian", "未满14周岁，监护人同意"))
LIGHTS = {"green": "绿灯", "yellow": "黄灯：快到期", "red": "红灯：已逾期"}
KINDS = (("member", "常委会组成人员联系代表"), ("group", "代表联系群众"))


def _faults(refusal: errors.Refusal) -> list[tuple[str, str]]:
    return [(getattr(refusal.exception, "field", ""), refusal.sentence)] if refusal else []


@page("contact.log")
def mine(request: HttpRequest) -> HttpResponse:
    """Show whom the actor keeps in touch with, soonest due first, and a deputy's groups."""
    actor = actor_of(request)
    return show(
        request, "bonds.html", lines=contact.my_pairings(actor, today()), lights=LIGHTS,
        groups=contact.my_groups(actor) if may(actor, "duty.keep") else [],
    )  # fmt: skip


@page("signed_in", methods=("GET", "POST"))
def pairing(request: HttpRequest, pairing_id: int) -> HttpResponse:
    """Show one pairing with its log; its two sides note a contact, the office ends it."""
    actor, refusal = actor_of(request), errors.Refusal()
    line, notes = contact.pairing_page(pairing_id, actor, today())
    if request.method == "POST":
        with errors.caught() as refusal:
            done = _pairing_act(request, pairing_id)
        if not refusal:
            return go(request, "desk_pairing", pairing_id, done=done)
    side = actor.account_id in (line.pairing.holder_id, line.pairing.deputy_id) and may(actor, "contact.log")
    return show(
        request, "bond.html", status=refusal.status, line=line, notes=notes, side=side, lights=LIGHTS, manners=MANNERS,
        consents=CONSENTS, typed=request.POST, on=today(), hears=side and may(actor, "matter.receive"),
        manages=may(actor, "contact.manage", organ=line.pairing.organ_id), key=field(request, "key") or secrets.token_hex(16),
        faults=_faults(refusal),
    )  # fmt: skip


def _pairing_act(request: HttpRequest, pairing_id: int) -> str:
    who: dict[str, Any] = {"by": actor_of(request), "at": now()}
    if field(request, "do") == "end":
        acts.unpair(pairing_id=pairing_id, last_day=today(), reason=field(request, "reason"), **who)
        return _("联系已结束，记录保留。")
    on = day(field(request, "on"))
    if on is None:
        raise acts.ContactRefused(_("请填写联系的日期。"), "on")
    form = acts.ContactForm(
        on=on, manner=field(request, "manner"), words=field(request, "words"), submission_key=field(request, "key"),
        issue=field(request, "issue"), consent_how=field(request, "consent_how"),
    )  # fmt: skip
    made = acts.log_contact(pairing_id=pairing_id, form=form, **who)
    return _("已记下。反映的问题已登记，按群众意见办理。") if made.opinion_id else _("已记下，下一次联系的日期已更新。")


@page("duty.keep", methods=("GET", "POST"))
def group(request: HttpRequest, group_id: int) -> HttpResponse:
    """Show a residents' group of the deputy's with its topics; open one, write a voice down, close it with a summary."""
    actor, refusal = actor_of(request), errors.Refusal()
    found, topics = contact.topics_of(group_id)
    if group_id not in [line.group.pk for line in contact.my_groups(actor)]:
        demand(actor, "contact.manage")  # nobody's group but his own
    if request.method == "POST":
        with errors.caught() as refusal:
            done = _group_act(request, group_id)
        if not refusal:
            return go(request, "desk_group", group_id, done=done)
    return show(
        request, "bond_group.html", status=refusal.status, group=found, topics=topics, typed=request.POST,
        consents=CONSENTS, key=field(request, "key") or secrets.token_hex(16), faults=_faults(refusal),
    )  # fmt: skip


def _group_act(request: HttpRequest, group_id: int) -> str:
    who: dict[str, Any] = {"by": actor_of(request), "at": now()}
    topic = whole(field(request, "topic"))
    match field(request, "do"):
        case "voice":
            form = acts.VoiceForm(
                body=field(request, "body"), submission_key=field(request, "key"), name=field(request, "name"),
                consent_how=field(request, "consent_how") or "none",
            )  # fmt: skip
            acts.say_on_topic(topic_id=topic, form=form, **who)
            return _("已记下这位群众的话。")
        case "close":
            acts.close_topic(
                topic_id=topic, summary=field(request, "summary"), issue=field(request, "issue"),
                consent_how=field(request, "consent_how"), **who,
            )  # fmt: skip
            return _("议题已小结。")
    acts.open_topic(group_id=group_id, title=field(request, "title"), words=field(request, "words"), **who)
    return _("议题已发起，群众可以在网站上说看法。")


@page("contact.manage", methods=("GET", "POST"))
def office(request: HttpRequest) -> HttpResponse:
    """Show the office's pairings, late ones first; make groups and pairings."""
    actor, refusal = actor_of(request), errors.Refusal()
    if request.method == "POST":
        with errors.caught() as refusal:
            done = _office_act(request)
        if not refusal:
            return go(request, "desk_bonds_office", done=done)
    found, late = contact.office_bonds(actor, today()), request.GET.get("late") == "1"
    number = page_number(request)
    lines = [line for line in found.lines if not late or line.light == "red"]
    words = request.GET.get("place", "").strip()[:20]
    return show(
        request, "bonds_office.html", status=refusal.status, found=found, lines=lines[(number - 1) * 50 : number * 50],
        late=late, overdue=sum(line.light == "red" for line in found.lines), number=number, pages=-(-len(lines) // 50),
        lights=LIGHTS, kinds=KINDS, typed=request.POST, words=words,
        places=[area for area in people.find_areas(words, today()) if area.kind in ("village", "community")] if words else [],
        faults=_faults(refusal),
    )  # fmt: skip


def _office_act(request: HttpRequest) -> str:
    actor = actor_of(request)
    who: dict[str, Any] = {"by": actor, "at": now()}
    if field(request, "do") == "group":
        acts.make_group(name=field(request, "name"), area=field(request, "area"), site="", **who)
        return _("小组已建立，不登记成员名单。")
    organ = next(o.organ for o in actor.offices if may(actor, "contact.manage", organ=o.organ))
    kind = field(request, "kind")
    acts.pair(
        kind=kind, organ=organ, holder_id=whole(field(request, "member" if kind == "member" else "deputy")),
        other_id=whole(field(request, "deputy" if kind == "member" else "group")), valid_from=today(), **who,
    )  # fmt: skip
    return _("已结成联系，第一次联系的日期已经排定。")
