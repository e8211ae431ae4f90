"""Taking opinions in, through every door, each exactly once."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from quancheng.consultations import rules
from quancheng.consultations.models import Consultation, Opinion, Question
from quancheng.consultations.opening import NotOpen, open_consultation
from quancheng.consultations.tallies import refresh_tallies
from quancheng.consultations.words import content_of
from quancheng.kernel.text import measure
from quancheng.kernel.words import clean, letters, one_line
from quancheng.ledger import acts as ledger
from quancheng.ledger.models import Entry
from quancheng.people import acts as people
from quancheng.people.models import Area
from quancheng.people.permissions import Actor, demand
from quancheng.procedures import queries as procedure_queries
from quancheng.texts import queries as texts

__all__ = ["clean", "content_of", "open_consultation", "refresh_tallies", "submit"]

KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")  # what a face makes for each form it hands out; nobody can guess it


class OpinionRefused(ValueError):
    """Something in the opinion must be mended; `field` names where."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


class Closed(NotOpen):
    """The window is over."""


class EmptyOpinion(OpinionRefused):
    """Nothing was written."""


class TooLong(OpinionRefused):
    """More was written than one opinion can hold."""


class BadAnchor(OpinionRefused):
    """There is no such clause or question."""


class ConsentMissing(OpinionRefused):
    """The person on whose behalf it is entered was not asked (S19)."""


class IdentityMissing(OpinionRefused):
    """A verified number, or the organisation's name, is missing (R1.15)."""


class FormUsed(OpinionRefused):
    """The form was handed in before with other words, or it is no form of ours."""


@dataclass(frozen=True)
class Submission:
    """What a person hands in. `phone` was verified by the face (web, organisation); it is kept apart (S01).

    For the door `site`: `consent_how` says how the person agreed (signed, spoken), `witness` who was there.
    """

    channel: str
    body: str
    submission_key: str
    anchor: str = ""
    question_id: int | None = None
    legal_wording: str = ""
    display_name: str = ""
    organisation: str = ""
    visibility: str = "shown"
    area_code: str = ""
    site_code: str = ""
    phone: str = ""
    consent: bool = False
    consent_how: str = ""
    witness: str = ""
    opened_at: datetime | None = None


def new_public_id() -> str:
    """Return a random id that names an opinion in the ledger. Without at: it writes nothing."""
    return "o" + letters(20)


def new_receipt_code() -> str:
    """Return a random receipt code of twelve characters (60 bits). Without at: it writes nothing."""
    return letters(12)


def submit(*, consultation_id: int, form: Submission, by: Actor, at: datetime) -> Opinion:
    """Take in one opinion, durably and once: the same form with the same words gives back the opinion already there.

    Raises NotOpen, OpinionRefused, NotAllowed, BadPhone.
    """
    if not KEY.fullmatch(form.submission_key):  # a blank key would find somebody else's opinion
        raise FormUsed("这张表单不完整，请重新打开页面后提交。您写的内容还在下方。")
    earlier = _earlier(consultation_id, form)
    if earlier is not None:
        return earlier
    consultation = _read(consultation_id)
    _check_open(consultation, form, at)
    _check_channel(consultation, form, by)
    _check_choices(consultation, form)
    opinion = _written(consultation, form, by, at)
    try:
        with transaction.atomic():
            opinion.save(force_insert=True)
            ledger.append_many(
                entries=received_entries(opinions=[opinion], consultation=consultation, at=at), at=at
            )
            if form.phone:
                people.record_authorship(subject=opinion.public_id, phone=form.phone, at=at)
    except IntegrityError:
        earlier = _earlier(consultation_id, form)  # the other click of a double click was faster
        if earlier is None:
            raise
        return earlier
    return opinion


def _read(consultation_id: int) -> Consultation:
    """Return a consultation with the digest of its version, by which the provisions are found without asking."""
    found = Consultation.objects.select_related("case__organ").annotate(version_digest=F("version__digest"))
    return found.get(pk=consultation_id)


def _earlier(consultation_id: int, form: Submission) -> Opinion | None:
    """Return what this form already handed in. Raises FormUsed when that was something else: no receipt leaks."""
    same = Opinion.objects.filter(submission_key=form.submission_key)
    if not same.exists():  # nearly always: asked for by the key alone
        return None
    earlier = same.select_related("consultation").get()
    said = (
        consultation_id, form.channel, form.anchor, form.question_id, clean(form.body), clean(form.legal_wording),
        one_line(form.display_name), one_line(form.organisation), form.site_code or None,
    )
    stored = (
        earlier.consultation_id, earlier.channel, earlier.anchor, earlier.question_id, earlier.body,
        earlier.legal_wording, earlier.display_name, earlier.organisation, earlier.site_id,
    )
    hidden = earlier.visibility == Opinion.Visibility.WITHHELD
    if said != stored or (form.visibility != earlier.visibility and not hidden):
        raise FormUsed("这张表单已经提交过一件意见，内容与现在的不同。如果这是另一件意见，请再提交一次；您写的内容还在下方。")
    return earlier


def _written(consultation: Consultation, form: Submission, by: Actor, at: datetime) -> Opinion:
    """Return the opinion, not yet saved. Raises OpinionRefused."""
    body, quoted = _checked_body(consultation, form)
    behalf = form.channel == Opinion.Channel.SITE
    return Opinion(
        consultation=consultation, public_id=new_public_id(), receipt_code=new_receipt_code(),
        submission_key=form.submission_key, channel=form.channel, anchor=form.anchor, quoted=quoted,
        question_id=form.question_id, body=body, legal_wording=clean(form.legal_wording), salt=ledger.new_salt(),
        display_name=_name(form.display_name, "display_name", "公开显示的称呼"),
        organisation=_name(form.organisation, "organisation", "单位名称"),
        witness=_name(form.witness, "witness", "见证人姓名") if behalf else "", consent_how=form.consent_how if behalf else "",
        visibility=form.visibility, area_id=form.area_code or None, site_id=form.site_code or None,
        entered_by_id=by.account_id, received_at=at,
    )


