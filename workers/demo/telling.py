"""What the demo says while it works."""

import time
from collections.abc import Callable, Sequence

Step = tuple[str, Callable[[], str]]
PARTS = 5  # how often progress is told


def walk(steps: Sequence[Step]) -> None:
    """Do the steps in turn and print what came of each; the first that fails ends the walk."""
    for number, (title, action) in enumerate(steps, start=1):
        print(f"\n[{number:>2}/{len(steps)}] {title}", flush=True)
        began = time.monotonic()
        said = action()
        print(f"        {said}  ({time.monotonic() - began:.0f} s)", flush=True)


def say(text: str) -> None:
    """One line of progress."""
    print(f"        · {text}", flush=True)


def seldom() -> Callable[[float, str], None]:
    """Takes a share done and a message; says it every fifth of the way."""
    told = [-1]

    def progress(fraction: float, message: str) -> None:
        if int(fraction * PARTS) > told[0]:
            told[0] = int(fraction * PARTS)
            say(message)

    return progress
