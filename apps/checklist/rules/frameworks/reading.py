"""Making a framework from what was read of a file, with every rule that one field keeps."""

import re

from apps.checklist.rules.findings import COLLECTORS
from apps.checklist.rules.frameworks.shapes import (
    ANSWERS,
    ASSESSED,
    CHOICE,
    MINIMA,
    NUMBER,
    RELATIONS,
    SCALE,
    STATEMENT,
    SUBJECTS,
    VERSION,
    Choice,
    Framework,
    Group,
    Level,
    Mapping,
    Question,
    Source,
)
from apps.checklist.rules.frameworks.spots import MOST_PROBLEMS, FrameworkInvalid, Place, Spot
from apps.checklist.rules.frameworks.whole import check_whole

URN = re.compile(r"urn:[a-z0-9][a-z0-9-]{0,31}:[A-Za-z0-9][A-Za-z0-9:._-]{0,80}")
ID = re.compile(r"[a-z0-9][a-z0-9.-]{0,59}")
TARGET = re.compile(rf"{URN.pattern}#{ID.pattern}")
LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
ID_RULE = "is made of a to z, 0 to 9, dots and hyphens, 60 characters at most"
WEB = re.compile(r"https?://\S+")

_HEAD = ("urn", "version", "title", "summary", "language", "effective_date", "source", "copyright", "groups")
_HEAD_MORE = ("valid_until", "subjects", "scales", "notes")
_QUESTION = ("id", "text", "subject", "minimum_status", "collectors")
_QUESTION_MORE = (
    "help", "why", "next_step", "ref", "requirement", "answer", "choices", "unit", "scale", "weight", "mappings",
    "applies_from", "audience", "tags", "replaces",
)  # fmt: skip


def framework_from(raw: Spot, name: str) -> Framework:
    """Make a framework from what was read of the file `name`. Raises FrameworkInvalid with every rule it breaks."""
    place = Place(raw)
    made = _framework(place)
    if not place.problems:
        check_whole(made, place)
    if place.problems:
        raise FrameworkInvalid(name, place.problems[:MOST_PROBLEMS])
    return made


def _framework(place: Place) -> Framework:
    found = place.fields(_HEAD, _HEAD_MORE)
    made = Framework(
        urn=place.matching(found, "urn", URN, "is a URN such as urn:example:framework:name"),
        version=place.number(found, "version", "a whole number from 1 upwards", least=1),
        title=place.text(found, "title", most=200),
        summary=place.text(found, "summary"),
        language=place.matching(found, "language", LANGUAGE, "is a language tag such as en or de-AT"),
        effective_date=place.day(found, "effective_date"),
        source=_source(place.inside(found["source"], "source")) if "source" in found else Source("", "", ""),
        copyright=place.text(found, "copyright"),
        groups=tuple(_group(item) for item in place.items(found, "groups", is_filled=True)),
        valid_until=place.day(found, "valid_until", ""),
        subjects=place.some_of(found, "subjects", ASSESSED, f"is a list of {', '.join(ASSESSED)}") or (VERSION,),
        scales=_scales(place, found),
        notes=place.text(found, "notes", ""),
    )
    if made.valid_until and made.valid_until < made.effective_date:
        place.refuse("valid_until is not before effective_date", found["valid_until"])
    return made


def _source(place: Place) -> Source:
    found = place.fields(("author", "title", "url"))
    url = place.matching(found, "url", WEB, "is a web address that starts with https:// or http://")
    return Source(author=place.text(found, "author"), title=place.text(found, "title"), url=url)


def _scales(place: Place, found: dict[str, Spot]) -> tuple[tuple[str, tuple[Level, ...]], ...]:
    scales = found.get("scales")
    if scales is None:
        return ()
    inside = place.inside(scales, "scales")
    if not isinstance(scales.value, dict) or not scales.value:
        inside.refuse("scales is a mapping of names to lists of levels")
        return ()
    return tuple((name, _scale(inside, scales.value, name)) for name in scales.value)


