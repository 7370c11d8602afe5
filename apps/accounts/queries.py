"""Reading people, and the questions "may they?" and "what do they see?"."""

from collections import defaultdict
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import BigIntegerField, FilteredRelation, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.utils import timezone
from guardian.models import UserObjectPermission

from apps.accounts.models import ApiToken, SignInFailure, Team, User
from apps.accounts.rules import AUDITOR, ROLES, SITE_ACTIONS, allows, secret_digest
from apps.core.errors import NotFound, Refused
from apps.core.prepared import Prepared

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

_ROLES_CACHE, _TEAMS_CACHE = "_roles_by_team", "_teams_seen"
# In the order of the tables' own columns, as Django asks for where only some are read.
_TOKEN = ("id", "user_id", "name", "scope", "expires_at", "last_used_at", "revoked_at")
_PERSON = ("id", "is_superuser", "email", "name", "is_active", "access_ends_at", "is_guest")


def roles_by_team(user: "User | AnonymousUser") -> dict[int, frozenset[str]]:
    """Every team the person belongs to and the roles held there; read once per request."""
    if not isinstance(user, User) or not user.has_access:
        return {}
    cached = getattr(user, _ROLES_CACHE, None)
    if cached is None:
        cached = _read_roles(user)
        setattr(user, _ROLES_CACHE, cached)
    return cached


def _read_roles(user: User) -> dict[int, frozenset[str]]:
    if user.is_guest:
        return {}
    if user.is_superuser:
        return {pk: frozenset({"administrator"}) | _held(user).get(pk, set()) for pk in _all_team_ids()}
    return {pk: frozenset(roles) for pk, roles in _held(user).items()}


def _all_team_ids() -> list[int]:
    return list(Team.objects.values_list("pk", flat=True))


def _held(user: User) -> dict[int, set[str]]:
    rows = UserObjectPermission.objects.filter(
        user=user, content_type=ContentType.objects.get_for_model(Team), permission__codename__in=list(ROLES)
    ).values_list("object_pk", "permission__codename")
    held: dict[int, set[str]] = defaultdict(set)
    for team_pk, role in rows:
        held[int(team_pk)].add(role)
    return held


def lent_to(guest: User, team_id: int) -> User:
    """The guest as an auditor of one team, for a single question whose bounds were kept before it is asked: the guest's
    own account holds no role.
    """
    lent = copy(guest)
    setattr(lent, _ROLES_CACHE, {team_id: frozenset({AUDITOR})})
    return lent


def roles_forget(user: User) -> None:
    """Drop what was read of a person's roles, after they changed."""
    for name in (_ROLES_CACHE, _TEAMS_CACHE):
        if hasattr(user, name):
            delattr(user, name)  # not through __dict__: a request's user is a proxy


def may(user: "User | AnonymousUser", action: str, team: Team | int) -> bool:
    """Whether the person may do `action` in this team."""
    team_pk = team if isinstance(team, int) else team.pk
    return allows(roles_by_team(user).get(team_pk, frozenset()), action)


def may_anywhere(user: "User | AnonymousUser", action: str) -> bool:
    """Whether the person may do `action` in at least one team."""
    return any(allows(roles, action) for roles in roles_by_team(user).values())


def may_for_site(user: "User | AnonymousUser", action: str) -> bool:
    """Whether the person may do what concerns no single team: those who administer the whole site may. Raises KeyError
    for an action that is held in teams.
    """
    if action not in SITE_ACTIONS:
        raise KeyError(action)
    return isinstance(user, User) and user.has_access and user.is_superuser and not user.is_guest


def team_ids_seen_by(user: "User | AnonymousUser") -> list[int]:
    """The ids of the teams whose objects the person may read."""
    return sorted(roles_by_team(user))


def team_ids_where(user: "User | AnonymousUser", action: str) -> list[int]:
    """The ids of the teams in which the person may do `action`."""
    return sorted(pk for pk, roles in roles_by_team(user).items() if allows(roles, action))


