"""Reading deployments, and who may see which."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Prefetch, QuerySet

from apps.accounts.queries import team_ids_seen_by
from apps.core.errors import Conflict, NotFound
from apps.registry.models import ModelVersion
from apps.serving.models import Application, Deployment, ServingRun
from apps.serving.rules import deployment_state

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User


def deployments_seen_by(user: "User | AnonymousUser") -> QuerySet[Deployment]:
    """Deployments of the person's teams with their applications and newest runs."""
    return _whole(Deployment.objects.filter(team_id__in=team_ids_seen_by(user)))


def deployments_of(version: ModelVersion) -> QuerySet[Deployment]:
    """All deployments of one version, with applications and runs."""
    return _whole(Deployment.objects.filter(version=version))


def deployments_running(version_pks: Iterable[int]) -> QuerySet[Deployment]:
    """Deployments of these versions that nobody has stopped; of a version a team deletes, nobody asks who sees it."""
    return Deployment.objects.filter(version__in=version_pks, stopped_at=None).select_related("version")


def _whole(deployments: QuerySet[Deployment]) -> QuerySet[Deployment]:
    newest = ServingRun.objects.order_by("-pk").select_related("created_by")
    runs = Prefetch("runs", queryset=newest, to_attr="newest_runs")
    applications = Prefetch("applications", queryset=Application.objects.select_related("acknowledged_by"))
    return deployments.select_related("version__model", "team", "created_by").prefetch_related(applications, runs)


def deployment_seen(user: "User | AnonymousUser", pk: int) -> Deployment:
    """One deployment. Raises NotFound when it is not there or not to be seen."""
    found = deployments_seen_by(user).filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such object, or you may not see it.")
    return found


def applications_seen_by(user: "User | AnonymousUser") -> QuerySet[Application]:
    """Applications that call a deployment the person sees."""
    rows = Application.objects.filter(team_id__in=team_ids_seen_by(user))
    return rows.select_related("deployment__version__model", "acknowledged_by")


def newest_run(deployment: Deployment) -> ServingRun | None:
    """The run that stands for the deployment now."""
    prefetched = getattr(deployment, "newest_runs", None)
    if prefetched is not None:
        return prefetched[0] if prefetched else None
    return deployment.runs.order_by("-pk").first()


def require_servable(deployment: Deployment) -> None:
    """Raise Conflict for a deployment that was stopped, whose version has an altered file, or is no longer approved.

    Asked each time a worker takes the deployment and before each answer: neither a restart nor a process that still
    runs brings back what was taken out of use.
    """
    if deployment.stopped_at is not None:
        raise Conflict("This deployment was stopped.", code="deployment.stopped", remedy="Deploy the version anew.")
    if deployment.version.broken_at is not None:
        raise Conflict(
            f"A stored file of {deployment.version} was altered, so this deployment answers nothing.",
            code="version.broken",
            remedy="Bring the file back from a copy you trust and let the files be checked; its incident says more.",
        )
    if not deployment.version.is_deployable:
        raise Conflict(
            f"{deployment.version} is no longer approved as it stands, so it is not served.",
            code="deployment.not_approved",
            remedy="Have it approved again, or stop this deployment.",
        )


def is_blocked(deployment: Deployment) -> bool:
    """Whether a file of its version is known to be altered by now; a worker asks this while it serves."""
    return ModelVersion.objects.filter(pk=deployment.version_id).exclude(broken_at=None).exists()


def state_of(deployment: Deployment) -> str:
    """`starting`, `ready`, `stopped`, `failed` or `blocked`."""
    run = newest_run(deployment)
    is_ready = run is not None and run.is_ready
    is_broken = deployment.version.broken_at is not None
    return deployment_state(deployment.stopped_at is not None, run.state if run else "", is_ready, is_broken=is_broken)


@dataclass(frozen=True)
class DeploymentRow:
    """A deployment as a list shows it; `silent` counts applications that have not acknowledged generative AI."""

    deployment: Deployment
    state: str
    applications: int
    silent: int


def deployments_listed_for(user: "User | AnonymousUser") -> QuerySet[Deployment]:
    """The deployment list, without the logs of the processes behind it."""
    runs = ServingRun.objects.order_by("-pk").defer("log", "result", "config")
    rows = Deployment.objects.filter(team_id__in=team_ids_seen_by(user)).select_related("version__model", "created_by")
    return rows.prefetch_related("applications", Prefetch("runs", queryset=runs, to_attr="newest_runs"))


def row_of(deployment: Deployment) -> DeploymentRow:
    """One line of the list."""
    applications = list(deployment.applications.all())
    silent = sum(application.acknowledged_at is None for application in applications)
    return DeploymentRow(deployment, state_of(deployment), len(applications), silent)


def application_seen(user: "User | AnonymousUser", pk: int) -> Application:
    """One application. Raises NotFound when it is not there or not to be seen."""
    found = applications_seen_by(user).filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such object, or you may not see it.")
    return found