def _scale(place: Place, found: dict[str, Spot], name: str) -> tuple[Level, ...]:
    levels = tuple(_level(item) for item in place.items(found, name, is_filled=True))
    values = [level.value for level in levels]
    if len(values) < 2 or values != sorted(set(values)):
        place.refuse(f"{name} has at least two levels, each with a higher value than the one before", found[name])
    if not ID.fullmatch(name):
        place.refuse(f"the name of a scale {ID_RULE}", found[name])
    return levels


def _level(place: Place) -> Level:
    found = place.fields(("value", "title", "text"), ("weight",))
    return Level(
        value=place.number(found, "value", "a whole number from 0 upwards"),
        title=place.text(found, "title", most=200),
        text=place.text(found, "text"),
        weight=place.decimal(found, "weight", ""),
    )


def _group(place: Place) -> Group:
    found = place.fields(("id", "title", "summary"), ("questions", "groups", "ref", "weight", "applies_from"))
    if found and not {"questions", "groups"} & set(found):
        place.refuse("a group holds questions, groups or both")
    return Group(
        id=place.matching(found, "id", ID, ID_RULE),
        title=place.text(found, "title", most=200),
        summary=place.text(found, "summary"),
        questions=tuple(_question(item) for item in place.items(found, "questions", is_filled=True)),
        groups=tuple(_group(item) for item in place.items(found, "groups", is_filled=True)),
        ref=place.text(found, "ref", "", most=80),
        weight=place.decimal(found, "weight", "1"),
        applies_from=place.day(found, "applies_from", ""),
    )


def _question(place: Place) -> Question:
    found = place.fields(_QUESTION, _QUESTION_MORE)
    made = Question(
        id=place.matching(found, "id", ID, ID_RULE),
        text=place.text(found, "text"),
        help=place.text(found, "help", ""),
        why=place.text(found, "why", ""),
        next_step=place.text(found, "next_step", ""),
        collectors=place.some_of(found, "collectors", COLLECTORS, "are known ones"),
        minimum_status=place.one_of(found, "minimum_status", MINIMA),
        subject=place.one_of(found, "subject", SUBJECTS),
        ref=place.text(found, "ref", "", most=80),
        requirement=place.text(found, "requirement", ""),
        answer=place.one_of(found, "answer", ANSWERS, STATEMENT),
        choices=tuple(_choice(item) for item in place.items(found, "choices", is_filled=True)),
        unit=place.text(found, "unit", "", most=60),
        scale=place.text(found, "scale", "", most=60),
        weight=place.decimal(found, "weight", "1"),
        mappings=tuple(_mapping(item) for item in place.items(found, "mappings")),
        applies_from=place.day(found, "applies_from", ""),
        audience=place.texts(found, "audience"),
        tags=place.texts(found, "tags"),
        replaces=place.texts(found, "replaces"),
    )
    _check_answer(made, place)
    return made


def _check_answer(made: Question, place: Place) -> None:
    """What belongs to one kind of answer stands with that kind and with no other."""
    belongs = (("choices", CHOICE, made.choices), ("scale", SCALE, made.scale))
    for name, kind, given in belongs:
        if made.answer == kind and not given:
            place.refuse(f"a question with answer: {kind} names its {name}")
        if given and made.answer != kind:
            place.refuse(f"{name} stands only with answer: {kind}")
    if made.unit and made.answer != NUMBER:
        place.refuse(f"unit stands only with answer: {NUMBER}")
    ids = [choice.id for choice in made.choices]
    if made.answer == CHOICE and (len(ids) < 2 or len(set(ids)) != len(ids)):
        place.refuse("choices are at least two, each with an id of its own")


def _choice(place: Place) -> Choice:
    found = place.fields(("id", "title"))
    return Choice(place.matching(found, "id", ID, ID_RULE), place.text(found, "title", most=300))


def _mapping(place: Place) -> Mapping:
    found = place.fields(("to", "relation"))
    rule = "names a question as URN#question-id"
    return Mapping(place.matching(found, "to", TARGET, rule), place.one_of(found, "relation", RELATIONS))
