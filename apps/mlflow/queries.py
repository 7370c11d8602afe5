"""For which team a client speaks that knows nothing of teams; imports of histories, and who may see which."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import QuerySet

from apps.accounts.models import Team, User
from apps.accounts.queries import team_ids_seen_by, teams_seen_by
from apps.core.errors import Invalid, NotFound
from apps.mlflow.models import HistoryImport
from apps.mlflow.rules import plain_address

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

ANY = frozenset({"", "default"})  # MLflow's clients name the workspace “default” when nobody chose one


def team_spoken_for(user: User, slug: str, workspace: str) -> Team:
    """The team that the address names, else the one that MLflow's workspace header names, else the only one.

    Raises NotFound for a team the person does not belong to, Invalid where it cannot be told.
    """
    named = slug or ("" if workspace in ANY else workspace)
    teams = teams_seen_by(user)
    if named:
        team = next((team for team in teams if team.slug == named), None)
        if team is None:
            raise NotFound(f"There is no team “{named}”, or you do not belong to it.", code="team.unknown")
        return team
    if len(teams) == 1:
        return teams[0]
    if not teams:
        raise NotFound("You belong to no team yet.", remedy="Ask an administrator to give you a role in one.")
    addresses = ", ".join(f"{settings.BASE_URL}/teams/{team.slug}" for team in teams[:20])
    raise Invalid(
        "You belong to several teams.", code="team.which", remedy=f"Set the tracking URI to one of {addresses}"
    )


def history_imports_seen_by(user: "User | AnonymousUser") -> QuerySet[HistoryImport]:
    """Imports of histories into the person's teams."""
    return HistoryImport.objects.filter(team_id__in=team_ids_seen_by(user)).select_related("team", "created_by")


def servers_offered() -> list[str]:
    """The servers that the operator lists for imports asked for by people, as plain addresses."""
    return [plain_address(address) for address in settings.MLFLOW_IMPORT_SERVERS]
