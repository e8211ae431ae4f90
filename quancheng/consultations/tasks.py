"""Sweeps of consultations, and the check of stored opinions that `ledger verify` runs."""

import logging
from datetime import timedelta

from django.utils import timezone

from quancheng.consultations import checking, opening, rules
from quancheng.consultations.models import Consultation, Opinion
from quancheng.ledger import queries as ledger
from quancheng.people import acts as people
from quancheng.people import queries as people_queries
from quancheng.people.permissions import NotAllowed
from quancheng.procedures import acts as procedures
from quancheng.procedures import jobs
from quancheng.procedures import queries as procedure_queries

CHUNK = 500
_log = logging.getLogger(__name__)


def open_due() -> None:
    """Open the consultations whose first day has come, in the name of the person who set the day.

    He acts with the offices that he held when he set it; one that cannot be opened does not keep back the others.
    """
    now = timezone.now()
    today = rules.local_date(now)
    for found in Consultation.objects.filter(case__state="draft", opens_on__lte=today).select_related("case"):
        event = found.case.events.filter(step="open", from_state="").order_by("id").first()
        if event is None or event.account_id is None:
            continue
        by = people_queries.actor_for(event.account_id, rules.local_date(event.at))
        try:
            opening.open_waiting(consultation_id=found.pk, by=by, at=now)
        except (NotAllowed, procedures.StepRefused, procedures.Conflict) as error:
            _log.warning("consultation %s was not opened: %s", found.slug, error)


@jobs.periodic("consultations.forget", 3600)
def forget_authors() -> None:
    """Let the numbers of authors go when the promised time after the result is over (S04 个人信息保护法 19)."""
    now = timezone.now()
    waiting = Consultation.objects.filter(case__state="result_published", forgotten_at=None).select_related("case__organ")
    for found in waiting:
        event = found.case.events.filter(step="publish").order_by("-id").first()
        days = procedure_queries.parameter(
            "identity.keep_days", area=found.case.organ.area_id, on=rules.local_date(now)
        )
        if event is None or event.at + timedelta(days=days) > now:
            continue
        last = 0
        while some := list(
            Opinion.objects.filter(consultation=found, id__gt=last).order_by("id").values_list("id", "public_id")[:CHUNK]
        ):
            people.forget_authors(subjects=[public_id for _, public_id in some], at=now)
            last = some[-1][0]
        Consultation.objects.filter(pk=found.pk).update(forgotten_at=now)


def register() -> None:
    """Hand the check to the ledger, so that `ledger verify` runs it."""
    ledger.register_checker("opinions", checking.changed_opinions)
