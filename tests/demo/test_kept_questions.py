"""Questions in kept words: the same rows and the same statements as in Django's own words, whatever is asked."""

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from quancheng.demo import city
from quancheng.handling.models import Answer, Assignment
from quancheng.people.models import Account, Office
from quancheng.procedures.models import Case, Clock
from quancheng.sqlite.compiler import kept_questions


def asked():
    """Ask in many shapes, each twice with other values; return what came back."""
    found = []
    for number in (1, 2):
        case = Case.objects.order_by("id")[number]
        found += [
            Case.objects.select_related("organ").get(pk=case.pk).organ.name,
            Case.objects.filter(pk__in=[case.pk, case.pk + 1, None]).count(),
            list(Case.objects.filter(pk__in=list(range(number))).values_list("number", "organ__name")),
            Clock.objects.filter(case=case, stopped_at=None).exists(),
            list(Clock.objects.filter(Q(due_on__lt=case.opened_on) | Q(stopped_at=None))[:3].values("id", "case__number")),
            [a.unit.name for a in Assignment.objects.select_related("case__organ", "unit").exclude(role="assist")[: number * 2]],
            list(Answer.objects.filter(assignment__case=case).exclude(signed_at=None).values_list("pk", flat=True)),
            [o.account.username for o in Office.objects.select_related("account").order_by("-id")[number : number + 3]],
            Account.objects.filter(pk__in=Office.objects.filter(role="deputy").values("account_id")).count(),
            list(Case.objects.none()), Case.objects.filter(pk__in=[]).first(), Case.objects.only("number").first().number,
        ]
    return found


@pytest.mark.django_db
def test_the_same_answers():
    city.build_city(opinions=8)
    with CaptureQueriesContext(connection) as plain:
        expected = asked()
    with CaptureQueriesContext(connection) as kept, kept_questions():
        assert asked() == expected and asked() == expected
    words = [query["sql"] for query in kept.captured_queries]
    assert words == 2 * [query["sql"] for query in plain.captured_queries]
