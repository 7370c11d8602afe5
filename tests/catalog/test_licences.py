"""Licence expressions: read by SPDX, given terms, and refused with the offending word named."""

import csv
import json
from pathlib import Path

import pytest

from apps.catalog.rules.licence_book import FILE, LicencesInvalid, licence_book, licence_book_from
from apps.catalog.rules.licences import duties, judge, licence_of_card, licence_section, strictest, terms_of
from apps.catalog.rules.uses import LicencesInvalid as UsesInvalid
from apps.catalog.rules.uses import intended_uses, uses_from

REFERENCE = Path(__file__).parents[3] / "shared/reference/data/licences"
GOOD = [
    ("MIT", "MIT", "permissive", True),
    ("mit or apache-2.0", "MIT OR Apache-2.0", "permissive", True),
    ("CC0-1.0", "CC0-1.0", "permissive", True),
    ("CC-BY-4.0", "CC-BY-4.0", "permissive", True),
    ("ODC-By-1.0", "ODC-By-1.0", "permissive", True),
    ("CC-BY-SA-4.0", "CC-BY-SA-4.0", "copyleft", True),
    ("ODbL-1.0", "ODbL-1.0", "copyleft", True),
    ("GPL-2.0-only WITH Classpath-exception-2.0", "GPL-2.0-only WITH Classpath-exception-2.0", "copyleft", True),
    ("MIT AND CC-BY-SA-4.0", "MIT AND CC-BY-SA-4.0", "copyleft", True),
    ("MIT OR GPL-3.0-only", "MIT OR GPL-3.0-only", "permissive", True),
    ("CC-BY-NC-4.0", "CC-BY-NC-4.0", "non-commercial", False),
    ("CC-BY-NC-SA-4.0 AND MIT", "CC-BY-NC-SA-4.0 AND MIT", "non-commercial", False),
    ("CC-BY-NC-4.0 OR MIT", "CC-BY-NC-4.0 OR MIT", "permissive", True),
    ("CC-BY-ND-4.0", "CC-BY-ND-4.0", "restricted", True),
    ("CC-BY-3.0-DE", "CC-BY-3.0-DE", "permissive", True),
    ("CC-BY-NC-2.5", "CC-BY-NC-2.5", "non-commercial", False),
    ("llama3", "LicenseRef-llama3", "restricted", None),
    ("LicenseRef-scancode-llama-3.1-license-2024", "LicenseRef-llama3.1", "restricted", None),
    ("gemma", "LicenseRef-gemma", "restricted", True),
    ("openrail++", "LicenseRef-openrail-plus-plus", "restricted", True),
    ("c-uda", "C-UDA-1.0", "restricted", True),
    ("gpl-3.0", "GPL-3.0-only", "copyleft", True),
    ("mrl", "LicenseRef-mistral-research", "non-commercial", False),
    ("other", "LicenseRef-unknown", "unknown", None),
    ("LicenseRef-our-own-terms", "LicenseRef-our-own-terms", "unknown", None),
    ("MIT AND LicenseRef-our-own-terms", "MIT AND LicenseRef-our-own-terms", "unknown", None),
    ("(MIT OR CC-BY-NC-4.0) AND CC-BY-4.0", "(MIT OR CC-BY-NC-4.0) AND CC-BY-4.0", "permissive", True),
    ("BUSL-1.1", "BUSL-1.1", "restricted", None),
]


@pytest.mark.parametrize(("expression", "normalised", "licence_class", "commercial_use"), GOOD)
def test_valid_expressions_are_classed(
    expression: str, normalised: str, licence_class: str, commercial_use: bool | None
) -> None:
    found = judge(expression)
    assert found.valid and found.problem == ""
    assert (found.normalised, found.licence_class, found.commercial_use) == (normalised, licence_class, commercial_use)
    assert found.licences and found.means


BAD = [
    ("", "No licence is given.", None, ""),
    ("Foo", "'Foo' (character 1) is not on the SPDX licence list", 1, ""),
    ("MIT AND Apache2", "'Apache2' (character 9)", 9, "Apache-2.0"),
    ("Apache 2.0", "'Apache 2.0' (character 1)", 1, "Apache-2.0"),
    ("CC BY 4.0", "at 'BY 4.0' (character 4). Did you mean CC-BY-4.0?", 4, "CC-BY-4.0"),
    ("lama3.1", "Did you mean LicenseRef-llama3.1?", 1, "LicenseRef-llama3.1"),
    ("MIT AND AND Zlib", "cannot be read at 'AND' (character 9)", 9, ""),
    ("MIT AND", "stops too early", 7, ""),
    ("MIT OR (Zlib", "stops too early", 12, ""),
    ("MIT/Apache-2.0", "'MIT/Apache-2.0' (character 1) is not how a licence is written", 1, "MIT OR Apache-2.0"),
    ("MIT,Zlib", "'MIT,Zlib' (character 1)", 1, "MIT OR Zlib"),
    ("x" * 1001, "longer than 1000 characters", None, ""),
]


