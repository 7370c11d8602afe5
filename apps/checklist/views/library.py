"""The pages of the evidence library: the list, one document with its versions, putting in, and withdrawing."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.queries import may, may_anywhere, person
from apps.accounts.services import require
from apps.checklist import services
from apps.checklist.forms.library import LibraryFilterForm, NextVersionForm, TeamDocumentForm, WithdrawForm
from apps.checklist.models import EvidenceDocument, EvidenceVersion
from apps.checklist.queries import library
from apps.checklist.queries.cited import standing_of
from apps.checklist.queries.supports import supports_of
from apps.checklist.rules.library import STANDINGS
from apps.core.downloads import stored_answer
from apps.core.errors import Conflict, Invalid, NotFound, Refused
from apps.core.form_fields import posted, status_of
from apps.core.listing import csv_answer, ordered, rows_page, wants_csv

SORTS = {"title": "title", "added": "created_at", "expires": "newest_expires"}
CSV = (
    "id", "title", "kind", "team", "shows", "state", "version", "digest", "file", "address", "how known",
    "how obtained", "holds from", "holds until", "put in by", "put in", "answers",
)  # fmt: skip


@require_GET
def library_list(request: HttpRequest) -> HttpResponseBase:
    """The documents of the person's teams, each with its newest version."""
    user = person(request)
    form = LibraryFilterForm(user, request.GET)
    rows = form.chosen(library.with_state(library.documents_seen_by(user)))
    rows = library.with_newest(ordered(request, rows, SORTS))
    if wants_csv(request):
        return csv_answer("evidence-library", CSV, _csv_lines(rows))
    page = rows_page(request, rows)
    context = {
        "form": form,
        "page": page,
        "lines": library.lines_of(list(page.object_list)),
        "may_add": may_anywhere(user, "evidence.edit"),
    }
    return render(request, "checklist/library_list.html", context)


def _csv_lines(rows: QuerySet[EvidenceDocument]) -> Iterator[Sequence[Any]]:
    for document in rows.iterator(500):
        [line] = library.lines_of([document])
        told = (document.pk, document.title, document.kind, document.team.name, document.shows, STANDINGS[line.state])
        newest = line.newest
        if newest is None:
            yield (*told, *[None] * 10, line.supports)
            continue
        content = (newest.number, newest.digest, newest.filename, newest.link, newest.status, newest.method)
        held = (newest.effective_on, newest.expires_on, newest.uploaded_by.name, newest.uploaded_at)
        yield (*told, *content, *held, line.supports)


@require_http_methods(["GET", "POST"])
def library_add(request: HttpRequest) -> HttpResponse:
    """Put a document into the library."""
    user = person(request)
    if not may_anywhere(user, "evidence.edit"):
        raise Refused("Your roles do not include keeping evidence.", remedy="Ask an engineer or a compliance officer.")
    form = TeamDocumentForm(user, posted(request), request.FILES or None)
    if form.is_valid():
        told = {name: form.cleaned_data[name] for name in ("team", "title", "shows")}
        try:
            made = services.evidence_document_add(by=user, content=form.content, **told)
        except (Invalid, Conflict) as error:
            form.add_error(None, f"{error.message} {error.remedy}".strip())
        else:
            messages.success(request, "The document is in the library. Answers can cite it now.")
            return redirect("checklist:library-detail", made.document_id)
    return render(request, "checklist/library_form.html", {"form": form}, status=status_of(form))


@require_GET
def library_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One document: its versions with how each stands, and the answers that rest on it."""
    user = person(request)
    document = library.document_seen(user, pk)
    versions, today = library.versions_of(document), timezone.localdate()
    supports = supports_of(user, versions)
    lines = [(one, standing_of(one, today), supports.by_version.get(one.pk, 0)) for one in versions]
    is_alive = document.withdrawn_at is None
    context = {
        "document": document,
        "lines": lines,
        "newest": next((line for line in lines if line[0].withdrawn_at is None), None) if is_alive else None,
        "supports": supports,
        "may_add": is_alive and may(user, "evidence.edit", document.team_id),
        "may_withdraw": is_alive and may(user, "evidence.withdraw", document.team_id),
        "may_read": may(user, "evidence.read", document.team_id),
    }
    return render(request, "checklist/library_detail.html", context)


@require_GET
def library_version(request: HttpRequest, pk: int) -> HttpResponse:
    """Where one version stands on its document's page."""
    version = library.version_seen(person(request), pk)
    return redirect(f"{reverse('checklist:library-detail', args=[version.document_id])}#version-{version.number}")


@require_http_methods(["GET", "POST"])
def library_version_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the next version of a document in."""
    user = person(request)
    document = library.document_seen(user, pk)
    require(user, "evidence.edit", document.team_id)
    last = document.versions.order_by("-number").values_list("number", flat=True)[0]
    form = NextVersionForm(posted(request), request.FILES or None, kind=document.kind, initial={"number": last})
    if form.is_valid():
        try:
            services.evidence_version_add(
                by=user, document=document, content=form.content, expect_number=form.cleaned_data["number"]
            )
        except (Invalid, Conflict) as error:
            form.add_error(None, f"{error.message} {error.remedy}".strip())
        else:
            messages.success(request, "The new version is in. Answers that cite an earlier one are stale now.")
            return redirect("checklist:library-detail", pk)
    supports = supports_of(user, document.versions.all())
    context = {"form": form, "document": document, "last": last, "supports": supports}
    return render(request, "checklist/library_form.html", context, status=status_of(form))


@require_http_methods(["GET", "POST"])
def library_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a document back, once the person has seen what rests on it."""
    document = library.document_seen(person(request), pk)
    return _withdraw(request, document, list(document.versions.all()), None)


@require_http_methods(["GET", "POST"])
def library_version_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one version back, once the person has seen what rests on it."""
    version = library.version_seen(person(request), pk)
    return _withdraw(request, version.document, [version], version)


def _withdraw(
    request: HttpRequest, document: EvidenceDocument, versions: list[EvidenceVersion], version: EvidenceVersion | None
) -> HttpResponse:
    user = person(request)
    require(user, "evidence.withdraw", document.team_id)
    form = WithdrawForm(posted(request))
    if form.is_valid():
        try:
            if version is None:
                services.evidence_document_withdraw(by=user, document=document, **form.cleaned_data)
            else:
                services.evidence_version_withdraw(by=user, version=version, **form.cleaned_data)
        except Conflict as error:
            form.add_error(None, f"{error.message} Look at what rests on it now, then decide again.")
        else:
            messages.success(request, "It is withdrawn. It stays readable; answers that cite it are stale.")
            return redirect("checklist:library-detail", document.pk)
    supports = supports_of(user, versions)
    form.show_supports(supports.total)
    context = {
        "document": document,
        "version": version,
        "form": form,
        "supports": supports,
        "held": list(library.held_among(versions)),
    }
    return render(request, "checklist/library_withdraw.html", context, status=status_of(form))


@require_GET
def library_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file of one version as it was put in, always as a download: nothing in it is run or shown here."""
    user = person(request)
    version = library.version_seen(user, pk)
    require(user, "evidence.read", version.team_id)
    if not version.filename or version.size is None:
        raise NotFound("This version is an address; the library holds no file of it.", code="evidence.no_file")
    return stored_answer(request, digest=version.digest, size=version.size, name=version.filename)
