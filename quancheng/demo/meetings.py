"""The meetings of the demo city: a session of the congress that sits today, meetings of the standing committee, a street council.

Three votes wait in today's session, so that one can hold them from the desk: by hands, by paper, and in secret by device.
"""

import ipaddress
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings

from quancheng.demo import meeting_words as words
from quancheng.demo import writing
from quancheng.demo.stage import CONGRESS, SEED, City
from quancheng.ledger import acts as ledger
from quancheng.meetings import acts
from quancheng.meetings import queries as reads
from quancheng.meetings.queries import inviting, observing
from quancheng.people.permissions import Actor
from quancheng.publications.documents import to_docx
from quancheng.voting import acts as voting

HALL = "濮阳市人民会堂"
ROOM = "市人大常委会会议厅"
STREET = ("410902001", "中原路街道")
MOST = 1000  # check-in cards on one page


class Stage:
    """What the builders of the single meetings share."""

    def __init__(self, city: City) -> None:
        self.city = city
        self.office, self.lead, self.door = (city.actors[name] for name in ("secretariat1", "secretariat2", "registrar1"))
        self.strangers = iter(writing.people(SEED + 7, 60))  # names of residents and heads

    def deputy(self, number: int) -> Actor:
        """Return the deputy of that number; at every scale there are 24."""
        return self.city.deputies[number - 1]

    def weekday(self, days: int) -> datetime:
        """Return the morning of a working day about so many days from today."""
        found = self.city.morning(days)
        return found - timedelta(days=max(0, found.weekday() - 4))

    def called(self, plan: acts.Plan, lines: Sequence[words.Line], at: datetime) -> tuple[int, list[int]]:
        """Plan a meeting with its agenda and send the notice two days later; return it and its items by id."""
        return self.announced(acts.plan(plan=plan, organ=CONGRESS, by=self.office, at=at).pk, lines, at)

    def announced(self, meeting: int, lines: Sequence[words.Line], at: datetime) -> tuple[int, list[int]]:
        """Put the agenda and its papers to a planned meeting and send the notice two days later."""
        items = []
        for line in lines:
            item = acts.Item(line.title, line.kind, line.form)
            items.append(acts.add_item(meeting_id=meeting, item=item, by=self.office, at=at).pk)
        found = acts.call(meeting_id=meeting, late_reason="", by=self.office, at=at + timedelta(days=2))
        due = max(found.starts_at - timedelta(days=8), at + timedelta(days=2))
        for item_id, line in zip(items, lines, strict=True):
            if line.paper:
                title = line.title.removeprefix("听取").removeprefix("通过")
                acts.add_paper(
                    meeting_id=meeting, name=f"{title}.docx", data=to_docx(title, line.paper), by=self.office,
                    at=min(due, self.city.now), item_id=item_id, visible_on=due.date(),
                )
        return meeting, items

    def arrive(self, meeting: int, at: datetime, absent: Sequence[int] = ()) -> int:
        """Take in the log of the gate of the half hour before; return how many came. `absent`: accounts."""
        cards, _ = reads.cards(reads.meeting(meeting), self.door, 1, MOST)
        moments = (f"{at - timedelta(minutes=45 - number % 40):%Y-%m-%d %H:%M}" for number in range(MOST))
        coming = [f"{one.card},{moment}" for one, moment in zip(cards, moments, strict=False) if one.account_id not in absent]
        return acts.import_arrivals(meeting_id=meeting, table="\n".join(coming), by=self.door, at=at)

    def speak(self, meeting: int, who: Actor, at: datetime, said: str) -> int:
        """Let somebody have the floor for some minutes, and keep the notes; return the speech."""
        speech = acts.ask_to_speak(meeting_id=meeting, by=who, at=at).pk
        acts.start_speech(speech_id=speech, by=self.office, at=at + timedelta(minutes=1))
        acts.end_speech(speech_id=speech, by=self.office, at=at + timedelta(minutes=8, seconds=40))
        acts.write_notes(speech_id=speech, words=said, edits=0, by=self.office, at=at + timedelta(minutes=9))
        return speech

    def officials(self, vote: int, at: datetime, **duties: Sequence[Actor]) -> None:
        """Name who watches, who counts and who keeps the roll."""
        for duty, people in duties.items():
            voting.name_officials(vote_id=vote, duty=duty, accounts=[one.id for one in people], by=self.office, at=at)

    def prepared(self, meeting: int, title: str, mode: str, question: voting.QuestionDraft, at: datetime) -> int:
        """Prepare a vote with one question."""
        return voting.prepare(
            meeting_id=meeting, title=title, mode=mode, force="statutory", questions=[question], by=self.office, at=at
        ).pk


