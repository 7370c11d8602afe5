"""Exports of a model version: what they gather, who sees what in them, and the pages and the API around them."""

import io
import json
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from django.urls import reverse
from spdx_python_model import v3_0_1 as spdx

from apps.catalog.models import ScanRun
from apps.catalog.queries import Scanned
from apps.portal.queries.cards import completeness_of, described_for
from apps.portal.queries.cards.data import has_personal_data
from apps.registry.models import ModelVersion, VersionDocument
from apps.registry.rules import cards
from apps.registry.services import document_import, statement_make, tuning_finish, tuning_start
from apps.serving.services import application_add
from tests.makers import (
    DATASHEET,
    FACTS,
    FILES,
    claim,
    jsonl,
    make_approved,
    make_browser,
    make_client,
    make_data,
    make_deployment,
    make_evaluation,
    make_folder,
    make_model,
    make_person,
    make_scan,
    make_version,
    queries_of,
)
from tests.people import People, make_people

pytestmark = pytest.mark.django_db
URL = "https://portal.example.org/models/versions/1/"
SCAN: dict[str, Any] = {
    "personal_data": {"total": 0, "rows": 0, "rows_scanned": 4, "findings": []},
    "special_categories": {"total": 0, "rows": 0, "rows_scanned": 4, "by_entity": {}},
    "poisoning": {"statement": "No signals of planted rows were found.", "method": "five searches", "rows_scanned": 4},
    "generated": {"statement": "About a tenth.", "estimate": 0.1, "low": 0.0, "high": 0.2, "method": "marks"},
}
RESULT: dict[str, Any] = {
    "energy_kwh": 0.25,
    "energy": {"kwh": 0.25, "kgco2e": 0.1, "tool": "codecarbon", "method": "process"},
    "environment": {"gpu": "one GPU", "packages": {"torch": "2.9.1"}},
    "config": {"rank": 16, "seed": 20, "output_dir": "/srv/secret/place", "base": "/srv/models/base"},
    "steps": 12,
}


@pytest.fixture
def people() -> People:
    return make_people()


def _tuned(people: People) -> ModelVersion:
    """A version tuned here on described and scanned data, evaluated, with everything that exports read."""
    olga, team = people.olga, people.team
    base = make_version(olga, team, licence="mit")
    data = make_data(olga, team, licence="CC0-1.0", provenance=DATASHEET)
    make_scan(olga, data, SCAN)
    run = claim(tuning_start(by=olga, base_version=base, dataset_version=data, output_model=make_model(olga, team)))
    held_out = make_folder({"held_out.jsonl": jsonl([{"prompt": "Kept?", "answer": "Yes."}])})
    tuned = make_folder(FILES | {"model.safetensors": b"tuned"})
    tuning_finish(run=run, folder=tuned, held_out=held_out / "held_out.jsonl", facts=FACTS, result=RESULT)
    run.refresh_from_db()
    make_evaluation(olga, run)
    version: ModelVersion = run.output_version
    return version


def _written(people: People, version: ModelVersion, form: str) -> Any:
    return json.loads(cards.write(described_for(people.olga, version, URL), form))


def test_everything_on_record_goes_into_valid_bills(people: People) -> None:
    version = _tuned(people)
    described = described_for(people.olga, version, URL)
    text = cards.write(described, cards.CYCLONEDX).decode()
    problems = JsonStrictValidator(SchemaVersion.V1_7).validate_str(text, all_errors=True) or []
    assert [str(one) for one in problems] == []
    objects = spdx.SHACLObjectSet()
    spdx.JSONLDDeserializer().read(io.BytesIO(cards.write(described, cards.SPDX)), objects)
    spdx.JSONLDSerializer().write(objects, io.BytesIO())
    assert objects.missing_ids == set()


