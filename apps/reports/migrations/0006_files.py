"""Packs list their files as every document does, and sealed packs are the audit packs from now on."""

from typing import Any

from django.db import migrations

COUNTED = ("total", "filled", "partly", "not_applicable", "missing")


def list_files(apps: Any, schema_editor: Any) -> None:
    runs = apps.get_model("reports", "ReportRun").objects
    for run in runs.filter(document="audit-pack").exclude(zip_digest="").iterator(100):
        told = {
            "pdf": (run.pdf_digest, None, run.pages),
            "json": (run.json_digest, None, None),
            "zip": (run.zip_digest, run.zip_size, None),
        }
        run.files = [
            {"form": form, "digest": digest, "size": size, "pages": pages}
            for form, (digest, size, pages) in told.items()
            if digest
        ]
        _name_files(run)


def rename_packs(apps: Any, schema_editor: Any) -> None:
    runs = apps.get_model("reports", "ReportRun").objects
    for run in runs.filter(document="sealed-pack").iterator(100):
        run.document = "audit-pack"
        if run.result:
            documents = run.result.get("documents", {})
            run.result["documents"] = [_told(slug, found) for slug, found in documents.items()]
        _name_files(run)


def _name_files(run: Any) -> None:
    """A finished run's result names its files, by which one that is brought back is recognised."""
    if run.result:
        run.result["files"] = {file["form"]: file["digest"] for file in run.files}
    run.save(update_fields=["document", "files", "result"])


def _told(slug: str, found: dict[str, int]) -> dict[str, Any]:
    settled = found["filled"] + found["not_applicable"]
    share = settled / found["total"] if found["total"] else 0.0
    edition = {"document": slug, "audience": "", "is_simplified": False}
    return edition | {name: found[name] for name in COUNTED} | {"share": share, "pages": None}


class Migration(migrations.Migration):
    dependencies = [("reports", "0005_organisation")]
    operations = [
        migrations.RunPython(list_files, migrations.RunPython.noop),
        migrations.RunPython(rename_packs, migrations.RunPython.noop),
    ]
