"""Kinds and severities of incidents."""

ALTERED = "altered_file"
KINDS = {ALTERED: "A stored file was altered", "other": "Other"}

SEVERITIES = {"low": "Low", "medium": "Medium", "high": "High", "critical": "Critical"}

OPEN, CLOSED = "open", "closed"
STATES = {OPEN: "Open", CLOSED: "Closed"}
