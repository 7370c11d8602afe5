"""The API's description: complete, without warnings, and true; and its interactive page."""

from io import StringIO
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, URLResolver

from genaiops_site import api


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    out = StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=out)
    document: dict[str, Any] = yaml.safe_load(out.getvalue())
    return document


def _addresses(patterns: list[URLPattern | URLResolver], before: str = "") -> set[str]:
    found: set[str] = set()
    for pattern in patterns:
        here = before + str(pattern.pattern)
        found |= _addresses(pattern.url_patterns, here) if isinstance(pattern, URLResolver) else {here}
    return found


def test_every_address_is_described(described: dict[str, Any]) -> None:
    served = {address for address in _addresses(api.urlpatterns) if address.startswith("v1/")}
    assert len(served) == len(described["paths"]) > 40


def test_every_operation_says_what_it_does_and_how_it_refuses(described: dict[str, Any]) -> None:
    for path, operations in described["paths"].items():
        for verb, operation in operations.items():
            name = f"{verb} {path}"
            assert operation["description"], name
            refusal = operation["responses"]["default"]["content"]["application/problem+json"]
            assert refusal["schema"] == {"$ref": "#/components/schemas/Problem"}, name
            assert {"bearerToken": []} in operation["security"], name
            if verb == "post":
                success = {status for status in operation["responses"] if status.startswith("2")}
                assert len(success) == 1 or success == {"201", "202"}, name  # made at once, or by a run


def test_starting_a_run_answers_202(described: dict[str, Any]) -> None:
    starts = ["dataset-versions/{id}/scans", "models/{id}/versions", "tuning-runs", "evaluations", "deployments",
              "drift-runs", "reports", "runs/{kind}/{id}/retry"]  # fmt: skip
    for start in starts:
        assert "202" in described["paths"][f"/api/v1/{start}/"]["post"]["responses"], start


def test_no_secret_is_described_as_readable(described: dict[str, Any]) -> None:
    for name, schema in described["components"]["schemas"].items():
        names = set(schema.get("properties", {}))
        assert not names & {"digest_secret", "claim_token", "sent_at"}, name
        assert "password" not in names or schema["properties"]["password"].get("writeOnly"), name


@pytest.mark.django_db
def test_description_and_page_need_no_sign_in() -> None:
    client = Client()
    assert client.get("/api/schema/").status_code == 200
    page = client.get("/api/docs/")
    assert page.status_code == 200
    policy = page["Content-Security-Policy"]
    assert "style-src 'self' 'unsafe-inline'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe-inline" not in client.get("/api/schema/")["Content-Security-Policy"]
