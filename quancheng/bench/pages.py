"""Pages, submissions and the import: SQL statements and CPU per request, on SQLite in this process."""

import os
import time
from collections.abc import Callable
from typing import Any
from wsgiref.util import setup_testing_defaults

import django

django.setup()

from django.conf import settings  # noqa: E402  # after Django is set up
from django.core import signing  # noqa: E402  # as above
from django.core.management import call_command  # noqa: E402  # as above
from django.db import connection  # noqa: E402  # as above
from django.test import Client  # noqa: E402  # as above
from django.test.utils import CaptureQueriesContext  # noqa: E402  # as above
from django.utils import timezone  # noqa: E402  # as above

from quancheng.bench import at_most, figure, note, town  # noqa: E402  # as above
from quancheng.consultations import acts as consultations  # noqa: E402  # as above
from quancheng.consultations import queries as consultation_queries  # noqa: E402  # as above
from quancheng.demo.city import PASSWORD  # noqa: E402  # as above
from quancheng.web.pagecache import PageCache  # noqa: E402  # as above
from quancheng.wsgi import application  # noqa: E402  # as above

ROWS = 2_000 if os.environ.get("BENCH_QUICK") else 100_000
PAGE, DESK = f"/c/{town.SLUG}/", f"/desk/consultations/{town.SLUG}/opinions/"
LISTS = ("/", "/consultations/", f"/c/{town.SLUG}/clause/a3/", "/sites/", "/moderation/")
TURNS = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")  # a transaction's frame is no statement
DESK_LISTS = (DESK, DESK + "?state=received&page=3", DESK + "?anchor=a7", "/desk/", "/desk/consultations/", "/desk/texts/")


def main() -> None:
    """Measure."""
    settings.ALLOWED_HOSTS = ["testserver"]
    note("建立测量用的城市……")
    call_command("migrate", verbosity=0)
    made = town.build()
    stranger, office = Client(), Client()
    office.post("/sign-in/", {"username": "lead", "password": PASSWORD})
    counts: dict[str, list[int]] = {}
    for rows in (1, 20, 2_000):
        made.say(rows - made.next_key)
        consultations.refresh_tallies(at=timezone.now())
        for name, asked in _asked(stranger, office).items():
            counts.setdefault(name, []).append(_statements(asked))
    for name, reach in (("征求意见页面（60 条）", 12), ("列表，最多的一个", 12), ("详情，最多的一个", 15), ("提交一条意见", 15)):
        at_most(f"SQL 语句：{name}（1、20、2000 条意见）", max(counts[name]), reach, "条")
    constant = all(len(set(found)) == 1 for name, found in counts.items())
    figure("SQL 语句与行数无关（1、20、2000 条意见）", float(constant), "", "= 1", constant)
    _import(made)
    consultations.refresh_tallies(at=timezone.now())
    at_most("CPU：征求意见页面，不用缓存", _cpu(lambda: stranger.get(PAGE)), 12, "毫秒")
    at_most("CPU：提交一条意见", _cpu(_submitter(stranger)), 10, "毫秒")
    at_most(f"CPU：意见办理列表，{ROWS} 条中的 50 条", _cpu(lambda: office.get(DESK)), 20, "毫秒")
    at_most(f"CPU：意见办理列表，按条文筛选，{ROWS} 条中", _cpu(lambda: office.get(DESK + "?anchor=a7")), 20, "毫秒")
    _cache()


def _asked(stranger: Client, office: Client) -> dict[str, list[Callable[[], Any]]]:
    """Return what each count is about: name -> requests, of which the dearest counts."""
    opinion = consultation_queries.desk_list(
        consultation_queries.consultation(town.SLUG).pk, consultation_queries.Filters(), town.people.actor_for(_lead(), timezone.localdate())
    ).rows[0]
    return {
        "征求意见页面（60 条）": [lambda: stranger.get(PAGE)],
        "列表，最多的一个": [
            *(lambda path=path: stranger.get(path) for path in LISTS),  # type: ignore[misc]  # the default binds the path
            *(lambda path=path: office.get(path) for path in DESK_LISTS),  # type: ignore[misc]  # as above
        ],
        "详情，最多的一个": [
            lambda: stranger.get(f"/r/{opinion.receipt_code}/"), lambda: office.get(f"/desk/opinions/{opinion.pk}/"),
            lambda: office.get(f"{DESK}?open={opinion.pk}"), lambda: office.get(f"/desk/consultations/{town.SLUG}/"),
        ],
        "提交一条意见": [_submitter(stranger)],
    }  # fmt: skip


def _lead() -> int:
    return int(getattr(town.people.account_named("lead"), "pk", 0))


def _statements(requests: list[Callable[[], Any]]) -> int:
    most, where = 0, ""
    for ask in requests:
        _checked(ask)  # once before, so that what a process reads only once is not counted
        with CaptureQueriesContext(connection) as seen:
            path = _checked(ask)
        count = sum(not q["sql"].startswith(TURNS) for q in seen.captured_queries)
        most, where = max((most, where), (count, path))
    note(f"{most} 条：{where}")
    return most


