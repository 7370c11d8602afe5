"""Audit packs over the API: list, make, download."""

from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.reports import tasks
from apps.reports.rules.pack import sha256
from tests.reports.world import World


def client(user: User) -> APIClient:
    made = APIClient()
    made.force_authenticate(user)
    return made


def test_making_one_and_downloading_it(world: World) -> None:
    answer = client(world.ada).post("/api/v1/reports/", {"version": world.version.pk})
    assert answer.status_code == 202
    body = answer.json()
    assert (body["kind"], body["state"], body["version"]["id"]) == ("report", "queued", world.version.pk)
    tasks.render(body["id"])
    detail = client(world.olga).get(f"/api/v1/reports/{body['id']}/").json()
    assert detail["state"] == "succeeded" and detail["result"]["manifest_digest"]
    listed = client(world.olga).get("/api/v1/reports/", {"version": world.version.pk}).json()["results"]
    assert [(row["id"], row["zip_digest"]) for row in listed] == [(body["id"], detail["zip_digest"])]
    for form, kind in (("pdf", "application/pdf"), ("zip", "application/zip"), ("json", "application/json")):
        download = client(world.ada).get(f"/api/v1/reports/{body['id']}/{form}/")
        data = b"".join(download.streaming_content)
        assert (download.status_code, download["Content-Type"]) == (200, kind)
        assert download["ETag"] == f'"{sha256(data)}"'
        assert f'filename="desk-answers-v1-audit-pack-{body["id"]}.{form}"' in download["Content-Disposition"]
        assert sha256(data) == detail[f"{form}_digest"]


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
