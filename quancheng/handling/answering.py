"""Contact with the author, the answer in fixed form, its way to the head's signature, joint answers."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from quancheng.handling import promising, rules
from quancheng.handling.models import (
    Answer,
    AnswerCopy,
    AnswerTemplate,
    Assignment,
    BundleMember,
    Contact,
    Objection,
    Rating,
)
from quancheng.handling.recording import (
    HandlingRefused,
    assignment_of,
    clock_key,
    clock_of,
    end_share,
    locked,
    need,
    note,
    running,
    tell,
    tell_authors,
    unbiased,
)
from quancheng.kernel import receipts
from quancheng.kernel.docnum import document_number
from quancheng.ledger import acts as ledger
from quancheng.people.permissions import Actor, demand
from quancheng.procedures import acts as procedures
from quancheng.procedures import declare
from quancheng.procedures.acts import Conflict
from quancheng.procedures.models import Case, Clock


def record_contact(
    *, assignment_id: int, manner: str, on: date, words: str, by: Actor, at: datetime
) -> Contact:
    """Record that the unit spoke with the author before it answers (R7.07 代表法 51); the author is told.

    Raises NotAllowed, Conflict, HandlingRefused.
    """
    share = assignment_of(assignment_id)
    demand(by, "handling.answer", organ=share.unit_id)
    unbiased(share.case, by)
    running(share)
    if manner not in Contact.Manner.values:
        raise HandlingRefused("请选择沟通的方式。", "manner")
    if on > timezone.localdate(at) or on < timezone.localdate(share.at):
        raise HandlingRefused("沟通日期应当在交办之后、今天以前。", "on")
    words = need(words, rules.SHORTEST_REASON, "请写明沟通的情况", "words")
    with transaction.atomic():
        made = Contact.objects.create(
            case=share.case, assignment=share, unit=share.unit, manner=manner, on=on, words=words, by_id=by.id, at=at
        )
        _move_if_declared(share.case, "contact", share.unit_id, by, at)
        shown = f"{share.unit.name}：{made.get_manner_display()}"
        note("contacted", share.case, words, by, at, "handling.answer", shown, manner=manner, unit=share.unit_id)
        text = f"{share.unit.name}记录已于{on:%Y年%-m月%-d日}与您沟通（{made.get_manner_display()}）。如与事实不符，请提出异议。"
        tell_authors(share.case, "contacted", text, at)
    return made


def _move_if_declared(case: Case, step: str, organ: str, by: Actor, at: datetime) -> None:
    """Take a step that only some matters declare, where it is open now."""
    procedure = declare.get(case.procedure, case.version)
    if any(declared.key == step for declared in procedure.open_steps(case.state)):
        procedures.perform(case=case, step=step, by=by, at=at, organ=organ)


def dispute_contact(*, contact_id: int, words: str, by: Actor, at: datetime) -> Contact:
    """Say, as an author of the case, that the contact was not as recorded; it no longer counts (R7.07, S28).

    Raises NotAllowed, Conflict, HandlingRefused.
    """
    found = Contact.objects.select_related("case__organ", "unit").get(pk=contact_id)
    demand(by, "signed_in")
    if by.id not in rules.matter(found.case).authors(found.case):
        raise HandlingRefused("只有提出人可以对沟通记录提出异议。", "words")
    words = need(words, rules.SHORTEST_REASON, "请写明与事实不符的地方", "words")[:300]
    with transaction.atomic():
        if not Contact.objects.filter(pk=found.pk, disputed_at=None).update(disputed_at=at, dispute=words):
            raise Conflict("这条沟通记录已经有人提出异议。")
        note("disputed", found.case, words, by, at, "signed_in", found.unit.name, unit=found.unit_id)
    found.refresh_from_db()
    return found


@dataclass(frozen=True)
class Draft:
    """What a unit drafts. `promise` and `promised_for` belong to a B answer."""

    outcome: str
    text: str
    promise: str = ""
    promised_for: date | None = None
    contact_name: str = ""
    telephone: str = ""


def draft_answer(
    *, assignment_id: int, draft: Draft, by: Actor, at: datetime, edits: int | None = None
) -> Answer:
    """Draft the answer of this round, or change the draft until it is signed; `edits`: the count that the page showed.

    Raises NotAllowed, Conflict, HandlingRefused.
    """
    share = assignment_of(assignment_id)
    demand(by, "handling.answer", organ=share.unit_id)
    unbiased(share.case, by)
    running(share)
    number = _round_of(share)
    values = {**_checked(draft, at), "drafted_by_id": by.id, "drafted_at": at, "sent_at": None}
    with transaction.atomic():
        found = Answer.objects.select_for_update().filter(assignment=share, round=number).first()
        if found is None:
            try:
                with transaction.atomic():
                    return Answer.objects.create(assignment=share, round=number, **values)
            except IntegrityError:
                raise Conflict("这份答复刚刚已由他人起草，请刷新后再改。") from None
        if found.signed_at is not None:
            raise Conflict("这次答复已经签发，不能再改。")
        if edits is not None and edits != found.edits:
            raise Conflict("这份答复刚刚已由他人保存。您的修改还在下方，请先对照后再保存。")
        Answer.objects.filter(pk=found.pk).update(edits=F("edits") + 1, **values)
    found.refresh_from_db()
    return found


def _round_of(share: Assignment) -> int:
    """Return which answer the share owes now. Raises Conflict when it owes none."""
    case = share.case
    if case.state == "redo":
        if not share.principal:
            raise Conflict("重新办理由主办单位答复，协办意见请直接交给主办单位。")
        return 2
    if not any(step.key == "answer" for step in declare.get(case.procedure, case.version).open_steps(case.state)):
        raise Conflict("这件事项现在不在办理阶段，请刷新后再看。")
    return 1


def _checked(draft: Draft, at: datetime) -> dict[str, object]:
    """Return the columns of a draft. Raises HandlingRefused."""
    text = need(draft.text, rules.SHORTEST_ANSWER, "请写明办理情况和结果", "text")
    if len(text) > rules.LONGEST_ANSWER:
        raise HandlingRefused(f"答复最多{rules.LONGEST_ANSWER}字，详细材料请作为附件。", "text")
    if draft.outcome not in Answer.Outcome.values:
        raise HandlingRefused("请选择办理结果的类别。", "outcome")
    promise, until = draft.promise.strip()[:300], draft.promised_for
    if draft.outcome != Answer.Outcome.B:
        promise, until = "", None
    elif not promise or until is None or until <= timezone.localdate(at):
        raise HandlingRefused("B类答复要写明承诺做什么、什么时候做完。", "promise")
    return {
        "outcome": draft.outcome, "text": text, "promise": promise, "promised_for": until,
        "contact_name": draft.contact_name.strip()[:40], "telephone": draft.telephone.strip()[:30],
    }


def send_to_head(*, answer_id: int, by: Actor, at: datetime) -> Answer:
    """Lay a draft before the head of the unit. Raises NotAllowed, Conflict."""
    found = Answer.objects.select_related("assignment").get(pk=answer_id)
    demand(by, "handling.answer", organ=found.assignment.unit_id)
    waiting = Answer.objects.filter(pk=found.pk, signed_at=None, sent_at=None)
    if not waiting.update(sent_at=at, returned_note="", edits=F("edits") + 1):
        raise Conflict("这份答复已经送签或者签发。")
    found.refresh_from_db()
    return found


def return_draft(*, answer_id: int, words: str, by: Actor, at: datetime) -> Answer:
    """Give a draft back to the clerk with what should be mended, as the head. Raises NotAllowed, Conflict, HandlingRefused."""
    found = Answer.objects.select_related("assignment").get(pk=answer_id)
    demand(by, "handling.sign", organ=found.assignment.unit_id)
    words = need(words, rules.SHORTEST_REASON, "请写明需要修改的地方", "words")[:500]
    sent = Answer.objects.filter(pk=found.pk, signed_at=None, sent_at__isnull=False)
    with transaction.atomic():
        if not sent.update(sent_at=None, returned_note=words, edits=F("edits") + 1):
            raise Conflict("这份答复没有送签，或者已经签发。")
        tell([found.drafted_by_id], found.assignment.case, "returned", f"答复被退回修改：{words}", at)
    found.refresh_from_db()
    return found


def sign_answer(*, answer_id: int, by: Actor, at: datetime) -> Answer:
    """Sign an answer as the head of the unit; a principal's goes to every author and its clock stops (R7.09).

    A lead of a bundle signs for all its cases at once. Raises NotAllowed, StepRefused, Conflict, HandlingRefused.
    """
    found = Answer.objects.select_related("assignment__case__organ", "assignment__unit").get(pk=answer_id)
    share = found.assignment
    demand(by, "handling.sign", organ=share.unit_id)
    unbiased(share.case, by)
    with transaction.atomic():
        if share.principal and found.round == 1:
            if BundleMember.objects.filter(case=share.case, left_at=None).exists():
                raise HandlingRefused("这件已并案办理，由并案的牵头件统一答复。", "text")
            _sign(found, by, at)
            for case_id in BundleMember.objects.filter(
                bundle__head=share.case, bundle__dissolved_at=None, left_at=None
            ).values_list("case_id", flat=True):
                _sign(_joint(found, case_id), by, at)
        else:
            _sign(found, by, at)
    found.refresh_from_db()
    return found


def _joint(head: Answer, case_id: int) -> Answer:
    """Return the same answer drafted for another case of the bundle. Raises HandlingRefused."""
    share = Assignment.objects.select_related("case__organ", "unit").filter(
        case_id=case_id, unit_id=head.assignment.unit_id, ended_at=None
    ).exclude(role=Assignment.Role.ASSIST).first()
    if share is None:
        raise HandlingRefused("并案的一件已不由本单位主办，请先让它退出并案。", "text")
    columns = ("outcome", "text", "promise", "promised_for", "contact_name", "telephone", "drafted_by_id", "drafted_at")
    made, _new = Answer.objects.update_or_create(
        assignment=share, round=1, signed_at=None,
        defaults={**{name: getattr(head, name) for name in columns}, "joint_of": head},
    )  # fmt: skip
    return made


def _sign(found: Answer, by: Actor, at: datetime) -> None:
    """Sign one answer, deliver it, and move its case once every principal of the round has answered."""
    share = found.assignment
    case = share.case = locked(share.case_id)
    running(share)
    if found.round != _round_of(share):
        raise Conflict("这份答复不是本轮的答复，请刷新后再看。")
    if share.objections.filter(state=Objection.State.WAITING).exists():
        raise HandlingRefused("本单位提出的退办正在研究，研究结果出来以前不能答复。", "text")
    if found.outcome == Answer.Outcome.B and (found.promised_for is None or found.promised_for <= timezone.localdate(at)):
        raise HandlingRefused("承诺完成的日期已过，请改正后再签发。", "promise")
    _demand_contact(found)
    found.number = _number(found, at)
    clock = clock_of(share)
    found.salt, found.signed_at, found.due_on = ledger.new_salt(), at, clock.due_on if clock else None
    signed = Answer.objects.filter(pk=found.pk, signed_at=None).update(
        signed_by_id=by.id, signed_at=at, number=found.number, salt=found.salt, due_on=found.due_on
    )
    if not signed:
        raise Conflict("这份答复刚刚已经签发。")
    ledger.append(
        kind="answer.signed", at=at, organ=share.unit_id, subject=f"answer:{found.pk}", content=content_of(found),
        salt=found.salt, detail={"case": case.number, "outcome": found.outcome, "round": found.round},
    )
    if share.principal:
        _deliver(found, by, at)
    else:
        end_share(share, Assignment.End.ANSWERED, at)
        note("assisted", case, found.text, by, at, "handling.sign", share.unit.name, unit=share.unit_id)


def _demand_contact(found: Answer) -> None:
    """Raise HandlingRefused unless the unit spoke with the author in this round, undisputed (R7.07)."""
    share = found.assignment
    if not share.principal or not rules.clock_set(share.case).contact_first:
        return
    spoken = Contact.objects.filter(case=share.case, disputed_at=None)
    before = _line_of(share)
    spoken = spoken.filter(assignment_id__in=before)
    if found.round == 2:
        bad = Rating.objects.filter(answer__assignment_id__in=before, answer__round=1).order_by("-at").first()
        spoken = spoken.filter(at__gt=bad.at) if bad else spoken
    if not spoken.exists():
        raise HandlingRefused(f"{share.case.number}还没有本轮与提出人沟通的记录，请先沟通再答复。", "contact")


def _line_of(share: Assignment) -> list[int]:
    """Return the ids of a share and of those that it follows."""
    ids = [share.pk]
    while share.follows_id is not None:
        ids.append(share.follows_id)
        share = Assignment.objects.get(pk=share.follows_id)
    return ids


def _number(found: Answer, at: datetime) -> str:
    """Return the document number of a principal's answer, '' for a unit without a mark."""
    unit, year = found.assignment.unit, timezone.localdate(at).year
    if not found.assignment.principal or not unit.document_mark:
        return ""
    taken = Answer.objects.filter(number__startswith=f"{unit.document_mark}〔{year}〕").count()
    return document_number(unit.document_mark, year, taken + 1)


