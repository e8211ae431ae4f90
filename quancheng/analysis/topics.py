"""The run that sorts the opinions of a consultation into topics: in the background, with progress, to be stopped."""

from __future__ import annotations

from datetime import datetime
from itertools import count

import numpy as np
from django.db import transaction

from quancheng.analysis import reading
from quancheng.analysis.models import Place, Study, Topic
from quancheng.consultations.models import Opinion
from quancheng.mining import pipeline, routing
from quancheng.mining.topics import Topics, tree
from quancheng.procedures import jobs

SAME = 0.3  # of the opinions of two topics together, from which a new one is the old one again
_BATCH = 1000


class Stopped(Exception):
    """A person stopped the run; what was there before stands."""


@jobs.job("analysis.topics")
def run(argument: str, report: jobs.Report) -> None:
    """Sort anew; the argument is the consultation and the moment it was asked. What staff kept stays as it is."""
    consultation_id, moment = argument.split("|")
    study = Study.objects.get(consultation_id=int(consultation_id))
    report(1, "读取意见")
    reading.read_whole(study)
    leaders = study.places.exclude(leader=None).filter(opinion__erased_at=None).order_by("leader_id")
    rows = list(leaders.values_list("opinion_id", "leader_id", "topic__number", "topic__kept_at"))
    size: dict[int, int] = {}
    kept: dict[int, int] = {}
    for _pk, leader, number, kept_at in rows:
        size[leader] = size.get(leader, 0) + 1
        if kept_at is not None:
            kept[leader] = number
    bodies: dict[int, str] = {}
    asked = sorted(size)
    for first in range(0, len(asked), _BATCH):
        bodies |= dict(Opinion.objects.filter(pk__in=asked[first : first + _BATCH]).values_list("pk", "body"))

    def told(share: float) -> None:
        if not Study.objects.filter(pk=study.pk).exclude(job_id=None).exists():
            raise Stopped
        report(5 + int(85 * share), "归纳主题")

    try:
        found = tree(
            [bodies[pk] for pk in asked], [size[pk] for pk in asked], pinned=[kept.get(pk, -1) for pk in asked], told=told
        )
        carried = _carried(asked, size, bodies)
        report(92, "写入结果")
        _write(study, asked, found, carried, datetime.fromisoformat(moment))
    except Stopped:
        return


def _carried(asked: list[int], size: dict[int, int], bodies: dict[int, str]) -> dict[int, int]:
    """Return for opinions that carry the text of a group beside words of their own that group's leader."""
    found = pipeline.carried(
        [bodies[pk] for pk in asked], np.arange(len(asked)), np.array([size[pk] for pk in asked], dtype=np.int64), len(asked)
    )
    return {asked[i]: asked[one] for i, one in enumerate(found.tolist()) if one >= 0}


def _write(study: Study, asked: list[int], found: Topics, carried: dict[int, int], at: datetime) -> None:
    """Put the new topics in place of the old in one transaction; one that is the old one again keeps its number and name."""
    topic_of, fit_of = dict(zip(asked, found.of.tolist(), strict=True)), dict(zip(asked, found.fit.tolist(), strict=True))
    with transaction.atomic():
        Study.objects.select_for_update().get(pk=study.pk)
        former = {topic.number: topic for topic in study.topics.all()}
        places = list(study.places.exclude(leader=None))
        again = _again(places, topic_of, former)
        fresh = count(max([-1, *former, *(one.number for one in found.topics)]) + 1)
        number = {one.number: again.get(one.number, one.number if one.number not in former else next(fresh)) for one in found.topics}
        rows: dict[int, Topic] = {}
        for one in sorted(found.topics, key=lambda one: one.parent):
            row = former.get(number[one.number]) or Topic(study=study, number=number[one.number])
            if row.kept_at is None:
                row.name = row.name if row.pk else one.name[:60]
                row.words, row.parent = "、".join(one.words)[:200], rows.get(one.parent)
            row.save()
            rows[one.number] = row
        for place in places:
            leader = place.leader_id or 0
            place.topic, place.fit, place.carries_id = rows.get(topic_of.get(leader, -1)), fit_of.get(leader, 0.0), carried.get(leader)
            place.pk = None
        study.places.all().exclude(leader=None).delete()  # a hundred thousand rows are sooner written anew than changed
        Place.objects.bulk_create(places, batch_size=_BATCH)
        study.topics.exclude(pk__in=[row.pk for row in rows.values()]).filter(kept_at=None).delete()
        Study.objects.filter(pk=study.pk).update(
            topics_at=at, topics_of=len(places), version=pipeline.VERSION, coverage=found.coverage
        )


