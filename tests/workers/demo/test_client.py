"""Refusals in both of the portal's forms, as the demo's people read them."""

import httpx
import pytest

from workers.demo.client import DemoError, Refusal, refused


def _refusal(status: int, **body: str) -> Refusal:
    return Refusal(httpx.Response(status, json=body))


def test_a_problem_document_is_read() -> None:
    refusal = _refusal(409, code="gate.red", title="Six questions are open.")
    assert (refusal.status, refusal.code, refusal.title) == (409, "gate.red", "Six questions are open.")


def test_mlflows_form_is_read() -> None:
    refusal = _refusal(403, error_code="PERMISSION_DENIED", message="It is protected.", code="alias.protected")
    assert (refusal.status, refusal.code, refusal.title) == (403, "alias.protected", "It is protected.")


def test_what_is_no_json_is_quoted() -> None:
    assert Refusal(httpx.Response(502, text="Bad gateway")).title == "Bad gateway"


def _raise(error: Exception) -> None:
    raise error


def test_only_the_expected_refusal_will_do() -> None:
    right = _refusal(403, code="alias.protected", message="It is protected.")
    assert refused(lambda: _raise(right), "alias.protected") is right
    with pytest.raises(DemoError, match=r"with 'team\.missing'"):
        refused(lambda: _raise(_refusal(404, code="team.missing")), "alias.protected")
    with pytest.raises(DemoError, match="allowed what it must refuse"):
        refused(lambda: None, "alias.protected")