def test_energy_figures_data_and_base_come_from_the_floors_that_know_them(people: People) -> None:
    version = _tuned(people)
    described = described_for(people.olga, version, URL)
    (loss,) = described.figures
    assert (loss.name, loss.value, loss.low, loss.high, loss.n) == ("loss", 1.0, 0.9, 1.1, 4)
    tuning = described.runs[0]
    assert (tuning.energy_kwh, tuning.co2_kg, tuning.packages) == (0.25, 0.1, {"torch": "2.9.1"})
    assert tuning.settings == {"rank": "16", "seed": "20"}
    (base,) = described.bases
    assert base.licence == "mit" and not base.child
    (data,) = described.data
    assert (data.use, data.rows, data.has_personal_data) == ("training", 4, False)
    assert data.properties["poisoning:verdict"].startswith("No signals") and data.properties["synthetic:share"] == "0.1"


def test_no_place_of_a_machine_and_no_address_of_a_person_is_told(people: People) -> None:
    version = _tuned(people)
    described = described_for(people.olga, version, URL)
    for form in cards.FORMATS:
        text = cards.write(described, form).decode()
        assert "/srv/" not in text and "folder/of/a/model" not in text
        assert "@example.org" not in text and "Olga" not in text


def test_completeness_knows_what_was_measured_and_what_is_missing(people: People) -> None:
    version = _tuned(people)
    found = completeness_of(people.olga, version, URL)
    missing = {gap.name for gap in found.gaps}
    assert {"limitations", "risks", "recreation", "deployments", "disclosure"} <= missing
    assert not {"poisoning", "synthetic", "energy", "figures", "training_data", "data_making"} & missing
    statement_make(by=people.olga, version=version, field="limitations", value="Knows no law.", reason="asked")
    assert completeness_of(people.olga, version, URL).said == found.said + 1


def test_one_silent_dataset_leaves_a_question_open(people: People) -> None:
    described = make_data(people.olga, people.team, provenance=DATASHEET)
    silent = make_data(people.olga, people.team)
    version = make_version(people.olga, people.team, trained_on=[described, silent])
    assert "data_making" in {gap.name for gap in completeness_of(people.olga, version, URL).gaps}


def test_the_same_record_gives_the_same_bytes(people: People) -> None:
    version = _tuned(people)
    first = {form: cards.write(described_for(people.olga, version, URL), form) for form in cards.FORMATS}
    fresh = ModelVersion.objects.select_related("model", "team").get(pk=version.pk)
    assert {form: cards.write(described_for(people.olga, fresh, URL), form) for form in cards.FORMATS} == first


def test_things_of_a_team_that_the_reader_is_not_in_have_no_name(people: People) -> None:
    data = make_data(people.xena, people.other_team, provenance=DATASHEET)
    both = make_person("engineer", team=people.team, name="Both")
    from_elsewhere = make_person("engineer", team=people.other_team)
    version = make_version(people.olga, people.team)
    version.lineage.create(relation="trained_on", dataset_version=data)
    for person in (people.olga, both):
        (told,) = described_for(person, version, URL).data
        assert told.is_hidden and not told.digest and data.dataset.name not in told.name
    (seen,) = described_for(from_elsewhere, version, URL).data
    assert not seen.is_hidden and seen.digest == data.digest


def test_deployments_and_what_applications_know_are_told(people: People) -> None:
    version = make_approved(people.team, by=people.olga)
    deployment = make_deployment(people.olga, version)
    application_add(by=people.olga, deployment=deployment, name="Desk tool", statement="It says so.")
    bill = _written(people, version, cards.CYCLONEDX)
    told = {one["name"]: one.get("value") for one in bill["services"][0]["properties"]}
    assert told["genaiops:disclosure:app"] == "Desk tool" and told["genaiops:disclosure:aware"] == "no"
    assert "disclosure" in {gap.name for gap in completeness_of(people.olga, version, URL).gaps}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("model-card", "text/markdown"),
        ("eval-results", "application/yaml"),
        ("cyclonedx", "application/vnd.cyclonedx+json"),
        ("spdx", "application/spdx+json"),
    ],
)
def test_the_api_hands_out_every_format(people: People, name: str, kind: str) -> None:
    version = make_version(people.olga, people.team)
    url = reverse(f"model-version-cards-{name}", args=[version.pk])
    auditor = make_person("auditor", team=people.team)
    answer = make_client(auditor).get(url)
    assert answer.status_code == 200 and answer["Content-Type"].startswith(kind)
    assert answer["ETag"].strip('"') and "attachment" in answer["Content-Disposition"]
    assert make_client(people.xena).get(url).status_code == 404


