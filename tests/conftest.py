"""For every test: the markers by folder, and what playwright's loop asks of Django."""

import os
from pathlib import Path
from typing import Any

import pytest

# Playwright's synchronous interface runs an event loop in the test's thread; Django would refuse its ORM there.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

ROOT = Path(__file__).resolve().parent.parent


LONGEST = "test_the_city_at_its_full_size"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    browser = ROOT / "tests" / "browser"
    for item in items:
        if browser in item.path.parents:
            item.add_marker("browser")
    items.sort(key=lambda item: item.name != LONGEST)  # one worker begins with it, the other need not wait at the end


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Lay the shipped table of areas once under all tests; no flush takes it away, see `areas_outlive_a_flush`."""
    from django.utils import timezone

    from quancheng.people import acts

    with django_db_blocker.unblock():
        acts.import_areas(at=timezone.now())


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the checkout."""
    return ROOT


@pytest.fixture(scope="session", autouse=True)
def flush_past_the_ledger_guard() -> None:
    """Let Django empty the SQLite tables between live-server tests: its DELETE would meet the append-only triggers.

    PostgreSQL empties tables by TRUNCATE, which row triggers do not see. The triggers come back after each flush.
    """
    from django.db.backends.sqlite3.base import DatabaseWrapper

    DatabaseOperations = DatabaseWrapper.ops_class

    plain = DatabaseOperations.execute_sql_flush

    def flush(self: Any, sql_list: list[str]) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'ledger_%'")
            triggers = cursor.fetchall()
            for name, _ in triggers:
                cursor.execute(f"DROP TRIGGER {name}")
        plain(self, sql_list)
        with self.connection.cursor() as cursor:
            for _, sql in triggers:
                cursor.execute(sql)

    DatabaseOperations.execute_sql_flush = flush


@pytest.fixture(scope="session", autouse=True)
def areas_outlive_a_flush() -> None:
    """Leave the shipped areas where they are when live-server tests empty the tables: loading them anew took half a test."""
    from django.db import connection

    kind = type(connection.ops)
    plain = kind.sql_flush

    def sql_flush(self: Any, style: Any, tables: list[str], **options: Any) -> list[str]:
        return plain(self, style, [table for table in tables if table != "people_area"], **options)

    kind.sql_flush = sql_flush
