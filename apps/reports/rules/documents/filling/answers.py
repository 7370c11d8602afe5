"""Answers of assessments as they stand in a document: the words quoted, what they rest on, whether they still hold."""

from dataclasses import dataclass

from apps.checklist.rules.status import NOT_APPLICABLE, STATUSES
from apps.reports.rules.documents.content import NOTHING, Block, Bullets, FactList, Filled, Known, Paragraph, joined
from apps.reports.rules.documents.filling.catalogue import catalogue
from apps.reports.rules.documents.filling.digests import record_digest
from apps.reports.rules.documents.filling.facts import Asked, Facts, Json
from apps.reports.rules.documents.spec import EXPLAINED, FULL, STATED, WORDS


@dataclass(frozen=True)
class Answered:
    """What the answers to one question say. `reasons` are those of answers that say it does not apply; `is_open` tells
    that at least one says something else, `is_given` that there is one at all, `is_stated` that a person gave one."""

    filled: Filled
    reasons: tuple[str, ...] = ()
    is_open: bool = False
    is_stated: bool = False

    @property
    def is_given(self) -> bool:
        """Whether anybody or anything answered."""
        return self.is_open or bool(self.reasons)


def answered(facts: Facts, target: str, *, answers_as: str = FULL) -> Answered:
    """The answers to the question `urn#id`. Nobody's answer is a gap, named with the question's text where the snapshot
    has it. `answers_as` tells what of them is shown, see `spec.PointSpec`."""
    urn, _, question = target.rpartition("#")
    found = facts.answered(urn, question)
    if not found:
        return Answered(Filled(missing=(_nobody(facts, urn, question),)))
    said = [one for one in found if one.question["status"] != NOT_APPLICABLE]
    declined = [one for one in found if one.question["status"] == NOT_APPLICABLE]
    is_several = len(found) > 1
    return Answered(
        joined(_filled(one, is_several, answers_as) for one in said),
        tuple(_reason(one, names_subject=is_several) for one in declined),
        bool(said),
        bool(declined) or any(_is_stated(one.answer or {}) for one in said),
    )


def _is_stated(answer: Json) -> bool:
    """Whether a person said or chose something, beyond what the platform collected."""
    return bool(answer.get("stated") and (answer.get("text") or answer.get("value_words")))


def _nobody(facts: Facts, urn: str, question: str) -> str:
    asked = facts.asked(urn, question)
    if asked:
        one = asked[0]
        return f"Nobody has answered “{one.question['text']}” ({_place(one)}) for {one.subject['label']}."
    return _unasked(facts, urn, question)


def _unasked(facts: Facts, urn: str, question: str) -> str:
    """The question and its framework in words where they come with the product, else by their names."""
    try:
        framework = catalogue(urn.rpartition(":")[2])
        asked = framework.questions[question]
    except (OSError, KeyError):
        return f"There is no assessment of {facts.label} that asks {question} of {urn}."
    return f"Nobody has answered “{asked.text}”: there is no assessment of {facts.label} against “{framework.title}”."


def _place(one: Asked) -> str:
    ref = one.question.get("ref") or one.question["id"]
    return f"{one.framework['title']}, {ref}"


def _reason(one: Asked, *, names_subject: bool) -> str:
    answer = one.answer or {}
    words = answer.get("reason") or answer.get("text") or "No reason was given."
    return f"{one.subject['label']}: {words}" if names_subject else str(words)


def _filled(one: Asked, names_subject: bool, answers_as: str) -> Filled:
    answer = one.answer or {}
    if answers_as == WORDS:
        answer = answer | {"answered_by": "", "evidence": []}
    if answers_as in (STATED, EXPLAINED):
        given = [item for item in answer.get("evidence") or [] if not item.get("collector")]
        if not given and not _is_stated(answer):
            return NOTHING
        blocks = _blocks(one, answer | {"evidence": given}, names_subject)
    else:
        blocks = _blocks(one, answer, names_subject)
    if answers_as == WORDS and not blocks:
        return NOTHING  # what only evidence says is not for these readers, nor that there is some
    return Filled(tuple(blocks), tuple(known_by(one, answer)), tuple(_missing(one, answer)))


def _blocks(one: Asked, answer: dict[str, object], names_subject: bool) -> list[Block]:
    blocks: list[Block] = []
    value = str(answer.get("value_words") or "")
    rows = [("About", one.subject["label"])] if names_subject else []
    rows += [("Stated", value)] if value else []
    if rows:
        blocks.append(FactList(tuple(rows)))
    words = str(answer.get("text") or answer.get("reason") or "")
    if words:
        blocks.append(Paragraph(words, is_quoted=True))
    found = _found(answer)
    return [*blocks, Bullets(found)] if found else blocks


def _found(answer: dict[str, object]) -> tuple[str, ...]:
    """What the evidence says, each sentence once."""
    items = answer.get("evidence")
    summaries = [str(item["summary"]) for item in items if item["summary"]] if isinstance(items, list) else []
    return tuple(dict.fromkeys(summaries))


def known_by(one: Asked, answer: dict[str, object]) -> list[Known]:
    """The answer itself where a person gave one, and every piece of evidence behind it."""
    known = []
    stale_words = bool(answer.get("is_statement_outdated"))
    if answer.get("stated"):
        who = answer.get("answered_by") or ""
        source = f"Answer to {_place(one)}{f', by {who}' if who else ''}"
        known.append(
            Known(
                str(answer["stated"]), source, str(answer.get("answered_at") or ""), record_digest(answer), stale_words
            )
        )
    items = answer.get("evidence")
    for item in items if isinstance(items, list) else []:
        known.append(
            Known(
                item["status"],
                f"{item['title']}: {item['subject_label']}" if item.get("subject_label") else item["title"],
                item.get("collected_at") or "",
                item.get("subject_digest") or "",
                bool(item.get("stale_because")),
            )
        )
    return known or [
        Known(one.question["status"], f"{STATUSES[one.question['status']]}: {_place(one)}", "", record_digest(answer))
    ]


def _missing(one: Asked, answer: dict[str, object]) -> list[str]:
    """Why the answer no longer holds, and what its own framework still asks for."""
    because = answer.get("stale_because")
    return [f"{one.subject['label']}: {reason}" for reason in because] if isinstance(because, list) else []
