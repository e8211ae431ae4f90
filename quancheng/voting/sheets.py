"""Paper and hands: papers handed out, two tellers who count apart, scrutineers who sign (S07, R5.15–R5.19)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from quancheng.meetings import queries as meetings
from quancheng.people.permissions import Actor, demand
from quancheng.procedures import acts as procedures
from quancheng.procedures.acts import Conflict
from quancheng.voting import device
from quancheng.voting.agreeing import agreed, board_body, current, issued
from quancheng.voting.counting import finish
from quancheng.voting.models import (
    CountSignature,
    Official,
    Question,
    Result,
    Sheet,
    SheetLine,
    Vote,
)
from quancheng.voting.rules import QuestionCount, VoteRefused, check_count

Kind = SheetLine.Kind


def hand_out(*, vote_id: int, papers: int, by: Actor, at: datetime) -> Vote:
    """Enter how many papers were handed out in a vote by paper; never more than are present. Raises NotAllowed, VoteRefused."""
    with transaction.atomic():
        vote = Vote.objects.select_for_update().get(pk=vote_id, mode=Vote.Mode.PAPER)
        demand(by, "vote.run", organ=vote.case.organ_id)
        present = meetings.hall(vote.meeting_id or 0).present
        if vote.case.state != "issued" or not 0 < papers <= present:
            raise VoteRefused(f"发出的选票须在1至{present}张之间，并且只能在表决进行中登记。")
        vote.papers_issued = papers
        vote.save(update_fields=["papers_issued"])
        procedures.note(
            case=vote.case, event="voting.handed_out", words=str(papers), by=by, at=at, held="vote.run",
            shown=f"发出选票{papers}张",
        )
    return vote


def close(*, vote_id: int, by: Actor, at: datetime) -> Vote:
    """Close the box, or end the raising of hands. Raises NotAllowed, StepRefused, VoteRefused."""
    vote = Vote.objects.select_related("case").get(pk=vote_id, mode__in=(Vote.Mode.PAPER, Vote.Mode.HANDS))
    if vote.mode == Vote.Mode.PAPER and not vote.papers_issued:
        raise VoteRefused("请先登记发出的选票张数。")
    with transaction.atomic():
        procedures.perform(case=vote.case, step="close", by=by, at=at)
        vote.closes_at = at
        vote.save(update_fields=["closes_at"])
    return vote


def enter_sheet(*, vote_id: int, box: int, counts: Sequence[QuestionCount], by: Actor, at: datetime) -> Sheet:
    """Enter what a teller counted, without seeing the other's sheet. Raises VoteRefused, Conflict, Official.DoesNotExist."""
    with transaction.atomic():
        vote = Vote.objects.select_for_update().get(pk=vote_id)
        teller = Official.objects.get(vote=vote, duty=Official.Duty.TELLER, account_id=by.id)
        if vote.case.state != "closed":
            raise VoteRefused("截止以后、计票完成以前才能填写计票单。")
        round_, sheets = current(vote)
        if any(one.teller_id == teller.pk for one in sheets):
            raise Conflict("您的计票单已经交了，请等另一位计票人。")
        handed = issued(vote)
        if box > handed:  # R5.19 选举法 44
            raise VoteRefused(f"收回{box}张，多于发出的{handed}张。请再数一遍；如果确实多，须宣布本次表决无效，重新表决。")
        questions = list(Question.objects.filter(vote=vote).order_by("number").prefetch_related("options"))
        if len(questions) != len(counts):
            raise VoteRefused("计票单没有填全。")
        for question, counted in zip(questions, counts, strict=True):
            check_count(question, len(question.options.all()), box, counted)
            if counted.write_ins and not question.write_in:
                raise VoteRefused(f"“{question.title}”不能另选他人。")
        sheet = Sheet.objects.create(vote=vote, teller=teller, round=round_, box=box, entered_at=at)
        SheetLine.objects.bulk_create(_lines(sheet, questions, counts))
        procedures.note(
            case=vote.case, event="voting.sheet", words=f"{teller.number}:{round_}", by=by, at=at, held="vote.scrutinise",
            shown=f"计票人{teller.number}号交了第{round_}轮计票单",
        )
    return sheet


