"""How the subject changed: its versions, what the trail says, who approved what, and what was waived."""

from apps.checklist.rules.status import DECLARED, MEASURED
from apps.core.formatting import digest_short, number, sentence
from apps.reports.rules.documents.content import Block, Filled, Known, Paragraph, joined
from apps.reports.rules.documents.filling.chain import chain_gaps, chain_words
from apps.reports.rules.documents.filling.digests import record_digest
from apps.reports.rules.documents.filling.facts import Facts, Json
from apps.reports.rules.documents.filling.found import each_version, label_of, table
from apps.reports.rules.documents.filling.moments import day, exact, who
from apps.reports.rules.documents.filling.registry import condition, filler

MOST_ENTRIES = 300  # lines of the history in a document, the newest; a pack holds all of them
# What the platform writes by itself when it reads again, and a history of changes need not repeat.
ROUTINE = frozenset({"answer.collect", "evidence.collect"})
# What changes the system itself or what it stands on, by the first word of the action; and decisions about that.
RELEVANT = frozenset({"system", "version", "alias", "deployment", "tuning", "held_file", "waiver", "action"})


def trail_known(facts: Facts) -> Known:
    """That the audit trail says it, with the digest at its end."""
    head = facts.trail.get("head") or {}
    return Known(
        MEASURED, f"Audit trail up to entry {head.get('sequence', 0)}", facts.taken_at, head.get("digest") or ""
    )


@filler("changes.versions")
def versions(facts: Facts) -> Filled:
    """The versions of the model, and what changed from one to the next."""
    return joined([each_version(facts, _versions), *(_parts(one) for one in facts.systems)])


def _versions(version: Json) -> Filled:
    own = version["version"]
    rows = [
        (one["label"], one.get("stage_label") or one["stage"], one["description"], day(one["created_at"]))
        + (who(one["created_by"]), day(one["approved_at"]), digest_short(one["manifest_digest"]))
        for one in version["model"].get("versions") or ()
    ]
    columns = ("Version", "Stage", "What is new", "Recorded", "By", "Approved", "Files (SHA-256)")
    undescribed = [one for one in version["model"].get("versions") or () if not one["description"]]
    missing = tuple(f"What changed in {one['label']} is not described." for one in undescribed)
    known = Known(
        DECLARED, f"Record of the model {version['model']['name']}", own["created_at"], record_digest(version["model"])
    )
    shown = table(f"Versions of {version['model']['name']}, the newest first", columns, rows)
    return Filled(shown, (known,) if rows else (), missing)


def _parts(system: Json) -> Filled:
    """What came into a system and went out of it."""
    rows = [
        (
            part["version_label"],
            part["role"],
            exact(part["since"]),
            exact(part["until"]) if part["until"] else "at work",
        )
        for part in system["parts"]
    ]
    known = Known(DECLARED, f"Record of the system {system['label']}", system["updated_at"], system.get("digest") or "")
    shown = table(f"What worked in {system['label']}", ("Model version", "What it does", "From", "Until"), rows)
    return Filled(shown, (known,) if rows else ())


def _until(part: Json) -> str:
    return exact(part["until"]) if part["until"] else "at work"


@filler("changes.history")
def history(facts: Facts) -> Filled:
    """What was done, by whom and when, as the audit trail says it."""
    return _history(facts, [one for one in facts.trail.get("entries") or () if one["action"] not in ROUTINE])


@filler("changes.relevant")
def relevant(facts: Facts) -> Filled:
    """Changes of the system, its versions and deployments, as the audit trail says it."""
    entries = facts.trail.get("entries") or ()
    return _history(facts, [one for one in entries if one["action"].partition(".")[0] in RELEVANT])


