"""A large file on its way into a served site: the portal is killed in the middle, and not a byte is lost or doubled."""

import base64
import hashlib
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from genaiops_site.launch import launched
from tests.end_to_end.world import World, kill, people, wait_until
from tests.makers import jsonl
from tests.servers import answers, free_port

pytestmark = pytest.mark.slow
MIB = 1024 * 1024
CONTENT = jsonl([{"id": number, "text": "a sentence of some length " * 20} for number in range(12_000)])
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, own_site: Callable[[Path], dict[str, str]]) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("site")
    own = own_site(folder) | {"COMMIT_INLINE_BYTES": str(MIB)}
    with launched(workers=("cpu",), env=own) as site, people(site) as made:
        yield made


def client(world: World, address: str) -> httpx.Client:
    headers = {"Authorization": f"Bearer {world.secret}", "Tus-Resumable": "1.0.0"}
    return httpx.Client(base_url=address, headers=headers, timeout=30)


def begun(api: httpx.Client, dataset: int) -> str:
    """The path of a new upload."""
    said = {"filename": "rows.jsonl", "dataset": str(dataset), "sha256": DIGEST}
    pairs = [f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in said.items()]
    headers = {"Upload-Length": str(len(CONTENT)), "Upload-Metadata": ",".join(pairs)}
    answer = api.post("/api/v1/uploads/", headers=headers)
    assert answer.status_code == 201, answer.text
    return urlsplit(answer.headers["Location"]).path


def half_sent(world: World, path: str) -> socket.socket:
    """A connection that has sent half of the whole file as one piece and goes on sending nothing."""
    address = urlsplit(world.site.address)
    line = socket.create_connection((address.hostname, address.port))
    head = [
        f"PATCH {path} HTTP/1.1",
        f"Host: {address.netloc}",
        f"Authorization: Bearer {world.secret}",
        "Tus-Resumable: 1.0.0",
        "Upload-Offset: 0",
        "Content-Type: application/offset+octet-stream",
        f"Content-Length: {len(CONTENT)}",
    ]
    line.sendall("\r\n".join([*head, "", ""]).encode() + CONTENT[: len(CONTENT) // 2])
    return line


def arrived(world: World) -> Path:
    (file,) = (world.site.var_dir / "artifacts" / "incoming").glob("upload-" + "[0-9a-f]" * 32)
    return file


def test_a_killed_portal_loses_no_byte(world: World) -> None:
    dataset = world.dataset("Killed")
    with client(world, world.site.address) as api:
        path = begun(api, dataset)
    with half_sent(world, path):
        wait_until(lambda: arrived(world).stat().st_size >= 2 * MIB, 30, "some blocks on the disk")
        kill(world.site, "portal")
    have = arrived(world).stat().st_size
    assert 2 * MIB <= have <= len(CONTENT) // 2 and CONTENT.startswith(arrived(world).read_bytes())
    port = free_port()
    options = ["--bind", f"127.0.0.1:{port}", "--workers", "1", "--threads", "8", "--no-control-socket"]
    world.site.start("portal-again", [sys.executable, "-m", "gunicorn", *options, "genaiops_site.wsgi:application"])
    wait_until(lambda: answers(port), 60, "the portal")
    with client(world, f"http://127.0.0.1:{port}") as api:
        assert int(api.head(path).headers["Upload-Offset"]) == have
        piece = {"Upload-Offset": str(have), "Content-Type": "application/offset+octet-stream"}
        assert api.patch(path, headers=piece, content=CONTENT[have:]).status_code == 204
        body = {"upload": path.rstrip("/").rpartition("/")[2], "message": "Sent in two halves"}
        answer = api.post(f"/api/v1/datasets/{dataset}/versions/", json=body)
        assert answer.status_code == 202, answer.text
        run = urlsplit(answer.json()["url"]).path
        wait_until(lambda: api.get(run).json()["state"] not in ("queued", "running"), 90, "the commit")
        done = api.get(run).json()
        assert done["state"] == "succeeded", done["error"]
        (version,) = api.get(f"/api/v1/datasets/{dataset}/versions/").json()["results"]
        assert (version["digest"], version["rows"]) == (DIGEST, 12_000)
        assert api.head(path).status_code == 404
        wait_until(lambda: not list(arrived_files(world)), 10, "nothing left among the arriving files")


def arrived_files(world: World) -> Iterator[Path]:
    return (world.site.var_dir / "artifacts" / "incoming").glob("upload-*")