def _lines(sheet: Sheet, questions: Sequence[Question], counts: Sequence[QuestionCount]) -> list[SheetLine]:
    made = []
    for question, counted in zip(questions, counts, strict=True):
        made.append(SheetLine(sheet=sheet, question=question, kind=Kind.VALID, count=counted.valid))
        made.append(SheetLine(sheet=sheet, question=question, kind=Kind.VOID, count=counted.void))
        options = sorted(question.options.all(), key=lambda one: one.number)
        made += [
            SheetLine(sheet=sheet, question=question, kind=Kind.OPTION, option=option, count=mark)
            for option, mark in zip(options, counted.marks, strict=True)
        ]
        made += [
            SheetLine(sheet=sheet, question=question, kind=Kind.WRITE_IN, name=name.strip()[:40], count=count)
            for name, count in sorted(counted.write_ins.items()) if name.strip() and count
        ]  # fmt: skip
    return made


def sign_count(*, vote_id: int, by: Actor, at: datetime) -> CountSignature:
    """Sign the agreed count as a scrutineer; the second signature makes it the result. Raises VoteRefused, Official.DoesNotExist."""
    with transaction.atomic():
        vote = Vote.objects.select_for_update().get(pk=vote_id, mode__in=(Vote.Mode.PAPER, Vote.Mode.HANDS))
        official = Official.objects.get(vote=vote, duty=Official.Duty.SCRUTINEER, account_id=by.id)
        found = agreed(vote)
        if found is None or vote.case.state != "closed":
            raise VoteRefused("两名计票人的计票单一致以后，才能签字。")
        round_, box, counts = found
        try:
            with transaction.atomic():
                made = CountSignature.objects.create(vote=vote, official=official, round=round_, at=at)
        except IntegrityError:
            raise Conflict("您已经签过字了。") from None
        procedures.note(
            case=vote.case, event="voting.signed", words=str(round_), by=by, at=at, held="vote.scrutinise",
            shown=f"监票人{official.number}号在计票结果上签字",
        )
        if CountSignature.objects.filter(vote=vote, round=round_).count() == 2:
            present = meetings.hall(vote.meeting_id or 0).present
            handed = box if vote.mode == Vote.Mode.HANDS else vote.papers_issued
            finish(vote, present=max(present, handed), issued=handed, box=box, counts=counts, pressed=False, at=at)
    return made


def sign_for_board(*, vote_id: int, trustee: int, signature: list[str], network: str, at: datetime) -> bool:
    """Keep a scrutineer's signature by key on the agreed paper count of a device vote; the second posts it. Says whether posted.

    Raises OutsideHall, Fault("count"), Fault("signature"), VoteRefused.
    """
    with transaction.atomic():
        vote = Vote.objects.select_for_update().get(pk=vote_id, mode=Vote.Mode.DEVICE)
        found, body = agreed(vote), board_body(vote)
        official = vote.officials.filter(duty=Official.Duty.SCRUTINEER, number=trustee).first()
        if found is None or body is None or official is None:
            raise VoteRefused("两名计票人的计票单一致以后，才能签字。")
        device.check_paper_signature(vote_id=vote_id, count=body, trustee=trustee, signature=signature, network=network, at=at)
        CountSignature.objects.update_or_create(
            vote=vote, official=official, round=found[0], defaults={"signature": ",".join(signature), "at": at}
        )
        kept = CountSignature.objects.filter(vote=vote, round=found[0]).select_related("official").order_by("pk")
        signatures = [{"trustee": one.official.number, "sig": one.signature.split(",")} for one in kept]
        if len(signatures) < 2:
            return False
        device.paper_count(vote_id=vote_id, count=body, signatures=signatures[:2], network=network, at=at)
    return True


def recount(*, vote_id: int, reason: str, by: Actor, at: datetime) -> Vote:
    """Count again from the start, before the announcement, with a reason (S07). Raises NotAllowed, VoteRefused."""
    with transaction.atomic():
        vote = Vote.objects.select_for_update().get(pk=vote_id, mode__in=(Vote.Mode.PAPER, Vote.Mode.HANDS))
        demand(by, "vote.run", organ=vote.case.organ_id)
        if vote.case.state != "closed" or len(reason.strip()) < 5:
            raise VoteRefused("宣布以前可以重新计票，须写明理由（不少于5个字）。")
        found = agreed(vote)
        if found is None:
            raise VoteRefused("两名计票人还没有数完，不用重新计票。")
        vote.rounds_set_aside = found[0]
        vote.save(update_fields=["rounds_set_aside"])
        Result.objects.filter(vote=vote, announced_at=None).delete()
        procedures.note(
            case=vote.case, event="voting.recount", words=reason, by=by, at=at, held="vote.run",
            shown=f"重新计票：{reason.strip()}",
        )
    return vote
