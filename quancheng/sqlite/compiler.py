"""Django's compilers, with the words of an insert of one row kept: they are the same for every row of a table."""

from typing import Any

from django.db.models.sql import compiler
from django.db.models.sql.compiler import (
    SQLAggregateCompiler,
    SQLCompiler,
    SQLDeleteCompiler,
    SQLUpdateCompiler,
)

__all__ = ["SQLAggregateCompiler", "SQLCompiler", "SQLDeleteCompiler", "SQLInsertCompiler", "SQLUpdateCompiler"]

_WORDS: dict[tuple[str, ...], str] = {}


class SQLInsertCompiler(compiler.SQLInsertCompiler):
    """Writes the insert of one row of plain values in the words that the table's first such row got from Django."""

    def as_sql(self) -> Any:  # type: ignore[override]  # an insert's is a list, which the stubs leave out
        """Return the statement with its values."""
        query: Any = self.query
        if len(query.objs) != 1 or query.on_conflict or query.raw or not query.fields:
            return super().as_sql()
        returned = [field.column for field in self.returning_fields or ()]
        key = (query.get_meta().db_table, *(field.column for field in query.fields), "", *returned)
        words = _WORDS.get(key)
        if words is None:
            (statement,) = made = super().as_sql()
            if statement[0].count("%s") == len(query.fields) == len(statement[1]):
                _WORDS[key] = statement[0]
            return made
        row = [field.pre_save(query.objs[0], add=True) for field in query.fields]
        if any(hasattr(value, "resolve_expression") for value in row):
            return super().as_sql()
        self.returning_params = ()
        ready = zip(query.fields, row, strict=True)
        return [(words, tuple(field.get_db_prep_save(value, connection=self.connection) for field, value in ready))]
