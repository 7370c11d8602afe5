"""Documents' files and what is made of them: rules of the files, states of the points, editions, readiness."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.core.management import call_command

from apps.checklist.queries.frameworks import shipped
from apps.reports.rules.documents.assembling import NOTHING_RECORDED, STALE, assemble, readiness
from apps.reports.rules.documents.content import Document, Filled, Known, Paragraph, Point, Table
from apps.reports.rules.documents.filling import CONDITIONS, FILLERS
from apps.reports.rules.documents.filling.facts import Facts
from apps.reports.rules.documents.filling.registry import condition, filler
from apps.reports.rules.documents.reading import SpecInvalid, document_specs, read_spec
from apps.reports.rules.documents.spec import FORMATS, PointSpec
from tests.reports import small_facts as small

HEAD = """urn: urn:example:document:note
version: 3
title: Note
summary: What is on record.
law: Law of the test
source_url: https://law.example
subjects: [version]
formats: [pdf, json]
audiences: [{id: office, title: The office}]
sections:
  - id: one
    title: First
    points:
"""
POINT = "      - {id: a, ref: '1', title: What, asks: What is it?, remedy: Say it.%s}\n"
ANSWER = f"answers: ['{small.GENAIOPS['urn']}#data-1']"
MADE_AT = "2026-11-22T12:00:00+00:00"
KNOWN = Known("measured", "A test")


def text(*extras: str) -> str:
    """A file with one point for each of these further fields."""
    return HEAD + "".join(POINT.replace("id: a", f"id: a{place}") % f", {more}" for place, more in enumerate(extras))


@pytest.fixture(autouse=True)
def _own_fillers() -> Iterator[None]:
    """Fillers and conditions of this module's own, taken away again."""
    found = {
        "test.words": Filled((Paragraph("Said."), Table("One", ("A",), (("1",),)), Table("Two", ("A",), ())), (KNOWN,)),
        "test.partly": Filled((Paragraph("Half."),), (KNOWN,), ("The other half is not on record.",)),
        "test.nothing": Filled(missing=("Nobody wrote it down.",)),
        "test.bare": Filled(),
        "test.stale": Filled((Paragraph("Old."),), (replace(KNOWN, is_stale=True),)),
        "test.dirty": Filled((Paragraph("bell \x07 and half \ud800 a pair"),), (KNOWN,)),
    }
    for name, filled in found.items():

        def fill(facts: Facts, filled: Filled = filled) -> Filled:
            """A thing of the test."""
            return filled

        filler(name)(fill)
    condition("test.never")(lambda facts: (False, "It is never so."))
    condition("test.always")(lambda facts: (True, ""))
    yield
    for name in found:
        del FILLERS[name]
    for name in ("test.never", "test.always"):
        del CONDITIONS[name]


def made(*extras: str, facts: Facts | None = None, **more: Any) -> Document:
    """The document of such a file from a snapshot."""
    spec = read_spec(text(*extras), "note.yaml")
    return assemble(spec, facts or small.small(), made_at=MADE_AT, snapshot_digest="a" * 64, **more)


def point(extra: str, facts: Facts | None = None) -> Point:
    """The only point of such a document."""
    return made(extra, facts=facts).points[0]


def test_a_file_is_read_whole() -> None:
    spec = read_spec(
        text("fill: [test.words], needs: all, audience: [office], simplified: short, applies: test.always"), "note.yaml"
    )
    assert (spec.slug, spec.version, spec.subjects, spec.formats) == ("note", 3, ("version",), ("pdf", "json"))
    assert spec.points == [
        PointSpec(
            id="a0", ref="1", title="What", asks="What is it?", remedy="Say it.", fill=("test.words",),
            applies="test.always", needs="all", audience=frozenset({"office"}), simplified="short",
        )
    ]  # fmt: skip
    assert len(spec.digest) == 64


BROKEN = [
    (text("fill: [no.such]"), "line 14: sections[0].points[0]: fill names known fillers; not so: no.such."),
    (text("fill: [test.words], applies: no.such"), "applies is one of"),
    (text("fill: [test.words], needs: some"), "needs is one of any, all"),
    (text("fill: [test.words], audience: [others]"), "not so: others"),
    (text("answers: [data-1]"), "answers are questions as URN#question-id; not so: data-1"),
    (text("simplified: short"), "a point names what fills it"),
    (text("fill: [test.words], colour: red"), "this field is not known: colour"),
    (text("fill: [test.words]").replace("version: 3", "version: zero"), "line 2: version is a whole number"),
    (text("fill: [test.words]").replace("[version]", "[person]"), "subjects is a list of"),
    (text("fill: [test.words]").replace("[version]", "[]"), "subjects names at least one"),
    (text("fill: [test.words]").replace("[pdf, json]", "[html]"), "formats is a list of"),
    (text("fill: [test.words]").replace("https://law.example", "law"), "source_url is a web address"),
    (text("fill: [test.words]", "fill: [test.words]").replace("id: a1", "id: a0"), "every point has an id of its own"),
    (text("fill: &x [test.words]"), "no anchors"),
    ("- not a mapping", "line 1: here stands a mapping of fields"),
    ("a: [", "the file is YAML"),
]


@pytest.mark.parametrize(("content", "rule"), BROKEN, ids=[case[1][:60] for case in BROKEN])
def test_a_broken_file_is_refused_with_its_name_and_line(content: str, rule: str) -> None:
    with pytest.raises(SpecInvalid) as refused:
        read_spec(content, "note.yaml")
    assert str(refused.value).startswith("note.yaml, line ")
    assert rule in str(refused.value)


def test_a_file_is_named_like_a_slug() -> None:
    with pytest.raises(SpecInvalid, match="the file is named"):
        read_spec(text("fill: [test.words]"), "No te.yaml")


