"""What every act of handling shares: the refusal, the record, a unit's share with its clock, what people are told."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from quancheng.handling import rules
from quancheng.handling.models import Assignment, Message, Recusal
from quancheng.people.models import Organ
from quancheng.people.permissions import Actor, demand
from quancheng.procedures import acts as procedures
from quancheng.procedures import declare
from quancheng.procedures.acts import Conflict
from quancheng.procedures.models import Case, Clock

declare.name_events(
    {
        "handling.shared": "明确承办单位",
        "handling.objected": "承办单位提出退办",
        "handling.objection_decided": "研究退办意见",
        "handling.replaced": "机构调整，由承接单位继续办理",
        "handling.contacted": "办前联系沟通",
        "handling.disputed": "对沟通记录有异议",
        "handling.assisted": "协办单位提出意见",
        "handling.answered_part": "一个分办单位已答复",
        "handling.rated": "测评",
        "handling.assessed": "评估",
        "handling.extended": "延长期限",
        "handling.reminder": "催办",
        "handling.supervision": "发出督办函",
        "handling.letter_dropped": "不发督办函",
        "handling.letter_answered": "回复督办函",
        "handling.planned": "承诺事项：计划",
        "handling.milestone": "承诺事项：进展",
        "handling.claimed": "承办单位报告承诺已兑现",
        "handling.kept": "承诺已兑现",
        "handling.not_kept": "承诺未兑现，继续办理",
        "handling.postponed": "承诺事项延期",
        "handling.key_chosen": "列为重点督办",
        "handling.supervised": "督办",
        "handling.bundled": "并案办理",
        "handling.unbundled": "退出并案",
        "handling.attached": "附件",
        "handling.recused": "有利害关系的人回避",
        "handling.withdrawn": "停止办理",
    }
)


class HandlingRefused(ValueError):
    """Something must be mended first; `field` names where."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


def need(words: str, least: int, sentence: str, field: str) -> str:
    """Return the words trimmed. Raises HandlingRefused when there are too few."""
    words = words.strip()
    if len(words) < least:
        raise HandlingRefused(f"{sentence}（不少于{least}个字）。", field)
    return words


def note(
    event: str, case: Case, words: str, by: Actor, at: datetime, held: str, shown: str = "", **detail: object
) -> None:
    """Record an event of handling on the case and in the ledger; the words only as a digest."""
    procedures.note(
        case=case, event=f"handling.{event}", words=words, by=by, at=at, held=held, shown=shown[:300], detail=detail
    )


def tell(accounts: Iterable[int], case: Case | None, kind: str, text: str, at: datetime) -> None:
    """Tell accounts something about a case, each once."""
    Message.objects.bulk_create(
        [Message(account_id=pk, case=case, kind=kind, text=text[:300], at=at) for pk in dict.fromkeys(accounts)]
    )


def tell_authors(case: Case, kind: str, text: str, at: datetime) -> None:
    """Tell the authors of a case, as its matter names them."""
    tell(rules.matter(case).authors(case), case, kind, text, at)


def case_of(case_id: int) -> Case:
    """Return a case with its organ. Raises Case.DoesNotExist."""
    return Case.objects.select_related("organ").get(pk=case_id)


def unbiased(case: Case, by: Actor) -> None:
    """Raise HandlingRefused where the actor has declared, or was told, that he has a stake (S15)."""
    if Recusal.objects.filter(case=case, account_id=by.account_id or 0).exists():
        raise HandlingRefused("您在这件事项中已经回避，请由其他人办理。")


def locked(case_id: int) -> Case:
    """Return a case whose row is held until the transaction ends, so that shares of it are settled one by one."""
    return Case.objects.select_for_update(of=("self",)).select_related("organ").get(pk=case_id)


def assignment_of(assignment_id: int) -> Assignment:
    """Return a share with its case and unit. Raises Assignment.DoesNotExist."""
    return Assignment.objects.select_related("case__organ", "unit").get(pk=assignment_id)


def demand_office(case: Case, by: Actor) -> str:
    """Return the permission under which the actor assigns such cases. Raises NotAllowed."""
    held = rules.clock_set(case).office
    demand(by, held, organ=case.organ_id)
    return held


