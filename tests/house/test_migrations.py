"""A database laid at once is the one that comes of all migrations, step by step."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.commands.migrate import Command as Stepwise
from django.db import connection, connections

from quancheng.procedures.management.commands.migrate import is_empty


def shape(path: Path) -> dict[str, Any]:
    """Tables with columns, keys and indexes, triggers, and the migrations noted, whatever their order."""
    file = sqlite3.connect(path)
    ask = lambda words: file.execute(words).fetchall()  # noqa: E731  # three words, used below only
    found: dict[str, Any] = {"triggers": sorted(ask("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'"))}
    for (table,) in ask("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"):
        columns = sorted(row[1:] for row in ask(f"PRAGMA table_info({table})"))
        indexes = []
        for _, name, unique, origin, partial in ask(f"PRAGMA index_list({table})"):
            named = "" if name.startswith("sqlite_autoindex") else name
            indexes.append((named, unique, origin, partial, [row[2] for row in ask(f"PRAGMA index_info({name})")]))
        keys = sorted(row[2:] for row in ask(f"PRAGMA foreign_key_list({table})"))
        found[table] = (columns, sorted(indexes), keys)
    found["applied"] = sorted(ask("SELECT app, name FROM django_migrations"))
    file.close()
    return found


@pytest.fixture
def other(tmp_path: Path, django_db_blocker: Any) -> Any:
    """A function that names a new, empty SQLite database and returns its alias and path."""
    made = []

    def make(name: str) -> Path:
        path = tmp_path / f"{name}.sqlite3"
        connections.databases[name] = {**connections.databases["default"], "NAME": path, "TEST": {}}
        made.append(name)
        return path

    with django_db_blocker.unblock():
        yield make
        for name in made:
            connections[name].close()
            del connections[name]
            del connections.databases[name]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the words read here are SQLite's; the steps are the same")
def test_laid_at_once_is_what_the_steps_make(other: Any) -> None:
    quick, slow = other("quick"), other("slow")
    call_command("migrate", database="quick", verbosity=0, interactive=False)
    call_command(Stepwise(), database="slow", verbosity=0, interactive=False, skip_checks=True)
    assert shape(quick) == shape(slow)
    assert len(shape(quick)["triggers"]) > 0
    assert not is_empty(connections["quick"])
