"""What the public summary of training content says: sizes, sources by kind, dates, languages, reservations."""

from pathlib import Path
from typing import Any

import pytest

from apps.checklist.rules.status import DECLARED, MEASURED
from apps.reports.rules.documents.content import Bullets, FactList, Filled, Paragraph, Table
from apps.reports.rules.documents.filling import CONDITIONS, FILLERS
from apps.reports.rules.documents.filling.training_sizes import MODALITIES, range_of, rounded
from apps.reports.rules.documents.filling.training_sources import KINDS, kind_of, use_of
from tests.reports import small_facts as small
from tests.reports.training import data, facts, forum, staff, text_check, yes_no
from tests.workers.scanning.fed import section
from workers.scanning.text import make


def filled(name: str, **more: Any) -> Filled:
    """What one filler says of the well-told model, with changes."""
    return FILLERS[f"summary.{name}"](facts(**more))


def rows_of(found: Filled) -> tuple[tuple[str, ...], ...]:
    """The rows of its first table."""
    return next(block.rows for block in found.blocks if isinstance(block, Table))


def facts_in(found: Filled) -> dict[str, str]:
    """Its named facts."""
    return dict(row for block in found.blocks if isinstance(block, FactList) for row in block.rows)


@pytest.mark.parametrize(
    ("modality", "value", "words"),
    [
        ("text", 999_999_999, "Less than 1 billion tokens"),
        ("text", 1e9, "1 billion to 10 trillion tokens"),
        ("text", 1e13, "1 billion to 10 trillion tokens"),
        ("text", 1.1e13, "More than 10 trillion tokens"),
        ("image", 999_999, "Less than 1 million images"),
        ("image", 1e9, "1 million to 1 billion images"),
        ("image", 2e9, "More than 1 billion images"),
        ("audio", 9_999, "Less than 10,000 hours"),
        ("audio", 1e6, "10,000 to 1 million hours"),
        ("video", 1_000_001, "More than 1 million hours"),
    ],
)
def test_ranges_of_the_template(modality: str, value: float, words: str) -> None:
    assert range_of(next(one for one in MODALITIES if one.id == modality), value) == words


def test_two_figures_in_words() -> None:
    found = [rounded(value) for value in (0, 12, 1_234, 1_240_000, 2_050_000_000, 1.5e13)]
    assert found == ["0", "12", "1,200", "1.2 million", "2 billion", "15 trillion"]


def test_tokens_are_measured_by_the_scan() -> None:
    found = filled("modalities")
    assert rows_of(found)[0] == ("Text", "Less than 1 billion tokens", "1.2 million tokens", "Measured in a scan")
    assert rows_of(found)[1][1] == "Not in the training data"
    assert [one.status for one in found.known] == [MEASURED] and not found.missing


def test_tokens_of_several_datasets_are_added() -> None:
    both = [data(), data(id=12, label="More v1", scan=small.scan(text=text_check(3_000_000_000)))]
    assert rows_of(filled("modalities", datasets=both))[0][1] == "1 billion to 10 trillion tokens"


def test_tokens_that_no_scan_measured_are_estimated_and_said_to_be() -> None:
    found = filled("modalities", datasets=[data(scan=None, size=4_096)])
    assert rows_of(found)[0][2:] == ("1,000 tokens", "Estimated from the size of the file")
    assert "only estimated" in found.missing[0]


def test_images_and_hours_are_declared_in_the_datasheet() -> None:
    amounts = {"images": "2,500,000", "audio_hours": 12.5, "video_hours": "many", "other": "3 GB of sensor logs"}
    found = filled("modalities", datasets=[data(provenance={"amounts": amounts})])
    told = {row[0]: row[1:3] for row in rows_of(found)}
    assert told["Image"] == ("1 million to 1 billion images", "2.5 million images")
    assert told["Audio"] == ("Less than 10,000 hours", "12 hours") and told["Other"][0] == "3 GB of sensor logs"
    assert found.missing == ("The datasheet of Rows v1 gives video_hours that are no number: many.",)
    assert facts_in(filled("other_sizes", datasets=[data(provenance={"amounts": amounts})]))["Other"]


