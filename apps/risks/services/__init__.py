"""Every write to the risk register."""

from apps.risks.services.controls import control_add, control_checked, control_mark, control_remove
from apps.risks.services.decisions import risk_accept, risk_close, risk_reopen
from apps.risks.services.register import risk_change, risk_create, risk_rate

__all__ = [
    "control_add",
    "control_checked",
    "control_mark",
    "control_remove",
    "risk_accept",
    "risk_change",
    "risk_close",
    "risk_create",
    "risk_rate",
    "risk_reopen",
]
