"""Assigning: to lead, assisting and separate units; objections; successors. No unit passes a matter on (hard stop 12)."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from quancheng.handling import rules
from quancheng.handling.models import Assignment, Commitment, KeyFile, Objection
from quancheng.handling.recording import (
    HandlingRefused,
    assignment_of,
    case_of,
    clock_key,
    clock_of,
    demand_office,
    end_share,
    give_share,
    give_shares,
    need,
    note,
    running,
    tell_authors,
    unbiased,
    units_in_being,
)
from quancheng.people.models import Organ
from quancheng.people.permissions import Actor, demand
from quancheng.procedures import acts as procedures
from quancheng.procedures import declare
from quancheng.procedures.acts import Conflict
from quancheng.procedures.models import Case, Clock


def assign(
    *, case_id: int, lead: str, assisting: list[str], note: str, by: Actor, at: datetime,
    separate: list[str] | None = None, complex: bool = False, moves: int | None = None,
) -> list[Assignment]:
    """Assign a case to its lead and assisting units, or to separate ones, each with its own clock (R7.04 地方组织法 42).

    `separate`: two or more units that each answer their part, instead of a lead; `complex`: the longer term (R7.08
    代表法 51); `moves`: the count that the page showed. Raises NotAllowed, StepRefused, Conflict, HandlingRefused.
    """
    case, apart = Case.objects.select_related("organ", "key_file").get(pk=case_id), list(dict.fromkeys(separate or ()))
    demand_office(case, by)
    if moves is not None and case.moves != moves:
        raise Conflict("这一案卷刚刚已由他人办理，请刷新后再看。")
    if bool(lead) == bool(apart):
        raise HandlingRefused("请选择一个主办单位，或者两个以上分办单位。", "lead")
    if len(apart) == 1:
        raise HandlingRefused("分办须有两个以上单位；只有一个单位时请作为主办。", "separate")
    others = [code for code in dict.fromkeys(assisting) if code != lead and code not in apart]
    if complex and rules.clock_set(case).complex is None:
        raise HandlingRefused("这类事项没有较长的办理期限。", "complex")
    units = units_in_being([*([lead] if lead else apart), *others], timezone.localdate(at))
    _check_key(case, [lead] if lead else apart)
    words = note.strip()
    with transaction.atomic():
        procedures.perform(case=case, step="assign", by=by, at=at, note=words)
        procedures.stop_clock(case=case, key="pass_on", at=at)  # R7.21: passed on when a unit has it
        role = Assignment.Role.LEAD if lead else Assignment.Role.SEPARATE
        shares: list[tuple[Organ, str]] = [(units[code], role) for code in ([lead] if lead else apart)]
        shares += [(units[code], Assignment.Role.ASSIST) for code in others]
        made = give_shares(case, shares, words, by, at, complex_=complex)
        named = "；".join(f"{share.get_role_display()}：{share.unit.name}" for share in made)
        tell_authors(case, "assigned", f"{case.number}已交办。{named}。", at)
    return made


def _check_key(case: Case, principals: list[str]) -> None:
    """Keep a key file's department among those that answer (双办理)."""
    key: KeyFile | None = getattr(case, "key_file", None)
    if key is not None and key.department_id not in principals:
        raise HandlingRefused("重点督办事项须由确定的承办部门主办。", "lead")


def add_assistant(*, case_id: int, unit: str, note: str, by: Actor, at: datetime) -> Assignment:
    """Let one more unit assist while the case is being handled. Raises NotAllowed, Conflict, HandlingRefused."""
    case = case_of(case_id)
    demand_office(case, by)
    principals = Assignment.objects.filter(case=case, ended_at=None).exclude(role=Assignment.Role.ASSIST)
    if not principals.exists():
        raise HandlingRefused("案卷没有正在办理的主办单位，不能增加协办。", "unit")
    found = units_in_being([unit], timezone.localdate(at), "unit")[unit]
    with transaction.atomic():
        return give_share(case, found, Assignment.Role.ASSIST, note.strip(), by, at)


