"""One step of the data section in a process of its own, so that its memory is its own: `data_steps STEP FILE`.

Prints one JSON object with seconds and `peak`, the largest resident set of the process in bytes.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import django

BLOCK = 1024 * 1024


def commit(path: Path) -> dict[str, float]:
    """Commit a file through the service that every door calls."""
    from apps.catalog.services import dataset_version_commit

    user, dataset = _world()
    began = time.monotonic()
    version = dataset_version_commit(by=user, dataset=dataset, path=path, filename="rows.jsonl")
    seconds = time.monotonic() - began
    told = {"rows": version.rows, "bytes": version.size, "new_bytes": version.new_bytes, "chunks": version.chunks}
    return told | {"seconds": seconds}


def diff(path: Path) -> dict[str, float]:
    """Commit the changed file too and compare the two versions by key, as the worker's job does it."""
    from apps.catalog.models import DiffRun
    from apps.catalog.services.diffs import diff_start
    from apps.catalog.tasks.diffs import compare

    user, dataset = _world()
    told = commit(path)
    before, after = dataset.versions.order_by("number")
    run = diff_start(by=user, before=before, after=after, key=["id"])
    began = time.monotonic()
    compare(run.pk)
    run = DiffRun.objects.get(pk=run.pk)
    assert run.state == "succeeded", run.error
    return told | {"seconds": time.monotonic() - began, **_counts(run.result)}


def _counts(result: dict[str, object]) -> dict[str, int]:
    return {name: int(str(result[name])) for name in ("added", "removed", "changed")}


def worker(path: Path) -> dict[str, float]:
    """Commit a large upload as the worker's job does it: the file lies where the pieces of an upload arrive."""
    from apps.catalog.models import CommitRun
    from apps.catalog.services import commit_start, upload_append, upload_start
    from apps.catalog.tasks.commits import commit as job

    user, dataset = _world()
    upload = upload_start(by=user, dataset=dataset, filename="rows.jsonl", size=path.stat().st_size)
    with path.open("rb") as stream:
        blocks = iter(lambda: stream.read(BLOCK), b"")
        upload_append(by=user, upload=upload, offset=0, length=upload.size, blocks=blocks)
    path.unlink()  # a disk that holds one copy is enough
    upload.refresh_from_db()
    run = commit_start(by=user, dataset=dataset, upload=upload)
    began = time.monotonic()
    job(run.pk)
    run = CommitRun.objects.select_related("version").get(pk=run.pk)
    assert run.version is not None, run.error
    return {"seconds": time.monotonic() - began, "rows": run.version.rows, "bytes": run.version.size}


def scan(path: Path, checks: Sequence[str] = ()) -> dict[str, float]:
    """Scan the version that `worker` committed by these checks, or by every one, as the worker's job does it."""
    from apps.catalog.models import ScanRun
    from apps.catalog.services import scan_start
    from workers.scanning.tasks import scan as job

    user, dataset = _world()
    run = scan_start(by=user, version=dataset.versions.get(), config={"checks": list(checks)} if checks else None)
    began = time.monotonic()
    job(run.pk)
    run = ScanRun.objects.get(pk=run.pk)
    assert run.state == "succeeded", run.error
    rows, checks = int(run.result["rows"]), len(run.result["checks"])
    return {"seconds": time.monotonic() - began, "rows": rows, "checks": checks, "processor": time.process_time()}


STEPS: dict[str, Callable[[Path], dict[str, float]]] = {
    "commit": commit,
    "diff": diff,
    "worker": worker,
    "scan": scan,
    "scan-personal": partial(scan, checks=("personal_data",)),
}


def _world():  # noqa: ANN202 - Django is not there yet when this file is read
    from apps.accounts.models import User
    from apps.accounts.services import person_create, role_grant, team_create
    from apps.audit.services import SYSTEM
    from apps.catalog.models import Dataset
    from apps.catalog.services import dataset_create

    user = User.objects.filter(email="bench@example.org").first()
    if user is None:
        user = person_create(by=SYSTEM, email="bench@example.org", name="Bench")
        team = team_create(by=SYSTEM, name="Bench")
        role_grant(by=SYSTEM, user=user, team=team, role="engineer")
        dataset_create(by=user, team=team, name="Measured")
    return user, Dataset.objects.get(name="Measured")


def main() -> None:
    """Run the named step and print what it took."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genaiops_site.settings")
    django.setup()
    step, path = sys.argv[1:]
    told = STEPS[step](Path(path))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    print(json.dumps(told | {"peak": peak}))


if __name__ == "__main__":
    main()
