"""Auditors from outside: who was let in to look at which systems, until when, and the room in which they look."""
