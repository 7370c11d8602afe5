"""Cold start and memory of the portal, and its pages at 100 and at 100 000 versions."""

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
import psutil

from benchmarks.results import Figure, Section, percentile
from benchmarks.world import EMAIL, PASSWORD
from genaiops_site.launch import Site, launched

FEW, MANY = 100, 100_000
REQUESTS, WARM_UP = 200, 20
RATIO_GOAL = 1.5


def measure() -> Section:
    """All figures of the portal, in a fresh folder with its own database."""
    with tempfile.TemporaryDirectory() as folder:
        env = {"VAR_DIR": folder, "API_RATE_USER": "1000000/min"}
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], check=True, env=os.environ | env)
        starts = [_cold_start(env) for _ in range(5)]
        few = _pages(env, FEW)
        many = _pages(env, MANY)
        memory, engines = _memory(env)
    figures = [
        Figure("Cold start", f"{sorted(starts)[2]:.2f} s", "from the command to the first answer; median of 5"),
        Figure(
            "Memory of the portal", f"{memory:.0f} MB", "resident set of all its processes after the requests above"
        ),
        Figure(
            "Engines in its memory",
            engines or "none",
            "torch, transformers, nannyml, spacy, weasyprint",
            "none",
            not engines,
        ),
    ]
    for name in few:
        figures += _compared(name, few[name], many[name])
    about = (
        f"{REQUESTS} requests a page over HTTP, one after the other, after {WARM_UP} to warm up; gunicorn with threads."
    )
    return Section("Portal", about, figures)


def _compared(name: str, few: list[float], many: list[float]) -> list[Figure]:
    figures = []
    for label, share in (("p50", 0.5), ("p95", 0.95)):
        small, large = percentile(few, share), percentile(many, share)
        ratio = large / small
        value = f"{small * 1000:.1f} ms → {large * 1000:.1f} ms (× {ratio:.2f})"
        how = f"{FEW} → {MANY:,} versions".replace(",", " ")
        figures.append(Figure(f"{name}, {label}", value, how, f"× {RATIO_GOAL} or less", ratio <= RATIO_GOAL))
    return figures


def _cold_start(env: dict[str, str]) -> float:
    """Seconds from starting gunicorn, on a migrated database, to its first answer."""
    command = [sys.executable, "-m", "gunicorn", "--workers", "1", "--threads", "8", "--no-control-socket"]
    with tempfile.TemporaryDirectory() as folder:
        socket = Path(folder) / "socket"
        began = time.monotonic()
        process = subprocess.Popen(
            [*command, "--bind", f"unix:{socket}", "genaiops_site.wsgi:application"],
            env=os.environ | env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        client = httpx.Client(transport=httpx.HTTPTransport(uds=str(socket)), base_url="http://127.0.0.1")
        try:
            while True:
                try:
                    client.get("/healthz/").raise_for_status()
                    return time.monotonic() - began
                except httpx.HTTPError:
                    time.sleep(0.01)
        finally:
            process.terminate()
            process.wait()


def _pages(env: dict[str, str], versions: int) -> dict[str, list[float]]:
    """Seconds of every request, by page."""
    filled = subprocess.run(
        [sys.executable, "-m", "benchmarks.world", str(versions)],
        check=True,
        env=os.environ | env,
        capture_output=True,
        text=True,
    )
    model, newest, secret = filled.stdout.split()[-3:]
    paths = {
        "Overview": "/",
        "Model list": "/models/",
        "Model page (its versions)": f"/models/{model}/",
        "Version page": f"/models/versions/{newest}/",
        "API list of versions": "/api/v1/model-versions/",
        "API version": f"/api/v1/model-versions/{newest}/",
    }
    with launched(workers=(), env=env) as site:
        client = signed_in(site, secret)
        return {name: timed(client, path) for name, path in paths.items()}


def signed_in(site: Site, secret: str) -> httpx.Client:
    """A client with the session of the bench's person, and with their token."""
    client = httpx.Client(base_url=site.address, follow_redirects=True, timeout=60)
    page = client.get("/sign-in/").text
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found is not None, "the sign-in page has no token"
    form = {"email": EMAIL, "password": PASSWORD, "csrfmiddlewaretoken": found[1]}
    client.post("/sign-in/", data=form, headers={"Referer": site.address}).raise_for_status()
    client.headers["Authorization"] = f"Bearer {secret}"
    return client


def timed(client: httpx.Client, path: str) -> list[float]:
    """Seconds of each request to a page, those that warm it up left out."""
    seconds = []
    for number in range(WARM_UP + REQUESTS):
        began = time.perf_counter()
        answer = client.get(path)
        took = time.perf_counter() - began
        assert answer.status_code == 200 and "/sign-in/" not in str(answer.url), f"{path}: {answer.status_code}"
        if number >= WARM_UP:
            seconds.append(took)
    return seconds


def _memory(env: dict[str, str]) -> tuple[float, str]:
    """Megabytes of the portal's processes after a look at every kind of page, and engines mapped into them."""
    with launched(workers=(), env=env) as site:
        httpx.get(f"{site.address}/sign-in/").raise_for_status()
        main = psutil.Process(site.parts["portal"].pid)
        family = [main, *main.children(recursive=True)]
        maps = " ".join(mapped.path for process in family for mapped in process.memory_maps())
        engines = [name for name in ("torch", "transformers", "nannyml", "spacy") if f"/{name}/" in maps]
        return sum(process.memory_info().rss for process in family) / 1e6, ", ".join(engines)
