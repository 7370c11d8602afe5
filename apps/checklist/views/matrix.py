"""Many things against one framework: the posture matrix, and some of them side by side."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.accounts.queries import person, teams_seen_by
from apps.checklist.forms import MatrixForm
from apps.checklist.queries import assessments_seen_by, framework
from apps.checklist.queries.comparing import MOST, compared
from apps.checklist.queries.matrix import Matrix, matrix_of
from apps.checklist.queries.pages import versions_not_begun
from apps.checklist.rules.subjects import GENAIOPS
from apps.core.errors import Invalid
from apps.core.listing import csv_answer, rows_page, wants_csv

PAGE_OF_NOT_BEGUN = 25
PAGE_OF_GROUPS, PAGE_OF_QUESTIONS = 50, 25  # lines; a question's cell costs more to draw than a group's number
MOST_LINES = 500  # of the file


@require_GET
def posture_matrix(request: HttpRequest) -> HttpResponseBase:
    """One line for each thing that is held against a framework, one column for each group or question."""
    user = person(request)
    used = framework(request.GET.get("framework") or GENAIOPS)
    form = MatrixForm(request.GET or None, teams=teams_seen_by(user), used=used)
    rows = form.chosen(assessments_seen_by(user).filter(framework=used.urn))
    group = request.GET.get("group", "")
    if wants_csv(request):
        matrix = matrix_of(used, list(rows[:MOST_LINES]), group)
        return csv_answer("posture", ("what", *_columns(matrix), "answered", "questions"), _lines(matrix))
    page = rows_page(request, rows, PAGE_OF_QUESTIONS if group else PAGE_OF_GROUPS)
    matrix = matrix_of(used, list(page.object_list), group)
    not_begun = rows_page(request, form.not_begun(versions_not_begun(user, used.urn)), PAGE_OF_NOT_BEGUN, "begin")
    context = {"form": form, "page": page, "matrix": matrix, "framework": used, "most": MOST, "not_begun": not_begun}
    return render(request, "checklist/matrix.html", context)


def _columns(matrix: Matrix) -> list[str]:
    if matrix.group is not None:
        return [question.id for question in matrix.questions]
    return [section.group.id for section in matrix.sections]


def _lines(matrix: Matrix) -> Iterator[tuple[Any, ...]]:
    """A line for each assessment; a group as "answered of asked", a question by how it is known."""
    for line in matrix.lines:
        cells = [f"{cell.answered} of {cell.total}" if cell.total else cell.state for cell in line.cells]
        yield (line.assessment.subject, *cells, line.answered, line.total)


@require_GET
def comparison(request: HttpRequest) -> HttpResponse:
    """Some things side by side, as they answer the questions of one framework."""
    user = person(request)
    used = framework(request.GET.get("framework") or GENAIOPS)
    numbers = [int(one) for one in request.GET.getlist("of") if one.isdecimal() and len(one) < 19]
    rows = assessments_seen_by(user).filter(framework=used.urn, pk__in=numbers)
    found = {one.pk: one for one in rows}
    chosen = [found[pk] for pk in dict.fromkeys(numbers) if pk in found]
    if len(chosen) > MOST:
        raise Invalid(
            f"{MOST} things can be read side by side, and {len(chosen)} were chosen.",
            code="compare.too_many",
            remedy="Choose fewer of them in the matrix.",
        )
    context = {
        "framework": used,
        "compared": compared(
            used, chosen, group=request.GET.get("group", ""), only_different="differences" in request.GET
        ),
        "only_different": "differences" in request.GET,
        "others": assessments_seen_by(user).filter(framework=used.urn).exclude(pk__in=found)[:50],
    }
    return render(request, "checklist/comparison.html", context)
