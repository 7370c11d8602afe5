"""Bringing a model's files in, from a local folder or the hub."""
