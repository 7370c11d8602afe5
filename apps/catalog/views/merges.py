"""The pages that bring one branch into another: which, what would happen, and what clashes."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apps.accounts.models import User
from apps.accounts.queries import person
from apps.accounts.services import require
from apps.catalog import queries
from apps.catalog.forms.merges import MergeChoiceForm, MergeForm
from apps.catalog.models import Branch, CommitRun, Dataset
from apps.catalog.queries.history import clashes_of, last_clash
from apps.catalog.queries.merging import MOST_SHOWN, clash_told
from apps.catalog.services import merges as services
from apps.core.errors import Conflict, Invalid
from apps.core.form_fields import attempt, posted, status_of


@dataclass(frozen=True)
class Clashing:
    """One row that both branches changed: its key, why it clashes, and each column with both values.

    `taken` is the side that was chosen for it before the page came back.
    """

    number: int
    key: str
    key_words: str
    why: str
    cells: list[tuple[str, Any, Any]]
    is_gone: str
    taken: str = ""


@dataclass(frozen=True)
class Preview:
    """What a merge would do. `nothing` says why there is none to do, `problem` why nobody knows beforehand."""

    is_forward: bool = False
    nothing: str = ""
    counts: dict[str, int] | None = None
    clashes: Sequence[Clashing] = ()
    total: int = 0
    problem: str = ""


@require_http_methods(["GET", "POST"])
def merge_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose two branches, see what a merge would do, settle what clashes, merge."""
    user = person(request)
    dataset = queries.dataset_seen(user, pk)
    require(user, "dataset.branch", dataset.team_id, shared=dataset)
    data = request.POST if request.method == "POST" else request.GET if "source" in request.GET else None
    choice = MergeChoiceForm(dataset, data)
    if not choice.is_valid():
        words = {
            "title": "Merge a branch",
            "does": "Brings what happened on one branch into another, row by row. You see what will happen first.",
            "button": "Look at it",
            "method": "get",
        }
        context = {"dataset": dataset, "form": choice, **words}
        return render(request, "catalog/history_form.html", context, status=status_of(choice))
    chosen = choice.cleaned_data
    form = MergeForm(dataset, posted(request), chosen=chosen)
    made = attempt(form, _merge, by=user)
    if made is not None:
        return _merged(request, dataset, made)
    preview = _preview(user, dataset, chosen["branch"], chosen["source"], form.taken())
    if not (preview.total or preview.problem):  # nothing is left to decide
        form.fields["prefer"].widget = forms.HiddenInput()
    context = {"dataset": dataset, "form": form, "preview": preview, **chosen}
    return render(request, "catalog/merge.html", context, status=status_of(form))


def _merge(*, by: User, branch: Branch, source: Branch, prefer: str, **more: Any) -> Branch | CommitRun:
    if not prefer:
        _require_settled(by, branch, source, more["choices"])
    return services.merge_start(by=by, branch=branch, source=source.head, prefer=prefer, **more)


def _require_settled(by: User, branch: Branch, source: Branch, choices: Sequence[dict[str, Any]]) -> None:
    """Where the rows are few enough to look at, nobody is sent to a run that is bound to stop. Raises Conflict."""
    try:
        plan = services.merge_preview(by=by, branch=branch, source=source.head, choices=choices)
    except Invalid:  # too large: the run itself will name them
        return
    left = len(plan.clashes) if plan else 0
    if left:
        rows = "1 row still clashes" if left == 1 else f"{left} rows still clash"
        raise Conflict(f"{rows}.", remedy="Choose a side for each, or one for all of them.", code="merge.unsettled")


def _merged(request: HttpRequest, dataset: Dataset, made: Branch | CommitRun) -> HttpResponse:
    if isinstance(made, CommitRun):
        messages.success(request, "The merge waits for a worker. This page follows it; you may leave.")
        return redirect("portal:run-detail", "commit", made.pk)
    messages.success(request, f"“{made.name}” moved on to version {made.head.number}.")
    return redirect("catalog:dataset-detail", dataset.pk)


def _preview(user: User, dataset: Dataset, branch: Branch, source: Branch, taken: Mapping[str, str]) -> Preview:
    """By looking at the rows where they are few enough, otherwise by the last attempt that clashed."""
    try:
        plan = services.merge_preview(by=user, branch=branch, source=source.head)
    except (Conflict, Invalid) as error:
        if error.code == "merge.nothing":
            return Preview(nothing=error.message)
        run = last_clash(dataset, branch, source)
        told = clashes_of(run, MOST_SHOWN) if run is not None else []
        total = int((run.result or {}).get("conflicts_total", 0)) if run is not None else 0
        words = "" if told else f"{error.message} {error.remedy}".strip()
        keys = (run.result or {}).get("key_columns", []) if run is not None else []
        return Preview(clashes=_clashing(told, keys, taken), total=total, problem=words)
    if plan is None:
        return Preview(is_forward=True)
    told = [clash_told(clash) for clash in plan.clashes[:MOST_SHOWN]]
    return Preview(counts=plan.counted(), clashes=_clashing(told, plan.key_columns, taken), total=len(plan.clashes))


def _clashing(told: Sequence[dict[str, Any]], keys: Sequence[str], taken: Mapping[str, str]) -> list[Clashing]:
    return [
        Clashing(
            number=number,
            key=json.dumps(clash["key"]),
            key_words=", ".join(" ".join(map(str, pair)) for pair in zip(keys, clash["key"], strict=False)),
            why=clash["why"],
            cells=[(name, _cell(clash["ours"], name), _cell(clash["theirs"], name)) for name in clash["columns"]],
            taken=taken.get(json.dumps(clash["key"]), ""),
            is_gone="ours" if clash["ours"] is None else "theirs" if clash["theirs"] is None else "",
        )
        for number, clash in enumerate(told)
    ]


def _cell(row: dict[str, Any] | None, name: str) -> Any:
    return None if row is None else row.get(name)
