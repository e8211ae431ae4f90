"""双联系: pairings, the log of contacts, residents' groups and their topics (M34, M35, R8.02, R8.03)."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from quancheng.contact import rules
from quancheng.contact.acts.opinions import Matter, submit
from quancheng.contact.content import content_of_voice
from quancheng.contact.models import (
    ContactNote,
    GroupTopic,
    Pairing,
    ResidentGroup,
    ResidentOpinion,
    TopicVoice,
)
from quancheng.contact.recording import ContactRefused, add_fact, check_key, need, note_neutrally, record
from quancheng.kernel.deadlines import Due, Term, due
from quancheng.kernel.words import clean, letters
from quancheng.ledger import acts as ledger
from quancheng.people import acts as people
from quancheng.people.models import Area, Office, Organ, Site
from quancheng.people.permissions import Actor, NotAllowed, demand, may
from quancheng.procedures import queries as procedure_queries
from quancheng.procedures.acts import Conflict
from quancheng.procedures.library import LIBRARY

_EVERY = {Pairing.Kind.MEMBER: "contact.member_days", Pairing.Kind.GROUP: "contact.group_days"}


def make_group(*, name: str, area: str, site: str, by: Actor, at: datetime) -> ResidentGroup:
    """Make a residents' group of a place. Its members are not listed (S04). Raises NotAllowed, ContactRefused, Conflict."""
    organ = rules.office_over(by, "contact.manage", area)
    name = need(name, 2, "请填写小组名称", "name", 40)
    if site and not Site.objects.filter(pk=site).exists():
        raise ContactRefused("没有这个站点。", "site")
    try:
        with transaction.atomic():
            made = ResidentGroup.objects.create(name=name, area=Area.objects.get(pk=area), site_id=site or None, made_at=at)
            record("group", f"group:{made.pk}", name, at, organ, area=area)
    except IntegrityError:
        raise Conflict("这个地方已有同名的小组。") from None
    return made


def pair(
    *, kind: str, organ: str, holder_id: int, other_id: int, valid_from: date, by: Actor, at: datetime
) -> Pairing:
    """Pair a member of the standing committee with a deputy, or a deputy with a residents' group (R8.02 代表法 44).

    `organ`: under whose work it stands; `other_id`: the deputy's account, or the group. Their first contact falls due
    by the interval set. Raises NotAllowed, ContactRefused, Conflict.
    """
    demand(by, "contact.manage", organ=organ)
    member = kind == Pairing.Kind.MEMBER
    if kind not in Pairing.Kind.values or (member and holder_id == other_id):
        raise ContactRefused("请选择联系的双方。", "other")
    if member and not Office.objects.filter(
        rules.in_force(valid_from), account_id=holder_id, role=Office.Role.SC_MEMBER
    ).exists():
        raise ContactRefused("联系人应当是常委会组成人员。", "holder")
    if not rules.is_sitting(other_id if member else holder_id, valid_from):
        raise ContactRefused("这位代表不在任。", "other" if member else "holder")
    if not member and not ResidentGroup.objects.filter(pk=other_id, closed_at=None).exists():
        raise ContactRefused("没有这个小组，或者已经停止活动。", "other")
    counted = _due(kind, Organ.objects.get(pk=organ), valid_from)
    try:
        with transaction.atomic():
            made = Pairing.objects.create(
                kind=kind, organ_id=organ, holder_id=holder_id, deputy_id=other_id if member else None,
                group_id=None if member else other_id, valid_from=valid_from, due_on=counted.due_on,
                working=counted.working(),
            )
            record("paired", f"pairing:{made.pk}", "", at, organ, pairing=kind)
    except IntegrityError:
        raise Conflict("这两方已经结成联系。") from None
    return made


def _due(kind: str, organ: Organ, start: date) -> Due:
    key = _EVERY[Pairing.Kind(kind)]
    days = procedure_queries.parameter(key, area=organ.area_id, on=start)
    return due(start, Term(days, "day", LIBRARY[key].article), procedure_queries.calendar())


