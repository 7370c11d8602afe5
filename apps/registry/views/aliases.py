"""The page of a model's aliases: where they point, where they pointed at a time, their history, which are protected."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.models import User
from apps.accounts.queries import may, person
from apps.accounts.services import require
from apps.core.errors import Refused
from apps.core.form_fields import attempt, key_named, posted, status_of
from apps.core.listing import csv_answer, rows_page, wants_csv
from apps.core.templatetags.portal_ui.values import addresses
from apps.registry import queries, services
from apps.registry.forms import AliasForm, MomentForm, ProtectForm
from apps.registry.models import AliasMove, ModelAlias, RegisteredModel


@require_http_methods(["GET", "POST"])
def alias_list(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A model's aliases. A post sets one; `?at=` looks back, `?alias=` shows one's history, `?version=` chooses."""
    user = person(request)
    model = queries.model_seen(user, pk)
    name = request.GET.get("alias", "")[:256].replace("\0", "")
    form = AliasForm(model, posted(request), name=name, version=key_named(request, "version"))
    if request.method == "POST":
        require(user, "alias.set", model.team_id, shared=model)
        alias = _set(form, user, model)
        if alias is not None:
            messages.success(request, f"“{alias.name}” points at version {alias.version.number} now.")
            return redirect("registry:alias-list", pk)
    moves = queries.alias_moves_of(model, name)
    if wants_csv(request):
        head = ("alias", "from version", "to version", "when", "by", "reason")
        return csv_answer("alias-history", head, (_line(move) for move in moves.iterator(500)))
    moment = MomentForm(request.GET if "at" in request.GET else None)
    at = moment.cleaned_data["at"] if moment.is_bound and moment.is_valid() else None
    context = {
        "model": model,
        "aliases": list(queries.aliases_of(model)),
        "page": rows_page(request, moves),
        "name": name,
        "form": form,
        "moment": moment,
        "at": at,
        "then": queries.aliases_at(model, at) if at else [],
        "may_set": may(user, "alias.set", model.team_id),
        "may_protect": may(user, "alias.protect", model.team_id),
        "protect_form": ProtectForm.of(model),
    }
    return render(request, "registry/alias_list.html", context, status=status_of(form))


def _set(form: AliasForm, user: User, model: RegisteredModel) -> ModelAlias | None:
    """Set the alias. That its version may not carry it is a matter of the form, where another one can be chosen."""
    try:
        return attempt(form, services.alias_set, by=user, model=model)
    except Refused as refusal:
        if refusal.code != "alias.protected":
            raise
        form.add_error("version", addresses(f"{refusal.message} {refusal.remedy}"))
        return None


def _line(move: AliasMove) -> tuple[Any, ...]:
    told = (move.name, move.previous and move.previous.number, move.version and move.version.number)
    return (*told, move.moved_at, move.moved_by.name, move.reason)


@require_POST
def alias_delete_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an alias away."""
    user = person(request)
    name = request.POST.get("name", "")
    services.alias_delete(by=user, model=queries.model_seen(user, pk), name=name, reason=request.POST.get("reason", ""))
    messages.success(request, f"“{name}” is taken away; its history stays.")
    return redirect("registry:alias-list", pk)


@require_POST
def aliases_protect_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Say which aliases are protected."""
    user = person(request)
    model = queries.model_seen(user, pk)
    form = ProtectForm(request.POST)
    if attempt(form, services.aliases_protect, by=user, model=model) is not None:
        messages.success(request, "The list of protected aliases is changed.")
    for errors in form.errors.values():
        messages.error(request, " ".join(str(error) for error in errors))
    return redirect("registry:alias-list", pk)
