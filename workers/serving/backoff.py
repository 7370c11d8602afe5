"""How long to wait before a server that died is started again, and when to give up."""

from dataclasses import dataclass


@dataclass
class Backoff:
    """Counts deaths in a row; the pause doubles with each, up to a longest one."""

    first_s: float
    longest_s: float
    limit: int
    in_a_row: int = 0

    def pause(self) -> float | None:
        """Count one death: the seconds to wait, or None when there were too many in a row."""
        if self.in_a_row >= self.limit:
            return None
        self.in_a_row += 1
        return min(self.first_s * 2.0 ** (self.in_a_row - 1), self.longest_s)

    def was_well(self) -> None:
        """The server lived long enough: what happened before is no longer in a row."""
        self.in_a_row = 0