def _deliver(found: Answer, by: Actor, at: datetime) -> None:
    """Stop the clock, hand the answer to every author, and move the case when it was the last of the round."""
    share, day = found.assignment, timezone.localdate(at)
    case = share.case
    Clock.objects.filter(case=case, key__in=(clock_key(share), f"redo:{share.pk}"), stopped_at=None).update(stopped_at=at)
    readers = rules.matter(case).authors(case)
    AnswerCopy.objects.bulk_create([AnswerCopy(answer=found, account_id=pk, at=at) for pk in dict.fromkeys(readers)])
    tell(readers, case, "answered", f"{share.unit.name}对{rules.matter(case).heading(case)}作出答复，请查看并测评。", at)
    if found.outcome == Answer.Outcome.B and found.promised_for is not None:
        promising.promise(share, found.promise, found.promised_for, at, answer=found)
    open_shares = Assignment.objects.filter(case=case, ended_at=None).exclude(role=Assignment.Role.ASSIST)
    owed = open_shares.exclude(answers__round=found.round, answers__signed_at__isnull=False)
    if owed.exists():
        note("answered_part", case, found.text, by, at, "handling.sign", share.unit.name, unit=share.unit_id)
        return
    step = "answer_again" if found.round > 1 else "answer"
    procedures.perform(case=case, step=step, by=by, at=at, note=share.unit.name, organ=share.unit_id)
    own = rules.matter(case).answered
    if own is not None:
        own(case, by, at)
        return
    procedures.start_clock(case=case, key="rate", label="测评", term=rules.term(case, "rate", day), start=day, at=at)


