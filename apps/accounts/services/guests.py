"""The accounts of guests of audit rooms."""

import secrets
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from apps.accounts import queries
from apps.accounts.models import ApiToken, User
from apps.accounts.rules import NO_MAIL
from apps.accounts.services.people import check_password
from apps.audit.services import record
from apps.core.errors import Conflict


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
    check_password(password, guest)
    guest.set_password(password)
    guest.save(update_fields=["password"])
    record(action="person.password_set", obj=guest, by=guest)
