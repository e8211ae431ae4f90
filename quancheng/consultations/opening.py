"""Opening a window on a draft: the text and its explanation together, long enough, with every way to speak (R1.01)."""

import re
from datetime import date, datetime

from django.db import IntegrityError, transaction

from quancheng.consultations import procedure as _declared  # noqa: F401  # registers the procedure
from quancheng.consultations import rules
from quancheng.consultations.models import Consultation, Question
from quancheng.kernel.deadlines import Term
from quancheng.kernel.words import one_line
from quancheng.people.models import Site
from quancheng.people.permissions import Actor, demand
from quancheng.procedures import acts as procedures
from quancheng.procedures import queries as procedure_queries
from quancheng.procedures.models import Case
from quancheng.texts.models import Provision, Version

LONGEST_WINDOW = 366  # days; beyond a year it is a slip of the keyboard
SLUG_TAKEN = "网址名须为3至60个小写字母、数字或者连字符，且未被使用。"
# field -> (what it is called, whether it must be there); how long it may be says the column
FIELDS = {
    "title": ("标题", True), "summary": ("一句话说明", False), "short_window_decision": ("主任会议的决定", False),
    "contact": ("联系单位", True), "address": ("通信地址", True), "telephone": ("联系电话", True), "email": ("电子邮箱", False),
}


class ConsultationRefused(ValueError):
    """The consultation cannot be opened so: text, explanation, window or contact is missing."""


class NotOpen(Exception):
    """The window is not open (yet, or any more)."""


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
    version = Version.objects.select_related("text").get(pk=version_id)
    _check_text(version, subject)
    words = _checked_words(
        title=title, summary=summary, short_window_decision=short_window_decision, contact=contact, address=address,
        telephone=telephone, email=email,
    )
    _check_window(subject, opens_on, closes_on, words["short_window_decision"], at)
    if not re.fullmatch(r"[a-z0-9-]{3,60}", slug) or Consultation.objects.filter(slug=slug).exists():
        raise ConsultationRefused(SLUG_TAKEN)
    sites, asked = _sites(site_codes), _questions(questions, version_id)
    try:
        with transaction.atomic():
            case = procedures.open_case(procedure="consultation", organ=subject.organ_id, by=by, at=at)
            consultation = Consultation.objects.create(
                case=case, subject=subject, slug=slug, version=version, opens_on=opens_on, closes_on=closes_on, **words
            )
            consultation.sites.set(sites)
            Question.objects.bulk_create(
                [
                    Question(consultation=consultation, position=position, text=text, anchor=anchor)
                    for position, (text, anchor) in enumerate(asked, start=1)
                ]
            )
            procedures.link_cases(source=subject, target=case, relation="consulted_by", at=at)
            _start(consultation, by, at)
    except IntegrityError as error:
        if Consultation.objects.filter(slug=slug).exists():  # another took the name at this moment
            raise ConsultationRefused(SLUG_TAKEN) from error
        raise
    return consultation


def _start(consultation: Consultation, by: Actor, at: datetime) -> None:
    """Start the clock of the window, and the window itself when its first day has come."""
    days = (consultation.closes_on - consultation.opens_on).days
    procedures.start_clock(
        case=consultation.case, key="window", label="征求意见截止", term=Term(days, "day", "立法法第四十条", roll=False),
        start=consultation.opens_on, at=at,
    )
    if consultation.opens_on <= rules.local_date(at):
        procedures.perform(
            case=consultation.case, step="open", by=by, at=at, note=consultation.short_window_decision
        )


def _check_text(version: Version, subject: Case) -> None:
    if version.text.case_id != subject.pk:
        raise ConsultationRefused("所选草案不属于这个案卷，请从案卷页面重新选择草案版本。")
    if version.state != Version.State.FIXED:
        raise ConsultationRefused("草案还没有定稿，不能公开征求意见。")
    if not version.explanation.strip():  # R1.01: the draft and its explanation are published together
        raise ConsultationRefused("没有草案说明：草案应当与起草、修改的说明一并公布（立法法第四十条）。")


def _checked_words(**typed: str) -> dict[str, str]:
    """Return the words of the notice, each on one line. Raises ConsultationRefused."""
    words = {name: one_line(value) for name, value in typed.items()}
    for name, (label, needed) in FIELDS.items():
        if needed and not words[name]:
            raise ConsultationRefused(f"请填写{label}。不上网的群众要靠它提出意见。")
        longest = rules.longest(Consultation, name)
        if len(words[name]) > longest:
            raise ConsultationRefused(f"{label}最多{longest}字，现有{len(words[name])}字。")
    return words


def _check_window(subject: Case, opens_on: date, closes_on: date, decision: str, at: datetime) -> None:
    days = (closes_on - opens_on).days
    least = procedure_queries.parameter("consultation.min_days", area=subject.organ.area_id, on=opens_on)
    if opens_on < rules.local_date(at):  # R1.01: days on which nobody could read the draft do not count
        raise ConsultationRefused("开始日期不能早于今天：公布以前的日子不能计入征求意见的期限（立法法第四十条）。")
    if days < 1:
        raise ConsultationRefused("截止日期须晚于开始日期。")
    if days > LONGEST_WINDOW:
        raise ConsultationRefused("征求意见的期限超过一年，请核对截止日期。")
    if days < least and len(decision) < 6:
        raise ConsultationRefused(
            f"征求意见一般不少于{least}日，现为{days}日。确需缩短的，须写明主任会议的决定（立法法第四十条）。"
        )


def _sites(codes: list[str]) -> list[Site]:
    found = list(Site.objects.filter(pk__in=codes))
    if unknown := sorted(set(codes) - {site.pk for site in found}):
        raise ConsultationRefused(f"没有这些站点：{'、'.join(unknown)[:100]}。")
    return found


def _questions(questions: list[tuple[str, str]], version_id: int) -> list[tuple[str, str]]:
    """Return the questions of the drafters, cleaned. Raises ConsultationRefused."""
    asked = [(one_line(text), anchor) for text, anchor in questions]
    longest = rules.longest(Question, "text")
    if any(not text or len(text) > longest for text, _ in asked):
        raise ConsultationRefused(f"每个问题须有文字，并且不超过{longest}字。")
    anchors = set(Provision.objects.filter(version_id=version_id).values_list("anchor", flat=True))
    if unknown := [anchor for _, anchor in asked if anchor and anchor not in anchors]:
        raise ConsultationRefused(f"问题所指的条文不存在：{'、'.join(unknown)}。")
    return asked


def open_waiting(*, consultation_id: int, by: Actor, at: datetime) -> Consultation:
    """Open a consultation whose first day has come. Raises NotAllowed, NotOpen, StepRefused, Conflict."""
    consultation = Consultation.objects.select_related("case").get(pk=consultation_id)
    demand(by, "consultation.open", organ=consultation.case.organ_id)
    if rules.local_date(at) < consultation.opens_on:
        raise NotOpen(f"征求意见定于{consultation.opens_on:%Y年%-m月%-d日}开始。")
    procedures.perform(case=consultation.case, step="open", by=by, at=at, note=consultation.short_window_decision)
    return consultation
