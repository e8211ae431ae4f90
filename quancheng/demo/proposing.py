"""The demo city's suggestions and motions since the congress began, carried by acts to every state."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from quancheng.demo import suggestion_words as words
from quancheng.demo.stage import COMMITTEE, OFFICE, SEED, SINCE, City, morning
from quancheng.demo.suggestion_words import Written
from quancheng.handling import acts as handling
from quancheng.handling import queries as handling_queries
from quancheng.people.permissions import Actor
from quancheng.procedures import queries as procedures
from quancheng.publications import acts as publications
from quancheng.suggestions import acts as suggestions

OPEN = (  # where a suggestion of this year stands, how many of a thousand, days ago on which it was written
    ("draft", 12, (0, 20)), ("submitted", 25, (1, 6)), ("returned", 8, (2, 15)), ("checked", 15, (3, 8)),
    ("assigned", 40, (12, 60)), ("objected", 6, (9, 12)), ("replaced", 8, (20, 50)), ("late", 20, (115, 160)),
    ("letter", 12, (120, 170)), ("extended", 8, (112, 130)), ("contacting", 30, (50, 75)), ("drafted", 12, (55, 80)),
    ("answered", 25, (52, 60)), ("redo", 12, (75, 90)), ("answered_again", 6, (85, 95)), ("assessing", 6, (110, 150)),
    ("tracking", 70, (90, 220)), ("withdrawn", 10, (20, 900)),
)  # fmt: skip
OVER = (("published", 200), ("closed", 350), ("kept", 50), ("redone", 50), ("assessed", 10), ("key", 15))  # of former sessions
MOTIONS = ("filed", "became", "rejected", "ended", "filed", "filed", "became", "filed")
LONG_AGO = 150  # days after which everything of a session may be over
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@dataclass
class _File:
    """A suggestion under way: what was written, by whom, where it shall end, and the moment it has reached."""

    city: City
    written: Written
    deputy: Actor
    until: str
    at: datetime
    number: int
    pk: int = 0
    case_id: int = 0
    share: int = 0
    answer: int = 0
    unit: str = ""

    @property
    def random(self) -> Random:
        return self.written.random

    def later(self, first: int, last: int) -> datetime:
        """Let some days pass and return the moment, at an hour of work."""
        self.at = morning(self.at.date() + DAY * self.random.randint(first, last)) + timedelta(minutes=self.random.randint(0, 480))
        return self.at


def build_suggestions(city: City) -> None:
    """Build the sessions, motions and suggestions, the oldest first, then the units' reports of the year."""
    office = city.actors["office1"]
    sessions = _sessions(city, office)
    motions = MOTIONS[: 2 if city.scale.suggestions < len(OPEN) * 10 else None]
    became = sum(_motion(city, number, until, sessions) for number, until in enumerate(motions))
    drafts = words.write(SEED, city.scale.suggestions - became, city.units)
    plan = _plan(city, len(drafts), sessions)
    made = []
    for number, (at, until) in enumerate(plan):
        deputy = city.deputies[(number * 7) % len(city.deputies)]
        file = _File(city, drafts[number], deputy, until, at, number)
        _carry(file)
        made.append(file)
    _together([file for file in made if file.until == "assigned"])
    _reports(city, office)


def _sessions(city: City, office: Actor) -> list[date]:
    """Enter the session of every year that has been held; return the first day of each."""
    days = []
    for year in range(SINCE.year, city.today.year + 1):
        opens = date(year, 2, 20)
        if opens + DAY * 5 < city.today:
            number = year - SINCE.year + 1
            suggestions.open_session(
                organ=OFFICE, name=f"濮阳市第八届人民代表大会第{'一二三四五六七八九'[number - 1]}次会议", opens_on=opens,
                closes_on=opens + DAY * 4, motions_until=opens + DAY * 2, by=office, at=morning(opens),
            )
            days.append(opens)
    return days


def _plan(city: City, count: int, sessions: list[date]) -> list[tuple[datetime, str]]:
    """Return when each is written and where it ends, in the order of time; each state at least once, if there is room."""
    random = Random(f"{SEED}:plan")  # noqa: S311  # invented data, nothing secret
    ages = {state: days for state, _, days in OPEN}
    shares = [(state, share) for state, share, _ in OPEN] + list(OVER)
    total = sum(share for _, share in shares)
    states = [state for state, _ in shares][:count]
    for state, share in shares:
        states += [state] * max(round(share * count / total) - 1, 0)
    states = (states + ["published"] * count)[:count]
    old = [day for day in sessions if (city.today - day).days > LONG_AGO] or [city.today - DAY * 200]
    plan = []
    for state in states:
        if state in ages:
            day = city.today - DAY * random.randint(*ages[state])
        else:
            day = random.choice(old) + DAY * (random.randint(0, 4) if random.random() < 0.7 else random.randint(20, 60))
            day = min(day, city.today - DAY * LONG_AGO)
        plan.append((morning(max(day, SINCE + DAY * 10)) + timedelta(minutes=random.randint(0, 300)), state))
    return sorted(plan)


