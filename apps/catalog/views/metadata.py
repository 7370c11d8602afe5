"""The pages of metadata: reading files of others, taking them over, and what can be handed on."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.queries import may, person
from apps.catalog import queries, services
from apps.catalog.forms.metadata import ApplyForm, MetadataForm
from apps.catalog.models import DatasetVersion, MetadataImport
from apps.catalog.queries.metadata import import_seen, imports_seen_by, preview_of
from apps.catalog.rules import metadata
from apps.core.form_fields import attempt, posted, status_of

MOST_LISTED = 50


@require_http_methods(["GET", "POST"])
def metadata_import_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Read a file of metadata, and see the files that were read before."""
    user = person(request)
    version = queries.dataset_version_seen(user, pk)
    form = MetadataForm(posted(request), request.FILES or None)
    if form.is_bound:
        imported = attempt(form, _read, by=user, version=version)
        if imported is not None:
            return redirect("catalog:metadata-detail", imported.pk)
    context = {
        "form": form,
        "version": version,
        "imports": imports_seen_by(user).filter(version=version)[:MOST_LISTED],
        "formats": metadata.FORMATS,
        "may_import": may(user, "dataset.describe", version.team_id),
    }
    return render(request, "catalog/metadata_import.html", context, status=status_of(form))


def _read(*, file: Any, by: Any, version: DatasetVersion) -> MetadataImport:
    content = file.read(metadata.MOST_BYTES + 1)
    return services.metadata_import(by=by, version=version, content=content, filename=str(file.name))


@require_http_methods(["GET", "POST"])
def metadata_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What one file says, what is recorded, and what is missing; with the choice of what to take over."""
    user = person(request)
    imported = import_seen(user, pk)
    preview = preview_of(imported)
    form = ApplyForm(preview, posted(request))
    if form.is_bound and attempt(form, services.metadata_apply, by=user, imported=imported) is not None:
        taken = ", ".join(metadata.label_of(name) for name in imported.applied)
        messages.success(request, f"Taken over from {imported.filename}: {taken}.")
        return redirect("catalog:version-detail", imported.version_id)
    context = {
        "preview": preview,
        "imported": imported,
        "version": imported.version,
        "form": form,
        "groups": [
            (key, words, [(line, _field_of(form, line)) for line in lines]) for key, words, lines in preview.groups
        ],
        "format": metadata.FORMATS.get(imported.format, imported.format),
        "may_import": may(user, "dataset.describe", imported.version.team_id),
        "may_edit_sources": may(user, "source.edit", imported.version.team_id),
    }
    return render(request, "catalog/metadata_detail.html", context, status=status_of(form))


def _field_of(form: ApplyForm, line: metadata.Line) -> Any:
    return form[line.name] if line.name in form.fields else None


@require_POST
def metadata_sources(request: HttpRequest, pk: int) -> HttpResponse:
    """Record the sources that a file names."""
    user = person(request)
    imported = import_seen(user, pk)
    sources = services.metadata_sources_record(by=user, imported=imported)
    messages.success(request, f"Recorded with this version: {', '.join(source.name for source in sources)}.")
    return redirect("catalog:metadata-detail", imported.pk)


@require_GET
def metadata_export(request: HttpRequest, pk: int) -> HttpResponse:
    """What can be handed on of a version, and what each format has no term for."""
    version = queries.dataset_version_seen(person(request), pk)
    needed = [field for field in metadata.FIELDS if field.is_needed]
    formats = {"croissant": metadata.CROISSANT_1_1, "card": metadata.CARD, "dps": metadata.DPS}
    lacks = {name: [field.label for field in needed if key not in field.carriers] for name, key in formats.items()}
    context = {"version": version, "lacks": lacks}
    return render(request, "catalog/metadata_export.html", context)
