"""Making, naming, tagging, deleting and restoring experiments. Nothing that was logged is ever erased by it."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import Team, User
from apps.accounts.services import in_turn, require
from apps.audit.services import record
from apps.core.errors import Conflict, Invalid
from apps.incidents.services import require_all_free
from apps.tracking import rules
from apps.tracking.models import Experiment, TrackingRun
from apps.tracking.rules.values import key_checked, name_checked, tag_checked


@transaction.atomic
def experiment_create(*, by: User, team: Team, name: str, tags: Mapping[str, str] | None = None) -> Experiment:
    """Make an experiment. Raises Conflict when the team has one of this name, deleted ones included."""
    require(by, "tracking.log", team)
    name = name_checked(name, "experiment").strip()
    checked = dict(tag_checked(key, value, rules.LONGEST_EXPERIMENT_TAG) for key, value in (tags or {}).items())
    in_turn(team)
    _require_free(team.pk, name)
    made = Experiment.objects.create(team=team, name=name, tags=checked, created_by=by)
    record(action="experiment.create", obj=made, by=by)
    return made


@transaction.atomic
def experiment_default(*, by: User, team: Team) -> Experiment:
    """The experiment that runs go to when nobody named one; made with the first of them."""
    found = Experiment.objects.filter(team=team, name=rules.DEFAULT_EXPERIMENT).first()
    if found is not None:
        return found
    return experiment_create(by=by, team=team, name=rules.DEFAULT_EXPERIMENT)


@transaction.atomic
def experiment_rename(*, by: User, experiment: Experiment, name: str) -> Experiment:
    """Give an experiment another name. Raises Conflict for one that is taken."""
    require(by, "tracking.log", experiment.team_id)
    name = name_checked(name, "experiment").strip()
    in_turn(experiment.team_id)
    experiment = _locked(experiment)
    _require_active(experiment)
    if name == experiment.name:
        return experiment
    _require_free(experiment.team_id, name)
    before, experiment.name, experiment.updated_at = experiment.name, name, timezone.now()
    experiment.save(update_fields=["name", "updated_at"])
    record(action="experiment.rename", obj=experiment, by=by, data={"before": before, "after": name})
    return experiment


@transaction.atomic
def experiment_tag_set(*, by: User, experiment: Experiment, key: str, value: str) -> Experiment:
    """Set one tag of an experiment."""
    require(by, "tracking.log", experiment.team_id)
    key, value = tag_checked(key, value, rules.LONGEST_EXPERIMENT_TAG)
    experiment = _locked(experiment)
    _require_active(experiment)
    experiment.tags = {**experiment.tags, key: value}
    experiment.updated_at = timezone.now()
    experiment.save(update_fields=["tags", "updated_at"])
    record(action="experiment.tag", obj=experiment, by=by, data={"tag": key[:100]})
    return experiment


@transaction.atomic
def experiment_tag_delete(*, by: User, experiment: Experiment, key: str) -> Experiment:
    """Take a tag off an experiment. Raises Invalid where it has none of this name."""
    require(by, "tracking.log", experiment.team_id)
    key = key_checked(key)
    experiment = _locked(experiment)
    _require_active(experiment)
    if key not in experiment.tags:
        raise Invalid(f"The experiment has no tag “{key[:100]}”.", code="tag.missing")
    experiment.tags = {name: value for name, value in experiment.tags.items() if name != key}
    experiment.updated_at = timezone.now()
    experiment.save(update_fields=["tags", "updated_at"])
    record(action="experiment.untag", obj=experiment, by=by, data={"tag": key[:100]})
    return experiment


@transaction.atomic
def experiment_delete(*, by: User, experiment: Experiment) -> Experiment:
    """Take an experiment and its runs out of the lists. All of it stays and can be restored."""
    require(by, "tracking.log", experiment.team_id)
    experiment = _locked(experiment)
    _require_active(experiment)
    experiment.lifecycle, experiment.updated_at = rules.DELETED, timezone.now()
    experiment.save(update_fields=["lifecycle", "updated_at"])
    runs = TrackingRun.objects.filter(experiment=experiment, lifecycle=rules.ACTIVE)
    require_all_free(runs)
    count = runs.update(lifecycle=rules.DELETED, deleted_at=experiment.updated_at)
    record(action="experiment.delete", obj=experiment, by=by, data={"runs": count})
    return experiment


@transaction.atomic
def experiment_restore(*, by: User, experiment: Experiment) -> Experiment:
    """Bring an experiment back, and the runs that went with it; runs deleted before stay deleted."""
    require(by, "tracking.log", experiment.team_id)
    experiment = _locked(experiment)
    if experiment.lifecycle != rules.DELETED:
        raise Invalid(f"The experiment {experiment.pk} is not deleted.", code="experiment.active")
    runs = TrackingRun.objects.filter(experiment=experiment, deleted_at=experiment.updated_at)
    count = runs.update(lifecycle=rules.ACTIVE, deleted_at=None)
    experiment.lifecycle, experiment.updated_at = rules.ACTIVE, timezone.now()
    experiment.save(update_fields=["lifecycle", "updated_at"])
    record(action="experiment.restore", obj=experiment, by=by, data={"runs": count})
    return experiment


def _locked(experiment: Experiment) -> Experiment:
    return Experiment.objects.select_for_update(no_key=True).get(pk=experiment.pk)


def _require_active(experiment: Experiment) -> None:
    if experiment.lifecycle != rules.ACTIVE:
        raise Invalid(
            f"The experiment {experiment.pk} must be in the 'active' state. Current state is deleted.",
            code="experiment.deleted",
            remedy="Restore it first.",
        )


def _require_free(team_id: int, name: str) -> None:
    taken = Experiment.objects.filter(team_id=team_id, name=name).only("lifecycle").first()
    if taken is not None:
        deleted = " in deleted state" if taken.lifecycle == rules.DELETED else ""
        raise Conflict(
            f"Experiment '{name[:100]}' already exists{deleted}.",
            code="experiment.exists",
            remedy="Restore it, or choose another name." if deleted else "",
        )
