"""The life of a run, as a table."""

QUEUED, RUNNING, SUCCEEDED, FAILED, CANCELLED, LOST = "queued", "running", "succeeded", "failed", "cancelled", "lost"

MOVES: dict[str, frozenset[str]] = {
    QUEUED: frozenset({RUNNING, CANCELLED}),
    RUNNING: frozenset({SUCCEEDED, FAILED, CANCELLED, LOST, QUEUED}),
    FAILED: frozenset({QUEUED}),
    CANCELLED: frozenset({QUEUED}),
    LOST: frozenset({QUEUED}),
    SUCCEEDED: frozenset(),
}
OPEN = frozenset({QUEUED, RUNNING})
LOG_TAIL_CHARACTERS = 20_000


def may_move(state: str, to: str) -> bool:
    """Whether a run in `state` may go to `to`."""
    return to in MOVES[state]


def log_tail(log: str, line: str) -> str:
    """`log` with `line` appended, cut at a line's start to the last 20 000 characters."""
    text = f"{log}{line}\n"
    if len(text) <= LOG_TAIL_CHARACTERS:
        return text
    cut = text[-LOG_TAIL_CHARACTERS:]
    return cut[cut.find("\n") + 1 :]
