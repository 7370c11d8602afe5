"""Reading documents' files: every rule that such a file keeps, each with the file and the line where it is broken."""

import hashlib
import re
from functools import cache
from pathlib import Path

from apps.checklist.rules.frameworks.reading import ID, ID_RULE, TARGET, URN, WEB
from apps.checklist.rules.frameworks.spots import MOST_PROBLEMS, FrameworkInvalid, Place, Spot
from apps.checklist.rules.frameworks.texts import spots_of
from apps.reports.rules.documents.filling import CONDITIONS, FILLERS
from apps.reports.rules.documents.spec import (
    CHOSEN,
    EVERYTHING,
    EXPLAINED,
    FORMATS,
    STATED,
    SUBJECTS,
    WHOLE,
    WORDS,
    AudienceSpec,
    DocumentSpec,
    PointSpec,
    SectionSpec,
)
from apps.reports.rules.documents.spec import FULL as FULL

FOLDER = Path(__file__).resolve().parent.parent.parent / "documents"
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
ANY = "any"
SHORT, LEFT_OUT = "short", "left_out"
SIMPLIFIED = (FULL, SHORT, LEFT_OUT)

_HEAD = ("urn", "version", "title", "summary", "law", "source_url", "subjects", "formats", "sections")
_HEAD_MORE = ("audiences", "notes", "lint", "period")
_POINT_MORE = ("fill", "answers", "applies", "needs", "audience", "simplified", "answers_as")


class SpecInvalid(FrameworkInvalid):
    """A document's file breaks rules; the message names the file and, for each, the line, the place and the rule."""


@cache
def document_specs() -> dict[str, DocumentSpec]:
    """Every kind of document that comes with the product, by its slug. Raises SpecInvalid."""
    return read_specs(FOLDER)


def read_specs(folder: Path) -> dict[str, DocumentSpec]:
    """The documents' files of a folder by slug, which is the file's name. Raises SpecInvalid."""
    return {path.stem: read_spec(path.read_bytes(), path.name) for path in sorted(folder.glob("*.yaml"))}


def read_spec(text: str | bytes, name: str) -> DocumentSpec:
    """The document that the text of the file `name` describes. Raises SpecInvalid."""
    raw = text.encode() if isinstance(text, str) else text
    try:
        place = Place(spots_of(raw, name))
    except FrameworkInvalid as error:
        raise SpecInvalid(name, error.problems) from error
    slug = name.removesuffix(".yaml")
    if not SLUG.fullmatch(slug):
        place.refuse("the file is named in a to z, 0 to 9 and hyphens, 60 characters at most, and ends in .yaml")
    made = _document(place, slug, hashlib.sha256(raw).hexdigest())
    if not place.problems:
        _check_ids(made, place)
    if place.problems:
        raise SpecInvalid(name, place.problems[:MOST_PROBLEMS])
    return made


def _document(place: Place, slug: str, digest: str) -> DocumentSpec:
    found = place.fields(_HEAD, _HEAD_MORE)
    audiences = tuple(_audience(item) for item in place.items(found, "audiences"))
    names = {one.id for one in audiences}
    if "subjects" in found and not place.texts(found, "subjects"):
        place.refuse("subjects names at least one", found["subjects"])
    if "formats" in found and not place.texts(found, "formats"):
        place.refuse("formats names at least one", found["formats"])
    return DocumentSpec(
        slug=slug,
        urn=place.matching(found, "urn", URN, "is a URN such as urn:example:document:name"),
        version=place.number(found, "version", "a whole number from 1 upwards", least=1),
        title=place.text(found, "title", most=200),
        summary=place.text(found, "summary"),
        law=place.text(found, "law", most=300),
        source_url=place.matching(found, "source_url", WEB, "is a web address that starts with https:// or http://"),
        subjects=place.some_of(found, "subjects", SUBJECTS, f"is a list of {', '.join(SUBJECTS)}"),
        formats=place.some_of(found, "formats", FORMATS, f"is a list of {', '.join(FORMATS)}"),
        sections=tuple(_section(item, names) for item in place.items(found, "sections", is_filled=True)),
        digest=digest,
        audiences=audiences,
        notes=place.texts(found, "notes"),
        lint=place.matching(found, "lint", SLUG, "is a name in a to z, 0 to 9 and hyphens"),
        period=place.one_of(found, "period", (CHOSEN,)),
    )


def _audience(place: Place) -> AudienceSpec:
    found = place.fields(("id", "title"))
    return AudienceSpec(place.matching(found, "id", ID, ID_RULE), place.text(found, "title", most=200))


def _section(place: Place, audiences: set[str]) -> SectionSpec:
    found = place.fields(("id", "title", "points"), ("ref", "summary"))
    return SectionSpec(
        id=place.matching(found, "id", ID, ID_RULE),
        ref=place.text(found, "ref", "", most=80),
        title=place.text(found, "title", most=300),
        points=tuple(_point(item, audiences) for item in place.items(found, "points", is_filled=True)),
        summary=place.text(found, "summary", ""),
    )


def _point(place: Place, audiences: set[str]) -> PointSpec:
    found = place.fields(("id", "ref", "title", "asks", "remedy"), _POINT_MORE)
    made = PointSpec(
        id=place.matching(found, "id", ID, ID_RULE),
        ref=place.text(found, "ref", most=80),
        title=place.text(found, "title", most=300),
        asks=place.text(found, "asks"),
        remedy=place.text(found, "remedy"),
        fill=place.some_of(found, "fill", FILLERS, "names known fillers"),
        answers=_answers(place, found),
        applies=place.one_of(found, "applies", CONDITIONS),
        needs=place.one_of(found, "needs", (ANY, EVERYTHING), ANY),
        audience=frozenset(place.some_of(found, "audience", audiences, "names audiences of this document")),
        simplified=place.one_of(found, "simplified", SIMPLIFIED, FULL),
        answers_as=place.one_of(found, "answers_as", (FULL, WORDS, STATED, EXPLAINED, WHOLE), FULL),
    )
    if found and not made.fill and not made.answers:
        place.refuse("a point names what fills it: fill, answers or both")
    return made


def _answers(place: Place, found: dict[str, Spot]) -> tuple[str, ...]:
    targets = place.texts(found, "answers")
    wrong = [target for target in targets if not TARGET.fullmatch(target)]
    if wrong:
        place.refuse(f"answers are questions as URN#question-id; not so: {', '.join(wrong)}", found["answers"])
    return targets


def _check_ids(made: DocumentSpec, place: Place) -> None:
    """Every section and every point has an id of its own, whatever section it stands in."""
    lists = (("section", [one.id for one in made.sections]), ("point", [one.id for one in made.points]))
    for kind, ids in lists:
        doubled = sorted({name for name in ids if ids.count(name) > 1})
        if doubled:
            place.refuse(f"every {kind} has an id of its own; more than once: {', '.join(doubled)}")
