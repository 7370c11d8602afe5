"""The pages of AI systems: the list, one system with the versions at work in it, and changing both."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.queries import may, may_anywhere, person
from apps.accounts.services import require
from apps.core.errors import Refused
from apps.core.form_fields import attempt, key_named, posted, status_of
from apps.core.listing import csv_answer, ordered, rows_page, wants_csv
from apps.registry import queries, services
from apps.registry.forms import MomentForm, PartForm, SystemChangeForm, SystemFilterForm, SystemForm
from apps.registry.models import ModelVersion

SORTS = {"name": "name", "changed": "updated_at"}
MOST_PARTS = 200


@require_GET
def system_list(request: HttpRequest) -> HttpResponseBase:
    """Every AI system that the person sees."""
    user = person(request)
    form = SystemFilterForm(user, request.GET)
    rows = ordered(request, queries.systems_listed_for(user), SORTS)
    if form.is_valid():
        rows = rows.filter(name__icontains=form.cleaned_data["name"]) if form.cleaned_data["name"] else rows
        given = {name: form.cleaned_data[name] for name in ("team", "risk_class") if form.cleaned_data[name]}
        rows = rows.filter(**given)
    if wants_csv(request):
        head = ("id", "name", "team", "owner", "risk class", "intended purpose", "versions at work", "changed")
        return csv_answer("systems", head, (_line(row) for row in rows.iterator(500)))
    context = {"form": form, "page": rows_page(request, rows), "may_create": may_anywhere(user, "system.edit")}
    return render(request, "registry/system_list.html", context)


def _line(row: Any) -> tuple[Any, ...]:
    told = (row.pk, row.name, row.team.name, row.owner.name, row.risk_class)
    return (*told, row.intended_purpose, row.at_work, row.updated_at)


@require_http_methods(["GET", "POST"])
def system_create_view(request: HttpRequest) -> HttpResponse:
    """Put an AI system on record."""
    user = person(request)
    if not may_anywhere(user, "system.edit"):
        raise Refused("Your roles do not include putting systems on record.", remedy="Ask an engineer of your team.")
    form = SystemForm(user, posted(request))
    system = attempt(form, _created, by=user)
    if system is not None:
        messages.success(request, f"“{system.name}” is on record. Put the versions to work in it that it uses.")
        return redirect("systems:system-detail", system.pk)
    return render(request, "registry/system_form.html", {"form": form}, status=status_of(form))


def _created(*, risk_class: str = "", **given: Any) -> Any:
    """An empty choice means: not yet classified."""
    return services.system_create(**given | ({"risk_class": risk_class} if risk_class else {}))


@require_http_methods(["GET", "POST"])
def system_change_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what is on record about a system."""
    user = person(request)
    system = queries.system_seen(user, pk)
    require(user, "system.edit", system.team_id)
    form = SystemChangeForm(user, system, posted(request))
    if attempt(form, services.system_change, by=user, system=system) is not None:
        messages.success(request, "The record is changed.")
        return redirect("systems:system-detail", pk)
    return render(request, "registry/system_form.html", {"form": form, "system": system}, status=status_of(form))


@require_GET
def system_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One system: what it is for, and which versions work in it, now or at a time."""
    user = person(request)
    system = queries.system_seen(user, pk)
    moment = MomentForm(request.GET if "at" in request.GET else None)
    at = moment.cleaned_data["at"] if moment.is_bound and moment.is_valid() else None
    parts = list(queries.parts_of(system)[:MOST_PARTS])
    may_edit = may(user, "system.edit", system.team_id)
    context = {
        "system": system,
        "now": [part for part in parts if part.until is None],
        "before": [part for part in parts if part.until is not None],
        "moment": moment,
        "at": at,
        "then": list(queries.parts_of(system, at)[:MOST_PARTS]) if at else [],
        "may_edit": may_edit,
        "may_classify": may(user, "system.classify", system.team_id),
        "form": PartForm(user, version=key_named(request, "version")) if may_edit else None,
    }
    return render(request, "registry/system_detail.html", context)


@require_POST
def system_version_add_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a version to work in a system."""
    user = person(request)
    system = queries.system_seen(user, pk)
    form = PartForm(user, request.POST)
    part = attempt(form, _added, by=user, system=system)
    if part is not None:
        messages.success(request, f"{part.version} works in “{system}” from now on.")
    for error in [*form.non_field_errors(), *form.errors.get("version", [])]:
        messages.error(request, str(error))
    return redirect("systems:system-detail", pk)


def _added(*, version: ModelVersion, **given: Any) -> Any:
    return services.system_version_add(version=version, **given)


@require_POST
def system_version_end_view(request: HttpRequest, pk: int, part: int) -> HttpResponse:
    """Take a version out of a system."""
    user = person(request)
    system = queries.system_seen(user, pk)
    ended = queries.part_seen(user, system, part)
    services.system_version_end(by=user, part=ended, reason=request.POST.get("reason", ""))
    messages.success(request, f"{ended.version} no longer works in “{system}”.")
    return redirect("systems:system-detail", pk)
