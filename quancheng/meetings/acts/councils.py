"""街道议政会 (M44, R4.20): set up for a term, its members, topics, meetings; it gives opinions and adopts nothing (R4.19)."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from quancheng.kernel.deadlines import Term
from quancheng.ledger import acts as ledger
from quancheng.meetings.acts.calling import Plan, plan
from quancheng.meetings.models import Attendee, Council, CouncilMeeting, CouncilMember, CouncilTopic, Meeting
from quancheng.meetings.public_sweeps import restart_clock
from quancheng.meetings.recording import MeetingRefused, line
from quancheng.people.models import Area
from quancheng.people.permissions import Actor, demand
from quancheng.procedures import acts as procedures
from quancheng.procedures.acts import Conflict

MOST_MEMBERS = 200
LONGEST_YEARS = 5


@dataclass(frozen=True)
class CouncilForm:
    """What is fixed of a council when it is set up."""

    area: str
    name: str
    basis: str
    starts_on: date
    ends_on: date


def found_council(*, form: CouncilForm, organ: str, by: Actor, at: datetime) -> Council:
    """Set up a street's council for a term; from that day it must meet within a year (R4.20). Raises NotAllowed, MeetingRefused."""
    demand(by, "council.manage", organ=organ)
    name, basis = line(form.name, 4, 60, "请填写议政会名称", "name"), line(form.basis, 4, 200, "请写明设立的依据", "basis")
    if not Area.objects.filter(pk=form.area, kind=Area.Kind.SUBDISTRICT).exists():
        raise MeetingRefused("议政会设在街道，请选择街道。", "area")
    if not form.starts_on < form.ends_on or form.ends_on.year - form.starts_on.year > LONGEST_YEARS:
        raise MeetingRefused(f"任期的起止日期不对，任期最长{LONGEST_YEARS}年。", "ends_on")
    if Council.objects.filter(area_id=form.area, case__state="serving").exists():
        raise Conflict("这个街道已经有一届任期内的议政会。")
    with transaction.atomic():
        case = procedures.open_case(procedure="street_council", organ=organ, by=by, at=at)
        made = Council.objects.create(
            case=case, area_id=form.area, name=name, basis=basis, starts_on=form.starts_on, ends_on=form.ends_on
        )
        term = Term((form.ends_on - form.starts_on).days, "day", "街道议政会工作规则", roll=False)
        procedures.start_clock(case=case, key="term", label="任期届满", term=term, start=form.starts_on, at=at)
        restart_clock(made, form.starts_on, at)
        _record("founded", made, basis, at)
    return made


def _record(kind: str, council: Council, words: str, at: datetime, **detail: object) -> None:
    ledger.append(
        kind=f"council.{kind}", at=at, organ=council.case.organ_id, subject=council.case.number, content=words.encode(),
        salt=ledger.new_salt(), detail=dict(detail) or None,
    )


def _council(council_id: int, by: Actor) -> Council:
    found = Council.objects.select_related("case__organ", "area").get(pk=council_id)
    demand(by, "council.manage", organ=found.case.organ_id)
    if found.case.state != "serving":
        raise Conflict("这届议政会任期已经届满。")
    return found


@dataclass(frozen=True)
class MemberForm:
    """Who is seated: from where, nominated by whom, when and how (R4.20: democratically)."""

    name: str
    source: str
    nominated_by: str
    nominated_how: str
    nominated_on: date
    account_id: int | None = None


def seat_council_member(*, council_id: int, form: MemberForm, by: Actor, at: datetime) -> CouncilMember:
    """Seat a member with the record of how he was nominated; he is no deputy by it (R4.20). Raises NotAllowed, MeetingRefused, Conflict."""
    found = _council(council_id, by)
    if form.source not in CouncilMember.Source.values:
        raise MeetingRefused("请选择是人大代表、政协委员还是居民。", "source")
    if form.nominated_on > timezone.localdate(at):
        raise MeetingRefused("推选日期不能晚于今天。", "nominated_on")
    values = {
        "name": line(form.name, 2, 40, "请填写姓名", "name"),
        "nominated_by": line(form.nominated_by, 2, 80, "请写明由谁推选", "nominated_by"),
        "nominated_how": line(form.nominated_how, 4, 200, "请写明怎样推选，到会多少人、多少人同意", "nominated_how"),
    }
    if CouncilMember.objects.filter(council=found, valid_to=None).count() >= MOST_MEMBERS:
        raise MeetingRefused(f"议政代表最多{MOST_MEMBERS}人。")
    try:
        with transaction.atomic():
            made = CouncilMember.objects.create(
                council=found, source=form.source, account_id=form.account_id, nominated_on=form.nominated_on,
                valid_from=timezone.localdate(at), **values,
            )
            _record("member_seated", found, made.name, at, source=form.source)
    except IntegrityError:
        raise Conflict("这位代表已经是本届议政代表。") from None
    return made


