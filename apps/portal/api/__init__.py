"""The API of what joins several apps."""

from apps.portal.api.cards import VersionCardsViewSet
from apps.portal.api.comparing import CompareView
from apps.portal.api.history import HistoryImportViewSet
from apps.portal.api.lineage import AnsweredView, ImpactView
from apps.portal.api.removals import ModelRemovalViewSet, VersionRemovalViewSet
from apps.portal.api.runs import AllRunsViewSet
from apps.portal.api.trail import CheckpointViewSet, TrailCheckViewSet, TrailDeliveriesView, TrailKeysView, TrailViewSet

__all__ = [
    "AllRunsViewSet",
    "AnsweredView",
    "CheckpointViewSet",
    "CompareView",
    "HistoryImportViewSet",
    "ImpactView",
    "ModelRemovalViewSet",
    "TrailCheckViewSet",
    "TrailDeliveriesView",
    "TrailKeysView",
    "TrailViewSet",
    "VersionCardsViewSet",
    "VersionRemovalViewSet",
]
