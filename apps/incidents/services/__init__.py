"""Every write about incidents."""

from apps.incidents.services.actions import action_add, action_done, duty_add, duty_done
from apps.incidents.services.holds import hold_place, hold_release, require_all_free, require_free
from apps.incidents.services.opening import incident_classify, incident_close, incident_open
from apps.incidents.services.reports import report_save, report_send, report_start

__all__ = [
    "action_add",
    "action_done",
    "duty_add",
    "duty_done",
    "hold_place",
    "hold_release",
    "incident_classify",
    "incident_close",
    "incident_open",
    "report_save",
    "report_send",
    "report_start",
    "require_all_free",
    "require_free",
]
