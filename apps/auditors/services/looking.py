"""What a guest looked at."""

from django.db import models, transaction

from apps.accounts.models import User
from apps.audit.services import record
from apps.auditors.models import AuditGrant


@transaction.atomic
def look(*, by: User, grant: AuditGrant, at: models.Model, page: str) -> None:
    """Put into the trail what a guest is shown: one entry for each page, before anything of it is read."""
    record(action="audit_room.look", obj=at, by=by, team_id=grant.team_id, data={"access": grant.pk, "page": page})
