"""Submissions under load: sixteen people at once, two web processes and the worker, each answer a durable opinion."""

import threading

from django.db import connections

from quancheng.bench import at_least, database, figure, note, town
from quancheng.bench.person import Person
from quancheng.bench.serving import served
from quancheng.consultations import queries as consultations

CLIENTS, WARM = 16, 1.0
SECONDS = 4.0 if database.QUICK else 12.0
REACH = {"SQLite": 150, "PostgreSQL": 250}


def main() -> None:
    """Measure on SQLite, or on the server that BENCH_SERVER names."""
    with database.own() as there:
        if there:
            _measure()
        else:
            note("没有连上 PostgreSQL，这一项未测；用 DATABASE_URL 指定。")
            figure("提交：PostgreSQL 未连上，未测", 0, "条/秒", "", None)


def _measure() -> None:
    label = database.LABEL
    note(f"建立测量用的城市（{label}）……")
    made = town.build()
    before = _stored(made.consultation_id)
    connections.close_all()
    with served() as server:
        note(f"{CLIENTS} 个人同时提交 {SECONDS:.0f} 秒……")
        people = [Person(server.port, number) for number in range(CLIENTS)]
        threads = [threading.Thread(target=person.run, args=(WARM, SECONDS)) for person in people]
        spent = server.seconds()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        spent = server.seconds() - spent
    faults = [person.fault for person in people if person.fault]
    if faults:
        raise SystemExit(faults[0])
    told = sum(person.told for person in people)
    stored = _stored(made.consultation_id) - before
    rate = sum(person.timed for person in people) / SECONDS
    at_least(f"提交：{label}，16 人同时、2 个网页进程", rate, REACH[label], "条/秒")
    figure(f"提交：{label}，告知收到的都在库里", float(stored == told), "", "= 1", stored == told)
    waits = sorted(wait for person in people for wait in person.waits)
    figure(f"提交：{label}，95% 的人等候不超过", waits[len(waits) * 95 // 100] * 1000, "毫秒", "", None)
    figure(f"提交：{label}，网页进程每条 CPU", spent / told * 1000, "毫秒", "", None)


def _stored(consultation_id: int) -> int:
    """Return how many opinions the database holds, counted now."""
    return sum(consultations.report_figures(consultation_id)["channel"].values())


if __name__ == "__main__":
    main()
