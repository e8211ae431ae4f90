"""The real server, as `quancheng serve --workers 2` runs it, with the worker; and what its web processes compute."""

import os
import socket
import subprocess  # noqa: S404  # starts our own server
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from quancheng.bench import database

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Server:
    """A running server: its port, and the process that started the web processes."""

    port: int
    pid: int

    def seconds(self) -> float:
        """Return the CPU seconds of the web processes so far, in steps of a hundredth; the worker is left out."""
        spent = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
                worker = b"worker\0" in stat.with_name("cmdline").read_bytes()
            except OSError:  # it ended meanwhile
                continue
            if self.pid in (int(stat.parent.name), int(fields[1])) and not worker:
                spent += int(fields[11]) + int(fields[12])
        return spent / TICKS


@contextmanager
def served() -> Iterator[Server]:
    """Run the server with two web processes, and the worker, on a spare port. Raises SystemExit."""
    with socket.socket() as spare:
        spare.bind(("127.0.0.1", 0))
        port = int(spare.getsockname()[1])
    command = [sys.executable, "-m", "quancheng.cli"]
    running = [
        subprocess.Popen([*command, "serve", "--port", str(port), "--workers", "2"], stdout=subprocess.DEVNULL),  # noqa: S603  # our own command
    ]
    if database.SERVER:  # on SQLite the server starts it
        running.append(subprocess.Popen([*command, "worker", "--with-parent"]))  # noqa: S603  # as above
    try:
        _wait_for(port)
        yield Server(port, running[0].pid)
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
