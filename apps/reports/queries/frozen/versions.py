"""Model versions as a snapshot holds them: what each is, what it was made from and how, and what is found about it.

However many versions there are, the number of queries is the same but for the generations of their base models.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch

from apps.catalog.models import DatasetVersion
from apps.catalog.queries.licences import origins_of
from apps.catalog.rules.propagation import inherit, inheritance_told
from apps.core.rules import SUCCEEDED
from apps.evaluation.models import EvaluationRun, Score
from apps.monitoring.models import DriftRun
from apps.registry.models import LineageLink, ModelVersion, RecreationRun, TuningRun, VersionMetric, VersionStatement
from apps.registry.queries import datasets_in, lineage_links, model_thing, recreations_of
from apps.registry.queries.documents import MOST_FIGURES, figure_of_row
from apps.registry.rules import TRAINED_ON, TUNED_FROM
from apps.registry.rules.cards import label_of
from apps.reports.queries import origins, uses
from apps.reports.queries.frozen.bills import bills_of
from apps.reports.queries.frozen.findings import Findings
from apps.reports.queries.frozen.safety import Safety, safety_of
from apps.reports.queries.words import moment, person, run_facts, without_paths

Links = dict[int, list[LineageLink]]
MOST_SIBLINGS = 200  # versions of one model that are listed beside the subject's


@dataclass(frozen=True)
class Read:
    """Everything that was read about the versions of a snapshot, by the version's id."""

    links: Links
    tuning: dict[int, TuningRun]
    recreations: dict[int, RecreationRun]
    evaluations: dict[int, list[EvaluationRun]]
    drifts: dict[int, list[DriftRun]]
    statements: dict[int, list[VersionStatement]]
    figures: dict[int, list[VersionMetric]]
    siblings: dict[int, list[ModelVersion]]
    safety: dict[int, Safety]
    bills: dict[int, list[dict[str, Any]]]

    def roles_of(self, version: ModelVersion) -> dict[DatasetVersion, list[str]]:
        """Every dataset version that took part in this one, and as what."""
        roles: dict[DatasetVersion, list[str]] = defaultdict(list)
        for data, role in self._uses(version):
            if role not in roles[data]:
                roles[data].append(role)
        return dict(roles)

    def _uses(self, version: ModelVersion) -> Iterable[tuple[DatasetVersion, str]]:
        for step in self.steps(version):
            role = origins.TRAINING if step.pk == version.pk else origins.ANCESTOR
            for link in self.links.get(step.pk, []):
                if link.relation == TRAINED_ON and link.dataset_version is not None:
                    yield link.dataset_version, role
        for run in self.evaluations.get(version.pk, []):
            yield run.dataset_version, origins.EVALUATION
        for drift in self.drifts.get(version.pk, []):
            yield drift.reference, origins.REFERENCE
            yield drift.analysis, origins.ANALYSIS

    def steps(self, version: ModelVersion) -> list[ModelVersion]:
        """The version and its base models, the nearest first, each once."""
        found, waiting = {version.pk: version}, [version.pk]
        while waiting:
            for link in self.links.get(waiting.pop(0), []):
                base = link.base_version
                if link.relation == TUNED_FROM and base is not None and base.pk not in found:
                    found[base.pk] = base
                    waiting.append(base.pk)
        return list(found.values())


def read_versions(versions: list[ModelVersion]) -> Read:
    """Everything about these versions that stands in other tables."""
    pks = [version.pk for version in versions]
    tuning = {run.output_version_id or 0: run for run in _tunings(pks)}
    return Read(
        links=lineage_links(pks),
        tuning=tuning,
        recreations=recreations_of([run.pk for run in tuning.values()]),
        evaluations=_by_version(_evaluations(pks)),
        drifts=_by_version(_drifts(pks)),
        statements=_by_version(VersionStatement.objects.filter(version__in=pks).select_related("said_by", "document")),
        figures=_by_version(VersionMetric.objects.filter(version__in=pks).order_by("pk")),
        siblings=_siblings(versions),
        safety=safety_of(versions),
        bills=bills_of(pks),
    )


def _by_version(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.version_id].append(row)
    return found


def _tunings(pks: list[int]) -> Iterable[TuningRun]:
    rows = TuningRun.objects.filter(output_version__in=pks).defer("log")
    return rows.select_related("base_version__model", "dataset_version__dataset", "created_by")


def _evaluations(pks: list[int]) -> Iterable[EvaluationRun]:
    scores = Prefetch("scores", queryset=Score.objects.order_by("pk"))
    rows = EvaluationRun.objects.filter(version__in=pks, state=SUCCEEDED).defer("log").prefetch_related(scores)
    related = ("baseline__model", "dataset_version__dataset", "dataset_version__created_by", "created_by")
    return rows.select_related(*related).order_by("finished_at", "pk")


def _drifts(pks: list[int]) -> Iterable[DriftRun]:
    rows = DriftRun.objects.filter(version__in=pks, state=SUCCEEDED).defer("log")
    data = [f"{end}__{name}" for end in ("reference", "analysis") for name in ("dataset", "created_by")]
    return rows.select_related(*data, "created_by").order_by("finished_at", "pk")


