"""Opening a window and taking opinions in, through every door, each exactly once."""

import re
import secrets
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, models, transaction
from django.db.models import Count

from quancheng.consultations import procedure as _declared  # noqa: F401  # registers the procedure
from quancheng.consultations import rules
from quancheng.consultations.models import Consultation, Opinion, Question, Tally
from quancheng.kernel import receipts
from quancheng.kernel.deadlines import Term
from quancheng.kernel.text import measure
from quancheng.ledger import acts as ledger
from quancheng.ledger import queries as ledger_queries
from quancheng.people import acts as people
from quancheng.people.models import Site
from quancheng.people.permissions import Actor, demand
from quancheng.procedures import acts as procedures
from quancheng.procedures import queries as procedure_queries
from quancheng.procedures.models import Case
from quancheng.texts.models import Provision, Version


class ConsultationRefused(ValueError):
    """The consultation cannot be opened so: text, explanation, window or contact is missing."""


class NotOpen(Exception):
    """The window is not open (yet, or any more)."""


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


@dataclass(frozen=True)
class Submission:
    """What a person hands in. `phone` was verified by the face (web, organisation); it is kept apart (S01)."""

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
    opened_at: datetime | None = None


def open_consultation(
    *, subject_case_id: int, version_id: int, title: str, summary: str, slug: str, opens_on: date, closes_on: date,
    short_window_decision: str, contact: str, address: str, telephone: str, email: str, site_codes: list[str],
    questions: list[tuple[str, str]], by: Actor, at: datetime,
) -> Consultation:
    """Open a consultation on a case, with draft and explanation together (R1.01 立法法 40).

    `questions` are (text, anchor or ''). Raises NotAllowed, ConsultationRefused.
    """
    subject = Case.objects.select_related("organ").get(pk=subject_case_id)
    demand(by, "consultation.open", organ=subject.organ_id)
    version = Version.objects.get(pk=version_id)
    _check_window(version, subject, opens_on, closes_on, short_window_decision, at)
    for value, name in ((title, "标题"), (contact, "联系单位"), (address, "通信地址"), (telephone, "联系电话")):
        if not value.strip():
            raise ConsultationRefused(f"请填写{name}。不上网的群众要靠它提出意见。")
    if not re.fullmatch(r"[a-z0-9-]{3,60}", slug) or Consultation.objects.filter(slug=slug).exists():
        raise ConsultationRefused("网址名须为3至60个小写字母、数字或者连字符，且未被使用。")
    anchors = set(Provision.objects.filter(version_id=version_id).values_list("anchor", flat=True))
    if unknown := [anchor for _, anchor in questions if anchor and anchor not in anchors]:
        raise ConsultationRefused(f"问题所指的条文不存在：{'、'.join(unknown)}。")
    with transaction.atomic():
        case = procedures.open_case(procedure="consultation", organ=subject.organ_id, by=by, at=at)
        consultation = Consultation.objects.create(
            case=case, subject=subject, slug=slug, title=title.strip(), summary=summary.strip(), version=version,
            opens_on=opens_on, closes_on=closes_on, short_window_decision=short_window_decision.strip(),
            contact=contact.strip(), address=address.strip(), telephone=telephone.strip(), email=email.strip(),
        )
        consultation.sites.set(Site.objects.filter(pk__in=site_codes))
        Question.objects.bulk_create(
            [
                Question(consultation=consultation, position=position, text=text.strip(), anchor=anchor)
                for position, (text, anchor) in enumerate(questions, start=1)
            ]
        )
        procedures.link_cases(source=subject, target=case, relation="consulted_by", at=at)
        procedures.start_clock(
            case=case, key="window", label="征求意见截止",
            term=Term((closes_on - opens_on).days, "day", "立法法第四十条", roll=False), start=opens_on, at=at,
        )
        if opens_on <= rules.local_date(at):
            procedures.perform(case=case, step="open", by=by, at=at, note=short_window_decision.strip())
    return consultation


def _check_window(
    version: Version, subject: Case, opens_on: date, closes_on: date, decision: str, at: datetime
) -> None:
    if version.state != Version.State.FIXED:
        raise ConsultationRefused("草案还没有定稿，不能公开征求意见。")
    if not version.explanation.strip():  # R1.01: the draft and its explanation are published together
        raise ConsultationRefused("没有草案说明：草案应当与起草、修改的说明一并公布（立法法第四十条）。")
    days = (closes_on - opens_on).days
    least = procedure_queries.parameter("consultation.min_days", area=subject.organ.area_id, on=opens_on)
    if days < 1:
        raise ConsultationRefused("截止日期须晚于开始日期。")
    if days < least and len(decision.strip()) < 6:
        raise ConsultationRefused(
            f"征求意见一般不少于{least}日，现为{days}日。确需缩短的，须写明主任会议的决定（立法法第四十条）。"
        )