def _name(typed: str, field: str, label: str) -> str:
    name, longest = one_line(typed), rules.longest(Opinion, field)
    if len(name) > longest:
        raise OpinionRefused(f"{label}最多{longest}字，现有{len(name)}字。", field)
    return name


def received_entries(*, opinions: list[Opinion], consultation: Consultation, at: datetime) -> list[Entry]:
    """Return the entries of opinions received, not yet written.

    Public are the door, the day of a letter and whether it is shown; the words stand there as a salted digest.
    """
    entries = []
    for opinion in opinions:
        detail = {"channel": opinion.channel, "consultation": consultation.case.number}
        if opinion.visibility != Opinion.Visibility.SHOWN:
            detail["visibility"] = opinion.visibility
        if opinion.received_at != at:
            detail["received_at"] = opinion.received_at.isoformat()
        entries.append(
            ledger.prepared(
                kind="opinion.received", at=at, organ=consultation.case.organ_id, subject=opinion.public_id,
                content=content_of(opinion), salt=bytes(opinion.salt), detail=detail,
            )
        )
    return entries


def _check_open(consultation: Consultation, form: Submission, at: datetime) -> None:
    if rules.takes_opinions(consultation, at):
        return
    minutes = procedure_queries.parameter(
        "consultation.grace_minutes", area=consultation.case.organ.area_id, on=rules.local_date(at)
    )
    if rules.in_grace(consultation, form.opened_at, at, minutes):
        return
    if rules.local_date(at) < consultation.opens_on or consultation.case.state == "draft":
        raise NotOpen(f"征求意见定于{consultation.opens_on:%Y年%-m月%-d日}开始，现在还不能提交。")
    raise Closed(
        f"征求意见已于{consultation.closes_on:%Y年%-m月%-d日}截止。您写的内容还在下方，"
        f"可以复制后通过信件或者电话（{consultation.telephone}）向{consultation.contact}反映。"
    )


def _checked_body(consultation: Consultation, form: Submission) -> tuple[str, str]:
    """Return the cleaned words and the quoted clause. Raises OpinionRefused."""
    body = clean(form.body)
    if measure(body) == 0:
        raise EmptyOpinion("请写下您的意见。", "body")
    for words, field, label in ((body, "body", "意见"), (clean(form.legal_wording), "legal_wording", "规范表述")):
        if len(words) > rules.LONGEST:
            raise TooLong(
                f"{label}最多{rules.LONGEST}字，现有{len(words)}字。请分条提交，或者将全文寄送{consultation.address}。", field
            )
    if not form.anchor:
        return body, ""
    rows = texts.provisions(consultation.version_id, getattr(consultation, "version_digest", ""))
    if not any(row.anchor == form.anchor for row in rows):
        raise BadAnchor("草案中没有这一条，请重新选择条文。", "anchor")
    return body, texts.words_under(rows, form.anchor)


def _check_choices(consultation: Consultation, form: Submission) -> None:
    """Check what is chosen from lists: who sees it, which question, which area. Raises OpinionRefused."""
    if form.visibility not in (Opinion.Visibility.SHOWN, Opinion.Visibility.PRIVATE):
        raise OpinionRefused("请选择是否公开显示。", "visibility")
    if form.question_id is not None and not Question.objects.filter(
        pk=form.question_id, consultation=consultation
    ).exists():
        raise BadAnchor("没有这个问题，请返回重新选择。", "question")
    code = form.area_code
    if code and not (code.isascii() and code.isalnum() and Area.objects.filter(pk=code).exists()):
        raise OpinionRefused("没有这个地区，请重新选择所在地区。", "area_code")


def _check_channel(consultation: Consultation, form: Submission, by: Actor) -> None:
    """Check what each door asks: a verified number, a consent, an office. Raises OpinionRefused, NotAllowed."""
    if form.channel not in Opinion.Channel.values:
        raise OpinionRefused("没有这种提交方式。", "channel")
    if form.channel in (Opinion.Channel.WEB, Opinion.Channel.ORGANISATION) and not form.phone:  # R1.15 网络安全法 26
        raise IdentityMissing("请填写手机号码并验证。号码只在后台核验，单独加密保存，不会公开。", "phone")
    if form.channel == Opinion.Channel.ORGANISATION and not one_line(form.organisation):
        raise IdentityMissing("请填写单位名称。", "organisation")
    if form.channel == Opinion.Channel.SITE:
        demand(by, "opinion.enter", site=form.site_code)
        if not form.consent:  # S19: on behalf of a person only with his consent
            raise ConsentMissing("请先征得本人同意，并勾选确认。", "consent")
        if form.consent_how not in Opinion.Consent.values:
            raise ConsentMissing("请注明本人是怎样同意的：在纸质表上签字，还是当面口头同意。", "consent_how")
    elif form.site_code:
        raise OpinionRefused("只有站点工作人员代为录入时才能注明站点。", "site_code")
    if form.channel == Opinion.Channel.DEPUTY:
        demand(by, "opinion.say_as_deputy")
    if form.channel in (Opinion.Channel.PAPER, Opinion.Channel.HOTLINE):
        demand(by, "opinion.import", organ=consultation.case.organ_id)