@pytest.mark.parametrize(("expression", "problem", "position", "suggestion"), BAD)
def test_invalid_expressions_name_the_word_its_place_and_the_closest(
    expression: str, problem: str, position: int | None, suggestion: str
) -> None:
    found = judge(expression)
    assert not found.valid and found.licences == () and found.commercial_use is None
    assert problem in found.problem
    assert found.position == position
    assert found.suggestion == suggestion
    assert found.licence_class == "unknown"


def test_a_choice_takes_the_most_open_and_names_the_rest() -> None:
    found = judge("GPL-3.0-only OR MIT OR CC-BY-NC-4.0")
    assert [one.id for one in found.licences] == ["MIT"]
    assert found.choices == ("GPL-3.0-only", "CC-BY-NC-4.0")


def test_an_unknown_member_of_a_choice_is_never_taken_for_open() -> None:
    assert [one.id for one in judge("LicenseRef-mystery OR GPL-3.0-only").licences] == ["GPL-3.0-only"]


def test_a_sum_has_the_strictest_of_every_term() -> None:
    terms = judge("Apache-2.0 AND llama2 AND CC-BY-ND-4.0").terms
    assert (terms.derivatives, terms.user_threshold, terms.outputs_train) == ("forbidden", 700_000_000, "forbidden")
    assert terms.state_changes == "required" and "military" in terms.restricted_uses
    assert strictest([]).licence_class == "unknown"


def test_duties_are_sentences() -> None:
    told = duties(judge("llama3.1").terms)
    assert "Above 700\u202f000\u202f000 monthly users another licence is needed." in told
    assert any("Built with Llama" in words for words in told)
    assert duties(judge("CC0-1.0").terms) == []


@pytest.mark.parametrize(
    ("value", "name", "expression"),
    [
        ("apache-2.0", "", "Apache-2.0"),
        (["cc-by-sa-3.0", "gfdl"], "", "CC-BY-SA-3.0 AND LicenseRef-gfdl-family"),
        ("other", "deepseek", "LicenseRef-deepseek-1.0"),
        ("other", "Our own terms", "LicenseRef-Our-own-terms"),
        ("other", "", "LicenseRef-unknown"),
        (None, "", ""),
    ],
)
def test_licences_of_cards(value: object, name: str, expression: str) -> None:
    assert licence_of_card(value, name) == expression


def test_the_section_of_a_scan_keeps_its_keys_and_has_a_digest_of_its_own() -> None:
    section = licence_section("CC-BY-NC-4.0")
    kept = {
        "expression",
        "valid",
        "normalised",
        "keys",
        "unknown",
        "licence_class",
        "commercial_use",
        "means",
        "problem",
    }
    assert kept | {"method", "versions", "rows_scanned", "error_rate", "digest"} <= set(section)
    assert section == json.loads(json.dumps(section))
    assert section["digest"] == licence_section("CC-BY-NC-4.0")["digest"] != licence_section("MIT")["digest"]


# --- the file -------------------------------------------------------------------------------------------------------


def test_every_licence_of_the_file_can_be_named_and_says_where_it_was_read() -> None:
    book = licence_book()
    assert len(book.licences) > 100
    for key, licence in book.licences.items():
        assert judge(key).valid, key
        assert licence.source.startswith("https://") and licence.clause
        for alias in licence.aliases:
            assert judge(alias).licences[0].id == key, alias
        assert set(licence.restricted_uses) <= set(intended_uses()), key


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("commercial_use: allowed\n", "commercial_use: maybe\n", "commercial_use is one of allowed"),
        ("    share_alike: none\n", "", "missing: share_alike"),
        ("{id: ISC, like: MIT,", "{id: ISC, like: MITT,", "there is no MITT"),
        ("{id: ISC, like: MIT,", "{id: MIT, like: MIT,", "every licence stands once"),
        ("{id: ISC, like: MIT,", "{id: ISC, like: ISC,", "is not like itself"),
        ("{id: ISC, like: MIT,", "{id: ISC, like: MIT, free: true,", "not so: free"),
        ("aliases: [gemma,", "aliases: [mrl, gemma,", "a spelling means one licence"),
        ("user_threshold: 700000000", "user_threshold: -1", "user_threshold is a number above 0"),
        ("version: 1\n", "version: one\n", "version is a whole number"),
        ("other: [GPL-2.0-only]", "other: [GPL-9.9]", "GPL-9.9 has none"),
        ("urn: urn", "\turn: urn", "the file can be read as YAML"),
    ],
)
def test_a_file_that_breaks_a_rule_is_refused_with_file_line_and_rule(old: str, new: str, says: str) -> None:
    text = FILE.read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(LicencesInvalid, match=r"^own\.yaml, line \d+: ") as error:
        licence_book_from(text.replace(old, new, 1), "own.yaml")
    assert says in str(error.value)


