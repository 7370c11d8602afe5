"""The pages of models: the list, one model with its versions, and what it is meant for."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.queries import may, may_anywhere, person
from apps.accounts.services import require
from apps.catalog.rules.uses import intended_uses
from apps.core.errors import Refused
from apps.core.form_fields import attempt, posted, status_of
from apps.core.listing import csv_answer, ordered, rows_page, wants_csv
from apps.registry import queries, services
from apps.registry.forms import ModelFilterForm, ModelForm, PurposeForm, TagForm, VersionFilterForm
from apps.registry.forms.models import REMOVED
from apps.registry.models import ModelVersion, RegisteredModel

SORTS = {"name": "name", "created": "created_at"}
MOST_TAGS, MOST_ALIASES = 30, 30
# Only orders that an index of the table gives: a model may have a hundred thousand versions.
VERSION_SORTS = {"number": "number"}


@require_GET
def model_list(request: HttpRequest) -> HttpResponseBase:
    """Every model that the person sees, with its latest version."""
    user = person(request)
    form = ModelFilterForm(user, request.GET)
    is_removed = form.is_valid() and form.cleaned_data["show"] == REMOVED
    rows = ordered(request, queries.models_listed_for(user, is_removed=is_removed), SORTS)
    if form.is_valid():
        rows = rows.filter(**form.wanted())
    if wants_csv(request):
        head = ("id", "name", "team", "latest", "stage", "intended purpose", "created")
        return csv_answer("models", head, (_model_line(row) for row in rows.iterator(500)))
    page = rows_page(request, rows)
    models = list(page.object_list)
    marks = queries.alias_marks(models)
    context = {
        "form": form,
        "page": page,
        "rows": [(model, marks.get(model.pk, [])) for model in models],
        "may_create": may_anywhere(user, "model.create"),
    }
    return render(request, "registry/model_list.html", context)


def _model_line(row: Any) -> tuple[Any, ...]:
    told = (row.pk, row.name, row.team.name, row.latest_number, row.latest_stage)
    return (*told, row.intended_purpose, row.created_at)


@require_http_methods(["GET", "POST"])
def model_create_view(request: HttpRequest) -> HttpResponse:
    """Register a model; its first version is imported next."""
    user = person(request)
    if not may_anywhere(user, "model.create"):
        raise Refused("Your roles do not include registering models.", remedy="Ask an engineer of your team.")
    form = ModelForm(user, posted(request))
    model = attempt(form, services.model_create, by=user)
    if model is not None:
        messages.success(request, f"“{model.name}” is registered. Import its first version, or tune one into it.")
        return redirect("registry:model-detail", model.pk)
    return render(request, "registry/model_form.html", {"form": form}, status=status_of(form))


@require_GET
def model_detail(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One model and its versions. Its cost does not grow with their number."""
    user = person(request)
    model = queries.model_on_record(user, pk)
    is_listed = model.deleted_at is None
    form = VersionFilterForm(request.GET or None)
    rows = ordered(request, _versions(model, form), VERSION_SORTS)
    if wants_csv(request):
        head = ("id", "version", "stage", "architecture", "parameters", "licence", "manifest sha256", "by", "created")
        return csv_answer("versions", head, (_version_line(row) for row in rows.iterator(500)))
    page = rows_page(request, rows)
    versions = list(page.object_list)
    imports, names = queries.import_marks(versions), queries.alias_names(versions)
    tags = list(model.tags.all()[: MOST_TAGS + 1])
    context = {
        "model": model,
        "form": form,
        "page": page,
        "rows": [(version, imports.get(version.pk), names.get(version.pk, [])) for version in versions],
        "aliases": list(queries.aliases_of(model)[:MOST_ALIASES]),
        "tags": tags[:MOST_TAGS],
        "more_tags": len(tags) > MOST_TAGS,
        "tag_form": TagForm(),
        "may_tag": is_listed and may(user, "model.describe", model.team_id),
        "may_import": is_listed and may(user, "version.create", model.team_id),
        "may_tune": is_listed and may(user, "tuning.start", model.team_id),
        "may_describe": is_listed and may(user, "model.describe", model.team_id),
        "may_delete": may(user, "model.delete", model.team_id),
        "removal": queries.removal_of_model(model),
        "uses": [intended_uses()[code] for code in model.intended_uses if code in intended_uses()],
    }
    return render(request, "registry/model_detail.html", context)


def _versions(model: RegisteredModel, form: VersionFilterForm) -> QuerySet[ModelVersion]:
    """The versions that the filter asks for; of a removed model all are removed."""
    stage = form.cleaned_data["stage"] if form.is_valid() else ""
    if stage == REMOVED or model.deleted_at is not None:
        return queries.removed_versions_of(model)
    rows = queries.versions_of(model)
    return rows.filter(stage=stage) if stage else rows


@require_http_methods(["GET", "POST"])
def model_describe_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what a model is meant for."""
    user = person(request)
    model = queries.model_seen(user, pk)
    require(user, "model.describe", model.team, shared=model)
    form = PurposeForm.of(model, posted(request))
    if attempt(form, services.model_describe, by=user, model=model) is not None:
        messages.success(request, "What the model is meant for is on record.")
        return redirect("registry:model-detail", pk)
    return render(request, "registry/model_describe.html", {"form": form, "model": model}, status=status_of(form))


def _version_line(row: ModelVersion) -> tuple[Any, ...]:
    told = (row.pk, row.number, row.stage, row.architecture, row.parameters, row.licence)
    return (*told, row.manifest_digest, row.created_by.name, row.created_at)