def unpair(*, pairing_id: int, last_day: date, reason: str, by: Actor, at: datetime) -> Pairing:
    """End a pairing; its log stays. Raises NotAllowed, ContactRefused, Conflict."""
    found = Pairing.objects.get(pk=pairing_id)
    demand(by, "contact.manage", organ=found.organ_id)
    reason = need(reason, rules.SHORTEST_REASON, "请写明结束联系的原因", "reason")
    if last_day < found.valid_from:
        raise ContactRefused("结束日期早于开始日期。", "last_day")
    with transaction.atomic():
        if not Pairing.objects.filter(pk=pairing_id, valid_to=None).update(valid_to=last_day):
            raise Conflict("这项联系已经结束。")
        record("unpaired", f"pairing:{pairing_id}", reason, at, found.organ_id)
    found.refresh_from_db()
    return found


@dataclass(frozen=True)
class ContactForm:
    """What is noted of one contact; `issue` is handed in as a resident's opinion, with the person's consent."""

    on: date
    manner: str
    words: str
    submission_key: str
    issue: str = ""
    consent_how: str = ""


def log_contact(*, pairing_id: int, form: ContactForm, by: Actor, at: datetime) -> ContactNote:
    """Note that the two were in touch; the next contact falls due from that day, and an issue becomes a case (M34).

    Raises NotAllowed, ContactRefused, Conflict.
    """
    found = Pairing.objects.select_related("organ", "group").get(pk=pairing_id)
    _demand_side(found, by)
    earlier = ContactNote.objects.filter(submission_key=check_key(form.submission_key)).first()
    if earlier is not None:
        return earlier
    day = timezone.localdate(at)
    if found.valid_to is not None and day > found.valid_to:
        raise Conflict("这项联系已经结束。")
    words = need(form.words, rules.SHORTEST_REASON, "请写明联系的情况", "words", 5000)
    if form.manner not in ContactNote.Manner.values or not found.valid_from <= form.on <= day:
        raise ContactRefused("请选择联系的方式，日期应当在结成联系以后、今天以前。", "on")
    counted = _due(found.kind, found.organ, form.on)
    later = counted.due_on > found.due_on  # a note of an old contact does not bring the day forward
    try:
        with transaction.atomic():
            made = ContactNote.objects.create(
                pairing=found, submission_key=form.submission_key, on=form.on, manner=form.manner, words=words,
                by_id=by.id, at=at, old_due_on=found.due_on, new_due_on=counted.due_on if later else found.due_on,
                opinion=_issue(found, form, by, at),
            )
            if later:
                Pairing.objects.filter(pk=found.pk, due_on__lt=counted.due_on).update(
                    due_on=counted.due_on, working=counted.working()
                )
            if rules.is_sitting(by.id, form.on):
                add_fact(by.id, "contact", form.on, _title(found), f"contact:{made.pk}", by, at)
            note_neutrally(f"pairing:{found.pk}\n{form.on}\n{words}", at)
    except IntegrityError:
        return ContactNote.objects.get(submission_key=form.submission_key)
    return made


def _demand_side(pairing: Pairing, by: Actor) -> None:
    """Raise NotAllowed unless the actor is one of the two and holds the office for it."""
    demand(by, "contact.log")
    if by.id not in (pairing.holder_id, pairing.deputy_id):
        raise NotAllowed("contact.log")


def _title(pairing: Pairing) -> str:
    return f"联系{pairing.group.name}" if pairing.group else "常委会组成人员与代表联系"


def _issue(pairing: Pairing, form: ContactForm, by: Actor, at: datetime) -> ResidentOpinion | None:
    if not clean(form.issue):
        return None
    if not may(by, "matter.receive"):
        raise ContactRefused("群众反映的问题请由代表提交。", "issue")
    matter = Matter(
        body=form.issue, submission_key=f"contact-{form.submission_key}"[:64], consent_how=form.consent_how,
        area=pairing.group.area_id if pairing.group else "", by_contact=True,
    )
    return submit(matter=matter, organ=pairing.organ_id, by=by, at=at)


def open_topic(*, group_id: int, title: str, words: str, by: Actor, at: datetime) -> GroupTopic:
    """Open a topic in a residents' group, by its deputy (M53). Raises NotAllowed, ContactRefused."""
    organ = _demand_group(group_id, by)
    title = need(title, 4, "请写一个议题", "title", 60)
    words = need(words, 10, "请写明想听什么意见", "words", 3000)
    with transaction.atomic():
        made = GroupTopic.objects.create(group_id=group_id, title=title, words=words, opened_by_id=by.id, opened_at=at)
        record("topic", f"topic:{made.pk}", f"{title}\n{words}", at, organ)
    return made


