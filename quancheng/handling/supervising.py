"""Key files with their four named roles, the supervision log, and bundles of like cases with one joint answer."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from quancheng.handling import rules
from quancheng.handling.models import Assignment, Bundle, BundleMember, KeyFile, SupervisionEntry
from quancheng.handling.recording import HandlingRefused, case_of, demand_office, need, note, tell_authors
from quancheng.people.models import Organ
from quancheng.people.permissions import Actor, NotAllowed, demand, may
from quancheng.procedures import declare
from quancheng.procedures.acts import Conflict
from quancheng.procedures.models import Case


@dataclass(frozen=True)
class KeyRoles:
    """The four roles of a key file (双办理双督办): all must be named."""

    leader_name: str
    leader_post: str
    department: str
    supervisor_name: str
    supervisor_post: str
    committee: str


def choose_key(*, case_id: int, roles: KeyRoles, decision: str, by: Actor, at: datetime) -> KeyFile:
    """Enter that 主任会议 chose a case for key supervision, with its four named roles (R7.13 代表法 52, M38).

    Raises NotAllowed, Conflict, HandlingRefused.
    """
    case = case_of(case_id)
    if not any(may(by, "handling.choose_key", organ=code) for code in (case.organ_id, case.organ.parent_id) if code):
        raise NotAllowed("handling.choose_key")
    decision = need(decision, rules.SHORTEST_REASON, "请写明是哪一次主任会议确定的", "decision")[:200]
    named = {
        "leader_name": "领衔办理的党政领导", "leader_post": "领衔办理领导的职务", "supervisor_name": "领衔督办的人大领导",
        "supervisor_post": "领衔督办领导的职务",
    }  # fmt: skip
    for field, label in named.items():
        need(getattr(roles, field), 2, f"四方都要明确：请填写{label}", field)
    if not Organ.objects.filter(pk=roles.department, kind=Organ.Kind.GOVERNMENT, valid_to=None).exists():
        raise HandlingRefused("四方都要明确：请选择承办部门。", "department")
    bodies = (Organ.Kind.WORKING_BODY, Organ.Kind.STANDING_COMMITTEE)
    if not Organ.objects.filter(pk=roles.committee, kind__in=bodies, valid_to=None).exists():
        raise HandlingRefused("四方都要明确：请选择督办的专门委员会或者工作机构。", "committee")
    _check_stage(case)
    principals = Assignment.objects.filter(case=case, ended_at=None).exclude(role=Assignment.Role.ASSIST)
    codes = set(principals.values_list("unit_id", flat=True))
    if codes and roles.department not in codes:
        raise HandlingRefused("承办部门须是已经交办的主办单位。", "department")
    try:
        with transaction.atomic():
            made = KeyFile.objects.create(
                case=case, leader_name=roles.leader_name.strip()[:40], leader_post=roles.leader_post.strip()[:80],
                department_id=roles.department, supervisor_name=roles.supervisor_name.strip()[:40],
                supervisor_post=roles.supervisor_post.strip()[:80], committee_id=roles.committee, decision=decision,
                chosen_on=timezone.localdate(at), by_id=by.id, at=at,
            )
            note("key_chosen", case, decision, by, at, "handling.choose_key", decision, department=roles.department)
            tell_authors(case, "key", f"{case.number}已列为重点督办。", at)
    except IntegrityError:
        raise Conflict("这件已经列为重点督办。") from None
    return made


def _check_stage(case: Case) -> None:
    """Raise HandlingRefused unless an answer is still to come."""
    steps = {step.key for step in declare.get(case.procedure, case.version).open_steps(case.state)}
    if not steps & {"assign", "answer"}:
        raise HandlingRefused("重点督办须在答复以前确定。", "decision")


def log_supervision(
    *, case_id: int, kind: str, on: date, place: str, present: str, words: str, by: Actor, at: datetime
) -> SupervisionEntry:
    """Record a site visit, a meeting or a report heard, as the supervising committee (M38). Raises NotAllowed, HandlingRefused."""
    found = KeyFile.objects.select_related("case__organ").filter(case_id=case_id).first()
    if found is None:
        raise HandlingRefused("这件没有列为重点督办。", "words")
    demand(by, "handling.supervise_key", organ=found.committee_id)
    if kind not in SupervisionEntry.Kind.values:
        raise HandlingRefused("请选择督办的方式。", "kind")
    if on > timezone.localdate(at):
        raise HandlingRefused("督办日期不能晚于今天。", "on")
    words = need(words, rules.SHORTEST_REASON, "请写明督办的情况", "words")
    place = need(place, 2, "请写明地点", "place")[:80]
    present = need(present, 2, "请写明参加的人员", "present")[:300]
    with transaction.atomic():
        made = SupervisionEntry.objects.create(
            key_file=found, kind=kind, on=on, place=place, present=present, words=words, by_id=by.id, at=at
        )
        shown = f"{made.get_kind_display()}：{place}"
        note("supervised", found.case, words, by, at, "handling.supervise_key", shown, manner=kind)
    return made


def bundle(*, head_id: int, member_ids: list[int], reason: str, by: Actor, at: datetime) -> Bundle:
    """Let like cases of one unit be answered together; each author still rates his own (S10).

    Raises NotAllowed, Conflict, HandlingRefused.
    """
    head = case_of(head_id)
    held = demand_office(head, by)
    reason = need(reason, rules.SHORTEST_REASON, "请写明并案的理由", "reason")[:300]
    members = list(Case.objects.select_related("organ").filter(pk__in=set(member_ids) - {head_id}).order_by("id"))
    if not members:
        raise HandlingRefused("请选择要并案的事项。", "member_ids")
    unit = _sole_unit(head)
    for case in members:
        if case.organ_id != head.organ_id or case.procedure != head.procedure:
            raise HandlingRefused(f"{case.number}不是同类事项，不能并案。", "member_ids")
        if _sole_unit(case) != unit:
            raise HandlingRefused(f"{case.number}的主办单位不同，请先重新交办。", "member_ids")
    if BundleMember.objects.filter(case=head, left_at=None).exists():
        raise HandlingRefused("牵头件已经并入另一件。", "head_id")
    if Bundle.objects.filter(head__in=members, dissolved_at=None).exists():
        raise HandlingRefused("其中一件是另一组并案的牵头件。", "member_ids")
    try:
        with transaction.atomic():
            made = Bundle.objects.filter(head=head, dissolved_at=None).first() or Bundle.objects.create(
                head=head, reason=reason, by_id=by.id, at=at
            )
            BundleMember.objects.bulk_create([BundleMember(bundle=made, case=case) for case in members])
            for case in (head, *members):
                note("bundled", case, reason, by, at, held, f"牵头件：{head.number}", head=head.number)
                text = f"{case.number}与内容相近的事项并案办理，统一答复，分别测评。"
                tell_authors(case, "bundled", text, at)
    except IntegrityError:
        raise Conflict("其中一件刚刚已由他人并案。") from None
    return made


def _sole_unit(case: Case) -> str:
    """Return the one principal unit of a case that is being handled and not answered. Raises HandlingRefused."""
    steps = {step.key for step in declare.get(case.procedure, case.version).open_steps(case.state)}
    shares = Assignment.objects.filter(case=case, ended_at=None).exclude(role=Assignment.Role.ASSIST)
    codes = list(shares.values_list("unit_id", flat=True))
    if "answer" not in steps or len(codes) != 1:
        raise HandlingRefused(f"{case.number}不在办理中，或者有几个分办单位，不能并案。", "member_ids")
    return codes[0]


def unbundle(*, case_id: int, reason: str, by: Actor, at: datetime) -> None:
    """Take a case out of its bundle before the joint answer; the last one out ends it.

    Raises NotAllowed, Conflict, HandlingRefused.
    """
    case = case_of(case_id)
    held = demand_office(case, by)
    reason = need(reason, rules.SHORTEST_REASON, "请写明退出并案的理由", "reason")
    with transaction.atomic():
        found = BundleMember.objects.select_related("bundle").filter(case=case, left_at=None).first()
        if found is None or not BundleMember.objects.filter(pk=found.pk, left_at=None).update(left_at=at):
            raise Conflict("这件没有并案，或者已经退出。")
        if not BundleMember.objects.filter(bundle=found.bundle, left_at=None).exists():
            Bundle.objects.filter(pk=found.bundle_id).update(dissolved_at=at)
        note("unbundled", case, reason, by, at, held)
