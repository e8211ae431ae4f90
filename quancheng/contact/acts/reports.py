"""向选民述职: announced, held, voters ask and rate, everything answered, closed (M56, R8.06 代表法 58)."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from quancheng.contact import rules
from quancheng.contact.content import content_of_question, person_index
from quancheng.contact.models import ReportQuestion, ReportVoter, VotersReport
from quancheng.contact.recording import ContactRefused, add_fact, check_key, need, record
from quancheng.kernel.words import letters
from quancheng.ledger import acts as ledger
from quancheng.people import acts as people
from quancheng.people.models import Site
from quancheng.people.permissions import Actor, NotAllowed, demand
from quancheng.procedures.acts import Conflict

GRADES = {"satisfied": "满意", "basically": "基本满意", "dissatisfied": "不满意", "abstained": "弃权"}  # R6.06


@dataclass(frozen=True)
class ReportForm:
    """A report to voters: where it is held, from when to when voters may ask and rate, and its words."""

    site: str
    title: str
    body: str
    held_on: date
    closes_on: date


def announce_report(*, form: ReportForm, by: Actor, at: datetime) -> VotersReport:
    """Announce one's report to voters, with its words, before the day (R8.06). Raises NotAllowed, ContactRefused."""
    demand(by, "duty.keep")
    title = need(form.title, 4, "请写一个标题", "title", 60)
    body = need(form.body, 50, "请写明履职的情况", "body", 20_000)
    if not Site.objects.filter(rules.in_force(form.held_on), pk=form.site).exists():
        raise ContactRefused("请选择述职的站点。", "site")
    if form.held_on < timezone.localdate(at) or form.closes_on < form.held_on:
        raise ContactRefused("述职日期应当在今天以后，测评截止不早于述职当天。", "held_on")
    organ = next(o.organ for o in by.offices if o.role == "deputy")
    with transaction.atomic():
        made = VotersReport.objects.create(
            account_id=by.id, organ_id=organ, site_id=form.site, title=title, body=body, held_on=form.held_on,
            closes_on=form.closes_on, announced_at=at,
        )
        record("report_announced", f"report:{made.pk}", body, at, organ, site=form.site)
    return made


def open_report(*, report_id: int, by: Actor, at: datetime) -> VotersReport:
    """Record that the report was held; from now on voters ask and rate, and the duty file has a fact.

    By the staff of its site or the deputy office, not by the deputy. Raises NotAllowed, ContactRefused, Conflict.
    """
    found = VotersReport.objects.select_related("site").get(pk=report_id)
    organ = _keeps_report(found, by)
    if timezone.localdate(at) < found.held_on:
        raise ContactRefused("述职的日子还没有到。")
    with transaction.atomic():
        waiting = VotersReport.objects.filter(pk=report_id, state=VotersReport.State.ANNOUNCED)
        if not waiting.update(state=VotersReport.State.OPEN):
            raise Conflict("这次述职已经开始或者结束。")
        add_fact(found.account_id, "report", found.held_on, found.title, f"report:{report_id}", by, at)
        record("report_held", f"report:{report_id}", "", at, organ)
    found.refresh_from_db()
    return found


def _keeps_report(found: VotersReport, by: Actor) -> str:
    if by.account_id == found.account_id:
        raise NotAllowed("contact.keep_site")
    return rules.keeps(by, found.site)


def _open_for(report_id: int, at: datetime) -> VotersReport:
    found = VotersReport.objects.get(pk=report_id)
    if found.state != VotersReport.State.OPEN or timezone.localdate(at) > found.closes_on:
        raise ContactRefused("这次述职的提问和测评还没有开始，或者已经截止。")
    return found


