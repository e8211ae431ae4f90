"""The database itself refuses to change or remove what the ledger holds (S13)."""

from django.db import migrations

TABLES = ("ledger_entry", "ledger_node", "ledger_checkpoint")
SQLITE = [
    """CREATE TRIGGER ledger_entry_fixed BEFORE UPDATE ON ledger_entry
       WHEN OLD.leaf_index IS NOT NULL OR NEW.id <> OLD.id OR NEW.kind <> OLD.kind OR NEW.at <> OLD.at
         OR NEW.organ <> OLD.organ OR NEW.subject <> OLD.subject OR NEW.digest <> OLD.digest OR NEW.detail <> OLD.detail
       BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
    *(
        f"CREATE TRIGGER {table}_fixed BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
        for table in TABLES[1:]
    ),
    *(
        f"CREATE TRIGGER {table}_kept BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
        for table in TABLES
    ),
]
POSTGRESQL = [
    """CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$""",
    """CREATE TRIGGER ledger_entry_fixed BEFORE UPDATE ON ledger_entry FOR EACH ROW
       WHEN (OLD.leaf_index IS NOT NULL OR
             (NEW.id, NEW.kind, NEW.at, NEW.organ, NEW.subject, NEW.digest, NEW.detail)
             IS DISTINCT FROM (OLD.id, OLD.kind, OLD.at, OLD.organ, OLD.subject, OLD.digest, OLD.detail))
       EXECUTE FUNCTION ledger_refuse()""",
    *(
        f"CREATE TRIGGER {table}_fixed BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION ledger_refuse()"
        for table in TABLES[1:]
    ),
    *(
        f"CREATE TRIGGER {table}_kept BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION ledger_refuse()"
        for table in TABLES
    ),
]


def guard(apps, schema_editor):
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement.replace("%", "%%"))


def release(apps, schema_editor):
    sqlite = schema_editor.connection.vendor == "sqlite"
    for table in TABLES:
        for name in (f"{table}_fixed", f"{table}_kept"):
            schema_editor.execute(f"DROP TRIGGER {name}" + ("" if sqlite else f" ON {table}"))
    if not sqlite:
        schema_editor.execute("DROP FUNCTION ledger_refuse()")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunPython(guard, release)]
