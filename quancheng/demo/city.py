"""The demo city: Puyang with its real areas and invented people, built only by calling acts, from one seed."""

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from quancheng.consultations import acts as consultations
from quancheng.consultations import queries as consultation_queries
from quancheng.demo import handling, writing
from quancheng.ledger import acts as ledger
from quancheng.legislation import acts as legislation
from quancheng.people import acts as people
from quancheng.people import queries as people_queries
from quancheng.people.permissions import Actor
from quancheng.publications import acts as publications
from quancheng.texts import acts as texts
from quancheng.texts import queries as text_queries

SEED = 20260101
ZONE = ZoneInfo("Asia/Shanghai")
ORGAN = "fgw"
PASSWORD = "puyang-demo-2026"  # noqa: S105  # printed at start: accounts of an invented city
DATA = Path(__file__).parent / "data"

STAFF = (
    ("lead", "lead", "法工委负责人：开启征求意见、分派、查看身份须留痕"),
    ("clerk", "clerk", "法工委工作人员：导入草案、处理意见、起草报告"),
    ("clerk2", "clerk", "法工委工作人员：另一位经办人"),
    ("releaser", "releaser", "公开审核人：审核并公开报告、处理申诉"),
    ("auditor", "auditor", "审计监督人员：查看台账和身份查看记录"),
    ("admin", "admin", "系统管理员：参数、日历、账户"),
)


@dataclass
class City:
    """What the builder remembers between its stages."""

    opened: datetime
    actors: dict[str, Actor] = field(default_factory=dict)
    sites: list[str] = field(default_factory=list)
    site_staff: dict[str, Actor] = field(default_factory=dict)
    deputies: list[Actor] = field(default_factory=list)
    said: dict[int, list[tuple[int, str, writing.DraftOpinion]]] = field(default_factory=dict)
    merged: set[int] = field(default_factory=set)
    bench: handling.Bench | None = None


def ensure_city(*, rebuild: bool = False) -> None:
    """Build the demo city if the database has none, and print its accounts. Raises SystemExit on a foreign database.

    A city whose building was broken off is built anew, as is one for which `rebuild` asks (SQLite only).
    """
    mark = Path(settings.DATA) / "demo-city"  # "building" or "built": only what is marked so is ever thrown away
    stage = mark.read_text() if mark.exists() else ""
    if stage and (rebuild or stage != "built"):
        _throw_away()
    call_command("migrate", verbosity=0, interactive=False)
    if not people_queries.organs():
        began = time.monotonic()
        print("正在建立演示城市（濮阳市，人物和意见均为虚构）……", flush=True)
        mark.write_text("building")
        build_city(opinions=3000)
        mark.write_text("built")
        print(f"演示城市已建好，用时 {time.monotonic() - began:.0f} 秒。")
    elif not stage:
        print("数据库里已有别的数据，不能建立演示城市。请用 QUANCHENG_DATA 指定一个空的目录。", file=sys.stderr)
        raise SystemExit(2)
    print(f"\n演示账户（密码都是 {PASSWORD}，登录页 /sign-in/）：")
    for username, _, label in STAFF:
        print(f"  {username:<10}{label}")
    print("  station1  联络站工作人员：代群众录入意见、查看去向")
    print("  deputy1   人大代表：发表意见、写建议、联名、测评答复")
    print("  office1   代表工委：审核、交办代表建议，研究退办（office2 批准延期）")
    print("  unit1     承办单位经办人：沟通、起草答复、退办（head1 是负责人，签发）")
    print("  群众不用账户：打开首页选择一项征求意见即可。演示城市不发短信，验证码直接显示在页面上。\n")
    sys.stdout.flush()


def _throw_away() -> None:
    """Remove the demo database and the key of its ledger: a new ledger has a new key. Raises SystemExit elsewhere."""
    database = settings.DATABASES["default"]
    if "sqlite" not in str(database["ENGINE"]):
        print("重建演示城市只用于 SQLite。请清空 PostgreSQL 的数据库后再运行。", file=sys.stderr)
        raise SystemExit(2)
    connection.close()
    for ending in ("", "-wal", "-shm", ".turn"):
        Path(f"{database['NAME']}{ending}").unlink(missing_ok=True)
    (Path(settings.DATA) / "ledger.key").unlink(missing_ok=True)


