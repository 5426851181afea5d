"""Stored figures say what is ahead of each place from now on: what was counted before is counted anew."""

from django.db import migrations


def mark_stale(apps, schema_editor):
    apps.get_model("reports", "Figure").objects.filter(is_stale=False).update(is_stale=True)


class Migration(migrations.Migration):
    dependencies = [("reports", "0008_api_tokens")]

    operations = [migrations.RunPython(mark_stale, migrations.RunPython.noop)]