def teams_where(user: "User | AnonymousUser", action: str) -> QuerySet[Team]:
    """The teams in which the person may do `action`."""
    return Team.objects.filter(pk__in=team_ids_where(user, action))


def team_seen(user: "User | AnonymousUser", pk: int) -> Team:
    """One team. Raises NotFound when it is not there or the person does not belong to it."""
    found = teams_where(user, "team.view").filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such team, or you do not belong to it.")
    return found


@dataclass(frozen=True)
class Member:
    """A person and the roles they hold in one team."""

    person: User
    roles: list[str]


def members_of(team: Team) -> list[Member]:
    """The people of a team with their roles, by name; two queries."""
    kind = ContentType.objects.get_for_model(Team)
    held = UserObjectPermission.objects.filter(content_type=kind, object_pk=str(team.pk))
    rows = held.filter(permission__codename__in=list(ROLES)).values_list("user_id", "permission__codename")
    roles: dict[int, list[str]] = defaultdict(list)
    for user_pk, role in rows:
        roles[user_pk].append(role)
    people = User.objects.filter(pk__in=roles).order_by("name", "pk")
    return [Member(person, sorted(roles[person.pk])) for person in people]


def people_in(teams: Iterable[int]) -> QuerySet[User]:
    """Everybody who holds a role in one of these teams, by name."""
    kind = ContentType.objects.get_for_model(Team)
    held = UserObjectPermission.objects.filter(content_type=kind, object_pk__in=[str(pk) for pk in teams])
    held = held.filter(permission__codename__in=list(ROLES))
    return User.objects.filter(pk__in=held.values("user_id")).order_by("name", "pk")


def member_seen(user: "User | AnonymousUser", team_pk: int, pk: int) -> User:
    """Somebody of a team that the person belongs to. Raises NotFound for anybody else."""
    found = people_in([team_pk]).filter(pk=pk).first() if team_pk in roles_by_team(user) else None
    if found is None:
        raise NotFound("There is nobody of this team with this number.")
    return found


def manages(user: User, other: User) -> bool:
    """Whether `user` administers every team that `other` works in; those who work in none are anybody's to manage."""
    if user.is_superuser:
        return user.has_access
    if other.is_superuser or not may_anywhere(user, "people.manage"):
        return False
    return set(_held(other)) <= set(team_ids_where(user, "people.manage"))


def people_seen_by(user: "User | AnonymousUser") -> QuerySet[User]:
    """People of the teams that the person administers, and the person; everybody for a superuser."""
    if isinstance(user, User) and user.is_superuser:
        return User.objects.all()
    teams = [str(pk) for pk in team_ids_where(user, "people.manage")]
    members = UserObjectPermission.objects.filter(
        content_type=ContentType.objects.get_for_model(Team), object_pk__in=teams, permission__codename__in=list(ROLES)
    )
    return User.objects.filter(models.Q(pk__in=members.values("user_id")) | models.Q(pk=user.pk))


def tokens_managed_by(user: "User | AnonymousUser") -> QuerySet[ApiToken]:
    """Tokens of the people that the person sees in the back office."""
    return ApiToken.objects.filter(user__in=people_seen_by(user)).select_related("user")


def tokens_of(user: "User | AnonymousUser") -> QuerySet[ApiToken]:
    """The person's own tokens, newest first."""
    return ApiToken.objects.filter(user__pk=user.pk or 0).order_by("-pk")


def shared_ids(user: "User | AnonymousUser", model: type[models.Model]) -> list[int]:
    """Ids of objects that were shared with the person one by one, outside their teams."""
    if not isinstance(user, User) or not user.has_access or user.is_guest:
        return []
    rows = UserObjectPermission.objects.filter(
        user=user,
        content_type=ContentType.objects.get_for_model(model),
        permission__codename=f"view_{model._meta.model_name}",
    )
    return [int(pk) for pk in rows.values_list("object_pk", flat=True)]


def person_by_email(email: str) -> User | None:
    """The person with this address, in whatever case it was typed."""
    return User.objects.filter(email__iexact=email.strip()).first()


