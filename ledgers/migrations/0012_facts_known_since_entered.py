from django.db import migrations
from django.db.models import OuterRef, Subquery


def known_since_entered(apps, schema_editor):
    """Rows of before the history are known since their entry, not since this migration."""
    entry = apps.get_model("registry", "Entry")
    at = Subquery(entry.objects.filter(pk=OuterRef("entry_id")).values("at")[:1])
    for name in ("Reason", "Statement", "Exemption"):
        apps.get_model("ledgers", name).objects.update(known_at=at)


class Migration(migrations.Migration):
    dependencies = [
        ("ledgers", "0011_more_of_what_was_known"),
        ("registry", "0011_members_known_since_entered"),
    ]

    operations = [migrations.RunPython(known_since_entered, migrations.RunPython.noop)]
