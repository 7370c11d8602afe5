"""Every write about people: accounts, teams, roles, tokens, sign-in. And `require()`, which every service asks."""

import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.text import slugify
from guardian.shortcuts import assign_perm, get_users_with_perms, remove_perm

from apps.accounts import queries
from apps.accounts.models import ApiToken, SignInFailure, Team, User
from apps.accounts.rules import ADMINISTRATOR, NO_MAIL, READ, ROLES, SCOPES, TOKEN_PREFIX, secret_digest, who_may
from apps.audit.services import SYSTEM, record
from apps.core.errors import Conflict, Invalid, NotFound, Refused

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
        _check_password(password, user)
    user.set_password(password)
    user.save()
    record(action="person.create", obj=user, by=by, data={"is_staff": is_staff})
    return user


def _check_password(password: str, user: User) -> None:
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
def token_create(*, by: User | str, user: User, name: str, scope: str = READ, days: int = 90) -> tuple[ApiToken, str]:
    """Make a token and return it with its secret, which is shown this once. People make tokens for themselves only."""
    if isinstance(by, User) and by != user:
        raise Refused("A token can only be made by the person it acts for.")
    if scope not in SCOPES:
        raise Invalid(f"“{scope}” is no scope.", remedy=f"Choose one of {', '.join(SCOPES)}.")
    if not 1 <= days <= 366:
        raise Invalid("A token lives between 1 and 366 days.", code="token.lifetime")
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user,
        name=name[:80],
        scope=scope,
        digest=secret_digest(secret),
        expires_at=timezone.now() + timedelta(days=days),
    )
    record(action="token.create", obj=token, by=by, data={"scope": scope, "days": days, "for": f"user:{user.pk}"})
    return token, secret


@transaction.atomic
def token_revoke(*, by: User, token: ApiToken) -> None:
    """End a token at once: one's own, or as an administrator of a team that its owner works in."""
    if token.user_id != by.pk and not queries.manages(by, token.user):
        raise NotFound("There is no such token, or it is not yours.")
    if token.revoked_at is not None:
        raise Conflict("This token was revoked already.", code="token.revoked")
    token.revoked_at = timezone.now()
    token.save(update_fields=["revoked_at"])
    record(action="token.revoke", obj=token, by=by, data={"for": f"user:{token.user_id}"})


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


def token_accept(secret: str, *, is_for_guests: bool = False) -> ApiToken:
    """The token that this secret opens, with its use noted. Raises Refused (token.invalid), for a guest's token too
    unless the door is one for guests.
    """
    token = queries.token_by_secret(secret)
    is_shut = token is not None and token.user.is_guest and not is_for_guests
    if token is None or is_shut or not token.is_valid or not token.user.has_access:
        raise Refused(
            "This token is unknown, revoked or expired.",
            code="token.invalid",
            remedy="Make a new token on your account page.",
        )
    token_use(token)
    return token


def token_use(token: ApiToken) -> None:
    """Note that a token was used, at most once a minute; a note for its owner, not an event for the trail."""
    if token.last_used_at is None or token.last_used_at < timezone.now() - timedelta(minutes=1):
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=timezone.now())


def sign_in(*, email: str, password: str, origin: str) -> User:
    """The person with this address and password. Raises Refused, and after too many failures for one address
    from one network origin refuses even the right password until the window has passed."""
    key = secret_digest(f"{email.strip().lower()}|{origin}")
    if queries.is_throttled(key):
        minutes = settings.SIGN_IN_WINDOW_SECONDS // 60
        raise Refused(f"Too many failed attempts. Wait {minutes} minutes, then try again.", code="sign_in.throttled")
    user = authenticate(username=email.strip().lower(), password=password)
    if not isinstance(user, User):
        failure_note(key)
        raise Refused("This e-mail address and password do not belong together.", code="sign_in.failed")
    with transaction.atomic():
        SignInFailure.objects.filter(key=key).delete()
        record(action="person.sign_in", obj=user, by=user)
    return user


@transaction.atomic
def failure_note(key: str) -> None:
    """Count a failed attempt for this key; those older than the window are forgotten."""
    since = timezone.now() - timedelta(seconds=settings.SIGN_IN_WINDOW_SECONDS)
    SignInFailure.objects.filter(at__lt=since).delete()
    failure = SignInFailure.objects.create(key=key)
    record(action="person.sign_in_failed", obj=failure, by=SYSTEM)


@transaction.atomic
def guest_create(*, by: User, name: str, ends_at: datetime, email: str = "") -> User:
    """Make the account of a guest: no role, no password, and an end. Without an address it can only be entered by link.

    The caller has asked whether `by` may let auditors in. Raises Conflict where somebody has the address.
    """
    address = email.strip().lower() or f"{secrets.token_hex(12)}@{NO_MAIL}"
    if queries.person_by_email(address):
        raise Conflict("Somebody with this e-mail address already has an account.", code="person.exists")
    user = User(email=address, name=name.strip()[:120], access_ends_at=ends_at, is_guest=True)
    user.set_unusable_password()
    user.save()
    record(action="person.create", obj=user, by=by, data={"is_guest": True, "ends_at": ends_at.isoformat()})
    return user


@transaction.atomic
def guest_until(*, by: User, guest: User, ends_at: datetime) -> None:
    """Let a guest's account end at this time; sessions and tokens end with it."""
    if not guest.is_guest:
        raise Conflict("Only the access of guests is bound to audit rooms.", code="person.is_no_guest")
    User.objects.filter(pk=guest.pk).update(access_ends_at=ends_at)
    record(action="person.access_set", obj=guest, by=by, data={"ends_at": ends_at.isoformat()})


@transaction.atomic
def guest_end(*, by: User, guest: User) -> None:
    """End a guest's account at once. Password and tokens stay dead: who is let in again begins with a new link."""
    if not guest.is_guest:
        raise Conflict("Only the access of guests is bound to audit rooms.", code="person.is_no_guest")
    guest_sign_out(by=by, guest=guest)
    guest.access_ends_at = timezone.now()
    guest.save(update_fields=["access_ends_at"])
    record(action="person.access_end", obj=guest, by=by)


@transaction.atomic
def guest_sign_out(*, by: User, guest: User) -> None:
    """End every session of a guest, their password and their tokens: the next way in is a new link."""
    if not guest.is_guest:
        raise Conflict("Only the access of guests is bound to audit rooms.", code="person.is_no_guest")
    guest.set_unusable_password()  # sessions hang on it
    guest.save(update_fields=["password"])
    ended = ApiToken.objects.filter(user=guest, revoked_at=None).update(revoked_at=timezone.now())
    record(action="person.sessions_end", obj=guest, by=by, data={"tokens": ended})


@transaction.atomic
def guest_password_set(*, guest: User, password: str) -> None:
    """Keep the password that a guest chose when they entered for the first time. Raises Invalid for a weak one."""
    _check_password(password, guest)
    guest.set_password(password)
    guest.save(update_fields=["password"])
    record(action="person.password_set", obj=guest, by=guest)


@transaction.atomic
def sign_out(*, by: User) -> None:
    """Record that a person signed out."""
    record(action="person.sign_out", obj=by, by=by)