def raise_objection(*, assignment_id: int, reason: str, by: Actor, at: datetime) -> Objection:
    """Object in writing that the matter is not the unit's own, within the days set (R7.05, R7.33).

    The clock of the answer goes on. Raises NotAllowed, Conflict, HandlingRefused.
    """
    share = assignment_of(assignment_id)
    demand(by, "handling.object", organ=share.unit_id)
    running(share)
    reason = need(reason, rules.SHORTEST_REASON, "请写明不属于本单位职责的理由", "reason")
    day, start = timezone.localdate(at), timezone.localdate(share.at)
    limit = procedures.due_day(start=start, term=rules.term(share.case, "objection", start))
    if day > limit:
        raise HandlingRefused(f"退办期限已于{limit:%Y年%-m月%-d日}届满，请继续办理。", "reason")
    if share.answers.exclude(signed_at=None).exists():
        raise HandlingRefused("已经作出答复，不能再退办。", "reason")
    try:
        with transaction.atomic():
            made = Objection.objects.create(assignment=share, reason=reason, by_id=by.id, at=at)
            procedures.start_clock(
                case=share.case, key=f"reassign:{made.pk}", label="研究退办", start=day, at=at,
                term=rules.term(share.case, "reassign", day),
            )
            note("objected", share.case, reason, by, at, "handling.object", share.unit.name, unit=share.unit_id)
    except IntegrityError:
        raise Conflict("这项交办的退办意见正在研究。") from None
    return made


def decide_objection(
    *, objection_id: int, accept: bool, reason: str, new_unit: str, by: Actor, at: datetime
) -> Assignment:
    """Decide on an objection: the unit is replaced by another with a clock of its own, or goes on (R7.05).

    An assisting unit may go without another (`new_unit` ''). Returns the share that runs now, or the one that ended.
    Raises NotAllowed, Conflict, HandlingRefused.
    """
    found = Objection.objects.select_related("assignment__case__organ", "assignment__unit").get(pk=objection_id)
    share = found.assignment
    held = demand_office(share.case, by)
    unbiased(share.case, by)
    reason = need(reason, rules.SHORTEST_REASON, "请写明同意或者不同意的理由", "reason")
    if accept and (new_unit == share.unit_id or (not new_unit and share.principal)):
        raise HandlingRefused("请另选承办单位。", "new_unit")
    units = units_in_being([new_unit], timezone.localdate(at), "new_unit") if accept and new_unit else {}
    state = Objection.State.ACCEPTED if accept else Objection.State.REFUSED
    with transaction.atomic():
        changed = Objection.objects.filter(pk=found.pk, state=Objection.State.WAITING).update(
            state=state, decided_by_id=by.id, decided_at=at, decision=reason
        )
        if not changed:
            raise Conflict("这项退办已由他人处理，请刷新后再看。")
        procedures.stop_clock(case=share.case, key=f"reassign:{found.pk}", at=at)
        shown = "同意退办，重新交办" if accept else "不同意退办，继续办理"
        note("objection_decided", share.case, reason, by, at, held, shown, accepted=accept, unit=share.unit_id)
        if not accept:
            return share
        end_share(share, Assignment.End.OBJECTED, at)
        if not new_unit:
            return share
        made = give_share(
            share.case, units[new_unit], share.role, reason, by, at, complex_=share.complex, follows=share
        )
        if share.principal:
            text = f"{share.case.number}的承办单位由{share.unit.name}调整为{made.unit.name}。"
            tell_authors(share.case, "reassigned", text, at)
    return made


def replace_unit(*, assignment_id: int, successor: str, reason: str, by: Actor, at: datetime) -> Assignment:
    """Let a successor go on where a unit was dissolved or merged in mid-case; the due date stays (S14).

    Raises NotAllowed, Conflict, HandlingRefused.
    """
    share = assignment_of(assignment_id)
    demand_office(share.case, by)
    reason = need(reason, rules.SHORTEST_REASON, "请写明机构调整的依据", "reason")
    unit = units_in_being([successor], timezone.localdate(at), "successor")[successor]
    with transaction.atomic():
        return _succeed(share, unit, reason, by, at)


