"""A repeated tuning is evidence on whether the model can be made again."""

import pytest

from apps.checklist.queries.collectors import known_of
from apps.checklist.rules import Finding
from apps.checklist.rules.findings import ASKS
from apps.registry.models import ModelVersion, TuningRun
from apps.registry.rules.recreation import DIFFERS, IDENTICAL, IMPOSSIBLE
from apps.registry.services import recreation_finish, recreation_start
from tests.makers import claim, make_person, make_team
from tests.stories import make_base_version, make_dataset_version, make_tuned_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def tuned() -> ModelVersion:
    team = make_team()
    olga = make_person("engineer", team=team)
    return make_tuned_version(olga, make_base_version(olga, team), make_dataset_version(olga, team), "Desk")


def _recipe_after(tuned: ModelVersion, *outcomes: str) -> Finding:
    for outcome in outcomes:
        tuning = TuningRun.objects.get(output_version=tuned)
        run = recreation_start(by=tuning.created_by, tuning=tuning)
        recreation_finish(run=claim(run), outcome=outcome, because="Said so.", found={})
    version = ModelVersion.objects.select_related("model").get(pk=tuned.pk)
    (finding,) = known_of([version])[tuned.pk].findings["tuning.recipe"]
    return finding


def test_a_repetition_that_agrees_proves_the_recipe_and_unsettles_nothing(tuned: ModelVersion) -> None:
    before = _recipe_after(tuned)
    assert "was not repeated" in before.summary
    after = _recipe_after(tuned, IDENTICAL)
    assert after.summary.startswith("Yes, and it was done.") and "recreated bit for bit" in after.summary
    assert after.subject_digest == before.subject_digest and ASKS not in after.value


def test_a_repetition_that_disagrees_turns_answers_stale_and_asks(tuned: ModelVersion) -> None:
    before = _recipe_after(tuned)
    after = _recipe_after(tuned, IDENTICAL, DIFFERS)
    assert after.summary.startswith("Not as recorded") and after.value[ASKS]
    assert after.subject_digest != before.subject_digest


def test_one_that_could_not_be_tried_says_why(tuned: ModelVersion) -> None:
    finding = _recipe_after(tuned, IMPOSSIBLE)
    assert "could not be tried. Said so." in finding.summary and ASKS not in finding.value
