"""Pages, submissions and the import: SQL statements and CPU per request, application and database, in this process."""

import os
import time
from collections.abc import Callable
from statistics import median
from typing import Any

os.environ.setdefault("PGOPTIONS", "-c max_parallel_workers_per_gather=0")  # our backend's clock sees no helpers

from django.conf import settings  # noqa: E402  # as above
from django.core import signing  # noqa: E402  # as above
from django.db import connection  # noqa: E402  # as above
from django.test import Client  # noqa: E402  # as above
from django.test.utils import CaptureQueriesContext  # noqa: E402  # as above
from django.utils import timezone  # noqa: E402  # as above

from quancheng.bench import at_most, database, figure, note, town  # noqa: E402  # as above
from quancheng.bench.addresses import DETAILS, LISTS, Asked, not_counted, things  # noqa: E402  # as above
from quancheng.consultations import acts as consultations  # noqa: E402  # as above
from quancheng.demo.city import PASSWORD  # noqa: E402  # as above

ROWS = 2_000 if database.QUICK else 100_000
ON = "" if database.LABEL == "SQLite" else f"（{database.LABEL}）"
PAGE, DESK = f"/c/{town.SLUG}/", f"/desk/consultations/{town.SLUG}/opinions/"
TURNS = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")  # a transaction's frame is no statement
Request = Callable[[], Any]


def main() -> None:
    """Measure."""
    settings.ALLOWED_HOSTS = ["testserver"]
    with database.own() as there:
        if not there:
            note("没有连上 PostgreSQL，这一项未测；用 DATABASE_URL 指定。")
            figure("页面：PostgreSQL 未连上，未测", 0, "", "", None)
            return
        note(f"建立测量用的城市（{database.LABEL}）……")
        made = town.build()
        clients = {who: _client(who) for who in {asked.who for asked in LISTS + DETAILS}}
        _submitter(clients[""])()  # so that the list of one's own has a row
        _count(made, clients)
        _import(made)
        consultations.refresh_tallies(at=timezone.now())
        _cost(clients[""], clients["lead"])


def _client(who: str) -> Client:
    client = Client()
    if who:
        client.post("/sign-in/", {"username": who, "password": PASSWORD})
    else:
        client.cookies["phone"] = signing.dumps("13800001111", salt="phone")
    return client


def _count(made: town.Town, clients: dict[str, Client]) -> None:
    """Count the statements of every page with 1, 20 and 2,000 opinions."""
    most: dict[str, list[int]] = {}
    known: dict[str, str | int] = {}
    for rows in (1, 20, 2_000):
        made.say(rows - made.next_key)
        consultations.refresh_tallies(at=timezone.now())
        known = known or things(made)
        requests = [
            (f"{kind} {asked.who or '群众'} {asked.path(known)}", _getter(clients[asked.who], asked, known))
            for kind, pages in (("列表", LISTS), ("详情", DETAILS)) for asked in pages
        ]  # fmt: skip
        for name, request in [*requests, ("提交 群众 write/", _submitter(clients[""]))]:
            most.setdefault(name, []).append(_statements(request, name))
    at_most(f"SQL 语句：征求意见页面（60 条）{ON}", max(most[f"详情 群众 {PAGE}"]), 12, "条")
    for kind, reach in (("列表", 12), ("详情", 15), ("提交", 15)):
        chosen = {path: max(counts) for path, counts in most.items() if path.startswith(kind)}
        dearest = max(chosen, key=lambda path: chosen[path])
        note(f"{kind}共 {len(chosen)} 种，最多：{dearest.partition(' ')[2]}")
        at_most(f"SQL 语句：{kind}，{len(chosen)} 种中最多的{ON}", chosen[dearest], reach, "条")
    left = not_counted()
    note(f"没有计入的页面：{'、'.join(left) or '无'}")
    figure(f"没有计入 SQL 语句数的页面{ON}", len(left), "种", "", None)
    varying = {path: counts for path, counts in most.items() if len(set(counts)) > 1}
    for path, counts in varying.items():
        note(f"语句数随行数变化：{path} {counts}")
    same = 1 - len(varying) / len(most)
    figure(f"SQL 语句数在 1、20、2000 条意见时相同的页面{ON}", same, "", "= 1", not varying)