def _checked(ask: Callable[[], Any]) -> str:
    """Ask, refuse any answer but a good one, and return the path asked for."""
    answer = ask()
    if answer.status_code not in (200, 302, 303):
        raise SystemExit(f"{answer.status_code}: {answer.request['PATH_INFO']}")
    return str(answer.request["PATH_INFO"])


def _submitter(client: Client) -> Callable[[], Any]:
    """Return a request that hands in a new opinion each time, as the form does."""
    client.cookies["phone"] = signing.dumps("13800001111", salt="phone")
    opened = signing.dumps(int(time.time()), salt="opened")
    number = iter(range(10**9))

    def send() -> Any:
        which = next(number)
        data = {
            "body": f"第{which}次测量：充电桩要装在雨淋不着的地方，收费写清楚。", "anchor": f"a{which % 60 + 1}", "action": "submit",
            "submission_key": f"bench-{time.time_ns()}-{which:012d}", "opened": opened, "visibility": "shown",
        }  # fmt: skip
        client.cookies.pop("sent", None)
        return client.post(f"/c/{town.SLUG}/write/", data)

    return send


def _cpu(ask: Callable[[], Any], times: int = 60) -> float:
    """Return milliseconds of CPU per request, application and embedded database, the least of five runs."""
    for _ in range(5):
        _checked(ask)
    runs = []
    for _ in range(5):
        began = time.process_time()
        for _ in range(times // 5):
            ask()
        runs.append((time.process_time() - began) / (times // 5) * 1000)
    return min(runs)


def _import(made: town.Town) -> None:
    note(f"批量导入 {ROWS} 件……")
    data = town.table(ROWS)
    began, cpu = time.monotonic(), time.process_time()
    clerk = made.actors["clerk"]
    batch = consultations.check_batch(
        consultation_id=made.consultation_id, file_name="bench.csv", data=data, by=clerk, at=timezone.now()
    )
    steps: list[int] = []
    taken = consultations.import_batch(
        batch_id=batch.pk, by=clerk, at=timezone.now(), report=lambda percent, words: steps.append(percent)
    )
    spent = time.monotonic() - began
    if taken != ROWS:
        raise SystemExit(f"imported {taken} of {ROWS}")
    at_most(f"CSV 导入 {ROWS} 件，核对和入库", spent, 60, "秒")
    figure(f"CSV 导入 {ROWS} 件，CPU", time.process_time() - cpu, "秒", "", None)
    if not os.environ.get("BENCH_QUICK"):
        figure("导入过程中报告进度的次数", len(set(steps)), "次", "≥ 5", len(set(steps)) >= 5)


def _cache() -> None:
    """Measure the answer from the cache through plain WSGI, and how soon a change shows."""
    cached = PageCache(application.app if isinstance(application, PageCache) else application, seconds=3)
    status: list[str] = []
    kept: dict[str, str] = {}

    def start(code: str, headers: list[tuple[str, str]], *rest: Any) -> None:
        status[:] = [code]
        kept.update({name.lower(): value for name, value in headers})

    def ask(**extra: str) -> bytes:
        environ: dict[str, Any] = {"PATH_INFO": PAGE, "HTTP_HOST": "testserver", **extra}
        setup_testing_defaults(environ)
        return b"".join(cached(environ, start))

    ask()
    began = time.process_time()
    for _ in range(1000):
        ask()
    at_most("CPU：匿名页面，取自缓存", time.process_time() - began, 1, "毫秒")
    began = time.process_time()
    for _ in range(1000):
        ask(HTTP_IF_NONE_MATCH=kept["etag"])
    at_most("CPU：匿名页面，校验未变（304）", time.process_time() - began, 1, "毫秒")
    figure("匿名页面的校验值有效（304）", float(status[0].startswith("304")), "", "= 1", status[0].startswith("304"))
    clause, mark = f"/c/{town.SLUG}/clause/a5/", f"缓存测量{time.time_ns()}"
    environ: dict[str, Any] = {"PATH_INFO": clause, "HTTP_HOST": "testserver"}
    setup_testing_defaults(environ)
    b"".join(cached(dict(environ), start))
    consultations.submit(
        consultation_id=consultation_queries.consultation(town.SLUG).pk,
        form=consultations.Submission(
            channel="web", body=mark, anchor="a5", phone="13800002222", submission_key=f"bench-cache-{time.time_ns()}",
        ),
        by=town.Actor.public(), at=timezone.now(),
    )  # fmt: skip
    began = time.monotonic()
    while mark.encode() not in b"".join(cached(dict(environ), start)) and time.monotonic() - began < 10:
        time.sleep(0.1)
    at_most("改动显示在匿名页面上", time.monotonic() - began, 5, "秒")


if __name__ == "__main__":
    main()
