from django.db import migrations
from django.db.models import OuterRef, Subquery


def known_since_entered(apps, schema_editor):
    """Rows of before the history are known since their entry, not since this migration."""
    membership, entry = apps.get_model("registry", "Membership"), apps.get_model("registry", "Entry")
    membership.objects.update(known_at=Subquery(entry.objects.filter(pk=OuterRef("entry_id")).values("at")[:1]))


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0010_more_of_what_was_known"),
    ]

    operations = [migrations.RunPython(known_since_entered, migrations.RunPython.noop)]
