"""What a named person does with the machine's proposals: ask for topics, name, join and part them, decide a whole group."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from quancheng.analysis import topics as _topics  # noqa: F401  # registers the job
from quancheng.analysis.models import Place, Study, Topic
from quancheng.consultations import acts as consultations
from quancheng.consultations import queries as opinions
from quancheng.consultations.models import Opinion
from quancheng.people.permissions import Actor, demand
from quancheng.procedures import jobs
from quancheng.procedures import queries as procedures

_WHOLE = 20_000  # opinions of one group that are decided at once


class AnalysisRefused(ValueError):
    """What was asked for cannot be done; the message says why."""


def request_topics(*, consultation_id: int, by: Actor, at: datetime) -> int:
    """Order that the opinions be sorted into topics anew, in the background; return the job's id.

    Raises NotAllowed, AnalysisRefused.
    """
    study = _study(consultation_id, by)
    if study.job_id and procedures.job(study.job_id).state in ("ready", "running"):
        return study.job_id
    if not study.places.exclude(leader=None).exists():
        raise AnalysisRefused(_("还没有可以归纳的意见。"))
    with transaction.atomic():
        job = jobs.enqueue("analysis.topics", f"{consultation_id}|{at.isoformat()}", at=at)
        Study.objects.filter(pk=study.pk).update(job_id=job.pk)
    return job.pk


def stop_topics(*, consultation_id: int, by: Actor, at: datetime) -> None:
    """Stop a run that is under way; the topics of before stand. Raises NotAllowed."""
    Study.objects.filter(pk=_study(consultation_id, by).pk).update(job_id=None)


def rename_topic(*, topic_id: int, name: str, by: Actor, at: datetime) -> Topic:
    """Name a topic; from then on its opinions stay together. Raises NotAllowed, AnalysisRefused."""
    topic = _topic(topic_id, by)
    words = " ".join(name.split())
    if not 2 <= len(words) <= 40:
        raise AnalysisRefused(_("主题的名称为2至40个字。"))
    if topic.study.topics.exclude(pk=topic.pk).filter(name=words).exists():
        raise AnalysisRefused(_("已有叫这个名称的主题，可以把两个主题合并。"))
    Topic.objects.filter(pk=topic.pk).update(name=words, kept_by=by.id, kept_at=at)
    topic.refresh_from_db()
    return topic


def keep_topic(*, topic_id: int, kept: bool, by: Actor, at: datetime) -> None:
    """Pin a topic so that the next run leaves it as it is, or let it go again. Raises NotAllowed."""
    topic = _topic(topic_id, by)
    Topic.objects.filter(pk=topic.pk).update(kept_by=by.id if kept else None, kept_at=at if kept else None)


def keep_reported(*, consultation_id: int, by: Actor, at: datetime) -> int:
    """Pin all topics, because a report tells them (R1.13): later runs leave them; return how many were not pinned before.

    Raises NotAllowed.
    """
    demand(by, "report.edit", organ=opinions.consultation_by_id(consultation_id).case.organ_id)
    return Topic.objects.filter(study__consultation_id=consultation_id, kept_at=None).update(kept_by=by.id, kept_at=at)


def join_topics(*, into_id: int, topic_ids: list[int], by: Actor, at: datetime) -> int:
    """Put the opinions of topics into one, which stays; return how many moved. Raises NotAllowed, AnalysisRefused."""
    into = _topic(into_id, by)
    with transaction.atomic():
        others = list(into.study.topics.select_for_update().filter(pk__in=topic_ids).exclude(pk=into.pk))
        if not others or len(others) != len(set(topic_ids) - {into.pk}):
            raise AnalysisRefused(_("请在同一次征求意见里另选要并入的主题。"))
        if any(one.pk == into.parent_id for one in others):
            raise AnalysisRefused(_("上级主题不能并入它下面的主题。"))
        with_parts = [*others, *Topic.objects.filter(parent__in=others).exclude(pk=into.pk)]
        moved = Place.objects.filter(topic__in=with_parts).update(topic=into)
        Topic.objects.filter(pk=into.pk).update(kept_by=by.id, kept_at=at)
        Topic.objects.filter(pk__in=[one.pk for one in with_parts]).delete()
    return moved


def split_topic(*, topic_id: int, by: Actor, at: datetime) -> int:
    """Let a topic's opinions go, so that the next run parts them anew; order that run and return the job's id.

    Raises NotAllowed, AnalysisRefused.
    """
    topic = _topic(topic_id, by)
    if topic.places.count() < 2:
        raise AnalysisRefused(_("这个主题只有一条意见，不能再分。"))
    with transaction.atomic():
        Topic.objects.filter(study=topic.study_id).exclude(pk=topic.pk).filter(places__isnull=False, kept_at=None).update(
            kept_by=by.id, kept_at=at
        )  # the others stay as they are
        Topic.objects.filter(pk=topic.pk).update(kept_by=None, kept_at=None)
        topic.places.update(topic=None)
        return request_topics(consultation_id=topic.study.consultation_id, by=by, at=at)


def merge_group(*, leader_id: int, first_id: int, left_out: list[int], by: Actor, at: datetime) -> int:
    """Merge the open opinions of a group of look-alikes under the one that speaks for them; return how many were merged.

    leader_id names the group (its first opinion); first_id is the representative whom a person chose, 0: the group's first.
    Every author stays and gets the answer (S10); those in `left_out` stay as they are. Raises NotAllowed,
    AnalysisRefused, DecisionRefused.
    """
    with transaction.atomic():
        return len(_merged(leader_id, first_id, left_out, by, at)) - 1


def decide_group(
    *, leader_id: int, first_id: int, left_out: list[int], decision: str, reason: str, by: Actor, at: datetime
) -> int:
    """Merge a group of look-alikes as `merge_group` does and decide it in the same act; return how many were decided.

    Raises NotAllowed, AnalysisRefused, DecisionRefused.
    """
    with transaction.atomic():
        ids = _merged(leader_id, first_id, left_out, by, at)
        consultations.decide(opinion_ids=[ids[0]], decision=decision, reason=reason, by=by, at=at)
    return len(ids)


def _merged(leader_id: int, first_id: int, left_out: list[int], by: Actor, at: datetime) -> list[int]:
    """Merge the open ones of a group; return their ids, the representative's first."""
    places = Place.objects.filter(leader_id=leader_id, opinion__state=Opinion.State.RECEIVED, opinion__erased_at=None)
    ids = list(places.exclude(opinion_id__in=left_out).order_by("opinion_id").values_list("opinion_id", flat=True)[:_WHOLE])
    if not ids:
        raise AnalysisRefused(_("这一组里没有待处理的意见。"))
    first = first_id or (leader_id if leader_id in ids else ids[0])
    if first not in ids:
        raise AnalysisRefused(_("代表意见须是本组待处理的意见，而且没有勾“除外”。"))
    demand(by, "opinion.decide", organ=opinions.opinion_alone(first, by).consultation.case.organ_id)
    others = [pk for pk in ids if pk != first]
    for start in range(0, len(others), consultations.BULK - 1):
        consultations.merge(leader_id=first, opinion_ids=others[start : start + consultations.BULK - 1], by=by, at=at)
    return [first, *others]


def _study(consultation_id: int, by: Actor) -> Study:
    found = opinions.consultation_by_id(consultation_id)
    demand(by, "opinion.decide", organ=found.case.organ_id)
    return Study.objects.get_or_create(consultation_id=consultation_id)[0]


def _topic(topic_id: int, by: Actor) -> Topic:
    topic = Topic.objects.select_related("study__consultation__case").get(pk=topic_id)
    demand(by, "opinion.decide", organ=topic.study.consultation.case.organ_id)
    return topic
