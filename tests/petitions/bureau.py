"""A small town for the acts on petitions: an office, the level above, units, discipline, those who may be accused."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from quancheng.handling import acts as handling
from quancheng.handling.models import Answer, Assignment
from quancheng.people.permissions import Actor
from quancheng.petitions import acts
from quancheng.petitions.models import Petition, SealedItem
from quancheng.petitions.rules import receipt_index

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 2, 9, tzinfo=ZONE)  # a Monday
TODAY = NOW.date()
SINCE = date(2022, 2, 1)
PHONE = "13900000001"
FACTS = "去年三月起我家的安置补偿一直没有发放，多次去问都说在走流程，请依法处理。"
ANSWER = "经查，您反映的补偿款因账户信息有误未能发放，现已更正并于本月十日足额发放到位。"
ORGANS = [  # code, name, kind, parent
    ("root", "某市人大常委会", "standing_committee", ""), ("xfs", "某市人大信访室", "working_body", "root"),
    ("jwz", "纪检监察组", "working_body", "root"), ("dgw", "代表工委", "working_body", "root"),
    ("zfb", "市政府办公室", "government", ""), ("zjj", "住房建设局", "government", "zfb"),
    ("swj", "水务局", "government", ""), ("above", "省人大信访处", "standing_committee", ""),
]  # fmt: skip
OFFICES = [  # user name, person's name, role, organ
    ("clerk", "周信", "petition_clerk", "xfs"), ("clerk2", "吴访", "petition_clerk", "xfs"),
    ("lead", "郑主任", "petition_lead", "xfs"), ("rootlead", "王上级", "petition_lead", "root"),
    ("discipline", "冯纪检", "discipline", "root"), ("unit", "陈经办", "unit_clerk", "zjj"),
    ("head", "褚局长", "unit_head", "zjj"), ("unit2", "卫水务", "unit_clerk", "swj"),
    ("head2", "蒋水务", "unit_head", "swj"), ("boss", "沈市长", "unit_head", "zfb"),
    ("office", "韩代工", "deputy_office", "dgw"), ("office_lead", "杨代工", "deputy_office_lead", "dgw"),
    ("auditor", "朱审计", "auditor", "root"), ("admin", "秦管理", "admin", "root"), ("deputy", "尤代表", "deputy", "root"),
    ("member", "许委员", "sc_member", "root"), ("chair", "何主任", "chairpersons", "root"),
    ("law", "吕法制", "clerk", "root"), ("law_lead", "施法制", "lead", "root"), ("releaser", "张公开", "releaser", "root"),
    ("committee", "孔委员会", "committee", "root"),
]  # fmt: skip


def key(name: str) -> str:
    """A form's key, as a page makes it."""
    return f"{name}-{'k' * 32}"


def later(days: int = 0, hour: int = 9) -> datetime:
    """A moment so many days after the first."""
    return (NOW + timedelta(days=days)).replace(hour=hour)


@dataclass
class Town:
    """What the tests speak about, and short ways to act."""

    actors: dict[str, Actor] = field(default_factory=dict)
    said: int = 0

    def __getitem__(self, name: str) -> Actor:
        return self.actors[name]

    def form(self, facts: str = FACTS, **changed) -> acts.Submission:
        """What a petitioner writes."""
        self.said += 1
        whole = acts.Submission(
            request="请求发放补偿款", facts=facts, submission_key=key(f"petition-{self.said:05d}"), names=("甲某",),
            address="某县某镇某村12号", phone=PHONE, about="government",
        )
        return replace(whole, **changed)

    def submit(self, facts: str = FACTS, *, at: datetime = NOW, by: Actor | None = None, **changed) -> str:
        """Hand a petition in; its receipt code."""
        return acts.submit(submission=self.form(facts, **changed), by=by or Actor.public(), at=at, organ="xfs")

    def accuse(self, facts: str = "他收了施工方的钱，还把亲戚安排进项目。", *, at: datetime = NOW, **changed) -> str:
        """Hand an accusation in."""
        whole = {"accuses": True, "accused_name": "褚局长", "accused_unit": "住房建设局", **changed}
        return self.submit(facts, at=at, names=(), address="", **whole)

    def item(self, code: str) -> SealedItem:
        """The sealed item of a receipt code."""
        return SealedItem.objects.get(receipt_index=receipt_index(code))

    def sort(self, code: str, *, at: datetime = NOW, kind: str = "claim", route: str = "other", by: str = "clerk", **changed) -> Petition:
        """Let the office class what came in."""
        whole = {"about": "government", "title": "反映安置补偿未发放", **changed}
        return acts.sort(item_id=self.item(code).public_id, kind=kind, route=route, by=self[by], at=at, **whole)

    def accepted(self, *, at: datetime = NOW, facts: str = FACTS, **changed) -> Petition:
        """A petition that was accepted."""
        found = self.sort(self.submit(facts, at=at, **changed), at=at)
        acts.accept(petition_id=found.pk, by=self["clerk"], at=at)
        return self.again(found)

    def again(self, found: Petition) -> Petition:
        """The petition as the database has it now."""
        return Petition.objects.select_related("case__organ").get(pk=found.pk)

    def assign(self, found: Petition, *, at: datetime = NOW, lead: str = "zjj", assisting: tuple[str, ...] = ()) -> Assignment:
        """Give it to a unit; the lead's share."""
        return handling.assign(
            case_id=found.case_id, lead=lead, assisting=list(assisting), note="", by=self["clerk"], at=at
        )[0]

    def answer(self, share: Assignment, *, at: datetime) -> Answer:
        """Let the unit draft, and its head sign."""
        draft = handling.Draft(outcome="A", text=ANSWER)
        made = handling.draft_answer(assignment_id=share.pk, draft=draft, by=self["unit"], at=at)
        return handling.sign_answer(answer_id=made.pk, by=self["head"], at=at)

    def concluded(self, *, at: datetime = NOW, delivered: bool = True) -> Petition:
        """A petition whose unit answered at once, and whose conclusion was delivered."""
        found = self.accepted(at=at)
        self.answer(self.assign(found, at=at), at=at)
        if delivered:
            acts.deliver(petition_id=found.pk, on=at.date(), how="邮寄送达", by=self["clerk"], at=at)
        return self.again(found)

    def reviewed(self, *, at: datetime = NOW) -> Petition:
        """A petition whose 复查 was decided and delivered."""
        found = self.concluded(at=at)
        made = acts.apply_for_review(receipt_code=found.receipt_code, reason="事实没有查清楚", at=at)
        acts.decide(review_id=made.pk, outcome="upheld", text="经复查，原处理意见事实清楚，予以维持。", by=self["rootlead"], at=at)
        acts.deliver(petition_id=found.pk, on=at.date(), how="当面送达", by=self["clerk"], at=at)
        return self.again(found)
