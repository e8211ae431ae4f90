"""Moving a consultation to its end: closed, sorted, decided, everybody answered, the result published."""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.db import transaction

from quancheng.consultations import ordering, rules
from quancheng.consultations.deciding import record_decision
from quancheng.consultations.models import Consultation, DecisionRecord, ImportBatch, Opinion
from quancheng.consultations.opening import NotOpen
from quancheng.consultations.words import decision_content
from quancheng.kernel.deadlines import Term
from quancheng.ledger import acts as ledger
from quancheng.people import acts as people
from quancheng.people.permissions import Actor, demand
from quancheng.people.queries import actor_for
from quancheng.procedures import acts as procedures
from quancheng.procedures import jobs
from quancheng.procedures import queries as procedure_queries

CHUNK = 500  # opinions answered in one transaction: a job of minutes never keeps others waiting
TITLE = 60  # characters of a text's name in a message, so that the address at its end is never cut off


class Undecided(Exception):
    """Opinions without a decision remain (hard stop 7); `count` tells how many."""

    def __init__(self, count: int) -> None:
        super().__init__(f"还有{count}件意见没有作出决定，不能进入下一步：每一件意见都要有结果和理由。")
        self.count = count


def _consultation(consultation_id: int) -> Consultation:
    return Consultation.objects.select_related("case__organ").get(pk=consultation_id)


def close(*, consultation_id: int, by: Actor, at: datetime) -> Consultation:
    """Close the window, not before its last day is over. Raises NotAllowed, NotOpen, StepRefused, Conflict."""
    consultation = _consultation(consultation_id)
    demand(by, "consultation.move", organ=consultation.case.organ_id)
    if at < rules.end_of(consultation):
        raise NotOpen(f"征求意见到{consultation.closes_on:%Y年%-m月%-d日}结束，不能提前截止。")
    with transaction.atomic():
        procedures.perform(case=consultation.case, step="close", by=by, at=at)
        procedures.stop_clock(case=consultation.case, key="window", at=at)
        days = procedure_queries.parameter(
            "consultation.result_days", area=consultation.case.organ.area_id, on=rules.local_date(at)
        )
        procedures.start_clock(
            case=consultation.case, key="result", label="公布征求意见结果", term=Term(days, "workday", "立法法第四十条"),
            start=consultation.closes_on, at=at,
        )
    return consultation


def mark_sorted(*, consultation_id: int, by: Actor, at: datetime) -> Consultation:
    """Record that look-alikes are merged. Raises NotAllowed, StepRefused, Conflict."""
    consultation = _consultation(consultation_id)
    procedures.perform(case=consultation.case, step="sort", by=by, at=at)
    return consultation


def mark_decided(*, consultation_id: int, by: Actor, at: datetime) -> Consultation:
    """Record that every opinion has its decision (hard stop 7, R1.02, S09).

    Raises Undecided, NotAllowed, StepRefused, Conflict.
    """
    consultation = _consultation(consultation_id)
    demand(by, "consultation.move", organ=consultation.case.organ_id)
    with transaction.atomic():
        _refuse_undecided(consultation_id)
        procedures.perform(case=consultation.case, step="decide", by=by, at=at)
    return consultation


def _refuse_undecided(consultation_id: int) -> None:
    """Refuse to go on while an opinion has no decision, or a file of them is coming in (hard stop 7).

    The lock waits for whoever is handing in at this moment. Raises Undecided, StepRefused.
    """
    Consultation.objects.select_for_update().get(pk=consultation_id)
    if ImportBatch.objects.filter(consultation_id=consultation_id, state=ImportBatch.State.IMPORTING).exists():
        raise procedures.StepRefused("有一批意见正在导入，导入完成并逐条研究以后才能进入下一步。")
    open_ones = Opinion.objects.filter(consultation_id=consultation_id, state=Opinion.State.RECEIVED).count()
    if open_ones:
        raise Undecided(open_ones)


