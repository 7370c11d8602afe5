"""How people, times and runs are written into a snapshot."""

from datetime import UTC, datetime
from typing import Any

from apps.accounts.models import User
from apps.core.models import Run


def person(user: User | None) -> dict[str, Any] | None:
    """A person as in the trail, with the display name that an approval needs; never an address."""
    return None if user is None else {"id": f"user:{user.pk}", "name": name_of(user)}


def name_of(user: User) -> str:
    """The display name, or the number where there is none."""
    return display_name(user.name) or f"user {user.pk}"


def display_name(shown: str) -> str:
    """A person's name as other floors show it; where that is an address, because no name was given, not that."""
    return "a person without a name on record" if "@" in shown else shown


def moment(when: datetime | None) -> str | None:
    """ISO 8601 in UTC."""
    return None if when is None else when.astimezone(UTC).isoformat()


def run_facts(run: Run, by: User) -> dict[str, Any]:
    """What every kind of run has in common: its settings, its course and its result."""
    return {
        "id": run.pk,
        "kind": run.kind,
        "state": run.state,
        "started_by": person(by),
        "created_at": moment(run.created_at),
        "started_at": moment(run.started_at),
        "finished_at": moment(run.finished_at),
        "seconds": run.seconds if run.finished_at else None,
        "attempts": run.attempts,
        "energy_kwh": run.energy_kwh,
        "error": run.error,
        "config": without_paths(run.config),
        "result": without_paths(run.result),
    }


def without_paths(value: Any) -> Any:
    """The value without the folders of the machine that it was made on: they tell a reader nothing."""
    if isinstance(value, dict):
        return {key: without_paths(item) for key, item in value.items() if not _is_place(key, item)}
    return [without_paths(item) for item in value] if isinstance(value, list) else value


def _is_place(key: str, item: Any) -> bool:
    """Settings that name a folder by their nature, and those that name a model by its folder or by its hub id."""
    is_folder = isinstance(item, str) and item.startswith("/")
    return key.endswith(("_dir", "_path")) or (is_folder and key in {"base", "model", "baseline"})
