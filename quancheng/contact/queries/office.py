"""What the deputies' affairs office reads besides a page of opinions: counts, the whole list, proposed units, what waits."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from quancheng.contact import rules
from quancheng.contact.models import ResidentOpinion, SiteProfile
from quancheng.contact.queries.opinions import CAP, Filters, Line, lines, narrowed
from quancheng.handling.models import Assignment
from quancheng.kernel.text import fold
from quancheng.people.models import Organ
from quancheng.people.permissions import Actor, demand, may
from quancheng.procedures import declare

BATCH = 500
LIKE = 0.16  # the share of common letter pairs from which an earlier opinion speaks of the same
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
    ours = _pairs(words)
    earlier = Assignment.objects.filter(
        role=Assignment.Role.LEAD, case__procedure="resident_opinion", case__resident_opinion__sealed_at=None
    ).exclude(end=Assignment.End.OBJECTED)
    scores: Counter[str] = Counter()
    for unit, body in earlier.order_by("-id").values_list("unit_id", "case__resident_opinion__body")[:EARLIER]:
        theirs = _pairs(fold(body))
        alike = len(ours & theirs) / max(min(len(ours), len(theirs)), 1)
        scores[unit] += round(alike * 100) if alike >= LIKE else 0
    for code, score in scores.most_common(limit):
        if score:
            why.setdefault(code, "办理过相近的意见")
    by_code = {unit.pk: unit for unit in units}
    return [Proposal(by_code[code], reason) for code, reason in why.items() if code in by_code][:limit]


def _short(name: str) -> str:
    """Return a unit's name as people say it: without the city."""
    return fold(name.removeprefix("濮阳市").removeprefix("市"))


def _pairs(words: str) -> set[str]:
    return {words[k : k + 2] for k in range(len(words[:300]) - 1)}


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


def to_release(actor: Actor) -> list[ResidentOpinion]:
    """Return what is closed, may be public and is not yet, for who releases, the oldest first (1 statement). Raises NotAllowed."""
    demand(actor, "matter.release")
    organs = {o.organ for o in actor.offices if may(actor, "matter.release", organ=o.organ)}
    found = ResidentOpinion.objects.filter(
        sealed_at=None, erased_at=None, released_at=None, visibility=ResidentOpinion.Visibility.SHOWN,
        case__state="closed", case__organ_id__in=organs,
    ).exclude(case__events__step="contact.withheld")
    return list(found.select_related("case").defer("salt").order_by("pk")[:200])
