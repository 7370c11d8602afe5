"""Entering an audit room by the secret of a link. Nothing here writes the secret anywhere."""

from django.db import transaction
from django.utils import timezone

from apps.accounts.queries import is_throttled
from apps.accounts.rules import secret_digest
from apps.accounts.services import failure_note, guest_password_set
from apps.audit.services import record
from apps.auditors import rules
from apps.auditors.models import AuditGrant
from apps.core.errors import Invalid, Refused


def link_check(*, secret: str, origin: str) -> AuditGrant:
    """The open access that this secret belongs to. Raises Refused, whatever is wrong with it; and after too many
    failures from one network origin, even the right one is refused until the window has passed.
    """
    key = secret_digest(f"audit-link|{origin}")
    if is_throttled(key):
        raise Refused("Too many wrong links. Wait a while, then try again.", code="access.throttled")
    rows = AuditGrant.objects.filter(secret_digest=secret_digest(secret.strip())).select_related("holder", "team")
    grant = rows.first() if secret.strip() else None
    if grant is None or grant.state != rules.OPEN or not grant.holder.has_access:
        failure_note(key)
        raise Refused(
            "This link opens nothing: it was mistyped, used up, revoked, or its time is over.",
            code="access.link",
            remedy="Ask whoever gave it to you for another one.",
        )
    return grant


def room_enter(*, secret: str, origin: str, password: str = "") -> AuditGrant:
    """Enter by a link. The link of a named person works once: they choose the password to sign in with from then on.

    Raises Refused as `link_check` does, Invalid for a missing or weak password.
    """
    grant = link_check(secret=secret, origin=origin)
    if grant.kind == rules.ACCOUNT and not password:
        raise Invalid("Choose a password: you sign in with it from now on.", code="password.missing")
    return _entered(grant.pk, secret_digest(secret.strip()), password)


@transaction.atomic
def _entered(pk: int, digest: str, password: str) -> AuditGrant:
    rows = AuditGrant.objects.select_for_update(of=("self",)).select_related("holder", "team")
    grant = rows.filter(pk=pk, secret_digest=digest).first()
    if grant is None:
        raise Refused("Somebody has just used this link.", code="access.link")
    if grant.kind == rules.ACCOUNT:
        guest_password_set(guest=grant.holder, password=password)
        grant.secret_digest = ""
    grant.entered_at = timezone.now()
    grant.save(update_fields=["secret_digest", "entered_at"])
    record(action="audit_access.enter", obj=grant, by=grant.holder)
    return grant
