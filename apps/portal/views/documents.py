"""The page on which a card or a bill stands beside everything that is on record of its version."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apps.accounts.queries import may, person
from apps.core.form_fields import attempt, posted, status_of
from apps.portal.forms import DocumentApplyForm
from apps.portal.queries import cards as queries
from apps.registry import services
from apps.registry.queries.documents import document_seen, preview_of
from apps.registry.rules import cards


@require_http_methods(["GET", "POST"])
def document_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What one document says, what is recorded, and what is missing; with the choice of what to take over."""
    user = person(request)
    document = document_seen(user, pk)
    preview = preview_of(document, queries.told_of(user, document.version))
    form = DocumentApplyForm(preview, posted(request))
    if form.is_bound and attempt(form, services.document_apply, by=user, document=document) is not None:
        taken = ", ".join(cards.label_of(name) for name in document.applied)
        messages.success(request, f"Taken over from {document.filename}: {taken}.")
        return redirect("portal:version-tab", document.version_id, "documents")
    context = {
        "preview": preview,
        "document": document,
        "version": document.version,
        "form": form,
        "groups": [
            (key, words, [(line, _field_of(form, line)) for line in lines]) for key, words, lines in preview.groups
        ],
        "format": cards.FORMATS.get(document.format, document.format),
        "may_take": may(user, "version.describe", document.version.team_id),
    }
    return render(request, "registry/document_detail.html", context, status=status_of(form))


def _field_of(form: DocumentApplyForm, line: cards.Line) -> Any:
    return form[line.name] if line.name in form.fields else None
