"""The twelve risks of NIST AI 600-1, each with the evaluations run, their result, what remains, and its owner."""

from collections.abc import Iterator

from apps.checklist.rules.frameworks import Question
from apps.checklist.rules.status import DECLARED, STATUSES, UNKNOWN
from apps.core.formatting import UNKNOWN as DASH
from apps.core.formatting import digest_short
from apps.reports.rules.documents.content import Block, FactList, Filled, Known, Paragraph, Table
from apps.reports.rules.documents.filling.catalogue import Given, catalogue, given, questions_of
from apps.reports.rules.documents.filling.digests import record_digest
from apps.reports.rules.documents.filling.facts import TRAINING, Facts, Json
from apps.reports.rules.documents.filling.moments import day, who
from apps.reports.rules.documents.filling.registry import Condition, Filler, condition, filler

URN = "urn:genaiops:framework:nist-ai-600-1"
FILE = "nist-ai-600-1"
COUNT = 12
CONFABULATION, QUALITY = 2, "evaluation.metrics"
_TRAINED = frozenset({TRAINING, "training data of a base model"})
# Risks of the register that carry a name of the article, beside those that carry NIST's own.
_ALSO = {2: "hallucination", 5: "environment", 6: "bias", 9: "cybersecurity", 10: "intellectual_property"}
# What the platform measures that bears on a risk, beside the collectors of the risk's own question.
_MEASURED = {
    9: ("dataset.poisoning", "dataset.integrity"),
    10: ("dataset.markers", "dataset.licence"),
    12: ("lineage.base_models",),
}


def risk_name(question: Question) -> str:
    """NIST's name of a risk, out of its own words."""
    return question.requirement.partition(":")[0]


def risk_questions() -> list[Question]:
    """The questions on the twelve risks, in NIST's order."""
    return questions_of(catalogue(FILE), "risks")


def _question(number: int) -> Question:
    return risk_questions()[number - 1]


def registered(facts: Facts, number: int) -> list[Json]:
    """The risks of the register that belong to one of the twelve."""
    names = {f"nist-{number}", _ALSO.get(number, "")}
    return [risk for risk in facts.risks if risk["category"] in names]


def findings_on(facts: Facts, number: int) -> list[Json]:
    """What was measured or read on a risk: what the answer rests on, then what collectors find beside it."""
    answer = given(facts, URN, f"risk-{number}")
    found = [item for item in (answer.evidence if answer else ()) if _bears_on(number, item.get("collector"), answer)]
    seen = {(item["title"], item.get("subject_label")) for item in found}
    for name in (*_question(number).collectors, *_MEASURED.get(number, ())):
        for one in _found_by(facts, name) if _bears_on(number, name, answer) else ():
            if (one["title"], one["subject_label"]) not in seen:
                seen.add((one["title"], one["subject_label"]))
                found.append(one)
    return [one for one in found if one["status"] != UNKNOWN]


def _found_by(facts: Facts, collector: str) -> Iterator[Json]:
    """What a collector finds about the versions and about the data that trained them or their base models."""
    trained = [data for data in facts.datasets if _TRAINED & set(data["used_as"])]
    for holder in (*facts.versions, *trained):
        yield from (holder.get("findings") or {}).get(collector, [])


def _bears_on(number: int, collector: str | None, answer: Given | None) -> bool:
    """An evaluation of how good answers are says nothing of other risks, unless somebody argues with it."""
    return collector != QUALITY or number == CONFABULATION or bool(answer and answer.words)


def _condition_of(number: int) -> Condition:
    def applies(facts: Facts) -> tuple[bool, str]:
        answer = given(facts, URN, f"risk-{number}")
        if answer is None or not answer.is_declined or not answer.words or registered(facts, number):
            return True, ""
        return False, answer.words

    applies.__doc__ = f"Whether risk {number} of NIST AI 600-1 was not declined with a reason."
    return applies


def _filler_of(number: int) -> Filler:
    def fill(facts: Facts) -> Filled:
        answer, risks = given(facts, URN, f"risk-{number}"), registered(facts, number)
        found = findings_on(facts, number)
        if (answer is None or not answer.words) and not risks and not found:
            return Filled(missing=("Nobody has judged this risk, and no evaluation or scan on record speaks of it.",))
        known = [*(answer.known() if answer else ()), *map(_known_finding, _beside(answer, found)), *map(_known, risks)]
        blocks = (Paragraph(_question(number).requirement, is_quoted=True), *_blocks(answer, found, risks))
        return Filled(blocks, tuple(dict.fromkeys(known)), tuple(_missing(answer, found, risks)))

    fill.__doc__ = f"What is on record about risk {number} of NIST AI 600-1."
    return fill


def _beside(answer: Given | None, found: list[Json]) -> list[Json]:
    own = [(item["title"], item.get("subject_label")) for item in answer.evidence] if answer else []
    return [one for one in found if (one["title"], one.get("subject_label")) not in own]


def _blocks(answer: Given | None, found: list[Json], risks: list[Json]) -> Iterator[Block]:
    if answer and answer.words:
        yield Paragraph(answer.words, is_quoted=True)
    if found:
        rows = tuple(
            (
                item["title"],
                item.get("subject_label") or DASH,
                item.get("summary") or DASH,
                STATUSES.get(str(item["status"]), str(item["status"])),
                digest_short(item.get("subject_digest")),
            )
            for item in found
        )
        yield Table("Evaluations run, and records that bear on it", ("What", "Of", "Result", "Known", "SHA-256"), rows)
    if risks:
        columns = ("Risk", "Before", "Treatment", "Residual", "Controls", "Owner", "Next review")
        yield Table("In the risk register", columns, tuple(map(_register_row, risks)))
    elif answer and answer.by:
        yield FactList((("Answered by", f"{answer.by}, {answer.day}"),))