def test_the_api_tells_gaps_and_takes_a_card_over(people: People) -> None:
    version = make_version(people.olga, people.team)
    client = make_client(people.olga)
    told = client.get(reverse("model-version-cards-completeness", args=[version.pk])).json()
    assert told["needed"] == told["said"] + len(told["gaps"]) and told["gaps"][0]["remedy"]
    file = io.BytesIO(b"# Helper\n\n## Limitations\n\nKnows no law.\n")
    file.name = "README.md"
    documents = reverse("model-version-documents-documents", args=[version.pk])
    made = client.post(documents, {"file": file}, format="multipart")
    assert made.status_code == 201 and made.json()["files_digest"] == "none"
    lines = {line["name"]: line["state"] for line in made.json()["lines"]}
    assert lines["limitations"] == "new" and client.get(documents).json()["results"][0]["id"] == made.json()["id"]
    applied = client.post(reverse("model-document-apply", args=[made.json()["id"]]), {}, format="json")
    assert applied.status_code == 200 and applied.json()["applied"] == ["limitations"]
    said = client.get(reverse("model-version-documents-statements", args=[version.pk])).json()["results"]
    assert [(one["field"], one["status"]) for one in said] == [("limitations", "imported")]
    file = client.get(reverse("model-document-file", args=[made.json()["id"]]))
    assert b"".join(file.streaming_content).startswith(b"# Helper")


def test_the_api_takes_statements_and_refuses_what_is_none(people: People) -> None:
    version = make_version(people.olga, people.team)
    url = reverse("model-version-documents-statements", args=[version.pk])
    said = {"field": "risks", "value": [{"name": "Wrong advice", "mitigation": "A person checks"}], "reason": "asked"}
    assert make_client(people.olga).post(url, said, format="json").status_code == 201
    assert make_client(people.olga).post(url, said | {"field": "poisoning"}, format="json").status_code == 400
    assert make_client(people.rui).post(url, said, format="json").status_code == 403
    assert make_client(people.xena).post(url, said, format="json").status_code == 404
    assert (
        make_client(people.olga).get(reverse("model-version-documents-figures", args=[version.pk])).status_code == 200
    )


def test_a_broken_card_is_refused_with_what_would_help(people: People) -> None:
    version = make_version(people.olga, people.team)
    file = io.BytesIO(b"---\nlicense: [mit\n---\n")
    file.name = "README.md"
    url = reverse("model-version-documents-documents", args=[version.pk])
    answer = make_client(people.olga).post(url, {"file": file}, format="multipart")
    assert answer.status_code == 422 and answer.json()["code"] == "document.card"


CARD = b"---\nlicense: mit\n---\n# H\n\n## Limitations\n\nfew <script>alert(1)</script> &lt;b>\n"


def _document(people: People, version: ModelVersion) -> VersionDocument:
    return document_import(by=people.olga, version=version, content=CARD, filename="README.md")


def test_a_card_is_sent_compared_and_taken_over_by_pages(people: People) -> None:
    version, olga = make_version(people.olga, people.team), make_browser(people.olga)
    file = io.BytesIO(CARD)
    file.name = "README.md"
    sent = olga.post(reverse("registry:document-import", args=[version.pk]), {"file": file})
    page = olga.get(sent.url)
    assert "What the file says" in page.text and "<script>alert" not in page.text
    assert "No file can say this; the platform records it." in page.text
    done = olga.post(sent.url, {"limitations": "on", "licence": "record", "reason": ""})
    assert done.url == reverse("portal:version-tab", args=[version.pk, "documents"])
    shown = olga.get(done.url).text
    assert "README.md" in shown and "1 field" in shown
    version.refresh_from_db()
    assert version.licence == "apache-2.0" and version.statements.get().field == "limitations"


