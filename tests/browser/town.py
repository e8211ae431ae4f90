"""A town for the walks, built only by acts: one office with its people, two stations, consultations in any state."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.utils import timezone

from quancheng.consultations import acts
from quancheng.consultations.models import Consultation, Opinion
from quancheng.ledger import acts as ledger
from quancheng.legislation import acts as legislation
from quancheng.people import acts as people
from quancheng.people import queries as people_queries
from quancheng.people.permissions import Actor
from quancheng.publications import acts as publications
from quancheng.texts import acts as texts
from quancheng.texts import queries as text_queries
from tests.browser.laws import DRAFT, EXPLANATION, REVISED

PASSWORD = "long-enough-pass-1"
SINCE = date(2022, 2, 1)
PHONE = "13800000001"
REASON = "意见合理。充电设施故障影响出行，修复时限已由七日改为三日。"
STAFF = (
    ("lead", "李负责", ("lead",)), ("clerk", "王经办", ("clerk",)), ("clerk2", "赵经办", ("clerk",)),
    ("releaser", "周审核", ("releaser",)), ("both", "钱兼任", ("clerk", "releaser")), ("station", "孙站员", ("site_staff",)),
    ("deputy", "吴代表", ("deputy",)), ("auditor", "郑审计", ("auditor",)), ("admin", "冯管理", ("admin",)),
)  # fmt: skip


@dataclass
class Town:
    """What the walks find there."""

    actors: dict[str, Actor] = field(default_factory=dict)
    said: int = 0

    def fixed_draft(self, source: str = DRAFT, *, at: datetime | None = None, by: str = "lead"):
        """Submit a bill, fix its text, put it on the agenda; return (case id, version id)."""
        at, actor = at or timezone.now(), self.actors[by]
        bill = legislation.submit_bill(
            title="", field="urban_rural", granting_law="", sponsor="市人民政府", organ="fgw", source=source,
            explanation=EXPLANATION, imported_from="草案.docx", by=actor, at=at,
        )
        version = text_queries.versions(bill.case.legal_text.pk)[0]
        texts.fix_version(version_id=version.pk, by=actor, at=at)
        legislation.put_on_agenda(bill_id=bill.pk, by=actor, at=at)
        return bill.case_id, version.pk

    def consultation(self, slug: str = "chongdian", *, started: int = 0, days: int = 30, **changed) -> Consultation:
        """Open a consultation that began `started` days ago on the draft of the walks."""
        at = timezone.now() - timedelta(days=started)
        case_id, version_id = self.fixed_draft(at=at)
        first = timezone.localdate(at) + timedelta(days=changed.pop("in_days", 0))
        whole = {
            "title": "社区晾晒和充电设施条例公开征求意见", "summary": "家门口怎样晒被子、怎样安全充电。", "slug": slug,
            "opens_on": first, "closes_on": first + timedelta(days=days), "short_window_decision": "",
            "contact": "市人大常委会法工委", "address": "濮阳市人民路100号", "telephone": "0393-6660000",
            "email": "", "site_codes": ["zd1"], "questions": [("七日内修复合适吗", self.anchor(version_id, "第八条"))], **changed,
        }  # fmt: skip
        return legislation.open_consultation(
            subject_case_id=case_id, version_id=version_id, by=self.actors["lead"], at=at, **whole
        )

    def anchor(self, version_id: int, label: str) -> str:
        """Return the anchor of the provision with that label."""
        return next(row.anchor for row in text_queries.provisions(version_id) if row.label == label)

    def question(self, slug: str) -> int:
        """Return the id of the drafters' first question."""
        return Consultation.objects.get(slug=slug).questions.order_by("position")[0].pk

    def say(self, consultation: Consultation, body: str, label: str = "", *, at: datetime | None = None, **more) -> Opinion:
        """Hand in an opinion as a resident, on the article of that label or on the whole text."""
        self.said += 1
        form = acts.Submission(
            channel=more.pop("channel", "web"), body=body, phone=more.pop("phone", PHONE), consent=True,
            anchor=self.anchor(consultation.version_id, label) if label else "",
            submission_key=f"town-{self.said:06d}-{'k' * 20}", **more,
        )
        return acts.submit(
            consultation_id=consultation.pk, form=form, by=more.pop("by", Actor.public()), at=at or timezone.now()
        )

    def sorted(self, consultation: Consultation) -> None:
        """Close a window that is over and mark the look-alikes as merged."""
        for step in (acts.close, acts.mark_sorted):
            step(consultation_id=consultation.pk, by=self.actors["lead"], at=timezone.now())

    def revise(self, consultation: Consultation):
        """Draft and fix the version after the one asked about; return it."""
        lead, at = self.actors["lead"], timezone.now()
        following = texts.draft_next(
            version_id=consultation.version_id, source=REVISED, label="草案修改稿", explanation="", by=lead, at=at
        )
        for match in text_queries.matches(consultation.version_id, following.pk, "doubtful"):
            texts.confirm_match(match_id=match.pk, new_anchor=match.new_anchor, by=lead, at=at)
        return texts.fix_version(version_id=following.pk, by=lead, at=at)

    def revision(self):
        """Return a version that is being worked on."""
        _case, version_id = self.fixed_draft()
        return texts.draft_next(
            version_id=version_id, source=REVISED, label="草案修改稿", explanation="", by=self.actors["lead"], at=timezone.now()
        )

    def draft_report(self, consultation: Consultation):
        """Draft the report and hand it to the reviewer; return it."""
        from quancheng.consultations import queries

        lead, at = self.actors["lead"], timezone.now()
        paper = publications.draft(
            case=consultation.case, kind="consultation_result", slug=f"{consultation.slug}-result",
            title=f"{consultation.title}：意见采纳情况", body=queries.report_body(consultation.pk), by=lead, at=at,
        )
        return publications.submit_for_review(publication_id=paper.pk, by=lead, at=at)

    def published(self, slug: str = "wancheng") -> tuple[Consultation, Opinion]:
        """Carry a consultation to its published result; return it with the opinion that changed a clause."""
        c, lead = self.consultation(slug, started=40, days=31), self.actors["lead"]
        before = timezone.now() - timedelta(days=20)
        heard = self.say(c, "七日太长，三日内就该修好。", "第八条", at=before, display_name="老李", area_code="410928")
        alike = self.say(c, "七天太长了，三天内就该修好。", "第八条", at=before)
        other = self.say(c, "施行日期可以再早一些。", "第十五条", at=before)
        withheld = self.say(c, "物业王某某的电话是13900000000，请查他。", at=before)
        self.sorted(c)
        at = timezone.now()
        acts.withhold(opinion_id=withheld.pk, ground="personal_data", explanation="含他人电话号码。", by=lead, at=at)
        acts.merge(leader_id=heard.pk, opinion_ids=[alike.pk], by=lead, at=at)
        acts.decide(opinion_ids=[heard.pk], decision="adopted", reason=REASON, by=lead, at=at)
        acts.decide(
            opinion_ids=[other.pk, withheld.pk], decision="not_adopted", reason="需要留出宣传和准备的时间，维持原定日期。",
            by=lead, at=at,
        )
        following = self.revise(c)
        acts.link_change(
            opinion_ids=[heard.pk], version_id=following.pk, anchor=self.anchor(following.pk, "第八条"), by=lead, at=at
        )
        acts.mark_decided(consultation_id=c.pk, by=lead, at=at)
        acts.reply_all(consultation_id=c.pk, by=lead, at=at)
        paper = self.draft_report(c)
        releaser = self.actors["releaser"]
        publications.release(publication_id=paper.pk, by=releaser, at=at)
        acts.publish_result(consultation_id=c.pk, publication_slug=paper.slug, by=releaser, at=at)
        acts.refresh_tallies(at=at)
        ledger.seal(at=at)
        return Consultation.objects.get(pk=c.pk), Opinion.objects.get(pk=heard.pk)


def build() -> Town:
    """Build the town in the database at hand."""
    made, at = Town(), timezone.now()
    people.import_areas(at=at)
    people.create_organ(code="fgw", name="法制工作委员会", kind="working_body", area="410900", valid_from=SINCE, at=at)
    for code, name in (("zd1", "中原路联络站"), ("zd2", "城关镇联络站")):
        people.create_site(
            code=code, name=name, area="410928", organ="fgw", address="某路1号", telephone="0393-6661111",
            valid_from=SINCE, at=at, functions=("liaison", "legislation"),
        )
    for username, name, roles in STAFF:
        account = people.create_account(username=username, name=name, password=PASSWORD, at=at)
        for role in roles:
            site = "zd1" if role == "site_staff" else ""
            people.give_office(account_id=account.pk, organ="fgw", role=role, site=site, valid_from=SINCE, at=at)
        made.actors[username] = people_queries.actor_for(account.pk, timezone.localdate())
    return made
