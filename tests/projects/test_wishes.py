"""群众提: the call, wishes through every door exactly once, fates with reasons, merging, hiding, erasing (R7.50)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from county import AT, BODY, PHONE, REASON, later

from quancheng.ledger.models import Entry
from quancheng.people.models import Notice
from quancheng.people.permissions import Actor, NotAllowed
from quancheng.people.queries import subjects_of
from quancheng.procedures.models import Clock
from quancheng.projects import acts, queries, tasks
from quancheng.projects.models import Call, Project


def test_R7_50_a_call_stands_open_for_thirty_days_in_season(city):
    made = city.call()
    clock = Clock.objects.get(case=made.case, key="window")
    assert (clock.due_on, made.case.state) == (made.closes_on, "announced") and "40" in clock.working
    with pytest.raises(acts.ProjectRefused, match="不少于30日，现为29日"):
        city.call(closes_on=AT.date() + timedelta(days=29))
    with pytest.raises(acts.ProjectRefused, match="已经发出过"):
        city.call()
    assert Call.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"opens_on": date(2026, 8, 1)}, "不能早于今天"),
        ({"opens_on": date(2026, 12, 20), "closes_on": date(2027, 1, 25)}, "第三、第四季度"),
        ({"year": 2030}, "今年或者明年"),
        ({"government": "pyrd"}, "负责实施的政府"),
        ({"closes_on": date(2027, 9, 1)}, "超过半年"),
        ({"telephone": ""}, "电话"),
    ],
)
def test_a_call_that_lacks_something_is_refused(city, changed, says):
    with pytest.raises(acts.ProjectRefused, match=says):
        city.call(**changed)
    assert not Call.objects.exists()


def test_out_of_season_only_by_a_decision(city):
    made = city.call(opens_on=date(2026, 12, 20), closes_on=date(2027, 1, 25), decision="主任会议第三十次会议决定延长征集")
    assert made.decision
    with pytest.raises(NotAllowed):
        city.call(by="gov")
    with pytest.raises(NotAllowed):
        city.call(by="county")


def test_the_window_is_kept_and_the_sweep_closes_it(city, monkeypatch):
    call = city.call()
    with pytest.raises(acts.NotOpen):
        city.wish(call, at=later(-1))
    last = later(40, hour=23)
    assert city.wish(call, at=last)
    with pytest.raises(acts.NotOpen):
        city.wish(call, at=later(41, hour=0))
    with pytest.raises(acts.ProjectRefused, match="不能提前"):
        acts.close_call(call_id=call.pk, by=city["office"], at=last)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later(41))
    assert tasks.close_due() == 1
    assert Call.objects.get().case.state == "collected" and not Clock.objects.filter(key="window", stopped_at=None).exists()


def test_S01_a_wish_knows_nothing_of_its_author_and_he_finds_it_again(city):
    call = city.call()
    made = city.wish(call)
    assert made.code == "2026-1" and made.case.state == "proposed"
    assert PHONE not in str({f.attname: getattr(made, f.attname) for f in Project._meta.fields})
    assert subjects_of(PHONE) == [made.public_id]
    (mine,) = queries.my_wishes([made.public_id])
    assert (mine.title, mine.state) == (made.title, "已收到，等待研究")
    page = queries.receipt_page(made.receipt_code, AT.date())
    assert page.proof is not None and page.thread[0].label == "提出" and page.thread[1].status == "now"
    assert queries.receipt_file(made.receipt_code)["content"] and list(tasks.changed_words()) == []


def test_the_same_form_is_taken_once(city):
    call, form = city.call(), city.wish_form()
    one = acts.submit(call_id=call.pk, wish=form, by=Actor.public(), at=AT)
    two = acts.submit(call_id=call.pk, wish=replace(form, phone=""), by=Actor.public(), at=AT)
    assert one.pk == two.pk and Project.objects.count() == 1
    with pytest.raises(acts.ProjectRefused, match="另行提交"):
        acts.submit(call_id=call.pk, wish=replace(form, body=BODY + "再添一句"), by=Actor.public(), at=AT)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"title": "路"}, "title"), ({"body": "修路"}, "body"), ({"phone": ""}, "phone"), ({"area": "999"}, "area"),
        ({"latitude": "115.03", "longitude": "35.76"}, "latitude"), ({"latitude": "北", "longitude": ""}, "latitude"),
        ({"submission_key": "x"}, ""), ({"pictures": (b"no picture",)}, "pictures"), ({"body": "长" * 5001}, "body"),
        ({"pictures": (b"x",) * 4}, "pictures"),
    ],
)
def test_bad_input_is_refused_and_nothing_changes(city, changed, field):
    call, entries = city.call(), Entry.objects.count()
    with pytest.raises(acts.ProjectRefused) as refused:
        city.wish(call, **changed)
    assert refused.value.field == field
    assert not Project.objects.exists() and Entry.objects.count() == entries


def test_S19_doors_of_station_deputy_and_street_council(city):
    call = city.call()
    with pytest.raises(acts.ProjectRefused, match="怎样同意"):
        city.wish(call, by=city["station"], site="zd1", phone="")
    with pytest.raises(acts.ProjectRefused, match="见证"):
        city.wish(call, by=city["station"], site="zd1", phone="", consent_how="spoken")
    paper = city.wish(call, by=city["station"], site="zd1", phone="", consent_how="signed")
    assert (paper.door, paper.site_id) == ("site", "zd1") and len(queries.of_station("zd1", city["station"])) == 1
    own = city.wish(call, by=city["d1"], as_deputy=True, phone="")
    assert (own.door, own.name) == ("deputy", "甲代表1")
    council = city.wish(call, by=city["office"], council="中原路街道议政会", phone="")  # R7.54
    assert council.door == "council"
    for by, changed in (("d1", {"site": "zd1"}), ("office", {"as_deputy": True}), ("county", {"council": "某街道议政会"})):
        with pytest.raises(NotAllowed):
            city.wish(call, by=city[by], phone="", **changed)


def test_look_alikes_are_shown_and_bind_nobody(city):
    call = city.call()
    near = city.wish(call, title="在人民路口建便民菜市场")
    city.wish(call, title="给学校门口装红绿灯", body="放学时车多人多，孩子过马路危险，请装红绿灯和斑马线。")
    found = queries.look_alikes(call.pk, "建设便民菜市场", "买菜不方便，希望建一个菜市场。")
    assert [one.pk for one in found] == [near.pk]
    assert queries.look_alikes(call.pk, "疏通下水道", "雨天积水没过脚面") == []


def test_R7_50_every_fate_has_a_reason_and_the_author_is_told(city):
    call = city.call()
    wishes = [city.wish(call, phone=f"1390000001{n}") for n in range(8)]
    with pytest.raises(acts.ProjectRefused, match="不少于10个字"):
        acts.decide(project_ids=[wishes[0].pk], fate="in", reason="好", by=city["office"], at=AT)
    with pytest.raises(acts.ProjectRefused, match="请选择去向"):
        acts.decide(project_ids=[wishes[0].pk], fate="merged", reason=REASON, by=city["office"], at=AT)
    for wish, fate in zip(wishes, ("in", "not_public", "not_in_a_year", "no_budget", "debt_risk", "planned", "other_level"), strict=False):
        acts.decide(project_ids=[wish.pk], fate=fate, reason=REASON, by=city["office"], at=AT)
        assert city.again(wish).fate == fate and city.state(wish) == ("screened" if fate == "in" else "dropped")
        page = queries.project_page(wish.code, AT.date())
        assert REASON in page.thread[-1].note if fate != "in" else any(REASON in step.note for step in page.thread)
    assert Notice.objects.count() == 7
    assert queries.fate_counts(call.pk)["open"] == 1
    with pytest.raises(acts.StepRefused):
        acts.decide(project_ids=[wishes[1].pk], fate="in", reason=REASON, by=city["office"], at=AT)


def test_many_are_decided_at_once_or_none(city):
    call = city.call()
    wishes = [city.wish(call).pk for _ in range(3)]
    acts.decide(project_ids=wishes[:1], fate="planned", reason=REASON, by=city["office"], at=AT)
    with pytest.raises(acts.StepRefused):
        acts.decide(project_ids=wishes, fate="in", reason=REASON, by=city["office"], at=AT)
    assert queries.fate_counts(call.pk) == {"planned": 1, "open": 2}
    assert acts.decide(project_ids=wishes[1:], fate="in", reason=REASON, by=city["office"], at=AT) == 2
    for by in ("county", "gov", "unit", "d1"):
        with pytest.raises(NotAllowed):
            acts.decide(project_ids=wishes[1:], fate="planned", reason=REASON, by=city[by], at=AT)


def test_merging_keeps_every_author_counted_and_told(city):
    call = city.call()
    a, b, c, d = (city.wish(call, phone=f"1390000002{n}") for n in range(4))
    acts.merge(leader_id=b.pk, project_ids=[c.pk, b.pk], reason=REASON, by=city["office"], at=AT)
    acts.merge(leader_id=a.pk, project_ids=[b.pk, d.pk], reason=REASON, by=city["office"], at=AT)
    assert city.again(a).voices == 4 and {city.again(p).merged_into_id for p in (b, c, d)} == {a.pk}
    page = queries.project_page(a.code, AT.date())
    assert len(page.merged) == 3 and any("共4人次" in step.note for step in page.thread)
    follower = queries.project_page(c.code, AT.date())
    assert follower.leader is not None and follower.leader.project.pk == a.pk and follower.thread[-1].status == "done"
    Notice.objects.all().delete()
    acts.decide(project_ids=[a.pk], fate="no_budget", reason=REASON, by=city["office"], at=AT)
    assert Notice.objects.count() == 4
    with pytest.raises(acts.ProjectRefused, match="还在研究"):
        acts.merge(leader_id=b.pk, project_ids=[a.pk], reason=REASON, by=city["office"], at=AT)


def test_a_wrong_fate_is_taken_back_in_the_open(city):
    call = city.call()
    a, b = city.wish(call), city.wish(call)
    acts.merge(leader_id=a.pk, project_ids=[b.pk], reason=REASON, by=city["office"], at=AT)
    acts.reconsider(project_id=b.pk, reason="看错了地点，不是同一件事情。", by=city["office"], at=AT)
    assert (city.again(a).voices, city.again(b).fate, city.state(b)) == (1, "", "proposed")
    labels = [step.label for step in queries.project_page(b.code, AT.date()).thread]
    assert labels[:3] == ["提出", "并入同类建议", "重新研究"]
    with pytest.raises(acts.ProjectRefused):
        acts.reconsider(project_id=a.pk, reason=REASON, by=city["office"], at=AT)


def test_S11_hidden_on_a_ground_and_the_objection_goes_to_another(city):
    made = city.wish(city.call(), title="某某家门口修条路")
    with pytest.raises(acts.ProjectRefused, match="法定理由"):
        acts.hide(project_id=made.pk, ground="ugly", words="写了邻居的姓名电话", by=city["office"], at=AT)
    acts.hide(project_id=made.pk, ground="personal_data", words="写了邻居的姓名电话", by=city["office"], at=AT)
    page = queries.project_page(made.code, AT.date())
    assert "某某" not in page.title and queries.listed(queries.Filters(text="某某"))[1] == 0
    hiding = acts.object_to_hiding(receipt_code=made.receipt_code, words="没有写别人的信息", at=AT)
    with pytest.raises(acts.ProjectRefused, match="另一人"):
        acts.decide_objection(hiding_id=hiding.pk, show=True, reason="经核对没有", by=city["office"], at=AT)
    acts.decide_objection(hiding_id=hiding.pk, show=True, reason="经核对没有", by=city["office2"], at=AT)
    assert queries.project_page(made.code, AT.date()).title == made.title
    with pytest.raises(acts.ProjectRefused):
        acts.object_to_hiding(receipt_code=made.receipt_code, words="再申诉一次看看", at=AT)


def test_S05_words_are_erased_and_the_proof_stays(city, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    made = city.wish(city.call())
    acts.erase_words(project_id=made.pk, reason="本人凭回执来电申请", by=city["office"], at=AT)
    gone = city.again(made)
    assert (gone.body, gone.place) == ("", "") and subjects_of(PHONE) == []
    assert queries.receipt_file(made.receipt_code)["content"] is None and list(tasks.changed_words()) == []


def test_S13_changed_words_are_found(city):
    made = city.wish(city.call())
    Project.objects.filter(pk=made.pk).update(body="别的话，不是作者写的那些。")
    assert list(tasks.changed_words()) == [f"民生实事建议 {made.code} 的原文与台账不符。"]


def test_the_desk_list_filters_sorts_and_belongs_to_its_office(city):
    call = city.call()
    for n in range(3):
        city.wish(call, title=f"第{n}条，修好村里的路", area="410928")
    city.wish(call, by=city["d1"], as_deputy=True, phone="", title="建一所幼儿园", body="镇上只有一所民办园，双职工家庭接送要走很远。")
    office, every = city["office"], queries.DeskFilters()
    assert queries.desk_list(call.pk, office, every).total == 4
    assert queries.desk_list(call.pk, office, replace(every, door="deputy")).total == 1
    assert queries.desk_list(call.pk, office, replace(every, area="410928", text="修好 村里")).total == 3
    assert [line.title for line in queries.desk_list(call.pk, office, replace(every, sort="old")).rows][0].startswith("第0条")
    assert len(queries.alike_groups(call.pk, office)[0]) == 3
    with pytest.raises(NotAllowed):
        queries.desk_list(call.pk, city["county"], every)
