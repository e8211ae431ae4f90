"""旁听: the list fixed at the close, the draw in public, places given back, the door (R4.11, S18)."""

from datetime import datetime

from django.db import transaction

from quancheng.kernel import draws
from quancheng.kernel.words import letters, one_line
from quancheng.ledger import acts as ledger
from quancheng.ledger import queries as ledger_queries
from quancheng.meetings.models import Observation, Observer
from quancheng.meetings.observed import locked, move_up, record, tell
from quancheng.meetings.recording import MeetingRefused, line
from quancheng.people import sealing
from quancheng.people.permissions import Actor, demand
from quancheng.procedures import acts as procedures
from quancheng.procedures.acts import Conflict


def fix_list(*, observation_id: int, by: Actor, at: datetime) -> Observation:
    """Fix the list of those who are drawn from, after the close and once everybody is checked; its hash is published (S18).

    Raises NotAllowed, MeetingRefused, Conflict, StepRefused.
    """
    with transaction.atomic():
        found = locked(observation_id, "announced")
        demand(by, "observer.manage", organ=found.case.organ_id)
        if at < found.closes_at:
            raise MeetingRefused("还没有到申请截止时间，名单不能固定。")
        rows = found.observers.values_list("state", "code")
        if any(state == Observer.State.APPLIED for state, _code in rows):
            raise MeetingRefused("还有申请没有核对，核对完才能固定名单。")
        codes = sorted(code for state, code in rows if state == Observer.State.ELIGIBLE)
        if not codes:
            raise MeetingRefused("没有符合条件的申请，不需要抽签。可以取消这次旁听，或者另行公告。")
        fixed = draws.list_hash(codes)
        procedures.perform(case=found.case, step="fix", by=by, at=at, note=f"共{len(codes)}人，名单摘要 {fixed[:16]}…")
        procedures.stop_clock(case=found.case, key="fix", at=at)
        Observation.objects.filter(pk=found.pk).update(list_hash=fixed, fixed_at=at)
        ledger.append(
            kind="draw.fixed", at=at, organ=found.case.organ_id, subject=found.case.number, content=fixed.encode(),
            salt=ledger.new_salt(), detail={"codes": len(codes), "list": fixed},
        )
    found.refresh_from_db()
    return found


def draw_observers(*, observation_id: int, public_value: str, by: Actor, at: datetime) -> Observation:
    """Draw in public: show the seed, mix it with the list and the public value, rank everybody (S18).

    With the ledger for a source `public_value` is not asked: it is the root of the first checkpoint over the list.
    Raises NotAllowed, MeetingRefused, Conflict, StepRefused.
    """
    with transaction.atomic():
        found = locked(observation_id, "fixed")
        demand(by, "observer.manage", organ=found.case.organ_id)
        if at < found.draw_at:
            raise MeetingRefused("还没有到公告的抽签时间。")
        value, seed = _public_value(found, public_value), sealing.unseal("observation.seed", found.seed_sealed)
        eligible = {one.code: one for one in found.observers.filter(state=Observer.State.ELIGIBLE)}
        order = draws.ranked(list(eligible), seed=seed, public_value=value)
        if draws.list_hash(order) != found.list_hash:
            raise Conflict("名单与截止时固定的摘要不一致，不能抽签。请查明原因。")
        for place, code in enumerate(order, 1):
            one, drawn = eligible[code], place <= found.seats
            one.rank, one.state = place, Observer.State.DRAWN if drawn else Observer.State.WAITING
            one.card = letters(12) if drawn else None
        Observer.objects.bulk_update(eligible.values(), ["rank", "state", "card"], batch_size=100)
        procedures.perform(case=found.case, step="draw", by=by, at=at, note=f"{len(order)}人申请，席位{found.seats}个")
        Observation.objects.filter(pk=found.pk).update(public_value=value, seed=seed, drawn_at=at, drawn_by_id=by.id)
        ledger.append(
            kind="draw.drawn", at=at, organ=found.case.organ_id, subject=found.case.number,
            content="\n".join(order).encode(), salt=ledger.new_salt(), detail={"public": value, "seed": seed},
        )
        chosen = [eligible[code] for code in order]
        tell(chosen[: found.seats], "您已入选旁听，请凭回执号查看旁听证。不能到会的，请尽早放弃，由候补递补。", at)
        tell(chosen[found.seats :], "旁听抽签已经完成，您列为候补，名次请凭回执号查看。", at)
    found.refresh_from_db()
    return found


def _public_value(found: Observation, given: str) -> str:
    """Return the public value from where the notice said it would come. Raises MeetingRefused."""
    if found.source != draws.LEDGER:
        return line(given, 1, 200, f"请填写公开数：{found.source}", "public_value")
    root = ledger_queries.root_over(found.case.number, "draw.fixed")
    if root is None:
        raise MeetingRefused("固定名单的记录还没有封存进台账，通常只要几秒钟，请稍后再抽。", "public_value")
    return root