def running(share: Assignment) -> None:
    """Raise Conflict unless the share still runs."""
    if share.ended_at is not None:
        raise Conflict("这项交办已经结束，请刷新后再看。")


def current(share: Assignment) -> Assignment:
    """Return the share that runs now in place of one whose unit was replaced."""
    while share.end == Assignment.End.REPLACED and (after := share.followed_by.first()) is not None:
        share = assignment_of(after.pk)
    return share


def units_in_being(codes: list[str], on: date, field: str = "lead") -> dict[str, Organ]:
    """Return the units by code, all in being on the day. Raises HandlingRefused."""
    found = {organ.pk: organ for organ in Organ.objects.filter(pk__in=codes, kind=Organ.Kind.GOVERNMENT)}
    for code in codes:
        unit = found.get(code)
        if unit is None or unit.valid_from > on or (unit.valid_to and unit.valid_to < on):
            raise HandlingRefused("请选择现有的承办单位。", field)
    return found


def clock_key(share: Assignment) -> str:
    """Return the key of the clock with which a share began."""
    return f"{'answer' if share.principal else 'assist'}:{share.pk}"


def clock_of(share: Assignment) -> Clock | None:
    """Return the clock of a share that runs now: of its answer, its view or its redo."""
    keys = (clock_key(share), f"redo:{share.pk}")
    return Clock.objects.select_related("case__organ").filter(case=share.case, key__in=keys, stopped_at=None).first()


def give_share(
    case: Case, unit: Organ, role: str, words: str, by: Actor, at: datetime, *, complex_: bool = False,
    follows: Assignment | None = None,
) -> Assignment:
    """Give a unit its share and start its clock. Raises Conflict."""
    return give_shares(case, [(unit, role)], words, by, at, complex_=complex_, follows=follows)[0]


def give_shares(
    case: Case, shares: list[tuple[Organ, str]], words: str, by: Actor, at: datetime, *, complex_: bool = False,
    follows: Assignment | None = None,
) -> list[Assignment]:
    """Give units their shares, each in its role, and start their clocks (≤8 statements, however many). Raises Conflict."""
    rows = [
        Assignment(
            case=case, unit=unit, role=role, by_id=by.id, at=at, note=words[:300], follows=follows,
            complex=complex_ and role != Assignment.Role.ASSIST,
        )
        for unit, role in shares
    ]
    try:
        with transaction.atomic():
            made = Assignment.objects.bulk_create(rows)
    except IntegrityError:
        named = "、".join(unit.name for unit, _role in shares)
        raise Conflict(f"{named}已经在办，或者已经有主办单位。") from None
    day, first = timezone.localdate(at), rules.matter(case).counts_from(case)
    starts, longest = [], "complex" if complex_ else "answer"
    rules.read_terms(case, {longest if share.principal else "assist" for share in made}, day)
    for share in made:
        which, label = (longest, "答复") if share.principal else ("assist", "协办意见")
        starts.append(
            procedures.Start(
                clock_key(share), f"{share.get_role_display()}{label}" if share.principal else label,
                rules.term(case, which, day), (first if share.principal else None) or day, share.unit_id,
            )
        )
    procedures.start_clocks(case=case, starts=starts, at=at)
    procedures.note_each(
        case=case, event="handling.shared", words=words, by=by, at=at, held=rules.clock_set(case).office,
        each=[
            (f"{share.get_role_display()}：{share.unit.name}", {"role": share.role, "unit": share.unit_id}) for share in made
        ],
    )
    return made


def end_share(share: Assignment, end: str, at: datetime) -> None:
    """End a share and its clocks. Raises Conflict when somebody else did."""
    if not Assignment.objects.filter(pk=share.pk, ended_at=None).update(ended_at=at, end=end):
        raise Conflict("这项交办刚刚已由他人办理，请刷新后再看。")
    share.ended_at, share.end = at, end
    Clock.objects.filter(case=share.case, key__in=(clock_key(share), f"redo:{share.pk}"), stopped_at=None).update(
        stopped_at=at
    )
