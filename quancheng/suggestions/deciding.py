"""The office: intake with reasons, motions to the congress or not, assignment in bulk, a sponsor's seat that ended."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from quancheng.handling import acts as handling
from quancheng.handling.models import Answer, Rating
from quancheng.handling.recording import tell
from quancheng.people.models import Account
from quancheng.people.permissions import Actor, NotAllowed, demand
from quancheng.procedures import acts as procedures
from quancheng.procedures.acts import Conflict, StepRefused
from quancheng.procedures.models import Case
from quancheng.suggestions import drafting, rules
from quancheng.suggestions.models import Return, Sponsor, Suggestion
from quancheng.suggestions.papers import SuggestionRefused


def _of_office(suggestion_id: int, by: Actor, kind: str = "") -> Suggestion:
    found = Suggestion.objects.select_related("case__organ", "session").get(pk=suggestion_id)
    demand(by, "suggestion.check", organ=found.case.organ_id)
    if kind and found.kind != kind:
        raise SuggestionRefused("议案和建议各按自己的程序办理。", "kind")
    return found


def check(*, suggestion_id: int, by: Actor, at: datetime) -> Suggestion:
    """Take a suggestion after the intake check and give it its number in the session or the year (R7.02).

    Raises NotAllowed, StepRefused, SuggestionRefused, Conflict.
    """
    found = _of_office(suggestion_id, by, Suggestion.Kind.SUGGESTION)
    with transaction.atomic():
        procedures.perform(case=found.case, step="check", by=by, at=at)
        _give_number(found, at)
        tell(rules.authors(found.case), found.case, "checked", f"“{found.title}”已审核，编为第{found.number}号。", at)
    return found


def _give_number(found: Suggestion, at: datetime) -> None:
    if found.number is not None:  # a revised one keeps its number
        return
    year = timezone.localdate(at).year
    series = f"s{found.session_id}" if found.session_id else f"y{year}:{found.case.organ_id}"
    series = f"{series}:{found.kind}"[:40]
    for _attempt in range(20):
        last = Suggestion.objects.filter(series=series).aggregate(n=Max("number"))["n"] or 0
        try:
            with transaction.atomic():
                Suggestion.objects.filter(pk=found.pk).update(series=series, number=last + 1)
        except IntegrityError:
            continue
        found.series, found.number = series, last + 1
        return
    raise Conflict("编号暂时无法分配，请稍后再试。")


def send_back(*, suggestion_id: int, ground: str, words: str, by: Actor, at: datetime) -> Return:
    """Give a suggestion back with a listed ground and what should be mended; the deputy revises or withdraws (R7.02).

    Raises NotAllowed, StepRefused, SuggestionRefused, Conflict.
    """
    found = _of_office(suggestion_id, by)
    if ground not in Return.Ground.values:
        raise SuggestionRefused("退回只能依据所列理由。", "ground")
    if len(words.strip()) < 5:
        raise SuggestionRefused("请写明哪里需要修改，代表会看到。", "words")
    with transaction.atomic():
        made = Return.objects.create(suggestion=found, ground=ground, words=words.strip(), by_id=by.id, at=at)
        shown = f"{made.get_ground_display()}。{words.strip()}"
        procedures.perform(
            case=found.case, step="reject" if found.kind == Suggestion.Kind.MOTION else "return", by=by, at=at, note=shown
        )
        text = f"“{found.title}”被退回：{shown}"
        tell(rules.authors(found.case), found.case, "returned", text, at)
    return made


def file_motion(*, suggestion_id: int, by: Actor, at: datetime) -> Suggestion:
    """Hand a motion to the congress; its signatures are counted once more (R7.01, R0.20).

    Raises NotAllowed, StepRefused, SuggestionRefused, Conflict.
    """
    found = _of_office(suggestion_id, by, Suggestion.Kind.MOTION)
    day = timezone.localdate(at)
    signed = set(rules.authors(found.case))
    submitted = timezone.localdate(found.submitted_at) if found.submitted_at else day
    drafting.demand_motion(found, found.session, len(rules.seated(signed, day)), submitted)
    with transaction.atomic():
        procedures.perform(case=found.case, step="file", by=by, at=at)
        _give_number(found, at)
        tell(signed, found.case, "filed", f"“{found.title}”已作为议案提交大会。", at)
    return found


def answer_rejection(*, suggestion_id: int, become_suggestion: bool, by: Actor, at: datetime) -> Suggestion:
    """Agree, as the lead sponsor, that a rejected motion becomes a suggestion, or let it end (R7.01).

    Returns the new suggestion, or the motion. Raises NotAllowed, StepRefused, Conflict.
    """
    found = drafting.of_lead(suggestion_id, by)
    own = rules.organ_of(by)
    with transaction.atomic():
        step = "become_suggestion" if become_suggestion else "close"
        procedures.perform(case=found.case, step=step, by=by, at=at, organ=own)
        if not become_suggestion:
            return found
        values = {
            "title": found.title, "category": found.category, "kind": str(Suggestion.Kind.SUGGESTION), "grounds": "",
            "plan": "", "body": f"{found.body}\n{found.grounds}\n{found.plan}"[: rules.LONGEST],
            "openness": found.openness, "openness_reason": found.openness_reason,
        }  # fmt: skip
        made = drafting.create(
            values, "", found.case.organ_id, f"from-motion-{found.pk:012d}", by.id, by, at, Suggestion.Source.MOTION
        )
        confirmed = Sponsor.objects.filter(suggestion=found, state=Sponsor.State.CONFIRMED).exclude(account_id=by.id)
        Sponsor.objects.bulk_create(
            [Sponsor(suggestion=made, account_id=s.account_id, place=s.place, asked_at=at) for s in confirmed]
        )
        text = f"议案“{found.title}”拟转为建议，请确认是否继续联名。"
        tell([s.account_id for s in confirmed], made.case, "cosign", text, at)
        procedures.link_cases(source=found.case, target=made.case, relation="became_suggestion", at=at)
    return made


@dataclass(frozen=True)
class Order:
    """One line of an assignment in bulk: as a person confirmed it, whatever was proposed."""

    suggestion_id: int
    lead: str = ""
    assisting: tuple[str, ...] = ()
    separate: tuple[str, ...] = ()
    complex: bool = False
    moves: int | None = None


@dataclass(frozen=True)
class Done:
    """What became of one line of a bulk act."""

    suggestion_id: int
    ok: bool
    message: str = ""


def assign_many(*, orders: list[Order], note: str, by: Actor, at: datetime) -> list[Done]:
    """Assign suggestions one by one as a person confirmed them; one that is refused does not hold up the others (R7.04).

    Raises NotAllowed.
    """
    cases = dict(Suggestion.objects.filter(pk__in=[o.suggestion_id for o in orders]).values_list("pk", "case_id"))
    done = []
    for order in orders:
        try:
            handling.assign(
                case_id=cases[order.suggestion_id], lead=order.lead, assisting=list(order.assisting),
                separate=list(order.separate), complex=order.complex, note=note, moves=order.moves, by=by, at=at,
            )
            done.append(Done(order.suggestion_id, True))
        except (handling.HandlingRefused, StepRefused, Conflict) as refusal:
            done.append(Done(order.suggestion_id, False, str(refusal)))
        except KeyError:
            done.append(Done(order.suggestion_id, False, "没有这件建议。"))
    return done


def check_many(*, suggestion_ids: list[int], by: Actor, at: datetime) -> list[Done]:
    """Take suggestions after the intake check, one by one. Raises NotAllowed."""
    done = []
    for pk in dict.fromkeys(suggestion_ids):
        try:
            check(suggestion_id=pk, by=by, at=at)
            done.append(Done(pk, True))
        except (SuggestionRefused, StepRefused, Conflict) as refusal:
            done.append(Done(pk, False, str(refusal)))
        except Suggestion.DoesNotExist:
            done.append(Done(pk, False, "没有这件建议。"))
    return done


def rate(*, answer_id: int, grade: str, reason: str, by: Actor, at: datetime) -> Rating:
    """Rate an answer as the lead sponsor, who is still a deputy (R7.11, S28).

    Raises NotAllowed, StepRefused, Conflict, handling's HandlingRefused.
    """
    case_id = Answer.objects.values_list("assignment__case_id", flat=True).get(pk=answer_id)
    found = Suggestion.objects.get(case_id=case_id)
    own = rules.organ_of(by)
    demand(by, "suggestion.rate", organ=own or None)
    if found.lead_id != by.id or by.id not in rules.seated({by.id}, timezone.localdate(at)):
        raise NotAllowed("suggestion.rate")
    return handling.rate(answer_id=answer_id, grade=grade, reason=reason, by=by, at=at, organ=own)


def replace_sponsor(*, suggestion_id: int, reason: str, by: Actor, at: datetime) -> Suggestion:
    """Let the next co-signer in office lead where the lead sponsor lost his seat; he then reads and rates.

    Where there is none, the suggestion is answered all the same, to the former deputy, and goes unrated.
    Raises NotAllowed, SuggestionRefused, Conflict.
    """
    found = _of_office(suggestion_id, by)
    day = timezone.localdate(at)
    if found.case.state in ("closed", "withdrawn", "draft"):
        raise SuggestionRefused("这件不在办理之中，不用变更领衔代表。")
    if found.lead_id in rules.seated({found.lead_id}, day):
        raise SuggestionRefused("领衔代表仍在任，不能由别人代替。")
    others = [pk for pk in rules.authors(found.case) if pk != found.lead_id]
    holding = rules.seated(set(others), day)
    heir = next((pk for pk in others if pk in holding), None)
    if heir is None:
        raise SuggestionRefused("没有在任的联名代表。这件继续办理并答复，不作测评。")
    if len(reason.strip()) < 5:
        raise SuggestionRefused("请写明代表资格终止的情况。", "reason")
    with transaction.atomic():
        if not Suggestion.objects.filter(pk=found.pk, lead_id=found.lead_id).update(lead_id=heir):
            raise Conflict("领衔代表刚刚已经变更。")
        name = Account.objects.values_list("name", flat=True).get(pk=heir)
        procedures.note(
            case=found.case, event="suggestion.sponsor_replaced", words=reason, by=by, at=at, held="suggestion.check",
            shown=f"由联名代表{name}领衔",
        )
        text = f"“{found.title}”的领衔代表不再任职，由您领衔，请关注办理和测评。"
        tell([heir], found.case, "sponsor", text, at)
    found.refresh_from_db()
    return found


def settled(case: Case, by: Actor, at: datetime) -> None:
    """Let a rated suggestion be followed while a promise is open, and end it when none is (R7.12). For the engine."""
    case = Case.objects.get(pk=case.pk)
    if case.commitments.filter(kept_at=None).exists():
        if case.state == "rated":
            procedures.perform(case=case, step="track", by=by, at=at)
    elif case.state in ("rated", "tracking"):
        procedures.perform(case=case, step="close", by=by, at=at)
