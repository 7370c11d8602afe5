"""Tokens that people's tools carry."""

import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from apps.accounts import queries
from apps.accounts.models import ApiToken, User
from apps.accounts.rules import READ, SCOPES, TOKEN_PREFIX, secret_digest
from apps.audit.services import record
from apps.core.errors import Conflict, Invalid, NotFound, Refused


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
