"""What taking a file in would do, line by line."""

from collections import Counter
from dataclasses import dataclass

from apps.checklist.rules.saying import Said

NEW, CHANGED, SAME, EMPTY, GONE = "new", "changed", "unchanged", "nothing said", "no longer asked"
REFUSED, CONFLICT = "refused", "conflict"
KINDS = {
    NEW: "New answers",
    CHANGED: "Changed answers",
    CONFLICT: "Changed here since the export",
    REFUSED: "Refused",
    SAME: "Unchanged",
    EMPTY: "Nothing said",
    GONE: "No longer asked",
}
_ACCEPTED, _AGAINST = (NEW, CHANGED), (CONFLICT, REFUSED)


@dataclass(frozen=True)
class PreviewLine:
    """One row of the file: what it would do, or why it does nothing. `before` is what is on record, `after` what the
    row says, both as a person reads them."""

    number: int
    question: str
    kind: str
    asked: str = ""
    before: str = ""
    after: str = ""
    why: str = ""
    remedy: str = ""
    said: Said | None = None

    @property
    def kind_label(self) -> str:
        """What it would do, in words."""
        return KINDS[self.kind]


@dataclass(frozen=True)
class Preview:
    """Every row of a file, and what is odd about the file as a whole."""

    lines: tuple[PreviewLine, ...]
    warnings: tuple[str, ...] = ()
    digest: str = ""

    @property
    def counts(self) -> dict[str, int]:
        """How many rows there are of each kind that there is."""
        found = Counter(line.kind for line in self.lines)
        return {kind: found[kind] for kind in KINDS if found[kind]}

    @property
    def counted(self) -> list[tuple[str, str, int]]:
        """The same with each kind's label."""
        return [(kind, KINDS[kind], number) for kind, number in self.counts.items()]

    @property
    def accepted(self) -> tuple[PreviewLine, ...]:
        """The rows that would write something."""
        return tuple(line for line in self.lines if line.kind in _ACCEPTED)

    @property
    def against(self) -> tuple[PreviewLine, ...]:
        """The rows that are not taken: refused, or changed here since the export."""
        return tuple(line for line in self.lines if line.kind in _AGAINST)

    @property
    def given(self) -> list[Said]:
        """What the accepted rows say."""
        return [line.said for line in self.accepted if line.said is not None]