def open_waiting(*, consultation_id: int, by: Actor, at: datetime) -> Consultation:
    """Open a consultation whose first day has come. Raises NotAllowed, StepRefused, Conflict."""
    consultation = Consultation.objects.select_related("case").get(pk=consultation_id)
    if rules.local_date(at) < consultation.opens_on:
        raise NotOpen(f"征求意见定于{consultation.opens_on:%Y年%m月%d日}开始。")
    procedures.perform(case=consultation.case, step="open", by=by, at=at)
    return consultation


def content_of(opinion: Opinion) -> bytes:
    """Return the canonical bytes of an opinion's words: what the ledger's salted digest stands for."""
    return receipts.canonical(
        {
            "anchor": opinion.anchor,
            "body": opinion.body,
            "channel": opinion.channel,
            "consultation": opinion.consultation_id,
            "legal_wording": opinion.legal_wording,
            "organisation": opinion.organisation,
            "question": opinion.question_id,
            "quoted": opinion.quoted,
        }
    )


def new_public_id() -> str:
    """Return a random id that names an opinion in the ledger. Without at: it writes nothing."""
    return "o" + "".join(secrets.choice(rules.CODE_LETTERS) for _ in range(20))


def new_receipt_code() -> str:
    """Return a random receipt code of twelve characters (60 bits). Without at: it writes nothing."""
    return "".join(secrets.choice(rules.CODE_LETTERS) for _ in range(12))


_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u2060\ufeff\ud800-\udfff]")


def clean(words: str) -> str:
    """Return words with line ends made alike and what cannot be seen taken out; nothing else is touched."""
    return _UNSEEN.sub("", words.replace("\r\n", "\n").replace("\r", "\n")).strip()


def submit(*, consultation_id: int, form: Submission, by: Actor, at: datetime) -> Opinion:
    """Take in one opinion, durably and once: the same submission key gives back the opinion already there.

    Raises NotOpen, OpinionRefused, NotAllowed, BadPhone.
    """
    earlier = Opinion.objects.filter(submission_key=form.submission_key).select_related("consultation").first()
    if earlier is not None:
        return earlier
    consultation = Consultation.objects.select_related("case__organ").get(pk=consultation_id)
    _check_open(consultation, form, at)
    body, quoted = _checked_body(consultation, form)
    _check_channel(consultation, form, by)
    opinion = Opinion(
        consultation=consultation, public_id=new_public_id(), receipt_code=new_receipt_code(),
        submission_key=form.submission_key, channel=form.channel, anchor=form.anchor, quoted=quoted,
        question_id=form.question_id, body=body, legal_wording=clean(form.legal_wording), salt=ledger.new_salt(),
        display_name=clean(form.display_name)[:20], organisation=clean(form.organisation)[:80],
        visibility=form.visibility, area_id=form.area_code or None, site_id=form.site_code or None,
        entered_by_id=by.account_id, received_at=at,
    )
    try:
        with transaction.atomic():
            opinion.save(force_insert=True)
            ledger.append(
                kind="opinion.received", at=at, organ=consultation.case.organ_id, subject=opinion.public_id,
                content=content_of(opinion), salt=bytes(opinion.salt),
                detail={"channel": opinion.channel, "consultation": consultation.case.number},
            )
            if form.phone:
                people.record_authorship(subject=opinion.public_id, phone=form.phone, at=at)
    except IntegrityError:
        earlier = Opinion.objects.filter(submission_key=form.submission_key).first()
        if earlier is None:
            raise
        return earlier
    return opinion


def _check_open(consultation: Consultation, form: Submission, at: datetime) -> None:
    if rules.takes_opinions(consultation, at):
        return
    minutes = procedure_queries.parameter(
        "consultation.grace_minutes", area=consultation.case.organ.area_id, on=rules.local_date(at)
    )
    if rules.in_grace(consultation, form.opened_at, at, minutes):
        return
    if rules.local_date(at) < consultation.opens_on or consultation.case.state == "draft":
        raise NotOpen(f"征求意见定于{consultation.opens_on:%Y年%m月%d日}开始，现在还不能提交。")
    raise Closed(
        f"征求意见已于{consultation.closes_on:%Y年%m月%d日}截止。您写的内容还在下方，"
        f"可以复制后通过信件或者电话（{consultation.telephone}）向{consultation.contact}反映。"
    )


