"""Submissions under load: sixteen people at once, two web processes and the worker, each answer a durable opinion."""

import os
import secrets
import socket
import subprocess  # noqa: S404  # starts our own server
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode, urlsplit, urlunsplit

import psycopg

SERVER = os.environ.get("BENCH_SERVER", "")
if SERVER:  # before Django reads its settings: a database of our own on the server
    NAME = f"quancheng_bench_{os.getpid()}"
    os.environ["DATABASE_URL"] = urlunsplit(urlsplit(SERVER)._replace(path=f"/{NAME}"))

import django  # noqa: E402  # as above

CLIENTS, WARM = 16, 1.0
SECONDS = 4.0 if os.environ.get("BENCH_QUICK") else 12.0


def main() -> None:
    """Measure on SQLite, or on the server that BENCH_SERVER names."""
    if not SERVER:
        _measure("SQLite", 150)
        return
    try:
        with psycopg.connect(SERVER, autocommit=True, connect_timeout=3) as server:
            server.execute(f'CREATE DATABASE "{NAME}"')
    except psycopg.OperationalError:
        _unreached()
        return
    try:
        _measure("PostgreSQL", 250)
    finally:
        with psycopg.connect(SERVER, autocommit=True) as server:
            server.execute(f'DROP DATABASE IF EXISTS "{NAME}" WITH (FORCE)')


def _unreached() -> None:
    from quancheng.bench import figure, note  # noqa: PLC0415  # the package needs Django's settings in place

    note("没有连上 PostgreSQL，这一项未测；用 DATABASE_URL 指定。")
    figure("提交：PostgreSQL 未连上，未测", 0, "条/秒", "", None)


def _measure(label: str, least: float) -> None:
    django.setup()
    from django.core.management import call_command  # noqa: PLC0415  # after Django is set up
    from django.db import connections  # noqa: PLC0415  # as above

    from quancheng.bench import at_least, figure, note, town  # noqa: PLC0415  # as above

    note(f"建立测量用的城市（{label}）……")
    call_command("migrate", verbosity=0)
    made = town.build()
    before = _stored(made.consultation_id)
    connections.close_all()
    with _served() as port:
        note(f"{CLIENTS} 个人同时提交 {SECONDS:.0f} 秒……")
        people = [_Person(port, number) for number in range(CLIENTS)]
        threads = [threading.Thread(target=person.run) for person in people]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    faults = [person.fault for person in people if person.fault]
    if faults:
        raise SystemExit(faults[0])
    told = sum(person.told for person in people)
    stored = _stored(made.consultation_id) - before
    at_least(f"提交：{label}，16 人同时、2 个网页进程", sum(p.timed for p in people) / SECONDS, least, "条/秒")
    figure(f"提交：{label}，告知收到的都在库里", float(stored == told), "", "= 1", stored == told)
    waits = sorted(wait for person in people for wait in person.waits)
    figure(f"提交：{label}，95% 的人等候不超过", waits[len(waits) * 95 // 100] * 1000, "毫秒", "", None)


def _stored(consultation_id: int) -> int:
    from quancheng.consultations import queries  # noqa: PLC0415  # after Django is set up

    return sum(queries.report_figures(consultation_id)["channel"].values())


class _Person:
    """One who hands in opinions one after another over one connection, as a browser does."""

    def __init__(self, port: int, number: int) -> None:
        from django.core import signing  # noqa: PLC0415  # after Django is set up

        self.port, self.number, self.told, self.timed, self.fault = port, number, 0, 0, ""
        self.waits: list[float] = []
        self.token = secrets.token_hex(16)
        self.opened = signing.dumps(int(time.time()), salt="opened")
        self.cookie = f"csrftoken={self.token}; phone={signing.dumps(f'1370000{number:04d}', salt='phone')}"

    def run(self) -> None:
        """Hand in until the time is over; what was answered is counted, the warm-up apart."""
        began = time.monotonic()
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as wire:
            while (since := time.monotonic() - began) < WARM + SECONDS:
                wire.sendall(self._request())
                answer = self._answer(wire)
                if b" 302 " not in answer[:20] and b" 303 " not in answer[:20]:
                    self.fault = answer[:300].decode(errors="replace")
                    return
                self.told += 1
                if since > WARM:
                    self.timed += 1
                    self.waits.append(time.monotonic() - began - since)

    def _request(self) -> bytes:
        which = self.told
        body = urlencode(
            {
                "csrfmiddlewaretoken": self.token, "action": "submit", "visibility": "shown", "opened": self.opened,
                "anchor": f"a{which % 60 + 1}", "submission_key": secrets.token_urlsafe(24),
                "body": f"{self.number}号第{which}次：充电桩要装在雨淋不着的地方，收费写清楚。",
            }
        ).encode()  # fmt: skip
        head = (
            f"POST /c/bench/write/ HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nCookie: {self.cookie}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    def _answer(self, wire: socket.socket) -> bytes:
        data = b""
        while b"\r\n\r\n" not in data:
            if not (more := wire.recv(65536)):
                return data
            data += more
        head, _, rest = data.partition(b"\r\n\r\n")
        if b"transfer-encoding: chunked" in head.lower():
            while not rest.endswith(b"0\r\n\r\n"):
                rest += wire.recv(65536)
            return head
        fields = (line.partition(b":") for line in head.lower().split(b"\r\n"))
        length = next((int(value) for name, _, value in fields if name == b"content-length"), 0)
        while len(rest) < length:
            rest += wire.recv(65536)
        return head


@contextmanager
def _served() -> Iterator[int]:
    """Run the real server with two web processes, and the worker, on a spare port."""
    with socket.socket() as spare:
        spare.bind(("127.0.0.1", 0))
        port = int(spare.getsockname()[1])
    command = [sys.executable, "-m", "quancheng.cli"]
    running = [
        subprocess.Popen([*command, "serve", "--port", str(port), "--workers", "2"], stdout=subprocess.DEVNULL),  # noqa: S603  # our own command
    ]
    if SERVER:
        running.append(subprocess.Popen([*command, "worker", "--with-parent"]))  # noqa: S603  # as above
    try:
        _wait_for(port)
        yield port
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(timeout=20)


def _wait_for(port: int) -> None:
    for _ in range(150):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            time.sleep(1)
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the server did not come up")


if __name__ == "__main__":
    main()
