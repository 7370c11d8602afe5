"""The database lets an entry go once it stands in an archived segment, and refuses every other change as before."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from apps.audit.rules import archive_guard_statements, guard_statements, unguard_statements


def guard(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in archive_guard_statements(schema_editor.connection.vendor):
        schema_editor.execute(statement)


def guard_as_before(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    vendor = schema_editor.connection.vendor
    for statement in [*unguard_statements(vendor), *guard_statements(vendor)]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_checkpoints_and_segments")]
    operations = [migrations.RunPython(guard, guard_as_before)]