def hall_address() -> str:
    """Return an address in the hall's network; '' where none is configured, then no vote is held."""
    first = str(settings.HALL_NETWORKS).split(",")[0].strip()
    return str(ipaddress.ip_network(first).network_address) if first else ""


def build_meetings(city: City) -> None:
    """Build them all: by acts, in the order of time."""
    stage = Stage(city)
    _street_council(stage)
    _past_committee(stage)
    _congress(stage)
    _coming_committee(stage)


def _congress(stage: Stage) -> None:
    """A session that was opened yesterday and sits today: the fifth item is open, somebody spoke, two wait."""
    city, office = stage.city, stage.office
    first = city.morning(-1)
    meeting, items = stage.called(
        acts.Plan("congress", "濮阳市第八届人民代表大会第六次会议", HALL, first, city.morning(1) + timedelta(hours=3)),
        words.CONGRESS, city.morning(-38),
    )  # fmt: skip
    for number in range(1, 13):
        acts.acknowledge(meeting_id=meeting, by=stage.deputy(number), at=city.morning(-35))
    away = [stage.deputy(number) for number in range(17, len(city.deputies) + 1, 18)]
    leave = acts.ask_leave(meeting_id=meeting, reason="住院治疗，医生不同意外出", by=away[0], at=city.morning(-4))
    acts.decide_leave(leave_id=leave.pk, granted=True, answer="", by=office, at=city.morning(-3))
    absent = [one.id for one in away]
    stage.arrive(meeting, first, absent)
    acts.open_meeting(meeting_id=meeting, by=office, at=first)
    for step, item in enumerate(items[:4]):
        acts.open_item(meeting_id=meeting, item_id=item, by=office, at=first + timedelta(minutes=5 + step * 50))
    _shown_hands(stage, meeting, first + timedelta(minutes=160))
    _motions(stage, meeting, first + timedelta(hours=5))
    acts.recess(meeting_id=meeting, by=office, at=first + timedelta(hours=8))
    now = city.now
    stage.arrive(meeting, now - timedelta(minutes=40), absent)
    acts.open_item(meeting_id=meeting, item_id=items[4], by=office, at=now - timedelta(minutes=30))
    stage.speak(meeting, stage.deputy(3), now - timedelta(minutes=28), words.SPEECH)
    for number in (2, 8):
        acts.ask_to_speak(meeting_id=meeting, by=stage.deputy(number), at=now - timedelta(minutes=number))
    _waiting_votes(stage, meeting, now - timedelta(minutes=20))


def _shown_hands(stage: Stage, meeting: int, at: datetime) -> None:
    """A show of hands, counted by two, signed by two, announced."""
    if not (network := hall_address()):
        return
    office, tellers, watchers = stage.office, [stage.deputy(6), stage.deputy(9)], [stage.deputy(10), stage.deputy(12)]
    vote = stage.prepared(meeting, "大会选举办法", "hands", voting.yes_or_no("大会选举办法（草案）"), at)
    stage.officials(vote, at, teller=tellers, scrutineer=watchers)
    voting.issue(vote_id=vote, network=network, by=office, at=at + timedelta(minutes=2))
    voting.close(vote_id=vote, by=office, at=at + timedelta(minutes=4))
    raised = reads.hall(meeting).present
    counted = voting.QuestionCount(raised, 0, (raised - 3, 1, 2))
    for teller in tellers:
        voting.enter_sheet(vote_id=vote, box=raised, counts=[counted], by=teller, at=at + timedelta(minutes=6))
    for watcher in watchers:
        voting.sign_count(vote_id=vote, by=watcher, at=at + timedelta(minutes=7))
    voting.announce(vote_id=vote, by=stage.lead, at=at + timedelta(minutes=8))


