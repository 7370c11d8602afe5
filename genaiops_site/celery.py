"""The Celery application that the portal sends jobs with; the workers extend it in `workers/celery.py`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genaiops_site.settings")

app = Celery("genaiops")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