def reply_all(
    *, consultation_id: int, by: Actor, at: datetime, report: Callable[[int, str], None] | None = None
) -> int:
    """Answer every author: his page shows the decision, and a message goes to those whose number is known.

    Merged opinions get their own record of 与其他意见相同 with the leader's decision and reason in it. It goes on in
    steps of 500, each whole; broken off, it is taken up where it stopped, and nobody is told twice. Returns how many
    were answered. Raises NotAllowed, Undecided, StepRefused, Conflict.
    """
    consultation = _consultation(consultation_id)
    demand(by, "consultation.move", organ=consultation.case.organ_id)
    if consultation.case.state != "decided":
        raise procedures.StepRefused("逐条研究完成以后才能答复。")
    with transaction.atomic():
        _refuse_undecided(consultation_id)
    while _decide_some_merged(consultation, by, at):
        pass
    waiting = Opinion.objects.filter(consultation=consultation, state=Opinion.State.DECIDED)
    total, done = waiting.count(), 0
    while told := _reply_some(consultation, at):
        done += told
        if report is not None:
            report(done * 95 // max(total, done), f"已答复 {done} / {total} 件")
    with transaction.atomic():
        _refuse_undecided(consultation_id)
        procedures.perform(case=consultation.case, step="reply", by=by, at=at)
    return done


def _decide_some_merged(consultation: Consultation, by: Actor, at: datetime) -> int:
    """Decide on up to 500 merged opinions as their leaders were decided; return how many (S10)."""
    with transaction.atomic():
        rows = Opinion.objects.select_for_update(of=("self",)).filter(
            consultation=consultation, state=Opinion.State.MERGED
        )
        found = list(rows.select_related("consultation__case", "merged_into").order_by("merged_into_id", "id")[:CHUNK])
        groups: dict[int, list[Opinion]] = {}
        for opinion in found:
            groups.setdefault(opinion.merged_into_id or 0, []).append(opinion)
        for members in groups.values():
            leader = members[0].merged_into
            if leader is None or not leader.decision:  # cannot be: no received ones are left, and leaders are not merged
                raise Undecided(len(members))
            reason = (
                f"与{leader.public_id[-6:]}号意见相同，一并研究。该意见的处理：{leader.get_decision_display()}。{leader.reason}"
            )
            record_decision(
                opinions=members, decision=Opinion.Decision.DUPLICATE, reason=reason, account_id=by.id, at=at
            )
    return len(found)


def _reply_some(consultation: Consultation, at: datetime) -> int:
    """Answer up to 500 authors; return how many."""
    with transaction.atomic():
        rows = Opinion.objects.select_for_update(of=("self",)).filter(
            consultation=consultation, state=Opinion.State.DECIDED
        )
        found = list(rows.select_related("consultation__case", "merged_into").order_by("id")[:CHUNK])
        if not found:
            return 0
        Opinion.objects.filter(pk__in=[opinion.pk for opinion in found]).update(
            state=Opinion.State.REPLIED, replied_at=at
        )
        _record_replies(found, at)
        people.notify_authors(texts={o.public_id: _message(consultation, o) for o in found}, at=at)
    return len(found)


def _record_replies(found: list[Opinion], at: datetime) -> None:
    """Enter what each author was told, under the salt of the decision itself."""
    records = DecisionRecord.objects.filter(opinion__in=found).order_by("id")
    salts = {record.opinion_id: bytes(record.salt) for record in records}  # of the last one
    ledger.append_many(
        entries=[
            ledger.prepared(
                kind="opinion.replied", at=at, organ=opinion.consultation.case.organ_id, subject=opinion.public_id,
                content=decision_content(opinion.decision, opinion.reason), salt=salts[opinion.pk],
            )
            for opinion in found
        ],
        at=at,
    )


def _message(consultation: Consultation, opinion: Opinion) -> str:
    """Return the message to the author; who was merged gets the answer that his leader gets."""
    leader = opinion.merged_into
    answer = f"{leader.get_decision_display()}（与同类意见一并研究）" if leader else opinion.get_decision_display()
    title = consultation.version.title
    title = title if len(title) <= TITLE else title[: TITLE - 1] + "…"
    return f"您对《{title}》的意见已有结果：{answer}。详情：{settings.PUBLIC_URL}/r/{opinion.receipt_code}/"


def publish_result(*, consultation_id: int, publication_slug: str, by: Actor, at: datetime) -> Consultation:
    """Record that the summary report is public, the last step (R1.02). Raises NotAllowed, StepRefused, Conflict."""
    consultation = _consultation(consultation_id)
    with transaction.atomic():
        procedures.perform(case=consultation.case, step="publish", by=by, at=at, note=publication_slug)
        procedures.stop_clock(case=consultation.case, key="result", at=at)
    return consultation


@jobs.job("consultations.reply")
def _reply_job(argument: str, report: jobs.Report) -> None:
    """Answer in the background what a named person ordered; the argument is consultation, account and moment."""
    consultation_id, account_id, moment = argument.split("|")
    at = datetime.fromisoformat(moment)
    if _consultation(int(consultation_id)).case.state != "decided":
        return
    report(5, "正在答复")
    by = actor_for(int(account_id), rules.local_date(at))
    reply_all(consultation_id=int(consultation_id), by=by, at=at, report=report)


def request_reply(*, consultation_id: int, by: Actor, at: datetime) -> int:
    """Order that everybody be answered, as a background job; return the job's id.

    Raises NotAllowed, Undecided, StepRefused.
    """
    consultation = _consultation(consultation_id)
    demand(by, "consultation.move", organ=consultation.case.organ_id)
    if consultation.case.state != "decided":
        raise procedures.StepRefused("逐条研究完成以后才能答复。")
    with transaction.atomic():
        _refuse_undecided(consultation_id)
        return ordering.order(
            "consultations.reply", f"{consultation_id}|{by.id}|{at.isoformat()}", key=f"reply:{consultation_id}", at=at
        )
