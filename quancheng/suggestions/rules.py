"""Predicates of suggestions: who holds a seat, what a submission must hold, what is owed to the public."""

from datetime import date

from django.db.models import Q

from quancheng.kernel import receipts
from quancheng.people.models import Seat
from quancheng.people.permissions import Actor
from quancheng.procedures.models import Case
from quancheng.suggestions.models import Sponsor, Suggestion

KIND = "suggestion"  # of its publications
REPORT = "unit_report"  # of the yearly reports of units
SHORTEST_BODY = 20  # characters
LONGEST = 20_000
MOST_SPONSORS = 500


def seated(accounts: set[int], on: date) -> set[int]:
    """Return those of the accounts that hold a deputy's seat on a day (one statement)."""
    in_force = Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gte=on))
    return set(Seat.objects.filter(in_force, account_id__in=accounts).values_list("account_id", flat=True))


def organ_of(actor: Actor) -> str:
    """Return the organ where the actor is a deputy, '' if nowhere."""
    return next((office.organ for office in actor.offices if office.role == "deputy"), "")


def authors(case: Case) -> list[int]:
    """Return the accounts of the lead sponsor and of every co-signer who confirmed, the lead first."""
    found = Sponsor.objects.filter(suggestion__case=case, state=Sponsor.State.CONFIRMED).order_by("place", "id")
    rows = list(found.values_list("account_id", "suggestion__lead_id"))
    if not rows:
        return list(Suggestion.objects.filter(case=case).values_list("lead_id", flat=True))
    lead = rows[0][1]
    return [lead] + [account for account, _ in rows if account != lead]


def lead_of(case: Case) -> int | None:
    """Return the account of the lead sponsor, who alone rates (R7.11, S28)."""
    return Suggestion.objects.filter(case=case).values_list("lead_id", flat=True).first()


def titles(case_ids: list[int]) -> dict[int, str]:
    """Return case id -> title of suggestions and motions (one statement)."""
    return dict(Suggestion.objects.filter(case_id__in=case_ids).values_list("case_id", "title"))


def name_of(suggestion: Suggestion) -> str:
    """Return what a suggestion is called in papers: 市八届人大六次会议第12号建议."""
    kind = "议案" if suggestion.kind == Suggestion.Kind.MOTION else "建议"
    if suggestion.number is None:
        return f"“{suggestion.title}”的{kind}"
    within = suggestion.session.name if suggestion.session else f"{suggestion.series.removeprefix('y')[:4]}年闭会期间"
    return f"{within}第{suggestion.number}号{kind}"


def heading(case: Case) -> str:
    """Return the name of a case's suggestion for the heading of its answer."""
    return name_of(Suggestion.objects.select_related("session").get(case=case))


def content_of(suggestion: Suggestion) -> bytes:
    """Return the canonical bytes of a submitted suggestion: what the ledger's salted digest stands for (S13)."""
    return receipts.canonical(
        {
            "body": suggestion.body,
            "grounds": suggestion.grounds,
            "kind": suggestion.kind,
            "plan": suggestion.plan,
            "title": suggestion.title,
        }
    )
