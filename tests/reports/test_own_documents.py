"""Kinds of documents and templates in the operator's own folder."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import override_settings

from apps.core.errors import Unavailable
from apps.reports.queries.kinds import kind_named
from apps.reports.queries.own import all_specs, check_own_documents
from apps.reports.rules.documents.reading import FOLDER, document_specs

CARD = (FOLDER / "model-card.yaml").read_text()
OWN = CARD.replace("urn:genaiops:document:model-card", "urn:example:document:our-card")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "DOCUMENT_FOLDER", str(tmp_path))
    return tmp_path


def test_a_kind_of_ones_own_stands_beside_the_products(folder: Path) -> None:
    (folder / "our-card.yaml").write_text(OWN)
    assert kind_named("our-card").spec is not None
    assert set(all_specs()) == {*document_specs(), "our-card"}
    assert check_own_documents() == []


def test_a_file_of_the_same_name_takes_the_products_place_and_changes_are_seen(folder: Path) -> None:
    path = folder / "model-card.yaml"
    path.write_text(OWN)
    first = all_specs()["model-card"]
    assert first.urn == "urn:example:document:our-card"
    path.write_text(OWN + "\n# changed\n")
    assert all_specs()["model-card"].digest != first.digest


@pytest.mark.parametrize(
    ("name", "text"), [("broken.yaml", "title: only"), ("Bad Name.yaml", OWN), ("audit-pack.yaml", OWN)]
)
def test_what_breaks_a_rule_is_named(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text)
    with pytest.raises(Unavailable) as told:
        all_specs()
    assert told.value.code == "document.folder"
    assert name in told.value.message
    [problem] = check_own_documents()
    assert problem.id == "reports.E002"


def test_a_folder_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "DOCUMENT_FOLDER", "/no/such/folder")
    assert [problem.id for problem in check_own_documents()] == ["reports.E001"]


def test_a_template_of_ones_own_takes_the_products_place(tmp_path: Path) -> None:
    path = tmp_path / "pdf" / "document"
    path.mkdir(parents=True)
    (path / "_end.html").write_text("Ours: {{ word }}")
    engine: dict[str, Any] = settings.TEMPLATES[0]
    with override_settings(TEMPLATES=[engine | {"DIRS": [tmp_path, *engine["DIRS"]]}]):
        assert render_to_string("pdf/document/_end.html", {"word": "<b>"}) == "Ours: &lt;b&gt;"
