"""A town in which every page has something to show: consultations in every state, papers, appeals, imports, jobs."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone

from quancheng.consultations import acts
from quancheng.consultations.models import Consultation, ImportBatch
from quancheng.legislation.models import RegulationBill
from quancheng.people import acts as people
from quancheng.procedures import acts as procedures
from quancheng.procedures import jobs
from quancheng.procedures.models import Job
from quancheng.publications import acts as publications
from quancheng.publications.models import Publication
from quancheng.texts import acts as texts
from quancheng.texts import queries as text_queries
from tests.browser.desk_steps import table
from tests.browser.laws import REVISED
from tests.browser.town import REASON, Town

GOOD = [{"条款": "第八条", "意见内容": "七日太长，建议改为三日。", "渠道": "来信"}]
BAD = [{"条款": "第九十九条", "意见内容": "", "渠道": "微信"}]
OPEN, COMING, AT_WORK, DONE = "zhengqiu", "jijiang", "yanjiu", "gongbu"


@dataclass
class World:
    """The ids and codes by which the pages are found."""

    town: Town
    receipts: dict[str, str] = field(default_factory=dict)
    opinions: dict[str, int] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    batches: dict[str, int] = field(default_factory=dict)
    papers: dict[str, int] = field(default_factory=dict)
    jobs: dict[str, int] = field(default_factory=dict)
    cases: dict[str, int] = field(default_factory=dict)


def build(town: Town) -> World:
    """Fill the town."""
    world = World(town)
    _open_with_opinions(world)
    town.consultation(COMING, in_days=5, title="即将开始的征求意见")
    _at_work(world)
    done, heard = town.published(DONE)
    world.receipts["answered"], world.opinions["answered"] = heard.receipt_code, heard.pk
    world.papers["released"] = Publication.objects.get(slug=f"{DONE}-result").pk
    world.versions |= {"old": done.version_id, "new": Consultation.objects.get(pk=done.pk).next_version_id}
    world.cases = {"bill": RegulationBill.objects.get(case_id=done.subject_id).case_id}
    _drafts(world)
    _settings(world)
    acts.refresh_tallies(at=timezone.now())
    return world


def _open_with_opinions(world: World) -> None:
    town, at, clerk = world.town, timezone.now(), world.town.actors["clerk"]
    c = town.consultation(OPEN, started=5, short_window_decision="")
    said = {
        "new": town.say(c, "充电桩坏了七天才修太慢，三天之内就该修好，不然老人没法出门。", "第八条", display_name="老李", area_code="410928"),
        "alike": town.say(c, "充电桩坏了七天才修太慢了，三天之内就该修好，不然老人没法出门呀。", "第八条"),
        "long": town.say(c, "没有空格的一长串" * 60 + "W" * 300, "第九条"),
        "whole": town.say(c, "希望写得通俗一些。", channel="organisation", organisation="濮阳市某物业管理协会"),
        "withheld": town.say(c, "王某某的电话是13900000000。"),
        "appealed": town.say(c, "这是单位公开的电话0393-6660000。"),
        "erased": town.say(c, "请删去我写的话。", "第十条"),
    }
    acts.submit(
        consultation_id=c.pk, at=at, by=town.actors["station"],
        form=acts.Submission(
            channel="site", body="俺家那充电的坏了没人管。", legal_wording="建议明确维修责任。", anchor="a8", consent=True,
            consent_how="signed", site_code="zd1", submission_key="k" * 30,
        ),
    )  # fmt: skip
    acts.submit(
        consultation_id=c.pk, at=at, by=town.actors["deputy"],
        form=acts.Submission(channel="deputy", body="建议三日内修复。", anchor="a8", consent=True, submission_key="d" * 30),
    )
    for key in ("withheld", "appealed"):
        acts.withhold(
            opinion_id=said[key].pk, ground="personal_data", explanation="含他人电话号码。", by=clerk, at=at
        )
    acts.appeal(receipt_code=said["appealed"].receipt_code, text="这个电话是单位对外公开的。", at=at)
    acts.erase_words(opinion_id=said["erased"].pk, ground="本人书面申请删除", by=town.actors["lead"], at=at)
    acts.add_note(opinion_id=said["new"].pk, text="请住建局看一下。", by=clerk, at=at)
    acts.assign(opinion_ids=[said["new"].pk], assignee_id=clerk.id, by=clerk, at=at)
    people.open_identity(
        subject=said["new"].public_id, reason="需要核对反映的小区名称", by=town.actors["lead"], at=at
    )
    world.receipts |= {key: opinion.receipt_code for key, opinion in said.items()}
    world.opinions |= {key: opinion.pk for key, opinion in said.items()}
    for name, rows in (("好.csv", GOOD), ("坏.csv", BAD)):
        batch = acts.check_batch(consultation_id=c.pk, file_name=name, data=table(rows), by=clerk, at=at)
        world.batches[name] = batch.pk
    world.jobs["ready"] = acts.request_import(batch_id=world.batches["好.csv"], by=clerk, at=at)
    other = acts.check_batch(consultation_id=c.pk, file_name="又.csv", data=table(GOOD * 2), by=clerk, at=at)
    world.batches["又.csv"] = other.pk
    dead = jobs.enqueue("consultations.import", f"{other.pk}:{clerk.id}", at=at, key="dead")
    Job.objects.filter(pk=dead.pk).update(state=Job.State.DEAD, error="文件已经不在，请重新上传。", done_at=at)
    world.jobs["dead"] = dead.pk
    assert ImportBatch.objects.get(pk=world.batches["坏.csv"]).state == "refused"


def _at_work(world: World) -> None:
    """A consultation whose window is over: two opinions decided, one merged, a report returned by the reviewer."""
    town, clerk, at = world.town, world.town.actors["clerk"], timezone.now()
    c = town.consultation(AT_WORK, started=40, days=31, title="正在研究的征求意见")
    before = at - timedelta(days=15)
    one = town.say(c, "施行日期太晚。", "第十五条", at=before)
    two = town.say(c, "施行日期太晚了。", "第十五条", at=before)
    three = town.say(c, "七日太长，建议三日。", "第八条", at=before)
    acts.close(consultation_id=c.pk, by=clerk, at=at)
    acts.merge(leader_id=one.pk, opinion_ids=[two.pk], by=clerk, at=at)
    acts.decide(opinion_ids=[three.pk], decision="adopted", reason=REASON, by=clerk, at=at)
    acts.save_template(organ="fgw", decision="adopted", title="修复时限", text=REASON, by=clerk, at=at)
    world.opinions |= {"leader": one.pk, "merged": two.pk, "decided": three.pk}
    world.papers["in_review"] = town.draft_report(c).pk
    other = town.consultation("tuihui", started=40, days=31, title="报告被退回的征求意见")
    returned = town.draft_report(other)
    publications.return_to_author(
        publication_id=returned.pk, note="请补充采纳率的说明。", by=town.actors["releaser"], at=at
    )
    world.papers["returned"] = returned.pk
    following = texts.draft_next(
        version_id=c.version_id, source=REVISED, label="草案修改稿", explanation="", by=clerk, at=at
    )
    assert text_queries.matches(c.version_id, following.pk, "doubtful")
    world.versions |= {"asked": c.version_id, "doubtful": following.pk}


def _drafts(world: World) -> None:
    """A draft with lines that could not be placed."""
    from quancheng.legislation import acts as legislation
    from tests.browser.laws import DRAFT

    bill = legislation.submit_bill(
        title="", field="granted", granting_law="某法第十条", sponsor="市人民政府", organ="fgw",
        source=DRAFT.replace("第二章　规划与建设\n\n第五条", "第二章　规划与建设\n\n本稿供讨论，请勿外传。\n\n第五条"),
        explanation="", imported_from="草案.docx", by=world.town.actors["clerk"], at=timezone.now(),
    )
    world.versions["mend"] = text_queries.versions(bill.case.legal_text.pk)[0].pk
    world.cases["submitted"] = bill.case_id


def _settings(world: World) -> None:
    """A parameter that was set, an account without an office."""
    at, admin = timezone.now(), world.town.actors["admin"]
    procedures.set_parameter(
        key="reason.min_characters", area="410900", value=12, basis="主任会议2026年第3次会议决定",
        valid_from=timezone.localdate(), by=admin, at=at,
    )
    people.create_account(username="newcomer", name="新来者", password="long-enough-pass-1", by=admin, at=at)
