"""The Celery application that the portal sends jobs with; the workers extend it in `workers/celery.py`."""

import os

from celery import Celery
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genaiops_site.settings")

# By the address alone, so that it is never used for a broker of another kind.
TRANSPORT_ALIASES["filesystem"] = "genaiops_site.file_queue:Transport"

app = Celery("genaiops")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
