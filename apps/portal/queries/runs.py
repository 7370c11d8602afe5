"""Runs of every kind in one list."""

from typing import TYPE_CHECKING

from apps.accounts.queries import team_ids_seen_by
from apps.core.errors import NotFound
from apps.core.models import Run
from apps.core.runs import run_model, run_models

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User


def runs_listed_for(
    user: "User | AnonymousUser", *, kind: str = "", state: str = "", limit: int = 50, skip: int = 0
) -> list[Run]:
    """The newest runs that the person sees, of one kind or of all; one query a kind, each bounded by `limit`."""
    teams = team_ids_seen_by(user)
    models = [run_model(kind)] if kind else list(run_models().values())
    found: list[Run] = []
    for model in models:
        rows = model._default_manager.filter(team_id__in=teams).defer("log", "result", "config")
        if state:
            rows = rows.filter(state=state)
        found += rows.order_by("-created_at", "-pk")[: skip + limit]
    found.sort(key=lambda run: (run.created_at, run.pk), reverse=True)
    return found[skip : skip + limit]


def run_seen(user: "User | AnonymousUser", kind: str, pk: int) -> Run:
    """One run of a kind. Raises NotFound when it is not there or not to be seen."""
    found = run_model(kind)._default_manager.filter(team_id__in=team_ids_seen_by(user), pk=pk).first()
    if found is None:
        raise NotFound("There is no such run, or you may not see it.")
    return found