def _motions(stage: Stage, meeting: int, at: datetime) -> None:
    """One with its ten names, referred to a committee; one that still collects names."""
    motion = acts.begin_motion(
        meeting_id=meeting, paper=acts.MotionPaper("bill", *words.MOTION), by=stage.deputy(3), at=at
    ).pk
    for number in range(5, 14):
        acts.sign_motion(motion_id=motion, by=stage.deputy(number), at=at + timedelta(minutes=number * 3))
    acts.submit_motion(motion_id=motion, by=stage.deputy(3), at=at + timedelta(minutes=50))
    acts.decide_motion(
        motion_id=motion, outcome="referred", reason=words.DECIDED, by=stage.office, at=at + timedelta(minutes=150)
    )
    other = acts.begin_motion(
        meeting_id=meeting, paper=acts.MotionPaper("bill", *words.MOTION_COLLECTING), by=stage.deputy(2), at=at
    ).pk
    for number in range(14, 17):
        acts.sign_motion(motion_id=other, by=stage.deputy(number), at=at + timedelta(minutes=number))


def _waiting_votes(stage: Stage, meeting: int, at: datetime) -> None:
    """Three votes that wait to be opened; the deputies that can sign in are among their officials."""
    four = [stage.deputy(number) for number in (1, 2, 3, 4)]
    report = stage.prepared(meeting, "政府工作报告的决议", "hands", voting.yes_or_no("关于市人民政府工作报告的决议（草案）"), at)
    stage.officials(report, at, teller=four[:2], scrutineer=four[2:])
    candidates = [(stage.deputy(number).name, None) for number in (5, 11, 15)]
    seats = voting.choosing("补选市人大常委会委员（应选2名）", candidates, 2, write_in=True)
    election = stage.prepared(meeting, "补选市人大常委会委员", "paper", seats, at)
    stage.officials(election, at, teller=four[2:], scrutineer=four[:2])
    secret = stage.prepared(
        meeting, "市人大常委会工作报告的决议", "device", voting.yes_or_no("关于市人大常委会工作报告的决议（草案）"), at
    )
    stage.officials(secret, at, scrutineer=[*four, stage.deputy(6)], registrar=[stage.door])


def _past_committee(stage: Stage) -> None:
    """A meeting four weeks ago, from the notice to the archived minutes, with residents who observed it."""
    office, day, minute = stage.office, timedelta(days=1), timedelta(minutes=1)
    at = stage.weekday(-28)
    title = "濮阳市第八届人民代表大会常务委员会第三十二次会议"
    meeting, items = stage.called(acts.Plan("standing_committee", title, ROOM, at), words.PAST, at - 14 * day)
    guests = _observers(stage, meeting, at)
    _others(stage, meeting, at - 11 * day)
    stage.arrive(meeting, at - 10 * minute)
    for card in [one.observer.card or "" for one in guests][:4]:
        acts.admit_observer(card=card, by=stage.door, at=at - 10 * minute)
    acts.open_meeting(meeting_id=meeting, by=office, at=at)
    acts.open_item(meeting_id=meeting, item_id=items[0], by=office, at=at + 2 * minute)
    acts.open_item(meeting_id=meeting, item_id=items[1], by=office, at=at + 40 * minute)
    member = stage.city.members[0]
    speech = stage.speak(meeting, member, at + 45 * minute, words.SPEECH_PAST)
    acts.open_item(meeting_id=meeting, item_id=items[2], by=office, at=at + 120 * minute)
    _recorded(stage, meeting, at + 122 * minute)
    acts.close_meeting(meeting_id=meeting, by=office, at=at + 140 * minute)
    acts.sign_notes(speech_id=speech, words=words.SPEECH_PAST, edits=1, by=member, at=at + 150 * minute)
    for kind in ("record", "summary"):
        made = acts.draft_minutes(meeting_id=meeting, kind=kind, by=office, at=at + day)
        acts.check_minutes(minutes_id=made.pk, edits=made.edits, by=office, at=at + day + 30 * minute)
        acts.sign_minutes(minutes_id=made.pk, edits=made.edits, by=stage.lead, at=at + 2 * day)
    observer = guests[0].observer
    form = acts.RemarkForm(words.REMARK, f"demo-remark-observer-{'k' * 12}")
    remark = acts.remark_as_observer(receipt_code=observer.receipt_code, form=form, at=at + day)
    acts.reply_to_remark(remark_id=remark.pk, words=words.REPLY, by=office, at=at + 8 * day)
    acts.release_remark(remark_id=remark.pk, by=stage.lead, at=at + 9 * day)
    acts.end_observation(observation_id=observer.observation_id, by=office, at=at + 3 * day)
    acts.archive(meeting_id=meeting, by=office, at=at + 3 * day)


