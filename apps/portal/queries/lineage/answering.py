"""What answered at a time: from a deployment, an application, an alias or a system back to the data.

Deployments keep one version all their life, aliases and systems keep their history, approvals keep their dates; so the
state of any past moment can be read from the rows of today.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Prefetch, Q

from apps.accounts.queries import team_ids_seen_by
from apps.catalog.models import DatasetVersion
from apps.checklist.models import SignOff
from apps.checklist.rules import APPROVED
from apps.core.errors import NotFound
from apps.core.rules import SUCCEEDED
from apps.evaluation.models import EvaluationRun
from apps.registry.models import AISystem, AliasMove, ModelVersion, RegisteredModel, SystemVersion, TuningRun
from apps.registry.queries import ancestors_of, model_seen, training_data_of, tuning_of
from apps.registry.queries.aliases import alias_meant
from apps.serving.models import Application, Deployment, ServingRun
from apps.serving.queries import application_seen, deployment_seen

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User


@dataclass(frozen=True)
class Answered:
    """One model version that answered at a time, or would have, and everything that stood behind it then.

    `was_up`: whether the process behind the deployment was answering; None where no deployment is asked about.
    """

    version: ModelVersion
    through: str
    approval: SignOff | None
    deployments: Sequence[Deployment]
    was_up: bool | None
    applications: Sequence[Application]
    tuning: TuningRun | None
    bases: Sequence[ModelVersion]
    data: Sequence[DatasetVersion]
    evaluations: Sequence[EvaluationRun] = field(default_factory=list)


KINDS = {"deployment": "Deployment", "application": "Application", "alias": "Alias of a model", "system": "AI system"}


def answered_at(user: "User | AnonymousUser", kind: str, pk: int, at: datetime, *, alias: str = "") -> list[Answered]:
    """What answered through one thing at a time; `pk` is the model's for an alias. A system may hold several versions.

    Raises NotFound for what is not there, not to be seen, or was not there yet.
    """
    if kind == "alias":
        return [_through_alias(user, model_seen(user, pk), alias, at)]
    if kind == "system":
        return _through_system(user, pk, at)
    if kind == "application":
        return [_through_application(application_seen(user, pk), at)]
    if kind == "deployment":
        return [_through_deployment(deployment_seen(user, pk), at)]
    raise NotFound(f"There is nothing called “{kind}” that answers.")


def _through_alias(user: "User | AnonymousUser", model: RegisteredModel, alias: str, at: datetime) -> Answered:
    move: AliasMove = alias_meant(model, alias, at)
    version = move.version
    if version is None:  # alias_meant gives only moves that lead somewhere
        raise NotFound(f"“{alias}” pointed at no version then.")
    return _behind(version, at, f"“{alias}” of {model.name}, moved there by {move.moved_by}", _deployments(version, at))


def _through_system(user: "User | AnonymousUser", pk: int, at: datetime) -> list[Answered]:
    system = AISystem.objects.filter(pk=pk, team_id__in=team_ids_seen_by(user)).first()
    if system is None:
        raise NotFound("There is no such object, or you may not see it.")
    then = SystemVersion.objects.filter(Q(until=None) | Q(until__gt=at), system=system, since__lte=at)
    parts = list(then.select_related("version__model").order_by("since", "pk"))
    if not parts:
        raise NotFound(f"No model version worked in {system} then.", code="lineage.nothing")
    return [
        _behind(part.version, at, f"{system}: {part.role or 'no role on record'}", _deployments(part.version, at))
        for part in parts
    ]


def _through_application(application: Application, at: datetime) -> Answered:
    if application.created_at > at:
        raise NotFound(f"{application} was not on record then.", code="lineage.nothing")
    return _through_deployment(application.deployment, at)


def _through_deployment(deployment: Deployment, at: datetime) -> Answered:
    if deployment.created_at > at or (deployment.stopped_at is not None and deployment.stopped_at <= at):
        raise NotFound(f"{deployment} did not stand then.", code="lineage.nothing")
    return _behind(deployment.version, at, f"{deployment} in {deployment.environment}", [deployment])


def _deployments(version: ModelVersion, at: datetime) -> list[Deployment]:
    rows = Deployment.objects.filter(Q(stopped_at=None) | Q(stopped_at__gt=at), version=version, created_at__lte=at)
    newest = ServingRun.objects.order_by("-pk").defer("log", "result", "config")
    return list(rows.prefetch_related("applications", Prefetch("runs", queryset=newest, to_attr="newest_runs")))


def _behind(version: ModelVersion, at: datetime, through: str, deployments: list[Deployment]) -> Answered:
    decisions = SignOff.objects.filter(assessment__version=version, is_final=True, decided_at__lte=at).select_related(
        "decided_by"
    )
    last = decisions.order_by("-decided_at", "-pk").first()
    measured = EvaluationRun.objects.filter(version=version, state=SUCCEEDED, finished_at__lte=at)
    applications = [one for item in deployments for one in item.applications.all() if one.created_at <= at]
    return Answered(
        version=version,
        through=through,
        approval=last if last is not None and last.decision == APPROVED else None,
        deployments=deployments,
        was_up=_was_up(deployments, at) if deployments else None,
        applications=applications,
        tuning=tuning_of(version),
        bases=ancestors_of(version),
        data=training_data_of(version),
        evaluations=list(measured.defer("log", "result", "config").order_by("-pk")[:20]),
    )


def _was_up(deployments: list[Deployment], at: datetime) -> bool:
    """Whether a process of one of these was ready at the time and had not ended. A process that was started anew
    keeps only its newest start, so an earlier spell of the same run cannot be told."""
    runs = ServingRun.objects.filter(deployment__in=deployments, ready_at__lte=at)
    return runs.filter(Q(finished_at=None) | Q(finished_at__gt=at)).exists()


def things_that_answer(user: "User | AnonymousUser", most: int = 200) -> list[tuple[str, int, str]]:
    """What a person may ask about, as (kind, number, name): deployments, applications and systems of their teams."""
    teams = team_ids_seen_by(user)
    deployments = Deployment.objects.filter(team_id__in=teams).order_by("name", "-pk")[:most]
    applications = Application.objects.filter(team_id__in=teams).select_related("deployment").order_by("name")[:most]
    systems = AISystem.objects.filter(team_id__in=teams).order_by("name")[:most]
    found = [("deployment", item.pk, f"{item.name} ({item.environment})") for item in deployments]
    found += [("application", item.pk, f"{item.name} on {item.deployment}") for item in applications]
    return found + [("system", item.pk, item.name) for item in systems]