def _carry(file: _File) -> None:
    """Carry a suggestion as far as it goes: each stage tells whether it goes on."""
    for stage in (_write, _take, _assign, _talk, _first_answer, _first_rating, _second_answer, _after):
        if not stage(file):
            return


def _write(file: _File) -> bool:
    city, by, at = file.city, file.deputy, file.at
    topic = file.written.topic
    paper = suggestions.Paper(
        title=file.written.title, body=file.written.body, category=topic.category,
        proposed_unit=topic.unit if file.number % 3 else "",
    )
    made = suggestions.draft(
        paper=paper, organ=OFFICE, submission_key=f"demo-suggestion-{file.number:04d}", by=by, at=at
    )
    file.pk, file.case_id = made.pk, made.case_id
    others = [city.deputies[(file.number * 7 + step * 5 + 1) % len(city.deputies)] for step in range(file.number % 4)]
    if others:
        suggestions.ask_cosigners(suggestion_id=made.pk, account_ids=[one.id for one in others], by=by, at=at)
    for place, one in enumerate(others[: 1 + (file.number % 8 == 3)]):
        if file.until != "draft" or place == 0:
            suggestions.answer_cosign(suggestion_id=made.pk, confirm=file.number % 9 != 5, edits=0, by=one, at=at + HOUR * (place + 1))
    if file.until == "draft":
        return False
    suggestions.submit(suggestion_id=made.pk, edits=0, by=by, at=at + HOUR * 4)
    return file.until != "submitted"


def _take(file: _File) -> bool:
    office = file.city.actors["office1"]
    if file.until == "returned":
        ground, said = file.random.choice(words.RETURNS)
        suggestions.send_back(suggestion_id=file.pk, ground=ground, words=said, by=office, at=file.later(1, 2))
        return False
    suggestions.check(suggestion_id=file.pk, by=office, at=file.later(1, 3))
    return file.until != "checked"


def _assign(file: _File) -> bool:
    city, topic, office = file.city, file.written.topic, file.city.actors["office1"]
    if file.until == "key":
        _choose_key(file)
    file.unit = topic.unit
    helper = topic.helper if topic.helper in city.clerks and file.number % 3 == 1 else ""
    at = file.later(2, 5)
    shares = handling.assign(
        case_id=file.case_id, lead=topic.unit, assisting=[helper] if helper else [], note=file.random.choice(words.REGIONS),
        by=office, at=at,
    )
    file.share = shares[0].pk
    if helper and file.until not in ("assigned", "objected", "replaced", "withdrawn"):  # it hands its view to the lead
        _sign(file, shares[1].pk, helper, "A", words.VIEW, at + DAY * 9)
    stay = _STAY.get(file.until)
    if stay is not None:
        stay(file)
    return stay is None


def _object(file: _File) -> None:
    reason = file.random.choice(words.OBJECTIONS)
    made = handling.raise_objection(
        assignment_id=file.share, reason=reason, by=file.city.clerks[file.unit], at=file.later(1, 3)
    )
    if file.until == "replaced":
        other = next(code for code in reversed(file.city.units[:6]) if code not in (file.unit, file.written.topic.helper))
        handling.decide_objection(
            objection_id=made.pk, accept=True, reason="同意退办，改由负有管理职责的单位主办。", new_unit=other,
            by=file.city.actors["office1"], at=file.later(2, 5),
        )


def _urge(file: _File) -> None:
    if file.until != "letter":
        return
    at = file.city.now - DAY * file.random.randint(2, 6)
    letter = handling.urge(
        assignment_id=file.share, kind="supervision", words="答复期限已过，请说明原因，十日内答复代表。",
        by=file.city.actors["office1"], at=at,
    )
    if file.number % 2:
        handling.answer_letter(
            letter_id=letter.pk, words="因现场条件变化，方案正在修改，本月内答复代表。", by=file.city.heads[file.unit], at=at + DAY
        )


def _extend(file: _File) -> None:
    handling.extend(
        assignment_id=file.share, new_due_on=(file.at + DAY * 150).date(), reason="涉及三个单位，需要重新论证方案。",
        by=file.city.actors["office2"], at=file.at + DAY * 80,
    )


def _withdraw(file: _File) -> None:
    suggestions.withdraw(
        suggestion_id=file.pk, reason="有关单位已经主动办好，不必再办。", by=file.deputy, at=file.later(2, 6)
    )