def test_a_filler_has_one_name_of_its_own() -> None:
    with pytest.raises(ValueError, match="registered twice"):
        filler("test.words")(lambda facts: Filled())


def test_every_shipped_document_asks_questions_that_exist() -> None:
    known = {f"{urn}#{name}" for (urn, _), one in shipped().items() for name in one.questions}
    asked = {(slug, one) for slug, spec in document_specs().items() for point in spec.points for one in point.answers}
    assert {(slug, one) for slug, one in asked if one not in known} == set()


def test_every_shipped_document_comes_as_pdf_and_json() -> None:
    specs = document_specs()
    assert {slug for slug, spec in specs.items() if not {"pdf", "json"} <= set(spec.formats) <= set(FORMATS)} == set()
    assert len({spec.urn for spec in specs.values()}) == len(specs)


def test_what_is_on_record_fills_a_point() -> None:
    found = point("fill: [test.words]")
    assert (found.state, found.known, found.gaps) == ("filled", (KNOWN,), ())
    assert found.blocks[0] == Paragraph("Said.")


def test_an_empty_point_says_why_and_what_to_do() -> None:
    found = point("fill: [test.nothing]")
    assert found.state == "missing"
    assert [(gap.problem, gap.remedy) for gap in found.gaps] == [("Nobody wrote it down.", "Say it.")]
    assert point("fill: [test.bare]").gaps[0].problem == NOTHING_RECORDED


def test_what_one_of_two_found_is_enough_unless_both_are_needed() -> None:
    assert point("fill: [test.words, test.nothing, test.bare]").state == "filled"
    both = point("fill: [test.words, test.nothing, test.bare], needs: all")
    assert both.state == "partly"
    assert [gap.problem for gap in both.gaps] == ["Nobody wrote it down.", "Not on record: a thing of the test."]


def test_half_an_answer_is_a_point_in_part() -> None:
    found = point("fill: [test.partly]")
    assert (found.state, [gap.problem for gap in found.gaps]) == ("partly", ["The other half is not on record."])


def test_what_is_stale_is_a_point_in_part() -> None:
    found = point("fill: [test.stale]")
    assert (found.state, [gap.problem for gap in found.gaps]) == ("partly", [STALE])


def test_a_condition_says_why_a_point_does_not_apply() -> None:
    found = point("fill: [test.words], applies: test.never")
    assert (found.state, found.reason, found.blocks) == ("not_applicable", "It is never so.", ())
    assert point("fill: [test.words], applies: test.always").state == "filled"


def test_an_answer_says_why_a_point_does_not_apply() -> None:
    declined = small.question(status="not_applicable", reason="There is no data.")
    facts = small.small(assessments=[small.assessment(declined)])
    found = point(ANSWER, facts)
    assert (found.state, found.reason) == ("not_applicable", "There is no data.")
    against = point(f"fill: [test.words], {ANSWER}", facts)
    assert against.state == "partly"
    assert "yet the record holds something" in against.gaps[0].problem


def test_control_characters_and_halves_of_pairs_are_left_out() -> None:
    assert point("fill: [test.dirty]").blocks == (Paragraph("bell  and half  a pair"),)


def test_an_audience_gets_its_own_points_and_those_for_all() -> None:
    points = ("fill: [test.words]", "fill: [test.words], audience: [office]")
    assert [len(made(*points, audience=name).points) for name in ("", "office")] == [2, 2]
    spec = read_spec(text(*points).replace("{id: office", "{id: public, title: All}, {id: office"), "note.yaml")
    public = assemble(spec, small.small(), audience="public", made_at=MADE_AT, snapshot_digest="")
    assert (len(public.points), public.audience) == (1, "All")
    with pytest.raises(ValueError, match="has no audience"):
        made(*points, audience="nobody")


def test_small_providers_get_the_short_edition() -> None:
    points = ("fill: [test.words]", "fill: [test.words], simplified: short", "fill: [test.words], simplified: left_out")
    assert [len(found.blocks) for found in made(*points).points] == [3, 3, 3]
    assert [len(found.blocks) for found in made(*points, simplified=True).points] == [3, 2]


def test_the_head_names_what_it_was_made_of() -> None:
    facts = small.small(organisation={"name": "Desk \x01Ltd", "address": ""})
    found = made("fill: [test.words]", facts=facts)
    assert (found.kind, found.version, found.subject, found.taken_at) == ("note", 3, "Helper v2", small.AT)
    assert (found.made_at, found.snapshot_digest) == (MADE_AT, "a" * 64)
    assert found.organisation == {"name": "Desk Ltd"}


def test_readiness_counts_points_and_lists_gaps() -> None:
    found = readiness(
        made(
            "fill: [test.words]", "fill: [test.partly]", "fill: [test.bare]", "fill: [test.words], applies: test.never"
        )
    )
    assert (found.total, found.filled, found.partly, found.not_applicable, found.missing) == (4, 1, 1, 1, 1)
    assert found.share == 0.5
    assert [(gap.id, gap.state) for gap in found.gaps] == [("a1", "partly"), ("a2", "missing")]


def test_a_command_lists_what_can_fill_a_point(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("document_fillers")
    told = capsys.readouterr().out
    assert all(f"  {name} " in told for name in (*FILLERS, *CONDITIONS))
    call_command("document_fillers", "licence of the model")
    assert capsys.readouterr().out.splitlines() == [
        "fill:",
        f"  {'version.licence':<34} The licence of the model, and the terms it inherits from what it was made of.",
    ]


def test_every_filler_and_condition_says_what_it_speaks_of() -> None:
    known = {name: function for name, function in (FILLERS | CONDITIONS).items() if not name.startswith("test.")}
    assert [name for name, function in known.items() if not (function.__doc__ or "").strip()] == []
