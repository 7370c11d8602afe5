"""Reading audit accesses, and what lies in an audit room."""

from apps.auditors.queries.grants import grant_seen, grants_open_to, grants_seen_by
from apps.auditors.queries.room import Room, room_of, rooms_of

__all__ = ["Room", "grant_seen", "grants_open_to", "grants_seen_by", "room_of", "rooms_of"]
