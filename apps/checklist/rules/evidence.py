"""What stands behind an answer, at this moment. Plain values, no rows."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from apps.checklist.rules.findings import COLLECTORS
from apps.checklist.rules.library import Cited
from apps.checklist.rules.status import STATUSES


@dataclass(frozen=True)
class EvidenceView:
    """One piece of evidence behind an answer, and whether what it speaks of has changed since."""

    pk: int
    collector: str
    status: str
    method: str
    summary: str
    value: dict[str, Any]
    subject_type: str
    subject_id: str
    subject_label: str
    subject_digest: str
    collected_at: datetime
    given_by: str
    stale_because: str = ""
    page: str = ""  # the address of the page where what it asks for is said
    cited: Cited | None = None  # the document of the library that it names

    @property
    def effective_on(self) -> date:
        """The day of which it speaks: that of the cited document, or else when it was collected."""
        return self.cited.effective_on if self.cited else self.collected_at.date()

    @property
    def is_stale(self) -> bool:
        """Whether the thing it speaks of is gone or no longer the same."""
        return bool(self.stale_because)

    @property
    def cites_id(self) -> int | None:
        """The id of the version of a document that it cites."""
        return self.cited.version if self.cited else None

    @property
    def remedy(self) -> str:
        """What to do once it is stale."""
        return self.cited.remedy if self.cited else "Collect the evidence again and read what has changed."

    @property
    def status_label(self) -> str:
        """How it is known, in a word."""
        return STATUSES[self.status]

    @property
    def title(self) -> str:
        """What brought it, in words."""
        return COLLECTORS.get(self.collector, "From the evidence library" if self.cited else "Given by hand")
