"""A full disk told in a sentence, whichever library met it."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from safetensors import SafetensorError

from workers.errors import EngineError

# Disk full, quota used up, file larger than the system lets this process write.
# safetensors writes in Rust and passes the number on in its text only.
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextmanager
def told_when_full() -> Iterator[None]:
    """Turn "no space left" into EngineError("disk.full"); every other error passes."""
    try:
        yield
    except (OSError, SafetensorError, RuntimeError) as error:
        if not _is_full(error):
            raise
        raise EngineError(
            "disk.full",
            "The worker's disk is full, so the work could not be saved. Free some space and start the run again; "
            "it goes on from its last checkpoint.",
        ) from error


def _is_full(error: BaseException) -> bool:
    if isinstance(error, OSError):
        return error.errno in FULL
    # torch.save reports a short write in words of its own and keeps the system's error as the cause.
    cause = error.__cause__ or error.__context__
    return any(f"os error {number}" in str(error) for number in FULL) or (cause is not None and _is_full(cause))
