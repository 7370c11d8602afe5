"""Making datasets."""

from django.db import transaction

from apps.accounts.models import Team, User
from apps.accounts.services import in_turn, require
from apps.audit.services import record
from apps.catalog.models import Dataset
from apps.core.errors import Conflict, Invalid


@transaction.atomic
def dataset_create(*, by: User, team: Team, name: str, description: str = "") -> Dataset:
    """Make an empty dataset. Raises Conflict when the team already has one of this name."""
    require(by, "dataset.create", team)
    name = name.strip()
    if not name:
        raise Invalid("A dataset needs a name.")
    in_turn(team)
    if Dataset.objects.filter(team=team, name=name).exists():
        raise Conflict(f"This team already has a dataset called “{name}”.", code="dataset.exists")
    dataset = Dataset.objects.create(team=team, name=name, description=description, created_by=by)
    record(action="dataset.create", obj=dataset, by=by)
    return dataset