def test_a_modality_of_the_model_without_data_is_asked_for() -> None:
    own = small.version(version=small.version_itself(modality="text and image to text"))
    assert "works with image" in filled("modalities", versions=[own]).missing[0]
    assert CONDITIONS["summary.more_than_text"](facts(versions=[own]))[0]
    assert not CONDITIONS["summary.more_than_text"](facts())[0]


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        (
            {"collection_method": "web-scraping-crawling-textual", "url": "https://a.example", "licence": "MIT"},
            "crawled",
        ),
        ({"collection_method": "social-media-q-and-a"}, "crawled"),
        ({"collection_method": "syndication-news-feeds"}, "licensed"),
        ({"collection_method": "user-generated-content-other"}, "user"),
        ({"collection_method": "machine-generated-mlops-generative"}, "synthetic"),
        ({"collection_method": "other-na", "machine_generated": 1.0}, "synthetic"),
        ({"collection_method": "feeds-file-feed-info", "url": "https://a.example", "licence": "MIT"}, "public"),
        ({"collection_method": "", "url": "https://a.example", "licence": "MIT"}, "public"),
        ({"collection_method": "feeds-file-feed-info"}, "private"),
        ({"collection_method": "primary-user-source-interview"}, "other"),
        ({"collection_method": "data-augmentation-na"}, "other"),
        ({"collection_method": ""}, ""),
        ({"collection_method": "other-na"}, ""),
    ],
)
def test_kinds_of_sources(source: dict[str, Any], kind: str) -> None:
    assert kind_of(source) == kind


def test_each_kind_has_a_condition_and_a_yes_or_no() -> None:
    assert all(f"summary.{kind}" in CONDITIONS and f"summary.{kind}_used" in FILLERS for kind in KINDS)


def test_what_was_not_used_needs_no_description() -> None:
    applies, reason = CONDITIONS["summary.crawled"](facts())
    assert not applies and "none were used" in reason
    assert not CONDITIONS["summary.private"](facts(said={}))[0], "every source on record is of another kind"
    assert CONDITIONS["summary.public"](facts())[0]


def test_what_nobody_knows_is_asked_for() -> None:
    bare = {"said": {}, "datasets": [data(sources=[], provenance={})]}
    assert use_of(facts(**bare), "crawled").is_used is None
    found = filled("crawled_used", **bare)
    assert not found and "Rows v1 are not all on record" in found.missing[0]
    assert CONDITIONS["summary.crawled"](facts(**bare)) == (True, "")


def test_a_hidden_source_leaves_a_no_open() -> None:
    hidden = {"name": "A source of another team", "share": 0.5, "licence": "MIT", "is_hidden": True}
    assert use_of(facts(said={}, datasets=[data(sources=[forum(), hidden])]), "crawled").recorded is None


def test_an_answer_that_the_record_contradicts_is_told() -> None:
    found = filled("public_used", said={"public-used": yes_no("public-used", False)})
    assert facts_in(found)["By the record"] == "Yes" and "the answer says that none were used" in found.missing[0]


def test_synthetic_by_declared_share() -> None:
    made = data(provenance={"ai_generated": {"share": 0.2}, "generated_by": "Writer 2 of Example Labs"})
    assert use_of(facts(said={}, datasets=[made]), "synthetic").recorded is True
    assert use_of(facts(said={}), "synthetic").recorded is False
    assert filled("synthetic_models", datasets=[made]).blocks == (Bullets(("Rows v1: Writer 2 of Example Labs",)),)
    measured = data(scan=small.scan(generated={"estimate": 0.1, "low": 0.0, "high": 0.3}))
    assert rows_of(filled("synthetic_list", datasets=[measured]))[0] == ("Rows v1", "0.0 %", "10.0 % (0.0 % to 30.0 %)")
    silent = data(sources=[forum(collection_method="machine-generated-mlops-generative", issuer="", origin="")])
    assert "Which model made Forum dump" in filled("synthetic_models", datasets=[silent]).missing[0]


def test_public_datasets_with_their_share_of_the_text() -> None:
    small_one = forum(name="Leaflet", share=0.01, url="https://leaflet.example")
    found = filled("public_list", datasets=[data(sources=[forum(share=0.9), small_one, staff(share=0.09)])])
    assert [(row[0], row[-1]) for row in rows_of(found)] == [("Forum dump", "98.9 %, large"), ("Leaflet", "1.1 %")]
    assert rows_of(found)[0][3] == "01/2025 to 06/2025"
    unsized = filled("public_list", datasets=[data(sources=[forum(share=None), staff()])])
    assert rows_of(unsized)[0][-1] == "not known" and "Which share" in unsized.missing[0]


def test_confidential_sources_have_neither_name_nor_link() -> None:
    secret = staff(
        collection_method="feeds-other", confidentiality="confidential", name="Mega Corp", url="https://m.example"
    )
    found = filled("private_list", datasets=[data(sources=[secret])])
    assert (
        rows_of(found)[0][0] == "a confidential source" and "Mega" not in str(found) and "m.example" not in str(found)
    )


