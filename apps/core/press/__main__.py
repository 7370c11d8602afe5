"""The press: reads an order a line from its input, answers a line, and ends when its input does or nobody asks."""

import select
import sys

from apps.core.press.hands import Broken
from apps.core.press.order import Order, Reply
from apps.core.press.printing import print_order

IDLE_SECONDS = 300.0


def main() -> None:
    """Serve until there is nobody to serve."""
    while select.select([sys.stdin], [], [], IDLE_SECONDS)[0] and (line := sys.stdin.readline()):
        try:
            reply = print_order(Order.from_line(line))
        except Broken as error:
            reply = Reply(broken=str(error))
        sys.stdout.write(reply.to_line())
        sys.stdout.flush()


if __name__ == "__main__":
    main()