def _history(facts: Facts, entries: list[Json]) -> Filled:
    if not entries:
        return Filled(missing=("The audit trail has no entry about it.",))
    newest = sorted(entries, key=lambda one: int(one["sequence"]), reverse=True)[:MOST_ENTRIES]
    people = facts.trail.get("people") or {}
    rows = [
        (
            one["sequence"],
            exact(one["at"]),
            actor_named(one["actor"], people),
            sentence(one["action"].replace(".", ": ")),
        )
        + (one["object_label"], one["reason"])
        for one in newest
    ]
    columns = ("Entry", "When", "Who", "What", "About", "Reason")
    left = len(entries) - len(newest)
    title = "History, the newest first" + (f" ({number(left)} earlier entries are in the snapshot)" if left else "")
    told = Paragraph(chain_words(facts))
    return Filled((*table(title, columns, rows, {0}), told), (trail_known(facts),), chain_gaps(facts))


def actor_named(actor: str, people: dict[str, Json]) -> str:
    """`Ann (Approver)` for a person whose name is known, otherwise the trail's own word."""
    person = people.get(actor)
    if person is None:
        return actor
    return f"{person['name']} ({', '.join(person['roles'])})" if person["roles"] else str(person["name"])


@filler("approvals.list")
def approvals(facts: Facts) -> Filled:
    """Who decided on what, when and why."""
    rows = [
        (
            one["subject"]["label"],
            one["framework"]["title"],
            sentence(decision["decision"]),
            who(decision["decided_by"]),
        )
        + (exact(decision["decided_at"]), decision["reason"], digest_short(decision["basis_digest"]))
        for one in facts.assessments
        for decision in one.get("sign_offs") or ()
    ]
    if not rows:
        return Filled(missing=("Nobody has signed a decision.",))
    columns = ("About", "Against", "Decision", "By", "When", "Reason", "Basis (SHA-256)")
    outdated = tuple(
        f"The approval of {one['subject']['label']} ({one['framework']['title']}) rests on what has changed since."
        for one in facts.assessments
        if one["state"] == "approved" and not one["is_approval_current"]
    )
    return Filled(table("Decisions", columns, rows), (trail_known(facts),), outdated)


def _decision(one: Json, decision: Json) -> tuple[object, ...]:
    about, framework = one["subject"]["label"], one["framework"]["title"]
    told = (sentence(decision["decision"]), who(decision["decided_by"]), exact(decision["decided_at"]))
    return (about, framework, *told, decision["reason"], digest_short(decision["basis_digest"]))


@filler("gate.state")
def gate(facts: Facts) -> Filled:
    """Whether the version may be approved at present, and what stands against it."""
    return each_version(facts, _gate)


def _gate(version: Json) -> Filled:
    found = version.get("gate")
    if found is None:
        return Filled(missing=(f"{label_of(version)} has no GenAIOps checklist yet.",))
    known = Known(MEASURED, f"Gate of {label_of(version)}", "", version["version"]["manifest_digest"])
    if found["is_green"]:
        return Filled((Paragraph("The gate is green: nothing stands against approval."),), (known,))
    rows = [(gap["question"], gap["problem"], gap["remedy"]) for gap in found["gaps"]]
    blocks: tuple[Block, ...] = table("What stands against approval", ("Question", "Problem", "Remedy"), rows)
    return Filled(blocks, (known,), (f"The gate of {label_of(version)} is not green.",))


@filler("waivers.list")
def waivers(facts: Facts) -> Filled:
    """What was waived, by whom, why and until when."""
    if not facts.waivers:
        return Filled((Paragraph("Nothing was waived."),), (trail_known(facts),))
    columns = ("About", "What was waived", "Reason", "Granted by", "On", "Until", "State")
    rows = [
        (one["subject"]["label"], one["sentence"] or one["question"], one["reason"], who(one["granted_by"]))
        + (day(one["granted_at"]), one["expires_on"], sentence(one["state"]))
        for one in facts.waivers
    ]
    return Filled(table("Waivers", columns, rows), (trail_known(facts),))


@condition("waivers.exist")
def exist(facts: Facts) -> tuple[bool, str]:
    """Whether anything was waived."""
    return bool(facts.waivers), f"Nothing was waived for {facts.label}."
