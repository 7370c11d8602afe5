"""The API of audit accesses, and of the audit room for those who hold one."""

from apps.auditors.api.grants import AuditAccessViewSet
from apps.auditors.api.making import RoomDocumentViewSet, RoomSnapshotViewSet
from apps.auditors.api.room import RoomTrailViewSet, RoomVerifyView, RoomView, SystemRoomView

__all__ = [
    "AuditAccessViewSet",
    "RoomDocumentViewSet",
    "RoomSnapshotViewSet",
    "RoomTrailViewSet",
    "RoomVerifyView",
    "RoomView",
    "SystemRoomView",
]
