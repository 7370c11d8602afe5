"""Datasets, their immutable versions, where they come from, and what scans found in them."""
