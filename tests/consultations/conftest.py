"""A small town for the acts on opinions: one organ, its people, a site, one bill, one open consultation."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from quancheng.consultations import acts
from quancheng.consultations.models import Consultation, Opinion
from quancheng.legislation import acts as legislation
from quancheng.people import acts as people
from quancheng.people import queries as people_queries
from quancheng.people.permissions import Actor
from quancheng.texts import acts as texts
from quancheng.texts.models import Version

ZONE = ZoneInfo("Asia/Shanghai")
OPENING = datetime(2026, 11, 2, 9, tzinfo=ZONE)  # a Monday
CLOSES = date(2026, 12, 2)
OVER = datetime(2026, 12, 3, 0, 0, tzinfo=ZONE)  # the first moment after the window
PHONE = "13800000001"
REASON = "已在第三条中写明当日补装的要求。"
DRAFT = """某市井盖条例（草案）
第一条　为了加强井盖管理，制定本条例。
第二条　本市行政区域内的井盖管理，适用本条例。
第三条　权属单位发现井盖缺失的，应当在二十四小时内补装。
第四条　本条例自2027年1月1日起施行。"""


@dataclass
class Town:
    """What the tests speak about, and short ways to act."""

    actors: dict[str, Actor] = field(default_factory=dict)
    said: int = 0

    def bill(self, explanation: str = "关于草案的说明。", *, organ: str = "fgw", by: str = "lead", fix: bool = True):
        """Submit a bill and return its case's id and its first version, fixed unless told otherwise."""
        made = legislation.submit_bill(
            title="", field="urban_rural", granting_law="", sponsor="主任会议", organ=organ, source=DRAFT,
            explanation=explanation, imported_from="", by=self.actors[by], at=OPENING,
        )
        version = Version.objects.get(text__case=made.case)
        if fix:
            version = texts.fix_version(version_id=version.pk, by=self.actors[by], at=OPENING)
        return made.case_id, version

    def open(self, **changed) -> Consultation:
        """Open a consultation; what is not given is as it should be."""
        at = changed.pop("at", OPENING)
        if "subject_case_id" not in changed:
            case_id, version = self.bill()
            changed = {"subject_case_id": case_id, "version_id": version.pk, **changed}
        whole = {
            "title": "井盖条例征求意见", "summary": "管好脚下的井盖。", "slug": f"jinggai-{changed['version_id']}",
            "opens_on": OPENING.date(), "closes_on": CLOSES, "short_window_decision": "", "contact": "法工委",
            "address": "市府路1号", "telephone": "0393-1234567", "email": "", "site_codes": ["zd1"],
            "questions": [("时限合适吗", "a3")], "by": self.actors["lead"], **changed,
        }  # fmt: skip
        return acts.open_consultation(at=at, **whole)

    def form(self, body: str = "井盖应当当天补上。", **changed) -> acts.Submission:
        """A form as the website hands it in, each with a key of its own."""
        self.said += 1
        whole = acts.Submission(
            channel="web", body=body, phone=PHONE, submission_key=f"form-{self.said:05d}-{'k' * 20}",
        )
        return replace(whole, **changed)

    def say(self, consultation: Consultation, body: str = "井盖应当当天补上。", *, by=None, at=None, **changed) -> Opinion:
        """Hand in an opinion."""
        return acts.submit(
            consultation_id=consultation.pk, form=self.form(body, **changed), by=by or Actor.public(),
            at=at or OPENING + timedelta(hours=1),
        )

    def decide(self, *opinions: Opinion, decision: str = "adopted", reason: str = REASON, by: str = "clerk", **more) -> int:
        """Decide on opinions."""
        return acts.decide(
            opinion_ids=[o.pk for o in opinions], decision=decision, reason=reason, by=self.actors[by], at=OVER, **more
        )

    def sorted(self, consultation: Consultation) -> None:
        """Carry a consultation past its window to 意见已梳理."""
        acts.close(consultation_id=consultation.pk, by=self.actors["clerk"], at=OVER)
        acts.mark_sorted(consultation_id=consultation.pk, by=self.actors["clerk"], at=OVER)

    def answered(self, consultation: Consultation) -> int:
        """Carry a sorted consultation to 已答复."""
        acts.mark_decided(consultation_id=consultation.pk, by=self.actors["clerk"], at=OVER)
        return acts.reply_all(consultation_id=consultation.pk, by=self.actors["clerk"], at=OVER)


@pytest.fixture
def town(db) -> Town:
    """The town with one account for each office, and a lead of another organ."""
    made, since = Town(), date(2022, 2, 1)
    people.import_areas(at=OPENING)
    people.create_organ(code="fgw", name="法工委", kind="working_body", area="410900", valid_from=since, at=OPENING)
    people.create_organ(code="other", name="某县人大常委会", kind="standing_committee", area="410928", valid_from=since, at=OPENING)
    people.create_site(
        code="zd1", name="中原路联络站", area="410928", organ="fgw", address="某路1号", valid_from=since, at=OPENING,
        functions=("liaison",),
    )
    offices = [
        ("clerk", "clerk", "fgw"), ("clerk2", "clerk", "fgw"), ("lead", "lead", "fgw"), ("lead2", "lead", "fgw"),
        ("releaser", "releaser", "fgw"), ("station", "site_staff", "fgw"), ("deputy", "deputy", "fgw"),
        ("foreign", "lead", "other"),
    ]  # fmt: skip
    for username, role, organ in offices:
        account = people.create_account(username=username, name=f"甲{username}", password="long-enough-pass-1", at=OPENING)
        people.give_office(
            account_id=account.pk, organ=organ, role=role, site="zd1" if role == "site_staff" else "", valid_from=since,
            at=OPENING,
        )
        made.actors[username] = people_queries.actor_for(account.pk, OPENING.date())
    return made


@pytest.fixture
def asked(town) -> Consultation:
    """An open consultation from 2 November to 2 December 2026."""
    return town.open()