def _demand_group(group_id: int, by: Actor) -> str:
    """Return the organ under which the actor is the group's deputy. Raises NotAllowed, ContactRefused."""
    demand(by, "duty.keep")
    found = Pairing.objects.filter(group_id=group_id, holder_id=by.id, valid_to=None).first()
    if found is None:
        raise NotAllowed("duty.keep")
    if ResidentGroup.objects.filter(pk=group_id, closed_at__isnull=False).exists():
        raise ContactRefused("这个小组已经停止活动。")
    return found.organ_id


@dataclass(frozen=True)
class VoiceForm:
    """What a resident says to a topic; `phone` was verified by the face, or the deputy writes for him with consent."""

    body: str
    submission_key: str
    phone: str = ""
    name: str = ""
    consent_how: str = ""


def say_on_topic(*, topic_id: int, form: VoiceForm, by: Actor, at: datetime) -> TopicVoice:
    """Take in what a resident says to a topic, once; from himself, or written down by the deputy with his consent.

    Raises NotAllowed, ContactRefused, people's BadPhone.
    """
    topic = GroupTopic.objects.get(pk=topic_id)
    earlier = TopicVoice.objects.filter(submission_key=check_key(form.submission_key)).first()
    if earlier is not None:
        return earlier
    demand(by, "matter.submit")
    if topic.state != GroupTopic.State.OPEN:
        raise ContactRefused("这个议题已经小结，不再收意见。")
    body = need(form.body, 1, "请写下您的看法", "body", 2000)
    on_behalf = bool(form.consent_how)
    if on_behalf:
        _demand_group(topic.group_id, by)
        if form.consent_how not in ResidentOpinion.Consent.values:
            raise ContactRefused("代为记录须经本人同意，请选择本人怎样同意的。", "consent_how")
    elif not form.phone:  # R1.15 网络安全法 26
        raise ContactRefused("请填写手机号码并验证。号码只在后台核验，单独加密保存，不会公开。", "phone")
    made = TopicVoice(
        topic=topic, public_id="v" + letters(20), receipt_code=letters(12), submission_key=form.submission_key, body=body,
        salt=ledger.new_salt(), name=clean(form.name)[:20], consent_how=form.consent_how,
        entered_by_id=by.id if on_behalf else None, received_at=at,
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
            ledger.append(
                kind="voice.received", at=at, subject=made.public_id, content=content_of_voice(made),
                salt=bytes(made.salt), detail={"topic": topic.pk},
            )
            if form.phone:
                people.record_authorship(subject=made.public_id, phone=form.phone, at=at)
    except IntegrityError:
        return TopicVoice.objects.get(submission_key=form.submission_key)
    return made


def close_topic(
    *, topic_id: int, summary: str, by: Actor, at: datetime, issue: str = "", consent_how: str = ""
) -> GroupTopic:
    """Close a topic with what came of it; an `issue` is handed in as a residents' opinion (M34: issues become cases).

    Raises NotAllowed, ContactRefused, Conflict.
    """
    topic = GroupTopic.objects.select_related("group").get(pk=topic_id)
    organ = _demand_group(topic.group_id, by)
    summary = need(summary, 10, "请写明听到了什么、怎样处理", "summary", 5000)
    with transaction.atomic():
        opinion = None
        if clean(issue):
            matter = Matter(
                body=issue, submission_key=f"topic-{topic_id}-{'0' * 20}", consent_how=consent_how,
                area=topic.group.area_id, by_contact=True,
            )
            opinion = submit(matter=matter, organ=organ, by=by, at=at)
        closing = GroupTopic.objects.filter(pk=topic_id, state=GroupTopic.State.OPEN)
        if not closing.update(state=GroupTopic.State.CLOSED, summary=summary, closed_at=at, opinion=opinion):
            raise Conflict("这个议题已经小结。")
        record("topic_closed", f"topic:{topic_id}", summary, at, organ)
    topic.refresh_from_db()
    return topic
