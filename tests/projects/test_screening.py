"""筛选 and 代表决: dossier, views, questions, the lawful surplus, the ballot's outcome checked before it is taken in (R7.51–R7.53)."""

from dataclasses import replace
from datetime import date

import pytest
from county import AT, PHONE, REASON, later

from quancheng.people.models import Notice
from quancheng.people.permissions import Actor, NotAllowed
from quancheng.procedures import acts as procedure_acts
from quancheng.procedures.models import Clock
from quancheng.projects import acts, queries, rules
from quancheng.projects.models import Outcome, Project, View
from quancheng.publications.models import Publication


@pytest.mark.parametrize(
    ("candidates", "places", "lawful"),
    [(15, 12, True), (13, 12, False), (14, 12, True), (16, 12, False), (12, 12, False), (11, 10, True), (13, 10, True),
     (14, 10, False), (5, 4, True), (4, 3, False), (30, 24, True), (1, 0, False), (2, 1, False)],
)  # fmt: skip
def test_R7_52_the_surplus_is_between_ten_and_thirty_in_a_hundred(candidates, places, lawful):
    assert (rules.surplus(candidates, places, 10, 30) == "") is lawful


def test_R7_52_the_refusal_says_what_would_do():
    assert "14至15个" in rules.surplus(13, 12, 10, 30) and "多8.3%" in rules.surplus(13, 12, 10, 30)
    assert "没有整数可取" in rules.surplus(4, 3, 10, 30)
    assert "没有差额" in rules.surplus(12, 12, 10, 30)


def test_a_candidate_needs_a_complete_dossier_and_the_owners_view(city):
    call = city.call()
    made = city.screened(call)
    with pytest.raises(acts.ProjectRefused, match="论证档案"):
        acts.list_candidate(project_id=made.pk, by=city["office"], at=AT)
    city.dossier(made, cost="", owner="", money=())
    with pytest.raises(acts.ProjectRefused, match="总投资、责任单位、责任单位的论证意见"):
        acts.list_candidate(project_id=made.pk, by=city["office"], at=AT)
    city.dossier(made, edits=1, money=(("市级财政", "800"),))
    with pytest.raises(acts.ProjectRefused, match="合计800.00万元，应等于总投资1200.00万元"):
        acts.list_candidate(project_id=made.pk, by=city["office"], at=AT)
    city.dossier(made, edits=2)
    acts.ask_units(project_id=made.pk, units=["zjj", "jyj"], by=city["office"], at=AT)
    assert Clock.objects.get(key="view:zjj").organ_id == "zjj" and len(queries.waiting(city["unit"], AT.date())) == 1
    with pytest.raises(NotAllowed):
        acts.give_view(project_id=made.pk, stand="feasible", words="不是我们单位的事情。", by=city["gov"], at=AT)
    acts.give_view(project_id=made.pk, stand="not_feasible", words="用地指标没有落实，年内不能开工。", by=city["unit"], at=AT)
    with pytest.raises(acts.ProjectRefused, match="不可行"):
        acts.list_candidate(project_id=made.pk, by=city["office"], at=AT)
    with pytest.raises(acts.ProjectRefused, match="已经提出过"):
        acts.give_view(project_id=made.pk, stand="feasible", words="改变主意，用地落实了。", by=city["unit"], at=AT)
    city.dossier(made, edits=3, owner="jyj")
    acts.give_view(project_id=made.pk, stand="conditions", words="资金到位以后年内可以完成。", by=city["school"], at=AT)
    acts.list_candidate(project_id=made.pk, by=city["office"], at=AT)
    assert city.state(made) == "candidate" and View.objects.filter(at=None).count() == 0


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"cost": "一千万"}, "cost"), ({"owner": "pyrd"}, "owner"), ({"finish_on": date(2028, 1, 1)}, "finish_on"),
     ({"money": (("市级财政", "0"),)}, "money"), ({"money": (("市级财政", "1"), ("市级财政", "2"))}, "money"),
     ({"content": "短"}, "content"), ({"latitude": "1", "longitude": "1"}, "latitude"), ({"money": (("某", "1"),)}, "money")],
)  # fmt: skip
def test_a_bad_dossier_changes_nothing(city, changed, field):
    made = city.screened(city.call())
    with pytest.raises(acts.ProjectRefused) as refused:
        city.dossier(made, **changed)
    assert refused.value.field == field and not hasattr(city.again(made), "dossier")


def test_two_who_edit_at_once_do_not_overwrite_each_other(city):
    made = city.screened(city.call())
    city.dossier(made)
    city.dossier(city.again(made), edits=1, benefit="三千户")
    with pytest.raises(acts.EditedMeanwhile):
        city.dossier(city.again(made), edits=1, benefit="四千户")
    assert city.again(made).dossier.benefit == "三千户"