def _announce(stage: Stage, meeting: int, starts: datetime, seats: int, at: datetime) -> int:
    form = acts.ObservationForm(
        seats=seats, closes_at=starts - timedelta(days=6), draw_at=starts - timedelta(days=5), draw_place="市人大常委会信访接待室",
        guidance="请提前20分钟到东门，凭旁听证和身份证入场。会场有无障碍座位，需要的请在申请后来电说明。",
    )  # fmt: skip
    return acts.announce_observation(meeting_id=meeting, form=form, by=stage.office, at=at).pk


def _apply(stage: Stage, meeting: int, number: int, at: datetime) -> int:
    form = acts.Application(
        meeting_id=meeting, name=next(stage.strangers), phone=f"1350000{meeting % 100:02d}{number:02d}", adult=True, rights=True,
        submission_key=f"demo-observer-{meeting:04d}-{number:02d}-{'k' * 8}",
    )  # fmt: skip
    return acts.apply_to_observe(application=form, at=at).pk


def _observers(stage: Stage, meeting: int, starts: datetime) -> list[observing.Applicant]:
    """Let nine residents apply for six seats, one without success, and draw in public; return those who were drawn.

    The public value of the draw is the root of the ledger after the list was fixed: so the ledger is sealed in between.
    """
    day = timedelta(days=1)
    found = _announce(stage, meeting, starts, 6, starts - 11 * day)
    for number in range(9):
        applicant = _apply(stage, meeting, number, starts - 10 * day + timedelta(hours=number))
        refused = "姓名和身份证不一致，联系本人后未能更正" if number == 4 else ""
        acts.check_observer(observer_id=applicant, eligible=not refused, reason=refused, by=stage.office, at=starts - 7 * day)
    acts.fix_list(observation_id=found, by=stage.office, at=starts - 6 * day)
    ledger.seal(at=starts - 6 * day)
    acts.draw_observers(observation_id=found, public_value="", by=stage.office, at=starts - 5 * day)
    desk = observing.desk(meeting, stage.office, state="drawn")
    return desk.lines if desk else []


def _others(stage: Stage, meeting: int, at: datetime) -> None:
    """Name the heads who must attend, and invite the three deputies whose turn it is: two come."""
    for post in words.POSTS:
        acts.name_head(meeting_id=meeting, name=next(stage.strangers), post=post, by=stage.office, at=at)
    turn = inviting.invitations(meeting, stage.office, at.date()).turn[:3]
    invited = acts.invite_deputies(
        meeting_id=meeting, account_ids=[one.account_id for one in turn], reason="", by=stage.office, at=at
    )
    actors = {one.id: one for one in stage.city.deputies}
    for number, one in enumerate(invited):
        acts.answer_invitation(
            invitation_id=one.pk, accept=number < 2, reason="" if number < 2 else "当日在外地参加培训",
            by=actors[one.account_id or 0], at=at + timedelta(days=1),
        )


def _recorded(stage: Stage, meeting: int, at: datetime) -> None:
    """A vote by name on the members' devices, announced; where there are many, two abstain."""
    if not (network := hall_address()):
        return
    question = voting.yes_or_no("关于加强城市地下管网安全运行管理的决定（草案）")
    vote = stage.prepared(meeting, "城市地下管网安全运行管理的决定", "recorded", question, at)
    voting.issue(vote_id=vote, network=network, by=stage.office, at=at + timedelta(minutes=1))
    for number, member in enumerate(stage.city.members):
        chosen = 3 if number in (5, 12) else 1
        voting.press_recorded(vote_id=vote, choices=[[chosen]], network=network, by=member, at=at + timedelta(minutes=2))
    voting.close(vote_id=vote, by=stage.office, at=at + timedelta(minutes=4))
    voting.announce(vote_id=vote, by=stage.lead, at=at + timedelta(minutes=5))


