"""Accounts, teams, roles, and when access ends."""

from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.text import slugify
from guardian.shortcuts import assign_perm, get_users_with_perms, remove_perm

from apps.accounts import queries
from apps.accounts.models import Team, User
from apps.accounts.rules import ADMINISTRATOR, ROLES, WHO_ADMINISTERS
from apps.accounts.services.requiring import in_turn, require
from apps.audit.services import record
from apps.core.errors import Conflict, Invalid, Refused


@transaction.atomic
def person_create(
    *,
    by: User | str,
    email: str,
    name: str,
    password: str | None = None,
    is_staff: bool = False,
    access_ends_at: datetime | None = None,
) -> User:
    """Make an account. `by` is an administrator of some team, or SYSTEM for the command line."""
    if isinstance(by, User) and not queries.may_anywhere(by, "people.manage"):
        raise Refused("Only an administrator may add people.")
    if queries.person_by_email(email):
        raise Conflict("Somebody with this e-mail address already has an account.", code="person.exists")
    user = User(email=email.strip().lower(), name=name.strip(), is_staff=is_staff, access_ends_at=access_ends_at)
    if password is not None:
        check_password(password, user)
    user.set_password(password)
    user.save()
    record(action="person.create", obj=user, by=by, data={"is_staff": is_staff})
    return user


@transaction.atomic
def site_administrator_set(*, by: User | str, user: User, is_one: bool) -> None:
    """Let a person administer the whole site, or no longer. `by` is another one who does, or SYSTEM for the command
    line. Raises Refused, and Conflict for guests and where nothing would change.
    """
    if isinstance(by, User) and (by == user or not (by.is_superuser and by.has_access)):
        raise Refused(f"Only {WHO_ADMINISTERS} names others.")
    if user.is_guest or user.is_superuser == is_one:
        raise Conflict("A guest never administers the site." if user.is_guest else "Nothing would change.")
    user.is_superuser = is_one
    user.is_staff = user.is_staff or is_one
    user.save(update_fields=["is_superuser", "is_staff"])
    queries.roles_forget(user)
    record(action="person.site_administrator", obj=user, by=by, data={"is_one": is_one})


def check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), code="password.weak") from error


@transaction.atomic
def team_create(*, by: User | str, name: str) -> Team:
    """Make a team. Whoever makes it becomes its first administrator."""
    if isinstance(by, User) and not (by.is_superuser or queries.may_anywhere(by, "people.manage")):
        raise Refused("Only an administrator may make teams.")
    slug = slugify(name)
    if not slug or Team.objects.filter(models.Q(slug=slug) | models.Q(name=name)).exists():
        raise Conflict("A team of this name already exists, or the name has no letters.", code="team.exists")
    team = Team.objects.create(name=name, slug=slug)
    record(action="team.create", obj=team, by=by, team_id=team.pk)
    if isinstance(by, User):
        assign_perm(ADMINISTRATOR, by, team)
        queries.roles_forget(by)
    return team


@transaction.atomic
def role_grant(*, by: User | str, user: User, team: Team, role: str) -> None:
    """Give a person a role in a team: an object permission on the team."""
    _require_role(by, team, role)
    if user.is_guest:
        raise Conflict(
            "A guest of audit rooms holds no role.", code="person.is_guest", remedy="Make another account for them."
        )
    assign_perm(role, user, team)
    queries.roles_forget(user)
    record(action="role.grant", obj=user, by=by, team_id=team.pk, data={"role": role})


@transaction.atomic
def role_revoke(*, by: User | str, user: User, team: Team, role: str, reason: str = "") -> None:
    """Take a role away; it ends at once. The last administrator of a team cannot be removed."""
    _require_role(by, team, role)
    in_turn(team)  # two removals at once must not leave nobody
    holders = get_users_with_perms(team, only_with_perms_in=[ADMINISTRATOR], with_superusers=False)
    if role == ADMINISTRATOR and set(holders) == {user}:
        raise Conflict("A team keeps at least one administrator.", remedy="Name another administrator first.")
    remove_perm(role, user, team)
    queries.roles_forget(user)
    record(action="role.revoke", obj=user, by=by, team_id=team.pk, reason=reason, data={"role": role})


def _require_role(by: User | str, team: Team, role: str) -> None:
    if role not in ROLES:
        raise Invalid(f"“{role}” is no role.", remedy=f"Choose one of {', '.join(ROLES)}.")
    if isinstance(by, User):
        require(by, "people.manage", team)


@transaction.atomic
def access_share(*, by: User, obj: models.Model, user: User) -> None:
    """Let one person outside the team read one object (a dataset or a model)."""
    team_id: int = getattr(obj, "team_id")  # noqa: B009 - a model without a team cannot be shared: say so loudly
    require(by, "people.manage", team_id)
    if user.is_guest:
        raise Conflict("A guest sees their audit rooms alone.", code="person.is_guest")
    assign_perm(f"view_{obj._meta.model_name}", user, obj)
    record(action="access.share", obj=obj, by=by, data={"with": f"user:{user.pk}"})


@transaction.atomic
def access_unshare(*, by: User, obj: models.Model, user: User) -> None:
    """Take such a single permission away; it ends at once."""
    team_id: int = getattr(obj, "team_id")  # noqa: B009
    require(by, "people.manage", team_id)
    remove_perm(f"view_{obj._meta.model_name}", user, obj)
    record(action="access.unshare", obj=obj, by=by, data={"with": f"user:{user.pk}"})


@transaction.atomic
def access_end(*, by: User, user: User, reason: str = "") -> None:
    """Close an account at once: sessions and tokens end with it. What the person did stays in the trail."""
    _require_management(by, user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    record(action="person.access_end", obj=user, by=by, reason=reason)


@transaction.atomic
def access_set(*, by: User, user: User, ends_at: datetime | None) -> None:
    """Open an account until a time, or without an end."""
    _require_management(by, user)
    if user.is_guest:
        raise Conflict(
            "How long a guest may enter is said with each audit room.",
            code="person.is_guest",
            remedy="Give them another audit access.",
        )
    User.objects.filter(pk=user.pk).update(is_active=True, access_ends_at=ends_at)
    data = {"ends_at": ends_at.isoformat() if ends_at else None}
    record(action="person.access_set", obj=user, by=by, data=data)


def _require_management(by: User, user: User) -> None:
    if by == user:
        raise Refused("Nobody changes their own access.", remedy="Ask another administrator.")
    if not queries.manages(by, user):
        raise Refused("Only an administrator of every team that the person works in may do this.")