def _tokens_with_roles(digest: str, team_type: int) -> "QuerySet[ApiToken, tuple[Any, ...]]":
    """A token with its person, a row for every role they hold in a team (one without any for who holds none)."""
    held = FilteredRelation(
        "user__userobjectpermission", condition=Q(user__userobjectpermission__content_type=team_type)
    )
    slug = Team.objects.filter(pk=Cast(OuterRef("held__object_pk"), BigIntegerField())).order_by().values("slug")
    person = [f"user__{name}" for name in _PERSON]
    columns = (*_TOKEN, *person, "held__object_pk", "slug", "held__permission__codename")
    return (
        ApiToken.objects.filter(digest=digest).annotate(held=held, slug=Subquery(slug)).order_by().values_list(*columns)
    )


_TOKEN_WITH_ROLES = Prepared(_tokens_with_roles, digest=str, team_type=int)


def token_by_secret(secret: str) -> ApiToken | None:
    """The token that this secret belongs to, valid or not, with its person and their roles; mostly one query."""
    digest, team_type = secret_digest(secret), ContentType.objects.get_for_model(Team).pk
    rows = _TOKEN_WITH_ROLES.rows(digest=digest, team_type=team_type)
    if not rows:
        return None
    token = ApiToken.from_db(None, list(_TOKEN), rows[0][: len(_TOKEN)])
    token.user = User.from_db(None, list(_PERSON), rows[0][len(_TOKEN) : -3])
    if not token.user.is_superuser and not token.user.is_guest:  # they see every team, whatever roles they hold
        _remember_roles(token.user, [row[-3:] for row in rows if row[-1] in ROLES and row[-2] is not None])
    return token


def _remember_roles(user: User, held: list[tuple[str, str, str]]) -> None:
    """What was read along, so that it is not read again: roles by team, and the teams."""
    roles: dict[int, set[str]] = defaultdict(set)
    for team_pk, _, role in held:
        roles[int(team_pk)].add(role)
    teams = {int(team_pk): Team.from_db(None, ["id", "slug"], [int(team_pk), slug]) for team_pk, slug, _ in held}
    setattr(user, _ROLES_CACHE, {pk: frozenset(names) for pk, names in roles.items()})
    setattr(user, _TEAMS_CACHE, list(teams.values()))


def teams_seen_by(user: User) -> list[Team]:
    """The person's teams; no query where they were read along with a token."""
    cached: list[Team] | None = getattr(user, _TEAMS_CACHE, None)
    return list(teams_where(user, "team.view")) if cached is None else cached


def is_throttled(key: str) -> bool:
    """Whether too many sign-ins failed for this key within the window."""
    since = timezone.now() - timedelta(seconds=settings.SIGN_IN_WINDOW_SECONDS)
    return SignInFailure.objects.filter(key=key, at__gt=since).count() >= settings.SIGN_IN_ATTEMPTS


def names_of(pks: set[int]) -> dict[int, str]:
    """The names of people by id, for pages that show the trail."""
    return dict(User.objects.filter(pk__in=pks).values_list("pk", "name"))


def person(request: HttpRequest) -> User:
    """Who makes this request. Raises Refused when nobody is signed in."""
    if not isinstance(request.user, User):
        raise Refused("Sign in first.", code="sign_in.needed")
    return request.user


def origin_of(request: HttpRequest) -> str:
    """The network address that the request comes from. Behind the trusted proxy it is the last one the proxy noted:
    what stands before it is the caller's own invention."""
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.TRUST_PROXY else ""
    return forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")


def token_owned(user: User, pk: int) -> ApiToken:
    """One of the person's own tokens. Raises NotFound for anybody else's."""
    found = tokens_of(user).filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such token, or it is not yours.")
    return found


def roles_in_words(user: User) -> list[tuple[Team, str]]:
    """The person's teams with their roles there, as a page says them."""
    held = roles_by_team(user)
    return [
        (team, ", ".join(ROLES[role].lower() for role in ROLES if role in held[team.pk]))
        for team in Team.objects.filter(pk__in=held)
    ]
