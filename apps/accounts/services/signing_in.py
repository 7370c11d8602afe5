"""Signing in and out."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth import authenticate
from django.db import transaction
from django.utils import timezone

from apps.accounts import queries
from apps.accounts.models import SignInFailure, User
from apps.accounts.rules import secret_digest
from apps.audit.services import SYSTEM, record
from apps.core.errors import Refused


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
def sign_out(*, by: User) -> None:
    """Record that a person signed out."""
    record(action="person.sign_out", obj=by, by=by)
