"""Assessments as an audit report tells them: every answer in full, how each is known, and who decided on it."""

from collections import Counter

from apps.checklist.rules.status import DECLARED, MEASURED, NOT_APPLICABLE, STATUSES
from apps.core.formatting import number, sentence
from apps.reports.rules.documents.content import Block, Bullets, FactList, Filled, Heading, Known, Paragraph, joined
from apps.reports.rules.documents.filling.answers import Answered, answered, known_by
from apps.reports.rules.documents.filling.changes import trail_known
from apps.reports.rules.documents.filling.digests import record_digest
from apps.reports.rules.documents.filling.facts import Asked, Facts, Json
from apps.reports.rules.documents.filling.found import said, table
from apps.reports.rules.documents.filling.moments import exact, who
from apps.reports.rules.documents.filling.registry import filler

HOW_KNOWN = (
    "Measured: a run of this portal produced the answer. Imported: it was taken over from a document or tool outside"
    " the portal. Declared: a person stated it. Unknown: nobody has answered yet. Not applicable: a person gave the"
    " reason. Stale, whichever of these it is: what the answer speaks of has changed since."
)


def whole_answer(facts: Facts, target: str) -> Answered:
    """What every assessment that asks the question `urn#id` says, with revision, evidence and what stands against it.
    An answer that the question does not apply is a reason where all of them say so, and else told beside the others.
    """
    urn, _, question = target.rpartition("#")
    found = facts.asked(urn, question)
    if not found:
        return answered(facts, target)
    if all(one.question["status"] == NOT_APPLICABLE and not one.question["gaps"] for one in found):
        return Answered(Filled(), tuple(_declined(one, names_subject=len(found) > 1) for one in found), is_stated=True)
    whole = joined(_told(one, names_subject=len(found) > 1) for one in found)
    return Answered(whole, is_open=bool(whole), is_stated=bool(whole))


def _declined(one: Asked, *, names_subject: bool) -> str:
    """The reason, with who gave it and when."""
    answer = one.answer or {}
    about = f"{one.subject['label']}: " if names_subject else ""
    by = f" by {answer['answered_by']}" if answer.get("answered_by") else ""
    words = answer.get("reason") or answer.get("text") or "No reason was given."
    return f"{about}{words} (stated{by}, {exact(answer.get('answered_at'))}, revision {answer.get('revision')})"


def _told(one: Asked, *, names_subject: bool) -> Filled:
    answer, about = one.answer or {}, f"{one.subject['label']}: " if names_subject else ""
    missing = [f"{about}{gap['problem']} {gap['remedy']}".strip() for gap in one.question["gaps"]]
    missing += [f"{about}{reason}" for reason in answer.get("stale_because") or ()]
    if not answer:
        return Filled(missing=tuple(missing or [f"{about}Nobody has answered this question."]))
    heading = (Heading(one.subject["label"]),) if names_subject else ()
    return Filled((*heading, *_blocks(one, answer)), tuple(known_by(one, answer)), tuple(missing))


def _blocks(one: Asked, answer: Json) -> list[Block]:
    by = f" by {answer['answered_by']}" if answer.get("answered_by") else ""
    rows = (
        ("How it is known", answer.get("how_known") or STATUSES[one.question["status"]]),
        ("Answered", f"{exact(answer.get('answered_at'))}{by}, revision {answer.get('revision')}"),
        ("Stated", answer.get("value_words")),
        ("Why it does not apply", answer.get("reason")),
    )
    blocks: list[Block] = [FactList(said(rows))]
    if answer.get("text"):
        blocks.append(Paragraph(str(answer["text"]), is_quoted=True))
    items = tuple(dict.fromkeys(_evidence(item) for item in answer.get("evidence") or ()))
    return [*blocks, Bullets(items)] if items else blocks


def _evidence(item: Json) -> str:
    """What a piece of evidence says, what it is, how it was found and by whom it was given."""
    source = "; ".join(part for part in (item["title"], item["method"], item.get("given_by")) if part)
    return f"{item['summary']} ({source})" if item["summary"] else source