def build_city(*, opinions: int, today: date | None = None) -> City:
    """Build the city with that many opinions (shared among its consultations) around `today`."""
    day = today or timezone.localdate()
    city = City(opened=datetime(day.year, day.month, day.day, 9, tzinfo=ZONE) - timedelta(days=200))
    with transaction.atomic():
        _ground(city)
    with transaction.atomic():
        _main_story(city, day, opinions * 6 // 10)
    told = sum(len(said) for said in city.said.values())
    with transaction.atomic():
        _other_states(city, day, opinions - told)
    if city.bench is not None:
        with transaction.atomic():
            handling.tell(city.bench, datetime(day.year, day.month, day.day, 9, tzinfo=ZONE))
    ledger.seal(at=timezone.now())
    consultations.refresh_tallies(at=timezone.now())
    return city


def _ground(city: City) -> None:
    at = city.opened - timedelta(days=30)
    since = date(2022, 2, 1)
    people.import_areas(at=at)
    for code, name, kind, area, parent, mark in (
        ("pyrd", "濮阳市人民代表大会常务委员会", "standing_committee", "410900", "", "濮人常"),
        (ORGAN, "濮阳市人大常委会法制工作委员会", "working_body", "410900", "pyrd", "濮人法工"),
    ):
        people.create_organ(
            code=code, name=name, kind=kind, area=area, parent=parent, document_mark=mark, valid_from=since, at=at
        )
    names = iter(writing.people(SEED, 90))
    for username, role, _ in STAFF:
        city.actors[username] = _account(username, next(names), role, since=since, at=at)
    for number, site in enumerate(writing.site_names(), start=1):
        code = f"zd{number:03d}"
        people.create_site(
            code=code, name=site.name, area=site.area_code, organ=ORGAN, address=site.address, telephone=site.phone,
            hours=site.hours, functions=("liaison", "legislation") if site.kind == "legislation" else ("liaison",),
            valid_from=since, at=at,
        )
        city.sites.append(code)
        city.site_staff[code] = _account(f"station{number}", next(names), "site_staff", since=since, at=at, site=code)
    term = people.open_term(organ="pyrd", number=8, starts_on=since, at=at)
    for number in range(1, 13):
        actor = _account(f"deputy{number}", next(names), "deputy", since=since, at=at)
        people.seat_deputy(
            term=term, account_id=actor.id, electoral_unit="濮阳县" if number % 2 else "华龙区",
            field="城乡建设" if number % 3 else "社会治理", valid_from=since, at=at,
        )
        city.deputies.append(actor)
    city.bench = _bench(city, names, since, at)
    for template in writing.decision_templates():
        consultations.save_template(
            organ=ORGAN, decision=template.decision, title=template.title,
            text=template.text.format(label="这一条", topic="这个问题"), by=city.actors["lead"], at=at,
        )


def _bench(city: City, names: Iterator[str], since: date, at: datetime) -> handling.Bench:
    """Create the deputies' office and the undertaking units; the releaser also releases for the office."""
    def account(username: str, role: str, organ: str) -> Actor:
        return _account(username, next(names), role, since=since, at=at, organ=organ)

    office, lead, clerks, heads = handling.staff(account, since, at)
    releaser = city.actors["releaser"]
    people.give_office(account_id=releaser.id, organ=handling.OFFICE, role="releaser", valid_from=since, at=at)
    city.actors["releaser"] = people_queries.actor_for(releaser.id, at.date())
    return handling.Bench(office, lead, city.actors["releaser"], clerks, heads, city.deputies)


def _account(
    username: str, name: str, role: str, *, since: date, at: datetime, site: str = "", organ: str = ORGAN
) -> Actor:
    account = people.create_account(username=username, name=name, password=PASSWORD, at=at)
    people.give_office(account_id=account.pk, organ=organ, role=role, site=site, valid_from=since, at=at)
    return people_queries.actor_for(account.pk, at.date())


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


def _morning(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=ZONE)


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


def _main_story(city: City, today: date, count: int) -> None:
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


def _other_states(city: City, today: date, count: int) -> None:
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
