"""The demo city's petitions: in every state, by every door, to 复核 and under seal, built by acts."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from quancheng.demo import petition_words as words
from quancheng.demo.stage import PETITIONS, by_day
from quancheng.handling import acts as handling
from quancheng.people.permissions import Actor
from quancheng.petitions import acts
from quancheng.petitions import queries as petitions

SEED = 20260404
STATES = (  # until where a petition goes, and its share of a hundred
    ("unsorted", 5), ("claim", 3), ("suggestion", 5), ("accepted", 3), ("handling", 12), ("late", 3), ("extended", 3),
    ("objected", 2), ("signed", 2), ("concluded", 8), ("lapsed", 18), ("review", 3), ("reviewed", 4), ("re_examination", 2),
    ("final", 8), ("not_competent", 5), ("forwarded", 3), ("court", 3), ("withdrawn", 3), ("accusation", 4), ("found_out", 1),
)  # fmt: skip
AGES = {  # days ago on which it came in, from–to, by where it is now
    "unsorted": (0, 9), "claim": (1, 8), "accepted": (4, 20), "handling": (8, 55), "objected": (4, 6), "late": (70, 110),
    "extended": (62, 80), "signed": (25, 50), "concluded": (30, 45), "review": (50, 60), "reviewed": (70, 85),
    "re_examination": (95, 105), "lapsed": (90, 400), "final": (150, 400), "accusation": (1, 120),
}  # fmt: skip
DOORS = ("web", "web", "web", "letter", "letter", "visit", "visit", "phone", "box")


@dataclass
class _Making:
    """What building petitions remembers."""

    clerk: Actor
    lead: Actor
    upper: Actor
    discipline: Actor
    clerks: dict[str, Actor]
    heads: dict[str, Actor]
    random: Random
    now: datetime


def build_petitions(
    count: int, *, actors: dict[str, Actor], clerks: dict[str, Actor], heads: dict[str, Actor], now: datetime, seed: int = SEED
) -> list[int]:
    """Let people bring that many petitions in the last thirteen months, carry each to some state; return their ids.

    `actors`: petition1 (enters and sorts), petition2 (leads), petition3 (reviews above), discipline1. `clerks` and
    `heads`: of the units by code. What is still sealed, or stays so, has no id. The caller holds the transaction.
    """
    random = Random(seed)  # noqa: S311  # invented data, nothing secret
    making = _Making(
        actors["petition1"], actors["petition2"], actors["petition3"], actors["discipline1"], clerks, heads, random, now
    )
    _publish(making)
    plan = [state for state, share in STATES for _ in range(share)]
    states = [plan[k * len(plan) // count] for k in range(count)] if count <= len(plan) else random.choices(plan, k=count)
    days = sorted((by_day(random, now - _age(random, state), now), state) for state in states)
    made = [_one(making, number, state, at) for number, (at, state) in enumerate(days)]
    return [pk for pk in made if pk]


def _age(random: Random, state: str) -> timedelta:
    """Return how long ago a petition came in that is in that state now."""
    first, last = AGES.get(state, (30, 395))
    return timedelta(days=random.randint(first, last), minutes=random.randint(1, 400))


def _publish(making: _Making) -> None:
    facts = acts.Facts(
        address="濮阳市人民路100号（虚构）", telephone="0393-0000300", place="办公楼东侧一楼信访接待室",
        hours="工作日上午八时三十分至十二时，下午二时三十分至五时三十分", how_to_ask="凭回执号在网上随时查询，或者打电话、来室询问。",
    )  # fmt: skip
    acts.publish_reception(organ=PETITIONS, facts=facts, by=making.lead, at=making.now - timedelta(days=420))


def _one(making: _Making, number: int, state: str, at: datetime) -> int:
    """Bring one in and carry it on; its id, 0 while it is sealed."""
    random = making.random
    said = words.say(random, number)
    door = random.choice(DOORS) if number % 6 else "web"
    by = Actor.public() if door == "web" else making.clerk
    form = acts.Submission(
        request=said.request, facts=said.facts, submission_key=f"demo-petition-{number:06d}-{'k' * 8}", names=(said.name,),
        address=said.address, phone=f"136{random.randint(0, 99):02d}{number:06d}" if door in ("web", "phone") else "",
        channel=door, about="government", headcount=random.choice((1, 1, 1, 1, 2, 5, 12)),
    )  # fmt: skip
    if state == "accusation":
        _accuse(making, form, number, at)
        return 0
    title, kind, route, about = said.title, "claim", "other" if number % 3 else "duty", "government"
    if state == "suggestion":
        title, facts = random.choice(words.OPINIONS)
        form, kind, about = replace(form, request=title, facts=words.fill(random, facts), about="congress"), "suggestion", "congress"
    elif state == "court":
        title, facts, about = random.choice(words.COURTS)
        form, route = replace(form, request="请依法督促", facts=words.fill(random, facts), about=about), "court"
    elif state == "not_competent":
        route = random.choice(("court", "arbitration", "party", "administrative"))
    code = acts.submit(submission=form, by=by, at=at, organ=PETITIONS)
    if state == "unsorted":
        return 0
    later = min(at + timedelta(hours=random.randint(3, 60)), making.now - timedelta(minutes=30))
    found = acts.sort(
        item_id=petitions.item_of_receipt(code), kind=kind, route=route, about=about, title=title, by=making.clerk, at=later
    )
    _carry(making, _Petition(found.pk, found.case_id, code, said), state, later)
    return found.pk


@dataclass(frozen=True)
class _Petition:
    pk: int
    case_id: int
    code: str
    said: words.Said


def _accuse(making: _Making, form: acts.Submission, number: int, at: datetime) -> None:
    """An accusation: still closed, or opened, or handed over, or ended."""
    random = making.random
    said, unit = random.choice(words.ACCUSATIONS)
    form = replace(
        form, request="请依纪依法核查", facts=words.fill(random, said), accuses=True, accused_unit=unit, channel="web",
        names=(), address="", phone="",
    )  # fmt: skip
    code = acts.submit(submission=form, by=Actor.public(), at=at, organ=PETITIONS)
    item, later = petitions.item_of_receipt(code), at + timedelta(hours=4)
    if number % 4 == 0:
        return
    by = making.discipline if number % 2 else making.lead
    acts.open_item(item_id=item, by=by, at=later)
    acts.sort_accusation(item_id=item, accused_name="", accused_unit=unit, by=by, at=later)
    if number % 4 > 1:
        acts.transfer(item_id=item, to="有管辖权的纪检监察机关", document="", by=by, at=later + timedelta(hours=2))
    if number % 4 == 3:
        acts.close(item_id=item, feedback="来件已依规移送，感谢您的监督。", by=by, at=later + timedelta(hours=12))


def _carry(making: _Making, one: _Petition, state: str, at: datetime) -> None:
    """Carry a petition that was classed on to its state."""
    random, clerk = making.random, making.clerk
    day = timedelta(days=1)
    match state:
        case "claim":
            return
        case "not_competent":
            where = random.choice(("有管辖权的人民法院", "劳动人事争议仲裁委员会", "作出决定机关的上一级行政机关"))
            acts.not_competent(petition_id=one.pk, where=where, reason="依法应当通过法定途径解决。", by=clerk, at=at + day)
            return
        case "court":
            lead = "多件来信反映办理时限和告知不够清楚，建议在监督工作中了解。"
            acts.note_lead(petition_id=one.pk, words=lead, by=clerk, at=at + day)
            acts.forward(petition_id=one.pk, where="有管辖权的司法机关", reason="依法属于司法机关职权。", by=clerk, at=at + day)
            return
        case "forwarded" | "found_out":
            accuses = state == "found_out"
            acts.forward(
                petition_id=one.pk, where="市信访局", reason="属于政府信访渠道办理。", by=clerk, at=at + day, accuses=accuses,
                accused_unit="某单位" if accuses else "",
            )  # fmt: skip
            return
    acts.accept(petition_id=one.pk, by=clerk, at=at + day)
    if state == "accepted":
        return
    if state == "withdrawn":
        acts.withdraw(receipt_code=one.code, reason="已经协商解决。", at=at + 3 * day)
        return
    if state == "suggestion":
        text = f"您提出的建议已经研究。{random.choice(('列入明年工作计划', '已转有关委员会在审议中参考', '从下个月起试行'))}，感谢您的意见。"
        acts.conclude(petition_id=one.pk, text=text, by=making.lead, at=at + 9 * day)
        _deliver(making, one, at + 10 * day)
        return
    _handle(making, one, state, at + 2 * day)


def _handle(making: _Making, one: _Petition, state: str, at: datetime) -> None:
    """Give it to a unit, and carry it on."""
    random, day = making.random, timedelta(days=1)
    unit = one.said.topic.unit if one.said.topic.unit in making.clerks else next(iter(making.clerks))
    share = handling.assign(case_id=one.case_id, lead=unit, assisting=[], note="", by=making.clerk, at=at)[0]
    if state == "objected":
        reason = "主要职责在其他部门，建议重新研究承办单位。"
        handling.raise_objection(assignment_id=share.pk, reason=reason, by=making.clerks[unit], at=at + timedelta(hours=20))
    if state == "handling" and making.random.random() < 0.3:
        added = words.fill(random, random.choice(words.SUPPLEMENTS))
        acts.supplement(receipt_code=one.code, words=added, submission_key=f"demo-more-{one.pk:06d}-{'k' * 12}", at=at + day)
    if state == "extended":
        clock = petitions.detail(one.pk, making.lead, making.now.date()).record.running()[0].clock
        if clock is not None:
            acts.extend(
                assignment_id=share.pk, new_due_on=clock.due_on + timedelta(days=random.randint(20, 28)),
                reason="需要多个部门会商和现场检测。", by=making.lead, at=at + 50 * day,
            )  # fmt: skip
    if state in ("objected", "handling", "late", "extended"):
        return
    signed = at + random.randint(10, 16) * day
    draft = handling.Draft(outcome="A", text=words.answer(random, one.said.topic), contact_name="办公室", telephone="0393-0000200")
    answer = handling.draft_answer(assignment_id=share.pk, draft=draft, by=making.clerks[unit], at=signed)
    handling.sign_answer(answer_id=answer.pk, by=making.heads[unit], at=signed + timedelta(hours=2))
    if state == "signed":
        return
    _deliver(making, one, signed + day)
    if random.random() < 0.7:
        office, result, why = random.choice(words.GRADES)
        acts.grade(receipt_code=one.code, office=office, unit=result, reason=why, at=signed + 3 * day)
    if state == "concluded":
        return
    if state == "lapsed":
        acts.lapse(petition_id=one.pk, at=signed + 45 * day)
        return
    _review(making, one, state, signed + 6 * day)


def _deliver(making: _Making, one: _Petition, at: datetime) -> None:
    how = making.random.choice(("当面送达", "邮寄送达", "电子送达"))
    acts.deliver(petition_id=one.pk, on=at.date(), how=how, by=making.clerk, at=at)


def _review(making: _Making, one: _Petition, state: str, at: datetime) -> None:
    """复查 by the organ above, 复核 by one outside the city."""
    random, day = making.random, timedelta(days=1)
    first = acts.apply_for_review(receipt_code=one.code, reason=random.choice(words.REASONS), at=at)
    if state == "review":
        return
    outcome = random.choice(("upheld", "upheld", "changed"))
    text = random.choice(words.DECISIONS)
    acts.decide(review_id=first.pk, outcome=outcome, text=text, by=making.upper, at=at + 14 * day)
    _deliver(making, one, at + 16 * day)
    if state == "reviewed":
        return
    last = acts.apply_for_review(receipt_code=one.code, reason=random.choice(words.REASONS), at=at + 22 * day)
    acts.name_reviewer(review_id=last.pk, outside="省信访事项复查复核机构", by=making.clerk, at=at + 23 * day)
    if state == "re_examination":
        return
    heard = (at + 26 * day).date()
    acts.hear(review_id=last.pk, first=heard, last=heard + day, by=making.clerk, at=at + 25 * day)
    acts.decide(review_id=last.pk, outcome="upheld", text=random.choice(words.DECISIONS), by=making.clerk, at=at + 40 * day)
