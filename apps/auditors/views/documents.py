"""Snapshots and documents in the audit room: which there are, making more, their files, and checking a pack or PDF."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.models import User
from apps.accounts.queries import person
from apps.accounts.rules import guest_door
from apps.auditors.forms import BroughtForm, DocumentForm, SnapshotForm
from apps.auditors.queries import Room, room_of, rooms_of
from apps.auditors.queries.documents import (
    document_of,
    documents_of,
    snapshot_of,
    snapshots_of,
    snapshots_under_way,
    subjects_of,
)
from apps.auditors.queries.room import MISSING
from apps.auditors.services import look
from apps.auditors.services.documents import room_document_make, room_snapshot_take
from apps.core import storage
from apps.core.downloads import stored_answer
from apps.core.errors import DomainError, NotFound
from apps.core.form_fields import attempt, posted, status_of
from apps.core.listing import rows_page
from apps.reports.queries.packs import pack_file, packed_documents, titled
from apps.reports.queries.verifying import FileCheck, file_check

PAGE = 25
OFFERED = 40  # snapshots


@guest_door
@require_GET
def documents_page(request: HttpRequest, system: int) -> HttpResponse:
    """Snapshots and documents about the room's things, and forms to make more."""
    room = room_of(person(request), system)
    look(by=room.guest, grant=room.grant, at=room.system, page="documents")
    return _page(request, room)


def _page(
    request: HttpRequest, room: Room, *, snapshot: Any = None, document: Any = None, status: int = 200
) -> HttpResponse:
    subjects, snapshots = subjects_of(room), list(snapshots_of(room)[:OFFERED])
    page = rows_page(request, documents_of(room), PAGE)
    context = {
        "room": room,
        "page": page,
        "documents": titled(page.object_list),
        "snapshots": snapshots,
        "under_way": snapshots_under_way(room),
        "snapshot_form": snapshot or SnapshotForm(subjects),
        "document_form": document or DocumentForm(subjects, snapshots),
    }
    return render(request, "auditors/documents.html", context, status=status)


@guest_door
@require_POST
def snapshot_take_view(request: HttpRequest, system: int) -> HttpResponse:
    """Freeze what is on record about one thing of the room."""
    room = room_of(person(request), system)
    form = SnapshotForm(subjects_of(room), request.POST)
    if attempt(form, room_snapshot_take, room=room) is None:
        return _page(request, room, snapshot=form, status=422)
    messages.success(request, "The snapshot is being taken. Load this page again in a moment.")
    return redirect("audit-room:documents", system)


@guest_door
@require_POST
def document_make_view(request: HttpRequest, system: int) -> HttpResponse:
    """Make a document about one thing of the room."""
    room = room_of(person(request), system)
    form = DocumentForm(subjects_of(room), list(snapshots_of(room)[:OFFERED]), request.POST)
    run = attempt(form, room_document_make, room=room)
    if run is None:
        return _page(request, room, document=form, status=422)
    messages.success(request, "The document is being made. Load this page again in a moment.")
    return redirect("audit-room:document", system, run.pk)


@guest_door
@require_GET
def document_page(request: HttpRequest, system: int, pk: int) -> HttpResponse:
    """One document: how far it is, and its files."""
    room = room_of(person(request), system)
    run = document_of(room, pk)
    look(by=room.guest, grant=room.grant, at=run, page="document")
    (told,) = titled([run])
    context = {"room": room, "run": run, "told": told, "digests": run.digests.items(), "packed": packed_documents(run)}
    return render(request, "auditors/document.html", context)


@guest_door
@require_GET
def document_file(request: HttpRequest, system: int, pk: int, form: str) -> FileResponse:
    """One file of a document, always as a download."""
    room = room_of(person(request), system)
    run = document_of(room, pk)
    made = pack_file(run, form)
    look(by=room.guest, grant=room.grant, at=run, page=f"document file {form}")
    answer = FileResponse(
        storage.open(made.digest), as_attachment=True, filename=made.filename, content_type=made.content_type
    )
    answer["ETag"] = f'"{made.digest}"'
    return answer


@guest_door
@require_GET
def snapshot_page(request: HttpRequest, system: int, pk: int) -> HttpResponse:
    """One snapshot: of what, when, why, and its digest."""
    room = room_of(person(request), system)
    found = snapshot_of(room, pk)
    look(by=room.guest, grant=room.grant, at=found, page="snapshot")
    same = {"subject_kind": found.subject_kind, "subject_id": found.subject_id}
    others = list(snapshots_of(room).filter(**same).exclude(pk=pk)[:OFFERED])
    return render(request, "auditors/snapshot.html", {"room": room, "snapshot": found, "others": others})


@guest_door
@require_GET
def snapshot_file(request: HttpRequest, system: int, pk: int) -> HttpResponseBase:
    """Everything that a snapshot holds, as JSON."""
    room = room_of(person(request), system)
    found = snapshot_of(room, pk)
    look(by=room.guest, grant=room.grant, at=found, page="snapshot file")
    name, kind = f"snapshot-{found.pk}.json", "application/json"
    return stored_answer(request, digest=found.digest, size=found.size, name=name, content_type=kind)


@guest_door
@require_http_methods(["GET", "POST"])
def verify_page(request: HttpRequest) -> HttpResponse:
    """Check a pack or a PDF that the guest brings; nothing of it is kept."""
    user = person(request)
    grants = rooms_of(user)
    if not grants:
        raise NotFound(MISSING)
    look(by=user, grant=grants[0], at=grants[0], page="verify")
    form, found = BroughtForm(posted(request), request.FILES or None), None
    if form.is_valid():
        found = _checked(user, form)
    status = status_of(form) if found is None else 200
    given = form.cleaned_data if found else {}
    context = {"form": form, "check": found, "verdict": found.pack if found else None, "expected": given}
    return render(
        request, "auditors/verify.html", context | {"name": given["file"].name if given else ""}, status=status
    )


def _checked(user: User, form: BroughtForm) -> FileCheck | None:
    given = form.cleaned_data
    try:
        return file_check(user, given["file"].file, expected=given["digest"].lower(), key=given["key"])
    except DomainError as error:
        form.add_error("file", f"{error.message} {error.remedy}".strip())
        return None
