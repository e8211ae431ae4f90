"""The demo city's deputies' suggestions: units, their people, and suggestions in every state, built by acts."""

from datetime import datetime, timedelta

from quancheng.demo.stage import OFFICE, City
from quancheng.handling import acts as handling
from quancheng.people.permissions import Actor
from quancheng.publications import acts as publications
from quancheng.suggestions import acts as suggestions
from quancheng.suggestions import queries as suggestion_queries

ORDER = (
    "draft", "submitted", "returned", "checked", "assigned", "objected", "late", "contacting", "answered", "redo",
    "answered_again", "assessing", "tracking", "closed", "closed", "published", "published",
)  # fmt: skip
TOPICS = (
    ("关于缓解城东小学门口放学拥堵的建议", "每天下午四点半，城东小学门口接孩子的车排到路口，救护车都过不去。建议错峰放学，在南侧空地划临时停车位，安排人疏导。", "education", "jyj", "jtj"),
    ("关于增加背街小巷夜间照明的建议", "老城区不少小巷晚上没有灯，老人摔过跤。建议对没有路灯的小巷逐条摸底，分两年装齐，并明确谁来维修。", "urban", "csgl", ""),
    ("关于开通到乡镇卫生院公交线路的建议", "王助镇的老人去卫生院看病要倒两趟车。建议延长一条公交线路，在卫生院门口设站，早晚各加一班。", "health", "jtj", "wjw"),
    ("关于整治农村沟渠淤堵的建议", "去年汛期，几个村的沟渠淤满了，庄稼地积水半个月。建议汛前统一清淤，把管护责任落到村，年年验收。", "agriculture", "slj", "nyj"),
    ("关于在村卫生室配备常用慢性病药品的建议", "村里高血压、糖尿病人多，开药要跑县城。建议列出常用药清单，由村卫生室配齐，医保能够直接结算。", "health", "wjw", ""),
    ("关于规范早市占道经营的建议", "早市占了半条街，上班的和摆摊的天天吵。建议选一块地集中经营，定好时间，收摊后把地面打扫干净。", "urban", "csgl", "jtj"),
)  # fmt: skip
ANSWER = "收到您的建议后，我们当面听取了您的意见，并到现场查看。经研究，已经列入今年的工作，具体安排和完成情况如下：方案已经确定，经费已经落实，有关单位正在实施。"
BETTER = "根据您的测评意见，我们重新到现场核对了情况，调整了做法：时间提前，责任落实到具体单位，并请附近居民一起验收。现将重新办理的结果答复如上。"


def build_suggestions(city: City) -> None:
    """Build suggestions in every state, the oldest first."""
    for number, until in enumerate(ORDER):
        title, body, category, unit, helper = TOPICS[number % len(TOPICS)]
        months = 5 if until in ("late", "redo", "answered_again", "assessing", "closed", "tracking", "published") else 1
        at = city.now - timedelta(days=30 * months + number)
        year = "" if number < len(TOPICS) else f"（第{number // len(TOPICS) + 1}次提出）"
        _one(city, city.deputies[number % len(city.deputies)], title + year, body, category, unit, helper, until, at, number)


def _one(
    city: City, deputy: Actor, title: str, body: str, category: str, unit: str, helper: str, until: str, at: datetime,
    number: int,
) -> None:
    made = suggestions.draft(
        paper=suggestions.Paper(title=title, body=body, category=category, proposed_unit=unit), organ=OFFICE,
        submission_key=f"demo-suggestion-{number:04d}", by=deputy, at=at,
    )
    others = [a for a in city.deputies if a.id != deputy.id][:2]
    suggestions.ask_cosigners(suggestion_id=made.pk, account_ids=[a.id for a in others], by=deputy, at=at)
    if until == "draft":
        return
    suggestions.answer_cosign(suggestion_id=made.pk, confirm=True, edits=0, by=others[0], at=at + timedelta(hours=1))
    suggestions.submit(suggestion_id=made.pk, edits=0, by=deputy, at=at + timedelta(hours=2))
    later = at + timedelta(days=1)
    if until == "submitted":
        return
    if until == "returned":
        suggestions.send_back(
            suggestion_id=made.pk, ground="vague", words="请补充具体的地点和可以办理的做法。", by=city.actors["office1"], at=later
        )
        return
    suggestions.check(suggestion_id=made.pk, by=city.actors["office1"], at=later)
    if until != "checked":
        _handle(city, made.pk, made.case_id, deputy, unit, helper, until, later)


