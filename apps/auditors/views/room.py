"""The audit room: what was opened to a guest. Each page leaves one entry in the trail before anything is read."""

import json

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.accounts.queries import names_of, person
from apps.accounts.rules import guest_door
from apps.audit.models import AuditEntry
from apps.audit.queries.checkpoints import public_key_texts
from apps.audit.queries.proofs import proof_of
from apps.auditors.forms import TrailForm
from apps.auditors.queries import Room, room_of, rooms_of
from apps.auditors.queries.documents import documents_of, snapshots_of
from apps.auditors.queries.room import MISSING
from apps.auditors.queries.trail import entry_of, trail_of
from apps.auditors.services import look
from apps.core.downloads import written_answer
from apps.core.errors import NotFound
from apps.core.listing import rows_page

NEWEST = 5


def entered(request: HttpRequest, system: int, page: str, at: Model | None = None) -> Room:
    """The room, once it is in the trail that the guest looked into it. Raises NotFound for everybody else."""
    room = room_of(person(request), system)
    look(by=room.guest, grant=room.grant, at=at or room.system, page=page)
    return room


@guest_door
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What was opened to the guest, and until when."""
    user = person(request)
    grants = rooms_of(user)
    if not grants:
        raise NotFound(MISSING)
    look(by=user, grant=grants[0], at=grants[0], page="home")
    return render(request, "auditors/home.html", {"grants": [(one, list(one.systems.all())) for one in grants]})


@guest_door
@require_GET
def system_page(request: HttpRequest, system: int) -> HttpResponse:
    """One system: what is on record about it, and the versions that work or worked in it."""
    room = entered(request, system, "system")
    context = {
        "room": room,
        "documents": list(documents_of(room)[:NEWEST]),
        "snapshots": list(snapshots_of(room)[:NEWEST]),
    }
    return render(request, "auditors/system.html", context)


@guest_door
@require_GET
def version_page(request: HttpRequest, system: int, pk: int) -> HttpResponse:
    """One version: what it is, and its files with their digests."""
    room = room_of(person(request), system)
    version = room.version_seen(pk)
    look(by=room.guest, grant=room.grant, at=version, page="version")
    files = rows_page(request, version.files.order_by("path"))
    parts = [part for part in room.parts if part.version_id == version.pk]
    context = {"room": room, "version": version, "page": files, "parts": parts}
    return render(request, "auditors/version.html", context)


@guest_door
@require_GET
def trail_page(request: HttpRequest, system: int) -> HttpResponse:
    """Every entry of the trail about the system and what belongs to it."""
    room = entered(request, system, "trail")
    form = TrailForm(request.GET)
    action = form.cleaned_data["action"].strip() if form.is_valid() else ""
    rows = trail_of(room)
    page = rows_page(request, rows.filter(action=action) if action else rows)
    names = _names(list(page.object_list))
    lines = [(entry, names.get(entry.actor, entry.actor)) for entry in page.object_list]
    context = {"room": room, "form": form, "page": page, "lines": lines}
    return render(request, "auditors/trail.html", context)


def _names(entries: list[AuditEntry]) -> dict[str, str]:
    """Who acted, by name, as the trail's own page tells it."""
    pks = {int(one.actor[5:]) for one in entries if one.actor.startswith("user:") and one.actor[5:].isdecimal()}
    told = {f"user:{pk}": name for pk, name in names_of(pks).items() if name and "@" not in name}
    return told | {"worker": "A worker", "system": "The platform"}


@guest_door
@require_GET
def entry_page(request: HttpRequest, system: int, pk: int) -> HttpResponse:
    """One entry with the proof of its place; `?format=json` is the proof as a file."""
    room = room_of(person(request), system)
    entry = entry_of(room, pk)
    look(by=room.guest, grant=room.grant, at=room.system, page=f"trail entry {pk}")
    proof = proof_of(entry)
    told = proof.as_json()
    if request.GET.get("format") == "json":
        content = json.dumps(told, indent=2, sort_keys=True, ensure_ascii=False).encode()
        return written_answer(content, name=f"trail-entry-{pk}.json", content_type="application/json")
    data = json.dumps(entry.data, indent=2, sort_keys=True, ensure_ascii=False) if entry.data else ""
    name = _names([entry]).get(entry.actor, entry.actor)
    context = {"room": room, "entry": entry, "actor": name, "proof": proof, "data": data, "keys": public_key_texts()}
    return render(request, "auditors/entry.html", context)
