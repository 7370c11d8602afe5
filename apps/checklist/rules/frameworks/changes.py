"""What changed between two versions of a framework, question by question, and where each answer goes."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property

from apps.checklist.rules.frameworks.shapes import Framework, Question, told

KEPT, REWORDED, CHANGED, MOVED, ADDED, REMOVED = "kept", "reworded", "changed", "moved", "added", "removed"
KINDS = {
    ADDED: "Newly asked",
    REMOVED: "No longer asked",
    MOVED: "Asked under another id",
    REWORDED: "Asked in other words",
    CHANGED: "Held to other rules",
    KEPT: "Unchanged",
}
_WORDS = {"text", "requirement"}
# The form that an answer takes: where one of these changed, a value given before may no longer be one.
_FORM = {"answer", "choices", "scale", "unit"}
_LABELS = {
    "text": "question", "help": "help", "why": "reason", "next_step": "next step", "collectors": "evidence",
    "minimum_status": "how it has to be known", "subject": "what it speaks of", "ref": "reference",
    "requirement": "requirement", "answer": "kind of answer", "choices": "choices", "unit": "unit", "scale": "scale",
    "weight": "weight", "mappings": "mappings", "applies_from": "date from which it applies",
    "audience": "audience", "tags": "tags", "group": "group",
}  # fmt: skip


@dataclass(frozen=True)
class Change:
    """What became of one question. `before` is None where it is new, `after` where it is no longer asked.

    `fields` are the fields that differ; `group` stands for the group that the question stands in.
    """

    kind: str
    before: Question | None
    after: Question | None
    fields: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The id by which the question is known now, or was at last."""
        question = self.after or self.before
        return question.id if question else ""

    @property
    def kind_label(self) -> str:
        """What became of it, in words."""
        return KINDS[self.kind]

    @property
    def field_labels(self) -> tuple[str, ...]:
        """What differs, in words."""
        return tuple(_LABELS[name] for name in self.fields)

    @property
    def is_reworded(self) -> bool:
        """Whether what is asked reads differently."""
        return bool(_WORDS & set(self.fields))

    @property
    def has_new_form(self) -> bool:
        """Whether an answer takes another form, so that a value given before has to be looked at."""
        return bool(_FORM & set(self.fields))


@dataclass(frozen=True)
class ChangeReport:
    """Everything that changed from one version to another; the newer one's order, then what is no longer asked."""

    before: Framework
    after: Framework
    changes: tuple[Change, ...]

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many questions met with each fate, every kind named."""
        found = Counter(change.kind for change in self.changes)
        return {kind: found[kind] for kind in KINDS}

    @property
    def counted(self) -> list[tuple[str, int]]:
        """How many questions met with each fate, in words; those that none met with are left out."""
        return [(KINDS[kind], number) for kind, number in self.counts.items() if number]

    @property
    def is_empty(self) -> bool:
        """Whether no question changed."""
        return all(change.kind == KEPT for change in self.changes)

    def of(self, kind: str) -> tuple[Change, ...]:
        """The changes of one kind."""
        return tuple(change for change in self.changes if change.kind == kind)


def changes_between(versions: Sequence[Framework]) -> ChangeReport:
    """What changed from the first to the last of these versions, which stand in their order.

    The versions between tell how ids moved on the way.
    """
    before, after = versions[0], versions[-1]
    ways = carried(versions)
    changes = [_change(before, after, ways, question) for question in after.questions.values()]
    flat = [change for every in changes for change in every]
    gone = [Change(REMOVED, question, None) for name, question in before.questions.items() if not ways[name]]
    return ChangeReport(before, after, (*flat, *gone))


def carried(versions: Sequence[Framework]) -> dict[str, str]:
    """Where the answer to each question of the first version goes in the last one; empty: no longer asked."""
    ways = {name: name for name in versions[0].questions}
    for version in versions[1:]:
        moved = {old: question.id for question in version.questions.values() for old in question.replaces}
        ways = {start: now if now in version.questions else moved.get(now, now) for start, now in ways.items()}
    return {start: now if now in versions[-1].questions else "" for start, now in ways.items()}


def _change(before: Framework, after: Framework, ways: dict[str, str], question: Question) -> list[Change]:
    sources = [before.questions[start] for start, now in ways.items() if now == question.id]
    return [_one(before, after, source, question) for source in sources] or [Change(ADDED, None, question)]


def _one(before: Framework, after: Framework, was: Question, now: Question) -> Change:
    differing = _differing(before, after, was, now)
    if was.id != now.id:
        kind = MOVED
    elif _WORDS & set(differing):
        kind = REWORDED
    else:
        kind = CHANGED if differing else KEPT
    return Change(kind, was, now, differing)


def _differing(before: Framework, after: Framework, was: Question, now: Question) -> tuple[str, ...]:
    names = [field.name for field in fields(Question) if field.name not in ("id", "replaces")]
    found = [name for name in names if getattr(was, name) != getattr(now, name)]
    if "scale" not in found and told(before.levels.get(was.scale, ())) != told(after.levels.get(now.scale, ())):
        found.append("scale")
    if before.section_of[was.id].group.id != after.section_of[now.id].group.id:
        found.append("group")
    return tuple(found)
