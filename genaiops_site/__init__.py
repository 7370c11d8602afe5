"""Wiring only: settings, URLs, the API router, the Celery application, and the launcher."""

from genaiops_site.celery import app as celery_app

__all__ = ["celery_app"]
