"""What state a deployment is in, told from facts about its row and its newest run."""

STARTING, READY, STOPPED, FAILED = "starting", "ready", "stopped", "failed"
STATES = {STARTING: "Starting", READY: "Ready", STOPPED: "Stopped", FAILED: "Failed"}

SERVED_NAME = "model"  # what callers of a deployment's own address send as `model`


def deployment_state(is_stopped: bool, run_state: str, is_ready: bool) -> str:
    """`starting`, `ready`, `stopped` or `failed`."""
    if is_stopped:
        return STOPPED
    if run_state == "running" and is_ready:
        return READY
    return STARTING if run_state in {"queued", "running"} else FAILED