def give_place_back(*, receipt_code: str, at: datetime) -> Observer:
    """Take an application back, or a place that was drawn; then the first who waits moves up. By the holder of the receipt.

    Raises MeetingRefused, Conflict, Observer.DoesNotExist.
    """
    asked = Observer.objects.get(receipt_code=receipt_code)
    with transaction.atomic():
        found = locked(asked.observation_id)
        asked.refresh_from_db()
        if at >= found.meeting.starts_at or found.case.state == "ended":
            raise MeetingRefused("会议已经开始，不用再放弃。")
        before = asked.state
        if found.case.state == "fixed":
            raise MeetingRefused("名单已经固定，抽签以后再放弃，名额由候补递补。")
        early = before in (Observer.State.APPLIED, Observer.State.ELIGIBLE)
        if not early and before not in (Observer.State.DRAWN, Observer.State.WAITING):
            raise Conflict("这份申请已经撤回，或者没有入选。")
        after = Observer.State.WITHDRAWN if early else Observer.State.DECLINED
        Observer.objects.filter(pk=asked.pk).update(state=after, card=None, once=None if early else asked.once)
        record("gave_back", asked, found.case.organ_id, "", at, code=asked.code, draw=found.case.number)
        if before == Observer.State.DRAWN:
            move_up(found, at)
    asked.refresh_from_db()
    return asked


def admit_observer(*, card: str, by: Actor, at: datetime) -> Observer:
    """Let an observer in by his card, once, on the day of the meeting. Raises NotAllowed, MeetingRefused."""
    found = Observer.objects.select_related("observation__case", "observation__meeting").filter(card=one_line(card)).first()
    if found is None:
        demand(by, "observer.admit")
        raise MeetingRefused("没有这张旁听证，或者已经作废。", "card")
    demand(by, "observer.admit", organ=found.observation.case.organ_id)
    if found.removed_at is not None:
        raise MeetingRefused("这位旁听人员已被请离场，不能再入场。", "card")
    if found.observation.meeting.case.state not in ("called", "open"):
        raise MeetingRefused("会议没有在举行，不能入场。", "card")
    with transaction.atomic():
        if not Observer.objects.filter(pk=found.pk, came_at=None).update(came_at=at):
            raise MeetingRefused("这张旁听证已经入场登记过，请核对身份证。", "card")
        record("admitted", found, found.observation.case.organ_id, "", at)
    found.refresh_from_db()
    return found


def remove_observer(*, observer_id: int, reason: str, by: Actor, at: datetime) -> Observer:
    """Ask an observer to leave, with the reason on record (R4.11). Raises NotAllowed, MeetingRefused, Conflict."""
    found = Observer.objects.select_related("observation__case").get(pk=observer_id)
    demand(by, "observer.admit", organ=found.observation.case.organ_id)
    words = line(reason, 5, 200, "请写明请离场的理由和依据的纪律", "reason")
    with transaction.atomic():
        there = Observer.objects.filter(pk=found.pk, came_at__isnull=False, removed_at=None)
        if not there.update(removed_at=at, removed_why=words):
            raise Conflict("这位旁听人员没有入场，或者已经离场。")
        record("removed", found, found.observation.case.organ_id, words, at)
        procedures.note(
            case=found.observation.case, event="observer.removed", words=words, by=by, at=at, held="observer.admit"
        )
    found.refresh_from_db()
    return found


def cancel_observation(*, observation_id: int, reason: str, by: Actor, at: datetime) -> Observation:
    """Cancel 旁听 before the draw, with the reason for everybody. Raises NotAllowed, MeetingRefused, StepRefused, Conflict."""
    words = line(reason, 5, 200, "请写明取消的理由，公众会看到", "reason")
    with transaction.atomic():
        found = locked(observation_id)
        procedures.perform(case=found.case, step="cancel", by=by, at=at, note=words)
        procedures.stop_clock(case=found.case, key="fix", at=at)
        tell(found.observers.filter(state__in=("applied", "eligible")), f"这次旁听已经取消：{words[:60]}", at)
    return found


def end_observation(*, observation_id: int, by: Actor, at: datetime) -> Observation:
    """Close the file of a 旁听 after its meeting. Raises NotAllowed, MeetingRefused, StepRefused, Conflict."""
    with transaction.atomic():
        found = locked(observation_id)
        if at < found.meeting.starts_at or found.meeting.case.state in ("planned", "called", "open"):
            raise MeetingRefused("会议还没有结束。")
        procedures.perform(case=found.case, step="end", by=by, at=at)
    return found
