"""Frameworks whose every requirement is a row of a document, answered or not, and one answer as such a row shows it."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from apps.checklist.rules.frameworks import Framework, Group, Question, framework_from
from apps.checklist.rules.frameworks.texts import spots_of
from apps.checklist.rules.status import NOT_APPLICABLE, STATUSES
from apps.core.formatting import digest_short
from apps.reports.rules.documents.content import Known, Table
from apps.reports.rules.documents.filling.digests import record_digest
from apps.reports.rules.documents.filling.facts import Asked, Facts

FOLDER = Path(__file__).resolve().parents[4] / "checklist" / "frameworks"


@cache
def catalogue(name: str) -> Framework:
    """A framework that comes with the product, by the name of its file. Raises FrameworkInvalid, OSError."""
    path = FOLDER / f"{name}.yaml"
    return framework_from(spots_of(path.read_bytes(), path.name), path.name)


def questions_of(framework: Framework, group: str) -> list[Question]:
    """The questions under a group at the top of a framework, those of the groups in it included."""
    return [question for one in framework.groups if one.id == group for question in one.all_questions]


def groups_of(framework: Framework, group: str) -> list[Group]:
    """The groups within a group at the top of a framework."""
    return [within for one in framework.groups if one.id == group for within in one.groups]


@dataclass(frozen=True)
class Given:
    """The answer nearest to the subject of a document: what was chosen, in which words, by whom, on what ground."""

    asked: Asked
    answer: dict[str, Any]

    @property
    def choice(self) -> str:
        """The id of what was chosen; empty where the question offers no choice, or nobody chose."""
        return str((self.answer.get("value") or {}).get("choice") or "")

    @property
    def words(self) -> str:
        """What somebody wrote, or the reason for its not applying."""
        return str(self.answer.get("text") or self.answer.get("reason") or "").strip()

    @property
    def is_stated(self) -> bool:
        """Whether a person said or chose something, beyond what the platform collected."""
        return bool(self.answer.get("stated") and (self.words or self.answer.get("value")))

    @property
    def is_declined(self) -> bool:
        """Whether the answer says that the question does not apply."""
        return bool(self.asked.question["status"] == NOT_APPLICABLE)

    @property
    def by(self) -> str:
        """Who answered last."""
        return str(self.answer.get("answered_by") or "")

    @property
    def at(self) -> str:
        """When somebody answered last, ISO 8601."""
        return str(self.answer.get("answered_at") or "")

    @property
    def day(self) -> str:
        """The day of it."""
        return self.at[:10]

    @property
    def evidence(self) -> list[dict[str, Any]]:
        """What the answer rests on."""
        return list(self.answer.get("evidence") or [])

    @property
    def is_stale(self) -> bool:
        """Whether what the answer speaks of has changed since."""
        return bool(self.asked.question.get("is_stale"))

    @property
    def status_label(self) -> str:
        """How it is known, in a word."""
        status = str(self.asked.question["status"])
        return STATUSES.get(status, status)

    def known(self) -> list[Known]:
        """How it is known: the answer itself, and every piece of evidence."""
        place = f"{self.asked.framework['title']}, {self.asked.question.get('ref') or self.asked.question['id']}"
        source = f"Answer to {place}{f', by {self.by}' if self.by else ''}"
        is_outdated = bool(self.answer.get("is_statement_outdated"))
        own = (
            [Known(str(self.answer["stated"]), source, self.at, record_digest(self.answer), is_outdated)]
            if self.is_stated
            else []
        )
        return [*own, *(_known(item) for item in self.evidence)]


def given(facts: Facts, urn: str, question: str) -> Given | None:
    """The answer nearest to the subject, or None where nobody and nothing has answered."""
    found = facts.answer(urn, question)
    return None if found is None or found.answer is None else Given(found, found.answer)


def _known(item: dict[str, Any]) -> Known:
    about = item.get("subject_label")
    source = f"{item['title']}: {about}" if about else str(item["title"])
    at, digest = str(item.get("collected_at") or ""), str(item.get("subject_digest") or "")
    return Known(item["status"], source, at, digest, bool(item.get("stale_because")))


def evidence_table(title: str, items: list[dict[str, Any]]) -> Table:
    """Evidence as rows: what it is, what it says, how and when it is known, and the digest of what it speaks of."""
    rows = tuple(
        (
            str(item["title"]),
            str(item.get("summary") or "—"),
            STATUSES.get(item["status"], item["status"]),
            str(item.get("collected_at") or "")[:10] or "—",
            digest_short(item.get("subject_digest")),
        )
        for item in items
    )
    return Table(title, ("Evidence", "What it says", "Known", "On", "SHA-256"), rows)