def test_a_card_among_the_files_is_read_by_one_button_and_by_the_api(people: People) -> None:
    version = make_version(people.olga, people.team, files=FILES | {"README.md": CARD})
    olga, page = make_browser(people.olga), reverse("registry:document-import", args=[version.pk])
    assert "Read README.md" in olga.get(page).text
    assert "What the file says" in olga.get(olga.post(page, {"path": "README.md"}).url).text
    url = reverse("model-version-documents-documents", args=[version.pk])
    client = make_client(people.olga)
    assert client.post(url, {"path": "README.md"}, format="multipart").status_code == 201
    assert client.post(url, {"path": "other.md"}, format="multipart").status_code == 404
    assert client.post(url, {}, format="multipart").status_code == 400


def test_what_runs_measured_stands_beside_the_card(people: People) -> None:
    document = _document(people, _tuned(people))
    text = make_browser(people.olga).get(reverse("portal:document-detail", args=[document.pk])).text
    assert "0.25 kWh" in text and "No signals of planted rows were found." in text and "loss 1 on" in text


def test_a_difference_has_to_be_picked_on_the_page(people: People) -> None:
    version, olga = make_version(people.olga, people.team), make_browser(people.olga)
    url = reverse("portal:document-detail", args=[_document(people, version).pk])
    answer = olga.post(url, {"limitations": "on"})
    assert answer.status_code == 422 and "Pick one." in answer.content.decode()


def test_readers_may_look_and_outsiders_may_not(people: People) -> None:
    version = make_version(people.olga, people.team)
    document = _document(people, version)
    rui, xena = make_browser(people.rui), make_browser(people.xena)
    detail = reverse("portal:document-detail", args=[document.pk])
    tab = reverse("portal:version-tab", args=[version.pk, "documents"])
    assert "Take over what is picked" not in rui.get(detail).text
    assert "Read a card or a bill" not in rui.get(tab).text and "How complete the record is" in rui.get(tab).text
    for page in (detail, tab, reverse("registry:statement", args=[version.pk])):
        assert xena.get(page).status_code == 404
    assert rui.get(reverse("registry:document-import", args=[version.pk])).status_code == 403


def test_a_person_fills_a_gap_on_the_page(people: People) -> None:
    version, olga = make_version(people.olga, people.team), make_browser(people.olga)
    tab = reverse("portal:version-tab", args=[version.pk, "documents"])
    say = f"{reverse('registry:statement', args=[version.pk])}?field=risks"
    assert say in olga.get(tab).text
    olga.post(say, {"field": "risks", "value": "Wrong advice", "reason": "asked"})
    assert say not in olga.get(tab).text and "Wrong advice" in olga.get(say).text
    again = olga.post(say, {"field": "risks", "value": "Wrong advice", "reason": "asked"})
    assert again.status_code == 422 and "what is said already" in again.content.decode()


def test_the_cost_of_the_tab_does_not_grow_with_what_is_on_record(people: People) -> None:
    olga = make_browser(people.olga)
    data = [make_data(people.olga, people.team, provenance=DATASHEET) for _ in range(4)]
    costs = []
    for count in (1, 4):
        version = make_version(people.olga, people.team, trained_on=data[:count])
        for number in range(count):
            statement_make(by=people.olga, version=version, field=cards.STATEMENTS[number], value="x", reason="y")
            _document(people, version)
            make_scan(people.olga, data[number], SCAN)
        costs.append(queries_of(olga, reverse("portal:version-tab", args=[version.pk, "documents"])))
    assert costs[0] == costs[1] <= 60, costs
    assert ScanRun.objects.count() == 5


def test_of_data_that_was_searched_in_part_nothing_is_denied(people: People) -> None:
    version = make_data(people.olga, people.team)
    clean = {"total": 0, "rows": 0, "rows_scanned": version.rows, "by_entity": {}}
    for more, told in (({}, False), ({"columns": ["prompt"]}, None)):
        scan = make_scan(people.olga, version, {"special_categories": clean} | more)
        assert has_personal_data(Scanned((scan,)), version) is told
