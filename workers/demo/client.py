"""Speaks to a running portal as one person, over the REST API with that person's token."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

Say = Callable[[str], None]
POLL_SECONDS = 0.5
RUN_SECONDS = 900.0
IDLE_SECONDS = 1.0  # gunicorn closes idle connections after two; a request must not meet that moment


class DemoError(Exception):
    """A step did not give what it must give; the message says what came instead."""


class Refusal(Exception):
    """The portal refused a request; `code` and `status` as its problem document (RFC 9457) or MLflow's form says."""

    def __init__(self, response: httpx.Response) -> None:
        try:
            body = response.json()
        except ValueError:
            body = {}
        self.status = response.status_code
        self.code = str(body.get("code", ""))
        self.title = str(body.get("title") or body.get("message") or response.text[:300])
        self.body = body
        super().__init__(f"{self.status} {self.code}: {self.title}")


class Client:
    """One person's tool. Every call raises Refusal for an answer of 400 and above."""

    def __init__(self, address: str, token: str, name: str, below: str = "api/v1") -> None:
        self.name = name
        self._address, self._token = address, token
        self._http = httpx.Client(
            base_url=f"{address}/{below}/",
            headers={"Authorization": f"Bearer {token}"},
            timeout=120,
            limits=httpx.Limits(keepalive_expiry=IDLE_SECONDS),
        )

    def mlflow(self, team: str) -> "Client":
        """The same person at the doors of MLflow's protocol, for the team with this short name."""
        return Client(self._address, self._token, self.name, f"teams/{team}/api/2.0/mlflow")

    def close(self) -> None:
        """Close the connections to the portal."""
        self._http.close()

    def get(self, path: str, **params: Any) -> Any:
        """The JSON at `path`."""
        return self._answer(self._http.get(path, params=params)).json()

    def rows(self, path: str, **params: Any) -> list[dict[str, Any]]:
        """The first page of a list."""
        found: list[dict[str, Any]] = self.get(path, page_size=500, **params)["results"]
        return found

    def post(self, path: str, **body: Any) -> Any:
        """Post JSON; the answer's JSON."""
        answer = self._answer(self._http.post(path, json=body))
        return answer.json() if answer.content else None

    def put(self, path: str, **body: Any) -> Any:
        """Put JSON; the answer's JSON."""
        return self._answer(self._http.put(path, json=body)).json()

    def upload(self, path: str, file: Path, **fields: str) -> Any:
        """Post one file with form fields, streamed from disk."""
        with file.open("rb") as stream:
            return self._answer(self._http.post(path, data=fields, files={"file": (file.name, stream)})).json()

    def download(self, path: str, target: Path) -> Path:
        """Save what lies at `path`."""
        with self._http.stream("GET", path) as answer:
            if answer.status_code >= 400:
                answer.read()
                raise Refusal(answer)
            with target.open("wb") as stream:
                for piece in answer.iter_bytes():
                    stream.write(piece)
        return target

    def wait(self, run: dict[str, Any], say: Say) -> dict[str, Any]:
        """Follow a run to its end, telling what it says. Raises DemoError when it does not succeed."""
        return self.follow(run, lambda now: now["state"] == "succeeded", say)

    def follow(self, run: dict[str, Any], is_done: Callable[[dict[str, Any]], bool], say: Say) -> dict[str, Any]:
        """Poll a run until `is_done`."""
        path, until, told = f"runs/{run['kind']}/{run['id']}/", time.monotonic() + RUN_SECONDS, ""
        while time.monotonic() < until:
            now: dict[str, Any] = self.get(path)
            if now["message"] != told:
                told = now["message"]
                say(f"{now['progress']:4.0%}  {told}")
            if is_done(now):
                return now
            if now["state"] in {"failed", "cancelled", "lost"}:
                raise DemoError(f"The {now['kind']} run ended as {now['state']}: {now['error']}")
            time.sleep(POLL_SECONDS)
        raise DemoError(f"The {run['kind']} run did not end within {RUN_SECONDS:g} s.")

    def _answer(self, response: httpx.Response) -> httpx.Response:
        if response.status_code >= 400:
            raise Refusal(response)
        return response


def refused(action: Callable[[], Any], code: str) -> Refusal:
    """Do what must be refused with `code`. Raises DemoError when it passes or is refused for another reason."""
    try:
        action()
    except Refusal as refusal:
        if refusal.code != code:
            raise DemoError(f"Refused as it should be, but with {refusal.code!r} in place of {code!r}.") from refusal
        return refusal
    raise DemoError(f"The portal allowed what it must refuse ({code}).")
