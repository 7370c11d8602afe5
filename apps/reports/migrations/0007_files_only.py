"""The columns that told of a pack's files before they were listed."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("reports", "0006_files")]
    operations = [
        migrations.RemoveField(model_name="reportrun", name="pdf_digest"),
        migrations.RemoveField(model_name="reportrun", name="json_digest"),
        migrations.RemoveField(model_name="reportrun", name="zip_digest"),
        migrations.RemoveField(model_name="reportrun", name="zip_size"),
        migrations.RemoveField(model_name="reportrun", name="pages"),
    ]