def ask_on_report(
    *, report_id: int, body: str, phone: str, submission_key: str, by: Actor, at: datetime
) -> ReportQuestion:
    """Ask the deputy a question, with a verified number (R1.15); shown once it is answered. Raises ContactRefused, BadPhone."""
    demand(by, "matter.submit")
    earlier = ReportQuestion.objects.filter(submission_key=check_key(submission_key)).first()
    if earlier is not None:
        return earlier
    found = _open_for(report_id, at)
    body = need(body, 5, "请写下您的问题", "body", 1000)
    if not phone:
        raise ContactRefused("请填写手机号码并验证。号码只在后台核验，单独加密保存，不会公开。", "phone")
    made = ReportQuestion(
        report=found, public_id="q" + letters(20), receipt_code=letters(12), submission_key=submission_key, body=body,
        salt=ledger.new_salt(), asked_at=at,
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
            ledger.append(
                kind="question.received", at=at, organ=found.organ_id, subject=made.public_id,
                content=content_of_question(made), salt=bytes(made.salt), detail={"report": report_id},
            )
            people.record_authorship(subject=made.public_id, phone=phone, at=at)
    except IntegrityError:
        return ReportQuestion.objects.get(submission_key=submission_key)
    return made


def answer_question(*, question_id: int, answer: str, by: Actor, at: datetime) -> ReportQuestion:
    """Answer a voter's question, as the deputy who reported; it is shown from now on, and its author told.

    Raises NotAllowed, ContactRefused, Conflict.
    """
    found = ReportQuestion.objects.select_related("report").get(pk=question_id)
    demand(by, "duty.keep")
    if found.report.account_id != by.id:
        raise NotAllowed("duty.keep")
    answer = need(answer, rules.SHORTEST_REASON, "请写下回答", "answer", 5000)
    with transaction.atomic():
        waiting = ReportQuestion.objects.filter(pk=question_id, answered_at=None, withheld_by=None)
        if not waiting.update(answer=answer, answered_at=at):
            raise Conflict("这个问题已经回答。")
        record("question_answered", found.public_id, answer, at, found.report.organ_id)
        people.notify_author(
            subject=found.public_id, at=at, text=f"您在述职会上的提问（回执号{found.receipt_code}）已有回答，请凭回执号查看。"
        )
    found.refresh_from_db()
    return found


def withhold_question(*, question_id: int, reason: str, by: Actor, at: datetime) -> ReportQuestion:
    """Not show a question, on a ground, by the office and never by the deputy; its author sees the ground (S11).

    Raises NotAllowed, ContactRefused, Conflict.
    """
    found = ReportQuestion.objects.select_related("report__site").get(pk=question_id)
    if by.account_id == found.report.account_id:
        raise NotAllowed("contact.manage")
    organ = rules.office_over(by, "contact.manage", found.report.site.area_id)
    reason = need(reason, rules.SHORTEST_REASON, "请写明不公开的依据，提问人会看到", "reason", 200)
    with transaction.atomic():
        waiting = ReportQuestion.objects.filter(pk=question_id, withheld_by=None)
        if not waiting.update(withheld_by_id=by.id, withheld_why=reason):
            raise Conflict("这个问题已经处理。")
        record("question_withheld", found.public_id, reason, at, organ)
        people.notify_author(
            subject=found.public_id, at=at,
            text=f"您在述职会上的提问（回执号{found.receipt_code}）没有公开，理由：{reason[:80]}。",
        )
    found.refresh_from_db()
    return found


def rate_report(*, report_id: int, grade: str, phone: str, by: Actor, at: datetime) -> VotersReport:
    """Rate a report, once for each verified number: a count goes up, the roll notes the number, nothing joins them (S06).

    Raises ContactRefused, BadPhone, Conflict for who has rated.
    """
    demand(by, "matter.submit")
    found = _open_for(report_id, at)
    if grade not in GRADES:
        raise ContactRefused("请选择满意、基本满意、不满意或者弃权。", "grade")
    who = person_index(f"report:{report_id}", phone)
    try:
        with transaction.atomic():
            ReportVoter.objects.create(report=found, person_index=who)
            VotersReport.objects.filter(pk=report_id).update(**{grade: F(grade) + 1})
            record("report_rated", f"report:{report_id}", "", at, found.organ_id)
    except IntegrityError:
        raise Conflict("这个手机号码已经测评过这次述职。") from None
    return VotersReport.objects.get(pk=report_id)


def count_paper(*, report_id: int, counts: dict[str, int], by: Actor, at: datetime) -> VotersReport:
    """Add the paper ratings counted on the spot, once, by the site's staff or the office (S19).

    Raises NotAllowed, ContactRefused, Conflict.
    """
    found = VotersReport.objects.select_related("site").get(pk=report_id)
    organ = _keeps_report(found, by)
    if set(counts) != set(GRADES) or any(not 0 <= number <= 10_000 for number in counts.values()):
        raise ContactRefused("四项都要填，没有的填0。", "counts")
    with transaction.atomic():
        running = VotersReport.objects.filter(pk=report_id, state=VotersReport.State.OPEN, paper_by=None)
        if not running.update(paper_by_id=by.id, **{grade: F(grade) + number for grade, number in counts.items()}):
            raise Conflict("纸质测评已经计入，或者述职没有开始。")
        record("report_paper", f"report:{report_id}", "", at, organ, total=sum(counts.values()))
    found.refresh_from_db()
    return found


def close_report(*, report_id: int, by: Actor, at: datetime) -> VotersReport:
    """Close a report after its last day, once every question is answered or withheld on a ground; its result shows.

    Raises NotAllowed, ContactRefused, Conflict.
    """
    found = VotersReport.objects.select_related("site").get(pk=report_id)
    organ = _keeps_report(found, by)
    if timezone.localdate(at) <= found.closes_on:
        raise ContactRefused(f"提问和测评到{found.closes_on:%Y年%-m月%-d日}截止，之后才能结束。")
    with transaction.atomic():
        left = found.questions.filter(answered_at=None, withheld_by=None).count()
        if left:
            raise ContactRefused(f"还有{left}个问题没有回答，回答完才能结束。")
        running = VotersReport.objects.filter(pk=report_id, state=VotersReport.State.OPEN)
        if not running.update(state=VotersReport.State.CLOSED, closed_at=at):
            raise Conflict("这次述职已经结束，或者还没有开始。")
        record("report_closed", f"report:{report_id}", "", at, organ)
    found.refresh_from_db()
    return found
