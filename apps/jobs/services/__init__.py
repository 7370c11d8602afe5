"""Every write about runs that does not depend on their kind."""

from apps.jobs.services.runs import run_cancel, run_fail, run_retry, run_stop, runs_sweep, team_of

__all__ = ["run_cancel", "run_fail", "run_retry", "run_stop", "runs_sweep", "team_of"]
