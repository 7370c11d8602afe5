"""Steps of the bench beside MLflow, each a process of its own.

`python -m benchmarks.registry_steps first ADDRESS MODEL`     makes a model with one version and an alias
`python -m benchmarks.registry_steps calls ADDRESS MODEL`     asks a server with MLflow's unmodified client
`python -m benchmarks.registry_steps ours NUMBER`              fills the portal's model up to NUMBER versions
`python -m benchmarks.registry_steps theirs NUMBER DATABASE`   fills MLflow's
"""

import json
import os
import statistics
import sys
import time
import uuid
from collections.abc import Callable

NAME, ALIAS, SOURCE = "scoring", "challenger", "s3://bucket/model"
MOST_CALLS, LEAST_CALLS, WARM_UP = 200, 5, 5
MOST_SECONDS = float(os.environ.get("BENCH_SECONDS", "20"))  # for one kind of call
METRICS, PAGE = 100, 20


def calls(address: str, name: str) -> dict[str, float]:
    """Median milliseconds of each call about the model `name`, as a person's script waits for it."""
    os.environ |= {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}
    from mlflow import MlflowClient
    from mlflow.entities import Metric

    client = MlflowClient(address, address)
    # The client's own function for a version sleeps while it waits for READY; what lies under it asks the server.
    store = client._get_registry_client().store
    run = client.create_run(client.create_experiment(f"bench {uuid.uuid4().hex}")).info.run_id

    def batch(number: int) -> None:
        metrics = [
            Metric(f"metric {place}", number + place / 100, 1_700_000_000_000, number) for place in range(METRICS)
        ]
        client.log_batch(run, metrics=metrics)

    return {
        "get": _median(lambda number: client.get_registered_model(name)),
        "alias read": _median(lambda number: client.get_model_version_by_alias(name, ALIAS)),
        "search": _median(lambda number: client.search_model_versions(f"name = '{name}'", max_results=PAGE)),
        "log-batch": _median(batch),
        "create": _median(lambda number: store.create_model_version(name, SOURCE)),
    }


def _median(call: Callable[[int], object]) -> float:
    times: list[float] = []
    began = time.monotonic()
    for number in range(WARM_UP + MOST_CALLS):
        if len(times) >= LEAST_CALLS and time.monotonic() - began > MOST_SECONDS:
            break
        start = time.perf_counter()
        call(number)
        if number >= WARM_UP or time.monotonic() - began > MOST_SECONDS:
            times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


def first_version(address: str, name: str) -> None:
    """The model, its first version and an alias on it."""
    from mlflow import MlflowClient

    client = MlflowClient(address, address)
    client.create_registered_model(name)
    client._get_registry_client().store.create_model_version(name, SOURCE)
    client.set_registered_model_alias(name, ALIAS, "1")


def prepare() -> None:
    """A person with a team on the portal; prints a token that may write."""
    _django()
    from django.db import transaction

    from apps.accounts.services import person_create, role_grant, team_create, token_create
    from apps.audit.services import SYSTEM

    with transaction.atomic():
        user = person_create(by=SYSTEM, email="bench@example.org", name="Bench")
        role_grant(by=SYSTEM, user=user, team=team_create(by=SYSTEM, name="Bench"), role="engineer")
        print(token_create(by=SYSTEM, user=user, name="bench", scope="write", days=1)[1])


def ours(wanted: int) -> None:
    """Versions as the service writes them, in bulk: 100 000 calls would take hours and measure something else."""
    _django()
    from django.db import connection

    from apps.registry.models import ModelVersion, RegisteredModel

    model = RegisteredModel.objects.get(name=NAME)
    first = ModelVersion.objects.get(model=model, number=1)
    have = ModelVersion.objects.filter(model=model).order_by("-number").values_list("number", flat=True)[0]
    facts = {"model": model, "team_id": model.team_id, "source": SOURCE, "created_by_id": first.created_by_id}
    for start in range(have + 1, wanted + 1, 5000):
        numbers = range(start, min(start + 5000, wanted + 1))
        ModelVersion.objects.bulk_create(ModelVersion(number=number, **facts) for number in numbers)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def theirs(wanted: int, database: str) -> None:
    """The same number of rows in MLflow's table, as its own server writes them."""
    import psycopg

    with psycopg.connect(database, autocommit=True) as connection:
        (have,) = connection.execute("SELECT max(version) FROM model_versions WHERE name = %s", [NAME]).fetchone()
        connection.execute(
            "INSERT INTO model_versions (name, version, creation_time, last_updated_time, current_stage, source,"
            " run_id, status, run_link, storage_location, workspace)"
            " SELECT name, number, creation_time, last_updated_time, current_stage, source, run_id, status, run_link,"
            " storage_location, workspace FROM model_versions, generate_series(%s::int, %s::int) AS number"
            " WHERE name = %s AND version = 1",
            [have + 1, wanted, NAME],
        )
        connection.execute("VACUUM ANALYZE")


def _django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genaiops_site.settings")
    import django

    django.setup()


def main() -> None:
    step, *given = sys.argv[1:]
    if step == "calls":
        print(json.dumps(calls(*given)))
    elif step == "first":
        first_version(*given)
    elif step == "prepare":
        prepare()
    elif step == "ours":
        ours(int(given[0]))
    else:
        theirs(int(given[0]), given[1])


if __name__ == "__main__":
    main()
