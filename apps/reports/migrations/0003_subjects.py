"""Packs that were made before documents had subjects of other kinds are about their model version."""

from typing import Any

from django.db import migrations
from django.db.models import CharField, F, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Concat


def name_subjects(apps: Any, schema_editor: Any) -> None:
    runs = apps.get_model("reports", "ReportRun").objects.filter(subject_kind="version", subject_label="")
    versions = apps.get_model("registry", "ModelVersion").objects.filter(pk=OuterRef("version_id"))
    label = Concat(F("model__name"), Value(" v"), Cast("number", CharField()), output_field=CharField())
    runs.update(subject_id=F("version_id"), subject_label=Subquery(versions.annotate(label=label).values("label")[:1]))


class Migration(migrations.Migration):
    dependencies = [("reports", "0002_snapshots"), ("registry", "0007_removals")]
    operations = [migrations.RunPython(name_subjects, migrations.RunPython.noop)]
