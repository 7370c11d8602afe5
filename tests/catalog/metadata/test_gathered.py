"""Recorded sources in exports: statements for readers that know no sources, and sources again on the way back."""

import json

import pytest
from django.urls import reverse

from apps.catalog.rules import metadata
from apps.catalog.rules.metadata import CARD, CROISSANT_1_0, CROISSANT_1_1, DPS
from apps.catalog.services import metadata_import, source_create, version_source_link
from tests.catalog.metadata.facts import described
from tests.makers import make_browser, make_data
from tests.people import make_people

SOURCES = [
    {"name": "Wiki", "url": "https://wiki.example.org", "collection_method": "web-scraping-crawling-textual",
     "period": "2020-01-01/2021-01-01", "geography": ["DE", "FR"], "licence": "CC-BY-SA-4.0",
     "licence_evidence": "https://wiki.example.org/terms", "licence_verified": "2026-05-01",
     "tdm_reservation": "none", "tdm_note": "robots.txt, 1 May 2026", "intended_uses": ["ai-pre-training"],
     "confidentiality": "public", "machine_generated": 0.25, "share": 0.5},
    {"name": "Desk", "geography": ["DE"], "consent_document": "contract 12", "share": 0.5},
]  # fmt: skip


def test_sources_speak_where_the_datasheet_is_silent() -> None:
    facts = described(datasheet={"geography": ["AT"]}, sources=SOURCES, measured=(), derived_from=())
    document = json.loads(metadata.write(facts, CROISSANT_1_1))
    assert document["rai:dataCollection"].startswith("Wiki: Web pages")
    assert document["rai:dataCollectionTimeframe"] == "Wiki: 2020-01-01/2021-01-01"
    assert document["genaiops:aiGenerated"] == "Wiki: 25% written by machines"
    assert document["genaiops:tdmReservation"] == "Wiki: Looked for, none found (robots.txt, 1 May 2026)"
    assert [one["text"] for one in document["usageInfo"]][1] == "Desk: document contract 12"
    assert document["spatialCoverage"] == "AT", "the datasheet's own words come first"
    assert "collection_method: declared in the records of the sources" in document["genaiops:knownHow"]


@pytest.mark.parametrize("format", [CROISSANT_1_0, CROISSANT_1_1, CARD])
def test_what_sources_say_comes_back_as_sources_and_not_as_a_datasheet(format: str) -> None:
    facts = described(datasheet={}, sources=SOURCES, measured=(), derived_from=())
    found = metadata.read(metadata.write(facts, format)).as_json()
    assert found["datasheet"] == {"sources": SOURCES}


def test_dps_takes_places_and_methods_from_the_sources() -> None:
    written = json.loads(metadata.write(described(datasheet={}, sources=SOURCES), DPS))
    assert [one["country"] for one in written["provenance"]["origin-geography"]] == ["DE", "FR"]
    assert written["provenance"]["generation-method"][0]["code"] == "web-scraping-crawling-textual"
    assert [one["name"] for one in written["provenance"]["origin"]] == ["Wiki", "Desk"]


@pytest.mark.django_db
def test_the_page_of_an_import_shows_recorded_sources_as_recorded() -> None:
    people = make_people()
    version = make_data(people.olga, people.team)
    told = {"collection_method": "web-scraping-crawling-textual", "licence": "MIT"}
    source = source_create(by=people.olga, team=people.team, name="Wiki", **told)
    version_source_link(by=people.olga, version=version, source=source)
    one = metadata_import(by=people.olga, version=version, content=b"---\nlicense: mit\n---\n", filename="README.md")
    page = make_browser(people.olga).get(reverse("catalog:metadata-detail", args=[one.pk])).text
    assert "Wiki: Web pages" in page and "Wiki: licence MIT" in page
