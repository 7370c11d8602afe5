"""Audit packs over the API: list, make, download."""

from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.reports import tasks
from apps.reports.rules.pack import sha256
from tests.reports.conftest import make_report
from tests.reports.world import World


def client(user: User) -> APIClient:
    made = APIClient()
    made.force_authenticate(user)
    return made


def test_making_one_answers_with_the_run(world: World) -> None:
    answer = client(world.ada).post("/api/v1/reports/", {"version": world.version.pk})
    assert answer.status_code == 202
    body = answer.json()
    assert (body["kind"], body["state"], body["version"]["id"]) == ("report", "queued", world.version.pk)
    tasks.render(body["id"])
    detail = client(world.olga).get(f"/api/v1/reports/{body['id']}/").json()
    assert detail["state"] == "succeeded"
    assert detail["result"]["manifest_digest"]
    listed = client(world.olga).get("/api/v1/reports/", {"version": world.version.pk}).json()["results"]
    assert [row["id"] for row in listed] == [body["id"]]
    assert listed[0]["zip_digest"] == detail["zip_digest"]


def test_downloads_carry_their_digest(world: World) -> None:
    run = make_report(world)
    for form, kind in (("pdf", "application/pdf"), ("zip", "application/zip"), ("json", "application/json")):
        answer = client(world.ada).get(f"/api/v1/reports/{run.pk}/{form}/")
        data = b"".join(answer.streaming_content)
        assert (answer.status_code, answer["Content-Type"]) == (200, kind)
        assert answer["ETag"] == f'"{sha256(data)}"'
        assert f'filename="desk-answers-v1-audit-pack-{run.pk}.{form}"' in answer["Content-Disposition"]
        assert sha256(data) == getattr(run, f"{form}_digest")


def test_refusals(world: World) -> None:
    olga, xena = client(world.olga), client(world.xena)
    assert xena.post("/api/v1/reports/", {"version": world.version.pk}).status_code == 404
    assert olga.post("/api/v1/reports/", {"version": "x"}).status_code == 400
    run = olga.post("/api/v1/reports/", {"version": world.version.pk}).json()
    twin = olga.post("/api/v1/reports/", {"version": world.version.pk})
    assert (twin.status_code, twin.json()["code"]) == (409, "report.open")
    early = olga.get(f"/api/v1/reports/{run['id']}/pdf/")
    assert (early.status_code, early.json()["code"]) == (409, "report.not_ready")
    assert xena.get(f"/api/v1/reports/{run['id']}/").status_code == 404
    assert xena.get(f"/api/v1/reports/{run['id']}/zip/").status_code == 404
    assert APIClient().get("/api/v1/reports/").status_code in (401, 403)
