"""The API of incidents."""

from apps.incidents.api.incidents import IncidentViewSet

__all__ = ["IncidentViewSet"]
