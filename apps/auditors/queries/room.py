"""What lies in an audit room: one system, the versions that work or worked in it, and what belongs to them."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.db.models import Prefetch, QuerySet

from apps.accounts.models import User
from apps.accounts.queries import lent_to
from apps.auditors.models import AuditGrant
from apps.auditors.queries.grants import grants_open_to
from apps.catalog.models import DatasetVersion
from apps.core.errors import NotFound
from apps.incidents.models import Incident
from apps.registry.models import AISystem, LineageLink, ModelVersion, SystemVersion
from apps.serving.models import Deployment

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

MISSING = "There is nothing here that you were let in to see."


@dataclass(frozen=True)
class Room:
    """One system that a guest may look at by one access.

    A version that works, or ever worked, in a system outside the access is told by name and stage alone: what is on
    record about it, and every document about it, speaks of the other system too.
    """

    guest: User
    grant: AuditGrant
    system: AISystem

    @property
    def auditor(self) -> User:
        """The guest as an auditor of the team, for questions that were bounded to this room before."""
        return lent_to(self.guest, self.grant.team_id)

    @cached_property
    def parts(self) -> list[SystemVersion]:
        """Every spell of a version in the system, those at work first."""
        rows = self.system.parts.select_related("version__model", "version__team").order_by("-since", "-pk")
        return sorted(rows, key=lambda part: part.until is not None)

    @cached_property
    def granted(self) -> frozenset[int]:
        """The systems of the access."""
        return frozenset(self.grant.systems.values_list("pk", flat=True))

    @cached_property
    def shared_ids(self) -> frozenset[int]:
        """Versions of the system that are told by name alone: those of another system or another team, too."""
        versions = {part.version_id: part.version for part in self.parts}
        elsewhere = SystemVersion.objects.filter(version__in=versions).exclude(system__in=self.granted)
        foreign = (pk for pk, version in versions.items() if version.team_id != self.grant.team_id)
        return frozenset([*elsewhere.values_list("version_id", flat=True), *foreign])

    @cached_property
    def version_ids(self) -> frozenset[int]:
        """Versions that the guest may look into."""
        return frozenset(part.version_id for part in self.parts) - self.shared_ids

    @property
    def versions(self) -> QuerySet[ModelVersion]:
        """Versions that the guest may look into, newest first."""
        rows = ModelVersion.objects.filter(pk__in=self.version_ids)
        return rows.select_related("model", "team").order_by("-created_at", "-pk")

    @property
    def deployments(self) -> QuerySet[Deployment]:
        """Where those versions run or ran."""
        return Deployment.objects.filter(version__in=self.version_ids, team=self.grant.team_id)

    @property
    def datasets(self) -> QuerySet[DatasetVersion]:
        """The team's own data that went into those versions."""
        links = LineageLink.objects.filter(version__in=self.version_ids, dataset_version__isnull=False)
        rows = DatasetVersion.objects.filter(pk__in=links.values("dataset_version"), team=self.grant.team_id)
        return rows.select_related("dataset")

    @property
    def incidents(self) -> QuerySet[Incident]:
        """Incidents about the system, those versions, or where they run."""
        rows = Incident.objects.none()
        for model, pks in self._subjects_of_incidents:
            about = {"subject_type": model._meta.label_lower, "subject_id__in": [str(pk) for pk in pks]}
            rows = rows | Incident.objects.filter(team=self.grant.team_id, **about)
        return rows.order_by("-opened_at", "-pk")

    @property
    def _subjects_of_incidents(self) -> list[tuple[type[AISystem] | type[ModelVersion] | type[Deployment], list[int]]]:
        deployments = list(self.deployments.values_list("pk", flat=True))
        return [(AISystem, [self.system.pk]), (ModelVersion, sorted(self.version_ids)), (Deployment, deployments)]

    def version_seen(self, pk: int) -> ModelVersion:
        """One version of the room. Raises NotFound for any other."""
        found = self.versions.filter(pk=pk).first()
        if found is None:
            raise NotFound(MISSING)
        return found


def rooms_of(user: "User | AnonymousUser") -> list[AuditGrant]:
    """The accesses that a guest holds now, each with its systems."""
    systems = Prefetch("systems", AISystem.objects.order_by("name", "pk"))
    return list(grants_open_to(user).prefetch_related(systems))


def room_of(user: "User | AnonymousUser", system: int) -> Room:
    """The room of one system. Raises NotFound where no access of the guest's that is open now names the system."""
    grant = grants_open_to(user).filter(systems=system).first()
    found = AISystem.objects.filter(pk=system).select_related("team", "owner").first()
    if grant is None or found is None or not isinstance(user, User) or found.team_id != grant.team_id:
        raise NotFound(MISSING)
    return Room(user, grant, found)
