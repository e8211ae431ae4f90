"""Handling: CPU of a busy unit's inbox, and a sweep over very many clocks, whose letters are counted afterwards.

The import of `database` sets Django up; it stands before the imports of tables by the order of the alphabet.
"""

import time
from collections.abc import Callable
from datetime import date, timedelta
from statistics import median

from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from quancheng.bench import at_most, database, figure, note
from quancheng.handling import queries, tasks
from quancheng.handling.models import Assignment, Letter
from quancheng.people import acts as people
from quancheng.people import queries as people_queries
from quancheng.people.models import Account
from quancheng.procedures.models import Case, Clock
from quancheng.suggestions.models import Sponsor, Suggestion

CLOCKS, OPEN, DUE = (4_000, 500, 300) if database.QUICK else (200_000, 5_000, 3_000)
UNITS, BATCH, SINCE = 60, 2_000, date(2022, 1, 1)
PASSWORD = "long-enough-pass-1"  # noqa: S105  # of the invented clerk in this database alone
ON = "" if database.LABEL == "SQLite" else f"（{database.LABEL}）"


def main() -> None:
    """Measure."""
    settings.ALLOWED_HOSTS = ["testserver"]
    with database.own() as there:
        if not there:
            note("没有连上 PostgreSQL，这一项未测；用 DATABASE_URL 指定。")
            figure("承办事项：PostgreSQL 未连上，未测", 0, "", "", None)
            return
        note(f"建立 {CLOCKS} 项期限（{database.LABEL}）……")
        _people()
        _clocks()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        _inbox()
        _sweep()


def _people() -> None:
    """An office, units, a clerk of the busiest one and a deputy."""
    at = timezone.now()
    people.import_areas(at=at)
    people.create_organ(code="office", name="代表工委", kind="working_body", area="410900", valid_from=SINCE, at=at)
    for number in range(UNITS):
        people.create_organ(
            code=f"u{number:02d}", name=f"第{number}局", kind="government", area="410900", valid_from=SINCE, at=at
        )
    for username, role, organ in (("clerk", "unit_clerk", "u00"), ("deputy", "deputy", "office")):
        account = people.create_account(username=username, name=username, password=PASSWORD, at=at)
        people.give_office(account_id=account.pk, organ=organ, role=role, valid_from=SINCE, at=at)


def _clocks() -> None:
    """That many suggestions in the hands of units, most of the first unit's due some day later, some over their day."""
    now, today = timezone.now(), timezone.localdate()
    lead = Account.objects.get(username="deputy")
    Case.objects.bulk_create(
        [
            Case(number=f"测〔2026〕{n}号", procedure="suggestion", version=1, state="assigned", organ_id="office", opened_on=today)
            for n in range(CLOCKS)
        ],
        batch_size=BATCH,
    )
    cases = list(Case.objects.order_by("id").values_list("pk", flat=True))
    Suggestion.objects.bulk_create(
        [
            Suggestion(case_id=pk, kind="suggestion", title=f"关于修好第{n}条路的建议", category="urban", body="略", lead=lead,
                       drafted_at=now, submission_key=f"bench-{pk}")
            for n, pk in enumerate(cases)
        ],
        batch_size=BATCH,
    )  # fmt: skip
    Sponsor.objects.bulk_create(
        [
            Sponsor(suggestion_id=pk, account=lead, place=0, state="confirmed", asked_at=now)
            for pk in Suggestion.objects.order_by("id").values_list("pk", flat=True)
        ],
        batch_size=BATCH,
    )
    Assignment.objects.bulk_create(
        [
            Assignment(case_id=pk, unit_id="u00" if n < OPEN else f"u{1 + n % (UNITS - 1):02d}", role="lead", by=lead, at=now)
            for n, pk in enumerate(cases)
        ],
        batch_size=BATCH,
    )
    shares = Assignment.objects.order_by("id").values_list("pk", "case_id", "unit_id")
    Clock.objects.bulk_create(
        [
            Clock(case_id=case, key=f"answer:{pk}", label="主办答复", organ_id=unit, started_on=today, due_on=_day(n, today),
                  working="自交办起三个月。")
            for n, (pk, case, unit) in enumerate(shares)
        ],
        batch_size=BATCH,
    )  # fmt: skip


def _day(number: int, today: date) -> date:
    """The last DUE of all are over their day; the others come due over half a year, none so soon that it is reminded of."""
    over = number >= CLOCKS - DUE
    return today - timedelta(days=1 + number % 20) if over else today + timedelta(days=40 + number % 180)


def _cpu(work: Callable[[], object], times: int) -> float:
    """Return the median CPU of a call in milliseconds: ours and the database's."""
    clock = database.backend_clock()
    work()
    spent = []
    for _ in range(times):
        began, before = time.process_time(), database.backend_seconds(clock)
        work()
        spent.append(time.process_time() - began + database.backend_seconds(clock) - before)
    return median(spent) * 1000


def _inbox() -> None:
    account = people_queries.account_named("clerk")
    assert account is not None
    actor, today = people_queries.actor_for(account.pk, timezone.localdate()), timezone.localdate()
    assert queries.inbox(actor, today).counts["all"] == OPEN
    most = 20.0
    what = f"承办单位 {OPEN} 项在办"
    at_most(f"{what}的期限列表{ON}", _cpu(lambda: queries.inbox(actor, today), 25), most, "毫秒 CPU")
    client = Client()
    client.post("/sign-in/", {"username": "clerk", "password": PASSWORD})
    page = client.get("/desk/inbox/")
    assert page.status_code == 200 and f"{OPEN:,}" in page.content.decode()
    at_most(f"　整个页面（身份、待签发、承诺一并读出）{ON}", _cpu(lambda: client.get("/desk/inbox/"), 25), most, "毫秒 CPU")


def _sweep() -> None:
    note("巡查……")
    began = time.monotonic()
    tasks.sweep()
    spent = time.monotonic() - began
    at_most(f"巡查 {CLOCKS} 项期限，其中 {DUE} 项到期{ON}", spent, 10, "秒")
    proposed = Letter.objects.filter(kind=Letter.Kind.SUPERVISION)
    once = proposed.values("clock").distinct().count()
    figure(f"　督办函恰好每项一份{ON}", once, "份", f"= {DUE}", once == proposed.count() == DUE)
    tasks.sweep()
    figure(f"　再巡查一次新增{ON}", proposed.count() - DUE, "份", "= 0", proposed.count() == DUE)


if __name__ == "__main__":
    main()
