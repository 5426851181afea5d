import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0006_codes_by_clerks"), ("reports", "0003_export_places")]

    operations = [
        migrations.AlterField(
            model_name="export",
            name="layout",
            field=models.CharField(max_length=20, verbose_name="名单"),
        ),
        migrations.AlterField(
            model_name="export",
            name="place",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.place"
            ),
        ),
    ]
