"""Writing rows by the hundred thousand: prepared before the transaction, so that it is short (SQLite has one writer)."""

from collections.abc import Sequence
from typing import Any

from django.db import connection, models


def columns(model: type[models.Model]) -> list[Any]:
    """Return the columns that are written, without the key that the database gives."""
    return [field for field in model._meta.concrete_fields if not field.primary_key]


def prepared(fields: list[Any], rows: Sequence[models.Model]) -> list[tuple[object, ...]]:
    """Return objects not yet saved as tuples that the database takes; equal values are converted once."""
    known: dict[tuple[int, object], object] = {}
    made: list[tuple[object, ...]] = []
    for row in rows:
        values: list[object] = []
        for place, field in enumerate(fields):
            value = getattr(row, field.attname)
            if type(value) is str:  # most columns; a text needs no conversion
                values.append(value)
                continue
            key = (place, value)
            if key not in known:
                known[key] = field.get_db_prep_save(value, connection)
            values.append(known[key])
        made.append(tuple(values))
    return made


def insert(model: type[models.Model], rows: list[Any]) -> None:
    """Insert prepared rows, all columns of `columns` in order, in the caller's transaction."""
    quote = connection.ops.quote_name
    names = [quote(field.column or "") for field in columns(model)]
    places = ", ".join(["%s"] * len(names))
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(names)}) VALUES ({places})", rows)  # noqa: S608  # names of our own columns
