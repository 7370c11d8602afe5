"""Doing jobs on several processes that are forked for one document and gone afterwards, with their memory."""

import gc
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import NoReturn

Job = Callable[[], None]
WIDTH = 4  # bytes of a job's number in the pipe
CALM = 100_000  # new objects before the collector looks: a part's boxes live until the part is set


class Broken(Exception):
    """A job failed, or the process that did it was killed."""


def do_all(jobs: Sequence[Job], processes: int) -> None:
    """Do the jobs in order, each on whichever process is free. Raises Broken after all have ended.

    What a job finds out it writes into files: nothing comes back from here.
    """
    reading, writing = os.pipe()
    os.write(writing, b"".join(place.to_bytes(WIDTH, "big") for place in range(len(jobs))))
    sys.stdout.flush()
    gc.freeze()  # what is loaded stays shared between the processes
    children = [_fork(jobs, reading, writing) for _ in range(max(1, min(processes, len(jobs))))]
    os.close(writing)
    os.close(reading)
    ends = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    gc.unfreeze()
    if killed := [end for end in ends if end < 0]:
        raise Broken(f"A process was killed by signal {-killed[0]}; with signal 9 the machine was short of memory.")
    if any(ends):
        raise Broken("A part could not be set; the worker's log says why.")


def _fork(jobs: Sequence[Job], reading: int, writing: int) -> int:
    child = os.fork()
    if child:
        return child
    os.close(writing)
    _work(jobs, reading)


def _work(jobs: Sequence[Job], reading: int) -> NoReturn:
    """Do jobs until there are none. A forked process ends here, whatever happens: what comes after is its parent's."""
    code = 1
    try:
        gc.set_threshold(CALM, 50, 100)
        done = 0
        while place := os.read(reading, WIDTH):
            if done:
                gc.collect()  # before the next job, not after the last: what is left then ends with the process
            jobs[int.from_bytes(place, "big")]()
            done += 1
        code = 0
    except BaseException:  # noqa: BLE001 - see above
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)
