"""The page of the organisation that documents speak for."""

from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.forms.models import model_to_dict
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.models import User
from apps.accounts.queries import may_for_site, person
from apps.accounts.rules import WHO_ADMINISTERS
from apps.core import storage
from apps.core.errors import NotFound
from apps.core.form_fields import attempt, posted
from apps.reports.forms import LogoForm, OrganisationForm
from apps.reports.models import Organisation
from apps.reports.queries.organisation import organisation
from apps.reports.rules.pictures import picture_type
from apps.reports.services.organisation import (
    EDIT,
    organisation_edit,
    organisation_logo_remove,
    organisation_logo_set,
)


@require_http_methods(["GET", "POST"])
def organisation_page(request: HttpRequest) -> HttpResponse:
    """Who answers for this site's documents, and how they look."""
    form = OrganisationForm(posted(request), initial=_entered())
    if request.method == "POST" and attempt(form, organisation_edit, by=person(request)) is not None:
        messages.success(
            request, "Saved. Documents made from now on carry it; snapshots taken before stay as they are."
        )
        return redirect("reports:organisation")
    return _page(request, form, LogoForm())


@require_POST
def organisation_logo_view(request: HttpRequest) -> HttpResponse:
    """Put a logo on new documents, or take it off."""
    user, form = person(request), LogoForm(request.POST, request.FILES)
    if "remove" in request.POST:
        organisation_logo_remove(by=user)
        messages.success(request, "New documents are made without a logo.")
        return redirect("reports:organisation")
    if attempt(form, _set_logo, by=user) is not None:
        messages.success(request, "New documents carry the logo.")
        return redirect("reports:organisation")
    return _page(request, OrganisationForm(initial=_entered()), form)


def _set_logo(*, logo: UploadedFile, by: User) -> Organisation:
    return organisation_logo_set(by=by, content=logo.read())


def _entered() -> dict[str, Any]:
    row = organisation()
    return model_to_dict(row) if row else {}


@require_GET
def organisation_logo_file(request: HttpRequest) -> FileResponse:
    """The logo itself."""
    row = organisation()
    if row is None or not row.logo_digest:
        raise NotFound("The organisation has no logo.")
    stream = storage.open(row.logo_digest)
    kind = picture_type(stream.read(16))
    stream.seek(0)
    return FileResponse(stream, content_type=kind)


def _page(request: HttpRequest, form: OrganisationForm, logo_form: LogoForm) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "logo_form": logo_form,
        "row": organisation(),
        "may_edit": may_for_site(person(request), EDIT),
        "who": WHO_ADMINISTERS,
    }
    is_refused = bool(form.errors or logo_form.errors)
    return render(request, "reports/organisation.html", context, status=422 if is_refused else 200)