def content_of(found: Answer) -> bytes:
    """Return the canonical bytes of a signed answer: what the ledger's salted digest stands for (S13)."""
    return receipts.canonical(
        {
            "case": found.assignment.case.number,
            "number": found.number,
            "outcome": found.outcome,
            "promise": found.promise,
            "promised_for": str(found.promised_for or ""),
            "round": found.round,
            "text": found.text,
            "unit": found.assignment.unit_id,
        }
    )


def mark_read(*, answer_id: int, by: Actor, at: datetime) -> bool:
    """Note that a reader opened the answer; False when he has no copy, or had opened it before."""
    return bool(AnswerCopy.objects.filter(answer_id=answer_id, account_id=by.id, read_at=None).update(read_at=at))


def save_template(*, unit: str, title: str, text: str, by: Actor, at: datetime) -> AnswerTemplate:
    """Keep words that a unit uses again, or change them. Raises NotAllowed, HandlingRefused."""
    demand(by, "handling.answer", organ=unit)
    title = need(title, 2, "请写模板的名称", "title")[:60]
    text = need(text, rules.SHORTEST_REASON, "请写模板的内容", "text")
    return AnswerTemplate.objects.update_or_create(
        unit_id=unit, title=title, defaults={"text": text, "by_id": by.id, "at": at}
    )[0]


def remove_template(*, template_id: int, by: Actor, at: datetime) -> None:
    """Remove a template of the actor's unit. Raises NotAllowed."""
    found = AnswerTemplate.objects.get(pk=template_id)
    demand(by, "handling.answer", organ=found.unit_id)
    found.delete()
