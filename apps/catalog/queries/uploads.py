"""Reading uploads: whose they are, and how far each has really come."""

from typing import TYPE_CHECKING

from django.db.models import QuerySet

from apps.accounts.queries import team_ids_seen_by
from apps.catalog.models import Dataset, Upload
from apps.catalog.queries.datasets import MISSING
from apps.core.arriving import arrived as arrived
from apps.core.errors import NotFound

if TYPE_CHECKING:
    from uuid import UUID

    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

MOST_OPEN = 20


def uploads_seen_by(user: "User | AnonymousUser") -> QuerySet[Upload]:
    """Uploads to datasets of the person's teams that have neither become a version nor been given up."""
    rows = Upload.objects.filter(team_id__in=team_ids_seen_by(user), ended_at=None)
    return rows.select_related("dataset", "created_by").order_by("-created_at")


def upload_seen(user: "User | AnonymousUser", pk: "UUID | str") -> Upload:
    """One open upload. Raises NotFound when it is not there, has ended, or is not to be seen."""
    found = uploads_seen_by(user).filter(pk=pk).first()
    if found is None:
        raise NotFound(MISSING)
    return found


def uploads_open(user: "User | AnonymousUser", dataset: Dataset) -> list[Upload]:
    """The newest open uploads of a dataset, each with the bytes that lie on the disk; one query."""
    return [arrived(upload) for upload in uploads_seen_by(user).filter(dataset=dataset)[:MOST_OPEN]]
