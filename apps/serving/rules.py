"""What state a deployment is in, told from facts about its row and its newest run."""

STARTING, READY, STOPPED, FAILED, BLOCKED = "starting", "ready", "stopped", "failed", "blocked"
STATES = {STARTING: "Starting", READY: "Ready", STOPPED: "Stopped", FAILED: "Failed", BLOCKED: "Blocked"}

SERVED_NAME = "model"  # what callers of a deployment's own address send as `model`


def deployment_state(is_stopped: bool, run_state: str, is_ready: bool, *, is_broken: bool = False) -> str:
    """`starting`, `ready`, `stopped`, `failed`, or `blocked` while a file of its version is known to be altered."""
    if is_stopped:
        return STOPPED
    if is_broken:
        return BLOCKED
    if run_state == "running" and is_ready:
        return READY
    return STARTING if run_state in {"queued", "running"} else FAILED
