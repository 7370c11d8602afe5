"""Who may have a tuning repeated, what a repetition proves, and where it is read."""

from typing import Any

import pytest

from apps.accounts.models import Team, User
from apps.core.errors import Conflict
from apps.registry.models import RecreationRun, TuningRun
from apps.registry.rules.recreation import (
    DIFFERS,
    IDENTICAL,
    WITHIN,
    environment_changes,
    judge,
    settings_to_repeat,
)
from apps.registry.services import recreation_finish, recreation_start, tuning_start
from tests.makers import (
    claim,
    make_browser,
    make_client,
    make_crew,
    make_data,
    make_model,
    make_person,
    make_team,
    make_tuned,
    make_version,
)

ACCOUNT = {"model_weights_sha256": "a" * 64, "eval_loss_curve": [[3, 2.5], [6, 2.0]]}
WEIGHTS = {
    "different": 0,
    "numbers": 10,
    "relative": 0.0,
    "only_in_first": [],
    "only_in_second": [],
    "other_shapes": [],
}


def _other(loss: float) -> dict[str, Any]:
    return {"model_weights_sha256": "b" * 64, "eval_loss_curve": [[6, loss]]}


@pytest.mark.parametrize(
    ("second", "weights", "outcome"),
    [
        (ACCOUNT, {}, IDENTICAL),
        (_other(2.0), {}, WITHIN),  # equal numbers in a file that is laid out otherwise
        (_other(2.009), {"different": 3, "relative": 9e-4}, WITHIN),
        (_other(2.0), {"different": 3, "relative": 2e-3}, DIFFERS),
        (_other(2.02), {"different": 3, "relative": 1e-6}, DIFFERS),
        (ACCOUNT, {"only_in_second": ["lm_head"]}, DIFFERS),
        ({"model_weights_sha256": "b" * 64}, {"different": 1, "relative": 1e-6}, DIFFERS),
    ],
)
def test_the_verdict(second: dict[str, Any], weights: dict[str, Any], outcome: str) -> None:
    verdict = judge(ACCOUNT, second, WEIGHTS | weights)
    assert verdict.outcome == outcome and verdict.because


def test_a_repetition_takes_over_what_was_done_not_where() -> None:
    recorded = {"base": "somewhere", "device": "cuda", "seed": 3, "modules_to_save": ["norm"], "resume": True}
    assert settings_to_repeat(recorded) == {"seed": 3, "modules_to_save": ("norm",)}


def test_what_differs_between_environments_is_named() -> None:
    first = {"python": "3.11.2", "packages": {"torch": "2.12", "peft": "1"}}
    second = {"python": "3.11.2", "packages": {"torch": "2.13", "peft": "1", "trl": "2"}}
    assert environment_changes(first, second) == [("torch", "2.12", "2.13"), ("trl", "", "2")]


@pytest.fixture
def crew(db: None) -> dict[str, User]:
    return make_crew(make_team())


@pytest.fixture
def tuned(crew: dict[str, User]) -> TuningRun:
    return make_tuned(crew["engineer"], Team.objects.get())


def test_one_repetition_at_a_time(crew: dict[str, User], tuned: TuningRun) -> None:
    recreation_start(by=crew["engineer"], tuning=tuned)
    with pytest.raises(Conflict, match="already"):
        recreation_start(by=crew["engineer"], tuning=tuned)


def test_a_tuning_that_made_nothing_cannot_be_recreated(crew: dict[str, User], tuned: TuningRun) -> None:
    olga = crew["engineer"]
    run = tuning_start(
        by=olga,
        base_version=make_version(olga, tuned.team),
        dataset_version=make_data(olga, tuned.team),
        output_model=make_model(olga, tuned.team),
    )
    with pytest.raises(Conflict, match="made no version"):
        recreation_start(by=olga, tuning=run)


def test_the_api_starts_one_and_shows_what_it_proved(crew: dict[str, User], tuned: TuningRun) -> None:
    api = make_client(crew["engineer"])
    started = api.post("/api/v1/recreations/", {"tuning_run": tuned.pk}, format="json")
    assert started.status_code == 202 and started.json()["outcome"] == ""
    run = claim(RecreationRun.objects.get())
    recreation_finish(run=run, outcome=IDENTICAL, because="All the same.", found={"energy_kwh": 0.1})
    shown = api.get(f"/api/v1/recreations/{run.pk}/").json()
    assert (shown["outcome"], shown["because"], shown["energy_kwh"]) == (IDENTICAL, "All the same.", 0.1)


@pytest.mark.parametrize(("role", "status"), [("auditor", 403), ("approver", 403), ("compliance_officer", 403)])
def test_only_builders_start_one(crew: dict[str, User], tuned: TuningRun, role: str, status: int) -> None:
    answer = make_client(crew[role]).post("/api/v1/recreations/", {"tuning_run": tuned.pk}, format="json")
    assert answer.status_code == status and not RecreationRun.objects.exists()


def test_outsiders_see_neither_the_tuning_nor_its_repetition(crew: dict[str, User], tuned: TuningRun) -> None:
    run = recreation_start(by=crew["engineer"], tuning=tuned)
    xena = make_person("engineer", team=make_team())
    assert make_client(xena).post("/api/v1/recreations/", {"tuning_run": tuned.pk}, format="json").status_code == 404
    assert make_client(xena).get(f"/api/v1/recreations/{run.pk}/").status_code == 404
    assert make_browser(xena).post(f"/models/tuning-runs/{tuned.pk}/recreate/").status_code == 404


def test_the_page_of_a_tuning_offers_it_and_the_run_shows_the_verdict(crew: dict[str, User], tuned: TuningRun) -> None:
    browser = make_browser(crew["engineer"])
    assert b"Recreate it" in browser.get(f"/runs/tuning/{tuned.pk}/").content
    assert b"Recreate it" not in make_browser(crew["auditor"]).get(f"/runs/tuning/{tuned.pk}/").content
    sent = browser.post(f"/models/tuning-runs/{tuned.pk}/recreate/")
    run = RecreationRun.objects.get()
    assert sent.headers["Location"] == f"/runs/recreation/{run.pk}/"
    recreation_finish(run=claim(run), outcome=DIFFERS, because="The weights lie 0.2 apart.", found={})
    page = browser.get(sent.headers["Location"]).content.decode()
    assert "Came out different" in page and "The weights lie 0.2 apart." in page
