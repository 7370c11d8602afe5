"""Runs as people and workers meet them: claimed, followed, cancelled, started again, rescued. No tables of its own."""
