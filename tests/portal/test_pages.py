"""Overview, runs, search and the trail, as people with different roles open them."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.audit.models import AuditEntry
from apps.catalog.services import scan_start
from apps.checklist.models import Assessment
from apps.checklist.services import assessment_create, evidence_collect
from apps.core.models import Run
from apps.core.runs import run_models
from apps.jobs.services import run_fail
from apps.portal.queries import KINDS
from apps.registry.services import model_tag_set, system_create, version_import, version_tag_set
from apps.tracking.services import experiment_create, tracking_run_create
from tests.makers import (
    claim,
    make_approved,
    make_browser,
    make_data,
    make_deployment,
    make_evaluation,
    make_model,
    make_person,
    make_scan,
    make_tuned,
    make_version,
    queries_of,
)
from tests.people import People, make_people

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def olga(people: People) -> Client:
    return make_browser(people.olga)


def page_of(run: Run) -> str:
    return reverse("portal:run-detail", args=[run.kind, run.pk])


def test_nobody_sees_anything_before_signing_in(client: Client) -> None:
    for name in ("overview", "search", "run-list", "trail"):
        answer = client.get(reverse(f"portal:{name}"))
        assert answer.status_code == 302 and answer.url.startswith(reverse("accounts:sign-in"))


# --- overview


def test_an_empty_overview_says_how_to_begin(olga: Client) -> None:
    page = olga.get(reverse("portal:overview")).text
    assert "No model yet" in page and reverse("registry:model-list") in page


def test_each_cell_leads_to_its_question_and_says_it(people: People, olga: Client) -> None:
    tuning = make_tuned(people.olga, people.team)
    assert tuning.output_version is not None
    assessment = assessment_create(by=people.olga, version=tuning.output_version)
    page = olga.get(reverse("portal:overview")).text
    checklist = reverse("checklist:assessment-detail", args=[assessment.pk])
    assert page.count(f'href="{checklist}#') == 18
    cell = f'<a class="cell cell-unknown" href="{checklist}#data-1" title="What data sources were used'
    assert cell in page


def test_the_overview_names_what_needs_somebody(people: People, olga: Client) -> None:
    version = make_tuned(people.olga, people.team).output_version
    assert version is not None
    assessment = assessment_create(by=people.olga, version=version)
    evidence_collect(by=people.olga, assessment=assessment)
    Assessment.objects.update(state="submitted", submitted_by=people.olga, submitted_at=assessment.created_at)
    run = claim(scan_start(by=people.olga, version=make_data(people.olga, people.team)))
    run_fail(run=run, code="data.empty", message="The file holds no rows.")
    page = make_browser(people.rui).get(reverse("portal:overview")).text
    assert "Read and decide" in page and "The file holds no rows." in page and f"Data scan {run.pk}" in page
    theirs = make_browser(people.xena).get(reverse("portal:overview")).text
    assert "Read and decide" not in theirs and "Data scan" not in theirs


def test_the_overview_costs_the_same_with_one_version_and_with_thirty(people: People, olga: Client) -> None:
    url = reverse("portal:overview")
    scan_start(by=people.olga, version=make_data(people.olga, people.team))
    assessment_create(by=people.olga, version=make_version(people.olga, people.team))
    few = queries_of(olga, url)
    for _ in range(30):
        scan_start(by=people.olga, version=make_data(people.olga, people.team))
        assessment_create(by=people.olga, version=make_version(people.olga, people.team))
    assert queries_of(olga, url) == few <= 65  # what each collector reads, and what the person has in hand


# --- runs


def test_every_kind_of_run_has_words() -> None:
    assert set(KINDS) == set(run_models())


def test_runs_are_listed_in_words_and_filtered(people: People, olga: Client) -> None:
    data = make_data(people.olga, people.team)
    make_scan(people.olga, data)
    make_evaluation(people.olga, make_tuned(people.olga, people.team))
    url = reverse("portal:run-list")
    page = olga.get(url).text
    for words in ("Data scan", "Model import", "Tuning", "Evaluation", str(data)):
        assert words in page
    assert "Tuning " not in olga.get(url, {"kind": "scan"}).text.split("<tbody>", 1)[1]
    assert "No run matches" in olga.get(url, {"state": "lost"}).text
    for odd in ({"page": "99999999999"}, {"page": "²"}, {"kind": "none"}, {"state": "\0"}, {"page": "-3"}):
        assert olga.get(url, odd).status_code == 200
    assert "Data scan" not in make_browser(people.xena).get(url).text.split("<main", 1)[1].split("</form>", 1)[1]


def test_the_list_of_runs_costs_the_same_with_one_row_and_with_thirty(people: People, olga: Client) -> None:
    url = reverse("portal:run-list")
    make_scan(people.olga, make_data(people.olga, people.team))
    make_tuned(people.olga, people.team)
    few = queries_of(olga, url)
    for _ in range(30):
        make_scan(people.olga, make_data(people.olga, people.team))
    assert queries_of(olga, url) == few <= 4 + len(run_models())  # one query a kind of run


def test_an_open_run_is_followed_in_its_moving_part_only(people: People, olga: Client) -> None:
    run = claim(scan_start(by=people.olga, version=make_data(people.olga, people.team)))
    run.advance(0.4, "Searching row 3 of 4")
    whole = olga.get(page_of(run)).text
    assert f'hx-get="{page_of(run)}?part=live"' in whole and "Looks through data" in whole and "40 %" in whole
    part = olga.get(page_of(run), {"part": "live"}, headers=HTMX)
    assert part.text.lstrip().startswith('<div id="run-live"') and "Cancel this run" not in part.text
    assert "Searching row 3 of 4" in part.text and "HX-Retarget" not in part.headers


def test_a_run_that_ended_meanwhile_refreshes_the_whole_part(people: People, olga: Client) -> None:
    run = make_scan(people.olga, make_data(people.olga, people.team))
    part = olga.get(page_of(run), {"part": "live"}, headers=HTMX)
    assert part["HX-Retarget"] == "#run" and part["HX-Reswap"] == "outerHTML"
    assert part.text.lstrip().startswith('<div id="run"') and "every 2s" not in part.text
    assert "See the findings" in part.text


@pytest.mark.parametrize("kind", ["import", "scan", "tuning", "evaluation", "serving"])
def test_runs_of_every_kind_have_a_page(people: People, olga: Client, kind: str) -> None:
    if kind == "serving":
        run: Any = make_deployment(people.olga, make_approved(people.team, by=people.olga)).runs.get()
    elif kind == "import":
        run = version_import(by=people.olga, model=make_model(people.olga, people.team), source="a/b")
    elif kind == "scan":
        run = make_scan(people.olga, make_data(people.olga, people.team))
    else:
        run = make_tuned(people.olga, people.team)
        run = make_evaluation(people.olga, run) if kind == "evaluation" else run
    page = olga.get(page_of(run))
    assert page.status_code == 200 and f"{KINDS[kind].name} {run.pk}" in page.text
    assert make_browser(people.xena).get(page_of(run)).status_code == 404
    assert olga.get(f"/runs/nonsense/{run.pk}/").status_code == 404


def test_a_run_is_cancelled_and_started_again_by_those_who_may(people: People, olga: Client) -> None:
    run = scan_start(by=people.olga, version=make_data(people.olga, people.team))
    cancel, retry = (reverse(f"portal:run-{name}", args=["scan", run.pk]) for name in ("cancel", "retry"))
    rui = make_browser(people.rui)
    assert cancel in olga.get(page_of(run)).text and cancel not in rui.get(page_of(run)).text
    assert rui.post(cancel, {"reason": "x"}).status_code == 403
    assert make_browser(people.xena).post(cancel).status_code == 404
    assert olga.post(cancel, {"reason": "Wrong data"}).url == page_of(run)
    assert AuditEntry.objects.get(action="run.cancel").reason == "Wrong data"
    page = olga.get(page_of(run)).text
    assert "Cancelled" in page and retry in page and cancel not in page
    assert rui.post(retry).status_code == 403
    assert olga.post(retry).url == page_of(run)
    assert olga.post(retry).status_code == 409, "it waits already"
    assert olga.get(cancel).status_code == 405


def test_a_failed_run_says_why(people: People, olga: Client) -> None:
    run = claim(scan_start(by=people.olga, version=make_data(people.olga, people.team)))
    run.advance(0.1, "Counting rows")
    run_fail(run=run, code="data.empty", message="The file holds no rows.")
    page = olga.get(page_of(run)).text
    assert "What went wrong" in page and "The file holds no rows." in page and "Counting rows" in page
    assert "See the findings" not in page


# --- search


def test_search_finds_by_name_version_run_and_digest(people: People, olga: Client) -> None:
    model = make_model(people.olga, people.team, name="Desk model")
    version = make_version(people.olga, people.team, model=model)
    scan = make_scan(people.olga, make_data(people.olga, people.team))
    url = reverse("portal:search")
    assert reverse("registry:model-detail", args=[model.pk]) in olga.get(url, {"q": "desk"}).text
    here = reverse("portal:version-detail", args=[version.pk])
    assert here in olga.get(url, {"q": "desk model v1"}).text
    assert here in olga.get(url, {"q": version.manifest_digest[:9].upper()}).text
    assert page_of(scan) in olga.get(url, {"q": f"Scan {scan.pk}"}).text
    for words in ("desk", "desk model v1", version.manifest_digest[:9], f"scan {scan.pk}"):
        assert "Nothing found" in make_browser(people.xena).get(url, {"q": words}).text
    for odd in ("", "\0", "%", "x" * 5_000, "scan 99999999999999999999", "<script>", "' OR 1=1"):
        page = olga.get(url, {"q": odd})
        assert page.status_code == 200 and "<script>" not in page.text.split("<main", 1)[1]


def test_search_finds_systems_experiments_runs_and_tags(people: People, olga: Client) -> None:
    system = system_create(by=people.olga, team=people.team, name="Help desk")
    experiment = experiment_create(by=people.olga, team=people.team, name="Desk trials")
    run = tracking_run_create(by=people.olga, experiment=experiment, name="desk first")
    version = make_version(people.olga, people.team)
    model_tag_set(by=people.olga, model=version.model, key="task", value="chat")
    version_tag_set(by=people.olga, version=version, key="lane", value="blue")
    url, xena = reverse("portal:search"), make_browser(people.xena)
    pages = {
        "desk": [
            reverse("systems:system-detail", args=[system.pk]),
            reverse("tracking:experiment-detail", args=[experiment.pk]),
            reverse("tracking:run-detail", args=[run.uuid]),
        ],
        run.uuid[:10]: [reverse("tracking:run-detail", args=[run.uuid])],
        "task=chat": [reverse("registry:model-detail", args=[version.model_id])],
        "lane": [reverse("portal:version-detail", args=[version.pk])],
    }
    for words, wanted in pages.items():
        text = olga.get(url, {"q": words}).text
        assert all(page in text for page in wanted), words
        assert "Nothing found" in xena.get(url, {"q": words}).text
    assert "Nothing found" in olga.get(url, {"q": "task=other"}).text


def test_search_costs_the_same_however_much_is_found(people: People, olga: Client) -> None:
    url = reverse("portal:search") + "?q=model"
    make_model(people.olga, people.team)
    few = queries_of(olga, url)
    for _ in range(30):
        make_model(people.olga, people.team)
    assert queries_of(olga, url) == few <= 19


# --- trail


def test_the_trail_is_read_by_those_who_may_with_links(people: People) -> None:
    version = make_version(people.olga, people.team)
    url, ada = reverse("portal:trail"), make_browser(make_person("auditor", team=people.team))
    page = ada.get(url, {"object_type": "registry.modelversion", "object_id": str(version.pk)}).text
    assert "version.import" in page and "Olga" in page
    assert reverse("portal:version-detail", args=[version.pk]) in page
    assert "version.import" not in make_browser(people.xena).get(url).text
    assert "No entry matches" in ada.get(url, {"action": "no.such"}).text
    assert ada.get(url, {"action": "\0", "page": "x"}).status_code == 200


def test_an_engineer_reads_their_own_doings_and_verifies_nothing(people: People, olga: Client) -> None:
    make_version(people.olga, people.team)
    page = olga.get(reverse("portal:trail")).text
    assert "version.import" in page and "Verify the whole trail" not in page
    assert olga.post(reverse("portal:trail-verify")).status_code == 403


def test_the_trail_is_verified_on_demand(people: People) -> None:
    make_version(people.olga, people.team)
    rui = make_browser(people.rui)
    assert "Verify the whole trail" in rui.get(reverse("portal:trail")).text
    assert "The trail is intact" in rui.post(reverse("portal:trail-verify")).text
    assert rui.get(reverse("portal:trail-verify")).url == reverse("portal:trail")


def test_the_trail_is_given_as_a_file(people: People) -> None:
    make_version(people.olga, people.team)
    answer = make_browser(people.rui).get(reverse("portal:trail"), {"format": "csv", "action": "version.files"})
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert len(lines) == 2 and ",worker,version.files," in lines[1]


def test_the_trail_costs_the_same_with_few_entries_and_with_many(people: People) -> None:
    rui, url = make_browser(people.rui), reverse("portal:trail")
    make_model(people.olga, people.team)
    few = queries_of(rui, url)
    for _ in range(60):
        make_model(people.olga, people.team)
    assert queries_of(rui, url) == few <= 8
