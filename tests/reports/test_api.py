"""Audit packs over the API: list, make, download."""

from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.reports.models import ReportRun
from apps.reports.rules.pack import sha256
from tests.reports.documents import VERSION_CARD, make_pack
from tests.reports.world import World


def client(user: User) -> APIClient:
    made = APIClient()
    made.force_authenticate(user)
    return made


def test_making_one_and_downloading_it(world: World) -> None:
    documents = [{"document": VERSION_CARD}, {"document": "model-documentation-form", "audience": "nca"}]
    about = {"version": world.version.pk, "documents": documents}
    answer = client(world.ada).post("/api/v1/reports/", about, format="json")
    assert answer.status_code == 202, answer.content
    body = answer.json()
    assert (body["kind"], body["state"], body["version"]["id"]) == ("report", "queued", world.version.pk)
    make_pack(ReportRun.objects.get(pk=body["id"]))
    detail = client(world.olga).get(f"/api/v1/reports/{body['id']}/").json()
    assert detail["state"] == "succeeded" and detail["result"]["manifest_digest"]
    listed = client(world.olga).get("/api/v1/reports/", {"version": world.version.pk}).json()["results"]
    assert [(row["id"], row["files"]) for row in listed] == [(body["id"], detail["files"])]
    assert [one["document"] for one in detail["config"]["documents"]] == [one["document"] for one in documents]
    assert [one["audience"] for one in detail["result"]["documents"]] == ["", "nca"]
    digests = {file["form"]: file["digest"] for file in detail["files"]}
    for form, kind in (("zip", "application/zip"), ("json", "application/json")):
        download = client(world.ada).get(f"/api/v1/reports/{body['id']}/{form}/")
        data = b"".join(download.streaming_content)
        assert (download.status_code, download["Content-Type"]) == (200, kind)
        assert download["ETag"] == f'"{sha256(data)}"'
        assert f'filename="desk-answers-v1-audit-pack-{body["id"]}.{form}"' in download["Content-Disposition"]
        assert sha256(data) == digests[form]
    assert client(world.ada).get(f"/api/v1/reports/{body['id']}/pdf/").status_code == 404, "it holds no audit report"


def test_refusals(world: World) -> None:
    olga, xena = client(world.olga), client(world.xena)
    assert xena.post("/api/v1/reports/", {"version": world.version.pk}).status_code == 404
    assert olga.post("/api/v1/reports/", {"version": "x"}).status_code == 400
    mine = {"version": world.version.pk}
    for documents, status in (
        ([], 422),
        ([{"document": "audit-pack"}], 422),
        ([{"document": "no-such"}], 404),
        ([{"document": VERSION_CARD, "audience": "nobody"}], 422),
        ([{"document": VERSION_CARD, "more": 1}], 400),
        ([{}], 400),
        ("model-card", 400),
        ([{"document": VERSION_CARD}] * 201, 400),
    ):
        refused = olga.post("/api/v1/reports/", mine | {"documents": documents}, format="json")
        assert refused.status_code == status, (documents, refused.content)
    run = olga.post("/api/v1/reports/", mine).json()
    twin = olga.post("/api/v1/reports/", {"version": world.version.pk})
    assert (twin.status_code, twin.json()["code"]) == (409, "report.open")
    early = olga.get(f"/api/v1/reports/{run['id']}/pdf/")
    assert (early.status_code, early.json()["code"]) == (409, "report.not_ready")
    assert xena.get(f"/api/v1/reports/{run['id']}/").status_code == 404
    assert xena.get(f"/api/v1/reports/{run['id']}/zip/").status_code == 404
    assert APIClient().get("/api/v1/reports/").status_code in (401, 403)
