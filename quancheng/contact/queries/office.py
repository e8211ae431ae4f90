"""What the deputies' affairs office reads besides a page of opinions: counts, the whole list, proposed units, what waits."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from math import log

from django.db.models import Count, QuerySet

from quancheng.contact import files, rules
from quancheng.contact.models import Reception, ResidentOpinion, SealedReading, SiteProfile
from quancheng.contact.queries.opinions import CAP, Filters, Line, lines, narrowed
from quancheng.handling.models import Assignment
from quancheng.kernel.text import fold
from quancheng.people.models import Organ
from quancheng.people.permissions import Actor, demand, may
from quancheng.procedures import declare
from quancheng.procedures.models import Clock

BATCH = 500
LIKE = 0.2  # the weighed share of common letter pairs from which an earlier opinion speaks of the same
EARLIER = 400


def state_counts(actor: Actor) -> list[tuple[str, str, int]]:
    """Return (state, what it is called, how many) for the actor's offices, in the order of the procedure (1 statement).

    Raises NotAllowed.
    """
    demand(actor, "matter.read")
    organs = {o.organ for o in actor.offices if may(actor, "matter.read", organ=o.organ)}
    found = ResidentOpinion.objects.filter(sealed_at=None, case__organ_id__in=organs).order_by()
    counts = dict(found.values_list("case__state").annotate(n=Count("id")))
    states = declare.get("resident_opinion").states
    return [(key, state.label, counts[key]) for key, state in states.items() if key in counts]


def desk_all(actor: Actor, filters: Filters, today: date) -> list[tuple[Line, str]]:
    """Return every opinion that the filters leave, each with its lead unit's name, for a file (3 statements a 500).

    Raises NotAllowed.
    """
    keys = list(narrowed(actor, filters, today).values_list("pk", flat=True)[:CAP])
    found: dict[int, tuple[Line, str]] = {}
    for start in range(0, len(keys), BATCH):
        rows = ResidentOpinion.objects.filter(pk__in=keys[start : start + BATCH], sealed_at=None)
        part = lines(rows.select_related("case__organ", "site", "deputy", "area").defer("salt"), today)
        units = leads([line.opinion.case_id for line in part])
        found.update((line.opinion.pk, (line, units.get(line.opinion.case_id, ""))) for line in part)
    return [found[key] for key in keys if key in found]


def leads(case_ids: list[int]) -> dict[int, str]:
    """Return case -> the name of the unit that answers now (1 statement)."""
    now = Assignment.objects.filter(case_id__in=case_ids, ended_at=None).exclude(role=Assignment.Role.ASSIST)
    return dict(now.values_list("case_id", "unit__name"))


@dataclass(frozen=True)
class Proposal:
    """A unit that may be the right one, and why; a person assigns."""

    unit: Organ
    why: str


def proposals(opinion: ResidentOpinion, units: list[Organ], limit: int = 3) -> list[Proposal]:
    """Return units proposed for an opinion: named in its words, or leading in like ones before (1 statement)."""
    words = fold(opinion.body)
    why = {unit.pk: "文中提到这个单位" for unit in units if _short(unit.name) in words}
    earlier = Assignment.objects.filter(
        role=Assignment.Role.LEAD, case__procedure="resident_opinion", case__resident_opinion__sealed_at=None
    ).exclude(end=Assignment.End.OBJECTED)
    rows = [
        (unit, _pairs(fold(body)))
        for unit, body in earlier.order_by("-id").values_list("unit_id", "case__resident_opinion__body")[:EARLIER]
    ]
    often = Counter(pair for _unit, theirs in rows for pair in theirs)
    rare = {pair: log(len(rows) / number) for pair, number in often.items()}  # a pair that all share weighs nothing
    scores, ours = Counter[str](), _pairs(words)
    most = sum(rare.get(pair, 0) for pair in ours)
    for unit, theirs in rows:
        alike = sum(rare[pair] for pair in ours & theirs) / max(min(most, sum(rare[pair] for pair in theirs)), 1)
        scores[unit] += round(alike * 100) if alike >= LIKE else 0
    best = max(scores.values(), default=0)
    for code, score in scores.most_common(limit):
        if score and score * 3 >= best:
            why.setdefault(code, "办理过相近的意见")
    by_code = {unit.pk: unit for unit in units}
    return [Proposal(by_code[code], reason) for code, reason in why.items() if code in by_code][:limit]


def _short(name: str) -> str:
    """Return a unit's name as people say it: without the city."""
    return fold(name.removeprefix("濮阳市").removeprefix("市"))