def _succeed(share: Assignment, unit: Organ, reason: str, by: Actor, at: datetime) -> Assignment:
    """Put a successor in the place of a share's unit; objections that wait fall away with the unit."""
    running(share)
    if unit.pk == share.unit_id:
        raise HandlingRefused("请选择承接的单位。", "successor")
    old = clock_of(share)
    for waiting in share.objections.filter(state=Objection.State.WAITING):
        procedures.stop_clock(case=share.case, key=f"reassign:{waiting.pk}", at=at)
    share.objections.filter(state=Objection.State.WAITING).update(
        state=Objection.State.REFUSED, decided_by_id=by.id, decided_at=at, decision="机构调整，由承接单位继续办理。"
    )
    end_share(share, Assignment.End.REPLACED, at)
    already = Assignment.objects.select_related("case").filter(case=share.case, unit=unit, ended_at=None).first()
    if already is not None:  # it has a share of its own: it assists, or answers separately
        if not share.principal:
            return already
        if already.principal:
            raise HandlingRefused("承接单位已经在分办这一事项，请先研究如何合并。", "successor")
        end_share(already, Assignment.End.REPLACED, at)
    made = give_share(share.case, unit, share.role, reason, by, at, complex_=share.complex, follows=share)
    fresh = Clock.objects.filter(case=share.case, key=clock_key(made), stopped_at=None)
    if old is None:  # it has answered; nothing of it is due now
        fresh.update(stopped_at=at, working="前一单位已答复，不另计期限。")
    else:
        fresh.update(
            due_on=old.due_on, started_on=old.started_on, label=old.label, key=old.key.split(":")[0] + f":{made.pk}",
            working=f"{old.working}承办单位调整为{unit.name}，期限不变。",
        )
    office = rules.clock_set(share.case).office
    note("replaced", share.case, reason, by, at, office, f"{share.unit.name} → {unit.name}", unit=unit.pk)
    if share.principal:
        text = f"{share.case.number}的承办单位因机构调整，由{unit.name}继续办理，期限不变。"
        tell_authors(share.case, "replaced", text, at)
    return made


def succeed_unit(*, unit: str, successor: str, reason: str, organ: str, by: Actor, at: datetime) -> int:
    """Let a successor take over everything that a dissolved unit has open under an office: shares and promises (S14).

    Returns how many. Raises NotAllowed, Conflict, HandlingRefused.
    """
    reason = need(reason, rules.SHORTEST_REASON, "请写明机构调整的依据", "reason")
    new = units_in_being([successor], timezone.localdate(at), "successor")[successor]
    shares: QuerySet[Assignment] = Assignment.objects.filter(unit_id=unit, ended_at=None, case__organ_id=organ)
    promises = Commitment.objects.filter(unit_id=unit, kept_at=None, case__organ_id=organ)
    done = 0
    with transaction.atomic():
        for share in shares.select_related("case__organ", "unit").order_by("id"):
            demand_office(share.case, by)
            _succeed(share, new, reason, by, at)
            done += 1
        for promise in promises.select_related("case__organ").order_by("id"):
            held = demand_office(promise.case, by)
            Commitment.objects.filter(pk=promise.pk).update(unit=new)
            Clock.objects.filter(case=promise.case, key=f"promise:{promise.pk}", stopped_at=None).update(organ=new)
            note("replaced", promise.case, reason, by, at, held, f"承诺事项由{new.name}继续落实", unit=successor)
            done += 1
    return done


def withdraw_handling(*, case_id: int, reason: str, by: Actor, at: datetime, held: str) -> None:
    """End every share of a case that its author took back; the matter's own act has moved the case.

    Raises Conflict where the case still runs: nobody drops it here.
    """
    case = case_of(case_id)
    if not declare.get(case.procedure, case.version).states[case.state].final:
        raise Conflict("这件还在办理，不能停止。")
    with transaction.atomic():
        for share in Assignment.objects.filter(case=case, ended_at=None).select_related("case"):
            end_share(share, Assignment.End.WITHDRAWN, at)
        waiting = Objection.objects.filter(assignment__case=case, state=Objection.State.WAITING)
        waiting.update(state=Objection.State.ACCEPTED, decided_at=at, decision="案件已撤回。")
        Clock.objects.filter(case=case, stopped_at=None).update(stopped_at=at)
        note("withdrawn", case, reason, by, at, held)
