"""How a long assessment is read: which of its questions a page shows, where each stands, and which comes next."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from apps.checklist.rules import UNKNOWN, AssessmentView, Framework, GroupView, QuestionView

AT_ONCE = 40  # questions on one page; more of them, and people lose the place where they are
UNANSWERED, STALE, BLOCKING = "unanswered", "stale", "blocking"
SHOWN: dict[str, str] = {
    UNANSWERED: "without an answer",
    STALE: "stale",
    BLOCKING: "against approval",
}
_PICKS: dict[str, Callable[[QuestionView], bool]] = {
    UNANSWERED: lambda question: question.status == UNKNOWN,
    STALE: lambda question: question.is_stale,
    BLOCKING: lambda question: bool(question.problems),
}


@dataclass(frozen=True)
class GroupLine:
    """One group in the table of contents: how far it is, and whether it is the one that is shown."""

    group: GroupView
    url: str
    answered: int
    is_shown: bool

    @property
    def total(self) -> int:
        """How many questions it has."""
        return len(self.group.questions)

    @property
    def share(self) -> float:
        """Between 0 and 1."""
        return self.answered / self.total if self.total else 0.0


@dataclass(frozen=True)
class Reading:
    """The part of an assessment that a page shows; `pages` counts from 1 and `show` is empty for one whole group."""

    groups: list[tuple[GroupView, list[QuestionView]]]
    contents: list[GroupLine]
    show: str
    filters: list[tuple[str, str, int, str, bool]]
    previous: str
    next: str
    words: str
    next_unanswered: str


def is_long(framework: Framework) -> bool:
    """Whether an assessment against this framework is shown in parts."""
    return len(framework.questions) > AT_ONCE


def place_of(assessment: int, framework: Framework, question: str) -> str:
    """The address of a question on the page of its assessment."""
    part = f"?{urlencode({'question': question})}" if is_long(framework) else ""
    return f"{reverse('checklist:assessment-detail', args=[assessment])}{part}#{question}"


def next_unanswered(view: AssessmentView, after: str = "") -> str:
    """The id of the next question without an answer, from the beginning where none comes later; empty: none left."""
    ids = [question.id for question in view.questions]
    start = ids.index(after) + 1 if after in ids else 0
    in_turn = [*ids[start:], *ids[:start]]
    open_ones = {question.id for question in view.questions if _PICKS[UNANSWERED](question)}
    return next((name for name in in_turn if name in open_ones and name != after), "")


def reading_of(view: AssessmentView, *, show: str, group: str, question: str, page: int) -> Reading:
    """What the page shows: everything at once where that is little, else one group or what was asked for, in pages.

    `question` leads to the part in which that question stands.
    """
    show = show if show in SHOWN else ""
    chosen = _chosen_group(view, group, question)
    if show:
        line = [(one, item) for one in view.groups for item in one.questions if _PICKS[show](item)]
    elif is_long(view.framework):
        line = [(chosen, item) for item in chosen.questions]
    else:
        line = [(one, item) for one in view.groups for item in one.questions]
    pages = max(1, -(-len(line) // AT_ONCE)) if show or is_long(view.framework) else 1
    at = _page_with(line, question) if question and not show else min(max(page, 1), pages)
    part = line[(at - 1) * AT_ONCE : at * AT_ONCE] if pages > 1 else line
    shown = [] if show or not is_long(view.framework) else [chosen]
    return Reading(
        groups=list(_in_groups(part)),
        contents=list(_contents(view, shown)) if is_long(view.framework) else [],
        show=show,
        filters=list(_filters(view, show)),
        previous=_before(view, show, chosen, at),
        next=_after(view, show, chosen, at, pages),
        words=f"Page {at} of {pages}" if pages > 1 else "",
        next_unanswered=_open_place(view, part),
    )


def _chosen_group(view: AssessmentView, group: str, question: str) -> GroupView:
    for one in view.groups:
        if one.group.id == group or (question and any(item.id == question for item in one.questions)):
            return one
    return view.groups[0]


def _page_with(line: list[tuple[GroupView, QuestionView]], question: str) -> int:
    return next((i // AT_ONCE + 1 for i, (_, item) in enumerate(line) if item.id == question), 1)


def _in_groups(
    part: Iterable[tuple[GroupView, QuestionView]],
) -> Iterator[tuple[GroupView, list[QuestionView]]]:
    found: dict[str, tuple[GroupView, list[QuestionView]]] = {}
    for group, question in part:
        found.setdefault(group.group.id, (group, []))[1].append(question)
    yield from found.values()


def _contents(view: AssessmentView, shown: list[GroupView]) -> Iterator[GroupLine]:
    for group in view.groups:
        answered = sum(1 for question in group.questions if question.status != UNKNOWN)
        yield GroupLine(group, _group_address(group), answered, group in shown)


def _filters(view: AssessmentView, show: str) -> Iterator[tuple[str, str, int, str, bool]]:
    """Each way to look at it, with its label, how many questions it shows, its address, and whether it is chosen."""
    labels = SHOWN if view.is_gate else SHOWN | {BLOCKING: "with something open"}
    for name, label in labels.items():
        number = sum(1 for question in view.questions if _PICKS[name](question))
        yield name, label, number, f"?{urlencode({'show': name})}", name == show


def _before(view: AssessmentView, show: str, chosen: GroupView, at: int) -> str:
    if at > 1:
        return _address(show, chosen, at - 1)
    index = view.groups.index(chosen)
    return _group_address(view.groups[index - 1]) if not show and is_long(view.framework) and index else ""


def _after(view: AssessmentView, show: str, chosen: GroupView, at: int, pages: int) -> str:
    if at < pages:
        return _address(show, chosen, at + 1)
    following = view.groups[view.groups.index(chosen) + 1 :]
    return _group_address(following[0]) if not show and is_long(view.framework) and following else ""


def _address(show: str, chosen: GroupView, at: int) -> str:
    return f"?{urlencode({'show': show} if show else {'group': chosen.group.id})}&page={at}#questions"


def _group_address(group: GroupView) -> str:
    return f"?{urlencode({'group': group.group.id})}#questions"


def _open_place(view: AssessmentView, part: list[tuple[GroupView, QuestionView]]) -> str:
    """Where the first question without an answer stands that comes after those on the page."""
    following = next_unanswered(view, part[-1][1].id if part else "")
    return place_of(view.pk, view.framework, following) if following else ""