def _again(places: list[Place], topic_of: dict[int, int], former: dict[int, Topic]) -> dict[int, int]:
    """Return which new topics are old ones again: by the opinions they share, each old one once, the surest first."""
    number_of = {topic.pk: topic.number for topic in former.values()}
    shared: dict[tuple[int, int], int] = {}
    sizes: dict[tuple[str, int], int] = {}
    for place in places:
        new, old = topic_of.get(place.leader_id or 0, -1), number_of.get(place.topic_id or 0, -1)
        shared[new, old] = shared.get((new, old), 0) + 1
        sizes["new", new] = sizes.get(("new", new), 0) + 1
        sizes["old", old] = sizes.get(("old", old), 0) + 1
    score = {
        (new, old): both / (sizes["new", new] + sizes["old", old] - both)
        for (new, old), both in shared.items() if new >= 0 and old >= 0
    }
    out: dict[int, int] = {}
    for (new, old), share in sorted(score.items(), key=lambda item: (-item[1], item[0])):
        if share >= SAME and new not in out and old not in out.values():
            out[new] = old
    return out


def place_news(study: Study) -> int:
    """Give opinions that came after the last run the topic of their look-alikes, or the one their words are nearest to."""
    waiting = study.places.filter(topic=None, opinion__erased_at=None).exclude(leader=None)
    if study.topics_at is None or not waiting.exists():
        return 0
    groups = dict(study.places.exclude(topic=None).filter(leader__in=waiting.values("leader")).values_list("leader_id", "topic_id"))
    router = _router(study)
    rows = list(waiting.select_related("opinion")[:_BATCH])
    alone = [place for place in rows if place.leader_id not in groups]
    hints = router.hints([place.opinion.body for place in alone]) if router else []
    nearest = dict(zip([place.pk for place in alone], hints, strict=False))
    for place in rows:
        if place.leader_id in groups:
            place.topic_id, place.fit = groups[place.leader_id], 1.0
        elif place.pk in nearest:
            place.topic_id, place.fit = int(nearest[place.pk].category), nearest[place.pk].confidence
    Place.objects.bulk_update(rows, ["topic", "fit"], batch_size=400)
    return len(rows)


_ROUTERS: dict[int, tuple[datetime, routing.Router | None]] = {}


def _router(study: Study) -> routing.Router | None:
    """Return what tells the topic of a newcomer, learnt once after each run from opinions that lie well in theirs."""
    assert study.topics_at is not None
    known = _ROUTERS.get(study.pk)
    if known is None or known[0] != study.topics_at:
        rows = study.places.exclude(topic=None).filter(fit__gte=0.5, opinion__erased_at=None).order_by("pk")
        lessons = list(rows.values_list("opinion__body", "topic_id")[:20_000])
        try:
            found = routing.train([body for body, _topic in lessons], [str(topic) for _body, topic in lessons], measured=False)
        except ValueError:  # a single topic
            found = None
        known = _ROUTERS[study.pk] = (study.topics_at, found)
    return known[1]


def sweep() -> None:
    """Read what came and place it in the topics that are there."""
    reading.read_news()
    for study in Study.objects.exclude(topics_at=None).filter(consultation__case__state__in=reading.LIVE):
        place_news(study)
