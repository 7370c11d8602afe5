"""The tab of files: what the version is made of, down to the byte."""

from typing import TYPE_CHECKING, Any

from apps.core.arriving import arrived
from apps.portal.queries.version_tabs.safety import safety
from apps.registry.models import ModelVersion
from apps.registry.queries import held_paths, uploads_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

MOST_FILES = 200


def files(user: "User | AnonymousUser", version: ModelVersion, chosen: int | None) -> dict[str, Any]:
    """The version's files, by path."""
    found = list(version.files.all()[: MOST_FILES + 1])
    sent = uploads_of(version).select_related("created_by").order_by("path")
    return {
        "sent": [arrived(file) if not file.digest else file for file in sent[:MOST_FILES]]
        if version.takes_files
        else [],
        "files": found[:MOST_FILES],
        "has_more_files": len(found) > MOST_FILES,
        "held_paths": held_paths(version),
        **safety(user, version),
    }