def _pairs(words: str) -> set[str]:
    return {words[k : k + 2] for k in range(len(words[:300]) - 1)}


@dataclass(frozen=True)
class Waiting:
    """How many opinions wait for the office: to be assigned, over a clock, to be released."""

    to_assign: int
    late: int
    to_release: int


def waiting_at_office(actor: Actor, on: date) -> Waiting:
    """Return what waits at the actor's offices (2 statements). Raises NotAllowed."""
    demand(actor, "matter.read")
    organs = {o.organ for o in actor.offices if may(actor, "matter.read", organ=o.organ)}
    over = Clock.objects.filter(
        stopped_at=None, due_on__lt=on, case__procedure="resident_opinion", case__organ_id__in=organs,
        case__resident_opinion__sealed_at=None,
    )
    counts = {key: number for key, _label, number in state_counts(actor)}
    return Waiting(
        counts.get("registered", 0) + counts.get("passed_on", 0), over.aggregate(n=Count("case_id", distinct=True))["n"],
        release_waiting(actor),
    )


def waiting_at_station(actor: Actor, on: date) -> tuple[int, int]:
    """Return, for the sites where the actor enters, how many receptions are held today and how many opinions nobody passed
    on yet (2 statements). Raises NotAllowed.
    """
    demand(actor, "matter.enter")
    sites = [o.site for o in actor.offices if o.site and may(actor, "matter.enter", site=o.site)]
    today = Reception.objects.filter(site_id__in=sites, day=on, cancelled_at=None, closed_at=None).count()
    fresh = ResidentOpinion.objects.filter(site_id__in=sites, sealed_at=None, case__state="registered").count()
    return today, fresh


def sealed_box(site: str) -> str:
    """Return where a site's sealed box hangs and who empties it, '' where nobody wrote it down (1 statement)."""
    return SiteProfile.objects.filter(site_id=site).values_list("sealed_box", flat=True).first() or ""


def entered_on(site: str, actor: Actor, on: date) -> list[tuple[int, str, str]]:
    """Return (id, number, beginning of the words) of what a site's staff entered on a day, newest first (1 statement).

    Nothing for those who keep the site but do not enter there.
    """
    if not may(actor, "matter.enter", site=site):
        return []
    found = ResidentOpinion.objects.filter(site_id=site, sealed_at=None, received_at__date=on, entered_by__isnull=False)
    rows = found.order_by("-pk").values_list("pk", "case__number", "body")[:30]
    return [(pk, number, body[:20]) for pk, number, body in rows]


def may_accuse(words: str) -> bool:
    """Tell whether words may be an accusation; whoever enters them is asked before they are stored (S02)."""
    return rules.speaks_of_accusation(words)


def sealed_readings(opinion_id: int, actor: Actor) -> list[SealedReading]:
    """Return who read a sealed accusation and when, newest first (1 statement; S02). Raises NotAllowed."""
    demand(actor, "matter.open_sealed")
    found = SealedReading.objects.filter(hand_over__opinion_id=opinion_id).select_related("by")
    return list(found.order_by("-pk")[:200])


def sealed_bytes(name: str, actor: Actor) -> tuple[str, bytes]:
    """Return the media type and the bytes of a sealed accusation's picture, by the name that its words hold.

    Raises NotAllowed, OSError.
    """
    demand(actor, "matter.open_sealed")
    kind = {"jpg": "image/jpeg", "png": "image/png"}.get(name.rpartition(".")[2], "image/webp")
    return kind, files.path_of(name).read_bytes()


def to_release(actor: Actor) -> list[ResidentOpinion]:
    """Return what is closed, may be public and is not yet, for who releases, the oldest first (1 statement). Raises NotAllowed."""
    demand(actor, "matter.release")
    return list(_to_release(actor).select_related("case").defer("salt").order_by("pk")[:200])


def release_waiting(actor: Actor) -> int:
    """Return how many `to_release` would have without its end (1 statement)."""
    return _to_release(actor).count() if may(actor, "matter.release") else 0


def _to_release(actor: Actor) -> QuerySet[ResidentOpinion]:
    organs = {o.organ for o in actor.offices if may(actor, "matter.release", organ=o.organ)}
    return ResidentOpinion.objects.filter(
        sealed_at=None, erased_at=None, released_at=None, visibility=ResidentOpinion.Visibility.SHOWN,
        case__state="closed", case__organ_id__in=organs,
    ).exclude(case__events__step="contact.withheld")