@filler("audit.posture")
def posture(facts: Facts) -> Filled:
    """How the answers of each assessment are known, and what stands against it."""
    if not facts.assessments:
        return Filled(missing=("Nobody has begun an assessment of it.",))
    order = [status for status in STATUSES if status != NOT_APPLICABLE]
    columns = ("About", "Against", "State", *(STATUSES[status] for status in order), STATUSES[NOT_APPLICABLE])
    rows = [_counted(one, [*order, NOT_APPLICABLE]) for one in facts.assessments]
    shown = table("Answers by how they are known", (*columns, "Stale", "Gaps"), rows, range(3, len(columns) + 2))
    known = tuple(
        Known(
            MEASURED,
            f"Assessment {one['id']}: {one['subject']['label']}, {one['framework']['title']}",
            facts.taken_at,
            record_digest(one),
        )
        for one in facts.assessments
    )
    return Filled((*shown, *_course(facts), Paragraph(HOW_KNOWN)), known)


def _counted(one: Json, order: list[str]) -> tuple[object, ...]:
    questions = [question for group in one["groups"] for question in group["questions"]]
    by_status = Counter(question["status"] for question in questions)
    counts = [number(by_status[status]) for status in order]
    stale = number(sum(bool(question["is_stale"]) for question in questions))
    against = f"{one['framework']['title']}, version {one['framework']['version']}"
    return (one["subject"]["label"], against, one["state_label"], *counts, stale, number(len(one["gate"]["gaps"])))


def _course(facts: Facts) -> tuple[Block, ...]:
    """Who began each assessment, and who handed it in."""
    rows = [
        (one["subject"]["label"], one["framework"]["title"], f"{exact(one['created_at'])}, {one['created_by']}")
        + (f"{exact(one['submitted_at'])}, {one['submitted_by']}" if one.get("submitted_at") else "not yet",)
        for one in facts.assessments
    ]
    return table("Course of the assessments", ("About", "Against", "Begun", "Handed in"), rows)


@filler("audit.decisions")
def decisions(facts: Facts) -> Filled:
    """Who decided on what, why, against which policy, and on which state of everything."""
    rows = [_decision(one, sign) for one in facts.assessments for sign in one.get("sign_offs") or ()]
    if not rows:
        return Filled((Paragraph("Nobody has approved or refused anything yet."),), (trail_known(facts),))
    columns = ("About", "Decision", "By", "When", "Reason", "What it rests on (SHA-256)")
    outdated = tuple(
        f"The approval of {one['subject']['label']} ({one['framework']['title']}) rests on what has changed since."
        for one in facts.assessments
        if one["state"] == "approved" and not one["is_approval_current"]
    )
    rule = Paragraph("Nobody may decide on their own work.")
    return Filled((*table("Decisions", columns, rows), rule), (trail_known(facts),), outdated)


def _decision(one: Json, sign: Json) -> tuple[object, ...]:
    about = f"{one['subject']['label']} ({one['framework']['title']})"
    words = sentence(sign["decision"]) if sign["is_final"] else "Signed, with others to follow"
    policy = f" Held against the policy “{sign['policy']['label']}”." if sign["policy"]["label"] else ""
    when = exact(sign["decided_at"])
    return (about, words, who(sign["decided_by"]), when, f"{sign['reason']}{policy}", sign["basis_digest"])


@filler("audit.waivers")
def waivers(facts: Facts) -> Filled:
    """What was allowed to stand for a while."""
    columns = ("About", "What", "Why, and until when", "By", "State")
    rows = [
        (one["subject"]["label"], one["sentence"] or one["question"], _why(one))
        + (f"{who(one['granted_by'])}, {exact(one['granted_at'])}", sentence(one["state"]))
        for one in facts.waivers
    ]
    known = tuple(
        Known(
            DECLARED,
            f"Waiver for {one['subject']['label']}, by {who(one['granted_by'])}",
            one["granted_at"],
            record_digest(one),
        )
        for one in facts.waivers
    )
    return Filled(table("Waivers", columns, rows), known)


def _why(one: Json) -> str:
    back = f" Taken back by {one['revoked_by']}: {one['revoked_because']}" if one["revoked_because"] else ""
    return f"{one['reason']} Until {one['expires_on']}.{back}"
