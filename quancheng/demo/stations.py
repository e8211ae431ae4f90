"""The demo city's stations and residents' opinions: a station's life, and opinions in every state, built by acts."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from quancheng.contact import acts as contact
from quancheng.contact import queries as contact_queries
from quancheng.demo import matter_words as words
from quancheng.demo.stage import OFFICE, Bench, by_day
from quancheng.demo.station_life import build_station_life
from quancheng.demo.writing import AreaRow
from quancheng.handling import acts as handling
from quancheng.people.permissions import Actor

__all__ = ["build_matters", "build_station_life"]

SEED = 20260303
STATES = (  # until where an opinion goes, and its share of a hundred
    ("registered", 4), ("passed_on", 3), ("assigned", 8), ("late", 3), ("objected", 1), ("replaced", 1), ("answered", 7),
    ("redo", 1), ("answered_again", 1), ("assessing", 1), ("promised", 2), ("closed", 9), ("lapsed", 18), ("basically", 3),
    ("redone", 2), ("published", 10), ("withheld", 1), ("elsewhere", 22), ("referred", 2), ("accused", 1),
)  # fmt: skip
AGES = {  # days ago on which it was said, from–to, by where it is now
    "registered": (0, 3), "passed_on": (1, 4), "assigned": (2, 14), "objected": (2, 4), "replaced": (5, 14), "late": (32, 60),
    "answered": (10, 28), "redo": (14, 30), "answered_again": (20, 40), "assessing": (30, 60),
    "lapsed": (75, 395),
}  # fmt: skip
ELSEWHERE = (  # what no organ has to decide: who should be asked, and why
    ("政务服务热线", "属于日常服务诉求，热线当天就能派单，我们已经代为转告，请留意回电。"),
    ("村民委员会、居民委员会", "属于村（居）民自治的事，请在村（居）民会议上提出，代表会到会听取。"),
    ("人民调解委员会", "属于邻里之间的民事纠纷，可以先申请调解，不收费用。"),
    ("供电营业厅", "属于企业服务事项，营业厅有专人受理，电话已经写在回执上。"),
)  # fmt: skip
QUIET = ("lapsed", "closed", "basically", "redone")  # most of these authors did not want it published
DOORS = ("deputy", "deputy", "deputy", "station", "station", "walk_in", "walk_in", "walk_in", "contact")


@dataclass
class _Making:
    """What building opinions remembers."""

    bench: Bench
    staff: dict[str, Actor]
    random: Random
    now: datetime
    codes: dict[str, str]  # "d<account>" or a site -> its code

    def sites(self) -> list[str]:
        return list(self.staff)


def build_matters(
    count: int, *, bench: Bench, site_staff: dict[str, Actor], now: datetime, seed: int = SEED
) -> list[int]:
    """Let residents bring that many opinions in the last thirteen months, carry each to some state; return their ids.

    `site_staff`: site -> who enters there. The caller holds the transaction.
    """
    random = Random(seed)  # noqa: S311  # invented data, nothing secret
    made_before = contact_queries.codes_to_print(bench.office, now.date())
    codes = {code.site_id or f"d{code.account_id}": code.pk for code in made_before}
    codes.update({f"d{one.id}": _code(bench, now, account_id=one.id) for one in bench.deputies if f"d{one.id}" not in codes})
    codes.update({site: _code(bench, now, site=site) for site in site_staff if site not in codes})
    making = _Making(bench, site_staff, random, now, codes)
    where = words.places(seed)
    plan = [state for state, share in STATES for _ in range(share)]
    states = [plan[k * len(plan) // count] for k in range(count)] if count <= len(plan) else random.choices(plan, k=count)
    days = [(by_day(random, now - _age(random, state), now), state) for state in states]
    return [_one(making, number, state, at, where[number % len(where)]) for number, (at, state) in enumerate(sorted(days))]


def _age(random: Random, state: str) -> timedelta:
    """Return how long ago an opinion was said that is in that state now."""
    first, last = AGES.get(state, (45, 395))
    return timedelta(days=random.randint(first, last), minutes=random.randint(1, 400))


def _code(bench: Bench, now: datetime, account_id: int | None = None, site: str = "") -> str:
    return contact.make_code(account_id=account_id, site=site, by=bench.office, at=now - timedelta(days=420)).pk


def _one(making: _Making, number: int, state: str, at: datetime, where: AreaRow) -> int:
    random, bench = making.random, making.bench
    said = words.say(random, where)
    body = said.body
    if state == "accused":
        body = words.ACCUSATION.format(place=said.place)
    elif state == "referred":
        body = words.GRIEVANCE.format(place=said.place)
    deputy = bench.deputies[number % len(bench.deputies)]
    opinion, by = _submit(making, number, said, body, state, deputy, at)
    made = opinion.pk
    if state == "registered":
        return made
    later = at + timedelta(hours=random.randint(2, 30))
    if by is not None and number % 3 and state != "elsewhere":
        advice = random.choice(("", "建议先到现场看一看。", "群众反映强烈，建议尽快答复。", "建议与村里一起商量。"))
        contact.forward(opinion_id=made, words=advice, by=by, at=later)
    elif state == "passed_on":
        contact.forward(opinion_id=made, words="", by=bench.office, at=later)
    if state in ("referred", "accused", "elsewhere"):
        way, (to, why) = "other", random.choice(ELSEWHERE)
        if state != "elsewhere":
            way, to = ("lawsuit", "人民法院") if state == "referred" else ("accusation", "")
            why = "属于诉讼或者检举控告，应当由有权处理的机关办理。"
        contact.refer(opinion_id=made, way=way, where=to, reason=why, by=bench.office, at=later + timedelta(hours=3))
    elif state != "passed_on":
        _handle(making, opinion, said, state, later + timedelta(hours=4))
    return made


def _submit(
    making: _Making, number: int, said: words.Said, body: str, state: str, deputy: Actor, at: datetime
) -> tuple[Any, Actor | None]:
    """Hand an opinion in through one of the doors; return it and who may pass it on, None where the office does."""
    random, door = making.random, making.random.choice(DOORS)
    sites = making.sites()
    site = sites[number % len(sites)]
    common = contact.Matter(
        body=body, submission_key=f"demo-matter-{number:06d}-{'k' * 8}", area=said.area,
        visibility="private" if number % 19 == 7 or state in QUIET and number % 9 else "shown",
    )
    phone = f"137{random.randint(0, 99):02d}{number:06d}"
    by = Actor.public()
    if door in ("deputy", "station"):
        matter = replace(common, code=making.codes[f"d{deputy.id}" if door == "deputy" else site], phone=phone)
    elif door == "walk_in":
        how = random.choice(("signed", "spoken"))
        matter, by = replace(common, site=site, consent_how=how, witness="村会计", legal_wording=said.legal), making.staff[site]
    else:
        matter, by = replace(common, by_contact=True, consent_how="spoken", legal_wording=said.legal), deputy
    made = contact.submit(matter=matter, by=by, at=at, organ=OFFICE)
    return made, {"deputy": deputy, "contact": deputy, "walk_in": making.staff[site]}.get(door)


def _handle(making: _Making, opinion: Any, said: words.Said, state: str, at: datetime) -> None:
    """Let the office assign it, and carry it on."""
    random, bench = making.random, making.bench
    lead = said.topic.unit if said.topic.unit in bench.clerks else next(iter(bench.clerks))
    helper = said.topic.helper if said.topic.helper in bench.clerks and random.random() < 0.15 else ""
    shares = handling.assign(
        case_id=opinion.case_id, lead=lead, assisting=[helper] if helper else [], note="", by=bench.office, at=at
    )
    share = shares[0]
    if state in ("objected", "replaced"):
        objection = handling.raise_objection(
            assignment_id=share.pk, reason=words.OBJECT, by=bench.clerks[lead], at=at + timedelta(days=1)
        )
        if state == "replaced":
            other = next(code for code in bench.clerks if code not in (lead, helper))
            handling.decide_objection(
                objection_id=objection.pk, accept=True, reason="同意，按职责改由有管养责任的单位主办。", new_unit=other,
                by=bench.office, at=at + timedelta(days=2),
            )
    if state == "late" and random.random() < 0.5:
        handling.urge(
            assignment_id=share.pk, kind="supervision", words="答复期限已过，请三日内答复并说明原因。", by=bench.office,
            at=making.now - timedelta(days=1),
        )
    if helper and state not in ("objected", "replaced") and at + timedelta(days=3) < making.now:
        _sign(making, shares[1].pk, helper, words.ASSIST, at + timedelta(days=2))
    if state not in ("assigned", "late", "objected", "replaced"):
        slow = 24 if random.random() < 0.12 else 8
        _answered(making, opinion, share.pk, lead, said, state, at + timedelta(days=random.randint(2, slow)))


def _answered(
    making: _Making, opinion: Any, share_id: int, unit: str, said: words.Said, state: str, at: datetime
) -> None:
    """Let the unit answer, the author rate, the unit redo where he was not content, the office publish."""
    bench, random = making.bench, making.random
    first = _sign(making, share_id, unit, words.answer(random, said), at, promise=state == "promised")
    if state == "answered":
        return
    if state == "lapsed":  # most people never rate
        handling.lapse(case_id=opinion.case_id, at=at + timedelta(days=45))
        return
    rated, code = at + timedelta(days=random.randint(1, 3)), opinion.receipt_code
    bad = state in ("redo", "answered_again", "assessing", "redone")
    grade = "dissatisfied" if bad else "basically" if state == "basically" else "satisfied"
    reason = random.choice(words.BAD if bad else words.GOOD)
    contact.rate(receipt_code=code, answer_id=first, grade=grade, reason=reason, at=rated)
    if bad and state != "redo":
        again = _sign(making, share_id, unit, words.answer(random, said, again=True), rated + timedelta(days=6))
        if state != "answered_again":
            still = state == "assessing"
            contact.rate(
                receipt_code=code, answer_id=again, grade="dissatisfied" if still else "satisfied",
                reason="还是没有解决到根上。" if still else "这次修好了。", at=rated + timedelta(days=8),
            )
    if state in ("published", "withheld") and opinion.visibility == "shown":
        at = rated + timedelta(days=2)
        if state == "withheld":
            contact.withhold(opinion_id=opinion.pk, reason="文中能看出是哪一户人家。", by=bench.lead, at=at)
        else:
            title = f"{said.place[:20]}：{said.topic.title}"
            contact.release(opinion_id=opinion.pk, title=title, by=bench.lead, at=at)


def _sign(making: _Making, share_id: int, unit: str, text: str, at: datetime, promise: bool = False) -> int:
    draft = handling.Draft(
        outcome="B" if promise else "A", text=text, promise="明年汛期前完成改造并请群众验收。" if promise else "",
        promised_for=at.date() + timedelta(days=300) if promise else None, contact_name="办公室", telephone="0393-0000300",
    )
    made = handling.draft_answer(assignment_id=share_id, draft=draft, by=making.bench.clerks[unit], at=at)
    handling.send_to_head(answer_id=made.pk, by=making.bench.clerks[unit], at=at + timedelta(hours=1))
    handling.sign_answer(answer_id=made.pk, by=making.bench.heads[unit], at=at + timedelta(hours=2))
    return made.pk
