"""What a call of a script's tool costs: a number of queries that does not grow with what was logged before."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.accounts.rules import WRITE
from apps.accounts.services import token_create
from apps.audit.services import SYSTEM
from tests.people import make_people

pytestmark = pytest.mark.django_db
DOORS = "/api/2.0/mlflow"


class Tool:
    """Olga's script, which counts the queries of each call."""

    def __init__(self) -> None:
        self.people = make_people()
        secret = token_create(by=SYSTEM, user=self.people.olga, name="cost", scope=WRITE)[1]
        self.client = Client(headers={"authorization": f"Bearer {secret}"})
        experiment = self.post("experiments/create", {"name": "cost"})["experiment_id"]
        self.experiment = experiment
        self.run = self.post("runs/create", {"experiment_id": experiment})["run"]["info"]["run_id"]

    def post(self, path: str, body: dict[str, object]) -> dict[str, dict[str, dict[str, str]]]:
        answer = self.client.post(f"{DOORS}/{path}", json.dumps(body), "application/json")
        assert answer.status_code == 200, answer.content
        return answer.json()

    def cost(self, path: str, body: dict[str, object]) -> int:
        with CaptureQueriesContext(connection) as captured:
            self.post(path, body)
        return len([query for query in captured if "SAVEPOINT" not in query["sql"]])

    def metrics(self, count: int, start: int = 0) -> list[dict[str, object]]:
        return [{"key": "loss", "value": n, "timestamp": n, "step": n} for n in range(start, start + count)]


def test_logging_costs_the_same_however_much_was_logged() -> None:
    tool = Tool()
    one = {"run_id": tool.run, "key": "loss", "value": 1.5, "timestamp": 1, "step": 0}
    tool.post("runs/log-metric", one)
    first = tool.cost("runs/log-metric", one | {"step": 1})
    batch = {"run_id": tool.run, "params": [{"key": "p", "value": "1"}], "tags": [{"key": "t", "value": "1"}]}
    small = tool.cost("runs/log-batch", batch | {"metrics": tool.metrics(10)})
    for start in range(1000, 6000, 500):
        tool.post("runs/log-batch", {"run_id": tool.run, "metrics": tool.metrics(500, start)})
    assert tool.cost("runs/log-metric", one | {"step": 7000}) == first <= 6
    assert tool.cost("runs/log-batch", batch | {"metrics": tool.metrics(10, 8000)}) <= small <= 10


def test_reading_costs_the_same_however_many_runs_there_are() -> None:
    tool = Tool()
    search = {"experiment_ids": [tool.experiment], "order_by": ["metrics.loss ASC"], "filter": "metrics.loss >= 0"}
    tool.post("runs/log-batch", {"run_id": tool.run, "metrics": tool.metrics(3)})
    few = tool.cost("runs/search", search)
    for _ in range(20):
        run = tool.post("runs/create", {"experiment_id": tool.experiment})["run"]["info"]["run_id"]
        tool.post("runs/log-batch", {"run_id": run, "metrics": tool.metrics(3)})
    assert tool.cost("runs/search", search) == few <= 10
