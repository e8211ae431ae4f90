"""Look-alikes and topics of a consultation: read as opinions come, kept as staff want them, forgotten with the words."""

import pytest
from django.utils import timezone

from quancheng.analysis import acts, queries, reading, topics
from quancheng.analysis.models import Place, Study
from quancheng.consultations import acts as consultations
from quancheng.consultations.deciding import DecisionRefused
from quancheng.consultations.models import Opinion
from quancheng.people.permissions import Actor, NotAllowed
from quancheng.procedures import jobs
from tests.analysis.conftest import COMMON


def leaders() -> dict[int, int | None]:
    return dict(Place.objects.values_list("opinion_id", "leader_id"))


def sorted_once(found, lead, now) -> Study:
    """Let the worker sort the consultation into topics."""
    acts.request_topics(consultation_id=found.pk, by=lead, at=now)
    assert jobs.run_due("test")
    return Study.objects.get(consultation=found)


def test_each_opinion_gets_its_place_and_a_rebuild_changes_nothing(heard):
    town, found, rows = heard
    reading.read_news()
    first = leaders()
    assert len(first) == 60 and first[rows[-1].pk] is None
    assert sum(leader == rows[0].pk for leader in first.values()) == 20
    later = town.say(found, COMMON, "第八条")
    elsewhere = town.say(found, COMMON, "第十五条")
    topics.sweep()
    assert leaders()[later.pk] == rows[0].pk and leaders()[elsewhere.pk] == elsewhere.pk
    grown = leaders()
    Place.objects.all().delete()
    Study.objects.update(taken=0, taken_id=0)
    reading._STATES.clear()
    reading.read_news()
    assert leaders() == grown
    reading._STATES.clear()  # a worker that begins anew
    town.say(found, COMMON, "第八条")
    assert reading.read_news() and leaders().items() >= grown.items()
    assert reading.read_news() == 0


def test_one_that_came_late_is_not_passed_over(heard):
    _town, found, rows = heard
    reading.read_news()
    before = leaders()
    Place.objects.filter(opinion=rows[3]).delete()
    Study.objects.update(taken=59)
    heard[0].say(found, "另一件事，请另外看一看。")
    reading.read_news()
    assert leaders()[rows[3].pk] == before[rows[3].pk] and Study.objects.get().taken == 61


def test_s05_an_erased_opinion_leaves_groups_and_topics(heard, lead, now):
    _town, found, rows = heard
    reading.read_news()
    sorted_once(found, lead, now)
    consultations.erase_words(opinion_id=rows[0].pk, ground="本人来信要求删除", by=lead, at=timezone.now())
    topics.sweep()
    place = Place.objects.get(opinion=rows[0])
    assert place.leader_id is None and place.topic_id is None
    assert sum(leader == rows[1].pk for leader in leaders().values()) == 19
    assert all(group.leader.pk != rows[0].pk for group in queries.groups(found.pk, lead)[0])


def test_topics_keep_their_members_and_what_staff_named(heard, lead, now):
    town, found, rows = heard
    reading.read_news()
    study = sorted_once(found, lead, now)
    before = dict(Place.objects.exclude(topic=None).values_list("opinion_id", "topic__number"))
    assert len(before) == 59 and study.topics_of == 59 and study.version
    assert sum(line.size for line in queries.lines(study, timezone.localdate())) == 59
    chosen = Place.objects.get(opinion=rows[0]).topic
    acts.rename_topic(topic_id=chosen.pk, name="修复时限", by=lead, at=now)
    again = sorted_once(found, lead, timezone.now())
    kept = Place.objects.get(opinion=rows[0]).topic
    assert kept.name == "修复时限" and kept.pk == chosen.pk and again.topics_at > study.topics_at
    after = dict(Place.objects.exclude(topic=None).values_list("opinion_id", "topic__number"))
    assert sum(after[pk] == number for pk, number in before.items()) >= 0.9 * len(before)
    newcomer = town.say(found, COMMON, "第八条")
    topics.sweep()
    assert Place.objects.get(opinion=newcomer).topic_id == chosen.pk
    with pytest.raises(acts.AnalysisRefused):
        acts.rename_topic(topic_id=chosen.pk, name=" ", by=lead, at=now)


