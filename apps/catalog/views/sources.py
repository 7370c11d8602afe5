"""The pages of sources, and of what dataset versions were made of."""

from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.queries import may, may_anywhere, person
from apps.accounts.services import require
from apps.catalog import services
from apps.catalog.forms.sources import (
    DerivationForm,
    DocumentForm,
    NewSourceForm,
    SourceFilterForm,
    SourceForm,
    VerifyForm,
    VersionSourceForm,
)
from apps.catalog.models import DatasetVersion, Source
from apps.catalog.queries.datasets import dataset_version_seen
from apps.catalog.queries.licences import provenance_part
from apps.catalog.queries.sources import source_seen, sources_listed_for, versions_of_source
from apps.catalog.rules.licences import duties, judge
from apps.catalog.rules.sources import confidentialities, data_uses, method_in_words
from apps.core.errors import Refused
from apps.core.form_fields import attempt, posted, status_of
from apps.core.listing import csv_answer, ordered, rows_page, wants_csv

SORTS = {"name": "name", "changed": "changed_at", "versions": "version_count"}


@require_GET
def source_list(request: HttpRequest) -> HttpResponseBase:
    """Every source that the person sees."""
    user = person(request)
    form = SourceFilterForm(user, request.GET)
    rows = ordered(request, sources_listed_for(user), SORTS)
    if form.is_valid():
        rows = rows.filter(name__icontains=form.cleaned_data["name"]) if form.cleaned_data["name"] else rows
        rows = rows.filter(team=form.cleaned_data["team"]) if form.cleaned_data["team"] else rows
    if wants_csv(request):
        head = ("id", "name", "team", "issuer", "licence", "verified", "mining", "versions", "changed")
        return csv_answer("sources", head, (_line(row) for row in rows.iterator(500)))
    context = {"form": form, "page": rows_page(request, rows), "may_create": may_anywhere(user, "source.edit")}
    return render(request, "catalog/source_list.html", context)


def _line(row: Any) -> tuple[Any, ...]:
    told = (row.pk, row.name, row.team.name, row.issuer, row.licence, row.licence_verified_at, row.tdm_reservation)
    return (*told, row.version_count, row.changed_at)


@require_http_methods(["GET", "POST"])
def source_create_view(request: HttpRequest) -> HttpResponse:
    """Record a source."""
    user = person(request)
    if not may_anywhere(user, "source.edit"):
        raise Refused("Your roles do not include recording sources.", remedy="Ask an engineer of your team.")
    form = NewSourceForm(user, posted(request))
    source = attempt(form, services.source_create, by=user)
    if source is not None:
        messages.success(request, f"“{source.name}” is on record.")
        return redirect("catalog:source-detail", source.pk)
    return render(request, "catalog/source_form.html", {"form": form}, status=status_of(form))


@require_GET
def source_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One source: what is on record, who verified it, and which versions hold rows of it."""
    return _source_page(request, source_seen(person(request), pk))


def _source_page(request: HttpRequest, source: Source, **refused: Any) -> HttpResponse:
    user, verdict = person(request), judge(source.licence)
    context: dict[str, Any] = {
        "source": source,
        "verdict": verdict,
        "duties": duties(verdict.terms) if verdict.valid else [],
        "method": method_in_words(source.collection_method),
        "uses": [data_uses().get(code, code) for code in source.intended_uses],
        "confidentiality": confidentialities().get(source.confidentiality, source.confidentiality),
        "links": versions_of_source(user, source),
        "may_edit": may(user, "source.edit", source.team_id),
        "may_verify": may(user, "source.verify", source.team_id) and verdict.valid,
        "verify_form": VerifyForm(initial={"evidence": source.licence_evidence}),
        "document_form": DocumentForm(),
    }
    return render(request, "catalog/source_detail.html", context | refused, status=422 if refused else 200)


@require_http_methods(["GET", "POST"])
def source_change_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what is on record about a source."""
    user = person(request)
    source = source_seen(user, pk)
    require(user, "source.edit", source.team_id)
    form = SourceForm.of(source, posted(request))
    if attempt(form, services.source_change, by=user, source=source) is not None:
        messages.success(request, "The record is changed.")
        return redirect("catalog:source-detail", pk)
    return render(request, "catalog/source_form.html", {"form": form, "source": source}, status=status_of(form))


@require_POST
def source_verify_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Put on record that this person has read the licence."""
    source, form = source_seen(person(request), pk), VerifyForm(request.POST)
    if attempt(form, services.source_verify_licence, by=person(request), source=source) is None:
        return _source_page(request, source, verify_form=form)
    messages.success(request, "The licence is verified, in your name.")
    return redirect("catalog:source-detail", pk)


@require_POST
def source_document_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Store the contract or consent."""
    source, form = source_seen(person(request), pk), DocumentForm(request.POST, request.FILES)
    if attempt(form, _store, by=person(request), source=source) is None:
        return _source_page(request, source, document_form=form)
    messages.success(request, "The document is stored.")
    return redirect("catalog:source-detail", pk)


def _store(*, file: Any, **more: Any) -> Source:
    return services.source_document_store(path=Path(file.temporary_file_path()), filename=str(file.name), **more)


@require_GET
def version_provenance(request: HttpRequest, pk: int) -> HttpResponse:
    """What one dataset version was made of, and the terms that it inherits, with the forms that change it."""
    return _provenance_page(request, dataset_version_seen(person(request), pk))


def _provenance_page(request: HttpRequest, version: DatasetVersion, **refused: Any) -> HttpResponse:
    user = person(request)
    may_edit = may(user, "source.edit", version.team_id)
    context: dict[str, Any] = {
        "version": version,
        "origin": provenance_part(user, version),
        "may_edit_sources": may_edit,
        "link_form": VersionSourceForm(user) if may_edit else None,
        "derivation_form": DerivationForm(user, version) if may_edit else None,
    }
    return render(request, "catalog/version_provenance.html", context | refused, status=422 if refused else 200)


@require_POST
def version_source_link_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that the version holds rows of a source."""
    version, form = dataset_version_seen(person(request), pk), VersionSourceForm(person(request), request.POST)
    if attempt(form, services.version_source_link, by=person(request), version=version) is None:
        return _provenance_page(request, version, link_form=form)
    return redirect("catalog:version-provenance", pk)


@require_POST
def version_source_unlink_view(request: HttpRequest, pk: int, source: int) -> HttpResponse:
    """Take that back."""
    version, found = dataset_version_seen(person(request), pk), source_seen(person(request), source)
    services.version_source_unlink(by=person(request), version=version, source=found)
    return redirect("catalog:version-provenance", pk)


@require_POST
def derivation_add_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that the version was made out of another."""
    version = dataset_version_seen(person(request), pk)
    form = DerivationForm(person(request), version, request.POST)
    if attempt(form, services.derivation_add, by=person(request), version=version) is None:
        return _provenance_page(request, version, derivation_form=form)
    return redirect("catalog:version-provenance", pk)


@require_POST
def derivation_remove_view(request: HttpRequest, pk: int, origin: int) -> HttpResponse:
    """Take that back."""
    version, found = dataset_version_seen(person(request), pk), dataset_version_seen(person(request), origin)
    services.derivation_remove(by=person(request), version=version, origin=found)
    return redirect("catalog:version-provenance", pk)