_STAY = {
    "assigned": lambda file: None, "objected": _object, "replaced": _object, "late": _urge, "letter": _urge,
    "extended": _extend, "withdrawn": _withdraw,
}  # fmt: skip


def _choose_key(file: _File) -> None:
    roles = handling.KeyRoles(
        leader_name="贾守玉", leader_post="副市长（虚构）", department=file.written.topic.unit, supervisor_name="葛秋岭",
        supervisor_post="市人大常委会副主任（虚构）", committee=COMMITTEE,
    )
    handling.choose_key(
        case_id=file.case_id, roles=roles, decision=f"市人大常委会第{20 + file.number % 30}次主任会议确定",
        by=file.city.actors["chair1"], at=file.later(1, 2),
    )


def _talk(file: _File) -> bool:
    first, last = (30, 36) if file.until in ("contacting", "drafted", "answered") else (10, 25)
    at = file.later(first, last)
    handling.record_contact(
        assignment_id=file.share, manner=file.random.choice(("meeting", "visit", "telephone", "meeting")), on=at.date(),
        words=file.random.choice(words.TALKS), by=file.city.clerks[file.unit], at=at,
    )
    if file.until == "key":
        _supervise(file)
    return file.until != "contacting"


def _supervise(file: _File) -> None:
    for kind, place in (("site_visit", file.written.place), ("meeting", "市人大常委会会议室")):
        at = file.later(4, 9)
        handling.log_supervision(
            case_id=file.case_id, kind=kind, on=at.date(), place=place, present="领衔督办领导、领衔代表、承办部门负责人",
            words="逐项看了进度，要求把完成的时间写进答复，群众代表当场提了意见。", by=file.city.actors["committee1"], at=at,
        )


def _first_answer(file: _File) -> bool:
    outcome = "B" if file.until in ("tracking", "kept") else "C" if file.number % 23 == 4 else "A"
    if file.until in ("redo", "redone", "answered_again", "assessing", "assessed"):
        outcome = "C" if file.number % 2 else "A"
    if file.until == "drafted":
        _draft(file, file.share, file.unit, outcome, words.answer(file.written, outcome), file.later(3, 8))
        return False
    slow = (75, 110) if file.until in ("closed", "published") and file.number % 11 == 3 else (5, 12)
    _sign(file, file.share, file.unit, outcome, words.answer(file.written, outcome), file.later(*slow))
    return file.until != "answered"


def _draft(file: _File, share: int, unit: str, outcome: str, text: str, at: datetime) -> int:
    promised = outcome == "B"
    draft = handling.Draft(
        outcome=outcome, text=text, promise=file.written.topic.planned if promised else "",
        promised_for=at.date() + DAY * file.random.randint(240, 420) if promised else None, contact_name="办公室",
        telephone=f"0393-0000{200 + file.number % 60}",
    )
    made = handling.draft_answer(assignment_id=share, draft=draft, by=file.city.clerks[unit], at=at)
    handling.send_to_head(answer_id=made.pk, by=file.city.clerks[unit], at=at + HOUR)
    return made.pk


def _sign(file: _File, share: int, unit: str, outcome: str, text: str, at: datetime) -> None:
    answer = _draft(file, share, unit, outcome, text, at)
    handling.sign_answer(answer_id=answer, by=file.city.heads[unit], at=at + HOUR * 3)
    if share == file.share:
        file.answer = answer


def _first_rating(file: _File) -> bool:
    bad = file.until in ("redo", "redone", "answered_again", "assessing", "assessed")
    grade = "dissatisfied" if bad else "basically" if file.number % 6 == 1 else "satisfied"
    _rate(file, grade)
    return file.until != "redo"


def _rate(file: _File, grade: str, reason: str = "") -> None:
    said = {"satisfied": words.SATISFIED, "basically": words.BASICALLY, "dissatisfied": words.DISSATISFIED}[grade]
    suggestions.rate(
        answer_id=file.answer, grade=grade, reason=reason or file.random.choice(said), by=file.deputy, at=file.later(2, 9)
    )


def _second_answer(file: _File) -> bool:
    if file.until not in ("redone", "answered_again", "assessing", "assessed"):
        return True
    at = file.later(3, 8)
    handling.record_contact(
        assignment_id=file.share, manner="visit", on=at.date(), words="上门听取不满意的原因。", by=file.city.clerks[file.unit], at=at
    )
    _sign(file, file.share, file.unit, "A", words.answer(file.written, "A", again=True), file.later(6, 12))
    if file.until == "answered_again":
        return False
    if file.until == "redone":
        _rate(file, "satisfied")
        return True
    _rate(file, "dissatisfied", words.STILL)
    if file.until == "assessed":
        handling.assess(
            case_id=file.case_id, finding="stands", members="两位市政专家、三位居民代表、代表工委", by=file.city.actors["office1"],
            words="评估组到现场看了两次，认为目前的办法符合条件允许的范围，建议每季度复查一次效果。", at=file.later(10, 20),
        )
    return False


