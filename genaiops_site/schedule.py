"""What the portal does by itself, and how often: Celery's schedule, sent by beat."""

from typing import Any

MINUTE, HOUR, DAY = 60.0, 3600.0, 24 * 3600.0


def schedule(run_sweep_seconds: float, checkpoint_seconds: float) -> dict[str, dict[str, Any]]:
    """Every scheduled job. `run_sweep_seconds`: how often runs whose worker has gone silent are looked for;
    `checkpoint_seconds`: how often the trail is signed.
    """
    return {
        "sweep-lost-runs": _every(run_sweep_seconds, "jobs.sweep_runs"),
        "sweep-uploads": _every(HOUR, "catalog.sweep_uploads"),
        "sweep-chunks": _every(DAY, "catalog.sweep_chunks"),
        "check-controls": _every(HOUR, "checklist.check_controls"),
        "remind": _every(HOUR, "reminders.remind"),
        "sweep-files": _every(HOUR, "registry.sweep_files"),
        "sign-trail": _every(checkpoint_seconds, "audit.checkpoint"),
        "deliver-trail": _every(MINUTE, "trail.deliver"),
        "sweep-file-uploads": _every(HOUR, "registry.sweep_file_uploads"),
    }


def _every(seconds: float, task: str) -> dict[str, Any]:
    """A scheduled job. The queue by name, or it would wait in Celery's default queue, where no worker listens. A sweep
    that a busy worker did not come to is dropped once the next one is due.
    """
    return {"task": task, "schedule": seconds, "options": {"queue": "cpu", "expires": seconds}}
