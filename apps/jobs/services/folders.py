"""Scratch space of runs."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from apps.core.models import Run


@contextmanager
def work_folder(run: Run, *, keep_on_error: bool = False) -> Iterator[Path]:
    """A folder for this run, removed at the end, or kept after an error where checkpoints are of use.

    Without checkpoints each claim has one of its own: a worker that comes back from the dead and clears up must not
    take the folder away from the one that holds the run now. What earlier claims left behind is removed.
    """
    name = f"{run.kind}-{run.pk}"
    if not keep_on_error:
        for left in Path(settings.WORK_DIR).glob(f"{name}-*"):
            shutil.rmtree(left, ignore_errors=True)
        name = f"{name}-{run.claim_token[:12]}"
    folder = Path(settings.WORK_DIR) / name
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield folder
    except BaseException:
        if not keep_on_error:
            shutil.rmtree(folder, ignore_errors=True)
        raise
    shutil.rmtree(folder, ignore_errors=True)
