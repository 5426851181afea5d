"""A report as issued is kept as it is in the database too: whoever may write rows cannot alter one."""

from django.db import migrations

TABLES = ("reports_issue", "reports_issuefile")
# SQLite drops a table's triggers when a later migration rebuilds the table: make them again there.
SQLITE = (
    "CREATE TRIGGER {table}_kept BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, 'an issued report is kept'); END"
)
FUNCTION = (
    "CREATE FUNCTION issue_kept() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'an issued report is kept'; END $$"
)
POSTGRESQL = "CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION issue_kept()"


def add(apps, schema_editor):
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    if not is_sqlite:
        schema_editor.execute(FUNCTION)
    for table in TABLES:
        schema_editor.execute((SQLITE if is_sqlite else POSTGRESQL).format(table=table))


def remove(apps, schema_editor):
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for table in TABLES:
        schema_editor.execute(f"DROP TRIGGER {table}_kept" if is_sqlite else f"DROP TRIGGER {table}_kept ON {table}")
    if not is_sqlite:
        schema_editor.execute("DROP FUNCTION issue_kept()")


class Migration(migrations.Migration):
    dependencies = [("reports", "0006_briefings")]
    operations = [migrations.RunPython(add, remove)]
