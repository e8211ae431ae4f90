"""Anonymous pages from the running server: what one costs from the cache, and how soon a change shows everywhere."""

import random
import socket
import time

from django.db import connections

from quancheng.bench import at_most, database, figure, note, town
from quancheng.bench.person import Person, answered
from quancheng.bench.serving import Server, served

PAGE, CLAUSE = f"/c/{town.SLUG}/", f"/c/{town.SLUG}/clause/a5/"
ASKED = 1_000 if database.QUICK else 5_000
CHANGES = 3 if database.QUICK else 8
DOORS = 8  # fresh connections of each look, so that both web processes are asked


def main() -> None:
    """Measure."""
    with database.own():
        note("建立测量用的城市……")
        town.build()
        connections.close_all()
        with served() as server:
            _cost(server)
            _change(server)


def _ask(wire: socket.socket, path: str, etag: bytes = b"") -> tuple[bytes, bytes]:
    asked = b"GET %b HTTP/1.1\r\nHost: 127.0.0.1\r\n" % path.encode()
    wire.sendall(asked + (b"If-None-Match: %b\r\n" % etag if etag else b"Accept-Encoding: gzip\r\n") + b"\r\n")
    return answered(wire)


def _cost(server: Server) -> None:
    """Measure the CPU of the whole web process, the server's own part with it."""
    note(f"同一页面要 {ASKED} 次……")
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as wire:
        head, _ = _ask(wire, PAGE)
        etag = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"etag:")).partition(b":")[2].strip()
        for name, tag, status in (("整页", b"", b" 200 "), ("校验未变（304）", etag.replace(b"-gz", b""), b" 304 ")):
            spent = server.seconds()
            good = sum(status in _ask(wire, PAGE, tag)[0][:20] for _ in range(ASKED))
            spent = (server.seconds() - spent) / ASKED * 1000
            at_most(f"CPU：匿名页面，取自缓存，连同服务器，{name}", spent, 1, "毫秒")
            figure(f"匿名页面，{name}，应答正确的比例", good / ASKED, "", "= 1", good == ASKED)


def _change(server: Server) -> None:
    """Hand in, and look through both web processes until each shows the words, and the number of opinions."""
    note(f"提交 {CHANGES} 次，每次看两个网页进程多久显示……")
    person, chance = Person(server.port, 99), random.Random(7)
    words, numbers = [], []
    for turn in range(CHANGES):
        mark = f"改动测量{turn}"
        before = {_total(page) for page in _seen(server, PAGE)}
        _seen(server, CLAUSE)  # both pages stand fresh in the cache: the worst moment for a change
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as wire:
            if not person.say(wire, "a5", mark):
                raise SystemExit(person.fault)
        began = time.monotonic()
        said = counted = 0.0
        while not (said and counted) and time.monotonic() - began < 20:
            if not said and all(mark.encode() in page for page in _seen(server, CLAUSE)):
                said = time.monotonic() - began
            if not counted and not before & {_total(page) for page in _seen(server, PAGE)}:
                counted = time.monotonic() - began
            time.sleep(0.05)
        words.append(said or 20.0)
        numbers.append(counted or 20.0)
        time.sleep(chance.random() * 3 + 3)  # another phase of cache and worker each time
    at_most(f"改动显示在匿名页面上，{CHANGES} 次中最慢：意见原话", max(words), 5, "秒")
    at_most(f"改动显示在匿名页面上，{CHANGES} 次中最慢：收到的条数", max(numbers), 5, "秒")


def _seen(server: Server, path: str) -> list[bytes]:
    """Return the page as each of several fresh connections gets it."""
    pages = []
    for _ in range(DOORS):
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as wire:
            pages.append(_ask(wire, path, b'"none"')[1])
    return pages


def _total(page: bytes) -> bytes:
    """Return the words with the number of opinions that the page names."""
    return page.partition("已收到".encode())[2].partition("条意见".encode())[0]


if __name__ == "__main__":
    main()
