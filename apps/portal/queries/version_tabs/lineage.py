"""The tab of lineage: what came from what, and the licence terms that follow from it."""

from typing import TYPE_CHECKING, Any

from apps.accounts.queries import team_ids_seen_by
from apps.catalog.rules.licences import duties
from apps.portal.queries.lineage import lineage_graph
from apps.registry.models import LineageLink, ModelVersion
from apps.registry.queries import lineage_of, model_licence_verdict
from apps.serving.queries import deployments_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

MOST = 50


def lineage(user: "User | AnonymousUser", version: ModelVersion, chosen: int | None) -> dict[str, Any]:
    """What it was made from and what was made from it, with the terms that come with that."""
    descendants = LineageLink.objects.filter(base_version=version).select_related("version__model")
    deployments = list(deployments_of(version)[:MOST])
    children = [link.version for link in descendants[:MOST]]
    terms = model_licence_verdict(user, version)
    return {
        "graph": lineage_graph(user, version, deployments, children),
        "links": lineage_of(version),
        "terms": terms,
        "duties": duties(terms.terms),
        "children": children,
        "seen_teams": team_ids_seen_by(user),
    }
