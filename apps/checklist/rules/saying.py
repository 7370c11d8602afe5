"""What a person says about a question, before it is looked at."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Said:
    """One statement. `status` is declared, not_applicable or unknown; `value` answers a typed question.

    `expect_revision` is the revision that the person looked at (0: none yet, None: they did not say), `expect_basis`
    the digest of the evidence that they saw (empty: they did not say).
    """

    question: str
    status: str
    text: str = ""
    reason: str = ""
    value: dict[str, Any] = field(default_factory=dict)
    expect_revision: int | None = None
    expect_basis: str = ""