def test_deputies_ask_and_the_owner_answers_by_a_stored_day(city):
    made = city.candidate(city.call())
    asked = acts.ask_question(project_id=made.pk, words="摊位租金怎样定？", by=city["d1"], at=AT)
    clock = Clock.objects.get(key=f"question:{asked.pk}")
    assert (clock.organ_id, clock.label) == ("zjj", "回答代表提问")
    for who in ("unit", "office"):
        if who == "office":
            with pytest.raises(NotAllowed):
                acts.answer_question(question_id=asked.pk, words="由区里定。", by=city[who], at=AT)
        with pytest.raises(NotAllowed):
            acts.ask_question(project_id=made.pk, words="能不能多设几个摊位？", by=city[who], at=AT)
    acts.answer_question(question_id=asked.pk, words="实行政府指导价。", by=city["head"], at=AT)
    assert not Clock.objects.filter(key=f"question:{asked.pk}", stopped_at=None).exists()
    with pytest.raises(acts.ProjectRefused, match="已经回答过"):
        acts.answer_question(question_id=asked.pk, words="实行市场价。", by=city["head"], at=AT)
    assert queries.project_page(made.code, AT.date()).questions[0].answer == "实行政府指导价。"


def test_people_say_what_they_think_of_a_candidate_once_a_form(city):
    made, key = city.candidate(city.call()), "remark-" + "k" * 20
    whole = {"project_id": made.pk, "words": "希望离学校近一点。", "submission_key": key, "by": Actor.public(), "at": AT}
    with pytest.raises(acts.ProjectRefused, match="手机号码"):
        acts.remark(phone="", **whole)
    one = acts.remark(phone=PHONE, **whole)
    assert acts.remark(phone=PHONE, **whole).pk == one.pk
    page = queries.desk_project(made.pk, AT.date())
    assert [r.words for r in page.remarks] == ["希望离学校近一点。"] and queries.project_page(made.code, AT.date()).remarks == []


def test_R7_51_the_list_is_fixed_only_when_everything_has_a_fate_and_a_meeting_saw_it(city):
    call = city.call()
    made, at = [city.candidate(call) for _ in range(5)], later(60)
    left = city.wish(call)
    acts.close_call(call_id=call.pk, by=city["office"], at=later(41))
    fix = {"call_id": call.pk, "places": 4, "order": [made[2].pk], "by": city["office"], "at": at}
    with pytest.raises(acts.ProjectRefused, match="还有1条建议没有结论"):
        acts.fix_list(**fix)
    acts.decide(project_ids=[left.pk], fate="planned", reason=REASON, by=city["office"], at=at)
    with pytest.raises(acts.ProjectRefused, match="主任会议"):
        acts.fix_list(**fix)
    city.review(call, at)
    with pytest.raises(acts.ProjectRefused, match="差额须在"):
        acts.fix_list(**{**fix, "places": 5})
    acts.fix_list(**fix)
    order = [case for case, _title in queries.candidates(2027, "pyrd")]
    assert order == [made[2].case_id, made[0].case_id, made[1].case_id, made[3].case_id, made[4].case_id]
    assert {city.state(p) for p in made} == {"balloted"} and len(queries.briefing(call.pk)) == 5
    with pytest.raises(acts.ProjectRefused, match="不能重新研究"):
        acts.reconsider(project_id=left.pk, reason=REASON, by=city["office"], at=at)
    acts.unfix_list(call_id=call.pk, reason="一个项目的地点有误，须更正。", by=city["office"], at=at)
    assert city.state(made[0]) == "candidate" and queries.candidates(2027, "pyrd") == []


def test_the_surplus_follows_the_parameter(city):
    call = city.call()
    for _ in range(3):
        city.candidate(call)
    acts.close_call(call_id=call.pk, by=city["office"], at=later(41))
    city.review(call, later(60))
    fix = {"call_id": call.pk, "places": 2, "order": [], "by": city["office"], "at": later(60)}
    with pytest.raises(acts.ProjectRefused, match="没有整数可取"):
        acts.fix_list(**fix)
    admin = replace(city["office"], offices=(*city["office"].offices, replace(city["office"].offices[0], role="admin")))
    procedure_acts.set_parameter(
        key="project.differential_ceiling", area="410900", value=50, valid_from=AT.date(), basis="主任会议决定", by=admin, at=AT
    )
    assert acts.fix_list(**fix).places == 2


