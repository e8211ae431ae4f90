"""The database that a part measures in, its own: importing this module sets Django up on it.

Without BENCH_SERVER it is SQLite in the temporary folder; with it, a database made for this run on that PostgreSQL.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import django
import psycopg
from django.core.management import call_command
from django.db import connection, connections

SERVER = os.environ.get("BENCH_SERVER", "")
LABEL = "PostgreSQL" if SERVER else "SQLite"
NAME = f"quancheng_bench_{os.getpid()}"
QUICK = bool(os.environ.get("BENCH_QUICK"))

if SERVER:  # before Django reads its settings
    os.environ["DATABASE_URL"] = urlunsplit(urlsplit(SERVER)._replace(path=f"/{NAME}"))
django.setup()


@contextmanager
def own() -> Iterator[bool]:
    """Make the database with its tables, and drop it afterwards; False when no server answers."""
    if not SERVER:
        call_command("migrate", verbosity=0)
        yield True
        return
    try:
        with psycopg.connect(SERVER, autocommit=True, connect_timeout=3) as server:
            server.execute(f'CREATE DATABASE "{NAME}"')
    except psycopg.OperationalError:
        yield False
        return
    try:
        call_command("migrate", verbosity=0)
        yield True
    finally:
        connections.close_all()
        with psycopg.connect(SERVER, autocommit=True) as server:
            server.execute(f'DROP DATABASE IF EXISTS "{NAME}" WITH (FORCE)')


def backend_clock() -> Path | None:
    """Return the file that says how long our PostgreSQL backend has computed; None on SQLite or on another host."""
    if not SERVER:
        return None
    connection.ensure_connection()
    clock = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    try:
        owner = clock.with_name("cmdline").read_bytes()
    except OSError:
        return None
    return clock if NAME.encode() in owner else None


def backend_seconds(clock: Path | None) -> float:
    """Return the CPU seconds of the backend so far; 0 without one (SQLite computes inside our process)."""
    return int(clock.read_text().split()[0]) / 1e9 if clock else 0.0
