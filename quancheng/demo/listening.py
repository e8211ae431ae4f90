"""The demo city's public consultations: three texts, one consultation in every state, what people say to them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from quancheng.consultations import acts as consultations
from quancheng.consultations import queries as consultation_queries
from quancheng.demo import writing
from quancheng.demo.stage import ORGAN, SEED, City
from quancheng.demo.stage import morning as _morning
from quancheng.legislation import acts as legislation
from quancheng.people.permissions import Actor
from quancheng.publications import acts as publications
from quancheng.texts import acts as texts
from quancheng.texts import queries as text_queries


@dataclass
class Round:
    """One consultation of the demo city, with the days from today on which it opens and closes."""

    slug: str
    title: str
    summary: str
    opens: int
    closes: int
    count: int
    until: str  # the state it has reached
    seed: int


def _bill(city: City, name: str, explanation: str, *, field_: str, at: datetime) -> tuple[int, int]:
    """Submit a bill and fix its text; return the case's and the version's id."""
    clerk = city.actors["clerk"]
    bill = legislation.submit_bill(
        title="", field=field_, granting_law="", sponsor="濮阳市人民政府", organ=ORGAN, source=writing.text(name),
        explanation=explanation, imported_from=name, by=clerk, at=at,
    )
    version = text_queries.versions(bill.case.legal_text.pk)[0]
    texts.fix_version(version_id=version.pk, by=clerk, at=at)
    legislation.put_on_agenda(bill_id=bill.pk, by=clerk, at=at)
    return bill.case_id, version.pk


def _consult(city: City, plan: Round, case_id: int, version_id: int, source: str, today: date) -> int:
    """Open a consultation, take in its opinions, and carry it to the state in the plan; return its id."""
    lead = city.actors["lead"]
    opens, closes = today + timedelta(days=plan.opens), today + timedelta(days=plan.closes)
    at = _morning(min(opens, today))
    found = legislation.open_consultation(
        subject_case_id=case_id, version_id=version_id, title=plan.title, summary=plan.summary, slug=plan.slug,
        opens_on=opens, closes_on=closes, short_window_decision="", contact="濮阳市人大常委会法制工作委员会",
        address="濮阳市人民路100号（虚构）", telephone="0393-0000100", email="", site_codes=city.sites[:12],
        questions=[("您最希望这部法规解决什么问题？", ""), ("哪些规定在村里、小区里不好落实？", "")], by=lead, at=at,
    )
    if plan.until == "draft":
        return found.pk
    _speak(city, found.pk, plan, version_id, source, opens, min(closes, today - timedelta(days=1)))
    done = ("closed", "sorted", "decided", "replied", "result_published")
    reached = done[: done.index(plan.until) + 1] if plan.until in done else ()
    later = _morning(closes + timedelta(days=1))
    for state in reached:
        later += timedelta(hours=2)
        _advance(city, found.pk, state, version_id, later)
    return found.pk


def _speak(
    city: City, consultation_id: int, plan: Round, version_id: int, source: str, first: date, last: date
) -> None:
    """Hand in the invented opinions through their doors, spread over the window."""
    drafts = writing.write_opinions(plan.seed, plan.count, [source])
    known = text_queries.anchors(version_id)
    start, span = _morning(first) + timedelta(hours=2), (_morning(last) - _morning(first)) or timedelta(hours=6)
    for number, draft in enumerate(drafts):
        site = city.sites[(number * 7) % len(city.sites)] if draft.channel == "site" else ""
        by = Actor.public()
        if site:
            by = city.site_staff[site]
        elif draft.channel == "deputy":
            by = city.deputies[number % len(city.deputies)]
        elif draft.channel in ("paper", "hotline"):
            by = city.actors["clerk"]
        opinion = consultations.submit(
            consultation_id=consultation_id,
            form=consultations.Submission(
                channel=draft.channel, body=draft.body, submission_key=f"demo-{plan.slug}-{number}",
                anchor=draft.anchor if draft.anchor in known else "", legal_wording=draft.legal_wording,
                display_name=draft.display_name, organisation=draft.organisation,
                visibility="private" if number % 17 == 3 else "shown", area_code=draft.area_code, site_code=site,
                phone=f"139{plan.seed % 1000:03d}{number:05d}" if draft.channel in ("web", "organisation") else "",
                consent=True, consent_how="signed" if site else "",
            ),
            by=by, at=start + span * (number / plan.count),
        )
        city.said.setdefault(consultation_id, []).append((opinion.pk, opinion.receipt_code, draft))


def _advance(city: City, consultation_id: int, state: str, version_id: int, at: datetime) -> None:
    clerk = city.actors["clerk"]
    if state == "closed":
        consultations.close(consultation_id=consultation_id, by=clerk, at=at)
    elif state == "sorted":
        _merge(city, consultation_id, at)
        consultations.mark_sorted(consultation_id=consultation_id, by=clerk, at=at)
    elif state == "decided":
        _decide(city, consultation_id, version_id, at)
        consultations.mark_decided(consultation_id=consultation_id, by=clerk, at=at)
    elif state == "replied":
        consultations.reply_all(consultation_id=consultation_id, by=clerk, at=at)
    else:
        _publish(city, consultation_id, at)


def _merge(city: City, consultation_id: int, at: datetime) -> None:
    """Merge the near-copies of each campaign on the same clause under their leader (S10)."""
    said = city.said[consultation_id]
    groups: dict[int, list[int]] = {}
    for pk, _, draft in said:
        if draft.duplicate_of is not None and draft.anchor == said[draft.duplicate_of][2].anchor:
            groups.setdefault(said[draft.duplicate_of][0], []).append(pk)
    for leader, members in groups.items():
        consultations.merge(leader_id=leader, opinion_ids=members, by=city.actors["clerk2"], at=at)
        city.merged.update(members)


def _decide(city: City, consultation_id: int, version_id: int, at: datetime) -> None:
    """Decide on everything, each group of like opinions with its own reason."""
    labels = text_queries.anchors(version_id)
    ways = ("covered", "implementation", "not_adopted", "covered", "implementation", "out_of_scope")
    groups: dict[tuple[str, str], list[int]] = {}
    for number, (pk, _, draft) in enumerate(city.said[consultation_id]):
        if pk in city.merged:
            continue
        decision = ("adopted" if number % 4 else "partly") if draft.leads_to else ways[number % len(ways)]
        reason = writing.reply_for(decision, draft.topic, labels.get(draft.anchor, "草案"))
        groups.setdefault((decision, reason), []).append(pk)
    for (decision, reason), ids in groups.items():
        consultations.decide(opinion_ids=ids, decision=decision, reason=reason, by=city.actors["clerk"], at=at)


def _publish(city: City, consultation_id: int, at: datetime) -> None:
    clerk, releaser = city.actors["clerk"], city.actors["releaser"]
    found = consultation_queries.consultation_by_id(consultation_id)
    paper = publications.draft(
        case=found.case, kind="consultation_result", slug=f"{found.slug}-result",
        title=f"关于《{found.version.title}》征求意见情况的报告", body=consultation_queries.report_body(consultation_id),
        by=clerk, at=at,
    )
    publications.submit_for_review(publication_id=paper.pk, by=clerk, at=at)
    publications.release(publication_id=paper.pk, by=releaser, at=at)
    consultations.publish_result(consultation_id=consultation_id, publication_slug=paper.slug, by=releaser, at=at)


def main_story(city: City, today: date, count: int) -> None:
    """The first regulation from its draft to the published fate of every opinion, then its revised draft."""
    case_id, version_id = _bill(
        city, "draft1.txt", writing.text("explanation1.txt"), field_="urban_rural", at=city.opened
    )
    plan = Round(
        "ebike-2026", "电动自行车停放充电管理条例（草案）征求意见",
        "小区里的电动车停哪儿、在哪儿充电、谁来管，请您说一说。", -190, -155, count, "decided", SEED,
    )
    found = _consult(city, plan, case_id, version_id, writing.text("draft1.txt"), today)
    at = _morning(today - timedelta(days=140))
    clerk = city.actors["clerk"]
    revised = texts.draft_next(
        version_id=version_id, source=writing.text("draft2.txt"), label="草案修改稿",
        explanation=writing.text("explanation2.txt"), by=clerk, at=at,
    )
    for match in text_queries.matches(version_id, revised.pk, "doubtful"):
        texts.confirm_match(match_id=match.pk, new_anchor=match.new_anchor, by=clerk, at=at)
    texts.fix_version(version_id=revised.pk, by=clerk, at=at)
    links: dict[str, list[int]] = {}
    for pk, _, draft in city.said[found]:
        if draft.leads_to and pk not in city.merged:
            links.setdefault(draft.leads_to, []).append(pk)
    for anchor, ids in links.items():
        consultations.link_change(opinion_ids=ids, version_id=revised.pk, anchor=anchor, by=clerk, at=at)
    _moderate(city, found, at)
    _advance(city, found, "replied", version_id, at + timedelta(days=1))
    _advance(city, found, "result_published", version_id, at + timedelta(days=3))
    again = Round(
        "ebike-2026-revised", "电动自行车停放充电管理条例（草案修改稿）再次征求意见",
        "根据大家的意见改过的稿子，再请您看一看。", -40, -8, max(count // 10, 10), "sorted", SEED + 1,
    )
    _consult(city, again, case_id, revised.pk, writing.text("draft2.txt"), today)
    coming = Round(
        "ebike-2026-rules", "电动自行车停放充电管理条例（草案修改稿）补充征求意见", "就收费和配套问题补充征求意见。",
        7, 40, 0, "draft", SEED + 2,
    )
    _consult(city, coming, case_id, revised.pk, "", today)


def _moderate(city: City, consultation_id: int, at: datetime) -> None:
    """Withhold a few on a listed ground; two authors appeal, one appeal is decided by another person (S11)."""
    chosen = [(pk, code) for pk, code, draft in city.said[consultation_id] if draft.channel == "web"][5:9]
    for number, (pk, code) in enumerate(chosen):
        withheld = consultations.withhold(
            opinion_id=pk, ground="personal_data", explanation="文中写了邻居的姓名和门牌号", by=city.actors["clerk"], at=at
        )
        if number < 2:
            consultations.appeal(receipt_code=code, text="我已经没有写全名，请再看看。", at=at + timedelta(hours=3))
        if number == 0:
            consultations.decide_appeal(
                moderation_id=withheld.pk, uphold=False, reason="门牌号不完整，不能识别到具体的人，恢复显示。",
                by=city.actors["releaser"], at=at + timedelta(hours=6),
            )


def other_states(city: City, today: date, count: int) -> None:
    """The other two texts: one consultation open now, and one in each remaining state."""
    share = max(count // 8, 6)
    water, water_version = _bill(
        city, "draft_b1.txt", "为了保障农村饮用水安全，起草了本草案。现将有关情况说明如下：必要性、主要内容和需要听取意见的问题见草案各章。",
        field_="ecology", at=city.opened + timedelta(days=60),
    )
    lanes, lanes_version = _bill(
        city, "draft_c1.txt", "背街小巷是群众天天走的路。为了把管护责任落到实处，起草了本决定草案，说明如下。",
        field_="grassroots", at=city.opened + timedelta(days=90),
    )
    rounds = (
        (Round("water-2026-first", "农村饮用水条例（草案）征求意见", "水质、水压、水价，请您说一说。", -85, -50, share,
               "replied", SEED + 3), water, water_version, "draft_b1.txt"),
        (Round("water-2026", "农村饮用水条例（草案）第二次征求意见", "管护和收费的规定改过以后，再请您说一说。", -10, 25,
               count - 3 * share, "open", SEED + 4), water, water_version, "draft_b1.txt"),
        (Round("lanes-2026", "背街小巷管理决定（草案）征求意见", "门口的小路谁来管，请您说一说。", -60, -25, share,
               "decided", SEED + 5), lanes, lanes_version, "draft_c1.txt"),
        (Round("lanes-2026-second", "背街小巷管理决定（草案）补充征求意见", "照明和排水的规定，再请您说一说。", -36, -2,
               share, "closed", SEED + 6), lanes, lanes_version, "draft_c1.txt"),
    )  # fmt: skip
    for plan, case_id, version_id, name in rounds:
        _consult(city, plan, case_id, version_id, writing.text(name), today)