def _checked_body(consultation: Consultation, form: Submission) -> tuple[str, str]:
    """Return the cleaned words and the quoted clause. Raises OpinionRefused."""
    body = clean(form.body)
    if measure(body) == 0:
        raise EmptyOpinion("请写下您的意见。", "body")
    if len(body) > rules.LONGEST or len(form.legal_wording) > rules.LONGEST:
        raise TooLong(
            f"意见最多{rules.LONGEST}字，现有{len(body)}字。请分条提交，或者将全文寄送{consultation.address}。", "body"
        )
    if form.visibility not in (Opinion.Visibility.SHOWN, Opinion.Visibility.PRIVATE):
        raise OpinionRefused("请选择是否公开显示。", "visibility")
    if form.question_id is not None and not Question.objects.filter(
        pk=form.question_id, consultation=consultation
    ).exists():
        raise BadAnchor("没有这个问题，请返回重新选择。", "question")
    if not form.anchor:
        return body, ""
    rows = list(
        Provision.objects.filter(version_id=consultation.version_id, anchor__startswith=form.anchor)
        .order_by("position").values_list("anchor", "text")
    )
    if not any(anchor == form.anchor for anchor, _ in rows):
        raise BadAnchor("草案中没有这一条，请重新选择条文。", "anchor")
    within = (form.anchor, form.anchor + "-")
    quoted = [text for anchor, text in rows if text and (anchor == within[0] or anchor.startswith(within[1]))]
    return body, "\n".join(quoted)


def _check_channel(consultation: Consultation, form: Submission, by: Actor) -> None:
    """Check what each door asks: a verified number, a consent, an office. Raises OpinionRefused, NotAllowed."""
    if form.channel not in Opinion.Channel.values:
        raise OpinionRefused("没有这种提交方式。", "channel")
    if form.channel in (Opinion.Channel.WEB, Opinion.Channel.ORGANISATION) and not form.phone:  # R1.15 网络安全法 26
        raise IdentityMissing("请填写手机号码并验证。号码只在后台核验，单独加密保存，不会公开。", "phone")
    if form.channel == Opinion.Channel.ORGANISATION and not clean(form.organisation):
        raise IdentityMissing("请填写单位名称。", "organisation")
    if form.channel == Opinion.Channel.SITE:
        demand(by, "opinion.enter", site=form.site_code)
        if not form.consent:  # S19: on behalf of a person only with his consent
            raise ConsentMissing("请先征得本人同意，并勾选确认。", "consent")
    if form.channel == Opinion.Channel.DEPUTY:
        demand(by, "opinion.say_as_deputy")
    if form.channel in (Opinion.Channel.PAPER, Opinion.Channel.HOTLINE):
        demand(by, "opinion.import", organ=consultation.case.organ_id)


FACETS = {"anchor": "anchor", "channel": "channel", "site": "site_id", "state": "state", "decision": "decision"}


def refresh_tallies(*, at: datetime) -> int:
    """Count anew every consultation about which the ledger has news; return how many were counted."""
    newest, done = ledger_queries.newest_id(), 0
    for consultation in Consultation.objects.filter(tallied_entry__lt=newest).exclude(
        case__state="result_published", tallied_entry__gt=0
    ):
        done += 1
        with transaction.atomic():
            _count(consultation)
            Consultation.objects.filter(pk=consultation.pk).update(tallied_entry=newest)
    return done


def _count(consultation: Consultation) -> None:
    rows = []
    opinions = Opinion.objects.filter(consultation=consultation)
    for facet, column in FACETS.items():
        counts = opinions.values_list(column).annotate(n=Count("id")).order_by()
        rows += [Tally(consultation=consultation, facet=facet, key=key or "", count=n) for key, n in counts]
    shown = opinions.filter(visibility="shown", erased_at=None)
    rows += [
        Tally(consultation=consultation, facet="shown", key=key, count=n)
        for key, n in shown.values_list("anchor").annotate(n=Count("id")).order_by()
    ]
    rows += [
        Tally(consultation=consultation, facet="area", key=key, count=n)
        for key, n in _by_county(opinions).items()
    ]
    rows.append(Tally(consultation=consultation, facet="all", key="", count=opinions.count()))
    Tally.objects.filter(consultation=consultation).delete()
    Tally.objects.bulk_create(rows)


def _by_county(opinions: models.QuerySet[Opinion]) -> dict[str, int]:
    """Return opinions by county: the first six digits of an area's code."""
    counts: dict[str, int] = {}
    for code, number in opinions.values_list("area_id").annotate(n=Count("id")).order_by():
        county = (code or "")[:6]
        counts[county] = counts.get(county, 0) + number
    return counts