def test_topics_are_joined_and_parted_by_people(heard, lead, now):
    _town, found, _rows = heard
    reading.read_news()
    study = sorted_once(found, lead, now)
    tops = [line.topic for line in queries.lines(study, timezone.localdate())]
    size = {line.topic.pk: line.size for line in queries.lines(study, timezone.localdate())}
    moved = acts.join_topics(into_id=tops[0].pk, topic_ids=[tops[1].pk], by=lead, at=now)
    assert moved == size[tops[1].pk]
    page = queries.topic(tops[0].pk, lead)
    assert page.size == size[tops[0].pk] + moved and page.topic.kept_at == now
    with pytest.raises(acts.AnalysisRefused):
        acts.join_topics(into_id=tops[0].pk, topic_ids=[tops[0].pk], by=lead, at=now)
    acts.split_topic(topic_id=tops[0].pk, by=lead, at=now)
    assert jobs.run_due("test")
    assert Place.objects.exclude(topic=None).count() == 59


def test_a_run_can_be_stopped_and_leaves_what_was(heard, lead, now):
    _town, found, _rows = heard
    reading.read_news()
    study = sorted_once(found, lead, now)
    before = set(Place.objects.values_list("opinion_id", "topic_id"))
    acts.request_topics(consultation_id=found.pk, by=lead, at=timezone.now())
    acts.stop_topics(consultation_id=found.pk, by=lead, at=now)
    assert jobs.run_due("test")
    assert set(Place.objects.values_list("opinion_id", "topic_id")) == before
    assert Study.objects.get().topics_at == study.topics_at


def test_s10_a_group_is_decided_in_one_act_and_every_author_is_answered(heard, lead, now):
    _town, found, rows = heard
    reading.read_news()
    done = acts.decide_group(
        leader_id=rows[0].pk, first_id=0, left_out=[rows[5].pk], decision="adopted", reason="意见合理，已改为三日以内修复。", by=lead, at=now
    )
    assert done == 19
    assert Opinion.objects.filter(merged_into=rows[0], state="merged").count() == 18
    assert Opinion.objects.get(pk=rows[0].pk).decision == "adopted" and Opinion.objects.get(pk=rows[5].pk).state == "received"
    with pytest.raises(DecisionRefused):
        acts.decide_group(leader_id=rows[0].pk, first_id=0, left_out=[], decision="adopted", reason="短", by=lead, at=now)
    assert Opinion.objects.get(pk=rows[5].pk).state == "received"


def test_a_group_is_joined_under_the_one_that_a_person_chose(heard, lead, now):
    _town, _found, rows = heard
    reading.read_news()
    with pytest.raises(acts.AnalysisRefused):  # the representative was left out
        acts.merge_group(leader_id=rows[0].pk, first_id=rows[4].pk, left_out=[rows[4].pk], by=lead, at=now)
    with pytest.raises(acts.AnalysisRefused):  # nobody of this group
        acts.merge_group(leader_id=rows[0].pk, first_id=rows[-1].pk, left_out=[], by=lead, at=now)
    assert not Opinion.objects.filter(state="merged").exists()
    assert acts.merge_group(leader_id=rows[0].pk, first_id=rows[4].pk, left_out=[rows[5].pk], by=lead, at=now) == 18
    assert Opinion.objects.filter(merged_into=rows[4], state="merged").count() == 18
    assert set(Opinion.objects.filter(pk__in=[rows[4].pk, rows[5].pk]).values_list("state", "decision")) == {("received", "")}


def test_only_who_may_decide_changes_anything(heard, lead, now):
    _town, found, rows = heard
    reading.read_news()
    sorted_once(found, lead, now)
    topic = Place.objects.get(opinion=rows[0]).topic_id
    for who in (Actor.public(), heard[0].actors["station"]):
        for act in (
            lambda who=who: queries.overview(found.pk, who, timezone.localdate()), lambda who=who: queries.groups(found.pk, who),
            lambda who=who: queries.group(rows[0].pk, who), lambda who=who: queries.topic(topic, who),
            lambda who=who: acts.request_topics(consultation_id=found.pk, by=who, at=now),
            lambda who=who: acts.rename_topic(topic_id=topic, name="别的名称", by=who, at=now),
            lambda who=who: acts.decide_group(leader_id=rows[0].pk, first_id=0, left_out=[], decision="adopted", reason="理由写得够长了。", by=who, at=now),
        ):  # fmt: skip
            with pytest.raises(NotAllowed):
                act()