def end_council_member(*, member_id: int, reason: str, by: Actor, at: datetime) -> CouncilMember:
    """End a member's seat, with the reason. Raises NotAllowed, MeetingRefused, Conflict."""
    found = CouncilMember.objects.get(pk=member_id)
    council = _council(found.council_id, by)
    words = line(reason, 2, 200, "请写明离任的原因", "reason")
    with transaction.atomic():
        sitting = CouncilMember.objects.filter(pk=found.pk, valid_to=None)
        if not sitting.update(valid_to=timezone.localdate(at), left_why=words):
            raise Conflict("这位议政代表已经离任。")
        _record("member_left", council, words, at)
    found.refresh_from_db()
    return found


def propose_topic(*, council_id: int, title: str, words: str, proposed_by: str, by: Actor, at: datetime) -> CouncilTopic:
    """Enter a topic that somebody proposed for the council. Raises NotAllowed, MeetingRefused, Conflict."""
    found = _council(council_id, by)
    title, who = line(title, 4, 80, "请填写议题", "title"), line(proposed_by, 2, 80, "请写明是谁提出的", "proposed_by")
    with transaction.atomic():
        made = CouncilTopic.objects.create(
            council=found, title=title, words=words.strip()[:500], proposed_by=who, proposed_at=at
        )
        _record("topic_proposed", found, title, at)
    return made


def decide_topic(*, topic_id: int, meeting_id: int | None, reason: str, by: Actor, at: datetime) -> CouncilTopic:
    """Take a topic up at a meeting of the council, or say why not; both are public (R4.20). Raises NotAllowed, MeetingRefused, Conflict."""
    topic = CouncilTopic.objects.get(pk=topic_id)
    found = _council(topic.council_id, by)
    taken = meeting_id is not None
    if meeting_id is not None and not CouncilMeeting.objects.filter(council=found, meeting_id=meeting_id).exists():
        raise MeetingRefused("请选择这个议政会的会议。", "meeting")
    words = "" if taken else line(reason, 4, 200, "请写明不列入的理由，提出的人会看到", "reason")
    state = CouncilTopic.State.TAKEN if taken else CouncilTopic.State.DROPPED
    with transaction.atomic():
        waiting = CouncilTopic.objects.filter(pk=topic.pk, state=CouncilTopic.State.PROPOSED)
        if not waiting.update(state=state, meeting_id=meeting_id, reason=words):
            raise Conflict("这个议题已经有结果，请刷新后再看。")
        _record("topic_decided", found, words, at, taken=taken)
    topic.refresh_from_db()
    return topic


def plan_council_meeting(*, council_id: int, title: str, place: str, starts_at: datetime, by: Actor, at: datetime) -> Meeting:
    """Plan a meeting of the council; every member has a seat. It is called, held and minuted like any other (M44).

    Raises NotAllowed, MeetingRefused, Conflict.
    """
    found = _council(council_id, by)
    members = list(CouncilMember.objects.filter(council=found, valid_to=None).order_by("source", "id"))
    if not members:
        raise MeetingRefused("议政会还没有议政代表，请先登记名单。")
    wanted = Plan(kind=Meeting.Kind.STREET_COUNCIL, title=title, place=place, starts_at=starts_at)
    with transaction.atomic():
        made = plan(plan=wanted, organ=found.case.organ_id, by=by, at=at)
        CouncilMeeting.objects.create(council=found, meeting=made)
        Attendee.objects.bulk_create(
            [
                Attendee(
                    meeting=made, account_id=one.account_id, name=one.name, delegation=str(one.get_source_display()),
                    capacity=Attendee.Capacity.MEMBER,
                )
                for one in members
            ]
        )
        procedures.link_cases(source=made.case, target=found.case, relation="council_meeting", at=at)
    return made


def end_council(*, council_id: int, by: Actor, at: datetime) -> Council:
    """End a council whose term is over; its members' seats end with it. Raises NotAllowed, MeetingRefused, StepRefused, Conflict."""
    found = _council(council_id, by)
    day = timezone.localdate(at)
    if day < found.ends_on:
        raise MeetingRefused(f"任期到{found.ends_on:%Y年%m月%d日}届满，还没有到。")
    with transaction.atomic():
        procedures.perform(case=found.case, step="end", by=by, at=at)
        for key in ("term", "meet"):
            procedures.stop_clock(case=found.case, key=key, at=at)
        CouncilMember.objects.filter(council=found, valid_to=None).update(valid_to=day, left_why="任期届满")
    return found
