"""The workers' entry: the portal's Celery application plus the engines' tasks.

Start one worker a queue, for example `celery -A workers.celery worker -Q gpu`.
"""

from genaiops_site.celery import app

ENGINES = ["importing", "scanning", "tuning", "evaluation", "serving", "drift", "artifacts"]

app.autodiscover_tasks([f"workers.{engine}" for engine in ENGINES])

__all__ = ["app"]
