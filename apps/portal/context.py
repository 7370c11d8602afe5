"""What the frame around every page needs."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from apps.accounts.queries import may_anywhere


@dataclass(frozen=True)
class Place:
    """One entry of the left navigation. `action` is what a person must be allowed to do somewhere to see it."""

    label: str
    url_name: str
    icon: str
    action: str = "team.view"
    also: tuple[str, ...] = ()  # addresses elsewhere that belong to the place


@dataclass(frozen=True)
class NavigationItem:
    """A place as this page shows it."""

    label: str
    url: str
    icon: str
    is_current: bool
    badge: str = ""


PLACES = (
    Place("Overview", "portal:overview", "overview"),
    Place("Systems", "systems:system-list", "systems"),
    Place("Models", "registry:model-list", "models", also=("/lineage/model-version/", "/lineage/answered/")),
    Place("Experiments", "tracking:experiment-list", "experiments"),
    Place("Data", "catalog:dataset-list", "data", also=("/lineage/dataset", "/lineage/source/")),
    Place("Evaluations", "evaluation:run-list", "evaluations"),
    Place("Deployments", "serving:deployment-list", "deployments"),
    Place("Monitoring", "monitoring:drift-list", "monitoring"),
    Place("Checklists", "checklist:assessment-list", "checklists"),
    Place("Risks & incidents", "risks:risk-list", "risks", also=("/incidents/",)),
    Place("Reports", "reports:report-list", "reports"),
    Place("Audit trail", "portal:trail", "audit", "trail.view"),
    Place("Audit access", "auditors:grant-list", "key", "audit_access.give"),
    Place("Runs", "portal:run-list", "runs"),
)
GUEST_PLACES = (
    Place("Audit room", "audit-room:home", "audit", also=("/audit-room/systems/",)),
    Place("Verify a file", "audit-room:verify", "check"),
)


def frame(request: HttpRequest) -> dict[str, list[NavigationItem]]:
    """The navigation for whoever is signed in; empty for everybody else. Costs no query beyond the roles."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"navigation": []}
    if getattr(user, "is_guest", False):
        return {"navigation": [item for place in GUEST_PLACES if (item := _item(place, request.path)) is not None]}
    items = [_item(place, request.path) for place in PLACES if may_anywhere(user, place.action)]
    if user.is_staff:
        items.append(NavigationItem("Administration", reverse("admin:index"), "administration", False))
    return {"navigation": [item for item in items if item is not None]}


def _item(place: Place, path: str) -> NavigationItem | None:
    try:
        url = reverse(place.url_name)
    except NoReverseMatch:
        return None
    is_home = url == "/" or place.url_name == "audit-room:home"
    is_current = path.startswith(place.also) or path == url if is_home else path.startswith((url, *place.also))
    return NavigationItem(place.label, url, place.icon, is_current)
