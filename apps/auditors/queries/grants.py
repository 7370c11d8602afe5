"""Audit accesses, for those who give them and for those who hold them."""

from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.queries import team_ids_where
from apps.auditors.models import AuditGrant
from apps.auditors.rules import OPEN, REVOKED
from apps.core.errors import NotFound

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


def grants_seen_by(user: "User | AnonymousUser") -> QuerySet[AuditGrant]:
    """Accesses of the teams for which the person may give any, newest first."""
    rows = AuditGrant.objects.filter(team_id__in=team_ids_where(user, "audit_access.give"))
    return rows.select_related("team", "holder", "created_by", "revoked_by").prefetch_related("systems")


def in_state(rows: QuerySet[AuditGrant], state: str) -> QuerySet[AuditGrant]:
    """Those that are open, expired or revoked now."""
    if state == REVOKED:
        return rows.filter(revoked_at__isnull=False)
    rows = rows.filter(revoked_at=None)
    return rows.filter(expires_at__gt=timezone.now()) if state == OPEN else rows.filter(expires_at__lte=timezone.now())


def grant_seen(user: "User | AnonymousUser", pk: int) -> AuditGrant:
    """One access. Raises NotFound when it is not there or not to be seen."""
    found = grants_seen_by(user).filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such access, or you may not see it.")
    return found


def grants_open_to(user: "User | AnonymousUser") -> QuerySet[AuditGrant]:
    """The accesses that a guest can enter by now, the longest first; none for anybody else."""
    if not isinstance(user, User) or not user.is_guest or not user.has_access:
        return AuditGrant.objects.none()
    rows = AuditGrant.objects.filter(holder=user, revoked_at=None, expires_at__gt=timezone.now())
    return rows.select_related("team", "holder").order_by("-expires_at", "-pk")
