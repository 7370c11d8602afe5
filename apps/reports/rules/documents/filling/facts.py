"""A snapshot's JSON under the names that fillers use."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from apps.checklist.rules.status import UNKNOWN
from apps.reports.rules.documents.period import Period, read_period

Json = dict[str, Any]
TRAINING, EVALUATION = "training data", "evaluation data"


@dataclass(frozen=True)
class Asked:
    """One question as a snapshot holds it, with the framework it stands in and the thing it was asked about."""

    framework: Json
    subject: Json
    question: Json

    @property
    def answer(self) -> Json | None:
        """The answer, or None where there is none or nobody knows."""
        found: Json | None = self.question["answer"]
        return None if found is None or self.question["status"] == UNKNOWN else found


class Facts:
    """What a snapshot says, read once. Nothing of it is changed.

    Lists are in the snapshot's order. A version is `{"model", "version", "lineage", "datasets", "tuning",
    "evaluations", "drift", "statements", "findings", "assessment", "gate", …}`, where `datasets` and `deployments` only
    name what stands once in the lists of the same names here, and `assessment` is its GenAIOps checklist without the
    questions. Evaluations, tuning runs, drift runs and deployments carry `version_id` and `version_label`.
    """

    def __init__(self, raw: Json) -> None:
        self.raw = raw

    @property
    def subject(self) -> Json:
        """What the snapshot is of: kind, id, label, digest."""
        return self._mapping("subject")

    @property
    def kind(self) -> str:
        """The kind of its subject, one of `spec.SUBJECTS`."""
        return str(self.subject.get("kind", ""))

    @property
    def label(self) -> str:
        """The subject's name for people."""
        return str(self.subject.get("label", ""))

    @property
    def taken_at(self) -> str:
        """When it was taken, ISO 8601 in UTC."""
        return str(self.raw.get("taken_at") or "")

    @property
    def period(self) -> Period | None:
        """The period that the document was asked for; None where nobody chose one."""
        return read_period(self.raw.get("period"))

    @property
    def organisation(self) -> Json:
        """Who answers for it, as strings: name, address, contact and so on."""
        return self._mapping("organisation")

    @property
    def system(self) -> Json | None:
        """The AI system that is the subject, or the only one that it works in."""
        return self.raw.get("system")

    @property
    def systems(self) -> list[Json]:
        """Every AI system that the snapshot speaks of."""
        return self._list("systems")

    @property
    def is_of_small_provider(self) -> bool:
        """Whether every system that it speaks of is marked as that of a small provider, and there is one."""
        return bool(self.systems) and all(system.get("is_small_provider") for system in self.systems)

    @property
    def versions(self) -> list[Json]:
        """Every model version, the subject's first."""
        return self._list("versions")

    @property
    def former_versions(self) -> list[Json]:
        """Versions that were taken out of the system since `former_since`; older snapshots name none."""
        return self._list("former_versions")

    @property
    def former_since(self) -> str | None:
        """Since when versions that were taken out of the system are told, ISO 8601; older snapshots do not say."""
        return self.raw.get("former_since")

    @property
    def past_runs(self) -> list[Json]:
        """Measurements of every version that was ever taken out of the system, in short; older snapshots hold none."""
        return self._list("past_runs")

    @property
    def version(self) -> Json | None:
        """The first model version."""
        return next(iter(self.versions), None)

    @property
    def datasets(self) -> list[Json]:
        """Every dataset version, once."""
        return self._list("datasets")

    def datasets_used_as(self, role: str) -> list[Json]:
        """The dataset versions used in this way by any of the versions."""
        return [data for data in self.datasets if role in data.get("used_as", ())]

    @cached_property
    def training_data(self) -> list[Json]:
        """The dataset versions that the versions were trained on; of a dataset's snapshot, the dataset itself."""
        found = self.datasets_used_as(TRAINING)
        return found or (self.datasets[:1] if self.kind == "dataset" else [])

    @property
    def evaluation_data(self) -> list[Json]:
        """The dataset versions that the versions were measured on."""
        return self.datasets_used_as(EVALUATION)

    @cached_property
    def evaluations(self) -> list[Json]:
        """Every finished evaluation of every version."""
        return [run for version in self.versions for run in version.get("evaluations") or ()]

    @cached_property
    def tuning(self) -> list[Json]:
        """The tuning run of every version that was tuned here."""
        return [version["tuning"] for version in self.versions if version.get("tuning")]

    @cached_property
    def drift(self) -> list[Json]:
        """Every finished drift run of every version."""
        return [run for version in self.versions for run in version.get("drift") or ()]

    @property
    def deployments(self) -> list[Json]:
        """Every deployment of the versions."""
        return self._list("deployments")

    @property
    def former_deployments(self) -> list[Json]:
        """Where the former versions run or ran."""
        return self._list("former_deployments")

    @property
    def risks(self) -> list[Json]:
        """The risk register's entries about the subject."""
        return self._list("risks")

    @property
    def incidents(self) -> list[Json]:
        """Incidents about the subject and its parts."""
        return self._list("incidents")

    @property
    def monitoring(self) -> Json:
        """Monitors, alerts and figures of operation."""
        return self._mapping("monitoring")

    @property
    def assessments(self) -> list[Json]:
        """Every assessment of the subject and its parts."""
        return self._list("assessments")

    @property
    def waivers(self) -> list[Json]:
        """Waivers granted on any of the assessments."""
        return self._list("waivers")

    @property
    def energy(self) -> Json:
        """Energy by kind of work, in kWh."""
        return self._mapping("energy")

    @property
    def frameworks(self) -> list[Json]:
        """The frameworks that the assessments were made against."""
        return self._list("frameworks")

    @property
    def trail(self) -> Json:
        """The audit trail's entries about the subject, with head and proof."""
        return self._mapping("audit_trail")

    def dataset(self, pk: int | None) -> Json | None:
        """A dataset version by its id."""
        return next((data for data in self.datasets if data["id"] == pk), None)

    def asked(self, urn: str, question: str) -> list[Asked]:
        """This question in every assessment that asks it, nearest to the subject first."""
        return self._questions.get((urn, question), [])

    def answered(self, urn: str, question: str) -> list[Asked]:
        """Where this question has an answer. Where the subject itself has one, only that."""
        found = [one for one in self.asked(urn, question) if one.answer is not None]
        own = [one for one in found if self._distance(one.subject) == 0]
        return own or found

    def answer(self, urn: str, question: str) -> Asked | None:
        """The answer nearest to the subject, or None."""
        return next(iter(self.answered(urn, question)), None)

    def is_said(self, urn: str, *questions: str) -> bool:
        """Whether a person has answered one of these questions in words, or with the reason why it does not apply."""
        said = (one.answer or {} for question in questions for one in self.asked(urn, question))
        return any(answer.get("stated") and (answer.get("text") or answer.get("reason")) for answer in said)

    @cached_property
    def _questions(self) -> dict[tuple[str, str], list[Asked]]:
        found: dict[tuple[str, str], list[Asked]] = {}
        for one in sorted(self._every_question(), key=lambda one: self._distance(one.subject)):
            found.setdefault((one.framework["urn"], one.question["id"]), []).append(one)
        return found

    def _every_question(self) -> Iterator[Asked]:
        for assessment in self.assessments:
            for group in assessment["groups"]:
                for question in group["questions"]:
                    yield Asked(assessment["framework"], assessment["subject"], question)

    def _distance(self, subject: Json) -> int:
        """How far something assessed is from the subject: itself, its system, one of its versions, or further."""
        if (subject["kind"], subject["id"]) == (self.kind, self.subject.get("id")):
            return 0
        return {"system": 1, "version": 2}.get(subject["kind"], 3)

    def _list(self, name: str) -> list[Json]:
        return self.raw.get(name) or []

    def _mapping(self, name: str) -> Json:
        return self.raw.get(name) or {}
