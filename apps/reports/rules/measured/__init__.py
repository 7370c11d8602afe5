"""Measurements of a snapshot as pages and documents show them: scores, curves, drift."""
