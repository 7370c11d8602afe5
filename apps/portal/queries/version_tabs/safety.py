"""The part of the tab of files that says whether they are safe, whole and signed, and what the person may do."""

from typing import TYPE_CHECKING, Any

from apps.accounts.queries import may
from apps.incidents.queries import open_incidents_of
from apps.registry.models import ModelVersion
from apps.registry.queries import safety_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User


def safety(user: "User | AnonymousUser", version: ModelVersion) -> dict[str, Any]:
    """What is known about the files, and which actions are open to the person."""
    known, team = safety_of(version), version.team_id
    has_files = bool(version.manifest_digest) and version.deleted_at is None
    is_sound = not version.held_files and version.broken_at is None
    is_whole_again = bool(version.broken_at and version.checked_at and version.checked_at > version.broken_at)
    return {
        "safety": known,
        "incident": open_incidents_of(version).first() if version.broken_at else None,
        "is_whole_again": is_whole_again,
        "may_check": has_files and not _is_open(known.check) and may(user, "version.check", team),
        "may_scan": has_files and bool(known.held) and not _is_open(known.scan) and may(user, "scan.start", team),
        "may_sign": has_files and is_sound and not _is_open(known.signing) and may(user, "version.sign", team),
        "may_mend": has_files and is_whole_again and may(user, "version.release", team),
    }


def _is_open(run: Any) -> bool:
    return run is not None and run.is_open
