"""网上参考性意见 (S29): residents and others answer online; the answers only advise and never satisfy a statutory gate.

Of the answers only one enciphered sum for each option is kept, of those who took part only a keyed digest of the
telephone number: no row holds what anybody chose. The key lies sealed under the data folder's own key; it is used once,
after the close. Who holds server, key and every back-up together could learn single answers: so it is called
confidential on the page, not secret.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from quancheng.ballots import elgamal
from quancheng.ballots.canonical import Body
from quancheng.ballots.elgamal import Cipher
from quancheng.ballots.group import written
from quancheng.kernel import receipts
from quancheng.ledger import acts as ledger
from quancheng.people import sealing
from quancheng.people.permissions import Actor, demand
from quancheng.procedures import acts as procedures
from quancheng.procedures.models import Case
from quancheng.voting import procedure as _declared  # noqa: F401  # registers the procedure
from quancheng.voting.board import GROUP
from quancheng.voting.models import Option, Participant, PollSum, Question, Result, Vote
from quancheng.voting.preparing import (
    MOST_QUESTIONS,
    QuestionDraft,
    check,
    write_questions,
)
from quancheng.voting.rules import QuestionCount, VoteRefused, outcome

_KEY = "voting.poll"
SHORTEST = timedelta(hours=1)


class AlreadyAnswered(VoteRefused):
    """One telephone number answers a poll once."""


def check_poll(*, title: str, population: str, questions: Sequence[QuestionDraft], closes_at: datetime, at: datetime) -> None:
    """Say what is wrong with a poll before it is opened; once open it cannot be changed or taken back. Raises VoteRefused."""
    if not title.strip() or len(title) > 80 or not 4 <= len(population.strip()) <= 120:
        raise VoteRefused("请写明名称，并说明谁可以参加（4至120字）。")
    if closes_at < at + SHORTEST:
        raise VoteRefused("截止时间须晚于现在至少一小时。")
    if not questions or len(questions) > MOST_QUESTIONS:
        raise VoteRefused(f"请写1至{MOST_QUESTIONS}个问题。")
    for question in questions:
        check(question, Vote.Mode.ONLINE, Vote.Force.ADVISORY)


def open_poll(
    *, title: str, population: str, questions: Sequence[QuestionDraft], closes_at: datetime, organ: str, by: Actor,
    at: datetime, subject: int | None = None,
) -> Vote:
    """Open a poll or rating for a declared population until a moment; `subject` is the case that it is about.

    Raises NotAllowed, VoteRefused.
    """
    demand(by, "poll.open", organ=organ)
    check_poll(title=title, population=population, questions=questions, closes_at=closes_at, at=at)
    secret = GROUP.draw()
    with transaction.atomic():
        case = procedures.open_case(procedure="poll", organ=organ, by=by, at=at)
        if subject is not None:
            procedures.link_cases(source=case, target=Case.objects.get(pk=subject), relation="asks_about", at=at)
        vote = Vote.objects.create(
            case=case, title=title.strip(), mode=Vote.Mode.ONLINE, force=Vote.Force.ADVISORY, opens_at=at,
            closes_at=closes_at, population=population.strip(), poll_key=GROUP.base(secret).hex(),
            poll_secret_sealed=sealing.seal(_KEY, written(secret)),
        )  # fmt: skip
        write_questions(vote, questions)
        zero = GROUP.identity.hex()
        PollSum.objects.bulk_create(
            [PollSum(option=option, a=zero, b=zero) for option in Option.objects.filter(question__vote=vote)]
        )
    return vote


def answer(*, vote_id: int, choices: Sequence[Sequence[int]], phone: str, by: Actor, at: datetime) -> None:
    """Add one answer to the sums: for each question the numbers of the options chosen. The number was verified by the caller.

    Raises VoteRefused, AlreadyAnswered, people's BadPhone, Vote.DoesNotExist.
    """
    vote = Vote.objects.select_related("case").get(pk=vote_id, mode=Vote.Mode.ONLINE)
    demand(by, "poll.answer")
    if vote.case.state != "open" or vote.closes_at is None or at >= vote.closes_at:
        raise VoteRefused("这次征询已经截止，没有计入。")
    digest = sealing.index(f"voting.poll.{vote_id}", sealing.clean_phone(phone))
    questions = list(Question.objects.filter(vote=vote).order_by("number").prefetch_related("options"))
    if len(questions) != len(choices):
        raise VoteRefused("请回答每一个问题。")
    chosen: dict[int, bool] = {}
    for question, numbers in zip(questions, choices, strict=True):
        options = {one.number: one.pk for one in question.options.all()}
        if not set(numbers) <= options.keys() or not question.least <= len(set(numbers)) <= question.most:
            span = str(question.most) if question.least == question.most else f"{question.least}至{question.most}"
            raise VoteRefused(f"“{question.title}”须选{span}项。")
        chosen |= {pk: number in numbers for number, pk in options.items()}
    public = bytes.fromhex(vote.poll_key)
    with transaction.atomic():
        try:
            with transaction.atomic():
                Participant.objects.create(vote=vote, digest=digest)
        except IntegrityError:
            raise AlreadyAnswered("这个手机号码已经参加过了，每个号码只计一次。") from None
        sums = list(PollSum.objects.select_for_update().filter(option__in=chosen).order_by("pk"))
        for one in sums:
            added = elgamal.encrypt(GROUP, public, int(chosen[one.option_id]), GROUP.draw())
            one.a = GROUP.add(bytes.fromhex(one.a), added.a).hex()
            one.b = GROUP.add(bytes.fromhex(one.b), added.b).hex()
        PollSum.objects.bulk_update(sums, ["a", "b"])


def close_due(*, at: datetime) -> int:
    """Close every poll whose time is over and open its sums, once; return how many. The sweep calls it."""
    due = Vote.objects.filter(mode=Vote.Mode.ONLINE, case__state="open", closes_at__lte=at)
    return sum(_close(pk, at) for pk in due.values_list("pk", flat=True)[:100])


def _close(vote_id: int, at: datetime) -> bool:
    with transaction.atomic():
        vote = Vote.objects.select_for_update().select_related("case").get(pk=vote_id)
        if vote.case.state != "open":
            return False
        count = Participant.objects.filter(vote=vote).count()
        secret = GROUP.scalar(sealing.unseal(_KEY, bytes(vote.poll_secret_sealed)))
        table = {element: number for number, element in enumerate(GROUP.multiples(count))}
        found: list[Body] = []
        for question in Question.objects.filter(vote=vote).order_by("number").prefetch_related("options"):
            options = sorted(question.options.all(), key=lambda one: one.number)
            sums = {one.option_id: one for one in PollSum.objects.filter(option__in=options)}
            totals = [_opened(secret, Cipher(bytes.fromhex(sums[o.pk].a), bytes.fromhex(sums[o.pk].b)), table) for o in options]
            counted = QuestionCount(count, 0, tuple(totals))
            found.append({
                "electronic": totals, "paper": [0] * len(totals), "totals": totals, "valid": counted.valid, "void": 0,
                "write_ins": {}, "outcome": outcome(question, [one.title for one in options], totals, max(count, 1)),
            })  # fmt: skip
        body = {"present": count, "electronic": count, "issued": 0, "box": 0, "idle": 0, "questions": found}
        vote.base, vote.poll_secret_sealed = count, b""  # what opens the sums is gone once they are open
        vote.save(update_fields=["base", "poll_secret_sealed"])
        text = receipts.canonical(body).decode()
        Result.objects.create(
            vote=vote, present=count, issued=count, cast=count, found=text, counted_at=at, announced_at=at
        )
        procedures.perform(case=vote.case, step="close", by=Actor.public(), at=at)
        ledger.append(
            kind="poll.closed", at=at, organ=vote.case.organ_id, subject=vote.case.number, content=text.encode(),
            salt=ledger.new_salt(), detail={"answers": count},
        )
    return True


def _opened(secret: int, cipher: Cipher, table: dict[bytes, int]) -> int:
    number = table.get(GROUP.sub(cipher.b, GROUP.mul(secret, cipher.a)))
    if number is None:
        raise VoteRefused("合计打不开，数据可能被改动过。")
    return number
