"""How the command line names people and datasets."""

from django.core.management.base import CommandError

from apps.accounts.models import User
from apps.accounts.queries import person_by_email
from apps.catalog.models import Dataset
from apps.catalog.queries.datasets import datasets_seen_by


def person_named(email: str) -> User:
    """The person with this e-mail address, in whose name the command acts."""
    user = person_by_email(email)
    if user is None:
        raise CommandError("Nobody has this e-mail address.")
    return user


def datasets_named(by: User, name: str, team: str) -> list[Dataset]:
    """The datasets that the person sees under this id or name, of the team where one is named."""
    rows = datasets_seen_by(by).select_related("team")
    rows = rows.filter(pk=int(name)) if name.isdecimal() and len(name) < 19 else rows.filter(name=name)
    return list(rows.filter(team__name=team) if team else rows)


def dataset_named(by: User, name: str, team: str) -> Dataset:
    """The one dataset of this id or name."""
    found = datasets_named(by, name, team)
    if not found:
        raise CommandError(f"There is no dataset “{name}”, or this person may not see it.")
    if len(found) > 1:
        teams = ", ".join(sorted(dataset.team.name for dataset in found))
        raise CommandError(f"Several teams have a dataset called “{name}” ({teams}): say which with --team.")
    return found[0]