def test_the_line_of_an_error_is_that_of_the_entry() -> None:
    text = FILE.read_text(encoding="utf-8")
    line = next(n for n, words in enumerate(text.splitlines(), 1) if "{id: ISC," in words)
    with pytest.raises(LicencesInvalid, match=f"line {line}: ISC has only known fields"):
        licence_book_from(text.replace("{id: ISC, like: MIT,", "{id: ISC, like: MIT, free: true,"), "own.yaml")


def test_intended_uses_are_checked_too() -> None:
    with pytest.raises(UsesInvalid, match="use x: every use has"):
        uses_from({"uses": [{"code": "x"}]}, "uses.yaml")
    with pytest.raises(UsesInvalid, match="term is one of"):
        uses_from({"uses": [{"code": "x", "label": "x", "explains": "x", "term": "y"}]}, "uses.yaml")


# --- against the reference lists --------------------------------------------------------------------------------------

beside = pytest.mark.skipif(not REFERENCE.exists(), reason="the public reference lists are not beside this checkout")


@beside
def test_every_identifier_of_the_hub_is_known() -> None:
    rows = json.loads((REFERENCE / "hf_licence_identifiers.json").read_text("utf-8"))["rows"]
    assert len(rows) > 70
    for row in rows:
        found = judge(row["hf_id"])
        assert found.valid, row["hf_id"]
        if row["spdx"]:
            assert found.normalised == row["spdx"]


@beside
def test_terms_agree_with_the_reference_table() -> None:
    with (REFERENCE / "ai_licence_obligations.csv").open(encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if not row["hf_id"].startswith("unknown")]
    assert len(rows) == 29
    for row in rows:
        terms, said = judge(row["hf_id"]).terms, row["commercial_use"]
        about = f"{row['hf_id']}: {terms}"
        assert terms.commercial_use == ("forbidden" if said == "no" else "allowed"), about
        assert (terms.user_threshold is not None) == ("MAU" in row["user_threshold"] or "700" in row["user_threshold"])
        if row["share_alike"] not in ("?", ""):
            assert (terms.share_alike in ("same", "network")) == row["share_alike"].startswith("yes"), about
        if row["derivatives_allowed"].startswith("no"):
            assert terms.derivatives == "forbidden", about
        if row["name_or_badge"] not in ("none", "?"):
            assert terms.naming, about
        if row["outputs_may_train_other_models"].startswith("no:"):
            assert terms.outputs_train == "forbidden", about
        if row["attribution_or_notice"] == "no":
            assert terms.attribution == "not required", about
        if row["restrictions_must_be_passed_on"].startswith("yes"):
            assert terms.restrictions_passed_on, about


# Names of the Data Provenance Initiative that are licences, as our list spells them.
DPI = {
    "Apache License 2.0": "Apache-2.0",
    "Artistic License 2.0": "Artistic-2.0",
    "BSD 3-Clause License": "BSD-3-Clause",
    "CC BY 4.0": "CC-BY-4.0",
    "CC BY-NC 4.0": "CC-BY-NC-4.0",
    "CC BY-NC-ND 4.0": "CC-BY-NC-ND-4.0",
    "CC BY-NC-SA 3.0": "CC-BY-NC-SA-3.0",
    "CC BY-ND 4.0": "CC-BY-ND-4.0",
    "CC BY-SA 4.0": "CC-BY-SA-4.0",
    "CC0 1.0": "CC0-1.0",
    "CDLA Permissive 2.0": "CDLA-Permissive-2.0",
    "CDLA Sharing 1.0": "CDLA-Sharing-1.0",
    "GNU General Public License v3.0": "GPL-3.0-only",
    "Llama 2": "llama2",
    "MIT License": "MIT",
    "MPL 2.0": "MPL-2.0",
    "ODC BY 1.0": "ODC-By-1.0",
    "OGL 3.0": "OGL-UK-3.0",
    "BigScience OpenRAIL-M": "bigscience-openrail-m",
}


@beside
@pytest.mark.parametrize(("name", "key"), DPI.items())
def test_use_classes_agree_with_the_data_provenance_initiative(name: str, key: str) -> None:
    classes = json.loads((REFERENCE / "data_provenance_license_classes.json").read_text("utf-8"))["classes"]
    use, attribution, _ = classes[name]
    terms = terms_of(licence_book().aliases.get(key.casefold(), key))
    assert (terms.commercial_use == "forbidden") == (use in ("NC", "Acad"))
    assert (terms.attribution == "required") == (attribution == "1")
