"""The API of audit accesses, and of the audit room for those who hold one."""

from apps.auditors.api.grants import AuditAccessViewSet
from apps.auditors.api.making import RoomDocumentViewSet, RoomSnapshotViewSet
from apps.auditors.api.room import RoomTrailViewSet, RoomVerifyView, RoomView, SystemRoomView
from apps.auditors.api.standing import RoomComparisonView, RoomStandingView

__all__ = [
    "AuditAccessViewSet",
    "RoomComparisonView",
    "RoomDocumentViewSet",
    "RoomSnapshotViewSet",
    "RoomStandingView",
    "RoomTrailViewSet",
    "RoomVerifyView",
    "RoomView",
    "SystemRoomView",
]
