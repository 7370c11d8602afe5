"""Runs `transformers serve` in a process that ends when its supervisor does.

Started by path, with the supervisor's process id first and the command line of `transformers` after it. Without this
a worker that is killed (`kill -9`) would leave its server answering for a deployment that no longer knows it.
"""

import os
import signal
import sys
import threading
import time

from transformers.cli.transformers import main

LOOK_EVERY_S = 1.0


def end_with(supervisor: int) -> None:
    """Kill this process group as soon as the parent is no longer the supervisor."""
    while os.getppid() == supervisor:
        time.sleep(LOOK_EVERY_S)
    os.killpg(os.getpgid(0), signal.SIGKILL)


if __name__ == "__main__":
    threading.Thread(target=end_with, args=(int(sys.argv[1]),), daemon=True).start()
    sys.argv = ["transformers", *sys.argv[2:]]
    main()
