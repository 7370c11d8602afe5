"""Registered models, versions and aliases of another server.

What was decided here since an earlier import stays: a model that was removed is not made again, and an alias that was
moved or taken away is not set back.
"""

import re
from typing import Any

from apps.accounts.models import Team, User
from apps.core.errors import DomainError
from apps.mlflow.services.history.remote import Remote
from apps.mlflow.services.history.report import Report
from apps.registry.models import ModelVersion, RegisteredModel
from apps.registry.services import model_create
from apps.registry.services.aliases import alias_set
from apps.registry.services.history import version_take
from apps.tracking.rules.values import time_of

STAGE_TAG = "mlflow.source.stage"  # what the other server called the version's stage; a word here, no decision
_RUN_FILES = re.compile(r"(?P<run>[0-9a-f]{32})/artifacts(?:/(?P<path>.*))?$")
_MODEL_FILES = re.compile(r"(?P<model>m-[0-9a-f]{32})(?:/artifacts)?(?:/(?P<path>.*))?$")


class ModelHistory:
    """One pass over the other server's registry."""

    def __init__(self, by: User, team: Team, remote: Remote, report: Report) -> None:
        self.by, self.team, self.remote, self.report = by, team, remote, report

    def model(self, told: dict[str, Any]) -> None:
        """One registered model, or one prompt, with versions and aliases."""
        model = self._held(told)
        if model is None:
            return
        theirs = {
            int(version["version"]) for version in self.remote.versions(model.name) if self._version(model, version)
        }
        for alias in told.get("aliases", []):
            if int(alias["version"]) in theirs:
                self._alias(model, alias["alias"], int(alias["version"]))
            else:
                self.report.miss(f"alias {alias['alias']} of {model.name}", f"Version {alias['version']} did not come.")

    def _held(self, told: dict[str, Any]) -> RegisteredModel | None:
        """The team's model of this name, made where there is none; None, with a word in the report, if none can be."""
        name, of_name = told["name"], RegisteredModel.objects.filter(team=self.team, name=told["name"])
        if model := of_name.filter(deleted_at=None).first():
            self.report.here["models"] += 1
            return model
        if of_name.exists():
            self.report.miss(f"model {name}", "It was removed here. It can be restored on its page.")
            return None
        tags = [(tag["key"], tag.get("value", "")) for tag in told.get("tags", [])]
        try:
            model = model_create(
                by=self.by, team=self.team, name=name, description=told.get("description", ""), tags=tags
            )
        except DomainError as error:
            self.report.miss(f"model {name}", error.message)
            return None
        self.report.came["models"] += 1
        return model

    def _version(self, model: RegisteredModel, told: dict[str, Any]) -> bool:
        """Take one version; whether the version of this number is the other server's."""
        number, made_at = int(told["version"]), time_of(float(told.get("creation_timestamp") or 0))
        if found := ModelVersion.objects.filter(model=model, number=number).first():
            if found.created_at == made_at:  # version_take keeps the other server's time
                self.report.here["versions"] += 1
                return True
            self.report.miss(f"{model.name} v{number}", "Another version of this model has its number here.")
            return False
        tags = [(tag["key"], tag.get("value", "")) for tag in told.get("tags", [])]
        stage = told.get("current_stage", "None")
        if stage not in ("", "None"):
            tags.append((STAGE_TAG, stage))
            self.report.miss(
                f"stage {stage} of {model.name} v{number}", "A stage is a decision here; it is kept as a tag."
            )
        source = told.get("source", "")
        try:
            version = self._take(model, number, told, tags, _here(source) or source)
        except DomainError as error:
            self.report.miss(f"{model.name} v{number}", error.message)
            return False
        self.report.came["versions"] += 1
        if not version.manifest_digest and not model.is_prompt:
            self.report.miss(f"files of {model.name} v{number}", f"They did not come with a run: {source[:150]}")
        return True

    def _take(
        self, model: RegisteredModel, number: int, told: dict[str, Any], tags: list[tuple[str, str]], source: str
    ) -> ModelVersion:
        return version_take(
            by=self.by,
            model=model,
            number=number,
            created_at=time_of(float(told.get("creation_timestamp") or 0)),
            source=source,
            model_id=told.get("model_id", "") if source.startswith("models:/m-") else "",
            description=told.get("description", ""),
            tags=tags,
            origin=self.remote.address,
        )

    def _alias(self, model: RegisteredModel, name: str, number: int) -> None:
        version = ModelVersion.objects.filter(model=model, number=number, deleted_at=None).first()
        if version is None:
            self.report.miss(f"alias {name} of {model.name}", f"Version {number} was removed here.")
            return
        if version.aliases.filter(name=name).exists():
            self.report.here["aliases"] += 1
            return
        if model.alias_moves.filter(name=name).exists():
            self.report.miss(f"alias {name} of {model.name}", "It was moved or taken away here, and stays as it is.")
            return
        why = f"Imported from {self.remote.address}"
        try:
            alias_set(by=self.by, model=model, name=name, version=version, reason=why)
        except DomainError as error:
            self.report.miss(f"alias {name} of {model.name}", error.message)
            return
        self.report.came["aliases"] += 1


def _here(source: str) -> str:
    """The address that a version's files have here, once the run or logged model that holds them has come."""
    if found := _MODEL_FILES.search(source):
        return f"models:/{found['model']}" + (f"/{found['path']}" if found["path"] else "")
    if found := _RUN_FILES.search(source):
        return f"runs:/{found['run']}" + (f"/{found['path']}" if found["path"] else "")
    return ""
