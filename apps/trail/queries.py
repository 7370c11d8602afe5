"""Reading verifications, checkpoints and public keys: for everybody who may read the trail of at least one team."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from apps.accounts.queries import may_anywhere, team_ids_seen_by
from apps.audit.models import Checkpoint
from apps.audit.queries.checkpoints import public_key_texts
from apps.core.errors import Refused
from apps.trail.models import TrailCheckRun, TrailDelivery

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User


def require_reader(user: "User | AnonymousUser") -> None:
    """Raise Refused unless the person may read the trail of a team; what is asked next speaks of the whole trail, and
    tells nothing of what its entries say.
    """
    if not may_anywhere(user, "trail.view"):
        raise Refused(
            "Your roles do not include reading the audit trail.",
            remedy="Ask somebody who is administrator, compliance officer, approver or auditor.",
        )


def checks_seen_by(user: "User | AnonymousUser") -> QuerySet[TrailCheckRun]:
    """Verifications that people of the person's teams asked for, newest first."""
    return TrailCheckRun.objects.filter(team_id__in=team_ids_seen_by(user)).select_related("created_by")


def checkpoints_for(user: "User | AnonymousUser") -> QuerySet[Checkpoint]:
    """The signed checkpoints, newest first; none for who reads no trail."""
    return Checkpoint.objects.all() if may_anywhere(user, "trail.view") else Checkpoint.objects.none()


@dataclass(frozen=True)
class PublicKey:
    """A key that checkpoints of this portal are verified by."""

    id: str
    pem: str


def keys_for(user: "User | AnonymousUser") -> list[PublicKey]:
    """The portal's public keys, those of former years included."""
    require_reader(user)
    return [PublicKey(name, text) for name, text in public_key_texts().items()]


def deliveries_for(user: "User | AnonymousUser") -> list[TrailDelivery]:
    """How far each receiver was told, for everybody who may read a trail. No address is among it."""
    require_reader(user)
    return list(TrailDelivery.objects.all())
