"""What people and workers do with the trail. Nothing here changes an entry."""

from apps.trail.services.asking import Export, checkpoint_ask, trail_check_finish, trail_check_start, trail_export
from apps.trail.services.delivering import deliveries_send

__all__ = [
    "Export",
    "checkpoint_ask",
    "deliveries_send",
    "trail_check_finish",
    "trail_check_start",
    "trail_export",
]
