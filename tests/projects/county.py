"""A small city for the acts on livelihood projects: a congress, its government, units, a station, deputies; short ways to act."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from quancheng.people import acts as people
from quancheng.people import queries as people_queries
from quancheng.people.permissions import Actor
from quancheng.projects import acts
from quancheng.projects.models import Call, Project

ZONE = ZoneInfo("Asia/Shanghai")
AT = datetime(2026, 9, 1, 9, tzinfo=ZONE)  # a Tuesday in the third quarter
SINCE = date(2022, 2, 1)
PHONE = "13900000001"
BODY = "老街坊多是老人，买菜要过两条马路，希望就近建一处便民菜市场，三千多户都能受益。"
REASON = "关系多数居民的日常生活，一年内能够完成。"
ORGANS = (  # code, name, kind, area
    ("pyrd", "某市人大常委会", "standing_committee", "410900"), ("hlrd", "某区人大常委会", "standing_committee", "410902"),
    ("pyzf", "某市人民政府", "government", "410900"), ("zjj", "住房建设局", "government", "410900"),
    ("jyj", "教育局", "government", "410900"),
)  # fmt: skip
OFFICES = (
    ("office", "周实事", "project_office", "pyrd"), ("office2", "吴实事", "project_office", "pyrd"),
    ("county", "郑区办", "project_office", "hlrd"), ("gov", "王督查", "project_government", "pyzf"),
    ("unit", "冯经办", "unit_clerk", "zjj"), ("head", "陈局长", "unit_head", "zjj"), ("school", "褚教育", "unit_clerk", "jyj"),
    *((f"d{n}", f"甲代表{n}", "deputy", "pyrd") for n in range(1, 6)),
)  # fmt: skip


def later(days: int = 0, hour: int = 9) -> datetime:
    """A moment so many days after the first."""
    return (AT + timedelta(days=days)).replace(hour=hour)


@dataclass
class City:
    """What the tests speak about, and short ways to act."""

    actors: dict[str, Actor] = field(default_factory=dict)
    said: int = 0

    def __getitem__(self, name: str) -> Actor:
        return self.actors[name]

    def form(self, **changed) -> acts.CallForm:
        """What the office announces."""
        whole = acts.CallForm(
            year=2027, title="征集2027年民生实事项目", words="征集一年内能办成、多数人受益的实事；不征集经营性项目和个案。",
            opens_on=AT.date(), closes_on=AT.date() + timedelta(days=40), government="pyzf", telephone="0393-6660000",
        )  # fmt: skip
        return replace(whole, **changed)

    def call(self, *, organ: str = "pyrd", by: str = "office", **changed) -> Call:
        """An open call."""
        return acts.open_call(organ=organ, form=self.form(**changed), by=self[by], at=AT)

    def wish_form(self, **changed) -> acts.Wish:
        """What a resident writes."""
        self.said += 1
        whole = acts.Wish(
            title=f"建一处便民菜市场（{self.said}）", body=BODY, submission_key=f"wish-{self.said:05d}-{'k' * 24}", phone=PHONE,
            area="410902", place="人民路口",
        )  # fmt: skip
        return replace(whole, **changed)

    def wish(self, call: Call, *, at: datetime = AT, by: Actor | None = None, **changed) -> Project:
        """A wish handed in."""
        return acts.submit(call_id=call.pk, wish=self.wish_form(**changed), by=by or Actor.public(), at=at)

    def screened(self, call: Call, *, at: datetime = AT, **changed) -> Project:
        """A wish that was listed for screening."""
        made = self.wish(call, at=at, **changed)
        acts.decide(project_ids=[made.pk], fate="in", reason=REASON, by=self["office"], at=at)
        return self.again(made)

    def dossier(self, found: Project, *, at: datetime = AT, edits: int = 0, **changed) -> None:
        """Write the whole dossier."""
        whole = acts.DossierForm(
            title=f"{found.title}项目", content="新建便民菜市场一处，建筑面积八百平方米，设摊位六十个。", location="人民路与建设路交叉口东南角",
            benefit="周边三千二百户", cost="1200", owner="zjj", finish_on=date(2027, 11, 30), feasibility="土地已落实，年内可以完工，不形成政府债务。",
            money=(("市级财政", "800"), ("区级财政", "400")),
        )  # fmt: skip
        acts.write_dossier(project_id=found.pk, form=replace(whole, **changed), edits=edits, by=self["office"], at=at)

    def candidate(self, call: Call, *, at: datetime = AT, **changed) -> Project:
        """A candidate with all that one needs."""
        made = self.screened(call, at=at, **changed)
        self.dossier(made, at=at)
        acts.ask_units(project_id=made.pk, units=["zjj"], by=self["office"], at=at)
        acts.give_view(project_id=made.pk, stand="feasible", words="用地和资金都有保障，年内可以完成。", by=self["unit"], at=at)
        acts.list_candidate(project_id=made.pk, by=self["office"], at=at)
        return self.again(made)

    def listed(self, *, candidates: int = 5, places: int = 4, at: datetime | None = None) -> tuple[Call, list[Project]]:
        """A call whose candidates are fixed."""
        call, at = self.call(), at or later(60)
        made = [self.candidate(call) for _ in range(candidates)]
        acts.close_call(call_id=call.pk, by=self["office"], at=later(41))
        self.review(call, at)
        acts.fix_list(call_id=call.pk, places=places, order=[], by=self["office"], at=at)
        return Call.objects.select_related("case").get(pk=call.pk), [self.again(one) for one in made]

    def review(self, call: Call, at: datetime) -> None:
        """主任会议 looks at the list."""
        acts.note_review(
            call_id=call.pk, kind="list", held_on=at.date(), meeting="第四十次主任会议", words="同意将候选项目提请人民代表大会会议票决。",
            by=self["office"], at=at,
        )  # fmt: skip

    def outcome(self, projects: list[Project], votes: list[int], chosen: int, **changed) -> acts.BallotOutcome:
        """What was announced: these votes, the first so many chosen."""
        whole = acts.BallotOutcome(
            votes={p.case_id: n for p, n in zip(projects, votes, strict=True)}, chosen=[p.case_id for p in projects[:chosen]],
            base=100, present=90, cast=90, valid=88, vote_number="濮人票〔2027〕1号", announced_on=later(170).date(),
            resolution="会议决定以下项目为2027年民生实事项目，由市人民政府组织实施。",
        )  # fmt: skip
        return replace(whole, **changed)

    def adopted(self, *, candidates: int = 5, places: int = 4) -> tuple[Call, list[Project]]:
        """A call that was decided; the projects adopted, without those that lost."""
        call, made = self.listed(candidates=candidates, places=places)
        outcome = self.outcome(made, [70 - n for n in range(candidates)], places, valid=90)
        acts.adopt(year=2027, organ="pyrd", outcome=outcome, by=self["office"], at=later(170))
        return Call.objects.select_related("case").get(pk=call.pk), [self.again(one) for one in made[:places]]

    def again(self, found: Project) -> Project:
        """The project as the database has it now."""
        return Project.objects.select_related("case", "call__case", "dossier").get(pk=found.pk)

    def state(self, found: Project) -> str:
        """The state in which a project is."""
        return self.again(found).case.state


def build() -> City:
    """Build the city."""
    made = City()
    people.import_areas(at=AT)
    for code, name, kind, area in ORGANS:
        people.create_organ(code=code, name=name, kind=kind, area=area, valid_from=SINCE, at=AT)
    people.create_site(
        code="zd1", name="人民路联络站", area="410902", organ="pyrd", address="人民路1号", valid_from=SINCE, at=AT,
        functions=("liaison",),
    )  # fmt: skip
    term = people.open_term(organ="pyrd", number=8, starts_on=SINCE, at=AT)
    for username, name, role, organ in (*OFFICES, ("station", "卫站长", "site_staff", "pyrd")):
        account = people.create_account(username=username, name=name, password="long-enough-pass-1", at=AT)
        people.give_office(
            account_id=account.pk, organ=organ, role=role, valid_from=SINCE, at=AT,
            site="zd1" if role == "site_staff" else "",
        )  # fmt: skip
        if role == "deputy":
            people.seat_deputy(term=term, account_id=account.pk, electoral_unit="华龙区", field="", valid_from=SINCE, at=AT)
        made.actors[username] = people_queries.actor_for(account.pk, AT.date())
    return made
