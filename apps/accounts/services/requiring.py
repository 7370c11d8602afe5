"""`require()`, which every service asks before it does anything."""

from typing import TYPE_CHECKING

from django.db import models

from apps.accounts import queries
from apps.accounts.models import Team, User
from apps.accounts.rules import WHO_ADMINISTERS, who_may
from apps.core.errors import NotFound, Refused

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


def in_turn(team: Team | int) -> None:
    """Let writes of one team that first look whether a name is free come one after the other, until they commit."""
    Team.objects.select_for_update(no_key=True).get(pk=team if isinstance(team, int) else team.pk)


def require(user: "User | AnonymousUser", action: str, team: Team | int, *, shared: models.Model | None = None) -> None:
    """Raise Refused unless the person may do `action` in this team; NotFound when they do not even see the team.

    `shared` is the object that may have been shared with them alone: then they see it, and may read and use it.
    """
    if queries.may(user, action, team):
        return
    is_seen = shared is not None and shared.pk in queries.shared_ids(user, type(shared))
    if is_seen and action == "team.view":
        return
    if not is_seen and not queries.may(user, "team.view", team):
        raise NotFound("There is no such object, or you may not see it.")
    raise Refused(
        f"Your roles in this team do not include “{action}”.",
        remedy=f"Ask somebody who is {who_may(action)} there.",
    )


def require_for_site(user: "User | AnonymousUser", action: str) -> None:
    """Raise Refused unless the person may do what concerns no single team."""
    if not queries.may_for_site(user, action):
        raise Refused(
            f"“{action}” concerns every team, and no role in a team includes it.", remedy=f"Ask {WHO_ADMINISTERS}."
        )
