"""Reading opinions as they come: each gets its place among the look-alikes of its clause, within seconds of arriving.

What was read is held as hashes in the memory of the worker alone. A worker that begins anew, or finds that an opinion was
erased or came late, reads the consultation again from its first opinion, with the same result, and mends what differs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from django.db import transaction
from django.db.models import Max
from numpy.typing import NDArray

from quancheng.analysis.models import Place, Study
from quancheng.consultations.models import Consultation, Opinion
from quancheng.mining.lookalikes import Base
from quancheng.texts import queries as texts

CHUNK = 2000  # opinions of one transaction
TURN = 20_000  # opinions of one sweep and consultation, so that other sweeps have their turn
LIVE = ("open", "closed", "sorted", "decided", "replied", "result_published")


@dataclass
class _State:
    """What this process read of one consultation: the hashes, and the opinion at each position; null words read as ''."""

    base: Base = field(default_factory=Base)
    ids: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))


_STATES: dict[int, _State] = {}


def read_news() -> int:
    """Read what came to the consultations that have opened, and forget what was erased; return how many were read."""
    latest = Opinion.objects.filter(consultation__case__state__in=LIVE).values_list("consultation_id")
    newest = dict(latest.annotate(last=Max("id")).order_by())
    studies = {study.consultation_id: study for study in Study.objects.filter(consultation_id__in=newest)}
    gone = Opinion.objects.exclude(erased_at=None).values_list("consultation_id", flat=True)
    erased = {one: 0 for one in newest}
    for one in gone:
        if one in erased:
            erased[one] += 1
    done = 0
    for consultation_id, last in newest.items():
        study = studies.get(consultation_id) or Study.objects.get_or_create(consultation_id=consultation_id)[0]
        if study.erased != erased[consultation_id]:
            done += read_anew(study)
        elif study.taken_id < last:
            done += _read_on(study)
    return done


def read_whole(study: Study) -> None:
    """Read what is left of a consultation, however much."""
    while _read_on(study):
        pass


def _opinions(study: Study) -> list[tuple[int, str, str]]:
    rows = Opinion.objects.filter(consultation_id=study.consultation_id, pk__gt=study.taken_id).order_by("pk")
    return list(rows.values_list("pk", "body", "anchor")[:TURN])


def _law(study: Study) -> list[str]:
    version = Consultation.objects.values_list("version_id", flat=True).get(pk=study.consultation_id)
    return [one.text for one in texts.articles(version)]


def _read_on(study: Study) -> int:
    """Read what came after the last one read; one that came late under an earlier number has all read anew."""
    state = _STATES.get(study.consultation_id)
    if study.taken and (state is None or len(state.ids) != study.taken or state.ids[-1] != study.taken_id):
        return read_anew(study)
    earlier = Opinion.objects.filter(consultation_id=study.consultation_id, pk__lte=study.taken_id)
    if earlier.count() != study.taken:
        return read_anew(study)
    state, law = _STATES.setdefault(study.consultation_id, _State()), _law(study)
    rows = _opinions(study)
    for first in range(0, len(rows), CHUNK):
        part = rows[first : first + CHUNK]
        leaders = _taken(state, part, law)
        with transaction.atomic():
            if not Study.objects.filter(pk=study.pk, taken_id=study.taken_id).update(
                taken_id=part[-1][0], taken=study.taken + len(part)
            ):  # another worker was faster; it did the same
                _STATES.pop(study.consultation_id, None)
                return first
            Place.objects.bulk_create(
                [Place(study=study, opinion_id=row[0], leader_id=leader) for row, leader in zip(part, leaders, strict=True)]
            )
        study.taken_id, study.taken = part[-1][0], study.taken + len(part)
    return len(rows)


def _taken(state: _State, rows: Sequence[tuple[int, str, str]], law: Sequence[str]) -> list[int | None]:
    """Add opinions to what was read; return the leader of each (an opinion's id)."""
    state.ids = np.concatenate([state.ids, np.array([row[0] for row in rows], dtype=np.int64)])
    leaders = state.base.add([row[1] for row in rows], quoted=law, apart=[row[2] for row in rows])
    return [int(state.ids[one]) if one >= 0 else None for one in leaders.tolist()]


def read_anew(study: Study) -> int:
    """Read a consultation from its first opinion and put right whatever differs; topics stay, but not of what was erased."""
    state, law, n = _State(), _law(study), 0
    held = dict(study.places.values_list("opinion_id", "leader_id"))
    fresh: list[Place] = []
    moved: dict[int, int | None] = {}
    rows = Opinion.objects.filter(consultation_id=study.consultation_id).order_by("pk").values_list("pk", "body", "anchor")
    part: list[tuple[int, str, str]] = []
    for row in [*rows.iterator(chunk_size=CHUNK), None]:
        if row is not None:
            part.append(row)
        if part and (row is None or len(part) == CHUNK):
            for (pk, _body, _anchor), leader in zip(part, _taken(state, part, law), strict=True):
                if pk not in held:
                    fresh.append(Place(study=study, opinion_id=pk, leader_id=leader))
                elif held[pk] != leader:
                    moved[pk] = leader
            n += len(part)
            part = []
    erased = Opinion.objects.filter(consultation_id=study.consultation_id).exclude(erased_at=None)
    with transaction.atomic():
        Place.objects.bulk_create(fresh, batch_size=CHUNK)
        places = list(Place.objects.filter(opinion_id__in=list(moved)[:TURN])) if len(moved) <= TURN else list(study.places.all())
        for place in places:
            place.leader_id = moved.get(place.opinion_id, place.leader_id)
        Place.objects.bulk_update(places, ["leader"], batch_size=500)
        study.places.filter(opinion__in=erased).update(topic=None, carries=None, fit=0)
        study.taken_id, study.taken, study.erased = int(state.ids[-1]) if n else 0, n, erased.count()
        study.save(update_fields=["taken_id", "taken", "erased"])
    _STATES[study.consultation_id] = state
    return n