def _after(file: _File) -> bool:
    """Let promises be kept, and publish."""
    if file.until == "kept":
        _keep(file)
    if file.until in ("published", "key") or (file.until == "redone" and file.number % 2):
        office, at = file.city.actors["office1"], file.later(2, 10)
        paper = suggestions.draft_publication(suggestion_id=file.pk, by=office, at=at)
        publications.submit_for_review(publication_id=paper.pk, by=office, at=at + HOUR)
        publications.release(publication_id=paper.pk, by=file.city.actors["releaser"], at=at + DAY)
    return False


def _keep(file: _File) -> None:
    clerk = file.city.clerks[file.unit]
    promise = _promise(file)
    for step, said in enumerate(words.STEPS[-2:]):
        handling.add_milestone(
            commitment_id=promise, words=said, evidence="现场照片和验收单", kept=step == 1, by=clerk, at=file.later(15, 30)
        )
    handling.verify_commitment(
        commitment_id=promise, kept=True, words="代表工委同代表到现场看过，已经兑现。", by=file.city.actors["office1"], at=file.later(3, 9)
    )


def _promise(file: _File) -> int:
    """Return the promise that the unit made."""
    found = handling_queries.record(procedures.case(file.case_id), file.at.date()).commitments
    return found[0].pk


def _together(files: list[_File]) -> None:
    """Let like suggestions before one unit be answered together."""
    by_unit: dict[str, list[_File]] = {}
    for file in files:
        by_unit.setdefault(file.unit, []).append(file)
    for group in by_unit.values():
        if len(group) >= 3:
            head, *members = group[:3]
            handling.bundle(
                head_id=head.case_id, member_ids=[one.case_id for one in members], reason="内容相近，由同一单位统一答复。",
                by=head.city.actors["office1"], at=max(one.at for one in group[:3]) + DAY,
            )


def _motion(city: City, number: int, until: str, sessions: list[date]) -> int:
    """Carry a motion to its end; return 1 where it became a suggestion."""
    if not sessions:
        return 0
    written = words.write(SEED + number + 1, 1, city.units)[0]
    at = morning(sessions[-1 - number % len(sessions)]) + HOUR * 2
    lead, *others = [city.deputies[(number * 13 + step) % len(city.deputies)] for step in range(12)]
    paper = suggestions.Paper(
        title=written.title.replace("建议", "议案"), body=written.body, category=written.topic.category, kind="motion",
        grounds="依据有关法律法规和市委工作部署，十二位代表用三个月走访了四个县区，访谈二百余人。",
        plan="建议由市人大常委会听取专项报告，作出决定，明确牵头部门、完成时限和经费来源，每半年报告一次进展。",
    )
    made = suggestions.draft(paper=paper, organ=OFFICE, submission_key=f"demo-motion-{number:016d}", by=lead, at=at)
    suggestions.ask_cosigners(suggestion_id=made.pk, account_ids=[one.id for one in others], by=lead, at=at)
    for one in others[:10]:
        suggestions.answer_cosign(suggestion_id=made.pk, confirm=True, edits=0, by=one, at=at + HOUR)
    suggestions.submit(suggestion_id=made.pk, edits=0, by=lead, at=at + HOUR * 5)
    office = city.actors["office1"]
    if until == "filed":
        suggestions.file_motion(suggestion_id=made.pk, by=office, at=at + DAY)
        return 0
    suggestions.send_back(
        suggestion_id=made.pk, ground="level", words="所提事项属于政府部门职权，可以作为建议办理。", by=office, at=at + DAY * 2
    )
    if until == "rejected":
        return 0
    suggestions.answer_rejection(
        suggestion_id=made.pk, become_suggestion=until == "became", by=lead, at=at + DAY * 3
    )
    return int(until == "became")


def _reports(city: City, office: Actor) -> None:
    """Ask the units for their report of the last year whose summer is over; most have handed it in."""
    year = city.today.year if city.today > date(city.today.year, 7, 20) else city.today.year - 1
    if year < SINCE.year:
        return
    asked = morning(date(year, 7, 1))
    for number, report in enumerate(handling.open_reports(year=year, organ=OFFICE, by=office, at=asked)):
        unit, at = report.unit_id, asked + DAY * (5 + number % 12)
        handling.draft_report(report_id=report.pk, by=city.clerks[unit], at=at)
        if number % 9 != 8:
            handling.submit_report(report_id=report.pk, by=city.heads[unit], at=at + DAY)
        if number % 3 and number % 9 != 8:
            handling.receive_report(report_id=report.pk, accept=True, words="", by=office, at=at + DAY * 4)
