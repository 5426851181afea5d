from django.db import migrations, models


def place_in_village(apps, schema_editor):
    """A household of before stands in its village; numbering finds the group. Safe to run twice."""
    households = apps.get_model("registry", "Household").objects.using(schema_editor.connection.alias)
    households.filter(place__isnull=True).update(place=models.F("village"))


class Migration(migrations.Migration):
    dependencies = [("registry", "0003_field_work")]

    operations = [migrations.RunPython(place_in_village, migrations.RunPython.noop, elidable=True)]