def test_R0_14_the_outcome_moves_projects_and_shows_the_votes(city):
    call, made = city.listed()
    Notice.objects.all().delete()
    outcome = city.outcome(made, [80, 70, 66, 60, 55], 4, valid=90)
    acts.adopt(year=2027, organ="pyrd", outcome=outcome, by=city["office"], at=later(170))
    assert [city.state(p) for p in made] == ["adopted"] * 4 + ["dropped"]
    assert Notice.objects.count() == 5
    clock = Clock.objects.get(case_id=made[0].case_id, key="task")
    assert (clock.organ_id, clock.due_on) == ("pyzf", date(2027, 3, 18))
    page = queries.project_page(made[4].code, later(171).date())
    assert page.ballot is not None and (page.ballot.votes, page.ballot.passed) == (55, False)
    assert "得55票，全体代表100人" in page.thread[-1].note
    paper = Publication.objects.get(case=call.case)
    assert (paper.kind, paper.state) == ("project_resolution", "drafted") and paper.body == outcome.resolution
    with pytest.raises(acts.ProjectRefused, match="已经记下"):
        acts.adopt(year=2027, organ="pyrd", outcome=outcome, by=city["office"], at=later(171))


@pytest.mark.parametrize(
    ("votes", "chosen", "changed", "says"),
    [
        ([80, 70, 60, 55, 50], 4, {"valid": 88, "present": 60, "cast": 60}, "数目不符"),
        ([60, 55, 52, 51, 30], 4, {"present": 66, "cast": 66, "valid": 66}, "不足全体代表100人的三分之二"),
        ([89, 70, 60, 55, 50], 4, {}, "多于有效票"),
        ([88, 88, 88, 88, 1], 4, {}, "得票合计353，多于"),
        ([80, 70, 60, 55, 50], 5, {}, "应当通过4个"),
        ([80, 70, 60, 50, 40], 4, {}, "应当通过3个"),
        ([80, 70, 60, 51, 51], 4, {}, "须在它们中间再次投票"),
        ([-1, 70, 60, 55, 50], 4, {}, "不能为负"),
        ([80, 70, 60, 55, 50], 4, {"resolution": "同意"}, "决议"),
        ([80, 70, 60, 55, 50], 4, {"announced_on": date(2028, 1, 1)}, "日期"),
        ([80, 70, 60, 55, 50], 4, {"vote_number": ""}, "编号"),
        ([80, 70, 60, 55, 50], 4, {"base": 0}, "不能为负|数目不符"),
    ],
)
def test_an_outcome_that_cannot_be_true_is_refused_and_nothing_changes(city, votes, chosen, changed, says):
    _call, made = city.listed()
    with pytest.raises(acts.ProjectRefused, match=says):
        acts.adopt(year=2027, organ="pyrd", outcome=city.outcome(made, votes, chosen, **changed), by=city["office"], at=later(170))
    assert not Outcome.objects.exists() and {city.state(p) for p in made} == {"balloted"}


def test_votes_for_something_else_and_strangers_are_refused(city):
    _call, made = city.listed()
    outcome = city.outcome(made, [80, 70, 60, 55, 50], 4)
    less = replace(outcome, votes={k: v for k, v in list(outcome.votes.items())[:4]})
    with pytest.raises(acts.ProjectRefused, match="一一对应"):
        acts.adopt(year=2027, organ="pyrd", outcome=less, by=city["office"], at=later(170))
    for who in ("gov", "county", "unit", "d1"):
        with pytest.raises(NotAllowed):
            acts.adopt(year=2027, organ="pyrd", outcome=outcome, by=city[who], at=later(170))


def test_R7_53_a_tie_at_the_cut_is_decided_by_a_second_ballot_never_by_lot(city):
    _call, made = city.listed()
    ids = [p.case_id for p in made]
    base = city.outcome(made, [80, 70, 60, 55, 55], 4)
    take = {"year": 2027, "organ": "pyrd", "by": city["office"], "at": later(170)}
    for again, says in (({}, "再次投票"), ({ids[3]: 40, ids[4]: 40}, "不能抽签"), ({ids[2]: 40, ids[4]: 30}, "再次投票")):
        with pytest.raises(acts.ProjectRefused, match=says):
            acts.adopt(outcome=replace(base, again=again), **take)
    won = replace(base, again={ids[3]: 30, ids[4]: 60}, chosen=[ids[0], ids[1], ids[2], ids[4]])
    acts.adopt(outcome=won, **take)
    assert city.state(made[4]) == "adopted" and city.state(made[3]) == "dropped"
    assert Outcome.objects.get(project=made[4]).again == 60
    with pytest.raises(acts.ProjectRefused, match="不需要"):
        acts.elected(votes={1: 60, 2: 40}, again={1: 1}, places=1, base=100)


def test_merged_and_unlisted_wishes_show_no_dossier_before_their_time(city):
    made = city.screened(city.call())
    city.dossier(made)
    assert queries.project_page(made.code, AT.date()).dossier is None
    assert queries.desk_project(made.pk, AT.date()).dossier is not None
    assert queries.project_page(made.code, AT.date()).title == made.title
    acts.decide(project_ids=[made.pk], fate="debt_risk", reason=REASON, by=city["office"], at=AT)
    assert queries.project_page(made.code, AT.date()).dossier is None and Project.objects.get().fate == "debt_risk"
