"""Incidents: what went wrong, with what, when it became known, and how it ended."""
