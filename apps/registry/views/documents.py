"""The pages of cards and bills of materials: reading those of others, taking over, and saying something oneself."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apps.accounts.models import User
from apps.accounts.queries import person
from apps.accounts.services import require
from apps.catalog.rules.datasheets import in_words
from apps.core.errors import Invalid
from apps.core.form_fields import attempt, posted, status_of
from apps.registry import queries, services
from apps.registry.forms.documents import DocumentForm, StatementForm
from apps.registry.models import ModelVersion, VersionDocument
from apps.registry.queries.documents import cards_among
from apps.registry.rules import cards

MOST_LISTED = 50


@require_http_methods(["GET", "POST"])
def document_import_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Read a card or a bill into a version."""
    user = person(request)
    version = queries.version_seen(user, pk)
    require(user, "version.describe", version.team_id, shared=version.model)
    if path := request.POST.get("path"):
        own = services.document_read_own(by=user, version=version, path=path)
        return redirect("portal:document-detail", own.pk)
    form = DocumentForm(posted(request), request.FILES or None)
    if form.is_bound:
        document = attempt(form, _read, by=user, version=version)
        if document is not None:
            return redirect("portal:document-detail", document.pk)
    context = {"form": form, "version": version, "own_files": cards_among(version)}
    return render(request, "registry/document_import.html", context, status=status_of(form))


def _read(*, file: Any, by: Any, version: ModelVersion) -> VersionDocument:
    content = file.read(cards.MOST_BYTES + 1)
    return services.document_import(by=by, version=version, content=content, filename=str(file.name))


@require_http_methods(["GET", "POST"])
def statement_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Say something of a version; `?field=` chooses about what."""
    user = person(request)
    version = queries.version_seen(user, pk)
    require(user, "version.describe", version.team_id, shared=version.model)
    chosen = request.GET.get("field", "")
    form = StatementForm(posted(request), initial={"field": chosen, "value": _said(version, chosen)})
    if attempt(form, _say, by=user, version=version) is not None:
        messages.success(request, "It is on record.")
        return redirect("portal:version-tab", pk, "documents")
    context = {"form": form, "version": version, "label": cards.label_of(chosen) if chosen in cards.STATEMENTS else ""}
    return render(request, "registry/statement.html", context, status=status_of(form))


def _say(*, field: str, value: str, reason: str, by: User, version: ModelVersion) -> ModelVersion:
    """Words that are still as they were shown would only turn a list or a table that a card gave into plain text."""
    text = value.replace("\r\n", "\n").strip()
    if text == _said(version, field):
        raise Invalid("This is what is said already.", code="statement.same")
    return services.statement_make(by=by, version=version, field=field, value=text, reason=reason)


def _said(version: ModelVersion, field: str) -> str:
    """What is said now, in words."""
    value = version.statements.filter(field=field).values_list("value", flat=True).first()
    return "" if value is None else "\n".join(in_words(value)).strip()