def _coming_committee(stage: Stage) -> None:
    """A meeting in three weeks: called, open to applications of observers, deputies invited, somebody asks for leave."""
    city, now = stage.city, stage.city.now
    at = stage.weekday(22)
    title = "濮阳市第八届人民代表大会常务委员会第三十三次会议"
    meeting, _ = stage.called(acts.Plan("standing_committee", title, ROOM, at), words.COMING, city.morning(-5))
    _announce(stage, meeting, at, 6, city.morning(-3))
    for number in range(3):
        _apply(stage, meeting, number, city.morning(-2) + timedelta(hours=number))
    acts.invite_deputies(
        meeting_id=meeting, account_ids=[stage.deputy(2).id, stage.deputy(3).id], reason="多次就课后服务提出建议，议题与其履职相关",
        by=stage.office, at=city.morning(-2),
    )  # fmt: skip
    acts.ask_leave(meeting_id=meeting, reason="当日参加省里组织的培训", by=city.members[-1], at=now - timedelta(hours=2))


def _street_council(stage: Stage) -> None:
    """A council of a street that met six weeks ago; what was said there is answered, its minutes wait to be checked."""
    city, office, day = stage.city, stage.office, timedelta(days=1)
    area, name = STREET
    founded = city.morning(-300)
    ends = (founded + 720 * day).date()
    basis = "市人大常委会关于在街道设立议政会的指导意见（演示）"
    form = acts.CouncilForm(area, f"{name}议政会", basis, founded.date(), ends)
    council = acts.found_council(form=form, organ=CONGRESS, by=office, at=founded).pk
    seats: list[tuple[str, str, int | None]] = [("deputy", one.name, one.id) for one in (stage.deputy(1), stage.deputy(7))]
    seats += [("consultative", next(stage.strangers), None) for _ in range(2)]
    seats += [("resident", next(stage.strangers), None) for _ in range(3)]
    for source, who, account in seats:
        seat = acts.MemberForm(who, source, "所在社区居民会议", "到会四十二人，举手推选，三十九人同意", founded.date(), account)
        acts.seat_council_member(council_id=council, form=seat, by=office, at=founded + 3 * day)
    at = stage.weekday(-42)
    topics = [
        acts.propose_topic(council_id=council, title=title, words=said, proposed_by=who, by=office, at=at - 30 * day).pk
        for title, said, who in words.TOPICS
    ]
    meeting = acts.plan_council_meeting(
        council_id=council, title=f"{name}议政会第一次会议", place="街道办事处三楼会议室", starts_at=at, by=office, at=at - 20 * day
    ).pk
    acts.decide_topic(topic_id=topics[0], meeting_id=meeting, reason="", by=office, at=at - 20 * day)
    acts.decide_topic(topic_id=topics[2], meeting_id=None, reason=words.DROPPED, by=office, at=at - 20 * day)
    _, items = stage.announced(meeting, words.STREET, at - 20 * day)
    stage.arrive(meeting, at)
    acts.open_meeting(meeting_id=meeting, by=office, at=at)
    acts.open_item(meeting_id=meeting, item_id=items[0], by=office, at=at + timedelta(minutes=3))
    said = acts.RemarkForm(words.COUNCIL_REMARK, f"demo-remark-council-{'k' * 12}")
    remark = acts.record_remark(meeting_id=meeting, speaker=seats[-1][1], form=said, by=office, at=at + timedelta(hours=1)).pk
    acts.open_item(meeting_id=meeting, item_id=items[1], by=office, at=at + timedelta(minutes=80))
    acts.close_meeting(meeting_id=meeting, by=office, at=at + timedelta(hours=2))
    for kind in ("record", "summary"):
        acts.draft_minutes(meeting_id=meeting, kind=kind, by=office, at=at + day)
    acts.reply_to_remark(remark_id=remark, words=words.COUNCIL_REPLY, by=office, at=at + 12 * day)
    acts.release_remark(remark_id=remark, by=stage.lead, at=at + 13 * day)