def _siblings(versions: list[ModelVersion]) -> dict[int, list[ModelVersion]]:
    """All versions of the same models, by the model's id, the newest first."""
    rows = ModelVersion.objects.filter(model__in={version.model_id for version in versions}).order_by("-number")
    found: dict[int, list[ModelVersion]] = defaultdict(list)
    for row in rows.select_related("created_by").defer("facts", "environment"):
        found[row.model_id].append(row)
    return found


def versions_facts(versions: list[ModelVersion], read: Read, found: Findings) -> list[dict[str, Any]]:
    """Each version with everything that was read about it."""
    terms = origins_of(datasets_in(read.links))
    told = []
    for version in versions:
        thing = model_thing(version, read.links, terms, {version.team_id})
        inherited = inherit(thing, version.model.intended_uses)
        facts = _version(version, read) | {"licence": without_paths(inheritance_told(inherited))}
        told.append(facts | {"findings": found.of_version(version.pk)})
    return told


def _version(version: ModelVersion, read: Read) -> dict[str, Any]:
    named = {"version_id": version.pk, "version_label": str(version)}
    tuning = read.tuning.get(version.pk)
    return {
        "model": origins.model_facts(version.model)
        | {"versions": [_sibling(one, version) for one in read.siblings[version.model_id][:MOST_SIBLINGS]]},
        "version": origins.version_facts(version) | _more(version),
        "statements": [_statement(one) for one in read.statements.get(version.pk, [])],
        "figures": [_figure(one) for one in read.figures.get(version.pk, [])[:MOST_FIGURES]],
        "lineage": [_step(one, read.links) for one in read.steps(version)],
        "datasets": [
            {"id": data.pk, "label": str(data), "digest": data.digest, "used_as": roles}
            for data, roles in read.roles_of(version).items()
        ],
        "tuning": None if tuning is None else _tuning(tuning, read) | named,
        "evaluations": [_evaluation(run) | named for run in read.evaluations.get(version.pk, [])],
        "drift": [_drift(run) | named for run in read.drifts.get(version.pk, [])],
        "documents": read.bills.get(version.pk, []),
        "safety": read.safety[version.pk].as_json(),
    }


def _more(version: ModelVersion) -> dict[str, Any]:
    """What the first form of the snapshot did not hold."""
    names = ("tokenizer", "context_length", "modality", "library", "base_names", "environment", "run_link")
    told = {name: getattr(version, name) for name in names}
    return told | {
        "stage_label": version.get_stage_display(),
        "relation_label": version.get_relation_display() if version.relation else "",
        "obstacles": version.obstacles,
        "aliases": sorted(alias.name for alias in version.aliases.all()),
        "tags": {tag.key: tag.value for tag in version.tags.all()},
        "held_files": version.held_files,
        "broken_at": moment(version.broken_at),
        "checked_at": moment(version.checked_at),
        "updated_at": moment(version.updated_at),
    }


def _sibling(version: ModelVersion, subject: ModelVersion) -> dict[str, Any]:
    return {
        "id": version.pk,
        "label": f"{subject.model.name} v{version.number}",
        "number": version.number,
        "stage": version.stage,
        "stage_label": version.get_stage_display(),
        "description": version.description,
        "manifest_digest": version.manifest_digest,
        "created_by": person(version.created_by),
        "created_at": moment(version.created_at),
        "approved_at": moment(version.approved_at),
        "is_removed": version.deleted_at is not None,
    }


def _statement(one: VersionStatement) -> dict[str, Any]:
    return {
        "field": one.field,
        "label": label_of(one.field),
        "value": one.value,
        "status": one.status,
        "document": one.document.filename if one.document else "",
        "said_by": person(one.said_by),
        "said_at": moment(one.said_at),
    }


def _figure(row: VersionMetric) -> dict[str, Any]:
    names = ("name", "value", "text", "task", "dataset", "split", "source", "status")
    return {name: getattr(row, name) for name in names} | {"words": figure_of_row(row).words}


def _step(version: ModelVersion, links: Links) -> dict[str, Any]:
    return {
        "id": version.pk,
        "label": str(version),
        "stage": version.stage,
        "licence": version.licence,
        "source": version.source,
        "architecture": version.architecture,
        "parameters": version.parameters,
        "relation": version.relation,
        "manifest_digest": version.manifest_digest,
        "made_from": [
            {
                "relation": link.relation,
                "base_version": link.base_version_id,
                "dataset_version": link.dataset_version_id,
                "tuning_run": link.tuning_run_id,
            }
            for link in links.get(version.pk, [])
        ],
    }


def _drift(run: DriftRun) -> dict[str, Any]:
    return uses.drift_facts(run) | {"opens_incident": run.opens_incident}


def _tuning(run: TuningRun, read: Read) -> dict[str, Any]:
    told = origins.tuning_facts(run) or {}
    again = read.recreations.get(run.pk)
    return told | {
        "dataset_digest": run.dataset_version.digest,
        "recreation": None if again is None else run_facts(again, again.created_by),
    }


def _evaluation(run: EvaluationRun) -> dict[str, Any]:
    """One evaluation without the examples in its result: they are rows of the data."""
    told = uses.evaluation_facts(run)
    result = {name: value for name, value in (told["result"] or {}).items() if name != "examples"}
    return told | {"result": result}
