"""Which risks and incidents stand against a system or a model version, each as far as the person sees it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import F, Q

from apps.accounts.queries import may
from apps.incidents.models import Incident
from apps.incidents.queries import incidents_seen_by
from apps.registry.models import AISystem, ModelVersion
from apps.risks.models import Risk
from apps.risks.queries import risks_seen_by
from apps.risks.rules import CLOSED
from apps.serving.models import Deployment

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

MOST = 20
MOST_DEPLOYMENTS = 200


@dataclass(frozen=True)
class Standing:
    """What could go wrong and what went wrong: risks that are not closed, and incidents, the open ones first."""

    risks: list[Risk]
    incidents: list[Incident]
    may_add_risk: bool
    may_report: bool

    @property
    def open_incidents(self) -> list[Incident]:
        """Those of the incidents that nobody has closed."""
        return [one for one in self.incidents if one.closed_at is None]


def standing_of_version(user: "User | AnonymousUser", version: ModelVersion) -> Standing:
    """Risks of one version, and incidents about it or its deployments; three queries."""
    return _standing(user, version.team_id, Q(version=version), {"registry.modelversion": [version.pk]})


def standing_of_system(user: "User | AnonymousUser", system: AISystem, version_ids: list[int]) -> Standing:
    """Risks of a system and of the versions at work in it, and incidents about it, them or their deployments."""
    about = {"registry.aisystem": [system.pk], "registry.modelversion": version_ids}
    return _standing(user, system.team_id, Q(system=system) | Q(version_id__in=version_ids), about)


def _standing(user: "User | AnonymousUser", team_id: int, risks: Q, about: dict[str, list[int]]) -> Standing:
    deployed = Deployment.objects.filter(version_id__in=about["registry.modelversion"]).order_by("-pk")
    about = about | {"serving.deployment": list(deployed.values_list("pk", flat=True)[:MOST_DEPLOYMENTS])}
    named = Q()
    for table, keys in about.items():
        named |= Q(subject_type=table, subject_id__in=[str(key) for key in keys])
    return Standing(
        risks=list(risks_seen_by(user).exclude(state=CLOSED).filter(risks)[:MOST]),
        incidents=list(
            incidents_seen_by(user).filter(named).order_by(F("closed_at").desc(nulls_first=True), "-opened_at")[:MOST]
        ),
        may_add_risk=may(user, "risk.edit", team_id),
        may_report=may(user, "incident.open", team_id),
    )
