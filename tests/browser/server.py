"""A server as in production: a process group of its own, with a data folder and a database of its own."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit, urlunsplit

from tests.browser.laws import ROOT

BUILD = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0, interactive=False)
from tests.browser import town
print(town.build().consultation().slug)
"""


class Server:
    """`quancheng serve` on a free port; `kill` ends it as a power cut would."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "log"
        self._made = ""
        database = self._own_database(folder.name)
        self.environment = {**os.environ, "QUANCHENG_DATA": str(folder), "QUANCHENG_DEMO": "1", "QUANCHENG_URL": self.url}
        self.environment |= {"DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "quancheng.settings"}
        self.process: subprocess.Popen[bytes] | None = None

    def _own_database(self, name: str) -> str:
        """Return the address of a new database on the PostgreSQL server of the tests; '' where they use SQLite."""
        url = os.environ.get("DATABASE_URL", "")
        if not url:
            return ""
        self._made = re.sub(r"\W", "_", f"quancheng_{name}_{os.getpid()}")
        self._on_server(f'CREATE DATABASE "{self._made}"')
        return urlunsplit(urlsplit(url)._replace(path="/" + self._made))

    def _on_server(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
            connection.execute(statement)

    def run(self, *words: str) -> str:
        """Run Python with these arguments beside the server; return what it printed."""
        done = subprocess.run(
            [sys.executable, *words], cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, text=True, check=True
        )
        return done.stdout.strip()

    def quancheng(self, *words: str) -> str:
        """Run a command of the command line on the server's database."""
        return self.run("-m", "quancheng.cli", *words)

    def start(self) -> None:
        """Start the server and wait until it answers."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "quancheng.cli", "serve", "--port", str(self.port)], cwd=ROOT,
                env=self.environment, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        for _ in range(300):
            with suppress(URLError, ConnectionError, TimeoutError):
                urllib.request.urlopen(self.url + "/healthz", timeout=5).close()
                return
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.1)
        raise AssertionError(self.log.read_text())

    def kill(self) -> None:
        """Kill every process of the server at once; none gets to say goodbye."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def remove(self) -> None:
        """Kill the server, and drop the database that was made for it."""
        self.kill()
        if self._made:
            self._on_server(f'DROP DATABASE "{self._made}" WITH (FORCE)')
