"""What documents of the room would lack, packs of chosen ones, and what changed between two of its snapshots."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.queries import person
from apps.accounts.rules import guest_door
from apps.auditors.forms import thing_named
from apps.auditors.queries import room_of
from apps.auditors.queries.documents import snapshot_of, subjects_of
from apps.auditors.queries.standing import standing_of
from apps.auditors.services import look
from apps.auditors.services.documents import room_document_make, room_readiness_look
from apps.core.form_fields import key_named
from apps.reports.queries.snapshots import comparison_of, in_order
from apps.reports.rules.comparing import KINDS
from apps.reports.rules.documents.chosen import chosen_named
from apps.reports.rules.documents.spec import AUDIT_PACK, SYSTEM


@guest_door
@require_GET
def standing_page(request: HttpRequest, system: int) -> HttpResponse:
    """How each document about a thing of the room would stand, and with `document` what that one would lack."""
    room = room_of(person(request), system)
    subject = thing_named(request.GET.get("subject", f"{SYSTEM}:{system}"))
    found = standing_of(room, subject, request.GET.get("document", ""))
    look(by=room.guest, grant=room.grant, at=found.subject, page="standing of documents")
    context: dict[str, Any] = {"room": room, "page": found, "subjects": subjects_of(room)}
    return render(request, "auditors/standing.html", context)


@guest_door
@require_POST
def standing_look(request: HttpRequest, system: int) -> HttpResponse:
    """Look what the documents about a thing of the room would lack."""
    room = room_of(person(request), system)
    kind, pk = thing_named(request.POST.get("subject", ""))
    room_readiness_look(room=room, subject=(kind, pk))
    messages.success(request, "It is being looked through. Load this page again in a moment.")
    return redirect(f"{reverse('audit-room:standing', args=[system])}?{urlencode({'subject': f'{kind}:{pk}'})}")


@guest_door
@require_POST
def pack_make(request: HttpRequest, system: int) -> HttpResponse:
    """Make an audit pack of the ticked documents about a thing of the room."""
    room = room_of(person(request), system)
    run = room_document_make(
        room=room,
        document=AUDIT_PACK,
        subject=thing_named(request.POST.get("subject", "")),
        documents=[chosen_named(key) for key in request.POST.getlist("documents")],
    )
    messages.success(request, "The pack is being made. Load this page again in a moment.")
    return redirect("audit-room:document", system, run.pk)


@guest_door
@require_GET
def snapshot_compare(request: HttpRequest, system: int) -> HttpResponse:
    """What differs between two snapshots of the room, the older one first; with `format=json`, for programs."""
    room = room_of(person(request), system)
    before, after = in_order(*(snapshot_of(room, key_named(request, name) or 0) for name in ("before", "after")))
    look(by=room.guest, grant=room.grant, at=after, page=f"what changed since snapshot {before.pk}")
    found = comparison_of(before, after)
    if request.GET.get("format") == "json":
        return JsonResponse(found.as_json, json_dumps_params={"ensure_ascii": False, "indent": 1})
    tiles = [(label, found.count(kind)) for kind, label in KINDS.items()]
    context = {"room": room, "before": before, "after": after, "found": found, "tiles": tiles}
    return render(request, "auditors/snapshot_compare.html", context)
