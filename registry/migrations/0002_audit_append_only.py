"""The trail is append-only in the database too: whoever may write rows cannot alter one (access.md)."""

from django.db import migrations

# SQLite drops a table's triggers when a later migration rebuilds the table: make them again there.
SQLITE = (
    "CREATE TRIGGER audit_append_only BEFORE UPDATE ON registry_auditentry "
    "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END",
)
POSTGRESQL = (
    "CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$",
    "CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON registry_auditentry "
    "FOR EACH ROW EXECUTE FUNCTION audit_append_only()",
)
UNDO = {
    "sqlite": ("DROP TRIGGER audit_append_only",),
    "postgresql": ("DROP TRIGGER audit_append_only ON registry_auditentry", "DROP FUNCTION audit_append_only()"),
}


def add(apps, schema_editor):
    _run(schema_editor, {"sqlite": SQLITE, "postgresql": POSTGRESQL})


def remove(apps, schema_editor):
    _run(schema_editor, UNDO)


def _run(schema_editor, statements):
    for statement in statements[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_initial")]
    operations = [migrations.RunPython(add, remove)]