def _handle(
    city: City, pk: int, case_id: int, deputy: Actor, unit: str, helper: str, until: str, at: datetime
) -> None:
    shares = handling.assign(
        case_id=case_id, lead=unit, assisting=[helper] if helper else [], note="请按规定期限办理，办前与代表沟通。",
        by=city.actors["office1"], at=at,
    )
    share = shares[0]
    clerk, head = city.clerks[unit], city.heads[unit]
    if until == "objected":
        handling.raise_objection(assignment_id=share.pk, reason="主要职责在另一部门，建议改由其主办。", by=clerk, at=at + timedelta(days=3))
    if until in ("assigned", "late", "objected"):
        return
    spoke = at + timedelta(days=5)
    handling.record_contact(
        assignment_id=share.pk, manner="meeting", on=spoke.date(), words="当面听取代表意见，一起看了现场。", by=clerk, at=spoke
    )
    if until == "contacting":
        return
    outcome = "B" if until == "tracking" else "A"
    _answer(share.pk, outcome, ANSWER, clerk, head, at + timedelta(days=12))
    if until == "answered":
        return
    rated = at + timedelta(days=16)
    if until in ("redo", "answered_again", "assessing"):
        _rate(case_id, deputy, "dissatisfied", "只说了列入计划，没有说什么时候做完。", rated)
        if until == "redo":
            return
        again = rated + timedelta(days=4)
        handling.record_contact(
            assignment_id=share.pk, manner="visit", on=again.date(), words="上门听取不满意的原因。", by=clerk, at=again
        )
        _answer(share.pk, "A", BETTER, clerk, head, rated + timedelta(days=9))
        if until == "assessing":
            _rate(case_id, deputy, "dissatisfied", "还是没有解决早高峰的问题。", rated + timedelta(days=12))
        return
    _rate(case_id, deputy, "satisfied" if pk % 2 else "basically", "办得及时。", rated)
    if until == "published":
        paper = suggestions.draft_publication(suggestion_id=pk, by=city.actors["office1"], at=rated + timedelta(days=2))
        publications.submit_for_review(publication_id=paper.pk, by=city.actors["office1"], at=rated + timedelta(days=2))
        publications.release(publication_id=paper.pk, by=city.actors["releaser"], at=rated + timedelta(days=3))


def _answer(share_id: int, outcome: str, text: str, clerk: Actor, head: Actor, at: datetime) -> None:
    draft = handling.Draft(
        outcome=outcome, text=text, promise="年底前全部完成并请代表验收。" if outcome == "B" else "",
        promised_for=at.date() + timedelta(days=240) if outcome == "B" else None, contact_name="办公室",
        telephone="0393-0000200",
    )
    made = handling.draft_answer(assignment_id=share_id, draft=draft, by=clerk, at=at)
    handling.send_to_head(answer_id=made.pk, by=clerk, at=at + timedelta(hours=1))
    handling.sign_answer(answer_id=made.pk, by=head, at=at + timedelta(hours=3))


def _rate(case_id: int, deputy: Actor, grade: str, reason: str, at: datetime) -> None:
    answer = next(a for a in suggestion_queries.to_rate(deputy) if a.assignment.case_id == case_id)
    suggestions.rate(answer_id=answer.pk, grade=grade, reason=reason, by=deputy, at=at)
