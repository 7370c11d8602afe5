"""The pages of incidents: the list, one incident with its clocks, and the reports to authorities."""

from apps.incidents.views.following import (
    action_add_view,
    action_done_view,
    duty_add_view,
    duty_done_view,
    hold_place_view,
    hold_release_view,
    incident_classify_view,
)
from apps.incidents.views.incidents import incident_close_view, incident_detail, incident_list, incident_open_view
from apps.incidents.views.reports import report_detail, report_send_view, report_start_view

__all__ = [
    "action_add_view",
    "action_done_view",
    "duty_add_view",
    "duty_done_view",
    "hold_place_view",
    "hold_release_view",
    "incident_classify_view",
    "incident_close_view",
    "incident_detail",
    "incident_list",
    "incident_open_view",
    "report_detail",
    "report_send_view",
    "report_start_view",
]
