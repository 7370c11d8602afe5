"""Everything on the floors below that collectors speak of, read for many model versions at once.

The number of queries depends on how many generations of base models there are, never on how many versions are asked
about; after this, collectors read no table.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from django.db.models import Prefetch

from apps.catalog.models import DatasetVersion, Source
from apps.catalog.queries import Scanned, scanned
from apps.catalog.queries.licences import Origins, origins_of
from apps.catalog.rules.propagation import Inheritance, inherit
from apps.checklist.queries.figures import figures_told
from apps.checklist.queries.watching import Watched, watched_of, watched_of_data
from apps.core.rules import SUCCEEDED
from apps.evaluation.models import EvaluationRun, Score
from apps.registry.models import LineageLink, ModelVersion, RecreationRun, TuningRun, VersionStatement
from apps.registry.queries import datasets_in, lineage_links, model_thing, recreations_of
from apps.registry.rules import TRAINED_ON, TUNED_FROM
from apps.registry.rules.cards import Figure
from apps.serving.models import Application, Deployment

SAID = ("limitations", "risks")  # the fields of statements that collectors speak of


@dataclass(frozen=True)
class DataFacts:
    """What is on record about data: one dataset version alone, or all that a model version came from.

    `origins` are the sources of the data; `inheritance` the terms of all of it, held against the intended use where
    there is a model that has one; `tuning` the run that read it, where one did; `watched` what was noticed of it.

    What is found is read by everybody who sees the thing asked about, which belongs to the team `team_id`: so it names
    nothing of other teams but the data and the models that the thing was made of.
    """

    team_id: int
    datasets: tuple[DatasetVersion, ...]
    scans: dict[int, Scanned]
    tuning: TuningRun | None
    origins: Origins
    inheritance: Inheritance
    watched: Watched

    def names(self, source: Source) -> bool:
        """Whether the readers of what is found may know which source it is."""
        return source.team_id == self.team_id

    def scanned(self, data: DatasetVersion) -> Scanned | None:
        """What the finished scans of a dataset version say together; None where none has finished."""
        return self.scans.get(data.pk)


@dataclass(frozen=True)
class Facts(DataFacts):
    """What is on record about one model version and what it came from.

    `ancestors` are its base models, nearest first; `datasets` are the dataset versions that it and they were trained
    on, and `trained` the version that was trained on each, by the data's id; evaluations are the successful ones,
    newest first. `statements` is what is said of the version, by field; `figures` is what others measured, read only
    where its present files were not evaluated here.
    """

    version: ModelVersion
    ancestors: tuple[ModelVersion, ...]
    trained: dict[int, ModelVersion]
    recreation: RecreationRun | None
    evaluations: tuple[EvaluationRun, ...]
    deployments: tuple[Deployment, ...]
    statements: dict[str, VersionStatement]
    figures: tuple[Figure, ...] = ()

    @property
    def own_data(self) -> tuple[DatasetVersion, ...]:
        """The dataset versions that this version itself was trained on."""
        return tuple(data for data in self.datasets if self.trained[data.pk].pk == self.version.pk)

    @property
    def ancestors_without_data(self) -> tuple[ModelVersion, ...]:
        """Base models of which nobody recorded what they were trained on."""
        with_data = {model.pk for model in self.trained.values()}
        return tuple(model for model in self.ancestors if model.pk not in with_data)


def facts_of(versions: Sequence[ModelVersion]) -> dict[int, Facts]:
    """The facts about each of these versions, by its id."""
    pks = [version.pk for version in versions]
    links = lineage_links(pks)
    origins = origins_of(datasets_in(links))
    scans = scanned({link.dataset_version_id for link in chain(*links.values()) if link.dataset_version_id})
    tunings = {run.output_version_id: run for run in _tunings(pks)}
    recreations = recreations_of(run.pk for run in tunings.values())
    evaluations, deployments, statements = _evaluations(pks), _deployments(pks), _statements(pks)
    watched = watched_of(versions, deployments)
    figures = figures_told([version for version in versions if not _is_measured(version, evaluations[version.pk])])
    found = {}
    for version in versions:
        ancestors = _ancestors(version, links)
        data = list(_data(version, ancestors, links))
        found[version.pk] = Facts(
            team_id=version.team_id,
            version=version,
            ancestors=ancestors,
            datasets=tuple(one for one, _ in data),
            trained={one.pk: model for one, model in data},
            scans=scans,
            tuning=tunings.get(version.pk),
            recreation=recreations.get(tunings[version.pk].pk) if version.pk in tunings else None,
            evaluations=tuple(evaluations[version.pk]),
            deployments=tuple(deployments[version.pk]),
            statements=statements[version.pk],
            figures=figures.get(version.pk, ()),
            watched=watched[version.pk],
            origins=origins,
            inheritance=inherit(model_thing(version, links, origins, {version.team_id}), version.model.intended_uses),
        )
    return found


def data_facts_of(versions: Sequence[DatasetVersion]) -> dict[int, DataFacts]:
    """The facts about each of these dataset versions alone, by its id; the number of queries is constant."""
    if not versions:
        return {}
    origins, scans = origins_of(versions), scanned({version.pk for version in versions})
    watched = watched_of_data(versions)
    return {
        version.pk: DataFacts(
            team_id=version.team_id,
            datasets=(version,),
            scans=scans,
            tuning=None,
            watched=watched[version.pk],
            origins=origins,
            inheritance=inherit(origins.thing(version.pk, {version.team_id}), ()),
        )
        for version in versions
    }


def _ancestors(version: ModelVersion, links: dict[int, list[LineageLink]]) -> tuple[ModelVersion, ...]:
    """The base models of a version, nearest first, each once."""
    found: dict[int, ModelVersion] = {}
    waiting = [version.pk]
    while waiting:
        for link in links.get(waiting.pop(0), []):
            base = link.base_version
            if link.relation == TUNED_FROM and base is not None and base.pk not in found and base.pk != version.pk:
                found[base.pk] = base
                waiting.append(base.pk)
    return tuple(found.values())


def _data(
    version: ModelVersion, ancestors: Iterable[ModelVersion], links: dict[int, list[LineageLink]]
) -> Iterable[tuple[DatasetVersion, ModelVersion]]:
    seen: set[int] = set()
    for model in (version, *ancestors):
        for link in links.get(model.pk, []):
            data = link.dataset_version
            if link.relation == TRAINED_ON and data is not None and data.pk not in seen:
                seen.add(data.pk)
                yield data, model


def _tunings(pks: list[int]) -> Iterable[TuningRun]:
    runs = TuningRun.objects.filter(output_version_id__in=pks)
    return runs.select_related("base_version__model", "dataset_version__dataset").defer("log")


def _evaluations(pks: list[int]) -> dict[int, list[EvaluationRun]]:
    runs = EvaluationRun.objects.filter(version_id__in=pks, state=SUCCEEDED).defer("log", "result")
    runs = runs.select_related("baseline__model", "dataset_version__dataset").order_by("-finished_at", "-pk")
    found: dict[int, list[EvaluationRun]] = defaultdict(list)
    scores = Prefetch("scores", queryset=Score.objects.order_by("pk"))
    for run in runs.prefetch_related(scores, "dataset_version__tags"):
        found[run.version_id].append(run)
    return found


def _deployments(pks: list[int]) -> dict[int, list[Deployment]]:
    applications = Prefetch("applications", queryset=Application.objects.order_by("name", "pk"))
    found: dict[int, list[Deployment]] = defaultdict(list)
    for deployment in Deployment.objects.filter(version_id__in=pks).order_by("pk").prefetch_related(applications):
        found[deployment.version_id].append(deployment)
    return found


def _is_measured(version: ModelVersion, evaluations: list[EvaluationRun]) -> bool:
    """Whether the files that the version has now were evaluated here."""
    return any(run.model_digest == version.manifest_digest for run in evaluations)


def _statements(pks: list[int]) -> dict[int, dict[str, VersionStatement]]:
    """What is said of each version that a question asks for, by field."""
    found: dict[int, dict[str, VersionStatement]] = defaultdict(dict)
    for one in VersionStatement.objects.filter(version_id__in=pks, field__in=SAID).select_related("document"):
        found[one.version_id][one.field] = one
    return found