def _getter(client: Client, asked: Asked, known: dict[str, str | int]) -> Request:
    return lambda: client.get(asked.path(known))


def _statements(request: Request, path: str) -> int:
    _checked(request, path)  # once before, so that what a process reads only once is not counted
    with CaptureQueriesContext(connection) as seen:
        _checked(request, path)
    return sum(not query["sql"].startswith(TURNS) for query in seen.captured_queries)


def _checked(request: Request, path: str) -> None:
    """Ask, and refuse any answer but a good one: a refusal would be cheap."""
    status = request().status_code
    if status not in (200, 303):
        raise SystemExit(f"{status}: {path}")


def _submitter(client: Client) -> Request:
    """Return a request that hands in a new opinion each time, as the form does."""
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


def _import(made: town.Town) -> None:
    note(f"批量导入 {ROWS} 件……")
    data, clerk = town.table(ROWS), made.actors["clerk"]
    began, cpu = time.monotonic(), time.process_time()
    batch = consultations.check_batch(
        consultation_id=made.consultation_id, file_name="bench.csv", data=data, by=clerk, at=timezone.now()
    )
    steps: list[int] = []
    taken = consultations.import_batch(
        batch_id=batch.pk, by=clerk, at=timezone.now(), report=lambda percent, words: steps.append(percent)
    )
    spent, cpu = time.monotonic() - began, time.process_time() - cpu
    if taken != ROWS:
        raise SystemExit(f"imported {taken} of {ROWS}")
    _reached(f"CSV 导入 {ROWS} 件，核对和入库{ON}", spent, 60, "秒")
    figure(f"CSV 导入 {ROWS} 件，应用 CPU{ON}", cpu, "秒", "", None)
    figure(f"CSV 导入 {ROWS} 件，报告进度的次数{ON}", len(set(steps)), "次", "≥ 5", len(set(steps)) >= 5)


def _reached(name: str, value: float, most: float, unit: str) -> None:
    """Hand over a figure that counts at full size only."""
    if database.QUICK:
        figure(name, value, unit, "", None)
    else:
        at_most(name, value, most, unit)


def _cost(stranger: Client, office: Client) -> None:
    """Measure CPU per request. The cache stands in front of Django, so these requests pass it by."""
    at_most(f"CPU：征求意见页面（60 条），不用缓存{ON}", _cpu(lambda: stranger.get(PAGE), PAGE), 12, "毫秒")
    at_most(f"CPU：提交一条意见{ON}", _cpu(_submitter(stranger), "write/"), 10, "毫秒")
    for words, query in (
        ("", ""), ("，按条文筛选", "?anchor=a7"), ("，条文加状态", "?anchor=a7&state=received"),
        ("，按条文排序，中间一页", f"?sort=clause&page={ROWS // 100}"),
    ):  # fmt: skip
        _reached(f"CPU：意见办理列表，{ROWS} 条中的 50 条{words}{ON}", _cpu(lambda q=query: office.get(DESK + q), query), 20, "毫秒")  # type: ignore[misc]  # the default binds the query
    slow = _cpu(lambda: office.get(DESK + "?q=充电桩"), "?q=", times=20)
    figure(f"CPU：在 {ROWS} 条的文字里查找{ON}", slow, "毫秒", "", None)


def _cpu(request: Request, path: str, times: int = 60) -> float:
    """Return milliseconds of CPU per request, application and database: the least of five runs, as neighbours disturb."""
    for _ in range(5):
        _checked(request, path)
    clock, runs = database.backend_clock(), []
    for _ in range(5):
        began = time.process_time() + database.backend_seconds(clock)
        for _ in range(times // 5):
            request()
        runs.append((time.process_time() + database.backend_seconds(clock) - began) / (times // 5) * 1000)
    note(f"{path}：五轮中最少 {min(runs):.1f}，居中 {median(runs):.1f} 毫秒{'' if clock or not database.SERVER else '（只计应用）'}")
    return min(runs)


if __name__ == "__main__":
    main()
