"""政府办、人大评: tasks, four quarters, a change, deputies who follow, the rating, what is closed and what is carried over."""

import struct
import zlib
from datetime import date, datetime, timedelta

import pytest
from county import SINCE, ZONE, later
from django.test import Client
from django.utils import timezone

from quancheng.people import acts as people
from quancheng.people import queries as people_queries
from quancheng.people.models import Account
from quancheng.people.permissions import NotAllowed
from quancheng.procedures.models import Clock
from quancheng.projects import acts, queries
from quancheng.projects.models import Call, Change, Milestone, Outcome, Project, Report
from quancheng.voting.models import Vote

WORDS = "主体结构已经封顶，水电正在进场，没有发生安全事故。"
TASKED = datetime(2027, 3, 10, 9, tzinfo=ZONE)
QUARTERS = [datetime(2027, 4, 8, 9, tzinfo=ZONE), datetime(2027, 7, 8, 9, tzinfo=ZONE), datetime(2027, 10, 9, 9, tzinfo=ZONE),
            datetime(2027, 12, 20, 9, tzinfo=ZONE)]  # fmt: skip


def at(*day: int) -> datetime:
    return datetime(*day, 9, tzinfo=ZONE)


def tasked(city, found: Project) -> Project:
    acts.set_tasks(
        project_id=found.pk, milestones=[("竣工验收", date(2027, 11, 30)), ("主体完工", date(2027, 8, 31))], by=city["gov"], at=TASKED
    )
    return city.again(found)


def reported(city, found: Project, quarter: int, share: str, paid: str, when=None, **changed) -> Report:
    form = acts.ReportForm(year=2027, quarter=quarter, share=share, paid=paid, words=WORDS, submit=True, **changed)
    when = when or QUARTERS[quarter - 1]
    made = acts.write_report(project_id=found.pk, form=form, by=city["unit"], at=when)
    return acts.release_report(report_id=made.pk, by=city["gov"], at=when)


def done(city, found: Project) -> Project:
    """Tasked, four quarters, completed."""
    tasked(city, found)
    for quarter, share in enumerate(("20", "55", "80", "100"), 1):
        reported(city, found, quarter, share, str(int(share) * 12))
    for one in Milestone.objects.filter(project=found):
        acts.reach_milestone(milestone_id=one.pk, reached_on=one.due_on, by=city["unit"], at=QUARTERS[3])
    acts.complete(project_id=found.pk, by=city["gov"], at=QUARTERS[3])
    return city.again(found)


def rating(projects: list[Project], rows: list[list[int]], **changed) -> acts.RatingOutcome:
    whole = {"base": 100, "present": 90, "cast": 90, "valid": 90, "vote_number": "濮人票〔2027〕9号", "announced_on": date(2027, 12, 28)}
    return acts.RatingOutcome(grades={p.case_id: row for p, row in zip(projects, rows, strict=True)}, **whole | changed)


