"""Every write about audit accesses, and what a guest does in an audit room."""

from apps.auditors.services.grants import Given, access_give, access_renew, access_revoke
from apps.auditors.services.looking import look
from apps.auditors.services.opening import link_check, room_enter

__all__ = ["Given", "access_give", "access_renew", "access_revoke", "link_check", "look", "room_enter"]
