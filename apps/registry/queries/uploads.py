"""Reading the files that people send to a version before it is sealed."""

from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from apps.accounts.queries import team_ids_seen_by
from apps.core.errors import NotFound
from apps.registry.models import ModelUpload, ModelVersion
from apps.registry.queries.models import MISSING

if TYPE_CHECKING:
    from uuid import UUID

    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User


def uploads_of(version: ModelVersion) -> QuerySet[ModelUpload]:
    """The files of an open version: those that are stored, and those on their way."""
    return ModelUpload.objects.filter(~Q(digest="") | Q(ended_at=None), version=version)


def file_uploads_seen_by(user: "User | AnonymousUser") -> QuerySet[ModelUpload]:
    """Files on their way to versions of the person's teams."""
    rows = ModelUpload.objects.filter(team_id__in=team_ids_seen_by(user), ended_at=None)
    return rows.select_related("version__model", "created_by").order_by("-created_at")


def file_upload_seen(user: "User | AnonymousUser", pk: "UUID | str") -> ModelUpload:
    """A file on its way. Raises NotFound when it is not there, has ended, or is not to be seen."""
    found = file_uploads_seen_by(user).filter(pk=pk).first()
    if found is None:
        raise NotFound(MISSING)
    return found


def sent_file_seen(user: "User | AnonymousUser", version: ModelVersion, pk: "UUID | str") -> ModelUpload:
    """A file of an open version, stored or on its way. Raises NotFound."""
    rows = uploads_of(version).filter(team_id__in=team_ids_seen_by(user)).select_related("version__model")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound(MISSING)
    return found