def test_crawled_sources_with_period_and_domains() -> None:
    crawled = {"collection_method": "web-scraping-crawling-textual"}
    news = forum(name="News", url="https://www.news.example/all", share=0.3, collected_to=None, **crawled)
    given = {"datasets": [data(sources=[forum(share=0.7, **crawled), news], rows=100)]}
    period = filled("crawl_period", **given)
    assert (
        facts_in(period) == {"Period of collection": "01/2025 to 06/2025"} and "from News is not" in period.missing[0]
    )
    assert rows_of(filled("crawl_domains", **given)) == (("forum.example", "70.0 %"), ("news.example", "30.0 %"))
    assert len(rows_of(filled("crawl_list", **given))) == 2


def test_users_and_what_a_datasheet_alone_names() -> None:
    asked = data(sources=[staff(collection_method="user-generated-content-other", description="")])
    found = filled("user_list", datasets=[asked])
    assert "What Help desk holds is not described." in found.missing
    named = data(sources=[], provenance={"sources": ["Old tickets"]})
    assert facts_in(filled("unsorted", datasets=[named])) == {"Rows v1": "Old tickets"}
    assert not filled("unsorted")


def test_the_latest_date_of_acquisition() -> None:
    assert facts_in(filled("acquired")) == {"Latest date of acquisition": "01/2026"}
    undated = filled("acquired", datasets=[data(sources=[forum(collected_to=None)])])
    assert facts_in(undated) == {"Latest date of acquisition": "not after 03/2026"}
    assert "Forum dump" in undated.missing[0] and undated.known[0].status == MEASURED


def test_languages_with_those_of_the_union() -> None:
    found = filled("languages")
    assert rows_of(found)[:2] == (("English", "yes", "80.0 %"), ("German", "yes", "10.0 %"))
    assert rows_of(found)[-1][0] == "Not told, or too short to tell"
    assert Paragraph("Of the 24 official languages of the Union 2 were found, in 90.0 % of rows.") in found.blocks
    assert filled("languages", datasets=[data(scan=None)]).missing == ("The languages of Rows v1 were not measured.",)


def test_content_and_characteristics_come_from_the_datasheet() -> None:
    assert facts_in(filled("content")) == {"Rows v1": "Forum posts; questions and answers"}
    assert facts_in(filled("content", datasets=[data(provenance={})])) == {"Rows v1": "Questions of colleagues."}
    told = filled("characteristics", datasets=[data(provenance={"biases": "Office workers only."})])
    assert told.blocks == (
        Bullets(("Places that the content comes from: DE.", "Rows v1, biases: Office workers only.")),
    )
    assert all(one.status == DECLARED for one in told.known)


def test_the_summary_covers_the_modification_and_names_the_base() -> None:
    text = next(block.text for block in filled("scope").blocks if isinstance(block, Paragraph))
    assert "covers the modification alone: the model was made from Base v1" in text and "Article 53(2)" in text
    assert rows_of(filled("dependencies"))[0] == ("Base v1", "Fine-tune", "Apache-2.0", "example/base")
    assert facts_in(filled("updated")) == {"Last update": "01/03/2026"}
    assert list(facts_in(filled("names"))) == ["Helper, version 2"]
    assert "No dataset is on record" in FILLERS["summary.scope"](small.small(versions=[small.version()])).missing[0]


def test_a_folder_of_somebody_s_machine_is_not_told() -> None:
    own = small.version()
    own["lineage"][1]["source"] = "/srv/models/ann/base"
    assert "ann" not in str(filled("dependencies", versions=[own]))


def test_reservations_that_nobody_looked_for_or_explained() -> None:
    sources = [forum(tdm_reservation="unknown"), staff(tdm_reservation="reserved", tdm_note="")]
    found = filled("reservations", datasets=[data(sources=sources)])
    assert [row[1] for row in rows_of(found)] == ["Nobody has looked", "Mining is reserved"]
    assert len(found.missing) == 2 and "Help desk is reserved" in found.missing[1]


def test_what_scans_looked_for() -> None:
    assert rows_of(filled("illegal")) == (("Rows v1", "Personal data", "1"), ("Rows v1", "Hurtful language", "0"))
    assert filled("illegal", datasets=[data(scan=None)]).missing == ("Rows v1 was not scanned.",)


def test_what_the_engine_measured_is_read_as_it_writes_it(tmp_path: Path) -> None:
    texts = ["Where do I find a desk by the window on the third floor of the building?"] * 3
    texts += ["Wo finde ich einen freien Schreibtisch am Fenster im dritten Stock des Hauses?"]
    measured = section(make, [{"a": text} for text in texts], tmp_path)
    found = {"datasets": [data(scan=small.scan(text=measured))]}
    expected = sum((len(text.encode()) + 3) // 4 for text in texts)
    assert rows_of(filled("modalities", **found))[0][2] == f"{rounded(expected)} tokens"
    assert [row[0] for row in rows_of(filled("languages", **found))] == ["English", "German"]
