"""Exports made so far were about their campaign's whole place, or about less of it."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import OuterRef, Subquery


def say_the_place(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    campaign = apps.get_model("campaigns", "Campaign")
    place = campaign.objects.filter(pk=OuterRef("campaign_id")).values("place_id")
    apps.get_model("reports", "Export").objects.filter(place__isnull=True).update(place_id=Subquery(place))


class Migration(migrations.Migration):
    dependencies = [("reports", "0002_export_release"), ("campaigns", "0002_initial")]

    operations = [migrations.RunPython(say_the_place, migrations.RunPython.noop)]
