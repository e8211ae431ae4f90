"""`migrate`, that lays an empty database at once.

Step by step, a new database passes through every shape that the tables ever had: half a minute of work for nothing, in
each test process and at each first start. Here an empty one gets the tables as they are today, our own steps in Python
(the ledger's triggers), and a note that every migration has been applied. A database that holds anything goes the common
way. tests/house/test_migrations.py holds the two ways against each other.
"""

from typing import Any

from django.apps import apps
from django.core.management.commands import migrate
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import RunPython
from django.db.migrations.recorder import MigrationRecorder

NOTES = "django_migrations"


def is_empty(connection: BaseDatabaseWrapper) -> bool:
    """Tell whether the database holds no table, but perhaps the empty one of the notes."""
    return set(connection.introspection.table_names()) <= {NOTES} and not MigrationRecorder(connection).applied_migrations()


def lay(connection: BaseDatabaseWrapper) -> None:
    """Make all tables of today in one transaction and note every migration as applied."""
    loader, notes = MigrationLoader(connection), MigrationRecorder(connection)
    order: dict[tuple[str, str], None] = {}
    for leaf in loader.graph.leaf_nodes():
        order.update(dict.fromkeys(loader.graph.forwards_plan(leaf)))
    notes.ensure_schema()
    with connection.schema_editor() as editor:
        for model in apps.get_models():
            if model._meta.can_migrate(connection) and not model._meta.swapped:
                editor.create_model(model)
        for node in order:
            migration = loader.graph.nodes[node]
            if migration.__module__.startswith("quancheng."):
                for operation in migration.operations:
                    if isinstance(operation, RunPython):
                        operation.code(apps, editor)  # type: ignore[arg-type]  # the tables of today stand in for those of the step
            notes.record_applied(*node)


class Command(migrate.Command):
    """Django's `migrate`; see the head of the module."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Lay an empty database at once; whatever is asked else, or is left to do, is Django's."""
        connection = connections[options["database"]]
        plain = not (options["app_label"] or options["migration_name"] or options["fake"] or options["plan"])
        if plain and not options["check_unapplied"] and is_empty(connection):
            lay(connection)
        super().handle(*args, **options)
