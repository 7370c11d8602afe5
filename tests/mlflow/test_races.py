"""Several clients do the same thing at the same moment: one wins, the others are told in MLflow's words."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from django.db import connection

from apps.accounts.models import User
from apps.accounts.rules import WRITE
from apps.accounts.services import token_create
from apps.audit.services import SYSTEM
from apps.registry.models import AliasMove, ModelVersion, RegisteredModel
from tests.people import People

TOGETHER = 4


@pytest.fixture
def at_once(live_server, people: People) -> Callable[..., list[tuple[int, dict]]]:
    """`at_once(verb, address, bodies)`: the answers to calls that begin together."""
    headers = bearer(people.olga)

    def send(verb: str, address: str, bodies: list[dict]) -> list[tuple[int, dict]]:
        together = threading.Barrier(len(bodies))

        def one(body: dict) -> tuple[int, dict]:
            together.wait()
            answer = requests.request(
                verb, f"{live_server.url}/api/2.0/mlflow/{address}", json=body, headers=headers, timeout=60
            )
            return answer.status_code, answer.json()

        with ThreadPoolExecutor(len(bodies)) as pool:
            return list(pool.map(one, bodies))

    yield send
    connection.close()


def bearer(user: User) -> dict[str, str]:
    return {"Authorization": f"Bearer {token_create(by=SYSTEM, user=user, name='test', scope=WRITE)[1]}"}


def test_a_name_is_given_to_one(at_once) -> None:
    answers = at_once("POST", "registered-models/create", [{"name": "scoring"}] * TOGETHER)
    assert sorted(status for status, _ in answers) == [200] + [400] * (TOGETHER - 1)
    words = {body["error_code"] for status, body in answers if status == 400}
    assert words == {"RESOURCE_ALREADY_EXISTS"}
    assert RegisteredModel.objects.count() == 1


def test_versions_get_numbers_of_their_own(at_once) -> None:
    at_once("POST", "registered-models/create", [{"name": "scoring"}])
    answers = at_once("POST", "model-versions/create", [{"name": "scoring", "source": "s3://b/m"}] * TOGETHER)
    numbers = sorted(body["model_version"]["version"] for _, body in answers)
    assert numbers == [str(number) for number in range(1, TOGETHER + 1)]


def test_an_alias_that_several_move_ends_at_one_and_its_history_tells_every_move(at_once) -> None:
    at_once("POST", "registered-models/create", [{"name": "scoring"}])
    at_once("POST", "model-versions/create", [{"name": "scoring", "source": "s3://b/m"}] * TOGETHER)
    bodies = [{"name": "scoring", "alias": "blue", "version": str(number)} for number in range(1, TOGETHER + 1)]
    assert {status for status, _ in at_once("POST", "registered-models/alias", bodies)} == {200}
    model = RegisteredModel.objects.get()
    moves = list(AliasMove.objects.filter(model=model).order_by("pk"))
    assert len(moves) == TOGETHER
    assert [move.previous_id for move in moves[1:]] == [move.version_id for move in moves[:-1]]
    assert model.aliases.get().version_id == moves[-1].version_id


def test_a_version_that_is_deleted_twice_is_deleted_once(at_once) -> None:
    at_once("POST", "registered-models/create", [{"name": "scoring"}])
    at_once("POST", "model-versions/create", [{"name": "scoring", "source": "s3://b/m"}])
    answers = at_once("DELETE", "model-versions/delete", [{"name": "scoring", "version": "1"}] * TOGETHER)
    assert sorted(status for status, _ in answers) == [200] + [404] * (TOGETHER - 1)
    assert ModelVersion.objects.get().deleted_at is not None
