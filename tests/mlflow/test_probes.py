"""What clients ask before they begin, and what they are told at addresses that are not there."""

import pytest
from django.test import Client

from apps.accounts.services import token_create
from apps.audit.services import SYSTEM
from tests.people import make_people


@pytest.mark.parametrize(("address", "said"), [("/health", b"OK"), ("/version", b"3.17.2")])
def test_health_and_version_need_nobody(address: str, said: bytes) -> None:
    response = Client().get(address)
    assert (response.status_code, response.content) == (200, said)
    assert response["Content-Type"].startswith("text/plain")


@pytest.mark.django_db
def test_server_info_is_for_people_with_a_token() -> None:
    people = make_people()
    secret = token_create(by=SYSTEM, user=people.olga, name="test")[1]
    for prefix in ("/api", "/ajax-api", f"/teams/{people.team.slug}/api"):
        address = f"{prefix}/3.0/mlflow/server-info"
        assert Client().get(address).status_code == 401
        answer = Client().get(address, headers={"Authorization": f"Bearer {secret}"}).json()
        assert answer["store_type"] == "SqlStore"
        assert answer["workspaces_enabled"] is True


@pytest.mark.parametrize("verb", ["get", "post", "patch", "delete"])
@pytest.mark.parametrize("address", ["/api/2.0/mlflow/webhooks", "/api/3.0/mlflow/nothing", "/ajax-api/2.0/mlflow/x"])
def test_addresses_that_are_not_there_say_so(verb: str, address: str) -> None:
    response = getattr(Client(enforce_csrf_checks=True), verb)(address)
    assert (response.status_code, response.json()["error_code"]) == (404, "ENDPOINT_NOT_FOUND")