def _register_row(risk: Json) -> tuple[str, ...]:
    controls = "; ".join(f"{one['title']}: {one['state_label'].lower()}" for one in risk["controls"]) or "None"
    return (
        f"{risk['title']} ({risk['state_label'].lower()})",
        f"{risk['level']} ({risk['likelihood']} × {risk['impact']})",
        risk["treatment_label"],
        residual_of(risk),
        controls,
        who(risk["owner"]),
        risk["review_on"] or "No day set",
    )


def residual_of(risk: Json) -> str:
    """How serious a risk is with its controls at work, as it was rated."""
    if not risk["residual_level"]:
        return "Not rated"
    return f"{risk['residual_level']} ({risk['residual_likelihood']} × {risk['residual_impact']})"


def _known(risk: Json) -> Known:
    source = f"Risk register: {risk['title']}, owned by {who(risk['owner'])}"
    return Known(DECLARED, source, risk["updated_at"] or "", record_digest(risk))


def _known_finding(item: Json) -> Known:
    source = f"{item['title']}: {item['subject_label']}" if item.get("subject_label") else item["title"]
    return Known(item["status"], source, "", item.get("subject_digest") or "")


def _missing(answer: Given | None, found: list[Json], risks: list[Json]) -> Iterator[str]:
    if answer is None or not answer.is_stated:
        yield "Nobody has said what this means for the system."
    if not found:
        yield "No evaluation or scan on record speaks of this risk."
    if not risks:
        yield "The risk register holds no such risk, so nobody owns it and nothing is said of what remains."
    for risk in risks:
        if not risk["residual_level"]:
            yield f"Nobody has rated what remains of “{risk['title']}”."


for _number in range(1, COUNT + 1):
    filler(f"nist.risk-{_number}")(_filler_of(_number))
    condition(f"nist.risk-{_number}")(_condition_of(_number))


@filler("nist.table")
def table(facts: Facts) -> Filled:
    """The twelve risks in one table."""
    rows = tuple(_row(facts, number, question) for number, question in enumerate(risk_questions(), 1))
    bare = sum(row[2:] == (NOTHING_RUN, NO_RESULT, NO_RESIDUAL, NO_OWNER) for row in rows)
    missing = (f"On {bare} of {len(rows)} risks nothing is on record.",) if bare else ()
    columns = ("No.", "Risk", "Evaluations run", "Result", "Residual", "Owner")
    return Filled((Table("The twelve risks", columns, rows),), missing=missing)


NOTHING_RUN, NO_RESULT, NO_RESIDUAL, NO_OWNER = "None", "—", "Not rated", "Nobody"


def _row(facts: Facts, number: int, question: Question) -> tuple[str, ...]:
    answer, risks = given(facts, URN, f"risk-{number}"), registered(facts, number)
    if answer and answer.is_declined and not risks:
        return (
            str(number),
            risk_name(question),
            "Not applicable",
            answer.words or "No reason given",
            "—",
            answer.by or "—",
        )
    found = findings_on(facts, number)
    run = _run(found)
    result = _result(answer, found)
    residual = "; ".join(f"{risk['title']}: {residual_of(risk)}" for risk in risks) or NO_RESIDUAL
    owner = ", ".join(dict.fromkeys(who(risk["owner"]) for risk in risks)) or NO_OWNER
    return (str(number), risk_name(question), run, result, residual, owner)


def _run(found: list[Json]) -> str:
    """What was measured or imported; where nothing was, what is merely declared, named as such."""
    told = [item["title"] for item in found if item["status"] != DECLARED]
    said = ", ".join(dict.fromkeys(item["title"] for item in found if item["status"] == DECLARED))
    return "; ".join(dict.fromkeys(told)) or (f"None. Declared: {said}" if said else NOTHING_RUN)


def _result(answer: Given | None, found: list[Json]) -> str:
    """What was found in short, or else what somebody said."""
    told = list(dict.fromkeys(item["summary"] for item in found if item.get("summary")))
    if told:
        return " ".join(told[:MOST_RESULTS]) + (
            f" And {len(told) - MOST_RESULTS} more." if len(told) > MOST_RESULTS else ""
        )
    return answer.words if answer and answer.words else NO_RESULT


MOST_RESULTS = 3  # in a row of the table; the risk's own section holds all


@filler("nist.basis")
def basis(facts: Facts) -> Filled:
    """On which edition of the framework the profile rests, and which assessments it reads."""
    framework = catalogue(FILE)
    rows = [
        ("Framework", f"{framework.title}, version {framework.version} of the portal's file"),
        ("Source", framework.source.title),
        ("Published", framework.effective_date),
    ]
    own = [one for one in facts.assessments if one["framework"]["urn"] == URN]
    rows += [
        ("Assessment", f"{one['subject']['label']}, {one['state_label'].lower()}, begun {day(one['created_at'])}")
        for one in own
    ]
    missing = () if own else ("Nobody has begun an assessment on NIST AI 600-1.",)
    return Filled((FactList(tuple(rows)),), missing=missing)