def picture() -> bytes:
    """A true PNG of two grey dots."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress(b"\0\x80\x80")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 1, 8, 0, 0, 0, 0)) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_tasks_are_published_within_the_month_and_start_the_quarters(city):
    _call, made = city.adopted()
    clock = Clock.objects.get(case=made[0].case, key="task")
    assert clock.organ_id == "pyzf" and clock.stopped_at is None
    with pytest.raises(NotAllowed):
        acts.set_tasks(project_id=made[0].pk, milestones=[("主体完工", date(2027, 8, 31))], by=city["unit"], at=TASKED)
    for wrong in ([], [("主体完工", date(2027, 12, 31))], [("主体完工", date(2027, 3, 1))], [("短", date(2027, 8, 31))]):
        with pytest.raises(acts.ProjectRefused) as refused:
            acts.set_tasks(project_id=made[0].pk, milestones=wrong, by=city["gov"], at=TASKED)
        assert refused.value.field == "milestones"
    found = tasked(city, made[0])
    assert found.case.state == "tasked" and [m.words for m in found.milestones.order_by("due_on")] == ["主体完工", "竣工验收"]
    clock.refresh_from_db()
    assert clock.stopped_at is not None
    progress = Clock.objects.get(case=found.case, key="progress:2027-1")
    assert progress.due_on == date(2027, 4, 15) and progress.organ_id == "zjj"
    with pytest.raises(acts.StepRefused):
        tasked(city, made[0])


def test_figures_that_cannot_be_true_are_refused(city):
    _call, made = city.adopted()
    found = tasked(city, made[0])

    def refused(field: str, when=QUARTERS[1], **changed) -> None:
        words = {"year": 2027, "quarter": 2, "share": "50", "paid": "600", "words": WORDS} | changed
        with pytest.raises(acts.ProjectRefused) as error:
            acts.write_report(project_id=found.pk, form=acts.ReportForm(**words), by=city["unit"], at=when)
        assert error.value.field == field

    reported(city, found, 1, "30", "300")
    assert city.state(found) == "in_progress"
    refused("share", share="29")
    refused("share", share="101")
    refused("share", share="三成")
    refused("share", paid="299.99")
    refused("paid", paid="1200.01")
    refused("paid", paid="很多")
    refused("words", words="好")
    refused("quarter", quarter=4)  # has not begun
    refused("quarter", year=2026)
    refused("quarter", quarter=1)  # published already
    refused("pictures", pictures=(b"no picture",))
    with pytest.raises(NotAllowed):
        acts.write_report(project_id=found.pk, form=acts.ReportForm(2027, 2, "50", "600", WORDS), by=city["school"], at=QUARTERS[1])
    assert Report.objects.count() == 1


def test_who_wrote_a_report_does_not_publish_it_and_a_returned_one_is_mended(city):
    _call, made = city.adopted()
    found = tasked(city, made[0])
    form = acts.ReportForm(2027, 1, "20％", "240", WORDS, pictures=(picture(),), submit=True)
    report = acts.write_report(project_id=found.pk, form=form, by=city["unit"], at=QUARTERS[0])
    both = people.create_account(username="both", name="双岗", password="long-enough-pass-1", at=QUARTERS[0])
    for role, organ in (("project_government", "pyzf"), ("unit_clerk", "zjj")):
        people.give_office(account_id=both.pk, organ=organ, role=role, valid_from=SINCE, at=QUARTERS[0])
    actor = people_queries.actor_for(both.pk, QUARTERS[0].date())
    acts.return_report(report_id=report.pk, words="请补充资金支付的明细。", by=city["gov"], at=QUARTERS[0])
    report.refresh_from_db()
    assert report.state == "draft" and report.returned
    report = acts.write_report(project_id=found.pk, form=form, by=actor, at=QUARTERS[0])
    with pytest.raises(acts.ProjectRefused, match="不能自己审核"):
        acts.release_report(report_id=report.pk, by=actor, at=QUARTERS[0])
    acts.release_report(report_id=report.pk, by=city["gov"], at=QUARTERS[0])
    with pytest.raises(acts.ProjectRefused):
        acts.release_report(report_id=report.pk, by=city["gov"], at=QUARTERS[0])
    page = queries.project_page(found.code, date(2027, 4, 9))
    assert page.carried.progress_rows == [("2027年第1季度", 20)] and len(page.carried.reports[0].pictures) == 1
    assert not Clock.objects.filter(case=found.case, key="progress:2027-1", stopped_at=None).exists()
    assert Clock.objects.get(case=found.case, key="progress:2027-2").due_on == date(2027, 7, 15)


def test_a_draft_is_not_public(city):
    _call, made = city.adopted()
    found = tasked(city, made[0])
    acts.write_report(project_id=found.pk, form=acts.ReportForm(2027, 1, "20", "240", WORDS, pictures=(picture(),)), by=city["unit"], at=QUARTERS[0])
    assert queries.project_page(found.code, date(2027, 4, 9)).carried.reports == []
    assert len(queries.desk_project(found.pk, date(2027, 4, 9)).carried.reports) == 1


def test_a_change_needs_its_ground_and_the_committee(city):
    _call, made = city.adopted()
    found = tasked(city, made[0])
    when, apply = at(2027, 5, 6), {"project_id": found.pk, "by": city["gov"], "words": "连续强降雨造成基坑积水，须重新勘察。"}
    with pytest.raises(acts.ProjectRefused, match="不可抗力"):
        acts.apply_change(kind="time", ground="late", new="2027-12-20", at=when, **apply)
    with pytest.raises(acts.ProjectRefused, match="2027-11-30"):
        acts.apply_change(kind="time", ground="force_majeure", new="年底", at=when, **apply)
    change = acts.apply_change(kind="time", ground="force_majeure", new="2027-12-20", at=when, **apply)
    with pytest.raises(acts.ProjectRefused, match="已有一件"):
        acts.apply_change(kind="site", ground="policy", new="人民路西侧空地", at=when, **apply)
    decision = acts.Decision(approved=False, meeting="第四十二次会议", decided_on=date(2027, 5, 20), reason="材料不足，请补充勘察报告。")
    with pytest.raises(NotAllowed):
        acts.decide_change(change_id=change.pk, decision=decision, by=city["gov"], at=at(2027, 5, 20))
    with pytest.raises(acts.ProjectRefused, match="日期"):
        acts.decide_change(change_id=change.pk, decision=decision, by=city["office"], at=at(2027, 5, 19))
    acts.decide_change(change_id=change.pk, decision=decision, by=city["office"], at=at(2027, 5, 20))
    assert city.state(found) == "tasked" and city.again(found).dossier.finish_on == date(2027, 11, 30)
    change = acts.apply_change(kind="money", ground="policy", new="1300", at=at(2027, 6, 1), **apply)
    acts.decide_change(
        change_id=change.pk, by=city["office"], at=at(2027, 6, 20),
        decision=acts.Decision(approved=True, meeting="第四十三次会议", decided_on=date(2027, 6, 18), reason="同意追加。", document="濮人常〔2027〕12号"),
    )  # fmt: skip
    assert city.state(found) == "changed" and city.again(found).dossier.cost == 1300
    reported(city, found, 2, "40", "1250.50", QUARTERS[1])
    assert [(c.kind, c.approved) for c in Change.objects.order_by("pk")] == [("time", False), ("money", True)]


def test_a_stopped_project_is_out_with_its_reason(city):
    _call, made = city.adopted()
    found = tasked(city, made[0])
    change = acts.apply_change(
        project_id=found.pk, kind="stop", ground="policy", new="", words="国家政策调整，用地不能再作此用途。", by=city["gov"], at=at(2027, 5, 6)
    )
    decision = acts.Decision(approved=True, meeting="第四十二次会议", decided_on=date(2027, 5, 20), reason="同意停止实施。")
    acts.decide_change(change_id=change.pk, decision=decision, by=city["office"], at=at(2027, 5, 20))
    assert city.state(found) == "dropped"
    assert not Clock.objects.filter(case=found.case, stopped_at=None).exists()


def test_only_who_follows_inspects_and_it_is_public(city):
    _call, made = city.adopted()
    found = tasked(city, made[0])
    ids = [city[f"d{n}"].account_id for n in (1, 2)]
    with pytest.raises(acts.ProjectRefused):
        acts.name_followers(project_id=found.pk, accounts=[city["unit"].account_id], leader=0, by=city["office"], at=TASKED)
    acts.name_followers(project_id=found.pk, accounts=ids, leader=ids[1], by=city["office"], at=TASKED)
    seen = {"project_id": found.pk, "seen_on": date(2027, 5, 7), "words": "现场在施工，围挡整齐，进度与公布的一致。", "at": at(2027, 5, 8)}
    with pytest.raises(NotAllowed):
        acts.inspect(by=city["d3"], **seen)
    with pytest.raises(acts.ProjectRefused):
        acts.inspect(by=city["d1"], **seen | {"seen_on": date(2027, 5, 9)})
    acts.inspect(by=city["d1"], pictures=[picture()], **seen)
    carried = queries.project_page(found.code, date(2027, 5, 9)).carried
    assert [one.account_id for one in carried.followers] == [ids[1], ids[0]]
    assert carried.inspections[0].one.by_id == ids[0] and len(carried.inspections[0].pictures) == 1
    assert [line.project.pk for line in queries.followed_by(city["d1"])] == [found.pk]


def test_the_rating_closes_what_passed_and_carries_over_what_did_not(city):
    call, made = city.adopted()
    good, poor = done(city, made[0]), done(city, made[1])
    late = tasked(city, made[2])
    reported(city, late, 4, "70", "700")
    idle = made[3]  # its tasks were never published
    with pytest.raises(acts.ProjectRefused, match="不一致"):
        acts.take_rating(year=2027, organ="pyrd", outcome=rating([good], [[80, 5, 3, 2]]), by=city["office"], at=at(2027, 12, 29))
    rated, when = [good, poor, late, idle], at(2027, 12, 29)
    assert [case for _title, case in queries.slips(["pyrd"], "rating")[0].rows] == [p.case_id for p in rated]
    for wrong in (rating(rated, [[80, 5, 3, 3]] * 4), rating(rated, [[80, 5, 3, 2]] * 4, valid=91), rating(rated, [[80, 5, 3]] * 4)):
        with pytest.raises(acts.ProjectRefused):
            acts.take_rating(year=2027, organ="pyrd", outcome=wrong, by=city["office"], at=when)
    assert not Outcome.objects.filter(kind="rating").exists()
    outcome = rating(rated, [[60, 20, 8, 2], [30, 20, 38, 2], [50, 20, 18, 2], [20, 31, 37, 2]])
    acts.take_rating(year=2027, organ="pyrd", outcome=outcome, by=city["office"], at=when)
    assert [city.state(p) for p in rated] == ["evaluated"] * 4
    assert list(Outcome.objects.filter(kind="rating").order_by("pk").values_list("passed", flat=True)) == [True, False, True, True]
    acts.close_project(project_id=good.pk, by=city["office"], at=when)
    for one in (poor, late, idle):
        with pytest.raises(acts.ProjectRefused, match="转入下一年度"):
            acts.close_project(project_id=one.pk, by=city["office"], at=when)
        with pytest.raises(acts.ProjectRefused):
            acts.carry(project_id=one.pk, measures="限期整改，补齐设施，公开账目。", finish_on=date(2027, 12, 31), by=city["office"], at=when)
        acts.carry(project_id=one.pk, measures="限期整改，补齐设施，公开账目。", finish_on=date(2028, 6, 30), by=city["office"], at=when)
    again = city.again(late)
    assert (again.year, again.code, again.case.state) == (2028, late.code, "carried_over")
    assert Clock.objects.get(case=again.case, key="progress:2028-1").due_on == date(2028, 4, 17)  # the 15th is a Saturday
    form = acts.ReportForm(2028, 1, "100", "1200", WORDS, submit=True)
    report = acts.write_report(project_id=late.pk, form=form, by=city["unit"], at=at(2028, 4, 6))
    acts.release_report(report_id=report.pk, by=city["gov"], at=at(2028, 4, 6))
    assert city.state(good) == "closed"
    assert Call.objects.select_related("case").get(pk=call.pk).case.state == "rated"


def test_residents_are_asked_and_it_only_advises(city):
    call, made = city.listed()
    with pytest.raises(NotAllowed):
        acts.open_preference(call_id=call.pk, population="在本市居住的人", closes_at=later(70), by=city["gov"], at=later(61))
    vote = acts.open_preference(call_id=call.pk, population="在本市居住的人", closes_at=later(70), by=city["office"], at=later(61))
    assert vote.force == "advisory" and vote.questions.get().options.count() == 5
    polled = queries.project_page(made[0].code, later(62).date()).carried.polls
    assert [one.is_open for one in polled] == [True] and polled[0].rows == []


def test_the_desk_of_polls_asks_about_the_candidates_of_a_call(city):
    call, _made = city.listed()
    desk = Client()
    desk.force_login(Account.objects.get(pk=city["office"].id))
    session = desk.session
    session["account"] = city["office"].id
    session.save()
    last = timezone.localdate() + timedelta(days=20)
    form = {"call": call.pk, "population": "在本市居住的人", "expected": "900000", "closes_on": last.isoformat(), "do": "open"}
    assert f"{call.year}年民生实事候选项目居民意向" in desk.get("/desk/polls/new/").content.decode()
    assert desk.post("/desk/polls/new/", form).status_code == 303
    vote = Vote.objects.get(mode="online")
    assert vote.case.links_out.get().target_id == call.case_id and vote.questions.get().options.filter(subject=None).count() == 0
