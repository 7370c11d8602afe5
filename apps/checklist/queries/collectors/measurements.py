"""Every figure that finished evaluations of a version hold, as rules of policies ask for them."""

from collections.abc import Iterator

from django.urls import reverse

from apps.catalog.models import DatasetVersion
from apps.checklist.queries.collectors.evaluation import rows_are
from apps.checklist.queries.facts import Facts
from apps.checklist.rules.measurements import Measurement, suite_names
from apps.evaluation.models import EvaluationRun
from apps.evaluation.rules import BASELINE


def measurements_of(facts: Facts) -> tuple[Measurement, ...]:
    """The figures of all evaluations of the version, the newest evaluation first."""
    return tuple(one for run in facts.evaluations for one in _figures(facts, run))


def _figures(facts: Facts, run: EvaluationRun) -> Iterator[Measurement]:
    page = f"{reverse('portal:version-tab', args=[run.version_id, 'evaluations'])}?run={run.pk}"
    kind, suites = rows_are(facts, run), _suites(run.dataset_version)
    for score in run.scores.all():
        if score.of != BASELINE:
            yield Measurement(
                run=run.pk,
                metric=score.metric,
                part=score.of,
                value=score.value,
                low=score.low,
                high=score.high,
                n=score.n,
                suites=suites,
                rows_label=str(run.dataset_version),
                rows_are=kind,
                rows_digest=run.rows_digest,
                model_digest=run.model_digest,
                is_present=run.model_digest == facts.version.manifest_digest,
                page=page,
            )


def _suites(data: DatasetVersion) -> frozenset[str]:
    """The names that these rows go by."""
    return suite_names(data.dataset.name, data.number, [tag.name for tag in data.tags.all()])
