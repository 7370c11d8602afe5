"""Reading another MLflow tracking server over its REST interface, page by page.

Paths and shapes as MLflow 3.17 answers them: /api/2.0/mlflow/…, files by /get-artifact and, for logged models, by
/ajax-api/2.0/mlflow/logged-models/<id>/artifacts/….
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, cast

import httpx

from apps.core.errors import NotFound, Refused, Unavailable
from apps.mlflow.rules import plain_address

PAGE = 1000
MODEL_PAGE = 50  # what logged-models/search takes at most
READINGS = 25_000  # what one page of a metric's history holds at most
TIMEOUT_SECONDS = 60.0
PIECE = 1 << 20


class Remote:
    """One server. `user` and `secret` are sent as HTTP Basic, a `secret` alone as a bearer token; kept nowhere."""

    def __init__(self, address: str, *, user: str = "", secret: str = "") -> None:
        headers = {"Authorization": f"Bearer {secret}"} if secret and not user else {}
        auth = (user, secret) if user else None
        self.address = plain_address(address)
        # No redirects: an address that leads elsewhere would take the credentials along.
        self._http = httpx.Client(
            base_url=self.address, headers=headers, auth=auth, timeout=TIMEOUT_SECONDS, follow_redirects=False
        )

    def close(self) -> None:
        self._http.close()

    def get(self, where: str, query: dict[str, Any]) -> dict[str, Any]:
        return self._json(self._http.build_request("GET", where, params=query))

    def post(self, where: str, body: dict[str, Any]) -> dict[str, Any]:
        return self._json(self._http.build_request("POST", where, json=body))

    def experiments(self) -> Iterator[dict[str, Any]]:
        """Every experiment, deleted ones too."""
        yield from self._paged("experiments/search", "experiments", {"max_results": PAGE, "view_type": "ALL"})

    def runs(self, experiment: str) -> Iterator[dict[str, Any]]:
        """Every run of an experiment, oldest first, so that parents come before children."""
        told = {
            "experiment_ids": [experiment],
            "max_results": PAGE,
            "run_view_type": "ALL",
            "order_by": ["attributes.start_time ASC"],
        }
        yield from self._paged("runs/search", "runs", told)

    def readings(self, run: str, metric: str) -> Iterator[dict[str, Any]]:
        """The history of one metric."""
        query = {"run_id": run, "metric_key": metric, "max_results": READINGS}
        yield from self._paged("metrics/get-history", "metrics", query, is_get=True)

    def logged_models(self, experiment: str) -> Iterator[dict[str, Any]]:
        """Every logged model of an experiment; nothing from servers before version 3, which have none."""
        try:
            told = {"experiment_ids": [experiment], "max_results": MODEL_PAGE}
            yield from self._paged("logged-models/search", "models", told)
        except NotFound:
            return

    def models(self) -> Iterator[dict[str, Any]]:
        """Every registered model, prompts too, each with its aliases."""
        for found in self._paged("registered-models/search", "registered_models", {"max_results": PAGE}, is_get=True):
            whole = self.get("/api/2.0/mlflow/registered-models/get", {"name": found["name"]})
            yield whole["registered_model"]

    def versions(self, name: str) -> list[dict[str, Any]]:
        """Every version of a model, by number."""
        quoted = name.replace("'", "''")
        query = {"filter": f"name='{quoted}'", "max_results": PAGE}
        rows = self._paged("model-versions/search", "model_versions", query, is_get=True)
        return sorted(rows, key=lambda version: int(version["version"]))

    def run_files(self, run: str, path: str = "") -> Iterator[tuple[str, int]]:
        """Path and size of every file of a run, folder by folder."""
        query = {"run_id": run} | ({"path": path} if path else {})
        for entry in self._paged("artifacts/list", "files", query, is_get=True):
            if entry.get("is_dir"):
                yield from self.run_files(run, entry["path"])
            else:
                yield entry["path"], int(entry.get("file_size") or 0)

    def model_files(self, model: str, path: str = "") -> Iterator[tuple[str, int]]:
        """Path and size of every file of a logged model."""
        where = f"/ajax-api/2.0/mlflow/logged-models/{model}/artifacts/directories"
        query = {"artifact_directory_path": path} if path else {}
        for entry in self.get(where, query).get("files", []):
            if entry.get("is_dir"):
                yield from self.model_files(model, entry["path"])
            else:
                yield entry["path"], int(entry.get("file_size") or 0)

    @contextmanager
    def run_file(self, run: str, path: str) -> Iterator[BinaryIO]:
        """The bytes of a run's file, as a stream over a temporary file."""
        with self._fetched("/get-artifact", {"run_uuid": run, "path": path}) as stream:
            yield stream

    @contextmanager
    def model_file(self, model: str, path: str) -> Iterator[BinaryIO]:
        """The bytes of a logged model's file."""
        where = f"/ajax-api/2.0/mlflow/logged-models/{model}/artifacts/files"
        with self._fetched(where, {"artifact_file_path": path}) as stream:
            yield stream

    def _paged(self, path: str, name: str, told: dict[str, Any], *, is_get: bool = False) -> Iterator[dict[str, Any]]:
        ask = self.get if is_get else self.post
        more: dict[str, Any] = {}
        while True:
            answer = ask(f"/api/2.0/mlflow/{path}", told | more)
            yield from answer.get(name, [])
            if not answer.get("next_page_token"):
                return
            more = {"page_token": answer["next_page_token"]}

    def _json(self, request: httpx.Request) -> dict[str, Any]:
        try:
            answer = self._http.send(request)
        except httpx.HTTPError as error:
            raise _silent(self.address, error) from error
        _require_good(answer.status_code, request.url.path)
        try:
            found = answer.json()
        except ValueError as error:
            words = f"{self.address} does not answer as an MLflow server does."
            raise Unavailable(words, code="history.kind") from error
        return found if isinstance(found, dict) else {}

    @contextmanager
    def _fetched(self, where: str, query: dict[str, str]) -> Iterator[BinaryIO]:
        with tempfile.TemporaryFile() as kept:
            try:
                with self._http.stream("GET", where, params=query) as answer:
                    _require_good(answer.status_code, where)
                    for piece in answer.iter_bytes(PIECE):
                        kept.write(piece)
            except httpx.HTTPError as error:
                raise _silent(self.address, error) from error
            kept.seek(0)
            yield cast(BinaryIO, kept)


def _require_good(status: int, path: str) -> None:
    if status in (401, 403):
        raise Refused(
            f"The server refuses to give {path} (HTTP {status}).",
            code="history.refused",
            remedy="Set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN.",
        )
    if status == 404:
        raise NotFound(f"The server has no {path}.", code="history.missing")
    if status != 200:
        raise Unavailable(f"The server answered {path} with HTTP {status}.", code="history.answer")


def _silent(address: str, error: httpx.HTTPError) -> Unavailable:
    """Only the kind of error is told: its text may hold an address with credentials."""
    return Unavailable(f"{address} does not answer ({type(error).__name__}).", code="history.silent")
