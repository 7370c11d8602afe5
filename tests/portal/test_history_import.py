"""Imports of another MLflow server's history that are asked for on the page or over the API."""

from typing import Any

import pytest
from django.urls import reverse

from apps.accounts.rules import AUDITOR
from apps.audit.models import AuditEntry
from apps.mlflow.models import HistoryImport
from tests.makers import make_browser, make_client, make_person
from tests.people import People, make_people

pytestmark = pytest.mark.django_db
SERVER = "https://mlflow.example.org"
PAGE = "/experiments/import/"
API = "/api/v1/history-imports/"


@pytest.fixture
def people(settings: Any) -> People:
    settings.MLFLOW_IMPORT_SERVERS = [f"{SERVER}/"]
    settings.MLFLOW_TRACKING_TOKEN = "a secret of the worker"
    return make_people()


def test_the_page_starts_an_import_of_a_listed_server(people: People) -> None:
    browser = make_browser(people.olga)
    assert reverse("portal:history-import") == PAGE
    assert PAGE in browser.get(reverse("tracking:experiment-list")).content.decode()
    assert SERVER in browser.get(PAGE).content.decode()
    answer = browser.post(PAGE, {"address": SERVER, "team": people.team.pk, "with_files": "on"})
    run = HistoryImport.objects.get()
    assert answer.url == reverse("portal:run-detail", args=["mlflow_import", run.pk])
    assert (run.address, run.state, run.config) == (SERVER, "queued", {"with_files": True})
    again = browser.post(PAGE, {"address": SERVER, "team": people.team.pk})
    assert again.status_code == 422 and "is under way" in again.content.decode()
    page = browser.get(PAGE).content.decode()
    assert f"Import {run.pk}" in page
    other = make_browser(people.xena).get(PAGE).content.decode()
    assert f"Import {run.pk}" not in other


def test_no_other_address_is_spoken_to(people: People) -> None:
    """Whoever names an address would send the worker, with its credentials, anywhere inside the network."""
    browser, client = make_browser(people.olga), make_client(people.olga)
    for address in ("http://169.254.169.254", "https://mlflow.example.org.evil.example", "file:///etc/passwd"):
        assert browser.post(PAGE, {"address": address, "team": people.team.pk}).status_code == 422
        refused = client.post(API, {"team": people.team.pk, "address": address})
        assert refused.status_code == 422 and refused.json()["code"] in ("history.server", "history.address")
    assert not HistoryImport.objects.exists()


def test_who_may_not_register_models_starts_none(people: People) -> None:
    for user in (people.rui, make_person(AUDITOR, team=people.team)):
        assert make_browser(user).get(PAGE).status_code == 403
        assert make_client(user).post(API, {"team": people.team.pk, "address": SERVER}).status_code == 403
    assert make_client(people.xena).post(API, {"team": people.team.pk, "address": SERVER}).status_code == 404


def test_the_api_starts_and_shows_imports_and_no_credentials(people: People) -> None:
    client = make_client(people.olga)
    assert client.get(f"{API}servers/").json() == [{"address": SERVER}]
    made = client.post(API, {"team": people.team.pk, "address": SERVER, "with_files": False})
    assert made.status_code == 202 and made.json()["address"] == SERVER
    assert client.post(API, {"team": people.team.pk, "address": SERVER}).json()["code"] == "history.open"
    shown = client.get(f"{API}{made.json()['id']}/")
    assert shown.status_code == 200 and "a secret of the worker" not in shown.content.decode()
    assert len(client.get(API).json()["results"]) == 1
    assert make_client(people.xena).get(API).json()["results"] == []
    told = AuditEntry.objects.get(action="history.start")
    assert "a secret of the worker" not in str(told.data)


def test_a_portal_without_listed_servers_says_how_to_get_one(people: People, settings: Any) -> None:
    settings.MLFLOW_IMPORT_SERVERS = []
    page = make_browser(people.olga).get(PAGE).content.decode()
    assert "MLFLOW_IMPORT_SERVERS" in page and "Start the import" not in page
