"""The pages of the audit trail: entries with filters, one entry with its proof, checkpoints, verification, files."""

import json
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.queries import may_anywhere, person
from apps.audit.models import AuditEntry
from apps.audit.queries import anchor
from apps.audit.queries.checkpoints import newest_checkpoint
from apps.audit.queries.examining import examine_end
from apps.audit.queries.exports import Wanted, entries_wanted
from apps.audit.queries.proofs import proof_of
from apps.audit.rules.events import MEDIA_TYPE
from apps.audit.rules.extracts import CLOUD_EVENTS
from apps.core.downloads import written_answer
from apps.core.errors import NotFound
from apps.core.listing import csv_answer, rows_page, wants_csv
from apps.portal import queries
from apps.portal.forms import TrailFilterForm
from apps.trail.queries import checkpoints_for, deliveries_for, keys_for, require_reader
from apps.trail.services import checkpoint_ask, trail_check_start, trail_export

CSV = ("number", "at", "actor", "action", "object type", "object id", "about", "reason", "digest", "previous")


def _filtered(request: HttpRequest) -> tuple[TrailFilterForm, Wanted, QuerySet[AuditEntry]]:
    """The form as the address fills it in, what it wants, and the entries that the person sees."""
    form = TrailFilterForm(person(request), request.GET)
    return form, form.wanted, queries.trail_seen_by(person(request))


@require_GET
def trail(request: HttpRequest) -> HttpResponseBase:
    """The audit trail, filtered and paged."""
    form, wanted, seen = _filtered(request)
    entries = entries_wanted(wanted, seen).order_by("-sequence")
    if wants_csv(request):
        return csv_answer("audit-trail", CSV, (_line(entry) for entry in entries.iterator(500)))
    page = rows_page(request, entries)
    context = {
        "page": page,
        "form": form,
        "lines": queries.with_actor_names(page.object_list),
        "is_reader": may_anywhere(person(request), "trail.view"),
        "newest": newest_checkpoint(),
        "filters": request.GET.urlencode(),
        "is_filtered": wanted != Wanted(),
    }
    return render(request, "portal/trail.html", context)


def _line(entry: AuditEntry) -> tuple[Any, ...]:
    told = (entry.sequence, entry.at, entry.actor, entry.action, entry.object_type, entry.object_id)
    return (*told, entry.object_label, entry.reason, entry.digest, entry.previous)


@require_GET
def export(request: HttpRequest, form: str) -> StreamingHttpResponse:
    """The entries that the filters leave as a sealed file, written while it is read."""
    _, wanted, seen = _filtered(request)
    made = trail_export(by=person(request), wanted=wanted, rows=seen, form=form)
    kind = MEDIA_TYPE if form == CLOUD_EVENTS else "application/jsonl"
    answer = StreamingHttpResponse(made.lines, content_type=f"{kind}; charset=utf-8")
    answer["Content-Disposition"] = str(content_disposition_header(True, made.name))
    return answer


@require_GET
def entry_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One entry with the proof of its place; `?format=json` is the proof as a file."""
    entry = queries.trail_seen_by(person(request)).filter(pk=pk).first()
    if entry is None:
        raise NotFound("There is no such entry, or you may not see it.")
    proof = proof_of(entry)
    told = json.dumps(proof.as_json(), indent=2, sort_keys=True, ensure_ascii=False)
    if request.GET.get("format") == "json":
        return written_answer(told.encode(), name=f"trail-entry-{pk}.json", content_type="application/json")
    (line,) = queries.with_actor_names([entry])
    data = json.dumps(entry.data, indent=2, sort_keys=True, ensure_ascii=False) if entry.data else ""
    return render(request, "portal/trail_entry.html", {"entry": entry, "line": line, "proof": proof, "data": data})


@require_http_methods(["GET", "POST"])
def trail_verify(request: HttpRequest) -> HttpResponse:
    """Look at the newest entries and say what was found, and what was not looked at. A reload or a bookmark leads back
    to the trail.
    """
    if request.method == "GET":
        return redirect("portal:trail")
    require_reader(person(request))
    return render(request, "portal/trail_verify.html", {"found": examine_end(), "archived": anchor()[0]})


@require_POST
def trail_check(request: HttpRequest) -> HttpResponse:
    """Queue a verification of everything."""
    run = trail_check_start(by=person(request))
    messages.success(request, "The whole trail is being read. You may leave this page.")
    return redirect("portal:run-detail", run.kind, run.pk)


@require_http_methods(["GET", "POST"])
def checkpoint_list(request: HttpRequest) -> HttpResponse:
    """The signed checkpoints and the keys they are verified by; a POST signs the trail as it is now."""
    user = person(request)
    if request.method == "POST":
        made = checkpoint_ask(by=user)
        nothing = "Nothing was recorded since the last checkpoint, so there is nothing to sign."
        messages.success(request, f"{made.rows:,} entries are signed." if made else nothing)
        return redirect("portal:checkpoint-list")
    context = {"keys": keys_for(user), "deliveries": deliveries_for(user)}
    page = rows_page(request, checkpoints_for(user))
    return render(request, "portal/checkpoint_list.html", context | {"page": page})
