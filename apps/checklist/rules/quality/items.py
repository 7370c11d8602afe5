"""The checks, each with its lasting id, and what one of them has to say about one question."""

from dataclasses import dataclass

ERROR, WARNING, NOTE = "error", "warning", "note"
SEVERITIES = {ERROR: "Errors", WARNING: "Warnings", NOTE: "Notes"}


@dataclass(frozen=True)
class Check:
    """One check. Its id is never used for anything else; `remedy` says what to do."""

    id: str
    title: str
    severity: str
    remedy: str


NO_EVIDENCE = Check(
    "QC-001", "Nothing stands behind the answer", WARNING,
    "Attach a document, a link or a note that shows it, or collect the evidence.",
)  # fmt: skip
OLD_EVIDENCE = Check(
    "QC-002", "The evidence is older than what it speaks of", WARNING,
    "Bring evidence that was made after it, or say in the answer why the old one still holds.",
)  # fmt: skip
CONTRADICTION = Check(
    "QC-003", "Two answers contradict each other", ERROR,
    "Read both, and change the one that is wrong.",
)  # fmt: skip
NO_REASON = Check(
    "QC-004", "Said not to apply without a reason", ERROR,
    "Write why the question does not apply, so that somebody outside the team can follow.",
)  # fmt: skip
STALE = Check(
    "QC-005", "The answer no longer holds", WARNING,
    "Collect the evidence again, read what changed, then confirm or change the answer.",
)  # fmt: skip
MEASURED_OTHERWISE = Check(
    "QC-006", "The evidence says otherwise than the words", ERROR,
    "Read the evidence and change the answer, or put right what was measured.",
)  # fmt: skip
COPIED = Check(
    "QC-007", "The same words answer several questions", NOTE,
    "Say what is asked of each, or refer from one to the other in words of its own.",
)  # fmt: skip
TOO_SHORT = Check(
    "QC-008", "Too short to say anything", WARNING,
    "Write full sentences that somebody outside the team can follow.",
)  # fmt: skip
OVERDUE = Check(
    "QC-009", "It applies already and nobody has answered", ERROR,
    "Answer the question: the day from which it applies has passed.",
)  # fmt: skip
UNANSWERED = Check(
    "QC-010", "Not answered", WARNING,
    "Answer the question, or say why it does not apply.",
)  # fmt: skip
TOO_WEAK = Check(
    "QC-011", "Known less well than it has to be", WARNING,
    "Bring evidence that is imported or measured; the question says which.",
)  # fmt: skip
NO_VALUE = Check(
    "QC-012", "The answer has no value, though the question asks for one", ERROR,
    "Open the question and choose, count or rate; the words stay.",
)  # fmt: skip
CHECKS = {
    check.id: check
    for check in (
        NO_EVIDENCE, OLD_EVIDENCE, CONTRADICTION, NO_REASON, STALE, MEASURED_OTHERWISE, COPIED, TOO_SHORT, OVERDUE,
        UNANSWERED, TOO_WEAK, NO_VALUE,
    )
}  # fmt: skip


@dataclass(frozen=True)
class QualityItem:
    """What one check says about one question. `elsewhere` names the assessment and the question that it points to."""

    check: Check
    question: str
    asked: str
    message: str
    elsewhere: tuple[int, str] | None = None

    @property
    def id(self) -> str:
        """The id of the check."""
        return self.check.id

    @property
    def severity(self) -> str:
        """error, warning or note."""
        return self.check.severity

    @property
    def remedy(self) -> str:
        """What to do."""
        return self.check.remedy
